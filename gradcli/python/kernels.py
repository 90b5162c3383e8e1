"""A program's value and derivatives as functions of float64 arrays: at one point, and at many.

Must not know how arguments are given. One point runs the code that `gradcli codegen` writes, many
points are one evaluation of the same graphs with the points as their first axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcli.api.question import question
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.buffers import keep_memory
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import number, symbol
from gradcli.calculus.derivative import derivative
from gradcli.calculus.differentiate import NoRule, present, pull, push
from gradcli.emit.loaded import loaded
from gradcli.emit.plan import Plan, plan, planned
from gradcli.errors import wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import describe
from gradcli.language.program import Model

Code = Callable[..., Any]


class Kernels:
    """The functions of one graph, each made when it is first called for.

    `targets` are what is differentiated by; arrays come in the order of `inputs`.
    """

    def __init__(self, model: Model, inputs: Sequence[Node], targets: Mapping[str, Node]) -> None:
        self.model, self.inputs, self.targets = model, [*inputs], dict(targets)
        self.nodes = [*targets.values()]

    def value(self, arrays: Sequence[Array]) -> Any:
        """The output."""
        return self._value(*arrays)[0]

    def value_and_gradients(self, arrays: Sequence[Array]) -> tuple[Any, list[Any]]:
        """The output, which has to be a scalar, and its derivative by each target."""
        value, *gradients = self._gradients(*arrays)
        return value, gradients

    def jacobians(self, arrays: Sequence[Array]) -> list[Any]:
        """The derivative by each target, of output.shape + target.shape."""
        return list(self._jacobians(*arrays)[1:])

    def products(self, arrays: Sequence[Array], tangents: Sequence[Array]) -> list[Any]:
        """The Hessian times the tangents, of which each target has one."""
        return list(self._products(*arrays, *tangents)[1:])

    # -- at many points, which are the first axis of every array

    def values_over(self, arrays: Sequence[Array], sizes: Mapping[str, int]) -> list[Array]:
        """The outputs."""
        return self._over([self.model.output], self.inputs, arrays, sizes)

    def gradients_over(self, arrays: Sequence[Array], sizes: Mapping[str, int]) -> list[Array]:
        """The outputs, and the derivative by each target."""
        graphs = [self.model.output, *self._gradient_graphs]
        return self._over(graphs, self.inputs, arrays, sizes)

    def jacobians_over(self, arrays: Sequence[Array], sizes: Mapping[str, int]) -> list[Array]:
        """The derivative by each target."""
        return self._over(self._jacobian_graphs, self.inputs, arrays, sizes)

    def products_over(
        self, arrays: Sequence[Array], tangents: Sequence[Array], sizes: Mapping[str, int]
    ) -> list[Array]:
        """The Hessian times the tangents."""
        graphs, seeds = self._product_graphs
        return self._over(graphs, [*self.inputs, *seeds], [*arrays, *tangents], sizes)

    def _over(
        self, graphs: Sequence[Node], given: Sequence[Node], arrays: Sequence[Array],
        sizes: Mapping[str, int],
    ) -> list[Array]:  # fmt: skip
        values = dict(zip(given, arrays, strict=True))
        count = max(map(len, arrays), default=1)
        return [
            np.broadcast_to(found, (count, *found.shape[1:]))
            for found in evaluate(graphs, FLOAT64, values, sizes)
        ]

    # -- graphs

    @cached_property
    def _gradient_graphs(self) -> list[Node]:
        self.require_scalar()
        return present(pull({self.model.output: number(1)}, self.nodes), self.nodes)

    @cached_property
    def _jacobian_graphs(self) -> list[Node]:
        return [derivative(self.model.output, node, []) for node in self.nodes]

    @cached_property
    def _product_graphs(self) -> tuple[list[Node], list[Node]]:
        seeds = [symbol(f"tangent {k}", node.shape) for k, node in enumerate(self.nodes)]
        given = dict(zip(self.nodes, seeds, strict=True))
        return present(push(self._gradient_graphs, given), self.nodes), seeds

    # -- code

    @cached_property
    def _value(self) -> Code:
        return self._code(partial(plan, self.inputs, self.model.output, [], "reverse"), alone=True)

    @cached_property
    def _gradients(self) -> Code:
        self.require_scalar()
        return self._code(partial(plan, self.inputs, self.model.output, self.nodes, "reverse"))

    @cached_property
    def _jacobians(self) -> Code:
        return self._code(lambda: self._planned(self._jacobian_graphs))

    @cached_property
    def _products(self) -> Code:
        return self._code(lambda: self._planned(*self._product_graphs))

    def _planned(self, graphs: Sequence[Node], seeds: Sequence[Node] = ()) -> Plan:
        return planned([*self.inputs, *seeds], dict(zip(self.nodes, graphs, strict=True)))

    @question
    def _code(self, make: Callable[[], Plan], alone: bool = False) -> Code:
        """A function that returns a tuple; what is `alone` comes back by itself."""
        try:
            code = loaded(make(), self.model.text)
        except NoRule as error:
            raise wrong("G307", str(error), self.model.source) from None

        keep_memory()

        def quiet(*arrays: Array) -> Any:
            # As in the evaluator: what has no value is NaN, and no warning.
            with np.errstate(all="ignore"):
                found = (code(*arrays),) if alone else code(*arrays)
            return [_doubles(each) for each in found]

        return quiet

    def require_scalar(self) -> None:
        """GradcliError (G201) for an output that has no gradient."""
        if shape := self.model.output.shape:
            message = f"only a scalar has a gradient, and this is {describe(shape)}"
            raise wrong("G201", message, self.model.source, help="ask for its jacobian")


def _doubles(found: Any) -> Any:
    """What is constant is a number of Python's, what counts may be whole."""
    if getattr(found, "dtype", None) == np.float64:
        return found
    return np.asarray(found, dtype=np.float64)[()]
