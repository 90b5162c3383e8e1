"""What a derivation says of its dimension letters: which names are letters, and their conditions.

Must not know shapes or graphs: it reads the text, before any letter has a size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import fields, replace
from itertools import islice
from typing import Any

from gradcli.errors import GradcliError, wrong
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.shape import Dim, Letters, add_dims, letter, multiply_dims
from gradcli.language.documents.sections import all_statements
from gradcli.language.elaboration.constants import Constants, written
from gradcli.language.elaboration.primes import declares_functions, shapes_of
from gradcli.language.elaboration.scope import CONSTANTS
from gradcli.language.parsing.expressions import line
from gradcli.language.tree import syntax
from gradcli.language.tree.build import exchanged
from gradcli.language.tree.syntax import Binary, Expr, Name, Number, Unary, parts
from gradcli.ops import FUNCTIONS

COMPARED = {">=": (1, 0), ">": (1, -1), "<=": (-1, 0), "<": (-1, -1)}
"""`left ? right` is  sign*(left - right) + more >= 0  in whole numbers."""
SIZES = ("n", "dims", "shape", "classes")
"""Parameters of functions that are dimensions of the result."""
SIZED = (syntax.IndexRange, syntax.Tuple, syntax.Call)
LONGEST = 100
"""Parts of a condition."""


def letters(statements: Sequence[syntax.Statement]) -> frozenset[str]:
    """The names that stand for sizes: what dimensions and bounds of ranges are made of.

    A name that has another meaning somewhere, or a value at a point, is none.
    """
    whole = all_statements(statements)
    found: set[str] = set()
    taken: set[str] = set()
    for statement in whole:
        inside = [part for part in written(statement) if isinstance(part, SIZED)]
        for size in (*_dims(statement), *(size for part in inside for size in _sizes(part))):
            found |= {part.name for part in parts(size) if isinstance(part, Name)}
        taken |= {part.variable.name for part in inside if isinstance(part, syntax.IndexRange)}
        match statement:
            case syntax.Definition(name=name) | syntax.Loop(variable=name):
                taken.add(name.name)
            case syntax.FunctionDefinition(name=name, parameters=parameters):
                taken |= {name.name, *(parameter.name for parameter in parameters)}
            case syntax.Declaration(names=names) if not counts(statement):
                taken |= {name.name for name in names}
            case syntax.At(values=values):
                taken |= {name.name for name, _ in values}
    return frozenset(found - taken)


def counts(statement: syntax.Statement) -> bool:
    """Whether this declares whole numbers one by one, which the sizes of a letter are."""
    if not isinstance(statement, syntax.Declaration) or statement.set.name is None:
        return False
    return statement.set.name.name == "integers" and statement.set.power is None


def _dims(statement: syntax.Statement) -> Iterator[Expr]:
    """The dimensions of declared arrays, the bounds of a loop."""
    if isinstance(statement, syntax.Declaration):
        yield from statement.set.power or ()
        if declares_functions(statement):
            with suppress(GradcliError):
                yield from (dim for dims in shapes_of(statement.set) for dim in dims)
        elif statement.set.name is not None:
            # What integers lie between are numbers and letters.
            yield from (e for e in statement.set.arguments if not _is_constant(e))
    elif isinstance(statement, syntax.Loop):
        yield from (statement.low, statement.high)


def _sizes(part: Expr) -> Iterator[Expr]:
    """What must be a whole number while the graph is built, indices apart."""
    match part:
        case syntax.IndexRange():
            yield from (part.low, part.high)
        case syntax.Tuple():
            yield from part.items
        case syntax.Call(function=name) if name.name in FUNCTIONS:
            parameters = [*FUNCTIONS[name.name].parameters]
            for k, value in enumerate(part.arguments):
                if parameters[min(k, len(parameters) - 1)] in SIZES:
                    yield value


def dimensions(
    statements: Sequence[syntax.Statement], others: Sequence[syntax.Statement] = ()
) -> Dimensions:
    """All that is said of the letters, wherever it stands; what cannot be read says nothing.

    `others` may name letters as well.
    """
    names = letters([*statements, *others])
    if not names:
        return Dimensions()
    conditions: list[Letters] = []
    constants = Constants(names)
    for statement in all_statements(statements):
        constants.read(statement)
        more: list[Letters] = []
        for find in (conditions_of, _inhabited):
            with suppress(GradcliError):
                more += [c for c in find(statement, names) if isinstance(c, Letters)]
        more = [c for c in more if not always(c)]
        if more and Dimensions(conditions=(*conditions, *more)).possible:
            conditions += more
    return Dimensions(
        names, (*conditions,), constants.beside, constants.index, frozenset(constants.written)
    )


def conditions_of(statement: syntax.Statement, names: frozenset[str]) -> list[Dim]:
    """What must not be negative, so that a statement on letters is true.

    GradcliError for an inequality that is about something else, or that no size meets.
    """
    found: list[Dim] = []
    match statement:
        case syntax.Condition(value=value):
            if len([*islice(parts(value), LONGEST)]) == LONGEST or not about_letters(value, names):
                raise no_claim(statement.claims[0])
            found += [_condition(claim, names) for claim in statement.claims]
        case syntax.Declaration(set=set_) if counts(statement) and len(set_.arguments) == 2:
            low, high = set_.arguments
            for name in statement.names:
                if name.name in names:
                    least = _dim(low, names)
                    if isinstance(least, int) and least < 1:
                        raise wrong(
                            "G014", "a size is 1 or more", low.span, label=f"{name.name} is a size"
                        )
                    found.append(add_dims(letter(name.name), _negative(least)))
                    if not (isinstance(high, Name) and high.name == "inf"):
                        found.append(add_dims(_dim(high, names), _negative(letter(name.name))))
    return found


def _inhabited(statement: syntax.Statement, names: frozenset[str]) -> list[Dim]:
    """What must not be negative, so that a set with letters in its ends or axes has points."""
    if not isinstance(statement, syntax.Declaration):
        return []
    declared = statement.set
    if declares_functions(statement):
        return [_dim(size, names) for dims in shapes_of(declared) for size in dims]
    found = [_dim(size, names) for size in declared.power or ()]
    if len(declared.arguments) == 1:
        found.append(add_dims(_dim(declared.arguments[0], names), -1))
    if len(declared.arguments) == 2:
        low, high = (_dim(end, names) for end in declared.arguments)
        found.append(add_dims(add_dims(high, _negative(low)), 0 if declared.name else -1))
    return found


def always(condition: Letters) -> bool:
    """Whether it holds for all sizes, for it grows with each and holds where all are one."""
    factors = dict(condition.terms)
    return all(f > 0 for names, f in factors.items() if names) and sum(factors.values()) >= 0


def _is_constant(expr: Expr) -> bool:
    return isinstance(expr, Name) and expr.name in CONSTANTS


def about_letters(value: Expr, names: frozenset[str]) -> bool:
    """Whether a condition restricts sizes, and is no claim about anything else."""
    named = [part.name in names for part in parts(value) if isinstance(part, Name)]
    return bool(named) and all(named)


def _condition(claim: syntax.Claim, names: frozenset[str]) -> Dim:
    sign, more = COMPARED[claim.sides[0].relation]
    sides = _dim(claim.left, names), _negative(_dim(claim.sides[0].value, names))
    return add_dims(multiply_dims(sign, add_dims(*sides)), more)


def _negative(dim: Dim) -> Dim:
    return multiply_dims(-1, dim)


def _dim(expr: Expr, names: frozenset[str]) -> Dim:
    """A size as it is written, in letters and whole numbers."""
    match expr:
        case Number(value=value) if value.denominator == 1:
            return int(value)
        case Name(name=name) if name in names:
            return letter(name)
        case Unary(operator="-", operand=operand):
            return _negative(_dim(operand, names))
        case Binary(operator="+" | "-" | "*", left=left, right=right):
            a, b = _dim(left, names), _dim(right, names)
            if expr.operator == "*":
                return multiply_dims(a, b)
            return add_dims(a, b if expr.operator == "+" else _negative(b))
    message = f"{line(expr.span.text)} is no size"
    help = "a condition on letters compares sums and products of them with whole numbers:  n >= 2"
    raise wrong("G014", message, expr.span, help=help)


def no_claim(claim: syntax.Claim) -> GradcliError:
    """The error for an inequality that says where an input lies, and is no claim."""
    side = claim.sides[0]
    left, right = claim.left.span.text, side.value.span.text
    help = f"to say where {left} lies write  {left} in {_half(side.relation, right)}"
    message = "an inequality about an input alone is no claim"
    return wrong("G001", message, claim.span, help=help)


def _half(operator: str, end: str) -> str:
    """The half line of the numbers that compare so with its end."""
    bracket = {">": "(", ">=": "[", "<": ")", "<=": "]"}[operator]
    return f"{bracket}{end}, inf)" if bracket in "([" else f"(-inf, {end}{bracket}"


# -- letters that are called by the numbers that they stand for


def counted(item: Any, sizes: Set[str]) -> Any:
    """A statement or an expression with such letters in the place of its numbers."""
    if isinstance(item, Expr):
        numbers = (part for part in parts(item) if isinstance(part, Number))
        return exchanged(
            item, {n: Name(n.span, n.span.text) for n in numbers if n.span.text in sizes}
        )
    if isinstance(item, tuple):
        new = tuple(counted(each, sizes) for each in item)
        return new if any(a is not b for a, b in zip(new, item, strict=True)) else item
    if not isinstance(item, syntax.Statement | syntax.Side | syntax.Set):
        return item
    own = {f.name: getattr(item, f.name) for f in fields(item)}
    changed = {k: new for k, part in own.items() if (new := counted(part, sizes)) is not part}
    return replace(item, **changed) if changed else item
