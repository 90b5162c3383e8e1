"""Fences that must fail: their claims bear that, and one of them must be refuted.

Must not know how claims are judged.
"""

from __future__ import annotations

from gradcli.errors import Diagnostic, Span
from gradcli.judge.finding import CheckOptions, DerivationReport
from gradcli.language.documents.sections import Document


def unmet(
    report: DerivationReport, document: Document, start: int, end: int, options: CheckOptions
) -> None:
    """Mark the findings of a derivation in such fences; complain of those that do not fail."""
    for part in document.parts:
        if not part.fails:
            continue
        inside = [f for f in report.findings if part.start <= f.span.start < part.end]
        for made in inside:
            made.expected = "fails"
        here = start <= part.start < end or bool(inside)
        if here and not any(f.verdict == "refuted" for f in inside) and not options.lines:
            place = Span(document.source, part.start, part.start)
            message = "this fence should fail, and no claim in it is refuted"
            shown = [f"{f.text}  {f.verdict}" for f in inside]
            help = "\n".join(shown) or "nothing is claimed in it"
            report.unmet.append(Diagnostic("G108", message, place, help=help))
