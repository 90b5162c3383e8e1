"""Edits of one line, sieved by what its value must be for all gradients to be right.

Must not know how lines are chosen, nor what is proved. The condition is linear: the gradients'
derivatives by the line's value times its change are what the gradients lack.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from math import inf
from time import process_time
from typing import Any

import numpy as np

from gradcli.code.arrays import entries
from gradcli.code.edits import Edit, Vocabulary
from gradcli.code.execution import midpoint
from gradcli.code.loader import after
from gradcli.code.locate import Explained, Located, namesakes
from gradcli.code.records import LineValue
from gradcli.code.trees import expression, size, subexpressions, with_term

NUMPY: Mapping[str, Any] = {"np": np}
CLOSE = 1e-6
"""Of what is wrong, within which floats count as right; a proof decides."""


@dataclass(slots=True)
class Survivor:
    """An edit that floats do not speak against."""

    cost: float
    statement: ast.stmt
    what: str
    line: int
    place: ast.stmt


class Sieve:
    """What the value of one line must be to make all gradients right, as a linear condition."""

    def __init__(
        self, explained: Explained, located: Located, statement: ast.stmt, names: Mapping[str, Any]
    ) -> None:
        self.names, self.until = names, inf
        last = {value.name: value for value in explained.values}
        self.values: list[LineValue] = list(last.values())
        rows = len(explained.residual)
        columns = [
            located.slopes.get(getattr(x, "serial", -1), np.zeros(rows))
            for value in self.values
            for x in value.numbers
        ]
        self.matrix = np.array(columns).T
        self.wanted = explained.residual
        self.tolerance = CLOSE * np.abs(self.wanted).max() + 1e-14
        self.before = np.array([midpoint(x) for v in self.values for x in v.numbers])

    def fits(self, change: Any) -> bool:
        with np.errstate(all="ignore"):
            gap = np.abs(self.matrix @ change - self.wanted).max()
        return bool(gap <= self.tolerance)

    def kept(self, tried: Iterator[Edit], local: dict[str, Any]) -> Iterator[Survivor]:
        """The edits after which the line's value is what it must be."""
        for edit in tried:
            if process_time() > self.until:
                return
            try:
                value = self._value(edit.statement, local)
            except Exception:  # an edit may do anything
                continue
            if value is not None and self.fits(value - self.before):
                yield Survivor(edit.cost, deepcopy(edit.statement), edit.what, edit.line,
                               edit.statement)  # fmt: skip

    def _value(self, statement: ast.stmt, local: dict[str, Any]) -> Any:
        """The numbers that a statement would put under the line's names."""
        changes = not (isinstance(statement, ast.Assign | ast.Return)) or any(
            not isinstance(t, ast.Name) for t in getattr(statement, "targets", [])
        )
        here = deepcopy(local) if changes else dict(local)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            here = after(_as_assignment(statement), self.names, here)
        found: list[float] = []
        for value in self.values:
            own = _read(value.name, here)
            if np.shape(own) != value.shape and not isinstance(own, dict | list):
                return None
            found += [float(x) for x in _flat(own)]
        return np.array(found) if len(found) == len(self.before) else None

    def terms(
        self, statement: ast.stmt, function: ast.FunctionDef, local: dict[str, Any],
        words: Vocabulary,
    ) -> list[Survivor]:  # fmt: skip
        """Terms and factors that are missing, from the values that would do."""
        if len(self.values) != 1 or with_term(statement, "0", ast.Add) is None:
            return []
        shape = self.values[0].shape
        if np.prod(shape) != len(self.before):
            return []
        found: list[Survivor] = []
        for text, value in self._pool(function, local, words):
            found += self._as_term(statement, text, value, shape)
            found += self._as_factor(statement, text, value, shape)
        return found

    def _pool(
        self, function: ast.FunctionDef, local: dict[str, Any], words: Vocabulary
    ) -> Iterator[tuple[str, Any]]:
        """Expressions of the function with values at the line, and products of two names."""
        texts = subexpressions(function.body)
        arrays = [n for n in words.names if n not in words.sizes]
        cotangents = [n for n in arrays if any(True for _ in namesakes(n.removeprefix("self.")))]
        texts += [f"{a} * {b}" for a in cotangents for b in arrays]
        texts += [f"{a} @ {b}.T" for a in cotangents for b in arrays if a != b]
        texts += [f"{b}.T @ {a}" for a in cotangents for b in arrays if a != b]
        texts += [f"{a}[:, None]" for a in arrays]
        for text in dict.fromkeys([*words.names, *texts]):
            if process_time() > self.until:
                return
            value = evaluated(text, local, self.names)
            if value is not None:
                yield text, value

    def _as_term(
        self, statement: ast.stmt, text: str, value: Any, shape: tuple[int, ...]
    ) -> Iterator[Survivor]:
        try:
            change = np.broadcast_to(value, shape).ravel()
        except ValueError:
            return
        effect = self.matrix @ change
        with np.errstate(all="ignore"):
            length = float(effect @ effect)
        if not length or not np.isfinite(length):
            return
        factor = float(effect @ self.wanted) / length
        for multiple in (1, 2, 0.5, 3):
            for op, sign in ((ast.Add, 1), (ast.Sub, -1)):
                if abs(factor - sign * multiple) < CLOSE and self.fits(change * sign * multiple):
                    whole = f"{multiple} * ({text})" if multiple != 1 else text
                    new = with_term(statement, whole, op)
                    if new is not None:
                        kind = "is missing" if op is ast.Add else "is to be taken off"
                        cost = 2 + size(text) + (multiple != 1)
                        yield Survivor(cost, new, f"the term {whole} {kind}", new.lineno, statement)

    def _as_factor(
        self, statement: ast.stmt, text: str, value: Any, shape: tuple[int, ...]
    ) -> Iterator[Survivor]:
        before = self.before.reshape(shape)
        for op in (ast.Mult, ast.Div):
            with np.errstate(all="ignore"):
                try:
                    new_value = before * value if op is ast.Mult else before / value
                except ValueError:
                    return
            if np.shape(new_value) != shape or not np.isfinite(new_value).all():
                continue
            if self.fits((new_value - before).ravel()):
                new = with_term(statement, text, op)
                if new is not None and isinstance(statement, ast.Assign | ast.Return):
                    said = text if op is ast.Mult else f"1 / {text}"
                    yield Survivor(1.5 + size(text), new, f"the factor {said} is missing",
                                   new.lineno, statement)  # fmt: skip


