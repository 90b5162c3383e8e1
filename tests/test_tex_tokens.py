r"""No token of a formula is lost: without it the formula is another one, or none.

Must not know how a formula is read. What only moves things about, and signs that may be left out,
are named here; every other token of a row that was read says something.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcli.errors import Source
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex.commands import DROPPED, FONTS, SIZES, SWITCHES, WORDS
from gradcli.language.tex.document import tex_document
from gradcli.language.tex.sheet import sections
from gradcli.language.tex.tokens import lexed
from gradcli.language.tree.sheet_text import sheet_text
from tests.test_tex_docs import LET, rows

PAPERS = sorted((Path(__file__).parent / "papers").glob("*.tex"))
SILENT = SWITCHES | SIZES | FONTS | WORDS | DROPPED.keys() | {
    "left", "right", "cdot", "quad", "qquad", "limits", "lvert", "rvert", "lVert", "rVert",
    "boldsymbol", "frac", "tfrac", "dfrac", "begin", "end",
}  # fmt: skip
"""Commands that say nothing, or without which braces are left that TeX would not set either."""
KINDS = ("COMMAND", "CHARACTER", "SUPER", "SUB")


def said(text: str) -> str:
    """All that a text was read as."""
    document = tex_document(Source("a.tex", text))
    found = []
    for section in sections(document):
        found.append(sheet_text(section.statements))
        found += [f"{row.kind} {row.why}" for row in section.rows]
    return "\n".join(found)


def places(text: str) -> Iterator[Token]:
    """The tokens of the displays of a text that have to say something.

    Of a row that was not read it is said so; a condition and its zero are not judged.
    """
    read = [
        range(row.start, row.end)
        for section in sections(tex_document(Source("a.tex", text)))
        for row in section.rows
        if row.kind in ("claim", "definition", "declaration", "side-condition")
    ]
    for block in tex_document(Source("a.tex", text)).blocks:
        if block.kind != "display":
            continue
        tokens = lexed(text, block.start, block.end)
        depth = 0
        for k, token in enumerate(tokens):
            name = token.text[1:] if token.kind == "COMMAND" else ""
            before = tokens[k - 1].text if k else ""
            worded = k > 1 and tokens[k - 2].text in (r"\begin", r"\end", r"\text", r"\overset")
            depth = depth + 1 if worded or depth else 0
            if token.kind == "CLOSE":
                depth = 0
            if not any(token.start in row for row in read):
                continue
            if depth or token.kind not in KINDS or name in SILENT:
                continue
            if text[: token.start].rstrip().endswith("{!}{=}"):
                continue  # the zero of a condition
            if token.text in ".,;" or (token.text == "+" and before in ("", "=", "&")):
                continue
            yield token


def lost(text: str) -> list[str]:
    """Tokens without which a text reads the same."""
    whole = said(text)
    found = []
    for token in places(text):
        other = f"{text[: token.start]} {text[token.end :]}"
        if said(other) == whole:
            around = text[max(token.start - 12, 0) : token.end + 12]
            found.append(f"{token.text} in {around!r}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("formula", [formula for formula, _ in rows("in the language")])
def test_in_a_row(formula: str) -> None:
    assert lost(f"{LET}\n\\[ {formula} \\]\n") == []


@pytest.mark.slow
@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.stem)
def test_in_a_paper(paper: Path) -> None:
    assert lost(paper.read_text(encoding="utf-8")) == []
