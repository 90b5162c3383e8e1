r"""Expressions as LaTeX, as they were written: what a name, an index or a derivative is, stays so.

Must not know statements, nor what becomes of a formula. An expression is elaborated with symbols in
the place of what would lose its form (derivatives, sums over ranges, entries), so that its shapes
decide which sign a product has on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from gradcli.calculus.core import ADD, INPUT, MUL, number, symbol
from gradcli.calculus.core import dimension as dimension_node
from gradcli.errors import wrong
from gradcli.graph.node import Node, Op
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, letter
from gradcli.language.elaboration.calls import DERIVATIVES
from gradcli.language.elaboration.differentials import SIGN
from gradcli.language.elaboration.elaborate import Elaborator
from gradcli.language.elaboration.scope import (
    AbstractFunction,
    Family,
    Meaning,
    Scope,
    UserFunction,
)
from gradcli.language.elaboration.substitutions import SUBS
from gradcli.language.tex.commands import names
from gradcli.language.tree import syntax
from gradcli.language.tree.build import NOWHERE, binary, constant, exchanged, is_number
from gradcli.language.tree.syntax import Expr
from gradcli.notation.latex import piece
from gradcli.notation.pieces import LatexText, bracketed, dimension, held, named, spelled
from gradcli.notation.precedence import Level
from gradcli.notation.symbols import escaped, worded
from gradcli.notation.symbols import symbol as symbol_of
from gradcli.ops import FUNCTIONS

Local = Mapping[str, Meaning]
DECIMAL = re.compile(r"\d*\.\d+")
SLOPES = {"grad": r"\nabla", "hessian": r"\nabla^{2}", "laplacian": r"\Delta"}
NEW_AXIS = "None"
WORD = re.compile(r"\\mathrm\{(\w+)\}")
FOLDS: dict[Op, str] = {ADD: r"\sum", MUL: r"\prod"}


class Spelling:
    """How the names of a derivation are set, no two of them alike.

    A name with an index has it above the line where it would be read as an entry, or as a member.
    """

    def __init__(self, scope: Scope) -> None:
        self.texts: dict[str, LatexText] = {}
        every = dict.fromkeys([*scope.names, *scope.shapes, *scope.inputs, *scope.letters])
        whole = {symbol_of(name) for name in every if _has_entries(name, scope)}
        for name in every:
            text = _readable(symbol_of(name))
            base, index, _ = text.partition("_{")
            if text in self._taken() or (index and base in whole):
                text = _readable(symbol_of(name, raised=True))
            if text in self._taken():
                text = rf"\mathrm{{{escaped(name)}}}"
            level = Level.POWER if "^{(" in text else named(name).level
            self.texts[name] = LatexText(text, level)

    def _taken(self) -> set[str]:
        return {written.text for written in self.texts.values()}

    def __call__(self, name: str) -> LatexText:
        return spelled(name, self.texts)


def _readable(text: str) -> str:
    """The text of a name, in italics where the word would be a function or a differential."""
    word = WORD.match(text)
    return text.replace(r"\mathrm", r"\mathit", 1) if word and not names(word[1]) else text


def _has_entries(name: str, scope: Scope) -> bool:
    meaning = scope.names.get(name)
    shape = meaning.shape if isinstance(meaning, Node) else scope.shapes.get(name)
    return isinstance(meaning, Family) or bool(shape)


class SideWriter:
    """Writes the expressions of a derivation, whose names an elaborator knows.

    `spelled` is how a name is set; `local` has what is known besides the names of its scope:
    variables of loops with their first values, parameters.
    """

    def __init__(self, elaborator: Elaborator, spelled: Callable[[str], LatexText] = named) -> None:
        self.elaborator, self.scope, self.spelled = elaborator, elaborator.scope, spelled

    def text(self, expr: Expr, local: Local) -> str:
        """The LaTeX of an expression, for math mode. GradcliError for what means nothing."""
        return self.piece(expr, local).text

    def piece(self, expr: Expr, local: Local) -> LatexText:
        """The same, with how tightly it holds together."""
        leaves: dict[str, Node] = {}
        pieces: dict[Node, LatexText] = {}
        new: dict[Expr, Expr] = {}
        for part in self._outermost(expr, local):
            written = self._leaf(part, local)
            if part is expr:
                return written
            key = f"({written.text})"
            leaves[key] = symbol(key, self._shape(part, local))
            pieces[leaves[key]] = written
            new[part] = syntax.Name(NOWHERE, key)
        letters = {name: dimension_node(letter(name)) for name in self.scope.sizes}
        inside = letters | dict(local) | leaves
        node = self.elaborator.node(exchanged(expr, new), inside)
        # Below what has a name nothing is written.
        for vertex in topological([node], lambda n: () if n in pieces or n.name else n.args):
            name = str(vertex.params[0]) if vertex.op is INPUT else vertex.name
            if name is not None and vertex not in pieces:
                pieces[vertex] = self.spelled(name)
        found = piece(node, pieces)
        assert found is not None
        return found

    def _shape(self, expr: Expr, local: Local) -> Shape:
        return self.elaborator.node(expr, dict(local)).shape

    def _outermost(self, expr: Expr, local: Local) -> Iterator[Expr]:
        """The parts that are written as they stand, none within another."""
        left = [expr]
        while left:
            part = left.pop()
            if self._stays(part, local):
                yield part
            else:
                left += syntax.children(part)

    def _stays(self, part: Expr, local: Local) -> bool:
        match part:
            case syntax.Derivative() | syntax.Fold() | syntax.Index() | syntax.FileValue():
                return True
            case syntax.Number():
                # 0.50 says how far it has been rounded.
                return DECIMAL.fullmatch(part.span.text) is not None
            case syntax.Name():
                known = self.scope.names.get(part.name)
                functions = UserFunction | AbstractFunction
                return part.name in local or isinstance(known, Family | functions)
            case syntax.Call():
                name = part.function.name
                known = self.scope.names.get(name.rstrip("'").partition("_")[0])
                ours = isinstance(known, UserFunction | AbstractFunction)
                ours |= isinstance(self.scope.names.get(name), UserFunction)
                return ours or name in DERIVATIVES or name == SIGN or name.endswith("'")
        return False

    # -- what is written as it stands

    def _leaf(self, part: Expr, local: Local) -> LatexText:
        match part:
            case syntax.Derivative():
                return self._derivative(part, local)
            case syntax.Fold():
                return self._fold(part, local)
            case syntax.Index():
                return self._entry(part, local)
            case syntax.Name():
                return self.spelled(part.name)
            case syntax.Number():
                return LatexText(part.span.text)
            case syntax.Call(function=syntax.Name(name=name)) if name == SUBS:
                return self._value(part, local)
            case syntax.Call():
                return self._call(part, local)
        return LatexText(rf"\text{{{worded(part.span.text)}}}")

    def _derivative(
        self, expr: syntax.Derivative, local: Local, last: LatexText | None = None
    ) -> LatexText:
        """`last` stands for the last of what it is taken by."""
        times = f"^{{{expr.order}}}" if expr.order > 1 else ""
        by = [self.piece(target, local) for target, _ in expr.by]
        if last is not None:
            by[-1] = last
        below = r" \, ".join(
            rf"\partial {target.text if _is_bare(each, count) else held(target, Level.SUBSCRIPT)}"
            + (f"^{{{count}}}" if count > 1 else "")
            for target, (each, count) in zip(by, expr.by, strict=True)
        )
        subject = self.piece(expr.subject, local)
        if isinstance(expr.subject, syntax.Name | syntax.Index) and not expr.operator:
            text = rf"\frac{{\partial{times} {subject.text}}}{{{below}}}"
            return LatexText(text, Level.PRODUCT)
        text = rf"\frac{{\partial{times}}}{{{below}}} {bracketed(subject.text)}"
        return LatexText(text, Level.MATMUL)

    def _fold(self, expr: syntax.Fold, local: Local) -> LatexText:
        inner = dict(local)
        signs = []
        for each in expr.ranges:
            low, high = self.text(each.low, inner), self.text(each.high, inner)
            inner[each.variable.name] = number(self.elaborator.whole(each.low, inner))
            name = self.spelled(each.variable.name).text
            guard = ""
            if expr.condition is not None and each is expr.ranges[-1]:
                guard = self.text(expr.condition, inner)
            fold = FUNCTIONS[expr.function.name].fold
            sign = FOLDS.get(fold[0]) if fold else None
            if sign is None:
                extremum = rf"\{expr.function.name}"
                below = rf"{low} \leq {name} \leq {high}" + (f", {guard}" if guard else "")
                signs.append(f"{extremum}_{{{below}}}")
            elif guard:
                below = rf"\substack{{{name}={low} \\ {guard}}}"
                signs.append(f"{sign}_{{{below}}}^{{{high}}}")
            else:
                signs.append(f"{sign}_{{{name}={low}}}^{{{high}}}")
        body = held(self.piece(expr.body, inner), Level.MATMUL)
        body = bracketed(body) if body.startswith("-") else body
        return LatexText(f"{' '.join(signs)} {body}", Level.MATMUL)

    def _value(self, expr: syntax.Call, local: Local) -> LatexText:
        """What an expression is at a point."""
        inner = self.text(expr.arguments[0], local)
        values = r",\, ".join(
            f"{self.spelled(name.name).text} = {self.text(value, local)}"
            for name, value in expr.keywords
        )
        return LatexText(rf"\left. {inner} \right|_{{{values}}}", Level.CALL)

    def _call(self, expr: syntax.Call, local: Local) -> LatexText:
        name = expr.function.name
        arguments = [self.piece(each, local) for each in expr.arguments]
        if name in SLOPES and len(arguments) == 2:
            f, x = arguments
            by = expr.arguments[1]
            below = x.text
            if isinstance(by, syntax.Array):
                below = ", ".join(self.text(item, local) for item in by.items)
            return LatexText(
                rf"{SLOPES[name]}_{{{below}}} {held(f, Level.SUBSCRIPT)}", Level.MATMUL
            )
        texts = ", ".join(argument.text for argument in arguments)
        if name == "jacobian" and len(arguments) == 2:
            below = rf"\partial {held(arguments[1], Level.SUBSCRIPT)}"
            return LatexText(rf"\frac{{\partial}}{{{below}}} ({arguments[0].text})", Level.MATMUL)
        if name == SIGN:
            return LatexText(rf"\mathrm{{d}}{bracketed(texts)}", Level.CALL)
        if name in DERIVATIVES:
            return LatexText(rf"\operatorname{{{name}}}{bracketed(texts)}", Level.CALL)
        head = name.rstrip("'")
        order = len(name) - len(head)
        known = self.scope.names.get(head)
        if order and isinstance(known, AbstractFunction) and known.is_field:
            nabla = r"\nabla" + (f"^{{{order}}}" if order > 1 else "")
            return LatexText(rf"{nabla} {self._head(head)}{bracketed(texts)}", Level.MATMUL)
        along = {each.name: value for each, value in expr.keywords}.get("axis")
        below = ""
        if isinstance(along, syntax.Number) and along.value in (0, 1):
            below = r"_{\mathrm{row}}" if along.value else r"_{\mathrm{col}}"
        return LatexText(self._head(head) + "'" * order + below + bracketed(texts), Level.CALL)

    def _head(self, name: str) -> str:
        """A function of one's own as its name, one of the language as its sign."""
        known = FUNCTIONS.get(name)
        if name in self.scope.names or known is None:
            return self.spelled(name).text
        sign = known.op.latex if known.op is not None else ""
        plain = isinstance(sign, str) and sign and "#" not in sign
        return str(sign) if plain else rf"\operatorname{{{escaped(name)}}}"

    # -- indices

    def _entry(self, expr: syntax.Index, local: Local) -> LatexText:
        operand = expr.operand
        if isinstance(operand, syntax.Name):
            meaning = local.get(operand.name, self.scope.names.get(operand.name))
            if isinstance(meaning, Family):
                texts = [self._as_written(item, local) for item in expr.items[: meaning.rank]]
                rest = expr.items[meaning.rank :]
                texts += self._one_based(rest, (), local)
                return self._with(self.spelled(operand.name), texts)
        elif isinstance(operand, syntax.Derivative) and not operand.operator:
            target = operand.by[-1][0]
            family = isinstance(target, syntax.Name) and isinstance(
                self.scope.names.get(target.name), Family
            )
            if family or not self._shape(operand.subject, local):
                texts = (
                    [self._as_written(item, local) for item in expr.items]
                    if family
                    else self._one_based(expr.items, self._shape(target, local), local)
                )
                last = self._with(self.piece(target, local), texts)
                return self._derivative(operand, local, last)
        shape = self._shape(operand, local)
        return self._with(self.piece(operand, local), self._one_based(expr.items, shape, local))

    def _with(self, base: LatexText, texts: list[str]) -> LatexText:
        """With one more index; what has a subscript already is set in braces."""
        index = ", ".join(texts) if any(len(text) > 1 for text in texts) else "".join(texts)
        text = held(base, Level.SUBSCRIPT)
        if base.level == Level.SUBSCRIPT:
            head, _, below = text.removesuffix("}").rpartition("_{")
            return LatexText(f"{head}_{{{below}, {index}}}", Level.SUBSCRIPT)
        return LatexText(f"{text}_{{{index}}}", Level.SUBSCRIPT)

    def _as_written(self, item: Expr, local: Local) -> str:
        if isinstance(item, syntax.Slice):
            ends = [self.text(end, local) if end else "" for end in (item.start, item.stop)]
            return ":".join(ends)
        return self.text(item, local)

    def _one_based(self, items: tuple[Expr, ...], shape: Shape, local: Local) -> list[str]:
        """Indices as on paper, where the first entry is the first."""
        found = []
        for axis, item in enumerate(items):
            if isinstance(item, syntax.Name) and item.name == NEW_AXIS:
                message = "an index that makes an axis cannot be written in LaTeX"
                help = "write  diag(v) @ A  for  v[:, None]*A,  and  A @ diag(v)  for  A*v[None, :]"
                raise wrong("G013", message, item.span, help=help)
            size = shape[axis] if axis < len(shape) else None
            if isinstance(item, syntax.Slice):
                if item.start is None and item.stop is None:
                    found.append(":")
                    continue
                low = self.text(one_more(item.start), local) if item.start else "1"
                high = self.text(item.stop, local) if item.stop else dimension(size or 0).text
                found.append(f"{low}:{high}")
                continue
            value = constant(item)
            if value is not None and value < 0 and size is not None:
                found.append(_from_the_end(dimension(size).text, int(-value)))
            else:
                found.append(self.text(one_more(item), local))
        return found


def _is_bare(target: Expr, count: int) -> bool:
    """Whether what a derivative is taken by stands without brackets: a name, whatever is raised."""
    return isinstance(target, syntax.Name) and count == 1


def one_more(expr: Expr) -> Expr:
    """An index plus one, as one writes it: `i - 1` becomes `i`."""
    value = constant(expr)
    if value is not None:
        return syntax.Number(NOWHERE, value + 1)
    if isinstance(expr, syntax.Binary) and expr.operator in ("+", "-"):
        count = constant(expr.right)
        if expr.operator == "-" and is_number(expr.right, 1):
            return expr.left
        if count is not None:
            left = count - 1 if expr.operator == "-" else count + 1
            return binary(expr.operator, expr.left, syntax.Number(NOWHERE, Fraction(left)))
    return binary("+", expr, syntax.Number(NOWHERE, Fraction(1)))


def _from_the_end(size: str, back: int) -> str:
    """`n` for the last entry of `n`, `n - 1` for the one before."""
    if size.isdecimal():
        return str(int(size) - back + 1)
    return size if back == 1 else f"{size} - {back - 1}"
