"""Derivations of random tensor programs by hand-written adjoint rules, some with a slip.

Must not know how claims are judged, nor use anything of gradcli: complex steps in NumPy at several
sizes tell which claims are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from tests.attack.verdicts import Attack

Array = Any
Point = dict[str, Array]
SIZES = ({"m": 2, "n": 3, "k": 4}, {"m": 1, "n": 1, "k": 1}, {"m": 3, "n": 2, "k": 1})
STEP, TOLD = 1e-30, 1e-9


@dataclass(frozen=True, slots=True)
class Term:
    """A text and what NumPy makes of it, with its letters; `of` takes names to arrays."""

    text: str
    shape: tuple[str, ...]
    of: Callable[[Point], Array]

    def __str__(self) -> str:
        return f"({self.text})"


def name(text: str, shape: tuple[str, ...]) -> Term:
    return Term(text, shape, lambda point: point[text])


def term(pattern: str, shape: tuple[str, ...], f: Callable[..., Array], *args: Term) -> Term:
    return Term(pattern.format(*args), shape, lambda point: f(*(arg.of(point) for arg in args)))


def times(a: Term, b: Term) -> Term:
    shape = a.shape or b.shape
    return term("{} * {}", shape, lambda x, y: x * y, a, b)


def plus(a: Term, b: Term) -> Term:
    return term("{} + {}", a.shape or b.shape, lambda x, y: x + y, a, b)


def minus(a: Term, b: Term) -> Term:
    return term("{} - {}", a.shape or b.shape, lambda x, y: x - y, a, b)


def matmul(a: Term, b: Term) -> Term:
    return term("{} @ {}", a.shape[:1] + b.shape[1:], np.matmul, a, b)


def transposed(a: Term) -> Term:
    return term("{}.T", a.shape[::-1], np.transpose, a)


def outer(a: Term, b: Term) -> Term:
    return term("outer({}, {})", a.shape + b.shape, lambda x, y: x[:, None] * y[None, :], a, b)


def total(a: Term) -> Term:
    return term("sum({})", (), np.sum, a)


def ones(shape: tuple[str, ...]) -> Term:
    text = f"ones({', '.join(shape)})" if shape else "1"
    return Term(text, shape, lambda point: np.ones([point[x] for x in shape]))


def constant(value: str) -> Term:
    number = float(value)
    return Term(value, (), lambda point: number)


def applied(function: str, a: Term) -> Term:
    by = {"exp": np.exp, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "sin": np.sin,
          "cos": np.cos}  # fmt: skip
    return term(function + "({})", a.shape, by[function], a)


SLOPES: dict[str, Callable[[Term, Term], Term]] = {
    "exp": lambda x, z: z,
    "tanh": lambda x, z: minus(constant("1"), times(z, z)),
    "sigmoid": lambda x, z: times(z, minus(constant("1"), z)),
    "sin": lambda x, z: applied("cos", x),
}
Rule = Callable[[Term], Term]
"""From the adjoint of a vertex to what it hands to one argument."""


@dataclass(slots=True)
class Program:
    """A straight-line program and its adjoint rules, written down as it is drawn."""

    random: Random
    inputs: dict[str, Term] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    vertices: list[tuple[Term, Term]] = field(default_factory=list)
    rules: dict[str, list[tuple[str, Rule]]] = field(default_factory=dict)

    def input(self, shape: tuple[str, ...]) -> Term:
        """An input of this shape, often one that is there already."""
        same = [t for t in self.inputs.values() if t.shape == shape]
        if same and self.random.random() < 0.5:
            return self.random.choice(same)
        letter = "cuA"[len(shape)]
        made = name(f"{letter}{len(self.inputs)}", shape)
        self.inputs[made.text] = made
        return made

    def define(self, value: Term, *edges: tuple[Term, Rule]) -> Term:
        z = name(f"z{len(self.vertices)}", value.shape)
        self.lines.append(f"{z.text} = {value.text}")
        self.vertices.append((z, value))
        for arg, rule in edges:
            self.rules.setdefault(arg.text, []).append((z.text, rule))
        return z

    def grown(self, x: Term) -> Term:
        """One more vertex on top of another."""
        ways = [self._elementwise, self._plus, self._product]
        if len(x.shape) == 2:
            ways += [self._matmul, self._rows, self._transpose]
        if len(x.shape) == 1:
            ways += [self._outer, self._weighted, self._softmax]
        return self.random.choice(ways)(x)

    def _elementwise(self, x: Term) -> Term:
        if self.random.random() < 0.3:
            value = times(x, x)
            return self.define(value, (x, lambda g: times(times(constant("2"), x), g)))
        function = self.random.choice([*SLOPES])
        value = applied(function, x)
        return self.define(value, (x, lambda g: times(g, SLOPES[function](x, value))))

    def _plus(self, x: Term) -> Term:
        b = self.input(x.shape)
        return self.define(plus(x, b), (x, lambda g: g), (b, lambda g: g))

    def _product(self, x: Term) -> Term:
        b = self.input(x.shape)
        return self.define(times(x, b), (x, lambda g: times(g, b)), (b, lambda g: times(g, x)))

    def _matmul(self, x: Term) -> Term:
        if self.random.random() < 0.5:
            b = self.input((x.shape[1], self.random.choice("mnk")))
            return self.define(matmul(x, b), (x, lambda g: matmul(g, transposed(b))),
                               (b, lambda g: matmul(transposed(x), g)))  # fmt: skip
        b = self.input((x.shape[1],))
        return self.define(matmul(x, b), (x, lambda g: outer(g, b)),
                           (b, lambda g: matmul(transposed(x), g)))  # fmt: skip

    def _rows(self, x: Term) -> Term:
        value = term("sum({}, axis=0)", x.shape[1:], lambda a: a.sum(axis=0), x)
        return self.define(value, (x, lambda g: outer(ones(x.shape[:1]), g)))

    def _transpose(self, x: Term) -> Term:
        return self.define(transposed(x), (x, transposed))

    def _outer(self, x: Term) -> Term:
        b = self.input((self.random.choice("mnk"),))
        return self.define(outer(x, b), (x, lambda g: matmul(g, b)),
                           (b, lambda g: matmul(transposed(g), x)))  # fmt: skip

    def _weighted(self, x: Term) -> Term:
        b = self.input(x.shape)
        return self.define(times(total(times(x, b)), x),
                           (x, lambda g: plus(times(total(times(g, x)), b),
                                              times(total(times(x, b)), g))),
                           (b, lambda g: times(total(times(g, x)), x)))  # fmt: skip

    def _softmax(self, x: Term) -> Term:
        p = term("softmax({})", x.shape, lambda a: np.exp(a) / np.exp(a).sum(), x)
        return self.define(p, (x, lambda g: times(p, minus(g, total(times(g, p))))))

    def adjoint(self, of: str, last: str, slip: dict[str, Rule]) -> Term | None:
        """By hand: the sum over all that a vertex hands back, with a rule put in another's place.

        Every adjoint is written out, so that a claim is one formula of inputs and vertices.
        """
        if of == last:
            return constant("1")
        found = None
        for k, (z, rule) in enumerate(self.rules.get(of, [])):
            above = self.adjoint(z, last, slip)
            if above is not None:
                part = slip.get(f"{of} {k}", rule)(above)
                found = part if found is None else plus(found, part)
        return found

    def point(self, sizes: dict[str, int], seed: int) -> Point:
        draw = np.random.default_rng(seed)
        values: Point = {**sizes}
        for text, term_ in self.inputs.items():
            values[text] = draw.uniform(-1, 1, [sizes[x] for x in term_.shape])
        return values

    def run(self, point: Point) -> Point:
        """Every vertex at a point."""
        known = dict(point)
        for z, value in self.vertices:
            known[z.text] = value.of(known)
        return known


def _true(program: Program, by: str, last: str, point: Point) -> Array:
    """The gradient by complex steps, entry by entry."""
    out = np.zeros(point[by].shape)
    for at in np.ndindex(out.shape):
        moved = point[by].astype(complex)
        moved[at] += 1j * STEP
        out[at] = program.run({**point, by: moved})[last].imag / STEP
    return out


def _right(program: Program, by: str, last: str, claim: Term) -> bool | None:
    """Whether a claim is right at all sizes; None where the two are too close to tell."""
    worst = 0.0
    for seed, sizes in enumerate(SIZES):
        point = program.point(sizes, seed)
        true = _true(program, by, last, point)
        claimed = np.broadcast_to(claim.of(program.run(point)), true.shape)
        worst = max(worst, float(np.max(np.abs(true - claimed)) / (1 + np.max(np.abs(true)))))
    return None if TOLD / 1000 < worst < TOLD * 1000 else worst < TOLD


def _slipped(random: Random, rule: Rule) -> Rule:
    """A rule with what people get wrong: a sign, a factor, nothing at all, no local derivative."""
    way = random.randrange(4)
    if way == 0:
        return lambda g: times(constant("-1"), rule(g))
    if way == 1:
        return lambda g: times(constant(random.choice(("2", "0.5"))), rule(g))
    if way == 2:
        return lambda g: times(constant("0"), rule(g))
    return lambda g: g if g.shape == rule(g).shape else times(constant("1.001"), rule(g))


def attacks(seed: int) -> Iterator[Attack]:
    """Without end; about half of them are right."""
    random = Random(f"tensors {seed}")
    while True:
        program = Program(random)
        x = program.input(random.choice([("m", "n"), ("n",), ("n", "n")]))
        start = x.text
        for _ in range(random.randrange(1, 5)):
            x = program.grown(x)
        last = program.define(total(x), (x, lambda g, x=x: times(g, ones(x.shape)))).text
        by = random.choice([start, *program.inputs])
        slip: dict[str, Rule] = {}
        if random.random() < 0.5:
            places = [f"{v} {k}" for v, rules in program.rules.items() for k in range(len(rules))]
            place = random.choice(places)
            of, k = place.rsplit(" ", 1)
            slip[place] = _slipped(random, program.rules[of][int(k)][1])
        claim = program.adjoint(by, last, slip)
        if claim is None or len(claim.text) > 1500:
            continue
        right = _right(program, by, last, claim)
        if right is None:
            continue
        declared = [f"{t.text} in R^({', '.join(t.shape)})" for t in program.inputs.values()]
        yield Attack("\n".join([*declared, *program.lines, f"d{last}/d{by} = {claim.text}"]), right)
