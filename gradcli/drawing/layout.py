"""Where the boxes of a diagram stand and how its arrows run: layer by layer, with few crossings.

Must not know a format. Sizes are pixels; y grows downwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradcli.drawing.diagram import Box, Diagram
from gradcli.drawing.ordering import Layers
from gradcli.drawing.places import BoxPlace, Point, Route
from gradcli.drawing.ranks import in_parts, parts, ranks
from gradcli.drawing.sides import Crossing
from gradcli.drawing.straight import spaced
from gradcli.errors import TOO_MUCH, wrong

LETTER, LINE = 7.3, 16.0
"""A character of 12 pixels in a font of one width, and the height of its line."""
PAD_X, PAD_Y, MARGIN = 9.0, 6.0, 16.0
APART, GAP, COLUMN_GAP = 16.0, 44.0, 36.0
BEND = 18.0
"""Room for an arrow that only passes through a layer."""
ROUNDS = 24
STRAIGHT = 2.0
"""How far a line may stray that is drawn straight."""
LARGEST = 12_000
"""Boxes, and bends of arrows between them, beyond which nothing is drawn."""
WIDE = 1250.0
"""A drawing that would be wider from left to right runs from top to bottom."""


@dataclass(slots=True, eq=False)
class DrawnLayout:
    """A diagram with a place for each box, a route for each arrow, and a band for each column.

    `down` says that arrows run from top to bottom, else from left to right; `ranks` are the layers
    of the boxes, `crossings` how many pairs of arrows cross between layers.
    """

    diagram: Diagram
    places: list[BoxPlace]
    routes: list[Route]
    bands: list[tuple[int, BoxPlace]]
    ranks: list[int]
    width: float
    height: float
    crossings: int
    down: bool


def size(box: Box) -> tuple[float, float]:
    """The width and height of a box."""
    letters = max((len(words.text) for words in box.lines), default=1)
    return max(letters, 3) * LETTER + 2 * PAD_X, max(len(box.lines), 1) * LINE + 2 * PAD_Y


def label_width(text: str) -> float:
    """The width of a label with a little room at its ends; its font is of 11 pixels."""
    return len(text) * LETTER * 11 / 12 + 6


def layout(
    diagram: Diagram, down: bool | None = None, sizes: Sequence[tuple[float, float]] = ()
) -> DrawnLayout:
    """The layout: from left to right as long as that is not too wide, else from top to bottom.

    With columns these go from left to right, and arrows down in each of them. `sizes` are those of
    the boxes, by default what their lines need.
    """
    sizes = sizes or [size(box) for box in diagram.boxes]
    drawing = _Drawing(diagram, sizes)
    if diagram.columns() or down:
        return drawing.layout(True)
    if down is None and (length := drawing.length()) > WIDE:
        other = drawing.layout(True)
        if other.width < length:
            return other
    return drawing.layout(False)


class _Drawing:
    """A diagram on its way to a layout. Beyond the boxes, vertices are bends of long arrows."""

    def __init__(self, diagram: Diagram, sizes: Sequence[tuple[float, float]]) -> None:
        self.diagram = diagram
        self.down = True
        boxes, arrows = diagram.boxes, diagram.arrows
        self.count = len(boxes)
        self.column = [box.column for box in boxes]
        self.side = [self._leaves(a.tail, a.head) for a in arrows]
        self.rank = self._ranks()
        self.sizes = [*sizes]
        # The middles of the gaps before the layers, from where to where these go, and their shift.
        self.gaps: list[float] = []
        self.spans: list[tuple[float, float]] = []
        self.start = 0.0
        self._refuse_large()
        self.chains: list[list[int]] = []
        self.trunks: dict[tuple[int, int | None, int], int] = {}
        edges: dict[tuple[int, int], None] = {}
        for arrow, side in zip(arrows, self.side, strict=True):
            chain = [arrow.tail, arrow.head]
            if not side:
                chain = [arrow.tail, *self._bends(arrow.tail, arrow.head), arrow.head]
                edges |= dict.fromkeys(pairwise(chain))
            self.chains.append(chain)
        pulls = [(a.tail, a.head) for a, s in zip(arrows, self.side, strict=True) if s]
        self.edges, self.pulls = [*edges], pulls
        self.layers = Layers(self.rank, self.edges, pulls, self.column)
        self.crossings = self.layers.untangle()

    def _refuse_large(self) -> None:
        """GradcliError for what nobody could look at: boxes, and layers that arrows pass."""
        far: dict[int, int] = {}
        for arrow, side in zip(self.diagram.arrows, self.side, strict=True):
            if not side:
                far[arrow.tail] = max(far.get(arrow.tail, 0), self.rank[arrow.head])
        passed = sum(max(0, last - self.rank[tail] - 1) for tail, last in far.items())
        if self.count + passed > LARGEST:
            bends = f" and {passed:,} bends" if passed else ""
            message = f"a drawing of {self.count:,} boxes{bends} could not be looked at"
            help = "draw a part:  --of NAME,  or list it:  --format text, json or dot"
            raise wrong(TOO_MUCH, message, help=help)

    def _ranks(self) -> list[int]:
        """The layers, in which all turns of a loop stand alike, apart from what is in none."""
        firm: list[tuple[int, int]] = []
        loose: list[tuple[int, int]] = []
        side: list[tuple[int, int]] = []
        for arrow, leaves in zip(self.diagram.arrows, self.side, strict=True):
            ends = arrow.tail, arrow.head
            one, other = (self.column[end] for end in ends)
            ends_turns = one is not None and other is None
            (side if leaves else loose if ends_turns else firm).append(ends)
        found = ranks(self.count, firm, loose)
        led = {end for pair in (*firm, *loose) for end in pair}
        for tail, head in reversed(side):
            if tail not in led:
                found[tail] = found[head]
        return in_parts(found, parts(self.column, [*firm, *loose, *side]))

    def _leaves(self, tail: int, head: int) -> bool:
        """Whether an arrow goes from one column to another, and so does not order layers."""
        one, other = self.column[tail], self.column[head]
        return one is not None and other is not None and one != other

    def _bends(self, tail: int, head: int) -> list[int]:
        """A vertex for each layer that an arrow passes; arrows from one box part as late as can be.

        So there are no more bends than boxes times layers, and one line where else a bundle runs.
        """
        column = self.column[tail] if self.column[tail] is not None else self.column[head]
        found = []
        for rank in range(self.rank[tail] + 1, self.rank[head]):
            bend = self.trunks.setdefault((tail, column, rank), len(self.rank))
            found.append(bend)
            if bend == len(self.rank):
                self.rank.append(rank)
                self.column.append(column)
                self.sizes.append((BEND, BEND))
        return found

    def length(self) -> float:
        """How wide it is from left to right, at least."""
        self.down = False
        middles = self._along()
        ends = [m + wide / 2 for m, (wide, _) in zip(middles, self.sizes, strict=True)]
        return max(ends, default=0.0) + 2 * MARGIN

    def layout(self, down: bool) -> DrawnLayout:
        self.down = down
        across = self._across()
        along = self._along()
        places = []
        for vertex, (width, height) in enumerate(self.sizes):
            x, y = (across, along) if self.down else (along, across)
            places.append(BoxPlace(x[vertex] - width / 2, y[vertex] - height / 2, width, height))
        left = min((p.x for p in places), default=0.0) - MARGIN
        top = min((p.y for p in places), default=0.0) - MARGIN - (LINE if self.down else 0)
        for place in places:
            place.x, place.y = place.x - left, place.y - top
        self.start = -(top if self.down else left)
        routes = self._routes(places)
        boxes = places[: self.count]
        low, high = self._labelled(routes)
        if low < MARGIN / 2:
            aside = MARGIN / 2 - low
            high += aside
            for place in places:
                place.x += aside
            for route in routes:
                route.points = [(x + aside, y) for x, y in route.points]
                route.label = (route.label[0] + aside, route.label[1])
        right = [p.x + p.width for p in boxes] + [x for r in routes for x, _ in r.points]
        width = max(*right, high)
        height = max([p.y + p.height for p in boxes] + [y for r in routes for _, y in r.points])
        return DrawnLayout(
            self.diagram, boxes, routes, self._bands(places), self.rank[: self.count],
            width + MARGIN, height + MARGIN, self.crossings, self.down,
        )  # fmt: skip

    def _labelled(self, routes: Sequence[Route]) -> tuple[float, float]:
        """How far labels reach to the left and to the right."""
        ends = [0.0]
        left = [MARGIN]
        for arrow, route in zip(self.diagram.arrows, routes, strict=True):
            if arrow.label:
                half = label_width(arrow.label) / 2
                left.append(route.label[0] - half)
                ends.append(route.label[0] + half)
        return min(left), max(ends)

    # -- across the layers

    def _extent(self, vertex: int) -> float:
        return self.sizes[vertex][0 if self.down else 1]

    def _across(self) -> list[float]:
        """The middle of each vertex along its layer."""
        found = [0.0] * len(self.rank)
        rows = self.layers.rows
        named = sorted({c for c in self.column if c is not None}) if self.down else []
        right = 0.0
        between = (
            label_width(arrow.label) + APART
            for arrow, side in zip(self.diagram.arrows, self.side, strict=True)
            if side
        )
        gap = max(COLUMN_GAP, *between, 0.0)
        for column in named:
            inner = [[v for v in row if self.column[v] == column] for row in rows]
            self._fit(found, inner, {v for row in inner for v in row})
            members = [v for row in inner for v in row]
            least = min(found[v] - self._extent(v) / 2 for v in members)
            for v in members:
                found[v] += right - least
            right = max(found[v] + self._extent(v) / 2 for v in members) + gap
        fixed = {v for v, c in enumerate(self.column) if c is not None} if named else set()
        self._fit(found, rows, {*range(len(self.rank))} - fixed)
        return found

    def _fit(self, found: list[float], rows: Sequence[Sequence[int]], free: set[int]) -> None:
        """Straighten the lines of the free vertices, the others staying where they are."""
        if not free:
            return
        near: dict[int, list[tuple[int, float]]] = {v: [] for v in free}
        for tail, head in self.edges:
            bends = (tail >= self.count) + (head >= self.count)
            for one, other in ((tail, head), (head, tail)):
                if one in free:
                    near[one].append((other, (1.0, 2.0, 8.0)[bends]))
        for row in rows:
            place = 0.0
            for v in row:
                if v in free:
                    found[v] = place + self._extent(v) / 2
                place += self._extent(v) + APART
        known = {v for row in rows for v in row}
        near = {v: [(n, w) for n, w in near.get(v, ()) if n in known] for v in known}
        heavy = {v: sum(w for _, w in near[v]) for v in known}
        plan = [
            (
                row,
                [(heavy[v] or 0.01) if v in free else 1e6 for v in row],
                [(self._extent(a) + self._extent(b)) / 2 + APART for a, b in pairwise(row)],
            )
            for row in rows
            if not free.isdisjoint(row)
        ]
        for turn in range(ROUNDS):
            for row, weights, apart in plan if turn % 2 == 0 else reversed(plan):
                wanted = [
                    sum(found[n] * w for n, w in near[v]) / heavy[v] if heavy[v] else found[v]
                    for v in row
                ]
                for v, x in zip(row, spaced(wanted, weights, apart), strict=True):
                    if v in free:
                        found[v] = x

    # -- along the arrows

    def _along(self) -> list[float]:
        """The middle of each layer, with room for the labels between two of them."""
        rows = self.layers.rows
        thick = [
            max((self.sizes[v][1 if self.down else 0] for v in row), default=0) for row in rows
        ]
        room = [GAP] * len(rows)
        for arrow, chain in zip(self.diagram.arrows, self.chains, strict=True):
            if not self.down and arrow.label:
                rank = self.rank[chain[-2]]
                room[rank] = max(room[rank], label_width(arrow.label[:36]) + 20)
        self.gaps, self.spans = [], []
        middles, place = [], 0.0
        for k, extent in enumerate(thick):
            self.gaps.append(place - (room[k - 1] if k else 0) / 2)
            self.spans.append((place, place + extent))
            middles.append(place + extent / 2)
            place += extent + room[k]
        return [middles[rank] for rank in self.rank]

    # -- arrows

    def _routes(self, places: Sequence[BoxPlace]) -> list[Route]:
        # What leaves along one line leaves at one place: a bend, else the arrow, and is told apart.
        ends: dict[tuple[int, bool], dict[tuple[int, int], float]] = {}
        out: list[tuple[int, int]] = []
        for k, chain in enumerate(self.chains):
            bend = chain[1]
            out.append((bend, -1) if bend >= self.count else (bend, k))
            if not self.side[k]:
                for end, other, port in ((chain[0], bend, out[k]), (chain[-1], chain[-2], (-1, k))):
                    middle = places[other].middle
                    own = ends.setdefault((end, end == chain[-1]), {})
                    own[port] = middle[0 if self.down else 1]
        ports: dict[tuple[int, bool, tuple[int, int]], float] = {}
        for (vertex, into), found in ends.items():
            room = self._extent(vertex) * 0.7
            step = min(14.0, room / max(len(found) - 1, 1))
            for i, port in enumerate(sorted(found, key=found.__getitem__)):
                ports[vertex, into, port] = (i - (len(found) - 1) / 2) * step
        routes = []
        crossing = self._crossing(places)
        for k, chain in enumerate(self.chains):
            if self.side[k]:
                routes.append(crossing(chain[0], chain[1]))
                continue
            first, last = chain[0], chain[-1]
            out_of = _port(places[first], ports[first, False, out[k]], self.down, leaves=True)
            into_ = _port(places[last], ports[last, True, (-1, k)], self.down, leaves=False)
            bends = [(v, places[v].middle) for v in chain[1:-1]]
            # Straight past the boxes of a layer, aside only between layers.
            points = [out_of, self._beside(first, out_of, 1)]
            points += [self._beside(v, at, end) for v, at in bends for end in (0, 1)]
            points += [self._beside(last, into_, 0), into_]
            gap = self.gaps[self.rank[last]] + self.start
            label = _on_curve(points[-3], points[-2], gap, self.down)
            routes.append(Route(_bent(points, self.down), label, self.down))
        _set_apart(routes, self.diagram, self.down)
        return routes

    def _crossing(self, places: Sequence[BoxPlace]) -> Callable[[int, int], Route]:
        """How arrows run from column to column, past the boxes of both."""
        inside: dict[int | None, list[BoxPlace]] = {}
        for place, column in zip(places[: self.count], self.column, strict=False):
            inside.setdefault(column, []).append(place)
        drawn: Counter[int] = Counter()

        def route(tail: int, head: int) -> Route:
            own = inside[self.column[head]]
            between = min(place.x for place in own) - COLUMN_GAP * 0.6
            gaps = [gap + self.start for gap in (*self.gaps, self.spans[-1][1] + GAP / 2)]
            above, below = gaps[self.rank[head]], gaps[self.rank[tail] + 1]
            if not self.rank[head]:
                above -= GAP / 4
            way = Crossing(places[tail], places[head], between, above, below)
            drawn[self.rank[head]] += 1
            number = drawn[self.rank[head]] % 5
            return way.route([*inside[self.column[tail]], *own], number)

        return route

    def _beside(self, vertex: int, at: Point, end: int) -> Point:
        """Where an arrow comes to the layer of a vertex, or leaves it."""
        along = self.spans[self.rank[vertex]][end] + self.start
        return (at[0], along) if self.down else (along, at[1])

    def _bands(self, places: Sequence[BoxPlace]) -> list[tuple[int, BoxPlace]]:
        """A rectangle round the boxes of each column."""
        found = []
        for column in self.diagram.columns():
            inner = [p for p, c in zip(places, self.column, strict=True) if c == column]
            left, right = min(p.x for p in inner), max(p.x + p.width for p in inner)
            bottom = max(
                p.y + p.height
                for p, box in zip(places, self.diagram.boxes, strict=False)
                if box.column == column
            )
            pad = COLUMN_GAP / 4
            band = BoxPlace(left - pad, 0, right - left + 2 * pad, bottom + pad)
            found.append((column, band))
        return found


def _port(place: BoxPlace, shift: float, down: bool, leaves: bool) -> Point:
    """Where an arrow leaves or enters a box."""
    x, y = place.middle
    if down:
        return x + shift, place.y + (place.height if leaves else 0)
    return place.x + (place.width if leaves else 0), y + shift


def _bent(points: Sequence[Point], down: bool) -> list[Point]:
    """The ends of a line and those bends at which it is not straight."""
    axis = 0 if down else 1
    found = [points[0]]
    for here, after in pairwise(points[1:]):
        start = found[-1][axis]
        if max(abs(here[axis] - start), abs(after[axis] - start)) > STRAIGHT:
            found.append(here)
    if found[-1] == points[-1]:
        found.pop()
    return [*found, points[-1]]


def _on_curve(a: Point, b: Point, gap: float, down: bool) -> Point:
    """Where the curve from one bend to the next passes the middle of a gap."""
    start, end = (a[1], b[1]) if down else (a[0], b[0])
    across, other = (a[0], b[0]) if down else (a[1], b[1])
    low, high = 0.0, 1.0
    for _ in range(20):
        t = (low + high) / 2
        middle = (start + end) / 2
        along = start * (1 - t) ** 3 + 3 * middle * t * (1 - t) + end * t**3
        low, high = (t, high) if along < gap else (low, t)
    aside = across * (1 - t) ** 2 * (1 + 2 * t) + other * t**2 * (3 - 2 * t)
    return (aside, gap) if down else (gap, aside)


def _set_apart(routes: Sequence[Route], diagram: Diagram, down: bool) -> None:
    """Move labels that would stand on each other apart, along the layer."""
    groups: dict[int, list[int]] = {}
    for k, (route, arrow) in enumerate(zip(routes, diagram.arrows, strict=True)):
        if arrow.label:
            groups.setdefault(round(route.label[1 if down else 0]), []).append(k)
    for found in groups.values():
        found.sort(key=lambda k: routes[k].label[0 if down else 1])
        wide = [label_width(diagram.arrows[k].label) if down else LINE - 3 for k in found]
        apart = [(a + b) / 2 + (8 if down else 0) for a, b in pairwise(wide)]
        wanted = [routes[k].label[0 if down else 1] for k in found]
        for k, x in zip(found, spaced(wanted, [1.0] * len(found), apart), strict=True):
            label = routes[k].label
            routes[k].label = (x, label[1]) if down else (label[0], x)
