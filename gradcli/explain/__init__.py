"""Explanation: the rows of a trace, formulas of vertices, the pages of functions.

Must not know how anything is shown, only what there is to show.
"""
