"""Which line of a backward goes wrong first: what its values are, and which lines can explain it.

Must not know edits. A value that is the adjoint of its namesake is right; of the others those come
into question a change of which alone could make all gradients right: the first of them is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import precision
from gradcli.code.execution import CodeOutcome, GradientEntries, apart, execute, midpoint
from gradcli.code.records import (
    BACKWARD,
    FORWARD,
    KnownValues,
    LineRecorder,
    LineValue,
    jacobian,
    key,
    known,
)
from gradcli.code.session import SESSIONS, CodeSession
from gradcli.code.verdict import Judge, Judged
from gradcli.proof.residue_run import running

RIGHT, PART, VALUE, UNNAMED, UNKNOWN, AGAINST = range(6)
"""What is known of a value: its namesake's adjoint, a use's part of one, a value of the forward, a
mixture of adjoints, nothing, or that it is something else than its name says."""
PREFIXES = ("grad_", "d_", "delta_", "dL_d", "dL_", "g_", "d", "g")
SUFFIXES = ("_grad", "_bar", "_g")
RESIDUAL = 1e-7
"""Of least squares, at which a system counts as solvable; a hint, and no verdict rests on it."""


@dataclass(slots=True, eq=False)
class Explained:
    """A line a change of which can make the gradients right: what is known of its last value.

    `slopes` are the derivatives of all gradients' entries by the entries of its values.
    """

    line: int
    values: list[LineValue]
    evidence: int
    said: str
    slopes: Any
    residual: Any


@dataclass(slots=True)
class Located:
    """`lines` in the order of suspicion; `said` has of lines what their values are. `untracked` are
    lines without numbers of ours, `misshapen` those that made a gradient of a wrong shape."""

    lines: list[Explained] = field(default_factory=list)
    said: dict[int, str] = field(default_factory=dict)
    outcome: CodeOutcome | None = None
    recorder: LineRecorder = field(default_factory=LineRecorder)
    known: KnownValues = field(default_factory=KnownValues)
    untracked: list[int] = field(default_factory=list)
    misshapen: list[int] = field(default_factory=list)
    slopes: dict[int, Any] = field(default_factory=dict)

    @property
    def suspected(self) -> list[int]:
        """All lines that come into question, the most suspected first."""
        lines = (*self.misshapen, *(x.line for x in self.lines), *self.untracked)
        return list(dict.fromkeys(lines))


def locate(judge: Judge, wrong: Judged) -> Located:
    """Run the code once more where it is wrong, with every value recorded."""
    run = wrong.outcome.given.run
    recorder, outcome = _recorded(judge, wrong, copies=True)
    if not _same(outcome, wrong.outcome):
        recorder, outcome = _recorded(judge, wrong, copies=False)
    SESSIONS.append(CodeSession(tolerant=True))
    try:
        with precision(outcome.bits), running(run) if run is not None else nullcontext():
            return _located(judge, recorder, outcome)
    finally:
        SESSIONS.pop()


def _recorded(judge: Judge, wrong: Judged, copies: bool) -> tuple[LineRecorder, CodeOutcome]:
    recorder, bits = LineRecorder(copies), wrong.outcome.bits
    run = wrong.outcome.given.run
    outcome = execute(judge.target, judge.inputs, wrong.place, run, recorder=recorder, bits=bits)
    return recorder, outcome


def _same(recorded: CodeOutcome, before: CodeOutcome) -> bool:
    """Whether the code returned what it had returned without a recorder."""
    pairs = zip(recorded.gradients, before.gradients, strict=True)
    return all(
        (one.claimed is None and other.claimed is None)
        or list(map(midpoint, one.claimed or ())) == list(map(midpoint, other.claimed or ()))
        for one, other in pairs
    )


def _located(judge: Judge, recorder: LineRecorder, outcome: CodeOutcome) -> Located:
    path = judge.target.file
    alone = judge.target.style == "grad" and not judge.target.backward
    values = [
        value
        for value in recorder.of(FORWARD if alone else BACKWARD)
        if value.path == path and not (alone and _feeds(value, outcome))
    ]
    tables = known(recorder, outcome)
    by_line: dict[int, list[LineValue]] = {}
    for value in values:
        by_line.setdefault(value.line, []).append(value)
    found = Located(outcome=outcome, recorder=recorder, known=tables)
    whole = [g for g in outcome.gradients if g.claimed and len(g.claimed) == len(g.true)]
    # Where several lines are wrong, each may explain one gradient.
    for gradients in (whole, *([g] for g in whole if len(whole) > 1)):
        _explain(found, by_line, gradients)
        if found.lines:
            break
    for gradient in outcome.gradients:
        if gradient.claimed is not None and gradient.shape != gradient.true_shape:
            own = key(gradient.claimed)
            found.misshapen += [
                line
                for line, group in reversed(by_line.items())
                if any(value.numbers and key(value.numbers) == own for value in group)
            ]
    return found


def _explain(
    found: Located, by_line: dict[int, list[LineValue]], gradients: Sequence[GradientEntries]
) -> None:
    """The lines a change of which makes these gradients right, if anything is wrong with them."""
    pairs = [pair for g in gradients for pair in zip(g.claimed or (), g.true, strict=True)]
    wanted = np.array([midpoint(y) - midpoint(x) for x, y in pairs])
    if not any(apart(x, y) for x, y in pairs):
        return
    tables = found.known
    found.untracked = []
    slopes = found.slopes = jacobian([x for x, _ in pairs])
    for line, group in by_line.items():
        tracked = [value for value in group if value.numbers]
        if not tracked:
            found.untracked.append(line)
            continue
        evidence, said = _evidence(tracked, tables)
        if said:
            found.said[line] = said
        matrix = _columns(tracked, slopes, len(pairs))
        if matrix is not None and _solvable(matrix, wanted):
            found.lines.append(Explained(line, tracked, evidence, said, matrix, wanted))
    found.lines = [*_ordered(found.lines)]


def _feeds(value: LineValue, outcome: CodeOutcome) -> bool:
    """Whether the value that is differentiated rests on this one."""
    return any(getattr(x, "serial", None) in outcome.adjoints.numbers for x in value.numbers)


def _ordered(lines: Sequence[Explained]) -> Iterator[Explained]:
    """In the order of the run, those first whose values are nothing that is known to be right."""
    suspects = [x for x in lines if x.evidence in (AGAINST, UNKNOWN)]
    last = [x for x in suspects if all(v.name.startswith("return[") for v in x.values)]
    yield from (x for x in suspects if x not in last)
    yield from (x for x in lines if x.evidence == PART)
    yield from last
    yield from (x for x in lines if x.evidence == UNNAMED)
    yield from (x for x in lines if x.evidence in (VALUE, RIGHT))


def namesakes(name: str) -> Iterator[str]:
    """What a name such as `dx`, `grad_x` or `x_grad` is the adjoint of."""
    for prefix in PREFIXES:
        if name.startswith(prefix) and len(name) > len(prefix):
            yield name[len(prefix) :]
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            yield name[: -len(suffix)]


def truths(value: LineValue, tables: KnownValues) -> list[Sequence[Any]]:
    """What the value may be by its name: the adjoints of its namesakes, in whole and by uses."""
    own = value.bare_name
    names = [own.partition("[")[0], own.rpartition(".")[2]]
    found = [] if "['" not in value.name else [*tables.named.get(own, [])]
    for name in dict.fromkeys(names):
        for namesake in namesakes(name):
            found += tables.named.get(namesake, [])
    return [true for true in found if len(true) == len(value.numbers)]


def _evidence(values: Sequence[LineValue], tables: KnownValues) -> tuple[int, str]:
    """Of the last value of each name on a line, the worst."""
    last = {value.name: value for value in values}
    return max((_one(value, tables) for value in last.values()), key=lambda pair: pair[0])


def _one(value: LineValue, tables: KnownValues) -> tuple[int, str]:
    own = key(value.numbers)
    meant = [key(true) for true in truths(value, tables)]
    adjoint = tables.adjoints.get(own)
    if own in meant:
        if own in tables.uses and own not in tables.adjoints:
            return PART, f"ok: dL/d{tables.uses[own]}"
        return RIGHT, f"ok: dL/d{adjoint}"
    if meant:
        other = adjoint or tables.uses.get(own)
        if other and set(own) != {0}:
            return AGAINST, f"{value.bare_name} is dL/d{other}"
        return AGAINST, ""
    if own in tables.gradients:
        return RIGHT, f"ok: dL/d{tables.gradients[own]}"
    if adjoint:
        return UNNAMED, f"ok: dL/d{adjoint}"
    if own in tables.uses:
        return PART, f"ok: dL/d{tables.uses[own]}"
    if own in tables.forward:
        return VALUE, f"ok: {tables.forward[own]}"
    if all(x in tables.inside or x in (0, 1) for x in own):
        return VALUE, ""
    if all(x in tables.vertices for x in own):
        return UNNAMED, ""
    return UNKNOWN, ""


def _columns(values: Sequence[LineValue], slopes: dict[int, Any], rows: int) -> Any:
    """The derivatives of the gradients by all numbers that a line has made, a column each."""
    found = [
        slopes[x.serial]
        for value in values
        for x in value.numbers
        if getattr(x, "serial", None) in slopes
    ]
    return np.array(found).T if found and rows else None


def _solvable(matrix: Any, wanted: Any) -> bool:
    if not np.isfinite(matrix).all():
        return False
    if matrix.shape[1] > 2 * matrix.shape[0]:
        mixed = np.random.default_rng(0).standard_normal((matrix.shape[1], matrix.shape[0] + 8))
        matrix = matrix @ mixed
    change = np.linalg.lstsq(matrix, wanted, rcond=1e-12)[0]
    gap = np.abs(matrix @ change - wanted).max(initial=0.0)
    return bool(gap <= RESIDUAL * np.abs(wanted).max(initial=0.0))
