"""Simplification: sums of products, what factors out of them, and the identities of the ops.

Must not know text, points or verdicts: it makes graphs from graphs that are equal to them.
"""

from gradcli.simplify import identities  # noqa: F401
