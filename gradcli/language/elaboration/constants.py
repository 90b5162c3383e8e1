"""The whole numbers that a derivation writes beside its dimension letters, as indices, elsewhere.

Must not know what is tried: beyond such a number may be another matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from weakref import WeakKeyDictionary

from gradcli.language.documents.sections import expressions
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Binary, Expr, Name, Number, Unary, children, parts

COMPARING = frozenset({"+", "-", "<", "<=", ">", ">=", "==", "!="})
ARITHMETIC = COMPARING | {"*", "/", "^", "./", ".*", ".^"}
Closed = tuple[frozenset[str], int]
"""Of an expression of letters and numbers alone: which letters, and the largest number."""
NOTHING: Closed = (frozenset(), 0)


class Constants:
    """Read statement by statement: `beside` goes by letter, `index` is the largest index.

    `written` are all numbers, rounded up, and what fractions of one are parts of, as 8 for 1/8.

    `closed` are names that stand for letters and numbers: the letters themselves, the variables of
    loops, what is defined by such, and the parameters of functions, which may be any.
    """

    def __init__(self, letters: Iterable[str]) -> None:
        self.beside: dict[str, int] = {}
        self.index = 0
        self.written: set[int] = set()
        self.closed: dict[str, Closed] = {x: (frozenset({x}), 0) for x in letters}
        self.letters = frozenset(self.closed)

    def read(self, statement: syntax.Statement) -> None:
        """Take notice of the numbers in one more statement; conditions on letters have none."""
        match statement:
            case syntax.Condition():
                return
            case syntax.Loop(variable=variable, low=low, high=high):
                self._range(variable, low, high)
            case syntax.FunctionDefinition(parameters=parameters):
                self.closed |= {name.name: (self.letters, 0) for name in parameters}
        for expr in expressions(statement):
            self._read(expr)
        if isinstance(statement, syntax.Definition) and not statement.indices:
            known = self._summary(statement.value)
            if known is not None:
                self.closed[statement.name.name] = known

    def _range(self, variable: Name, low: Expr, high: Expr) -> None:
        self._indexed(low, high)
        ends = _together(self._summary(end) for end in (low, high))
        self._beside(ends)
        self.closed[variable.name] = ends[0], 0

    def _read(self, expr: Expr) -> None:
        whole = [*parts(expr, throughout)]
        for part in whole:
            if isinstance(part, Number) and part.value:
                inverse = 1 / part.value
                self.written.add(ceil(inverse) if inverse.denominator == 1 else _whole(part))
            if isinstance(part, syntax.IndexRange):
                self._range(part.variable, part.low, part.high)
        known = self._summaries(whole)
        for part in whole:
            match part:
                case Binary(operator=operator) if operator in COMPARING:
                    self._beside(known[part])
                case syntax.Call(arguments=arguments):
                    self._beside(_together(known[each] for each in arguments))
                case syntax.Index(items=items):
                    self._indexed(*items)

    def _beside(self, found: Closed | None) -> None:
        letters, number = found or NOTHING
        for x in letters:
            self.beside[x] = max(self.beside.get(x, 0), number)

    def _indexed(self, *exprs: Expr) -> None:
        for expr in exprs:
            numbers = (_whole(part) for part in parts(expr) if isinstance(part, Number))
            self.index = max(self.index, *numbers, 0)

    def _summary(self, expr: Expr) -> Closed | None:
        return self._summaries([*parts(expr, throughout)])[expr]

    def _summaries(self, whole: list[Expr]) -> dict[Expr, Closed | None]:
        """For every part, after its own parts, whether it is closed."""
        found: dict[Expr, Closed | None] = {}
        for part in reversed(whole):
            found[part] = None
            match part:
                case Number():
                    found[part] = frozenset(), _whole(part)
                case Name(name=name):
                    found[part] = self.closed.get(name)
                case Unary(operand=operand):
                    found[part] = found[operand]
                case Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
                    if found[left] is not None and found[right] is not None:
                        found[part] = _together((found[left], found[right]))
        return found


def _together(found: Iterable[Closed | None]) -> Closed:
    closed = [each for each in found if each is not None]
    letters = frozenset(x for each, _ in closed for x in each)
    return letters, max((number for _, number in closed), default=0)


def _whole(number: Number) -> int:
    return ceil(abs(number.value))


_written: WeakKeyDictionary[syntax.Statement, tuple[Expr, ...]] = WeakKeyDictionary()


def written(statement: syntax.Statement) -> tuple[Expr, ...]:
    """Every expression of a statement and all that is inside, what is in derivatives as well.

    It is kept for as long as the statement is: a section asks for it more than once.
    """
    if statement not in _written:
        every = (part for expr in expressions(statement) for part in parts(expr, throughout))
        _written[statement] = tuple(every)
    return _written[statement]


def throughout(expr: Expr) -> tuple[Expr, ...]:
    """The parts of an expression, those of a derivative as well."""
    if isinstance(expr, syntax.Derivative):
        return (expr.subject, *(by for by, _ in expr.by))
    return children(expr)
