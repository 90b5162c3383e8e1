"""Definitions whose names say that they are derivatives, `da` and `delta_2`, held against these.

Must not know how a derivation is read anew, nor any particular mistake. What a claim or a right
definition uses is meant as it is; said is only what one change makes right. Of which letter the
numbers are, those that are right say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from gradcli.calculus.core import INPUT, full, inputs, number
from gradcli.calculus.differentiate import NoRule, pull
from gradcli.diagnosis.definitions import same
from gradcli.diagnosis.evidence.refuted_claim import WrittenCase
from gradcli.diagnosis.search import diagnose
from gradcli.errors import Diagnostic, GradcliError
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.judge.finding import Diagnosis
from gradcli.language.elaboration.differentials import called_after
from gradcli.language.tree.build import NOWHERE
from gradcli.language.tree.syntax import Claim, Definition, Derivative, Name
from gradcli.language.written import WrittenDerivation
from gradcli.trial.sample_space import SampleSpace

SURE = 2
"""So many such names in one derivation are no accident."""

NUMBERED = re.compile(r"([^\W\d]+)_?(\d+)")

ReadAs = Callable[[Definition, Claim], WrittenCase]
"""The derivation with a claim in the place of a definition."""


@dataclass(slots=True, eq=False)
class NamedAdjoint:
    """A definition that is to be the derivative by `by`, as its name says, and what it is.

    Where the name says no more than a number, the `letter` is what bears it.
    """

    definition: Definition
    name: str
    by: Node
    own: Node
    letter: str = ""

    def claim(self, of: str) -> Claim:
        """The same as a claim about that derivative."""
        old = self.definition.claim
        left = Derivative(old.left_span, Name(NOWHERE, of), ((Name(NOWHERE, self.name), 1),), 1)
        return Claim(old.span, left, old.left_span, old.sides)


def remarks(
    case: WrittenCase, found: Sequence[Definition], read_as: ReadAs
) -> Iterator[Diagnostic]:
    """What is to be said of such definitions, where they are not what they are called."""
    made = case.shown
    named = [*_named(made, found)]
    if len({n.definition for n in named}) < SURE or (output := _output(made, named)) is None:
        return
    of, scalar = output
    order, given = {*topological([scalar])} - {scalar}, {*inputs(scalar)}
    named = [n for n in named if n.by in order and n.own not in order and given >= {*inputs(n.own)}]
    meant = _used_in_claims(made)
    space = case.sample_space(made, {}, None)
    adjoints = _adjoints(scalar, [each.by for each in named])
    wrong, right = [], {}
    for each in named:
        adjoint = adjoints.get(each.by)
        if each.letter and adjoint is None:
            continue
        if adjoint is None or same(space, each.own, adjoint) is not False:
            meant |= {*topological([each.own])} - {each.own}
            right[each.definition] = each.letter
        elif not _is_local(made, space, each):
            wrong.append(each)
    # One letter is numbered so, and no other.
    letters = {*right.values()} - {""}
    wrong = [
        each
        for each in wrong
        if not each.letter or (letters == {each.letter} and each.definition not in right)
    ]
    told: set[Node] = set()
    for each in wrong:
        if each.own in meant or not told.isdisjoint(topological([each.own])):
            continue
        if diagnosis := _held_against(read_as, each, of):
            told.add(each.own)
            yield _remark(each, of, diagnosis)


def _named(made: WrittenDerivation, found: Sequence[Definition]) -> Iterator[NamedAdjoint]:
    """Definitions called after a name of the same shape, or after the number of some."""
    known = {str(n.params[0]): n for n in made.spaces if n.op is INPUT} | made.vertices
    for definition in found:
        own = made.vertices.get(definition.name.name)
        after = called_after(definition.name.name)
        if not after or definition.indices or own is None or not inputs(own):
            continue
        letters = {after: ""} if after in known else {}
        if after.isdecimal():
            numbered = ((x, NUMBERED.fullmatch(x)) for x in known if not called_after(x))
            letters = {x: match[1] for x, match in numbered if match and match[2] == after}
        for name, letter in letters.items():
            if known[name].shape == own.shape:
                yield NamedAdjoint(definition, name, known[name], own, letter)


def _output(made: WrittenDerivation, named: Sequence[NamedAdjoint]) -> tuple[str, Node] | None:
    """The one scalar that is differentiated, or else that all leads to; None if there are more."""
    names = {node: name for name, node in made.vertices.items() if "[" not in name}
    asked = {d.of for c in made.claims.values() for p in c.pairs for d in p.derived}
    if not asked:
        behind = {node: {*topological([node])} - {node} for node in names}
        gradients = {each.own for each in named}
        forward = {n for n, before in behind.items() if gradients.isdisjoint({n, *before})}
        asked = forward.difference(*(behind[n] for n in forward))
    if len(asked) != 1:
        return None
    (scalar,) = asked
    return None if scalar.shape or scalar not in names else (names[scalar], scalar)


def _used_in_claims(made: WrittenDerivation) -> set[Node]:
    """What claims about derivatives are made of."""
    pairs = [p for c in made.claims.values() for p in c.pairs if p.derived]
    return {*topological([side for pair in pairs for side in pair.sides])}


def _adjoints(of: Node, by: Sequence[Node]) -> Mapping[Node, Node | None]:
    with suppress(NoRule):
        return dict(zip(by, pull({of: number(1)}, by), strict=True))
    return {}


def _is_local(made: WrittenDerivation, space: SampleSpace, each: NamedAdjoint) -> bool:
    """Whether it is the derivative of another vertex, entry by entry: a slope by the same name."""
    for vertex in made.vertices.values():
        if each.by in topological([vertex])[:-1] and each.own not in topological([vertex]):
            with suppress(NoRule):
                slope = pull({vertex: full(1, vertex.shape)}, [each.by])[0]
                if slope is not None and same(space, each.own, slope):
                    return True
    return False


def _held_against(read_as: ReadAs, each: NamedAdjoint, of: str) -> Diagnosis | None:
    """The one change that makes it right."""
    case = read_as(each.definition, each.claim(of))
    place = each.definition.claim.sides[0].span
    claimed = next((c for c in case.shown.claims.values() if c.span is place), None)
    if claimed is None:
        return None
    with suppress(GradcliError):
        told = diagnose(case, claimed, case.judge(claimed))
        return told if told and told.mended else None
    return None


def _remark(each: NamedAdjoint, of: str, told: Diagnosis) -> Diagnostic:
    name = each.definition.name.name
    help = (
        f"write  {name} = {told.mended}  ({told.verdict}); what is meant to be something else"
        " is better called otherwise"
    )
    message = f"{name} is not d{of}/d{each.name}: {told.text}"
    return Diagnostic("G111", message, each.definition.claim.sides[0].span, help=help)
