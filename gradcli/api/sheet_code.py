"""What a claim about code says, as the check of code has it: graphs as forward, a call as backward.

Must not know files of derivations, nor what is concluded. The same calls are made with tracked
numbers and with floats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from gradcli.calculus.core import INPUT
from gradcli.code.arrays import entries
from gradcli.code.conventions import Forwarded, Misfit, Running, find
from gradcli.code.counterexample import written
from gradcli.code.execution import shape_of
from gradcli.code.graphs import values as values_of
from gradcli.code.points import Sizes
from gradcli.code.session import SESSIONS
from gradcli.graph.node import Node
from gradcli.language.tree.syntax import CodeCall, Expr, Name, Number
from gradcli.language.written import CodeClaim


class SheetCode:
    """A claim that a function of a file returns the left side.

    `at` gives the claim at sizes of the letters. `forward` is the function that makes what the
    derivation has not got, with the names there of what its parameters are given.
    """

    relation, runs = "", True

    def __init__(
        self, at: Callable[[Sizes], CodeClaim], path: str, label: str, forward: str | None,
        arguments: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.at, self.path, self.label = at, path, label
        self.imports: list[str] = []
        self.made_by, self.arguments = forward, arguments

    def forward(self, values: Mapping[str, Any], running: Running) -> Forwarded:
        """The derivation's values, and the call that is claimed to return its left side."""
        claim = self.at(running.sizes)
        self.imports = [*filter(None, [self.made_by]), *called_names(claim.code.call)]
        call = _SheetRun(claim, running.load(self.path), self.made_by, self.arguments)
        self._evaluate(claim, call, values, running.sizes)
        prepared = call.prepared()
        made: list[Any] = []

        def backward(_: Any) -> None:
            made.append(call.called(*prepared))

        found = Forwarded(call.objective(), backward, gives=False, claims=False)
        found.written = call.written()
        found.restated = lambda _: [(claim.name, made[0], call.left)]
        return found

    @staticmethod
    def _evaluate(
        claim: CodeClaim, call: _SheetRun, values: Mapping[str, Any], sizes: Sizes
    ) -> None:
        inputs = {node: values[name] for name, node in call.inputs(values).items()}
        wanted = {name: claim.known[name] for name in call.names()}
        subject = claim.derived[0].of if claim.derived else claim.node
        source = claim.span.source
        SESSIONS[-1].at = (source.name, source.position(claim.whole.start)[0], 0)
        try:
            left, of, *rest = values_of([claim.node, subject, *wanted.values()], inputs, sizes)
        finally:
            SESSIONS[-1].at = None
        call.left, call.subject = left, of
        call.values = dict(zip(wanted, rest, strict=True))


