r"""Functions of which only the sets are told: `f : \mathbb{R}^n \to \mathbb{R}`.

Must not know how a value of one is read, nor what is claimed of it. A sentence that may say more
of a function than that it is one, as "the logistic function" does, declares none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradcli.errors import Source, Span
from gradcli.language.elaboration.primes import MAPS
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

ARROWS = (r"\to", r"\rightarrow", r"\longrightarrow")
COLONS = (":", r"\colon")
PRODUCT = "times"
FORMULA = re.compile(r"\$\$.*?\$\$|\$.*?\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
BESIDE = re.compile(
    r"(?<!\\)%[^\n]*|<!--.*?-->|\\\w*section\*?\{[^}]*\}|\\(?:begin|end)\{[^}]*\}|^#[^\n]*|\\[A-Za-z]+",
    re.DOTALL | re.MULTILINE,
)
"""Comments, headings and commands, which are no words of a sentence."""
END = re.compile(r"[.!?;](?=\s)|\n\s*\n")
WORD = re.compile(r"[^\W\d_]+")
PLAIN = frozenset({
    "a", "act", "acting", "activation", "activations", "acts", "all", "an", "and", "any",
    "applied", "applies", "apply", "arbitrary", "are", "as", "assume", "be", "both", "by",
    "componentwise", "concave", "consider", "continuous", "continuously", "convex",
    "coordinatewise", "differentiable", "each", "element", "elementwise", "entries", "entry",
    "entrywise", "every", "field", "fields", "for", "function", "functions", "has", "have",
    "holds", "infinitely", "is", "it", "let", "loss", "map", "mapping", "maps", "nonlinearity",
    "of", "on", "or", "potential", "real", "scalar", "smooth", "some", "sufficiently", "suppose",
    "take", "that", "them", "then", "they", "three", "times", "to", "twice", "two", "valued",
    "vector", "we", "where", "which", "wise", "with",
})  # fmt: skip
"""Words that say no more of a function than that it is one, and smooth."""


def told_map(source: Source, formula: TexFormula) -> tuple[list[Atom], list[list[Atom]]] | None:
    """What stands before the colon, and every set behind it, that of the values last.

    None for anything else.
    """
    left = formula.sides[0]
    colon = next((k for k, a in enumerate(left) if _text(source, a) in COLONS), None)
    arrows = [_text(source, a) for a in formula.relations]
    if colon is None or len(arrows) != 1 or arrows[0] not in ARROWS:
        return None
    spaces: list[list[Atom]] = [[]]
    for atom in left[colon + 1 :]:
        if atom.kind == "OPERATOR" and atom.text == PRODUCT:
            spaces.append([])
        else:
            spaces[-1].append(atom)
    return left[:colon], [*spaces, formula.sides[1]]


def functions(spaces: Sequence[tuple[Expr, ...]], place: Span) -> syntax.Set:
    """The set of functions between spaces of these dimensions, as the language writes it."""
    arguments = []
    for dims in spaces:
        space: Expr = syntax.Name(place, "R")
        if dims:
            power = dims[0] if len(dims) == 1 else syntax.Tuple(place, dims)
            space = syntax.Binary(place, "^", space, power)
        arguments.append(space)
    return syntax.Set(place, syntax.Name(place, MAPS), (*arguments,), None, None)


def only_said(source: Source, place: Span) -> bool:
    """Whether the sentence around a place says no more of a function than that it is smooth."""
    text = source.text
    masked = FORMULA.sub(lambda match: " " * len(match[0]), text)
    masked = BESIDE.sub(lambda match: " " * len(match[0]), masked)
    ends = [match.end() for match in END.finditer(masked)]
    first = max((end for end in ends if end <= place.start), default=0)
    last = min((end for end in ends if end > place.end), default=len(text))
    return PLAIN.issuperset(word.lower() for word in WORD.findall(masked, first, last))


def _text(source: Source, atom: Atom) -> str:
    return source.text[atom.start : atom.end].strip()
