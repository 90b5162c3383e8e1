"""Checks of hand-written gradient code by name: files and texts in, a report of findings out.

Must not know command lines or formats. Code runs here, in a process of its own: only what the
caller names is ever run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from traceback import extract_tb
from typing import Any

from gradcli.api.code_request import CodeRequest, SetText
from gradcli.api.code_sets import declared, require_sets, said
from gradcli.api.isolated import Died, TookTooLong, isolated
from gradcli.code.check import CERTAIN, CodeOptions, check, refusal, told
from gradcli.code.conventions import CodeTarget
from gradcli.code.points import CodeInputs
from gradcli.code.report import PROVED, REFUSED, REFUTED, CodeReport, GradientReport
from gradcli.code.survey import UNSAID, CodePair, Survey
from gradcli.errors import Diagnostic, GradcliError, Source, wrong
from gradcli.judge.finding import (
    Counterexample,
    DerivationReport,
    Diagnosis,
    Entry,
    Evidence,
    FileReport,
    Finding,
)

WRONG, MISSING, UNJUDGED = "G501", "G502", "G503"


def check_code(source: Source, request: CodeRequest, seed: int = 0) -> FileReport:
    """The report on one target of a file, a finding a gradient; or what could be checked there."""
    survey = Survey(source)
    if not request.name:
        return _listed(survey, request)
    pair = survey.pair(request.name, request.forward, request.wrt)
    given = {**said(pair), **dict(request.let)}
    _require(pair, given)
    options = CodeOptions(seed, request.timeout)
    line = source.position(pair.span.start)[0]
    derivation = DerivationReport(pair.target.label, line)
    report = FileReport(source.name, [derivation])
    try:
        found = _run(pair.target, given, options)
    except TookTooLong:
        help = "ask for smaller sizes, or for more time with --timeout"
        message = f"{pair.target.label} was not judged within {request.timeout:g} seconds"
        derivation.errors.append(Diagnostic(UNJUDGED, message, pair.span, help=help))
        return report
    except Died:
        message = f"the process that ran {pair.target.label} died, so nothing is known of it"
        derivation.errors.append(Diagnostic(UNJUDGED, message, pair.span))
        return report
    _account(survey, pair, found, derivation)
    return report


def _run(target: CodeTarget, given: Mapping[str, Any], options: CodeOptions) -> CodeReport:
    """The report of a process of its own; a search for the mend without end costs the mend only."""
    try:
        return isolated(_judged, target, given, options, limit=options.timeout)
    except TookTooLong:
        brief = replace(options, diagnose=False)
        found = isolated(_judged, target, given, brief, limit=options.timeout)
        found.notes.append("there was no time to find the wrong line: --timeout gives more")
        return found


def _judged(target: CodeTarget, given: Mapping[str, Any], options: CodeOptions) -> CodeReport:
    inputs = {n: declared(str(v)) if isinstance(v, SetText) else v for n, v in given.items()}
    try:
        return check(target, CodeInputs(inputs), options)
    except Exception as error:
        if all(frame.filename != target.path for frame in extract_tb(error.__traceback__)):
            raise
        return refusal(target, told(error, target))


def _require(pair: CodePair, given: Mapping[str, Any]) -> None:
    """Every input is said, and none that there is not."""
    missing = [name for name in pair.required if name not in given]
    unknown = [name for name in given if name not in pair.known]
    called = pair.target.forward
    if missing:
        message = f"{called} needs {', '.join(missing)}, and nothing says what that is"
        raise wrong(UNSAID, message, pair.span, help=_hint(missing))
    if unknown:
        message = f'{called} has no parameter "{unknown[0]}"'
        raise wrong(UNSAID, message, pair.span, help=f"it has {', '.join(pair.known)}")
    require_sets(given)
    _placed(pair, given)


def _placed(pair: CodePair, given: Mapping[str, Any]) -> None:
    """It is known where a layer keeps each gradient that is asked for."""
    target = pair.target
    sets = {name: declared(str(v)) for name, v in given.items() if isinstance(v, SetText)}
    inputs = CodeInputs(dict(sets))
    sizes = {letter: 3 + k for k, letter in enumerate(inputs.letters)}
    asked = [name for name in target.wrt or sets if name in sets and inputs.is_real(name, sizes)]
    for name in target.init:
        if name in asked and name not in target.grads:
            message = f"where {target.forward} keeps its gradient by {name} is not known"
            help = (
                "say what is differentiated by with --wrt, or the place in a test:"
                f' check_layer({target.forward}, grads={{"{name}": …}}, …)'
            )
            raise wrong(UNSAID, message, pair.span, help=help)


def _hint(names: Sequence[str]) -> str:
    return f'say it with  --let "{"; ".join(f"{name} in R^…" for name in names)}"'


def _listed(survey: Survey, request: CodeRequest) -> FileReport:
    """What could be checked, a note each; nothing is run."""
    report = FileReport(survey.source.name)
    for pair in survey.pairs():
        target, label = pair.target, pair.target.label
        other = "" if target.forward in (label, label.removesuffix(".backward")) else target.forward
        message = f"{label} can be checked{f' against {other}' if other else ''}"
        line = survey.source.position(pair.span.start)[0]
        derivation = DerivationReport(label, line)
        report.derivations.append(derivation)
        try:
            known = said(pair)
        except GradcliError as error:
            derivation.errors += error.diagnostics
            continue
        sets = "; ".join(f"{name} in …" for name in pair.required if name not in known)
        help = f"gradcli check {survey.source.name}::{pair.name}"
        help += f' --let "{sets}"' if sets else ""
        derivation.notes.append(Diagnostic("G109", message, pair.span, help=help))
    if not report.derivations:
        message = "no function here looks like the gradient of another one"
        help = f"name them: gradcli check {survey.source.name}::BACKWARD --forward FORWARD"
        note = Diagnostic("G109", message, help=help)
        report.derivations.append(DerivationReport("", 1, notes=[note]))
    return report


# -- findings


def _account(
    survey: Survey, pair: CodePair, found: CodeReport, derivation: DerivationReport
) -> None:
    refused = next((g for g in found.gradients if g.verdict == REFUSED), None)
    if refused is not None:
        span = survey.statement(found.line) if found.line else pair.span
        text = refused.evidence.split(": ", 1)[1] if found.line else refused.evidence
        message, _, help = text.partition("; ")
        derivation.errors.append(Diagnostic(UNJUDGED, message, span, help=help))
        return
    names = [g.name for g in found.gradients if g.verdict == REFUTED]
    for gradient in found.gradients:
        derivation.findings.append(_finding(survey, pair, found, gradient, names))


def _finding(
    survey: Survey, pair: CodePair, found: CodeReport, gradient: GradientReport, names: list[str]
) -> Finding:
    label = found.backward
    out = "out" if pair.target.style == "vjp" else found.forward
    finding = Finding(
        derivation=label,
        text=f"{label}: the gradient by {gradient.name}",
        name=f"d{out}/d{gradient.name}" if gradient.name else label,
        span=pair.span,
        left=None,
        step=0,
        verdict=gradient.verdict,
        truth=gradient.verdict,
        evidence=evidence(found, gradient),
        notes=[],
    )
    if gradient.verdict != REFUTED:
        finding.notes = [x for x in (found.coverage, found.floats, *found.notes) if x]
        return finding
    _refute(survey, found, gradient, finding)
    first = gradient.name == names[0]
    finding.joined = not first
    listed = ", ".join(filter(None, names if first else [gradient.name]))
    what = f": wrong for {listed}" if listed else f": {gradient.evidence}"
    finding.message = f"{found.denial}{what}"
    if first:
        _explain(survey, found, gradient, finding)
    return finding


def _refute(survey: Survey, found: CodeReport, gradient: GradientReport, finding: Finding) -> None:
    finding.code = WRONG if gradient.entries else MISSING
    if found.line is not None:
        finding.span = survey.statement(found.line)
    finding.counterexample = counterexample(found, gradient)


def _explain(survey: Survey, found: CodeReport, gradient: GradientReport, finding: Finding) -> None:
    """The line before it with what is known of that, what is wrong, the mend, and the evidence."""
    diagnosis = found.diagnosis
    before = max((n for n in found.verified if found.line and n < found.line), default=None)
    if before is not None:
        finding.left, finding.labels = survey.statement(before), (found.verified[before], "")
    if diagnosis is not None:
        span = survey.statement(diagnosis.line)
        if diagnosis.mended:
            finding.span = span
        mended = diagnosis.mended.strip() or None
        finding.diagnosis = Diagnosis(
            diagnosis.kind, diagnosis.text, mended, diagnosis.verdict or None
        )
        if diagnosis.sizes:
            finding.notes.append(f"the mend is {diagnosis.verdict} {diagnosis.sizes}")
    for wrong_one in (g for g in found.gradients if g.verdict == REFUTED):
        entry = next(iter(wrong_one.entries), ())
        where = f"[{', '.join(map(str, entry))}]" if entry else ""
        finding.notes.append(f"{wrong_one.name}{where}: {wrong_one.evidence}".lstrip(": "))
    others = [str(line) for line in found.candidates if line != found.line]
    if others and (diagnosis is None or not diagnosis.mended):
        finding.notes.append(f"a change of line {' or '.join(others[:4])} could mend it, too")
    finding.notes += found.notes
    if gradient.counterexample:
        finding.notes.append(f"as NumPy code:\n{gradient.counterexample}")


def counterexample(found: CodeReport, gradient: GradientReport) -> Counterexample | None:
    """The first entry that differs, what it must be and what the code returned; None for none."""
    if not gradient.entries:
        return None
    right, returned = float(gradient.expected), float(gradient.returned)
    entries = [Entry(gradient.entries[0], right, returned, right - returned)]
    sizes = found.sizes[-1] if found.sizes else {}
    return Counterexample({}, sizes, right, returned, entries, len(gradient.entries))


def evidence(found: CodeReport, gradient: GradientReport) -> Evidence:
    """What a verdict on a gradient rests on."""
    proved = gradient.verdict == PROVED
    return Evidence(
        points=gradient.points,
        sizes=[size for size in found.sizes if size],
        method="residues" if proved else "ball",
        error=CERTAIN if proved else None,
        proved=[size for size in found.sizes if size] if proved else [],
        every_size=False if proved and any(found.sizes) else None,
        route="branches" if proved else None,
    )