class _SheetRun:
    """One run of the call of a claim, with the values of the names in it."""

    def __init__(
        self, claim: CodeClaim, names: Mapping[str, Any], forward: str | None,
        arguments: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.claim, self.functions = claim, names
        self.made_by, self.arguments = forward, arguments
        self.values: dict[str, Any] = {}
        self.left: Any = None
        self.subject: Any = None
        self.forwarded: Any = None

    def inputs(self, values: Mapping[str, Any]) -> dict[str, Node]:
        known = {**self.claim.known}
        return {name: known[name] for name in values if name in known}

    def names(self) -> list[str]:
        """Those of the derivation that the call, or the forward in its place, is given."""
        found = _names(self.claim.code.call)
        if any(name not in self.claim.known for name in found):
            found += self.arguments.values()
        return [name for name in dict.fromkeys(found) if name in self.claim.known]

    def prepared(self) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of the call, those made by code among them."""
        listed: list[Any] = []
        named: dict[str, Any] = {}
        for keyword, argument in self.claim.code.call.arguments:
            value = self._argument(argument)
            if keyword:
                named[keyword] = value
            else:
                listed.append(value)
        return listed, named

    def called(self, listed: Sequence[Any], named: Mapping[str, Any]) -> Any:
        call = self.claim.code.call
        return _array(_part(find(self.functions, call.name)(*listed, **named), call), call)

    def objective(self) -> Any:
        """What is differentiated: the code's own output times its adjoint where both are there."""
        first = self.claim.code.call.arguments[:1]
        result = self.forwarded
        out = result[0] if isinstance(result, tuple) and result else result
        if out is not None and first and isinstance(first[0][1], Name):
            given = self.values.get(first[0][1].name)
            if given is not None and shape_of(given) == shape_of(out):
                pairs = zip(entries(out), entries(given), strict=True)
                return sum((x * y for x, y in pairs), 0)
        if not shape_of(self.subject):
            return self.subject
        return sum(entries(self.subject), 0)

    def written(self) -> tuple[str, str]:
        """What stands before the call as NumPy code, and the call."""
        call = self.claim.code.call
        inputs = {str(node.params[0]) for node in self.claim.known.values() if node.op is INPUT}
        lines = [f"{n} = {written(x)}" for n, x in self.values.items() if n not in inputs]
        unknown = [name for name in _names(call) if name not in self.values]
        if unknown:
            given = ", ".join(f"{p}={name}" for p, name in self.arguments.items())
            lines.append(f"_, {unknown[0]} = {self.made_by}({given})")
        return "\n".join(lines), _text(call)

    def _argument(self, argument: Expr) -> Any:
        if isinstance(argument, Number):
            value = argument.value
            return int(value) if value.denominator == 1 else value
        if isinstance(argument, CodeCall):
            given = {key: self._argument(x) for key, x in argument.arguments if key}
            listed = [self._argument(x) for key, x in argument.arguments if not key]
            found = find(self.functions, argument.name)(*listed, **given)
            self.forwarded = found if self.forwarded is None else self.forwarded
            return _part(found, argument)
        assert isinstance(argument, Name)
        if argument.name in self.values:
            return deepcopy(self.values[argument.name])
        return self._made()

    def _made(self) -> Any:
        """What the forward returns beside its output."""
        assert self.made_by is not None
        if self.forwarded is None:
            given = {p: deepcopy(self.values[name]) for p, name in self.arguments.items()}
            self.forwarded = find(self.functions, self.made_by)(**given)
        result = self.forwarded
        if not isinstance(result, tuple) or len(result) < 2:
            raise Misfit(f"{self.made_by} returns no cache beside its output")
        return result[1] if len(result) == 2 else result[1:]


def _names(call: CodeCall) -> list[str]:
    found: list[str] = []
    for _, argument in call.arguments:
        if isinstance(argument, CodeCall):
            found += _names(argument)
        elif isinstance(argument, Name):
            found.append(argument.name)
    return found


def _text(call: CodeCall) -> str:
    """A call as Python has it."""
    given = []
    for key, argument in call.arguments:
        text = _text(argument) if isinstance(argument, CodeCall) else argument.span.text
        given.append(f"{key}={text}" if key else text)
    return f"{call.name}({', '.join(given)})" + "".join(f"[{place!r}]" for place in call.places)


def called_names(call: CodeCall) -> list[str]:
    """The functions that a call is made of."""
    inner = [x for _, x in call.arguments if isinstance(x, CodeCall)]
    return [call.name, *(name for x in inner for name in called_names(x))]


def _part(result: Any, call: CodeCall) -> Any:
    """The part of a result that is meant."""
    shown = call.name
    for place in call.places:
        try:
            result = result[place]
        except (LookupError, TypeError):
            raise Misfit(f"{shown} returns nothing at [{place!r}]") from None
        shown += f"[{place!r}]"
    return result


def _array(result: Any, call: CodeCall) -> Any:
    """What a claim can be about; Misfit for what holds several arrays."""
    if isinstance(result, tuple | list | dict):
        keys = [*result] if isinstance(result, dict) else [*range(len(result))]
        shown = call.name + "".join(f"[{place!r}]" for place in call.places)
        example = f", as in {shown}[{keys[0]!r}](…)" if keys else ""
        raise Misfit(f"{shown} returns {len(keys)} values: say which{example}")
    return result
