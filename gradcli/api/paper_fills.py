r"""Sides that a paper asks for, `\frac{dL}{dw} = ?`: found on its sheet, told in its notation.

Must not know how a formula of a vertex is found. One is told only where what the reader takes its
LaTeX for was judged right in that place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from gradcli.api.paper_mends import PaperTwin, mended_with
from gradcli.calculus.core import INPUT
from gradcli.claims import Claimed
from gradcli.diagnosis.evidence.refuted_claim import passes
from gradcli.errors import Span
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.language.documents.sections import all_statements, right_sides
from gradcli.language.tex.reread import side
from gradcli.language.tree import syntax
from gradcli.language.tree.build import changed
from gradcli.language.tree.entry_forms import entry
from gradcli.language.tree.sheet_text import expression_text
from gradcli.language.tree.syntax import Expr
from gradcli.language.typeset.sides import Local
from gradcli.language.written import WrittenDerivation

Formulas: TypeAlias = Callable[[Node, WrittenDerivation, Mapping[Node, str]], Iterable[str]]
"""Ways to write a vertex of a derivation in the language, some vertices as they are told."""


class AskingTwin(PaperTwin):
    """A section of a paper, read with zeros in the place of what it asks for."""

    def right_side(self, start: int, formulas: Formulas) -> tuple[str, str] | None:
        """The LaTeX of the side that belongs there in the paper, and the verdict on it."""
        pairs = zip(self.sides, self.written, strict=True) if self.fits else ()
        for own, written in pairs:
            if written.span.start != start:
                continue
            for key, claimed in self.derivation.claims.items():
                if claimed.span != own.span:
                    continue
                left, local = self._left(written.span), self._local(own.span)
                for wanted in self._ways(claimed, local, formulas):
                    latex = self._habitual(wanted, local)
                    again = side(self.section.known, self.macros, f"{left} = {latex}")
                    meant = None if again is None else self._expression(expression_text(again))
                    if latex is None or meant is None or latex == left:
                        continue
                    verdict = passes(self.case, claimed, mended_with(key, meant))
                    if verdict is not None:
                        return latex, verdict
        return None

    def _ways(self, claimed: Claimed, local: Local, formulas: Formulas) -> Iterator[Expr]:
        """What a left side is; of one by an entry that runs, the entry of what the whole is."""
        left, node = self._claimed_left(claimed.span), claimed.pairs[0].left
        entries: syntax.Index | None = None
        if local and isinstance(left, syntax.Derivative) and len(left.by) == 1:
            by, times = left.by[0]
            if isinstance(by, syntax.Index):
                whole = self._node(changed(left, by=((by.operand, times),)), local)
                entries, node = by, whole if isinstance(whole, Node) else node
        for way in dict.fromkeys(formulas(node, self.derivation, self._slopes(local))):
            found = self._expression(way)
            if found is not None and entries is not None:
                found = entry(found, entries.items, lambda part: self._shape(part, local))
            if found is not None:
                yield found

    def _slopes(self, local: Local) -> dict[Node, str]:
        """The derivatives by which alone a loss is known that nobody defines."""
        found: dict[Node, str] = {}
        known = self.section.known.names.values()
        for loss in (each.name for each in known if each.how == "loss"):
            for name in self.derivation.vertices:
                slope = self._expression(f"d{loss}/d{name}")
                node = None if slope is None else self._node(slope, local)
                if isinstance(node, Node) and node.op is INPUT:
                    found[node] = f"d{loss}/d{name}"
        return found

    def _claimed_left(self, place: Span) -> Expr | None:
        """The left side of the claim that a side of the sheet belongs to."""
        left = None
        for statement in all_statements(self.checked.own.statements):
            left = statement.left if isinstance(statement, syntax.Claim) else left
            if any(s.span == place for s in right_sides(statement)):
                return left
        return None

    def _shape(self, expr: Expr, local: Local) -> Shape:
        node = self._node(expr, local)
        return node.shape if isinstance(node, Node) else ()
