"""Programs by the grammar: mostly of shapes that fit, of any function, with numbers of every size.

Must not know what becomes of them.
"""

from __future__ import annotations

from random import Random

from gradcli.choices import DRAWINGS, TARGETS
from gradcli.ops import FUNCTIONS

Shape = tuple[str, ...]
NUMBERS = (
    "0",
    "1",
    "2",
    "-1",
    "3",
    "1/2",
    "0.5",
    "1e-3",
    "2.5",
    "7",
    "100",
    "1e-400",
    "1e30",
    "pi",
)
SCALARS = ("R", "(0, inf)", "(0, 1)", "[-1, 1]", "integers(0, 3)", "[1, 1]", "(-inf, 0)", "(1, 0)")
PLACES: dict[str, Shape] = {
    "x": (), "y": (), "z": (), "v": ("n",), "w": ("n",), "u": ("3",), "A": ("n", "n"),
    "B": ("m", "n"), "M": ("2", "2"), "T": ("2", "2", "2"), "q": ("n + 1",),
}  # fmt: skip
SETS = {
    "v": ("R^n", "simplex(n)", "onehot(n)", "(0, 1)^n"),
    "A": ("R^(n, n)", "symmetric(n)", "spd(n)"),
}
VALUES = {
    "x": ("2", "0", "1", "-1", "1/2", "1e-300", "1e300", "20000", "[2]"), "y": ("1", "0", "-3"),
    "z": ("1", "0"), "v": ("[1, 2]", "[0, 0]", "[1, 1]"), "w": ("[1, -1]", "[0, 0]"),
    "u": ("[1, 2, 3]",), "A": ("[[1, 2], [3, 4]]", "[[0, 0], [0, 0]]"), "B": ("[[1, 2]]",),
    "M": ("[[1, 0], [0, 1]]",), "T": ("[[[1, 2], [3, 4]], [[0, 1], [1, 0]]]",), "q": ("[1, 2, 3]",),
}  # fmt: skip
POINTWISE = (
    "sin", "cos", "tan", "exp", "log", "sqrt", "abs", "relu", "sigmoid", "tanh", "softplus", "sign",
    "step", "elu", "gelu", "erf", "floor", "atan", "asin", "log1p", "expm1", "silu",
)  # fmt: skip
REDUCING = ("sum", "mean", "norm", "max", "min", "prod", "logsumexp", "var", "std")
KEEPING = ("softmax", "log_softmax")
ONE_VARIABLE = ("series", "plot", "descend")
ODD = 0.04
"""How often something stands where it need not fit."""
DEPTHS = (1, 1, 2, 2, 3)
"""How deep the expressions of a program are: most answers come soon, so that many are asked for."""
STRANGE_SIZES = ("0", "1", "n*n", "2n - 1", "n - 5", "-n", "100000", "10^9", "1e400", "3m", "n/2")


