"""Rails as of a version history: a line for each vertex, to the left of it what runs from where.

Must not know what is drawn, nor terminals: a row of rails is characters.
"""

from __future__ import annotations

from collections.abc import Sequence

MARKS = {
    "node": "●", "leaf": "○", "rail": "│", "tee": "├", "tee left": "┤", "end": "╯",
    "end left": "╰", "flat": "─", "join": "┴", "through": "┼",
}  # fmt: skip
ASCII = {
    "node": "*", "leaf": "o", "rail": "|", "tee": "+", "tee left": "+", "end": "'",
    "end left": "`", "flat": "-", "join": "'", "through": "+",
}  # fmt: skip


def order(args: Sequence[Sequence[int]], root: int) -> list[int]:
    """Vertices after what they need, such that few rails run at once.

    Of its arguments a vertex takes that first which needs the most rails itself. R. Sethi and
    J. D. Ullman (1970).
    """
    need: dict[int, int] = {}
    for vertex in range(len(args)):
        below = sorted((need[arg] for arg in {*args[vertex]}), reverse=True)
        need[vertex] = max((n + k for k, n in enumerate(below)), default=1)
    found: list[int] = []
    done: set[int] = set()
    for start in (root, *range(len(args))):
        stack = [start]
        while stack:
            vertex = stack[-1]
            if vertex in done:
                stack.pop()
                continue
            left = [arg for arg in dict.fromkeys(args[vertex]) if arg not in done]
            if left:
                stack += sorted(left, key=lambda arg: need[arg])
            else:
                stack.pop()
                done.add(vertex)
                found.append(vertex)
    return found


def rails(args: Sequence[Sequence[int]], root: int, ascii: bool = False) -> list[tuple[int, str]]:
    """The vertices in their order, each with its row of rails."""
    marks = ASCII if ascii else MARKS
    walked = order(args, root)
    last: dict[int, int] = {}
    for k, vertex in enumerate(walked):
        for arg in args[vertex]:
            last[arg] = k
    lanes: list[int | None] = []
    found = []
    dead = -1
    for k, vertex in enumerate(walked):
        uses = {*args[vertex]}
        ends = [i for i, rail in enumerate(lanes) if rail in uses and last[rail] == k]
        goes = [i for i, rail in enumerate(lanes) if rail in uses and i not in ends]
        # Below a vertex that nothing uses would look like a use of it.
        free = [i for i, rail in enumerate(lanes) if rail is None and i != dead]
        if ends:
            own = ends[0]
        else:
            beyond = [i for i in free if not goes or i > goes[0]]
            own = (beyond or [max(len(lanes), dead + 1)])[0]
        lanes += [None] * (own + 1 - len(lanes))
        row = _row(lanes, own, ends, goes, marks["node" if uses else "leaf"], marks)
        found.append((vertex, row))
        for i in ends:
            lanes[i] = None
        lanes[own] = vertex if vertex in last else None
        dead = -1 if vertex in last else own
        while lanes and lanes[-1] is None:
            lanes.pop()
    return found


def _row(
    lanes: Sequence[int | None], own: int, ends: Sequence[int], goes: Sequence[int], mark: str,
    marks: dict[str, str],
) -> str:  # fmt: skip
    touched = {own, *ends, *goes}
    low, high = min(touched), max(touched)
    cells = []
    for i, rail in enumerate(lanes):
        inside = low < i < high
        if i == own:
            cell = mark
        elif i in ends:
            cell = marks["join"] if inside else marks["end" if i == high else "end left"]
        elif i in goes:
            cell = marks["through"] if inside else marks["tee left" if i == high else "tee"]
        elif rail is not None:
            cell = marks["rail"]
        else:
            cell = marks["flat"] if inside else " "
        cells.append(cell)
        cells.append(marks["flat"] if low <= i < high else " ")
    return "".join(cells).rstrip()
