"""Sums over the rows of data: found in a graph, taken part by part, and added up again.

Must not know files, formats or terminals.
"""
