"""The check of one target: verdicts at points of two sizes, and a report of all that was found.

Must not know how points are drawn or lines located: it only says what is asked next.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gradcli.code.conventions import CodeTarget, Misfit
from gradcli.code.counterexample import counterexample
from gradcli.code.coverage import Coverage, Site, at_boundaries
from gradcli.code.edits import kind_of
from gradcli.code.execution import GradientEntries, midpoint
from gradcli.code.floats import Modules, contradicted, float_gradients, modules_of, rounding
from gradcli.code.locate import Located, locate, namesakes
from gradcli.code.mend import Mend, Mender
from gradcli.code.points import CodeInputs, CodePoint, Sizes
from gradcli.code.report import (
    HOLDS,
    PROVED,
    REFUSED,
    REFUTED,
    CodeDiagnosis,
    CodeReport,
    GradientReport,
)
from gradcli.code.session import Leaves
from gradcli.code.verdict import Judge, Judged, Refused, same_shape
from gradcli.errors import fault, wrong

CONTRADICTION = "the run in exact numbers refutes {}, and the code itself returns the derivative"
STRICT = "GRADCLI_STRICT"
"""A variable of the environment under which a search for a mend that fails is an error."""
UNFINISHED = "the search for the wrong line failed, which is a bug of gradcli: please report it"
POINTS = (3, 1)
"""At the first choice of sizes, and at the second."""
CERTAIN = 80
"""Binary digits: a wrong gradient passes as proved with a chance below 2^-80."""


@dataclass(slots=True)
class CodeOptions:
    """`seed` moves the points, `timeout` is in seconds; `diagnose` looks for the wrong line."""

    seed: int = 0
    timeout: float = 60.0
    diagnose: bool = True


@dataclass(slots=True)
class Found:
    """The points of all sizes so far, and by the names of gradients how certain each size is."""

    points: list[Judged] = field(default_factory=list)
    sizes: list[dict[str, int]] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def wrong(self) -> Judged | None:
        return next((point for point in self.points if point.wrong), None)

    def bits(self, name: str) -> int | None:
        """Of the size at which it is least; None where one point does not show it."""
        least = []
        for sizes in self.sizes:
            here = [p.bits.get(name) for p in self.points if p.place.sizes is sizes]
            if not here or None in here:
                return None
            least.append(sum(bits for bits in here if bits is not None))
        return min(least, default=None)


def check(target: CodeTarget, inputs: CodeInputs, options: CodeOptions | None = None) -> CodeReport:
    """Judge a backward. What the code does is no error here but a verdict: `refused` says why."""
    options = options or CodeOptions()
    judge = Judge(target, inputs, deadline=time.monotonic() + options.timeout)
    judge.seed = options.seed * 100
    found = Found()
    try:
        _points(judge, found)
        _boundaries(judge, found)
    except Refused as refused:
        return refusal(target, refused)
    gradients = _gradients(target, found)
    report = CodeReport(
        target.forward, target.label, target.relation, target.file, gradients, found.sizes
    )
    report.notes = _notes(found)
    modules = _modules(target, report)
    if found.wrong is None:
        report.floats = rounding(judge, found.points[0].place, modules) if modules else ""
    elif modules and contradicted(judge, found.wrong, modules):
        raise wrong("G900", CONTRADICTION.format(target.label))
    elif options.diagnose and _comparable(found.wrong):
        _searched(judge, found.wrong, report, modules)
    report.coverage = found.coverage.text()
    return report


def refusal(target: CodeTarget, refused: Refused) -> CodeReport:
    """A report that says why there is no verdict."""
    text = str(refused) + (f"; {refused.help}" if refused.help else "")
    where = "" if refused.line is None else f"line {refused.line}: "
    gradients = [GradientReport(name, REFUSED, where + text) for name in target.wrt or ("",)]
    return CodeReport(
        target.forward, target.label, target.relation, target.file, gradients, line=refused.line
    )


def _points(judge: Judge, found: Found) -> None:
    """Generic points, at two choices of sizes that the code accepts, until a gradient is wrong."""
    failed: Exception | None = None
    for sizes in judge.inputs.sizes():
        try:
            for point in judge.points(sizes, POINTS[len(found.sizes)]):
                found.points.append(point)
                if point.wrong:
                    break
        except Refused:
            raise
        except Exception as error:  # whatever the code raises
            failed = error
            found.points = [p for p in found.points if p.place.sizes is not sizes]
            if isinstance(error, Leaves | Misfit):
                break
            continue
        found.sizes.append(sizes)
        if found.wrong or len(found.sizes) == len(POINTS):
            return
    if failed is not None and not found.points:
        raise told(failed, judge.target, _runs(judge, sizes))


def _boundaries(judge: Judge, found: Found) -> None:
    """Points at the boundaries of the branches that the first points took."""
    for point in found.points:
        found.coverage.note(point.outcome.session.comparisons)
    if found.wrong is not None:
        return
    starts = [next(p for p in found.points if p.place.sizes is sizes) for sizes in found.sizes]
    walked: set[Site] = set()
    for start in starts:
        # At further sizes those comparisons are left that the first had not got.
        for point in at_boundaries(judge, start, found.coverage, passed=frozenset(walked)):
            found.points.append(point)
            if point.wrong:
                return
        walked |= {comparison.site for comparison in start.outcome.session.comparisons}


def _comparable(wrong: Judged) -> bool:
    """Whether something is wrong with a value, not only with how many are returned."""
    claimed = {g.name for g in wrong.outcome.gradients if g.claimed is not None}
    return any(name in claimed for name in wrong.wrong)


def _modules(target: CodeTarget, report: CodeReport) -> Modules:
    """The modules as they stand; none of a graph, and with a note where these cannot be run."""
    if target.traced is not None and not target.traced.runs:
        return {}
    try:
        return modules_of(target)
    except Exception as error:  # the code's own
        text = f"{type(error).__name__}: {error}"
        report.notes.append(f"the file cannot be run as it stands, in floats: {text}")
        return {}


def _searched(judge: Judge, wrong: Judged, report: CodeReport, modules: Modules) -> None:
    """The diagnosis, whose failure costs no verdict."""
    try:
        _diagnose(judge, wrong, report, modules)
    except Exception as error:
        if os.environ.get(STRICT):
            raise
        report.notes.append(f"{UNFINISHED} ({fault(error)})")


def _diagnose(judge: Judge, wrong: Judged, report: CodeReport, modules: Modules) -> None:
    """The first wrong line, what is wrong with it, and a mend."""
    located = locate(judge, wrong)
    report.candidates = located.suspected
    report.line = next(iter(report.candidates), None)
    report.verified = {line: said for line, said in located.said.items() if said[:3] == "ok:"}
    mend = Mender(judge, wrong, located, modules).mend() if modules else None
    if mend is not None:
        report.line = mend.line
        report.candidates = list(
            dict.fromkeys([*range(mend.line, mend.end + 1), *report.candidates])
        )
        sizes = " and ".join(filter(None, map(sizes_text, mend.sizes)))
        report.diagnosis = CodeDiagnosis(
            kind_of(mend.what), _said(mend, located), mend.line, mend.statement, mend.mended,
            PROVED, sizes and f"at {sizes}",
        )  # fmt: skip


def _said(mend: Mend, located: Located) -> str:
    """What is wrong with a line, with what its value should be where its name says that."""
    own = mend.name.removeprefix("self.")
    meant = next((n for n in namesakes(own) if n in located.known.named), None)
    return f"{own} should be dL/d{meant}: {mend.what}" if meant else mend.what


def told(error: Exception, target: CodeTarget, runs: bool = False) -> Refused:
    """Why the code cannot be judged, with its own line; whether it runs in floats."""
    files = {target.path, target.backward_path}
    frames = traceback.extract_tb(error.__traceback__)
    line = next((f.lineno for f in reversed(frames) if f.filename in files), None)
    if isinstance(error, Leaves):
        help = "keep such values apart from what gradients flow through, or pass them as data"
        return Refused(f"{error}: the value leaves the exact numbers here", line, help)
    if isinstance(error, Misfit):
        return Refused(str(error), line)
    text = " ".join(f"{type(error).__name__}: {error}".split())
    if isinstance(error, ModuleNotFoundError):
        help = f"install {error.name} beside gradcli, or leave its import out of this file"
        return Refused(f"the code imports {error.name}, which is not there", line, help)
    if runs:
        return Refused(f"this has no exact numbers ({text})", line)
    return Refused(f"the code raises {text}", line)


def _runs(judge: Judge, sizes: Sizes) -> bool:
    """Whether the code itself runs in floats where it does not on tracked numbers."""
    if judge.target.traced is not None:
        return False
    try:
        modules = modules_of(judge.target)
        float_gradients(judge.target, judge.inputs, CodePoint(sizes, 1, True), modules)
    except Exception:  # the code's own
        return False
    return True


# -- words


def _gradients(target: CodeTarget, found: Found) -> list[GradientReport]:
    refuting = found.wrong
    if refuting is None:
        names = [gradient.name for gradient in found.points[0].outcome.gradients]
        return [_right(name, found) for name in names]
    reports = []
    for gradient in refuting.outcome.gradients:
        if gradient.name in refuting.wrong:
            reports.append(_refuted(target, gradient, refuting))
        else:
            text = f"at the point that refutes {', '.join(refuting.wrong)}"
            reports.append(GradientReport(gradient.name, HOLDS, text))
    if refuting.outcome.surplus:
        reports.append(_surplus(refuting))
    return reports


def _surplus(wrong: Judged) -> GradientReport:
    return GradientReport("", REFUTED, f"{wrong.outcome.surplus} more returned than asked for")


def _right(name: str, found: Found) -> GradientReport:
    at = " and ".join(filter(None, map(sizes_text, found.sizes)))
    bits, count = found.bits(name), len(found.points)
    if bits is not None and bits >= CERTAIN:
        text = f"for every input that takes the branches of the {count} points tried"
        text += f"{at and f', at {at}'}; the chance of an error is below 2^-80"
        return GradientReport(name, PROVED, text, points=count)
    text = f"at the {count} points tried{at and f', at {at}'}"
    rounding = next((p.rounding for p in found.points if p.rounding), "")
    text += rounding and f", up to the rounding of {rounding}"
    return GradientReport(name, HOLDS, text, points=count)


def sizes_text(sizes: Sizes) -> str:
    return ", ".join(f"{letter}={size}" for letter, size in sizes.items())


def _refuted(target: CodeTarget, gradient: GradientEntries, wrong: Judged) -> GradientReport:
    name = gradient.name
    if gradient.claimed is None:
        text = f"it is not returned; where {name} is data, wrt says what is differentiated by"
        return GradientReport(name, REFUTED, text)
    if not same_shape(gradient):
        text = f"its shape is {gradient.shape}, and that of {name} is {gradient.true_shape}"
        return GradientReport(name, REFUTED, text)
    places = wrong.wrong[name]
    first = places[0]
    claimed, true = midpoint(gradient.claimed[first]), midpoint(gradient.true[first])
    entries = [_index(k, gradient.true_shape) for k in places]
    text = f"returned {claimed:.10g}, the derivative is {true:.10g}"
    code = counterexample(target, wrong.outcome, name, entries[0])
    return GradientReport(name, REFUTED, text, entries, f"{true:.17g}", f"{claimed:.17g}", code)


def _index(position: int, shape: Sequence[int]) -> tuple[int, ...]:
    found: list[int] = []
    for size in reversed(shape):
        position, rest = divmod(position, size)
        found.append(rest)
    return tuple(reversed(found))


def _notes(found: Found) -> list[str]:
    notes: dict[str, None] = {}
    lines: Mapping[str, int] = {}
    for point in found.points:
        outcome = point.outcome
        notes.update(dict.fromkeys(outcome.notes))
        lines = {**lines, **outcome.session.notes}
        for g in outcome.gradients:
            if g.claimed is not None and g.shape != g.true_shape and same_shape(g):
                notes[
                    f"the gradient by {g.name} has the right numbers and the shape {g.shape} for"
                    f" {g.true_shape}: an update would broadcast"
                ] = None
    notes.update(
        {f"line {line}: {by} computes in floats, and its result is taken as data": None
         for by, line in lines.items()}
    )  # fmt: skip
    return [*notes]
