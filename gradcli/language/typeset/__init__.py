"""The language as LaTeX: expressions as they were written, and whole sheets of them.

Must not know how LaTeX is read, nor where a text comes from.
"""
