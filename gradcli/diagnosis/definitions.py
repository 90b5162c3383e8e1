"""A slip in a definition that refuted lines use: found once, and mended where it was made.

Must not know any particular mistake. A definition is read anew with something else in its place,
and every line that is refuted by it must then pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_
from itertools import islice

import numpy as np

from gradcli import work
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import INPUT, full, number
from gradcli.calculus.derivative import Derived, derivative
from gradcli.calculus.differentiate import pull
from gradcli.claims import Claimed, Key
from gradcli.diagnosis.evidence.observed import alike, generic, rows
from gradcli.diagnosis.evidence.refuted_claim import (
    POINTS,
    RefutedClaim,
    WrittenCase,
    names,
    printed,
)
from gradcli.diagnosis.kinds import edits, function_edits, index_edits
from gradcli.diagnosis.search import fitting, single
from gradcli.diagnosis.trees.composing import put, times
from gradcli.errors import GradcliError, Span
from gradcli.explain.substitution import replaced
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.judge.finding import PASSED, Diagnosis
from gradcli.judge.tester import Ruling
from gradcli.language.tree import syntax
from gradcli.language.tree.build import SUMS, name, places, transposed
from gradcli.language.tree.syntax import Definition, Expr
from gradcli.language.written import ReadingContext, WrittenDerivation
from gradcli.trial.sample_space import SampleSpace

ADJOINT = re.compile(r"(?:d[A-Za-z]+_?d|d|grad_|delta_?|g_)(\w+)")
"""How people call the derivative by something: `dL_dz`, `dz`, `grad_z`, `delta_z`."""
MOST_READ, MOST_TRIED, LARGEST = 60, 3, 60
MOST_DEFINED, MOST_DEFINED_ANEW = 200, 30_000
"""Definitions that are looked at, the last ones, and those that are read again in all."""
Refuted = tuple[Claimed, Ruling]
Reread = Callable[[Definition, Expr], WrittenCase]


@dataclass(slots=True, eq=False)
class WrongDefinition:
    """What is wrong with a definition, and the lines that are right once it is mended."""

    diagnosis: Diagnosis
    name: str
    keys: set[Key]


def wrong_definition(
    case: WrittenCase,
    refuted: Sequence[Refuted],
    found: Sequence[Definition],
    reread: Reread,
    forward: bool = False,
) -> WrongDefinition | None:
    """The definition whose mend makes refuted lines right: one that should be an adjoint first.

    What the lines differentiate is taken as meant, unless `forward`: then only that is looked at.
    """
    made = case.derivation(refuted[0][1].built)
    parts = [{*topological([*r.pair.sides, *r.pair.of])} for _, r in refuted]
    own = {d: _vertices(made, d) for d in found[-MOST_DEFINED:]}
    used = [
        (d, [r for r, within in zip(refuted, parts, strict=True) if not within.isdisjoint(own[d])])
        for d in own
    ]
    used = [(d, lines) for d, lines in used if lines]
    right: set[Definition] = set()
    for definition, lines in () if forward else used:
        taken = next((t for _, r in lines for t in r.pair.derived if not t.of.shape), None)
        if taken is None or (adjoint := _adjoint(made, definition, taken.of, lines)) is None:
            continue
        wrong = _held_against(made, definition, taken.of, *adjoint, lines[0])
        if wrong is None:
            right.add(definition)
            continue
        for slip, text in islice(fitting(wrong, single(wrong)), MOST_TRIED):
            new = made.parsed(text)
            if told := _judged(reread(definition, new), definition, lines, slip.says, text):
                return with_(told, diagnosis=with_(told.diagnosis, kind=slip.kind))
    count = min(MOST_READ, MOST_DEFINED_ANEW // max(len(found), 1))
    asked = {n for _, r in refuted for n in topological([d.of for d in r.pair.derived])}
    inner = {d for d, _ in used if any(v in asked for v in _vertices(made, d))}
    for definition, lines in used:
        apart = definition in right or (definition in inner) != forward
        if apart or len(lines) < len(refuted) or _asked(made, lines, definition):
            continue
        for kind, says, new in _candidates(made, definition):
            work.pause()
            count -= 1
            if count < 0:
                return None
            again = reread(definition, new)
            if not _fit(again, lines):
                continue
            text = printed(definition.claim.sides[0], new)
            if told := _judged(again, definition, lines, says, text):
                return with_(told, diagnosis=with_(told.diagnosis, kind=kind))
    return None


def _vertices(made: WrittenDerivation, definition: Definition) -> list[Node]:
    """The vertex that a definition makes, or the members of the family."""
    own = definition.name.name
    return [v for text, v in made.vertices.items() if text.partition("[")[0] == own]


def _asked(made: WrittenDerivation, lines: Sequence[Refuted], definition: Definition) -> bool:
    """Whether it is the very function that the lines differentiate."""
    own = {*_vertices(made, definition)}
    return any(taken.of in own for _, ruling in lines for taken in ruling.pair.derived)


# -- definitions that name an adjoint


def _adjoint_of(made: WrittenDerivation, definition: Definition) -> Node | None:
    """What a definition is the derivative by, going by its name."""
    match = ADJOINT.fullmatch(definition.name.name)
    if match is None or definition.indices or definition.name.name not in made.vertices:
        return None
    known = {str(n.params[0]): n for n in made.spaces if n.op is INPUT} | made.vertices
    by = known.get(match[1])
    return by if by is not None and by.shape == made.vertices[definition.name.name].shape else None


def _adjoint(
    made: WrittenDerivation, definition: Definition, of: Node, lines: Sequence[Refuted]
) -> tuple[Node, Node] | None:
    """Whose adjoint a definition should be: by its name, or by what all lines need of it."""
    if definition.indices or definition.name.name not in made.vertices:
        return None
    own = made.vertices[definition.name.name]
    if own in topological([of]):
        return None
    if (by := _adjoint_of(made, definition)) is not None:
        return by, derivative(of, by, [])
    order = [n for n in topological([of]) if n.args]
    ruling = lines[0][1]
    sizes = ruling.sample_space.choices()[0]
    values = generic(ruling.sample_space.trial(sizes, POINTS), ruling.sample_space.spaces)
    for by, adjoint in zip(order, pull({of: number(1)}, order), strict=True):
        if adjoint is None or adjoint.shape != own.shape:
            continue
        needed = (
            _values([r.pair.left, replaced(r.pair.right, {own: adjoint})], values, sizes)
            for _, r in lines
        )
        if all(both is not None and alike(both[1], both[0][0])[0] for both in needed):
            return by, adjoint
    return None


def _held_against(
    made: WrittenDerivation, definition: Definition, of: Node, by: Node, truth: Node, line: Refuted
) -> RefutedClaim | None:
    """A definition as a claim about that derivative; None where it is right."""
    claimed, ruling = line
    side, own = definition.claim.sides[0], made.vertices[definition.name.name]
    key = (-1 - definition.span.start, 0)
    context = ReadingContext(side, {}, "numerator", False, made.order(own), False)
    made.contexts[key] = [context]
    parts: dict[Expr, Node] = {}
    try:
        with made.reading(key, parts=parts) as read:
            node = read(side.value)
    except GradcliError:
        # It could not be read where it stands either.
        return None
    pair = with_(ruling.pair, left=truth, right=node, derived=[Derived(of, by, truth)], loop={})
    space = ruling.sample_space
    if same(space, truth, node) is not False:
        return None
    trial = space.trial(space.choices()[0], POINTS)
    called = with_(claimed, key=key, name=f"d{definition.name.name}", pairs=[pair])
    return RefutedClaim(
        called, with_(ruling, pair=pair), made, side, names(made, context, {}), trial,
        [*range(trial.count)], parts,
    )  # fmt: skip


# -- any other definition


def _candidates(made: WrittenDerivation, definition: Definition) -> Iterator[tuple[str, str, Expr]]:
    """What else a definition may have been meant to be, one change each."""
    tree = definition.claim.sides[0].value
    every = [*islice(places(tree), LARGEST)]
    for part, around in every:
        for kind, says, new in _changes(part, around):
            yield kind, says, put(around, part, new)
    scalars = [str(n.params[0]) for n in made.spaces if not n.shape]
    for part, around in every:
        outer = around[-1] if around else None
        if isinstance(outer, syntax.Binary) and outer.operator in SUMS:
            for scalar in scalars:
                says = f"the factor {scalar} is missing in {part.span.text}"
                yield "factor", says, put(around, part, times(name(scalar), part))


def _changes(part: Expr, around: tuple[Expr, ...]) -> Iterator[tuple[str, str, Expr]]:
    outer = around[-1] if around else None
    product = isinstance(outer, syntax.Binary) and outer.operator == "@"
    if isinstance(part, syntax.Transpose):
        yield "transpose", f"{part.operand.span.text} must not be transposed here", part.operand
        yield from (("axis", says, new) for says, new in function_edits.turned_axes(part, around))
    elif product and isinstance(part, syntax.Name) and not isinstance(outer, syntax.Transpose):
        yield "transpose", f"{part.span.text} must be transposed here", transposed(part)
    match part:
        case syntax.Call():
            changes = (function_edits.axes, "axis"), (function_edits.functions, "function")
            for makes, kind in changes:
                yield from ((kind, says, new) for says, new in makes(part, around))
        case syntax.Index():
            yield from (("index", says, new) for says, new in index_edits.indices(part, around))
        case syntax.Binary():
            yield from (("sign", says, new) for says, new in edits.term_signs(part, around))


def _fit(again: WrittenCase, lines: Sequence[Refuted]) -> bool:
    """Whether all lines are right with the other definition, as far as doubles tell."""
    for claimed, ruling in lines:
        try:
            here = again.derivation(ruling.built).claims.get(claimed.key)
        except GradcliError:
            return False
        if here is None:
            return False
        space = ruling.sample_space
        if not all(same(space, pair.left, pair.right) for pair in here.pairs):
            return False
        if all(same(space, pair.left, full(0, pair.left.shape)) for pair in here.pairs):
            # A function that no longer depends on anything makes many lines right.
            return False
    return True


def same(space: SampleSpace, left: Node, right: Node) -> bool | None:
    """Whether two vertices are the same, as far as doubles tell; None where they do not."""
    sizes = space.choices()[0]
    values = generic(space.trial(sizes, POINTS), space.spaces)
    both = _values([left, right], values, sizes)
    return None if both is None else bool(alike(both[1], both[0][0])[0])


def _values(
    nodes: list[Node], values: dict[Node, np.ndarray], sizes: dict[str, int]
) -> list[np.ndarray] | None:
    """Both sides (1, points, entries); None where they differ in shape or have no values."""
    try:
        found = evaluate(nodes, FLOAT64, values, sizes)
    except (KeyError, ValueError, IndexError):
        return None
    count = max(map(len, found))
    if found[0].shape[1:] != found[1].shape[1:] or not all(np.isfinite(v).all() for v in found):
        return None
    whole = (np.broadcast_to(v, (count, *v.shape[1:])) for v in found)
    return [rows(v[None].astype(np.float64)) for v in whole]


# -- the last word


def _judged(
    again: WrittenCase, definition: Definition, lines: Sequence[Refuted], says: str, text: str
) -> WrongDefinition | None:
    """The mend of a definition, where every line that uses it is right with it."""
    verdicts = []
    for claimed, _ in lines:
        try:
            ruling = again.judge(claimed)
        except GradcliError:
            return None
        if ruling.verdict not in PASSED:
            return None
        verdicts.append(ruling.verdict)
    place: Span = definition.claim.sides[0].span
    own = definition.claim.left_span.text
    line = place.source.position(place.start)[0]
    count = f"all {len(lines)} lines that fail use" if len(lines) > 1 else "this uses"
    words = f"{count} {own}, defined in line {line}: there {says}"
    whole = f"{own} = {text}"
    span = Span(place.source, definition.span.start, place.end)
    worst = "holds" if "holds" in verdicts else "proved"
    told = Diagnosis("node", words, whole, worst, span)
    return WrongDefinition(told, own, {claimed.key for claimed, _ in lines})
