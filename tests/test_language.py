"""The language: what each spelling means, and what is said of each mistake.

Must not know names of functions or shapes; only `parse` and the tree it makes.
"""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.errors import CODES, Diagnostic, GradcliError, Source
from gradcli.language.parsing import tables
from gradcli.language.parsing.parse import parse, parse_expression, parse_point
from gradcli.language.parsing.statement_lines import SPELLINGS
from gradcli.language.parsing.words import WORDS
from gradcli.language.tree import syntax


def shown(node: object) -> str:
    """A tree with all its brackets."""
    match node:
        case None:
            return ""
        case syntax.Number(value=value):
            return str(value)
        case syntax.Name(name=name):
            return name
        case syntax.Text(value=value):
            return repr(value)
        case syntax.FileValue(path=path):
            return f"@{path}"
        case syntax.Array(items=items):
            return f"[{', '.join(map(shown, items))}]"
        case syntax.Tuple(items=items):
            return f"<{', '.join(map(shown, items))}>"
        case syntax.Unary(operator=operator, operand=operand):
            return f"({operator} {shown(operand)})"
        case syntax.Binary(operator=operator, left=left, right=right):
            return f"({shown(left)} {operator} {shown(right)})"
        case syntax.Transpose(operand=operand):
            return f"{shown(operand)}.T"
        case syntax.Slice(start=start, stop=stop):
            return f"{shown(start)}:{shown(stop)}"
        case syntax.Index(operand=operand, items=items):
            return f"{shown(operand)}[{', '.join(map(shown, items))}]"
        case syntax.Call(function=function, arguments=arguments, keywords=keywords):
            given = [*map(shown, arguments), *(f"{n.name}={shown(v)}" for n, v in keywords)]
            return f"{function.name}({', '.join(given)})"
        case syntax.IndexRange(variable=v, low=low, high=high):
            return f"{v.name} in {shown(low)}..{shown(high)}"
        case syntax.Fold(function=f, ranges=ranges, condition=condition, body=body):
            head = ", ".join(map(shown, ranges)) + f" if {shown(condition)}" * bool(condition)
            return f"{f.name}({head}, {shown(body)})"
        case syntax.Definition(name=name, indices=(), value=value):
            return f"{name.name} = {shown(value)}"
        case syntax.Definition(name=name, indices=indices, value=value):
            return f"{name.name}[{', '.join(map(shown, indices))}] = {shown(value)}"
        case syntax.FunctionDefinition(name=name, parameters=parameters, body=body):
            return f"{name.name}({', '.join(p.name for p in parameters)}) := {shown(body)}"
        case syntax.Loop(variable=v, low=low, high=high, body=body, condition=condition):
            head = f"{v.name} in {shown(low)}..{shown(high)}" + f" if {shown(condition)}" * bool(
                condition
            )
            return f"for {head} {{{'; '.join(map(shown, body))}}}"
        case syntax.At(values=()):
            return "at random"
        case syntax.At(values=values):
            return f"at {', '.join(f'{n.name}={shown(v)}' for n, v in values)}"
        case syntax.Derivative(subject=subject, by=by, order=order, operator=operator):
            below = " ".join(shown(x) + f"^{n}" * (n > 1) for x, n in by)
            kind = "operator" if operator else "d"
            return f"{kind}{order}({shown(subject)} | {below})"
        case syntax.Side(relation=relation, value=value, tolerance=None):
            return f"{relation} {shown(value)}"
        case syntax.Side(relation=relation, value=value, tolerance=tolerance):
            margin = shown(tolerance.value) + " rel" * tolerance.relative
            return f"{relation} {shown(value)} ± {margin}"
        case syntax.Claim(left=left, sides=sides):
            return f"claim {shown(left)} {' '.join(map(shown, sides))}"
        case syntax.Continuation(sides=sides):
            return f"... {' '.join(map(shown, sides))}"
        case syntax.Declaration(names=names, set=set_):
            return f"{', '.join(n.name for n in names)} in {shown_set(set_)}"
        case syntax.Heading(title=title):
            return f"derivation {title!r}"
        case syntax.Layout(name=name):
            return f"layout {name.name}"
        case syntax.Output(value=value):
            return shown(value)
        case syntax.Program(statements=statements):
            return "; ".join(map(shown, statements))
    raise TypeError(node)


