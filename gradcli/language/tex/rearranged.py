r"""A side whose sizes do not fit, written otherwise: its factors turned or exchanged, its indices.

Must not know what fits, nor what is right. The nearest come first, and what is left alone stays as
it was written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, permutations

from gradcli.errors import Source
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.formula import TexBracket, TexItem, TexRun, TexSum, parsed
from gradcli.language.tex.names import indices, script

MOST_FACTORS = 4
TRANSPOSE = r"^\top"
PLAIN = ("", "cdot")
"""Signs of products whose factors may be exchanged."""
Edit = tuple[int, int, str]
"""What takes the place of a stretch of the text."""


@dataclass(frozen=True, slots=True)
class Rearranged:
    """A side written otherwise: what was done, in words, and its LaTeX."""

    says: str
    text: str


def rearranged(
    source: Source, side: Sequence[Atom], letters: Collection[str]
) -> Iterator[Rearranged]:
    """Ways to write a side that people confuse with it, `letters` being its indices.

    GradcliError where it cannot be parsed.
    """
    tree, start, end = parsed(source, side), side[0].start, side[-1].end
    runs = [*_runs(tree)]
    ways = [
        *_indexed(runs, letters),
        *chain.from_iterable(_multiplied(source, run) for run in runs),
    ]
    for says, edits in sorted(ways, key=lambda way: len(way[1])):
        text = source.text
        for first, last, new in sorted(edits, reverse=True):
            text = text[:first] + new + text[last:]
        yield Rearranged(says, text[start : end + len(text) - len(source.text)])


def _runs(tree: TexSum) -> Iterator[TexRun]:
    """Every product, those in brackets as well."""
    for _, run in tree.terms:
        yield run
        for _, item in run.items:
            if isinstance(item.base, TexBracket):
                for each in item.base.sums:
                    yield from _runs(each)


def _multiplied(source: Source, run: TexRun) -> Iterator[tuple[str, list[Edit]]]:
    """One or two factors transposed, or all in another order and one transposed."""
    factors = [item for sign, item in run.items if sign in PLAIN and item.kind != "NUMBER"]
    if not 2 <= len(factors) <= MOST_FACTORS:
        return
    for order in permutations(factors):
        places = [*zip(factors, order, strict=True)]
        stays = all(place is item for place, item in places)
        for flips in (
            (),
            *((item,) for item in factors),
            *(combinations(factors, 2) if stays else ()),
        ):
            edits = [
                (
                    place.start,
                    place.end,
                    _turned(source, item) if item in flips else _text(source, item),
                )
                for place, item in places
                if place is not item or item in flips
            ]
            says = [] if stays else ["the factors belong in another order"]
            says += [_said(source, flips)] if flips else []
            if edits:
                yield ", and ".join(says), edits


def _text(source: Source, item: TexItem) -> str:
    return source.text[item.start : item.end]


def _transpose(item: TexItem) -> Atom | None:
    """The transpose that a factor bears, and nothing else in its exponent."""
    for each in item.scripts:
        above = script(each.inside[0]) if each.kind == "SUPER" else None
        if above is not None and above.transposes and not above.text:
            return each
    return None


def _turned(source: Source, item: TexItem) -> str:
    """The transpose taken away, or put there."""
    if (borne := _transpose(item)) is not None:
        return source.text[item.start : borne.start] + source.text[borne.end : item.end]
    if item.script("SUPER") is None and item.kind in ("SYMBOL", "BRACKET"):
        return _text(source, item) + TRANSPOSE
    return rf"\left({_text(source, item)}\right){TRANSPOSE}"


def _said(source: Source, items: Sequence[TexItem]) -> str:
    """Transposes in words."""
    has = [_transpose(item) is not None for item in items]
    bare = [
        _turned(source, item) if borne else _text(source, item)
        for item, borne in zip(items, has, strict=True)
    ]
    if len({*has}) > 1:
        return f"the transposes of {' and '.join(bare)} are exchanged"
    return f"{' and '.join(bare)} must {'not ' * has[0]}be transposed here"


def _indexed(runs: Sequence[TexRun], letters: Collection[str]) -> Iterator[tuple[str, list[Edit]]]:
    """One index for another, or two of one name exchanged."""
    for item in (item for run in runs for _, item in run.items):
        below = script(item.script("SUB"))
        parts = indices(below) if below is not None else []
        tokens = [part[0] for part in parts if len(part) == 1 and part[0].text in letters]
        for one, other in combinations(tokens, 2):
            edits = [(one.start, one.end, other.text), (other.start, other.end, one.text)]
            if one.text != other.text:
                yield f"the indices {one.text} and {other.text} are exchanged", edits
        for token in tokens:
            for letter in letters:
                if letter != token.text:
                    edit = (token.start, token.end, letter)
                    yield f"the index is {letter}, not {token.text}", [edit]
