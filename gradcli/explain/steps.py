"""The derivation a lecturer would write: the chain rule vertex by vertex, then what is put in.

Must not know how it is laid out or checked; how a formula is simplified it is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from typing import TypeAlias

from gradcli.calculus.core import ADD, SUB, full, number, symbol
from gradcli.calculus.differentiate import pull
from gradcli.explain.cells import Cells
from gradcli.explain.equations import EqualLine, EqualLines
from gradcli.explain.reasons import linear, listed, local, paths, rules
from gradcli.explain.substitution import in_front, plus, replaced, times, tokens, written
from gradcli.graph.node import Node
from gradcli.graph.order import topological

LONGEST = 64
"""Of a formula that is put into another."""
WIDEST = 88
"""Of what is asked for, once all is put in."""

Simplify: TypeAlias = Callable[[Node], Node]
Bare: TypeAlias = Callable[[Node, Collection[Node]], tuple[Node, Mapping[Node, str]]]
"""What a vertex is without our own names and some of the writer's, and the names that are left."""


class ScalarSteps:
    """The chains for the derivatives of a scalar output by what is asked for."""

    def __init__(self, cells: Cells, asked: Sequence[Node], simplify: Simplify, bare: Bare) -> None:
        self.cells = cells
        self.asked = asked
        self.names = cells.names
        self.simplify, self.bare = simplify, bare
        self.final: dict[Node, Node] = {}
        self.output = cells.output
        self.atoms = cells.atoms
        self.known = {*self.names.values()}
        self.symbols: dict[Node, Node] = {}
        self._symbols: set[Node] = set()
        self.values: dict[Node, Node] = {}
        self.chains: list[EqualLines] = []
        self._before: dict[Node, set[Node]] = {}
        for cell in cells.order:
            made = cells.parents(cell)
            self._before[cell] = {*made}.union(*(self._before[part] for part in made))

    def spelled(self, of: Node, by: Node) -> str:
        """A derivative in the language, with ∂ where names begin with a d.

        Where both w and w1 are names, dL/dw1 could be read in two ways.
        """
        of_, by_ = self.names[of], self.names[by]
        d = "∂" if {f"d{of_}", f"d{by_}"} & self.known else "d"
        if by_.endswith("1") and by_[:-1] in self.known:
            return f"{d}({of_})/{d}({by_})"
        return f"{d}{of_}/{d}{by_}"

    def run(self) -> list[EqualLines]:
        """All chains, from the output back; what is asked for as soon as it can be had."""
        self._before.setdefault(self.output, set())
        needed = [v for v in self.cells.order if v in self._before[self.output]]
        waiting = [v for v in self.asked if v in needed and not self.cells.parents(v)]
        for vertex in reversed([v for v in needed if v not in waiting]):
            self._chain(vertex)
            for leaf in [v for v in waiting if self._ready(v)]:
                waiting.remove(leaf)
                self._chain(leaf)
        for leaf in waiting:
            self._chain(leaf)
        for vertex in self.asked:
            if vertex not in needed and vertex is not self.output:
                self.names.setdefault(vertex, str(vertex.name or vertex.params[0]))
                words = f"{self.names[self.output]} does not depend on {self.names[vertex]}"
                self.chains.append(
                    EqualLines(self.spelled(self.output, vertex), [EqualLine("0", words)])
                )
        return self.chains

    def _ready(self, vertex: Node) -> bool:
        """Whether the derivatives by all that a vertex leads to are known."""
        return all(
            user is self.output or user in self.symbols or user not in self._before[self.output]
            for user in self.cells.users(vertex)
        )

    # -- one vertex

    def _chain(self, vertex: Node) -> None:
        users = [c for c in self.cells.users(vertex) if c is self.output or c in self.symbols]
        chain = EqualLines(self.spelled(self.output, vertex))
        self.chains.append(chain)
        total = reduce(plus, (self._term(cell, vertex) for cell in users))
        if users == [self.output]:
            self._add(chain, total, local(self.cells, self.output, vertex))
        else:
            self._rule(chain, vertex, users, total)
            total = self._put(chain, vertex, users, total)
        self.values[vertex] = total
        self.symbols[vertex] = symbol(chain.left, self.output.shape + vertex.shape)
        self._symbols.add(self.symbols[vertex])
        if vertex in self.asked:
            self._finish(chain, vertex, total)

    def _term(self, cell: Node, vertex: Node) -> Node:
        """What one user hands back: its local derivative, times what arrives at it."""
        if cell is self.output:
            return self._simple(self.cells.handed(cell, number(1))[vertex])
        seed = self.symbols[cell]
        if cell.shape or vertex.shape:
            return in_front(self._simple(self.cells.handed(cell, seed)[vertex]), seed)
        return times(seed, self._simple(self.cells.handed(cell, number(1))[vertex]))

    def _rule(self, chain: EqualLines, vertex: Node, users: list[Node], total: Node) -> None:
        """The chain rule by name, then with the local derivatives."""
        said = paths(self.cells, vertex, users, self.output)
        found = [(cell, rules(self.cells, cell, vertex)) for cell in users]
        locals_ = [rule for _, some in found for rule in some]
        why = "; ".join(dict.fromkeys(locals_)) or linear(self.cells, users, vertex)
        inner = [cell for cell in users if cell is not self.output]
        products = [self._product(cell, vertex) for cell in inner if self._direct(cell, vertex)]
        if len(products) == len(inner) and all(products):
            texts = [
                [*products, self._text(self._term(self.output, vertex), flat)]
                if self.output in users
                else products
                for flat in (True, False)
            ]
            flat, safe = (" + ".join(filter(None, t)).replace("+ -", "- ") for t in texts)
            chain.add(flat, said, safe)
            self._add(chain, total, why)
        else:
            self._add(chain, total, f"{said}: {why}" if len(users) == 1 else said)

    def _product(self, cell: Node, vertex: Node) -> str | None:
        """The chain rule by name: only for scalars is it a plain product."""
        if cell.shape or vertex.shape:
            return None
        return f"{self.symbols[cell].params[0]} * {self.spelled(cell, vertex)}"

    def _direct(self, cell: Node, vertex: Node) -> bool:
        """Whether the derivative of a cell by a vertex has no path through another cell."""
        return not any(vertex in self._before[part] for part in self.cells.parents(cell))

    def _put(self, chain: EqualLines, vertex: Node, users: list[Node], total: Node) -> Node:
        """The derivatives by the users put in, as long as that stays short."""
        inner = [cell for cell in users if cell is not self.output]
        values = {self.symbols[cell]: self.values[cell] for cell in inner}
        raw = replaced(total, values)
        simple = self._simple(raw)
        if self._symbols.isdisjoint(topological([simple])):
            whole = self.whole(vertex)
            simple = min(simple, whole, key=lambda node: len(self._text(node)))
        text, shorter = self._text(raw), self._text(simple)
        if len(shorter) > LONGEST:
            return total
        reason = "put in " + listed([str(self.symbols[cell].params[0]) for cell in inner])
        if tokens(text) != tokens(shorter) and len(text) <= LONGEST:
            self._add(chain, raw, reason)
            reason = "simplified"
        self._add(chain, simple, reason)
        return simple

    # -- what is asked for

    def _finish(self, chain: EqualLines, vertex: Node, total: Node) -> None:
        """Our own names put in, and those of the writer that stand once and are short."""
        reason = ""
        if not self._symbols.isdisjoint(topological([total])):
            total, reason = self.whole(vertex), "all put in"
            if len(self._text(total)) <= WIDEST:
                self._add(chain, total, reason)
                reason = ""
        bare, names = self.bare(total, ())
        self.final[vertex] = bare
        if len(written(bare, names)) > WIDEST:
            return
        ends = {*self.atoms} - {*self.cells.ours}
        seen = {*topological([total], lambda n: () if n in ends else n.args)}
        if used := [self.names[node] for node in self.cells.ours if node in seen]:
            self._add(chain, bare, reason or f"put in {listed(used)}", names)
        if used or not reason:
            self._once(chain, total)

    def whole(self, vertex: Node) -> Node:
        """The derivative with everything put in."""
        found = pull({self.output: number(1)}, [vertex])[0]
        return full(0, vertex.shape) if found is None else self._simple(found)

    def _once(self, chain: EqualLines, total: Node) -> None:
        """Sums that the writer has named and that stand once, put in where that is short."""
        words = Counter(re.findall(r"\w+(?:\[\d+\])?", chain.lines[-1].text))
        sums = [node for node in self.atoms if node.op in (ADD, SUB) and node.label]
        used = [node for node in sums if words[self.names[node]] == 1]
        if used:
            bare, names = self.bare(total, used)
            if len(written(bare, names)) <= LONGEST:
                reason = f"put in {listed([self.names[node] for node in used])}"
                self._add(chain, bare, reason, names)

    # -- formulas

    def _add(
        self, chain: EqualLines, node: Node, reason: str, names: Mapping[Node, str] | None = None
    ) -> None:
        """One more line, which says that a vertex is next."""
        known = self.atoms if names is None else names
        chain.add(written(node, known), reason, written(node, known, flat=False))

    def _text(self, node: Node, flat: bool = True) -> str:
        return written(node, self.atoms, flat)

    def _simple(self, node: Node) -> Node:
        return node if node in self.atoms else self.simplify(node)
