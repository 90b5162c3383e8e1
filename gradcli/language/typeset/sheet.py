r"""A derivation as LaTeX: what is given in words, definitions and claims in `align`.

Must not know how an expression is written, nor which file a derivation comes from. Whatever LaTeX
has no formula for that is read again (sets, conventions) also stands in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

from gradcli.calculus.core import INPUT, number, symbol
from gradcli.errors import GradcliError
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.documents.sections import Section, all_statements, expressions
from gradcli.language.elaboration.primes import declares_functions, shapes_of
from gradcli.language.elaboration.scope import Failed, UserFunction
from gradcli.language.elaboration.substitutions import SUBS
from gradcli.language.elaboration.walk import NeedsSize
from gradcli.language.tex.calls import LETTERS
from gradcli.language.tex.reread import key_of
from gradcli.language.tree import syntax
from gradcli.language.tree.sheet_text import set_text
from gradcli.language.typeset.sides import Local, SideWriter
from gradcli.notation.pieces import dimension, seen
from gradcli.notation.symbols import symbol as symbol_of
from gradcli.notation.symbols import worded

LETTERED = frozenset(map(symbol_of, LETTERS))
"""Letters that are functions of the language where nobody defines them."""
RELATIONS = {
    "=": "=", "≈": r"\approx", "!=": r"\neq", "<": "<", "<=": r"\leq", ">": ">", ">=": r"\geq",
    "==": "=",
}  # fmt: skip
REALS = r"\mathbb{R}"
LINE = 58
"""About how many characters of a formula stand on a line of an `article`."""
WORDY = 0.84
"""How wide a character of a text is, beside one of a formula."""
SMALLEST = 14
"""Characters below which a piece of a long side has no line of its own."""
OPENING = (r"\begin", r"\left", r"\{", "{", "(", "[")
CLOSING = (r"\end", r"\right", r"\}", "}", ")", "]")
SIGN = re.compile(r"\\(?:[{}]|[A-Za-z]+)|[{}()\[\]]| [+-] ")
"""Between what a side is not broken, and where it may be."""
COMMENT = re.compile(r"^[ \t]*#.*(?:\n[ \t]*#.*)*", re.MULTILINE)
PARAGRAPH = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
BEHIND = re.compile(r"[^\n#]*#[ \t]?([^\n]*)")
HEAD = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n"
FOOT = "\n\\end{document}\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an `align`: what stands before the relation, that, behind it, and why it holds.

    `word` is what a comment says of it to whoever reads it again.
    """

    left: str
    relation: str
    right: str
    reason: str = ""
    word: str = ""


