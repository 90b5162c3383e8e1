"""Text becomes a syntax tree: tokens, tables, builders, and what is said of what cannot be read.

Must not know what a name means, nor any graph.
"""
