"""The syntax tree: what was written and where, one class a construct.

Must not know what a name means, which functions exist or what shape anything has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from gradcli.errors import Source, Span


@dataclass(slots=True, eq=False, repr=False)
class Expr:
    """An expression; `span` covers it without the brackets that may enclose it.

    A copy with other parts has an empty span, and `origin` is what was written in its place.
    """

    span: Span
    origin: Expr | None = field(default=None, kw_only=True)


@dataclass(slots=True, eq=False, repr=False)
class Number(Expr):
    """A literal, exact: `0.1` is one tenth."""

    value: Fraction


@dataclass(slots=True, eq=False, repr=False)
class Name(Expr):
    """A name, NFKC-normalised."""

    name: str


@dataclass(slots=True, eq=False, repr=False)
class Text(Expr):
    """A quoted text, as in `norm(A, "fro")`."""

    value: str


@dataclass(slots=True, eq=False, repr=False)
class FileValue(Expr):
    """`@path`, the value of an input in a file; only in `at`."""

    path: str


@dataclass(slots=True, eq=False, repr=False)
class CodeCall(Expr):
    """`affine_backward[1](dout, cache)`: a function of a file of Python, called.

    `places` say which of the values that it returns is meant, one within another, by numbers and
    texts. Arguments are names, numbers and calls, with the names of those that are given by name.
    """

    name: str
    places: tuple[int | str, ...]
    arguments: tuple[tuple[str, Expr], ...]


@dataclass(slots=True, eq=False, repr=False)
class CodeValue(Expr):
    """`@path:name(…)`, what hand-written code returns; only as a side of a claim."""

    path: str
    call: CodeCall


@dataclass(slots=True, eq=False, repr=False)
class Array(Expr):
    """`[a, b, …]`, elements of any depth; never empty."""

    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False, repr=False)
class Tuple(Expr):
    """`(m, n)`, at least two elements: a shape."""

    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False, repr=False)
class Unary(Expr):
    """`operator` is one of `- + not`."""

    operator: str
    operand: Expr


@dataclass(slots=True, eq=False, repr=False)
class Binary(Expr):
    """`operator` is canonical: `+ - * / @ ^ .* ./ .^ < <= > >= == != and or`.

    `⊙ × ·` read as `*`, `**` as `^`.
    """

    operator: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False, repr=False)
class Beside(Binary):
    """A product without a sign, `x.T P x`: shapes decide which, and `operator` is what they did."""


@dataclass(slots=True, eq=False, repr=False)
class Transpose(Expr):
    """`.T`, `'` or `ᵀ`; `^T` is a `Binary("^", …, Name("T"))`, for it depends on what T is."""

    operand: Expr


@dataclass(slots=True, eq=False, repr=False)
class Slice(Expr):
    """`start:stop` or `start:stop:step` inside an index; each may be missing."""

    start: Expr | None
    stop: Expr | None
    step: Expr | None = None


@dataclass(slots=True, eq=False, repr=False)
class Index(Expr):
    """`operand[items]`, items expressions or slices; never empty."""

    operand: Expr
    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False, repr=False)
class Call(Expr):
    """`function(arguments, keyword=value)`."""

    function: Name
    arguments: tuple[Expr, ...]
    keywords: tuple[tuple[Name, Expr], ...]


@dataclass(slots=True, eq=False, repr=False)
class BarCall(Call):
    """`|x|`, `||x||`, `||x||_1`: shapes decide which call it is; `function` is what they did."""


@dataclass(slots=True, eq=False, repr=False)
class IndexRange(Expr):
    """`variable in low..high` of a fold; both bounds are included."""

    variable: Name
    low: Expr
    high: Expr


@dataclass(slots=True, eq=False, repr=False)
class Fold(Expr):
    """`sum(i in a..b, j in c..d if i != j, body)`, likewise `prod`, `max`.

    A range may use the variables of those before it. `condition` is None where all turns count.
    """

    function: Name
    ranges: tuple[IndexRange, ...]
    condition: Expr | None
    body: Expr


@dataclass(slots=True, eq=False, repr=False)
class Derivative(Expr):
    """`dL/dw`, `d2f/dxdy`: of `subject` by each of `by`, as often as its order says.

    `operator` marks `d/dx (f)`.
    """

    subject: Expr
    by: tuple[tuple[Expr, int], ...]
    order: int
    operator: bool = False


@dataclass(slots=True, weakref_slot=True, eq=False, repr=False)
class Statement:
    """A statement; `span` covers it from its first to its last token."""

    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Tolerance:
    """`± value`, of the largest entry where it is `relative`."""

    value: Expr
    relative: bool


@dataclass(slots=True, eq=False, repr=False)
class Side:
    """A right side: `relation` is `=`, `≈` or `!=`; `span` covers its value with all brackets."""

    relation: str
    value: Expr
    span: Span
    tolerance: Tolerance | None = None


@dataclass(slots=True, eq=False, repr=False)
class Claim(Statement):
    """`left = right`, and what follows on the line."""

    left: Expr
    left_span: Span
    sides: tuple[Side, ...]


@dataclass(slots=True, eq=False, repr=False)
class Continuation(Statement):
    """A line that begins with `=` or `≈`: further sides of the statement above."""

    sides: tuple[Side, ...]


@dataclass(slots=True, eq=False, repr=False)
class Definition(Statement):
    """`name = value`, or `name[i, j] = value` for a member of a family; `claim` reads it as one.

    The first side of the claim is the value, the others are claims in any case.
    """

    name: Name
    indices: tuple[Expr, ...]
    value: Expr
    claim: Claim


@dataclass(slots=True, eq=False, repr=False)
class FunctionDefinition(Statement):
    """`name(parameters) = body`; `claim` reads it as one, of a function that is known."""

    name: Name
    parameters: tuple[Name, ...]
    body: Expr
    claim: Claim


@dataclass(slots=True, eq=False, repr=False)
class Set:
    """A set as written: a name with arguments or an interval, to a power.

    Of an interval `name` is None, the arguments are its ends, `open` says which are left out; it is
    None where they are all there is, as in `{0, 1}`.
    """

    span: Span
    name: Name | None
    arguments: tuple[Expr, ...]
    open: tuple[bool, bool] | None
    power: tuple[Expr, ...] | None


@dataclass(slots=True, eq=False, repr=False)
class Declaration(Statement):
    """`x, y in R^n`."""

    names: tuple[Name, ...]
    set: Set


@dataclass(slots=True, eq=False, repr=False)
class Condition(Statement):
    """`n >= 2`, `L >= 0 and L <= 1`: inequalities for themselves; `claims` reads them as such.

    `value` is the comparison, or all of them.
    """

    value: Binary
    claims: tuple[Claim, ...]


@dataclass(slots=True, eq=False, repr=False)
class Heading(Statement):
    """`derivation "title"`: a fresh scope."""

    title: str


@dataclass(slots=True, eq=False, repr=False)
class Layout(Statement):
    """`layout denominator`."""

    name: Name


@dataclass(slots=True, eq=False, repr=False)
class Convention(Statement):
    """`convention symmetric`, or `convention entries`, which there is without it."""

    name: Name


@dataclass(slots=True, eq=False, repr=False)
class Loop(Statement):
    """`for variable in low..high { body }`, only where `condition` holds; bounds are included.

    `depth` counts the loops within one another, itself included.
    """

    variable: Name
    low: Expr
    high: Expr
    body: tuple[Statement, ...]
    condition: Expr | None = None
    depth: int = 1


@dataclass(slots=True, eq=False, repr=False)
class At(Statement):
    """`at x = 3, W = @w.npy`: a point. Values are expressions or a `File`; none: `at random`."""

    values: tuple[tuple[Name, Expr], ...]


@dataclass(slots=True, eq=False, repr=False)
class Output(Statement):
    """An expression that stands for itself."""

    value: Expr


@dataclass(slots=True, eq=False, repr=False)
class Program:
    """What was read, in order."""

    source: Source
    statements: tuple[Statement, ...]


_FIELDS: dict[type, tuple[str, ...]] = {}


def children(expr: Expr) -> tuple[Expr, ...]:
    """The parts of an expression in the order of the text; what only names something is none."""
    match expr:
        case Binary():
            return expr.left, expr.right
        case Derivative() | Name() | Number():
            return ()
        case Call():
            return (*expr.arguments, *(value for _, value in expr.keywords))
        case IndexRange():
            return expr.low, expr.high
        case Fold():
            inner = (part for part in (expr.condition, expr.body) if part is not None)
            return (*expr.ranges, *inner)
    own = (getattr(expr, key) for key in written_fields(expr))
    return tuple(part for value in own for part in within(value))


def written_fields(expr: Expr) -> tuple[str, ...]:
    """The names of the fields of an expression, but for what it was made from."""
    kind = expr.__class__
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(each.name for each in fields(kind) if each.name != "origin")
    return _FIELDS[kind]


def parts(expr: Expr, inside: Callable[[Expr], Iterable[Expr]] = children) -> Iterator[Expr]:
    """An expression and all that is inside it, each part before its own parts."""
    left = [expr]
    while left:
        part = left.pop()
        yield part
        left += [*inside(part)][::-1]


def within(value: Any) -> Iterator[Expr]:
    """The expressions in a field of an expression."""
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from within(item)
