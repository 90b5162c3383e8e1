"""The kinds of all words of a document, for editors that colour by meaning.

Must not know colours.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.graph.space import AXES
from gradcli.language.parsing import tables
from gradcli.language.parsing.tokens import Token, tokenize
from gradcli.language.tree.literals import canonical
from gradcli.lsp.document import OpenDocument
from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import operators

NUMBER, STRING = "NUMBER", "STRING"
TYPES = (
    "keyword", "function", "variable", "parameter", NUMBER.lower(), STRING.lower(), "operator",
    "comment", "type",
)  # fmt: skip
WORDS = frozenset(
    {"DERIVATION", "FOR", "IN", "AT", "RANDOM", "AND", "OR", "NOT", "IF", "LAYOUT", "CONVENTION"}
)
SIGNS = frozenset(
    {"SIGN", "TIMES", "OVER", "POWER", "SUPERSCRIPT", "TRANSPOSE", "COMPARE", "EQUALS", "APPROX"}
    | {"ELEMENT", "RANGE", "TOLERANCE", "ARROW"}
)
SETS = frozenset({"R", "integers", "functions", *AXES})


def classified(document: OpenDocument) -> Iterator[tuple[int, int, str]]:
    """Every word with its kind, in the order of the text."""
    text = document.code
    inputs = _inputs(document)
    done = 0
    in_set = False
    for token in tokenize(text, tables.load()):
        yield from _comments(text, done, token.start)
        done = token.end
        if token.kind in ("IN", "ELEMENT"):
            in_set = True
        elif token.kind in ("_END", "EQUALS", "LBRACE"):
            in_set = False
        kind = _kind(token, inputs, in_set)
        if kind:
            yield token.start, token.end, kind
    yield from _comments(text, done, len(text))


def _inputs(document: OpenDocument) -> frozenset[str]:
    """Names that are declared as inputs wherever something is known of them, or else bound."""
    return frozenset(
        name
        for _, piece in document.known()
        for name, fact in piece.names.items()
        if not fact.defined
    )


def _kind(token: Token, inputs: frozenset[str], in_set: bool) -> str:
    if token.kind in WORDS:
        return "keyword"
    if token.kind in (NUMBER, STRING):
        return token.kind.lower()
    if token.kind == "FILE":
        return "string"
    if token.kind in SIGNS:
        return "operator"
    if token.kind != "NAME":
        return ""
    name = canonical(token.text)
    if in_set and name in SETS:
        return "type"
    if name in inputs:
        return "parameter"
    if name in FUNCTIONS or name in operators():
        return "function"
    return "variable"


def _comments(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    at = text.find("#", start, end)
    while at >= 0:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        yield at, at + len(text[at:stop].rstrip()), "comment"
        at = text.find("#", stop, end)


def semantic_tokens(document: OpenDocument) -> list[int]:
    """Five numbers a word: lines and columns from the word before, its length, its kind, none."""
    found: list[int] = []
    before = (0, 0)
    for start, end, kind in classified(document):
        place = document.lines.position(start)
        line, column = place["line"], place["character"]
        across = column - before[1] if line == before[0] else column
        width = document.lines.width(start, end)
        found += [line - before[0], across, width, TYPES.index(kind), 0]
        before = line, column
    return found
