"""Names: one taken for another, two exchanged, the derivative by another variable.

Must not know operators or numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from gradcli.calculus.core import INPUT, inputs
from gradcli.calculus.derivative import derivative
from gradcli.diagnosis.composing import put, times
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.syntax import Call, Expr, Name
from gradcli.language.tree import exchanged, name

MOST_NAMES = 20


def candidates(refuted: RefutedClaim) -> Iterator[Slip]:
    """Another name in one place, then wherever it stands, then two names exchanged."""
    found = _written(refuted)
    others = meant(refuted)
    for part in found:
        for says, other_name in instead(refuted, part):
            tree = exchanged(refuted.expr, {part: other_name})
            if refuted.fits(tree):
                yield Slip(*(_by_another(refuted) or ("node", says)), tree)
    for same in _groups(found):
        for other, node in others.items() if len(same) > 1 else ():
            if other != same[0].name and node.shape == refuted.parts[same[0]].shape:
                tree = exchanged(refuted.expr, {part: name(other) for part in same})
                says = f"this should be {other}, not {same[0].name}, throughout"
                yield Slip("node", says, tree)
    for first, second in combinations(_groups(found), 2):
        swapped = {p: name(second[0].name) for p in first} | {
            p: name(first[0].name) for p in second
        }
        says = f"{first[0].name} and {second[0].name} are exchanged"
        yield Slip("swapped", says, exchanged(refuted.expr, swapped))


def instead(refuted: RefutedClaim, part: Name) -> Iterator[tuple[str, Expr]]:
    """Another name in one place, and what to say of it."""
    for other, node in meant(refuted).items():
        if other != part.name and node.shape == refuted.parts[part].shape:
            yield f"this should be {other}, not {part.name}", name(other)


def factors(refuted: RefutedClaim) -> Iterator[Slip]:
    """A name missing as a factor within the claim, as in the argument of a function."""
    others = meant(refuted)
    for part, around in refuted.everywhere():
        if part not in refuted.parts or not isinstance(part, Name) or not around:
            continue
        inside = any(isinstance(outer, Call) for outer in around)
        where = f" at {part.name}" if inside else ""
        kind = "factor" if inside or not refuted.derived else "missing-local"
        for other, node in others.items():
            if not node.shape or node.shape == refuted.parts[part].shape:
                tree = put(around, part, times(name(other), part))
                yield Slip(kind, f"the factor {other} is missing{where}", tree)
    for same in _groups(_written(refuted)):
        for other, node in others.items() if len(same) > 1 else ():
            if not node.shape or node.shape == refuted.parts[same[0]].shape:
                tree = exchanged(refuted.expr, {part: times(name(other), part) for part in same})
                says = f"the factor {other} is missing at {same[0].name}, throughout"
                yield Slip("factor", says, tree)


def _written(refuted: RefutedClaim) -> list[Name]:
    """The names in the claim that are vertices."""
    found = [part for part, _ in refuted.everywhere() if part in refuted.parts]
    return [part for part in found if isinstance(part, Name)]


def _groups(found: list[Name]) -> list[list[Name]]:
    """The places of each name."""
    groups: dict[str, list[Name]] = {}
    for part in found:
        groups.setdefault(part.name, []).append(part)
    return [*groups.values()]


def meant(refuted: RefutedClaim) -> dict[str, Node]:
    """The names that could have been meant: of the text's own inputs and vertices."""
    own = {p.name: n for p, n in refuted.parts.items() if isinstance(p, Name)}
    given = {str(n.params[0]): n for n in refuted.ruling.sample_space.spaces}
    vertices = {name: node for node, name in refuted.names.items() if "[" not in name}
    return dict([*(own | vertices | given).items()][:MOST_NAMES])


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
