"""Where statements end: line ends inside `(` and `[` are dropped, brackets left open are closed.

Must not know the grammar, nor anything of a statement but its brackets and how it can begin.
"""

from __future__ import annotations

from gradcli.errors import Diagnostic, Source, Span
from gradcli.language.parsing.expressions import line
from gradcli.language.parsing.tables import END
from gradcli.language.parsing.tokens import CLOSING, SIGNS, Bracket, Token, row_of

OPERAND_ENDS = frozenset({"NAME", "NUMBER", "STRING", "RPAR", "RSQB", "TRANSPOSE", "SUPERSCRIPT"})
OPERAND_STARTS = frozenset({"NAME", "PRIMED", "NUMBER", "STRING", "LPAR", "LSQB"})
MEMBERSHIP = frozenset({"IN", "ELEMENT"})
RELATIONS = frozenset({"EQUALS", "APPROX", "FILE"})
STATEMENT_WORDS = frozenset({"FOR", "AT", "DERIVATION", "LAYOUT", "CONVENTION"})
TELLING = frozenset({*CLOSING, *SIGNS, *MEMBERSHIP, "_END", "DERIVATION", "ODD"})
"""What says something of brackets, lines and sets; all else is kept as it is, save in arrays."""
CONTINUING = frozenset({"COMMA", "LPAR"})
LONGEST_ROWS = 500
SPELLINGS = "write plain text: exp(x), sqrt(x), a/b, x^2, x.T, theta"


