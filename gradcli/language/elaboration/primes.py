"""Abstract functions and primes: `f in functions(R, R)`, `f(u)`, and `f'(u)` of any function.

Must not know how a derivative is computed, nor what the other sets are.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from gradcli.calculus import derivative as calculus
from gradcli.calculus.core import COPY
from gradcli.calculus.families import Pointwise
from gradcli.errors import GradcliError, wrong
from gradcli.graph.node import Label, Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, describe
from gradcli.language.elaboration.calls import DERIVATIVES, how_many, no_function, unknown_function
from gradcli.language.elaboration.operators import condition
from gradcli.language.elaboration.scope import AbstractFunction, UserFunction
from gradcli.language.elaboration.walk import Local, Step, Walker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops import FUNCTIONS, Function
from gradcli.ops.abstract import abstract, applied
from gradcli.ops.algebra import flat
from gradcli.ops.reductions import sum_of
from gradcli.ops.shaping import index, stack

PRIME = "'"
MAPS = "functions"


def declares_functions(statement: syntax.Statement) -> bool:
    """Whether a line declares abstract functions, which are no inputs."""
    if not isinstance(statement, syntax.Declaration) or statement.set.name is None:
        return False
    return statement.set.name.name == MAPS


def shapes_of(written: syntax.Set) -> list[tuple[Expr, ...]]:
    """The dimensions of every argument of the functions of a set, those of the value last.

    GradcliError for what is no such set.
    """
    found: list[tuple[Expr, ...]] = []
    for each in written.arguments:
        match each:
            case syntax.Name(name="R"):
                found.append(())
            case syntax.Binary(
                operator="^", left=syntax.Name(name="R"), right=syntax.Tuple(items=items)
            ):
                found.append(items)
            case syntax.Binary(operator="^", left=syntax.Name(name="R"), right=dim):
                found.append((dim,))
    if len(found) < max(2, len(written.arguments)) or written.power is not None:
        message = "abstract functions are of numbers and arrays, and give such"
        help = "write  functions(R, R)  or, of a vector,  functions(R^n, R^m)"
        raise wrong("G014", message, written.span, help=help)
    return found


class Primes:
    """How calls of abstract functions and derivatives of functions are read."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.scope = walker, walker.scope
        self.points: dict[Node, Node] = {}

    def partial(self, name: str) -> tuple[AbstractFunction, list[int]] | None:
        """`f_1(x, y)`, `f_12(x, y)`: a partial derivative of an abstract function by its places."""
        head, _, below = name.rpartition("_")
        meaning = self.scope.names.get(head)
        if not isinstance(meaning, AbstractFunction) or not below.isdecimal():
            return None
        places = [int(digit) - 1 for digit in below]
        takes = meaning.numbers or meaning.arity
        if takes == 1 or not all(0 <= place < takes for place in places):
            return None
        self.scope.used.add(head)
        return meaning, places

    def applied(
        self, expr: syntax.Call, function: AbstractFunction, places: Sequence[int], local: Local
    ) -> Step:
        """The value of an abstract function, or of a derivative of it by its arguments `places`.

        A function of numbers is applied entry by entry.
        """
        count = len(expr.arguments)
        if count not in (function.arity, function.numbers or function.arity) or expr.keywords:
            message = f"{function.name} takes {how_many(function.numbers or function.arity)}"
            shown = function.call.replace(function.name, expr.function.name, 1)
            raise wrong("G009", message, expr.span, help=f"write  {shown}")
        values: list[Node] = []
        for argument in expr.arguments:
            values.append((yield argument, local))
            condition(argument, values[-1], wanted=False)
        primed = expr.function.name.endswith(PRIME)
        if count == function.arity and not (places and function.numbers and not primed):
            if function.of_numbers:
                orders = [places.count(k) for k in range(count)]
                return make(abstract(function.name, *orders), *values)
            return self._of_arrays(expr, function, places, values)
        if count != function.numbers:
            inner = expr.arguments[0].span.text
            message = f"{expr.function.name} is a derivative by one number of several"
            raise wrong("G009", message, expr.span, help=f"write  {function.name}'({inner})")
        if not function.values:
            orders = [places.count(k) for k in range(count)]
            return make(abstract(function.name, *orders), *values)
        self._require(expr, function, [()] * count, values)
        whole = applied(function.name, function.values, "0" * len(places), stack(*values))
        return index(whole, (*((0, dim) for dim in function.values), *places))

    def _of_arrays(
        self,
        expr: syntax.Call,
        function: AbstractFunction,
        places: Sequence[int],
        values: Sequence[Node],
    ) -> Node:
        xs = [x if len(d) > 1 else flat(x) for x, d in zip(values, function.domain, strict=True)]
        if function.numbers and not xs[0].shape:
            if places:
                raise self._of_several(expr, function)
            message = f"{function.name} takes {how_many(function.numbers)}, or a vector of them"
            raise wrong("G009", message, expr.span, help=f"write  {function.call}")
        self._require(expr, function, function.domain, xs)
        ordered = sorted(places)
        node = applied(function.name, function.values, "".join(map(str, ordered)), *xs)
        if ordered != [*places]:
            node = self._in_order(node, function, places)
        if len(places) == 1 and self.walker.layout == "denominator":
            return calculus.denominator_layout(node, function.values, xs[places[0]].shape)
        return node

    @staticmethod
    def _in_order(node: Node, function: AbstractFunction, places: Sequence[int]) -> Node:
        """The axes of a mixed derivative as its places are written."""
        fresh = iter(ascii_letters)
        own = "".join(next(fresh) for _ in function.values)
        turns = sorted(range(len(places)), key=lambda k: places[k])
        axes = {k: "".join(next(fresh) for _ in function.domain[places[k]]) for k in turns}
        turned = "".join(axes[k] for k in range(len(places)))
        return calculus.moved(node, own + "".join(axes[k] for k in turns), own + turned)

    @staticmethod
    def _require(
        expr: syntax.Call,
        function: AbstractFunction,
        shapes: Sequence[Shape],
        values: Sequence[Node],
    ) -> None:
        """GradcliError unless the arguments have these shapes."""
        for argument, shape, value in zip(expr.arguments, shapes, values, strict=True):
            if value.shape != shape:
                message = f"{function.name} takes {describe(shape)} here"
                label = f"this is {describe(value.shape)}"
                help = f"{function.name} is declared as a function of {describe(shape)}"
                raise wrong("G201", message, argument.span, label=label, help=help)

    def visit(self, expr: syntax.Call, local: Local) -> Step:
        """`f'(u)`, `f''(u)`: the derivative of a function of one number, at u."""
        primed = expr.function
        name = primed.name.rstrip(PRIME)
        order = len(primed.name) - len(name)
        plain = syntax.Name(primed.span, name)
        meaning: object = local.get(name)
        if meaning is None and self.scope.known(name):
            meaning = self.scope.lookup(plain, local)
        if isinstance(meaning, AbstractFunction):
            if meaning.arity > 1 or len(expr.arguments) > 1:
                raise self._of_several(expr, meaning)
            return (yield from self.applied(expr, meaning, [0] * order, local))
        if isinstance(meaning, Node):
            raise self._of_a_node(expr, name, meaning)
        function: UserFunction | Function | None = None
        if isinstance(meaning, UserFunction):
            function = meaning
        elif meaning is None:
            function = FUNCTIONS.get(name)
        call = syntax.Call(expr.span, plain, expr.arguments, expr.keywords)
        if function is None:
            if name in DERIVATIVES or meaning is not None:
                raise no_function(call, "no function of a number")
            raise unknown_function(call, derived=False)
        wanted = (
            len(function.definition.parameters)
            if isinstance(function, UserFunction)
            else function.required
        )
        if wanted != 1 or len(expr.arguments) != 1 or expr.keywords:
            message = f"{primed.name} is the derivative of a function of one argument"
            inner = ", ".join(argument.span.text for argument in expr.arguments)
            help = f"write  d({name}({inner}))/dx  for the derivative by x"
            raise wrong("G009", message, expr.span, help=help)
        argument = expr.arguments[0]
        self._declare_parameter(function, argument, local)
        at = yield argument, local
        condition(argument, at, wanted=False)
        point = self._point(argument, at)
        inside = syntax.Call(expr.span, plain, (syntax.Name(argument.span, PRIME),), ())
        value = yield inside, type(local)({**local, PRIME: point})
        along = _entrywise(value, point)
        for _ in range(order):
            value = self._slope(value, point, along)
        if order == 1 and not along and self.walker.layout == "denominator":
            shape = value.shape[: len(value.shape) - len(point.shape)]
            return calculus.denominator_layout(value, shape, point.shape)
        return value

    def _declare_parameter(
        self, function: UserFunction | Function, argument: Expr, local: Local
    ) -> None:
        """`f'(t) = …` after `f(t) = …` speaks of any number t, as the definition does."""
        if isinstance(function, UserFunction) and isinstance(argument, syntax.Name):
            (parameter,) = function.definition.parameters
            name = argument.name
            new = name not in local and not self.scope.known(name)
            if new and name == parameter.name and name not in self.scope.inputs:
                self.scope.declare(name, ())

    def _point(self, argument: Expr, at: Node) -> Node:
        """The argument as a variable of its own."""
        if at not in self.points:
            text = " ".join(argument.span.text.split())
            self.points[at] = make(COPY, at, label=Label(text or "x"))
        return self.points[at]

    def _slope(self, value: Node, point: Node, along: bool) -> Node:
        # The entries of an elementwise function are apart: the slopes are those of their sum.
        of = sum_of(value) if along and point.shape else value
        return calculus.derivative(of, point, self.walker.derived)

    def _uses(self, vertex: Node, name: str) -> bool:
        """Whether a vertex is made of something of this name."""
        known = self.scope.inputs.get(name, self.scope.names.get(name))
        return isinstance(known, Node) and known in topological([vertex])

    def _of_several(self, expr: syntax.Call, function: AbstractFunction) -> GradcliError:
        name, count = function.name, function.numbers or function.arity
        message = f"{name} has {count} variables: a prime does not say by which"
        inner = ", ".join(argument.span.text for argument in expr.arguments)
        return wrong("G009", message, expr.span, help=f"write  {name}_1({inner})  by the first")

    def _of_a_node(self, expr: syntax.Call, name: str, meaning: Node) -> GradcliError:
        inner = ", ".join(argument.span.text for argument in expr.arguments)
        if not meaning.shape:
            code, message = "G009", f"{name} is a number, not a function"
            help = f"for a function declare  {name} in functions(R, R)  or define  {name}(u) = …"
            if inner.isidentifier() and self._uses(meaning, inner):
                help = f"for its derivative by {inner} write  d{name}/d{inner}"
        else:
            code = "G004"
            message = f'"{name}\'" is the transpose of {name}, not its derivative'
            help = f"for a product write  {name}' @ ({inner})"
        return wrong(code, message, expr.span, help=help)


def _entrywise(value: Node, point: Node) -> bool:
    """Whether each entry of a value is made of that entry of the point alone."""
    moving = {point}
    for node in topological([value]):
        if not moving.isdisjoint(node.args):
            moving.add(node)
            if not isinstance(node.op, Pointwise) or node.shape != point.shape:
                return False
    return value in moving