def shown_set(written: syntax.Set) -> str:
    inner = ", ".join(map(shown, written.arguments))
    opening, closing = ("(" if written.open[0] else "["), (")" if written.open[1] else "]")
    base = f"{opening}{inner}{closing}"
    if written.name is not None:
        base = written.name.name + f"({inner})" * bool(written.arguments)
    return base + ("" if written.power is None else f"^({', '.join(map(shown, written.power))})")


def read(text: str) -> str:
    return shown(parse(Source("t", text)))


def complaints(text: str) -> list[Diagnostic]:
    with pytest.raises(GradcliError) as caught:
        parse(Source("t", text))
    return list(caught.value.diagnostics)


def complaint(text: str) -> Diagnostic:
    (only,) = complaints(text)
    return only


MEANINGS = {
    # precedence
    "1+2*3": "(1 + (2 * 3))",
    "1-2-3": "((1 - 2) - 3)",
    "a/b*c@d": "(((a / b) * c) @ d)",
    "a .* b ./ c": "((a .* b) ./ c)",
    "-x^2": "(- (x ^ 2))",
    "-a*b": "((- a) * b)",
    "a*-b": "(a * (- b))",
    "2^-x": "(2 ^ (- x))",
    "2^+-x": "(2 ^ (+ (- x)))",
    "2^3^2": "(2 ^ (3 ^ 2))",
    "2**3.^2": "(2 ^ (3 .^ 2))",
    "x.T'[0]": "x.T.T[0]",
    "A^T": "(A ^ T)",
    "x.T @ A^-1": "(x.T @ (A ^ (- 1)))",
    "where(a or b and not c < d, 1, 2)": "where((a or (b and (not (c < d)))), 1, 2)",
    "where(a <= b, 1, 2) + where(a == b, 1, 2)": "(where((a <= b), 1, 2) + where((a == b), 1, 2))",
    # products without a sign
    "2x": "(2 * x)",
    "2 x": "(2 * x)",
    "3(x+1)": "(3 * (x + 1))",
    "(x+1)(x-1)": "((x + 1) * (x - 1))",
    "(x)y": "(x * y)",
    "2x^2": "(2 * (x ^ 2))",
    "-2x": "(- (2 * x))",
    "A @ 2x": "(A @ (2 * x))",
    "2x/3": "((2 * x) / 3)",
    "2(a)(b)^2": "((2 * a) * (b ^ 2))",
    "sin(x)cos(y)": "(sin(x) * cos(y))",
    "2x(y)": "(2 * x(y))",
    "2x.T": "(2 * x.T)",
    "2x[0]": "(2 * x[0])",
    "x^y(z)": "(x ^ y(z))",
    "2e": "(2 * e)",
    "2e-3": "1/500",
    "1e−3": "1/1000",
    # other spellings
    "x² + x⁻¹ + x¹²": "(((x ^ 2) + (x ^ (- 1))) + (x ^ 12))",
    "xᵀ·y": "(x.T * y)",
    "a − b ⋅ c × d ⊙ e": "(a - (((b * c) * d) * e))",
    "where(a ≤ b and a ≥ c or a ≠ d, π, ∞)": "where((((a <= b) and (a >= c)) or (a != d)), π, inf)",
    "2.*x": "(2 .* x)",
    "2./x": "(2 ./ x)",
    "2.^x": "(2 .^ x)",
    ".5 + 2. + 1_000 + 0.1": "(((1/2 + 2) + 1000) + 1/10)",
    "x₁ + 𝑥 + ｘ": "((x1 + x) + x)",
    "x\u0302 + e\u0301": "(x\u0302 + \u00e9)",
    "क\u093f": "क\u093f",
    # calls, indices, arrays
    "f()": "f()",
    'norm(A, "fro")': "norm(A, 'fro')",
    "sum(X, axis=0)": "sum(X, axis=0)",
    "reshape(x, (m, n))": "reshape(x, <m, n>)",
    "X[1, :] + x[-1] + x[1:] + x[:3] + x[1:3]": (
        "((((X[1, :] + x[(- 1)]) + x[1:]) + x[:3]) + x[1:3])"
    ),
    "[[1, 2], [3, x+1]]": "[[1, 2], [3, (x + 1)]]",
    "[a - 1, -b, sin (x), x[t -1]]": "[(a - 1), (- b), sin(x), x[(t - 1)]]",
    "sum(t in 1..3, x[t])": "sum(t in 1..3, x[t])",
    "sum(i in 0..2, j in 0..i, x[i, j])": "sum(i in 0..2, j in 0..i, x[i, j])",
    "sum(j in 0..2 if j != i, x[j])": "sum(j in 0..2 if (j != i), x[j])",
    "sum(j in 0..2, if_)": "sum(j in 0..2, if_)",
    "max(t ∈ 1..n-1, t)": "max(t in 1..(n - 1), t)",
    # statements
    "y = x + 1; z = 2*y": "y = (x + 1); z = (2 * y)",
    "y = x # why\n\n\nz = y;": "y = x; z = y",
    "\r\ny = x\r\nz = y": "y = x; z = y",
    "f(u, v) = u*v": "f(u, v) := (u * v)",
    "h[0] = 3": "h[0] = 3",
    "c = x < 3": "c = (x < 3)",
    "for t in 1..3 { a[t] = x[t]; h[t] = a[t] }": "for t in 1..3 {a[t] = x[t]; h[t] = a[t]}",
    "for t in 1..T {\n  a[t] = 1\n\n  b[t] = 2\n}\nx": "for t in 1..T {a[t] = 1; b[t] = 2}; x",
    "for s in 1..2 { for t in 1..3 { a = 1 } }": "for s in 1..2 {for t in 1..3 {a = 1}}",
    "for s in 1..2, t in 1..3 { a = 1 }": "for s in 1..2 {for t in 1..3 {a = 1}}",
    "for s in 1..2, t in 1..3 if s < t { c[s, t] = 1 }": (
        "for s in 1..2 {for t in 1..3 if (s < t) {c[s, t] = 1}}"
    ),
    'at x = -2, W = @w.npy, V = @"my file.npz":k': "at x=(- 2), W=@w.npy, V=@my file.npz:k",
    "f = sum(X,\n  axis=0)\ng": "f = sum(X, axis=0); g",
    "y = [1,\n 2, # two\n 3]": "y = [1, 2, 3]",
    "y = (a +\n b)": "y = (a + b)",
    # derivations
    'derivation "softmax"; x in R': "derivation 'softmax'; x in R",
    "derivation": "derivation ''",
    "layout denominator": "layout denominator",
    "at random": "at random",
    "x, y ∈ [0, inf); z in (0, 1]^3": "x, y in [0, inf); z in (0, 1]^(3)",
    "A in R^(m, n+1); b in R²; c in R^T": "A in R^(m, (n + 1)); b in R^(2); c in R^(T)",
    "y in onehot(4); k in integers(-2, 2)^(2, 3)": (
        "y in onehot(4); k in integers((- 2), 2)^(2, 3)"
    ),
    # claims
    "f(2, 5) = 20": "claim f(2, 5) = 20",
    "(x) = 3": "claim x = 3",
    "x ≈ 3; x ~= 3": "claim x ≈ 3; claim x ≈ 3",
    "x ≈ 3 ± 1e-3; x ≈ 3 ± 1/2*rel": "claim x ≈ 3 ± 1/1000; claim x ≈ 3 ± (1 / 2) rel",
    "x != 3; x ≠ 3": "claim x != 3; claim x != 3",
    "a + b = c ≈ d": "claim (a + b) = c ≈ d",
    "y = x\n  = 2\n\n# why\n  ≈ 3": "y = x; ... = 2; ... ≈ 3",
    "x ≈ @w.npy ± 1e-6 rel": "claim x ≈ @w.npy ± 1/1000000 rel",
    "": "",
}


