"""LaTeX as a second spelling of the language: documents, displays and rows become its statements.

Must not know how claims are judged, nor where a text comes from.
"""

LATEX = (".tex", ".ltx", ".latex")
"""What the names of files in LaTeX end in."""
