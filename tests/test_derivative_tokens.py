"""Which tokens are derivatives: nothing is lost or moved by telling them from quotients of names.

Must not know what a derivative means, nor the grammar.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.errors import Source
from gradcli.language.parsing import tables
from gradcli.language.parsing.derivative_tokens import DerivativeScanner
from gradcli.language.parsing.tokens import Token, tokenize

MADE = ("OF", "BY", "ALSO", "ORDER")
PIECES = """
d ∂ dL dx dy dh d2L d3 d2 dx2 dxdy d2f L w x y h f x2 xdy ∂2 2 3 ² ³ ^ ^2 / ./ ( ) [ ] [0] , = * +
in for at derivation { } ; ' .T "a" pi e dpi de ŷ dŷ . $ \\frac
"""
WORDS = st.sampled_from([*PIECES.split(), "\n", " "])
TEXTS = st.one_of(
    st.lists(WORDS).map("".join),
    st.lists(WORDS).map(" ".join),
    st.text("dLx∂/2^²() \n[]0", max_size=30),
)
KNOWN = st.sets(st.sampled_from(["L", "w", "x", "y", "h", "f", "dL", "dx", "x2", "xdy", "d", "ŷ"]))


def tokens_of(text: str) -> list[Token]:
    return tokenize(text, tables.load())


def kept(text: str, known: set[str] | frozenset[str] = frozenset()) -> list[Token]:
    return DerivativeScanner(Source("t", text), tokens_of(text), known).kept


@settings(max_examples=150)
@given(TEXTS, KNOWN)
def test_every_token_stays_in_its_place(text: str, known: set[str]) -> None:
    found = kept(text, known)
    for before, after in pairwise(found):
        assert before.start <= before.end <= after.start, (before, after)
    for token in found:
        assert 0 <= token.start <= token.end <= len(text)
        if token.kind not in MADE:
            assert token.text == text[token.start : token.end]


@settings(max_examples=150)
@given(TEXTS, KNOWN)
def test_no_character_is_lost(text: str, known: set[str]) -> None:
    """What stands in no token of its own any more is a part of the signs of a derivative."""
    found = kept(text, known)
    held = {k for token in found for k in range(token.start, token.end)}
    for token in tokens_of(text):
        for k in range(token.start, token.end):
            assert k in held or text[k] in "0123456789^*²³", (text, text[k])
    signs = {k for t in found if t.kind in MADE for k in range(t.start, t.end)}
    assert {text[k] for k in signs} <= {*"d∂/0123456789^*²³ "}


@settings(max_examples=150)
@given(TEXTS, KNOWN)
def test_what_is_no_derivative_is_not_touched(text: str, known: set[str]) -> None:
    """Tokens of statements without a derivative are the ones that were read, one by one."""
    found = kept(text, known)
    if not any(token.kind in MADE for token in found):
        assert found == tokens_of(text)
    whole = [token for token in found if token.kind not in (*MADE, "NAME")]
    rest = iter(tokens_of(text))
    assert all(token in rest for token in whole), "in another order"


@pytest.mark.parametrize(
    "text",
    [
        "dist = a/b; speed = dist/time",
        "x/y + L/w; a = b/c",
        "data = 3; q = data/7; r = q/data",
        "dx, dt in R; v = dx/dt",
        "d = 3; q = d/2; f = d/q",
        "da = 1; db = 2; q = da/db",
        "sin(d)/cos(d)",
        "X[0]/d[1]",
        "d*x/y",
    ],
)
def test_quotients_of_names_stay_quotients(text: str) -> None:
    assert kept(text) == tokens_of(text)


def shown(text: str, known: str) -> str:
    """Kinds of what was made, and the text of everything else."""
    return " ".join(
        f"{t.kind}{t.text}" if t.kind in MADE else t.text
        for t in kept(text, frozenset(known.split()))
    )


SHOWN = {
    "dL/dw": "OF1 L BY w",
    "∂L/∂w": "OF1 L BY w",
    "d(L)/d(w)": "OF1 ( L ) BY ( w )",
    "d2L/dw2": "OF2 L BY w ORDER2",
    "∂²L/∂x∂w": "OF2 L BY x ALSO w",
    "d3L/dx2dw": "OF3 L BY x ORDER2 ALSO w",
    "dL/dw^2": "OF1 L BY w ^ 2",
    "dL[0]/dx[1]": "OF1 L [ 0 ] BY x [ 1 ]",
    "d/dx (w)": "OF1 BY x ( w )",
    "dL/dx * dx/dw": "OF1 L BY x * OF1 x BY w",
    "dL/dx/2": "OF1 L BY x / 2",
    "2/dx": "2 / dx",
}


@pytest.mark.parametrize("text", SHOWN)
def test_signs_of_a_derivative(text: str) -> None:
    assert shown(text, "L w x") == SHOWN[text]


def test_what_is_known_ends_with_its_derivation() -> None:
    text = 'derivation "a"\ndL = 1\ndw = 2\nq = dL/dw\nderivation "b"\nL = w\ndL/dw = 1'
    made = [token.start for token in kept(text) if token.kind == "OF"]
    assert made == [text.rindex("dL/dw")]
