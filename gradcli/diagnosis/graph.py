"""What the graph behind a claim has to say of a slip: paths, factors, other nodes, regions.

Must not know edits of what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from gradcli.diagnosis import elsewhere, factors, locals, paths, rules, where
from gradcli.diagnosis.flow import Flow, flow
from gradcli.diagnosis.scene import Scene, Slip
from gradcli.diagnosis.sight import Sight

Finder = Callable[[Scene, Flow | None, Sight], Iterator[Slip]]
PLAIN: tuple[Finder, ...] = (factors.surplus,)
LIKELY: tuple[Finder, ...] = (where.candidates, paths.candidates, rules.candidates)
CHAIN: tuple[Finder, ...] = (
    elsewhere.candidates,
    locals.candidates,
    elsewhere.upstream,
    paths.others,
)
EXOTIC: tuple[Finder, ...] = (locals.instead, factors.candidates, where.late)


def plain(scene: Scene) -> Iterator[Slip]:
    """A factor too many."""
    yield from _found(scene, PLAIN)


def likely(scene: Scene) -> Iterator[Slip]:
    """A part of the declared sets, and paths that are missing."""
    yield from _found(scene, LIKELY)


def chain(scene: Scene) -> Iterator[Slip]:
    """The chain rule gone wrong: another node's derivative, local derivatives, terms."""
    yield from _found(scene, CHAIN)


def exotic(scene: Scene) -> Iterator[Slip]:
    """Factors and terms made of whatever the derivation knows."""
    yield from _found(scene, EXOTIC)


def _found(scene: Scene, finders: tuple[Finder, ...]) -> Iterator[Slip]:
    """What fits at the points of the scene and can be read where the claim stands."""
    if scene.claim.shape != scene.truth.shape:
        return
    through, sight = _seen(scene)
    told: set[str] = set()
    for find in finders:
        for slip in find(scene, through, sight):
            if slip.text not in told and scene.read(slip.text) is not None:
                yield slip
            told.add(slip.text)


@lru_cache(maxsize=1)
def _seen(scene: Scene) -> tuple[Flow | None, Sight]:
    return flow(scene), Sight(scene)