@pytest.mark.parametrize("text", MEANINGS)
def test_meaning(text: str) -> None:
    assert read(text) == MEANINGS[text]


REFUSALS = {
    # what can be read in two ways shows both
    "1/2x": ("G003", "1/2x", "write  1/(2*x)  or  (1/2)*x"),
    "a*b/2 c": ("G003", "a*b/2 c", "write  a*b/(2*c)  or  (a*b/2)*c"),
    "x^2y": ("G003", "x^2y", "write  x^(2*y)  or  x^2*y"),
    "2x^3(y)": ("G003", "x^3(y)", "write  x^(3*(y))  or  x^3*(y)"),
    "1/(x+1)(x-1)": ("G003", "1/(x+1)(x-1)", "write  1/((x+1)*(x-1))  or  (1/(x+1))*(x-1)"),
    "1/sin(x)(y)": ("G003", "1/sin(x)(y)", "write  1/(sin(x)*(y))  or  (1/sin(x))*(y)"),
    "a/-2x": ("G003", "a/-2x", "write  a/(-2*x)  or  (a/-2)*x"),
    "[1 -1]": ("G003", "[1 -1]", "write  [1, -1]  or  [1 - 1]"),
    "[x y]": ("G003", "[x y]", "write  [x, y]  or  [x*y]"),
    "[2 x]": ("G003", "[2 x]", "write  [2, x]  or  [2*x]"),
    "0x10": ("G003", "0x10", "write  16  or  0*x10"),
    # arrays
    "[1 2]": ("G001", "2", "write  [1, 2]"),
    "[[1, 2] [3, 4]]": ("G001", "[", "write  [[1, 2], [3, 4]]"),
    "[1 2; 3 4]": ("G006", ";", "write  [[1, 2], [3, 4]]"),
    "[]": ("G001", "]", ""),
    # comparisons
    "0 < x > 1": ("G001", "0 < x > 1", "write  0 < x and x > 1"),
    "where(0 < x <= y > 1, 1, 2)": (
        "G001",
        "0 < x <= y > 1",
        "write  0 < x <= y and y > 1",
    ),
    "x == 3": ("G001", "x == 3", "write  x = 3"),
    # brackets
    "y = (x + 1\nz = 2": ("G002", "(", ""),
    "y = (x + 1\n\nz": ("G002", "(", ""),
    "y = [1, 2\nfor t in 1..2 { a[t] = 1 }": ("G002", "[", ""),
    "y = f(x; z = 2": ("G002", "(", ""),
    "for t in 1..3 { a[t] = (1 }": ("G002", "(", ""),
    "for t in 1..3 { a[t] = 1": ("G002", "{", ""),
    "(x]": ("G002", "(", ""),
    "x)": ("G001", ")", ""),
    "}": ("G001", "}", ""),
    # other languages
    "|x - 1 + 1": ("G006", "|", "write  abs(x)"),
    "f' (x)": ("G006", "f' (", "write  f'(x)"),
    "sin²(x)": ("G006", "sin²(", "write  sin(x)²"),
    r"\frac{1}{1+e^{-x}}": ("G006", r"\frac{1}{1+e^{-x}}", "write  1/(1+exp(-x))"),
    r"L = \frac{1}{2} x^{2}  # no": ("G006", r"L = \frac{1}{2} x^{2}", "write  L = (1/2) x^2"),
    r"\sum_{i=1}^n x_i": ("G006", r"\sum_{i=1}^n x_i", SPELLINGS),
    "e^{-x}": ("G006", "{", "in an expression write  ( )"),
    "np.sin(x)": ("G006", "np.sin", "write  sin"),
    "X.sum()": ("G006", "X.sum", "write  sum(X)"),
    "X.shape": ("G006", "X.shape", "only  .T  may follow a dot"),
    "norm(A, 'fro')": ("G001", "'fro'", 'write  "fro"'),
    "xⁿ": ("G001", "xⁿ", "write  x^n"),
    "x && y": ("G001", "&", "write  and"),
    "a ÷ b": ("G001", "÷", "write  /"),
    # operators
    "x^^2": ("G001", "^^", "write  ^"),
    "x ** ^ 2": ("G001", "** ^", "write  ^"),
    "2 × · x": ("G001", "× ·", "write  *"),
    "dy/dx^2 * * 2": ("G001", "* *", "write  *"),
    "x > 0 and and y > 0": ("G001", "and and", "write  and"),
    "x***2": ("G001", "***", "write  ^  or  *"),
    "x */ y": ("G001", "*/", "write  *  or  /"),
    "x.**2": ("G001", ".**", "write  .^"),
    "x => 2": ("G001", "=>", "write  >="),
    "where(x <> 2, 1, 2)": ("G001", "<>", "write  !="),
    "x === 2": ("G001", "===", "write  =  or, of a condition,  =="),
    "-*x": ("G001", "*", ""),
    # names and numbers
    "in = 3": ("G007", "in", "choose another name"),
    "x + derivation": ("G007", "derivation", "choose another name"),
    "1e999999999": ("G008", "1e999999999", ""),
    "1.2.3": ("G001", "1.2.3", ""),
    "x y": ("G001", "x y", "for a product write  x*y  or, of matrices,  x @ y"),
    "x'y": ("G001", "y", "a product of these needs its sign:  *  or  @,  as in  x' @ y"),
    "½": ("G001", "½", ""),
    '"abc': ("G002", '"', ""),
    "x = @w.npy": (
        "G001",
        "= @w.npy",
        "write  at x = @w.npy  for the value of an input,  or  x ≈ @w.npy ± 1e-6  for a claim",
    ),
    "x + 1 = @w.npy": ("G001", "= @w.npy", "write  x + 1 ≈ @w.npy ± 1e-6"),
    "x = 3 ± 1e-3": ("G001", "= 3", "write  x ≈ 3 ± 1e-3"),
    "y ≈ x\n  = 3 ± 1e-3 rel": ("G001", "= 3", "write  ≈ 3 ± 1e-3 rel"),
    "at x = 3 y = 4": ("G001", "y", ""),
    "f(axis=0, x)": ("G009", "x", "write the arguments that have names last"),
    # derivations
    "layout rows": ("G001", "rows", "write  layout numerator  or  layout denominator"),
    "d/dx (x)^2": ("G003", "d/dx (x)^2", "write  (d/dx (x))^2  or  d/dx ((x)^2)"),
    "d/dx (x) * y": ("G003", "d/dx (x) * y", "write  (d/dx (x)) * y  or  d/dx ((x) * y)"),
}


