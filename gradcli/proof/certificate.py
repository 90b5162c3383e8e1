"""Which of several square roots are independent: a certificate by the rank of quadratic characters.

Must not know residues, nor how the points were drawn at which the characters were found.
"""

from __future__ import annotations

from collections.abc import Sequence

Row = Sequence[int | None]
"""At one point for every root: 0 if its radicand has a root modulo p, 1 if not; None if it is no
integer modulo p, as it rests on a root that is none."""


def independent(rows: Sequence[Row]) -> bool:
    """Whether no product of the radicands is a constant times a square: the roots make a field.

    If r = c*s^2 for such a product, the characters of its factors sum to that of c at every point
    (s is regular there and not zero): their columns and one of ones would be dependent. Radicands
    that rest on other roots are taken at points at which those are integers modulo p, so that they
    are points of the field below: its own columns vanish there. A full rank is a proof.
    """
    columns = [*range(len(rows[0]))]
    while columns:
        known = [row for row in rows if all(row[c] is not None for c in columns)]
        upper = [c for c in columns if any(row[c] for row in known)]
        if not upper or len(basis(known, upper)) < len(upper):
            return False
        columns = [c for c in columns if c not in upper]
    return True


def flat(rows: Sequence[Row]) -> list[int]:
    """The columns of radicands that rest on no other root."""
    return [c for c in range(len(rows[0])) if all(row[c] is not None for row in rows)]


def basis(rows: Sequence[Row], columns: Sequence[int]) -> list[int]:
    """The first columns that are independent of each other and of one of ones, over GF(2)."""
    pivots = {0: (1 << len(rows)) - 1}
    found = []
    for c in columns:
        bits = sum((row[c] or 0) << k for k, row in enumerate(rows))
        # A pivot has been reduced by those before it, and is zero where they have theirs.
        for k, pivot in pivots.items():
            if bits >> k & 1:
                bits ^= pivot
        if bits:
            pivots[(bits & -bits).bit_length() - 1] = bits
            found.append(c)
    return found
