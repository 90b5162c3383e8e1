"""A layout as one SVG: boxes, arrows, labels; light and dark as the reader has it.

Must not know what is drawn; it needs no network, and every box and arrow keeps its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gradcli.drawing.diagram import Arrow, Box, BoxLine
from gradcli.drawing.layout import (
    LETTER,
    LINE,
    MARGIN,
    PAD_Y,
    DrawnLayout,
    label_width,
)
from gradcli.drawing.places import BoxPlace, Route

STYLE = """.graph text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
fill: #1f2328; white-space: pre; }
.graph .title { font-weight: 700; } .graph .dim { fill: #656d76; }
.graph .value { fill: #1a7f37; } .graph .gradient { fill: #cf222e; font-style: italic; }
.graph .page { fill: #fff; } .graph .band { fill: #8080801a; }
.graph .box { fill: #fff; stroke: #8c959f; } .graph .input .box { stroke-dasharray: 4 3; }
.graph .output .box { stroke-width: 2.5; stroke: #1f2328; }
.graph .derivative .box { stroke: #cf222e; }
.graph .tint-1 .box { fill: #ddf4ff; } .graph .tint-2 .box { fill: #fff8c5; }
.graph .tint-3 .box { fill: #fbefff; } .graph .tint-4 .box { fill: #ffeff7; }
.graph .tint-5 .box { fill: #eaeef2; }
.graph .edge path { fill: none; stroke: #6e7781; stroke-width: 1.3; stroke-linejoin: round; }
.graph .edge .tip { fill: #6e7781; stroke: none; }
.graph .edge.back path { stroke: #cf222e; } .graph .edge.back .tip { fill: #cf222e;
stroke: none; }
.graph .edge.uses path { stroke-dasharray: 2 4; }
.graph .edge text { font-size: 11px; }
@media (prefers-color-scheme: dark) { .graph text { fill: #e6edf3; } .graph .dim { fill: #8d96a0; }
.graph .value { fill: #3fb950; } .graph .gradient { fill: #ff7b72; } .graph .page { fill: #0d1117; }
.graph .box { fill: #161b22; stroke: #6e7681; } .graph .output .box { stroke: #e6edf3; }
.graph .derivative .box { stroke: #ff7b72; }
.graph .tint-1 .box { fill: #0c2d4a; } .graph .tint-2 .box { fill: #3b2e08; }
.graph .tint-3 .box { fill: #2f1d4d; } .graph .tint-4 .box { fill: #42162c; }
.graph .tint-5 .box { fill: #21262d; }
.graph .edge path { stroke: #8d96a0; }
.graph .edge .tip { fill: #8d96a0; } .graph .edge.back path { stroke: #ff7b72; }
.graph .edge.back .tip { fill: #ff7b72; stroke: none; } }"""
TINTS = 5


def svg(layout: DrawnLayout) -> str:
    """The whole document. Boxes are `g.node` with the box's id, arrows `g.edge` with theirs."""
    diagram = layout.diagram
    wide = max((_length(row) for row in diagram.caption), default=0.0) + 2 * MARGIN
    width = max(layout.width, wide)
    height = layout.height + len(diagram.caption) * LINE + (MARGIN / 2 if diagram.caption else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {_n(width)} '
        f'{_n(height)}" width="{_n(width)}" height="{_n(height)}" role="img" '
        f'aria-label="{escape(diagram.title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{_n(width)}" height="{_n(height)}"/>',
    ]
    parts += [_band(column, place) for column, place in layout.bands]
    boxes = diagram.boxes
    for arrow, route in zip(diagram.arrows, layout.routes, strict=True):
        parts.append(_edge(arrow, route, boxes[arrow.tail], boxes[arrow.head]))
    for box, place in zip(boxes, layout.places, strict=True):
        parts.append(_node(box, place))
    for k, row in enumerate(diagram.caption):
        y = layout.height + (k + 0.5) * LINE
        parts.append(f'<text x="{_n(MARGIN)}" y="{_n(y)}">{_spans(row)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _length(row: Sequence[BoxLine]) -> float:
    return sum(len(words.text) for words in row) * LETTER


def _n(x: float) -> str:
    return f"{x:.1f}".removesuffix(".0")


def _spans(row: Sequence[BoxLine]) -> str:
    return "".join(
        f'<tspan class="{words.style}">{escape(words.text)}</tspan>'
        if words.style
        else escape(words.text)
        for words in row
    )


def _band(column: int, place: BoxPlace) -> str:
    rect = f'x="{_n(place.x)}" y="{_n(place.y)}" width="{_n(place.width)}"'
    return (
        f'<rect class="band" {rect} height="{_n(place.height)}"/>'
        f'<text class="dim" x="{_n(place.x + 6)}" y="14">{column}</text>'
    )


def _node(box: Box, place: BoxPlace) -> str:
    middle = _n(place.middle[0])
    lines = "".join(
        f'<text class="{words.style}" text-anchor="middle" x="{middle}" '
        f'y="{_n(place.y + PAD_Y + (k + 0.75) * LINE)}">{escape(words.text)}</text>'
        for k, words in enumerate(box.lines)
    )
    tint = f" tint-{(box.tint - 1) % TINTS + 1}" if box.tint else ""
    rounded = 14 if box.kind == "input" else 5
    return (
        f'<g class="node {box.kind}{tint}" id="{escape(box.id)}">'
        f"<title>{escape(box.words)}</title>"
        f'<rect class="box" x="{_n(place.x)}" y="{_n(place.y)}" width="{_n(place.width)}" '
        f'height="{_n(place.height)}" rx="{rounded}"/>{lines}</g>'
    )


def path(route: Route) -> str:
    """The curve of a route, upright or level at its ends."""
    (x, y), *rest = route.points
    found = [f"M{_n(x)} {_n(y)}"]
    for a, b in rest:
        if a == x or b == y:
            found.append(f"L{_n(a)} {_n(b)}")
        elif route.down:
            half = (y + b) / 2
            found.append(f"C{_n(x)} {_n(half)} {_n(a)} {_n(half)} {_n(a)} {_n(b)}")
        else:
            half = (x + a) / 2
            found.append(f"C{_n(half)} {_n(y)} {_n(half)} {_n(b)} {_n(a)} {_n(b)}")
        x, y = a, b
    return "".join(found)


def _edge(arrow: Arrow, route: Route, tail: Box, head: Box) -> str:
    classes = f"edge {arrow.kind}".rstrip()
    parts = [
        f'<g class="{classes}" id="{escape(arrow.id)}" data-tail="{escape(tail.id)}" '
        f'data-head="{escape(head.id)}">'
    ]
    if arrow.words:
        parts.append(f"<title>{escape(arrow.words)}</title>")
    parts.append(f'<path d="{path(route)}"/>{_tip(route)}')
    if arrow.label:
        a, b = route.label
        wide = label_width(arrow.label)
        # A line that is seen between two numbers would look like a minus.
        parts.append(
            f'<rect class="page" x="{_n(a - wide / 2)}" y="{_n(b - 7)}" width="{_n(wide)}" '
            f'height="14"/><text text-anchor="middle" x="{_n(a)}" y="{_n(b + 4)}">'
            f"{escape(arrow.label)}</text>"
        )
    return "".join([*parts, "</g>"])


def _tip(route: Route) -> str:
    """The head of an arrow, in the direction in which it enters."""
    (a, b), (x, y) = route.points[-2:]
    if route.down or (a == x and b != y):
        back = -7 if b <= y else 7
        corners = [(x, y), (x - 3.5, y + back), (x + 3.5, y + back)]
    else:
        back = -7 if a <= x else 7
        corners = [(x, y), (x + back, y - 3.5), (x + back, y + 3.5)]
    return f'<path class="tip" d="M{"L".join(f"{_n(p)} {_n(q)}" for p, q in corners)}Z"/>'
