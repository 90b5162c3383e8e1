"""What is kept of derivations that were judged: found again the same, and not where it changed.

Must not know how a claim is judged.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import time
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli import api, work
from gradcli.api import remembered
from gradcli.api.derivations import Checked
from gradcli.api.remembered import Memory
from gradcli.errors import GradcliError, Source
from gradcli.judge.finding import CheckOptions, FileReport, Report
from gradcli.project.kept import FOLDER, Disk, folder, kept
from gradcli.reading import Place
from gradcli.show.check import check as show

ROOT = Path(__file__).parent.parent
TEXT = """\
w, x in R

derivation "squares"
L = (w*x)^2
dL/dw = 2*w*x^2

derivation "slips"
L = (w*x)^2
dL/dw = w*x^2   # a comment
      = -w*x^2
"""


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of derivations that were judged and not found."""
    monkeypatch.delenv(remembered.OFF, raising=False)
    found: list[str] = []
    run = Checked.run

    def told(self: Checked) -> object:
        # What all share is a derivation without claims.
        found.extend(
            {self.report.name} - {"sheet"}
            if "derivation" in self.document.source.text
            else ["sheet"]
        )
        return run(self)

    monkeypatch.setattr(Checked, "run", told)
    yield found


def check(text: str, cache: remembered.Cache, **asked: Any) -> FileReport:
    options = CheckOptions(**{"points": 3, **asked})
    return api.check_text(Source("sheet.grad", text), options, cache=cache)


def shown(report: FileReport) -> str:
    whole = Report([report])
    return "".join(text for form in ("full", "json") for text, _ in show(whole, form))


@pytest.mark.parametrize("make", [Memory, None])
def test_what_is_found_is_what_was_judged(
    make: type[Memory] | None, judged: list[str], tmp_path: Path
) -> None:
    cache = make() if make else Disk(tmp_path)
    first = shown(check(TEXT, cache))
    assert judged == ["squares", "slips"]
    assert shown(check(TEXT, cache)) == first
    assert judged == ["squares", "slips"]


def test_only_what_changed_is_judged(judged: list[str]) -> None:
    cache = Memory()
    check(TEXT, cache)
    judged.clear()
    check(TEXT.replace("2*w*x^2", "2 * w*x^2"), cache)
    assert judged == ["squares"]
    judged.clear()
    # What they share is a part of all.
    check(TEXT.replace("x in R", "x in R  # both"), cache)
    assert judged == ["squares", "slips"]


def test_places_move_with_the_text(judged: list[str]) -> None:
    cache = Memory()
    text = (
        'derivation "a"\nx in R; f = x^2; df/dx = 2x\nderivation "b"\nx in R; f = x^2; df/dx = 3x\n'
    )
    check(text, cache)
    judged.clear()
    longer = text.replace('derivation "b"', '# one\n# line more\nderivation "b"')
    report = check(longer, cache)
    assert judged == ["a"]
    assert shown(report) == shown(check(longer, remembered.Nothing()))
    [_, found] = report.findings
    assert found.span.text == "3x" and found.span.source.position(found.span.start)[0] == 6


def test_what_speaks_of_lines_is_judged_where_they_are_others(judged: list[str]) -> None:
    cache = Memory()
    text = """\
derivation "a"
x in R; f = x^2; df/dx = 2x
derivation "b"
z in R; s = sigmoid(z)
local = s*(1 + s)
L = s^2
ds/dz = local
dL/dz = 2*s*local
"""
    check(text, cache)
    assert "in line 5" in shown(check(text, cache))
    judged.clear()
    moved = text.replace('derivation "b"', '# more\nderivation "b"')
    assert "in line 6" in shown(check(moved, cache))
    assert judged == ["a", "b"]


@pytest.mark.parametrize(
    "asked", [{"seed": 1}, {"points": 4}, {"layout": "denominator"}, {"limit": 10**6}]
)
def test_options_are_a_part_of_the_key(asked: dict[str, object], judged: list[str]) -> None:
    cache = Memory()
    check(TEXT, cache)
    judged.clear()
    with work.limited(asked.get("limit")):
        check(TEXT, cache, **asked)
    assert judged == ["squares", "slips"]


