"""Notation: how graphs are written down, as text of the language and as LaTeX.

Must not know what is written for whom, nor any number but those that stand in a graph.
"""
