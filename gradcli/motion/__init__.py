"""Motion: the paths through a graph, descents, and a function followed over an interval.

Must not know how a program is read or how results are drawn.
"""