def test_a_name_selects_from_what_is_kept(judged: list[str]) -> None:
    cache = Memory()
    check(TEXT, cache)
    judged.clear()
    assert [d.name for d in check(TEXT, cache, name="slip").derivations] == ["slips"]
    assert not judged


def test_data_files_are_a_part_of_the_key(judged: list[str], tmp_path: Path) -> None:
    text = "x in R^2\nf = sum(x^2)\nat x=@x.npy\ndf/dx ≈ @g.npy ± 1e-6\n"
    place, cache = Place(tmp_path), Memory()

    def run() -> bool:
        report = api.check_text(Source("a.grad", text), CheckOptions(), place=place, cache=cache)
        return all(found.passed for found in report.findings) and not [*report.errors]

    def write(name: str, value: list[float], age: int) -> None:
        np.save(tmp_path / name, np.array(value))
        os.utime(tmp_path / name, (time() - age, time() - age))

    write("x.npy", [1, 2], 100)
    write("g.npy", [2, 4], 100)
    assert run() and run()
    assert len(judged) == 1
    write("g.npy", [2, 5], 50)
    assert not run()
    assert len(judged) == 2
    # Written just now it may change without another time: it is read again and again.
    write("g.npy", [2, 4], 0)
    assert run() and run()
    assert len(judged) == 4
    (tmp_path / "g.npy").unlink()
    assert not run()


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "f = (x\n", 'derivation "a"\nx in R; f = @x.py:f(x)\n',
        "x in R; f = x^2; df/dx = @none.npy\n",
    ],
)  # fmt: skip
def test_what_hangs_on_more_is_never_kept(text: str, judged: list[str]) -> None:
    cache = Memory()
    for _ in range(2):
        check(text, cache)
    assert len(judged) == 2 * len({*judged})


@pytest.mark.parametrize(
    "spoil", ["", "{", "[1, null, 3]", "null", '["", null, {"Finding": []}]', "9" * 5000]
)
def test_a_spoilt_record_is_as_if_it_was_not_there(
    spoil: str, judged: list[str], tmp_path: Path
) -> None:
    cache = Disk(tmp_path)
    first = shown(check(TEXT, cache))
    records = [*tmp_path.rglob("*.json")]
    assert len(records) == 3
    for record in records:
        record.write_text(spoil, "utf-8")
    judged.clear()
    assert shown(check(TEXT, cache)) == first
    assert judged == ["squares", "slips"]


def test_a_record_under_a_foreign_key_is_not_taken(judged: list[str], tmp_path: Path) -> None:
    cache = Disk(tmp_path)
    check(TEXT, cache)
    one, other, _ = [*tmp_path.rglob("*.json")]
    one.write_text(other.read_text("utf-8"), "utf-8")
    judged.clear()
    check(TEXT, cache)
    assert len(judged) <= 1


def test_where_nothing_can_be_written_nothing_is_kept(judged: list[str], tmp_path: Path) -> None:
    (tmp_path / "check").write_text("a file", "utf-8")
    for _ in range(2):
        check(TEXT, Disk(tmp_path))
    assert judged == ["squares", "slips"] * 2


def test_many_at_once_do_no_harm(tmp_path: Path) -> None:
    cache = Disk(tmp_path)
    key = "ab" + "0" * 62

    def work_on(k: int) -> None:
        for _ in range(30):
            cache.put(key, str(k) * 1000)
            found = cache.get(key)
            assert found is None or (len(found) == 1000 and len({*found}) == 1)

    with ThreadPoolExecutor(4) as pool:
        [*pool.map(work_on, range(4))]
    assert [path.name for path in (tmp_path / "check" / "ab").iterdir()] == [f"{key[2:]}.json"]


def test_old_records_are_dropped(tmp_path: Path) -> None:
    cache = Disk(tmp_path)
    for k in range(70):
        cache.put(f"ab{k:062}", "[]")
    assert len([*(tmp_path / "check" / "ab").iterdir()]) == 64


