"""The holes of a file filled: each `dL/dw = ?` gets the formula that it asks for.

Must not know how that is found, whom to ask before a file is written, nor the protocol.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gradcli import work
from gradcli.errors import Source, Span
from gradcli.judge.finding import CheckOptions
from gradcli.judge.mends import MendEdit, mended
from gradcli.lsp.chunks import Chunk, chunks
from gradcli.lsp.filling import FilledHole, fill
from gradcli.lsp.judging import without_holes
from gradcli.project.files import NamedFile, is_markdown, read
from gradcli.project.mending import MendedFile
from gradcli.project.papers import is_latex, is_notebook
from gradcli.reading import Place


def fill_file(item: NamedFile, options: CheckOptions) -> tuple[MendedFile | None, list[str]]:
    """The file with what belongs into its holes, None without any; and what could not be found.

    Nothing is written. GradcliError for a file that cannot be read.
    """
    if is_latex(item.path) or is_notebook(item.path):
        return None, [f"{item.path}: --fill fills sheets; gradcli convert makes one of a paper"]
    place = Place(Path(item.path).parent, item.root)
    source = read(item.path, place)
    options = replace(options, **dict(item.settings))
    found: list[tuple[Chunk, FilledHole]] = []
    with work.limited(options.limit):
        for chunk in chunks(source, is_markdown(item.path))[0]:
            holes = [hole for hole in chunk.holes if hole.end > hole.start]
            text = without_holes(chunk) if holes else ""
            found += [(chunk, fill(chunk, text, hole, options, place)) for hole in holes]
    edits, missing = [], []
    for chunk, hole in found:
        start = chunk.outer(hole.start)
        if hole.text:
            span = Span(source, start, chunk.outer(hole.end))
            edits.append(MendEdit(span, hole.text, hole.verdict))
        else:
            line, _ = source.position(start)
            missing.append(f"{source.name}:{line}: {hole.lacking}")
    if not edits:
        return None, missing
    after = Source(source.name, mended(source, edits))
    return MendedFile(item, source, after, len(edits), None), missing