@pytest.mark.parametrize("text", REFUSALS)
def test_refusal(text: str) -> None:
    found = complaint(text)
    assert found.span is not None
    assert (found.code, found.span.text, found.help) == REFUSALS[text]


def test_expectations_are_in_words() -> None:
    found = complaint("p = sigmoid(w*x + )")
    assert found.message == 'expected a number, a name or "(" before ")"'
    assert found.label == "nothing is added here"
    assert found.span is not None
    assert found.span.start == 18
    found = complaint("for t 1..3 { a = 1 }")
    assert found.message == 'expected "in" before "1"'


def test_the_end_is_reported_where_the_text_ends() -> None:
    for text in ("x +", "x +   # more", "x +\ny"):
        found = complaint(text)
        assert found.span is not None
        assert (found.span.start, found.span.end) == (3, 3)


def test_every_terminal_has_words() -> None:
    known = tables.load()
    kinds = {kind for actions in known.actions for kind in actions}
    assert kinds == set(WORDS)


def test_reading_resumes_at_the_next_statement() -> None:
    found = complaints("a = 1 +\nb = 2\nc = * 3; d = (4\ne = 5 6\nfor t in 1..2 { f = ; g = 1/ }")
    assert [d.span.source.position(d.span.start) for d in found if d.span] == [
        (1, 8),
        (3, 5),
        (3, 14),
        (4, 5),
        (5, 20),
        (5, 30),
    ]


