"""Results as JSON, by the schema in `gradcli/schema`: the same result gives the same bytes.

Must not know terminals; machine numbers are the nearest doubles of the certified ones.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from gradcli import __version__
from gradcli.certify.result import Check, DiffResult, InputResult, Kink, TraceNode
from gradcli.reference.functions import FunctionPage
from gradcli.show.numbers import flat, indices, machine, nested, settled

SCHEMA = 1


def dumps(content: dict[str, Any]) -> str:
    """The text; ASCII, so that no terminal's encoding changes it."""
    return json.dumps({"schema": SCHEMA, "gradcli": __version__, **content}, allow_nan=False) + "\n"


def diff(result: DiffResult) -> str:
    """The result of `diff`."""
    content: dict[str, Any] = {
        "output": {
            "name": result.name,
            "value": nested(result.value, result.shape),
            **unsettled(result.value),
            "shape": shape_list(result.shape),
            "digits": result.digits,
        },
        "inputs": [_input(found, result) for found in result.inputs],
        "notes": [{"code": note.code, "message": note.message} for note in result.notes],
        "certified": result.certified,
        **exact_zeros(result.zeros),
    }
    if result.nodes is not None:
        content["nodes"] = [_node(node, result.nodes) for node in result.nodes]
    return dumps(content)


def functions(pages: list[FunctionPage]) -> str:
    """The registry, or one function of it."""
    entries = [asdict(page) for page in pages]
    for entry, page in zip(entries, pages, strict=True):
        entry["derivatives"] = dict(page.derivatives)
    return dumps({"functions": entries})


def shape_list(shape: tuple[Any, ...]) -> list[int]:
    """A shape without letters as numbers."""
    return [int(dim) for dim in shape]


def unsettled(array: Any) -> dict[str, bool]:
    """The key that is there only as `false`."""
    return {} if all(map(settled, flat(array))) else {"settled": False}


def exact_zeros(bits: int | None) -> dict[str, Any]:
    """The key that is there only where a zero is one by residues."""
    return {} if bits is None else {"exact_zeros": {"method": "residues", "error": bits}}


def _input(found: InputResult, result: DiffResult) -> dict[str, Any]:
    shape = (*result.shape, *found.shape)

    def way(check: Check) -> Any:
        return None if check.values is None else nested(check.values, shape)

    return {
        "name": found.name,
        "value": nested(found.value, found.shape),
        "shape": shape_list(found.shape),
        "gradient": nested(found.gradient, shape),
        **unsettled(found.gradient),
        "forward": way(found.forward),
        "reverse": way(found.reverse),
        "numeric": way(found.numeric),
        "digits": found.digits,
        "kink": _kinks(found.kinks, shape),
    }


def _kinks(kinks: dict[int, Kink], shape: tuple[Any, ...]) -> Any:
    if not kinks:
        return None
    if not shape:
        return _kink(kinks[0])
    places = list(indices(shape))
    return [{"entry": list(places[k]), **_kink(kinks[k])} for k in sorted(kinks)]


def _kink(kink: Kink) -> dict[str, Any]:
    sides = {"node": kink.node, "left": machine(kink.left), "right": machine(kink.right)}
    return sides | {"why": kink.why} if kink.why else sides


def _node(node: TraceNode, nodes: list[TraceNode]) -> dict[str, Any]:
    edges = []
    for edge in node.edges:
        to = nodes[edge.to].shape
        down = None if edge.downstream is None else nested(edge.downstream, to)
        local = None
        if edge.local is not None:
            same = edge.local.shape == tuple(node.shape)
            local = nested(edge.local, node.shape if same else (*node.shape, *to))
        edges.append({"to": edge.to, "local": local, "downstream": down})
    return {
        "id": node.id,
        "name": node.name,
        "expression": node.expression,
        "value": nested(node.value, node.shape),
        "shape": shape_list(node.shape),
        "adjoint": None if node.adjoint is None else nested(node.adjoint, node.shape),
        "op": node.op,
        "gate": node.gate.kind if node.gate else None,
        "edges": edges,
    }
