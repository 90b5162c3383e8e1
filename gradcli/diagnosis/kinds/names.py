"""Names: one taken for another, two exchanged, the derivative by another variable.

Must not know operators or numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, starmap

from gradcli.calculus.core import INPUT, inputs, mul
from gradcli.calculus.derivative import derivative
from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim, Slip, meant
from gradcli.diagnosis.evidence.renaming import Renaming, renamed
from gradcli.diagnosis.evidence.screen import PlaceEdit, survivors
from gradcli.diagnosis.kinds.rewriting import RewriteRule, Rewriting, Row
from gradcli.diagnosis.kinds.rewritten import rewritten
from gradcli.diagnosis.trees.composing import times
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.elaboration.scope import UserFunction
from gradcli.language.tree.build import changed, name
from gradcli.language.tree.syntax import Call, Name
from gradcli.ops import FUNCTIONS


def candidates(refuted: RefutedClaim) -> Iterator[Slip]:
    """Another name in one place, then wherever it stands, then two names exchanged."""
    for kind, says, tree in rewritten(refuted, [("node", Name, instead(refuted))]):
        yield Slip(*(_by_another(refuted) or (kind, says)), tree)
    others, groups = meant(refuted), _groups(refuted)
    everywhere = [
        (
            ("node", f"this should be {other}, not {same[0].name}, throughout"),
            Renaming(dict.fromkeys(same, name(other)), {refuted.parts[same[0]]: others[other]}),
        )
        for same in groups
        for other in _like(refuted, same[0])
        if len(same) > 1
    ]
    swapped = [
        (
            ("swapped", f"{one[0].name} and {two[0].name} are exchanged"),
            _exchanged(refuted, one, two),
        )
        for one, two in combinations(groups, 2)
        if refuted.parts[one[0]].shape == refuted.parts[two[0]].shape
    ]
    for told, tree in renamed(refuted, [*everywhere, *swapped]):
        yield Slip(*told, tree)


def _exchanged(refuted: RefutedClaim, one: list[Name], two: list[Name]) -> Renaming:
    a, b = refuted.parts[one[0]], refuted.parts[two[0]]
    new = dict.fromkeys(one, name(two[0].name)) | dict.fromkeys(two, name(one[0].name))
    return Renaming(new, {a: b, b: a})


def instead(refuted: RefutedClaim) -> Rewriting:
    """Another name in one place, and what to say of it."""

    def way(other: str, node: Node) -> RewriteRule:
        def when(part: Name, around: Around) -> bool:
            own = refuted.parts.get(part)
            return own is not None and own.shape == node.shape and other != part.name

        return RewriteRule(
            lambda part: name(other),
            lambda part: f"this should be {other}, not {part.name}",
            when,
        )

    return Rewriting(*starmap(way, meant(refuted).items()))


def factors(refuted: RefutedClaim) -> Iterator[Slip]:
    """A name missing as a factor within the claim, as in the argument of a function."""

    def way(other: str, inside: bool) -> RewriteRule:
        where = " at {}" if inside else ""

        def when(part: Name, around: Around) -> bool:
            if not around or any(isinstance(outer, Call) for outer in around) != inside:
                return False
            return part in refuted.parts and other in _factors(refuted, part)

        return RewriteRule(
            lambda part: times(name(other), part),
            lambda part: f"the factor {other} is missing{where.format(part.name)}",
            when,
        )

    rows: list[Row] = [
        (kind, Name, Rewriting(*(way(other, inside) for other in meant(refuted))))
        for kind, inside in (
            ("factor", True),
            ("missing-local" if refuted.derived else "factor", False),
        )
    ]
    yield from starmap(Slip, rewritten(refuted, rows))
    others = meant(refuted)
    everywhere = [
        (
            f"the factor {other} is missing at {same[0].name}, throughout",
            Renaming(
                {part: times(name(other), part) for part in same}, {own: mul(others[other], own)}
            ),
        )
        for same in _groups(refuted)
        if len(same) > 1
        for own in [refuted.parts[same[0]]]
        for other in _factors(refuted, same[0])
    ]
    for says, tree in renamed(refuted, everywhere):
        yield Slip("factor", says, tree)


def functions(refuted: RefutedClaim) -> Iterator[Slip]:
    """Another of the writer's own functions, of as many arguments."""
    found = [
        (f"the function is {other}, not {part.function.name}", PlaceEdit(part, around, new))
        for part, around in refuted.everywhere()
        if isinstance(part, Call) and part.function.name not in FUNCTIONS
        for other in _own(refuted, part)
        if (new := changed(part, function=name(other)))
    ]
    for says, tree in survivors(refuted, found):
        yield Slip("function", says, tree)


def _own(refuted: RefutedClaim, part: Call) -> Iterator[str]:
    elaborator = refuted.derivation.elaborator
    for other, meaning in elaborator.scope.names.items() if elaborator else ():
        if not isinstance(meaning, UserFunction) or other == part.function.name:
            continue
        if len(meaning.definition.parameters) == len(part.arguments):
            yield other


def _written(refuted: RefutedClaim) -> list[tuple[Name, Around]]:
    """The names in the claim that are vertices, and what each lies in."""
    return [
        (part, around)
        for part, around in refuted.everywhere()
        if isinstance(part, Name) and part in refuted.parts
    ]


def _groups(refuted: RefutedClaim) -> list[list[Name]]:
    """The places of each name."""
    groups: dict[str, list[Name]] = {}
    for part, _ in _written(refuted):
        groups.setdefault(part.name, []).append(part)
    return [*groups.values()]


def _like(refuted: RefutedClaim, part: Name) -> Iterator[str]:
    """The other names of the same shape."""
    shape = refuted.parts[part].shape
    return (o for o, node in meant(refuted).items() if o != part.name and node.shape == shape)


def _factors(refuted: RefutedClaim, part: Name) -> Iterator[str]:
    """The names of what can be multiplied to it."""
    shape = refuted.parts[part].shape
    return (o for o, node in meant(refuted).items() if node.shape in ((), shape))


def _by_another(refuted: RefutedClaim) -> tuple[str, str] | None:
    """By which other variable the claim is the derivative, if it is one: kind and words."""
    taken = next((d for d in refuted.derived if d.node is refuted.truth), None)
    if taken is None or taken.of.shape:
        return None
    for by, called in _variables(refuted, taken.of).items():
        apart = taken.by not in topological([by]) and by not in topological([taken.by])
        alike = apart and by.shape == taken.by.shape
        if alike and refuted.same(derivative(taken.of, by, []), refuted.claim):
            of, right = _called(refuted, taken.of), _called(refuted, taken.by)
            kind = "swapped" if by.op is INPUT else "node"
            return (kind, f"this is d{of}/d{called}, not d{of}/d{right}") if of else None
    return None


def _variables(refuted: RefutedClaim, of: Node) -> dict[Node, str]:
    """What a function depends on and what has a name."""
    given = {n: str(n.params[0]) for n in inputs(of)}
    below = set(topological([of]))
    return given | {n: x for n, x in refuted.names.items() if n in below and n is not of}


def _called(refuted: RefutedClaim, node: Node) -> str:
    return refuted.names.get(node) or (str(node.params[0]) if node.op is INPUT else "")
