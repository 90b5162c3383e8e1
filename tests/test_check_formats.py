"""What `check` shows: golden blocks and pages, and every machine format read by a real parser.

Must not know the engine: the reports are made by hand.
"""

from __future__ import annotations

import io
import json
import math
import re
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from test_show import complaints

import gradcli
from gradcli.choices import REPORTS
from gradcli.cli import screen
from gradcli.errors import CODES, Diagnostic, GradcliError, Source, Span
from gradcli.judge.finding import (
    Counterexample,
    DerivationReport,
    Diagnosis,
    Entry,
    Evidence,
    FileReport,
    Finding,
    Report,
)
from gradcli.show import numbers
from gradcli.show.check import check
from gradcli.show.table import console, write

F = Fraction
EVIL = "[x] :smile: [red]\x1b[31m θ & <b> 100%, a:b # no"


def shown(report: Report, form: str = "full", **options: bool) -> str:
    return "".join(text for text, _ in check(report, form, **options))


def on_terminal(report: Report, width: int = 100, colour: bool = False, **options: bool) -> str:
    stream = io.StringIO()
    write(check(report, "full", **options), console(stream, width, colour))
    return stream.getvalue()


def span(source: Source, text: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return Span(source, start, start + len(text))


def claim(place: Span, verdict: str = "proved", **more: Any) -> Finding:
    fields: dict[str, Any] = {
        "derivation": "", "text": f"f = {place.text}", "name": "f", "left": None, "step": 0,
        "truth": verdict,
    }  # fmt: skip
    if verdict in ("refuted", "undecided"):
        fields |= {"code": "G102", "message": "this is not f"}
    return Finding(span=place, verdict=verdict, **fields | more)


def scalar(at: dict[str, Any], left: Any, right: Any) -> Counterexample:
    return Counterexample(at, {}, left, right, [Entry((), left, right, left - right)], 1)


def one(*findings: Finding, name: str = "", path: str = "a.grad", **more: Any) -> Report:
    return Report([FileReport(path, [DerivationReport(name, 1, [*findings], **more)])])


# -- the reports


SLIPS = Source(
    "notes/slips.grad",
    """\
derivation "sigmoid neuron, with two slips"
p = sigmoid(w*x + b)
L = (p - y)^2 / 2

dL/dw = dL/dp * dp/dw
      = (p - y) * p*(1 - p) * x
      = (p - y) * p * x              # simplify
dL/db = (y - p) * p*(1 - p)
""",
)
POINT = {"w": F(0), "x": F(1, 2), "b": F(0), "y": F(7, 8)}
NAME = "sigmoid neuron, with two slips"
SLIP = claim(
    span(SLIPS, "(p - y) * p * x"),
    "refuted",
    derivation=NAME,
    name="dL/dw",
    left=span(SLIPS, "(p - y) * p*(1 - p) * x"),
    step=2,
    follows="refuted",
    code="G101",
    message="this line does not equal the line above",
    labels=("-3/64", "-3/32"),
    against="line",
    reason="simplify",
    counterexample=scalar(POINT, F(-3, 64), F(-3, 32)),
    diagnosis=Diagnosis(
        "missing-local", "the factor 1 - p is missing", "(p - y) * p * x * (1 - p)"
    ),
    notes=["line 6 still equals dL/dw, so the slip is in this line"],
)
SIGN = claim(
    span(SLIPS, "(y - p) * p*(1 - p)"),
    "refuted",
    derivation=NAME,
    name="dL/db",
    left=span(SLIPS, "dL/db"),
    message="this is not dL/db",
    labels=("-3/32 (forward, reverse and differences agree)", "3/32"),
    counterexample=scalar(POINT, F(-3, 32), F(3, 32)),
    diagnosis=Diagnosis("sign", "the sign is wrong", "-(y - p) * p*(1 - p)"),
)
SLIPPED = one(
    claim(span(SLIPS, "dL/dp * dp/dw"), derivation=NAME),
    claim(span(SLIPS, "(p - y) * p*(1 - p) * x"), derivation=NAME, step=1, follows="proved"),
    SLIP,
    SIGN,
    name=NAME,
    path="notes/slips.grad",
)
GOLDEN = """\
error[G101]: this line does not equal the line above
  --> notes/slips.grad:7:9  (sigmoid neuron, with two slips: line 3 of dL/dw)
   |
 6 |       = (p - y) * p*(1 - p) * x
   |         ----------------------- -3/64
 7 |       = (p - y) * p * x              # simplify
   |         ^^^^^^^^^^^^^^^ -3/32
   |
   = diagnosis: the factor 1 - p is missing
   = mend: (p - y) * p * x * (1 - p)
   = note: line 6 still equals dL/dw, so the slip is in this line
   = at w = 0, x = 0.5, b = 0, y = 7/8

error[G102]: this is not dL/db
  --> notes/slips.grad:8:9  (sigmoid neuron, with two slips)
   |
 8 | dL/db = (y - p) * p*(1 - p)
   | -----   ^^^^^^^^^^^^^^^^^^^ 3/32
   | |
   | -3/32 (forward, reverse and differences agree)
   |
   = diagnosis: the sign is wrong
   = mend: -(y - p) * p*(1 - p)
   = at w = 0, x = 0.5, b = 0, y = 7/8

notes/slips.grad   sigmoid neuron, with two slips   4 claims   2 proved, 2 refuted

1 file, 1 derivation, 4 claims: 2 proved, 0 hold, 2 refuted, 0 undecided
"""

SIZES = [{"m": 1, "n": 2}, {"m": 3, "n": 1}, {"m": 7, "n": 2}]
NET = Source("net.grad", "W in R^(2, 2)\nfor t in 1..3 {\n  dL/dx[t] = W @ g[t]\n}\nc = θ\nd = ?\n")
MATRIX = [[F(1), F(2)], [F(1, 3), F(-4)]]
ARRAY = claim(
    span(NET, "W @ g[t]"),
    "refuted",
    derivation="layer",
    name="dL/dx[t]",
    left=span(NET, "dL/dx[t]"),
    counterexample=Counterexample(
        {"W": MATRIX, "g": [F(1, 10), 1e-30, "1e-400"]}, {}, [F(1, 3), F(2), math.nan],
        [0.5, F(2), math.inf],
        [
            Entry((2,), 0.175851, -0.302305, 0.478156),
            Entry((0,), 1.0000001, 1.0, 1e-07),
            Entry((1,), math.nan, F(2), math.nan),
        ],
        6,
    ),
    loop={"t": 2},
)  # fmt: skip
OPEN = claim(
    span(NET, "θ"), "undecided", derivation="layer", code="G301",
    message="relu has a kink at this point", notes=["0 from the left, 1 from the right"],
)  # fmt: skip
WRONG = Diagnostic("G001", "nothing can be read here", span(NET, "?"), help="write  d = 1")
NOTE = Diagnostic("G109", "nothing is claimed here", span(NET, "W in"))
FENCE = Source("notes/lecture.md", "# Slips\n\n```grad fails\nf = g\n```\n")
UNMET = Diagnostic("G108", "nothing in this fence fails", span(FENCE, "```grad fails"))
BALL = Evidence(16, SIZES, (6, 6), 50)
SHOWN = Evidence(16, SIZES, (6, 6), 50, "residues", 171, SIZES, True, "weights", {"n": (4, 4)})
ALL = Report(
    [
        *SLIPPED.files,
        FileReport(
            "net.grad", [DerivationReport("layer", 1, [ARRAY, OPEN], [WRONG], notes=[NOTE])]
        ),
        FileReport(
            "notes/lecture.md",
            [
                DerivationReport(
                    EVIL, 1,
                    [claim(span(FENCE, "g"), "refuted", derivation=EVIL, expected="fails")],
                    unmet=[UNMET],
                ),
                DerivationReport(
                    "softmax", 41,
                    [
                        claim(span(FENCE, "g"), derivation="softmax", evidence=SHOWN),
                        claim(span(FENCE, "f"), "holds", derivation="softmax", evidence=BALL),
                    ],
                ),
            ],
        ),
        FileReport("gone.grad", unreadable=[Diagnostic("G011", "gone.grad cannot be read")]),
        FileReport("empty.md"),
    ]
)  # fmt: skip


def test_a_refuted_line_and_claim() -> None:
    assert shown(SLIPPED) == GOLDEN


@pytest.mark.parametrize(("report", "options"), [(SLIPPED, {}), (ALL, {"ascii": True})])
def test_a_terminal_gets_the_same_words(report: Report, options: dict[str, bool]) -> None:
    plain = on_terminal(report, width=1000, **options)
    coloured = on_terminal(report, width=1000, colour=True, **options)
    assert plain == shown(report, **options)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain != coloured


def test_a_narrow_terminal_loses_nothing() -> None:
    assert on_terminal(ALL, width=40) == shown(ALL)


LAYER = """\
note[G109]: nothing is claimed here
  --> net.grad:1:1
   |
 1 | W in R^(2, 2)
   | ^^^^

error[G102]: this is not f
  --> net.grad:3:14  (layer)
   |
 3 |   dL/dx[t] = W @ g[t]
   |   --------   ^^^^^^^^
   |
   |   entry   truth       here        difference
   |   [2]     0.175851    -0.302305   0.478156
   |   [0]     1.0000001    1          1e-07
   |   [1]     no value     2          no value
   |   … and 3 more entries differ
   |
   = loop: at t = 2
   = at W = [[1, 2], [1/3, -4]], g = [0.1, 1e-30, 1e-400]

error[G301]: relu has a kink at this point
  --> net.grad:5:5  (layer)
   |
 5 | c = θ
   |     ^
   |
   = note: 0 from the left, 1 from the right

error[G001]: nothing can be read here
  --> net.grad:6:5
   |
 6 | d = ?
   |     ^
   |
   = help: write  d = 1
"""
SAFE = EVIL.replace("\x1b", "\\x1b")
SUMMARY = [
    f"{place}\n  {title:<{len(SAFE)}}   {counts}\n"
    for place, title, counts in (
        ("notes/slips.grad", NAME, "4 claims   2 proved, 2 refuted"),
        ("net.grad", "layer", "2 claims   1 refuted, 1 undecided, 1 error"),
        ("notes/lecture.md:1", SAFE,
         "1 claim    1 in fences that should fail, 1 fence does not fail"),
        ("notes/lecture.md:41", "softmax",
         "2 claims   1 proved (every size), "
         "1 holds (16 points, 3 sizes, 6 of 6 branches, 50 digits)"),
        ("gone.grad", "", "0 claims   1 error"),
        ("empty.md", "", "0 claims"),
    )
]  # fmt: skip
CHANCE = (
    "each proof could be wrong with a chance below 2^-171; compared at 16 points"
    " (gradcli explain proved)\n"
)
TOTALS = (
    "5 files, 4 derivations, 9 claims: 3 proved, 1 holds, 3 refuted, 1 undecided, "
    "1 in fences that should fail, 1 fence does not fail, 2 errors\n"
)


def test_arrays_undecided_errors_fences_and_notes_in_the_order_of_the_text() -> None:
    text = shown(ALL)
    assert text.startswith(GOLDEN.rpartition("\n\nnotes")[0])
    assert f"\n\n{LAYER}\nerror[G108]: nothing in this fence fails\n" in text
    assert "\n\nerror[G011]: gone.grad cannot be read\n\n" in text
    assert text.endswith(f"\n\n{''.join(SUMMARY)}\n{CHANCE}\n{TOTALS}")


def test_nothing_of_a_user_harms_a_terminal() -> None:
    for form in REPORTS:
        text = shown(ALL, form)
        assert not [c for c in text if c != "\n" and not c.isprintable()], form
        assert text == shown(ALL, form)


def test_remarks_are_harmless() -> None:
    words = "\x1b[31m\u202e"
    found = claim(
        span(SLIPS, "p"), "refuted", labels=(words, words), notes=[words], message=words,
        diagnosis=Diagnosis("sign", words, words), name=words, step=1,
        counterexample=scalar({words: F(1)}, F(1), F(2)),
    )  # fmt: skip
    for form in REPORTS:
        text = shown(one(found, name=words), form)
        assert not [c for c in text if c != "\n" and not c.isprintable()], form


def test_a_title_is_no_markup() -> None:
    drawn = on_terminal(ALL, width=1000, colour=True)
    assert "[x] :smile: [red]\\x1b[31m θ" in drawn


def test_quiet_leaves_failures_and_totals() -> None:
    text = shown(ALL, quiet=True)
    assert "G109" not in text
    assert "softmax" not in text
    assert text.count("error[") == 7
    assert text.endswith(f"cannot be read\n\n{TOTALS}")
    assert shown(one(), quiet=True).count("\n") == 1
    allowed = shown(ALL, quiet=True, allow_undecided=True)
    assert "G301" not in allowed
    assert "note[G301]" in shown(ALL, allow_undecided=True)


def test_colours_repeat_what_the_exit_code_says() -> None:
    green, red = "\x1b[32m", "\x1b[1;31m"
    good = one(claim(span(SLIPS, "p")))
    undecided = one(claim(span(SLIPS, "p"), "undecided"))
    assert red not in on_terminal(good, colour=True)
    assert green not in on_terminal(undecided, colour=True)
    allowed = on_terminal(undecided, colour=True, allow_undecided=True)
    assert green in allowed
    assert red not in allowed
    assert red in on_terminal(one(unmet=[UNMET]), colour=True)


def row(*evidence: tuple[str, Evidence]) -> str:
    """The end of a derivation's line: what its verdicts rest on."""
    report = one(*(claim(span(SLIPS, "p"), verdict, evidence=e) for verdict, e in evidence))
    (line,) = (line for line in shown(report).splitlines() if line.startswith("a.grad"))
    return re.split(r"claims? +", line, maxsplit=1)[1]


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        ([("proved", Evidence(16, [], (1, 1), 50))] * 10, "10 proved"),
        ([("proved", Evidence(16, [{}], (2, 2), 50, "exact"))], "1 proved"),
        ([("holds", Evidence(1, [{"n": 1}], (1, 1), 1))], "1 holds (1 point, 1 size, 1 digit)"),
        ([("holds", Evidence(16, [], (1, 4), 50, "exact"))],
         "1 holds (16 points, 1 of 4 branches, exact)"),
        ([("holds", Evidence(16, SIZES, (1, 1), 50))] * 2,
         "2 hold (16 points, 3 sizes, 50 digits)"),
        ([("holds", Evidence(16, SIZES, (6, 6), 50)),
          ("holds", Evidence(9, SIZES[1:], (1, 2), 60))],
         "2 hold (at least 9 points, 2 sizes, 1 of 2 branches, 50 digits each)"),
        ([("holds", Evidence(9, [], (1, 1), 50)), ("holds", Evidence(9, [], (1, 1), 0, "exact"))],
         "2 hold (at least 9 points, 50 digits each)"),
        ([("holds", Evidence(16, SIZES, (1, 1), 0, "exact", 171, SIZES))],
         "1 holds (proved at (m, n) = (1, 2), (3, 1), (7, 2); 16 points, 3 sizes, exact)"),
        ([("holds", Evidence(9, [], (1, 1), 50, "ball", 99, [{"n": k} for k in (2, 1, 6)]))] * 2,
         "2 hold (proved at n = 1, 2, 6; 9 points, 50 digits)"),
        ([("holds", Evidence(9, [], (1, 1), 50, "ball", 99, SIZES)),
          ("holds", Evidence(9, [], (1, 1), 50, "ball", 99, SIZES[1:]))],
         "2 hold (proved at 2 sizes or more each; 9 points, 50 digits)"),
        ([("holds", Evidence(0, [], (1, 1), 0, "none")), ("undecided", Evidence(3))],
         "1 holds, 1 undecided"),
    ],
)  # fmt: skip
def test_evidence_in_words(evidence: list[tuple[str, Evidence]], text: str) -> None:
    assert row(*evidence) == text


