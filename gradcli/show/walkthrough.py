"""A graph as a page that one steps through: values forwards, then gradients back, or tangents.

Must not know how the numbers were found or how the drawing is laid out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from gradcli.api.graphs import GraphResult
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.calculus.core import INPUT
from gradcli.certify.result import TraceEdge, TraceNode
from gradcli.drawing.diagram import Diagram
from gradcli.drawing.mirrored import placed
from gradcli.drawing.svg import svg
from gradcli.errors import wrong
from gradcli.explain.outline import UPSTREAM
from gradcli.show import diff, matrix
from gradcli.show.diagnostics import render
from gradcli.show.diff import remarks
from gradcli.show.formats import Remark
from gradcli.show.graph import diagram
from gradcli.show.html import array, code, document, text

DIGITS = 6
SHARES = 6
"""So many first and so many last summands are shown of a long sum."""
NAV = """<nav aria-label="steps"><button id="back" type="button" aria-label="back">&#9664;</button>
<button id="on" type="button" aria-label="on">&#9654;</button>
<input id="slider" type="range" min="0" value="0" aria-label="step">
<output id="at" for="slider"></output>
<label><input id="all" type="checkbox"> all steps</label>
<span class="dim keys">arrow keys go on and back</span></nav>"""


@dataclass(frozen=True, slots=True)
class PageStep:
    """A step: its head and body as HTML, what of the drawing it is about, and what is known then.

    `at`, `values` and `gradients` are ids of the drawing, with spaces between.
    """

    forwards: bool
    head: str
    body: str
    at: str
    values: str = ""
    gradients: str = ""


def content(
    result: GraphResult, precision: int | None, gates: bool = False
) -> tuple[str, list[Remark]]:
    """The page, and the remarks that stand in it; with `gates` boxes name theirs."""
    if not any(vertex.row.edges for vertex in result.vertices):
        message = "there is nothing to step through: no vertex depends on an input"
        raise wrong("G010", message, help="give a point, as in  --at x=3")
    if result.product is not None:
        said = matrix.closing(result.product)
        return page(result, precision, said, gates), remarks(result.product)
    assert result.derivative is not None
    said = diff.closing(result.derivative)
    return page(result, precision, said, gates), remarks(result.derivative)


def still(drawn: Diagram, down: bool | None) -> str:
    """The page of a drawing in symbols, through which there are no steps."""
    body = f"<h1>{code(drawn.title)}</h1>\n<figure>{svg(placed(drawn, down))}</figure>"
    return document(drawn.title, body, ["steps.css"])


def page(
    result: GraphResult, precision: int | None, closing: Sequence[str], gates: bool = False
) -> str:
    """The page of a graph whose rows have numbers; `closing` says what was shown of them."""
    found = result.derivative or result.product
    notes = remarks(found) if found else []
    with working_precision(result.bits):
        walk = _Walk(result, precision or DIGITS)
        steps = walk.steps()
        locals_ = walk.locals()
        drawing = svg(placed(diagram(result, precision, gates), None))
        table = walk.table()
        value = walk.value()
    listed = "\n".join(_item(step, k) for k, step in enumerate(steps))
    said = "".join(f"<p class=dim>{escape(line)}</p>" for line in closing)
    noted = "".join(f"<pre>{escape(render(d, severity))}</pre>" for d, severity in notes)
    whole = "" if result.text == result.title else f" = {code(' '.join(result.text.split()))}"
    body = "\n".join([
        f"<h1>{code(result.title)}{whole}{value}</h1>", said, f"<figure>{drawing}</figure>", NAV,
        f'<ol class="steps">\n{listed}\n</ol>', "<h2>All of it</h2>", table, noted, locals_,
        '<div id="edge" role="status" hidden></div>',
    ])  # fmt: skip
    return document(f"{result.title} = {result.text}", body, ["steps.css"], "steps.js")


def _item(step: PageStep, k: int) -> str:
    way = "forward" if step.forwards else "backward"
    return (
        f'<li id="step-{k}" class="{way}" data-at="{step.at}" data-values="{step.values}" '
        f'data-gradients="{step.gradients}"><p class="head">{step.head}</p>{step.body}</li>'
    )


class _Walk:
    """The steps of one graph, in one number of digits."""

    def __init__(self, result: GraphResult, count: int) -> None:
        self.title, self.count = result.title, count
        self.rows = [vertex.row for vertex in result.vertices]
        self.active = {v.row.id for v in result.vertices if v.active}
        self.tangents = any(row.tangent is not None for row in self.rows)
        self.inner = [row for row in self.rows if row.op != INPUT.name]
        self.inputs = [row for row in self.rows if row.op == INPUT.name]

    def steps(self) -> list[PageStep]:
        """Inputs, the values of all vertices in order, and back along every edge."""
        found = [self._given(), *(self._forward(row) for row in self.inner)]
        output = self.rows[-1] if self.rows else None
        if not self.tangents and output is not None and output.adjoint is not None:
            found += self._back()
        return found

    # -- numbers

    def _value(self, row: TraceNode, style: str = "value") -> str:
        return array(row.value, row.shape, self.count, style)

    def _name(self, row: str) -> str:
        """The derivative that goes with a vertex."""
        return f"d{row}" if self.tangents else f"d{self.title}/d{row}"

    def _derivative(self, row: TraceNode) -> str:
        found = row.tangent if self.tangents else row.adjoint
        return array(found, row.shape, self.count, "gradient")

    def _flow(self, edge: TraceEdge, row: TraceNode) -> str:
        like = row if self.tangents else self.rows[edge.to]
        return array(edge.flow, like.shape, self.count, "gradient")

    # -- forwards

    def _given(self) -> PageStep:
        lines = [
            f'<div class="equation">{code(row.name)} = {self._value(row)}'
            + (f" {text('along', 'dim')} {self._derivative(row)}" if self.tangents else "")
            + "</div>"
            for row in self.inputs
        ]
        ids = " ".join(f"n{row.id}" for row in self.inputs)
        gradients = ids if self.tangents else ""
        what = "Given: the inputs, each with its tangent" if self.tangents else "Given: the inputs"
        return PageStep(True, text(what), "".join(lines), ids, ids, gradients)

    def _forward(self, row: TraceNode) -> PageStep:
        """A vertex of values that are known."""
        head = f"{code(f'{row.name} = {row.expression}')} {text(row.words, 'dim')}"
        made = ", ".join(
            f"{code(each.name)} = {self._value(each)}"
            for each in {edge.to: self.rows[edge.to] for edge in row.edges}.values()
        )
        body = f'<div class="equation">{code(row.name)} = {self._value(row)}</div>'
        if made:
            body += f'<div class="equation dim">{text("from")} {made}</div>'
        at = [f"n{row.id}", *(f"e{row.id}-{edge.index}" for edge in row.edges)]
        if self.tangents:
            body += self._tangent(row)
        own = f"n{row.id}"
        return PageStep(True, head, body, " ".join(at), own, own if self.tangents else "")

    def _tangent(self, row: TraceNode) -> str:
        """What every edge adds to the tangent, and the sum."""
        lines = [self._product(row, edge) for edge in row.edges]
        if len(row.edges) > 1:
            parts = " + ".join(self._flow(edge, row) for edge in row.edges)
            lines.append(
                f'<div class="equation">{code(self._name(row.name))} = {parts} = '
                f"{self._derivative(row)}</div>"
            )
        return "".join(lines) + _gate(row)

    # -- back

    def _back(self) -> list[PageStep]:
        output = self.rows[-1]
        own = f"n{output.id}"
        one = _equation(code(self._name(output.name)), "=", self._derivative(output))
        found = [PageStep(False, text("Back: the output by itself"), one, own, "", own)]
        arrived: dict[int, list[tuple[TraceNode, TraceEdge]]] = {}
        for row in reversed(self.inner):
            for edge in row.edges:
                if edge.flow is None:
                    continue
                parts = arrived.setdefault(edge.to, [])
                parts.append((row, edge))
                found.append(self._backward(row, edge, parts))
        return found

    def _backward(
        self, row: TraceNode, edge: TraceEdge, parts: Sequence[tuple[TraceNode, TraceEdge]]
    ) -> PageStep:
        """What one edge hands down, and what its vertex has got by now."""
        to = self.rows[edge.to]
        whole = text(f"{row.name} = {row.expression}", "dim")
        head = f"From {code(row.name)} to {code(edge.name)} {whole}"
        body = self._product(row, edge)
        done = len(parts) == len(to.uses)
        if len(to.uses) > 1:
            parts_said = self._shares(parts)
            so_far = "=" if done else text(f"so far, {len(parts)} of {len(to.uses)} uses:", "dim")
            total = ["=", self._derivative(to)] if done else []
            name = code(self._name(to.name))
            body += _equation(name, so_far, " + ".join(parts_said), *total, more="adds-up")
        body += _gate(row)
        at = f"n{to.id} e{row.id}-{edge.index} n{row.id}"
        return PageStep(False, head, body, at, "", f"n{to.id}" if done else "")

    def _shares(self, parts: Sequence[tuple[TraceNode, TraceEdge]]) -> list[str]:
        """What has arrived from each use; of many the first and the last."""
        left = max(len(parts) - 2 * SHARES, 0)
        near = [*parts[:SHARES], *parts[SHARES + left :]] if left else parts
        said = [
            f"{self._flow(each, user)} {text(f'from {user.name}', 'dim')}" for user, each in near
        ]
        more = [text(f"… {left} more", "dim")] if left else []
        return [*said[:SHARES], *more, *said[SHARES:]]

    def _product(self, row: TraceNode, edge: TraceEdge) -> str:
        """Upstream times local is downstream, in symbols and in numbers."""
        to = self.rows[edge.to]
        from_, into = (to, row) if self.tangents else (row, to)
        upstream, downstream = self._name(from_.name), self._name(into.name)
        alone = not self.tangents and len(to.uses) < 2
        alone = alone or (self.tangents and len(row.edges) < 2)
        result = code(downstream) + (" =" if alone else ":")
        if not alone:
            result = f"{text('a part of', 'dim')} {result}"
        flow = self._flow(edge, row)
        if edge.elementwise and edge.local is not None:
            slope = code(f"∂{row.name}/∂{edge.name}")
            spread = not self.tangents and to.shape != row.shape
            return _equation(
                result, f"{code(upstream)} · {slope}", text("with", "dim"), slope, "=",
                code(edge.symbol.text),
            ) + _equation(
                self._derivative(from_), "·", array(edge.local, row.shape, self.count), "=", flow,
                text("summed over what was spread" if spread else "", "dim"), more="product",
            )  # fmt: skip
        known = [] if self.tangents else [text("with", "dim"), code(UPSTREAM), "=", code(upstream)]
        return _equation(result, code(edge.rule.text), *known) + _equation(
            code(upstream), "=", self._derivative(from_), text("gives", "dim"), flow,
            more="product",
        )  # fmt: skip

    # -- the whole

    def value(self) -> str:
        """That of the output, where it is a number."""
        output = self.rows[-1]
        return "" if output.shape else f" = {self._value(output)}"

    def locals(self) -> str:
        """Of every edge what is shown where somebody points at it: its local derivative."""
        found = []
        for row in self.inner:
            for edge in row.edges:
                head = code(f"∂{row.name}/∂{edge.name}")
                told = f" = {code(edge.symbol.text)}" if edge.symbol.text else ""
                numbers = self._local(edge, row)
                rule = f"<p>{text('rule: ', 'dim')}{code(edge.rule.text)}</p>"
                found.append(
                    f'<template id="local-e{row.id}-{edge.index}"><p>{head}{told}</p>'
                    f"{numbers}{rule}</template>"
                )
        return "\n".join(found)

    def _local(self, edge: TraceEdge, row: TraceNode) -> str:
        if edge.local is None:
            return "<p class=dim>too large to be shown</p>"
        if edge.elementwise:
            entry = " entry by entry" if row.shape else ""
            return f"<p>{array(edge.local, row.shape, self.count)}{text(entry, 'dim')}</p>"
        shape = (*row.shape, *self.rows[edge.to].shape)
        said = text(f"Jacobian of shape {'×'.join(map(str, shape))}", "dim")
        return f"<p>{array(edge.local, shape, self.count)} {said}</p>"

    def table(self) -> str:
        """Every vertex with its value and its derivative."""
        title = "tangent" if self.tangents else f"d{self.title}/d·"
        shown = any(self._known(row) for row in self.rows)
        rows = []
        for row in self.rows:
            made = "" if row.op == INPUT.name else code(row.expression)
            found = self._derivative(row) if self._known(row) else ""
            rows.append(
                f'<tr data-node="{escape(row.name)}"><th>{code(row.name)}</th><td>{made}</td>'
                f"<td>{self._value(row)}</td>" + (f"<td>{found}</td>" if shown else "") + "</tr>"
            )
        last = f"<th>{escape(title)}</th>" if shown else ""
        return (
            '<div class="wide"><table class="list" id="whole"><thead><tr><th>vertex</th><th>is</th>'
            f"<th>value</th>{last}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        )

    def _known(self, row: TraceNode) -> bool:
        found: Any = row.tangent if self.tangents else row.adjoint
        return found is not None


def _equation(*parts: str, more: str = "") -> str:
    """Pieces of HTML beside each other."""
    return f'<div class="{f"equation {more}".rstrip()}">{" ".join(filter(None, parts))}</div>'


def _gate(row: TraceNode) -> str:
    return f'<p class="gate dim">{escape(row.gate.does)}</p>' if row.gate else ""
