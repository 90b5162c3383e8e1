r"""Functions of which a paper only says between what they go: `f : \mathbb{R} \to \mathbb{R}`.

Must not know how a verdict is found.
"""

from __future__ import annotations

import pytest

from gradcli import api
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, FileReport
from gradcli.language.tex.notes import markdown_document

LET = r"Let $x, y, t \in \mathbb{R}$, $v \in \mathbb{R}^n$ and $A \in \mathbb{R}^{m \times n}$."
NUMBERS = r"Let $f, g : \mathbb{R} \to \mathbb{R}$ be any differentiable functions."
PLANE = r"Let $u \colon \mathbb{R}^2 \to \mathbb{R}$ be smooth."
FIELD = r"For a smooth $V : \mathbb{R}^m \to \mathbb{R}$ we have"
RIGHT = [
    (NUMBERS, r"\frac{d}{dx} f(g(x)) = f'(g(x))\, g'(x)"),
    (NUMBERS, r"\frac{d^2}{dx^2} f(g(x)) = f''(g(x))\, g'(x)^2 + f'(g(x))\, g''(x)"),
    (NUMBERS, r"\frac{d}{dx} \frac{f(x)}{g(x)} = \frac{f'(x) g(x) - f(x) g'(x)}{g(x)^2}"),
    (NUMBERS, r"\frac{d}{dx} f(x^2) = 2x\, \frac{df}{dt}(t) \Big\rvert_{t = x^2}"),
    (NUMBERS, r"z = A v, \quad a = f(z), \quad L = \|a\|^2, \quad "
     r"\frac{\partial L}{\partial v} = 2A^\top (a \odot f'(z))"),
    (PLANE, r"\frac{d}{dt} u(t^2, t^3) = 2t\, \partial_1 u(t^2, t^3) + 3t^2\, u_2(t^2, t^3)"),
    (PLANE, r"\frac{\partial}{\partial x} u(x, y)^2 "
     r"= 2 u(x, y) \frac{\partial u}{\partial x}(x, y)"),
    (PLANE, r"\frac{\partial}{\partial y} (y u(x, y)) = u(x, y) + y\, u_y(x, y)"),
    (PLANE, r"\frac{\partial^2 u}{\partial x \partial y}(x, y) = \partial_{21} u(x, y)"),
    (FIELD, r"\nabla_v V(A v) = A^\top \nabla V(A v)"),
    (FIELD, r"\nabla^2_v V(A v) = A^\top \nabla^2 V(A v) A"),
    (r"% gradcli: f in functions(R, R)", r"\frac{d}{dx} f(2x) = 2f'(2x)"),
    (NUMBERS, r"f(x) = x^3, \quad f'(x) = 3x^2"),
]  # fmt: skip
WRONG = [
    (NUMBERS, r"\frac{d}{dx} f(g(x)) = f'(x) g'(x)", r"f'(g(x)) g'(x)"),
    (NUMBERS, r"\frac{d}{dx} f(x^2) = f'(x^2)", r"2 x f'(x^2)"),
    (NUMBERS, r"z = A v, \quad L = \|f(z)\|^2, \quad \nabla_v L = 2A^\top f(z)", None),
    (FIELD, r"\nabla_v V(A v) = 2A^\top \nabla V(A v)", r"A^\top \nabla V(A v)"),
]
BOUND = [
    r"f(-x) = f(x)",
    r"f'(x) = f(x)",
    r"f(x + y) = f(x) f(y)",
    r"f(x) > 0",
    r"f'(0) = 1",
    r"x f'(x) = f(x)",
    r"f(x) = f(-x)",
]
FOLLOWS = r"\frac{d}{dx} f(x^2) = 2x f(x^2)"


def read(*text: str) -> FileReport:
    """The report on a note in which such lines follow one another."""
    lines = "\n\n".join(line.replace("% gradcli: ", "<!-- gradcli: ") for line in text)
    closed = "\n".join(f"{x} -->" if x.startswith("<!--") else x for x in lines.split("\n"))
    return api.check_paper(markdown_document(Source("a.md", closed)), CheckOptions(points=3))


@pytest.mark.parametrize(("let", "text"), RIGHT)
def test_what_holds_for_every_function(let: str, text: str) -> None:
    found = read(LET, let, f"$$ {text} $$")
    assert [row.kind for row in found.rows if row.kind not in ("claim", "definition")] == []
    assert {each.verdict for each in found.findings} <= {"proved", "holds"}
    assert [*found.findings]


@pytest.mark.parametrize(("let", "text", "mend"), WRONG)
def test_what_does_not(let: str, text: str, mend: str | None) -> None:
    [found] = read(LET, let, f"$$ {text} $$").findings
    assert found.verdict == "refuted"
    if mend is not None:
        assert found.diagnosis
        assert found.diagnosis.mended == mend


@pytest.mark.parametrize("text", BOUND)
def test_an_equation_that_binds_a_function_is_no_claim(text: str) -> None:
    for condition in (f"$$ {text} $$", f"with ${text}$."):
        found = read(LET, NUMBERS, condition, f"$$ {FOLLOWS} $$")
        assert [*found.findings] == []
        assert found.rows[-1].kind == "unread"
        assert "condition on it" in found.rows[-1].why


@pytest.mark.parametrize("words", ["be the logistic function", "be even", "denote the density"])
def test_words_may_say_more_of_a_function(words: str) -> None:
    found = read(LET, rf"Let $f : \mathbb{{R}} \to \mathbb{{R}}$ {words}.", f"$$ {FOLLOWS} $$")
    assert [row.kind for row in found.rows] == ["unread"]


@pytest.mark.parametrize("text", [r"f^2(x) = f(x)", r"f x = x f", r"\nabla_v V = 0"])
def test_a_function_is_of_something(text: str) -> None:
    found = read(LET, NUMBERS, FIELD, f"$$ {text} $$")
    assert [row.kind for row in found.rows] == ["unread"]
