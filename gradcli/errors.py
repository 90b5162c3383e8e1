"""Places in a source text, and what can be wrong there: every complaint is a `Diagnostic`.

Must not know any other module of gradcli: who finds a mistake and who prints it import this.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

CODES = {
    "G001": "the text cannot be read",
    "G002": "a bracket is never closed",
    "G003": "a product can be read in two ways",
    "G004": "a variable is called like a function",
    "G005": "a name is unknown",
    "G006": "another language's notation",
    "G007": "a name is defined twice, or is not free",
    "G008": "a number is too large or too long to be read exactly",
    "G009": "a call does not fit the function",
    "G010": "an input has no value, or one it cannot have",
    "G011": "a file cannot be read",
    "G012": "an index, a range or a size is not a whole number or does not exist",
    "G013": "this is not available",
    "G014": "a set is empty, or is no set",
    "G015": "a formula in LaTeX cannot be read",
    "G016": "a product of arrays in LaTeX can mean several",
    "G017": "a derivative in LaTeX does not say how far it reaches, or how often",
    "G018": "a bracket behind a name can be a call or a product",
    "G019": "a raised number can be a power or a part of a name",
    "G020": "a name in LaTeX has no shape",
    "G021": "an index in LaTeX has no range",
    "G022": "a line in LaTeX stands on one that was not read",
    "G023": "a column stands against a row",
    "G024": "a comment for gradcli in LaTeX cannot be read",
    "G025": "numbers in LaTeX stand instead of names, and no point is given",
    "G026": "names in LaTeX have no shape, and a comment would give them one",
    "G101": "a line of a chain does not follow from the line before",
    "G102": "a claim is wrong",
    "G103": "the sides of a claim have different shapes",
    "G104": "a line only follows from a wrong one",
    "G105": "one side of a claim has no value where the other has one",
    "G106": "a rounded number is not what the true value rounds to",
    "G107": "both sides of a non-claim are the same function",
    "G108": "a fence that should fail does not",
    "G109": "nothing is claimed",
    "G110": "an inequality is a condition on the inputs",
    "G111": "a definition is not the derivative that it is called after",
    "G201": "shapes do not fit",
    "G202": "a product, quotient or power is ambiguous for these shapes",
    "G203": "a number stands where a condition is needed, or the other way round",
    "G204": "an array is spread along another axis than the one it belongs to",
    "G301": "a kink",
    "G302": "outside the domain of a function",
    "G303": "float64 loses digits",
    "G304": "a result could not be settled",
    "G305": "too large for certified digits",
    "G306": "a value is not finite",
    "G307": "no rule",
    "G308": "nothing to compare: both sides never have a value together",
    "G309": "both sides certainly differ, and no point shows it",
    "G310": "more work than the limit",
    "G401": "an option cannot be used like this",
    "G402": "the configuration in pyproject.toml is wrong",
    "G501": "a hand-written gradient is wrong",
    "G502": "a hand-written gradient has the wrong shape, or is not returned",
    "G503": "hand-written code cannot be judged",
    "G504": "what is to be checked of some code is not said",
    "G505": "a claim about code waits for leave to run it",
    "G601": "what is asked is no sum over rows",
    "G602": "a table cannot be read as rows of numbers",
    "G900": "gradcli contradicts itself, or fails",
}
BUG, TOO_MUCH = "G900", "G310"
SMALLER = "make sizes, orders or the number of points smaller, or write letters for sizes"


@dataclass(eq=False)
class Source:
    """A named text; lines and columns count from 1, columns in code points."""

    name: str
    text: str

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for index, char in enumerate(self.text):
            if char == "\n":
                starts.append(index + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a code-point offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of one line, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def around(self, offset: int) -> tuple[str, int]:
        """The text of the line in which an offset stands, and the offset at which it begins."""
        number = bisect_right(self._starts, offset)
        return self.line(number), self._starts[number - 1]

    def stored(self, offset: int) -> tuple[Source, int]:
        """The file in which a character of the text is stored, and its offset there."""
        return self, offset

    def encoded(self, text: str) -> str:
        """A text as it is to be written into the file."""
        return text

    @property
    def standing(self) -> tuple[object, ...]:
        """What places in files stand on besides the text itself."""
        return ()

    def cell(self, offset: int) -> tuple[int, int] | None:
        """The cell of a notebook in which an offset stands, and the line in that, both from 1."""
        return None


@dataclass(slots=True, eq=False)
class Span:
    """A stretch of a source, `start` included, `end` not, in code points."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """What stands there."""
        return self.source.text[self.start : self.end]

    @property
    def file(self) -> str:
        """The name of the file in which it begins."""
        return self.source.stored(self.start)[0].name

    @property
    def stored(self) -> Span:
        """The same stretch in the file itself."""
        source, start = self.source.stored(self.start)
        return Span(source, start, max(start, self.source.stored(self.end)[1]))

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of the other."""
        return Span(self.source, self.start, max(self.end, other.end))


