"""One attempt to show that two sides are one function: residues at one size, for all signs.

Must not know which sizes are tried, nor what a proof is worth.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from math import log2

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import apply, evaluate
from gradcli.arithmetic.ranges import RANGES
from gradcli.arithmetic.small_array import broadcast_arrays, filled
from gradcli.calculus.core import inputs
from gradcli.calculus.families import Differentiable, Requirement
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import sized
from gradcli.ops.algebra import det
from gradcli.ops.reductions import GAP
from gradcli.ops.selection import ONEHOT
from gradcli.ops.triangular import PIVOTS
from gradcli.proof.domain import Domain, decided, known
from gradcli.proof.fields import COMPLEX, FieldChain
from gradcli.proof.generic import choices, generic_point, known_ranges
from gradcli.proof.guards import Guards
from gradcli.proof.independent_roots import Roots, Values
from gradcli.proof.jumps import (
    Tried,
    jump_entries,
    jumping,
    rest_decided,
    taken_elsewhere,
    unstated,
)
from gradcli.proof.modular import MODULAR
from gradcli.proof.nesting import fields_needed
from gradcli.proof.residue import Inside, Residue, Unlucky
from gradcli.proof.residue_run import (
    Decision,
    OutsideField,
    Run,
    Shallow,
    TooMany,
    Turning,
    Undecidable,
    running,
)
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.trials import Sizes

DRAWS, ANOTHER = 24, 8
CERTAIN, FEWEST = 80, 8
"""Binary digits: a wrong claim passes with a chance below 2^-80; further draws add up to that."""
MOST_PATTERNS = 20_000


class Different(Exception):
    """The residues differ, or one side has none: nothing is shown."""


class Unequal(Different):
    """Both sides have residues, and these differ."""


class Certain(Different):
    """The residues differ, and those of one function never would: the sides are two functions."""


class Nowhere(Different):
    """At this size no side has a value anywhere."""


def beyond(pair: Pair, sample_space: SampleSpace, sizes: Sizes, work: int) -> bool:
    """Whether less than this, at the same sizes, had too many patterns."""
    return any(
        sizes == known and work >= least and switches.issubset(pair.switches)
        for known, switches, least in sample_space.known.beyond
    )


class FixedSizeProof:
    """One pair at one choice of sizes, beginning with the fields that it took `before`.

    Two different functions of a degree have equal residues at a random point with a chance of no
    more than the degree over the field's size (R. Zippel, 1979; J. T. Schwartz, 1980).
    """

    def __init__(
        self,
        pair: Pair,
        sample_space: SampleSpace,
        sizes: Sizes,
        work: int,
        before: FixedSizeProof | None = None,
    ) -> None:
        self.pair, self.sample_space, self.sizes, self.work = pair, sample_space, sizes, work
        # A derivation may have many inputs, and what is compared and required few of them.
        read = pair.order if pair.switches else topological([*pair.sides, *pair.needs])
        self.spaces = {n: s for n in read if (s := sample_space.spaces.get(n))}
        self.given = {n: sample_space.given[n] for n in read if n in sample_space.given}
        self.moving = {n: s for n, s in self.spaces.items() if n not in self.given}
        self.ranges = known_ranges(sample_space, sizes)
        self.chain: FieldChain
        self.levels: int
        self.chain, self.levels = (before.chain, before.levels) if before else fields_needed(pair)
        self.guards = Guards(pair, sizes)
        self.positive = self._positive() if pair.requirements else set()
        self.decided = decided(pair.order, self.ranges, sizes) if pair.switches else {}
        self.jumps = jumping(pair, self.decided) if pair.switches else []
        self.unstated = bool(pair.switches) and unstated(pair, self.decided)
        self.rests = False
        self.single = False
        self.tried = Tried()
        self.certain = self._certain()
        self.plain = self._plain() if pair.switches or pair.needs else []
        self.rooted: int = before.rooted if before else 1
        self.whole = False
        self.patterns = self.degree = self.factor = 0

    def bits(self) -> int | None:
        """How certain it is; None where a proof is out of reach, Different where it fails."""
        if self.unstated:
            return None
        seed, bits = 0, 0
        while seed < DRAWS:
            if not self._deep.isdisjoint(self.pair.order):
                return None
            had = self.levels, self.chain
            try:
                self.patterns, self.degree, self.factor = 0, 0, 1
                lowest = self._all(seed)
            except (Shallow, Turning) as lacking:
                if (self.levels, self.chain) == had:
                    # Met in what the sides require, not in the sides.
                    self.levels += isinstance(lacking, Shallow)
                    self.chain = COMPLEX if isinstance(lacking, Turning) else self.chain
                if self.levels > self.chain.longest:
                    return None
            except Inside:
                self.rooted += 1
            except OutsideField:
                if self.whole:
                    return None
                self.whole, seed = True, 0
            except Unlucky:
                seed += 1
                # The root of a root of constants may be missing whatever is drawn: other fields.
                self.levels = min(self.levels + (seed % ANOTHER == 0), self.chain.longest)
            except Undecidable as lacking:
                if isinstance(lacking, TooMany):
                    switches = frozenset(self.pair.switches)
                    self.sample_space.known.beyond.append((self.sizes, switches, self.work))
                return None
            except Certain:
                raise
            except Different:
                # What no generic number shows may be so of each one of a few: y^2 = y on {0, 1}.
                if not self.single and self._few:
                    self.single = True
                    continue
                # What jumps may be at rest: a sign of its own, where a derivative says nothing.
                if self.rests or self.pair.derived or not self.jumps:
                    raise
                self.rests = True
            else:
                chances = self.degree * self.patterns * self.factor * self.chain.twos
                more = int(log2(lowest) - log2(max(chances * (seed + 1), 1)))
                bits, seed = bits + more, seed + 1
                if bits >= CERTAIN:
                    return bits
                if more < FEWEST:
                    return None
        return None

    @property
    def _deep(self) -> set[Node]:
        """Vertices that no chain of these fields is long enough for."""
        under = (self.chain, frozenset(self.positive), *sorted(self.sizes.items()))
        return self.sample_space.known.deep.setdefault(under, set())

    @cached_property
    def _few(self) -> set[Node]:
        """The inputs that are one of so few numbers, or arrays of them, that each can be tried."""
        whole = {n: s for n, s in self.moving.items() if s.scalars.whole}
        return {*whole} if any(choices(whole, {}, self.sizes, whole)) else set()

    def _all(self, seed: int) -> int:
        """Try every choice of single points, every sign of switches; the smallest prime."""
        self.tried = Tried()
        indices = {n for u in self.pair.order if u.op is ONEHOT for n in inputs(u)}
        if self.single:
            indices |= self._few
        for chosen in choices(self.spaces, self.given, self.sizes, indices):
            lowest = self._every_sign(seed, chosen)
        if not self.patterns:
            raise Undecidable
        if not self.tried.complete:
            raise Different
        return lowest

    def _every_sign(self, seed: int, chosen: Mapping[Node, Array]) -> int:
        def begin(seed: int, program: Sequence[int] | None = None) -> Run:
            return Run(self.chain, self.levels, seed, self.rests, self.rooted, self.whole, program)

        def at(run: Run, inputs: Container[Node] | None = None) -> Values:
            return self._point(run, chosen, inputs)

        run = begin(seed)
        values = at(run)
        roots = Roots(begin, at, dict(values), self.sizes, self.sample_space.known.certified)
        before, differing = self.patterns, 0
        with running(run):
            if self.plain:
                plain = dict(values)
                self._evaluated(self.plain, run, values)
                if run.told:
                    values = self._learned(run, plain)
            forced: Sequence[Decision] | None = ()
            while forced is not None:
                if (self.patterns + 1) * self.work > MOST_PATTERNS:
                    raise TooMany
                run.forget(forced)
                here = dict(values)
                try:
                    self._once(run, here)
                except Unequal:
                    differing += 1
                    if not (self.dense and run.lawful):
                        raise
                self.patterns += 1
                if differing not in (0, self.patterns - before):
                    raise Different
                if run.roots:
                    roots.choose(run, here)
                forced = run.following()
        if differing:
            raise Certain
        self.factor = max(self.factor, roots.factor)
        return run.fields[-1].prime

    def _point(
        self, run: Run, chosen: Mapping[Node, Array], inputs: Container[Node] | None = None
    ) -> Values:
        spaces, given = self.spaces, self.given
        if inputs is not None:
            spaces = {node: space for node, space in spaces.items() if node in inputs}
            given = {node: value for node, value in given.items() if node in inputs}
        with running(run):
            found = generic_point(spaces, given, self.sizes, run, self.positive, chosen)
        if found is None:
            raise Different
        return found | dict(self.decided)

    def _once(self, run: Run, values: dict[Node, Array]) -> None:
        """One pattern of signs."""
        for switch, signs in self.certain.items():
            residues = known(switch, MODULAR, values, self.sizes)
            run.signs += zip(residues.flat, signs, strict=True)
        left, right = self._evaluated(self.pair.sides, run, values)
        lacking = [any(not x.at for x in side.flat) for side in (left, right)]
        if any(lacking):
            raise Nowhere if all(lacking) and not run.met else Different
        a, b = broadcast_arrays(left, right)
        for x, y in zip(a.flat, b.flat, strict=True):
            if x.at[0] != y.at[0]:
                raise Unequal
            self.degree = max(self.degree, x.degree + y.degree)
        domain = Domain(run, values, self.sizes, [self.ranges])
        self._same_domain(domain)
        if self.guards.chosen:
            self._reliable(domain)

    def _evaluated(self, nodes: Sequence[Node], run: Run, values: Values) -> list[Array]:
        """Their values; where the fields will not do, which there must be."""
        try:
            return evaluate(nodes, MODULAR, values, self.sizes, keep=True)
        except (Shallow, Turning) as lacking:
            if isinstance(lacking, Shallow) and self.levels >= self.chain.longest:
                # No further claim that rests on this vertex need be tried.
                order = topological(nodes, lambda node: () if node in values else node.args)
                self._deep.add(next(node for node in order if node not in values))
                self.levels += 1
                raise
            enough = min(self._depth(run, values), self.chain.longest)
            self.levels = max(self.levels + 1, enough)
            raise

    def _depth(self, run: Run, values: Values) -> int:
        """How deep exponentials stand one within the other, by which of them a run meets.

        What cannot be had for want of fields, or of an imaginary unit, has a draw in its place.
        """
        order, deep = topological(self.pair.sides), set[Node]()
        for node in order:
            if node in values:
                continue
            try:
                args = [values[arg] for arg in node.args]
                values[node] = apply(node, MODULAR, args, self.sizes)
            except (Shallow, Turning) as lacking:
                if isinstance(lacking, Turning):
                    self.chain = COMPLEX
                deep.add(node)
                shape = (1, *(sized(dim, self.sizes) for dim in node.shape))
                values[node] = filled(run.draw("too deep", len(deep)), shape)
            except (Unlucky, Inside, Undecidable):
                break
        depth: dict[Node, int] = {}
        for node in order:
            depth[node] = max((depth[arg] for arg in node.args), default=1) + (node in deep)
        return max(map(depth.__getitem__, self.pair.sides))

    @cached_property
    def dense(self) -> bool:
        """Whether different rational functions differ somewhere on the sets.

        At a given point a formula need not be what the derivative is there.
        """
        thick = all(x.low < x.high for n in self.moving for x in self.ranges[n].flat)
        whole = any(space.scalars.whole for space in self.moving.values())
        return thick and not whole and not (self.given and self.pair.switches)

    def _certain(self) -> dict[Node, list[int]]:
        """Switches that have one sign on all of the sets are not taken both ways."""
        found = {}
        for switch in self.pair.switches:
            if switch.op is not GAP:
                entries = known(switch, RANGES, self.ranges, self.sizes).flat
                signs = [x.meets("> 0") - (-x).meets("> 0") for x in entries]
                if all(signs):
                    found[switch] = signs
        return found

    # -- where both have a value

    def _positive(self) -> set[Node]:
        """Inputs that are positive by declaration, or wherever there is anything to be claimed."""
        pair, spaces = self.pair, self.moving
        if pair.derived:
            wherever = self.guards.unguarded(pair.of)
        else:
            wherever = self.guards.unguarded([pair.left]) & self.guards.unguarded([pair.right])
        by_set = {n for n in spaces if all(x.meets("> 0") for x in self.ranges[n].flat)}
        return {n for n in spaces if n in wherever | by_set and spaces[n].kind == "power"}

    def _plain(self) -> list[Node]:
        """What no sign seems to be asked for on the way to: found once for all patterns."""
        asking: set[Node] = set()
        order = topological(self.pair.sides)
        for node in order:
            op = node.op
            asks = isinstance(op, Differentiable) and (op.boolean or op.switches(node))
            if asks or not asking.isdisjoint(node.args):
                asking.add(node)
        return [node for node in order if node not in asking]

    def _learned(self, run: Run, values: Values) -> Values:
        """The values of what no sign was asked for on the way to, as the run sees it."""
        asking: set[Node] = set()
        for node in self.plain:
            if asking.isdisjoint(node.args):
                run.forget()
                evaluate([node], MODULAR, values, self.sizes, keep=True)
            if run.told or not asking.isdisjoint(node.args):
                asking.add(node)
                values.pop(node, None)
        self.plain = [node for node in self.plain if node not in asking]
        return values

    def _reliable(self, domain: Domain) -> None:
        """Undecidable where a law was learned in a branch that is not taken: there nothing need be
        positive."""
        nodes = [*self.pair.sides, *self.pair.of]
        sure = [r for n in nodes for r in self.guards.assured([n], domain.values)]
        positive = {x.key for r in sure if r.relation != "!= 0" for x in domain.residues(r.expr)}
        if any(x.key not in positive for x in domain.run.relied):
            raise Undecidable

    def _by_set(self) -> list[Requirement]:
        """What is true of every positive definite matrix, and of no range of its entries."""
        spaces = self.moving.items()
        found = [n for n, space in spaces if space.kind == "spd" and len(n.shape) == 2]
        return [Requirement(x, "> 0") for n in found for x in (make(PIVOTS, n), det(n))]

    def _same_domain(self, domain: Domain) -> None:
        pair, values = self.pair, domain.values
        if self.given and any(not x for k in pair.kinks for x in domain.residues(k)):
            # What a derivative is at a kink, if it is, the formulas do not say.
            raise Different
        left, right = ([*self.guards.required([side], values)] for side in pair.sides)
        if not (left or right or self.jumps):
            return
        here = domain.given(self.guards.assured(pair.of, values), late=self._by_set())
        kinks = [x for k in pair.kinks if k.op is not GAP for x in here.residues(k)]
        found = jump_entries(self.jumps, here, kinks)
        if not self.rests and not rest_decided(pair, here, found, self.tried):
            raise Different
        here = here.given(Requirement(k, "!= 0") for k in pair.kinks if k.op is not GAP)

        def strict(x: Residue, sign: int) -> bool:
            crossed = self.rests or any(domain.run.ratio(x, k) for k in kinks)
            return crossed or taken_elsewhere(domain.run, found, x, sign)

        here = here.decided(pair.switches, strict)
        of_left, of_right = (self.guards.assured([side], values) for side in pair.sides)
        if not (here.given(of_right).follow(left) and here.given(of_left).follow(right)):
            raise Different
