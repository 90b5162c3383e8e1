"""The contraction of both modes, against NumPy: identities, ones, signs, masks, repeated letters.

Must not know where the factors come from, nor what they are simplified to.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from random import Random

import numpy as np
import pytest

from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.contract import contract
from gradcli.calculus.core import div, full, identity, mul, neg, number, symbol, where
from gradcli.graph.node import Node

SIZES = dict(zip("abcdABZijkl", (2, 3, 2, 3, 2, 3, 1, 3, 3, 3, 3), strict=True))
DRAWN = "abcdABZ"
Values = dict[Node, np.ndarray]


def value(node: Node, values: Values) -> np.ndarray:
    return evaluate([node], FLOAT64, values)[0][0, ...]


def naive(factors: list[tuple[Node, str]], out: str, values: Values) -> np.ndarray:
    """The sum over every letter that the result has not, spelt out."""
    letters = [*dict.fromkeys("".join([out, *(names for _, names in factors)]))]
    arrays = [value(node, values) for node, _ in factors]
    total = np.zeros([SIZES[x] for x in out])
    for places in product(*(range(SIZES[x]) for x in letters)):
        at = dict(zip(letters, places, strict=True))
        parts = (a[tuple(at[x] for x in n)] for a, (_, n) in zip(arrays, factors, strict=True))
        total[tuple(at[x] for x in out)] += np.prod([*parts])
    return total


def shape(letters: str) -> tuple[int, ...]:
    return tuple(SIZES[x] for x in letters)


def drawn(random: Random, values: Values) -> tuple[Node, str]:
    """A factor of one of the kinds that are simplified."""
    n = random.choice((0, 1, 1, 2, 2))
    letters = "".join(random.choices(DRAWN, k=n))

    def fresh(shape_: tuple[int, ...]) -> Node:
        node = symbol(f"x{len(values)}", shape_)
        values[node] = np.array([random.choice((-2.0, -1.0, 0.5, 3.0)) for _ in range(
            int(np.prod(shape_)))]).reshape(1, *shape_)  # fmt: skip
        return node

    def masked() -> Node:
        part = tuple(random.choice((1, k)) for k in shape(letters))[random.randint(0, n) :]
        other = shape(letters)[random.randint(0, n) :]
        left = fresh(part) < fresh(part)
        branches = [fresh(other), number(0)]
        made = where(left, *(branches if random.random() < 0.5 else branches[::-1]))
        return made if made.shape == shape(letters)[n - len(made.shape) :] else masked()

    kinds: list[Callable[[], Node]] = [
        lambda: fresh(shape(letters)),
        lambda: neg(fresh(shape(letters))),
        lambda: full(random.choice((1, 1, -1, 2)), shape(letters)),
        lambda: full(fresh(()), shape(letters)),
        lambda: mul(fresh(()), fresh(shape(letters))),
        lambda: div(fresh(()), fresh(())),
        masked,
    ]
    if n and random.random() < 0.5:
        pairs = [(x, random.choice([y for y in DRAWN if SIZES[y] == SIZES[x]])) for x in letters]
        return identity(shape(letters)), letters + "".join(y for _, y in pairs)
    node = random.choice(kinds)()
    return node, letters[n - len(node.shape) :]


def checked(factors: list[tuple[Node, str]], out: str, values: Values) -> None:
    dims = {x: SIZES[x] for x in "".join([out, *(names for _, names in factors)])}
    made = contract(factors, out, dims)
    assert made.shape == shape(out)
    np.testing.assert_allclose(value(made, values), naive(factors, out, values), atol=1e-9)


@pytest.mark.parametrize(
    ("identities", "rest", "out"),
    [
        (["iikl"], [], "kl"),
        (["iijj"], [], ""),
        (["iijk"], ["l"], "jkl"),
        (["ijji"], ["i"], ""),
        (["ijji"], ["ij"], ""),
        (["ii"], [], "i"),
        (["ij"], [], ""),
        (["ij"], [], "j"),
        (["ij"], ["i"], "j"),
        (["iiii"], [], ""),
        (["ij", "jk"], [], "ik"),
        (["ij", "ij"], [], ""),
        (["iijk"], ["jk"], ""),
    ],
)
def test_letters_that_an_identity_joins(identities: list[str], rest: list[str], out: str) -> None:
    """The forward mode of a trace meets its own tangent, an identity, with a letter twice."""
    values: Values = {}
    factors = [(identity((3,) * (len(x) // 2)), x) for x in identities]
    for k, names in enumerate(rest):
        node = symbol(f"x{k}", (3,) * len(names))
        values[node] = np.arange(1.0, 1 + 3 ** len(names)).reshape(1, *node.shape)
        factors.append((node, names))
    checked(factors, out, values)


@pytest.mark.parametrize("seed", range(20))
def test_any_factors(seed: int) -> None:
    random = Random(seed)
    for _ in range(40):
        values: Values = {}
        factors = [drawn(random, values) for _ in range(random.randint(1, 3))]
        have = "".join(names for _, names in factors) or "a"
        out = "".join(random.choices(have + "a", k=random.randint(0, 3)))
        checked(factors, out, values)


def test_stretched_axes_of_a_mask_get_letters_of_their_own() -> None:
    """A condition that is the same in all rows, beside letters that a user chose."""
    values: Values = {}
    for name, of in (("c", (1, 2)), ("u", (3, 2)), ("y", (2,))):
        values[symbol(name, of)] = np.arange(-1.0, np.prod(of) - 1).reshape(1, *of)
    condition, live, other = values
    for letters, out in (("bA", "bA"), ("dA", "d"), ("bA", "A")):
        factors = [(where(condition < 0, live, number(0)), letters), (other, letters[1])]
        checked(factors, out, values)
