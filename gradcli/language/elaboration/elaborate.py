"""An expression of the syntax tree becomes a node: names looked up, calls resolved.

Must not know statements or values.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from gradcli.calculus.core import NEG, NOT, full, number, symbol
from gradcli.calculus.families import Pointwise
from gradcli.errors import Diagnostic, wrong
from gradcli.graph.node import Node, make
from gradcli.graph.shape import describe
from gradcli.language.elaboration.calls import (
    DERIVATIVES,
    check_call,
    composed_call,
    no_function,
    product_call,
    unknown_function,
)
from gradcli.language.elaboration.deriving import DerivativeVisitors
from gradcli.language.elaboration.differentials import SIGN, Differentials
from gradcli.language.elaboration.indexing import IndexVisitors, is_new
from gradcli.language.elaboration.indices import check_taken
from gradcli.language.elaboration.library import LibraryCalls
from gradcli.language.elaboration.lifting import Lifting, rests_on
from gradcli.language.elaboration.lost_axes import spread_along
from gradcli.language.elaboration.members import (
    absent,
    array,
    member_name,
    no_array,
    no_member,
    spans,
    still_open,
)
from gradcli.language.elaboration.operators import (
    as_number,
    binary,
    check_depth,
    check_rows,
    condition,
    prime_of_a_scalar,
    product_of,
    transpose_of_a_tensor,
    transpose_or_power,
)
from gradcli.language.elaboration.primes import PRIME, Primes
from gradcli.language.elaboration.scope import AbstractFunction, Closed, Family, Scope, UserFunction
from gradcli.language.elaboration.substitutions import SUBS, Substitutions
from gradcli.language.elaboration.walk import Local, NeedsSize, Step, Walker
from gradcli.language.tree import syntax
from gradcli.language.tree.literals import rounding
from gradcli.language.tree.syntax import Expr
from gradcli.ops import FUNCTIONS
from gradcli.ops.algebra import flat
from gradcli.ops.shaping import stack, transpose

SPREADING = ("+", "-", ".*", "./")
"""Operators that NumPy's broadcasting serves without a word."""


