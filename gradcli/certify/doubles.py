"""Graphs at a point of doubles: every result the double nearest to the exact one.

Must not know what the results are for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import numbers
from gradcli.arithmetic.decimal import nearest
from gradcli.arithmetic.evaluate import evaluate
from gradcli.certify.certify import FIRST_BITS, LAST_BITS
from gradcli.errors import UnsettledError, wrong
from gradcli.graph.node import Node


def doubles(
    graphs: Sequence[Node], given: Mapping[Node, Array], sizes: Mapping[str, int]
) -> list[Any]:
    """The values of some graphs as nested lists; GradcliError where one has none."""
    bits = FIRST_BITS
    while True:
        with precision(bits):
            point = {node: numbers(array, BALL) for node, array in given.items()}
            found = [value[0, ...] for value in evaluate(graphs, BALL, point, sizes)]
            rounded = [[nearest(x) for x in value.flat] for value in found]
            if all(x is not None for row in rounded for x in row):
                pairs = zip(rounded, found, strict=True)
                return [np.array(row).reshape(value.shape).tolist() for row, value in pairs]
        if bits >= LAST_BITS:
            if all(finite(x) for value in found for x in value.flat):
                message = "a value could not be settled here"
                raise UnsettledError(*wrong("G304", message).diagnostics)
            raise wrong("G306", "there is no value here, or it is too large")
        bits *= 2


def counting_up(shape: tuple[int, ...]) -> Array:
    """1, 2, 3, … in an array."""
    return np.arange(1.0, prod(shape) + 1).reshape(shape)
