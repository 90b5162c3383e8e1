"""Jacobians, Hessians and their products at a point: the sweeps, and what must be true of them.

Must not know how numbers are certified or shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_letters
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value, numbers
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import integer, is_exact
from gradcli.calculus.core import einsum, number, symbol
from gradcli.calculus.differentiate import present, pull
from gradcli.certify.certify import Certified, Naming, Origin, disagree
from gradcli.certify.curves import flattened
from gradcli.certify.directional import Directional
from gradcli.certify.examine import BALL_WORK, base_values, examine
from gradcli.certify.large import in_doubles
from gradcli.certify.pattern import Pattern, dense, pattern
from gradcli.certify.problem import Problem, integers
from gradcli.certify.result import Check, Examined, Given, MatrixResult
from gradcli.certify.zeros import Vanishing, least_sure, none_shown
from gradcli.errors import Diagnostic, SelfCheckError
from gradcli.graph.node import Node
from gradcli.graph.shape import sizes_of
from gradcli.ops.shaping import reshape


@dataclass(slots=True, eq=False)
class Question:
    """What is asked: an output, the named vertices it is differentiated by, and a point.

    `seeds` are tangents by vertex; `shown` tells what is exactly zero.
    """

    output: Node
    wrt: dict[str, Node]
    values: Mapping[Node, Value]
    naming: Naming
    count: int
    seed: int = 0
    seeds: Mapping[Node, Value] | None = None
    shown: Vanishing = none_shown

    @property
    def nodes(self) -> list[Node]:
        """What it is differentiated by, in order."""
        return [*self.wrt.values()]


@dataclass(slots=True, eq=False)
class Way:
    """How a matrix is made: the problem to solve, and in words.

    `found` is the pattern of the matrix, None if unknown; `colours` say which direction each of
    its columns goes with, None where each has its own. `both` says that both modes were weighed.
    """

    problem: Problem
    mode: str
    found: Pattern | None = None
    colours: Array | None = None
    both: bool = False


def jacobian(asked: Question) -> MatrixResult:
    """The derivative of an array by arrays, every entry that may differ from zero."""
    way = _cheapest(asked, asked.output, pattern(asked.output, asked.nodes), both=True)
    return _whole("jacobian", asked, asked.output, way)


def hessian(asked: Question) -> MatrixResult:
    """The second derivatives of a scalar, by forward mode over its gradient's graph."""
    gradient = gradient_graph(asked.output, asked.nodes)
    way = _cheapest(asked, gradient, pattern(gradient, asked.nodes), both=False)
    first, origin = _first(asked, way.problem)
    result = _whole("hessian", asked, gradient, way, origin)
    result.symmetric = symmetry(result)
    return _of(result, asked, first)


def jvp(asked: Question) -> MatrixResult:
    """The derivative of the output along a tangent, in one forward sweep."""
    problem = Directional(asked.output, asked.nodes, asked.values, _tangents(asked))
    seen, found = _examined(asked, problem)
    return _matrix("jvp", asked, Way(problem, "forward mode: 1 sweep"), seen, found)


def hvp(asked: Question) -> MatrixResult:
    """The derivative of the gradient along a tangent: the Hessian is never formed.

    B. A. Pearlmutter (1994, "Fast exact multiplication by the Hessian"); the tangents are the
    `seeds` of what is asked.
    """
    gradient = gradient_graph(asked.output, asked.nodes)
    problem = Directional(gradient, asked.nodes, asked.values, _tangents(asked))
    first, origin = _first(asked, problem)
    seen, found = _examined(asked, problem, origin)
    way = Way(problem, "forward over reverse mode: 1 sweep, no matrix is formed")
    return _of(_matrix("hvp", asked, way, seen, found), asked, first)


def vjp(asked: Question, cotangent: Value) -> MatrixResult:
    """A cotangent of the output times the Jacobian, in one reverse sweep."""
    output = asked.output
    weights = symbol("(cotangent of the output)", output.shape)
    letters = ascii_letters[: len(output.shape)]
    weighed = einsum((output, weights), (letters, letters), "", {})
    problem = Problem(weighed, asked.nodes, {**asked.values, weights: cotangent})
    seen, found = _examined(asked, problem)
    result = _matrix("vjp", asked, Way(problem, "reverse mode: 1 sweep"), seen, found)
    result.value = _output_value(problem, output, found)
    result.shape, result.name = output.shape, output.name
    result.seed = _plain_value(cotangent, seen.bits, found)
    return result


