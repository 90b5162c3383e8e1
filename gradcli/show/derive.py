"""Formulas of derivatives as text, LaTeX, Markdown, Python or JSON.

Must not know how a formula was found.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.api.formulas import DerivedFormula
from gradcli.notation.symbols import symbol
from gradcli.show.json import dumps


def derivations(found: Sequence[DerivedFormula], form: str) -> str:
    """All of them; a formula stands alone where it is the only one and of nothing with a name."""
    if form == "json":
        return _json(found)
    if form == "python":
        return "\n\n".join(each.python().rstrip() + "\n" for each in found)
    return "".join(_line(each, form, alone=len(found) == 1) for each in found)


def _line(found: DerivedFormula, form: str, alone: bool) -> str:
    name = found.of or ("" if alone else "f")
    if form == "text":
        return (f"{found.title(name)} = " if name else "") + f"{found.formula}\n"
    text = (f"{left_side(found, name)} = " if name else "") + found.latex
    return f"$$\n{text}\n$$\n" if form == "markdown" else f"{text}\n"


def left_side(found: DerivedFormula, name: str) -> str:
    """The left side on paper."""
    order = len(found.by)
    below = r" \, ".join(
        rf"\partial {symbol(by)}{f'^{count}' if count > 1 else ''}" for by, count in found.counted()
    )
    return rf"\frac{{\partial{f'^{order}' if order > 1 else ''} {symbol(name)}}}{{{below}}}"


def _json(found: Sequence[DerivedFormula]) -> str:
    """By the schema of `derive`."""
    entries = [
        {
            "of": each.of,
            "by": ",".join(by for by, _ in each.counted()),
            "order": len(each.by),
            "shape": [int(dim) if isinstance(dim, int) else str(dim) for dim in each.shape],
            "formula": each.formula,
            "latex": each.latex,
            "verdict": each.verdict,
        }
        for each in found
    ]
    return dumps({"derivatives": entries})