def test_the_place_is_that_of_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(FOLDER, raising=False)
    assert folder() == tmp_path / "gradcli" or os.name == "nt"
    monkeypatch.setenv(FOLDER, str(tmp_path / "own"))
    assert folder() == tmp_path / "own"
    kept(off=True).put("ab", "[]")
    assert not (tmp_path / "own").exists()


# -- claim by claim


def test_findings_come_as_they_stand(judged: list[str]) -> None:
    found = gradcli.check_iter(TEXT, points=3)
    first = next(found)
    assert (first.derivation, first.verdict) == ("squares", "proved")
    rest = [*found]
    assert [each.verdict for each in rest] == ["refuted", "refuted"]
    assert rest[0].diagnosis is not None and rest[0].diagnosis.mended
    assert [f.text for f in [first, *rest]] == [
        f.text for f in gradcli.check(TEXT, points=3).findings
    ]


def test_what_cannot_be_read_is_raised_at_the_end() -> None:
    found = gradcli.check_iter("x in R; f = x^2; df/dx = 2x\ng = (x\n")
    assert next(found).passed
    with pytest.raises(GradcliError, match="never closed"):
        next(found)


def test_a_set_token_ends_the_work(judged: list[str]) -> None:
    stop = Event()
    text = TEXT + "".join(f"dL/dw = {k}*w*x^2*2/{k}\n" for k in range(3, 99))
    found = gradcli.check_iter(text, points=3, cancel=stop)
    next(found)
    stop.set()
    assert len([*found]) < 50
    # Nothing is held: the next question is answered.
    assert gradcli.diff("x^2", "x=3").value.item() == 9


def test_the_token_is_asked_between_sizes() -> None:
    """One claim, of matrices of many sizes, ends before it has a verdict."""
    asked: list[int] = []

    def ask() -> None:
        asked.append(1)
        if len(asked) > 4:
            raise work.Cancelled

    text = "A, B in R^(n, n); f = tr(A @ B); df/dA = B.T\n"
    with pytest.raises(work.Cancelled), work.interruptible(ask):
        api.check_text(Source("a", text), CheckOptions(points=50), cache=remembered.Nothing())
    assert len(asked) == 5


def test_a_limit_is_one_of_each_question() -> None:
    text = "A, B in R^(n, n); f = tr(A @ B); df/dA = B.T\n"
    with pytest.raises(GradcliError, match="operations"):
        [*gradcli.check_iter(text, limit=100)]


PAPER = "$x \\in \\mathbb{R}$\n\\[ f = x^2 \\]\n\\[ \\frac{df}{dx} = 2x \\]\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.tex", PAPER), ("a.md", "<!-- gradcli: x in R -->\n\n$$ d(x^2)/dx = 2x $$\n")],
)
def test_papers_come_claim_by_claim_as_well(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    cancel = Event()
    assert [f.verdict for f in gradcli.check_iter(path, cancel=cancel)] == ["proved"]
    with pytest.raises(GradcliError, match=r"operations|checked"):
        [*gradcli.check_iter(path, limit=1)]
    cancel.set()
    assert not [*gradcli.check_iter(path, cancel=cancel)]


def test_a_closed_iterator_ends_the_work() -> None:
    found = gradcli.check_iter(TEXT, points=3)
    next(found)
    found.close()
    assert gradcli.check("x in R; f = x^2; df/dx = 2x").ok


# -- names


def test_names_have_shapes_and_sets() -> None:
    found = gradcli.names("W in R^(m, n); x in (0, 1)^n; z = W @ x; at W=[[1, 2]], x=[1/2, 1/4]")
    assert repr(found["W"]) == "<W in R^(m, n), an mxn matrix>"
    assert repr(found["z"]) == "<z = W @ x, a vector of m>"
    assert found["z"].value is not None and str(found["z"].value[0]) == "1"
    with pytest.raises(GradcliError, match="never closed"):
        gradcli.names("x in R; f = (x")
    found = gradcli.names("x in R^(n + 1); L = sum(x)^2; at x = [1, 2, 3]")
    assert str(found["L"].value) == "36"
    with pytest.raises(GradcliError, match="one derivation"):
        gradcli.names(TEXT)
