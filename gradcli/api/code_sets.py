"""The sets of the inputs of code, from their texts: `R^(N, D)`, `integers(0, C-1)^N`, `(0, inf)^D`.

Must not know what the code is. Letters in bounds are sizes, too, so that a set is read again for
every choice of sizes, with these put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial

from gradcli.code.points import Declared
from gradcli.errors import Source
from gradcli.graph.space import Space
from gradcli.language import syntax
from gradcli.language.elaborate import Elaborator
from gradcli.language.parse import parse
from gradcli.language.scope import CONSTANTS, Scope
from gradcli.language.sets import space
from gradcli.language.syntax import Expr, Name

BEFORE = "x in "


def declared(text: str) -> Declared:
    """A set by its text; GradcliError for what is none."""
    names = _letters(_read(text))
    letters = tuple(dict.fromkeys(name.name for name in names))
    found = Declared(text, letters, partial(_at, text))
    found.at({letter: 3 + k for k, letter in enumerate(letters)})
    return found


@lru_cache(maxsize=256)
def _read(text: str) -> syntax.Set:
    (statement,) = parse(Source("set", BEFORE + text)).statements
    assert isinstance(statement, syntax.Declaration)
    return statement.set


def _at(text: str, sizes: Mapping[str, int]) -> Space:
    """The set with numbers for its letters."""
    whole = BEFORE + text
    for name in sorted(_letters(_read(text)), key=lambda name: -name.span.start):
        start, end = name.span.start, name.span.end
        whole = f"{whole[:start]}{sizes[name.name]}{whole[end:]}"
    return space(_read(whole.removeprefix(BEFORE)), Elaborator(Scope({})))


def _letters(written: syntax.Set) -> list[Name]:
    """Every name in a set that is no constant, in the order of the text."""
    stack: list[Expr] = [*written.arguments, *(written.power or ())]
    found = []
    while stack:
        expr = stack.pop(0)
        if isinstance(expr, Name):
            found += [] if expr.name in CONSTANTS else [expr]
        elif isinstance(expr, syntax.Binary):
            stack += [expr.left, expr.right]
        elif isinstance(expr, syntax.Unary):
            stack.append(expr.operand)
    return sorted(found, key=lambda name: name.span.start)
