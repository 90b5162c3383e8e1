"""Which argument of a call goes to which parameter, and what is said of a call that does not fit.

Must not know scopes or values: it reads signatures.
"""

from __future__ import annotations

from fractions import Fraction

from gradcli.errors import GradcliError, wrong
from gradcli.language import syntax
from gradcli.language.scope import nearest
from gradcli.language.syntax import Expr
from gradcli.ops import FUNCTIONS, Function


def bound(expr: syntax.Call, function: Function) -> list[tuple[str, Expr, bool]]:
    """Which expression goes to which parameter; defaults of values are filled in."""
    names = [*function.parameters]
    positional = list(expr.arguments)
    given = {key.name: value for key, value in expr.keywords}
    first = names[-1] if names[-1] not in ("axis",) else names[-2 if len(names) > 1 else -1]
    bound: list[tuple[str, Expr, bool]] = []
    for k, argument in enumerate(positional):
        if function.variadic and k >= names.index(first):
            bound.append((first, argument, False))
        elif k < len(names):
            bound.append((names[k], argument, False))
        else:
            raise misuse(expr, function, f"takes at most {len(names)} arguments")
    taken = {name for name, _, _ in bound}
    for key, _ in expr.keywords:
        if key.name not in function.parameters or key.name in taken:
            twice = key.name in taken
            raise misuse(
                expr, function, f"{'gets' if twice else 'has no'} {key.name}{' twice' * twice}"
            )
    for name in names:
        if name in given:
            bound.append((name, given[name], True))
        elif name not in taken:
            default = function.parameters[name]
            if default is None:
                raise misuse(expr, function, f"needs its argument {name}")
            if name not in function.static:
                literal = syntax.Number(expr.span, Fraction(default))
                bound.append((name, literal, False))
    return bound


def misuse(expr: syntax.Call, function: Function, problem: str) -> GradcliError:
    return wrong(
        "G009", f"{function.name} {problem}", expr.span, help=f"write  {function.signature}"
    )


def unknown_function(expr: syntax.Call) -> GradcliError:
    name = expr.function.name
    suggestion = nearest(name, FUNCTIONS)
    inner = ", ".join(arg.span.text for arg in expr.arguments)
    if suggestion:
        help = f'did you mean "{suggestion}"?'
    else:
        help = f"gradcli functions  lists them all; for a product write  {name}*({inner})"
    return wrong("G005", f'unknown function "{name}"', expr.function.span, help=help)
