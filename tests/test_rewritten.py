"""Derivatives that SymPy computed and rewrote must pass: expanded, factored, in exponentials.

Must not know how claims are judged; a rewriting that brings a logarithm of its own is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from tests.verdicts import PASS, verdicts

pytestmark = pytest.mark.oracle
sp: Any = pytest.importorskip("sympy")
FEWEST, MOST = 10, 60  # vertices of an expression
LONGEST = 2500  # characters of a program
SMALL, TINY = 60, 25  # operations that trigsimp and simplify are given
SPELT = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "atan", "asinh", "erf"}
x, y = sp.symbols("x y", real=True)
ONE: list[Callable[[Any], Any]] = [
    sp.sin, sp.cos, sp.tanh, sp.atan, sp.erf, sp.asinh,
    lambda v: sp.exp(-(v**2)), lambda v: sp.exp(sp.sin(v)), lambda v: v**2, lambda v: v**3,
    lambda v: sp.log(1 + v**2), lambda v: sp.sqrt(1 + v**2), lambda v: 1 / (1 + sp.exp(-v)),
]  # fmt: skip
TWO: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (b**2 + 1),
]  # fmt: skip
FORMS: dict[str, Callable[[Any], Any]] = {
    "as it is": lambda d: d,
    "expanded": sp.expand,
    "factored": sp.factor,
    "together": sp.together,
    "powers together": sp.powsimp,
    "in exponentials": lambda d: d.rewrite(sp.exp),
    "in sines of x": sp.expand_trig,
    "trigsimp": lambda d: sp.trigsimp(d) if sp.count_ops(d) < SMALL else d,
    "simplified": lambda d: sp.simplify(d) if sp.count_ops(d) < TINY else d,
}


def grown(random: Random, size: int) -> Any:
    """A random expression with about so many leaves and calls."""
    if size <= 1:
        number = sp.Rational(random.randint(1, 5), random.randint(1, 4))
        return random.choice([x, x, y, y, number])
    if random.random() < 0.5 and size > 2:
        part = random.randint(1, size - 2)
        return random.choice(TWO)(grown(random, part), grown(random, size - 1 - part))
    return random.choice(ONE)(grown(random, size - 1))


def spelt(e: Any) -> str:
    """An expression of SymPy in gradcli's language."""
    if e.is_Rational:
        return f"({e.p}/{e.q})" if e.q != 1 else f"({e})" if e < 0 else str(e)
    if e.is_Symbol or e is sp.pi:
        return str(e)
    if e.is_Add or e.is_Mul:
        return "(" + (" + " if e.is_Add else " * ").join(map(spelt, e.args)) + ")"
    if e.func is sp.exp or e is sp.E:
        return f"exp({spelt(e.args[0])})" if e.args else "e"
    if e.is_Pow:
        if e.exp == sp.Rational(1, 2):
            return f"sqrt({spelt(e.base)})"
        return f"({spelt(e.base)})^({spelt(e.exp)})"
    name = type(e).__name__
    assert name in SPELT, name
    return f"{name}({spelt(e.args[0])})"


def derivations(seeds: range) -> Iterator[tuple[str, str, str]]:
    """The function, the name it is differentiated by and the derivative in every form."""
    for seed in seeds:
        random = Random(seed)
        f = grown(random, random.randint(4, 14))
        nodes = sum(1 for _ in sp.preorder_traversal(f))
        if not f.free_symbols or not FEWEST <= nodes <= MOST:
            continue
        by = random.choice(sorted(f.free_symbols, key=str))
        plain = sp.diff(f, by)
        seen = set()
        for form in FORMS.values():
            d = form(plain)
            brought = d.atoms(sp.log) - plain.atoms(sp.log)
            if d not in seen and not brought and not d.has(sp.I):
                seen.add(d)
                yield spelt(f), str(by), spelt(d)


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_rewritten_derivatives_pass(start: int) -> None:
    tried = 0
    for f, by, d in derivations(range(start, start + 4)):
        text = f"x, y in R; f = {f}; df/d{by} = {d}"
        if len(text) < LONGEST:
            tried += 1
            assert verdicts(text)[0] in PASS, text
    assert tried > 4


@pytest.mark.parametrize("start", range(0, 20, 20))
def test_rewritten_derivatives_of_a_nearly_right_function_do_not(start: int) -> None:
    """The same with a term of one part in 10^12, in every form: a rewriting does not hide it."""
    for f, by, d in derivations(range(start, start + 4)):
        text = f"x, y in R; f = {f} + 1e-12*x*y; df/d{by} = {d}"
        if len(text) < LONGEST:
            assert verdicts(text) == ["refuted"], text


def test_chains_of_forms_pass() -> None:
    """Every form as a line of one chain: each is held against the line before as well."""
    chains: dict[tuple[str, str], list[str]] = {}
    for f, by, d in derivations(range(100, 106)):
        chains.setdefault((f, by), []).append(d)
    for (f, by), forms in chains.items():
        text = f"x, y in R\nf = {f}\ndf/d{by} = " + "\n= ".join(forms)
        if len(text) < 2 * LONGEST:
            found = verdicts(text)
            assert len(found) == len(forms)
            assert set(found) <= set(PASS), text
