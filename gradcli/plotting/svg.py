"""Figures as one SVG, below each other: axes, curves, marks; light and dark as the reader has it.

Must not know what is drawn; it needs no network and no font of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from gradcli.plotting.figure import Axis, Figure, Plotted, label

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 40, 44
STYLE = """text { font: 13px system-ui, sans-serif; fill: #222; }
text.title { font-weight: 600; font-size: 14px; }
.axis { stroke: #666; fill: none; } .grid { stroke: #ddd; fill: none; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
.value { stroke: #1a7f37; } .gradient { stroke: #cf222e; } .title { stroke: none; }
.good { stroke: #0969da; } .dim { stroke: #888; stroke-dasharray: 5 4; }
.dot.value { fill: #1a7f37; } .dot.gradient { fill: #cf222e; } .dot.good { fill: #0969da; }
.mark { fill: #fff; stroke: #222; stroke-width: 1.5; }
.line { stroke: #888; stroke-dasharray: 2 4; }
.page { fill: #fff; }
@media (prefers-color-scheme: dark) { text { fill: #e6e6e6; } .page { fill: #161b22; }
.grid { stroke: #30363d; } .axis { stroke: #8b949e; } .value { stroke: #3fb950; }
.gradient { stroke: #ff7b72; } .good { stroke: #58a6ff; } .dot.value { fill: #3fb950; }
.dot.gradient { fill: #ff7b72; } .dot.good { fill: #58a6ff; }
.mark { fill: #161b22; stroke: #e6e6e6; } }"""


def svg(figures: Sequence[Figure]) -> str:
    """One document with the figures from top to bottom."""
    height = HEIGHT * len(figures)
    title = escape(figures[0].title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="{title}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
    ]
    for k, figure in enumerate(figures):
        parts += [f'<g transform="translate(0 {k * HEIGHT})">', *_figure(figure), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _x(axis: Axis, x: float) -> float:
    return LEFT + axis.place(x) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, y: float) -> float:
    return HEIGHT - BOTTOM - axis.place(y) * (HEIGHT - TOP - BOTTOM)


def _figure(figure: Figure) -> list[str]:
    x_axis, y_axis = figure.axes()
    base, end = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [f'<text class="title" x="{LEFT}" y="24">{escape(figure.title)}</text>']
    for tick in y_axis.ticks(6):
        y = f"{_y(y_axis, tick):.1f}"
        parts.append(f'<path class="grid" d="M{LEFT} {y}H{end}"/>')
        parts.append(_text(LEFT - 8, float(y) + 4, label(tick), "end"))
    for tick in x_axis.ticks(8):
        x = f"{_x(x_axis, tick):.1f}"
        parts.append(f'<path class="axis" d="M{x} {base}v5"/>')
        parts.append(_text(float(x), base + 20, label(tick), "middle"))
    parts.append(_text(end, base + 38, figure.across, "end"))
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{base}H{end}"/>')
    for mark in figure.marks:
        if mark.y is None:
            x = f"{_x(x_axis, mark.x):.1f}"
            parts.append(f'<path class="line" d="M{x} {TOP}V{base}"/>')
            parts.append(_text(float(x), TOP - 4, mark.letter, "middle"))
    for curve in figure.curves:
        parts += _curve(curve, x_axis, y_axis)
    for mark in figure.marks:
        if mark.y is not None and not math.isnan(y_axis.place(mark.y)):
            x, y = f"{_x(x_axis, mark.x):.1f}", f"{_y(y_axis, mark.y):.1f}"
            parts.append(f'<circle class="mark" cx="{x}" cy="{y}" r="4"/>')
            parts.append(_text(float(x), float(y) - 9, mark.letter, "middle"))
    names = [curve for curve in figure.curves if len(figure.curves) > 1]
    for k, curve in enumerate(reversed(names)):
        right = end - 110 * k
        parts.append(f'<path class="curve {curve.style}" d="M{right - 100} 20h16"/>')
        parts.append(_text(right - 78, 24, curve.name, "start"))
    return parts


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _curve(curve: Plotted, x_axis: Axis, y_axis: Axis) -> list[str]:
    """The stretches of a curve between its breaks, kept within the axes."""
    runs: list[list[str]] = [[]]
    outside = False
    for x, y in curve.points:
        if math.isnan(x_axis.place(x)) or math.isnan(y_axis.place(y)):
            runs.append([])
            continue
        before, outside = outside, not 0 <= y_axis.place(y) <= 1
        if before and outside:
            runs.append([])
        at = min(max(_y(y_axis, y), TOP - 2), HEIGHT - BOTTOM + 2)
        runs[-1].append(f"{_x(x_axis, x):.1f} {at:.1f}")
    if curve.dots:
        shown = [p.split() for run in runs for p in run]
        dots = [f'<circle class="dot {curve.style}" cx="{x}" cy="{y}" r="3"/>' for x, y in shown]
        return dots + [_path(curve, run) for run in runs if len(run) > 1]
    return [_path(curve, run) for run in runs if len(run) > 1]


def _path(curve: Plotted, run: Sequence[str]) -> str:
    return f'<path class="curve {curve.style}" d="M{"L".join(run)}"/>'
