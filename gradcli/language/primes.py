"""Abstract functions and primes: `f, g in functions(R, R)`, `f(u)`, and `f'(u)` of any function.

Must not know how a derivative is computed, nor what the other sets are.
"""

from __future__ import annotations

from gradcli.calculus import derivative as calculus
from gradcli.calculus.core import COPY
from gradcli.calculus.families import Pointwise
from gradcli.errors import GradcliError, wrong
from gradcli.graph.node import Label, Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import describe
from gradcli.language import syntax
from gradcli.language.calls import DERIVATIVES, how_many, no_function, unknown_function
from gradcli.language.operators import condition
from gradcli.language.scope import AbstractFunction, UserFunction
from gradcli.language.syntax import Expr
from gradcli.language.walk import Local, Step, Walker
from gradcli.ops import FUNCTIONS, Function
from gradcli.ops.abstract import abstract
from gradcli.ops.reductions import sum_of

PRIME = "'"
MAPS = "functions"
WRITE = "write  functions(R, R)  or, of two variables,  functions(R^2, R)"
MOST = 9
"""Variables of an abstract function: one digit says by which a partial derivative is taken."""


def declares_functions(statement: syntax.Statement) -> bool:
    """Whether a line declares abstract functions, which are no inputs."""
    if not isinstance(statement, syntax.Declaration) or statement.set.name is None:
        return False
    return statement.set.name.name == MAPS


def arity(written: syntax.Set) -> int:
    """How many variables the functions of a set have; GradcliError for what is no such set."""
    if len(written.arguments) == 2 and written.power is None:
        domain, values = written.arguments
        match domain:
            case syntax.Name(name="R"):
                count = 1
            case syntax.Binary(
                operator="^", left=syntax.Name(name="R"), right=syntax.Number(value=value)
            ) if value.denominator == 1 and 1 <= value <= MOST:
                count = int(value)
            case _:
                count = 0
        if count and isinstance(values, syntax.Name) and values.name == "R":
            return count
    raise wrong(
        "G014", "abstract functions are of numbers, and give numbers", written.span, help=WRITE
    )


class Primes:
    """How calls of abstract functions and derivatives of functions are read."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.scope = walker, walker.scope
        self.points: dict[Node, Node] = {}

    def partial(self, name: str) -> tuple[AbstractFunction, list[int]] | None:
        """`f_1(x, y)`, `f_12(x, y)`: a partial derivative of an abstract function by its places."""
        head, _, below = name.rpartition("_")
        meaning = self.scope.names.get(head)
        if not isinstance(meaning, AbstractFunction) or meaning.arity == 1 or not below.isdecimal():
            return None
        places = [int(digit) - 1 for digit in below]
        if not all(0 <= place < meaning.arity for place in places):
            return None
        self.scope.used.add(head)
        return meaning, [places.count(k) for k in range(meaning.arity)]

    def applied(
        self, expr: syntax.Call, function: AbstractFunction, orders: list[int], local: Local
    ) -> Step:
        """The value of an abstract function, or of a derivative of it, entry by entry."""
        if len(expr.arguments) != function.arity or expr.keywords:
            letters = ", ".join("xyzuvwabc"[: function.arity])
            message = f"{function.name} takes {how_many(function.arity)}"
            help = f"write  {expr.function.name}({letters})"
            raise wrong("G009", message, expr.span, help=help)
        values = []
        for argument in expr.arguments:
            values.append((yield argument, local))
            condition(argument, values[-1], wanted=False)
        return make(abstract(function.name, *orders), *values)

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
            if meaning.arity > 1:
                raise self._of_several(expr, meaning)
            return (yield from self.applied(expr, meaning, [order], local))
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
            message = f"{primed.name} is the derivative of a function of one number"
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
        for _ in range(order):
            value = self._slope(expr, value, point)
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

    def _slope(self, expr: syntax.Call, value: Node, point: Node) -> Node:
        if not point.shape:
            return calculus.derivative(value, point, self.walker.derived)
        moving = {point}
        for node in topological([value]):
            if not moving.isdisjoint(node.args):
                moving.add(node)
                if not isinstance(node.op, Pointwise) or node.shape != point.shape:
                    raise self._of_an_array(expr, point)
        if value not in moving:
            raise self._of_an_array(expr, point)
        # The entries of an elementwise function are apart: the slopes are those of their sum.
        return calculus.derivative(sum_of(value), point, self.walker.derived)

    def _uses(self, vertex: Node, name: str) -> bool:
        """Whether a vertex is made of something of this name."""
        known = self.scope.inputs.get(name, self.scope.names.get(name))
        return isinstance(known, Node) and known in topological([vertex])

    def _of_an_array(self, expr: syntax.Call, point: Node) -> GradcliError:
        name, inner = expr.function.name, " ".join(expr.arguments[0].span.text.split())
        message = f"{name} is the derivative of a function of a number, not of an array"
        call = f"{name.rstrip(PRIME)}({inner})"
        help = f"write  d({call})/d{inner}  for the derivative by {describe(point.shape)}"
        return wrong("G201", message, expr.span, help=help)

    def _of_several(self, expr: syntax.Call, function: AbstractFunction) -> GradcliError:
        name = function.name
        message = f"{name} has {function.arity} variables: a prime does not say by which"
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
