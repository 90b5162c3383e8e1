"""Rewritings: what may be written for an expression, in which case, and what was wrong, in words.

Must not know which there are, nor graphs, nor whether anything is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from gradcli.diagnosis.evidence.refuted_claim import Around
from gradcli.language.tree import syntax
from gradcli.language.tree.build import NOWHERE, binary, name
from gradcli.language.tree.syntax import Binary, Expr, Unary

Edits: TypeAlias = Iterator[tuple[str, Expr]]
Makes: TypeAlias = Callable[[Any, Around], Edits]
Row: TypeAlias = tuple[str, type[Expr], Makes]
"""A kind of mistake, the expressions in which it is made, and what may stand there."""
BLANKS = "?", "??"
"""Names that stand for operands whatever they are."""


def always(part: Expr, around: Around) -> bool:
    return True


class RewriteRule(NamedTuple):
    """One way to write an expression otherwise, made at some operators only if it names `signs`.

    What `new` makes is worth what it is worth of any other operands of the same values, so that
    what it makes of blanks says it of all.
    """

    new: Callable[[Any], Expr]
    says: Callable[[Any], str]
    when: Callable[[Any, Around], bool] = always
    signs: tuple[str, ...] = ()

    def fits(self, part: Expr, around: Around) -> bool:
        """Whether it is made there."""
        return self.at(getattr(part, "operator", "")) and self.when(part, around)

    def at(self, sign: str) -> bool:
        """Whether it is made at an operator."""
        return not self.signs or sign in self.signs


class Rewriting:
    """Several ways, as edits: the words and what is written."""

    def __init__(self, *ways: RewriteRule) -> None:
        self.ways = ways
        self._of_blanks: dict[tuple[RewriteRule, str, int], Expr] = {}

    def __call__(self, part: Expr, around: Around) -> Edits:
        for way in self.ways:
            if way.fits(part, around):
                yield way.says(part), way.new(part)

    def of_blanks(self, way: RewriteRule, sign: str, count: int) -> Expr:
        """What a way makes of an operator of so many blanks, or of one that stands alone."""
        key = way, sign, count
        if key not in self._of_blanks:
            part: Expr = name(BLANKS[0])
            if sign and count == 1:
                part = Unary(NOWHERE, sign, part)
            elif sign:
                part = binary(sign, part, name(BLANKS[1]))
            self._of_blanks[key] = way.new(part)
        return self._of_blanks[key]


class ArrayEdits:
    """Edits that nobody makes at a number."""

    def __init__(self, makes: Makes) -> None:
        self.makes = makes

    def __call__(self, part: Any, around: Around) -> Edits:
        return self.makes(part, around)


NO_VALUES = (syntax.Slice, syntax.IndexRange, syntax.Text, syntax.Tuple)
"""What is written in a claim and stands for no number."""


def operands(part: Expr, at: type[Expr]) -> tuple[str, tuple[Expr, ...]]:
    """What a rewriting goes by: an operator and its operands if it is made at one; else a part."""
    match part:
        case Binary() if issubclass(at, Binary):
            return part.operator, (part.left, part.right)
        case Unary() if issubclass(at, Unary):
            return part.operator, (part.operand,)
    return "", (part,)
