"""What flows back through the function that a claim differentiates: adjoints, uses, paths.

Must not know any mistake, nor numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_letters

from gradcli.calculus.core import INPUT, add, identity, number, symbol
from gradcli.calculus.derivative import Derived, moved
from gradcli.calculus.differentiate import NoRule, pull, pull_edge, skips, sweep
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, within
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.language.tree.syntax import Call
from gradcli.ops.shaping import INDEX, Key, index

LARGEST = 400
Edge = tuple[Node, int]


class Flow:
    """The graph between `by` and `of`, with the adjoint of every vertex there.

    `named` are vertices between them that bear a name, `names` those of the writer, and `upstream`
    the same with adjoints called dL/dq as well; `given` are names that were given by definitions.
    Of an array that is asked for entry by entry `key` is the place.
    """

    def __init__(
        self, derived: Derived, names: Mapping[Node, str], entries: Mapping[Node, str],
        key: Key = (),
    ) -> None:  # fmt: skip
        self.truth, self.key = derived.node, key
        self.of, self.by = derived.of, derived.by
        order = topological([self.of])
        active = dependents(order, {self.by})
        self.order = [node for node in order if node in active]
        self.extra = self.of.shape
        seed = identity(self.extra) if self.extra else number(1)
        found = pull({self.of: seed}, self.order, self.extra)
        self.adjoints = {n: a for n, a in zip(self.order, found, strict=True) if a is not None}
        self.users: dict[Node, list[Edge]] = {}
        for node in self.order:
            for k, arg in enumerate(node.args if node in self.adjoints else ()):
                if arg in active and not skips(node, k):
                    self.users.setdefault(arg, []).append((node, k))
        self._steep: set[Node] | None = None
        self.given = self.names = names
        self.named = [
            n for n in self.order if n in names and n is not self.by and n in self.adjoints
        ]
        self.names = {**names, **entries}
        self.upstream = {**self.names, **self._called()}

    def _called(self) -> dict[Node, str]:
        """Adjoints by the names that the language gives them, but for what is asked."""
        of = self.names.get(self.of)
        if of is None or self.extra:
            return {}
        found = {}
        for node in self.named:
            adjoint = self.adjoints.get(node)
            if adjoint is None or not adjoint.args or adjoint is self.truth:
                continue
            found[adjoint] = f"d{of}/d{self.names[node]}"
        return found

    def uses(self, vertex: Node) -> list[Edge]:
        """The edges that lead from a vertex towards the function."""
        return self.users.get(vertex, [])

    def steep(self, node: Node) -> bool:
        """Whether a vertex belongs to a local derivative on the way, and to nothing before."""
        if self._steep is None:
            partials = [
                partial
                for user in self.adjoints
                if isinstance(user.op, Pointwise)
                for index in range(len(user.args))
                if isinstance(partial := user.op.partial(user, index), Node)
            ]
            self._steep = {*topological(partials)} - {*topological([self.of])}
        return node in self._steep

    def moves(self, node: Node) -> bool:
        """Whether a vertex depends on what is differentiated by."""
        return self.by in topological([node])

    def through(self, edge: Edge) -> Node | None:
        """What all paths by one edge, and on from it to `by`, add to the derivative."""
        node, index = edge
        part = pull_edge(node, index, self.adjoints[node], self.extra)
        if part is not None and node.args[index] is not self.by:
            part = pull({node.args[index]: part}, [self.by], self.extra)[0]
        return None if part is None else self.turned(part)

    def direct(self, vertex: Node, upstream: Node | None = None) -> Node | None:
        """What the paths add that come from `by` to this vertex before any other with a name.

        `upstream` is the vertex's adjoint, or what is to stand for it.
        """
        stops = {self.by, *self.named} - {vertex}
        order = topological([vertex], lambda node: () if node in stops else node.args)
        order = [node for node in order if node not in stops]
        flowing = {vertex: upstream or self.adjoints[vertex]}
        for _ in sweep(flowing, order, dependents(order, {self.by}), self.extra):
            pass
        found = flowing.get(self.by)
        return None if found is None else self.turned(found)

    def symbolic(self, vertex: Node) -> Node | None:
        """The same in terms of dL/dq by name, where the language gives the adjoint one."""
        called = self.upstream.get(self.adjoints[vertex])
        return self.direct(vertex, symbol(called, vertex.shape)) if called else None

    def asked(self, node: Node) -> Node:
        """What is asked of a part of the derivative: the part, or its entry."""
        return index(node, self.key) if self.key else node

    def turned(self, adjoint: Node) -> Node:
        """An adjoint with the axes of what is differentiated first."""
        if not self.extra:
            return adjoint
        letters = ascii_letters[: len(adjoint.shape)]
        own = len(letters) - len(self.extra)
        return moved(adjoint, letters, letters[own:] + letters[:own])


def flow(refuted: RefutedClaim) -> Flow | None:
    """The flow behind a claim about a derivative; None for any other claim, and for a zero."""
    return _flow(refuted, refuted.truth, {}, ())


def flow_of_entry(refuted: RefutedClaim) -> Flow | None:
    """The same for a claim about an entry, in a loop over all of them."""
    truth, loop = refuted.truth, refuted.ruling.pair.loop
    if not loop or truth.op is not INDEX or not all(isinstance(k, int) for k in truth.params[0]):
        return None
    # The entries of what is differentiated are those of the first loop.
    first = dict([*loop.items()][:1])
    given = {n: str(n.params[0]) for n in refuted.ruling.sample_space.spaces}
    vectors = {n: text for n, text in (given | {**refuted.names}).items() if len(n.shape) == 1}
    called = {
        index(n, entry.params[0]): within(f"{text}[{place}]", first)
        for entry in topological([d.of for d in refuted.derived])
        if (place := _place(entry)) is not None
        for n, text in vectors.items()
        if n.shape == entry.args[0].shape
    }
    return _flow(refuted, truth.args[0], called, truth.params[0])


def _flow(refuted: RefutedClaim, truth: Node, called: Mapping[Node, str], key: Key) -> Flow | None:
    for derived in refuted.derived:
        if derived.node is truth and derived.of is not derived.by:
            try:
                known = {**entries(refuted, derived.of), **called}
                made = Flow(derived, refuted.names, known, key)
            except NoRule:
                return None
            depends = made.by in made.adjoints
            return made if depends and len(made.order) <= LARGEST else None
    return None


def entries(refuted: RefutedClaim, of: Node) -> dict[Node, str]:
    """The entries that a loop runs over, as it calls them: x[0] is `x[t-1]` in its first turn."""
    loop = refuted.ruling.pair.loop
    # A call keeps the name that it has in the claim: norm(x), not sqrt(sum(x^2)).
    found = {
        node: " ".join(expr.span.text.split())
        for expr, node in refuted.parts.items()
        if isinstance(expr, Call) and expr.span.source is refuted.claimed.span.source and node.args
    }
    for node in topological([of]) if loop else ():
        if (place := _place(node)) is not None:
            source = node.args[0]
            name = str(source.params[0]) if source.op is INPUT else refuted.names.get(source)
            if name:
                found[node] = within(f"{name}[{place}]", loop)
    return found


def _place(node: Node) -> int | None:
    """Which entry of a vector this is."""
    if node.op is INDEX and len(node.params[0]) == 1 and isinstance(node.params[0][0], int):
        return int(node.params[0][0])
    return None


def total(nodes: list[Node]) -> Node:
    """Their sum."""
    found = nodes[0]
    for node in nodes[1:]:
        found = add(found, node)
    return found
