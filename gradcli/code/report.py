"""What a check of code found, as data, and the message that a person can act on.

Must not know how it was found, nor who prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

PROVED, HOLDS, REFUTED, REFUSED = "proved", "holds", "refuted", "refused"
WORST = (REFUTED, REFUSED, HOLDS, PROVED)


@dataclass(slots=True)
class GradientReport:
    """One gradient: by which input, the verdict and what was shown, at so many `points`.

    `entries` are the indices of the entries that are wrong, `expected` and `returned` the first
    of them in digits, `counterexample` NumPy code that shows it, empty where nothing is wrong.
    """

    name: str
    verdict: str
    evidence: str
    entries: list[tuple[int, ...]] = field(default_factory=list)
    expected: str = ""
    returned: str = ""
    counterexample: str = ""
    points: int = 1


@dataclass(slots=True)
class CodeDiagnosis:
    """What is wrong with a line: `text` says it, `mended` is the statement as it should be.

    `kind` is the mistake's name.
    `verdict` is that of the mended code, `sizes` those at which it was proved; `statement` is what
    stands there now.
    """

    kind: str
    text: str
    line: int
    statement: str = ""
    mended: str = ""
    verdict: str = ""
    sizes: str = ""


@dataclass(slots=True)
class CodeReport:
    """The verdict on one backward function: the worst of its gradients'.

    `relation` says what the backward claims to be of the forward: its reverse mode or gradient.
    `line` is the first line of the backward that goes wrong, from 1, None where nothing does or it
    was not found; `candidates` are all the lines a change of which can mend it. `verified` says of
    lines what their values are. `coverage` says which comparisons were seen both ways, `floats`
    how far float64 and float32 are from the certified values, `notes` what else there is to know.
    """

    forward: str
    backward: str
    relation: str
    path: str
    gradients: list[GradientReport]
    sizes: list[dict[str, int]] = field(default_factory=list)
    coverage: str = ""
    floats: str = ""
    notes: list[str] = field(default_factory=list)
    line: int | None = None
    candidates: list[int] = field(default_factory=list)
    verified: dict[int, str] = field(default_factory=dict)
    diagnosis: CodeDiagnosis | None = None

    @property
    def verdict(self) -> str:
        found = {gradient.verdict for gradient in self.gradients}
        return next((verdict for verdict in WORST if verdict in found), REFUSED)

    @property
    def denial(self) -> str:
        """That the backward is not what it claims to be, in words."""
        if self.backward == self.forward:
            return f"{self.backward} does not return {self.relation}"
        return f"{self.backward} is not {self.relation} of {self.forward}"

    def __str__(self) -> str:
        return message(self)


class WrongGradient(AssertionError):
    """A gradient is not the derivative; `report` says which, where, and what would be."""

    def __init__(self, report: CodeReport) -> None:
        super().__init__(message(report))
        self.report = report


def message(report: CodeReport) -> str:
    """The block that a person reads: the verdict, the place with its neighbours, the mend."""
    wrong = [g for g in report.gradients if g.verdict == REFUTED]
    if not wrong:
        return _passed(report)
    names = ", ".join(g.name for g in wrong)
    out = [
        f"{report.denial}: wrong for {names}",
        f"  --> {Path(report.path).name}:{report.line or 1}",
    ]
    if report.line is not None:
        out += _excerpt(report)
    for g in wrong:
        where = f"[{', '.join(map(str, g.entries[0]))}]" if g.entries and g.entries[0] else ""
        out.append(f"   = {g.name}{where}: {g.evidence}")
    found = report.diagnosis
    if found is not None and found.mended:
        out.append(f"   = mend: {found.mended.strip()}")
        out.append(f"     {found.verdict} {found.sizes or 'at these sizes'}")
    out += [f"   = note: {note}" for note in report.notes]
    if wrong[0].counterexample:
        out += ["   = the counterexample, as NumPy code:"]
        out += [f"     {line}" for line in wrong[0].counterexample.splitlines()]
    return "\n".join(out)


def _passed(report: CodeReport) -> str:
    """Gradients with the same verdict for the same reason share a line."""
    lines = [f"{report.backward}: {report.verdict}"]
    groups: dict[tuple[str, str], list[str]] = {}
    for g in report.gradients:
        groups.setdefault((g.verdict, g.evidence), []).append(g.name)
    lines += [f"  {', '.join(names)}: {' '.join(why)}" for why, names in groups.items()]
    lines += [f"  {text}" for text in (report.coverage, report.floats, *report.notes) if text]
    return "\n".join(lines)


def _excerpt(report: CodeReport) -> list[str]:
    """The line with the one before it, and beside them what is known of their values."""
    assert report.line is not None
    source = Path(report.path).read_text(encoding="utf-8").splitlines()
    said = dict(report.verified)
    if report.diagnosis is not None and report.diagnosis.text:
        said[report.diagnosis.line] = report.diagnosis.text
    shown = [n for n in (report.line - 1, report.line) if 1 <= n <= len(source)]
    width = max(len(source[n - 1].rstrip()) for n in shown)
    return [
        f"{n:4}| {source[n - 1].rstrip():{width}}" + (f"  # {said[n]}" if n in said else "")
        for n in shown
    ]
