"""Which argument of a call goes to which parameter, and what is said of a call that does not fit.

Must not know scopes or values: it reads signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from gradcli.calculus.composed import ComposedCall
from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Letters, describe
from gradcli.language.elaboration.scope import (
    CONSTANTS,
    AbstractFunction,
    Family,
    UserFunction,
    nearest,
)
from gradcli.language.parsing.words import FOLDS
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops import FUNCTIONS, Function

DERIVATIVES = {
    "grad": "grad(f, x)",
    "jacobian": "jacobian(y, x)",
    "hessian": "hessian(f, x)",
    "jvp": "jvp(y, x, v)",
    "vjp": "vjp(y, x, u)",
    "hvp": "hvp(f, x, v)",
    "laplacian": "laplacian(f, x)",
    "divergence": "divergence(y, x)",
    "curl": "curl(y, x)",
    "subs": "subs(y, x=v)",
}
"""Derivatives by function, and values of them at a point; how each is called."""
MEANING = {
    "grad": ("df/dx", "grad(x^2, x)"),
    "jacobian": ("dy/dx", "jacobian([x^2, 3*x], x)"),
    "hessian": ("jacobian(grad(f, x), x)", "hessian(x^3, x)"),
    "jvp": ("jacobian(y, x) @ v", "jvp(x^2, x, 5)"),
    "vjp": ("u @ jacobian(y, x)", "vjp(x^2, x, 5)"),
    "hvp": ("hessian(f, x) @ v", "hvp(x^3, x, 5)"),
    "laplacian": ("trace(hessian(f, x))", "laplacian(x^3, x)"),
    "divergence": ("trace(jacobian(y, x))", "divergence(x^2, x)"),
    "curl": ("[dy[2]/dx[1] - dy[1]/dx[2], dy[0]/dx[2] - dy[2]/dx[0], dy[1]/dx[0] - dy[0]/dx[1]]",
             "curl([y, -x], [x, y])"),
    "subs": ("y at x = v, all derivatives in it taken before", "subs(grad(x^2, x), x=5)"),
}  # fmt: skip
"""What they are, and a call of each."""


def bound(expr: syntax.Call, function: Function) -> list[tuple[str, Expr, bool]]:
    """Which expression goes to which parameter; defaults of values are filled in."""
    names = [*function.parameters]
    if len(expr.arguments) == len(names) and not expr.keywords and not function.variadic:
        return [(name, given, False) for name, given in zip(names, expr.arguments, strict=True)]
    positional = list(expr.arguments)
    given = {key.name: value for key, value in expr.keywords}
    first = [name for name in names if name not in ("axis", "keepdims")][-1]
    bound: list[tuple[str, Expr, bool]] = []
    for k, argument in enumerate(positional):
        if function.variadic and k >= names.index(first):
            bound.append((first, argument, False))
        elif k < len(names):
            bound.append((names[k], argument, False))
        else:
            most = "at most " * (function.required < len(names))
            raise misuse(
                expr, function, f"takes {most}{how_many(len(names))}, not {len(positional)}"
            )
    taken = {name for name, _, _ in bound}
    for key, _ in expr.keywords:
        if key.name not in function.parameters or key.name in taken:
            twice = key.name in taken
            problem = f"gets {key.name} twice" if twice else f'has no argument "{key.name}"'
            raise misuse(expr, function, problem)
    for name in names:
        if name in given:
            bound.append((name, given[name], True))
        elif name not in taken:
            default = function.parameters[name]
            if default is None:
                raise misuse(expr, function, f"needs its argument {name}")
            if name not in function.static:
                # It stands nowhere in the text.
                nowhere = Span(expr.span.source, expr.span.end, expr.span.end)
                bound.append((name, syntax.Number(nowhere, Fraction(default)), False))
    return bound


def misuse(expr: syntax.Call, function: Function, problem: str) -> GradcliError:
    """The error for a call of a known function: what is wrong with it, and its signature."""
    # Without an axis is one way to call it, with one another; "axis=None" is none.
    whole = function.signature.replace(", keepdims=False", "")
    plain = whole.replace(", axis=None", "")
    help = f"write  {plain}"
    if plain != whole:
        help += f"  or  {whole.replace('axis=None', 'axis=0')}"
    return wrong("G009", f"{function.name} {problem}", expr.span, help=help)


def composed_call(name: str, given: Sequence[Any]) -> ComposedCall:
    """A call as one vertex; `given` are vertices of arguments, and options as they are written."""
    nodes = [*dict.fromkeys(value for value in given if isinstance(value, Node))]
    parts = [f"#{nodes.index(x) + 1}" if isinstance(x, Node) else x for x in given]
    return ComposedCall(name, (*nodes,), f"{name}({', '.join(parts)})")


def product_call(left: Node, right: Node) -> ComposedCall:
    """A product of matrices or vectors, whatever had to be done to its sides."""
    return ComposedCall("matmul", (left, right), "#(1) @ #(2)", "(#1) (#2)")


def how_many(count: int) -> str:
    """`one argument`, `3 arguments`."""
    return f"{count} argument" + "s" * (count != 1)


def misfit(
    expr: syntax.Call, arguments: list[tuple[str, Expr, bool]], values: list[object], problem: str
) -> GradcliError:
    """A call whose arguments have shapes that do not fit, with the shape of each."""
    message, _, help = problem.partition("; ")
    marks = []
    for (_, given, _), value in zip(arguments, values, strict=False):
        if isinstance(value, Node) and given.span.text:
            marks.append((given.span, f"{shortened(given.span.text)} is {describe(value.shape)}"))
    if "axis=" in message and not help:
        help = "axis=1 is along each row, axis=0 along each column"
    return wrong("G201", message, expr.span, help=help, marks=tuple(marks))


def shortened(text: str) -> str:
    """A stretch of the source as it fits beside a mark."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:37] + "…"


