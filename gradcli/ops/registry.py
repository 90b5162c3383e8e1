"""The registry of functions: what a table line declares, under the names that users type.

Must not know any particular function: the tables call `pointwise`, `composed` and `function`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gradcli.calculus.families import Partial, Pointwise, Requirement, Rest
from gradcli.graph.node import Node, Op, make

STATIC = frozenset({"axis", "spec", "shape", "n", "order", "dims"})
REQUIRED = object()


class Function:
    """A function of the language. Called with nodes it builds the graph of its value.

    `parameters` are the names of the signature with their defaults (texts), `variadic` says that
    the last one repeats; those in `static` are read while the graph is built: what `STATIC` names
    and what the table adds. `op` is the vertex that a call makes, None where the function is
    composed of others; `means` is the value in terms of other functions.
    """

    def __init__(
        self,
        signature: str,
        build: Callable[..., Node],
        section: str,
        op: Op | None = None,
        aliases: Sequence[str] = (),
        static: Sequence[str] = (),
        means: str = "",
    ) -> None:
        self.signature = signature
        self.means = means
        self.build = build
        self.section = section
        self.op = op
        self.aliases = tuple(aliases)
        self.name, _, inner = signature.rstrip(")").partition("(")
        parts = [part.strip() for part in inner.split(",")] if inner else []
        self.variadic = "…" in parts
        self.parameters: dict[str, str | None] = {}
        for part in parts:
            if part != "…":
                name, equals, default = part.partition("=")
                self.parameters[name] = default if equals else None
        self.static = STATIC.intersection(self.parameters) | set(static)

    def __call__(self, *args: Any, **keywords: Any) -> Node:
        return self.build(*args, **keywords)

    @property
    def required(self) -> int:
        """How many arguments have no default."""
        return sum(default is None for default in self.parameters.values())


FUNCTIONS: dict[str, Function] = {}


def _register(function: Function) -> Function:
    for name in (function.name, *function.aliases):
        assert name not in FUNCTIONS, f"{name} is declared twice"
        FUNCTIONS[name] = function
    return function


def function(
    signature: str,
    build: Callable[..., Node],
    section: str,
    op: Op | None = None,
    aliases: Sequence[str] = (),
    static: Sequence[str] = (),
    means: str = "",
) -> Function:
    """Declare a function by how its graph is built."""
    return _register(Function(signature, build, section, op, aliases, static, means))


def pointwise(
    signature: str,
    *partials: Partial,
    section: str,
    value: Callable[..., Any] | None = None,
    domain: Callable[..., Iterable[Requirement]] | None = None,
    switches: Callable[..., Iterable[Node]] | None = None,
    at_rest: Rest | None = None,
    keeps_sign: bool = False,
    variadic: Callable[..., Node | int] | None = None,
    gate: str | None = None,
    aliases: Sequence[str] = (),
    means: str = "",
    convention: str = "",
    latex: str = "",
) -> Function:
    """Declare an elementwise op: its partials `(z, *args) -> node`, and its value in terms of `m`.

    Without `value` the arithmetic is asked for its own function of that name. `switches` are the
    expressions at whose zeros it is not smooth, and `at_rest` what its value is there (`Rest`):
    without that nothing that has it is proved; `keeps_sign` says that the value is positive, zero
    or negative where the argument is. `means` is the value in terms of other functions,
    `convention` what the partials take for a derivative at a kink, `latex` the notation on paper.
    """
    name = signature.partition("(")[0]
    op = Pointwise(
        name,
        value or (lambda m, *xs: getattr(m, name)(*xs)),
        partials,
        variadic=variadic,
        domain=domain,
        switches=switches,
        at_rest=at_rest,
        keeps_sign=keeps_sign,
        gate=gate,
        convention=convention,
        latex=latex,
    )
    return function(signature, lambda *args: make(op, *args), section, op, aliases, means=means)


def positive(expr: Node, says: str = "") -> list[Requirement]:
    return [Requirement(expr, "> 0", says)]


def nonnegative(expr: Node, says: str = "") -> list[Requirement]:
    return [Requirement(expr, ">= 0", says)]


def nonzero(expr: Node, says: str = "") -> list[Requirement]:
    return [Requirement(expr, "!= 0", says)]
