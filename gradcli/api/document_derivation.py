"""One derivation of a document as a case: what it shares, names and is asked of, and its graphs.

Must not know how a case is judged, nor what is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import PurePath
from typing import Any

from gradcli import work
from gradcli.api.givens import Givens
from gradcli.api.listening import Begun, untold
from gradcli.claims import Claimed
from gradcli.errors import Span
from gradcli.judge.case import Case
from gradcli.judge.finding import CheckOptions
from gradcli.language.derivation import derivation
from gradcli.language.documents.sections import Document, Section, exchanged_in, start_behind
from gradcli.language.elaboration.letters import dimensions
from gradcli.language.parsing.parse import Reading
from gradcli.language.tree.syntax import Definition, Expr, Statement
from gradcli.language.turns.induction import turns
from gradcli.language.written import WrittenDerivation
from gradcli.reading import Place
from gradcli.trial.trials import Sizes


class DocumentDerivation:
    """A derivation, what it shares, what is asked of it; `given` is what stands around its text."""

    given: Sequence[Statement] = ()

    def __init__(
        self, document: Document, reading: Reading, shared: Section, own: Section,
        others: list[Section], options: CheckOptions, place: Place, begun: Begun = untold,
    ) -> None:  # fmt: skip
        self.document, self.reading, self.shared, self.own = document, reading, shared, own
        self.options, self.place, self._told = options, place, begun
        self.alone = not others
        source = document.source
        self.end = start_behind(own, others, len(source.text))
        self.first = others[0].start if others else self.end
        self.name = own.title or document.name or PurePath(source.name.strip("<>")).stem
        # A condition that all derivations share may be on a letter that only they name.
        named = [s for section in (own, *others * (own is shared)) for s in section.statements]
        self.said = dimensions([*shared.statements, *own.statements * (own is not shared)], named)

    def case(self) -> Case[WrittenDerivation]:
        """The derivation with what it is given, to be judged or written otherwise."""
        common = self.own is self.shared and self.end < len(self.document.source.text)
        self.givens = Givens(self.shared, self.own, self.place, common)
        return Case(
            self._build, self.givens.values, self.givens.data, self.options, self._wanted,
            lambda claimed, number, of: self.begun(claimed.span, number, of),
            partial(self._build, {}, lifting=True),
            partial(turns, self.shared, self.own, self.options.layout),
        )  # fmt: skip

    def begun(self, claim: Span, number: int, of: int) -> None:
        """Tell of a claim, or of the search for its mend; here the work may be ended."""
        work.pause()
        self._told(claim, number, of)

    def _build(self, sizes: Sizes, lifting: bool = False) -> WrittenDerivation:
        return derivation(self.shared, self.own, sizes=sizes, lifting=lifting, **self._read)

    @cached_property
    def _read(self) -> dict[str, Any]:
        """What there is besides statements and sizes for graphs to be made of."""
        return {
            "given": self.givens.shapes,
            "files": self.givens.files,
            "failed": frozenset(name for place, name in self.reading.failed if self._sees(place)),
            "complained": self.reading.complained,
            "unread": self.reading.unread,
            "layout": self.options.layout,
            "said": self.said,
        }

    def _reread(self, old: Definition, new: Expr) -> Case[WrittenDerivation]:
        """The same derivation with something else in the place of what was defined."""
        side = replace(old.claim.sides[0], value=new)
        claim = replace(old.claim, sides=(side, *old.claim.sides[1:]))
        return self._case_of({old: replace(old, value=new, claim=claim)})

    def _case_of(self, changed: Mapping[Statement, Statement]) -> Case[WrittenDerivation]:
        """The same derivation with other statements in the place of some."""
        shared, own = (exchanged_in(section, changed) for section in (self.shared, self.own))
        own = shared if self.own is self.shared else own

        def build(sizes: Sizes) -> WrittenDerivation:
            return derivation(shared, own, sizes=sizes, **self._read)

        return Case(build, self.givens.values, self.givens.data, self.options, self._wanted)

    def _owns(self, span: Span | None) -> bool:
        if span is None:
            return True
        last = self.end == len(self.document.source.text)
        return self.own.start <= span.start and (last or span.start < self.end)

    def _sees(self, place: int) -> bool:
        """Whether this derivation stands on what is written there: its own text or the shared."""
        return self.own.start <= place < self.end or place < self.first

    def _wanted(self, claimed: Claimed) -> bool:
        return claimed.pairs[0].at not in self.givens.failed and self._asked_for(claimed)

    def _asked_for(self, claimed: Claimed) -> bool:
        """Whether a claim stands on one of the lines that were asked for."""
        if not self.options.lines:
            return True
        source = self.document.source
        first, last = (source.position(k)[0] for k in (claimed.whole.start, claimed.span.end))
        return any(first <= line <= last for line in self.options.lines) and (
            source.position(claimed.span.start)[0] in self.options.lines or first == last
        )