def test_what_should_fail_is_no_evidence() -> None:
    place, weak = span(SLIPS, "p"), Evidence(1, [], (1, 1), 3)
    strong = claim(place, "holds", evidence=Evidence(16, [], (1, 1), 50))
    report = one(strong, claim(place, "holds", evidence=weak, expected="fails"))
    assert "1 holds (16 points, 50 digits), 1 in fences that should fail\n" in shown(report)


def test_singular_and_plural() -> None:
    empty = "0 files, 0 derivations, 0 claims: 0 proved, 0 hold, 0 refuted, 0 undecided\n"
    assert shown(Report()) == empty
    single = one(claim(span(SLIPS, "p"), "holds"), errors=[WRONG])
    last = shown(single).splitlines()[-1]
    assert last == (
        "1 file, 1 derivation, 1 claim: 0 proved, 1 holds, 0 refuted, 0 undecided, 1 error"
    )
    assert "a.grad   1 claim   1 holds, 1 error\n" in shown(single)
    assert "2 fences do not fail" in shown(one(unmet=[UNMET, UNMET]))


def test_a_file_is_named_once_and_one_of_markdown_with_every_line() -> None:
    derivations = [DerivationReport("a", 1), DerivationReport("b", 7)]
    text = shown(Report([FileReport("x.grad", derivations), FileReport("x.md", derivations)]))
    assert [line[:6] for line in text.splitlines()[:4]] == ["x.grad", " " * 6, "x.md:1", "x.md:7"]


