"""The page of a function, read off the registry: value, derivatives, domain, kinks, an example.

Must not know any function by name; what it says is what the tables state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from gradcli.calculus.core import number, symbol
from gradcli.calculus.derivative import derivative
from gradcli.calculus.differentiate import pull
from gradcli.calculus.families import Differentiable, Leaf, Pointwise
from gradcli.errors import wrong
from gradcli.graph.node import Node, ShapeError, SizeNeeded
from gradcli.graph.order import topological
from gradcli.graph.shape import letter
from gradcli.language.elaboration.calls import DERIVATIVES, MEANING
from gradcli.language.elaboration.scope import nearest
from gradcli.notation.latex import latex
from gradcli.notation.text import flat, formula
from gradcli.ops import FUNCTIONS
from gradcli.ops.composition import composition
from gradcli.ops.elementary import POLE
from gradcli.ops.registry import Function
from gradcli.simplify.simplifier import Simplifier

UPSTREAM, MATRIX = "δ", 2
WORDS = {"> 0": "{} > 0", ">= 0": "{} >= 0", "!= 0": "{} != 0"}


@dataclass(slots=True, eq=False)
class FunctionPage:
    """What `gradcli functions NAME` says; every text is in gradcli's own language.

    `derivatives` are Jacobians by argument; of those with more than two axes `pullbacks` say what
    becomes of δ, the derivative by the value; `words` say that where options or sizes leave no one
    formula. `where` says what a letter in them stands for; `math`
    has the LaTeX of those texts that are formulas, `linear` says that it is that in each argument,
    `entrywise` that it goes entry by entry.
    """

    signature: str
    aliases: tuple[str, ...]
    section: str
    value: str | None
    derivatives: list[tuple[str, str]]
    domain: list[str]
    kinks: list[str]
    example: str
    pullbacks: list[tuple[str, str]] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    where: str = ""
    linear: bool = False
    entrywise: bool = False
    math: dict[str, str] = field(default_factory=dict)


def operators() -> dict[str, FunctionPage]:
    """The pages of derivatives by function, which are of expressions, not of values."""
    return {
        name: FunctionPage(signature, (), "derivatives", MEANING[name][0], [], [], [], example)
        for name, signature in DERIVATIVES.items()
        for example in [MEANING[name][1]]
    }


def described(name: str) -> FunctionPage:
    """The page of a function by its name; GradcliError (G005) for one that there is not."""
    pages = operators()
    if name in pages:
        return pages[name]
    if name in FUNCTIONS:
        return describe(FUNCTIONS[name])
    near = nearest(name, [*FUNCTIONS, *pages])
    help = f'did you mean "{near}"?' if near else "gradcli functions  lists them all"
    raise wrong("G005", f'unknown function "{name}"', help=help)


def alike(word: str) -> list[FunctionPage]:
    """The page of a name, else those of the functions whose names have the word within them.

    GradcliError (G005) where there is none.
    """
    within = [page for page in every() if any(word in name for name in names_of(page))]
    return within if within and word not in {*FUNCTIONS, *operators()} else [described(word)]


def names_of(page: FunctionPage) -> tuple[str, ...]:
    """All names of a function, its own first."""
    return page.signature.partition("(")[0], *page.aliases


def every() -> list[FunctionPage]:
    """All pages, each function once under its own name."""
    pages = [describe(found) for key, found in FUNCTIONS.items() if key == found.name]
    return [*pages, *operators().values()]


def describe(function: Function) -> FunctionPage:
    """The page of one function."""
    value = function.means or None
    page = FunctionPage(
        function.signature, function.aliases, function.section, value, [], [], [], ""
    )
    page.example = _example(function)
    page.linear, page.words = function.linear, [*function.backward.items()]
    values = [name for name in function.parameters if name not in function.static]
    if "order" in function.parameters:
        page.derivatives, page.entrywise = [("x", f"{function.name}(order + 1, x)")], True
        return page
    built = _built(function, values + ["b"] * function.variadic)
    inner = topological([built[0]]) if built else []
    if built and not all(isinstance(vertex.op, Pointwise | Leaf) for vertex in inner):
        _of_arrays(page, function, *built)
    elif values and not function.static & _needed(function):
        page.entrywise = True
        _of_entries(page, function, values)
    return page


def _of_entries(page: FunctionPage, function: Function, values: list[str]) -> None:
    """What is said of a function that goes entry by entry: at numbers."""
    nodes = {name: symbol(name, ()) for name in values if name != "cond"}
    condition = symbol("cond", ()) > number(0)
    arguments: list[Node | int] = [nodes.get(name, condition) for name in values]
    if function.variadic:
        nodes["b"] = symbol("b", ())
        arguments.append(nodes["b"])
    try:
        node = function(*arguments)
    except ShapeError:
        return
    names = {vertex: name for name, vertex in nodes.items()} | {condition: "cond"}
    made = composition(node) if node.op is function.op else node
    if made is not None:
        page.value = formula(made, names)
        page.math[page.value] = latex(made, names)
    own = {node: formula(node, names)} if node.op is function.op else {}
    simplify = Simplifier()
    adjoints = pull({node: number(1)}, [*nodes.values()])
    for name, adjoint in zip(nodes, adjoints, strict=True):
        short = number(0) if adjoint is None else simplify(adjoint)
        text = flat(short, names | own)
        page.derivatives.append((name, text))
        page.math[text] = latex(short, names)
    _conditions(page, node, names)


def _of_arrays(page: FunctionPage, function: Function, node: Node, nodes: dict[str, Node]) -> None:
    """What is said of a function of whole arrays: at vectors, and at matrices for capital letters.

    A derivative of more than two axes is said by what it makes of δ, which comes back from above.
    """
    names = {vertex: name for name, vertex in nodes.items()}
    value = formula(node, names)
    if page.value is None and value not in (f"{function.name}({', '.join(nodes)})", ""):
        page.value = value
        page.math[value] = latex(node, names)
    letter_ = node.op.letter if isinstance(node.op, Differentiable) else ""
    own = next(name for name in (letter_, *"fghz") if name and name not in nodes)
    upstream = symbol("(upstream)", node.shape)
    spelled = names | {node: own, upstream: UPSTREAM}
    simplify, told = Simplifier(), set()
    for name, vertex in nodes.items():
        if len(node.shape) + len(vertex.shape) <= MATRIX:
            found, into = derivative(node, vertex, []), page.derivatives
        else:
            handed = pull({node: upstream}, [vertex])[0]
            found, into = number(0) if handed is None else handed, page.pullbacks
        short = simplify(found)
        text = flat(short, spelled)
        into.append((name, text))
        page.math[text] = latex(short, spelled)
        told |= {*topological([short])}
    if node in told:
        page.where = f"{own} = {function.name}({', '.join(nodes)})"
    _conditions(page, node, names)


def _needed(function: Function) -> set[str]:
    """The parameters without a default."""
    return {name for name, default in function.parameters.items() if default is None}


def _built(function: Function, values: list[str]) -> tuple[Node, dict[str, Node]] | None:
    """A call at arrays of lettered sizes, None where it needs options or sizes that are known."""
    n = letter("n")
    nodes = {name: symbol(name, (n, n) if name[0].isupper() else (n,)) for name in values}
    if not nodes or function.static & _needed(function) or "cond" in values:
        return None
    try:
        return function(*nodes.values()), nodes
    except (ShapeError, SizeNeeded):
        return None


def _conditions(page: FunctionPage, node: Node, names: dict[Node, str]) -> None:
    """Domain and kinks of all vertices, as far as they depend on an argument."""
    order = topological([node], lambda vertex: () if vertex in names else vertex.args)
    for vertex in order:
        if not isinstance(vertex.op, Differentiable) or vertex in names:
            continue
        needs = [
            (
                need.expr,
                "not a pole: 0, -1, -2, …" if need.expr.op is POLE else WORDS[need.relation],
            )
            for need in vertex.op.domain(vertex)
        ]
        switches = [(expr, "{} = 0") for expr in vertex.op.switches(vertex)]
        for found, into in ((needs, page.domain), (switches, page.kinks)):
            for expr, words in found:
                text = words.format(formula(expr, names))
                if text not in into and not names.keys().isdisjoint(topological([expr])):
                    into.append(text)


SAMPLES = {
    "x": ("x", "x=1/2"), "y": ("y", "y=2"), "a": ("a", "a=1"), "b": ("b", "b=3"),
    "A": ("A", "A=[[2, 1], [1, 3]]"), "B": ("B", "B=[[1, 0], [2, 1]]"),
    "u": ("u", "u=[1, 2, 3]"), "v": ("v", "v=[2, -1, 1/2]"),
}  # fmt: skip
VECTOR_SECTIONS = ("reductions", "probability and losses", "shaping")


def _example(function: Function) -> str:
    """A command that runs."""
    if function.example:
        call, _, at = function.example.partition(" at ")
    else:
        needed = [n for n, default in function.parameters.items() if default is None]
        names = [n for n in needed if n not in function.static]
        if function.variadic:
            names = ["a", "b"]
        call = f"{function.name}({', '.join(names)})"
        vector = function.section in VECTOR_SECTIONS
        values: list[str] = []
        for name in names:
            default = f"{name}={Fraction(len(values) + 1, 2)}"
            value = SAMPLES.get(name, (name, default))[1]
            values.append(f"{name}=[1, 2, 3]" if vector and name == "x" else value)
        at = ", ".join(values)
    return (
        f'gradcli diff "{call}" --at "{at}"'
        if '"' not in call
        else f"gradcli diff '{call}' --at \"{at}\""
    )
