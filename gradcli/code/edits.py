"""Edits of one statement: what a slip is likely to have changed, each with how much it changes.

Must not know values. The statement is changed in place, given out, and changed back: who wants to
keep an edit copies it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from gradcli.code.call_edits import AXES, Alternative, of_call
from gradcli.code.trees import expression, on_line, size, tokens, with_term

Place = tuple[ast.AST, str, int | None]
"""Where a node hangs: its parent, the field, and the position in a list."""
OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.MatMult),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
TWINS = {
    "sum": ("mean", "trace"), "mean": ("sum",), "sin": ("cos",), "cos": ("sin",),
    "maximum": ("minimum",),
    "minimum": ("maximum",), "exp": ("log", "expm1"), "tanh": ("sinh", "cosh"), "max": ("min",),
    "zeros": ("ones",), "zeros_like": ("ones_like",), "ones_like": ("zeros_like",),
    "ones": ("zeros",), "argmax": ("argmin",), "argmin": ("argmax",), "tril": ("triu",),
    "triu": ("tril",), "sinh": ("cosh",), "cosh": ("sinh",),
}  # fmt: skip
ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)


@dataclass(slots=True)
class Edit:
    """A statement as changed, `cost` as tokens go, `what` in words, and the line of the change."""

    statement: ast.stmt
    cost: float
    what: str
    line: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What may stand in an edit: `names` of the function, `sizes` among them that are whole
    numbers and `plain` ones that are other numbers, `pieces` of the file that have values,
    `helpers` of the module, and `literals`."""

    names: Sequence[str]
    sizes: Sequence[str]
    pieces: Sequence[str]
    helpers: Sequence[str]
    literals: Sequence[str]
    plain: frozenset[str] = frozenset()


KINDS = (
    ("the sign", "sign"), ("squared", "exponent"), ("root", "exponent"), ("transpose", "transpose"),
    ("axis", "axis"), ("keepdims", "axis"), ("exchanged", "swapped"), ("order", "swapped"),
    ("slice", "index"), ("index", "index"), ("accumulat", "index"), ("comparison", "domain"),
    ("mask", "domain"), ("term", "missing-term"), ("added", "missing-term"),
    ("taken", "surplus-term"), ("factor", "factor"), ("too much", "surplus-term"),
)  # fmt: skip
"""The names of mistakes by what the words on an edit say."""


def kind_of(what: str) -> str:
    """The name of the mistake that an edit mends; `node` where another value stands in a place."""
    return next((kind for word, kind in KINDS if word in what), "node")


