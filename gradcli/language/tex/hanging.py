"""What stands behind a claim: for which indices it holds, or a condition that nobody reads.

Must not know how claims are made.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.errors import Source, Span
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.bodies import Body
from gradcli.language.tex.folds import COMPARED
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

CONDITIONS = frozenset(
    {"if", "when", "for", "provided", "whenever", "unless", "at", "as", "under", "assuming", "iff"}
)
"""Words behind which a relation says where a claim holds; other words give its reason."""


def restrict(source: Source, body: Body, because: Sequence[Atom]) -> None:
    """The condition on indices that stands behind a claim, if any. GradcliError for another one."""
    words = [a.text for a in because if a.kind == "TEXT"]
    word = words[0].split()[0].lower().strip(".,;:(") if words and words[0].split() else ""
    rest = [a for a in because if a.kind not in ("TEXT", "QUAD", "COMMA", "STOP")]
    signs = [a.text for a in rest if a.kind == "RELATION"]
    if not signs or (words and word not in CONDITIONS):
        return
    place = Span(source, rest[0].start, rest[-1].end)
    condition = index_condition(rest, body, place)
    if condition is not None:
        body.condition = condition
    elif "in" not in signs and not (signs == ["="] and any(a.kind == "BAD" for a in rest)):
        message = f"this holds only for {refusals.shown(place)}, which is not read"
        raise refusals.not_read(place, message, f"say so above, as in  ${refusals.shown(place)}$")


def index_condition(side: Sequence[Atom], body: Body, place: Span) -> Expr | None:
    """`i \\neq j` of indices that run in a claim; None for anything else."""
    signs = [a for a in side if a.kind == "RELATION"]
    operands = [a for a in side if a.kind != "RELATION"]
    if len(signs) != 1 or len(operands) != 2 or signs[0].text not in COMPARED:
        return None
    running = body.builder.free
    if not all(a.kind == "NUMBER" or (a.kind == "SYMBOL" and a.text in running) for a in operands):
        return None
    if all(a.kind == "NUMBER" for a in operands):
        return None
    left, right = (body.builder.sum_of([a]) for a in operands)
    return syntax.Binary(place, COMPARED[signs[0].text], left, right)


def restricts(source: Source, body: Body | None, formula: TexFormula) -> bool:
    """Whether a formula says for which indices the claim before it on its row holds."""
    if body is None or not isinstance(body.statements[0], syntax.Claim):
        return False
    if not formula.sides[0] or len(body.statements) > 1 or len(formula.sides) != 2:
        return False
    place = Span(source, formula.start, formula.end)
    whole = [*formula.sides[0], *formula.relations, *formula.sides[1]]
    condition = index_condition(whole, body, place)
    if condition is not None:
        body.condition = condition
    return condition is not None
