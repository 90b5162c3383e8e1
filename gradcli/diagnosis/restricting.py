"""The condition on the inputs under which a refuted claim is right, as a line to write above it.

Must not know how a part of the sets was found; a condition is told only if the claim was judged
right under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain

from gradcli.calculus.core import inputs
from gradcli.calculus.families import Requirement
from gradcli.claims import Claimed, Pair
from gradcli.diagnosis.evidence.refuted_claim import passes
from gradcli.diagnosis.where import ONLY
from gradcli.errors import GradcliError
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.judge.case import Case
from gradcli.judge.finding import Diagnosis
from gradcli.judge.limits import limit, within
from gradcli.judge.tester import Ruling
from gradcli.language.tree.syntax import Binary, Expr
from gradcli.language.written import WrittenDerivation
from gradcli.notation.text import formula
from gradcli.trial.pair import HOLE

WHERE = f"{ONLY} where "
MEANT = "; where that is meant, write  "
ENDS = {" > ": " >= ", " < ": " <= "}
LONGEST, MOST = 50, 4


def restricted(
    case: Case[WrittenDerivation], claimed: Claimed, ruling: Ruling, told: Diagnosis
) -> Diagnosis:
    """The diagnosis of a claim that is right on a part of the sets, with the condition to write."""
    pair = ruling.pair
    if told.kind != "domain" or pair.at is not None or pair.loop:
        return told
    row = ruling.row
    if row is not None and row.state == HOLE:
        for text in _required(pair, row.side):
            if _right_under(case, claimed, text):
                return replace(told, text=f"{told.text}{MEANT}{text}")
    elif told.text.startswith(WHERE):
        strict = told.text.removeprefix(WHERE)
        # At a kink a derivative is another matter.
        for text in (strict,) if pair.derived else (_with_ends(strict), strict):
            meant = _of_inputs(case.derivation(ruling.built), claimed, text)
            if meant and _right_under(case, claimed, meant):
                return replace(told, text=f"{WHERE}{text}{MEANT}{meant}")
    return told


def _of_inputs(derivation: WrittenDerivation, claimed: Claimed, text: str) -> str:
    """The condition without defined names, which are not known yet where it is to stand."""
    names = {node: str(node.params[0]) for node in derivation.spaces}
    found = []
    with suppress(GradcliError):
        for left, sign, right in _compared(derivation.parsed(text)):
            sides = [derivation.node(side, claimed.key) for side in (left, right)]
            found.append(f" {sign} ".join(formula(side, names) for side in sides))
    return " and ".join(found)


def _with_ends(text: str) -> str:
    for sign, other in ENDS.items():
        text = text.replace(sign, other)
    return text


def _required(pair: Pair, side: int) -> Iterator[str]:
    """What a side requires of its inputs and the other does not: one by one, then all of it."""
    has, lacks = pair.sides[1 - side], pair.sides[side]
    given = {(need.expr, need.relation) for need in _needs(pair, has)}
    needs = dict.fromkeys(
        (need.expr, need.relation)
        for need in _needs(pair, lacks)
        if (need.expr, need.relation) not in given and need.relation in ("> 0", ">= 0")
    )
    names = {node: str(node.params[0]) for expr, _ in needs for node in inputs(expr)}
    texts = [f"{formula(expr, names)} {relation}" for expr, relation in needs][:MOST]
    yield from dict.fromkeys(chain(texts, [" and ".join(texts)] * bool(texts)))


def _needs(pair: Pair, side: Node) -> list[Requirement]:
    return [need for node in topological([side]) for need in pair.requirements.get(node, ())]


def _right_under(case: Case[WrittenDerivation], claimed: Claimed, text: str) -> bool:
    """Whether the claim passes where a condition on inputs holds that can be written so."""
    return len(text) <= LONGEST and passes(case, claimed, _under(claimed, text)) is not None


def _under(claimed: Claimed, text: str) -> Callable[[WrittenDerivation], Claimed]:
    def claim(derivation: WrittenDerivation) -> Claimed:
        condition = derivation.parsed(text)
        here = derivation.claims[claimed.key]
        pairs = []
        for turn, pair in enumerate(here.pairs):
            limits = []
            for left, sign, right in _compared(condition):
                sides = [derivation.node(side, claimed.key, turn) for side in (left, right)]
                more, less = sides if sign[0] == ">" else sides[::-1]
                limits.append(limit(more - less, len(sign) == 1))
            pairs.append(within(pair, limits))
        return replace(here, pairs=pairs)

    return claim


def _compared(condition: Expr) -> Iterator[tuple[Expr, str, Expr]]:
    match condition:
        case Binary(operator="and", left=left, right=right):
            yield from _compared(left)
            yield from _compared(right)
        case Binary(operator=sign, left=left, right=right):
            yield left, sign, right
