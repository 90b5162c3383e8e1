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
from gradcli.project.papers import has_formulas, is_latex, is_notebook, paper, text_of
from gradcli.reading import Place


def fill_file(item: NamedFile, options: CheckOptions) -> tuple[MendedFile | None, list[str]]:
    """The file with what belongs into its holes, None without any; and what could not be found.

    Nothing is written. GradcliError for a file that cannot be read.
    """
    place = Place(Path(item.path).parent, item.root)
    source = read(item.path, place)
    options = replace(options, **dict(item.settings))
    with work.limited(options.limit):
        edits, missing = _in_formulas(item, source, options, place)
        if not (is_latex(item.path) or is_notebook(item.path)):
            formulas = has_formulas(item.path, source.text, options.latex)
            more = _in_sheets(source, is_markdown(item.path), formulas, options, place)
            edits, missing = edits + more[0], missing + more[1]
    if not edits:
        return None, missing
    after = Source(source.name, mended(source, edits))
    return MendedFile(item, source, after, len(edits), None), missing


def _in_formulas(
    item: NamedFile, source: Source, options: CheckOptions, place: Place
) -> tuple[list[MendEdit], list[str]]:
    """What belongs into the holes of a paper's formulas."""
    document = paper(item.path, text_of(item.path, source), options.latex, place)
    if document is None:
        return [], []
    from gradcli.lsp.filled_papers import fill_paper  # noqa: PLC0415 seldom asked

    edits, missing = fill_paper(document, options)
    # What is input is filled where that file is named itself.
    return [each for each in edits if each.span.source.name == source.name], missing


def _in_sheets(
    source: Source, markdown: bool, formulas: bool, options: CheckOptions, place: Place
) -> tuple[list[MendEdit], list[str]]:
    """What belongs into the holes of a sheet, or of the fences of a text."""
    found: list[tuple[Chunk, FilledHole]] = []
    for chunk in chunks(source, markdown, formulas)[0]:
        holes = [hole for hole in chunk.holes if hole.end > hole.start]
        text = without_holes(chunk) if holes else ""
        found += [(chunk, fill(chunk, text, hole, options, place)) for hole in holes]
    edits: list[MendEdit] = []
    missing = []
    for chunk, hole in found:
        start = chunk.outer(hole.start)
        if hole.text:
            span = Span(source, start, chunk.outer(hole.end))
            edits.append(MendEdit(span, hole.text, hole.verdict))
        else:
            line, _ = source.position(start)
            missing.append(f"{source.name}:{line}: {hole.lacking}")
    return edits, missing
