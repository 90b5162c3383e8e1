"""Programs with slips for tests of diagnosis: what is found, and the text with every mend in it."""

from __future__ import annotations

import gradcli
from gradcli.judge.finding import Diagnosis, Finding


def findings(program: str) -> list[Finding]:
    """The findings of a program that can be read."""
    report = gradcli.check(program)
    errors = [d.message for file in report.files for _, d in file.errors]
    assert not errors, errors
    return [*report.findings]


def diagnosed(program: str) -> Diagnosis | None:
    """What is said of the last claim."""
    return findings(program)[-1].diagnosis


def pasted(program: str) -> str:
    """The program with every mend in the place of the side that it mends."""
    for found in sorted(findings(program), key=lambda f: f.span.start, reverse=True):
        if found.diagnosis and found.diagnosis.mended:
            start, end = found.span.start, found.span.end
            program = program[:start] + found.diagnosis.mended + program[end:]
    return program
