r"""Equations that a function is given by, where it may be any: `f(-x) = f(x)`, `f''(x) = -f(x)`.

Must not know how statements are made. Such an equation is true for some functions only, and what
follows from it as well, so that no claim about them is judged by all.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.elaboration.calls import DERIVATIVES
from gradcli.language.elaboration.primes import PRIME
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.losses import names
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops.abstract import function_name, is_abstract

MADE = ("node", "family", "function")


def bound_maps(builder: TexBuilder, left: Expr, sides: Sequence[Expr]) -> set[str]:
    """The functions that an equation binds, by their names in the language; none for a claim.

    A claim works something out: a derivative of more than the function itself, or what is defined
    by it; and every side depends on the function.
    """
    known, values = builder.known, [left, *sides]
    written = {name for value in values for name in _maps(known, value)}
    if not written:
        return set()
    nodes = [known.probe.node(value, builder.local) for value in values]
    if all(node is nodes[0] for node in nodes):
        return set()
    everywhere = all(written <= _functions(node) for node in nodes)
    worked_out = any(_works_out(known, part) for value in values for part in syntax.parts(value))
    return set() if everywhere and worked_out else written


def _maps(known: KnownNames, value: Expr) -> set[str]:
    """The functions whose values or derivatives stand in an expression."""
    maps = {each.name for each in known.names.values() if each.how == "map"}
    found = names(value)
    return {name for each in found for name in (each, each.rpartition("_")[0]) if name in maps}


def _functions(node: Node) -> set[str]:
    return {function_name(each) for each in topological([node]) if is_abstract(each)}


def _works_out(known: KnownNames, part: Expr) -> bool:
    match part:
        case syntax.Name(name=name):
            return any(each.name == name and each.how in MADE for each in known.names.values())
        case syntax.Derivative(subject=subject):
            return not _is_bare(known, subject)
        case syntax.Call(function=syntax.Name(name=name), arguments=(subject, *_)):
            return name in DERIVATIVES and not _is_bare(known, subject)
    return False


def _is_bare(known: KnownNames, value: Expr) -> bool:
    """Whether it is a function, or a derivative of one, at names."""
    while isinstance(value, syntax.Derivative):
        value = value.subject
    if not isinstance(value, syntax.Call) or not _maps(known, value):
        return False
    inner = value.arguments
    return PRIME not in value.function.name and all(isinstance(x, syntax.Name) for x in inner)
