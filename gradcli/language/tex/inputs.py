r"""A document of LaTeX with what it inputs: `\input{intro}`, `\include{intro}` become their text.

Must not know what any of it says. A file is read only within the folder of the document, and within
what its place allows.
"""

from __future__ import annotations

from pathlib import Path

from gradcli.errors import Diagnostic, Source, Span
from gradcli.language.documents.assembled import AssembledSource
from gradcli.language.tex.tokens import group, lexed, written
from gradcli.reading import Place, content

INPUTS = frozenset([r"\input", r"\include", r"\subfile"])
LARGEST = 16 << 20
DEEPEST = 20
"""Files that may input one another, one within the next."""


def with_inputs(source: Source, place: Place) -> tuple[Source, list[Diagnostic]]:
    """The whole text, and what is wrong with its inputs; the source itself where it has none."""
    if not any(command in source.text for command in INPUTS):
        return source, []
    reader = _Inputs(source, place)
    reader.file(source, [])
    return reader.text.finished(), reader.complaints


class _Inputs:
    def __init__(self, source: Source, place: Place) -> None:
        self.text = AssembledSource(source.name)
        self.place = Place(place.folder, place.root)
        self.complaints: list[Diagnostic] = []

    def file(self, source: Source, around: list[Path]) -> None:
        """The text of a file; `around` are those that it is read within."""
        done = 0
        tokens = lexed(source.text)
        for number, token in enumerate(tokens):
            if token.text not in INPUTS or (found := group(tokens, number + 1)) is None:
                continue
            span = Span(source, token.start, tokens[found[1] - 1].end)
            inner = self._opened(written(found[0]).strip(), span, around)
            if inner is None:
                continue
            self.text.add(source.text[done : span.start], source, done)
            path, text = inner
            self.file(text, [*around, path])
            done = span.end
        self.text.add(source.text[done:], source, done)

    def _opened(self, name: str, span: Span, around: list[Path]) -> tuple[Path, Source] | None:
        """The file of that name; None, and a complaint, where it is not to be read."""
        path = self.place.folder / (name if Path(name).suffix else f"{name}.tex")
        why = ""
        if not Place(root=self.place.folder).allows(path) or not self.place.allows(path):
            why = "leads outside of the document's folder"
        elif path in around or len(around) >= DEEPEST:
            why = "is input within itself"
        else:
            try:
                found = content(path, LARGEST)
                return path, Source(path.as_posix(), found.decode("utf-8-sig"))
            except UnicodeDecodeError as error:
                why = f"is not UTF-8 text (byte {error.start})"
            except (OSError, ValueError) as error:
                why = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        self.complaints.append(Diagnostic("G011", f"{name} {why}", span))
        return None