class SheetWriter:
    """Writes the statements of one derivation in the order of the text.

    `lettered` writes what needs no sizes, `sides` the rest. `point` has the values that a line `at`
    gives, `unsaid` what has been defined and not yet been claimed about there.
    """

    def __init__(self, text: str, sides: SideWriter, lettered: SideWriter | None = None) -> None:
        self.text, self.sides, self.lettered = text, sides, lettered or sides
        self.blocks: list[str] = []
        self.rows: list[Row] = []
        self.given: list[str] = []
        self.sets: list[str] = []
        self.statements: list[syntax.Statement] = []
        self.point: tuple[tuple[syntax.Name, syntax.Expr], ...] = ()
        self.unsaid: syntax.Expr | None = None
        self.defined: set[str] = set()

    def section(self, section: Section, end: int) -> list[str]:
        """The blocks of a section that goes up to `end` of the text."""
        self.statements = section.statements
        if section.title:
            self.blocks.append(rf"\section*{{{worded(section.title)}}}")
        remarks = [
            match for match in COMMENT.finditer(self.text, section.start, end)
            if not any(s.span.start < match.start() < s.span.end for s in section.statements)
        ]  # fmt: skip
        self._shapes()
        for statement in section.statements:
            while remarks and remarks[0].start() < statement.span.start:
                self._say(remarks.pop(0)[0])
            self._statement(statement, {}, "")
        for remark in remarks:
            self._say(remark[0])
        self._close()
        return self.blocks

    def _shapes(self) -> None:
        """The shapes of inputs that a point alone gives; where all are numbers nothing is said."""
        scope = self.sides.scope
        free = {
            name: node.shape
            for name, node in scope.inputs.items()
            if name not in scope.shapes and isinstance(node, Node)
        }
        if any(free.values()):
            for name, shape in free.items():
                above = r" \times ".join(dimension(size).text for size in shape)
                power = f"^{{{above}}}" if above else ""
                self.sets.append(rf"${self.sides.spelled(name).text} \in \mathbb{{R}}{power}$")

    # -- words and displays

    def _say(self, comment: str) -> None:
        """Lines of comments as paragraphs, which an empty one parts."""
        self._close()
        text = re.sub(r"^[ \t]*#[ \t]?", "", comment, flags=re.MULTILINE).strip()
        self.blocks += [worded(" ".join(each.split())) for each in PARAGRAPH.split(text) if each]

    def _note(self, text: str, shown: str) -> None:
        """What is said in words, and to the reader in a comment."""
        self._close()
        self.blocks.append(f"{noted(text)}\n{shown}")

    def _close(self) -> None:
        """What is begun, declarations or equations, is a block of its own."""
        if self.sets:
            self.blocks.append("\n".join([*self.given, f"Let {', '.join(self.sets)}."]))
            self.given, self.sets = [], []
        if self.rows:
            self.blocks.append(aligned(self.rows))
            self.rows = []

    # -- statements

    def _statement(self, statement: syntax.Statement, local: Local, turns: str) -> None:
        match statement:
            case syntax.Declaration():
                if self.rows:
                    self._close()
                if not _is_plain(statement.set):
                    names = ", ".join(self._key(name.name) for name in statement.names)
                    self.given.append(noted(f"{names} in {set_text(statement.set)}"))
                self.sets.append(self._declared(statement))
            case syntax.Layout() | syntax.Convention():
                self._note(
                    statement.span.text, worded(f"({' '.join(statement.span.text.split())})")
                )
            case syntax.At():
                self.point = statement.values
            case syntax.Loop():
                self._loop(statement, local, turns)
            case syntax.Condition():
                for claim in statement.claims:
                    self._claim(claim.left, claim.sides, local, turns)
            case syntax.Output():
                self._row(Row("", "", self._written(statement.value, local)))
            case syntax.Claim():
                self._claim(statement.left, statement.sides, local, turns)
            case syntax.Definition():
                claim = statement.claim
                name = statement.name.name
                if name in self.defined and not statement.indices:
                    self._claim(claim.left, claim.sides, local, turns)
                    return
                # What is defined holds everywhere, what is said of it at a point there alone.
                self.defined.add(name)
                left = self._written(claim.left, local)
                count = 1 if self.point else len(claim.sides)
                self._equation(left, claim.sides[:count], local, turns)
                self.unsaid = claim.left
                self._further(claim.sides[count:], local, turns)
            case syntax.FunctionDefinition():
                self._function(statement)
            case syntax.Continuation():
                self._further(statement.sides, local, turns)

    def _claim(
        self, left: syntax.Expr, sides: Sequence[syntax.Side], local: Local, turns: str
    ) -> None:
        self.unsaid = None
        at = [replace(side, value=self._at(side.value, local)) for side in sides]
        word = "claim" if self._would_define(left) else ""
        self._equation(self._written(self._at(left, local), local), at, local, turns, word)

    def _would_define(self, left: syntax.Expr) -> bool:
        r"""Whether a left side on paper would be a definition: `\sigma(x)` of a known function."""
        if not isinstance(left, syntax.Call) or left.function.name in self.sides.scope.names:
            return False
        return self._written(left, {}).partition("(")[0] in LETTERED

    def _further(self, sides: Sequence[syntax.Side], local: Local, turns: str) -> None:
        """Sides that go on with a line; at a point those of a definition say again of what."""
        if self.point and self.unsaid is not None and sides:
            self._claim(self.unsaid, sides, local, turns)
        elif sides:
            at = [replace(side, value=self._at(side.value, local)) for side in sides]
            self._equation("", at, local, turns)

    def _at(self, expr: syntax.Expr, local: Local) -> syntax.Expr:
        """An expression at the point that is given, if it depends on it."""
        given = {name.name for name, _ in self.point}
        node = self.sides.elaborator.node(expr, dict(local)) if given else None
        inputs = {str(v.params[0]) for v in topological([node]) if v.op is INPUT} if node else set()
        measured = any(isinstance(value, syntax.FileValue) for _, value in self.point)
        named = any(isinstance(part, syntax.Name) for part in syntax.parts(expr))
        if given.isdisjoint(inputs) and not (measured and named):
            return expr
        return syntax.Call(expr.span, syntax.Name(expr.span, SUBS), (expr,), self.point)

    def _written(self, expr: syntax.Expr, local: Local) -> str:
        if self.lettered is not self.sides:
            with suppress(GradcliError, Failed, NeedsSize):
                return self.lettered.text(expr, local)
        return self.sides.text(expr, local)

    def _row(self, row: Row) -> None:
        if self.sets:
            self._close()
        self.rows.append(row)

    def _equation(
        self, left: str, sides: Sequence[syntax.Side], local: Local, turns: str, word: str = ""
    ) -> None:
        for side, following in zip(sides, [*sides[1:], None], strict=True):
            text = self._written(side.value, local)
            if side.tolerance is not None:
                text += rf" \pm {self._written(side.tolerance.value, local)}"
            reason = self._reason(side.span.end, following.span.start if following else None)
            self._row(Row(left, RELATIONS[side.relation], text + turns, reason, word))
            left = word = ""

    def _reason(self, end: int, following: int | None) -> str:
        """The comment behind a side, at the end of its line."""
        match = BEHIND.match(self.text, end)
        inside = match and (following is None or match.end() <= following)
        return match[1].strip() if match and inside else ""

    def _function(self, statement: syntax.FunctionDefinition) -> None:
        known = self.sides.scope.names.get(statement.name.name)
        if not (isinstance(known, UserFunction) and known.definition is statement):
            self._claim(statement.claim.left, statement.claim.sides, {}, "")
            return
        names = [parameter.name for parameter in statement.parameters]
        local = dict(zip(names, self._parameters(statement), strict=True))
        spelled = [self.sides.spelled(name).text for name in names]
        left = f"{self.sides.spelled(statement.name.name).text}({', '.join(spelled)})"
        self._equation(left, statement.claim.sides, local, "")

    def _parameters(self, function: syntax.FunctionDefinition) -> list[Node]:
        """Symbols for the parameters, shaped as in a call that can be read, else numbers."""
        names = [parameter.name for parameter in function.parameters]
        for statement in all_statements(self.statements):
            for side in expressions(statement):
                for part in syntax.parts(side):
                    if isinstance(part, syntax.Call) and part.function.name == function.name.name:
                        with suppress(GradcliError):
                            values = [self.sides.elaborator.node(x) for x in part.arguments]
                            return [symbol(n, v.shape) for n, v in zip(names, values, strict=True)]
        return [symbol(name, ()) for name in names]

    def _loop(self, loop: syntax.Loop, local: Local, turns: str) -> None:
        name = self.sides.spelled(loop.variable.name).text
        low, high = (self._written(end, local) for end in (loop.low, loop.high))
        first = number(self.sides.elaborator.whole(loop.low, dict(local)))
        inner = dict(local) | {loop.variable.name: first}
        # Over a whole axis an index runs by itself.
        if low != "1" or high not in self.sides.scope.letters:
            turns = (turns + ", " if turns else r", \quad ") + rf"{name} = {low}, \dots, {high}"
        if loop.condition is not None:
            turns += rf", \quad {self._written(loop.condition, inner)}"
        for statement in loop.body:
            self._statement(statement, inner, turns)

    # -- what is given

    def _key(self, name: str) -> str:
        """A name as the reader of LaTeX calls what is set for it here."""
        return key_of(self.sides.spelled(name).text) or name

    def _declared(self, statement: syntax.Declaration) -> str:
        names = ", ".join(self.sides.spelled(name.name).text for name in statement.names)
        if declares_functions(statement):
            return rf"${names} \colon {self._maps(statement)}$ smooth"
        return rf"${names} \in {self._set(statement.set)}$"

    def _maps(self, statement: syntax.Declaration) -> str:
        *domain, values = (self._raised(REALS, dims) for dims in shapes_of(statement.set))
        return r" \times ".join(domain) + rf" \to {values}"

    def _set(self, written: syntax.Set) -> str:
        arguments = [self._size(argument) for argument in written.arguments]
        name = written.name.name if written.name else ""
        if name == "R":
            text = REALS
        elif name == "integers" and len(arguments) == 2:
            text = rf"\{{{arguments[0]}, \dots, {arguments[1]}\}}"
        elif name:
            text = rf"\operatorname{{{name}}}({', '.join(arguments)})"
        elif written.open is None:
            text = rf"\{{{', '.join(arguments)}\}}"
        else:
            left, right = ("(" if written.open[0] else "["), (")" if written.open[1] else "]")
            text = f"{left}{', '.join(arguments)}{right}"
        return self._raised(text, written.power or ())

    def _raised(self, text: str, dims: Sequence[syntax.Expr]) -> str:
        power = r" \times ".join(map(self._size, dims))
        return f"{text}^{{{power}}}" if power else text

    def _size(self, expr: syntax.Expr) -> str:
        try:
            return self._written(expr, {})
        except GradcliError:
            return self.sides.spelled(expr.span.text).text