def check_call(expr: syntax.Call, definition: syntax.FunctionDefinition) -> None:
    """GradcliError unless a call fits a function of the program."""
    name = definition.name.name
    given = len(expr.arguments) + len(expr.keywords)
    if given != len(definition.parameters) or expr.keywords:
        inner = ", ".join(parameter.name for parameter in definition.parameters)
        message = f"{name} takes {how_many(len(definition.parameters))}, not {given}"
        if expr.keywords:
            message = f"{name} takes its arguments without their names"
        raise wrong("G009", message, expr.span, help=f"write  {name}({inner})")


def check_option(parameter: str, given: Expr, value: Any) -> Any:
    """An option's value in the form that functions take; GradcliError for what it cannot be."""
    text = isinstance(given, syntax.Text)
    sizes = value if isinstance(value, tuple) else (value,)
    if parameter == "spec":
        need = 'a text such as "ij,j->i"' if not text else ""
    elif parameter in ("shape", "dims", "n", "classes"):
        whole = all(isinstance(s, Letters) or (isinstance(s, int) and s > 0) for s in sizes)
        need = "" if whole else "a whole number above 0, or some in brackets"
        if parameter in ("n", "classes") and isinstance(value, tuple):
            need = "one whole number above 0"
        value = sizes if parameter == "shape" else value
    elif parameter == "order":
        need = "" if isinstance(value, int) and value >= 0 else "0, 1, 2, …"
    elif parameter == "keepdims":
        need = "" if isinstance(value, bool) else "True or False"
    elif parameter == "axis":
        need = (
            "" if all(isinstance(s, int) for s in sizes) else "a whole number, or some in brackets"
        )
    elif parameter in ("k", "shift"):
        need = "" if isinstance(value, int) else "a whole number"
    elif parameter in ("window", "stride", "padding"):
        whole = all(isinstance(s, int) and s >= 0 for s in sizes)
        need = "" if whole else "a whole number, or two in brackets"
    elif parameter == "axes":
        whole = isinstance(value, tuple) and all(isinstance(s, int) for s in value)
        need = "" if whole else "their new order, as (0, 2, 1)"
    else:
        need = "a number" if isinstance(value, tuple | Letters) else ""
    if need:
        message = f"{parameter} cannot be {shortened(given.span.text)}"
        raise wrong("G009", message, given.span, label=f"{parameter} is {need}")
    return value


def no_function(expr: syntax.Call, kind: str) -> GradcliError:
    """The error for a call of what is a number or an array."""
    name = expr.function.name
    inner = ", ".join(arg.span.text for arg in expr.arguments)
    help = f"for a product write  {name}*({inner})"
    if len(expr.arguments) == 1 and kind == describe(()):
        help += f",  for a function define  {name}(u) = …"
    return wrong("G004", f"{name} is {kind}, not a function", expr.span, help=help)


def unfinished(expr: Expr, value: Family | UserFunction | AbstractFunction) -> GradcliError:
    """A family without an index, or a function without arguments."""
    name = expr.span.text
    if isinstance(value, Family):
        message = f"{name} has no members yet"
        return wrong("G012", message, expr.span, help=f"define one:  {name}[0] = …")
    if isinstance(value, AbstractFunction):
        call = value.call
    else:
        parameters = ", ".join(parameter.name for parameter in value.definition.parameters)
        call = f"{name}({parameters})"
    message = f"{name} is a function and needs its arguments"
    return wrong("G009", message, expr.span, help=f"write  {call}")


def unknown_function(expr: syntax.Call, derived: bool) -> GradcliError:
    """The error for a call of nothing; `derived` if it is that of a function behind a `d`."""
    name = expr.function.name
    suggestion = FOLDS.get(name) or nearest(name, [*FUNCTIONS, *DERIVATIVES])
    inner = ", ".join(arg.span.text for arg in expr.arguments)
    if name in CONSTANTS:
        return no_function(expr, "a number")
    before = expr.span.source.text[: expr.span.start].rstrip()
    if name == "T" and before.endswith(("^", "**")):
        help = f"for the transpose in a product write  .T @ ({inner})"
    elif derived:
        help = f"for a derivative write  d({name[1:]}({inner}))/dx"
    elif suggestion:
        help = f'did you mean "{suggestion}"?'
    else:
        help = f"gradcli functions  lists them all; for a product write  {name}*({inner})"
        help += f",  for any smooth function declare  {name} in functions(R, R)"
    return wrong("G005", f'unknown function "{name}"', expr.function.span, help=help)
