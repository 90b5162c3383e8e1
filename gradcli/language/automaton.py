"""Runs the parse tables over tokens: shifts, reduces through a builder, resumes after errors.

Must not know what a rule builds or how a complaint is worded; it uses stacks, never recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.language.tables import END, LIST, Tables
from gradcli.language.tokens import Token

Complain = Callable[[int, set[str]], None]
"""Told of the token that cannot be read, and of the kinds that could stand in its place."""


def run(
    tables: Tables, start: str, tokens: list[Token], builder: object, complain: Complain
) -> Any:
    """What the builder makes of the tokens, the last of which is the end; None if that fails.

    An LR parser (D. E. Knuth, 1965) over LALR tables (F. L. DeRemer, 1969).
    After an error in a program, reading resumes at the next statement.
    """
    actions, gotos, end_state = tables.actions, tables.gotos, tables.ends[start]
    reductions, passed_on = tables.reductions, tables.passed_on
    states, starts = [tables.starts[start]], [0]
    values: list[Any] = [None]
    position = last = 0
    token = tokens[0]
    while True:
        action = actions[states[-1]].get(token.kind)
        if action is None:
            if token.kind == END and states[-1] == end_state:
                return values[-1]
            candidates = actions[states[-1]]
            complain(position, {k for k in candidates if _accepts(tables, states, k, end_state)})
            position = _resume(tables, tokens, position, (states, values, starts))
            if position == len(tokens):
                return None
            token = tokens[position]
            last = starts[-1]
            continue
        if action >= 0:
            states.append(action)
            values.append(token)
            starts.append(token.start)
            last = token.end
            position += 1
            token = tokens[position]
            continue
        origin, size, name, kept, whole = reductions[-1 - action]
        if size == 1 and not name:
            # A number is a factor is a term is …: one step from where they were walked once.
            way = states[-2], states[-1], token.kind
            if (state := passed_on.get(way)) is None:
                state = passed_on[way] = _passed_on(tables, *way)
            states[-1] = state
            continue
        if not size:
            first = last = token.start
            value = getattr(builder, name)(first, last) if name and name != LIST else None
        else:
            parts, first = values[-size:], starts[-size]
            del states[-size:], values[-size:], starts[-size:]
            if name == LIST:
                # A list that grows is handed on: to copy it each time would take squared time.
                grows = kept[:1] == [~0]
                value = _kept(parts, kept[grows:], parts[0] if grows else [])
            elif name:
                chosen = parts if whole else _kept(parts, kept, [])
                value = getattr(builder, name)(first, last, *chosen)
            else:
                value = parts[kept[0]]
        states.append(gotos[states[-1]][origin])
        values.append(value)
        starts.append(first)


def _kept(parts: list[Any], kept: list[int], chosen: list[Any]) -> list[Any]:
    """The parts that are kept, those that are lists entry by entry, added to what was chosen."""
    for index in kept:
        if index >= 0:
            chosen.append(parts[index])
        else:
            chosen += parts[~index]
    return chosen


def _passed_on(tables: Tables, below: int, state: int, kind: str) -> int:
    """The state after all reductions by rules that only hand on their one part."""
    while (action := tables.actions[state].get(kind, 0)) < 0:
        origin, size, name, _ = tables.rules[-1 - action]
        if size != 1 or name:
            break
        state = tables.gotos[below][origin]
    return state


def _accepts(tables: Tables, states: list[int], kind: str, end_state: int) -> bool:
    """Whether a token of this kind would be read, not only lead to some more reductions."""
    below = len(states)
    above: list[int] = []
    while True:
        state = above[-1] if above else states[below - 1]
        action = tables.actions[state].get(kind)
        if action is None:
            return kind == END and state == end_state
        if action >= 0:
            return True
        origin, size, _, _ = tables.rules[-1 - action]
        own = min(size, len(above))
        del above[len(above) - own :]
        below -= size - own
        state = above[-1] if above else states[below - 1]
        above.append(tables.gotos[state][origin])


def _resume(
    tables: Tables, tokens: list[Token], position: int, stacks: tuple[list[Any], ...]
) -> int:
    """Give up this statement and the blocks in it; where the next one can begin, if it can."""
    states, values, starts = stacks
    while states and "line" not in tables.gotos[states[-1]]:
        for stack in stacks:
            stack.pop()
    if not states:
        return len(tokens)
    place = tokens[position].start
    states.append(tables.gotos[states[-1]]["line"])
    values.append(None)
    starts.append(place)
    accepted = tables.actions[states[-1]]
    depth = 0
    while position < len(tokens):
        kind = tokens[position].kind
        if depth == 0 and kind in accepted:
            break
        if kind == "LBRACE":
            depth += 1
        elif kind == "RBRACE":
            depth = max(depth - 1, 0)
        position += 1
    return position
