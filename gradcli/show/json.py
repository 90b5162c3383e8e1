"""Results as JSON, by the schema in `gradcli/schema`: the same result gives the same bytes.

Must not know terminals; machine numbers are the nearest doubles of the certified ones.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gradcli.certify.result import Check, DiffResult, InputResult, Kink, TraceEdge, TraceNode
from gradcli.errors import Span
from gradcli.show.numbers import flat, indices, machine, nested, settled
from gradcli.version import __version__

if TYPE_CHECKING:
    from gradcli.reference.functions import FunctionPage

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
        content["nodes"] = trace(result.nodes)
    return dumps(content)


def functions(pages: list[FunctionPage]) -> str:
    """The registry, or one function of it."""
    entries = [asdict(page) for page in pages]
    for entry, page in zip(entries, pages, strict=True):
        entry["derivatives"] = dict(page.derivatives)
        entry["pullbacks"] = dict(page.pullbacks)
        entry["words"] = dict(page.words)
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


def trace(nodes: list[TraceNode]) -> list[dict[str, Any]]:
    """The vertices of a trace with their edges; of tangents the same under other keys."""
    return [_node(node, nodes) for node in nodes]


def _node(node: TraceNode, nodes: list[TraceNode]) -> dict[str, Any]:
    tangents = node.tangent is not None
    found = node.tangent if tangents else node.adjoint
    return {
        "id": node.id,
        "name": node.name,
        "given": node.given,
        "expression": node.expression,
        "latex": node.latex,
        "value": nested(node.value, node.shape),
        "shape": shape_list(node.shape),
        "tangent" if tangents else "adjoint": _or_none(found, node.shape),
        "op": node.op,
        "words": node.words,
        "gate": node.gate.kind if node.gate else None,
        "turn": node.turn,
        "source": _place(node.span),
        "edges": [_edge(edge, node, nodes[edge.to], tangents) for edge in node.edges],
    }


def _edge(edge: TraceEdge, node: TraceNode, to: TraceNode, tangents: bool) -> dict[str, Any]:
    shape = node.shape if edge.elementwise else (*node.shape, *to.shape)
    return {
        "to": edge.to,
        "argument": edge.index,
        "elementwise": edge.elementwise,
        "local": _or_none(edge.local, shape),
        "symbol": {"text": edge.symbol.text, "latex": edge.symbol.latex},
        "rule": {"text": edge.rule.text, "latex": edge.rule.latex},
        "upward" if tangents else "downstream": _or_none(
            edge.flow, node.shape if tangents else to.shape
        ),
    }


def _or_none(array: Any, shape: tuple[Any, ...]) -> Any:
    return None if array is None else nested(array, shape)


def _place(span: Span | None) -> dict[str, Any] | None:
    """A stretch of a text: lines and columns from 1, the end exclusive."""
    if span is None:
        return None
    ends = {"start": span.start, "end": span.end}
    places = {key: span.source.position(offset) for key, offset in ends.items()}
    return {"file": span.file} | {
        key: {"line": row, "column": column} for key, (row, column) in places.items()
    }
