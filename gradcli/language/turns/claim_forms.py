"""Forms that claims about loops have: a derivative by a member, a sum over the turns.

Must not know what is claimed, nor what any name means.
"""

from __future__ import annotations

from typing import NamedTuple

from gradcli.calculus.core import ADD
from gradcli.graph.node import Op
from gradcli.language.tree import syntax
from gradcli.language.tree.build import NOWHERE, binary, number
from gradcli.language.tree.syntax import Expr, Name, parts
from gradcli.language.turns.recurrences import NotUniform
from gradcli.ops import FUNCTIONS


class ClaimedDerivative(NamedTuple):
    """`dL/dw`, `dL/dh[k]`, `dh[T]/dw`: of what and by what, and the members' indices.

    `postfix` says that the index stands behind the derivative, of which it takes an entry.
    """

    subject: str
    of: Expr | None
    by: str
    member: Expr | None
    postfix: bool = False


def derivative_of(expr: Expr) -> ClaimedDerivative | None:
    """What is differentiated by what; NotUniform for a derivative within something else."""
    index: Expr | None = None
    inner = expr
    if isinstance(expr, syntax.Index) and len(expr.items) == 1:
        (index,), inner = expr.items, expr.operand
    match inner:
        case syntax.Derivative(subject=of, by=((by, 1),), order=1, operator=False):
            subject, place = _member(of)
            variable, own = _member(by)
            if subject and variable and (index is None or own is None):
                return ClaimedDerivative(subject, place, variable, index or own, index is not None)
    if any(isinstance(part, syntax.Derivative) for part in parts(expr)):
        raise NotUniform
    return None


def _member(expr: Expr) -> tuple[str, Expr | None]:
    """A name, and the index of its member if one is meant; no name for anything else."""
    match expr:
        case Name(name=text):
            return text, None
        case syntax.Index(operand=Name(name=text), items=(index,)):
            return text, index
    return "", None


def sum_over(expr: Expr) -> tuple[syntax.Fold, Expr, Expr | None]:
    """The sum that an expression is, or a multiple of; its body with what stands beside it.

    The third is the whole with 0 in the place of the sum, if it is more than that.
    """
    match expr:
        case syntax.Fold(ranges=(_,), condition=None) if is_fold(expr, ADD):
            return expr, expr.body, None
        case syntax.Binary(operator="/", left=left, right=right):
            fold, body, rest = sum_over(left)
            return fold, binary("/", body, right), binary("/", rest or number(0), right)
        case syntax.Binary(operator="*", left=left, right=syntax.Fold() as right):
            fold, body, rest = sum_over(right)
            return fold, binary("*", left, body), binary("*", left, rest or number(0))
        case syntax.Binary(operator="*", left=syntax.Fold() as left, right=right):
            fold, body, rest = sum_over(left)
            return fold, binary("*", body, right), binary("*", rest or number(0), right)
        case syntax.Unary(operator="-", operand=operand):
            fold, body, rest = sum_over(operand)
            negative = None if rest is None else syntax.Unary(NOWHERE, "-", rest)
            return fold, syntax.Unary(NOWHERE, "-", body), negative
    raise NotUniform


def is_fold(fold: syntax.Fold, op: Op) -> bool:
    """Whether it puts its terms together by an op."""
    known = FUNCTIONS.get(fold.function.name)
    return known is not None and known.fold is not None and known.fold[0] is op
