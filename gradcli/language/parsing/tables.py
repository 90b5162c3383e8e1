"""The grammar's parse tables, as `grammar/derive.py` has written them beside this file.

Must not know what the rules mean, only their shape; the tables are plain lists, dicts and strings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from re import Pattern, escape
from re import compile as compile_pattern

PATH = Path(__file__).with_name("tables.json")
LATEX = Path(__file__).parents[1] / "tex" / "tables.json"
END, LIST = "$END", "[]"
BLANKS = r"[^\S\n]*"


@dataclass(eq=False, repr=False)
class Tables:
    """What reads a text: the tokens' patterns, fixed texts and words, and an LALR automaton.

    `actions[state][kind]` is the next state, or `-1 - rule` to reduce by that rule. A rule is
    `[origin, size, action, kept]`; `kept` are its meaningful parts, `~part` where it is a list. Its
    action is a name, or "" to hand on its only part, or "[]" to make a list.
    """

    patterns: list[tuple[str, str]]
    signs: dict[str, str]
    keywords: dict[str, str]
    ignored: list[str]
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[tuple[str, int, str, list[int]]]
    starts: dict[str, int]
    ends: dict[str, int]

    @cached_property
    def passed_on(self) -> dict[tuple[int, int, str], int]:
        """Where rules that hand on their only part lead, by the two states on top and the token."""
        return {}

    @cached_property
    def reductions(self) -> list[tuple[str, int, str, list[int], bool, int]]:
        """The rules, whether each builds something of all its parts as they are, and their width.

        That is what they take of a stack with three entries for each part.
        """
        return [
            (*rule, rule[2] not in ("", LIST) and rule[3] == [*range(rule[1])], 3 * rule[1])
            for rule in self.rules
        ]

    @cached_property
    def alone(self) -> dict[int, tuple[str, str]]:
        """What a token is by itself, whatever follows: by the state behind it, the rule's names."""
        found = {}
        for state, moves in enumerate(self.actions):
            if len({*moves.values()}) == 1 and (action := next(iter(moves.values()))) < 0:
                origin, size, name, _, whole, _ = self.reductions[-1 - action]
                if size == 1 and whole:
                    found[state] = origin, name
        return found

    @cached_property
    def word(self) -> Pattern[str]:
        """One pattern for all tokens, each behind the blanks before it; any character is one."""
        # Without names, which cost as much again: what a word is, is asked once a text.
        every = "|".join([*(pattern for _, pattern in self.patterns), *map(escape, self.signs)])
        return compile_pattern(rf"{BLANKS}({every}|[\s\S])")

    @cached_property
    def kind(self) -> Pattern[str]:
        """The tokens that are no signs, where the name of what matches is the kind."""
        named = (f"(?P<{name}>{pattern})" for name, pattern in self.patterns)
        return compile_pattern("|".join(named))


@cache
def load(path: Path = PATH) -> Tables:
    """The tables of a grammar."""
    return Tables(**json.loads(path.read_bytes()))
