"""Values of points: expressions, files, arrays, what a program says and what comes from outside.

Must not know what is done at a point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value, from_python
from gradcli.arithmetic.evaluate import evaluate
from gradcli.certify.certify import FIRST_BITS, LAST_BITS
from gradcli.errors import Source, Span, wrong
from gradcli.language.parsing.parse import parse_expression, parse_point
from gradcli.language.program import closed_node, points
from gradcli.language.tree import syntax
from gradcli.language.tree.literals import canonical
from gradcli.reading import Place

Point: TypeAlias = str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]]
"""Values by name: texts such as `x=3, W=@w.npy` or `@point.json`, and mappings to what has a value:
a number, nested lists, an array, or the text of one of these."""

NameList: TypeAlias = str | Sequence[str]
"""Names, in one text with commas or in several."""

Texts: TypeAlias = str | Sequence[str]
"""One text, or several."""


def texts_in(texts: Texts) -> list[str]:
    """Each text by itself."""
    return [texts] if isinstance(texts, str) else [*texts]


def parts_of(given: Point) -> list[str | Mapping[str, Any]]:
    """What a point is given by, one after the other."""
    return [given] if isinstance(given, str | Mapping) else [*given]


def names_in(names: NameList) -> list[str]:
    """Each name by itself; one that is empty is kept, for it names nothing and is to be told so."""
    return [name.strip() for text in texts_in(names) for name in text.split(",")] if names else []


def point(program: syntax.Program, at: Point, place: Place) -> dict[str, Value]:
    """The program's own point, overruled by what is given beside it."""
    values: dict[str, Value] = {}
    for name, (_, expr) in points(program).items():
        values[name] = value_of(expr, place)
    added = values_given(at, "--at")
    return added | {name: value for name, value in values.items() if name not in added}


def values_given(given: Point, option: str) -> dict[str, Value]:
    """Values by name; `option` is what they are called in a complaint."""
    found: dict[str, Value] = {}
    for part in parts_of(given):
        more = _mapped(part) if isinstance(part, Mapping) else _written(part, option)
        for name in more:
            if name in found:
                raise wrong("G010", f"{option}: {name} is given twice", help="give it once")
        found |= more
    return found


def _mapped(given: Mapping[str, Any]) -> dict[str, Value]:
    return {canonical(name) or name: given_value(name, value) for name, value in given.items()}


def given_value(name: str, value: Any) -> Value:
    """A value from Python, or its text; GradcliError (G010) for what is neither."""
    if not isinstance(value, str):
        return from_python(value, name)
    if value.lstrip().startswith("@"):
        return file_array(value.strip()[1:], Place())
    return value_of(parse_expression(Source(name, value)), Place())


def _written(text: str, option: str) -> dict[str, Value]:
    if text.lstrip().startswith("@"):
        from gradcli.arithmetic.files import load_point  # noqa: PLC0415 seldom asked

        return dict(load_point(text.strip()[1:], Path()))
    found: dict[str, Value] = {}
    for key, expr in parse_point(Source(option, text)):
        if key.name in found:
            raise wrong("G010", f"{key.name} is given twice", key.span, label="again")
        found[key.name] = value_of(expr, Place())
    return found


def file_array(path: str, place: Place, span: Span | None = None) -> Array:
    """The array in a file that a text names; GradcliError (G010, G011) for what is none."""
    from gradcli.arithmetic.files import load  # noqa: PLC0415 seldom asked

    return load(path, place, span)


def value_of(expr: syntax.Expr, place: Place) -> Value:
    """The value of an expression or file of a point; GradcliError for what is no finite number."""
    if isinstance(expr, syntax.FileValue):
        return file_array(expr.path, place, expr.span)
    node = closed_node(expr)
    if node.op.boolean:
        raise wrong("G203", "a point holds numbers", expr.span, label="a condition")
    for bits in (FIRST_BITS, LAST_BITS):
        with precision(bits):
            if all(finite(x) for x in evaluate([node], BALL, {})[0].flat):
                return node
    raise wrong("G010", "a point holds finite numbers", expr.span, label="this is none")