@dataclass(eq=False)
class Diagnostic:
    """One complaint: a code of `CODES`, a sentence in the field's words, its place and the mend.

    `label` stands beside the caret; `marks` are further places with a word each.
    """

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    help: str = ""
    marks: tuple[tuple[Span, str], ...] = field(default=())


class GradcliError(Exception):
    """The input is wrong: at least one diagnostic; exit code 2."""

    exit_code = 2

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
        if any(d.code == BUG for d in diagnostics):
            self.exit_code = SelfCheckError.exit_code


class UnsettledError(GradcliError):
    """Whether there is a value stays open at the highest precision; exit code 1."""

    exit_code = 1


class SelfCheckError(GradcliError):
    """Two of gradcli's own ways to one number disagree: a bug of gradcli; exit code 3."""

    exit_code = 3


class SizesNeeded(GradcliError):
    """A program cannot be read before the sizes of these letters are known."""

    def __init__(self, diagnostic: Diagnostic, letters: tuple[str, ...]) -> None:
        super().__init__(diagnostic)
        self.letters = letters


def wrong(
    code: str,
    message: str,
    span: Span | None = None,
    *,
    label: str = "",
    help: str = "",
    marks: tuple[tuple[Span, str], ...] = (),
) -> GradcliError:
    """An error of one diagnostic, to be raised."""
    return GradcliError(Diagnostic(code, message, span, label, help, marks))


def diagnostics_of(error: Exception, place: Span | None = None) -> tuple[Diagnostic, ...]:
    """What is said of an exception: its complaints, or, where it is none of ours, that it is a bug.

    `place` is what was looked at when it came.
    """
    if isinstance(error, MemoryError):
        message = "this needs more memory than there is"
        return (Diagnostic(TOO_MUCH, message, place, help=SMALLER),)
    if not isinstance(error, GradcliError):
        help = "please report the text that brings it"
        return (Diagnostic(BUG, f"this is a bug of gradcli: {fault(error)}", place, help=help),)
    for diagnostic in error.diagnostics:
        if diagnostic.code in (BUG, TOO_MUCH):
            diagnostic.span = diagnostic.span or place
    return error.diagnostics


def fault(error: BaseException) -> str:
    """An exception on one line, with the innermost place of the program that it came from."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = ""
    if place is not None:
        module = place.tb_frame.f_globals.get("__name__", "?")
        where = f" in {module}, line {place.tb_lineno}"
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}{where}"


def in_places(errors: Iterable[Diagnostic]) -> list[Diagnostic]:
    """In the order of the text, of several that say the same of one place the first."""
    kept: dict[tuple[str, str, int], Diagnostic] = {}
    for error in errors:
        kept.setdefault((error.code, error.message, error.span.start if error.span else -1), error)
    return sorted(kept.values(), key=lambda d: d.span.start if d.span else -1)
