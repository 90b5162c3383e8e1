"""Derivatives in expressions: `dL/dw`, `d/dx (f)`, `grad(f, x)` and their kin become graphs.

Must not know how they are told from quotients, nor how a derivative is computed.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.calculus import derivative as calculus
from gradcli.calculus.core import CONSTANT, INPUT, NUMBER, SIZE
from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, describe, is_row
from gradcli.language.elaboration.calls import DERIVATIVES, how_many
from gradcli.language.elaboration.members import array, spans
from gradcli.language.elaboration.operators import as_number, condition
from gradcli.language.elaboration.scope import CONSTANTS, AbstractFunction, Family, UserFunction
from gradcli.language.elaboration.walk import Local, Step, Walker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops.powers import POWER
from gradcli.ops.shaping import concat, index, reshape, stack

FITTING = {
    "jvp": "v has the shape of x",
    "hvp": "v has the shape of x",
    "vjp": "u has the shape of y",
    "divergence": "y has the shape of x",
    "curl": "y and x are vectors of 3, or of 2",
}


class Shadowed(Exception):
    """A constant's name is differentiated by, so that it is an input from the first line on."""


class DerivativeVisitors:
    """How derivatives are read; what all of them take is added to the walker's `derived`."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.scope = walker, walker.scope

    def last_target(self, expr: syntax.Derivative, local: Local) -> object:
        """What the last name below means, where that is a plain name."""
        name = expr.by[-1][0]
        if (
            expr.operator
            or not isinstance(name, syntax.Name)
            or not self.scope.introduced(name, local)
        ):
            return None
        return self.scope.lookup(name, local)

    def visit(self, expr: syntax.Derivative, local: Local, member: Node | None = None) -> Step:
        """The derivative; `member` is what the last name below stands for, if it is a family."""
        if expr.operator:
            for name, _ in expr.by:
                if isinstance(name, syntax.Name) and not self.scope.introduced(name, local):
                    self.scope.declare(name.name, ())
        node = yield from self._subject(expr.subject, local, expr.by)
        if sum(order for _, order in expr.by) != expr.order:
            f, x = expr.subject.span.text, expr.by[-1][0].span.text
            names = f.isidentifier() and x.isidentifier() and len(expr.by) == 1
            f, x = (f, x) if names else ("f", "x")
            order = max(expr.order, expr.by[0][1])
            help = f"write  d{order}{f}/d{x}{order}  or  d{f}/d{x}"
            message = "the orders above and below differ"
            raise wrong("G009", message, expr.span, help=help)
        for target, order in expr.by:
            last = target is expr.by[-1][0]
            by, entry = (
                (member, None)
                if member and last
                else (yield from self._target(target, local, expr.subject))
            )
            self._refuse_whole_exponent(target.span, node, by)
            for _ in range(order):
                if entry is None:
                    node = self._taken(node, by)
                else:
                    node = yield from self._by_entry(node, by, entry, local)
        return node

    def _subject(self, expr: Expr, local: Local, by: Sequence[tuple[Expr, int]] = ()) -> Step:
        if isinstance(expr, syntax.Name):
            self._must_be_known(expr, local)
            meaning = self.scope.lookup(expr, local)
            if isinstance(meaning, AbstractFunction) and by:
                # df/dx of an abstract function of one argument is that of f(x).
                at = yield by[0][0], local
                if meaning.arity > 1 or (meaning.numbers and at.shape not in meaning.domain):
                    raise _of_what(expr, meaning, by[0][0])
                return (yield syntax.Call(expr.span, expr, (by[0][0],), ()), local)
            if isinstance(meaning, UserFunction):
                # df/dx of a function f(x) is that of its value.
                call = syntax.Call(expr.span, expr, meaning.definition.parameters, ())
                return (yield call, local)
        return as_number((yield expr, local))

    def _target(self, expr: Expr, local: Local, subject: Expr | None = None) -> Step:
        """What is differentiated by, and how its entries are written if only those are meant.

        A family is itself: it is differentiated by member for member.
        """
        if isinstance(expr, syntax.Name):
            self._must_be_known(expr, local)
            meaning = self.scope.lookup(expr, local)
            if isinstance(meaning, Family):
                yield expr, local
                return meaning, None
            return self._variable(expr, (yield expr, local)), None
        if isinstance(expr, syntax.Index) and isinstance(expr.operand, syntax.Name):
            if isinstance(self.scope.lookup(expr.operand, local), Family):
                return (yield expr, local), None
            whole = self._variable(expr.operand, (yield expr.operand, local))
            entry = yield expr, local
            return whole, expr if entry is not whole else None
        help = f"give it a name and use that above:  u = {expr.span.text}"
        names = {part.name for part in syntax.parts(expr) if isinstance(part, syntax.Name)}
        inner = [name for name in names if self.scope.shapes.get(name) == ()]
        if subject is not None and len(inner) == len(names) == 1:
            x = inner[0]
            help = f"write  d({subject.span.text})/d{x} / (d/d{x} ({expr.span.text}))"
        raise wrong("G009", "a derivative is taken by a name", expr.span, help=help)

    def _variable(self, expr: Expr, node: Node) -> Node:
        condition(expr, node, wanted=False)
        if node.label is None and node.op in (CONSTANT, NUMBER, SIZE):
            raise wrong(
                "G009", f"{expr.span.text} is a number here", expr.span, label="no variable"
            )
        return node

    def _must_be_known(self, name: syntax.Name, local: Local) -> None:
        if self.scope.introduced(name, local):
            return
        constant = name.name in CONSTANTS and name.name not in self.scope.given
        if constant and self.scope.free:
            raise Shadowed(name.name)
        if constant:
            message = f"{name.name} is a constant here, no variable"
            help = f"declare it above:  {name.name} in R"
            raise wrong("G009", message, name.span, help=help)
        raise self.scope.unknown(name, local)

    # -- shapes: a row is taken as the vector of its entries

    def _taken(self, y: Node, x: Node | Family, *, turn: bool = True) -> Node:
        if isinstance(x, Family):
            return self._by_members(y, x, turn)
        y = index(y, (0,)) if is_row(y.shape) else y
        node = calculus.derivative(y, x, self.walker.derived)
        shape = x.shape
        if is_row(shape):
            node, shape = index(node, (*((0, dim) for dim in y.shape), 0)), shape[1:]
        if self.walker.tied and x in self.walker.symmetric:
            node = calculus.tied(node)
        if turn and self.walker.layout == "denominator":
            return calculus.denominator_layout(node, y.shape, shape)
        return node

    def _refuse_whole_exponent(self, span: Span, y: Node, x: Node | Family) -> None:
        """GradcliError for a derivative by whole numbers that are an exponent in what is taken."""
        if isinstance(x, Family) or x.op is not INPUT:
            return
        space = (self.scope.sets or {}).get(str(x.params[0]))
        if space is None or not space.scalars.whole:
            return
        raised = [n.args[1] for n in topological([y]) if n.op is POWER]
        if x in topological(raised):
            name = x.params[0]
            message = f"{name} is a whole number in an exponent: by it there is no derivative"
            help = f"for powers of what is positive declare  {name} in R"
            raise wrong("G009", message, span, help=help)

    def _by_members(self, y: Node, family: Family, turn: bool) -> Node:
        """By each member, joined to the array that all members fill."""
        parts = {at: self._taken(y, member, turn=False) for at, member in family.members.items()}
        node = array(family, spans(family), parts)
        y = index(y, (0,)) if is_row(y.shape) else y
        axes = "abcdefghijklmnopqrstuvwxyz"[: len(node.shape)]
        first, own, rest = (axes[: family.rank], axes[family.rank :][: len(y.shape)],
                            axes[family.rank + len(y.shape) :])  # fmt: skip
        node = calculus.moved(node, axes, own + first + rest)
        if turn and self.walker.layout == "denominator":
            return calculus.denominator_layout(node, y.shape, node.shape[len(y.shape) :])
        return node

    def _by_entry(self, y: Node, x: Node, entry: syntax.Index, local: Local) -> Step:
        node = self._taken(y, x, turn=False)
        before = len(node.shape) - len(x.shape)
        return (yield from self.walker.entries(entry, node, before, x, local))

    # -- by function

    def call(self, expr: syntax.Call, local: Local) -> Step:
        """`grad(f, x)` and its kin; x may be an array of names."""
        name, signature = expr.function.name, DERIVATIVES[expr.function.name]
        wanted = signature.count(",") + 1
        if len(expr.arguments) != wanted or expr.keywords:
            message = f"{name} takes {how_many(wanted)}"
            raise wrong("G009", message, expr.span, help=f"write  {signature}")
        of = expr.arguments[1]
        alone = () if isinstance(of, syntax.Array) else ((of, 1),)
        y = yield from self._subject(expr.arguments[0], local, alone)
        y = index(y, (0,)) if is_row(y.shape) else y
        scalar = name in ("grad", "hessian", "hvp", "laplacian")
        if scalar and y.shape:
            raise _no_scalar(name, expr.arguments[0].span, y)
        by = expr.arguments[1]
        parts = by.items if isinstance(by, syntax.Array) else (by,)
        xs = []
        for part in parts:
            target, entry = yield from self._target(part, local)
            if entry is not None:
                message = "one entry is no variable of its own here"
                raise wrong("G009", message, part.span, help="take the entry of the result")
            if isinstance(target, Family) and (len(parts) > 1 or name not in ("grad", "jacobian")):
                message = f"{name} is taken by inputs and nodes, and {part.span.text} is a family"
                raise wrong("G009", message, part.span, help="take it by one member")
            self._refuse_whole_exponent(part.span, y, target)
            xs.append(target)
        if len(xs) == 1 and not isinstance(by, syntax.Array):
            return (yield from self._by_one(expr, name, y, xs[0], local))
        return (yield from self._by_many(expr, name, y, xs, local))

    def _by_one(self, expr: syntax.Call, name: str, y: Node, x: Node, local: Local) -> Step:
        if name in ("grad", "jacobian"):
            return self._taken(y, x)
        if name == "hessian":
            return self._taken(self._taken(y, x), x, turn=False)
        if name == "laplacian":
            return calculus.laplacian(y, x, self.walker.derived)
        if name == "divergence":
            if y.shape != x.shape:
                raise _misfit(expr.arguments[0].span, name, y.shape, x.shape)
            return calculus.divergence(y, x, self.walker.derived)
        if name == "curl":
            return self._curl(expr, y, calculus.derivative(y, x, self.walker.derived))
        seed = yield expr.arguments[2], local
        fits = y.shape if name == "vjp" else x.shape
        if seed.shape != fits:
            raise _misfit(expr.arguments[2].span, name, seed.shape, fits)
        if name == "vjp":
            return calculus.vjp(y, x, seed, self.walker.derived)
        if name == "hvp":
            y = calculus.derivative(y, x, self.walker.derived)
        return calculus.jvp(y, x, seed, self.walker.derived)

    def _by_many(self, expr: syntax.Call, name: str, y: Node, xs: list[Node], local: Local) -> Step:
        """By several scalars and vectors, joined in their order."""
        by = expr.arguments[1]
        assert isinstance(by, syntax.Array)
        for written, node in ((expr.arguments[0], y), *zip(by.items, xs, strict=True)):
            if len(node.shape) > 1:
                raise _not_joined(written.span, node.shape)
        first = self._joined(y, xs)
        if name == "grad":
            return first
        if name == "jacobian":
            return (
                calculus.denominator_layout(first, y.shape, (0,))
                if self.walker.layout == "denominator"
                else first
            )
        if name == "laplacian":
            parts = [calculus.laplacian(y, x, self.walker.derived) for x in xs]
            total = parts[0]
            for part in parts[1:]:
                total = total + part
            return total
        if name in ("hessian", "hvp"):
            first = self._joined(first, xs)
        if name == "hessian":
            return first
        if name == "divergence":
            if first.shape[0] != first.shape[-1]:
                raise _misfit(expr.arguments[0].span, name, y.shape, first.shape[1:])
            return calculus.moved(first, "aa", "")
        if name == "curl":
            return self._curl(expr, y, first)
        seed = yield expr.arguments[2], local
        fits = y.shape if name == "vjp" else first.shape[-1:]
        if seed.shape != fits:
            raise _misfit(expr.arguments[2].span, name, seed.shape, fits)
        return calculus.applied(first, seed, back=name == "vjp")

    def _curl(self, expr: syntax.Call, y: Node, jacobian: Node) -> Node:
        """Of a field in space the vector, of one in the plane the number."""
        if jacobian.shape not in ((3, 3), (2, 2)):
            size = len(jacobian.shape) == 2 and jacobian.shape[1] == 2
            raise _misfit(expr.arguments[0].span, "curl", y.shape, (2,) if size else (3,))
        turned = [
            index(jacobian, (i, j)) - index(jacobian, (j, i))
            for i, j in ((2, 1), (0, 2), (1, 0))
            if (max(i, j),) < jacobian.shape[:1]
        ]
        return stack(*turned) if len(turned) > 1 else turned[0]

    def _joined(self, y: Node, xs: Sequence[Node]) -> Node:
        """The Jacobians by several variables side by side."""
        parts = []
        for x in xs:
            part = calculus.derivative(y, x, self.walker.derived, xs)
            parts.append(part if x.shape else reshape(part, (*y.shape, 1)))
        return concat(*parts, axis=len(y.shape))


def _of_what(name: syntax.Name, function: AbstractFunction, by: Expr) -> GradcliError:
    """An abstract function of several numbers has no variables of its own."""
    count = function.numbers or function.arity
    kind = "numbers" if function.numbers else "arguments"
    message = f"{function.name} is a function of {count} {kind}: of which is not said"
    partial = function.call.replace("(", "_1(", 1)
    help = f"write  d({function.call})/d{by.span.text}  or  {partial}"
    return wrong("G009", message, name.span, help=help)


def _no_scalar(name: str, span: Span, y: Node) -> GradcliError:
    help = "of a vector write  jacobian(y, x)" if name == "grad" else ""
    return wrong("G201", f"{name} is of a scalar, not of {describe(y.shape)}", span, help=help)


def _misfit(span: Span, name: str, found: Shape, wanted: Shape) -> GradcliError:
    message = f"{name} needs {describe(wanted)} here, not {describe(found)}"
    return wrong("G201", message, span, help=f"in  {DERIVATIVES[name]}  {FITTING[name]}")


def _not_joined(span: Span, shape: Shape) -> GradcliError:
    message = f"a derivative by several variables joins scalars and vectors, not {describe(shape)}"
    return wrong("G201", message, span, help="take it by each variable alone")
