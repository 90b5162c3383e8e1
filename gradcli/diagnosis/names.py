"""Names: one taken for another, two exchanged, the derivative by another variable.

Must not know operators or numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradcli.calculus.core import INPUT, inputs
from gradcli.calculus.derivative import derivative
from gradcli.diagnosis import tree
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.syntax import Call, Expr, Name

MOST_NAMES = 20


def _other(scene: RefutedClaim) -> tuple[str, str] | None:
    """By which other variable the claim is the derivative, if it is one."""
    taken = next((d for d in scene.derived if d.node is scene.truth), None)
    if taken is None or taken.of.shape:
        return None
    for by, name in _variables(scene, taken.of).items():
        apart = taken.by not in topological([by]) and by not in topological([taken.by])
        alike = apart and by.shape == taken.by.shape
        if alike and scene.same(derivative(taken.of, by, []), scene.claim):
            of, right = _called(scene, taken.of), _called(scene, taken.by)
            kind = "swapped" if by.op is INPUT else "node"
            return (kind, f"this is d{of}/d{name}, not d{of}/d{right}") if of else None
    return None


def _variables(scene: RefutedClaim, of: Node) -> dict[Node, str]:
    """What a function depends on and what has a name."""
    names = {n: str(n.params[0]) for n in inputs(of)}
    below = set(topological([of]))
    return names | {n: x for n, x in scene.names.items() if n in below and n is not of}


def _called(scene: RefutedClaim, node: Node) -> str:
    return scene.names.get(node) or (str(node.params[0]) if node.op is INPUT else "")


def candidates(scene: RefutedClaim) -> Iterator[Slip]:
    """Another name in one place, then two names exchanged everywhere."""
    found = [(p, a) for p, a in tree.places(scene.expr) if isinstance(p, Name) and p in scene.parts]
    others = _names(scene)
    for part, around in found:
        for other, node in others.items():
            if other != part.name and node.shape == scene.parts[part].shape:
                says = f"this should be {other}, not {part.name}"
                for slip in tree.slips(scene, "node", says, around, part, tree.name(other), other):
                    kind, words = _other(scene) or ("node", says)
                    yield replace(slip, kind=kind, says=words)
    yield from _throughout(scene, [part for part, _ in found], others)
    yield from _exchanged(scene, [part for part, _ in found])


def _names(scene: RefutedClaim) -> dict[str, Node]:
    """The names that could have been meant: of the text's own inputs and vertices."""
    own = {p.name: n for p, n in scene.parts.items() if isinstance(p, Name)}
    inputs = {str(n.params[0]): n for n in scene.ruling.sample_space.spaces}
    vertices = {name: node for node, name in scene.names.items() if "[" not in name}
    found = own | vertices | inputs
    return dict([*found.items()][:MOST_NAMES])


def _throughout(scene: RefutedClaim, found: list[Expr], others: dict[str, Node]) -> Iterator[Slip]:
    """One name taken for another wherever it stands, as in `z*(1 - z)`."""
    written = [p for p in found if isinstance(p, Name)]
    for name in dict.fromkeys(p.name for p in written):
        same = [p for p in written if p.name == name]
        for other, node in others.items() if len(same) > 1 else ():
            if other != name and node.shape == scene.parts[same[0]].shape:
                yield from _renamed(scene, [x for p in same for x in (p, other)], name, other)


def _renamed(scene: RefutedClaim, pairs: list[Expr | str], name: str, other: str) -> Iterator[Slip]:
    text = tree.exchanged(scene, pairs)
    node = scene.read(text)
    if node is not None and scene.fits(node):
        yield Slip("node", f"this should be {other}, not {name}, throughout", node, text)


def _exchanged(scene: RefutedClaim, found: list[Expr]) -> Iterator[Slip]:
    written = [p for p in found if isinstance(p, Name)]
    names = [*dict.fromkeys(p.name for p in written)]
    for k, first in enumerate(names):
        for second in names[k + 1 :]:
            other = {first: second, second: first}
            pairs: list[Expr | str] = []
            for part in written:
                if part.name in other:
                    pairs += [part, other[part.name]]
            text = tree.exchanged(scene, pairs)
            node = scene.read(text)
            if node is not None and scene.fits(node):
                yield Slip("swapped", f"{first} and {second} are exchanged", node, text)


def factors(scene: RefutedClaim) -> Iterator[Slip]:
    """A name missing as a factor within the claim, as in the argument of a function."""
    others = _names(scene)
    for part, around in tree.places(scene.expr):
        if part not in scene.parts or not isinstance(part, Name) or not around:
            continue
        for other, node in others.items():
            if not node.shape or node.shape == scene.parts[part].shape:
                inside = any(isinstance(outer, Call) for outer in around)
                says = f"the factor {other} is missing{f' at {part.name}' if inside else ''}"
                new = tree.binary("*", tree.name(other), part)
                text = f"{other}*{part.name}"
                kind = "factor" if inside or not scene.derived else "missing-local"
                yield from tree.slips(scene, kind, says, around, part, new, text)
