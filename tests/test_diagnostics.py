"""The face of a complaint, character by character.

Must not know the language; only spans, `Diagnostic` and how they are drawn.
"""

from __future__ import annotations

import pytest

from gradcli.errors import Diagnostic, Source, Span
from gradcli.show.diagnostics import render, styled


def span(source: Source, text: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return Span(source, start, start + len(text))


def test_one_caret() -> None:
    source = Source("notes/a.grad", "x = 1\n\np = sigmoid(w*x + )\n")
    found = Diagnostic(
        "G001",
        'expected a number, a name or "(" before ")"',
        Span(source, 25, 26),
        "nothing is added here",
    )
    assert render(found) == (
        """\
error[G001]: expected a number, a name or "(" before ")"
  --> notes/a.grad:3:19
   |
 3 | p = sigmoid(w*x + )
   |                   ^ nothing is added here"""
    )


NET = Source("net.grad", "W in R^(3, 2)\n\n\n\n\n\n\n\ndL/dx = W @ g\n")


def test_marks_in_one_line() -> None:
    marks = (
        (Span(NET, 29, 30), "W is 3x2 (line 1)"),
        (span(NET, "g"), "g is a vector of 3"),
    )
    found = Diagnostic("G201", "shapes", span(NET, "@"), help="W.T @ g fits\nor so", marks=marks)
    assert render(found) == (
        """\
error[G201]: shapes
  --> net.grad:9:11
   |
 9 | dL/dx = W @ g
   |         - ^ - g is a vector of 3
   |         |
   |         W is 3x2 (line 1)
   |
   = help: W.T @ g fits
           or so"""
    )


def test_labels_hang_from_right_to_left() -> None:
    marks = ((Span(NET, 29, 30), "left"), (span(NET, "g"), "right"))
    found = Diagnostic("G201", "shapes", span(NET, "@"), "middle", marks=marks)
    assert render(found).splitlines()[4:] == [
        "   |         - ^ - right",
        "   |         | |",
        "   |         | middle",
        "   |         left",
    ]


def test_a_mark_inside_the_span_stays_in_sight() -> None:
    found = Diagnostic("G201", "shapes", span(NET, "W @ g"), marks=((span(NET, "@"), "here"),))
    assert render(found).splitlines()[-1] == "   |         ^^-^^ here"


def test_marks_in_other_lines_and_files() -> None:
    other = Source("b.grad", "θ = 1")
    marks = ((span(NET, "W in"), "declared"), (span(other, "θ"), "and here"))
    found = Diagnostic("G007", "twice", span(NET, "g"), "again", marks=marks)
    assert render(found, "warning") == (
        """\
warning[G007]: twice
  --> net.grad:9:13
   |
 1 | W in R^(3, 2)
   | ---- declared
  ...
 9 | dL/dx = W @ g
   |             ^ again
  --> b.grad:1:1
   |
 1 | θ = 1
   | - and here"""
    )


def test_wide_characters_marks_and_tabs_keep_the_caret_in_place() -> None:
    source = Source("a", "中x\u0302\ty\0\u202ez")
    for text, column in {"x": 2, "y": 7, "z": 18}.items():
        shown = render(Diagnostic("G001", "m", span(source, text))).splitlines()
        assert shown[3] == " 1 | 中x\u0302    y\\x00\\u202ez"
        assert shown[4] == "   | " + " " * column + "^"


def test_ascii() -> None:
    source = Source("θ.grad", "中 + " + "x" * 300)
    found = Diagnostic("G001", "“no”…", span(source, "+"), "é", "≤\ud800")
    shown = render(found, ascii=True)
    assert shown.isascii()
    assert shown.splitlines()[0] == "error[G001]: \\u201cno\\u201d..."
    assert shown.splitlines()[4] == "   |        ^ \\xe9"
    assert not render(found).isascii()


@pytest.mark.parametrize("place", [0, 50, 80_000, 159_999])
def test_a_long_line_is_cut_round_the_caret(place: int) -> None:
    text = "x" * place + "!" + "x" * (159_999 - place)
    shown = render(Diagnostic("G001", "m", Span(Source("a", text), place, place + 1))).splitlines()
    assert shown[1] == f"  --> a:1:{place + 1}"
    assert shown[4].index("^") == shown[3].index("!")
    assert len(shown[3]) < 120
    assert shown[3].count("…") == 2 - (place < 40) - (place > 159_900)


def test_a_long_span_is_cut() -> None:
    shown = render(Diagnostic("G001", "m", Span(Source("a", "x" * 1000), 10, 900), "l"))
    assert len(shown.splitlines()[4]) < 120
    assert shown.endswith("^ l")


def test_a_span_over_several_lines_is_marked_in_its_first() -> None:
    shown = render(Diagnostic("G001", "m", Span(Source("a", "f(x,\n y)"), 1, 8)))
    assert shown.splitlines()[-1] == "   |  ^^^"


def test_a_far_mark_in_a_long_line_has_a_row_of_its_own() -> None:
    source = Source("a", "(" + "x" * 500 + "]")
    found = Diagnostic("G002", "m", span(source, "("), marks=((span(source, "]"), "here"),))
    assert render(found).splitlines()[-1].endswith("- here")


def test_ends_and_empty_texts() -> None:
    assert render(Diagnostic("G001", "m", Span(Source("a", ""), 0, 0))).endswith("\n   | ^")
    assert render(Diagnostic("G001", "m", Span(Source("a", "x +\n"), 3, 3))).endswith("\n   |    ^")
    many = Source("a", "\n" * 99 + "y")
    assert render(Diagnostic("G001", "m", span(many, "y"))).splitlines()[2:] == [
        "    |",
        "100 | y",
        "    | ^",
    ]


def test_without_a_place() -> None:
    assert render(Diagnostic("G401", "no", help="so")) == "error[G401]: no\n   = help: so"
    assert render(Diagnostic("G304", "no"), "note") == "note[G304]: no"


def test_styles() -> None:
    found = Diagnostic("G001", "m", span(NET, "g"), "here", "so", ((span(NET, "@"), "there"),))
    pieces = styled(found)
    assert "".join(text for text, _ in pieces) == render(found)
    assert {style for _, style in pieces} == {"", "error", "place", "help"}
    assert ("error[G001]", "error") in pieces
    assert [style for text, style in pieces if text.strip() == "here"] == ["error"]
    assert [style for text, style in pieces if text.strip() == "there"] == ["place"]
    assert "error" not in {style for _, style in styled(found, "note")}
