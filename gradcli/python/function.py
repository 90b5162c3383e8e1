"""`gradcli.function`: a program as a function of float64 arrays, with its derivatives.

Must not know how values are computed, nor formats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradcli.api.at_point import declared, introduced, refuse_condition, targets_of
from gradcli.api.points import NameList, Texts, names_in, texts_in
from gradcli.api.question import question
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import plain_from_python
from gradcli.errors import GradcliError, Source, wrong
from gradcli.graph.shape import Shape, describe, sized, tells
from gradcli.language.free_names import free_names
from gradcli.language.program import symbolic
from gradcli.language.tree.literals import canonical
from gradcli.python.kernels import Kernels
from gradcli.python.results import Gradient, diff

KEPT = 64
"""Shapes of arguments whose functions are kept."""


class ArrayFunction:
    """A program's output as a function of its inputs, in plain float64.

    Arguments go by position in the order of `inputs`, by name, or in one mapping. Without
    declarations an input has the shape of its array. Where sets are declared, axes in front of
    theirs are points: they are broadcast as NumPy's generalised functions do, and stand in front of
    the result. GradcliError for arguments that do not fit.
    """

    def __init__(
        self, source: Source | str, wrt: NameList, let: Texts, folder: Path | None
    ) -> None:
        self.source = source if isinstance(source, Source) else Source("<expression>", source)
        self.wrt, self.let, self.folder = names_in(wrt), texts_in(let), folder
        self._sets, self._reading = declared(self.source, self.let)
        readings = [*self._sets, self._reading]
        if complaints := [c for reading in readings for c in reading.complaints]:
            raise GradcliError(*complaints)
        self._declared = tuple(introduced(readings))
        self.inputs = self._declared or free_names(readings)
        self._kept: dict[tuple[Shape, ...], tuple[Kernels, list[str]]] = {}

    def __repr__(self) -> str:
        by = f" by {', '.join(self.wrt)}" if self.wrt else ""
        text = " ".join(self.source.text.split())
        return f"<gradcli.function ({', '.join(self.inputs)}) -> {text}{by}>"

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The value: a float64, or an array of the output's shape."""
        call = _ArrayCall(self, args, named)
        if call.lead is None:
            return call.kernels.value(call.arrays)
        return call.spread(call.kernels.values_over(call.flat, call.sizes))[0]

    def grad(self, *args: Any, **named: Any) -> Any:
        """The derivative of a scalar by what `wrt` names, of its shape: a dict where it names more.

        Where there is no derivative this is what the convention of the function gives.
        """
        return self.value_and_grad(*args, **named)[1]

    def value_and_grad(self, *args: Any, **named: Any) -> tuple[Any, Any]:
        """Both at once, as SciPy's `minimize(…, jac=True)` takes them."""
        call = _ArrayCall(self, args, named)
        if call.lead is None:
            value, gradients = call.kernels.value_and_gradients(call.arrays)
        else:
            found = call.kernels.gradients_over(call.flat, call.sizes)
            value, *gradients = call.spread(found)
        return value, call.named(gradients)

    def jacobian(self, *args: Any, **named: Any) -> Any:
        """The derivative of the output, of output.shape + input.shape."""
        call = _ArrayCall(self, args, named)
        if call.lead is None:
            return call.named(call.kernels.jacobians(call.arrays))
        return call.named(call.spread(call.kernels.jacobians_over(call.flat, call.sizes)))

    def hvp(self, *args: Any, tangent: Any, **named: Any) -> Any:
        """The Hessian of a scalar times a tangent of the shape of what `wrt` names.

        Where it names more, the tangent is a mapping; what it does not name rests.
        """
        call = _ArrayCall(self, args, named)
        tangents = call.tangents(tangent)
        if call.lead is None:
            return call.named(call.kernels.products(call.arrays, tangents))
        over = call.kernels.products_over(call.flat, [t[None] for t in tangents], call.sizes)
        return call.named(call.spread(over))

    def certified(self, *args: Any, **named: Any) -> Gradient:
        """What `gradcli.diff` says at a point: every digit certified, kinks and float64's losses.

        The point may also be a text such as `x=1/3, y=2`.
        """
        given = args[0] if len(args) == 1 and isinstance(args[0], str) else self.given(args, named)
        text = "\n".join([*self.let, self.source.text])
        source = Source(self.source.name, text) if self.let else self.source
        return diff(source, given, wrt=self.wrt, folder=self.folder)

    # -- what a call stands on

    def given(self, args: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by name."""
        first = args[0] if len(args) == 1 else None
        if isinstance(first, Mapping):
            args, named = (), {**first, **named}
        if len(args) > len(self.inputs):
            known = ", ".join(self.inputs) or "none"
            raise wrong("G010", f"{len(args)} values for {len(self.inputs)} inputs: {known}")
        found = dict(zip(self.inputs, args, strict=False))
        for key, value in named.items():
            name = canonical(key) or key
            if name in found:
                raise wrong("G010", f"{name} is given twice", help="by position or by name")
            found[name] = value
        return found

    def kernels(self, shapes: Mapping[str, Shape]) -> tuple[Kernels, list[str]]:
        """The functions for arrays of these shapes, which are none where sets say them."""
        key = tuple(shapes.values()) if not self._declared else ()
        if key not in self._kept:
            if len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._made({} if self._declared else shapes)
        return self._kept[key]

    @question
    def _made(self, shapes: Mapping[str, Shape]) -> tuple[Kernels, list[str]]:
        found = symbolic([*self._sets, self._reading], shapes, "numerator")
        model = found.model
        refuse_condition(model)
        targets = targets_of(model, model.inputs, self.wrt)
        return Kernels(model, [*model.inputs.values()], targets), [*model.inputs]


def function(
    source: Source | str, wrt: NameList = (), *, let: Texts = (), folder: Path | None = None
) -> ArrayFunction:
    """A program as a function of float64 arrays, at the speed of the NumPy code that it is.

    `wrt` names inputs or defined vertices, all inputs by default; `let` holds declarations such as
    `W in R^(m, n); x in R^n`. GradcliError for wrong input.
    """
    return ArrayFunction(source, wrt, let, folder)


class _ArrayCall:
    """One call: its arrays, the sizes of letters, and the axes of its points (`lead`, or None)."""

    def __init__(self, made: ArrayFunction, args: Sequence[Any], named: Mapping[str, Any]) -> None:
        given = {name: _array(name, value) for name, value in made.given(args, named).items()}
        self.made = made
        self.kernels, names = made.kernels({name: a.shape for name, a in given.items()})
        if missing := [name for name in names if name not in given]:
            message = f"{missing[0]} has no value"
            raise wrong("G010", message, help=f"the inputs are {', '.join(names)}")
        if unknown := [name for name in given if name not in names and name not in made.inputs]:
            raise wrong("G005", f'unknown name "{unknown[0]}"',
                        help=f"the inputs are {', '.join(names)}")  # fmt: skip
        self.arrays = [given[name] for name in names]
        self.sizes: dict[str, int] = {}
        leads = [
            _lead(name, node.shape, array.shape, self.sizes)
            for name, node, array in zip(names, self.kernels.inputs, self.arrays, strict=True)
        ]
        self.leads = leads
        self.lead: tuple[int, ...] | None = None
        if any(leads):
            try:
                self.lead = np.broadcast_shapes(*leads)
            except ValueError:
                shown = ", ".join(f"{n}: {x}" for n, x in zip(names, leads, strict=True) if x)
                raise wrong("G201", f"the axes of points do not fit: {shown}") from None

    @property
    def flat(self) -> list[Array]:
        """The arrays with all points in their first axis, one where an array has none."""
        return [
            self._flat(array, lead) for array, lead in zip(self.arrays, self.leads, strict=True)
        ]

    def _flat(self, array: Array, lead: tuple[int, ...]) -> Array:
        core = array.shape[len(lead) :]
        if not lead:
            return array[None]
        assert self.lead is not None
        return np.broadcast_to(array, (*self.lead, *core)).reshape(-1, *core)

    def spread(self, found: Sequence[Array]) -> list[Array]:
        """Results with the axes of the points again."""
        assert self.lead is not None
        return [array.reshape(*self.lead, *array.shape[1:]) for array in found]

    def named(self, found: Sequence[Any]) -> Any:
        """The one derivative, or several by the names of what they are by."""
        if len(self.kernels.targets) == 1:
            return found[0]
        return dict(zip(self.kernels.targets, found, strict=True))

    def tangents(self, tangent: Any) -> list[Array]:
        """One for each target, zero for those that are not named."""
        targets = self.kernels.targets
        if not isinstance(tangent, Mapping):
            if len(targets) != 1:
                help = f"give  tangent={{{', '.join(f'{name!r}: …' for name in targets)}}}"
                raise wrong("G010", "a tangent of several inputs is a mapping", help=help)
            tangent = {next(iter(targets)): tangent}
        if unknown := [name for name in tangent if name not in targets]:
            raise wrong("G005", f'the tangent has an unknown name "{unknown[0]}"')
        found = []
        for name, node in targets.items():
            shape = tuple(sized(dim, self.sizes) for dim in node.shape)
            array = _array(name, tangent[name]) if name in tangent else np.zeros(shape)
            if array.shape != shape:
                here, there = describe(array.shape), describe(shape)
                raise wrong("G201", f"the tangent of {name} is {here}, {name} is {there}")
            found.append(array)
        return found


def _array(name: str, value: Any) -> Array:
    return plain_from_python(value, name, "text is for  certified")


def _lead(
    name: str, declared: Shape, shape: tuple[int, ...], sizes: dict[str, int]
) -> tuple[int, ...]:
    """The axes of points in front of those of the declared shape. GradcliError if it has others."""
    extra = max(len(shape) - len(declared), 0)
    if not tells(declared, shape[extra:], sizes):
        known = f" (with {', '.join(f'{k} = {v}' for k, v in sizes.items())})" if sizes else ""
        raise wrong("G201", f"{name} is {describe(declared)}{known}, this is {describe(shape)}")
    return shape[:extra]
