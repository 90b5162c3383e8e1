"""Claims about hand-written code in a derivation: run beside its graphs, in a process of its own.

Must not know command lines or formats. Code is only run when `--run-code` was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradcli.api.code_sets import declared
from gradcli.api.handwritten import UNJUDGED, WRONG, counterexample, evidence
from gradcli.api.isolated import Died, TookTooLong, isolated
from gradcli.api.sheet_code import SheetCode
from gradcli.claims import Key
from gradcli.code.check import CodeOptions, check, refusal, told
from gradcli.code.conventions import CodeTarget
from gradcli.code.points import CodeInputs, Sizes
from gradcli.code.report import REFUSED, REFUTED, CodeReport, GradientReport
from gradcli.code.survey import Survey
from gradcli.errors import Diagnostic, GradcliError, Source, wrong
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.order import topological
from gradcli.judge.finding import CheckOptions, Diagnosis, Finding
from gradcli.language.derivation import derivation
from gradcli.language.documents.sections import Section
from gradcli.language.tree.syntax import CodeCall, Expr, Name
from gradcli.language.written import CodeClaim, WrittenDerivation
from gradcli.reading import OUTSIDE, Place, content

WAITS = "G505"
NEEDS = "this claim needs --run-code: it runs {} of {}"
LARGEST = 16 << 20
"""Bytes of a file of Python."""
ALLOW = "code is run when you ask for it, for it can do whatever you can"


@dataclass(frozen=True, slots=True)
class SheetText:
    """A derivation as it was read, from which its graphs are made at any sizes; picklable."""

    shared: Section
    own: Section
    arguments: Mapping[str, Any]

    def at(self, sizes: Sizes) -> WrittenDerivation:
        return derivation(self.shared, self.own, sizes=dict(sizes), **self.arguments)


@dataclass(slots=True)
class SheetInputs(CodeInputs):
    """The inputs of a derivation at sizes that its conditions allow."""

    said: Dimensions = field(default_factory=Dimensions)

    def sizes(self) -> Iterator[dict[str, int]]:
        seen = []
        for found in (CodeInputs.sizes(self), self.said.small(self.letters, {})):
            for sizes in found:
                if self.said.allow(sizes) and sizes not in seen:
                    seen.append(sizes)
                    yield sizes


def code_findings(
    text: SheetText, claims: Sequence[CodeClaim], options: CheckOptions, place: Place, name: str
) -> tuple[list[Finding], list[Diagnostic]]:
    """A finding for each claim about code, undecided where code may not be run, and errors."""
    findings: list[Finding] = []
    errors: list[Diagnostic] = []
    ready: dict[Key, tuple[CodeClaim, Survey]] = {}
    for claim in claims:
        try:
            _refuse(claim)
            if not options.run_code:
                message = NEEDS.format(claim.code.call.name, claim.code.path)
                findings.append(_undecided(claim, name, WAITS, message, ALLOW))
                continue
            ready[claim.key] = claim, _survey(claim, place)
        except GradcliError as error:
            errors += error.diagnostics
    if not ready:
        return findings, errors
    paths = {key: survey.source.name for key, (_, survey) in ready.items()}
    limit = options.timeout
    try:
        reports = isolated(_judged, text, paths, options.seed, limit, limit=limit)
    except (TookTooLong, Died) as error:
        late = isinstance(error, TookTooLong)
        why = f"was not judged within {limit:g} seconds" if late else "ended its process"
        for claim, _ in ready.values():
            message = f"{_label(claim.code.call)} {why}"
            findings.append(_undecided(claim, name, UNJUDGED, message, "give more with --timeout"))
        return findings, errors
    for key, (claim, survey) in ready.items():
        findings.append(_finding(claim, survey, reports[key], name))
    return findings, errors


def _refuse(claim: CodeClaim) -> None:
    """GradcliError where a claim about code says nothing, or of the wrong place."""
    if claim.bound:
        message = "code is held to a derivation at points of its own"
        help = "put this claim above the  at  line and outside of loops"
        raise wrong("G010", message, claim.span, help=help)


def _survey(claim: CodeClaim, place: Place) -> Survey:
    """The file's text with the function in it; GradcliError where either is not there."""
    path = place.folder / claim.code.path
    if not place.allows(path):
        message = f"{claim.code.path} is outside of the project"
        raise wrong("G011", message, claim.code.span, help=OUTSIDE)
    try:
        survey = Survey(read(str(path)))
        for call in _calls(claim.code.call):
            survey.find(call.name)
        _unknown(claim, survey)
    except GradcliError as error:
        placed = [
            Diagnostic(d.code, d.message, d.span or claim.code.span, d.label, d.help)
            for d in error.diagnostics
        ]
        raise GradcliError(*placed) from None
    return survey


