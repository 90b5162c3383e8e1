"""An axis that a reduction took away, or that a column has and a vector lacks: what to write.

Must not know scopes, nor which operators are ambiguous for other reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gradcli.calculus.families import Einsum, Pointwise
from gradcli.errors import Diagnostic, GradcliError, Span
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, describe, is_row
from gradcli.language.tree.syntax import Binary, Call, Expr
from gradcli.ops import FUNCTIONS
from gradcli.ops.reductions import LOGSUMEXP, MAX_OF, MIN_OF

ROWS = (MAX_OF, MIN_OF, LOGSUMEXP)
"""What takes the last axis away."""


def lost(whole: Shape, part: Shape) -> int | None:
    """The last axis without which one shape is the other; None where there is none."""
    fits = [k for k in range(len(whole)) if whole[:k] + whole[k + 1 :] == part]
    return fits[-1] if part and fits else None


def keeping(expr: Binary, left: Node, right: Node) -> list[str]:
    """How the operation is written with the axis kept that one side has lost, if it has."""
    for lower, upper in ((right, left), (left, right)):
        axis = lost(upper.shape, lower.shape)
        if axis is None or axis == 0 or is_row(upper.shape):
            continue
        side = expr.right if lower is right else expr.left
        texts = [*_kept(side, lower, axis)]
        x, y = _held(expr.left), _held(expr.right)
        return [
            f"{x} {expr.operator} {text}" if lower is right else f"{text} {expr.operator} {y}"
            for text in texts
        ]
    return []


def _kept(side: Expr, node: Node, axis: int) -> Iterator[str]:
    place = ", ".join([*[":"] * axis, "None"])
    if isinstance(side, Call) and _reduces(side):
        yield f"{side.span.text[:-1].rstrip()}, keepdims=True)"
    yield f"{_held(side)}[{place}]"


def _reduces(call: Call) -> bool:
    """Whether this is a reduction along an axis that does not say whether it is kept."""
    function = FUNCTIONS.get(call.function.name)
    said = {key.name for key, _ in call.keywords}
    return function is not None and "keepdims" in function.parameters and said == {"axis"}


def _held(expr: Expr) -> str:
    text = " ".join(expr.span.text.split())
    return f"({text})" if isinstance(expr, Binary) else text


# -- a square matrix, where the wrong axis fits as well


def spread_along(expr: Binary, left: Node, right: Node) -> Diagnostic | None:
    """What is said where the sums of the rows of a square matrix are spread along its rows."""
    for lower, upper in ((right, left), (left, right)):
        a, b = upper.shape, lower.shape
        if len(a) != 2 or len(b) != 1 or a[0] != a[1] or a[1] != b[0] or a[0] == 1:
            continue
        if _along(lower) != 1:
            continue
        mends = "  or  ".join(keeping(expr, left, right))
        name = (expr.right if lower is right else expr.left).span.text
        message = (
            f"{' '.join(name.split())} has a number for each row, and is spread along the other"
            " axis: the shapes fit only because the matrix is square"
        )
        return Diagnostic("G204", message, expr.span, help=f"for each row write  {mends}")
    return None


def _along(node: Node) -> int | None:
    """The axis of a matrix that a vector is what is left of, None where it is no such vector."""
    found: dict[Node, int | None] = {}
    for each in topological([node]):
        op = each.op
        found[each] = None
        if len(each.shape) != 1:
            continue
        if isinstance(op, Einsum) and len(each.args) == 1 and len(each.args[0].shape) == 2:
            (letters,), out, _ = each.params
            found[each] = 1 - letters.index(out) if len(set(letters)) == 2 else None
        elif op in ROWS and len(each.args[0].shape) == 2:
            turned = each.args[0].op
            swapped = isinstance(turned, Einsum) and each.args[0].params[:2] == (("ab",), "ba")
            found[each] = 0 if swapped else 1
        elif isinstance(op, Pointwise):
            ways = {found[arg] for arg in each.args if arg.shape}
            found[each] = ways.pop() if len(ways) == 1 else None
    return found[node]


# -- a column beside a vector


def refuse_column(
    whole: Span, sides: Sequence[tuple[Expr, Node]], written: Callable[[list[str]], str]
) -> GradcliError | None:
    """The error for a column `(n, 1)` beside a vector `(n,)`, which NumPy makes a table of.

    `written` puts the texts of the sides together again.
    """
    shapes = [node.shape for _, node in sides]
    pairs = ((k, j) for k, shape in enumerate(shapes) if _is_column(shape)
             for j, other in enumerate(shapes) if other == shape[:1])  # fmt: skip
    if (found := next(pairs, None)) is None:
        return None
    k, j = found
    # Only here: what each of nested calls holds is as long as all of them.
    texts = [_held(expr) for expr, _ in sides]
    flat, tall, wide = f"{texts[k]}[:, 0]", f"{texts[j]}[:, None]", f"{texts[j]}[None, :]"
    mends = [written(_with(texts, *way)) for way in ((k, flat), (j, tall), (j, wide))]
    marks = [(sides[x][0].span, f"{texts[x]} is {describe(shapes[x])}") for x in (k, j)]
    message = "a column and a vector can be meant entry by entry, or as all pairs"
    help = (
        f"entry by entry write  {mends[0]}  or  {mends[1]}  or, for the table of all"
        f" pairs,  {mends[2]}"
    )
    return GradcliError(Diagnostic("G202", message, whole, help=help, marks=(*marks,)))


def _with(texts: Sequence[str], place: int, text: str) -> list[str]:
    return [text if k == place else each for k, each in enumerate(texts)]


def _is_column(shape: Shape) -> bool:
    return len(shape) == 2 and shape[1] == 1 and shape[0] != 1 and not is_row(shape)
