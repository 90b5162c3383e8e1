"""What an editor is told of papers: verdicts at their places, mends and comments to put in.

Must not know the protocol, nor how a formula is read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcli.judge.finding import CheckOptions
from gradcli.lsp import completion, hover, outline, tokens
from gradcli.lsp.document import OpenDocument, Pieces
from gradcli.lsp.judging import judge
from tests.running import here

TEX = r"""\section{Ridge} 😀
Let $\mathbf{x} \in \mathbb{R}^n$.
\begin{align}
f &= \|\mathbf{x}\|^2 \\
\nabla_{\mathbf{x}} f &= \mathbf{x}
\end{align}
\section{Undeclared}
\[ g = \|\mathbf{u}\|^2, \quad \nabla_{\mathbf u} g = 2\mathbf{u} \]
"""
HEADINGS = TEX.replace(r"\section{Ridge}", "# Ridge").replace(r"\section{Undeclared}", "# Other")
MARKDOWN = f"<!-- gradcli: at y = 1 -->\n{HEADINGS}"
FENCE = "\n```grad\nw in R; q = w^2; dq/dw = 2*w\n```\n"


def opened(text: str, path: Path, latex: bool = False) -> OpenDocument:
    """A document in which everything is judged, here and now."""
    kept = Pieces()
    options = CheckOptions(points=3)
    made = OpenDocument(
        path.as_uri(), path, text, 1, kept, markdown=True, latex=latex, options=options
    )
    for job in made.jobs():
        for piece in judge(job.chunk, job.options, job.place):
            kept.put(job, piece)
    assert made.complete
    return made


def said(document: OpenDocument) -> list[tuple[str, str]]:
    found = []
    for each in document.diagnostics():
        start, end = (document.lines.offset(each["range"][end]) for end in ("start", "end"))
        found.append((each["code"], document.text[start:end]))
    return found


@pytest.mark.parametrize(("name", "text"), [("a.tex", TEX), ("a.md", MARKDOWN)])
def test_verdicts_and_mends(name: str, text: str, tmp_path: Path) -> None:
    document = opened(text, tmp_path / name)
    found = said(document)
    assert found[0] == ("G102", r"\mathbf{x}")
    assert ("G020", r"\mathbf{u}") in found
    at = text.index(r"&= \mathbf{x}") + 5
    [action] = document.actions(at, at)
    assert action["title"].startswith(r"Replace by  2 \mathbf{x}")
    [[edit]] = action["edit"]["changes"].values()
    start, end = (document.lines.offset(edit["range"][end]) for end in ("start", "end"))
    mended = text[:start] + edit["newText"] + text[end:]
    assert "G102" not in dict(said(opened(mended, tmp_path / name)))
    shown = hover.hover(document, document.lines.position(at))
    assert shown is not None
    assert "refuted" in shown["contents"]["value"]
    assert [hint["label"].split()[1] for hint in document.hints()] == ["refuted"]
    assert "`x`: a vector of n" in shown["contents"]["value"]
    there = hover.hover(document, document.lines.position(text.index("f &=")))
    assert there is not None
    assert there["contents"]["value"] == "`f`: a scalar"


def test_the_comment_that_is_lacking_is_offered(tmp_path: Path) -> None:
    document = opened(TEX, tmp_path / "a.tex")
    at = TEX.index(r"\[ g")
    titles = {each["title"]: each for each in document.actions(at, at)}
    [(title, action)] = titles.items()
    assert title == "Put in  % gradcli: u in R^n"
    [[edit]] = action["edit"]["changes"].values()
    start = document.lines.offset(edit["range"]["start"])
    assert start == at
    again = opened(TEX[:at] + edit["newText"] + TEX[at:], tmp_path / "a.tex")
    assert [code for code, _ in said(again)] == ["G102"]
    assert len(again.hints()) == 2


def test_fences_stay_what_they_are(tmp_path: Path) -> None:
    document = opened(MARKDOWN + FENCE, tmp_path / "a.md")
    assert len(document.hints()) == 2
    at = document.lines.position(document.text.index("dq/dw"))
    assert hover.hover(document, at) is not None
    text = "Let $x \\in \\mathbb{R}$.\n$$ f = x, \\quad \\frac{df}{dx} = 2 $$\n" + FENCE
    plain = opened(text, tmp_path / "a.md")
    assert plain.paper is None and said(plain) == []
    read = opened(text, tmp_path / "a.md", latex=True)
    assert [code for code, _ in said(read)] == ["G102"]


def test_a_fence_sees_the_formulas_around_it(tmp_path: Path) -> None:
    fence = "\n```grad\nt = 3*f\ndt/dx = {0}\n```\n"
    text = "\n\n# {1}\n\nLet $x \\in \\mathbb{{R}}^n$.\n\n$$ f = x^\\top x $$\n" + fence
    text = "<!-- gradcli: at a = 1 -->" + text.format("6*x", "One") + text.format("5*x", "Two")
    document = opened(text, tmp_path / "a.md")
    assert said(document) == [("G102", "5*x")]
    assert [hint["label"].split()[1] for hint in document.hints()] == ["proved", "refuted"]
    at = text.index("5*x")
    [action] = document.actions(at, at)
    [[edit]] = action["edit"]["changes"].values()
    assert (edit["newText"], edit["range"]["start"]["line"]) == ("6*x", 22)
    hole = document.text.replace("5*x", "?")
    [action] = opened(hole, tmp_path / "a.md").actions(at, at)
    assert action["title"] == "Fill in  6*x  (proved)"
    (tmp_path / "a.md").write_text(hole, encoding="utf-8")
    here("check", "a.md", "--fill", "--yes", cwd=tmp_path)
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == text.replace("5*x", "6*x")


def test_the_language_is_not_offered_in_latex(tmp_path: Path) -> None:
    document = opened(TEX, tmp_path / "a.tex")
    for at in range(0, len(TEX), 7):
        position = document.lines.position(at)
        assert not completion.completion(document, position)
        hover.hover(document, position)
    assert not outline.symbols(document)
    assert not tokens.semantic_tokens(document)


def test_what_is_input_is_told_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "one.tex").write_text("\\[ \\frac{df}{dx} = 3 \\]\n", encoding="utf-8")
    text = "Let $x \\in \\mathbb{R}$. \\[ f = x \\]\n\\input{one}\n\\[ \\frac{df}{dx} = 2 \\]\n"
    document = opened(text, tmp_path / "a.tex")
    assert said(document) == [("G102", "2")]
    at = text.rindex("2 ")
    [action] = document.actions(at, at)
    [[edit]] = action["edit"]["changes"].values()
    assert (edit["newText"], edit["range"]["start"]["line"]) == ("1", 2)
