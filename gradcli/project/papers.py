"""Which files hold formulas in LaTeX, and their blocks; which hold texts within another format.

Must not know what is done with them.
"""

from __future__ import annotations

from gradcli.errors import Source
from gradcli.language.notebook import notebook
from gradcli.language.tex.document import TexDocument, tex_document
from gradcli.language.tex.inputs import with_inputs
from gradcli.language.tex.notes import asks_to_be_read, markdown_document
from gradcli.project.files import is_markdown
from gradcli.reading import Place

LATEX = (".tex", ".ltx", ".latex")
NOTEBOOK = ".ipynb"


def is_latex(path: str) -> bool:
    return path.lower().endswith(LATEX)


def is_notebook(path: str) -> bool:
    return path.lower().endswith(NOTEBOOK)


def text_of(path: str, source: Source) -> Source:
    """The text that a file holds: the Markdown cells of a notebook. GradcliError for none."""
    return notebook(source) if is_notebook(path) else source


def paper(path: str, source: Source, latex: bool, place: Place) -> TexDocument | None:
    """The document that a file is, or, with `latex` or where a comment asks, that Markdown has."""
    if is_latex(path):
        whole, complaints = with_inputs(source, place)
        document = tex_document(whole)
        document.complaints += complaints
        return document
    if holds_markdown(path) and (latex or asks_to_be_read(source.text)):
        return markdown_document(source)
    return None


def holds_markdown(path: str) -> bool:
    """Whether the text of a file is Markdown."""
    return is_markdown(path) or is_notebook(path)
