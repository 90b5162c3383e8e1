"""Texts for the reader, guided by the lines they reach: `python -m tests.fuzz --guided`.

Must not know the language. It needs atheris, which is no dependency: `pip install atheris`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["gradcli.language"]):
    from gradcli.errors import Source
    from gradcli.language.documents.markdown import documents
    from gradcli.language.documents.sections import sections
    from gradcli.language.parsing.parse import read

from tests.fuzz.inputs import texts

MEMORY = 3000
"""Megabytes that this may take."""


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
    """Ask for so many minutes from a seed on, beginning at texts that people wrote."""
    minutes, seed = float(sys.argv[1]), int(sys.argv[2])
    with TemporaryDirectory() as folder:
        for number, text in enumerate(texts()):
            Path(folder, str(number)).write_text(text, encoding="utf-8")
        end = [f"-max_total_time={60 * minutes:.0f}", "-timeout=10", f"-rss_limit_mb={MEMORY}"]
        atheris.Setup([sys.argv[0], *end, f"-seed={seed}", "-max_len=3000", folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
