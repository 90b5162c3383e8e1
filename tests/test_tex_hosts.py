"""Where LaTeX stands: notebooks, documents with inputs, Markdown; places lead back into the files.

Must not know how a formula is read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.errors import GradcliError, Source
from gradcli.language.documents.notebook import encoded, notebook
from tests.running import here
from tests.test_check_formats import bad

RIGHT = r"$f(x) = x^2, \quad \frac{df}{dx} = 2x$"
WRONG = "# A slip\n\nLet $x \\in \\mathbb{R}$ and 😀.\n$$\nf = x^2\n$$\n$$\n\\frac{df}{dx} = 3x\n$$"


def cells(*sources: Any, kind: str = "markdown") -> dict[str, Any]:
    made = [{"cell_type": kind, "metadata": {"source": "no"}, "source": s} for s in sources]
    return {"nbformat": 4, "metadata": {"cells": [1]}, "cells": made}


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@settings(max_examples=30)
@given(
    st.lists(st.text(st.characters(codec="utf-8")), max_size=4),
    st.sampled_from([None, 1]), st.booleans(), st.booleans(),
)  # fmt: skip
def test_a_notebook_is_its_markdown(
    texts: list[str], indent: int | None, whole: bool, ascii: bool
) -> None:
    content = cells(*(text if whole else lines(text) for text in texts))
    content["cells"].append({"source": ["print(1)"], "cell_type": "code"})
    raw = Source("a.ipynb", json.dumps(content, indent=indent, ensure_ascii=ascii))
    found = notebook(raw)
    done = 0
    for number, text in enumerate(texts, 1):
        start = found.text.index(text, done)
        done = start + len(text)
        if text:
            assert found.cell(start) == (number, 1)
        for k in range(start, done):
            at = found.stored(k)[1]
            ahead = raw.text[at:]
            assert ahead.startswith((found.text[k], "\\")), (k, ahead[:9])
    assert not found.text[done:].strip("`~\n")


def test_what_a_mend_becomes_in_a_notebook() -> None:
    assert json.loads(f'"{encoded(chr(92) + "frac{1}{2} ŷ")}"') == "\\frac{1}{2} ŷ"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"cells": 3}', "[" * 5000, '{"worksheets": []}']
)
def test_what_is_no_notebook(text: str) -> None:
    with pytest.raises(GradcliError) as raised:
        notebook(Source("a.ipynb", text))
    assert raised.value.diagnostics[0].code == "G011"


def test_a_fence_ends_with_its_cell() -> None:
    content = cells("```python\nx = 1", WRONG)
    raw = Source("a.ipynb", json.dumps(content))
    assert "x = 1\n```\n" in notebook(raw).text


@pytest.mark.parametrize(("indent", "line"), [(1, 20), (None, 1)])
def test_claims_in_a_notebook(tmp_path: Path, indent: int | None, line: int) -> None:
    content = cells("Some words.", lines(WRONG))
    content["cells"].insert(1, cells(["x = '$f$'"], kind="code")["cells"][0])
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(content, indent=indent), encoding="utf-8")
    done = here("check", "--latex", "a.ipynb", "--format", "json", cwd=tmp_path)
    assert done.code == 1
    report = json.loads(done.out)
    assert bad(report) == []
    [claim] = report["claims"]
    assert (claim["cell"], claim["cell_line"], claim["verdict"]) == (3, 8, "refuted")
    raw = path.read_text(encoding="utf-8").splitlines()
    assert raw[claim["line"] - 1][claim["column"] - 1 : claim["end_column"] - 1] == "3x"
    assert [(row["cell"], row["cell_line"], row["kind"]) for row in report["rows"]] == [
        (3, 5, "definition"), (3, 8, "claim"),
    ]  # fmt: skip
    shown = here("check", "--latex", "a.ipynb", cwd=tmp_path).out
    assert f"a.ipynb:{claim['line']}:{claim['column']} (cell 3, line 8)" in shown
    assert "| \\frac{df}{dx} = 3x" in shown
    assert "No such" not in here("check", "a.ipynb", cwd=tmp_path).err


def test_grad_fences_in_a_notebook(tmp_path: Path) -> None:
    content = cells("# One\n```grad\ny = x^2; dy/dx = 3*x\n```\n")
    (tmp_path / "a.ipynb").write_text(json.dumps(content), encoding="utf-8")
    done = here("check", "a.ipynb", "--format", "sarif", cwd=tmp_path)
    assert done.code == 1
    [found] = json.loads(done.out)["runs"][0]["results"]
    region = found["locations"][0]["physicalLocation"]["region"]
    text = json.dumps(content)
    assert text[region["startColumn"] - 1 : region["endColumn"] - 1] == "3*x"


SHARED = """\
# One

```grad
w, x, y in R^n
r = w*x - y
L = sum(r^2)
dL/dw = 2*r*x
```

$$
\\frac{\\partial L}{\\partial w} = 2 r \\odot x
$$

$$
\\frac{\\partial L}{\\partial y} = 2 r
$$

# Two

