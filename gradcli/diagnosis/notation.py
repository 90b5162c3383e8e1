"""The claimed side as text that is changed in one place, and pieces of formulas put beside it.

Must not know why it is changed, nor what anything is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gradcli.calculus.core import ADD, NEG, SUB
from gradcli.diagnosis.refuted_claim import RefutedClaim
from gradcli.diagnosis.tidy import idioms, tidy
from gradcli.diagnosis.tree import closed
from gradcli.graph.node import Node
from gradcli.language import syntax
from gradcli.language.syntax import Expr
from gradcli.notation.text import formula
from gradcli.ops import FUNCTIONS

SUMS = ("+", "-")
PRODUCTS = ("*", ".*")
LINEAR = (*SUMS, *PRODUCTS, "@")
QUOTIENTS = ("/", "./")
SHORT, LONGEST = 24, 120
COUNTS = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}


@dataclass(slots=True, eq=False)
class Subexpression:
    """An expression within the claimed side, the vertex that it is, and where it stands.

    `term` says that it is the whole side or one of its terms, `negative` that it is taken away;
    `free` that a product may stand in its place without brackets, `linear` that the side is
    linear in it, `summand` that it is a term of any sum.
    """

    expr: Expr
    node: Node
    parent: Expr | None
    term: bool
    negative: bool
    free: bool
    linear: bool
    summand: bool


def parts(scene: RefutedClaim) -> list[Subexpression]:
    """Every part of the claimed side that is a vertex, the whole first."""
    found: list[Subexpression] = []
    stack = [Around(scene.expr, None, True, False, True)]
    while stack:
        here = stack.pop()
        node = scene.parts.get(here.expr)
        if node is not None and not node.op.boolean:
            parent = here.parent
            product = isinstance(parent, syntax.Binary) and parent.operator in PRODUCTS
            summand = here.term or (parent is not None and _splits(parent))
            free = summand or product or isinstance(parent, syntax.Call)
            found.append(
                Subexpression(
                    here.expr, node, parent, here.term, here.negative, free, here.linear, summand
                )
            )
        stack += reversed([*_below(here)])
    return found


class Around(NamedTuple):
    """An expression and what is around it, as a part says."""

    expr: Expr
    parent: Expr | None
    term: bool
    negative: bool
    linear: bool


def _below(here: Around) -> Iterator[Around]:
    expr, linear = here.expr, here.linear
    match expr:
        case syntax.Binary(operator=sign, left=left, right=right):
            summing = here.term and sign in SUMS
            into = linear and sign in LINEAR
            yield Around(left, expr, summing, here.negative, into or (linear and sign in QUOTIENTS))
            yield Around(right, expr, summing, here.negative != (sign == "-"), into)
        case syntax.Unary(operator=sign, operand=inner):
            term = here.term and sign in SUMS
            yield Around(inner, expr, term, here.negative != (sign == "-"), linear)
        case syntax.Transpose(operand=inner):
            yield Around(inner, expr, False, False, linear)
        case syntax.Call(function=function, arguments=arguments):
            known = FUNCTIONS.get(function.name)
            into = linear and known is not None and known.linear
            for inner in arguments:
                yield Around(inner, expr, False, False, into)


def terms(scene: RefutedClaim) -> list[Subexpression]:
    """The terms that the claimed side is the sum of."""
    found = [part for part in parts(scene) if part.term]
    return [part for part in found if not _splits(part.expr)]


def _splits(expr: Expr) -> bool:
    sign = getattr(expr, "operator", None)
    return isinstance(expr, syntax.Binary | syntax.Unary) and sign in SUMS


def is_sum(expr: Expr) -> bool:
    return isinstance(expr, syntax.Binary) and expr.operator in SUMS


# -- places in the text


def enclosed(scene: RefutedClaim, expr: Expr) -> tuple[int, int]:
    """Where an expression stands in the side's text, with the brackets right around it."""
    text, offset = scene.text, scene.claimed.span.start
    start, end = expr.span.start - offset, expr.span.end - offset
    while text[:start].rstrip().endswith("(") and text[end:].lstrip().startswith(")"):
        before = text[:start].rstrip()[:-1].rstrip()
        if before and (before[-1].isalnum() or before[-1] in "_])}'"):
            break
        start, end = len(text[:start].rstrip()) - 1, end + 1 + text[end:].index(")")
    return start, end


def written(scene: RefutedClaim, expr: Expr) -> str:
    """An expression as it was written, with its brackets."""
    start, end = enclosed(scene, expr)
    return scene.text[start:end]


def bracketed(scene: RefutedClaim, expr: Expr) -> str:
    """An expression as a factor."""
    own = written(scene, expr)
    return f"({own})" if is_sum(expr) and own == expr.span.text else own


