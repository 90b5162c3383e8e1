"""A sheet in another spelling: a derivation in the language becomes LaTeX.

Must not know files beyond those that a text names, options or terminals.
"""

from __future__ import annotations

from gradcli.api.derivations import Checked, untold
from gradcli.api.question import question
from gradcli.errors import GradcliError, Source
from gradcli.judge.finding import CheckOptions
from gradcli.language.half_lines import declaring
from gradcli.language.parse import read
from gradcli.language.sections import Document, sections
from gradcli.language.typeset.sheet import SheetWriter, document
from gradcli.language.typeset.sides import SideWriter, Spelling
from gradcli.reading import Place


@question
def to_latex(source: Source, *, standalone: bool = False, place: Place | None = None) -> str:
    """The derivations of a text as LaTeX, whole documents if they are to stand alone.

    Nothing is judged. GradcliError for a text that cannot be read.
    """
    whole = Document(source, source.text)
    reading = read(source)
    if reading.complaints:
        raise GradcliError(*reading.complaints)
    first, *others = declaring(sections(reading.program))
    blocks: list[str] = []
    for section in [first, *others]:
        found = Checked(
            whole, reading, first, section, others, CheckOptions(), place or Place(), untold
        )
        case = found.case()
        lettered, derivation = case.derivation({}), case.shown
        errors = [*derivation.errors, *found.givens.errors]
        if errors:
            raise GradcliError(*errors)
        assert derivation.elaborator and lettered.elaborator
        spelled = Spelling(derivation.elaborator.scope)
        sides = SideWriter(derivation.elaborator, spelled)
        writer = SheetWriter(source.text, sides, SideWriter(lettered.elaborator, spelled))
        blocks += writer.section(section, found.end)
    return document(blocks, standalone)
