"""Values of points: expressions, files, what a program says and what is added from outside.

Must not know what is done at a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.data import Value, load, load_point
from gradcli.arithmetic.evaluate import evaluate
from gradcli.certify.certify import FIRST_BITS, LAST_BITS
from gradcli.errors import Source, wrong
from gradcli.language import syntax
from gradcli.language.parse import parse_point
from gradcli.language.program import closed_node, points
from gradcli.reading import Place


def point(program: syntax.Program, at: Sequence[str], place: Place) -> dict[str, Value]:
    """The program's own point, overruled by texts such as `x=3, W=@w.npy` or `@point.json`."""
    values: dict[str, Value] = {}
    for name, (_, expr) in points(program).items():
        values[name] = value_of(expr, place)
    added = values_given(at, "--at")
    return added | {name: value for name, value in values.items() if name not in added}


def values_given(texts: Sequence[str], option: str) -> dict[str, Value]:
    """Values by name in an option's texts, such as `x=3, W=@w.npy` or `@point.json`."""
    found: dict[str, Value] = {}
    for text in texts:
        if text.lstrip().startswith("@"):
            more: dict[str, Value] = dict(load_point(text.strip()[1:], Path()))
        else:
            more = {}
            for key, expr in parse_point(Source(option, text)):
                if key.name in more:
                    raise wrong("G010", f"{key.name} is given twice", key.span, label="again")
                more[key.name] = value_of(expr, Place())
        for name in more:
            if name in found:
                raise wrong("G010", f"{option}: {name} is given twice", help="give it once")
        found |= more
    return found


def value_of(expr: syntax.Expr, place: Place) -> Value:
    """The value of an expression or file of a point; GradcliError for what is no finite number."""
    if isinstance(expr, syntax.FileValue):
        return load(expr.path, place, expr.span)
    node = closed_node(expr)
    if node.op.boolean:
        raise wrong("G203", "a point holds numbers", expr.span, label="a condition")
    for bits in (FIRST_BITS, LAST_BITS):
        with precision(bits):
            if all(finite(x) for x in evaluate([node], BALL, {})[0].flat):
                return node
    raise wrong("G010", "a point holds finite numbers", expr.span, label="this is none")
