r"""Names as their author set them: `yhat` is `\hat y` where the paper has it so.

Must not know what a name means; only a spelling that the reader takes for that very name is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gradcli.language.documents.sections import all_statements, expressions
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.reread import key_of
from gradcli.language.tex.tokens import Macros
from gradcli.language.tree import syntax
from gradcli.language.tree.build import all_parts
from gradcli.notation.pieces import LatexText, spelled
from gradcli.notation.precedence import Level

TRANSPOSES = re.compile(
    r"\^(\\top|T|\\intercal|\{\s*\\?(?:top|T|intercal)\s*\}|\{\\math\w+\s*\{?T\}?\}|\\math\w+\{T\})"
    r"(?![A-Za-z])"
)
BARS = re.compile(r"\\left\\lVert (.*?) \\right\\rVert")
BRACED = re.compile(r"\^\{(\w)\}")
INDEXED = re.compile(r"_\{(\w)\}")


def in_habit(text: str, paper: str) -> str:
    """LaTeX with the transposes, bars, exponents and indices that a paper has."""
    used = [match[0] for match in TRANSPOSES.finditer(paper)]
    if used:
        text = text.replace(r"^\top", max(used, key=used.count))
    if paper.count(r"\|") > paper.count("Vert"):
        text = BARS.sub(lambda match: rf"\|{match[1]}\|", text)
    if re.search(r"\^\d", paper) and not BRACED.search(paper):
        text = BRACED.sub(r"^\1", text)
    if re.search(r"_\w", paper) and not INDEXED.search(paper):
        text = INDEXED.sub(r"_\1", text)
    return text


class AuthorSpelling:
    """The names of a section, each by its shortest spelling in it; others as usual."""

    def __init__(
        self, statements: Sequence[syntax.Statement], known: KnownNames, macros: Macros
    ) -> None:
        self.known, self.macros = known, macros
        self.texts: dict[str, LatexText] = {}
        read: dict[str, str] = {}
        for name in written_names(statements):
            text = " ".join(name.span.text.split())
            if not text.isascii():
                continue  # in a comment in the language, not in LaTeX
            if text not in read:
                read[text] = self._name(text)
            old = self.texts.get(name.name)
            if read[text] == name.name and (old is None or len(text) < len(old.text)):
                self.texts[name.name] = _piece(text)

    def __call__(self, name: str) -> LatexText:
        return spelled(name, self.texts)

    def _name(self, text: str) -> str:
        """The name that the reader takes a text for; empty for anything but a name."""
        found = self.known.names.get(key_of(text, self.macros, self.known.fonts))
        return found.name if found else ""


def written_names(statements: Sequence[syntax.Statement]) -> Iterator[syntax.Name]:
    """Every name as it was written, wherever it stands."""
    for statement in all_statements(statements):
        match statement:
            case syntax.Declaration(names=names):
                yield from names
            case syntax.Definition(name=name) | syntax.FunctionDefinition(name=name):
                yield name
        for side in expressions(statement):
            yield from (p for p in syntax.parts(side, all_parts) if isinstance(p, syntax.Name))


def _piece(text: str) -> LatexText:
    """A name with how tightly it holds together: an exponent binds it less than an index."""
    scripts = text.replace(r"\_", "")
    level = Level.POWER if "^" in scripts else Level.SUBSCRIPT if "_" in scripts else Level.ATOM
    return LatexText(text, level)
