"""Which files hold formulas in LaTeX, and their blocks.

Must not know what is done with them.
"""

from __future__ import annotations

from gradcli.errors import Source
from gradcli.language.tex.document import TexDocument, tex_document
from gradcli.language.tex.notes import asks_to_be_read, markdown_document
from gradcli.project.files import is_markdown

LATEX = (".tex", ".ltx", ".latex")


def is_latex(path: str) -> bool:
    return path.lower().endswith(LATEX)


def paper(path: str, source: Source, latex: bool) -> TexDocument | None:
    """The document that a file is, or, with `latex` or where a comment asks, that Markdown has."""
    if is_latex(path):
        return tex_document(source)
    if is_markdown(path) and (latex or asks_to_be_read(source.text)):
        return markdown_document(source)
    return None
