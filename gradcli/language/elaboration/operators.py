"""What the written operators build, and which shapes they refuse as ambiguous.

Must not know names or scopes; the legality of shapes stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gradcli.calculus.core import (
    ADD,
    AND,
    CONSTANT,
    DIV,
    EQ,
    GE,
    GT,
    LE,
    LT,
    MUL,
    NE,
    NOT,
    OR,
    SUB,
    full,
    lift,
    where,
)
from gradcli.calculus.families import Pointwise
from gradcli.errors import Diagnostic, GradcliError, Span, wrong
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import describe, is_row, show
from gradcli.language.elaboration.lost_axes import keeping, refuse_column
from gradcli.language.elaboration.static import static
from gradcli.language.tree.build import POWERS
from gradcli.language.tree.slots import gap
from gradcli.language.tree.syntax import Array, BarCall, Beside, Binary, Expr, Transpose
from gradcli.ops.algebra import cross, matmul
from gradcli.ops.elementary import exp
from gradcli.ops.piecewise import absolute
from gradcli.ops.powers import POWER, POWER_BY
from gradcli.ops.reductions import norm_of
from gradcli.ops.shaping import transpose

ELEMENTWISE = {
    "+": ADD, "-": SUB, "*": MUL, "/": DIV, ".*": MUL, "./": DIV,
    "<": LT, "<=": LE, ">": GT, ">=": GE, "==": EQ, "!=": NE, "and": AND, "or": OR,
}  # fmt: skip
PAPER_PRODUCTS = {
    **dict.fromkeys("·⋅", (matmul, "{} @ {}  for the product")),
    "×": (cross, "cross({}, {})  for the cross product"),
}
"""Signs that are another product on paper than in code."""
MOST_AXES = 32
LOGICAL = (AND, OR, NOT)


def binary(expr: Binary, left: Node, right: Node) -> Node:
    """The node of a written operator; GradcliError where types or shapes do not fit."""
    operator = expr.operator
    op = ELEMENTWISE.get(operator)
    logical = op in LOGICAL
    if logical:
        for side, node in ((expr.left, left), (expr.right, right)):
            condition(side, node, wanted=True)
    _refuse_sign(expr, left, right)
    if not logical:
        left, right = as_number(left), as_number(right)
    try:
        if operator == "@":
            _refuse_scalar(expr, left, right)
            return matmul(left, right)
        if operator in POWERS:
            return _power(expr, left, right)
        assert isinstance(op, Pointwise)
        sides = ((expr.left, left), (expr.right, right))
        if refused := refuse_column(expr.span, sides, f" {operator} ".join):
            raise refused
        if operator in ("+", "-", "*", "/"):
            _refuse_ambiguous(expr, left, right)
        return make(op, left, right)
    except ShapeError as error:
        raise _misfit(expr, left, right, str(error)) from None


def product_of(expr: Beside, left: Node, right: Node) -> str:
    """Which product this is: of matrices as on paper; GradcliError where shapes leave two."""
    a, b = left.shape, right.shape
    written = expr.origin if isinstance(expr.origin, Binary) else expr
    dotted = written.span.start < written.span.end and gap(written).strip()
    columns = len(a) == len(b) == 1
    if not a or not b or dotted:
        return "@" if columns and a == b else "*"
    x, y = _operand(expr.left), _operand(expr.right)
    if columns:
        message = "two vectors side by side can mean three products"
        help = f"write  {x}.T @ {y}  for a number,  {x}*{y}  entry by entry,  or  {x} @ {y}.T"
        raise _ambiguous(expr, left, right, message, help)
    if len(a) == 1 and len(b) == 2 and not is_row(b):
        message = "a column before a matrix is no product"
        raise _ambiguous(expr, left, right, message, f"write  {x}.T @ {y}  or  {y} @ {x}")
    if max(len(a), len(b)) > 2:
        message = "arrays of three axes side by side can mean many products"
        raise _ambiguous(expr, left, right, message, f"write  {x}*{y}  entry by entry, or einsum")
    return "@"


def meaning_of_bars(expr: BarCall, value: Node) -> str:
    """The function that bars are round a value of this shape; GradcliError where it may be two."""
    shape = value.shape
    if not shape:
        return absolute.name
    text = _text(expr.arguments[0])
    double = (expr.origin or expr).span.text.startswith(("||", "‖"))
    matrix = len(shape) > 1 and not is_row(shape)
    if double and (not matrix or len(expr.arguments) > 1):
        return norm_of.name
    help = f"write  ||{text}||  for its length,  abs({text})  for each entry"
    message = f"bars round {describe(shape)} can mean two things"
    if double:
        message = f"which norm of {describe(shape)} is meant is not said"
        help = f'write  norm({text}, "fro")  for the root of the sum of squares'
    elif matrix:
        help = f"write  det({text})  for the determinant,  abs({text})  for each entry"
    raise wrong("G202", message, expr.span, help=help)


def transpose_or_power(expr: Binary) -> GradcliError:
    """The error for `A^T` where T is a name."""
    return wrong(
        "G202",
        "^T can be a transpose or a power, for T is a known name",
        expr.span,
        help=f"write  {expr.left.span.text}.T  or  {expr.left.span.text} .^ T",
    )


def prime_of_a_scalar(expr: Transpose) -> GradcliError:
    """The error for `x'` of a scalar."""
    text = _text(expr.operand)
    return wrong(
        "G202",
        f"{text}' can be meant as a derivative, and ' transposes",
        expr.span,
        help=f"write  d({text})/dx  or  {_turned(expr.operand)}",
    )


def turned_axes(node: Node) -> tuple[int, ...]:
    """The axes with the last two exchanged."""
    rank = len(node.shape)
    return (*range(rank - 2), rank - 1, rank - 2)


def _turned_axes(expr: Expr, node: Node) -> str:
    return f"transpose({_text(expr)}, {show(turned_axes(node))})"


def transpose_of_a_tensor(expr: Transpose, node: Node) -> GradcliError:
    """The error for `X.T` of three and more axes."""
    message = f"{describe(node.shape)} has no transpose"
    help = f"write  {_turned_axes(expr.operand, node)}  to exchange the last two axes"
    return wrong("G201", message, expr.span, help=help)


def check_depth(item: Expr, node: Node) -> None:
    """GradcliError for an element of an array that has as many axes as there may be."""
    if len(node.shape) >= MOST_AXES:
        label = "brackets in brackets, too deep"
        raise wrong("G201", f"an array has {MOST_AXES} axes at most", item.span, label=label)


def check_rows(expr: Array, nodes: list[Node]) -> None:
    """GradcliError unless the elements of an array have one shape."""
    for item, node in zip(expr.items, nodes, strict=True):
        if node.shape != nodes[0].shape:
            a, b = describe(nodes[0].shape), describe(node.shape)
            raise wrong(
                "G201",
                f"{a} and {b} cannot stand in one array",
                expr.span,
                help="all rows of an array have the same shape",
                marks=((expr.items[0].span, a), (item.span, b)),
            )


def condition(expr: Expr, node: Node, wanted: bool) -> None:
    """GradcliError unless the node is a condition where one is wanted, a number elsewhere."""
    if node.op.boolean != wanted:
        kind = "a number" if node.op.boolean is False else "a condition"
        need = "a condition such as x > 0" if wanted else "a number"
        raise wrong(
            "G203",
            f"{_text(expr)} is {kind}, but {need} is needed here",
            expr.span,
            help=f"compare it, as in  {_operand(expr)} > 0"
            if wanted
            else "where(cond, a, b) chooses between two numbers",
        )


def as_number(node: Node) -> Node:
    """A condition as the number that it is in a sum or a product: 1 where it holds, else 0."""
    return where(node, lift(1), lift(0)) if node.op.boolean else node


def spread(left: Node, right: Node) -> tuple[Node, Node]:
    """Two sides of an inequality: a number is compared with every entry."""
    zero = full(0, left.shape or right.shape)
    return (left if left.shape else left + zero), (right if right.shape else right + zero)


def _text(expr: Expr) -> str:
    text = " ".join(expr.span.text.split())
    return text if len(text) <= 40 else text[:37] + "…"


def _operand(expr: Expr) -> str:
    """The text of an operand, in brackets unless it is a name or a call."""
    text = _text(expr)
    return f"({text})" if isinstance(expr, Binary) else text


def _turned(expr: Expr) -> str:
    """The text of the transpose of an operand: without its own, if it has one."""
    return _operand(expr.operand if isinstance(expr, Transpose) else expr) + ".T" * (
        not isinstance(expr, Transpose)
    )


def _fits(build: Callable[..., Node], *args: object) -> bool:
    try:
        build(*args)
    except ShapeError:
        return False
    return True


def _marks(expr: Binary, left: Node, right: Node) -> tuple[tuple[Span, str], ...]:
    return tuple(
        (side.span, f"{_text(side)} is {describe(node.shape)}")
        for side, node in ((expr.left, left), (expr.right, right))
    )


def _ambiguous(expr: Binary, left: Node, right: Node, message: str, help: str) -> GradcliError:
    return GradcliError(
        Diagnostic("G202", message, expr.span, help=help, marks=_marks(expr, left, right))
    )


def _refuse_sign(expr: Binary, left: Node, right: Node) -> None:
    """`x·y` and `x × y` of arrays, whose signs mean one product on paper and another in code."""
    written = expr.origin is None and expr.span.start < expr.span.end
    if expr.operator != "*" or not left.shape or not right.shape or not written:
        return
    sign = gap(expr).strip()
    product = PAPER_PRODUCTS.get(sign)
    if product is None:
        return
    x, y = _operand(expr.left), _operand(expr.right)
    build, meant = product
    mends = [meant.format(x, y)] if _fits(build, left, right) else []
    help = "write  " + ",  or  ".join([*mends, f"{x} ⊙ {y}  entry by entry"])
    raise _ambiguous(expr, left, right, f"{sign} of two arrays can mean two things", help)


def _refuse_scalar(expr: Binary, left: Node, right: Node) -> None:
    if not left.shape or not right.shape:
        raise _ambiguous(
            expr,
            left,
            right,
            "@ multiplies vectors and matrices, and one side is a scalar",
            f"write  {_operand(expr.left)} * {_operand(expr.right)}",
        )


def _refuse_ambiguous(expr: Binary, left: Node, right: Node) -> None:
    a, b = left.shape, right.shape
    sign = expr.operator
    if a == b or not a or not b:
        return
    x, y = _operand(expr.left), _operand(expr.right)
    if {len(a), len(b)} == {1, 2} and (is_row(a) or is_row(b)):
        column, row = (x, y) if is_row(b) else (y, x)
        turned = (x, _turned(expr.right)) if is_row(b) else (_turned(expr.left), y)
        same = a[-1] == b[-1]
        mends = [f"{turned[0]} {sign} {turned[1]}  entry by entry"] if same else []
        if sign == "*":
            inner = [f"{row} @ {column}  for the inner product"] if same else []
            mends = [f"{column} @ {row}  for the outer product", *inner, *mends]
        elif sign == "/":
            mends.append(f"{x} ./ {y}  for the table of all pairs")
        help = f"write  {',  or  '.join(mends)}" if mends else "their lengths differ as well"
        raise _ambiguous(
            expr,
            left,
            right,
            f"{sign} between a column and a row can mean two things",
            help,
        )
    if sign in "*/" and a and b and len(a) != len(b):
        mends = [f"{mend}  for each row" for mend in keeping(expr, left, right)]
        if sign == "*" and _fits(matmul, left, right):
            mends.append(f"{x} @ {y}  for the product")
        if len(a) == 2 and _fits(make, ELEMENTWISE[sign], left, transpose(right)):
            mends.append(f"{x} {sign} {_turned(expr.right)}  to scale each row entry by entry")
        elif _fits(make, ELEMENTWISE[sign], left, right):
            mends.append(f"{x} .{sign} {y}  entry by entry, as NumPy does it")
        raise _ambiguous(
            expr,
            left,
            right,
            f"{sign} between {describe(a)} and {describe(b)} can mean two things",
            f"write  {',  or  '.join(mends)}" if mends else "their shapes fit in neither way",
        )


def _power(expr: Binary, base: Node, exponent: Node) -> Node:
    matrix = [node for node in (base, exponent) if len(node.shape) == 2 and not is_row(node.shape)]
    if expr.operator == "^" and matrix:
        x, y = _operand(expr.left), _operand(expr.right)
        times = static(exponent)
        product = ""
        square = base in matrix and base.shape[0] == base.shape[1]
        if square and times == Fraction(-1):
            product = f"inv({_text(expr.left)})"
        elif square and isinstance(times, Fraction) and times in (2, 3, 4):
            product = " @ ".join([x] * int(times))
        mends = [f"{product}  for the matrix power"] if product else []
        mends += [f"{x} .^ {y}  entry by entry"]
        raise _ambiguous(
            expr,
            base,
            exponent,
            "^ of a matrix can mean two things"
            if base in matrix
            else "a power with a matrix as its exponent can mean two things",
            f"write  {',  or  '.join(mends)}",
        )
    fixed = static(exponent)
    if fixed is not None:
        return make(POWER_BY, base, params=(fixed,))
    if base.op is CONSTANT and base.params[0] == "e" and base.label is None:
        return exp(exponent)
    return make(POWER, base, exponent)


def _misfit(expr: Binary, left: Node, right: Node, message: str) -> GradcliError:
    """The shapes of both sides, and the transposed product where that one fits."""
    words = {"@": "multiply", "*": "multiply", "/": "divide"}.get(expr.operator, "combine")
    if expr.operator == "@":
        message = f"cannot {words} {describe(left.shape)} by {describe(right.shape)}"
    help = "  or  ".join(keeping(expr, left, right))
    help = f"write  {help}" if help and expr.operator != "@" else ""
    if max(len(left.shape), len(right.shape)) > 2 and expr.operator == "@":
        help = 'einsum names the axes, as in  einsum("ijk,k->ij", X, w)'
        if len(right.shape) > 2 and _fits(matmul, left, transpose(right, turned_axes(right))):
            help = f"write  {_operand(expr.left)} @ {_turned_axes(expr.right, right)}"
        elif len(left.shape) > 2 and _fits(matmul, transpose(left, turned_axes(left)), right):
            help = f"write  {_turned_axes(expr.left, left)} @ {_operand(expr.right)}"
    elif expr.operator == "@":
        x, y = _operand(expr.left), _operand(expr.right)
        for text, a, b in ((f"{x}.T @ {y}", 0, None), (f"{x} @ {y}.T", None, 0)):
            try:
                node = matmul(
                    transpose(left) if a is not None else left,
                    transpose(right) if b is not None else right,
                )
            except ShapeError:
                continue
            help = f"{text}  fits: it is {describe(node.shape)}"
            break
    return GradcliError(
        Diagnostic("G201", message, expr.span, help=help, marks=_marks(expr, left, right))
    )
