"""What is said of the inputs of code: sets such as `R^(N, D)`, `integers(0, C-1)^N`, and values.

Must not know what the code does. Letters in bounds are sizes, too, so that a set is read again for
every choice of sizes, with these put in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from gradcli.api.code_request import SetText
from gradcli.code.points import Declared
from gradcli.code.survey import UNSAID, CodePair, literal
from gradcli.errors import GradcliError, Source, wrong
from gradcli.graph.space import Space
from gradcli.language.elaboration.elaborate import Elaborator
from gradcli.language.elaboration.scope import CONSTANTS, Scope
from gradcli.language.elaboration.sets import space
from gradcli.language.parsing.parse import parse
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr, Name

BEFORE = "x in "
COMMENT = "# gradcli:"
LET = re.compile(r"\s*(?P<names>\w+(?:\s*,\s*\w+)*)\s+(?:in|∈)\s+(?P<set>.+?)\s*", re.DOTALL)
VALUE = re.compile(r"\s*(?P<name>\w+)\s*=\s*(?P<value>.+?)\s*", re.DOTALL)


def let(text: str) -> dict[str, Any]:
    """Inputs by name: `x in R^(N, D); gamma, beta in R^D; reg = 0.1`. GradcliError (G504)."""
    found: dict[str, Any] = {}
    for part in filter(str.strip, text.split(";")):
        if given := LET.fullmatch(part):
            for name in given["names"].split(","):
                found[name.strip()] = SetText(given["set"])
        elif given := VALUE.fullmatch(part):
            found[given["name"]] = literal(given["value"])
        else:
            help = 'write sets and values such as  --let "x in R^(N, D); reg = 0.1"'
            raise wrong(UNSAID, f'"{part.strip()}" says nothing about an input', help=help)
    return found


def said(pair: CodePair) -> dict[str, Any]:
    """What comments above a function say of its inputs. GradcliError where they say it wrongly."""
    found: dict[str, Any] = {}
    for comment in pair.said:
        try:
            given = let(comment.text)
            require_sets(given)
        except GradcliError as error:
            first = error.diagnostics[0]
            help = f"a comment above a function is  {COMMENT} x in R^(N, D); reg = 0.1"
            raise wrong(first.code, first.message, comment, help=help) from None
        found |= given
    return found


def require_sets(given: Mapping[str, Any]) -> None:
    """GradcliError for the text of a set that is none."""
    for name, value in given.items():
        if isinstance(value, SetText):
            try:
                declared(str(value))
            except GradcliError as error:
                first = error.diagnostics[0]
                raise wrong(first.code, f"{name}: {first.message}", help=first.help) from None


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
