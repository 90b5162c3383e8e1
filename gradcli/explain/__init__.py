"""Explanation: the rows of a trace, and a derivative step by step as a lecturer writes it.

Must not know how anything is shown, only what there is to show.
"""
