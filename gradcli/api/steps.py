"""A derivation step by step: a program in, a text out that `check` accepts line for line.

Must not know options or terminals, nor how a line is found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from gradcli.api.derivations import check_text
from gradcli.api.formulas import program
from gradcli.api.points import NameList, Point, Texts
from gradcli.api.question import question
from gradcli.calculus.differentiate import NoRule
from gradcli.errors import Source, wrong
from gradcli.explain import layout
from gradcli.explain.equations import EqualLine, EqualLines
from gradcli.explain.lecture import Lecture
from gradcli.graph.node import Node
from gradcli.judge.finding import CheckOptions, FileReport
from gradcli.language.elaboration.scope import CONSTANTS
from gradcli.language.program import Symbolic
from gradcli.ops import FUNCTIONS


@dataclass(slots=True, eq=False)
class StepsText:
    """A text, what the checker says of it, and how many lines it did not accept before."""

    text: str
    report: FileReport
    dropped: int


@question
def steps(
    source: Source | str,
    wrt: NameList = (),
    let: Texts = (),
    *,
    at: Point = (),
    order: int = 1,
    seed: int = 0,
    folder: Path | None = None,
) -> StepsText:
    """The derivation of the derivatives that `derive` gives, as text in the language.

    Every line of it has been accepted by the checker itself. GradcliError for wrong input.
    """
    found, targets = program(source, wrt, let, at=at, layout="numerator", folder=folder)
    try:
        lecture = _lecture(found, [*targets.values()])
        lecture.higher(order)
    except NoRule as error:
        raise wrong("G307", str(error), found.model.source) from None
    return _checked(lecture, CheckOptions(seed=seed))


def _lecture(found: Symbolic, asked: list[Node]) -> Lecture:
    """The lecture on a program's output."""
    model = found.model
    texts = {node: span.text for node, span in model.spans.items()}
    texts[model.output] = model.source.text
    return Lecture(
        model.output,
        asked,
        model.vertices,
        found.spaces,
        {node: " ".join(text.split()) for node, text in texts.items()},
        {*found.letters, *FUNCTIONS, *CONSTANTS, "axis"},
    )


def _checked(lecture: Lecture, options: CheckOptions) -> StepsText:
    """The text without the lines that the checker does not accept."""
    dropped = 0
    while True:
        rows = layout.rows(f"{lecture.title}, step by step", lecture.sets, lecture.parts)
        source = Source("<steps>", "".join(f"{text}\n" for text, _ in rows))
        report = check_text(source, options)
        spans = [finding.span for finding in report.findings if not finding.passed]
        spans += [error.span for _, error in report.errors if error.span]
        bad = {line for span in spans if (line := rows[source.position(span.start)[0] - 1][1])}
        if not bad:
            return StepsText(source.text, report, dropped)
        for part in lecture.parts:
            dropped += _mended(part, bad)


def _mended(part: EqualLines, bad: Collection[EqualLine]) -> int:
    """Lines of a chain that were not accepted written with every bracket, or else left out."""
    left = []
    for line in part.lines:
        if line in bad:
            line.text, line.safe = line.safe, ""
        if line.text:
            left.append(line)
    dropped = len(part.lines) - len(left)
    if dropped and not left:
        part.remark = f"{part.left}: no formula that the checker accepts"
    part.lines = left
    return dropped