def test_one_more_entry_and_the_line_above() -> None:
    entries = [Entry((0, 1), F(1), F(2), F(1, 3))]
    found = Counterexample({}, {}, [[F(0), F(1)]], [[F(5), F(2)]], entries, 2)
    place = span(SLIPS, "(p - y) * p * x")
    text = shown(one(claim(place, "refuted", counterexample=found, against="line")))
    assert (
        "   |   entry    above   here   difference\n"
        "   |   [0, 1]   1       2      1/3\n"
        "   |   … and 1 more entry differs\n\n"
    ) in text
    found.differing = 1
    assert "more" not in shown(one(claim(place, "refuted", counterexample=found)))


def test_a_left_side_on_another_line_needs_a_word() -> None:
    place, left = span(SLIPS, "(p - y) * p * x"), span(SLIPS, "dL/dw")
    without = shown(one(claim(place, "refuted", left=left)))
    assert " 5 | dL/dw" not in without
    assert " 5 | dL/dw" in shown(one(claim(place, "refuted", left=left, labels=("3x2", ""))))


def test_a_reason_is_told_where_it_is_not_in_sight() -> None:
    source = Source("a.grad", "f = (x +\n  y) # chain rule\n")
    place = Span(source, 4, 13)
    text = shown(one(claim(place, "refuted", reason="chain rule")))
    assert text.count("chain rule") == 1
    assert "= reason: chain rule" in text
    assert "= reason:" not in shown(SLIPPED)


