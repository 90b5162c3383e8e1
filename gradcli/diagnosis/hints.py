"""Hints in the place of diagnoses: which kind of mistake a claim has, and where, but no mend.

Must not know how a mistake was found, nor how a report is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gradcli.diagnosis.evidence.refuted_claim import in_full
from gradcli.errors import Diagnostic, GradcliError, Source
from gradcli.judge.finding import Diagnosis, FileReport, Finding, Report
from gradcli.judge.mends import mend
from gradcli.language.parsing.parse import parse_expression
from gradcli.language.tree.build import places
from gradcli.reference.codes import topics

PLACE = 2
"""The level from which on a hint says where the mistake is, and not only of which kind."""
SIGNS = "+-*/@"


def hinted(report: Report, level: int) -> Report:
    """The same report for somebody who wants to find the mistakes alone; level 0 is all of it."""
    return Report([hinted_file(file, level) for file in report.files])


def hinted_file(file: FileReport, level: int) -> FileReport:
    """The same of one text."""
    if not level:
        return file
    derivations = [
        replace(
            each,
            findings=[_hinted(found, level) for found in each.findings],
            errors=[_without_mend(error) for error in each.errors],
            notes=[_without_mend(note) for note in each.notes],
        )
        for each in file.derivations
    ]
    return replace(file, derivations=derivations)


def _without_mend(error: Diagnostic) -> Diagnostic:
    """Which product fits is the mend of one that does not; what cannot be read is told in full."""
    if error.code == "G111":
        return replace(error, message=error.message.partition(":")[0], help="")
    return replace(error, help="") if error.code == "G201" else error


def _hinted(found: Finding, level: int) -> Finding:
    if found.passed:
        return found
    made, told = found, found.diagnosis
    if not any(map(str.isalpha, found.span.text)):
        # Beside numbers the true ones would be the mend.
        made = replace(found, labels=("", found.labels[1]), counterexample=None)
    if told is None:
        return made
    says = topics("mistake")[told.kind].title
    if level >= PLACE and (place := _place(found)):
        says = f"{says}: {place}"
    return replace(made, diagnosis=Diagnosis(told.kind, says))


def _place(found: Finding) -> str:
    """Where the mend would change something; nothing where no smaller part is to blame."""
    edit = mend(found)
    if edit is None:
        return ""
    if found.diagnosis and found.diagnosis.span:
        return f"in line {edit.range[0][0]}"
    text = found.span.text
    own = [*re.finditer(r"\w+|\S", text)]
    new = re.findall(r"\w+|\S", edit.text)
    before = _shared([each[0] for each in own], new)
    after = _shared([each[0] for each in own[before:]][::-1], new[before:][::-1])
    first, last = before, len(own) - after - 1
    lacking = first > last
    if lacking:
        # What has a gap beside it is the operand there, not the sign.
        follows = first < len(own) and own[first][0] not in SIGNS
        first = last = first if follows else max(last, 0)
    while own[first][0] in SIGNS and first + 1 < len(own):
        first += 1
    last = max(first, last)
    start, end = own[first].start(), own[last].end()
    try:
        whole = parse_expression(Source("side", text))
    except GradcliError:
        return ""
    around = [p for p, _ in places(whole) if p.span.start <= start and end <= p.span.end]
    around.sort(key=lambda part: part.span.end - part.span.start)
    # What lacks something is not the word beside the gap, but the part that this is in.
    least = around[min(lacking, len(around) - 1)]
    return "in the line as a whole" if least is whole else f"in {in_full(least)}"


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two texts begin with alike."""
    differing = (k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))
