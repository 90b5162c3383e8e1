"""What can be written at a place: names, functions, sets, derivatives, and what a hole asks for.

Must not know the library of the protocol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradcli.graph.space import AXES
from gradcli.lsp.chunks import Chunk
from gradcli.lsp.document import OpenDocument
from gradcli.lsp.facts import ShownFact
from gradcli.lsp.hover import of_function, of_name
from gradcli.lsp.names import names
from gradcli.lsp.positions import Json
from gradcli.ops import FUNCTIONS
from gradcli.ops.registry import Function
from gradcli.reference.functions import describe, operators

FUNCTION, VARIABLE, KEYWORD, SET, VALUE, CLAIM = 3, 6, 14, 22, 12, 18
"""Kinds of items, by the protocol's numbers."""
SETS = ("R", "R^n", "R^(m, n)", "(0, inf)", "(0, 1)", "[0, 1]", "{0, 1}", "integers(0, n-1)")
WORDS = ("derivation", "for", "at", "at random", "layout denominator", "convention symmetric")
IN_SET = re.compile(r"(?:\bin|∈)\s*[\w^(]*$")
WORD = re.compile(r"[^\W\d]\w*$")


def completion(document: OpenDocument, position: Json) -> list[Json]:
    """The items, best first; what a hole asks for is all that is offered there."""
    offset = document.lines.offset(position)
    chunk = document.around(offset)
    inner = chunk.inner(offset) if chunk else None
    if chunk is None or inner is None:
        return []
    filled = [*_filled(document, chunk, inner)]
    if filled:
        return filled
    line = chunk.text[chunk.text.rfind("\n", 0, inner) + 1 : inner]
    if "#" in line or line.count('"') % 2:
        return []
    if IN_SET.search(line) and "=" not in line:
        return [_item(text, SET, "a set") for text in (*SETS, *(f"{name}(n)" for name in AXES))]
    found = [*_names(document, chunk)]
    word = WORD.search(line)
    if not line[: word.start() if word else len(line)].strip():
        found += _claims(document, chunk)
        found += [_item(text, KEYWORD) for text in WORDS]
    return [*found, *_functions()]


def _filled(document: OpenDocument, chunk: Chunk, inner: int) -> Iterator[Json]:
    piece = document.pieces.get(document.path.parent, chunk)
    for hole in piece.holes if piece else ():
        if hole.text and hole.start <= inner <= hole.end:
            place = document.lines.range(chunk.outer(hole.start), chunk.outer(hole.end))
            yield {
                "label": hole.text,
                "kind": VALUE,
                "detail": f"{hole.left}, {hole.verdict}",
                "filterText": chunk.text[hole.start : hole.end] or hole.text,
                "preselect": True,
                "textEdit": {"range": place, "newText": hole.text},
            }


def _item(label: str, kind: int, detail: str = "") -> Json:
    return {"label": label, "kind": kind, **({"detail": detail} if detail else {})}


def _facts(document: OpenDocument, chunk: Chunk) -> dict[str, ShownFact]:
    """What is known of the names; while a line is being written, as it was before."""
    piece = document.pieces.get(document.path.parent, chunk)
    return piece.names if piece else {}


def _names(document: OpenDocument, chunk: Chunk) -> Iterator[Json]:
    facts = _facts(document, chunk)
    for name in dict.fromkeys([*facts, *names(chunk).bound]):
        item = _item(name, VARIABLE)
        if name in facts:
            text = facts[name].text
            item["detail"] = f"= {text}" if facts[name].defined else f"in {text}"
            item["documentation"] = {"kind": "markdown", "value": of_name(name, facts[name])}
        yield item


def _claims(document: OpenDocument, chunk: Chunk) -> Iterator[Json]:
    """`dL/dw = `: of what was defined last by every input."""
    facts = _facts(document, chunk)
    defined = [name for name, fact in facts.items() if fact.defined]
    for name in defined[-1:]:
        for by, fact in facts.items():
            if not fact.defined:
                label = f"d{name}/d{by} = "
                yield {**_item(label, CLAIM, "a claim"), "filterText": label}


def _functions() -> Iterator[Json]:
    for name, function in FUNCTIONS.items():
        yield _of(name, function)
    for name, page in operators().items():
        documentation = {"kind": "markdown", "value": of_function(page)}
        yield {**_item(name, FUNCTION, page.signature), "documentation": documentation}


def _of(name: str, function: Function) -> Json:
    return {**_item(name, FUNCTION, function.signature), "data": {"function": name}}


def resolved(item: Json) -> Json:
    """An item with its documentation, which is made only for the one that is looked at."""
    name = (item.get("data") or {}).get("function")
    if name not in FUNCTIONS:
        return item
    page = of_function(describe(FUNCTIONS[name]))
    return {**item, "documentation": {"kind": "markdown", "value": page}}
