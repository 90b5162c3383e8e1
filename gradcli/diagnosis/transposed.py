"""Transposes: the claim or a part of it turned, operands and arguments the other way round.

Must not know graphs, nor other mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.diagnosis import tree
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.graph.shape import is_row
from gradcli.language import syntax
from gradcli.language.syntax import Binary, Expr, Unary
from gradcli.ops.algebra import diag_of, eye, outer_of

LONGEST = 200
Edit = tuple[str, Expr, str]


def candidates(scene: RefutedClaim) -> Iterator[Slip]:
    """Transposes before operands that are exchanged, the whole before its parts."""
    found = [(p, a) for p, a in tree.places(scene.expr) if p in scene.parts]
    for edits in (_transposed, _exchanged):
        for part, around in found:
            shape = scene.parts[part].shape
            whole = not around and (len(scene.truth.shape) == 2 or is_row(shape))
            whole = whole and edits is _transposed
            for says, new, text in edits(scene, part) if shape else ():
                kind, words = _whole(scene) if whole else ("transpose", says)
                yield from tree.slips(scene, kind, words, around, part, new, text)
    for part, around in found:
        if len(scene.parts[part].shape) == 2:
            yield from _symmetric(scene, part, around)
    yield from _throughout(scene, [part for part, _ in found])


def _throughout(scene: RefutedClaim, found: list[Expr]) -> Iterator[Slip]:
    """One matrix transposed wherever it stands, outermost parts first."""
    texts: dict[str, list[Expr]] = {}
    for part in found:
        if len(scene.parts[part].shape) == 2:
            texts.setdefault(part.span.text, []).append(part)
    for same in texts.values():
        if len(same) < 2:
            continue
        turned = turn(scene, same[0])[1]
        text = tree.exchanged(scene, [x for part in same for x in (part, turned)])
        node = scene.read(text)
        if node is not None and scene.fits(node):
            says = f"{tree.shown(same[0])} must be transposed wherever it stands"
            yield Slip("transpose", says, node, text)


def _whole(scene: RefutedClaim) -> tuple[str, str]:
    if _jacobian(scene):
        return "layout", "this is the Jacobian in the other layout"
    return "transpose", "this is the transpose of what is right"


def _jacobian(scene: RefutedClaim) -> bool:
    return any(d.node is scene.truth and d.of.shape for d in scene.derived)


def _transposed(scene: RefutedClaim, part: Expr) -> Iterator[Edit]:
    if isinstance(part, syntax.Transpose):
        yield f"{tree.shown(part.operand)} must not be transposed here", *turn(scene, part)
    elif len(scene.parts[part].shape) == 2:
        yield f"{tree.shown(part)} must be transposed here", *turn(scene, part)


def _exchanged(scene: RefutedClaim, part: Expr) -> Iterator[Edit]:
    match part:
        case Binary(operator="@", left=a, right=b):
            says = f"the factors of {tree.shown(part)} are exchanged"
            number = ""
            if isinstance(a, Binary) and a.operator == "*" and isinstance(a.left, syntax.Number):
                number, a = f"{a.left.span.text}*", a.right
            text = f"{number}{tree.bracketed(b)} @ {tree.bracketed(a)}"
            yield says, scene.derivation.parsed(text) if number else tree.binary("@", b, a), text


def turn(scene: RefutedClaim, part: Expr) -> tuple[Expr, str]:
    """The transpose of a part as one would write it: no transpose of a transpose."""
    if len(part.span.text) > LONGEST:
        return syntax.Transpose(part.span, part), f"{tree.bracketed(part)}.T"
    match part:
        case syntax.Transpose(operand=inner):
            return inner, tree.bracketed(inner)
        case syntax.Call(function=f, arguments=(a, b)) if f.name == outer_of.name:
            return tree.call(f.name, b, a), f"{f.span.text}({b.span.text}, {a.span.text})"
        case syntax.Call(function=f) if f.name in (diag_of.name, eye.name):
            return part, part.span.text
        case Binary(operator="@", left=a, right=b):
            (behind, after), (before, first) = turn(scene, a), turn(scene, b)
            return tree.binary("@", before, behind), f"{first} @ {after}"
        case Unary(operand=inner):
            new, text = turn(scene, inner)
            return tree.changed(part, operand=new), f"-{text}"
        case Binary(operator="*" | "/", left=a, right=b) if not _shape(scene, a):
            new, _ = turned = turn(scene, b)
            return tree.changed(part, right=new), tree.within(part, b, turned[1])
        case Binary(operator="*" | "/", left=a, right=b) if not _shape(scene, b):
            new, _ = turned = turn(scene, a)
            return tree.changed(part, left=new), tree.within(part, a, turned[1])
    return syntax.Transpose(part.span, part), f"{tree.bracketed(part)}.T"


def _shape(scene: RefutedClaim, part: Expr) -> object:
    node = scene.parts.get(part)
    return node.shape if node is not None else None


def _symmetric(scene: RefutedClaim, part: Expr, around: tuple[Expr, ...]) -> Iterator[Slip]:
    """`2*A` for `A + A.T`, which is right only for symmetric A."""
    if not isinstance(part, syntax.Name):
        return
    both = tree.binary("+", part, syntax.Transpose(part.span, part))
    name = part.name
    says = f"this is right only for symmetric {name}: {name} and {name}.T add up"
    kind = "transpose" if len(scene.truth.shape) == 2 else "missing-term"
    text = f"({name} + {name}.T)"
    if around and isinstance(around[-1], Binary):
        outer = around[-1]
        if isinstance(outer.left, syntax.Number) and outer.left.value == 2 and outer.right is part:
            whole = text[1:-1] if len(around) == 1 else text
            yield from tree.slips(scene, kind, says, around[:-1], outer, both, whole)
    half = tree.binary("/", both, tree.number(2))
    yield from tree.slips(scene, kind, says, around, part, half, f"({text}/2)")
    # One of two that are missing is wrong for symmetric matrices, too.
    says = f"{name}.T is missing beside {name}: they add up"
    yield from tree.slips(scene, kind, says, around, part, both, text)
