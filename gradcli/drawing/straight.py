"""Places along a layer that make lines straight: a least-squares fit that keeps order and gaps.

Must not know boxes: it fits numbers. R. E. Barlow et al. (1972), pool adjacent violators.
"""

from __future__ import annotations

from collections.abc import Sequence


def isotonic(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest numbers that do not fall, by weighted least squares."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(wanted, weights, strict=True):
        mean, heavy, count = value, weight, 1
        while blocks and blocks[-1][0] > mean:
            other, more, many = blocks.pop()
            mean = (mean * heavy + other * more) / (heavy + more)
            heavy, count = heavy + more, count + many
        blocks.append((mean, heavy, count))
    return [mean for mean, _, count in blocks for _ in range(count)]


def spaced(
    wanted: Sequence[float], weights: Sequence[float], apart: Sequence[float]
) -> list[float]:
    """The nearest numbers of which each is at least `apart` beyond the one before."""
    before, total = [], 0.0
    for gap in (0.0, *apart)[: len(wanted)]:
        total += gap
        before.append(total)
    shifted = [w - b for w, b in zip(wanted, before, strict=True)]
    return [x + b for x, b in zip(isotonic(shifted, weights), before, strict=True)]
