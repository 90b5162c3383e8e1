"""One output of several, and one derivation of a file: what `--of` and `-k` take of a program.

Must not know how a text is read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import here

NOTES = """s = 3

derivation "a square"
x in R
f = s*x^2
df/dx = 2*s*x

derivation "a cube"
x in R
g = x^2
f = g*x
df/dx = 3*x^2
"""


@pytest.fixture
def notes(tmp_path: Path) -> str:
    path = tmp_path / "notes.grad"
    path.write_text(NOTES, encoding="utf-8")
    return f"@{path}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["derive", "-k", "square"], "df/dx = 2*x*s"),
        (["derive", "-k", "CUBE"], "df/dx = g + 2*x^2"),
        (["derive", "-k", "cube", "--of", "g"], "dg/dx = 2*x"),
        (["diff", "-k", "cube", "--at", "x=2"], "x       2       12"),
        (["diff", "-k", "square", "--at", "x=2"], "x       2       12"),
        (["diff", "-k", "cube", "--of", "g + f", "--at", "x=2"], "output = g + f = 12"),
        (["codegen", "-k", "cube", "--of", "g", "--target", "numpy"], "return g, grad_x"),
    ],
)
def test_one_of_several(notes: str, arguments: list[str], said: str) -> None:
    command, *rest = arguments
    done = here(command, notes, *rest)
    assert done.code == 0, done.err
    assert said in done.out


def test_the_last_expression_gives_way_to_the_one_that_is_asked_for() -> None:
    done = here("diff", "a = x*y; a + 1", "--of", "a", "--at", "x=2, y=3")
    assert done.out.startswith("a = 6")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-k", "a"], '2 derivations have "a" in their names'),
        (["-k", "sphere"], "there is a square, a cube"),
        ([], "-k NAME  takes one of them"),
        (["-k", "cube", "--of", "q"], "notes.grad:13:1"),
    ],
)
def test_what_cannot_be_taken(notes: str, arguments: list[str], said: str) -> None:
    done = here("derive", notes, *arguments)
    assert done.code == 2
    assert said in done.err


def test_a_mistake_stands_where_it_does_in_the_file(notes: str) -> None:
    done = here("diff", notes, "-k", "cube", "--at", "x=[1, 2]")
    assert "notes.grad:9:1" in done.err


def test_a_text_without_derivations_has_none_of_any_name() -> None:
    done = here("derive", "x^2", "-k", "x")
    assert done.code == 2 and 'no derivation has "x" in its name' in done.err
