"""Code for a program: a text in, a function that returns value and derivative as text out.

Must not know options, files or terminals.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from gradcli.api.at_point import chosen_of, declared, introduced, refuse_condition, targets_of
from gradcli.api.points import NameList, Point, Texts, names_in, point
from gradcli.api.question import question
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value, numbers, shape_of
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import number
from gradcli.calculus.differentiate import NoRule, present, pull, push
from gradcli.certify.doubles import counting_up, doubles
from gradcli.emit.functions import function
from gradcli.emit.parts import Test
from gradcli.emit.plan import Plan, plan
from gradcli.errors import Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, describe, sized, sizes_of, tells
from gradcli.language.program import symbolic
from gradcli.reading import Place


@question
def code(
    source: Source | str,
    target: str,
    *,
    wrt: NameList = (),
    let: Texts = (),
    at: Point = (),
    mode: str = "reverse",
    check: bool = False,
    name: str = "f",
    blas: bool = False,
    batch: NameList = (),
    folder: Path | None = None,
) -> str:
    """A function of the program's inputs that returns its output and the derivative by `wrt`.

    Shapes come from `let`, such as `X in R^(m, n)`, from the program or from the point `at`. With
    `check` the code tests itself there. In C `blas` hands products to a BLAS, and `batch` are the
    inputs in which many points differ, for a second function over them. GradcliError for wrong
    input and what a target cannot do.
    """
    if target != "c" and (blas or batch):
        message = f"{'--blas' if blas else '--batch'} is for C"
        own = "multiplies by the BLAS that it came with" if blas else "takes many points as an axis"
        raise wrong("G013", message, help=f"{target} {own}")
    sets, reading = declared(source, let)
    values = point(reading.program, at, Place(folder or Path()))
    # A letter stands for every size, also where the point has one.
    lettered = {*introduced([*sets, reading])}
    shapes = {name: shape_of(value) for name, value in values.items() if name not in lettered}
    found = symbolic([*sets, reading], shapes, "numerator")
    model = found.model
    refuse_condition(model)
    wanted = [*targets_of(model, model.inputs, names_in(wrt)).values()]
    try:
        made = plan([*model.inputs.values()], model.output, wanted, mode)
    except NoRule as error:
        raise wrong("G307", str(error), model.source) from None
    many = [*chosen_of(model.inputs, names_in(batch), "--batch").values()]
    write = partial(function, made, name, target, model.text, blas=blas, batch=many)
    text = write()
    return write(_test(made, values)) if check else text


def _test(made: Plan, values: Mapping[str, Value]) -> Test:
    """The certified values at the doubles nearest to the point; seeds are 1, 2, 3, …"""
    given: dict[Node, Array] = {}
    sizes: dict[str, int] = {}
    for node in made.inputs:
        name = str(node.params[0])
        if name not in values:
            raise wrong("G010", f"--check: {name} has no value", help=f"add  --at {name}=…")
        value = values[name]
        double = (
            evaluate([value], FLOAT64, {})[0]
            if isinstance(value, Node)
            else numbers(value, FLOAT64)
        )
        given[node] = double[0, ...]
        _fit(name, node.shape, double.shape[1:], sizes)
    for node, seed in made.seeds.items():
        shape = tuple(sized(dim, sizes) for dim in node.shape)
        given[seed] = counting_up(shape)
    if made.mode == "forward":
        found = push([made.output], made.seeds)
        wanted = [made.output]
    else:
        found = pull({made.output: made.seeds.get(made.output, number(1))}, made.wanted)
        wanted = made.wanted
    graphs = present(found, wanted)
    value, *derivatives = doubles([made.output, *graphs], given, sizes)
    return Test({node: array.tolist() for node, array in given.items()}, value, derivatives, sizes)


def _fit(name: str, declared: Shape, shape: Shape, sizes: dict[str, int]) -> None:
    """The sizes of letters that a value tells; GradcliError where it has another shape."""
    if not tells(declared, sizes_of(shape), sizes):
        message = f"{name} is declared as {describe(declared)}, its value is {describe(shape)}"
        raise wrong("G201", message)
