"""One place of the claim written otherwise: operator, exponent, function, number, index, name.

Must not know graphs; what is right is only asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from gradcli.diagnosis import exponents, tree
from gradcli.diagnosis.exponents import Around, Edit, constant, is_exponent
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.language import syntax
from gradcli.language.syntax import Binary, Call, Expr, Fold, Name, Number, Slice, Unary
from gradcli.ops import FUNCTIONS
from gradcli.ops.algebra import diag_of
from gradcli.ops.reductions import sum_of
from gradcli.ops.registry import confused

Finder = Callable[[Expr, Around], Iterator[Edit]]


def usual(scene: RefutedClaim) -> Iterator[Slip]:
    """Signs, indices, exponents, squares."""
    yield from _tried(
        scene, _signs, _indices, exponents.wrong, exponents.surplus, exponents.missing
    )


def candidates(scene: RefutedClaim) -> Iterator[Slip]:
    """Numbers, functions, operators and factors that are too many, sums over an axis."""
    yield from _tried(
        scene, _numbers, _functions, _operators, _doubled, _complements, _mixed, _sums
    )


def axes(scene: RefutedClaim) -> Iterator[Slip]:
    """The axes of reductions alone, which may mend a side of another shape."""
    yield from _tried(scene, _axes)


def throughout(scene: RefutedClaim) -> Iterator[Slip]:
    """An index off by one wherever the same thing stands, as in `h[t]*(1 - h[t])`."""
    found = [p for p, _ in tree.places(scene.expr) if isinstance(p, syntax.Index)]
    for written in dict.fromkeys(part.span.text for part in found):
        same = [part for part in found if part.span.text == written]
        for step in (-1, 1) if len(same) > 1 else ():
            _, says, _, text = _moved(same[0], 0, step)
            whole = tree.exchanged(scene, [x for part in same for x in (part, text)])
            node = scene.read(whole)
            if node is not None and scene.fits(node):
                yield Slip("index", f"{says}, throughout", node, whole)


def means(scene: RefutedClaim) -> Iterator[Slip]:
    """A mean for a sum, and a sum for a mean."""
    yield from _tried(scene, _means)


def sums(scene: RefutedClaim) -> Iterator[Slip]:
    """Sums that are missing, likewise."""
    yield from _tried(scene, _sums)


def _tried(scene: RefutedClaim, *finders: Finder) -> Iterator[Slip]:
    found = tree.places(scene.expr)
    for edits in finders:
        for part, around in found:
            for kind, says, new, text in edits(part, around):
                yield from tree.slips(scene, kind, says, around, part, new, text)


def _signs(part: Expr, around: Around) -> Iterator[Edit]:
    text = part.span.text
    if isinstance(part, Unary) and part.operator == "-":
        says = f"the sign of {tree.shown(part.operand)} is wrong"
        yield "sign", says, part.operand, text[1:].lstrip()
    if isinstance(part, Binary) and part.operator in "+-":
        sign = tree.sign(part) - part.span.start
        other = "-" if part.operator == "+" else "+"
        says = f"the sign of the term {tree.shown(part.right)} is wrong"
        new = tree.changed(part, operator=other)
        yield "sign", says, new, text[:sign] + other + text[sign + 1 :]
    inside = around and (isinstance(around[-1], Call) or is_exponent(part, around))
    if inside and not isinstance(part, Unary | syntax.Text) and constant(part) is None:
        says = f"the sign of {tree.shown(part)} is wrong"
        whole = text if tree.tight(part) else f"({text})"
        yield "sign", says, tree.negative(part), f"-{whole}"


def _indices(part: Expr, around: Around) -> Iterator[Edit]:
    """Members, entries and bounds one further on, or one before."""
    if isinstance(part, Fold):
        for step in (-1, 1):
            for field in ("low", "high"):
                yield _bound(part, field, step)
    if isinstance(part, syntax.Index):
        for step in (-1, 1):
            for k in range(len(part.items)):
                yield _moved(part, k, step)


def _bound(part: Fold, field: str, step: int) -> Edit:
    old = getattr(part, field)
    new, text = _stepped(old, step)
    which = "begins" if field == "low" else "ends"
    says = f"the {part.function.name} {which} at {text}, not at {old.span.text}"
    return "index", says, tree.changed(part, **{field: new}), tree.within(part, old, text)


def _moved(part: syntax.Index, k: int, step: int) -> Edit:
    item = part.items[k]
    if isinstance(item, Slice):
        pairs = [(end, *_stepped(end, step)) for end in (item.start, item.stop) if end]
        new: Expr = tree.changed(
            item,
            start=next((n for o, n, _ in pairs if o is item.start), None),
            stop=next((n for o, n, _ in pairs if o is item.stop), None),
        )
        text = tree.within(part, *(x for o, _, t in pairs for x in (o, t)))
    else:
        new, written = _stepped(item, step)
        text = tree.within(part, item, written)
    items = (*part.items[:k], new, *part.items[k + 1 :])
    says = f"the index is off by one: {text}, not {part.span.text}"
    return "index", says, tree.changed(part, items=items), text


def _stepped(expr: Expr, step: int) -> tuple[Expr, str]:
    """A whole number one up or down, as one would write it."""
    base, away = expr, 0
    if isinstance(expr, Number):
        value = int(expr.value) + step
        return tree.number(value) if value >= 0 else tree.negative(tree.number(-value)), str(value)
    if isinstance(expr, Binary) and expr.operator in "+-" and isinstance(expr.right, Number):
        base = expr.left
        away = int(expr.right.value) * (1 if expr.operator == "+" else -1)
    away += step
    if not away:
        return base, base.span.text
    sign = "+" if away > 0 else "-"
    return tree.binary(sign, base, tree.number(abs(away))), f"{base.span.text}{sign}{abs(away)}"


def _numbers(part: Expr, around: Around) -> Iterator[Edit]:
    if not isinstance(part, Number) or part.value.denominator != 1 or is_exponent(part, around):
        return
    if around and isinstance(around[-1], syntax.Index | Slice | Fold):
        return
    value = int(part.value)
    for new in (2 * value, Fraction(value, 2), value + 1, value - 1):
        if new not in (0, value) and Fraction(new).denominator == 1:
            yield "factor", f"the number is {new}, not {value}", tree.number(int(new)), str(new)


def _functions(part: Expr, around: Around) -> Iterator[Edit]:
    if not isinstance(part, Call) or part.function.name not in FUNCTIONS:
        return
    name = part.function.name
    for other in _confused(name, linear=False):
        function = Name(part.function.span, other)
        text = tree.within(part, part.function, other)
        says = f"the function is {other}, not {name}"
        yield "function", says, tree.changed(part, function=function), text
    if len(part.arguments) == 1:
        inner = part.arguments[0]
        says = f"{name} is not applied here"
        yield "function", says, inner, tree.bracketed(inner)


def _confused(name: str, linear: bool) -> list[str]:
    """What is written for a function; between two that are linear only a factor is at stake."""
    known = FUNCTIONS[name]
    others = confused(known)
    return [o for o in others if (known.linear and FUNCTIONS[o].linear) == linear]


def _means(part: Expr, around: Around) -> Iterator[Edit]:
    if not isinstance(part, Call) or part.function.name not in FUNCTIONS:
        return
    for other in _confused(part.function.name, linear=True):
        function = Name(part.function.span, other)
        text = tree.within(part, part.function, other)
        says = f"the {other}, not the {part.function.name}, is right here"
        yield "factor", says, tree.changed(part, function=function), text


def _operators(part: Expr, around: Around) -> Iterator[Edit]:
    if not isinstance(part, Binary):
        return
    left, right = tree.operands(part)
    if part.operator == "*":
        new = tree.changed(part, operator="/")
        says = f"{tree.shown(part.right)} divides here"
        yield "factor", says, new, f"{left}/{tree.bracketed(part.right)}"
    if part.operator == "/":
        new = tree.changed(part, operator="*")
        says = f"{tree.shown(part.right)} does not divide here"
        yield "factor", says, new, f"{left}*{tree.bracketed(part.right)}"
        new = tree.binary("/", part.right, part.left)
        over = f"{tree.bracketed(part.right)}/{tree.bracketed(part.left)}"
        yield "factor", "the fraction is upside down", new, over
        both = tree.binary("*", part.left, part.right)
        new = tree.binary("/", tree.number(1), both)
        says = f"{tree.shown(part.left)} belongs below the line"
        yield "factor", says, new, f"1/({tree.bracketed(part.left)}*{tree.bracketed(part.right)})"
    if part.operator in ("*", "/"):
        for kept, gone, text in ((part.left, part.right, left), (part.right, part.left, right)):
            if kept is part.left or part.operator == "*":
                kind = "factor" if isinstance(gone, Number) else "missing-local"
                says = f"the factor {tree.shown(gone)} is surplus"
                if part.operator == "/":
                    says = f"{tree.shown(gone)} should not divide here"
                yield kind, says, kept, text


def _doubled(part: Expr, around: Around) -> Iterator[Edit]:
    """A 2 or 1/2 missing within a function or an exponent."""
    outer = around[-1] if around else None
    inside = (
        isinstance(outer, Call)
        and len(outer.arguments) == 1
        and outer.function.name != diag_of.name
    )
    if not (inside or is_exponent(part, around)) or isinstance(part, Number | syntax.Text):
        return
    own, two = tree.bracketed(part) if _is_sum(part) else part.span.text, tree.number(2)
    says = f"is missing at {tree.shown(part)}"
    yield "factor", f"a factor 2 {says}", tree.binary("*", two, part), f"2*{own}"
    yield "factor", f"a factor 1/2 {says}", tree.binary("/", part, two), f"{own}/2"


def _complements(part: Expr, around: Around) -> Iterator[Edit]:
    """`p` for `1 - p`."""
    outer = around[-1] if around else None
    if isinstance(part, Name) and isinstance(outer, Binary) and outer.operator in "*/@":
        new = tree.binary("-", tree.number(1), part)
        yield "node", f"this should be 1 - {part.name}, not {part.name}", new, f"(1 - {part.name})"


def _mixed(part: Expr, around: Around) -> Iterator[Edit]:
    """A sum for a product, and a product for a sum."""
    if not isinstance(part, Binary) or part.operator not in "+*":
        return
    both = f"{tree.shown(part.left)} and {tree.shown(part.right)} are"
    if part.operator == "+":
        text = f"{tree.bracketed(part.left)}*{tree.bracketed(part.right)}"
        new = tree.changed(part, operator="*")
        yield "function", f"{both} multiplied, not added", new, text
    else:
        left, right = tree.operands(part)
        new = tree.changed(part, operator="+")
        yield "function", f"{both} added, not multiplied", new, f"{left} + {right}"


def _is_sum(part: Expr) -> bool:
    return isinstance(part, Binary) and part.operator in "+-"


def _axes(part: Expr, around: Around) -> Iterator[Edit]:
    """Over one axis instead of all entries, or over the other one."""
    if not isinstance(part, Call):
        return
    reduction = part.function.name
    if _sums_up(reduction) and not part.keywords and len(part.arguments) == 1:
        for axis in (0, 1):
            option = (Name(tree.NOWHERE, "axis"), tree.number(axis))
            text = f"{part.span.text[:-1]}, axis={axis})"
            new: Expr = tree.changed(part, keywords=(option,))
            yield "axis", f"the {reduction} is over axis {axis} only", new, text
    for k, (name, value) in enumerate(part.keywords):
        if name.name == "axis" and isinstance(value, Number) and value.value in (0, 1):
            other = int(1 - value.value)
            pair = name, tree.number(other)
            new = tree.changed(part, keywords=(*part.keywords[:k], pair, *part.keywords[k + 1 :]))
            says = f"the {reduction} is over axis {other}, not axis {value.value}"
            yield "axis", says, new, tree.within(part, value, str(other))


def _sums_up(name: str) -> bool:
    """Whether a function is linear and goes over all entries or over an axis."""
    known = FUNCTIONS.get(name)
    return known is not None and known.linear and "axis" in known.parameters


def _sums(part: Expr, around: Around) -> Iterator[Edit]:
    """A sum over one axis, where there is none."""
    if isinstance(part, Call) and _sums_up(part.function.name):
        return
    for axis in (0, 1):
        option = (Name(tree.NOWHERE, "axis"), tree.number(axis))
        new = syntax.Call(tree.NOWHERE, Name(tree.NOWHERE, sum_of.name), (part,), (option,))
        says = f"a sum over axis {axis} is missing"
        yield "axis", says, new, f"{sum_of.name}({part.span.text}, axis={axis})"
