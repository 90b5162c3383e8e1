"""Syntax trees as text: what was written stays as it is, and what is printed reads back.

Must not know any mistake, nor what an expression means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from gradcli.errors import GradcliError, Source
from gradcli.language.parsing.parse import parse_expression
from gradcli.language.tree import syntax
from gradcli.language.tree.build import (
    NOWHERE,
    binary,
    call,
    changed,
    exchanged,
    literal,
    name,
    negative,
    number,
    places,
    replaced,
    same,
    transposed,
    unwritten,
)
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Call, Derivative, Expr, Name, Number

NAMES = ("a", "x", "W", "p1", "e", "θ", "T")


def read(text: str) -> Expr:
    return parse_expression(Source("test", text), NAMES)


def part(whole: Expr, text: str) -> Expr:
    """The outermost part of an expression that was written so."""
    return next(p for p, _ in places(whole) if p.span.text == text)


def edited(text: str, old: str, new: Expr) -> str:
    """A text with one part of it exchanged."""
    whole = read(text)
    return source_of(exchanged(whole, {part(whole, old): new}), whole)


# -- any expression

BLANKS = st.sampled_from(("", "", " ", "  "))


@st.composite
def infix(draw: Any, inner: st.SearchStrategy[str]) -> str:
    signs = ("+", "-", "−", "*", "·", "⊙", "@", "/", ".*", "./", "^", "**", ".^")
    sign, before, behind = draw(st.sampled_from(signs)), draw(BLANKS), draw(BLANKS)
    return f"{draw(inner)}{before}{sign}{behind}{draw(inner)}"


@st.composite
def compared(draw: Any, inner: st.SearchStrategy[str]) -> str:
    sign = draw(st.sampled_from((" < ", ">=", " == ", " and ", " or ")))
    return f"{draw(inner)}{sign}{draw(inner)}"


@st.composite
def crowded(draw: Any, inner: st.SearchStrategy[str]) -> str:
    head = draw(st.one_of(st.sampled_from(("2", "0.5")), inner.map("({})".format)))
    return f"{head}{draw(BLANKS)}{draw(inner)}"


FORMS = (
    "({})", "( {} )", "({} # so\n)", "-{}", "- {}", "+{}", "not {}", "{}.T", "{}'", "{}ᵀ", "{}²",
    "{}⁻¹", "sin({})", "f({}, axis=0)", "norm({}, \"fro\")", "[{}, 1]", "g( {} ,2)", "x[{}]",
    "x[ 1: {}]", "x[{}:]", "x[:, {}]", "sum(t in 1 .. {}, t)", "prod(t in 1..3, {})",
    "zeros(({}, 2))",
)  # fmt: skip
LEAVES = ("a", "x", "W", "p1", "e", "θ", "1", "2", "0.50", "2e3", "dL/dx", "∂L/∂x", "d/dx (x*a)")


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    form = st.tuples(st.sampled_from(FORMS), inner).map(lambda p: p[0].format(p[1]))
    return st.one_of(infix(inner), infix(inner), crowded(inner), compared(inner), form)


TEXTS = st.recursive(st.sampled_from(LEAVES), grown, max_leaves=8)


@st.composite
def trees(draw: Any) -> Expr:
    """Whatever of this the language accepts."""
    text = draw(TEXTS)
    try:
        tree = read(text)
    except GradcliError:
        reject()
    # `dL/dx^2 dL/dx` is a derivative as often by its variables as its order does not say.
    taken = [p for p, _ in places(tree) if isinstance(p, Derivative)]
    assume(all(d.order == sum(times for _, times in d.by) for d in taken))
    return tree


def rebuilt(expr: Expr, make: Any) -> Expr:
    """The tree from its leaves on, every expression made anew from the old one and new parts."""
    values = {}
    for key in (s for kind in type(expr).__mro__ for s in getattr(kind, "__slots__", ())):
        values[key] = _rebuilt(getattr(expr, key), make) if key not in ("span", "origin") else None
    return make(expr, {k: v for k, v in values.items() if k not in ("span", "origin")})


def _rebuilt(value: Any, make: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_rebuilt(item, make) for item in value)
    return rebuilt(value, make) if isinstance(value, Expr) else value


def anew(expr: Expr, values: dict[str, Any]) -> Expr:
    return type(expr)(NOWHERE, **values)


def copied(expr: Expr, values: dict[str, Any]) -> Expr:
    """A copy with the very names and numbers, since those have no parts."""
    plain = isinstance(expr, Name | Number | syntax.Text | Derivative)
    if isinstance(expr, Call | syntax.Fold):
        values |= {"function": expr.function}
    if isinstance(expr, syntax.IndexRange):
        values |= {"variable": expr.variable}
    return expr if plain else changed(expr, **values)


def brackets(text: str) -> Iterator[tuple[int, int]]:
    """Where the pairs of round brackets of a text stand, but for those of calls."""
    opened = []
    for place, sign in enumerate(re.sub(r"#[^\n]*", lambda m: " " * len(m[0]), text)):
        if sign == "(":
            opened.append(place)
        elif sign == ")" and not text[: opened[-1]].rstrip()[-1:].isidentifier():
            yield opened.pop(), place
        elif sign == ")":
            opened.pop()


def superfluous(text: str) -> Iterator[str]:
    """What stands in brackets that could go without another tree, or two signs that meet."""
    whole = read(text)
    for start, end in brackets(text):
        inner = text[start + 1 : end]
        # A number above a derivative is its order, or might be; `.T²` is no transpose.
        if inner.lstrip()[:1] in ("+", "-", "−", "d", "∂") or inner.endswith(".T"):
            continue
        with suppress(GradcliError):
            if same(read(f"{text[:start]} {inner} {text[end + 1 :]}"), whole):
                yield f"({inner})"


@given(trees())
def test_what_was_read_prints_as_it_was_written(tree: Expr) -> None:
    assert source_of(tree) == tree.span.text


@given(trees())
def test_copies_keep_what_stands_between_their_parts(tree: Expr) -> None:
    copy = rebuilt(tree, copied)
    assert source_of(copy) == source_of(tree)


@given(trees())
def test_what_is_new_reads_back_and_has_no_bracket_too_many(tree: Expr) -> None:
    text = source_of(rebuilt(tree, anew))
    assert same(read(text), tree), text
    assert not [*superfluous(text)], text


def arrays(around: tuple[Expr, ...]) -> bool:
    return any(isinstance(outer, syntax.Array) for outer in around)


@given(trees(), trees(), st.integers(0, 30), st.integers(0, 30))
def test_any_edit_reads_back(tree: Expr, other: Expr, k: int, j: int) -> None:
    bad = syntax.Slice | syntax.Text | syntax.Tuple
    # Where a comma may be missing, in an array, no blank makes a product.
    olds = [(p, a) for p, a in places(tree) if not isinstance(p, bad) and not arrays(a)]
    news = [p for p, _ in places(other) if not isinstance(p, bad)]
    (old, around), new = olds[k % len(olds)], news[j % len(news)]
    whole = replaced(around, old, new)
    text = source_of(whole, tree)
    assert same(read(text), whole), (text, tree.span.text, old.span.text, new.span.text)
    written = [*brackets(tree.span.text), *brackets(new.span.text)]
    assert len([*superfluous(text)]) <= len(written), text


# -- the writer's own manner

A, X = name("a"), name("x")
EDITS = [
    ("2 x·sin(x) + a", "sin(x)", call("cos", X), "2 x·cos(x) + a"),
    ("(a - x)*W'", "a - x", X, "x*W'"),
    ("(a - x) / W", "W", binary("*", A, X), "(a - x) / (a * x)"),
    ("2x/a", "2x", binary("+", A, X), "(a + x)/a"),
    ("2x + a", "x", number(3), "2*3 + a"),
    ("a*2x", "x", binary("-", X, A), "a*2(x - a)"),
    ("x²", "x²", binary("^", X, number(3)), "x^3"),
    ("a**2 - x", "x", binary("^", X, A), "a**2 - x**a"),
    ("a-x", "x", binary("+", A, X), "a-(a+x)"),
    ("W' @ x", "x", transposed(binary("@", name("W"), X)), "W' @ (W @ x)'"),
    ("W ⊙ x", "x", binary("*", A, binary("*", number(2), X)), "W ⊙ (a ⊙ (2*x))"),
    ("a - x", "x", negative(X), "a - (-x)"),
    ("a^x", "x", number(-2), "a^-2"),
    ("x/a", "a", number(Fraction(1, 2)), "x/(1/2)"),
    ("x*0.5", "0.5", literal("0.50", Fraction(1, 2)), "x*0.50"),
    ("f( x , axis = 0)", "x", A, "f( a , axis = 0)"),
    ("x[ 1 :, a]", "a", X, "x[ 1 :, x]"),
    ("x[a+1] + a", "x[a+1]", syntax.Index(NOWHERE, X, (binary("-", A, X),)), "x[a-x] + a"),
    ("where(0 < x<=1, a, x)", "1", A, "where(0 < x and x<=a, a, x)"),
    ("where(0 < x<=1, 2 a, x)", "2 a", A, "where(0 < x<=1, a, x)"),
    ("a + x[a]", "a", binary("+", A, X), "a + x + x[a]"),
]


@pytest.mark.parametrize(("text", "old", "new", "wanted"), EDITS)
def test_an_edit_is_printed_as_its_writer_would(
    text: str, old: str, new: Expr, wanted: str
) -> None:
    assert edited(text, old, new) == wanted


def test_a_copy_keeps_its_brackets_and_its_lines() -> None:
    whole = read("((a - # the first\n x))*W")
    inner = part(whole, "a - # the first\n x")
    copy = changed(inner, operator="+")
    assert source_of(exchanged(whole, {inner: copy})) == "((a + # the first\n x))*W"
    assert source_of(negative(inner)) == "-(a - x)"


def test_parts_are_exchanged_at_once() -> None:
    whole = read("[x^2,  2*x]")
    one, two = part(whole, "x^2"), part(whole, "2*x")
    assert source_of(exchanged(whole, {one: two, two: one})) == "[2*x,  x^2]"


def test_a_tree_that_nobody_wrote_has_no_manner_of_its_own() -> None:
    assert source_of(unwritten(read("2 x**2 · (sum( a,axis=0 ))"))) == "2*x^2*sum(a, axis=0)"


def test_exponents_above_the_line_stay_there() -> None:
    whole = read("sin(x²)")
    square = part(whole, "x²")
    assert isinstance(square, syntax.Binary)
    outside = binary("^", exchanged(whole, {square: square.left}), square.right)
    assert source_of(outside) == "sin(x)²"
    assert source_of(changed(square, right=number(-3))) == "x⁻³"
    assert source_of(binary("*", square.right, X)) == "2*x"


def test_a_number_without_last_decimal_has_no_literal() -> None:
    with pytest.raises(ValueError, match="1/3"):
        source_of(Number(NOWHERE, Fraction(1, 3)))


def test_thousands_of_brackets_are_fine() -> None:
    deep: Expr = X
    for _ in range(3_000):
        deep = binary("-", A, deep)
    text = source_of(deep)
    assert text.count("(") == 2_999
    assert same(read(text), deep)
