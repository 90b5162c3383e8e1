"""LaTeX and Markdown with maths verified: a document in, a report of every row in it as data out.

Must not know files, nor how formulas are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gradcli.api.derivations import Checked, Refutation, check_text
from gradcli.api.listening import Begun, untold
from gradcli.api.question import question
from gradcli.api.remembered import MEMORY, Cache, Nothing, RememberedPaper
from gradcli.errors import Diagnostic, Span
from gradcli.judge.case import Case
from gradcli.judge.finding import (
    CheckOptions,
    DerivationReport,
    Diagnosis,
    Evidence,
    FileReport,
    Finding,
    ProposedComment,
    ReadRow,
    ReadStatement,
)
from gradcli.language.documents.sections import Document, ExpectedPart, Section, all_statements
from gradcli.language.parsing.parse import Reading
from gradcli.language.tex.around import FormulasAround
from gradcli.language.tex.comments import declaring, set_above
from gradcli.language.tex.conditions import asked_for
from gradcli.language.tex.document import TexDocument
from gradcli.language.tex.sheet import TexRow, TexSection
from gradcli.language.tex.supposed import shapes_proposed
from gradcli.language.tex.tokens import Macros
from gradcli.language.tree import syntax
from gradcli.language.written import WrittenDerivation
from gradcli.reading import Place

if TYPE_CHECKING:
    from gradcli.api.paper_mends import PaperTwin

LOST = "G022"
"""The code of what stands on a row that was not read."""


@question
def check_paper(
    document: TexDocument,
    options: CheckOptions,
    *,
    place: Place | None = None,
    begun: Begun = untold,
    cache: Cache = MEMORY,
    fences: bool = False,
) -> FileReport:
    """The report on a document: its claims section by section, and what each row was read as.

    A document of which `cache` has the report is not judged anew. With `fences` those of the
    language in it are judged as well, by what the formulas around them say.
    """
    place = place or Place()
    around = FormulasAround(document)
    remembered = None if isinstance(cache, Nothing) else RememberedPaper(document, options, place)
    report = remembered.found(cache) if remembered else None
    if report is None:
        report = _judged(around, options, place, begun)
        if remembered:
            remembered.keep(report, cache)
    if fences:
        found = check_text(
            document.source, options, markdown=True, place=place, begun=begun, cache=cache,
            around=around,
        )  # fmt: skip
        report.derivations += found.derivations
        report.unreadable += found.unreadable
    asked = not (options.list or options.name)
    if report.rows and asked and not (any(report.errors) or any(report.findings)):
        report.unreadable.append(_nothing(document, report.rows))
    return report


def _judged(
    around: FormulasAround, options: CheckOptions, place: Place, begun: Begun
) -> FileReport:
    document = around.document
    report = FileReport(document.source.name, unreadable=[*document.complaints])
    owns = [Section(s.title, s.start, s.statements) for s in around.sections]
    for section, own in zip(around.sections, owns, strict=True):
        report.rows += [_row(document, row) for row in section.rows]
        made = _checked(document, section, own, owns, options, place, begun)
        if made is None or options.name.lower() not in made.name.lower():
            continue
        report.derivations.append(made)
        if options.first and any(not f.passed for f in made.findings):
            break
    return report


def _nothing(document: TexDocument, rows: Sequence[ReadRow]) -> Diagnostic:
    """No row of a document was judged: whoever waits for a verdict must not take that for one."""
    kinds = Counter(row.kind for row in rows)
    said = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    message = f"nothing was checked in {document.source.name}: {_many(len(rows), 'row', '', '')}"
    help = f"gradcli check --list-rows {document.source.name}  says what each row was read as"
    return Diagnostic("G011", f"{message.strip()} ({said})", help=help)


class _CheckedPaper(Checked):
    """A section on its way to a report; its mends are sought on its twin in the language."""

    section: TexSection
    macros: Macros
    markdown: bool

    def _mend(self, case: Case[WrittenDerivation], refuted: list[Refutation]) -> None:
        remarked = [made for made in self.report.findings if made.notes or made.evidence.unvisited]
        told = [made for _, _, made in refuted] or remarked
        if not told:
            return
        with self._diagnosing(case, told[0]):
            from gradcli.api.paper_mends import PaperTwin  # noqa: PLC0415 only a mistake needs it

            twin = PaperTwin(self.section, self.macros, self.options)
            for made in remarked:
                twin.spell(made)
            self._diagnose(twin, refuted)

    def _diagnose(self, twin: PaperTwin, refuted: list[Refutation]) -> None:
        asked = {*asked_for([*self.section.inherited, *self.section.statements])}
        comment = "<!-- gradcli: condition -->" if self.markdown else "% gradcli: condition"
        told = twin.diagnoses() if refuted else {}
        for claimed, _, made in refuted:
            made.diagnosis = told.get(claimed.span.start, made.diagnosis)
            if made.counterexample:
                made.counterexample.at = twin.at(made.counterexample.at)
            if made.span.start in asked:
                made.notes.append(
                    f"if this is asked for, and not claimed, say so above:  {comment}"
                )


def _checked(
    document: TexDocument, section: TexSection, own: Section, owns: list[Section],
    options: CheckOptions, place: Place, begun: Begun,
) -> DerivationReport | None:  # fmt: skip
    """The report on a section; None where there is nothing in it to tell of."""
    line = document.source.position(section.start)[0]
    misfits = [row for row in section.rows if row.misfit]
    if options.list:
        made = DerivationReport(section.title, line, errors=[*section.errors])
        made.read = [_listed(document, row) for row in section.rows]
        return made if made.read or made.errors else None
    claims = any(
        isinstance(s, syntax.Claim | syntax.Continuation)
        or (isinstance(s, syntax.Definition) and len(s.claim.sides) > 1)
        for s in all_statements(section.statements)
    )
    parts = [ExpectedPart(start, end, fails=True) for start, end in section.failing]
    if claims:
        text = Document(
            document.source, document.source.text, section.title, line, parts, section.start
        )
        program = syntax.Program(document.source, (*section.statements,))
        shared = Section("", 0, section.inherited)
        others = [each for each in owns if each is not own]
        checked = _CheckedPaper(text, Reading(program), shared, own, others, options, place, begun)
        checked.section, checked.macros = section, document.macros
        checked.markdown = document.margins is not None
        made = checked.run()
    elif not (misfits or section.errors or any(row.diagnostic for row in section.rows)):
        return None
    else:
        made = DerivationReport(section.title, line)
    made.errors += section.errors
    (made.errors if options.strict else made.notes).extend(_unread(section))
    _propose(document, section, made)
    made.findings += [_misfit(document, section, row, options) for row in misfits]
    made.findings.sort(key=lambda finding: finding.span.start)
    return made


def _unread(section: TexSection) -> Iterator[Diagnostic]:
    """Why rows were not read: one complaint for all that stands on the same missing row."""
    told = {(each.code, each.message) for each in section.errors}
    for row in section.rows:
        found = row.diagnostic
        if row.kind != "unread" or found is None or found in section.errors:
            continue
        if found.code != LOST or (found.code, found.message) not in told:
            yield found
        told.add((found.code, found.message))


def _propose(document: TexDocument, section: TexSection, made: DerivationReport) -> None:
    """The comment that would let more rows be read, if there is one."""
    shapes = shapes_proposed(document.source, section)
    if not shapes:
        return
    lost = sum(row.kind == "unread" for row in section.rows)
    displays = (block for block in section.blocks if block.kind == "display")
    block = next(displays, section.blocks[0])
    place, at, lines = set_above(document, block, declaring(shapes, section.known))
    made.comments.append(ProposedComment(Span(document.source, at, at), lines))
    names, rows = _many(len(shapes), "name", "has", "have"), _many(lost, "row", "was", "were")
    line, _ = document.source.position(at)
    help = f"if these are right, put this above line {line}, as --annotate does:\n{lines.strip()}"
    message = f"{names} no shape here, and {rows} not read"
    made.notes.append(Diagnostic("G026", message, place, help=help))


def _many(count: int, noun: str, one: str, many: str) -> str:
    return f"{count} {noun} {one}".strip() if count == 1 else f"{count} {noun}s {many}".strip()


def _misfit(
    document: TexDocument, section: TexSection, row: TexRow, options: CheckOptions
) -> Finding:
    """A claim whose indices run over axes of different sizes is refuted by its shapes."""
    from gradcli.api.paper_mends import refitted  # noqa: PLC0415 only a mistake needs it

    assert row.diagnostic is not None
    message = row.diagnostic.message
    span, told = refitted(document.source, section, row, document.macros, options) or (
        Span(document.source, row.start, row.end), Diagnosis(row.misfit, message),
    )  # fmt: skip
    return Finding(
        section.title, row.text, row.text, span, None, 0, "refuted", "refuted", code="G103",
        message=message, evidence=Evidence(method="shape"), diagnosis=told,
    )  # fmt: skip


def _row(document: TexDocument, row: TexRow) -> ReadRow:
    return ReadRow(Span(document.source, row.sign, row.end), row.text, row.kind, row.why)


def _listed(document: TexDocument, row: TexRow) -> ReadStatement:
    line = document.source.position(row.sign)[0]
    why = f"   ({row.why})" if row.why else ""
    return ReadStatement(line, row.kind, f"{row.text}{why}")
