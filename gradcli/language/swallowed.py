"""Claims that would be swallowed as definitions: of a function that nothing uses, of known names.

Must not know shapes or graphs: it reads the text, before any letter has a size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.errors import Diagnostic, wrong
from gradcli.language.documents.sections import all_statements
from gradcli.language.elaboration.calls import DERIVATIVES
from gradcli.language.elaboration.constants import written
from gradcli.language.elaboration.primes import PRIME
from gradcli.language.elaboration.scope import nearest
from gradcli.language.parsing.expressions import line
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import FunctionDefinition, Name
from gradcli.ops import FUNCTIONS

ELSEWHERE = {
    "grad": "gradient nabla",
    "divergence": "div diverg",
    "curl": "rot rotation",
    "laplacian": "lap laplace",
    "hessian": "hess hessmat",
    "jacobian": "jac jacob",
}
"""What derivatives by function are called elsewhere."""


def swallowed(
    before: Sequence[syntax.Statement], own: Sequence[syntax.Statement]
) -> Iterator[Diagnostic]:
    """A complaint of each function that is defined, never used, and of names that mean something.

    `gradient(f, x) = 7*x` would claim nothing; what stands `before` is shared with others.
    """
    whole = all_statements(own)
    known = {name for statement in all_statements(before) for name in _named(statement)}
    for place, statement in enumerate(whole):
        if isinstance(statement, FunctionDefinition) and statement.name.name not in known:
            name = statement.name.name
            others = [*whole[:place], *whole[place + 1 :]]
            used = any(name in _named(other) for other in others)
            if not used and name not in FUNCTIONS and name not in DERIVATIVES:
                yield from _complaint(statement, known)
        known |= _named(statement)


def require_one_side(definition: FunctionDefinition) -> None:
    """A definition of a function is of its parameters, and no claim can speak of these."""
    if len(definition.claim.sides) > 1:
        inner = ", ".join(each.name for each in definition.parameters)
        name, side = definition.name.name, definition.claim.sides[1]
        message = f"{name} is defined by the first side, and {inner} is nothing outside of it"
        help = f"claim it below, of inputs:  {inner} in R  and  {name}({inner}) = {side.span.text}"
        raise wrong("G001", message, side.span, help=" ".join(help.split()))


def _complaint(definition: FunctionDefinition, known: set[str]) -> Iterator[Diagnostic]:
    name, parameters = definition.name.name, [each.name for each in definition.parameters]
    near = _elsewhere(name) or nearest(name, [*DERIVATIVES, *FUNCTIONS])
    if not (near or known.intersection(parameters)):
        return
    inner = ", ".join(parameters)
    help = f"use it, as in  y = {name}({inner}),  or leave it out"
    if near:
        help = f"write  {near}({inner}) = {line(definition.body.span.text)}"
    message = f"this would define a function {name}, which nothing uses, and claim nothing"
    yield Diagnostic("G005", message, definition.claim.left_span, help=help)


def _elsewhere(name: str) -> str | None:
    found = (own for own, others in ELSEWHERE.items() if name.lower() in others.split())
    return next(found, None)


def _named(statement: syntax.Statement) -> set[str]:
    """Every name in a statement, whatever it means."""
    found = {
        part.function.name.rstrip(PRIME) if isinstance(part, syntax.Call) else part.name
        for part in written(statement)
        if isinstance(part, Name | syntax.Call)
    }
    match statement:
        case syntax.Declaration(names=names):
            found |= {name.name for name in names}
        case syntax.At(values=values):
            found |= {name.name for name, _ in values}
    return found
