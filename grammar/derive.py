"""Derives the parse tables of both grammars and writes them into the package, where they are read.

Must not know what the rules mean, only their shape. It stands on Lark's LALR analysis.

    python grammar/derive.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import Shift

from gradcli.language.parsing import tables
from gradcli.language.parsing.tables import END

GRAMMARS = {
    "gradcli.lark": (tables.PATH, ("program", "point", "expression")),
    "latex.lark": (tables.LATEX, ("side",)),
}
"""Where the tables of each go, and what a text may be."""


def lark(grammar: str, **options: Any) -> Lark:
    """A grammar as Lark reads it."""
    return Lark(
        Path(__file__).with_name(grammar).read_text(encoding="utf-8"),
        parser="lalr", lexer="basic", start=list(GRAMMARS[grammar][1]), maybe_placeholders=False,
        **options,
    )  # fmt: skip


def derive(grammar: str) -> dict[str, Any]:
    """The fields of `Tables`, in an order that depends on the grammar alone."""
    found = lark(grammar)
    starts = GRAMMARS[grammar][1]
    words = {
        t.pattern.value: t.name
        for t in found.terminals
        if isinstance(t.pattern, PatternStr) and t.pattern.value.isidentifier()
    }
    others = [t for t in found.terminals if t.name not in words.values()]
    # The longest must be tried first, or a name would hide what is one with a prime.
    others.sort(key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    signs = {sign: t.name for t in others for sign in _texts(t.pattern)}
    table: Any = found.parser.parser._parse_table
    rule = {each: index for index, each in enumerate(found.rules)}
    terminals = {s.name for each in found.rules for s in each.expansion if s.is_term} | {END}
    # Lark numbers its states by the order of a set: here they are numbered as they are met.
    order = [table.start_states[start] for start in starts]
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    while len(actions) < len(order):
        moves = sorted(table.states[order[len(actions)]].items())
        actions.append({})
        gotos.append({})
        for symbol, (kind, target) in moves:
            if kind is Shift:
                if target not in order:
                    order.append(target)
                into = actions if symbol in terminals else gotos
                into[-1][symbol] = order.index(target)
            elif target in rule:
                actions[-1][symbol] = -1 - rule[target]
    return {
        "patterns": [[t.name, t.pattern.to_regexp()] for t in others if not _texts(t.pattern)],
        "signs": dict(sorted(signs.items(), key=lambda sign: (-len(sign[0]), sign[0]))),
        "keywords": dict(sorted(words.items())),
        "ignored": sorted(found.ignore_tokens),
        "rules": [_plan(each) for each in found.rules],
        "starts": {start: order.index(table.start_states[start]) for start in starts},
        "ends": {start: order.index(table.end_states[start]) for start in starts},
        "actions": actions,
        "gotos": gotos,
    }


def _texts(pattern: Any) -> list[str]:
    """What a terminal of a few fixed texts may be; nothing of any other."""
    ways = re.sub(r"^\(\?:(.*)\)$", r"\1", pattern.to_regexp()).split("|")
    texts = [re.sub(r"\\(.)", r"\1", way) for way in ways]
    return (
        texts if all(re.escape(text) == way for text, way in zip(texts, ways, strict=True)) else []
    )


def _plan(rule: Any) -> list[Any]:
    kept = []
    for index, symbol in enumerate(rule.expansion):
        if not (symbol.is_term and symbol.filter_out):
            spliced = not symbol.is_term and symbol.name.startswith("_")
            kept.append(~index if spliced else index)
    origin = rule.origin.name
    if rule.alias:
        action = rule.alias
    elif origin.startswith("_"):
        action = "[]"
    elif rule.options.expand1 and len(kept) == 1:
        action = ""
    else:
        action = origin
    return [origin, len(rule.expansion), action, kept]


def written(grammar: str) -> str:
    """The tables as JSON, a line for each rule and state, so that a change can be read."""

    def lines(value: Any) -> str:
        if isinstance(value, list):
            return "[\n" + ",\n".join(json.dumps(each) for each in value) + "\n]"
        return json.dumps(value)

    return "{\n" + ",\n".join(f'"{k}": {lines(v)}' for k, v in derive(grammar).items()) + "\n}\n"


if __name__ == "__main__":
    for name, (path, _) in GRAMMARS.items():
        path.write_text(written(name), encoding="utf-8")