def test_all_products_in_two_ways_are_reported() -> None:
    assert [d.code for d in complaints("1/2x + 1/3y")] == ["G003", "G003"]


def test_spans_are_those_of_the_original_text() -> None:
    text = "y = x\u0302² + (𝑎 ⋅ b)"
    (definition,) = parse(Source("t", text)).statements
    assert isinstance(definition, syntax.Definition)
    total = definition.value
    assert isinstance(total, syntax.Binary)
    assert definition.span.text == text
    assert total.left.span.text == "x\u0302²"
    assert total.right.span.text == "𝑎 ⋅ b"
    assert total.span.text == "x\u0302² + (𝑎 ⋅ b)"


def test_numbers_are_exact() -> None:
    def value(text: str) -> Fraction:
        number = parse_expression(Source("t", text))
        assert isinstance(number, syntax.Number)
        return number.value

    assert value("0.1") == Fraction(1, 10)
    assert value("1.5e-3") == Fraction(3, 2000)
    assert value("1" * 9000) == (10**9000 - 1) // 9
    assert value("0e999999999") == 0


def test_point() -> None:
    values = parse_point(Source("t", "x=-2, y=[1,2], W=@w.npy"))
    assert [(n.name, shown(v)) for n, v in values] == [
        ("x", "(- 2)"),
        ("y", "[1, 2]"),
        ("W", "@w.npy"),
    ]
    with pytest.raises(GradcliError):
        parse_point(Source("t", "x=1; y=2"))
    with pytest.raises(GradcliError):
        parse_point(Source("t", ""))
    with pytest.raises(GradcliError):
        parse_expression(Source("t", "x = 1"))


