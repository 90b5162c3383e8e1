"""A diagram in the language of Graphviz, which lays it out itself.

Must not know what is drawn.
"""

from __future__ import annotations

from html import escape

from gradcli.drawing.diagram import TINTS, Box, Diagram

COLOURS = {"value": "#1a7f37", "gradient": "#cf222e", "dim": "#656d76"}


def dot(diagram: Diagram, down: bool) -> str:
    """The whole text; boxes and arrows keep their ids, columns are clusters."""
    parts = [
        "digraph {",
        '  fontname="monospace";',
        f"  label={_quoted(diagram.title)}; labelloc=t; rankdir={'TB' if down else 'LR'};",
        '  node [shape=box, fontname="monospace", fontsize=10, color="#8c959f"];',
        '  edge [fontname="monospace", fontsize=9, color="#6e7781"];',
    ]
    for column in diagram.columns():
        inner = [_box(box, "    ") for box in diagram.boxes if box.column == column]
        head = f"  subgraph cluster_{column} {{ label={column}; style=filled; color=gray94;"
        parts += [head, *inner, "  }"]
    parts += [_box(box, "  ") for box in diagram.boxes if box.column is None]
    for arrow in diagram.arrows:
        ends = f"{_quoted(diagram.boxes[arrow.tail].id)} -> {_quoted(diagram.boxes[arrow.head].id)}"
        label = f", label={_quoted(arrow.label)}" if arrow.label else ""
        style = {"uses": ", style=dotted", "back": ', color="#cf222e"'}.get(arrow.kind, "")
        parts.append(f"  {ends} [id={_quoted(arrow.id)}{label}{style}];")
    return "\n".join([*parts, "}", ""])


def _box(box: Box, indent: str) -> str:
    lines = []
    for words in box.lines:
        text = escape(words.text).replace(" ", "&#160;")
        if words.style == "title":
            text = f"<b>{text}</b>"
        elif words.style in COLOURS:
            text = f'<font color="{COLOURS[words.style]}">{text}</font>'
        lines.append(text)
    styles = {"input": "rounded,dashed", "output": "bold"}.get(box.kind, "rounded")
    fill = f', fillcolor="{TINTS[(box.tint - 1) % len(TINTS)]}"' if box.tint else ""
    style = f'style="{styles}{",filled" if fill else ""}"{fill}'
    tip = f", tooltip={_quoted(box.words)}" if box.words else ""
    id = _quoted(box.id)
    return f"{indent}{id} [id={id}, label=<{'<br/>'.join(lines)}>, {style}{tip}];"


def _quoted(text: str) -> str:
    held = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{held}"'
