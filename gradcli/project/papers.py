"""Which files hold formulas in LaTeX, and their blocks; which hold texts within another format.

Must not know what is done with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import Source
from gradcli.language.tex import LATEX
from gradcli.project.files import is_markdown
from gradcli.reading import Place

if TYPE_CHECKING:
    from gradcli.language.tex.document import TexDocument

NOTEBOOK = ".ipynb"


def is_latex(path: str) -> bool:
    return path.lower().endswith(LATEX)


def is_notebook(path: str) -> bool:
    return path.lower().endswith(NOTEBOOK)


def holds_markdown(path: str) -> bool:
    """Whether the text of a file is Markdown."""
    return is_markdown(path) or is_notebook(path)


def text_of(path: str, source: Source) -> Source:
    """The text that a file holds: the Markdown cells of a notebook. GradcliError for none."""
    if not is_notebook(path):
        return source
    from gradcli.language.notebook import notebook  # noqa: PLC0415 seldom asked

    return notebook(source)


def paper(path: str, source: Source, latex: bool, place: Place) -> TexDocument | None:
    """The document that a file is, or, with `latex` or where a comment asks, that Markdown has."""
    if is_latex(path):
        from gradcli.language.tex.document import tex_document  # noqa: PLC0415 seldom asked
        from gradcli.language.tex.inputs import with_inputs  # noqa: PLC0415

        whole, complaints = with_inputs(source, place)
        document = tex_document(whole)
        document.complaints += complaints
        return document
    if not holds_markdown(path) or not (latex or "gradcli:" in source.text):
        return None
    from gradcli.language.tex.notes import asks_to_be_read, markdown_document  # noqa: PLC0415

    return markdown_document(source) if latex or asks_to_be_read(source.text) else None
