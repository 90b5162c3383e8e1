"""Sets as they are written become sets of arrays: `R^(m, n)`, `(0, 1)^k`, `onehot(n)`, `spd(n)`.

Must not know what a declaration does with them, nor how a point is drawn.
"""

from __future__ import annotations

from gradcli.calculus.core import CONSTANT, INPUT, NEG, number
from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Shape
from gradcli.graph.space import AXES, REALS, Scalars, Space
from gradcli.language.elaboration.elaborate import Elaborator
from gradcli.language.elaboration.primes import shapes_of
from gradcli.language.elaboration.scope import CONSTANTS, nearest
from gradcli.language.elaboration.static import as_dim, static
from gradcli.language.parsing.declared import SETS
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

KNOWN = (*AXES, "R", "integers", "Z", "N")
WHOLE = ("integers", "Z", "ℤ")
"""Names of all whole numbers."""


def space(
    written: syntax.Set, elaborator: Elaborator, letters: frozenset[str] = frozenset()
) -> Space:
    """The set; new names among its dimensions become letters. GradcliError for what is none.

    In the ends of an interval the names in `letters` are dimension letters, too.
    """
    for end in written.arguments:
        new = (name.name for name in _names(end) if name.name in letters)
        elaborator.scope.letters |= dict.fromkeys(new)
    name = written.name.name if written.name else ""
    text = " ".join(written.span.text.split())
    shape: Shape = tuple(_dim(dim, elaborator) for dim in written.power or ())
    if name in AXES:
        if len(written.arguments) != 1:
            help = f"write  {name}(n)  or, for m of them,  {name}(n)^m"
            raise wrong("G014", f"{name} takes one size", written.span, help=help)
        own = (_dim(written.arguments[0], elaborator),) * AXES[name]
        return Space(name, (*shape, *own), REALS, text)
    return Space("power", shape, _scalars(written, name, elaborator), text)


def functions(written: syntax.Set, elaborator: Elaborator) -> tuple[tuple[Shape, ...], Shape]:
    """The shapes of the arguments of abstract functions, and that of their value."""
    *domain, values = (tuple(_dim(dim, elaborator) for dim in dims) for dims in shapes_of(written))
    # R^1 is R.
    return (*(() if shape == (1,) else shape for shape in domain),), values


def _scalars(written: syntax.Set, name: str, elaborator: Elaborator) -> Scalars:
    if written.name is None:
        low, high = (_bound(end, elaborator) for end in written.arguments)
        if written.open is None:
            return _two(low, high, written)
        return Scalars(low, high, *written.open)
    if name == "integers" and len(written.arguments) == 2:
        low, high = (_bound(end, elaborator) for end in written.arguments)
        return Scalars(low, high, False, False, whole=True)
    if name == "R" and not written.arguments:
        return REALS
    if name in WHOLE and not written.arguments:
        return Scalars(whole=True)
    help = SETS
    if name in ("N", "ℕ"):
        help = "write  integers(0, inf)  or, without 0,  integers(1, inf)"
    elif name == "integers":
        help = "write  integers  for all of them, or  integers(a, b)"
    elif name[:1] == "R" and (name[1:].isdecimal() or len(name) == len("Rn")):
        help = f"write  R^{name[1:]}"
    elif name.lower().rstrip("s") == "real":
        help = 'did you mean "R"?'
    elif near := nearest(name, KNOWN):
        help = f'did you mean "{near}"?'
    elif name == "R":
        help = "write  R^n  or  R^(m, n)"
    raise wrong("G014", f'"{name}" is no set', written.span, help=help)


def _two(low: Node | None, high: Node | None, written: syntax.Set) -> Scalars:
    """`{0, 1}`, `{-1, 1}`: two whole numbers."""
    ends = [None if end is None else as_dim(static(end)) for end in (low, high)]
    if not all(isinstance(end, int) for end in ends) or ends[0] == ends[1]:
        help = "write two whole numbers, as in  {0, 1},  or  integers(0, 9)"
        raise wrong("G014", "this is no set of two whole numbers", written.span, help=help)
    a, b = sorted(end for end in ends if isinstance(end, int))
    return Scalars(number(a), number(b), False, False, whole=True, step=b - a)


def _bound(expr: Expr, elaborator: Elaborator) -> Node | None:
    """An end of an interval; None for infinity."""
    known = elaborator.scope.known
    if any(not known(name.name) and name.name not in CONSTANTS for name in _names(expr)):
        raise _no_constant(expr)
    node = elaborator.node(expr)
    if node.shape or node.op.boolean or any(v.op is INPUT for v in topological([node])):
        raise _no_constant(expr)
    bare = node.args[0] if node.op is NEG else node
    return None if bare.op is CONSTANT and bare.params == ("inf",) else node


def _no_constant(expr: Expr) -> GradcliError:
    message = "the ends of a set are numbers and dimension letters"
    return wrong("G014", message, expr.span, label="not a constant")


def _dim(expr: Expr, elaborator: Elaborator) -> Dim:
    """A size: a whole number, a letter, or a sum or product of such."""
    scope = elaborator.scope
    for name in _names(expr):
        if not scope.known(name.name) and name.name not in scope.inputs:
            scope.letters[name.name] = None
    dim = as_dim(static(elaborator.node(expr)))
    if dim is None:
        raise wrong("G014", f"{expr.span.text} is no size", expr.span, help="write  R^3  or  R^n")
    if isinstance(dim, int) and dim < 1:
        raise wrong("G014", "this set is empty", expr.span, label=_size(expr.span, dim))
    return dim


def _size(span: Span, dim: int) -> str:
    return "a size is 1 or more" + ("" if span.text == str(dim) else f", and this is {dim}")


def _names(expr: Expr) -> list[syntax.Name]:
    if isinstance(expr, syntax.Name):
        return [expr]
    if isinstance(expr, syntax.Binary):
        return _names(expr.left) + _names(expr.right)
    return _names(expr.operand) if isinstance(expr, syntax.Unary) else []
