"""Plotting: curves over axes, as characters for a terminal and as SVG.

Must not know what is drawn: a figure is points with names.
"""
