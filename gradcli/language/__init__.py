"""Text becomes a syntax tree with spans, and a syntax tree becomes a graph.

Must not know how anything is evaluated, judged or shown.
"""