def _whole(
    kind: str, asked: Question, output: Node, way: Way, origin: Origin | None = None
) -> MatrixResult:
    """The matrix by the cheapest way; at a kink entry by entry, for what jumps has no paths."""
    seen, certified = _examined(asked, way.problem, origin)
    if way.found is not None and certified is not None and (certified.kinks or certified.open):
        way = _cheapest(asked, output, None, both=way.both)
        seen, certified = _examined(asked, way.problem, origin)
    return _matrix(kind, asked, way, seen, certified)


def _examined(
    asked: Question, problem: Problem, first: Origin | None = None
) -> tuple[Examined, Certified | None]:
    return examine(problem, asked.count, asked.seed, asked.naming, asked.shown, first)


def _first(asked: Question, second: Problem) -> tuple[Examined, Origin | None]:
    """The gradient itself, and what a second derivative has to know of it.

    It is done in doubles where the second derivative has to be.
    """
    problem = Problem(asked.output, asked.nodes, asked.values)
    if second.cost > BALL_WORK:
        return in_doubles(problem, asked.seed), None
    seen, found = _examined(asked, problem)
    return seen, None if found is None else (problem, found)


def _of(result: MatrixResult, asked: Question, first: Examined) -> MatrixResult:
    """A second derivative as one of the scalar whose gradient was differentiated."""
    result.value, result.shape, result.name = first.value, (), asked.output.name
    result.settled &= first.settled
    result.certified &= first.certified
    result.zeros = least_sure(result.zeros, first.zeros)
    known = [(note.code, note.message) for note in result.notes]
    # Of a kink and of sizes the second derivative has said the same, or more.
    same = {"G301", "G305"} if {n.code for n in result.notes} & {"G301", "G304", "G305"} else {}
    result.notes += [
        n for n in first.notes if (n.code, n.message) not in known and n.code not in same
    ]
    start = 0
    for given in result.inputs:
        width = given.value.size
        given.gradient = first.matrix[0, start : start + width].reshape(given.value.shape)
        start += width
    return result


def _tangents(asked: Question) -> list[Value]:
    """The tangents as one direction each; zero for what is not given one."""
    seeds = asked.seeds or {}
    found: list[Value] = []
    for node in asked.nodes:
        shape = (*sizes_of(node.shape), 1)
        value = seeds.get(node)
        if value is None:
            found.append(integers(np.zeros(shape, dtype=np.int64)))
        else:
            found.append(reshape(value, shape) if isinstance(value, Node) else value.reshape(shape))
    return found


def _cheapest(asked: Question, output: Node, found: Pattern | None, *, both: bool) -> Way:
    """The way that takes the fewest operations: forward mode, or the cheaper one of `both`."""
    nodes, values = asked.nodes, asked.values
    columns = int(sum(np.prod(sizes_of(node.shape)) for node in nodes))
    colours = None if found is None else found.colours()
    sweeps = columns if colours is None else max(1, int(colours.max()) + 1)
    if sweeps == columns:
        colours = None
    directions = None if colours is None else _directions(nodes, colours, sweeps)
    problem = Directional(output, nodes, values, directions)
    if both and problem.reverse_cost < problem.cost:
        against = f"{problem.reverse_cost} operations, {problem.cost} in forward mode"
        mode = f"reverse mode: {_sweeps(problem.rows)}, {against}"
        return Way(Problem(output, nodes, values), mode, found, None, both)
    mode = f"{'forward mode' if both else 'forward over reverse mode'}: {_sweeps(sweeps)}"
    if colours is not None:
        mode += f" for {columns} columns, those that never meet share one"
    if both:
        mode += f", {problem.cost} operations, {problem.reverse_cost} in reverse mode"
    return Way(problem, mode, found, colours, both)


def _sweeps(count: int) -> str:
    return f"{count} sweep{'s' * (count != 1)}"


def _directions(nodes: Sequence[Node], colours: Array, count: int) -> list[Value]:
    """For each vertex its entries' share of the directions, one direction a colour."""
    whole = np.zeros((len(colours), count), dtype=np.int64)
    whole[np.arange(len(colours)), colours] = 1
    found: list[Value] = []
    start = 0
    for node in nodes:
        shape = sizes_of(node.shape)
        width = int(np.prod(shape))
        found.append(integers(whole[start : start + width]).reshape(*shape, count))
        start += width
    return found


