"""A diagram in Mermaid's language of flowcharts, which Markdown on the web shows as a picture.

Must not know what is drawn.
"""

from __future__ import annotations

from gradcli.drawing.diagram import TINTS, Box, Diagram

CLASSES = {
    "input": "stroke-dasharray:4 3",
    "output": "stroke-width:3px",
    "derivative": "stroke:#cf222e",
}
COLOURS = {"value": "#1a7f37", "gradient": "#cf222e"}
ESCAPES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}


def mermaid(diagram: Diagram, down: bool) -> str:
    """The whole text, a line for each box and each arrow."""
    parts = [f"flowchart {'TB' if down else 'LR'}"]
    for column in diagram.columns():
        inner = [f"    {_box(box)}" for box in diagram.boxes if box.column == column]
        parts += [f'  subgraph turn{column}["{column}"]', *inner, "  end"]
    parts += [f"  {_box(box)}" for box in diagram.boxes if box.column is None]
    for arrow in diagram.arrows:
        line = "-.->" if arrow.kind == "uses" else "-->"
        label = f'|"{_escaped(arrow.label)}"|' if arrow.label else ""
        tail, head = diagram.boxes[arrow.tail].id, diagram.boxes[arrow.head].id
        parts.append(f"  {_id(tail)} {line}{label} {_id(head)}")
    for kind, style in CLASSES.items():
        found = [_id(box.id) for box in diagram.boxes if box.kind == kind]
        if found:
            parts += [f"  classDef {kind} {style}", f"  class {','.join(found)} {kind}"]
    for tint in sorted({box.tint for box in diagram.boxes if box.tint}):
        found = [_id(box.id) for box in diagram.boxes if box.tint == tint]
        fill = TINTS[(tint - 1) % len(TINTS)]
        parts.append(f"  classDef tint{tint} fill:{fill},color:#1f2328")
        parts.append(f"  class {','.join(found)} tint{tint}")
    return "\n".join([*parts, ""])


def _id(text: str) -> str:
    """An id without the signs that the language reads otherwise."""
    return text.replace("-", "_")


def _box(box: Box) -> str:
    lines = []
    for words in box.lines:
        text = _escaped(words.text)
        if words.style in COLOURS:
            text = f"<span style='color:{COLOURS[words.style]}'>{text}</span>"
        lines.append(text)
    opened, closed = ("(", ")") if box.kind == "input" else ("[", "]")
    return f'{_id(box.id)}{opened}"{"<br/>".join(lines)}"{closed}'


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(char, char) for char in text)
