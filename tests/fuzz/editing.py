"""A document that changes in an editor: all that an editor asks is asked of every version.

Must not know the library of the protocol, nor how texts are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from gradcli.errors import GradcliError
from gradcli.lsp import completion, hover, outline, tokens
from gradcli.lsp.document import OpenDocument, Pieces
from gradcli.lsp.judging import judge
from gradcli.lsp.renaming import NameAtPlace

PLACES = 6
"""In a version, at which an editor asks something."""


def edited(versions: Sequence[str], name: str) -> str:
    """All that is said of the versions of a text."""
    pieces, random, said = Pieces(), Random(len(versions)), []
    path = Path(name).absolute()
    for number, text in enumerate(versions):
        document = OpenDocument(
            path.as_uri(), path, text, number, pieces, markdown=name.endswith(".md")
        )
        said += _asked(document, random)
        for job in document.jobs():
            for piece in judge(job.chunk, job.options, job.place):
                pieces.put(job, piece)
        said += [*document.diagnostics(), *document.hints(), *_asked(document, random)]
        said += document.actions(0, len(text))
    return "\n".join(map(str, said))


def _asked(document: OpenDocument, random: Random) -> list[object]:
    found: list[object] = [*outline.symbols(document), *outline.folds(document)]
    found += tokens.semantic_tokens(document)
    for _ in range(PLACES):
        place = document.lines.position(random.randint(0, len(document.text)))
        there = NameAtPlace(document, place)
        found += [hover.hover(document, place), there.definition(), *there.places()]
        found += [*completion.completion(document, place), there.renamable()]
        try:
            found.append(there.renamed(random.choice(["u", "new", "x", "1", "sum"])))
        except GradcliError as error:
            found.append(str(error))
    return found
