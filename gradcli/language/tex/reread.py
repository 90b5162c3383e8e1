"""A formula or a name read by itself: what a mend in LaTeX is taken for, where its section ends.

Must not know who wrote it, nor whether it is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from gradcli.errors import GradcliError, Source
from gradcli.language.documents.sections import all_statements, right_sides
from gradcli.language.tex.atom import NoFormula
from gradcli.language.tex.declarations import whole_key
from gradcli.language.tex.document import TexBlock
from gradcli.language.tex.fonts import told_apart
from gradcli.language.tex.formula import inner
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.names import symbol
from gradcli.language.tex.rows import TexFormula, formulas
from gradcli.language.tex.statements import StatementMaker
from gradcli.language.tex.tokens import Macros, expanded, lexed
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr


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
    sides = [side for s in claims(known, macros, text) for side in _sides(s)]
    return sides[0].value if len(sides) == 1 else None


def claims(known: KnownNames, macros: Macros, text: str) -> list[syntax.Statement]:
    """An equation among names that are known; none where it is not read, or claims nothing."""
    source = Source("mend", text)
    try:
        maker = StatementMaker(source, known)
        for formula in written(known, macros, source):
            if maker.formula(formula)[0] != "claim":
                return []
    except (GradcliError, NoFormula):
        return []
    return maker.statements()


def written(known: KnownNames, macros: Macros, source: Source) -> list[TexFormula]:
    """The formulas of a text. GradcliError where it is no LaTeX."""
    tokens = (*told_apart(expanded(source, lexed(source.text), dict(macros)), known.fonts),)
    return formulas(source, TexBlock("display", 0, len(source.text), source.text, tokens=tokens))


def _sides(statement: syntax.Statement) -> Iterator[syntax.Side]:
    return (side for each in all_statements([statement]) for side in right_sides(each))
