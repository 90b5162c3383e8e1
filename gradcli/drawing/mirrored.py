"""A drawing with a copy of itself beside it, in which arrows run back: the graph of a derivative.

Must not know what is drawn: boxes say what they stand beside, arrows what they run against.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.drawing.diagram import Arrow, Diagram
from gradcli.drawing.layout import DrawnLayout, layout, size
from gradcli.drawing.places import BoxPlace, Point, Route
from gradcli.drawing.sides import ASIDE, meets, sideways

SPACE, LANE = 70.0, 8.0
"""Room between the drawing and its copy, and between a box and an arrow that goes round it."""


def placed(diagram: Diagram, down: bool | None = None) -> DrawnLayout:
    """The layout of any diagram: what stands beside nothing, and then the copy beside that."""
    own = [k for k, box in enumerate(diagram.boxes) if box.beside is None]
    if len(own) == len(diagram.boxes):
        return layout(diagram, down)
    at = {k: i for i, k in enumerate(own)}
    first = [a for a in diagram.arrows if a.tail in at and a.head in at]
    # The label of the arrow that runs back along one needs room as well.
    back = {diagram.arrows[a.against].id: a.label for a in diagram.arrows if a.against is not None}
    arrows = [
        Arrow(a.id, at[a.tail], at[a.head], a.label or back.get(a.id, ""), a.kind) for a in first
    ]
    sizes = [size(diagram.boxes[k]) for k in own]
    for box in diagram.boxes:
        if box.beside is not None:
            wide, high = size(box)
            k = at[box.beside]
            sizes[k] = max(sizes[k][0], wide), max(sizes[k][1], high)
    inner = Diagram(diagram.title, [diagram.boxes[k] for k in own], arrows)
    found = layout(inner, down, sizes)
    shift = (found.width + SPACE, 0.0) if found.down else (0.0, found.height + SPACE)
    places = []
    for k, box in enumerate(diagram.boxes):
        place = found.places[at[k if box.beside is None else box.beside]]
        places.append(place if box.beside is None else _copied(place, size(box), shift))
    routes = {a.id: route for a, route in zip(first, found.routes, strict=True)}
    drawn = [
        routes[a.id] if a.id in routes else _route(a, diagram, places, routes, shift, found.down)
        for a in diagram.arrows
    ]
    return DrawnLayout(
        diagram, places, drawn, found.bands,
        [found.ranks[at[k if b.beside is None else b.beside]] for k, b in enumerate(diagram.boxes)],
        found.width + shift[0], found.height + shift[1], found.crossings, found.down,
    )  # fmt: skip


def _copied(place: BoxPlace, own: tuple[float, float], shift: Point) -> BoxPlace:
    x, y = place.middle
    wide, high = own
    return BoxPlace(x + shift[0] - wide / 2, y + shift[1] - high / 2, wide, high)


def _route(
    arrow: Arrow, diagram: Diagram, places: list[BoxPlace], routes: dict[str, Route], shift: Point,
    down: bool,
) -> Route:  # fmt: skip
    """Back along the arrow that it runs against, or straight across from drawing to copy."""
    tail, head = places[arrow.tail], places[arrow.head]
    if arrow.against is None:
        others = [place for place in places if place not in (tail, head)]
        return _across(tail, head, others) if down else _below(tail, head, others)
    along = routes[diagram.arrows[arrow.against].id]
    moved = [(x + shift[0], y + shift[1]) for x, y in reversed(along.points)]
    # The boxes of the copy have sizes of their own.
    (x, y), (a, b) = moved[0], moved[-1]
    if down and not along.down:
        return sideways(tail, head)
    if down:
        moved[0], moved[-1] = (x, tail.y), (a, head.y + head.height)
    else:
        moved[0], moved[-1] = (tail.x, y), (head.x + head.width, b)
    return Route(moved, (along.label[0] + shift[0], along.label[1] + shift[1]), down)


def _across(tail: BoxPlace, head: BoxPlace, others: Sequence[BoxPlace]) -> Route:
    """From a box to one of the copy on its right: level, or above what stands between."""
    direct = sideways(tail, head)
    between = [place for place in others if meets(direct, place)]
    if not between:
        return direct
    lane = min(place.y for place in (tail, head, *between)) - LANE
    leave = tail.x + tail.width - min(ASIDE, tail.width / 4)
    enter = head.x + min(ASIDE, head.width / 4)
    points = [(leave, tail.y), (leave, lane), (enter, lane), (enter, head.y)]
    return Route(points, ((leave + enter) / 2, lane), down=False)


def _below(tail: BoxPlace, head: BoxPlace, others: Sequence[BoxPlace]) -> Route:
    """The same to a box of the copy that stands below: as across, with both axes exchanged."""
    found = _across(_turned(tail), _turned(head), [_turned(place) for place in others])
    straight = len(found.points) == 2
    return Route([(y, x) for x, y in found.points], found.label[::-1], down=straight)


def _turned(place: BoxPlace) -> BoxPlace:
    return BoxPlace(place.y, place.x, place.height, place.width)
