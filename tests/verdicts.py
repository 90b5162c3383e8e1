"""Programs and what is found of them, for tests of verdicts.

Must not know which verdicts are right.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from unittest.mock import patch

from gradcli import check
from gradcli.errors import Diagnostic
from gradcli.judge.finding import Diagnosis, Finding

PASS = ("proved", "holds")


def lines(text: str) -> list[str]:
    """Programs of a line each, without comments."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def errors(program: str) -> list[Diagnostic]:
    """What of a program cannot be read, in the order in which it is told."""
    (file,) = check(program).files
    return [error for _, error in file.errors]


def findings(program: str, points: int | None = None) -> list[Finding]:
    """The findings of a program without errors, bugs of gradcli among them."""
    (file,) = check(program, points=points).files
    assert not [error.message for _, error in file.errors], program
    return [*file.findings]


def without_mends() -> AbstractContextManager[object]:
    """Verdicts alone: to look for a mend takes as long again."""
    return patch("gradcli.api.derivations.Checked._mend", lambda *_: None)


def all_points() -> AbstractContextManager[object]:
    """Every point beside a proof, too, as where there is none: what guards the prover here."""
    return patch("gradcli.judge.tester.Tester.beside_proof", lambda _: None)


def verdicts(program: str) -> list[str]:
    with without_mends(), all_points():
        return [found.verdict for found in findings(program)]


def last(program: str, points: int | None = None) -> Finding:
    """What is found of the last claim, at all points and without its mend."""
    with without_mends(), all_points():
        return findings(program, points)[-1]


def diagnosed(program: str) -> Diagnosis | None:
    """What is said of the last claim."""
    return findings(program)[-1].diagnosis


def pasted(program: str, found: list[Finding]) -> str:
    """The program with every mend in the place of the side that it mends."""
    told = [(f.diagnosis.span or f.span, f.diagnosis.mended) for f in found if f.diagnosis]
    for place, mend in sorted(told, key=lambda each: each[0].start, reverse=True):
        if mend:
            program = program[: place.start] + mend + program[place.end :]
    return program


def mended(program: str) -> list[Finding]:
    """What is found once every mend is pasted."""
    return findings(pasted(program, findings(program)))
