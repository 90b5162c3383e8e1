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


def parts(columns: Sequence[int | None], pairs: Sequence[Pair]) -> list[int]:
    """0 for what stands above the columns, 1 for what stands in one, 2 for what stands below.

    All is 1 where something of no column stands between columns.
    """
    inside = [column is not None for column in columns]
    after, before = inside.copy(), inside.copy()
    for tail, head in sorted(pairs, key=lambda pair: pair[1]):
        after[head] = after[head] or after[tail]
    for tail, head in sorted(pairs, key=lambda pair: -pair[0]):
        before[tail] = before[tail] or before[head]
    found = []
    for i, a, b in zip(inside, after, before, strict=True):
        if a and b and not i:
            return [1] * len(columns)
        found.append(1 if i else 0 if b else 2)
    return found


def in_parts(layers: Sequence[int], part: Sequence[int]) -> list[int]:
    """The same layers, those of each part below all of the part before."""
    pairs = [*zip(part, layers, strict=True)]
    stand = {pair: k for k, pair in enumerate(sorted({*pairs}))}
    return [stand[pair] for pair in pairs]
