"""Derivatives as formulas: a program in, formulas in its own notation out, each of them verified.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement, groupby
from pathlib import Path
from string import ascii_letters

from gradcli import work
from gradcli.api.at_point import declared, made_of_another, refuse_condition, targets_of
from gradcli.api.points import NameList, Point, Texts, names_in, point
from gradcli.api.question import question
from gradcli.arithmetic.data import shape_of
from gradcli.calculus import derivative as calculus
from gradcli.calculus.core import INPUT, inputs
from gradcli.calculus.derivative import Derived
from gradcli.calculus.differentiate import NoRule
from gradcli.claims import Pair, Relation
from gradcli.errors import Diagnostic, GradcliError, Source, UnsettledError, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, is_row
from gradcli.judge.finding import PASSED
from gradcli.judge.pair_verdict import judged
from gradcli.language.program import Symbolic, symbolic
from gradcli.notation.latex import latex
from gradcli.notation.text import flat
from gradcli.ops.shaping import index
from gradcli.reading import Place
from gradcli.simplify.simplifier import Simplifier
from gradcli.trial.compare import EXACT, SAME
from gradcli.trial.crosscheck import confirmed
from gradcli.trial.pair import tried
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.sampling import ROUND, empty_sets
from gradcli.trial.trials import exists

TRIED = 4
"""Random points at which the series are asked until they can tell."""


@dataclass(slots=True, eq=False)
class DerivedFormula:
    """One derivative: of what by which names, its shape, its formula and what was shown of that.

    `of` is None where the output has no name; `node` is the graph that the formula writes.
    """

    of: str | None
    by: tuple[str, ...]
    shape: Shape
    formula: str
    latex: str
    verdict: str
    node: Node

    def title(self, name: str) -> str:
        """`dL/dw`, `d2L/dxdy`: the left side of a claim whose right side is the formula."""
        order = len(self.by)
        below = "".join(f"d{by}{count if count > 1 else ''}" for by, count in self.counted())
        return f"d{order if order > 1 else ''}{name}/{below}"

    def counted(self) -> list[tuple[str, int]]:
        """The names below with how often each stands there."""
        return [(by, len([*same])) for by, same in groupby(self.by)]

    def python(self) -> str:
        """A function of the inputs that returns the derivative, with NumPy."""
        from gradcli.emit.functions import function  # noqa: PLC0415 seldom asked
        from gradcli.emit.plan import plan  # noqa: PLC0415

        made = plan(inputs(self.node), self.node, [], "reverse")
        made.seeds.clear()
        name = self.title(self.of or "f").replace("/", "_")
        return function(made, name, "numpy", self.formula, None)


@question
def derive(
    source: Source | str,
    wrt: NameList = (),
    let: Texts = (),
    *,
    at: Point = (),
    order: int = 1,
    layout: str = "numerator",
    seed: int = 0,
    folder: Path | None = None,
) -> list[DerivedFormula]:
    """The derivatives of a program's output as formulas, each verified against the engine.

    `let` holds declarations such as `X in R^(m, n); w in R^n`; `at` may give shapes by values.
    `wrt` names inputs or defined vertices, all inputs by default; at a higher `order`, every
    combination of them. GradcliError for wrong input.
    """
    found, targets = program(source, wrt, let, at=at, layout=layout, folder=folder)
    return [
        _Formula(found, by, [targets[name] for name in by], seed).derivation()
        for by in combinations_with_replacement(targets, order)
    ]


def program(
    source: Source | str,
    wrt: NameList,
    let: Texts,
    *,
    at: Point,
    layout: str,
    folder: Path | None,
) -> tuple[Symbolic, dict[str, Node]]:
    """The graph of a program with declarations, and what it is to be differentiated by."""
    sets, reading = declared(source, let)
    shapes = {
        name: shape_of(value)
        for name, value in point(reading.program, at, Place(folder or Path())).items()
    }
    found = symbolic([*sets, reading], shapes, layout)
    if errors := empty_sets(found.spaces, found.places):
        raise GradcliError(*errors)
    refuse_condition(found.model)
    inputs = {str(node.params[0]): node for node in found.spaces}
    wanted = names_in(wrt)
    targets = targets_of(found.model, inputs, wanted)
    return found, targets


class _Formula:
    """One derivative on its way to a formula."""

    def __init__(self, found: Symbolic, by: tuple[str, ...], xs: list[Node], seed: int) -> None:
        self.found, self.by, self.xs = found, by, xs
        self.names = {node: name for name, node in found.model.vertices.items()}
        self.names |= {node: str(node.params[0]) for node in found.spaces if node.op is INPUT}
        self.derived: list[Derived] = []
        # Few sizes and points first: what they do not settle is tried like a claim.
        self.sample_spaces = [
            SampleSpace(
                found.spaces,
                found.letters,
                seed=seed,
                points=1,
                brief=True,
                dimensions=found.dimensions,
            ),
            SampleSpace(found.spaces, found.letters, seed=seed, dimensions=found.dimensions),
        ]

    def derivation(self) -> DerivedFormula:
        """The shortest formula that holds."""
        output = self.found.model.output
        try:
            truth = self._taken(output, None, self.derived)
            for node in self._ways(output, truth):
                text = flat(node, self.names)
                verdict = self._verdict(truth, text)
                if verdict in PASSED:
                    return DerivedFormula(
                        output.name, self.by, truth.shape, text, latex(node, self.names), verdict,
                        node,
                    )  # fmt: skip
        except NoRule as error:
            raise wrong("G307", str(error), self.found.model.source) from None
        message = f"no formula of the derivative by {', '.join(self.by)} could be verified"
        raise UnsettledError(Diagnostic("G304", message, self.found.model.source))

    def _ways(self, output: Node, truth: Node) -> Iterator[Node]:
        """The derivative written shorter and less short."""
        for full in (True, False):
            simplify = Simplifier(self.found.spaces, self.found.model.vertices.values(), full)
            yield self._taken(output, simplify, [])
        yield truth

    def _taken(self, y: Node, simplify: Simplifier | None, derived: list[Derived]) -> Node:
        """The derivative by each variable in turn; a row counts as its vector."""
        y = index(y, (0,)) if is_row(y.shape) else y
        for count, x in enumerate(self.xs):
            node = calculus.derivative(y, x, derived)
            shape = x.shape
            if is_row(shape):
                node, shape = index(node, (*((0, dim) for dim in y.shape), 0)), shape[1:]
            if self.found.layout == "denominator" and not count:
                node = calculus.denominator_layout(node, y.shape, shape)
            y = simplify(node) if simplify else node
        return y

    def _verdict(self, truth: Node, text: str) -> str:
        """What can be shown of a formula as it will be read."""
        work.current.spend(work.WRITTEN * len(text), "characters of the formula")
        try:
            node = self.found.parsed(text)
        except GradcliError:
            return "unread"
        if node.shape != truth.shape:
            return "misshapen"
        pair = Pair(truth, node, Relation(), self.derived)
        verdict = ""
        for sample_space in self.sample_spaces:
            outcome = judged(pair, sample_space)
            verdict = outcome.verdict
            seen, branches = outcome.evidence.branches
            if verdict in ("proved", "refuted") or (verdict == "holds" and seen == branches):
                break
        return verdict if verdict not in PASSED or self._confirmed(pair) else "unconfirmed"

    def _confirmed(self, pair: Pair) -> bool:
        """Whether the series of the function itself say so, at a size with unequal letters.

        The truth that a formula was judged by is made by the same rules as the formula.
        """
        y = self.found.model.output
        y = index(y, (0,)) if is_row(y.shape) else y
        node = pair.right
        first = self.xs[0].shape
        if self.found.layout == "denominator" and len(y.shape) == 1 == len(first) - is_row(first):
            letters = ascii_letters[: len(node.shape)]
            node = calculus.moved(node, letters, letters[1::-1] + letters[2:])
        asked = [(y, self.xs, node)]
        if made_of_another(dict.fromkeys(self.xs)):
            asked = [(each.of, [each.by], each.node) for each in self.derived]
        sample_space = self.sample_spaces[-1]
        for sizes in sample_space.choices():
            if len({*sizes.values()}) == len(sizes) and exists([*pair.sides, *pair.of], sizes):
                trial = sample_space.trial(sizes, range(ROUND, ROUND + TRIED))
                rows = [row for row in tried(pair, trial) if row.state in (SAME, EXACT)]
                if any(all(confirmed(*one, row.trial, row.place) for one in asked) for row in rows):
                    return True
        return False
