"""One structure in three notations: text, LaTeX and NumPy are read by a small grammar of each.

Must not know how anything is written: what is read is compared, not how it looks.
"""

from __future__ import annotations

import ast
import re
from random import Random
from typing import Any

import pytest

from gradcli import api
from gradcli.emit.python import Python
from gradcli.emit.target import target
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import letter
from gradcli.notation.latex import latex
from gradcli.notation.text import formula

SCALARS, MATRICES = "abc", "ABC"
SHAPES = dict.fromkeys(SCALARS, ()) | {x: (letter("n"),) * 2 for x in MATRICES}
TOKEN = re.compile(r"\\frac|\\odot|\\oslash|\\top|\d+|[\w.]|\S")
Tree = tuple[Any, ...]
"""A sign, what stands behind it, and whether that is a matrix."""


def leaf(name: str) -> Tree:
    return 1, name, name in MATRICES


def negated(x: Tree) -> Tree:
    return -x[0], *x[1:]


def plus(x: Tree, y: Tree) -> Tree:
    """Sums of three are grouped from the left; what is added is no sum but one in brackets."""
    left = x[1][1:] if x[1][0] == "+" and x[0] > 0 else (x,)
    right = y[1][1:] if y[1][0] == "+" and y[0] > 0 else (y,)
    return 1, ("+", *left, *right), x[2] or y[2]


def times(x: Tree, y: Tree, sign: str = "") -> Tree:
    """Scalars in any order, then matrices in theirs; `sign` is that of a product by entries,

    of which one with a quotient is the quotient of a product.
    """
    sign = sign if x[2] and y[2] else "*"
    if sign == "⊙" and y[1][0] == "/":
        return over(times(x, (y[0], *y[1][1][1:]), "⊙"), y[1][2])
    scalars: list[Any] = []
    parts: list[Any] = []
    for _, part, matrix in (x, y):
        if part[0] == "*":
            scalars += part[1]
            parts += [("⊙", part[2])] if sign == "⊙" and len(part[2]) > 1 else part[2]
        else:
            (parts if matrix else scalars).append(part)
    if sign == "⊙":
        parts = [("⊙", *(p for part in parts for p in (part[1:] if part[0] == "⊙" else [part])))]
    return x[0] * y[0], ("*", sorted(scalars, key=str), parts), x[2] or y[2]


def over(x: Tree, y: Tree) -> Tree:
    return x[0] * y[0], ("/", (1, *x[1:]), (1, *y[1:])), x[2] or y[2]


def power(x: Tree, y: Tree) -> Tree:
    return 1, ("^", x, y), x[2]


def transposed(x: Tree) -> Tree:
    return x[0], ("T", x[1]), True


# -- readers


def of_python(code: ast.expr) -> Tree:
    match code:
        case ast.Name(id=name):
            return leaf(name)
        case ast.Constant(value=value):
            return leaf(str(value))
        case ast.UnaryOp(operand=inner):
            return negated(of_python(inner))
        case ast.Attribute(value=inner):
            return transposed(of_python(inner))
        case ast.BinOp(left=left, op=op, right=right):
            x, y = of_python(left), of_python(right)
            match op:
                case ast.Add():
                    return plus(x, y)
                case ast.Sub():
                    return plus(x, negated(y))
                case ast.Mult():
                    return times(x, y, "⊙")
                case ast.MatMult():
                    return times(x, y)
                case ast.Div():
                    return over(x, y)
                case ast.Pow():
                    return power(x, y)
    raise AssertionError(ast.dump(code))


def read_python(text: str) -> Tree:
    return of_python(ast.parse(text, mode="eval").body)


def read_text(text: str) -> Tree:
    for ours, theirs in ((" .^ ", "**"), ("^", "**"), (".*", "*"), ("./", "/")):
        text = text.replace(ours, theirs)
    return read_python(text)