def _is_plain(written: syntax.Set) -> bool:
    """Whether the reader of LaTeX knows a set as it is set."""
    return written.name is not None and written.name.name == "R" and not written.arguments


def noted(statement: str) -> str:
    """A statement of the language as a comment that the reader of LaTeX takes for one."""
    return f"% gradcli: {' '.join(statement.split())}"


def aligned(rows: Sequence[Row]) -> str:
    """The rows as one `align*`, their relations below each other; what is long is broken."""
    text = ""
    for line, word in reversed([*_lines(rows)]):
        text = line + (r" \\" if text else "") + (word and f" % gradcli: {word}") + "\n" + text
    return f"\\begin{{align*}}\n{text}\\end{{align*}}"


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """The lines, each with the word on it; a row that is broken has it behind its last."""
    indent = max(seen(row.left) for row in rows)
    sides = [[*broken(row.right, LINE - indent)] for row in rows]
    room = LINE - indent - max(seen(text) for pieces in sides for text in pieces)
    for row, pieces in zip(rows, sides, strict=True):
        why = worded(row.reason)
        beside = len(why) <= room / WORDY
        behind = rf" && \text{{{why}}}" if why and beside else ""
        above = "" if beside or not why else rf"\intertext{{{why}:}}" + "\n"
        first, *others = pieces
        lines = [f"{above}{row.left} &{row.relation} {first}"]
        lines += [rf"&\quad {text}" for text in others]
        lines[-1] += behind
        yield from zip(lines, ["" for _ in others] + [row.word], strict=True)


def broken(text: str, most: int) -> Iterator[str]:
    """A side in pieces of about so many characters, each of which begins with a sign of its sum."""
    cuts, depth, start = [], 0, 0
    for match in SIGN.finditer(text):
        if match[0] in OPENING:
            depth += 1
        elif match[0] in CLOSING:
            depth -= 1
        elif depth == 0 and match[0] == r"\quad":
            # What stands behind says for which indices.
            break
        elif depth == 0 and match[0][0] == " ":
            cuts.append(match.start())
    for cut, following in pairwise([*cuts, len(text)]):
        if seen(text[start:following]) > most and seen(text[start:cut]) > SMALLEST:
            yield text[start:cut].strip()
            start = cut
    yield text[start:].strip()


def document(blocks: Sequence[str], standalone: bool) -> str:
    """The blocks as one text; a whole document if it is to stand alone."""
    # An empty line before a display would begin a paragraph without words.
    text = "\n\n".join(blocks).replace("\n\n\\begin{align*}", "\n\\begin{align*}") + "\n"
    return HEAD + "\n" + text + FOOT if standalone else text
