"""What is found of paths, descents and functions over an interval, as data.

Must not know how anything was computed or how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gradcli.certify.result import DiffResult
from gradcli.errors import Diagnostic
from gradcli.graph.shape import Shape
from gradcli.motion.interval import CurveSamples, SwitchPlace
from gradcli.motion.paths import Multiplications
from gradcli.motion.taylor import Taylor


@dataclass(slots=True, eq=False)
class ShownPath:
    """A path: its vertices from the input on, its local derivatives, and their product.

    `symbols` are the factors in the order of the vertices; `factors` their numbers, None for a path
    through arrays; `product` is the formula of such a path; `value` has the input's shape.
    """

    vertices: list[str]
    symbols: list[str]
    factors: list[Any] | None
    product: str
    value: Any


@dataclass(slots=True, eq=False)
class ShownUse:
    """One use of an input: by which vertex, and what the paths through it add up to.

    `within` is the next vertex with a name of the user's, "" where it is that itself.
    """

    vertex: str
    within: str
    count: int
    shortest: int
    longest: int
    value: Any


@dataclass(slots=True, eq=False)
class InputPaths:
    """All paths from one input; `total` is their sum, `rest` the sum of those not listed.

    `factored` is the sum as one formula, None where that would be long; `sure` is False where a
    path of arrays that is not listed may be larger than one that is.
    """

    name: str
    shape: Shape
    given: Any
    count: int
    shortest: int
    longest: int
    multiplications: Multiplications
    paths: list[ShownPath]
    uses: list[ShownUse]
    total: Any
    rest: Any
    factored: str | None
    sure: bool


@dataclass(slots=True, eq=False)
class PathsResult:
    """The paths of one output by its inputs, beside what `diff` says of its derivative.

    `reverse` are the multiplications of one backward sweep for all of them; `ours` the vertices on
    listed paths to which the user gave no name, with their formulas.
    """

    derivative: DiffResult
    inputs: list[InputPaths]
    reverse: int
    ours: list[tuple[str, str]]
    certified: bool
    settled: bool


@dataclass(slots=True, eq=False)
class DescentStep:
    """A point on the way down: the loss, the gradient's norm, and the values of what moves.

    `slope` is the derivative where a single number moves, else None. `forecast` is the change that
    the slope here promises for the step from here, `claimed` the one that a claimed gradient
    promises, `change` the one that came; all are None at the last point.
    """

    loss: Any
    norm: Any
    values: list[Any]
    slope: Any = None
    forecast: Any = None
    claimed: Any = None
    change: Any = None


@dataclass(slots=True, eq=False)
class DescentResult:
    """A descent: what moved by which method, its steps, and how far the first step may go.

    `penalty` is what weight decay adds to the loss. `reach` is the largest rate tried for which the
    first step lowered the loss, and the smallest larger one for which it did not; either may be
    None. `rose` are the numbers of the steps that raised the loss, with whether the true slope
    promised that; `stopped` says why there are fewer steps than were asked for.
    """

    name: str | None
    text: str
    penalty: str
    names: list[str]
    shapes: list[Shape]
    method: str
    rate: Fraction
    beta: Fraction | None
    steps: list[DescentStep]
    reach: tuple[Fraction | None, Fraction | None]
    rose: list[tuple[int, bool]]
    claims: list[str]
    notes: list[Diagnostic]
    certified: bool
    settled: bool
    stopped: str = ""


@dataclass(slots=True, eq=False)
class PlotResult:
    """A function of one input over an interval, with its places and, at a point, its tangent.

    `places` come with the functions and names of the vertices that switch; `unlisted` counts what
    was not looked at. `derivative` is what `diff` says at the point, None where none was given.
    """

    name: str | None
    text: str
    variable: str
    low: Fraction
    high: Fraction
    samples: CurveSamples
    places: list[tuple[list[tuple[str, str]], SwitchPlace]]
    unlisted: int
    derivative: DiffResult | None


@dataclass(slots=True, eq=False)
class SeriesResult:
    """A Taylor polynomial of one input at a point, with the radius that its bound is for."""

    name: str | None
    text: str
    variable: str
    at: Any
    order: int
    radius: Fraction | None
    taylor: Taylor


@dataclass(slots=True, eq=False)
class QuotientResult:
    """Difference quotients in doubles beside the derivative: by scheme, entry by entry.

    `values` and `errors` are those of `h`, an error an upper bound of the distance from the true
    derivative, None where there is none. `curves` has the worst error of any entry for each of
    `hs`. A scheme is None where a function has no value off the real axis.
    """

    derivative: DiffResult
    h: float
    values: dict[str, list[float] | None]
    errors: dict[str, list[float | None] | None]
    hs: list[float]
    curves: dict[str, list[float | None] | None]


@dataclass(slots=True, eq=False)
class ShownLayer:
    """A vertex with its value and its error signal, the output's derivative by it.

    `given` says that the user has named it. Of `units` entries of an activation those that are
    `dead` have a slope of zero, those that are `flat` a small one; they are counted row by row.
    """

    name: str
    expression: str
    shape: Shape
    value: Any
    delta: Any
    given: bool
    dead: list[int]
    flat: list[int]
    units: int


@dataclass(slots=True, eq=False)
class ShownGradient:
    """The derivative by an input, and as how many products of an error signal it comes about."""

    name: str
    shape: Shape
    value: Any
    rules: list[str]


@dataclass(slots=True, eq=False)
class ShownEntryPath:
    """The path that gave one entry `name` its gradient `total`, of `count` ways without a zero.

    From the output back: `vertices` are entries by name, `symbols` and `locals` the local
    derivatives into each, "" where there is no short formula, and `products` what has come of them;
    those of the output are 1. `made` says of which product the whole gradient is, with `factors` in
    numbers: the error signal of the unit that the entry leads to, times what it meets there. `ours`
    are vertices on the way without a name of the user's, with their formulas. Without a way all
    lists are empty.
    """

    name: str
    total: Any
    count: int
    vertices: list[str]
    symbols: list[str]
    locals: list[Any]
    products: list[Any]
    made: str = ""
    factors: tuple[Any, ...] = ()
    ours: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class LayersResult:
    """The layers in the order of the forward pass, and the gradients that their signals make.

    `path` is that of the one entry that was asked for.
    """

    derivative: DiffResult
    layers: list[ShownLayer]
    gradients: list[ShownGradient]
    certified: bool
    settled: bool
    path: ShownEntryPath | None = None
