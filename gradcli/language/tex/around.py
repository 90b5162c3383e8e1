"""What formulas declare and define for the fences of the language that stand between them.

Must not know how a fence is judged. What a fence introduces by itself is its own, and what is made
of a loss that nobody defines is known to formulas alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gradcli.language.documents.sections import all_statements
from gradcli.language.tex.document import TexDocument
from gradcli.language.tex.lasting import introduced, lasting, without
from gradcli.language.tex.losses import used_in, used_names
from gradcli.language.tex.sheet import TexSection, sections
from gradcli.language.tree import syntax


class FormulasAround:
    """The sections of a document, read when they are first asked for."""

    def __init__(self, document: TexDocument) -> None:
        self.document = document

    @cached_property
    def sections(self) -> list[TexSection]:
        """Every section of the document."""
        return sections(self.document)

    def __call__(self, at: int, own: Sequence[syntax.Statement]) -> list[syntax.Statement]:
        """What holds for statements that begin at a place, of all that they use."""
        section = [each for each in self.sections if each.start <= at][-1]
        fences = [b for each in self.sections for b in each.blocks if b.kind == "sheet"]
        given = [
            statement
            for statement in (*section.inherited, *lasting(section.statements))
            if not isinstance(statement, syntax.Layout | syntax.Convention)
            and not any(b.start <= statement.span.start < b.end for b in fences)
        ]
        losses = {each.name for each in section.known.names.values() if each.how == "loss"}
        names = {name for each in all_statements(own) for name in introduced(each)}
        kept, _ = without(given, names | losses | section.known.of_losses)
        return [*_used(kept, used_in(own))]


def _used(given: Sequence[syntax.Statement], wanted: set[str]) -> list[syntax.Statement]:
    """Those that introduce what is wanted, and what they are made of."""
    found: list[syntax.Statement] = []
    for statement in reversed(given):
        if wanted & introduced(statement):
            wanted |= used_names(statement)
            found.insert(0, statement)
    return found
