"""A token that cannot be read, with what stands round it: what every complaint is made of.

Must not know which mistakes there are.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.errors import Diagnostic, Source, Span
from gradcli.language.parsing.tables import END
from gradcli.language.parsing.tokens import Token

ENDS = ("_END", END)


@dataclass(eq=False, repr=False)
class Trouble:
    """A token that cannot be read, those around it, and what could stand in its place."""

    source: Source
    tokens: list[Token]
    index: int
    accepted: set[str]

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def near(self, distance: int) -> Token:
        """The token so far from this one; an end where there is none."""
        index = self.index + distance
        if 0 <= index < len(self.tokens):
            return self.tokens[index]
        return Token("_END", "", self.token.start, self.token.start)

    @property
    def first(self) -> Token:
        """The token that its statement begins with."""
        index = self.index
        while index and self.tokens[index - 1].kind not in ENDS:
            index -= 1
        return self.tokens[index]

    @property
    def reach(self) -> int:
        """How many tokens of its statement stand behind it."""
        distance = 0
        while self.near(distance + 1).kind not in ENDS:
            distance += 1
        return distance

    @property
    def rest(self) -> str:
        """The text of its statement behind it."""
        return self.source.text[self.token.end : self.near(self.reach).end]

    def wrong(
        self,
        code: str,
        message: str,
        *,
        label: str = "",
        help: str = "",
        since: int = 0,
        to: int = 0,
    ) -> Diagnostic:
        """A complaint of this token, or of the stretch from one near it to another."""
        start, end = self.near(since).start, self.near(to).end
        if self.token.kind in ENDS and not since:
            # The text ends behind its last token, not behind a comment.
            start = end = self.near(-1).end
        return Diagnostic(code, message, Span(self.source, start, end), label, help)