def _places(node: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield (node, name, None), value
            yield from _places(value)
        elif isinstance(value, list):
            for k, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield (node, name, k), child
                    yield from _places(child)


def _put(place: Place, new: Any) -> None:
    parent, name, k = place
    if k is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[k] = new


def edits(
    statement: ast.stmt, words: Vocabulary, low: float = 0, high: float = inf
) -> Iterator[Edit]:
    """Every single edit of a statement that costs more than `low`, and no more than `high`."""
    yield from (edit for edit in _of_statement(statement, words) if low < edit.cost <= high)
    head = _header(statement)
    for alternatives in (_of_structure, _of_names):
        for place, node in list(_places(head)):
            line = getattr(node, "lineno", statement.lineno)
            for new, cost, what in alternatives(node, place, words):
                if low < cost <= high:
                    _put(place, expression(new) if isinstance(new, str) else new)
                    yield Edit(statement, cost, what, line)
                    _put(place, node)
    yield from _with_terms(statement, words, low, high)


def _with_terms(statement: ast.stmt, words: Vocabulary, low: float, high: float) -> Iterator[Edit]:
    for text in (*words.names, *words.pieces):
        if not low < 2 + size(text) <= high:
            continue
        for op, said in ((ast.Add, "is missing"), (ast.Sub, "is to be taken off")):
            if (whole := with_term(statement, text, op)) is not None:
                yield Edit(whole, 2 + size(text), f"the term {text} {said}", statement.lineno)


def _header(statement: ast.stmt) -> ast.AST:
    """What of a statement is edited: of a loop its bounds, of a branch its condition."""
    if isinstance(statement, ast.For):
        return ast.Expr(statement.iter)
    if isinstance(statement, ast.If | ast.While):
        return ast.Expr(statement.test)
    return statement


def _of_structure(node: ast.AST, place: Place, words: Vocabulary) -> Iterator[Alternative]:
    """What can be changed without another name."""
    if isinstance(node, ast.cmpop):
        for other in COMPARISONS:
            if not isinstance(node, other):
                yield other(), 1, "the comparison"
    elif isinstance(node, ast.operator) and isinstance(place[0], ast.BinOp | ast.AugAssign):
        for swapped in OPERATORS.get(type(node), ()):
            yield swapped(), 1, "the operator"
    elif isinstance(node, ast.keyword) and node.arg == "axis":
        for axis in AXES:
            if ast.unparse(node.value) != axis:
                yield ast.keyword("axis", expression(axis)), 1, "the axis"
    elif _is_loaded(node):
        yield from _of_expression(node, words)
        if isinstance(node, ATOMS) and _is_value(node, place):
            yield from _around(node, words)


def _is_loaded(node: ast.AST) -> bool:
    return isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _of_names(node: ast.AST, place: Place, words: Vocabulary) -> Iterator[Alternative]:
    """Another name, or a name or a piece of the file beside what stands there."""
    if not _is_loaded(node):
        return
    assert isinstance(node, ast.expr)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield from _names_for_number(node, words)
    if isinstance(node, ast.Name) and _is_argument(place, node):
        yield from _of_name(node, words)
    whole = isinstance(node, ATOMS) or (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
    )
    if whole and _is_value(node, place):
        yield from _beside(node, words)


def _of_expression(node: ast.AST, words: Vocabulary) -> Iterator[Alternative]:
    if isinstance(node, ast.BinOp):
        yield node.left, tokens(node.right), f"{ast.unparse(node.right)} is too much"
        yield node.right, tokens(node.left), f"{ast.unparse(node.left)} is too much"
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
            yield ast.BinOp(node.right, node.op, node.left), 2, "the order"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand, 1, "the sign"
    elif isinstance(node, ast.UnaryOp):
        yield node.operand, 1, "a negation is too much"
    elif isinstance(node, ast.Compare):
        yield node.left, 1, f"{ast.unparse(node.left)} for a mask of it"
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield from _of_number(node, words)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value, 1, "the transpose is too much"
    elif isinstance(node, ast.Attribute) and node.attr in TWINS:
        for twin in TWINS[node.attr]:
            yield ast.Attribute(node.value, twin, ast.Load()), 1, f"{twin} for {node.attr}"
    elif isinstance(node, ast.Call):
        yield from of_call(node)
    elif isinstance(node, ast.Slice):
        yield from _of_slice(node)


def _is_argument(place: Place, node: ast.Name) -> bool:
    """Whether another name may stand there: it is neither a function nor a module."""
    parent, field, _ = place
    if isinstance(parent, ast.Call):
        return field == "args"
    return not isinstance(parent, ast.Attribute) or node.id not in ("np", "numpy", "math")


def _is_value(node: ast.expr, place: Place) -> bool:
    """Whether arithmetic may stand around it: it is no function, and nothing within an index."""
    parent, field, _ = place
    if isinstance(parent, ast.Call) and field == "func":
        return False
    if isinstance(node, ast.Attribute) and isinstance(parent, ast.Attribute):
        return False
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np", "numpy", "math"):
        # Such as np.r_, which is no value: arithmetic would ask it for entries without end.
        return node.attr in ("pi", "e")
    return ast.unparse(node) not in ("np", "numpy", "math", "self")


def _of_number(node: ast.Constant, words: Vocabulary) -> Iterator[Alternative]:
    value: Any = node.value
    if value:
        yield ast.Constant(0), 1, f"0 for {value!r}"
    for other in dict.fromkeys((value + 1, value - 1, -value, 2 * value, value / 2, 3 * value)):
        if other != value:
            plain = int(other) if other == int(other) and isinstance(value, int) else other
            yield ast.Constant(plain), 1.6, f"{plain:g} for {value:g}"
    for literal in words.literals:
        if literal != repr(value):
            yield literal, 1, f"{literal} for {value!r}"
    for n in (2, 3):
        yield f"1 / np.sqrt({n})", 3, f"1 / sqrt({n}) for {value!r}"


def _names_for_number(node: ast.Constant, words: Vocabulary) -> Iterator[Alternative]:
    value: Any = node.value
    for name in words.names:
        yield name, 1.5, f"{name} for {value!r}"
        yield f"{name}[:, None]", 2.5, f"{name} as a column for {value!r}"
    for count in words.sizes:
        yield f"1 / {count}", 2.5, f"1 / {count} for {value!r}"
        yield f"1 / np.sqrt({count})", 2.5, f"1 / sqrt({count}) for {value!r}"


def _of_slice(node: ast.Slice) -> Iterator[Alternative]:
    for low, high in (("1", None), (None, "-1"), (None, None)):
        ends = (None if end is None else expression(end) for end in (low, high))
        yield ast.Slice(*ends), 1.5, "the slice"
    for end in ("lower", "upper"):
        value = getattr(node, end)
        if value is not None:
            for change in ("+ 1", "- 1"):
                other = ast.Slice(node.lower, node.upper, node.step)
                setattr(other, end, expression(f"({ast.unparse(value)}) {change}"))
                yield other, 2, "the slice"


def _of_name(node: ast.Name, words: Vocabulary) -> Iterator[Alternative]:
    for name in words.names:
        if name != node.id:
            yield name, 1, f"{name} for {node.id}"


def _around(node: ast.expr, words: Vocabulary) -> Iterator[Alternative]:
    """Factors, powers and shapes around an atom, and the module's own functions of it."""
    text = ast.unparse(node)
    yield f"{text}.T", 1.2, "the transpose is missing"
    yield f"{text} ** 2", 1.5, f"{text} is not squared"
    yield f"-{text}", 1.5, "the sign"
    yield f"(1 - {text})", 2, f"1 - {text} for {text}"
    yield f"np.sqrt({text})", 2, f"the square root of {text} is missing"
    yield f"{text}[:, None]", 2, f"{text} is no column"
    yield f"2 * {text}", 2.6, "the factor 2 is missing"
    yield f"0.5 * {text}", 2.6, "the factor 1/2 is missing"
    yield f"({text} > 0)", 3, "the mask is missing"
    yield f"({text} + 1)", 2.2, f"{text} + 1 for {text}"
    yield f"({text} - 1)", 2.2, f"{text} - 1 for {text}"
    for literal in words.literals:
        yield f"({text} + {literal})", 2.6, f"{literal} is not added to {text}"
    for helper in words.helpers:
        yield f"{helper}({text})", 2, f"{helper} of {text} is missing"


def _beside(node: ast.expr, words: Vocabulary) -> Iterator[Alternative]:
    """A name beside an atom: as a factor, a divisor, or in its place."""
    text = ast.unparse(node) if isinstance(node, ATOMS) else f"({ast.unparse(node)})"
    for name in words.names:
        if name != text:
            cost = 3 if name in words.plain else 2
            yield f"{text} * {name}", cost, f"the factor {name} is missing"
            yield f"{text} / {name}", cost, f"the factor 1 / {name} is missing"
    for name in words.names:
        if name not in words.sizes and name != text:
            yield f"{text} * (1 - {name} ** 2)", 5, f"1 - {name} ** 2 is missing"
            yield f"{text} * (1 - {name})", 4, f"the factor 1 - {name} is missing"
            yield f"{text} * {name}[:, None]", 4, f"the factor {name} is missing"
            yield f"{text} * {name}[..., None]", 4.2, f"the factor {name} is missing"
            yield f"({text} + {name})", 3, f"{name} is not added to {text}"
            yield f"({text} - {name})", 3, f"{name} is not taken from {text}"
            yield f"{text} * np.sign({name})", 4, f"the sign of {name} is missing"
            if not isinstance(node, ast.Name):
                yield name, 1.6, f"{name} for {text}"
    for piece in words.pieces:
        yield f"{text} * ({piece})", 1 + size(piece), f"the factor {piece} is missing"
        yield f"({text} + {piece})", 1.5 + size(piece), f"{piece} is not added to {text}"


def _throughout(statement: ast.stmt, words: Vocabulary) -> Iterator[Edit]:
    """A name for a number that stands more than once, as in a clip to -1 and 1."""
    found: dict[str, list[tuple[Place, ast.Constant]]] = {}
    for place, node in _places(_header(statement)):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            found.setdefault(repr(node.value), []).append((place, node))
    for value, places in found.items():
        if len(places) < 2:
            continue
        for name in words.names:
            for place, _ in places:
                _put(place, expression(name))
            yield Edit(statement, 1.5 * len(places), f"{name} for {value}", statement.lineno)
            for place, node in places:
                _put(place, node)


def _of_statement(statement: ast.stmt, words: Vocabulary) -> Iterator[Edit]:
    """Another kind of assignment, or of its target."""
    line = statement.lineno
    yield from _throughout(statement, words)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: Any = statement.targets[0]
        value = statement.value
        for op in (ast.Add, ast.Sub, ast.Mult) if not isinstance(target, ast.Tuple) else ():
            text = "it is overwritten where it should accumulate"
            yield Edit(on_line(ast.AugAssign(target, op(), value), line), 1, text, line)
        yield from _of_target(statement, target, words)
    elif isinstance(statement, ast.AugAssign):
        target, value = statement.target, statement.value
        yield Edit(on_line(ast.Assign([target], value), line), 1, "it should not accumulate", line)
        if isinstance(target, ast.Subscript):
            base, index = ast.unparse(target.value), ast.unparse(target.slice)
            text = f"np.add.at({base}, {_as_tuple(index)}, {ast.unparse(value)})"
            if isinstance(statement.op, ast.Add):
                what = "an index that stands twice is added once"
                yield Edit(on_line(ast.parse(text).body[0], line), 2, what, line)
        else:
            yield from _sliced(statement, words)
        yield from _of_target(statement, target, words)


def _as_tuple(index: str) -> str:
    """What stands in square brackets as an argument."""
    if ":" in index:
        return f"np.s_[{index[1:-1] if index.startswith('(') else index}]"
    return index if index.startswith("(") or "," not in index else f"({index})"


def _of_target(
    statement: ast.Assign | ast.AugAssign, target: ast.expr, words: Vocabulary
) -> Iterator[Edit]:
    """Two names of the index exchanged; a comparison or a number in it is edited as any other."""
    if not isinstance(target, ast.Subscript):
        return
    places = [(p, n) for p, n in _places(target) if isinstance(n, ast.Name) and p[0] is not target]
    for a in range(len(places)):
        for b in range(a + 1, len(places)):
            (one, first), (other, second) = places[a], places[b]
            if first.id != second.id:
                _put(one, second)
                _put(other, first)
                yield Edit(statement, 1.5, "indices are exchanged", statement.lineno)
                _put(one, first)
                _put(other, second)


def _sliced(statement: ast.AugAssign, words: Vocabulary) -> Iterator[Edit]:
    """A part of the target, and the same part of one name on the right."""
    target = ast.unparse(statement.target)
    names = [n for _, n in _places(statement.value) if isinstance(n, ast.Name)]
    for part in ("1:", ":-1"):
        for place, node in list(_places(statement)):
            if isinstance(node, ast.Name) and node in names:
                _put(place, expression(f"{node.id}[{part}]"))
                place_of = ast.Subscript(expression(target), _slice(part), ast.Store())
                new = ast.AugAssign(place_of, statement.op, statement.value)
                yield Edit(
                    on_line(new, statement.lineno), 3, f"only [{part}] of it", statement.lineno
                )
                _put(place, node)


def _slice(part: str) -> ast.expr:
    found = expression(f"x[{part}]")
    assert isinstance(found, ast.Subscript)
    return found.slice
