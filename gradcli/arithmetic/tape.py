"""Graphs of scalars as tapes: instructions over registers, run number by number, without arrays.

Must not know any particular op or number system; it gives what the evaluator gives, in less time.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from flint import arb

from gradcli import work
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.objects import Objects
from gradcli.arithmetic.small_array import batch_of
from gradcli.calculus.core import ADD, CONSTANT, MUL, NEG, NUMBER, SUB
from gradcli.calculus.families import Named, Pointwise
from gradcli.graph.node import Node, Op
from gradcli.graph.shape import Letters

# Most of a graph, and a call less for each number.
DIRECT: dict[Op, Callable[..., object]] = {
    ADD: operator.add,
    SUB: operator.sub,
    MUL: operator.mul,
    NEG: operator.neg,
}
LEAVES = NUMBER, CONSTANT
ONE = -1
"""In place of the second register of an instruction that has one alone; below it are more."""


def are_scalars(order: Iterable[Node], given: Collection[Node]) -> bool:
    """Whether every vertex that is to be computed is a number or an elementwise op on scalars.

    An exponent that is a dimension letter waits for its size.
    """
    for node in order:
        if node not in given:
            op, params = node.op, node.params
            if node.shape or not (isinstance(op, Pointwise) or op in LEAVES):
                return False
            if params and isinstance(params[0], Letters):
                return False
    return True


class Tape:
    """A topological order of scalars as instructions: a rule, a register for its value, and whence.

    A register is taken anew once nothing needs what it holds, unless that is `wanted`. What is
    given, and numbers, have theirs to themselves, filled beforehand: what they would leave free is
    more than anything takes, and would hold on to what was in it. An instruction is four whole
    numbers, without an object of its own: graphs are large.
    """

    __slots__ = ("first", "into", "leaves", "many", "rule", "rules", "second", "wanted", "width")

    def __init__(
        self, order: Sequence[Node], given: Collection[Node], wanted: Collection[Node]
    ) -> None:
        computed = [node for node in order if node.args and node not in given]
        last = {arg: place for place, node in enumerate(computed) for arg in node.args}
        self.leaves = [n for n in order if (n in last if n in given else not n.args)]
        for node in (*wanted, *self.leaves):
            last.pop(node, None)
        at = {node: k for k, node in enumerate(self.leaves)}
        self.width = len(at)
        self.rule, self.into = array("i"), array("i")
        self.first, self.second = array("i"), array("i")
        self.rules: dict[tuple[Op, tuple[Any, ...]], int] = {}
        self.many: list[tuple[int, ...]] = []
        rules, free = self.rules, []
        for place, node in enumerate(computed):
            args = node.args
            self.rule.append(rules.setdefault((node.op, node.params), len(rules)))
            self.first.append(at[args[0]] if len(args) < 3 else len(self.many))
            self.second.append(at[args[1]] if len(args) == 2 else -len(args))
            if len(args) > 2:
                self.many.append(tuple(at[arg] for arg in args))
            for arg in args:
                if last.get(arg) == place:
                    del last[arg]
                    free.append(at.pop(arg))
            if free:
                into = free.pop()
            else:
                into = self.width
                self.width += 1
            at[node] = into
            self.into.append(into)
        self.wanted = {node: at[node] for node in wanted if node not in given}

    def run(self, m: Objects, values: Mapping[Node, Array]) -> dict[Node, list[Any]]:
        """What is wanted, a number for each point of a batch, or one for all of them."""
        registers = [_numbers(node, m, values) for node in self.leaves]
        functions = [computing(op, params, m) for op, params in self.rules]
        if all(len(numbers) == 1 for numbers in registers):
            work.current.spend(len(self.rule), "exact numbers")
            alone = [numbers[0] for numbers in registers]
            self._run_alone(alone, functions, m.tame)
            return {node: [alone[k]] for node, k in self.wanted.items()}
        self._run_together(registers, functions, m.tame)
        return {node: registers[k] for node, k in self.wanted.items()}

    def _instructions(self) -> Iterator[tuple[int, int, int, int]]:
        return zip(self.rule, self.into, self.first, self.second, strict=True)

    def _run_alone(
        self, registers: list[Any], functions: Sequence[Callable[..., Any]], tame: Any
    ) -> None:
        """One point: a register holds a number."""
        registers += [None] * (self.width - len(registers))
        for rule, into, first, second in self._instructions():
            if second >= 0:
                x = functions[rule](registers[first], registers[second])
            elif second == ONE:
                x = functions[rule](registers[first])
            else:
                x = functions[rule](*[registers[k] for k in self.many[first]])
            registers[into] = x if x.__class__ is arb else tame(x)

    def _run_together(
        self, registers: list[list[Any]], functions: Sequence[Callable[..., Any]], tame: Any
    ) -> None:
        """Many points: a register holds a number for each, or one for all."""
        registers += [[]] * (self.width - len(registers))
        for rule, into, first, second in self._instructions():
            if second >= 0:
                args = [registers[first], registers[second]]
            elif second == ONE:
                args = [registers[first]]
            else:
                args = [registers[k] for k in self.many[first]]
            registers[into] = pointwise(functions[rule], args, tame)


def walk(order: Iterable[Node], m: Objects, done: dict[Node, Array]) -> None:
    """Add the value of every vertex to what is `done`: where all are kept, no tape is worth it.

    Where a system refuses one, those before it are there.
    """
    order, tame = [*order], m.tame
    known: dict[Node, list[Any]] = {node: done[node].tolist() for node in order if node in done}
    alone = all(len(numbers) == 1 for numbers in known.values())
    if alone:
        work.current.spend(len(order), "exact numbers")
    for node in order:
        if node in known:
            continue
        if not node.args:
            found = _numbers(node, m, done)
        else:
            function, args = computing(node.op, node.params, m), [known[arg] for arg in node.args]
            if alone:
                x = function(*[x for (x,) in args])
                found = [x if x.__class__ is arb else tame(x)]
            else:
                found = pointwise(function, args, tame)
        known[node] = found
        done[node] = batch_of(found)


def _numbers(node: Node, m: Objects, values: Mapping[Node, Array]) -> list[Any]:
    """What a register holds beforehand. KeyError for an input without a value."""
    if node in values:
        given: list[Any] = values[node].tolist()
        return given
    if node.op not in LEAVES:
        raise KeyError(node.params[0])
    return [(m.scalars.number if node.op is NUMBER else m.scalars.constant)(node.params[0])]


def computing(op: Op, params: tuple[Any, ...], m: Objects) -> Callable[..., Any]:
    """What computes an elementwise op of single numbers of a system."""
    if direct := DIRECT.get(op):
        return direct
    assert isinstance(op, Pointwise)
    rule, functions = op.value, m.scalars
    if params:
        return lambda *xs: rule(functions, *xs, *params)
    if isinstance(rule, Named):
        function: Callable[..., Any] = getattr(functions, rule.name)
        return function
    return partial(rule, functions)


def pointwise(
    function: Callable[..., Any], args: Sequence[list[Any]], tame: Callable[[Any], Any]
) -> list[Any]:
    """A function of single numbers at every point of a batch."""
    count = max(map(len, args))
    work.current.spend(count, "exact numbers")
    full = [arg if len(arg) == count else arg * count for arg in args]
    return [x if x.__class__ is arb else tame(x) for x in map(function, *full)]


def in_arrays(found: Mapping[Node, list[Any]]) -> dict[Node, Array]:
    """Numbers of vertices as arrays with the batch axis only."""
    return {node: batch_of(numbers) for node, numbers in found.items()}
