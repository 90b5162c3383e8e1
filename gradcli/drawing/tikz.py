"""A layout as a `tikzpicture`, in the places that the layout gives, with formulas as formulas.

Must not know what is drawn; the document needs the packages tikz and amsmath.
"""

from __future__ import annotations

from gradcli.drawing.diagram import Box, BoxLine
from gradcli.drawing.layout import DrawnLayout
from gradcli.drawing.places import BoxPlace, Point, Route
from gradcli.notation.symbols import escaped

CENTIMETRE = 44.0
"""Pixels of a layout to a centimetre."""
COLOURS = {"value": "graphvalue", "gradient": "graphgradient"}
TINTS = ("cyan!12", "yellow!18", "violet!10", "magenta!10", "gray!15")


def tikz(layout: DrawnLayout) -> str:
    """The whole picture; its first line says what the document needs."""
    diagram = layout.diagram
    parts = [
        r"% \usepackage{tikz,amsmath} \usetikzlibrary{arrows.meta}",
        r"\begin{tikzpicture}[x=1cm, y=-1cm, >={Stealth}, font=\scriptsize,",
        r"  box/.style={draw=gray, rounded corners=2pt, align=center, inner sep=2pt},",
        r"  input/.style={box, dashed, rounded corners=6pt}, inner/.style={box},",
        r"  output/.style={box, draw=black, very thick},",
        r"  derivative/.style={box, draw=graphgradient},",
        r"  edge/.style={->, gray}, back/.style={edge, draw=graphgradient},",
        r"  uses/.style={edge, dotted}, local/.style={fill=white, inner sep=1pt, text=black,"
        r" font=\tiny}]",
        r"\definecolor{graphvalue}{HTML}{1A7F37}\definecolor{graphgradient}{HTML}{CF222E}",
    ]
    for column, place in layout.bands:
        parts.append(_band(column, place))
    for box, place in zip(diagram.boxes, layout.places, strict=True):
        parts.append(_node(box, place))
    for arrow, route in zip(diagram.arrows, layout.routes, strict=True):
        style = arrow.kind or "edge"
        parts.append(rf"\draw[{style}] {_path(route)};")
        if arrow.label:
            text = _text(BoxLine(arrow.label, "", arrow.math))
            parts.append(rf"\node[local] at {_at(route.label)} {{{text}}};")
    return "\n".join([*parts, r"\end{tikzpicture}", ""])


def _n(x: float) -> str:
    return f"{x / CENTIMETRE:.3f}".rstrip("0").removesuffix(".")


def _at(point: Point) -> str:
    return f"({_n(point[0])},{_n(point[1])})"


def _band(column: int, place: BoxPlace) -> str:
    start, end = (place.x, place.y), (place.x + place.width, place.y + place.height)
    return (
        rf"\fill[gray!8] {_at(start)} rectangle {_at(end)};"
        rf"\node[gray, anchor=north west] at {_at(start)} {{{column}}};"
    )


def _node(box: Box, place: BoxPlace) -> str:
    fill = f", fill={TINTS[(box.tint - 1) % len(TINTS)]}" if box.tint else ", fill=white"
    size = f"minimum width={_n(place.width)}cm, minimum height={_n(place.height)}cm"
    lines = r"\\".join(_coloured(words) for words in box.lines)
    return rf"\node[{box.kind}{fill}, {size}] ({box.id}) at {_at(place.middle)} {{{lines}}};"


def _coloured(words: BoxLine) -> str:
    text = _text(words)
    colour = COLOURS.get(words.style)
    return rf"\textcolor{{{colour}}}{{{text}}}" if colour else text


def _text(words: BoxLine) -> str:
    return f"${words.math}$" if words.math else rf"\texttt{{{escaped(words.text)}}}"


def _path(route: Route) -> str:
    """Curves, upright or level at their ends."""
    found = [_at(route.points[0])]
    for (x, y), (a, b) in zip(route.points, route.points[1:], strict=False):
        if route.down:
            bends = (x, (y + b) / 2), (a, (y + b) / 2)
        else:
            bends = ((x + a) / 2, y), ((x + a) / 2, b)
        found.append(f".. controls {_at(bends[0])} and {_at(bends[1])} .. {_at((a, b))}")
    return " ".join(found)