class Elaborator(Walker):
    """The visitors of all constructs; those of derivatives and indices are parts of their own.

    `remarks` are what should be said of expressions that can be read, by where they begin.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.derivatives = DerivativeVisitors(self)
        self.differentials = Differentials(self)
        self.substitutions = Substitutions(self)
        self.indices = IndexVisitors(self)
        self.remarks: dict[int, Diagnostic] = {}
        self.primes = Primes(self)
        self.library = LibraryCalls(self)
        self.lifting: Lifting | None = None
        self.leaves |= {
            syntax.Number: self._number,
            syntax.Name: self._name,
            syntax.Text: self._text,
            syntax.FileValue: self._file,
            syntax.CodeValue: self._code,
            syntax.Tuple: self._tuple,
        }
        self.visitors |= {
            syntax.Array: self._array,
            syntax.Unary: self._unary,
            syntax.Binary: self._binary,
            syntax.Beside: self._beside,
            syntax.BarCall: self.library.bars,
            syntax.Transpose: self._transpose,
            syntax.Index: self._index,
            syntax.Derivative: self.derivatives.visit,
            syntax.Call: self._call,
            syntax.Fold: self._fold,
        }

    # -- one visitor a construct: it yields the expressions it needs and returns a node -----------

    def _number(self, expr: syntax.Number, local: Local) -> Node:
        if self.rounded is not None and (ends := rounding(expr.span.text, expr.value)):
            literal = symbol(f"(literal {expr.span.start})", ())
            self.rounded[literal] = ends
            return literal
        return number(expr.value)

    def _name(self, expr: syntax.Name, local: Local) -> Node:
        vertex = self.differentials.of_name(expr.name, local)
        if vertex is not None:
            return self.differentials.taken(vertex, expr.span)
        meaning = self.scope.lookup(expr, local)
        if isinstance(meaning, Family) and meaning.members:
            return self._whole_family(expr, meaning)
        return self._value(expr, meaning)

    def _whole_family(self, name: Expr, family: Family) -> Node:
        """The array that all members fill, in the order of their indices."""
        if name.span.text in self.scope.open:
            raise still_open(name, name.span.text)
        missing = absent(family, spans(family))
        if missing is not None:
            raise no_array(name, name.span.text, family, missing)
        return array(family, spans(family))

    def _text(self, expr: syntax.Text, local: Local) -> Node:
        raise wrong("G009", "a quoted text is only an option of a function", expr.span)

    def _file(self, expr: syntax.FileValue, local: Local) -> Node:
        if expr.path in self.scope.files:
            return symbol(f"@{expr.path}", self.scope.files[expr.path])
        raise wrong(
            "G010", "a file gives the value of an input; it stands in  at W = @w.npy", expr.span
        )

    def _code(self, expr: syntax.CodeValue, local: Local) -> Node:
        help = f"claim it of something:  dL/dW = {' '.join(expr.span.text.split())}"
        raise wrong("G010", "code is only held to what is defined without it", expr.span, help=help)

    def _tuple(self, expr: syntax.Tuple, local: Local) -> Node:
        raise wrong(
            "G001", "a list in round brackets is only a shape, as in reshape(x, (2, 3))", expr.span,
            help="for a vector write  [a, b]",
        )  # fmt: skip

    def _array(self, expr: syntax.Array, local: Local) -> Step:
        items = []
        for item in expr.items:
            node = as_number((yield item, local))
            check_depth(item, node)
            items.append(flat(node))
        check_rows(expr, items)
        return stack(*items)

    def _unary(self, expr: syntax.Unary, local: Local) -> Step:
        operand = yield expr.operand, local
        if expr.operator == "not":
            condition(expr.operand, operand, wanted=True)
        else:
            operand = as_number(operand)
        if expr.operator == "+":
            return operand
        return make(NOT if expr.operator == "not" else NEG, operand)

    def _binary(self, expr: syntax.Binary, local: Local) -> Step:
        left = yield expr.left, local
        if expr.operator == "^" and isinstance(expr.right, syntax.Name) and expr.right.name == "T":
            known = self.scope.known("T") or "T" in local or "T" in self.scope.sizes_named
            if known and not left.shape:
                # A number has no transpose.
                return binary(expr, left, (yield expr.right, local))
            if known:
                raise transpose_or_power(expr)
            return transpose(left)
        return self._made(expr, left, (yield expr.right, local))

    def _made(self, expr: syntax.Binary, left: Node, right: Node) -> Node:
        node = binary(expr, left, right)
        if expr.operator == "@":
            self.composed.made(node, product_call(left, right))
        if expr.operator in SPREADING and (remark := spread_along(expr, left, right)):
            self.remarks.setdefault(expr.span.start, remark)
        return self.lifting.plain(node) if self.lifting else node

    def _beside(self, expr: syntax.Beside, local: Local) -> Step:
        left, right = (yield expr.left, local), (yield expr.right, local)
        expr.operator = product_of(expr, left, right)
        return self._made(expr, left, right)

    def _transpose(self, expr: syntax.Transpose, local: Local) -> Step:
        operand = yield expr.operand, local
        if not operand.shape and expr.span.text.endswith("'"):
            raise prime_of_a_scalar(expr)
        if len(operand.shape) > 2:
            raise transpose_of_a_tensor(expr, operand)
        return transpose(operand)

    def _call(self, expr: syntax.Call, local: Local) -> Step:
        name = expr.function.name
        if name.endswith(PRIME):
            return (yield from self.primes.visit(expr, local))
        meaning: Any = local.get(name)
        if meaning is None and self.scope.known(name):
            meaning = self.scope.lookup(expr.function, local)
        if isinstance(meaning, UserFunction):
            return (yield from self._user_call(expr, meaning, local))
        if isinstance(meaning, AbstractFunction):
            return (yield from self.primes.applied(expr, meaning, (), local))
        if meaning is None and (partial := self.primes.partial(name)):
            return (yield from self.primes.applied(expr, *partial, local))
        if meaning is not None:
            kind = describe(meaning.shape) if isinstance(meaning, Node) else "a family"
            raise no_function(expr, kind)
        if name == SUBS:
            return (yield from self.substitutions.call(expr, local))
        if name in DERIVATIVES:
            return (yield from self.derivatives.call(expr, local))
        if name == SIGN:
            return (yield from self.differentials.call(expr, local))
        function = FUNCTIONS.get(name)
        if function is None:
            inner = name[1:]
            known = inner in FUNCTIONS or isinstance(self.scope.names.get(inner), UserFunction)
            raise unknown_function(expr, derived=name.startswith("d") and known)
        return (yield from self.library.call(expr, function, local))

    def _user_call(self, expr: syntax.Call, function: UserFunction, local: Local) -> Step:
        definition = function.definition
        check_call(expr, definition)
        self.unroll(expr.span, 1, 1)
        names = Closed(function.names)
        for parameter, argument in zip(definition.parameters, expr.arguments, strict=True):
            names[parameter.name] = yield argument, local
        node = yield definition.body, names
        given = [names[parameter.name] for parameter in definition.parameters]
        if all(isinstance(value, Node) for value in given):
            self.composed.own[node] = composed_call(definition.name.name, given)
        return node

    def _fold(self, expr: syntax.Fold, local: Local) -> Step:
        first: Local = {}
        if self.lifting is not None:
            whole = yield from self._lifted(expr, self.lifting, local)
            if whole is not None:
                return whole
        parts = yield from self._turns(expr, expr.ranges, local, first)
        op, empty = self._folding(expr)
        if not parts:
            if empty is None:
                ranges = ", ".join(each.span.text for each in expr.ranges)
                message = f"{expr.function.name} over the empty range {ranges}"
                raise wrong("G012", message, expr.span, label="of nothing")
            zero = {each.variable.name: number(0) for each in expr.ranges}
            body = yield from self._hollow(expr, type(local)({**local, **zero, **first}))
            return full(empty, body.shape)
        if isinstance(op, Pointwise) and op.variadic and len(parts) > 1:
            return make(op, *parts)
        return reduce(lambda a, b: make(op, a, b), parts)

    @staticmethod
    def _folding(expr: syntax.Fold) -> Any:
        """What a fold puts two turns together with, and what it is of nothing."""
        kind = expr.function.name
        if kind in FUNCTIONS and (fold := FUNCTIONS[kind].fold) is not None:
            return fold
        *others, last = [f.name for f in dict.fromkeys(FUNCTIONS.values()) if f.fold]
        message = f"{kind} does not run over a range"
        raise wrong("G009", message, expr.span, help=f"{', '.join(others)} and {last} do")

    def _lifted(self, expr: syntax.Fold, lifting: Lifting, local: Local) -> Step:
        """A fold whose ranges go along whole axes, all turns at once; None for one of numbers."""
        names, ranges, before = local, [], len(self.derived)
        for each in expr.ranges:
            low = yield each.low, names
            found = lifting.range(low, (yield each.high, names))
            if found is None:
                return None
            ranges.append(found)
            names = type(local)({**names, each.variable.name: found.value})
        if expr.condition:
            mask = lifting.mask((yield expr.condition, names))
            if mask is None:
                raise NeedsSize
            ranges[-1].masks.append(mask)
        body = as_number((yield expr.body, names))
        node = lifting.folded(self._folding(expr)[0], body, ranges)
        taken = [vertex for d in self.derived[before:] for vertex in (d.of, d.node)]
        if node is None or rests_on(taken, [each.index for each in ranges]):
            raise NeedsSize
        return node

    def _turns(
        self, expr: syntax.Fold, ranges: Sequence[syntax.IndexRange], local: Local, first: Local
    ) -> Step:
        """What the body is at every turn; `first` receives where each variable begins."""
        if not ranges:
            condition = expr.condition
            if condition and not self._holds(condition, (yield condition, local)):
                return []
            return [as_number((yield expr.body, local))]
        each, *inner = ranges
        low = self._whole(each.low, (yield each.low, local))
        high = self._whole(each.high, (yield each.high, local))
        self.unroll(each.span, low, high)
        first.setdefault(each.variable.name, number(low))
        parts = []
        for t in range(low, high + 1):
            names = type(local)({**local, each.variable.name: number(t)})
            parts += yield from self._turns(expr, inner, names, first)
        return parts

    def _hollow(self, expr: syntax.Fold, local: Local) -> Step:
        """The body of a fold over nothing, for the sake of its shape."""
        before, hollow, self.hollow = len(self.derived), self.hollow, True
        body = as_number((yield expr.body, local))
        self.hollow = hollow
        del self.derived[before:]
        return body

    # -- indices: members of families, entries of arrays and of derivatives ---------------------

    def _index(self, expr: syntax.Index, local: Local) -> Step:
        operand = expr.operand
        meaning: Any = None
        if isinstance(operand, syntax.Name):
            meaning = self.scope.lookup(operand, local)
        elif isinstance(operand, syntax.Derivative):
            # The h[2] of dC/dh[2] is a member where h is a family.
            meaning = self.derivatives.last_target(operand, local)
        if isinstance(meaning, Family):
            node, ranges = yield from self._members(expr, meaning, local)
            whole = syntax.Slice(expr.span, None, None)
            rest = expr.items[meaning.rank :]
            items = (*[whole] * ranges, *rest) if rest else ()
            if isinstance(operand, syntax.Derivative):
                node = yield from self.derivatives.visit(operand, local, node)
        else:
            return (yield from self.entries(expr, (yield operand, local), 0, meaning, local))
        return (yield from self.indices.entries(expr, node, items, local))

    def entries(
        self, expr: syntax.Index, node: Node, before: int, meaning: Any, local: Local
    ) -> Step:
        whole = syntax.Slice(expr.span, None, None)
        items = (*[whole] * before, *self._from_zero(expr.items, meaning))
        return (yield from self.indices.entries(expr, node, items, local))

    def _from_zero(self, items: tuple[Expr, ...], meaning: Any) -> tuple[Expr, ...]:
        """What indexes a family, as it indexes the array as which that was read."""
        begins = self.lifting.begins.get(meaning, ()) if self.lifting else ()
        if not any(begins):
            return items
        if any(isinstance(item, syntax.Slice | syntax.Array) or is_new(item) for item in items):
            raise NeedsSize
        moved = [
            syntax.Binary(item.span, "-", item, syntax.Number(item.span, Fraction(first)))
            for item, first in zip(items, begins, strict=False)
        ]
        return (*moved, *items[len(begins) :])

    def _members(self, expr: syntax.Index, family: Family, local: Local) -> Step:
        """A member, or the array of those that ranges take; and how many axes that array has."""
        operand = expr.operand
        whole = isinstance(operand, syntax.Derivative)
        name = (operand.by[-1][0] if isinstance(operand, syntax.Derivative) else operand).span.text
        chosen: list[int | range] = []
        spread = spans(family)
        for item, known in zip(expr.items, spread, strict=False):
            if not isinstance(item, syntax.Slice):
                chosen.append(self._whole(item, (yield item, local)))
                continue
            if whole:
                first = member_name(name, next(iter(family.members)))
                message = "a derivative is taken by one member here"
                raise wrong("G012", message, item.span, help=f"write  {first}")
            if name in self.scope.open and not (item.start and item.stop):
                raise still_open(operand, name)
            ends = [known.start, known.stop]
            for k, end in enumerate((item.start, item.stop)):
                if end is not None:
                    ends[k] = self._whole(end, (yield end, local))
            check_taken(item, range(*ends), known)
            chosen.append(range(*ends))
        if len(chosen) < family.rank and name in self.scope.open:
            raise still_open(operand, name)
        chosen += spread[len(chosen) :]
        missing = absent(family, chosen)
        if missing is not None and self.hollow:
            chosen = [*next(iter(family.members))]
        elif missing is not None:
            raise no_member(expr, name, family, missing)
        return array(family, chosen), sum(isinstance(each, range) for each in chosen)