$$
\\frac{\\partial L}{\\partial w} = 2 r \\odot x
$$
"""


def test_fences_and_formulas_share_a_heading(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(SHARED, encoding="utf-8")
    done = here("check", "--latex", "a.md", "--format", "json", cwd=tmp_path)
    report = json.loads(done.out)
    claims = sorted((claim["line"], claim["verdict"]) for claim in report["claims"])
    assert claims == [(7, "proved"), (11, "proved"), (15, "refuted")]
    assert [row["kind"] for row in report["rows"]] == ["claim", "claim", "unread"]
    [wrong] = [claim for claim in report["claims"] if claim["line"] == 15]
    assert wrong["diagnosis"]["mended"] == "-2 r"


AROUND = r"""# Ridge

<!-- gradcli: theta, lambda in R -->
$$ J = \lambda\theta^2 $$

```grad
dJ/dtheta = 2*lambda*theta
```

## Within

```grad
lambda in [0, inf)
dJ/dtheta = 2*lambda*theta
```

# Elsewhere

```grad
y = theta^2
dy/dtheta = 2*theta
```
"""


def test_fences_see_the_formulas_around_them(tmp_path: Path) -> None:
    def judged(text: str) -> list[tuple[int, str]]:
        (tmp_path / "a.md").write_text(text, encoding="utf-8")
        done = here("check", "--latex", "a.md", "--format", "json", cwd=tmp_path)
        report = json.loads(done.out)
        said = [(error["line"], error["code"]) for error in report["errors"]]
        return sorted([(c["line"], c["verdict"]) for c in report["claims"]] + said)

    # What a fence declares is its own, and what stands on another of that name is not seen.
    assert judged(AROUND) == [(7, "proved"), (14, "G005"), (21, "proved")]
    assert judged(AROUND.replace("lambda in [0, inf)\n", "\n"))[1] == (14, "proved")
    # The same fence is judged anew where a formula says something else.
    assert judged(AROUND.replace(r"\lambda\theta", r"3\lambda\theta"))[0] == (7, "refuted")


MAIN = r"""\documentclass{article}
\input{macros}
\begin{document}
\section{One}
Let $x \in \RR$.
\input{parts/one.tex}
% \input{nowhere}
\begin{verbatim}\input{nowhere}\end{verbatim}
\[ \frac{df}{dx} = 2x \]
\end{document}
"""


def paper(folder: Path, **texts: str) -> None:
    (folder / "parts").mkdir(exist_ok=True)
    (folder / "macros.tex").write_text("\\newcommand{\\RR}{\\mathbb{R}}\n", encoding="utf-8")
    (folder / "main.tex").write_text(MAIN, encoding="utf-8")
    (folder / "parts" / "one.tex").write_text(
        "Then\n\\[ f = x^2, \\]\n\\[ f' = 3 \\]\n\\[\n\\frac{df}{dx} = 3x \\]\n", encoding="utf-8"
    )


def test_a_document_with_inputs(tmp_path: Path) -> None:
    paper(tmp_path)
    done = here("check", "main.tex", "--format", "json", cwd=tmp_path)
    claims = json.loads(done.out)["claims"]
    assert [(c["file"], c["line"], c["verdict"]) for c in claims] == [
        ("parts/one.tex", 5, "refuted"), ("main.tex", 9, "proved"),
    ]  # fmt: skip
    shown = here("check", "main.tex", cwd=tmp_path).out
    assert "--> parts/one.tex:5:17" in shown
    logged = here("check", "main.tex", "--format", "github", cwd=tmp_path).out
    assert "::error file=parts/one.tex,line=5," in logged


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "cannot be read"), ("../other", "leads outside"), ("/etc/passwd", "leads out"),
        ("main", "is input within itself"), ("binary.tex", "is not UTF-8"), ("parts", "cannot be"),
    ],
)  # fmt: skip
def test_inputs_that_are_not_read(tmp_path: Path, name: str, why: str) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (tmp_path / "other.tex").write_text("\\[ 1 = 2 \\]", encoding="utf-8")
    (folder / "binary.tex").write_bytes(b"\xff\xfe")
    (folder / "main.tex").write_text(f"$x$\n\\input{{{name}}}\n", encoding="utf-8")
    done = here("check", "main.tex", cwd=folder)
    assert done.code == 2
    assert why in done.out + done.err
    assert "main.tex:2:1" in done.out


def test_what_the_project_says(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text(WRONG, encoding="utf-8")
    (folder / "b.md").write_text(WRONG, encoding="utf-8")
    (tmp_path / "p.tex").write_text("\\[ f = x, \\] \\[ \\frac{df}{dx} = 1 \\]", encoding="utf-8")

    def claims(setting: str, *paths: str) -> list[str]:
        (tmp_path / "pyproject.toml").write_text(f"[tool.gradcli]\n{setting}\n", encoding="utf-8")
        found = json.loads(here("check", *paths, "--format", "json", cwd=tmp_path).out)
        return [claim["file"] for claim in found["claims"]]

    assert claims("latex = true") == ["notes/a.md", "notes/b.md"]
    assert claims("latex = ['notes/b.md', 'p.tex']") == ["notes/b.md", "p.tex"]
    assert claims("latex = ['p.tex']\npaths = ['notes']") == ["p.tex"]
    assert claims("latex = ['b.md']", "notes") == ["notes/b.md"]
    assert claims("", "p.tex") == ["p.tex"]
