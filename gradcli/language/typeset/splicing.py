"""A changed expression put into the LaTeX that it was written in: what stays is left as it stands.

Must not know what was changed, nor why; whoever asks has the result read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradcli.language.tree.build import SUMS, is_sum, same
from gradcli.language.tree.syntax import Binary, Call, Derivative, Expr, Fold, children

Write = Callable[[Expr], str | None]


class Splicer:
    """Puts expressions into the place of one that was `written`.

    `read` is the same tree as `written`, in the language; what differs is set by `write`.
    """

    def __init__(self, written: Expr, read: Expr, write: Write) -> None:
        self.written, self.read, self.write = written, read, write
        self.pairs = [*_pairs(written, read)]

    def text(self, new: Expr) -> str | None:
        """The LaTeX of a whole expression; None where it cannot be told from its parts."""
        return self._text(self.written, self.read, new)

    def _text(self, written: Expr, read: Expr, new: Expr) -> str | None:
        if same(read, new):
            return _shown(written)
        if (grown := self._grown(written, read, new)) is not None:
            return grown
        if _alike(read, new):
            parts = [*zip(children(written), children(read), children(new), strict=True)]
            texts = [self._text(*part) for part in parts]
            made = _put(written, [part[0] for part in parts], texts)
            match read, new:
                case Binary(operator=old), Binary(operator=sign) if made and old != sign:
                    made = _turned(written, texts, sign)
            if made is not None:
                return made
        return self._new(new) if is_sum(read) else self._factor(new)

    def _grown(self, written: Expr, read: Expr, new: Expr) -> str | None:
        """A product with one factor more in front or behind; None for anything else."""
        if not isinstance(new, Binary) or new.operator != "*" or is_sum(read):
            return None
        behind = same(read, new.left)
        if not behind and not same(read, new.right):
            return None
        factor = self._factor(new.right if behind else new.left)
        if factor is None:
            return None
        return f"{_shown(written)} {factor}" if behind else f"{factor} {_shown(written)}"

    def _factor(self, expr: Expr) -> str | None:
        text = self._new(expr)
        return f"({text})" if text is not None and is_sum(expr) else text

    def _new(self, expr: Expr) -> str | None:
        """What stands elsewhere in what was written is written alike, all else anew."""
        for written, read in self.pairs:
            if same(read, expr):
                return _shown(written)
        return self.write(expr)


def _pairs(written: Expr, read: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The parts of two trees that are alike, side by side."""
    left = [(written, read)]
    while left:
        pair = left.pop()
        yield pair
        left += zip(*(children(each) for each in pair), strict=False)


def _alike(read: Expr, new: Expr) -> bool:
    """Whether two expressions differ in their parts alone, or in the sign of a sum."""
    match read, new:
        case Binary(operator=old), Binary(operator=sign):
            return old == sign or (old in SUMS and sign in SUMS)
        case Call(function=old_name), Call(function=name):
            return old_name.name == name.name and len(read.arguments) == len(new.arguments)
        case (Fold(), _) | (Derivative(), _):
            return False
    return type(read) is type(new) and len([*children(read)]) == len([*children(new)]) > 0


def _extent(expr: Expr) -> tuple[int, int]:
    """Where an expression stands, with the brackets of its first and its last part."""
    text, (start, end) = expr.span.source.text, (expr.span.start, expr.span.end)
    open_, lost = 0, 0
    for char in text[start:end]:
        if char in "([{":
            open_ += 1
        elif char in ")]}":
            lost, open_ = (lost, open_ - 1) if open_ else (lost + 1, open_)
    while open_ and end < len(text):
        open_ += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text[end], 0)
        end += 1
    while lost and start:
        start -= 1
        lost += {"(": -1, "[": -1, "{": -1, ")": 1, "]": 1, "}": 1}.get(text[start], 0)
    for sign in (r"\left", r"\big", r"\Big", r"\bigl", r"\Bigl"):
        if expr.span.start > start and text[:start].endswith(sign):
            start -= len(sign)
    return start, end


def _shown(expr: Expr) -> str:
    start, end = _extent(expr)
    return expr.span.source.text[start:end]


def _put(written: Expr, parts: list[Expr], texts: list[str | None]) -> str | None:
    """The text of an expression with others in the place of its parts, which lie beside another."""
    source, (place, last), pieces = written.span.source.text, _extent(written), []
    for part, text in zip(parts, texts, strict=True):
        start, end = _extent(part)
        if text is None or start < place or end > last:
            return None
        pieces += [source[place:start], text]
        place = end
    return "".join([*pieces, source[place:last]])


def _turned(written: Expr, texts: list[str | None], sign: str) -> str | None:
    """A sum with the other sign between its two parts."""
    left, right = map(_extent, children(written))
    source, (first, last) = written.span.source.text, _extent(written)
    between = source[left[1] : right[0]]
    old = "-" if sign == "+" else "+"
    if between.count(old) != 1:
        return None
    between = between.replace(old, sign)
    return f"{source[first : left[0]]}{texts[0]}{between}{texts[1]}{source[right[1] : last]}"
