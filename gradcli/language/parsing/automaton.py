"""Runs the parse tables over tokens: shifts, reduces through a builder, resumes after errors.

Must not know what a rule builds or how a complaint is worded; it uses stacks, never recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.language.parsing.tables import END, LIST, Tables
from gradcli.language.parsing.tokens import Token

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
    reductions, passed_on, alone = tables.reductions, tables.passed_on, tables.alone
    state = tables.starts[start]
    # Of each part in turn: the state behind it, what it is, and where it begins.
    stack: list[Any] = [state, None, 0]
    position = last = 0
    token = tokens[0]
    kind = token.kind
    while True:
        action = actions[state].get(kind)
        if action is None:
            if kind == END and state == end_state:
                return stack[-2]
            states = stack[::3]
            could_be = {k for k in actions[state] if _accepts(tables, states, k, end_state)}
            complain(position, could_be)
            position = _resume(tables, tokens, position, stack)
            if position == len(tokens):
                return None
            token = tokens[position]
            kind, state, last = token.kind, stack[-3], stack[-1]
            continue
        if action >= 0:
            value: Any = token
            first, last, position = token.start, token.end, position + 1
            token = tokens[position]
            kind = token.kind
            if (own := alone.get(action)) and kind in actions[action]:
                # A name, a number: nothing but itself, as what follows agrees.
                origin, name = own
                value = getattr(builder, name)(first, last, value)
                action = gotos[state][origin]
            state = action
            stack += state, value, first
            continue
        origin, size, name, kept, whole, width = reductions[-1 - action]
        if size == 1 and not name:
            # A number is a factor is a term is …: one step from where they were walked once.
            way = stack[-6], state, kind
            if (known := passed_on.get(way)) is None:
                known = passed_on[way] = _passed_on(tables, *way)
            state = stack[-3] = known
            continue
        if size:
            parts, first = stack[1 - width :: 3], stack[2 - width]
            del stack[-width:]
        else:
            parts, first, last = [], token.start, token.start
        if whole:
            value = getattr(builder, name)(first, last, *parts)
        else:
            value = _made(builder, name, kept, first, last, parts)
        state = gotos[stack[-3]][origin]
        stack += state, value, first


def _made(
    builder: object, name: str, kept: list[int], first: int, last: int, parts: list[Any]
) -> Any:
    """What a rule makes of parts that are not all kept as they are, or that it does not build."""
    if name == LIST:
        # A list that grows is handed on: to copy it each time would take squared time.
        grows = kept[:1] == [~0]
        return _kept(parts, kept[grows:], parts[0] if grows else [])
    if not name:
        return parts[kept[0]] if kept else None
    return getattr(builder, name)(first, last, *_kept(parts, kept, []))


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


def _resume(tables: Tables, tokens: list[Token], position: int, stack: list[Any]) -> int:
    """Give up this statement and the blocks in it; where the next one can begin, if it can."""
    while stack and "line" not in tables.gotos[stack[-3]]:
        del stack[-3:]
    if not stack:
        return len(tokens)
    state = tables.gotos[stack[-3]]["line"]
    stack += state, None, tokens[position].start
    accepted = tables.actions[state]
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
