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
    from gradcli.language.documents.notebook import notebook  # noqa: PLC0415 seldom asked

    return notebook(source)


def has_formulas(path: str, text: str, latex: bool) -> bool:
    """Whether it is a paper: LaTeX, or Markdown with `latex` or where a comment asks for it."""
    if is_latex(path) or not holds_markdown(path):
        return is_latex(path)
    if latex or "gradcli:" not in text:
        return latex
    from gradcli.language.tex.notes import asks_to_be_read  # noqa: PLC0415 seldom asked

    return asks_to_be_read(text)


def paper(path: str, source: Source, latex: bool, place: Place) -> TexDocument | None:
    """The document that a paper is; None for what is none."""
    if not has_formulas(path, source.text, latex):
        return None
    if is_latex(path):
        from gradcli.language.tex.document import tex_document  # noqa: PLC0415 seldom asked
        from gradcli.language.tex.inputs import with_inputs  # noqa: PLC0415

        whole, complaints = with_inputs(source, place)
        document = tex_document(whole)
        document.complaints += complaints
        return document
    from gradcli.language.tex.notes import markdown_document  # noqa: PLC0415 seldom asked

    return markdown_document(source)