def evaluated(text: str, local: Mapping[str, Any], names: Mapping[str, Any] = NUMPY) -> Any:
    """An expression's value as an array of floats; None where it has none."""
    target = ast.Assign([ast.Name("found", ast.Store())], expression(text), lineno=1)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = after(target, names, dict(local))["found"]
    except Exception:  # no value at this line
        return None
    if not isinstance(found, np.ndarray | np.generic | int | float):
        return None  # NumPy asks what has no end, such as np.c_, for all of its entries
    value = np.asarray(found)
    return value.astype(float) if value.dtype.kind in "bif" else None


def _as_assignment(statement: ast.stmt) -> ast.stmt:
    """What a return gives, under the names that it is recorded by."""
    if not isinstance(statement, ast.Return) or statement.value is None:
        return statement
    parts = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
    whole = ast.Dict([ast.Constant(f"return[{k}]") for k in range(len(parts))], list(parts))
    return ast.copy_location(ast.Assign([ast.Name("returned", ast.Store())], whole), statement)


def _read(name: str, local: Mapping[str, Any]) -> Any:
    """The value of a name, an attribute, or an entry of a dictionary by a text."""
    if name.startswith("return["):
        return local["returned"][name]
    path, _, entry = name.partition("[")
    first, *rest = path.split(".")
    value: Any = local[first]
    for part in rest:
        value = getattr(value, part)
    return value[entry.rstrip("]").strip("'")] if entry else value


def _flat(x: Any) -> list[Any]:
    if isinstance(x, dict):
        return [y for v in x.values() for y in _flat(v)]
    if isinstance(x, list | tuple):
        return [y for v in x for y in _flat(v)]
    return entries(np.asarray(x))
