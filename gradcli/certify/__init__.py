"""A derivative at a point: every digit certified, both modes, series, differences, kinks, matrices.

Must not know claims, text, terminals or files; it returns results and prints nothing.
"""