def test_ascii_has_its_carets_in_place() -> None:
    for form in REPORTS:
        assert shown(ALL, form, ascii=True).isascii(), form
    assert "... and 3 more entries differ" in shown(ALL, ascii=True)
    assert " 5 | c = \\u03b8\n   |     ^^^^^^\n" in shown(ALL, ascii=True)


# -- numbers


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (F(0), "0"),
        (F(-3), "-3"),
        (F(1, 2), "0.5"),
        (F(7, 8), "7/8"),
        (F(1, 10), "0.1"),
        (F(-1, 3), "-1/3"),
        (F(1, 10**8), "1e-08"),
        (F(123456789, 10**9), "0.123456789"),
        (F(10**20), "1e+20"),
        (F(10**20 + 1), "100000000000000000001"),
        (F(1, 3**40), f"1/{3**40}"),
        (F(10**5000 + 1), "1" + "0" * 4999 + "1"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (-2.0, "-2"),
        ("1.25e-400", "1.25e-400"),
        ([[F(1), F(1, 3)], [F(-2), 0.5]], "[[1, 1/3], [-2, 0.5]]"),
    ],
)  # fmt: skip
def test_numbers_that_can_be_typed(number: Any, text: str) -> None:
    assert numbers.typed(number) == text


def test_a_point_can_be_pasted_back() -> None:
    at = {
        "x": F(-1, 3), "y": F(1, 10**8), "z": F(10**20),
        "W": [[F(k, 3) if k % 2 else F(k, 10) for k in range(30)] for _ in range(40)],
    }  # fmt: skip
    found = gradcli.diff("x + y + z + sum(W)", [numbers.point(at)])
    assert [i.name for i in found.inputs] == [*at]
    read = [F(int(e.p), int(e.q)) for i in found.inputs for e in i.value.flat]
    assert read == [at["x"], at["y"], at["z"], *(e for line in at["W"] for e in line)]


