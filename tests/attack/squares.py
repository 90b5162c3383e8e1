"""Claims about square matrices of any size, right ones and ones that small matrices satisfy.

Must not know how claims are judged; a wrong one is a right one plus what vanishes at small sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.attack.verdicts import Attack

LETTERS = "ABC"
SMALL = (
    # Cayley and Hamilton: right up to n = 1, 2.
    "tr(A)^2 - tr(A@A)",
    "tr(A)^3 - 3*tr(A)*tr(A@A) + 2*tr(A@A@A)",
    # Commutators of matrices that have one entry.
    "tr(A@B@A@B) - tr(A@A@B@B)",
    "sum((A@B - B@A).^2)",
    "tr(A)*tr(B) - tr(A@B)",
    "tr(eye(n)) - 1",
)


def _word(random: Random) -> list[str]:
    return [random.choice(LETTERS) for _ in range(random.randrange(1, 5))]


def _right(random: Random) -> str:
    word, other = _word(random), _word(random)
    shift = random.randrange(len(word))
    turned = word[shift:] + word[:shift]
    text, back = "@".join(word), "@".join(f"{x}.T" for x in reversed(word))
    return random.choice(
        [
            f"tr({text}) = tr({'@'.join(turned)})",
            f"tr({text}) = tr({back})",
            f"tr(({text})@({'@'.join(other)})) = sum(({text}).T.*({'@'.join(other)}))",
            f"tr({text} + 3*eye(n)) = tr({text}) + 3*n",
            f"dot(x, ({text})@x) = dot(x, ({back})@x)",
            f"f = dot(x, ({text})@x); df/dx = ({text} + {back})@x",
            f"f = sum(tanh(({text})@x)); df/dx = ({back})@(1 - tanh(({text})@x)^2)",
            f"sum(({text}).^2) = tr(({text})@({back}))",
        ]
    )


def _falling(upto: int) -> str:
    return "*".join(f"(n - {k})" for k in range(1, upto + 1))


def attacks(seed: int) -> Iterator[Attack]:
    """Without end; one in three is right."""
    random = Random(f"squares {seed}")
    start = "A, B, C in R^(n, n); x in R^n; "
    while True:
        claim = _right(random)
        if not random.randrange(3):
            yield Attack(start + claim, True)
        else:
            upto = random.randrange(1, 9)
            spoil = f"({random.choice(SMALL)})*{_falling(upto)}"
            yield Attack(f"{start}{claim} + {spoil}", False, upto > 5)
