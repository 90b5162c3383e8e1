"""The grammar's parse tables: derived once from `gradcli.lark`, then read from the user's cache.

Must not know what the rules mean, only their shape; the tables are plain lists, dicts and strings.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from re import Pattern
from re import compile as compile_pattern
from typing import Any
from zlib import crc32

FORMAT = 1
"""To be raised when the layout of the tables changes."""

STARTS = ("program", "point", "expression")
END = "$END"


@dataclass(frozen=True)
class Tables:
    """What reads a text: the tokens' patterns and an LALR automaton.

    `actions[state][kind]` is the next state, or `-1 - rule` to reduce by that rule. A rule is
    `[origin, size, action, kept]`; `kept` are its meaningful parts, `~part` where it is a list. Its
    action is a name, or "" to hand on its only part, or "[]" to make a list.
    """

    patterns: list[tuple[str, str]]
    keywords: dict[str, str]
    ignored: list[str]
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[tuple[str, int, str, list[int]]]
    starts: dict[str, int]
    ends: dict[str, int]

    @cached_property
    def pattern(self) -> Pattern[str]:
        """One pattern for all tokens; a character that begins none is an `ODD` one."""
        named = [f"(?P<{name}>{pattern})" for name, pattern in self.patterns]
        return compile_pattern("|".join([*named, r"(?P<ODD>[\s\S])"]))


@cache
def load() -> Tables:
    """The tables, from the cache if it has them; a cache that cannot be used is no error."""
    grammar = grammar_path().read_text(encoding="utf-8")
    # The tables follow from these two alone, whichever version of Lark or of gradcli is installed.
    key = f"tables-{FORMAT}-{crc32(grammar.encode()):08x}"
    stored = _read(key)
    if stored is None:
        stored = derive(grammar)
        _write(key, stored)
    return Tables(**stored)


def grammar_path() -> Path:
    """The grammar in an installed package, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "grammar" / "gradcli.lark"
    return inside if inside.exists() else package.parent / "grammar" / "gradcli.lark"


def derive(grammar: str) -> dict[str, Any]:
    """The fields of `Tables` for a grammar."""
    # Only here: the import alone takes longer than reading a program with stored tables.
    from lark import Lark  # noqa: PLC0415 seldom asked
    from lark.lexer import PatternStr  # noqa: PLC0415
    from lark.parsers.lalr_analysis import Shift  # noqa: PLC0415

    lark = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False)
    words = {
        t.pattern.value: t.name
        for t in lark.terminals
        if isinstance(t.pattern, PatternStr) and t.pattern.value.isidentifier()
    }
    signs = [t for t in lark.terminals if t.name not in words.values()]
    # The longest must be tried first, or "<" would hide "<=".
    signs.sort(key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    table: Any = lark.parser.parser._parse_table
    number = {rule: index for index, rule in enumerate(lark.rules)}
    terminals = {s.name for rule in lark.rules for s in rule.expansion if s.is_term} | {END}
    actions: list[dict[str, int]] = [{} for _ in table.states]
    gotos: list[dict[str, int]] = [{} for _ in table.states]
    for state, moves in table.states.items():
        for symbol, (kind, target) in moves.items():
            if symbol not in terminals:
                gotos[state][symbol] = target
            elif kind is Shift:
                actions[state][symbol] = target
            elif target in number:
                actions[state][symbol] = -1 - number[target]
    return {
        "patterns": [(t.name, t.pattern.to_regexp()) for t in signs],
        "keywords": words,
        "ignored": list(lark.ignore_tokens),
        "actions": actions,
        "gotos": gotos,
        "rules": [_plan(rule) for rule in lark.rules],
        "starts": table.start_states,
        "ends": table.end_states,
    }


def _plan(rule: Any) -> tuple[str, int, str, list[int]]:
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
    return origin, len(rule.expansion), action, kept


def _folder() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base)
    return (root if root.is_absolute() else Path.home() / ".cache") / "gradcli"


def _read(key: str) -> dict[str, Any] | None:
    try:
        check, body = (_folder() / f"{key}.json").read_bytes().split(b"\n", 1)
        stored = json.loads(body) if int(check, 16) == crc32(body) else None
    except (OSError, ValueError, RuntimeError):
        return None
    return stored if isinstance(stored, dict) else None


def _write(key: str, tables: dict[str, Any]) -> None:
    body = json.dumps(tables, separators=(",", ":")).encode()
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{key}.{os.getpid()}.tmp"
        draft.write_bytes(b"%08x\n%s" % (crc32(body), body))
        # Another process may be reading: it must find the old file or the whole new one.
        draft.replace(folder / f"{key}.json")
    except (OSError, ValueError, RuntimeError):
        return
