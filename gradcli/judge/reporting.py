"""What is said of a ruling: the finding with its code, its words, its numbers.

Must not know formats or terminals.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gradcli.arithmetic.ball import precision
from gradcli.arithmetic.decimal import decimal, exact
from gradcli.arithmetic.measure import upper
from gradcli.arithmetic.small_array import as_objects
from gradcli.calculus.core import NEG
from gradcli.calculus.derivative import moved
from gradcli.claims import Claimed, Pair
from gradcli.errors import Span
from gradcli.graph.node import Node
from gradcli.graph.shape import describe, is_row
from gradcli.judge.conventions import beyond, claimed_there, libraries, other_convention
from gradcli.judge.finding import PASSED, VERDICTS, Diagnosis, Finding, SwitchSide
from gradcli.judge.pair_verdict import judged
from gradcli.judge.switch_sides import Unvisited
from gradcli.judge.tester import Ruling
from gradcli.ops.abstract import is_abstract
from gradcli.ops.shaping import INDEX, STACK, index, transpose
from gradcli.trial.pair import HOLE, PointResult, allowed, without_value
from gradcli.trial.trials import Sizes

LONGEST = 60
"""Characters of a term that is named."""
BEHIND = re.compile(r"[d∂](\w+(?:\[[^][]+\])?)/[d∂](\w+)\[([^][]+)\]")
ORDERS = {1: "derivative", 2: "second derivative", 3: "third derivative"}
Writer = Callable[[Node], str]


def finding(
    claimed: Claimed,
    truth: Ruling,
    before: Finding | None,
    derivation: str,
    reason: str,
    write: Writer,
) -> Finding:
    """The finding of a claim; `before` is that of the chain's line before, if there is one.

    `derivation` is that one's name, `write` gives the formula of a vertex.
    """
    follows = truth.follows
    verdicts = [r.verdict for r in (truth, follows) if r is not None]
    worst = max(verdicts, key=VERDICTS.index)
    breaks = follows is not None and follows.verdict in ("refuted", "undecided")
    # The line before explains more than the truth, but what is open explains less than what is not.
    ruling = follows if follows is not None and breaks and follows.rank >= truth.rank else truth
    found = Finding(
        derivation=derivation,
        text=claimed.text,
        name=claimed.name,
        span=claimed.span,
        left=claimed.left if claimed.left else (before.span if before and breaks else None),
        step=claimed.key[1],
        verdict=worst,
        truth=truth.verdict,
        follows=follows.verdict if follows else None,
        evidence=ruling.evidence,
        reason=reason,
        against="line" if ruling is follows else "truth",
    )
    if ruling.edges and ruling.why != "hole":
        found.notes.append(
            f"passed over {_points(ruling.edges)} at which only one side has a value"
        )
    if ruling.opens and found.passed:
        found.notes.append(f"passed over {_points(ruling.opens)} that 4096 bits could not settle")
    if ruling.why == "sizes" and found.passed:
        found.notes.append(f"compared only at {_only(ruling)}: larger sizes are too much work")
    if found.verdict == "holds":
        sides = [_side_of(side, write) for side in ruling.unvisited]
        sides += [_lacking(side, sizes) for side, sizes in ruling.lacking]
        found.evidence.unvisited = list({str(side): side for side in sides}.values())
    if found.passed:
        return found
    if ruling.pair.loop:
        found.loop = dict(ruling.pair.loop)
    if worst == "undecided":
        _undecided(found, ruling)
    else:
        _refuted(found, ruling, follows, before, write)
    return found


def _side_of(found: Unvisited, write: Writer) -> SwitchSide:
    """A side on which no point lies, in the words of the language."""
    node = found.switch.args[0] if found.top else found.switch
    least = found.top and node.op is NEG
    node = node.args[0] if least else node
    whole = write(node)
    entry = whole
    if found.entry:
        stacked = node.op is STACK and len(found.entry) == 1
        entry = write(node.args[found.entry[0]] if stacked else index(node, found.entry))
    if found.top:
        return SwitchSide(entry, f"the {'smallest' if least else 'largest'} of {whole}")
    sides = ("", "true", "false") if node.op.boolean else ("= 0", "> 0", "< 0")
    return SwitchSide(entry, sides[found.side])


def _lacking(side: int, sizes: Sizes) -> SwitchSide:
    """A side that has no value at some sizes."""
    shown = ", ".join(f"{x} = {n}" for x, n in sizes.items())
    return SwitchSide(f"the {('left', 'right')[side]} side at {shown}", "defined")


def _points(count: int) -> str:
    return "one point" if count == 1 else f"{count} points"


# -- refuted


def _refuted(
    found: Finding, ruling: Ruling, follows: Ruling | None, before: Finding | None, write: Writer
) -> None:
    pair = ruling.pair
    relation = pair.relation.sign
    if relation == "!=":
        found.code = "G107"
        found.message = (
            "both sides agree at this point, so != is wrong here"
            if ruling.sample_space.given
            else "both sides are the same function, so != is wrong here"
        )
    elif ruling.why == "shape":
        found.code = "G103"
        found.message = "the sides have different shapes"
        found.labels = describe(pair.left.shape), describe(pair.right.shape)
        found.diagnosis = _by_entry(found.name, ruling) or _of_shapes(ruling)
    elif follows is not None and follows.verdict == "refuted":
        found.code = "G101"
        found.message = "this line does not equal the line above"
        if found.truth in PASSED:
            found.message = "this line is right, but does not follow from the line above"
            found.diagnosis = Diagnosis("step", "the line is true again; the line above is not")
        elif before is not None and before.truth in PASSED:
            found.notes.append(
                f"the line above still equals {found.name}, so the slip is in this line"
            )
        else:
            found.notes.append(f"neither this line nor the one above equals {found.name}")
    elif follows is not None:
        found.code = "G104"
        found.message = "this line follows from the line above, which is wrong"
    elif ruling.row is not None and ruling.row.state == HOLE:
        found.code = "G105"
        side = ("left", "right")[ruling.row.side]
        found.message = f"the {side} side has no value on a part of the declared sets"
        found.diagnosis = Diagnosis("domain", f"{_hole(ruling)}; where it has one both sides agree")
    elif pair.relation.orders:
        found.code = "G102"
        found.message = f"{found.name} is not {relation} this everywhere"
        if ruling.sample_space.given:
            found.message = f"{found.name} is not {relation} this at this point"
    elif relation == "≈":
        found.code = "G106"
        rounded = pair.relation.tolerance is None
        found.message = found.name + (
            " does not round to this" if rounded else " is not within the tolerance of this"
        )
    else:
        found.code = "G102"
        found.message = f"this is not {found.name}" if _named(found.name) else "the sides differ"
        if ruling.nowhere is not None:
            _sides(found, ruling)
            there_is_none = found.message.partition(",")[0]
            found.message = f"{there_is_none}, and this is not between its two sides"
        elif words := other_convention(ruling):
            found.diagnosis = Diagnosis("convention", words)
    _example(found, ruling, write)


def _named(name: str) -> bool:
    return len(name) <= 40


def _hole(ruling: Ruling) -> str:
    row = ruling.row
    if row is None or row.missing is None:
        return "one side has no value there"
    missing = row.missing
    assert missing.requirement is not None
    return f"{missing.node.op.title} needs an argument {missing.requirement.relation}"


def _of_shapes(ruling: Ruling) -> Diagnosis:
    left, right = ruling.pair.left, ruling.pair.right
    taken = next((d for d in ruling.pair.derived if d.node is left), None)
    gradient = taken is not None and not taken.of.shape
    convention = f"a gradient has the shape of its variable, {describe(left.shape)}"
    if _other_layout(ruling):
        if gradient and is_row(right.shape):
            return Diagnosis("layout", f"this is a row, which is the other layout: {convention}")
        if gradient:
            return Diagnosis("transpose", f"this is the transpose of what is right: {convention}")
        return Diagnosis(
            "layout", "this is right in the other layout: the Jacobian is transposed here"
        )
    words = f"{describe(left.shape)} is not {describe(right.shape)}"
    return Diagnosis("shape", convention if gradient else words)


def _by_entry(name: str, ruling: Ruling) -> Diagnosis | None:
    """`dC/dx[i]` is row i of the Jacobian; the derivative by x[i] may have been meant."""
    left, right = ruling.pair.left, ruling.pair.right
    written = BEHIND.fullmatch(name)
    taken = next((d for d in ruling.pair.derived if left.op is INDEX and d.node in left.args), None)
    if written is None or taken is None or not taken.of.shape:
        return None
    key = left.params[0]
    whole = tuple((0, dim) for dim in taken.of.shape)
    if not all(isinstance(item, int) for item in key) or len(key) > len(taken.by.shape):
        return None
    meant = index(taken.node, (*whole, *key))
    if meant.shape != right.shape:
        return None
    pair = Pair(meant, right, ruling.pair.relation, ruling.pair.derived)
    if judged(pair, ruling.sample_space).verdict not in PASSED:
        return None
    of, by, at = written.groups()
    words = f"an index behind a derivative takes a row of it; by {by}[{at}] write"
    return Diagnosis("node", f"{words}  d({of})/d({by}[{at}])")


def _other_layout(ruling: Ruling) -> bool:
    """Whether the right side, transposed, is what the left side is."""
    left, right = ruling.pair.left, ruling.pair.right
    if not ruling.pair.derived or not 1 <= len(right.shape) <= 2:
        return False
    transposed = (
        transpose(right)
        if is_row(right.shape) or len(right.shape) == 1
        else moved(right, "ab", "ba")
    )
    if transposed.shape != left.shape:
        return False
    pair = Pair(left, transposed, ruling.pair.relation, ruling.pair.derived)
    return judged(pair, ruling.sample_space).verdict in PASSED


def _example(found: Finding, ruling: Ruling, write: Writer) -> None:
    row = ruling.row
    if row is None:
        return
    if any(map(is_abstract, ruling.pair.order)):
        from gradcli.judge.plain_functions import written_out  # noqa: PLC0415 seldom asked

        ruling, row, functions = written_out(ruling, row, write)
        found.notes.append(f"these are values for  {functions}")
    from gradcli.judge.shrink import (  # noqa: PLC0415 only a mistake needs it
        counterexample,
        of_literals,
        roundest,
    )

    pair, sample_space = ruling.pair, ruling.sample_space
    if not pair.relation.literals and ruling.verdict == "refuted":
        row = roundest(pair, sample_space, row)
    if pair.relation.literals:
        # The rounded literals are no inputs: the right side is shown as it was written.
        values = row.trial.evaluate([pair.left])[0][0, ...]
        if values.ndim == 0:
            found.labels = _text(values.item()), ""
        found.counterexample = of_literals(pair, sample_space, row)
        return
    found.counterexample = counterexample(pair, sample_space, row)
    if pair.relation.tolerance is not None and ruling.verdict == "refuted":
        found.notes.append(_distance(ruling, row))
    if not pair.left.shape and not pair.right.shape:
        left, right = (v[row.place, ...].item() for v in row.trial.evaluate(pair.sides))
        found.labels = _text(left), _text(right)
        alike = found.labels[0] == found.labels[1] and not pair.relation.orders
        if alike and ruling.verdict == "refuted":
            with precision(row.trial.bits):
                found.notes.append(f"they differ by {_short(right - left)}")


def _distance(ruling: Ruling, row: PointResult) -> str:
    """How far measured data are off, in the terms of the tolerance."""
    relation = ruling.pair.relation
    with precision(row.trial.bits):
        left, right = (v[row.place, ...] for v in row.trial.evaluate(ruling.pair.sides))
        # The number 0 is the zero of any shape.
        gap = max(map(upper, as_objects(left - right).flat))
        bound = allowed(relation, left)
        largest = max(map(upper, left.ravel()))
        if not relation.relative or not largest > 0:
            return f"the largest difference is {_short(gap)}; {_short(bound)} is allowed"
        return (
            f"the largest difference is {_short(gap / largest)} of the largest entry; "
            f"{_short(bound / largest)} is allowed"
        )


def _short(x: Any) -> str:
    return decimal(x, 2) or _text(x)


def _text(x: Any) -> str:
    """A number beside the source: exact if short, else six digits."""
    return exact(x, 12) or decimal(x, 6) or "no value"


# -- undecided


def _undecided(found: Finding, ruling: Ruling) -> None:
    why = ruling.why
    if why == "kink":
        found.code = "G301"
        if ruling.nowhere is not None:
            _sides(found, ruling)
        else:
            found.message = "the points lie on a kink, where no derivative was found"
    elif why == "open":
        found.code = "G304"
        found.message = "the sides cannot be told apart, nor shown to agree, with 4096 bits"
    elif why == "sizes":
        found.code = "G308"
        found.message = (
            f"both sides have a value only at {_only(ruling)}, of all sizes that were tried"
        )
        found.notes.append("what is meant for some sizes only says so, as in  n >= 2")
    elif why == "example":
        found.code = "G304"
        found.message = "this was seen for one example of a function that may be any"
        found.notes.append("an inequality about all of them is proved by ranges, or not at all")
    elif why == "differ":
        found.code = "G309"
        found.message = "these are different functions, by less than 4096 bits can show"
    elif why == "large":
        found.code = "G305"
        found.message = "this is too large to be evaluated with certified digits"
        found.notes.append("smaller sizes, or letters for them, can be checked")
    else:
        found.code = "G308"
        found.message = "there is no point at which both sides have a value"
        found.notes += _without_value(ruling)


def _without_value(ruling: Ruling) -> list[str]:
    """Which side has no value at a point of the sets, and which of its terms needs what."""
    from gradcli.notation.text import formula  # noqa: PLC0415

    space = ruling.sample_space
    told: dict[str, list[str]] = {}
    for side, missing in without_value(ruling.pair, space.trial(space.least, (0,))):
        need = missing.requirement
        assert need is not None
        term = formula(missing.node, {})
        if len(term) <= LONGEST:
            told.setdefault(f"{term} needs {formula(need.expr, {})} {need.relation}", []).append(
                ("left", "right")[side]
            )
    return [
        f"the {' and the '.join(sides)} side {'have' if len(sides) > 1 else 'has'} none: {why}"
        for why, sides in told.items()
    ]


def _only(ruling: Ruling) -> str:
    """The sizes at which there was something to compare: `n = 1, 2` or `m = 1, n = 3`."""
    found = ruling.evidence.sizes
    bound = ruling.sample_space.bound
    everywhere = [x for x in found[0] if all(x in each for each in found)]
    letters = [x for x in everywhere if x not in bound] or everywhere
    sizes = sorted({tuple(each[x] for x in letters) for each in found})
    if len(letters) == 1:
        return f"{letters[0]} = {', '.join(str(n) for (n,) in sizes)}"
    return "; ".join(
        ", ".join(f"{x} = {n}" for x, n in zip(letters, each, strict=True)) for each in sizes
    )


def _sides(found: Finding, ruling: Ruling) -> None:
    """The one-sided derivatives, and whether what is claimed lies between them."""
    lost = ruling.nowhere
    assert lost is not None
    at = lost.missing[0]
    left, right = lost.left[at], lost.right[at]
    place = f" at entry [{', '.join(map(str, at))}]" if at else ""
    which = ORDERS.get(lost.order, f"derivative of order {lost.order}")
    found.message = f"there is no {which} at this point, so nothing can be said of {found.name}"
    if lost.unknown:
        found.code = "G304"
        found.message = (
            f"it cannot be told whether there is a {which} at this point, "
            f"so nothing can be said of {found.name}"
        )
        found.notes.append(
            f"{lost.function} has a kink here, and the series on one side of it cannot be told"
        )
        return
    if at in lost.why:
        found.notes.append(f"{lost.function} has a kink here: {lost.why[at]}")
        return
    found.notes.append(
        f"{lost.function} has a kink here: the {which}{place} is {_side(left)} from the left, "
        f"{_side(right)} from the right"
    )
    trial = ruling.sample_space.trial(ruling.sample_space.least, (0,))
    outside = beyond(ruling.pair, lost, trial)
    claimed = claimed_there(ruling.pair, lost, trial)
    if claimed is None or any(isinstance(side, float | None) for side in (left, right)):
        return
    if outside is not None and outside != at:
        entry = f"[{', '.join(map(str, outside))}]"
        sides = " and ".join(_text(side[outside]) for side in (lost.left, lost.right))
        found.notes.append(
            f"at entry {entry} both sides are {sides}, not {_text(claimed[outside])}"
        )
        return
    between = "lies between them" if outside is None else "does not lie between them"
    found.notes.append(f"what is claimed, {_text(claimed[at])}, {between}")
    if chosen := libraries(lost, trial, at):
        names, convention, value = chosen
        same = ", as is claimed" if value == claimed[at] else ""
        found.notes.append(f"{names} return {_text(value)} here{same}: {convention}")


def _side(x: Any) -> str:
    if x is None:
        return "not there"
    return ("infinite" if x > 0 else "minus infinite") if isinstance(x, float) else _text(x)


def span_reason(span: Span, whole: Span) -> str:
    """The comment that stands behind a statement on its last line."""
    text = whole.source.text
    end = text.find("\n", max(span.end, 0))
    rest = text[span.end : end if end >= 0 else len(text)].strip()
    return rest[1:].strip() if rest.startswith("#") else ""
