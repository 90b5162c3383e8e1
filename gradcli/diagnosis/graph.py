"""What the graph behind a claim has to say of a slip: paths, factors, other nodes, regions.

Must not know edits of what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from gradcli.diagnosis import factors, locals, other_vertex, paths, rules, where
from gradcli.diagnosis.flow import Flow, flow
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.samples import Samples

Finder = Callable[[RefutedClaim, Flow | None, Samples], Iterator[Slip]]
PLAIN: tuple[Finder, ...] = (factors.surplus,)
LIKELY: tuple[Finder, ...] = (where.candidates, paths.candidates, rules.candidates)
CHAIN: tuple[Finder, ...] = (
    other_vertex.candidates,
    locals.candidates,
    other_vertex.upstream,
    paths.others,
)
EXOTIC: tuple[Finder, ...] = (locals.instead, factors.candidates, where.late)


def plain(scene: RefutedClaim) -> Iterator[Slip]:
    """A factor too many."""
    yield from _found(scene, PLAIN)


def likely(scene: RefutedClaim) -> Iterator[Slip]:
    """A part of the declared sets, and paths that are missing."""
    yield from _found(scene, LIKELY)


def chain(scene: RefutedClaim) -> Iterator[Slip]:
    """The chain rule gone wrong: another node's derivative, local derivatives, terms."""
    yield from _found(scene, CHAIN)


def exotic(scene: RefutedClaim) -> Iterator[Slip]:
    """Factors and terms made of whatever the derivation knows."""
    yield from _found(scene, EXOTIC)


def _found(scene: RefutedClaim, finders: tuple[Finder, ...]) -> Iterator[Slip]:
    """What fits at the points of the scene and can be read where the claim stands."""
    if scene.claim.shape != scene.truth.shape:
        return
    through, samples = _seen(scene)
    told: set[str] = set()
    for find in finders:
        for slip in find(scene, through, samples):
            if slip.text not in told and scene.read(slip.text) is not None:
                yield slip
            told.add(slip.text)


@lru_cache(maxsize=1)
def _seen(scene: RefutedClaim) -> tuple[Flow | None, Samples]:
    return flow(scene), Samples(scene)
