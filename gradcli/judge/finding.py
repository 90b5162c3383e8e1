"""What can be asked of `check` and what it finds, as plain data: one finding a claim, picklable.

Must not know how anything was computed or how it is shown; numbers are exact or rounded right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from gradcli.choices import LAYOUTS
from gradcli.errors import BUG, Diagnostic, Span

if TYPE_CHECKING:
    from gradcli.trial.remainders import Remainders

Number: TypeAlias = Fraction | float | str
"""An exact rational, the nearest double, or, beyond doubles, its digits; NaN for no value."""

Numbers: TypeAlias = Any
"""A Number, or nested lists of them."""

VERDICTS = ("proved", "holds", "undecided", "refuted")
"""Best first: a finding bears the worse of its two."""
PASSED = VERDICTS[:2]


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Options of one text's check.

    `points` is how many are drawn (None: as many as the default), `layout` one of `LAYOUTS`.
    `lines`: only the claims on these (none: all); `name`: only derivations whose name contains it,
    ignoring case; `first`: stop at the first failing claim; `limit`: operations of a line
    (None: the default of `work`). `run_code` lets claims run the code that they name, for `timeout`
    seconds. With `list` nothing is judged: what each statement was read as is all that is asked.
    With `latex` the displays of Markdown are read; `strict`: what of a paper is not is an error.
    With `taylor` claimed derivatives are put to the Taylor test. `hint` is how much of a mistake an
    editor tells: 1 its kind, 2 its place as well, 0 all. Without `diagnose` none is searched for.
    """

    seed: int = 0
    points: int | None = None
    layout: str = LAYOUTS[0]
    lines: tuple[int, ...] = ()
    name: str = ""
    first: bool = False
    limit: int | None = None
    run_code: bool = False
    timeout: float = 60.0
    list: bool = False
    latex: bool = False
    strict: bool = False
    taylor: bool = False
    hint: int = 0
    diagnose: bool = True


@dataclass(slots=True, eq=False, repr=False)
class SwitchSide:
    """A side of a switch as text: `x - 5000` and `> 0`, `x[3]` and `the largest of x`."""

    switch: str
    side: str

    def __str__(self) -> str:
        return f"{self.switch} was never {self.side}"


@dataclass(slots=True, eq=False)
class Evidence:
    """What a verdict rests on.

    `points` at which both sides were compared, over these `sizes` of the dimension letters;
    `branches` are the sides of switches that were visited, of those that there are ((1, 1) without
    switches), `unvisited` the sides on which no point lies though the claim holds, ends of domains
    among them; `digits` to which both sides agree at least (0 where nothing was compared).
    `method` is `ball`, `exact` (rationals throughout), `identity` (one and the same graph),
    `residues` (equal over finite fields), `ranges` (an inequality that all values of the sets
    meet), `shape` (nothing had to be computed) or `none`.
    What residues prove is wrong with a chance below 2 to the minus `error`; at the sizes in
    `proved` it was proved as it stands. `every_size` tells whether it was shown for all of them,
    None where no letter is free and no written size was read as one; `route` how (`identity`,
    `weights` or `grid`; `branches` says that code was run, and proved on the branches that it took
    at `points`), and `read_at` the least and the largest size at which each letter was read for
    that; a written size bears its number.
    """

    points: int = 0
    sizes: list[dict[str, int]] = field(default_factory=list)
    branches: tuple[int, int] = (1, 1)
    digits: int = 0
    method: str = "ball"
    error: int | None = None
    proved: list[dict[str, int]] = field(default_factory=list)
    every_size: bool | None = None
    route: str | None = None
    read_at: dict[str, tuple[int, int]] = field(default_factory=dict)
    unvisited: list[SwitchSide] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Entry:
    """An entry at which both sides differ: its index, `()` for a scalar, and the two numbers."""

    index: tuple[int, ...]
    left: Number
    right: Number
    difference: Number


@dataclass(slots=True, eq=False)
class Counterexample:
    """A point where the sides differ: exact values by name (nested lists), both sides whole.

    `entries` are those that differ, worst first, at most five; `differing` how many there are.
    """

    at: dict[str, Numbers]
    sizes: dict[str, int]
    left: Numbers
    right: Numbers
    entries: list[Entry]
    differing: int

    @property
    def entry(self) -> tuple[int, ...] | None:
        """Where the difference is worst; None for scalars."""
        return self.entries[0].index or None if self.entries else None


@dataclass(slots=True, eq=False)
class Diagnosis:
    """The mistake by name, in words, and the mended side with its own verdict if there is one.

    `span` is what the mend takes the place of, where that is not the side: a line of code.
    """

    kind: str
    text: str
    mended: str | None = None
    verdict: str | None = None
    span: Span | None = None


