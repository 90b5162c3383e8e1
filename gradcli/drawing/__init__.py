"""Drawing: boxes with arrows between them, as rails, SVG, DOT, Mermaid and TikZ.

Must not know what is drawn: a diagram is texts with styles, joined by arrows.
"""