def read(path: str) -> Source:
    """The text of a file of Python; GradcliError (G011) where it is none."""
    try:
        return Source(path, content(Path(path), LARGEST).decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise wrong("G011", f"{path} cannot be read: {reason}") from None


def _calls(call: CodeCall) -> Iterator[CodeCall]:
    yield call
    for _, argument in call.arguments:
        if isinstance(argument, CodeCall):
            yield from _calls(argument)


def _names(call: Expr) -> Iterator[Name]:
    if isinstance(call, Name):
        yield call
    elif isinstance(call, CodeCall):
        for _, argument in call.arguments:
            yield from _names(argument)


def _unknown(claim: CodeClaim, survey: Survey) -> None:
    """Names that the derivation has not got are what the forward returns: it must be there."""
    call = claim.code.call
    unknown = [name for name in _names(call) if name.name not in claim.known]
    if not unknown:
        return
    forward = survey.forward_of(call.name)
    first = unknown[0]
    if forward is None:
        message = f"{first.name} is neither known above nor returned by a forward of {call.name}"
        help = f"define it above, or call what makes it:  {call.name}(dout, forward(x)[1])"
        raise wrong("G005", message, first.span, help=help)
    lacking = [p for p in survey.find(forward).required if _own(p, claim.known) is None]
    if lacking:
        message = f"{first.name} is made by {forward}, and its {lacking[0]} is not known above"
        help = (
            f"define {lacking[0]} above, or call it:  {forward}[1](…)  in the place of {first.name}"
        )
        raise wrong("G005", message, first.span, help=help)
    if len(unknown) > 1 and len({name.name for name in unknown}) > 1:
        message = f"{forward} is taken for one of these only: {unknown[0].name}, {unknown[1].name}"
        help = f"define the other above, as in  {unknown[0].name} = dL/d…"
        raise wrong("G005", message, unknown[1].span, help=help)


def _own(parameter: str, known: Mapping[str, Any]) -> str | None:
    """The name in a derivation that a parameter of the code goes by: the same, or in other case."""
    if parameter in known:
        return parameter
    alike = [name for name in known if name.casefold() == parameter.casefold()]
    return alike[0] if len(alike) == 1 else None


def _label(call: CodeCall) -> str:
    return call.name + "".join(f"[{place!r}]" for place in call.places).replace("'", '"')


# -- in a process of its own


def _judged(
    text: SheetText, paths: Mapping[Key, str], seed: int, timeout: float
) -> dict[Key, CodeReport]:
    return {key: _one(text, key, path, seed, timeout) for key, path in paths.items()}


def _one(text: SheetText, key: Key, path: str, seed: int, timeout: float) -> CodeReport:
    # Letters that only graphs need have sizes of their own by then.
    first = text.at({})
    claim = first.called.get(key)
    sets = {node: declared(space.text) for node, space in first.spaces.items()}
    every = SheetInputs({str(n.params[0]): x for n, x in sets.items()}, said=first.dimensions)
    if claim is None:
        claim = text.at(next(every.sizes())).called[key]
    survey = Survey(read(path))
    call = claim.code.call
    forward = survey.forward_of(call.name)
    arguments: dict[str, str] = {}
    if forward is not None:
        known = {p: _own(p, claim.known) for p in survey.find(forward).parameters}
        arguments = {p: name for p, name in known.items() if name is not None}
    names = [*(name.name for name in _names(call)), *arguments.values()]
    below = topological([claim.node, *(claim.known[n] for n in names if n in claim.known)])
    used = {str(node.params[0]): x for node, x in sets.items() if node in below}
    inputs = SheetInputs(used or every.given, said=first.dimensions)

    read_at: dict[tuple[tuple[str, int], ...], CodeClaim] = {}

    def at(sizes: Sizes) -> CodeClaim:
        found = tuple(sizes.items())
        if found not in read_at:
            read_at[found] = text.at(sizes).called[key]
        return read_at[found]

    reader = SheetCode(at, path, _label(call), forward, arguments)
    target = CodeTarget(path, claim.name, call.name, "vjp", traced=reader)
    try:
        return check(target, inputs, CodeOptions(seed, timeout))
    except GradcliError:
        raise
    except Exception as error:
        return refusal(target, told(error, target))


# -- findings


def _undecided(claim: CodeClaim, name: str, code: str, message: str, note: str) -> Finding:
    found = _begun(claim, name, "undecided")
    found.code, found.message = code, message
    found.notes = [note] if note else []
    return found


def _begun(claim: CodeClaim, name: str, verdict: str) -> Finding:
    return Finding(
        derivation=name, text=claim.text, name=claim.name, span=claim.span, left=claim.left,
        step=claim.key[1], verdict=verdict, truth=verdict,
    )  # fmt: skip


def _finding(claim: CodeClaim, survey: Survey, found: CodeReport, name: str) -> Finding:
    gradient = found.gradients[0]
    if gradient.verdict == REFUSED:
        message, _, help = gradient.evidence.partition("; ")
        where = f"{Path(found.path).name}, " if found.line else ""
        return _undecided(claim, name, UNJUDGED, where + message, help)
    finding = _begun(claim, name, gradient.verdict)
    finding.evidence = evidence(found, gradient)
    if gradient.verdict != REFUTED:
        finding.notes = [x for x in (found.coverage, found.floats, *found.notes) if x]
        return finding
    finding.code = WRONG
    finding.message = f"{_label(claim.code.call)} does not return {claim.name}"
    finding.counterexample = counterexample(found, gradient)
    _explain(survey, found, gradient, finding)
    return finding


def _explain(survey: Survey, found: CodeReport, gradient: GradientReport, finding: Finding) -> None:
    """What is wrong in the file of Python, the mend, and the evidence."""
    diagnosis = found.diagnosis
    if found.line is not None:
        text = survey.source.line(found.line).strip()
        place = f"{survey.source.name}:{found.line}"
        finding.notes.append(f"the first wrong line is {place}:  {text}")
    if diagnosis is not None:
        mended = diagnosis.mended.strip() or None
        span = survey.statement(diagnosis.line)
        finding.diagnosis = Diagnosis(
            diagnosis.kind, diagnosis.text, mended, diagnosis.verdict, span
        )
        if diagnosis.sizes:
            finding.notes.append(f"the mend is {diagnosis.verdict} {diagnosis.sizes}")
    finding.notes.append(gradient.evidence)
    finding.notes += found.notes
    if gradient.counterexample:
        finding.notes.append(f"as NumPy code:\n{gradient.counterexample}")
