"""What `diff` finds, as data: numbers with their evidence, entry by entry.

Must not know how anything was computed or how it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import nearest
from gradcli.arithmetic.measure import integer
from gradcli.errors import Diagnostic, Span
from gradcli.graph.node import Gate
from gradcli.graph.shape import Shape, describe


def doubles(numbers: Any, shape: Sequence[Any]) -> Array:
    """The nearest doubles of an array of that shape; NaN where there is none or it is not known."""
    sized = tuple(int(dim) for dim in shape)
    if numbers is None:
        return np.full(sized, np.nan)
    entries = numbers.flat if hasattr(numbers, "flat") else [numbers]
    rounded = [x if isinstance(x, float) or x is None else nearest(x) for x in entries]
    return np.array([np.nan if x is None else x for x in rounded], dtype=float).reshape(sized)


@dataclass(slots=True, eq=False)
class Kink:
    """A point where one-sided derivatives differ, or one of them does not exist (None).

    `node` is the vertex's name in the trace, `function` what switches there, `rule` the convention
    of that function in words (may be empty), `convention` the value that it leads to. Where both
    sides agree and there is no derivative all the same, `why` says so.
    """

    node: str
    function: str
    left: Any
    right: Any
    convention: Any
    rule: str = ""
    why: str = ""


@dataclass(slots=True, eq=False)
class Check:
    """How one more way to the derivative agrees.

    `error` is the power of ten that the worst disagreement stays below, None for none at all;
    `along` says for which directions it was tried, "" for every entry; `skipped` why it was not.
    """

    values: Any = None
    error: int | None = None
    along: str = ""
    skipped: str = ""


@dataclass(slots=True, eq=False)
class Examined:
    """A value and its derivative (rows, columns), with what every other way to it says.

    `matrix` is None where there is no derivative, `solved` what the mode that was used gives there
    too. `plain` is what float64 gives, `correct` how many of its digits are right; `digits` the
    same of the value. `kinks` goes by row and column. `zeros` is how sure residues are, in binary
    digits, of what is zero without being a rational; None where nothing is.
    """

    value: Any
    digits: int | None
    matrix: Any
    solved: Any
    plain: Any
    correct: Any
    crossed: Check
    series: Check
    numeric: Check
    kinks: dict[tuple[int, int], Kink]
    notes: list[Diagnostic]
    certified: bool
    settled: bool
    bits: int
    zeros: int | None = None

    def right(self, columns: slice) -> int | None:
        """The fewest right digits in some columns; None if unknown."""
        if self.correct is None:
            return None
        known = [k for k in self.correct[:, columns].flat if k is not None]
        return min(known, default=None)


@dataclass(slots=True, eq=False)
class InputResult:
    """One input, and the output's derivative by it.

    `value` has the input's shape; `gradient`, `forward`, `reverse`, `numeric` are arrays of
    output.shape + shape holding rationals, balls or doubles, `gradient` None where there is no
    derivative. `digits` is how many decimal digits plain float64 gets right, None if unknown;
    `kinks` goes by the flat index of an entry of `gradient`.
    """

    name: str
    shape: Shape
    value: Any
    gradient: Any
    forward: Check
    reverse: Check
    series: Check
    numeric: Check
    digits: int | None
    float64: Any = None
    kinks: dict[int, Kink] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<derivative by {self.name}, {describe(self.shape)}>"

    def float(self) -> Array:
        """The derivative as doubles, of output.shape + shape; NaN where there is none."""
        output = np.shape(self.gradient)[: np.ndim(self.gradient) - len(self.shape)]
        return doubles(self.gradient, (*output, *self.shape))


@dataclass(slots=True, eq=False)
class Given:
    """One input of a matrix of derivatives; `seed` is its tangent, `gradient` the first derivative.

    Both have the input's shape, and are None where there are none.
    """

    name: str
    shape: Shape
    value: Any
    seed: Any = None
    gradient: Any = None


@dataclass(slots=True, eq=False)
class MatrixResult:
    """A Jacobian, a Hessian or a product of one: what `kind` says, at one point.

    `rows`, `columns` and `entries` are the entries that some path leads to, of a matrix of `size`;
    all others are zero, and `pattern` is what such a matrix is called. A product is one column
    (`jvp`, `hvp`) or one row (`vjp`). `mode` says how it was made, `checks` what it was held
    against; `kinks` goes by the place in `entries`; `digits` is how many digits plain float64 gets
    right, `symmetric` how a Hessian was seen to be that. `seed` is the cotangent of a `vjp`; a
    Jacobian of a vector by vectors is shown `turned` in the denominator layout.
    """

    kind: str
    name: str | None
    text: str
    shape: Shape
    value: Any
    inputs: list[Given]
    size: tuple[int, int]
    rows: Any
    columns: Any
    entries: Any
    pattern: str
    mode: str
    checks: dict[str, Check]
    kinks: dict[int, Kink]
    digits: int | None
    notes: list[Diagnostic]
    certified: bool
    settled: bool
    bits: int
    seed: Any = None
    symmetric: str = ""
    turned: bool = False
    latex: str = ""
    zeros: int | None = None
    nodes: list[TraceNode] | None = None

    def dense(self) -> Array:
        """The whole matrix of certified numbers, zeros too; a product of one as a vector."""
        matrix = np.full(self.size, integer(0), dtype=object)
        matrix[self.rows, self.columns] = self.entries
        if 1 in self.size and self.kind not in ("jacobian", "hessian"):
            return matrix.reshape(-1)
        return matrix.T if self.turned else matrix

    def float(self) -> Array:
        """The same as doubles; NaN where there is no derivative."""
        matrix = self.dense()
        return doubles(matrix, matrix.shape)


@dataclass(frozen=True, slots=True)
class EdgeFormula:
    """A formula as text of the language and as LaTeX, which is empty where it would be long."""

    text: str = ""
    latex: str = ""


@dataclass(slots=True, eq=False)
class TraceEdge:
    """An edge of the trace: to which vertex, the local derivative, and what flows along it.

    `index` says which argument it is of. `local` has the node's shape for an `elementwise` op,
    else node.shape + argument.shape, or is None where that would be too large; `symbol` is its
    formula, empty for one of more than two axes. `flow` is what goes down the edge, a part of the
    argument's adjoint; in a trace of tangents what goes up it, a part of the node's. `rule` is
    that as a formula of the upstream derivative δ, or of the argument's tangent.
    """

    to: int
    name: str
    index: int
    elementwise: bool
    local: Any
    symbol: EdgeFormula
    rule: EdgeFormula
    flow: Any


@dataclass(slots=True, eq=False)
class VertexUse:
    """A use of a vertex: by which one, and what that adds to the adjoint."""

    by: int
    name: str
    part: Any


@dataclass(slots=True, eq=False)
class TraceNode:
    """A vertex of the trace; `name` is the user's or `v1`, `v2`, … ; arrays as in InputResult.

    `words` say what it is; `adjoint` is the derivative of the output by this vertex, None for an
    output that is no scalar and in a trace of tangents, which have the vertex's `tangent` instead;
    `uses` are the vertices that it feeds. `turn` are the variables of the loops around the place
    `span` where it is written, None for an input.
    """

    id: int
    name: str
    given: bool
    expression: str
    op: str
    words: str
    shape: Shape
    value: Any
    adjoint: Any
    gate: Gate | None
    edges: list[TraceEdge]
    uses: list[VertexUse] = field(default_factory=list)
    latex: str = ""
    tangent: Any = None
    turn: dict[str, int] = field(default_factory=dict)
    span: Span | None = None


@dataclass(slots=True, eq=False)
class DiffResult:
    """The derivative of one output by its inputs at one point.

    `certified` is False where the arrays were too large for balls and the numbers are doubles.
    `notes` are warnings and remarks; `settled` is False where a number stayed open at the highest
    precision; `bits` is the precision that was needed, `zeros` as in Examined.
    """

    name: str | None
    text: str
    shape: Shape
    value: Any
    digits: int | None
    inputs: list[InputResult]
    notes: list[Diagnostic]
    certified: bool
    settled: bool
    bits: int
    nodes: list[TraceNode] | None = None
    zeros: int | None = None
    latex: str = ""

    def __getitem__(self, name: str) -> InputResult:
        """What is known of one input. KeyError with the names that there are."""
        for found in self.inputs:
            if found.name == name:
                return found
        raise KeyError(f"{name} is none of {', '.join(found.name for found in self.inputs)}")

    def float(self) -> Array:
        """The value as doubles, of the output's shape."""
        return doubles(self.value, self.shape)
