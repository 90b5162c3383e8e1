"""A file with several mistakes: each is reported once, and what only follows from one is not.

Must not know how reading resumes.
"""

from __future__ import annotations

import pytest

import gradcli
from gradcli.errors import GradcliError


def codes(text: str, *at: str) -> list[tuple[int, str]]:
    with pytest.raises(GradcliError) as caught:
        gradcli.diff(text, at)
    return [
        (d.span.source.position(d.span.start)[0], d.code)
        for d in caught.value.diagnostics
        if d.span
    ]


def test_syntax_names_and_shapes_of_one_file() -> None:
    text = "q = x +\nr = sin(x\n\ns = sigmod(x) + q\nW = [1,2] + [1,2,3]\nt = 1/2x\nt + W"
    found = codes(text, "x=1")
    assert found == [(1, "G001"), (2, "G002"), (4, "G005"), (5, "G201"), (6, "G003")]


def test_what_uses_a_name_in_error_is_passed_over() -> None:
    assert codes("q = x + ; r = q*2; r + sigmod(q)", "x=1") == [(1, "G001")]
    assert codes("q = nothing_known; r = q*2; r^2", "x=1") == [(1, "G010")]


def test_a_member_in_error_spoils_its_family_only() -> None:
    text = "h[0] = x\nfor t in 1..2 { h[t] = h[t-1] + ; g[t] = sigmod(x) }\nh[2] + g[1]"
    assert codes(text, "x=1") == [(2, "G001"), (2, "G005")]
