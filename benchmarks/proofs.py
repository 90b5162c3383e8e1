"""What a proof and a diagnosis cost, and how many right claims are proved and wrong ones mended.

Must not know how either is found; SymPy's simplifier is measured where it is installed.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import verdicts

from gradcli.api import check_text
from gradcli.api.remembered import Nothing
from gradcli.diagnosis import search
from gradcli.errors import Source
from gradcli.judge import pair_verdict
from gradcli.judge.finding import CheckOptions, Finding

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
DESCRIBED = ("domain", "tiny", "step", "shape")
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """Proofs of the hundred scalar derivations, then the corpus line by line."""
    return [_hundred(), *_peer(), *_corpus()]


@contextmanager
def _timed(module: Any, name: str) -> Iterator[list[float]]:
    """The seconds of every call of a module's function."""
    times: list[float] = []
    inner: Callable[..., Any] = getattr(module, name)

    def timed(*args: Any) -> Any:
        start = time.process_time()
        try:
            return inner(*args)
        finally:
            times.append(time.process_time() - start)

    setattr(module, name, timed)
    try:
        yield times
    finally:
        setattr(module, name, inner)


def _spread(times: list[float]) -> str:
    middle, mean, most = statistics.median(times), statistics.mean(times), max(times)
    return f"median {middle * 1000:.2g} ms, mean {mean * 1000:.2g} ms, most {most * 1000:.2g} ms"


def _hundred() -> Row:
    with _timed(pair_verdict, "proof") as times:
        findings = verdicts.judged(verdicts.HUNDRED.read_text())
    proved = {f.derivation: f.verdict == "proved" for f in findings}
    right = sum(ok for name, ok in proved.items() if name.endswith("right"))
    wrong = sum(ok for name, ok in proved.items() if name.endswith("wrong"))
    words = f"{_spread(times)}; {right} of 50 right ones proved, {wrong} of 50 wrong ones"
    return "a proof of 100 scalar derivations", words, "1 ms, none wrong"


def _peer() -> list[Row]:
    if not find_spec("sympy"):
        return []
    times = []
    for _, f, claimed in verdicts.derivations()[: verdicts.SIMPLIFIED]:
        start = time.process_time()
        verdicts._sympy(verdicts.pythonic(f), verdicts.pythonic(claimed))
        times.append(time.process_time() - start)
    return [("the same by SymPy's simplify", _spread(times), "")]


def _corpus() -> list[Row]:
    manifest = json.loads((CORPUS / "manifest.json").read_text())
    found: dict[tuple[str, int], Finding] = {}
    with _timed(search, "diagnose") as times:
        for file in sorted({row["file"] for row in manifest if row["expect"] != "error"}):
            source = Source(file, (CORPUS / file).read_text())
            markdown = file.endswith(".md")
            report = check_text(source, CheckOptions(), markdown=markdown, cache=Nothing())
            for each in report.findings:
                found[file, each.span.source.position(each.span.start)[0]] = each
    pairs = [(row, found[key]) for row in manifest if (key := (row["file"], row["line"])) in found]
    right = [f for row, f in pairs if row["expect"] == "pass" and "≈" not in f.text]
    proved = sum(f.verdict == "proved" for f in right)
    slips = [
        (row["defect"], f.diagnosis)
        for row, f in pairs
        if row["expect"] == "refuted" and row["defect"] and row["defect"] not in DESCRIBED
    ]
    mended = sum(bool(d and d.mended) for _, d in slips)
    named = sum(bool(d and d.kind == kind) for kind, d in slips)
    return [
        ("right lines of the corpus proved", f"{proved} of {len(right)}", "95 %"),
        ("its slips mended, named alike", f"{mended}, {named} of {len(slips)}", "90 %, 75 %"),
        ("a diagnosis there", _spread(times), "50 ms"),
    ]
