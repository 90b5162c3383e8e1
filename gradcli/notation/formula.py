"""A vertex as a formula in gradcli's own language, down to vertices that have a name.

Must not know values; what it writes parses back to the same graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from gradcli.calculus.core import (
    CONSTANT,
    COPY,
    DIV,
    EINSUM,
    INPUT,
    MUL,
    NEG,
    NOT,
    NUMBER,
    SIZE,
)
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters, Shape
from gradcli.ops.powers import POWER_BY
from gradcli.ops.reductions import LOGSUMEXP, MAX_OF, MIN_OF, PROD
from gradcli.ops.shaping import INDEX, NEW, RESHAPE

LEVELS = {
    "or": 1, "and": 2, "not": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4,
    "+": 5, "-": 5, "/": 6, "@": 6, "*": 7, "^": 9,
}  # fmt: skip
UNARY, ATOM = 8, 10
Pattern: TypeAlias = tuple[tuple[str, ...], str]
"""The letters of the arguments of a product, and those of its result."""

FIRST_LETTERS = "ijklmnop"
PATTERNS: dict[Pattern, str] = {
    (("ij", "jk"), "ik"): "@",
    (("ij", "j"), "i"): "@",
    (("i", "ij"), "j"): "@",
    (("i", "i"), ""): "@",
}
# Products of two in which one is transposed, or that stand the other way round.
TURNED: dict[Pattern, str] = {
    (("ij", "kj"), "ik"): "0@1.T",
    (("ij", "kj"), "ki"): "1@0.T",
    (("ij", "ik"), "jk"): "0.T@1",
    (("ij", "ik"), "kj"): "1.T@0",
    (("ij", "ki"), "kj"): "1@0",
    (("ij", "jk"), "ki"): "1.T@0.T",
    (("ij", "ki"), "jk"): "0.T@1.T",
    (("ij", "i"), "j"): "0.T@1",
    (("i", "ji"), "j"): "1@0",
    (("i", "j"), "ji"): "1@0.T",
}
SINGLE = {
    (("ij",), "ji"): ("{}.T", ATOM),
    (("ii",), ""): ("trace({})", ATOM),
    (("i",), "ii"): ("diag({})", ATOM),
    (("ii",), "i"): ("diag({})", ATOM),
    (("i", "j"), "ij"): ("outer({}, {})", ATOM),
}
Text = tuple[str, float]
Writer = Callable[[Node, Mapping[Node, Text]], Text]
DECIMALS = 100
ALONG = (MAX_OF, MIN_OF, LOGSUMEXP, PROD)
"""What is reduced along the last axis."""


def formula(node: Node, names: Mapping[Node, str], write: Writer | None = None) -> str:
    """The formula of a vertex; vertices in `names` stand as their names, save itself.

    `write` gives the text of a vertex from those of its arguments, if not the plain one.
    """
    write = write or _plain
    texts: dict[Node, Text] = {}
    order = topological([node], lambda n: () if n in names and n is not node else n.args)
    for vertex in order:
        if vertex in names and vertex is not node:
            texts[vertex] = names[vertex], ATOM
        else:
            texts[vertex] = write(vertex, texts)
    return texts[node][0]


def one_step(node: Node, names: Mapping[Node, str]) -> str:
    """The formula of one vertex in terms of its arguments' names; numbers are written out."""
    parts = []
    for arg in node.args:
        name = names.get(arg)
        parts.append((name, ATOM) if name else (formula(arg, names), _level(arg)))
    return written(node, parts)[0]


def _plain(node: Node, texts: Mapping[Node, Text]) -> Text:
    return written(node, [texts[arg] for arg in node.args])


def _level(node: Node) -> float:
    return written(node, [("x", ATOM)] * len(node.args))[1]


