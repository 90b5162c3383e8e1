"""A formula or a name read by itself: what a mend in LaTeX is taken for, where its section ends.

Must not know who wrote it, nor whether it is right.
"""

from __future__ import annotations

from collections.abc import Collection

from gradcli.errors import GradcliError, Source
from gradcli.language.sections import right_sides
from gradcli.language.syntax import Expr
from gradcli.language.tex.atom import NoFormula
from gradcli.language.tex.declarations import whole_key
from gradcli.language.tex.document import TexBlock
from gradcli.language.tex.fonts import told_apart
from gradcli.language.tex.formula import inner
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.names import symbol
from gradcli.language.tex.rows import formulas
from gradcli.language.tex.statements import StatementMaker
from gradcli.language.tex.tokens import Macros, expanded, lexed


def key_of(text: str, macros: Macros | None = None, letters: Collection[str] = ()) -> str:
    """The key that the reader has for a name in LaTeX; empty for anything but a name.

    `letters` are those whose fonts and primes are a part of names.
    """
    source = Source("name", text)
    try:
        tokens = expanded(source, lexed(text), dict(macros or {}))
        only = inner(source, [*told_apart(tokens, {*letters})]).only
    except (GradcliError, NoFormula):
        return ""
    if only is None or not symbol(only) or only.primes:
        return ""
    return whole_key(only)


def side(known: KnownNames, macros: Macros, text: str) -> Expr | None:
    """The right side of an equation among names that are known; None where it is not read."""
    source = Source("mend", text)
    try:
        tokens = (*told_apart(expanded(source, lexed(text), dict(macros)), known.fonts),)
        block = TexBlock("display", 0, len(text), text, tokens=tokens)
        maker = StatementMaker(source, known)
        for formula in formulas(source, block):
            if maker.formula(formula)[0] != "claim":
                return None
        sides = [side for body in maker.bodies for s in body.statements for side in right_sides(s)]
    except (GradcliError, NoFormula):
        return None
    return sides[0].value if len(sides) == 1 else None
