"""What the names of a derivation are, in words and digits that an editor shows.

Must not know where a name stands, nor how its value was found.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.api.givens import Givens
from gradcli.api.names import MOST, NameFact
from gradcli.api.names import facts as facts_of
from gradcli.claims import Derivation
from gradcli.graph.shape import describe, show
from gradcli.show.numbers import inline

DIGITS = 6


@dataclass(slots=True)
class ShownFact:
    """What a name is: `defined` or declared, its shape, its formula or set, its value if known."""

    defined: bool
    shape: str
    words: str
    text: str
    value: str = ""


def facts(derivation: Derivation, givens: Givens) -> dict[str, ShownFact]:
    """Every input and every defined name."""
    return {name: _shown(fact) for name, fact in facts_of(derivation, givens).items()}


def _shown(fact: NameFact) -> ShownFact:
    value = ""
    if fact.value is not None:
        value = inline(fact.value, fact.size, DIGITS, widest=10 * MOST)
    return ShownFact(fact.defined, show(fact.shape), describe(fact.shape), fact.text, value)