@pytest.mark.parametrize(
    ("left", "right", "texts"),
    [
        (F(1, 3), F(1), ("1/3", "1")),
        (F(2, 3**20), F(0), ("5.73594e-10", "0")),
        (1.0000000001, 1.0, ("1.0000000001", "1")),
        (F(10**30 + 1, 10**30), F(1), ("1.000000000000000000000000000001", "1")),
        (math.nan, math.inf, ("no value", "inf")),
        (-math.inf, "-1e400", ("-inf", "-1e400")),
    ],
)
def test_two_numbers_are_told_apart(left: Any, right: Any, texts: tuple[str, str]) -> None:
    assert numbers.pair(left, right) == texts


def test_digits_are_rounded_right() -> None:
    assert numbers.digits(F(123456500001, 10**12)) == "0.123457"
    assert numbers.digits(F(123456499999, 10**12)) == "0.123456"
    assert numbers.digits(F(-(10**400) * 2, 3)) == "-6.66667e+399"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (F(-12), "-12"),
        (F(2**53 + 1), "9007199254740992.0"),
        (F(1, 3), "0.3333333333333333"),
        (F(-(10**400)), '"-inf"'),
        (F(1, 10**400), "0.0"),
        (math.nan, '"nan"'),
        (-0.0, "0.0"),
        ("1e400", '"inf"'),
        (2.0, "2.0"),
    ],
)
def test_machine_numbers(number: Any, text: str) -> None:
    assert json.dumps(numbers.machine(number)) == text


# -- machine formats


def test_concise_has_a_line_for_every_failure() -> None:
    assert shown(ALL, "concise") == (
        "notes/slips.grad:7:9: G101 this line does not equal the line above: "
        "the factor 1 - p is missing\n"
        "notes/slips.grad:8:9: G102 this is not dL/db: the sign is wrong\n"
        "net.grad:3:14: G102 this is not f\n"
        "net.grad:5:5: G301 relu has a kink at this point\n"
        "net.grad:6:5: G001 nothing can be read here\n"
        "notes/lecture.md:3:1: G108 nothing in this fence fails\n"
        "gone.grad: G011 gone.grad cannot be read\n"
    )
    assert "G301" not in shown(ALL, "concise", allow_undecided=True)
    assert shown(one(claim(span(SLIPS, "p"))), "concise") == ""


SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "check.schema.json").read_text(encoding="utf-8")
)
CLAIM = [
    "file", "line", "column", "end_column", "code", "derivation", "text", "step", "verdict",
    "truth", "follows", "evidence", "counterexample", "diagnosis",
]  # fmt: skip


def bad(value: Any, schema: Any = SCHEMA) -> list[str]:
    """What a value does wrong by the schema, which has maps with names of the user's, too."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        found = [bad(value, option) for option in schema["anyOf"]]
        return [] if [] in found else [repr(value)]
    more = schema.get("additionalProperties")
    if isinstance(more, dict) and isinstance(value, dict):
        return [text for part in value.values() for text in bad(part, more)]
    if isinstance(value, dict) and "properties" in schema:
        found = [[f"{key} is missing"] for key in schema["required"] if key not in value]
        for key, part in value.items():
            known = schema["properties"].get(key)
            found.append([f"{key} is unknown"] if known is None else bad(part, known))
        return [text for texts in found for text in texts]
    if isinstance(value, list) and "items" in schema:
        return [text for part in value for text in bad(part, schema["items"])]
    if isinstance(value, int) and value < schema.get("minimum", value):
        return [f"{value} is too small"]
    if not re.search(schema.get("pattern", ""), str(value)):
        return [f"{value} has no such form"]
    return complaints(value, schema, SCHEMA)


def test_json_keeps_the_schema() -> None:
    text = shown(ALL, "json")
    content = json.loads(text)
    assert bad(content) == []
    assert text.isascii()
    assert text.count("\n") == 1
    assert [*content][:5] == ["schema", "gradcli", "summary", "claims", "errors"]
    assert all([*entry][: len(CLAIM)] == CLAIM for entry in content["claims"])
    assert json.loads(shown(one(), "json")).keys() == {*[*content][:5]}


def test_the_schema_can_be_broken() -> None:
    content = json.loads(shown(ALL, "json"))
    first = content["claims"][0]
    for wrong in (
        {"schema": 2},
        {"more": 1},
        {"summary": {}},
        {"claims": [first | {"verdict": "maybe"}]},
        {"claims": [first | {"line": 0}]},
        {"claims": [first | {"code": "x"}]},
        {"claims": [first | {"loop": {"t": "2"}}]},
        {"claims": [first | {"evidence": first["evidence"] | {"method": "luck"}}]},
        {"claims": [{k: v for k, v in first.items() if k != "follows"}]},
        {"claims": [first | {"counterexample": {"at": {"x": "1"}, "left": 1, "right": 2}}]},
    ):
        assert bad(content | wrong), wrong


def test_json_of_a_claim() -> None:
    content = json.loads(shown(ALL, "json"))
    assert content["summary"] == {
        "proved": 3, "holds": 1, "refuted": 3, "undecided": 1, "errors": 2,
    }  # fmt: skip
    slip = content["claims"][2]
    assert {k: slip[k] for k in CLAIM[:5]} == {
        "file": "notes/slips.grad", "line": 7, "column": 9, "end_column": 24, "code": "G101",
    }  # fmt: skip
    assert slip["counterexample"] == {
        "at": {"w": 0, "x": 0.5, "b": 0, "y": 0.875}, "left": -0.046875, "right": -0.09375,
        "entry": None,
    }  # fmt: skip
    assert slip["diagnosis"]["kind"] == "missing-local"
    assert (slip["step"], slip["follows"], slip["reason"]) == (2, "refuted", "simplify")
    assert "loop" not in slip
    assert "expected" not in slip
    passed = content["claims"][0]
    assert (passed["code"], passed["counterexample"], passed["diagnosis"]) == (None, None, None)
    array = content["claims"][4]
    assert array["loop"] == {"t": 2}
    assert array["counterexample"]["entry"] == [2]
    assert array["counterexample"]["at"] == {"W": [[1, 2], [1 / 3, -4]], "g": [0.1, 1e-30, 0]}
    assert array["counterexample"]["right"] == [0.5, 2, "inf"]
    assert content["claims"][6]["expected"] == "fails"
    assert content["claims"][8]["evidence"] == {
        "points": 16, "sizes": SIZES, "branches": [6, 6], "digits": 50, "method": "ball",
        "error": None, "proved": [], "every_size": None, "route": None, "read_at": {},
        "unvisited": [],
    }  # fmt: skip
    assert content["errors"][0] == {
        "file": "net.grad", "line": 6, "column": 5, "end_column": 6, "code": "G001",
        "derivation": "layer", "message": "nothing can be read here", "help": "write  d = 1",
    }  # fmt: skip
    assert content["errors"][1]["line"] is content["errors"][1]["derivation"] is None
    assert [entry["code"] for entry in content["unmet"]] == ["G108"]
    assert [entry["code"] for entry in content["notes"]] == ["G109"]


def test_a_side_over_several_lines_ends_on_its_first() -> None:
    source = Source("a.grad", "f = (xyz\r\n + y)\n")
    entry = json.loads(shown(one(claim(Span(source, 4, 14))), "json"))["claims"][0]
    assert (entry["line"], entry["column"], entry["end_column"]) == (1, 5, 9)


def test_junit_is_xml_that_counts_right() -> None:
    root = ET.fromstring(shown(ALL, "junit"))
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == [file.path for file in ALL.files]
    for element in (root, *root):
        for key, tag in (
            ("tests", "testcase"), ("failures", "failure"), ("errors", "error"),
            ("skipped", "skipped"),
        ):  # fmt: skip
            assert element.get(key) == str(len(list(element.iter(tag)))), key
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("12", "5", "2")
    failures = [*root.iter("failure")]
    assert f"{failures[0].text}\n" in GOLDEN
    assert failures[0].get("type") == "G101"
    lecture = root[2]
    assert {case.get("classname") for case in lecture} == {SAFE, "softmax"}
    skipped = ET.fromstring(shown(ALL, "junit", allow_undecided=True)).iter("skipped")
    assert [element.get("message") for element in skipped] == ["relu has a kink at this point"]


def test_sarif() -> None:
    text = shown(ALL, "sarif")
    log = json.loads(text)
    assert text.isascii()
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({r["ruleId"] for r in run["results"]})
    assert all(rule["shortDescription"]["text"] == CODES[rule["id"]] for rule in rules)
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    levels = {r["ruleId"]: r["level"] for r in run["results"]}
    assert levels == dict.fromkeys(levels, "error") | {"G109": "note"}
    allowed = json.loads(shown(ALL, "sarif", allow_undecided=True))["runs"][0]["results"]
    assert {r["ruleId"] for r in allowed if r["level"] == "note"} == {"G109", "G301"}
    (location,) = run["results"][0]["locations"]
    physical = location["physicalLocation"]
    assert physical["region"] == {"startLine": 7, "startColumn": 9, "endColumn": 24}
    assert "region" not in run["results"][-1]["locations"][0]["physicalLocation"]
    assert "mend: (p - y) * p * x * (1 - p)" in run["results"][0]["message"]["text"]


def test_sarif_names_files_by_uri() -> None:
    path = "my notes/θ #1%.grad"
    report = one(errors=[Diagnostic("G001", "no", Span(Source(path, "x"), 0, 1))], path=path)
    (result,) = json.loads(shown(report, "sarif"))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert not set(uri) & set(" θ#")
    assert unquote(uri) == path


COMMAND = re.compile(r"::(\w+) ([^:]*)::(.*)")


def unescaped(text: str) -> str:
    return re.sub("%([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text)


def test_github_commands() -> None:
    found = []
    for line in shown(ALL, "github").splitlines():
        kind, properties, message = COMMAND.fullmatch(line).groups()  # type: ignore[union-attr]
        pairs = dict(part.split("=", 1) for part in properties.split(","))
        found.append((kind, {k: unescaped(v) for k, v in pairs.items()}, unescaped(message)))
    assert [kind for kind, _, _ in found] == ["error"] * 2 + ["notice"] + ["error"] * 5
    assert found[0][1] == {
        "file": "notes/slips.grad", "line": "7", "endLine": "7", "col": "9", "endColumn": "24",
        "title": f"G101: {NAME}",
    }  # fmt: skip
    assert found[0][2].splitlines()[:2] == [
        "this line does not equal the line above",
        "diagnosis: the factor 1 - p is missing",
    ]
    assert found[6][1]["title"] == "G108: " + SAFE
    assert found[7][1] == {"file": "gone.grad", "title": "G011"}
    assert "::notice file=net.grad,line=5" in shown(ALL, "github", allow_undecided=True)
    message = Diagnostic("G001", "100%0A\r::error::x", span(NET, "?"))
    assert shown(one(errors=[message]), "github").endswith("::100%250A%0A::error::x\n")


def test_gitlab() -> None:
    """The shape that GitLab documents: every key there, every fingerprint another."""
    issues = json.loads(shown(ALL, "gitlab"))
    assert len(issues) == 8
    for issue in issues:
        assert {*issue} == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["check_name"] in CODES
        assert {*issue["location"]} == {"path", "lines"}
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in issues}) == 8
    assert issues[0]["location"] == {"path": "notes/slips.grad", "lines": {"begin": 7}}
    assert "mend: (p - y) * p * x * (1 - p)" in issues[0]["description"]
    assert [i["severity"] for i in issues].count("info") == 1
    assert json.loads(shown(Report(), "gitlab")) == []


def test_a_fingerprint_stays_where_lines_move() -> None:
    def prints(text: str, path: str) -> list[str]:
        source = Source(path, text)
        found = [claim(span(source, "2", nth), "refuted") for nth in range(text.count("2"))]
        issues = json.loads(shown(one(*found, path=path), "gitlab"))
        assert {issue["location"]["path"] for issue in issues} == {"a.grad"}
        return [issue["fingerprint"] for issue in issues]

    assert prints("f = 2\nf = 2", "./a.grad") == prints("\n\nf = 2\n\nf = 2", "./a.grad")
    assert len({*prints("f = 2\nf = 2", "a.grad")}) == 2


def test_a_summary_in_markdown() -> None:
    text = shown(ALL, "markdown")
    assert text.startswith("### gradcli check: failed\n")
    assert "| notes/slips.grad:1 | sigmoid neuron, with two slips | 2 | 0 | 2 | 0 | 0 |" in text
    assert GOLDEN.partition("\n\n")[0] in text
    assert text.count("`text\n") == text.count("error[") > 3
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}
    ticks = Source("a.grad", "f = ````")
    fenced = shown(one(claim(span(ticks, "````"), "refuted")), "markdown")
    assert "\n`````text\n" in fenced
    many = one(*[claim(span(SLIPS, "p"), "refuted") for _ in range(60)])
    assert shown(many, "markdown").endswith("\nand 10 more\n")
    assert shown(Report(), "markdown").startswith("### gradcli check: passed\n")


def test_tap() -> None:
    version, plan, *lines = shown(ALL, "tap").splitlines()
    assert (version, plan) == ("TAP version 14", "1..12")
    tests = [re.fullmatch(r"(not )?ok (\d+) - (.*)", line) for line in lines]
    found = [match for match in tests if match]
    assert [int(match[2]) for match in found] == [*range(1, 13)]
    assert [not match[1] for match in found].count(True) == 5
    assert not any(re.search(r"(?<!\\)#", match[3]) for match in found)
    assert found[2][3] == f"notes/slips.grad:7 {NAME}: f = (p - y) * p * x"
    start = lines.index('  code: "G101"')
    block = lines[start : lines.index("  ...", start)]
    content = {
        key: json.loads(text) for key, text in (line.strip().split(": ", 1) for line in block)
    }
    assert content["message"] == "this line does not equal the line above"
    assert content["at"] == "w = 0, x = 0.5, b = 0, y = 7/8"
    assert content["counterexample"]["left"] == -0.046875
    assert "# net.grad:1 layer: nothing is claimed here" in lines
    allowed = shown(ALL, "tap", allow_undecided=True)
    assert "not ok 6 - net.grad:5 layer: f = θ # TODO undecided\n" in allowed
    assert shown(Report(), "tap") == "TAP version 14\n1..0 # SKIP nothing is claimed\n"


def test_tap_keeps_every_note() -> None:
    report = one(claim(span(SLIPS, "p"), "refuted", notes=["one", 'two "2"']))
    assert '  note: "one\\ntwo \\"2\\""\n' in shown(report, "tap")


# -- streams


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_screen_chooses_by_the_stream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setitem(screen._chosen, "colour", "auto")
    for stream, no_color, coloured in (
        (io.StringIO(), False, False), (Terminal(), False, True), (Terminal(), True, False),
    ):  # fmt: skip
        monkeypatch.setattr(sys, "stdout", stream)
        screen.report(check(ALL, "full"), no_color)
        assert ("\x1b" in stream.getvalue()) == coloured
        assert coloured or stream.getvalue() == shown(ALL)
    for asked, given, coloured in (
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, True),
        ("auto", {"CLICOLOR_FORCE": "0", "FORCE_COLOR": "0"}, False),
        ("auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ):
        with monkeypatch.context() as patched:
            for name, value in given.items():
                patched.setenv(name, value)
            patched.setattr(sys, "stdout", stream := io.StringIO())
            patched.setitem(screen._chosen, "colour", asked)
            screen.report(check(ALL, "full"), False)
            assert ("\x1b" in stream.getvalue()) == coloured, (asked, given)
    with monkeypatch.context() as patched:
        patched.setenv("CLICOLOR", "0")
        assert not screen.has_colour(Terminal(), False)
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    screen.report(check(ALL, "json"), False)
    assert terminal.getvalue() == shown(ALL, "json")
    monkeypatch.setattr(sys, "stdout", silent := io.StringIO())
    screen.report(check(ALL, "full"), False, tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_bytes() == shown(ALL).encode()
    assert silent.getvalue() == ""
    with pytest.raises(GradcliError, match="cannot be written"):
        screen.report(check(ALL, "full"), False, tmp_path)