def replaced(scene: RefutedClaim, expr: Expr, text: str) -> str:
    """The side with another text in the place of an expression and its brackets."""
    start, end = enclosed(scene, expr)
    return scene.text[:start] + text + scene.text[end:]


def dropped(scene: RefutedClaim, part: Subexpression) -> str | None:
    """The side without one of its terms; None where it is the only one."""
    parent = part.parent
    while isinstance(parent, syntax.Unary):
        part = next(p for p in parts(scene) if p.expr is parent)
        parent = part.parent
    if not isinstance(parent, syntax.Binary):
        return None
    if parent.right is part.expr:
        return replaced(scene, parent, written(scene, parent.left))
    rest = written(scene, parent.right)
    if parent.operator == "-":
        rest = f"-{rest}"
    return replaced(scene, parent, rest)


# -- pieces put beside it


def plus(base: str, piece: str, negative: bool = False) -> str:
    """A sum as one writes it: a piece that begins with a minus is taken away."""
    if negative or not piece.startswith("-"):
        return f"{base} {'-' if negative else '+'} {piece}"
    taken = piece[1:]
    if closed(taken) and not _summing(taken[1:-1]):
        taken = taken[1:-1]
    return f"{base} - {taken}"


def _summing(text: str) -> bool:
    """Whether a formula is a sum, or begins with a sign."""
    depth = 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if char in SUMS and not depth:
            return True
    return False


def factor(node: Node, text: str) -> str:
    """A formula as a factor: sums in brackets."""
    bare = text.replace(" ", "").isalnum()
    return text if bare or not (node.op in (ADD, SUB, NEG) or text[0] == "-") else f"({text})"


def bare(text: str) -> str:
    """A factor without the brackets that it has in a product."""
    return text[1:-1] if closed(text) else text


def times(scene: RefutedClaim, part: Subexpression, text: str, scalar: bool = False) -> str:
    """The side with one part of it times a factor; a scalar stands before an array."""
    own = bracketed(scene, part.expr)
    if part.expr is scene.expr and text.startswith("(-") and own[0] != "-":
        inner = text[2:-1]
        return f"-{times(scene, part, inner if _summing(bare(inner)) else bare(inner), scalar)}"
    scalar = scalar and bool(part.node.shape) and own[0] != "-"
    if own == "1" or (scalar and text.startswith("(-")):
        text = bare(text)
    if own == "1":
        product = text
    elif text.startswith("1/"):
        product = _below_line(scene, part, own, text[2:])
    elif not part.node.shape and _inverse(part.expr):
        product = text + own[own.index("/") :]
    elif not part.node.shape and text[0].isdigit() and not own[0].isdigit() and own[0] != "-":
        product = f"{text}*{own}"
    elif not part.node.shape:
        product = f"{own}*{text}"
    else:
        product = f"{text}*{own}" if scalar else f"{own} {sign(scene)} {text}"
    return replaced(scene, part.expr, product if part.free else f"({product})")


def _inverse(expr: Expr) -> bool:
    """Whether this is one over something."""
    match expr:
        case syntax.Binary(operator="/", left=syntax.Number(value=above)):
            return above == 1
    return False


def _below_line(scene: RefutedClaim, part: Subexpression, own: str, text: str) -> str:
    """A quotient with one more factor below its line."""
    match part.expr:
        case syntax.Binary(operator="/", right=below) if own.endswith(written(scene, below)):
            under = written(scene, below)
            return f"{own[: -len(under)]}({under}*{text})"
    return f"{own}/{text}"


def sign(scene: RefutedClaim) -> str:
    """The writer's own sign of a product entry by entry."""
    text = scene.claimed.span.source.text
    return next((mark for mark in ("⊙", ".*") if mark in text), "*")


def divided(scene: RefutedClaim, part: Subexpression, text: str, scalar: bool = False) -> str:
    """The side with one part of it divided by a factor."""
    if text.startswith("1/"):
        return times(scene, part, text[2:], scalar)
    whole = text if text.replace("_", "").isalnum() or text.startswith("(") else f"({text})"
    quotient = f"{bracketed(scene, part.expr)}/{whole}"
    return replaced(scene, part.expr, quotient if part.term else f"({quotient})")


def spoken(node: Node, *names: Mapping[Node, str]) -> str | None:
    """A formula of a vertex: in the first of these namings while it is short, else the shortest."""
    texts = [_told(node, {**idioms(node, known), **known}) for known in names]
    best = texts[0] if len(texts[0]) <= SHORT else min(texts, key=len)
    return best if len(best) <= LONGEST else None


def _told(node: Node, names: Mapping[Node, str]) -> str:
    plain = tidy(node, names)
    return names.get(node) or names.get(plain) or formula(plain, names)


def often(count: int) -> str:
    return COUNTS.get(count, f"{count} times")
