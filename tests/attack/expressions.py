"""Random tensor expressions with what NumPy makes of them, and their Jacobians by complex steps.

Must not know derivatives, nor use anything of gradcli: every function here is analytic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

Array = Any
Shape = tuple[str, ...]
LETTERS = "mnk"
STEP, WIDTH = 1e-30, 1e-4
SPECS = [
    "ii->", "ii->i", "iii->i", "iij->j", "iji->j", "ij->ji", "ij->i", "ijk->k", "ii,j->j",
    "ii,jj->", "ii,jk->jk", "ij,ij->", "ij,ij->i", "ij,ji->", "ij,kj->ik", "i,i->i", "i,j->ij",
    "i,i,i->", "ii,i->i", "iij,j->", "ij,j,i->", "ij,jk->", "iij,kk->jk", "ii,jk->jk",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """A text of the language, the shape in letters, and its value from inputs by name."""

    text: str
    shape: Shape
    of: Callable[[dict[str, Array]], Array]


def _softmax(x: Array) -> Array:
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


def _even(x: Array) -> Array:
    return x @ x.T + 3 * np.eye(len(x))


UNARY: dict[str, Callable[[Array], Array]] = {
    "tanh({})": np.tanh,
    "sin({})": np.sin,
    "({}) .^ 2": lambda x: x * x,
    "1/(2 + ({}) .^ 2)": lambda x: 1 / (2 + x * x),
    "-({})": lambda x: -x,
    "3*({})": lambda x: 3 * x,
    "sigmoid({})": lambda x: 1 / (1 + np.exp(-x)),
}
TO_SCALAR: dict[str, Callable[[Array], Array]] = {
    "sum({})": np.sum,
    "mean({})": np.mean,
}
OF_VECTOR: list[tuple[str, str, Callable[[Array], Array]]] = [
    ("softmax({})", "a", _softmax),
    ("norm({})", "", lambda x: np.sqrt(np.sum(x * x))),
    ("logsumexp({})", "", lambda x: np.log(np.sum(np.exp(x)))),
    ("diag({})", "aa", np.diag),
    ("outer({0}, {0})", "aa", lambda x: np.outer(x, x)),
    ("sum({0})*({0})", "a", lambda x: np.sum(x) * x),
    ("prod({})", "", np.prod),
]
OF_MATRIX: list[tuple[str, str, Callable[[Array], Array]]] = [
    ("({}).T", "ba", np.transpose),
    ("sum({}, axis=0)", "b", lambda x: x.sum(axis=0)),
    ("mean({}, axis=1)", "a", lambda x: x.mean(axis=1)),
    ("softmax({}, axis=1)", "ab", _softmax),
    ("({0}) @ ({0}).T", "aa", lambda x: x @ x.T),
    ('norm({}, "fro")', "", lambda x: np.sqrt(np.sum(x * x))),
    ("logdet(({0}) @ ({0}).T + 3*eye({a}))", "", lambda x: np.log(np.linalg.det(_even(x)))),
    ("inv(({0}) @ ({0}).T + 3*eye({a}))", "aa", lambda x: np.linalg.inv(_even(x))),
]
OF_SQUARE: list[tuple[str, str, Callable[[Array], Array]]] = [
    ("tr({})", "", np.trace),
    ("diag({})", "a", np.diag),
    ("det({})", "", np.linalg.det),
    ("tr({0})*({0})", "aa", lambda x: np.trace(x) * x),
    ("({0}) - tr({0})*eye({a})/{a}", "aa", lambda x: x - np.trace(x) * np.eye(len(x)) / len(x)),
    ("({0}) @ ({0})", "aa", lambda x: x @ x),
    ("diag(diag({}))", "aa", lambda x: np.diag(np.diag(x))),
]


@dataclass(slots=True)
class Program:
    """One expression of up to three inputs over up to three letters."""

    random: Random
    inputs: dict[str, Shape] = field(default_factory=dict)

    def leaf(self, shape: Shape) -> Expression:
        same = [name for name, of in self.inputs.items() if of == shape]
        if same and (self.random.random() < 0.7 or len(self.inputs) >= 3):
            name = self.random.choice(same)
        elif len(self.inputs) >= 3:
            ones = f"ones({', '.join(shape)})" if shape else "1"
            return Expression(ones, shape, lambda at: np.ones([at[x] for x in shape]))
        else:
            name = "cuAT"[len(shape)] + str(len(self.inputs))
            self.inputs[name] = shape
        return Expression(name, shape, lambda at: at[name])

    def made(self, shape: Shape, depth: int) -> Expression:
        """An expression of this shape."""
        if depth <= 0 or len(shape) > 2:
            return self.leaf(shape)
        ways = [self._unary, self._binary, self._einsum, self._wrapped]
        if len(shape) == 2:
            ways.append(self._matmul)
        for _ in range(20):
            found = self.random.choice(ways)(shape, depth - 1)
            if found is not None:
                return found
        return self.leaf(shape)

    def _unary(self, shape: Shape, depth: int) -> Expression:
        text, f = self.random.choice([*UNARY.items()])
        inner = self.made(shape, depth)
        return Expression(text.format(inner.text), shape, lambda at: f(inner.of(at)))

    def _binary(self, shape: Shape, depth: int) -> Expression:
        other = self.random.choice([shape, (), shape[-1:]])
        a, b = self.made(shape, depth), self.made(other, depth - 1)
        if self.random.random() < 0.5:
            text = f"({a.text}) + ({b.text})"
            return Expression(text, shape, lambda at: a.of(at) + b.of(at))
        text = f"({a.text}) .* ({b.text})"
        return Expression(text, shape, lambda at: a.of(at) * b.of(at))

    def _wrapped(self, shape: Shape, depth: int) -> Expression | None:
        """A function of one array, of any axes that the result leaves open."""
        any_ = self.random.choice
        table = {1: OF_VECTOR, 2: OF_MATRIX + OF_SQUARE}
        ways = [(k, *way) for k, of in table.items() for way in of if _fits(way[1], shape)]
        if not shape:
            ways += [(k, t, "", f) for t, f in TO_SCALAR.items() for k in (1, 2)]
        if not ways:
            return None
        rank, text, out, f = any_(ways)
        bound = dict(zip(out, shape, strict=True))
        square = (text, out, f) in OF_SQUARE
        first = bound.get("a", any_(LETTERS))
        second = first if square else bound.get("b", any_(LETTERS))
        inner = self.made((first, second)[:rank], depth)
        return Expression(text.format(inner.text, a=first), shape, lambda at: f(inner.of(at)))

    def _einsum(self, shape: Shape, depth: int) -> Expression | None:
        specs = [s for s in SPECS if _fits(s.split("->")[1], shape)]
        if not specs:
            return None
        spec = self.random.choice(specs)
        ins, out = spec.split("->")
        bound = dict(zip(out, shape, strict=True))
        for x in ins.replace(",", ""):
            bound.setdefault(x, self.random.choice(LETTERS))
        args = [self.made(tuple(bound[x] for x in names), depth - 1) for names in ins.split(",")]
        text = f'einsum("{spec}", {", ".join(a.text for a in args)})'
        return Expression(text, shape, lambda at: np.einsum(spec, *(a.of(at) for a in args)))

    def _matmul(self, shape: Shape, depth: int) -> Expression:
        inner = self.random.choice(LETTERS)
        a, b = self.made((shape[0], inner), depth), self.made((inner, shape[1]), depth - 1)
        return Expression(f"({a.text}) @ ({b.text})", shape, lambda at: a.of(at) @ b.of(at))

    def point(self, sizes: dict[str, int], seed: int) -> dict[str, Array]:
        draw = np.random.default_rng(seed)
        values = {
            name: np.round(draw.uniform(-1, 1, [sizes[x] for x in shape]), 3)
            for name, shape in self.inputs.items()
        }
        return {**sizes, **values}


def _fits(out: str, shape: Shape) -> bool:
    """Whether a result of these letters can have this shape: equal letters, equal dimensions."""
    if len(out) != len(shape):
        return False
    bound: dict[str, str] = {}
    return all(bound.setdefault(x, dim) == dim for x, dim in zip(out, shape, strict=True))


def drawn(random: Random, depth: int = 4) -> tuple[Program, Expression]:
    """An expression with at least one input."""
    while True:
        program = Program(random)
        shape = tuple(random.choice(LETTERS) for _ in range(random.choice((0, 1, 1, 2))))
        found = program.made(shape, depth)
        if program.inputs and len(found.text) < 200:
            return program, found


def jacobian(expression: Expression, by: str, point: dict[str, Array]) -> Array:
    """By complex steps, of shape output + input."""
    value = np.asarray(expression.of(point))
    out = np.zeros(value.shape + point[by].shape)
    for at in np.ndindex(point[by].shape):
        moved = np.array(point[by], dtype=complex)
        moved[at] += 1j * STEP
        out[(..., *at)] = np.imag(expression.of({**point, by: moved})) / STEP
    return out


def hessian(expression: Expression, by: str, point: dict[str, Array]) -> Array:
    """Of complex steps the central differences, of shape output + input + input; 7 digits."""
    shape = np.shape(expression.of(point)) + point[by].shape
    out = np.zeros(shape + point[by].shape)
    for at in np.ndindex(point[by].shape):
        step = np.zeros(point[by].shape)
        step[at] = WIDTH
        up, down = (jacobian(expression, by, {**point, by: point[by] + s}) for s in (step, -step))
        out[(..., *at)] = (up - down) / (2 * WIDTH)
    return out