DEEP = {
    "brackets": lambda n: "(" * n + "x" + ")" * n,
    "arrays": lambda n: "[" * n + "x" + "]" * n,
    "open": lambda n: "(" * n + "x",
    "calls": lambda n: "f(" * n + "x" + ")" * n,
    "signs": lambda n: "-" * n + "x",
    "signs in error": lambda n: "-" * n + "x y",
    "powers": lambda n: "x" + "^x" * n,
    "postfixes": lambda n: "x" + "'" * n,
    "sum": lambda n: "x" + "+x" * n,
    "implicit": lambda n: "(x)" * n,
    "divided": lambda n: "1/" + "(x)" * n,
    "crowded": lambda n: "2x" + "/2x" * n,
    "compared": lambda n: "x" + "<x" * n,
    "loops": lambda n: "for t in 1..3 {" * n + "}" * n,
    "bad lines": lambda n: "x +\n" * n,
    "open lines": lambda n: "f(x\n" * n,
    "rows": lambda n: "[" + "1; " * n + "]",
    "open rows": lambda n: "[1; " * n,
    "members": lambda n: "x, in " * n,
    "bars": lambda n: "| " * n,
    "marks": lambda n: "x" + "\u0302" * n,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DEEP)
def test_depth_and_linear_time(kind: str) -> None:
    def work(size: int) -> float:
        text = DEEP[kind](size)
        start = time.process_time()
        try:
            parse(Source("t", text))
        except GradcliError as error:
            assert error.diagnostics
        return time.process_time() - start

    small = min(work(1000) for _ in range(3))
    # Squared time would take a hundred times as long; one run may collect what others left.
    assert min(work(10_000) for _ in range(2)) < 50 * small + 0.05


PIECES = r"""
x y1 θ 2 3.5 1e3 + - * / ^ ** @ .* ./ .^ ( ) [ ] { } , ; : .. = == != < >= ≈ ~= ' .T ᵀ ² ⁻¹ |
in for at random derivation layout and or not \frac ∂ ∈ # " "fro" @w.npy =@w.npy
"""
TOKENS = st.sampled_from([*PIECES.split(), "\n"])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.lists(TOKENS).map(" ".join), st.lists(TOKENS).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    source = Source("t", text)
    for reader in (parse, parse_point, parse_expression):
        try:
            reader(source)
        except GradcliError as error:
            assert error.diagnostics
            for found in error.diagnostics:
                assert found.code in CODES
                assert found.span is not None
                assert 0 <= found.span.start <= found.span.end <= len(text)


def test_lone_surrogates_and_control_characters() -> None:
    assert complaint("x + \ud800").code == "G001"
    assert "U+0000" in complaint("x + \0").message
