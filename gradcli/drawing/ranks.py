"""The layers of a drawing: every box one after the boxes that its arrows come from.

Must not know sizes or places across a layer.
"""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[int, int]


def ranks(count: int, pairs: Sequence[Pair], loose: Sequence[Pair] = ()) -> list[int]:
    """The layer of each vertex: by the longest path, and then each as late as possible.

    The pairs go from a vertex to a later one. Where none goes on, a vertex stays early; those that
    are loose keep the order and pull nothing.
    """
    early = [0] * count
    for tail, head in sorted([*pairs, *loose], key=lambda pair: pair[1]):
        early[head] = max(early[head], early[tail] + 1)
    above: list[list[int]] = [[] for _ in range(count)]
    for tail, head in pairs:
        above[head].append(tail)
    late = list(early)
    bound: list[int | None] = [None] * count
    for vertex in reversed(range(count)):
        found = bound[vertex]
        late[vertex] = early[vertex] if found is None else found
        for tail in above[vertex]:
            before = bound[tail]
            bound[tail] = late[vertex] - 1 if before is None else min(before, late[vertex] - 1)
    return late
