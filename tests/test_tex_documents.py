"""What stands where in LaTeX and in Markdown with maths: tokens, macros, headings, displays."""

from __future__ import annotations

import pytest

from gradcli.errors import GradcliError, Source
from gradcli.language.tex.document import TexDocument, tex_document
from gradcli.language.tex.notes import asks_to_be_read, markdown_document
from gradcli.language.tex.tokens import Macros, expanded, lexed, written


def flat(text: str) -> str:
    macros: Macros = {}
    source = Source("a.tex", text)
    return "".join(written([t]) for t in expanded(source, lexed(text), macros) if t.text.strip())


def seen(document: TexDocument) -> list[str]:
    return [
        f"{b.kind} {b.environment or b.level} {' '.join(b.text.split())}" for b in document.blocks
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"\newcommand{\R}{\mathbb{R}} x \in \R^n", r"x\in\mathbb{R}^n"),
        (
            r"\newcommand\pd[2]{\frac{\partial #1}{\partial #2}}\pd L w",
            r"\frac{\partialL}{\partialw}",
        ),
        (r"\newcommand{\d}[2][x]{d#2/d#1} \d{f} \d[t]{g}", "df/dxdg/dt"),
        (r"\def\v#1{\mathbf{#1}} \v x + \v{yz}", r"\mathbf{x}+\mathbf{yz}"),
        (r"\DeclareMathOperator{\tr}{tr} \tr(A)", r"\operatorname{tr}(A)"),
        (r"\let\eps=\varepsilon \eps_1", r"\varepsilon_1"),
        (r"\renewcommand{\a}{b}\a \renewcommand{\a}{c}\a", "bc"),
        (r"a % \newcommand{\b}{c}" + "\nb", "ab"),
    ],
)
def test_macros(text: str, meant: str) -> None:
    assert flat(text) == meant


def test_a_macro_that_calls_itself_is_an_error() -> None:
    with pytest.raises(GradcliError, match="without end"):
        flat(r"\def\a{\a\a} \a")


def test_what_a_macro_makes_stands_at_its_call() -> None:
    text = r"\newcommand{\pd}[2]{\frac{#1}{#2}} x = \pd{L}{w} + 1"
    tokens = expanded(Source("a.tex", text), lexed(text), {})
    frac = next(t for t in tokens if t.text == r"\frac")
    letter = next(t for t in tokens if t.text == "L")
    assert text[frac.start : frac.end] == r"\pd{L}{w}"
    assert text[letter.start : letter.end] == "L"


LATEX = r"""
\newcommand{\beq}{\begin{equation}}\newcommand{\eeq}{\end{equation}}
$preamble$
\begin{document}
\section{One \emph{thing}} costs \$5, 100\% of $x \in X$. % $no$
% gradcli: X in R^(m, n)
\beq a = b \label{l} \eeq
\begin{verbatim} $$ no $$ \end{verbatim} \verb|$no$|
\begin{align*} c &= d \\[4pt] e &= \text{for $x$} f \end{align*}
\subsection*{Two} \[ g \] $$ h $$ \( i \)
\end{document} $no$
"""


def test_blocks_of_latex() -> None:
    assert seen(tex_document(Source("a.tex", LATEX))) == [
        "heading 3 One \\emph{thing}",
        "inline $ x \\in X",
        "note 0 X in R^(m, n)",
        "display equation a = b \\label{l}",
        "display align* c &= d \\\\[4pt] e &= \\text{for $x$} f",
        "heading 4 Two",
        "display \\[ g",
        "display $$ h",
        "inline \\( i",
    ]


@pytest.mark.parametrize("text", [r"a $x", r"\[ x", r"\begin{align} x", "$$ x", "$x\n\n$ y"])
def test_what_is_never_closed_is_an_error_where_it_opens(text: str) -> None:
    first, *_ = tex_document(Source("a.tex", text)).complaints
    assert first.code == "G002"
    assert first.span
    assert first.span.text[0] == text.removeprefix("a ")[0]


MARKDOWN = r"""
# Title

Costs $5 and $6, code `$x$`, maths $y \in \mathbb{R}$.

```python
$$ no $$
```
```math
a = b
```
> $$
> c
> $$

<!-- gradcli: X in R^n -->
\\[ d \\]

Second
------
\begin{align} e \end{align}
<!-- $$ no $$ -->

    $$ code $$
"""


def test_blocks_of_markdown() -> None:
    assert seen(markdown_document(Source("a.md", MARKDOWN))) == [
        "heading 1 Title",
        "inline $ y \\in \\mathbb{R}",
        "display math a = b",
        "display $$ > c >",  # as it stands in the file; the signs of a quote are no tokens
        "note 0 X in R^n",
        "display \\\\[ d",
        "heading 2 Second",
        "display align e",
    ]


def test_only_a_comment_asks_for_maths_to_be_read() -> None:
    assert asks_to_be_read(MARKDOWN)
    assert not asks_to_be_read("$$ x $$ and the word gradcli: here")