def _number(value: Fraction) -> Text:
    if value.denominator == 1:
        return _digits(value.numerator), UNARY if value < 0 else ATOM
    for places in range(1, DECIMALS):
        if 10**places % value.denominator == 0:
            digits = _digits(abs(value.numerator) * (10**places // value.denominator))
            whole, rest = digits[:-places] or "0", digits[-places:].rjust(places, "0")
            sign = "-" if value < 0 else ""
            return f"{sign}{whole}.{rest}", UNARY if value < 0 else ATOM
    return f"{_digits(value.numerator)}/{_digits(value.denominator)}", LEVELS["/"]


def _digits(n: int) -> str:
    """All of them: Python's own way stops at 4,300."""
    return format(Decimal(n), "f")


def alike(node: Node) -> bool:
    """Whether `*` and `/` say how two shapes are put together."""
    a, b = (arg.shape for arg in node.args)
    return not a or not b or a == b


def bracket(text: Text, level: float) -> str:
    """A text in brackets, unless it binds as tightly as this."""
    return text[0] if text[1] >= level else f"({text[0]})"


def written(node: Node, args: list[Text]) -> Text:
    """The text of a vertex from those of its arguments, and how tightly it binds."""
    op, params = node.op, node.params
    if op is NUMBER:
        return _number(params[0])
    if op in (INPUT, CONSTANT):
        return str(params[0]), ATOM
    if op is SIZE:
        text = str(params[0])
        return text, ATOM if text.isidentifier() else LEVELS["+"]
    if op is COPY:
        return args[0]
    if op in (NEG, NOT):
        sign = "-" if op is NEG else "not "
        level = UNARY if op is NEG else LEVELS["not"]
        return sign + bracket(args[0], level), level
    if op is POWER_BY:
        exponent = params[0]
        shown = (str(exponent), ATOM) if isinstance(exponent, Letters) else _number(exponent)
        sign = " .^ " if len(node.shape) > 1 else "^"
        return f"{bracket(args[0], ATOM)}{sign}{bracket(shown, UNARY)}", LEVELS["^"]
    if op.infix and len(args) == 2:
        return _infix(op.infix, args, dotted=op in (MUL, DIV) and not alike(node))
    if op is EINSUM:
        return _einsum(node, args)
    if op is INDEX:
        return _indexed(params[0], args[0], node.args[0].shape), ATOM
    if op is RESHAPE:
        return f"reshape({args[0][0]}, ({', '.join(map(str, node.shape))},))".replace(
            ",))", "))" if len(node.shape) > 1 else ",))"
        ), ATOM
    if op.name in ("softmax", "log_softmax") and len(node.shape) == 1:
        return f"{op.name}({args[0][0]})", ATOM
    if op.name == "stack" and all(arg[0] for arg in args):
        return f"[{', '.join(arg[0] for arg in args)}]", ATOM
    if op in ALONG and len(node.args[0].shape) > 1:
        args = [*args, (f"axis={len(node.args[0].shape) - 1}", ATOM)]
    return _call(op.name, args, params), ATOM


def _infix(sign: str, args: list[Text], dotted: bool = False) -> Text:
    level: float = LEVELS[sign]
    if sign == "^":
        return f"{bracket(args[0], ATOM)}^{bracket(args[1], UNARY)}", level
    # one level in the grammar, left to right: only a product of products needs no bracket behind
    product = sign in "*/@"
    left = LEVELS["/"] if product else level + (level == LEVELS["<"])
    right = LEVELS["*"] if sign == "*" else UNARY if product else level + (sign != "+")
    space = "" if sign in "*/" and not dotted else " "
    shown = f".{sign}" if dotted else sign
    behind = bracket(args[1], right)
    if behind.startswith("-"):
        behind = f"({behind})"
    # `A @ x*y` begins with another product: behind a factor it needs brackets
    level = min(level, args[0][1]) if sign == "*" and args[0][1] == LEVELS["@"] else level
    return f"{bracket(args[0], left)}{space}{shown}{space}{behind}", level


def _einsum(node: Node, args: list[Text]) -> Text:
    ins, out, new = node.params
    if new:
        shape = ", ".join(map(str, node.shape))
        if not ins[0] and len(set(out)) == len(out):
            filled = {"0": "zeros", "1": "ones"}.get(args[0][0])
            return (f"{filled}({shape})", ATOM) if filled else (_times(args[0], f"ones({shape})"))
        if len(out) == 2 and out[0] == out[1]:
            return _times(args[0], f"eye({node.shape[0]})")
        return f'einsum("{",".join(ins)}->{out}", {", ".join(a[0] for a in args)})', ATOM
    known = canonical(ins, out)
    if known in PATTERNS:
        return _infix(PATTERNS[known], args)
    if known in TURNED:
        return _turned(TURNED[known], args)
    if known in SINGLE:
        pattern, level = SINGLE[known]
        parts = [bracket(a, ATOM) if pattern.startswith("{}") else a[0] for a in args]
        return pattern.format(*parts), level
    if len(ins) == 1 and set(out) <= set(ins[0]) and len(set(ins[0])) == len(ins[0]):
        gone = [k for k, x in enumerate(ins[0]) if x not in out]
        if not out:
            return f"sum({args[0][0]})", ATOM
        if len(gone) == 1 and out == ins[0].replace(ins[0][gone[0]], ""):
            return f"sum({args[0][0]}, axis={gone[0]})", ATOM
    return f'einsum("{",".join(ins)}->{out}", {", ".join(a[0] for a in args)})', ATOM


def _turned(pattern: str, args: list[Text]) -> Text:
    """A product of two by its pattern, such as `0.T@1`."""
    sides = []
    for side in pattern.split("@"):
        text = args[int(side[0])]
        sides.append((f"{bracket(text, ATOM)}.T", ATOM) if side.endswith(".T") else text)
    return _infix("@", sides)


def _times(factor: Text, array: str) -> Text:
    return (array, ATOM) if factor[0] == "1" else _infix("*", [factor, (array, ATOM)])


def canonical(ins: tuple[str, ...], out: str) -> tuple[tuple[str, ...], str]:
    """The same product with its letters called i, j, k, … in the order of their first use."""
    used = dict.fromkeys("".join(ins) + out)
    if len(used) > len(FIRST_LETTERS):
        return ins, out
    letters = dict(zip(used, FIRST_LETTERS, strict=False))
    return tuple("".join(letters[x] for x in i) for i in ins), "".join(letters[x] for x in out)


def _indexed(key: tuple[Any, ...], arg: Text, shape: Shape) -> str:
    if key == (NEW,):
        return f"{bracket(arg, ATOM)}.T"
    whole = [k == (0, dim) for k, dim in zip(key, shape, strict=False)]
    while len(whole) > 1 and whole[-1]:
        whole.pop()
    items = (
        ":" if all_ else f"{k[0]}:{k[1]}" if isinstance(k, tuple) else str(k)
        for k, all_ in zip(key, whole, strict=False)
    )
    return f"{bracket(arg, ATOM)}[{', '.join(items)}]"


def _call(name: str, args: list[Text], params: tuple[Any, ...]) -> str:
    parts = [arg[0] for arg in args]
    base = name.removesuffix("_of")
    if name in ("softmax", "log_softmax"):
        parts.append(f"axis={params[0]}")
    elif name in ("prod", "det") and params[0]:
        base = f"{name}_{params[0]}"
    elif name == "polygamma":
        if params[0] == 0:
            return f"digamma({parts[0]})"
        parts.insert(0, str(params[0]))
    elif name == "concat" and params[0]:
        parts.append(f"axis={params[0]}")
    return f"{base}({', '.join(parts)})"
