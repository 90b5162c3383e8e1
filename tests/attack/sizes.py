"""Claims in dimension letters that are wrong from a size on, or at one size only.

Must not know how claims are judged; each is a right identity plus what vanishes at small sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.attack.verdicts import Attack

RIGHT = (
    "sum(x) + sum(y) = sum(x + y)",
    "mean(x) = sum(x)/n",
    "x.T @ y = sum(x*y)",
    "sum((x - mean(x))^2) = sum(x^2) - n*mean(x)^2",
    "sum((x + y)^2) = sum(x^2) + 2*sum(x*y) + sum(y^2)",
    "var(x) = mean(x^2) - mean(x)^2",
    "f = sum(x^2)/n; df/dx = 2*x/n",
    "f = logsumexp(x); df/dx = exp(x)/sum(exp(x))",
    "f = norm(x - y)^2; df/dx = 2*(x - y)",
    "f = sum(relu(x)*y); df/dx = y*step(x)",
    "p = softmax(x); f = p.T @ y; df/dx = p*(y - p.T @ y)",
    "f = mean(tanh(x)); df/dx = (1 - tanh(x)^2)/n",
)


def _falling(upto: int, at: str) -> str:
    """What is zero at the sizes from one on."""
    return "*".join(f"({at} - {k})" for k in range(1, upto + 1))


def _spoil(random: Random) -> str:
    """What vanishes at some sizes: below a number, at all but one, or where few entries count."""
    upto = random.randrange(1, 12)
    count = "sum(step(x))"
    moments = [f"sum(x^{k})" for k in range(1, 4)]
    return random.choice(
        [
            _falling(upto, "n"),
            f"{count}*{_falling(upto, count)}",
            f"relu({count} - {upto})",
            f"relu(n - {upto})",
            f"relu(log(n) - {upto / 4})",
            f"where(n == {upto + 20}, x[0], 0)",
            f"relu(sum(clip(x, 0, 1)) - {upto})",
            f"({moments[0]}^3 - 3*{moments[0]}*{moments[1]} + 2*{moments[2]})",
            f"log(n)*{_falling(upto, 'n')}",
            f"({_falling(upto, 'n')})*sum(x)",
        ]
    )


def attacks(seed: int) -> Iterator[Attack]:
    """Without end; one in three is right."""
    random = Random(f"sizes {seed}")
    while True:
        claim, start = random.choice(RIGHT), "x, y in R^n; "
        kind = random.randrange(6)
        if kind < 2:
            yield Attack(start + claim, True)
        elif kind < 5:
            yield Attack(f"{start}{claim} + {_spoil(random)}", False)
        else:
            k = random.randrange(5, 11)
            wrong = random.choice(
                [
                    f"f = mean(x); df/dx[{k}] = 1/{k + 1}",
                    f"f = x[{k}]*x[0]; df/dx[0] = n/{k + 1}*x[{k}]",
                    f"mean(x) = sum(i in 0..{k}, x[i])/{k + 1}",
                    f"sum(x) = {' + '.join(f'x[{i}]' for i in range(k))}",
                    f"x[n - 1] = x[{k}]",
                    f"f = sum(x^2) + 0*x[{k}]; df/dx = 2*n/{k + 1}*x",
                ]
            )
            yield Attack(start + wrong, False)
