"""A target as a table: how it writes each op, what it reserves, and the helpers it may need.

Must not know graphs; the tables are data beside it, `base` names the one that a table extends.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

ORDERS = 10
"""Of a digit, the orders that a table may name; other parameters may have thousands."""


@dataclass(frozen=True, slots=True)
class Target:
    """`ops` are patterns by an op's name, and of its order where that makes a difference.

    `words` are other patterns by what they do, `helpers` texts by their name, `reserved` names.
    """

    name: str
    words: dict[str, str]
    ops: dict[str, str]
    helpers: dict[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()

    def pattern(self, name: str, params: Sequence[Any]) -> str | None:
        """How an op is written, by its order first; None where the table has no way."""
        order = params[0] if params else None
        ordered = isinstance(order, int) and order < ORDERS and self.ops.get(f"{name}_{order}")
        return ordered or self.ops.get(name)

    def needed(self, code: str) -> list[str]:
        """The helpers that a code uses, and those that they use, in the order of the table."""
        found: set[str] = set()
        texts = [code]
        while texts:
            words = set(re.findall(r"\w+", texts.pop()))
            fresh = [name for name in self.helpers if name in words and name not in found]
            found.update(fresh)
            texts += [self.helpers[name] for name in fresh]
        return [text.strip("\n") for name, text in self.helpers.items() if name in found]


@cache
def target(name: str) -> Target:
    """The target of that name."""
    table = _table(name)
    parts: dict[str, dict[str, str]] = {"words": {}, "ops": {}, "helpers": {}}
    reserved: set[str] = set()
    for each in (_table(table["base"]), table) if "base" in table else (table,):
        for key, into in parts.items():
            into.update(each.get(key, {}))
        reserved.update(each.get("reserved", "").split())
    return Target(name, **parts, reserved=frozenset(reserved | {*parts["helpers"]}))


def _table(name: str) -> dict[str, Any]:
    text = (files("gradcli.emit") / "targets" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
