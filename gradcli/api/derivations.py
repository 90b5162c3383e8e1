"""Derivations verified: a text in, a report of every claim in it as data out.

Must not know files beyond those that a text names, options, terminals or formats.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TypeAlias

from gradcli import work
from gradcli.api.document_derivation import DocumentDerivation
from gradcli.api.failing_fences import unmet
from gradcli.api.listening import Begun, Heard, unheard, untold
from gradcli.api.question import question
from gradcli.api.remembered import MEMORY, STRICT, Cache, Nothing, RememberedDerivation
from gradcli.claims import Claimed, Derivation, Key
from gradcli.errors import (
    BUG,
    Diagnostic,
    GradcliError,
    Source,
    Span,
    diagnostics_of,
    fault,
    in_places,
)
from gradcli.graph.node import Node
from gradcli.judge.case import Case
from gradcli.judge.finding import CheckOptions, DerivationReport, FileReport, Finding, Report
from gradcli.judge.reporting import finding, span_reason
from gradcli.judge.tester import Ruling
from gradcli.language.documents.documents import documents
from gradcli.language.documents.sections import (
    Around,
    Document,
    Section,
    all_statements,
    nothing_around,
    sections,
)  # fmt: skip
from gradcli.language.elaboration.differentials import called_after
from gradcli.language.elaboration.half_lines import declaring
from gradcli.language.elaboration.reader import in_order
from gradcli.language.parsing.parse import read
from gradcli.language.tree.syntax import Definition
from gradcli.language.written import WrittenDerivation
from gradcli.reading import Place
from gradcli.trial.sampling import empty_sets

ENDED = "the search for the mistake ended at the limit of work"
UNFINISHED = "the search for the mistake failed, which is a bug of gradcli: please report it"

Refutation: TypeAlias = tuple[Claimed, Ruling, Finding]
"""A claim that is refuted, what came of it where it was tried, and what is said of it."""


@question
def check(program: str, *, seed: int = 0, points: int | None = None) -> Report:
    """The report on a program's derivations; mistakes of the text are in it, not raised."""
    options = CheckOptions(seed=seed, points=points)
    return Report([check_text(Source("<program>", program), options)])


@question
def check_text(
    text: Source | Document,
    options: CheckOptions,
    *,
    markdown: bool = False,
    place: Place | None = None,
    begun: Begun = untold,
    heard: Heard = unheard,
    cache: Cache = MEMORY,
    around: Around = nothing_around,
) -> FileReport:
    """The report on one text; files that it names are read as `place` has it.

    `begun` is told of each claim that is looked at, `heard` of what came of it. A derivation of
    which `cache` has the report is not judged anew. `around` has what holds for a source besides.
    """
    if isinstance(text, Document):
        report, wanted = FileReport(text.source.name), [text]
    else:
        wanted, complaints = documents(text, markdown)
        for each in wanted:
            each.around = around
        report = FileReport(text.name, unreadable=complaints)
    for document in wanted:
        try:
            for found in derivations(document, options, place or Place(), begun, heard):
                made = found.known_or_run(cache)
                said = any((made.findings, made.errors, made.unmet, made.read))
                if said or found.own is not found.shared or found.alone:
                    report.derivations.append(made)
                if options.first and any(not f.passed for f in made.findings):
                    return report
        except Exception as error:
            start = Span(document.source, document.start, document.start)
            report.unreadable += diagnostics_of(error, start)
    return report


def derivations(
    document: Document, options: CheckOptions, place: Place, begun: Begun = untold,
    heard: Heard = unheard,
) -> Iterator[Checked]:  # fmt: skip
    """The derivations of a document that are asked for, read and not yet judged."""
    reading = read(document.source, document.text)
    first, *others = declaring(sections(reading.program))
    if document.opening is None:
        early = any(c.span and c.span.start < others[0].start for c in reading.complaints if others)
        opening = not others or early or bool(first.statements)
    else:
        opening = document.opening or not others
    for section in [first] * opening + others * (not document.opening):
        given = document.around(document.start, [*first.statements, *section.statements])
        more = [] if section is first else first.statements
        shared = Section("", 0, [*given, *more]) if given else first
        found = Checked(document, reading, shared, section, others, options, place, begun)
        found.given, found.heard = given, heard
        if options.name.lower() in found.name.lower():
            yield found


