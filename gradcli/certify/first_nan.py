"""Where floating point first leaves the numbers: the vertex that makes the first NaN or infinity.

Must not know how a note is shown; it is asked where the certified result is finite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isinf, isnan

import numpy as np

from gradcli.arithmetic.ball import finite, precision
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.decimal import correct_digits, decimal, nearest
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float32 import FLOAT32
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import WHERE, number
from gradcli.calculus.differentiate import sweep
from gradcli.certify.certify import Certified, Naming
from gradcli.certify.problem import Problem
from gradcli.certify.stable import stable_form, written
from gradcli.errors import Diagnostic
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological

KINDS: dict[str, Arithmetic] = {"float64": FLOAT64, "float32": FLOAT32}
LONGEST = 16
"""Characters of a true value that is worth reading."""
DIGITS = {"float64": 16, "float32": 7}


def first_lost(
    problem: Problem, found: Certified, naming: Naming, kind: str = "float64"
) -> Diagnostic | None:
    """The first vertex that is not finite in doubles or singles, forwards, then on the way back."""
    m = KINDS[kind]
    values = {node: m.tamed(x) for node, x in problem.point(FLOAT64).items()}
    with np.errstate(all="ignore"):
        evaluate([problem.output], m, values, keep=True)
    order = topological([problem.output])
    for node in order:
        if not _lost(values[node]):
            continue
        if node.args and any(_lost(values[arg]) for arg in node.args):
            continue
        if node is problem.output and kind == "float64" and _too_large(found.value):
            return None  # no other way to it helps
        place = f"{_place(node, naming)}{_branch(node, problem.output, naming)}"
        what = f"forwards, {place} is the first {_word(values[node])}"
        return _said(node, what, found, naming, kind)
    if problem.output.shape:
        return None
    return _backwards(problem, order, values, found, naming, kind)


def _backwards(
    problem: Problem, order: Sequence[Node], values: dict[Node, Array], found: Certified,
    naming: Naming, kind: str,
) -> Diagnostic | None:  # fmt: skip
    """The first edge that hands on what is not finite, though what comes to it is."""
    m = KINDS[kind]
    adjoints: dict[Node, Node] = {problem.output: number(1)}
    active = dependents(order, {*problem.wrt})
    edges = list(sweep(adjoints, order, active))
    parts = [part for _, _, part in edges if part is not None]
    wanted = [*parts, *adjoints.values()]
    with np.errstate(all="ignore"):
        numbers = dict(zip(wanted, evaluate(wanted, m, values), strict=True))
    for node, index, part in edges:
        if part is not None and _lost(numbers[part]) and not _lost(numbers[adjoints[node]]):
            word, to = _word(numbers[part]), naming.of(node.args[index])
            place = f"{_place(node, naming)}{_branch(node, problem.output, naming)}"
            what = f"backwards, what {place} hands to {to} is the first {word}"
            if to == naming.of(node):
                what = f"backwards, within {place} there is the first {word}"
            return _said(node, what, found, naming, kind)
    return None


def _place(node: Node, naming: Naming) -> str:
    return naming.place(node) if node.args else naming.of(node)


def _branch(node: Node, output: Node, naming: Naming) -> str:
    """On which branch of a choice a vertex stands, if it serves nothing else."""
    for choice in topological([output]):
        if choice.op is not WHERE or choice in naming.calls:
            continue
        for k, word in ((1, ""), (2, "not ")):
            if node not in _without(output, choice, k) and node in topological([choice.args[k]]):
                condition = naming.text(choice.args[0])
                return f" on the branch where {word}{condition}" if condition else ""
    return ""


def _without(output: Node, choice: Node, k: int) -> list[Node]:
    """The vertices that an output needs for anything but a branch of a choice."""
    others = [arg for i, arg in enumerate(choice.args) if i != k]
    return topological([output], lambda node: others if node is choice else node.args)


def _lost(value: Array) -> bool:
    return value.dtype.kind == "f" and not bool(np.all(np.isfinite(value)))


def _too_large(value: Array) -> bool:
    """Whether no double is near to an entry."""
    doubles = [nearest(x) for x in value.flat if x is not None]
    return any(x is not None and isinf(x) for x in doubles)


def _word(value: Array) -> str:
    lost = [float(x) for x in value.flat if not np.isfinite(x)]
    return "nan" if isnan(lost[0]) else "inf" if lost[0] > 0 else "-inf"


def _said(node: Node, what: str, found: Certified, naming: Naming, kind: str) -> Diagnostic:
    """The note, with the true value where it is one number and a better form where one is known."""
    true = ""
    value = found.values.get(node)
    if what.startswith("forwards") and value is not None and value.size == 1:
        x = value.flat[0]
        with precision(found.bits):
            shown = decimal(x, 3) if finite(x) else None
        true = f" (truly {shown})" if shown and len(shown) <= LONGEST else ""
    message = f"plain {kind} fails here: {what}{true}"
    return Diagnostic("G303", message, naming.span(node), help=_better(found.values, naming))


def _better(values: Mapping[Node, Array], naming: Naming) -> str:
    """The first form that is known to survive."""
    for node in values:
        form = stable_form(node) if node in naming.names else None
        if form is not None and form[1] in naming.spans:
            text = " ".join(naming.spans[form[1]].text.split())
            return f"a stable form:  {written(form[0], text)}"
    return ""


def single(problem: Problem, found: Certified, naming: Naming) -> Diagnostic:
    """What single precision makes of the value and the derivative."""
    lost = first_lost(problem, found, naming, "float32")
    if lost is not None:
        return lost
    point = {node: FLOAT32.tamed(x) for node, x in problem.point(FLOAT64).items()}
    with np.errstate(all="ignore"), precision(found.bits):
        value, matrix = problem.solve(FLOAT32, point)
        pairs = [*zip(found.value.flat, value.flat, strict=True)]
        pairs += zip(found.entries.flat, matrix.flat, strict=True)
        known = [correct_digits(a, float(b)) for a, b in pairs if a is not None]
    digits = min(min(known, default=DIGITS["float32"]), DIGITS["float32"])
    whole = DIGITS["float32"]
    message = f"plain float32 gets {digits} of {whole} digits of the worst number here"
    return Diagnostic("G303", message)