class Writer:
    """Writes one program; the same seed writes the same one."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        names = [*PLACES]
        self.known = self.random.sample(names, self.random.randint(1, 4))
        self.nodes: dict[str, Shape] = {}
        self.depth = self.random.choice(DEPTHS)

    def pick(self, items: tuple[str, ...] | list[str]) -> str:
        return self.random.choice(items)

    # -- expressions

    def expression(self, shape: Shape, depth: int) -> str:
        """An expression that has this shape, more often than not."""
        r = self.random
        if r.random() < ODD:
            shape = PLACES[self.pick([*PLACES])]
        if r.random() < ODD:
            return self.odd(depth)
        if depth <= 0 or r.random() < 0.15:
            return self.leaf(shape)
        if not shape:
            return self.scalar(depth)
        kind = r.randrange(7)
        inner = self.expression(shape, depth - 1)
        if kind == 0:
            return (
                f"({inner} {self.pick(['+', '-', '.*', './'])} {self.expression(shape, depth - 1)})"
            )
        if kind == 1:
            return f"({self.expression((), depth - 1)})*({inner})"
        if kind == 2:
            return f"{self.pick(POINTWISE)}({inner})"
        if kind == 3:
            other = self.expression(shape, depth - 1)
            return f"where({self.condition(shape, depth - 1)}, {inner}, {other})"
        if len(shape) == 1:
            if kind == 4:
                return f"{self.pick(KEEPING)}({inner})"
            size = self.pick(["n", "m", shape[0]])
            left = self.expression((shape[0], size), depth - 1)
            return f"({left} @ {self.expression((size,), depth - 1)})"
        if len(shape) == 2 and kind == 4:
            return f"({self.expression(shape[::-1], depth - 1)}).T"
        if len(shape) == 2 and kind == 5:
            a, b = (self.expression((size,), depth - 1) for size in shape)
            return f"outer({a}, {b})"
        return f"({inner}) .^ {self.pick(['2', '3', '1/2', '-1', '0'])}"

    def scalar(self, depth: int) -> str:
        r = self.random
        kind = r.randrange(9)
        one = self.expression((), depth - 1)
        if kind < 2:
            return f"({one} {self.pick(['+', '-', '*', '/'])} {self.expression((), depth - 1)})"
        if kind == 2:
            return f"({one})^{self.pick(['2', '3', '0', '-1', '(1/2)', 'n', 'x', '(-2)', '1e3'])}"
        if kind == 3:
            return f"{self.pick(POINTWISE)}({one})"
        if kind == 4:
            condition = self.condition((), depth - 1)
            return f"where({condition}, {one}, {self.expression((), depth - 1)})"
        shape: Shape = PLACES[self.pick([k for k in self.known if PLACES[k]] or ["v"])]
        inner = self.expression(shape, depth - 1)
        if kind == 5 and len(shape) == 1:
            return f"({inner}).T @ ({self.expression(shape, depth - 1)})"
        if kind == 6:
            return f"({inner})[{', '.join(self.pick(['0', '1', 'n-1', '-1']) for _ in shape)}]"
        if kind == 7:
            body = f"({inner})[{', '.join('i' for _ in shape)}]"
            return f"sum(i in 0..{self.pick(['1', '2', 'n-1'])}, {body})"
        if len(shape) == 2 and shape[0] == shape[1]:
            return f"{self.pick(['tr', 'det', 'sum', 'logdet'])}({inner})"
        return f"{self.pick(REDUCING)}({inner})"

    def condition(self, shape: Shape, depth: int) -> str:
        sides = self.expression(shape, depth), self.expression(self.pick_shape(shape), depth)
        found = f"{sides[0]} {self.pick(['<', '<=', '>', '>=', '==', '!='])} {sides[1]}"
        return f"not ({found})" if self.random.random() < 0.1 else found

    def pick_shape(self, shape: Shape) -> Shape:
        return shape if self.random.random() < 0.5 else ()

    def leaf(self, shape: Shape) -> str:
        fitting = [k for k in self.known if PLACES[k] == shape]
        fitting += [k for k, known in self.nodes.items() if known == shape]
        if fitting and self.random.random() < 0.85:
            return self.pick(fitting)
        if not shape:
            return self.pick(NUMBERS)
        if len(shape) == 2 and shape[0] == shape[1] and self.random.random() < 0.5:
            return f"eye({shape[0]})"
        return f"{self.pick(['ones', 'zeros'])}({', '.join(shape)})"

    def odd(self, depth: int) -> str:
        """Any function of anything, derivatives, literals that are no matter of course."""
        r = self.random
        inner = [self.expression(PLACES[self.pick([*PLACES])], min(depth, 1)) for _ in range(3)]
        by = self.pick(self.known)
        return self.pick([
            f"{self.pick(sorted(FUNCTIONS))}({', '.join(inner[: r.randint(0, 3)])})",
            f"{self.pick(sorted(FUNCTIONS))}({inner[0]}, axis={r.choice(['0', '1', '-1', 'n'])})",
            f"grad({inner[0]}, {by})",
            f"hessian({inner[0]}, {by})",
            f"jvp({inner[0]}, {by}, {inner[1]})",
            f"d/d{by} ({inner[0]})",
            f"[{', '.join(inner)}]",
            f"[[1, {inner[0]}], [{inner[1]}, 2]]",
            f"({inner[0]}):",
            f"{inner[0]}[{inner[1]}]",
            f"eye(({inner[0]}, 2))",
            f"norm({inner[0]}, {self.pick(['1', '2', 'inf', 'n', '3/2', '(1, 2)'])})",
            self.pick(["1e5000", "1e-5000", "123456789" * 30, "inf", "e", "tau", "n", "T"]),
        ])  # fmt: skip

    # -- programs

    def declarations(self) -> list[str]:
        lines = []
        for name in self.known:
            shape = PLACES[name]
            text = (
                f"({', '.join(shape)})"
                if len(shape) > 1 or " " in "".join(shape)
                else "".join(shape)
            )
            sets = SETS.get(name, (f"R^{text}",)) if shape else SCALARS
            if shape and self.random.random() < ODD:
                sets = (f"R^({', '.join(self.pick([*shape, *STRANGE_SIZES]) for _ in shape)})",)
            lines.append(f"{name} in {sets[0] if self.random.random() < 0.6 else self.pick(sets)}")
        return lines

    def definitions(self, most: int = 2) -> list[str]:
        lines = []
        for name in self.random.sample(["f", "g", "h"], self.random.randint(0, most)):
            shape = PLACES[self.pick(self.known)] if self.random.random() < 0.3 else ()
            lines.append(f"{name} = {self.expression(shape, self.depth)}")
            self.nodes[name] = shape
        return lines

    def claim(self) -> str:
        r = self.random
        relation = self.pick(["=", "=", "=", "=", "≈", "!="])
        by, shape = self.pick(self.known), ()
        shape = PLACES[by]
        scalars = [k for k, s in self.nodes.items() if not s]
        if scalars and r.random() < 0.75:
            f = self.pick(scalars)
            left = self.pick([f"d{f}/d{by}", f"d{f}/d{by}", f"grad({f}, {by})"])
            if r.random() < 0.15:
                left, shape = f"d2{f}/d{by}2", shape + shape
        else:
            shape = self.pick_shape(shape)
            left = self.expression(shape, 2)
        right = self.pick([self.expression(shape, 2), self.expression(shape, 1), "0", "1.5"])
        margin = self.pick(["", " ± 1e-3", " ± 1e-6 rel"]) if relation == "≈" else ""
        text = f"{left} {relation} {right}{margin}"
        if relation == "=" and r.random() < 0.2:
            text += f"\n = {self.expression(shape, 1)}"
        if r.random() < 0.1:
            text = f"for i in 0..{self.pick(['1', 'n-1', 'm-1', '2'])} {{ {text} }}"
        return text

    def point(self) -> str:
        return ", ".join(f"{name} = {self.pick(VALUES[name])}" for name in self.known)

    def program(self) -> str:
        """A derivation, or two with something before them."""
        r = self.random
        lines = self.declarations() if r.random() < 0.9 else []
        lines += self.definitions()
        if r.random() < 0.3:
            lines.append(f"at {self.point()}")
        if r.random() < 0.1:
            lines.insert(r.randrange(len(lines) + 1), 'derivation "d"')
        lines += [self.claim() for _ in range(r.randint(1, 3))]
        return "\n".join(lines)

    def question(self) -> list[str]:
        """The arguments of another command than check."""
        r = self.random
        command = self.pick(["diff", "diff", "derive", "hessian", "jacobian", "hvp", *ONE_VARIABLE])
        self.known = ["x"] if command in ONE_VARIABLE else self.known
        text = "; ".join([*self.definitions(1), self.expression((), self.depth)])
        if command == "derive":
            arguments = [command, text, "--order", self.pick(["1", "1", "2"])]
            return [*arguments, "--let", "; ".join(self.declarations())]
        if command in ONE_VARIABLE:
            return [command, text, *self.one_variable(command)]
        arguments = [command, text, "--at", self.point()]
        if command == "diff":
            arguments += self.pick_options()
        if command == "hvp":
            name = self.known[0]
            arguments += ["--tangent", f"{name} = {VALUES[name][0]}", "--wrt", name]
        elif r.random() < 0.2:
            arguments += ["--wrt", self.pick([*self.nodes, *self.known])]
        return arguments

    def drawing(self) -> list[str]:
        """The arguments of a command that draws a graph, or walks it."""
        command = self.pick(["graph", "graph", "derive", "paths", "codegen"])
        text = "; ".join([*self.definitions(1), self.expression((), self.depth)])
        where = self.pick(["--let", "--at"]) if command != "paths" else "--at"
        told = self.point() if where == "--at" else "; ".join(self.declarations())
        arguments = [command, text, where, told]
        if command == "codegen":
            return [*arguments, "--target", self.pick(TARGETS)]
        if command == "derive":
            arguments.append("--graph")
        if command != "paths":
            arguments += ["--format", self.pick(DRAWINGS[1:] if command == "derive" else DRAWINGS)]
        return arguments

    def one_variable(self, command: str) -> list[str]:
        """What a command wants to know of an interval or a start."""
        if command == "plot":
            ends = self.pick(["-1..2", "0..1", "2..2", "-1e300..1e300", "x..1", "-inf..0"])
            return ["--over", f"x={ends}", "--format", self.pick(["plain", "svg", "json"])]
        option = {"series": "--order", "descend": "--steps"}[command]
        return ["--at", self.point(), option, self.pick(["1", "3", "9"])]

    def pick_options(self) -> list[str]:
        return self.random.choice([[], ["--trace"], ["--format", "json", "--trace"]])