class Checked(DocumentDerivation):
    """One derivation on its way to a report; each finding is `heard` as soon as it stands."""

    heard: Heard = staticmethod(unheard)

    @cached_property
    def report(self) -> DerivationReport:
        """What is told of it, which grows."""
        source, start = self.document.source, self.own.start
        line = source.position(start)[0] if start else self.document.line
        return DerivationReport(self.name, line)

    def known_or_run(self, cache: Cache) -> DerivationReport:
        """The report that a cache has, else the finished one, which is kept."""
        if isinstance(cache, Nothing):
            return self.run()
        remembered = RememberedDerivation(
            self.document, self.reading, self.shared, self.own, self.first, self.end, self.options,
            self.place, self.given,
        )  # fmt: skip
        known = remembered.found(cache)
        if known is None:
            remembered.keep(self.run(), cache)
            return self.report
        self.report = known
        for made in known.findings:
            self.heard(made)
        return known

    def run(self) -> DerivationReport:
        """The finished report; a fault of ours is in it."""
        try:
            self._run()
        except Exception as error:
            self.report.errors += diagnostics_of(error, self._start())
        return self.report

    def _run(self) -> None:
        case = self.case()
        derivation = case.derivation({})
        complaints = [c for c in self.reading.complaints if self._owns(c.span)]
        text = [e for e in case.shown.errors if self._owns(e.span)]
        errors = in_order(
            [*text, *self._empty(derivation), *self.givens.check(derivation)], complaints
        )
        if self.options.list:
            from gradcli.api.readings import readings  # noqa: PLC0415 seldom asked

            self.report.read = [*readings(self.own.statements, case.shown)]
            self.report.errors = in_places([*errors, *self.givens.errors, *case.errors])
            return
        if not (broken := self._broken(derivation, errors)):
            self._judge(case)
            self._reshape(case, text)
            self._run_code(case)
            self._account(case)
            self._hold_against_names(case)
        self.report.notes += [r for r in derivation.remarks if self._owns(r.span)]
        self.report.errors = in_places([*errors, *self.givens.errors, *case.errors])
        unmet(self.report, self.document, self.own.start, self.end, self.options)
        if (
            not (case.shown.claims or case.shown.called)
            and not (broken or self.report.errors)
            and (self.own is not self.shared or self.own.start == 0)
        ):
            from gradcli.api.unclaimed import offered  # noqa: PLC0415 seldom asked

            help = offered(case.derivation({}))
            note = Diagnostic("G109", "nothing is claimed here", self._start(), help=help)
            self.report.notes.append(note)

    def _start(self) -> Span:
        start = self.own.start or self.document.start
        return Span(self.document.source, start, start)

    def _run_code(self, case: Case[WrittenDerivation]) -> None:
        """Claims about code, in a process of its own."""
        wanted = [claim for claim in case.shown.called.values() if self._asked_for(claim)]
        case.accounted |= {claim.span.start for claim in case.shown.called.values()}
        if not wanted:
            return
        from gradcli.api.called import SheetText, code_findings  # noqa: PLC0415 seldom asked

        text = SheetText(self.shared, self.own, self._read)
        found, errors = code_findings(text, wanted, self.options, self.place, self.name)
        self.report.findings += found
        for made in found:
            self.heard(made)
        self.report.findings.sort(key=lambda made: made.span.start)
        case.errors += errors

    def _broken(self, derivation: Derivation, errors: list[Diagnostic]) -> bool:
        """Whether a set is empty or the layout unknown, so that there is nothing to go by."""
        empty = empty_sets(derivation.spaces, derivation.declared)
        unknown = any("no layout" in e.message for e in errors)
        said = any(e.code == "G014" and "empty" in e.message for e in errors)
        return bool(empty) or unknown or said

    def _empty(self, derivation: Derivation) -> list[Diagnostic]:
        own = {node: place for node, place in derivation.declared.items() if self._owns(place)}
        return empty_sets(derivation.spaces, own)

    def _judge(self, case: Case[WrittenDerivation]) -> None:
        before: dict[int, Finding] = {}
        refuted: list[Refutation] = []
        for claimed, ruling in case.rulings():
            chain, _ = claimed.key
            place = claimed.span
            try:
                made = finding(
                    claimed, ruling, before.get(chain), self.name,
                    span_reason(place, claimed.whole), _writer(case.derivation(ruling.built)),
                )  # fmt: skip
            except Exception as error:
                case.errors += diagnostics_of(error, place)
                case.accounted.add(place.start)
                continue
            if self.options.taylor:
                from gradcli.judge.taylor import taylor  # noqa: PLC0415 seldom asked

                with work.part(~place.start):
                    made.remainders = taylor(case.derivation(ruling.built), claimed.key, ruling)
            before[chain] = made
            self.report.findings.append(made)
            self.heard(made)
            if made.verdict == "refuted":
                refuted.append((claimed, ruling, made))
        self._mend(case, refuted)

    def _mend(self, case: Case[WrittenDerivation], refuted: list[Refutation]) -> None:
        """What is wrong with each: a definition that several use first, or one line by itself."""
        if not (refuted and self.options.diagnose):
            return
        from gradcli.diagnosis.through_letters import diagnosed  # noqa: PLC0415 seldom asked

        apart = self._defined_wrongly(case, refuted) if len(refuted) > 1 else set()
        left = [each for each in refuted if each[0].key not in apart]
        text = [*self.shared.statements, *self.own.statements]
        for number, (claimed, ruling, made) in enumerate(left):
            self.begun(made.span, number, len(left))
            with self._diagnosing(case, made):
                told = made.diagnosis
                made.diagnosis = diagnosed(case, claimed, ruling, told, text, self._case_of)
        if left and not any(m.diagnosis and m.diagnosis.mended for _, _, m in left):
            alone = len(refuted) == 1 and self._defined_wrongly(case, left)
            if not alone:
                self._defined_wrongly(case, left, forward=True)

    def _defined_wrongly(
        self, case: Case[WrittenDerivation], refuted: list[Refutation], forward: bool = False
    ) -> set[Key]:
        """Which claims one wrong definition refutes: the first is told its mend, the others so."""
        tried = [(c, r) for c, r, made in refuted if made.follows is None and not r.why]
        found = [s for s in all_statements(self.own.statements) if isinstance(s, Definition)]
        wrong = None
        if tried and found:
            from gradcli.diagnosis.definitions import wrong_definition  # noqa: PLC0415

            with self._diagnosing(case, refuted[0][2]):
                wrong = wrong_definition(case, tried, found, self._reread, forward)
        if wrong is None:
            return set()
        told = [made for claimed, _, made in refuted if claimed.key in wrong.keys]
        told[0].diagnosis = wrong.diagnosis
        first = told[0].span.source.position(told[0].span.start)[0]
        for made in told[1:]:
            made.notes.append(f"this uses {wrong.name}: its mend is told in line {first}")
        return wrong.keys

    def _reshape(self, case: Case[WrittenDerivation], errors: Sequence[Diagnostic]) -> None:
        """Sides whose shapes do not fit are told which product does, and is right."""
        misfits = [error for error in errors if error.code == "G201"]
        if not misfits:
            return
        from gradcli.diagnosis.misshapen import reshaped, with_true_sides  # noqa: PLC0415

        for error, side, changed in with_true_sides(self.own.statements, misfits):
            with suppress(GradcliError, work.TooMuchError), work.part(~side.span.start):
                if told := reshaped(self._case_of(changed), side):
                    error.help = f"{told.text}\nmend:  {told.mended}      {told.verdict}"

    def _hold_against_names(self, case: Case[WrittenDerivation]) -> None:
        """Remarks on definitions that are not the derivatives they are called after."""
        found = [s for s in self.own.statements if isinstance(s, Definition)]
        if not any(called_after(d.name.name) for d in found):
            return
        from gradcli.diagnosis.named_adjoints import remarks  # noqa: PLC0415 seldom asked

        with suppress(GradcliError, work.TooMuchError), work.part(~self.own.start):
            self.report.notes += remarks(case, found, lambda old, new: self._case_of({old: new}))

    @contextmanager
    def _diagnosing(self, case: Case[WrittenDerivation], made: Finding) -> Iterator[None]:
        """The refutation needs no mend; whoever develops gradcli wants to know what failed."""
        try:
            with work.part(~made.span.start):
                yield
        except work.TooMuchError:
            made.notes += [ENDED] * (ENDED not in made.notes)
        except Exception as error:
            made.notes.append(f"{UNFINISHED} ({fault(error)})")
            if os.environ.get(STRICT):
                case.errors.append(Diagnostic(BUG, made.notes[-1], made.span))

    def _account(self, case: Case[WrittenDerivation]) -> None:
        """Every claim that was read ends in a finding or an error; one that does not is an error.

        What a loop without a turn claims is claimed of nothing.
        """
        derivation = case.shown
        lost = derivation.lost - case.accounted - {made.span.start for made in self.report.findings}
        idle = {derivation.idle[start] for start in lost & derivation.idle.keys()}
        for place in idle:
            message = "this range is empty at every size, so what stands in the loop is not checked"
            case.errors.append(Diagnostic("G012", message, place, label="no turn"))
        if left := sorted(lost - derivation.idle.keys()):
            message = f"{len(left)} of {len(derivation.sides)} claims were read and never judged"
            help = "this is a bug of gradcli: please report the derivation"
            case.errors.append(Diagnostic(BUG, message, derivation.sides[left[0]], help=help))


def _writer(derivation: Derivation) -> Callable[[Node], str]:
    """How a vertex is written: its name, or its formula in names."""
    names = {node: name for name, node in derivation.vertices.items()}

    def written(node: Node) -> str:
        from gradcli.notation.text import flat  # noqa: PLC0415 only a mistake needs it

        return names.get(node) or flat(node, names)

    return written
