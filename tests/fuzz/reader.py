"""Texts for the reader, guided by the lines they reach: `python -m tests.fuzz.reader`.

Must not know the language. It needs atheris, which is no dependency: `pip install atheris`.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["gradcli.language"]):
    from gradcli.errors import Source
    from gradcli.language.markdown import documents
    from gradcli.language.parse import read
    from gradcli.language.sections import sections


def one(data: bytes) -> None:
    """Read a text: complaints are answers, whatever is raised is none."""
    text = data.decode("utf-8", "replace")
    source = Source("fuzz", text)
    if text.startswith("#"):
        for document in documents(source)[0]:
            read(source, document.text)
        return
    sections(read(source, text).program)


def main() -> None:
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