class Latex:
    """A reader of sums, products side by side, fractions and superscripts."""

    def __init__(self, text: str) -> None:
        for sized in (r"\left", r"\right", r"\,", r"\cdot"):
            text = text.replace(sized, " ")
        self.tokens = TOKEN.findall(text)

    def next(self, *wanted: str) -> str:
        """The next token, taken if it is one of these."""
        if self.tokens and (not wanted or self.tokens[0] in wanted):
            return self.tokens.pop(0)
        return ""

    def sum(self) -> Tree:
        found = negated(self.product()) if self.next("-") else self.product()
        while sign := self.next("+", "-"):
            term = self.product()
            found = plus(found, negated(term) if sign == "-" else term)
        return found

    def product(self) -> Tree:
        found = self.side()
        while sign := self.next(r"\odot", r"\oslash"):
            side = self.side()
            found = over(found, side) if sign == r"\oslash" else times(found, side, "⊙")
        return found

    def side(self) -> Tree:
        """Factors side by side, which bind more tightly than any sign."""
        found = self.factor()
        while self.tokens and self.tokens[0] not in ("+", "-", ")", "}", r"\odot", r"\oslash"):
            found = times(found, self.factor())
        return found

    def factor(self) -> Tree:
        found = self.atom()
        while self.next("^"):
            if self.next(r"\top"):
                found = transposed(found)
            else:
                assert self.next("{")
                self.next(r"\odot")
                found = power(found, self.sum())
                assert self.next("}")
        return found

    def atom(self) -> Tree:
        token = self.next()
        if token == r"\frac":
            return over(self.atom(), self.atom())
        if token in ("(", "{"):
            found = self.sum()
            assert self.next(")", "}")
            return found
        assert token.isalnum(), token
        return leaf(token)


def read_latex(text: str) -> Tree:
    reader = Latex(text)
    found = reader.sum()
    assert not reader.tokens, text
    return found


def numpy(root: Node) -> str:
    writer = Python(target("numpy"), topological([root]))
    pieces: dict[Node, Any] = {}
    for node in topological([root]):
        name = node.params[0] if node.op.name == "input" else ""
        args = [pieces[arg] for arg in node.args]
        pieces[node] = writer.named(node, name) if name else writer.piece(node, args)
    text: str = pieces[root].text
    return text


# -- what is written


def drawn(random: Random, matrix: bool, depth: int) -> str:
    """An expression in which every part has its brackets."""
    if not depth or random.random() < 0.1:
        return random.choice(MATRICES if matrix else SCALARS)

    def part(matrix: bool) -> str:
        return f"({drawn(random, matrix, depth - 1)})"

    signs = ["+", "-", "*", "/", "neg", "^"] + ["@", "T", "scaled"] * 2 * matrix
    match random.choice(signs):
        case "neg":
            return f"-{part(matrix)}"
        case "^":
            return f"{part(matrix)} {'.^' if matrix else '^'} {random.choice('23')}"
        case "T":
            return f"{part(matrix)}.T"
        case "scaled":
            return f"{part(False)}*{part(True)}"
        case sign:
            return f"{part(matrix)} {sign} {part(matrix)}"


@pytest.mark.parametrize("seed", range(120))
def test_the_writers_agree(seed: int) -> None:
    text = drawn(Random(seed), bool(seed % 2), 4)
    node = api.parse(text, SHAPES, "n").output
    wanted = read_text(formula(node, {}))
    assert read_python(numpy(node)) == wanted
    assert read_latex(latex(node, {})) == wanted


@pytest.mark.parametrize(
    ("text", "paper", "code"),
    [
        ("a - (b - c)", "a - (b - c)", "a - (b - c)"),
        ("(a + b)*c", "(a + b) c", "(a + b) * c"),
        ("a*(-b)", "a (-b)", "a * -b"),
        ("-(a + b)", "-(a + b)", "-(a + b)"),
        ("-(-2*a)", "-(-2 a)", "-(-2 * a)"),
        ("a/(b*c)", r"\frac{a}{b c}", "a / (b * c)"),
        ("a/b/c", r"\frac{\frac{a}{b}}{c}", "a / b / c"),
        ("a*(b/c)", r"a \frac{b}{c}", "a * (b / c)"),
        ("(-a)^2", "(-a)^{2}", "(-a)**2"),
        ("-a^2", "-a^{2}", "-a**2"),
        ("(a*b)^2", "(a b)^{2}", "(a * b)**2"),
        ("(a^2)^3", "(a^{2})^{3}", "(a**2)**3"),
        ("a^(b + c)", "a^{b + c}", "a**(b + c)"),
        ("a^(1 - b)", "a^{1 - b}", "a**(1 - b)"),
        ("(A + B).T", r"(A + B)^\top", "(A + B).T"),
        ("A @ (B @ C)", "A B C", "A @ (B @ C)"),
        ("A*B @ C", r"(A \odot B) C", "A * B @ C"),
        ("A*(B @ C)", r"A \odot (B C)", "A * (B @ C)"),
        ("a*(A @ B)", "a A B", "a * (A @ B)"),
        ("(A + B)[0]", "(A + B)_{0}", "(A + B)[0]"),
    ],
)
def test_precedence(text: str, paper: str, code: str) -> None:
    """The same brackets in each notation, as far as it needs them."""
    node = api.parse(text, SHAPES, "n").output
    assert (formula(node, {}), latex(node, {}), numpy(node)) == (text, paper, code)
