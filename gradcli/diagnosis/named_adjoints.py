"""Definitions whose names say that they are derivatives, `da` and `grad_a`, held against these.

Must not know how a derivation is read anew, nor any particular mistake. What a claim or a right
definition uses is meant as it is; said is only what one change makes right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from gradcli.calculus.core import INPUT, full, inputs, number
from gradcli.calculus.differentiate import NoRule, pull
from gradcli.diagnosis.definitions import same
from gradcli.diagnosis.refuted_claim import WrittenCase
from gradcli.diagnosis.search import diagnose
from gradcli.errors import Diagnostic, GradcliError
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.judge.finding import Diagnosis
from gradcli.language.differentials import called_after
from gradcli.language.syntax import Claim, Definition, Derivative, Name
from gradcli.language.tree import NOWHERE
from gradcli.language.written import WrittenDerivation
from gradcli.trial.sample_space import SampleSpace

SURE = 2
"""So many such names in one derivation are no accident."""

ReadAs = Callable[[Definition, Claim], WrittenCase]
"""The derivation with a claim in the place of a definition."""


@dataclass(slots=True, eq=False)
class NamedAdjoint:
    """A definition that is to be the derivative by `by`, as its name says, and what it is."""

    definition: Definition
    name: str
    by: Node
    own: Node

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
    if len(named) < SURE or (output := _output(made, named)) is None:
        return
    of, scalar = output
    order, given = {*topological([scalar])} - {scalar}, {*inputs(scalar)}
    named = [n for n in named if n.by in order and n.own not in order and given >= {*inputs(n.own)}]
    meant = _used_in_claims(made)
    space = case.sample_space(made, {}, None)
    adjoints = _adjoints(scalar, [each.by for each in named])
    wrong = []
    for each in named:
        adjoint = adjoints.get(each.by)
        if adjoint is None or same(space, each.own, adjoint) is not False:
            meant |= {*topological([each.own])} - {each.own}
        elif not _is_local(made, space, each):
            wrong.append(each)
    told: set[Node] = set()
    for each in wrong:
        if each.own in meant or not told.isdisjoint(topological([each.own])):
            continue
        if diagnosis := _held_against(read_as, each, of):
            told.add(each.own)
            yield _remark(each, of, diagnosis)


def _named(made: WrittenDerivation, found: Sequence[Definition]) -> Iterator[NamedAdjoint]:
    """Definitions called after a name of the same shape, each the only one of its name."""
    known = {str(n.params[0]): n for n in made.spaces if n.op is INPUT} | made.vertices
    for definition in found:
        own = made.vertices.get(definition.name.name)
        after = called_after(definition.name.name)
        by = known.get(after) if after and not definition.indices else None
        if after and by is not None and own is not None and own.shape == by.shape and inputs(own):
            yield NamedAdjoint(definition, after, by, own)


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