def _matrix(
    kind: str, asked: Question, way: Way, seen: Examined, certified: Certified | None
) -> MatrixResult:
    """The entries that may differ from zero, out of what was computed."""
    problem, found, colours = way.problem, way.found, way.colours
    size = (problem.rows, problem.columns if colours is None else len(colours))
    if found is None:
        found = dense(*size)
    at = (found.rows, found.columns if colours is None else colours[found.columns])
    if colours is None:
        outside_pattern(seen.solved, found)
    elif certified is not None and isinstance(problem, Directional):
        shared_directions(problem, found, seen.solved[at], seen.bits)
    kinks = {}
    if seen.kinks:
        places = enumerate(zip(*(k.tolist() for k in at), strict=True))
        kinks = {k: seen.kinks[place] for k, place in places if place in seen.kinks}
        if kind in ("hessian", "hvp"):
            # A convention is one of first derivatives.
            kinks = {k: replace(kink, convention=None) for k, kink in kinks.items()}
    values = base_values(problem, certified)
    given = [
        Given(name, node.shape, value, _seed(asked, node, seen.bits, certified))
        for (name, node), value in zip(asked.wrt.items(), values, strict=True)
    ]
    checks = {problem.way: Check(), problem.other: seen.crossed}
    checks |= {"series": seen.series, "finite differences": seen.numeric}
    return MatrixResult(
        kind, asked.output.name, "", problem.output.shape, seen.value, given, size,
        found.rows, found.columns, seen.matrix[at], found.name, way.mode, checks, kinks,
        seen.right(slice(None)), seen.notes, seen.certified, seen.settled, seen.bits,
        zeros=seen.zeros,
    )  # fmt: skip


def _seed(asked: Question, node: Node, bits: int, certified: Certified | None) -> Any:
    if asked.seeds is None:
        return None
    value = asked.seeds.get(node)
    if value is None:
        return integers(np.zeros(sizes_of(node.shape), dtype=np.int64))
    return _plain_value(value, bits, certified)


def _plain_value(value: Value, bits: int, certified: Certified | None) -> Array:
    m = FLOAT64 if certified is None else BALL
    with precision(bits):
        found = evaluate([value], m, {})[0] if isinstance(value, Node) else numbers(value, m)
    return found[0, ...]


def _output_value(problem: Problem, output: Node, certified: Certified | None) -> Array:
    if certified is not None:
        return certified.values[output][0, ...]
    return evaluate([output], FLOAT64, problem.point(FLOAT64))[0][0, ...]


def gradient_graph(f: Node, wrt: Sequence[Node]) -> Node:
    """The gradient of a scalar by several vertices, flattened and joined in their order."""
    return flattened(present(pull({f: number(1)}, wrt), wrt))


def symmetry(result: MatrixResult) -> str:
    """How the matrix was seen to be symmetric, "" where it is not; SelfCheckError for no reason."""
    if result.kinks:
        return ""
    entries = dict(zip(zip(result.rows.tolist(), result.columns.tolist(), strict=True),
                       result.entries, strict=True))  # fmt: skip
    zero = integer(0) if result.certified else 0.0
    pairs = [(x, entries.get((c, r), zero)) for (r, c), x in entries.items() if r != c]
    if not result.certified:
        scale = max((abs(x) for x in result.entries), default=0.0) or 1.0
        error = max((abs(a - b) for a, b in pairs), default=0.0) / scale
        return f"symmetric to {error:.0e} of its largest entry" if error else "symmetric"
    if all(is_exact(a) and is_exact(b) and a == b for a, b in pairs):
        return "symmetric, exactly"
    if any(a != b for a, b in pairs):
        if result.notes:
            return ""
        raise _contradiction("a Hessian at a smooth point is not symmetric")
    return "symmetric in every certified digit"


def outside_pattern(matrix: Array, found: Pattern) -> None:
    """SelfCheckError where an entry that no path leads to is not zero."""
    if not found.zeros:
        return
    rest = np.ones(found.shape, dtype=bool)
    rest[found.rows, found.columns] = False
    if any(x != 0 for x in matrix[rest]):
        raise _contradiction("an entry to which no path leads is not zero")


def shared_directions(problem: Directional, found: Pattern, entries: Array, bits: int) -> None:
    """SelfCheckError where reverse mode, which goes by no pattern, sees entries in other places."""
    probe = integers(np.resize([1, -2, 3, -1, 2], problem.rows))
    with precision(bits):
        seen = problem.pulled(BALL, problem.point(BALL), probe[None])[0]
        expected = integers(np.zeros(problem.entries, dtype=np.int64))
        parts = probe[found.rows] * entries
        for column, part in zip(found.columns.tolist(), parts, strict=True):
            expected[column] += part
        if disagree(seen, expected):
            raise _contradiction("columns that share a sweep meet")


def _contradiction(what: str) -> SelfCheckError:
    help = "please report the expression and the point"
    return SelfCheckError(Diagnostic("G900", f"{what}: this is a bug of gradcli", help=help))