class StatementLines:
    """The tokens of a text, one statement behind another; `broken` are the ends of those in error.

    A statement that has been complained of here is not complained of again; `left_out` are names
    that a statement which is left out whole would have introduced.
    """

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.kept: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self.broken: set[int] = set()
        self.left_out: list[Token] = []
        self._open: list[Bracket] = []
        self._first = 0
        self._arrange()

    def _arrange(self) -> None:
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.kind not in TELLING and not (self._open and self._open[-1].array):
                self.kept.append(token)
            elif token.kind == "_END":
                self._line_end(index)
            elif token.text == "\\" and self.source.text[token.end : token.end + 1].isalpha():
                index = self._latex(index)
                continue
            elif token.kind == "DERIVATION" and len(self.kept) == self._first:
                self.kept.append(token)
                index = self._title(index + 1)
                continue
            elif token.kind in MEMBERSHIP and self._declares():
                self._interval(index + 1)
                self.kept.append(token)
            else:
                self._inside(token)
            index += 1
        self._close_all(len(self.source.text))
        while self._open:
            self._unclosed(self._open.pop(), len(self.source.text))
        self.kept.append(Token(END, "", len(self.source.text), len(self.source.text)))

    # -- inside a statement

    def _inside(self, token: Token) -> None:
        before = self.kept[-1] if len(self.kept) > self._first else None
        if self._open and self._open[-1].array and not self._open[-1].rows and before:
            self._gap(self._open[-1], before, token)
        if token.kind in CLOSING:
            adjacent = before is not None and before.kind in OPERAND_ENDS
            self._open.append(Bracket(token, token.kind == "LSQB" and not adjacent))
        elif token.kind in SIGNS and self._open:
            token = self._close(token)
        self.kept.append(token)
        if token.kind in ("LBRACE", "RBRACE"):
            self._first = len(self.kept)

    def _close(self, token: Token) -> Token:
        if token.kind == "RBRACE":
            self._close_all(token.start)
            if not self._open:
                return token
        bracket = self._open.pop()
        wanted = CLOSING[bracket.token.kind]
        if bracket.gaps:
            self._missing_comma(bracket, token)
        if wanted == token.kind:
            return token
        if wanted == "RBRACE":
            # A stray ")" in a block is the grammar's to refuse.
            self._open.append(bracket)
            return token
        self._complain(
            "G002",
            f'this "{bracket.token.text}" is closed by "{token.text}"',
            bracket.token,
            marks=((token.span(self.source), f'"{SIGNS[wanted]}" is expected here'),),
        )
        return Token(wanted, SIGNS[wanted], token.start, token.end)

    def _gap(self, bracket: Bracket, before: Token, token: Token) -> None:
        """Whether `before token` in an array may be two elements: `[1 2]`, `[1 -1]`, `[x (y)]`."""
        if before.end == token.start or before.kind not in OPERAND_ENDS:
            return
        if token.kind == "SIGN":
            following = self.source.text[token.end : token.end + 1]
            if following.isspace():
                return
            bracket.signed = True
        elif token.kind not in OPERAND_STARTS or (before.kind == "NAME" and token.kind == "LPAR"):
            return
        bracket.gaps.append(token.start)

    def _missing_comma(self, bracket: Bracket, closing: Token) -> None:
        text, pieces, start = self.source.text, [], bracket.token.start
        for gap in bracket.gaps:
            pieces.append(text[start:gap].rstrip())
            start = gap
        pieces.append(text[start : closing.end])
        whole = Span(self.source, bracket.token.start, closing.end)
        apart = ", ".join(" ".join(piece.split()) for piece in pieces)
        joined = "".join(
            f" {piece[0]} {piece[1:]}" if piece[0] in "+-−" else f"*{piece}" for piece in pieces[1:]
        )
        help = f"write  {line(apart)}"
        if bracket.signed or (len(pieces) == 2 and text[bracket.gaps[0]] not in "[0123456789"):
            help += f"  or  {line(pieces[0] + joined)}"
            message = f'"{line(whole.text)}" can be read in two ways'
            self._complain("G003", message, whole, help=help)
        else:
            place = Span(self.source, bracket.gaps[0], bracket.gaps[0] + 1)
            self._complain("G001", "a comma is missing in this array", place, help=help)

    # -- at the end of a line

    def _line_end(self, index: int) -> None:
        token = self.tokens[index]
        if self._open and self._open[-1].token.kind != "LBRACE":
            if token.text == ";":
                if self._rows(index):
                    return
            elif not self._ends_here(index):
                return
            self._close_all(token.start)
        self.kept.append(token)
        self._first = len(self.kept)

    def _rows(self, index: int) -> bool:
        """Whether a ";" parts the rows of a matrix; then that is said, once a bracket."""
        bracket, token = self._open[-1], self.tokens[index]
        if bracket.token.kind != "LSQB":
            return False
        if not bracket.rows:
            text = self.source.text
            end = text.find("]", token.end, token.end + LONGEST_ROWS)
            if end < 0 or "\n" in text[token.end : end]:
                return False
            bracket.rows = True
            bracket.gaps.clear()
            rows = [row_of(row) for row in text[bracket.token.end : end].split(";")]
            message = '";" does not part the rows of a matrix'
            self._complain("G006", message, token, help=f"write  [{', '.join(rows)}]")
        self.kept.append(Token("COMMA", ",", token.start, token.end))
        return True

    def _ends_here(self, index: int) -> bool:
        """Whether the line behind this line end is blank or begins a statement."""
        if index + 1 == len(self.tokens):
            return True
        following = self.tokens[index + 1]
        if following.text == "\n":
            between = self.source.text[self.tokens[index].end : following.start]
            return not between.strip()
        if following.kind in STATEMENT_WORDS or following.kind in RELATIONS:
            return True
        if following.kind not in (*OPERAND_STARTS, "OF") and following.text != "∂":
            return False
        if self._open[-1].token.kind == "LPAR" and self.kept[-1].kind in CONTINUING:
            # `axis=0` or `t in 1..3` of a call whose arguments stand on lines of their own.
            return False
        return self._looks_like_statement(index + 1)

    def _looks_like_statement(self, index: int) -> bool:
        depth = 0
        names_only = True
        for position in range(index, len(self.tokens)):
            token = self.tokens[position]
            if token.kind == "_END":
                return False
            if depth == 0 and token.kind in RELATIONS:
                return True
            if token.kind in MEMBERSHIP:
                return names_only
            if token.kind == "COMMA" and depth == 0 and not names_only:
                return False
            names_only = names_only and token.kind in ("NAME", "COMMA")
            depth += (token.kind in CLOSING) - (token.kind in SIGNS)
            if depth < 0:
                return False
        return False

    def _close_all(self, place: int) -> None:
        """Close what is open in this statement, and say so of the innermost bracket."""
        first = True
        while self._open and self._open[-1].token.kind != "LBRACE":
            bracket = self._open.pop()
            if first:
                self._unclosed(bracket, place)
                first = False
            else:
                kind = CLOSING[bracket.token.kind]
                self.kept.append(Token(kind, SIGNS[kind], place, place))

    def _unclosed(self, bracket: Bracket, place: int) -> None:
        kind = CLOSING[bracket.token.kind]
        message = f'this "{bracket.token.text}" is never closed'
        self._complain("G002", message, bracket.token, label=f'it needs a "{SIGNS[kind]}"')
        self.kept.append(Token(kind, SIGNS[kind], place, place))

    # -- intervals, whose brackets need not match, and sets of two numbers

    def _declares(self) -> bool:
        index = len(self.kept)
        while index > self._first and self.kept[index - 1].kind in ("NAME", "COMMA"):
            index -= 1
        return index == self._first < len(self.kept)

    def _interval(self, index: int) -> None:
        """Where an interval begins here, make its brackets signs of their own."""
        depth = commas = 0
        for place in range(index, len(self.tokens)):
            token = self.tokens[place]
            if token.kind == "_END" or (place == index and token.kind not in CLOSING):
                return
            depth += (token.kind in CLOSING) - (token.kind in SIGNS)
            commas += depth == 1 and token.kind == "COMMA"
            if depth == 0:
                braces = [self.tokens[index].kind == "LBRACE", token.kind == "RBRACE"]
                if any(braces) and not (all(braces) and commas == 1):
                    return
                self.tokens[index] = self.tokens[index]._replace(kind="FROM")
                self.tokens[place] = token._replace(kind="TO")
                return

    # -- statements that are left out whole

    def _latex(self, index: int) -> int:
        text = self.source.text
        start = text.rfind("\n", 0, self.tokens[index].start) + 1
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        dropped = []
        while self.kept and self.kept[-1].start >= start:
            dropped.append(self.kept.pop())
        self.left_out += [token for token in dropped[-1:] if token.kind == "NAME"]
        while self._open and self._open[-1].token.start >= start:
            self._open.pop()
        self._first = min(self._first, len(self.kept))
        formula = text[start:end].partition("#")[0]
        indent = len(formula) - len(formula.lstrip())
        place = Span(self.source, start + indent, start + len(formula.rstrip()))
        from gradcli.language.parsing.latex_hint import without_latex  # noqa: PLC0415 only a mistake needs it

        mend = without_latex(formula.strip())
        help = f"write  {mend}" if mend else SPELLINGS
        self._complain("G006", "LaTeX is not read here", place, help=help)
        while index < len(self.tokens) and self.tokens[index].start < end:
            index += 1
        return index

    def _title(self, index: int) -> int:
        """A title without quotes is left out, so that the derivation begins here all the same."""
        first = last = index
        while last < len(self.tokens) and self.tokens[last].kind != "_END":
            last += 1
        if last == first or self.tokens[first].kind == "STRING":
            return index
        place = Span(self.source, self.tokens[first].start, self.tokens[last - 1].end)
        help = f'write  derivation "{line(place.text).replace(chr(34), "").strip()}"'
        self._complain("G001", "the title of a derivation stands in quotes", place, help=help)
        return last

    def _complain(
        self,
        code: str,
        message: str,
        place: Token | Span,
        help: str = "",
        marks: tuple[tuple[Span, str], ...] = (),
        label: str = "",
    ) -> None:
        span = place.span(self.source) if isinstance(place, Token) else place
        self.diagnostics.append(Diagnostic(code, message, span, label, help, marks))
        self.broken.add(self._first)
