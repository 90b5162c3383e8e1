"""What a relation needs: `≈` a point that gives every name, `!=` sides of one shape.

Must not know how sides are compared.
"""

from __future__ import annotations

import pytest

import gradcli


def told(text: str) -> tuple[list[str], list[str]]:
    """The codes of what is wrong, and the verdicts in spite of it."""
    (file,) = gradcli.check(text).files
    return [found.code for _, found in file.errors], [f.verdict for f in file.findings]


HEAD = "w, x, unused in R\nf = w*x^2\n"


@pytest.mark.parametrize(
    ("text", "codes", "verdicts"),
    [
        ("f ≈ 12.0", ["G010"], []),
        ("at x = 2\nf ≈ 12.0", ["G010"], []),
        ("at x = 2\ndf/dw ≈ 4.0", ["G010"], []),
        ("at x = 2\nx^2 ≈ 4.0", [], ["holds"]),
        ("at x = 2\ndf/dx ≈ 12.0", ["G010"], []),
        ("at x = 2, w = 3\nf ≈ 12.0\nf ≈ 12.1", [], ["holds", "refuted"]),
        ("at x = 2, w = 3\nf ≈ 12.0\nat random\nf ≈ 12.0", ["G010"], ["holds"]),
        ("at x = 2, w = 3\nf ≈ 12.0\n  ≈ 12\n  ≈ 12.00", [], ["holds", "holds", "holds"]),
        ("f ≈ w*x*x ± 1e-6", [], ["holds"]),
        ("pi ≈ 3.14", [], ["holds"]),
        ("pi ≈ 3.15", [], ["refuted"]),
    ],
)
def test_rounding_needs_a_point(text: str, codes: list[str], verdicts: list[str]) -> None:
    assert told(HEAD + text) == (codes, verdicts)


def test_the_name_without_a_value_is_named() -> None:
    (file,) = gradcli.check(f"{HEAD}at x = 2\nf ≈ 12.0").files
    ((_, found),) = file.errors
    assert found.message.endswith("w has no value")
    assert found.span is not None
    assert found.span.text == "12.0"


@pytest.mark.parametrize(
    ("text", "codes", "verdicts"),
    [
        ("x in R^3\nx != x.T", ["G201"], []),
        ("x in R^n\nx != sum(x)", ["G201"], []),
        ("x in R^3\nx^2 != 0", [], ["proved"]),
        ("x in R^3\nx != 2*x", [], ["proved"]),
        ("x in R^3\nx + x != 2*x", [], ["refuted"]),
        ("x in R^3\n2*x = 2*x.T", [], ["refuted"]),
    ],
)
def test_sides_that_must_differ_have_one_shape(
    text: str, codes: list[str], verdicts: list[str]
) -> None:
    assert told(text) == (codes, verdicts)


def test_a_rounded_line_is_exact_for_the_line_below() -> None:
    text = "at x = 1\nx/3 ≈ 0.333\n  ≈ 0.33\n  ≈ 0.333\n"
    assert told(text) == ([], ["holds", "holds", "refuted"])


LOOP = """
x in R^T
s[0] = 0
for t in 1..T { s[t] = s[t-1] + x[t-1]^2 }
"""


def test_functions_that_agree_at_one_size_differ_all_the_same() -> None:
    """For T = 1 both sides are one function; the letter stands for every size."""
    report = gradcli.check(LOOP + "s[T] != x[0]^2\n")
    [found] = report.findings
    assert found.verdict == "proved"
    [found] = gradcli.check(LOOP + "x[0]^2 = s[T]\n").findings
    assert found.verdict == "refuted"


def test_the_sizes_that_a_loop_needs_are_stated() -> None:
    [found] = gradcli.check(LOOP + "d(s[T])/dx = 2*x\n").findings
    assert (found.verdict, found.evidence.every_size) == ("holds", False)
    assert found.evidence.proved == found.evidence.sizes
    assert len({sizes["T"] for sizes in found.evidence.sizes}) == len(found.evidence.sizes) == 5
