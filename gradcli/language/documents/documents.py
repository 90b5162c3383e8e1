"""A text becomes documents: one, or, where it is Markdown, those of its fences.

Must not know what stands in them.
"""

from __future__ import annotations

from gradcli.errors import Diagnostic, Source
from gradcli.language.documents.sections import Document


def documents(source: Source, markdown: bool) -> tuple[list[Document], list[Diagnostic]]:
    """All documents in order, and what is wrong with the fences of Markdown."""
    if not markdown:
        return [Document(source, source.text)], []
    from gradcli.language.documents.markdown import documents as fenced  # noqa: PLC0415 seldom asked

    return fenced(source)