@dataclass(slots=True, eq=False, repr=False)
class Finding:
    """One claim, or one line of a chain.

    `span` is the side that is judged (the right one), `left` the side it is held against where
    that stands on the same statement; `text` the claim as written; `step` counts a chain's lines
    from 0; `truth` is the verdict against the truth, `follows` the one against the line before
    (None for the first), `verdict` the worse. `code` and `message` are empty for a pass.
    `name` says what the left side is, in a few words or symbols (`dL/dw`). `labels` are short texts
    beside the left and the right side (their values, their shapes). `against` is "truth" or
    "line": what the counterexample's left side is. `notes` are remarks, `reason` the comment on a
    step. `loop` gives the loop variables of a failing instance, `joined` says that the text on the
    finding before speaks of this one as well. `expected` is "fails" in a fence that must fail.
    `remainders` are what the Taylor test left, where that was asked for and can be told.
    """

    derivation: str
    text: str
    name: str
    span: Span
    left: Span | None
    step: int
    verdict: str
    truth: str
    follows: str | None = None
    code: str | None = None
    message: str = ""
    labels: tuple[str, str] = ("", "")
    against: str = "truth"
    evidence: Evidence = field(default_factory=Evidence)
    counterexample: Counterexample | None = None
    diagnosis: Diagnosis | None = None
    notes: list[str] = field(default_factory=list)
    reason: str = ""
    loop: dict[str, int] | None = None
    joined: bool = False
    expected: str | None = None
    remainders: Remainders | None = None

    @property
    def passed(self) -> bool:
        """Whether it is proved or holds."""
        return self.verdict in PASSED

    def __repr__(self) -> str:
        return f"<{self.text}: {self.verdict}>"


class ReadStatement(NamedTuple):
    """A statement, or a further side of one: its line, what it was read as, its text.

    What stands in a loop is `depth` loops deep.
    """

    line: int
    kind: str
    text: str
    depth: int = 0


class ReadRow(NamedTuple):
    """A formula of a display in LaTeX: its place, its text, what it was read as, and why."""

    span: Span
    text: str
    kind: str
    why: str

    @property
    def line(self) -> int:
        """The line of its file."""
        return self.span.source.position(self.span.start)[0]


@dataclass(slots=True, eq=False, repr=False)
class ProposedComment:
    """A comment by which more of a paper could be read: its lines, and where they would begin."""

    span: Span
    text: str


@dataclass(slots=True, eq=False, repr=False)
class DerivationReport:
    """A derivation: its name, where it begins (line, from 1), its findings and its errors in order.

    `read` is what every statement was read as, where that is asked for instead of verdicts. `unmet`
    are fences that should fail and do not, `notes` remarks that count as nothing (nothing
    is claimed here). `comments` are those that a paper lacks.
    """

    name: str
    line: int
    findings: list[Finding] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    unmet: list[Diagnostic] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    read: list[ReadStatement] = field(default_factory=list)
    comments: list[ProposedComment] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class FileReport:
    """A file as it was named; `unreadable` are errors that belong to no derivation.

    `rows` are all formulas of a document in LaTeX.
    """

    path: str
    derivations: list[DerivationReport] = field(default_factory=list)
    unreadable: list[Diagnostic] = field(default_factory=list)
    rows: list[ReadRow] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """All findings in the order of the text."""
        return [found for derivation in self.derivations for found in derivation.findings]

    @property
    def errors(self) -> list[tuple[str | None, Diagnostic]]:
        """Every error with the name of its derivation, if it has one."""
        named = [(made.name, error) for made in self.derivations for error in made.errors]
        return [*((None, error) for error in self.unreadable), *named]


@dataclass(slots=True, eq=False, repr=False)
class Report:
    """A whole run, files in the order in which they were named or found."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """All findings, file by file."""
        return [found for file in self.files for found in file.findings]

    @property
    def ok(self) -> bool:
        """Whether every claim passes, and there is one."""
        return not self.exit_code() and bool(self.findings)

    def count(self, verdict: str) -> int:
        """How many findings bear a verdict; those that were expected to fail are not counted."""
        return sum(f.verdict == verdict and f.expected is None for f in self.findings)

    @property
    def error_count(self) -> int:
        """How many errors there are in all files."""
        return sum(len(file.errors) for file in self.files)

    def exit_code(self, allow_undecided: bool = False) -> int:
        """0 all that was claimed holds, 1 a claim fails, 2 the input is wrong, 3 a bug of ours."""
        if any(error.code == BUG for file in self.files for _, error in file.errors):
            return 3
        if self.error_count:
            return 2
        unmet = sum(len(d.unmet) for file in self.files for d in file.derivations)
        failing = (
            unmet + self.count("refuted") + (0 if allow_undecided else self.count("undecided"))
        )
        return 1 if failing else 0
