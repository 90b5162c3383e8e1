"""What is said of the place under the pointer: a name, a function, a claim and its evidence.

Must not know the library of the protocol.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.language.tree.literals import canonical
from gradcli.lsp.chunks import Chunk
from gradcli.lsp.document import OpenDocument
from gradcli.lsp.facts import ShownFact
from gradcli.lsp.judging import JudgedClaim, Piece
from gradcli.lsp.names import names
from gradcli.lsp.papers import NamedPlace
from gradcli.lsp.positions import Json
from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import FunctionPage, describe, operators


def hover(document: OpenDocument, position: Json) -> Json | None:
    """The name, or the function, and the claim there, as Markdown; None where there is nothing."""
    offset = document.lines.offset(position)
    chunk = document.around(offset) or document.beside(offset)
    inner = chunk.inner(offset) if chunk else None
    if chunk is None or inner is None:
        return None
    piece = document.pieces.get(document.path.parent, chunk)
    word = _in_paper(piece, inner) if chunk.foreign else _word(chunk, piece, inner)
    claim = _claim(document, chunk, piece, inner)
    places = [word[:2]] if word else []
    parts = [word[2]] if word and word[2] else []
    if claim is not None:
        parts.append(of_claim(claim, _language(chunk)))
        places.append((claim.start, claim.end))
    if not parts:
        return None
    value = "\n\n---\n\n".join(parts)
    place = document.stretch(chunk, *places[0])
    return {"contents": {"kind": "markdown", "value": value}, "range": place}


def _language(chunk: Chunk) -> str:
    if chunk.code:
        return "text"
    return "latex" if chunk.paper else "grad"


def _word(chunk: Chunk, piece: Piece | None, inner: int) -> NamedPlace | None:
    """The word there, and what is said of it, if anything."""
    token = names(chunk).at(inner)
    if token is None:
        return None
    name, text = canonical(token.text), ""
    fact = piece.names.get(name) if piece else None
    # A parameter of a function or a variable of a loop has one value only where it is used.
    if fact and names(chunk).scope(name, inner) is None:
        text = of_name(name, fact)
    elif page := function_page(name):
        text = of_function(page)
    return token.start, token.end, text


def _in_paper(piece: Piece | None, inner: int) -> NamedPlace | None:
    """The shortest name of a paper that stands there."""
    named = [each for each in piece.named if each[0] <= inner <= each[1]] if piece else []
    return min(named, key=lambda each: each[1] - each[0], default=None)


def of_name(name: str, fact: ShownFact) -> str:
    """`w in R^n`, or what a name is defined as, its shape, and its value at the point."""
    joined = f"{name} = {fact.text}" if fact.defined else f"{name} in {fact.text}"
    lines = [fenced(joined), f"{fact.words}, shape `{fact.shape}`"]
    if fact.value:
        lines.append(f"at the point: `{name} = {fact.value}`")
    return "\n\n".join(lines)


def of_function(page: FunctionPage) -> str:
    """Signature, value, derivatives, domain and kinks."""
    return "\n\n".join([fenced(page.signature), *_facts(page)])


def _facts(page: FunctionPage) -> Iterator[str]:
    if page.value:
        yield f"value: `{page.value}`"
    for by, text in page.derivatives:
        yield f"d/d{by}: `{text}`"
    for title, texts in (("domain", page.domain), ("switches at", page.kinks)):
        if texts:
            yield f"{title}: " + ", ".join(f"`{text}`" for text in texts)
    if page.aliases:
        yield "also: " + ", ".join(f"`{name}`" for name in page.aliases)


def of_claim(claim: JudgedClaim, language: str = "grad") -> str:
    """The claim, its verdict, and what that rests on."""
    first, _, rest = claim.told.partition("\n")
    return "\n\n".join([fenced(first, language), rest.replace("\n", "  \n")])


def fenced(text: str, language: str = "grad") -> str:
    """A text of a language in a fence that nothing in it can close."""
    return f"````{language}\n{text}\n````"


def function_page(name: str) -> FunctionPage | None:
    """The page of a function or of a derivative by function; None for another name."""
    if name in FUNCTIONS:
        return describe(FUNCTIONS[name])
    return operators().get(name)


def _claim(
    document: OpenDocument, chunk: Chunk, piece: Piece | None, inner: int
) -> JudgedClaim | None:
    """The claim on whose right side a place lies, else the last one that ends on its line."""
    if piece is None:
        return None
    inside = [each for each in piece.judged if each.start <= inner <= each.end]
    if inside:
        return min(inside, key=lambda each: each.end - each.start)
    line = document.lines.line(chunk.outer(inner))
    same = [e for e in piece.judged if document.lines.line(chunk.outer(e.end)) == line]
    return same[-1] if same else None
