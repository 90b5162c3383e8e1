"""The syntax tree: what was written and where, one class a construct.

Must not know what a name means, which functions exist or what shape anything has.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gradcli.errors import Source, Span


@dataclass(slots=True, eq=False, repr=False)
class Expr:
    """An expression; `span` covers it without the brackets that may enclose it."""

    span: Span


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
class File(Expr):
    """`@path`, the value of an input in a file; only in `at`."""

    path: str


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

    `⊙ × ·` read as `*`, `**` as `^`; an implicit product is `*`.
    """

    operator: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False, repr=False)
class Transpose(Expr):
    """`.T`, `'` or `ᵀ`; `^T` is a `Binary("^", …, Name("T"))`, for it depends on what T is."""

    operand: Expr


@dataclass(slots=True, eq=False, repr=False)
class Slice(Expr):
    """`start:stop` inside an index; either end may be missing."""

    start: Expr | None
    stop: Expr | None


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
class Fold(Expr):
    """`sum(t in low..high, body)`, likewise `prod`, `max`; both bounds are included."""

    function: Name
    variable: Name
    low: Expr
    high: Expr
    body: Expr


@dataclass(slots=True, eq=False, repr=False)
class Statement:
    """A statement; `span` covers it from its first to its last token."""

    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Definition(Statement):
    """`name = value`, or `name[index] = value` for a member of a family."""

    name: Name
    index: Expr | None
    value: Expr


@dataclass(slots=True, eq=False, repr=False)
class Function(Statement):
    """`name(parameters) = body`."""

    name: Name
    parameters: tuple[Name, ...]
    body: Expr


@dataclass(slots=True, eq=False, repr=False)
class Loop(Statement):
    """`for variable in low..high { body }`; both bounds are included."""

    variable: Name
    low: Expr
    high: Expr
    body: tuple[Statement, ...]


@dataclass(slots=True, eq=False, repr=False)
class At(Statement):
    """`at x = 3, W = @w.npy`: a point. Values are expressions or a `File`."""

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
