"""The registry of functions: what a table line declares, under the names that users type.

Must not know any particular function: the tables call `pointwise`, `composed` and `function`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, Unpack

from gradcli.calculus.families import Named, Partial, Pointwise, Requirement, Value
from gradcli.graph.node import Node, Op, make

STATIC = frozenset({"axis", "keepdims", "classes", "spec", "shape", "n", "order", "dims"})


class Facts(TypedDict, total=False):
    """What a line may say of a function as a name that users type, beside how it is built.

    `aliases` are other names, `static` parameters that are read while the graph is built, beside
    those in `STATIC`; `means` is the value in terms of other functions. `confused_with` names
    functions, with spaces between, that people write for this one or this one for; `linear` says
    that it is linear in each argument by itself. `backward` says by argument what becomes of δ, the
    derivative by the value, where options or sizes leave no one formula for it. `fold` is the op
    that puts the terms of `f(t=1..n, term)` together, and the value of no terms if there is one.
    `example` is a call and
    a point of it, with ` at ` between, where the names of the parameters do not suggest one.
    `a_letter` says that the name is a letter like any other where it has no arguments, `angle` that
    the argument is an angle, in radians.
    """

    aliases: Sequence[str]
    static: Sequence[str]
    means: str
    confused_with: str
    linear: bool
    backward: Mapping[str, str]
    fold: tuple[Op, int | None]
    example: str
    a_letter: bool
    angle: bool


class Function:
    """A function of the language. Called with nodes it builds the graph of its value.

    `parameters` are the names of the signature with their defaults (texts), `variadic` says that
    the last one repeats; those in `static` are read while the graph is built. `op` is the vertex
    that a call makes, None where the function is composed of others. The rest is in `Facts`.
    """

    def __init__(
        self,
        signature: str,
        build: Callable[..., Node],
        section: str,
        op: Op | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        self.signature = signature
        self.build = build
        self.section = section
        self.op = op
        self.aliases = tuple(facts.get("aliases", ()))
        self.means = facts.get("means", "")
        self.confused_with = facts.get("confused_with", "").split()
        self.linear = facts.get("linear", False)
        self.backward = facts.get("backward", {})
        self.fold = facts.get("fold")
        self.example = facts.get("example", "")
        self.a_letter = facts.get("a_letter", False)
        self.angle = facts.get("angle", False)
        self.name, _, inner = signature.rstrip(")").partition("(")
        parts = [part.strip() for part in inner.split(",")] if inner else []
        self.variadic = "…" in parts
        self.parameters: dict[str, str | None] = {}
        for part in parts:
            if part != "…":
                name, equals, default = part.partition("=")
                self.parameters[name] = default if equals else None
        self.static = STATIC.intersection(self.parameters) | set(facts.get("static", ()))

    def __call__(self, *args: Any, **keywords: Any) -> Node:
        return self.build(*args, **keywords)

    @property
    def required(self) -> int:
        """How many arguments have no default."""
        return sum(default is None for default in self.parameters.values())


FUNCTIONS: dict[str, Function] = {}


def function(
    signature: str,
    build: Callable[..., Node],
    section: str,
    op: Op | None = None,
    **facts: Unpack[Facts],
) -> Function:
    """Declare a function by how its graph is built; AssertionError where a name is taken."""
    made = Function(signature, build, section, op, **facts)
    for name in (made.name, *made.aliases):
        assert name not in FUNCTIONS, f"{name} is declared twice"
        FUNCTIONS[name] = made
    return made


def confused(function: Function) -> list[str]:
    """What is written for a function, or it for that: what its line names, then who names it."""
    others = (each.name for each in FUNCTIONS.values() if function.name in each.confused_with)
    return [*dict.fromkeys([*function.confused_with, *others])]


def pointwise(
    signature: str,
    *partials: Partial,
    section: str,
    value: Value | None = None,
    **line: Any,
) -> Function:
    """Declare an elementwise op: its partials `(z, *args) -> node`, and its value in terms of `m`.

    Without `value` the arithmetic is asked for its own function of that name. What else the line
    may say is in `Facts` (of the function) and in `Differentiable` and `Pointwise` (of the op).
    """
    name = signature.partition("(")[0]
    facts: Any = {key: line.pop(key) for key in Facts.__annotations__ if key in line}
    op = Pointwise(name, value or Named(name), partials, **line)
    return function(signature, lambda *args: make(op, *args), section, op, **facts)


def positive(expr: Node, says: str = "") -> list[Requirement]:
    """The domain where a graph is above 0; elsewhere `says`, with `{}` for its value, is said."""
    return [Requirement(expr, "> 0", says)]


def nonnegative(expr: Node, says: str = "") -> list[Requirement]:
    """The domain where a graph is 0 or above."""
    return [Requirement(expr, ">= 0", says)]


def nonzero(expr: Node, says: str = "") -> list[Requirement]:
    """The domain where a graph is not 0."""
    return [Requirement(expr, "!= 0", says)]
