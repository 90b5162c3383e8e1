"""Results as equations in LaTeX's math mode, which notebooks set: formulas, a value, a gradient.

Must not know notebooks, nor formats that have pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.api.formulas import DerivedFormula
from gradcli.certify.result import DiffResult
from gradcli.notation.symbols import symbol
from gradcli.show.derive import left_side
from gradcli.show.diff import output_title
from gradcli.show.latex import NUMBER, number
from gradcli.show.numbers import cell, flat

DIGITS, MOST = 6, 8
"""Digits of a number, and rows and columns of an array that is written out."""


def formulas(found: Sequence[DerivedFormula]) -> str:
    """Each derivative and its formula, below each other."""
    return _aligned([(left_side(each, each.of or "f"), each.latex) for each in found])


def gradient(result: DiffResult) -> str:
    """The output with its value, and each derivative; arrays that are too large as their shape."""
    title = symbol(output_title(result))
    value = _array(result.value, result.shape)
    own = [] if result.latex in (title, value) else [result.latex]
    rows = [(title, " = ".join([*own, value]))]
    for found in result.inputs:
        left = rf"\frac{{\partial {title}}}{{\partial {symbol(found.name)}}}"
        shape = (*result.shape, *found.shape)
        rows.append((left, _array(found.gradient, shape)))
    return _aligned(rows)


def _aligned(rows: Sequence[tuple[str, str]]) -> str:
    lines = " \\\\\n".join(f"{left} &= {right}" for left, right in rows)
    return f"$$\\begin{{aligned}}\n{lines}\n\\end{{aligned}}$$"


def _array(array: Any, shape: Sequence[Any]) -> str:
    """A number, a column or a matrix."""
    entries = [_entry(x) for x in flat(array)]
    if not shape:
        return entries[0]
    sizes = [int(dim) for dim in shape]
    if len(sizes) > 2 or max(sizes) > MOST or len(entries) > MOST * MOST:
        return r"\text{an array of }" + r" \times ".join(map(str, sizes))
    width = sizes[1] if len(sizes) == 2 else 1
    rows = [" & ".join(entries[k : k + width]) for k in range(0, len(entries), width)]
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def _entry(x: Any) -> str:
    text = cell(x, DIGITS)
    return number(text) if NUMBER.fullmatch(text) else rf"\text{{{text}}}"
