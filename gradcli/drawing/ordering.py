"""The order of boxes within their layers, with few crossings: barycentres, then exchanges.

Must not know sizes. K. Sugiyama, S. Tagawa, M. Toda (1981).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

SWEEPS = 12
LARGE = 400
"""Vertices above which neighbours are no longer exchanged one by one."""


class Layers:
    """Vertices in layers, edges between neighbouring ones, and pulls towards vertices elsewhere.

    A vertex with a column stays within it; columns stand in their order.
    """

    def __init__(
        self,
        ranks: Sequence[int],
        edges: Sequence[tuple[int, int]],
        pulls: Sequence[tuple[int, int]] = (),
        columns: Sequence[int | None] = (),
    ) -> None:
        count = len(ranks)
        self.columns = columns or [None] * count
        self.above: list[list[int]] = [[] for _ in range(count)]
        self.below: list[list[int]] = [[] for _ in range(count)]
        self.pulls: list[list[int]] = [[] for _ in range(count)]
        for tail, head in edges:
            self.above[head].append(tail)
            self.below[tail].append(head)
        for one, other in pulls:
            self.pulls[one].append(other)
            self.pulls[other].append(one)
        self.rows: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
        for vertex in self._visited(count):
            self.rows[ranks[vertex]].append(vertex)
        self.place = [0.0] * count
        for row in self.rows:
            row.sort(key=lambda v: -1 if self.columns[v] is None else self.columns[v] or 0)
            self._placed(row)

    def _visited(self, count: int) -> list[int]:
        """A first order: depth first from where nothing goes on, so that trees do not cross."""
        found: list[int] = []
        seen: set[int] = set()
        for root in reversed(range(count)):
            if self.below[root]:
                continue
            stack = [root]
            while stack:
                vertex = stack.pop()
                if vertex not in seen:
                    seen.add(vertex)
                    found.append(vertex)
                    stack += reversed(self.above[vertex])
        return found

    def _placed(self, row: Sequence[int]) -> None:
        """Where the vertices of a layer stand, for the barycentres of others."""
        groups: dict[int | None, list[int]] = {}
        for vertex in row:
            groups.setdefault(self.columns[vertex], []).append(vertex)
        for column, members in groups.items():
            for k, vertex in enumerate(members):
                if column is not None:
                    self.place[vertex] = column + (k + 1) / (len(members) + 1)
                elif len(groups) == 1:
                    self.place[vertex] = k - (len(members) - 1) / 2

    def _sorted(self, row: list[int], neighbours: Sequence[list[int]]) -> None:
        keys = {}
        for vertex in row:
            near = neighbours[vertex] + self.pulls[vertex]
            key = sum(self.place[n] for n in near) / len(near) if near else self.place[vertex]
            column = self.columns[vertex]
            if column is not None:
                key = min(max(key, column + 0.01), column + 0.99)
            keys[vertex] = key
        row.sort(key=keys.__getitem__)
        for vertex in row:
            if self.columns[vertex] is None:
                self.place[vertex] = keys[vertex]
        self._placed(row)

    def crossings(self) -> int:
        """How many pairs of edges between neighbouring layers cross."""
        return sum(self._between(k) for k in range(len(self.rows) - 1))

    def _between(self, k: int) -> int:
        """Crossings between a layer and the next."""
        at = {vertex: i for i, vertex in enumerate(self.rows[k + 1])}
        seen: list[int] = []
        found = 0
        for vertex in self.rows[k]:
            ends = sorted(at[head] for head in self.below[vertex])
            found += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
        return found

    def untangle(self) -> int:
        """Reorder the layers for few crossings, and say how many are left."""
        best, least = [list(row) for row in self.rows], self._bad()
        for turn in range(SWEEPS):
            if not least:
                break
            down = turn % 2 == 0
            for row in self.rows if down else reversed(self.rows):
                self._sorted(row, self.above if down else self.below)
            self._exchange()
            found = self._bad()
            if found < least:
                best, least = [list(row) for row in self.rows], found
        self.rows = best
        for row in self.rows:
            self._placed(row)
        return self.crossings()

    def _bad(self) -> int:
        """The crossings, and the boxes that an arrow to another column runs behind."""
        found = self.crossings()
        for row in self.rows:
            for k, vertex in enumerate(row):
                column = self.columns[vertex]
                for other in self.pulls[vertex]:
                    rest = row[k + 1 :] if self.place[other] > self.place[vertex] else row[:k]
                    found += sum(self.columns[v] == column for v in rest)
        return found

    def _exchange(self) -> None:
        """Exchange neighbours of a layer as long as that takes crossings away."""
        if len(self.place) > LARGE:
            return
        for k, row in enumerate(self.rows):
            least = self._around(k)
            for i in range(len(row) - 1):
                if self.columns[row[i]] != self.columns[row[i + 1]]:
                    continue
                row[i], row[i + 1] = row[i + 1], row[i]
                found = self._around(k)
                if found < least:
                    least = found
                else:
                    row[i], row[i + 1] = row[i + 1], row[i]
            self._placed(row)

    def _around(self, k: int) -> int:
        above = self._between(k - 1) if k else 0
        return above + (self._between(k) if k + 1 < len(self.rows) else 0)
