"""What a conversation remembers: values, definitions, `ans`; a line becomes a command's arguments.

Must not know where lines come from, nor run anything.
"""

from __future__ import annotations

import re
import shlex

WORDS = {
    "grad": ("diff",), "diff": ("diff",), "trace": ("diff", "--trace"), "derive": ("derive",),
    "jacobian": ("jacobian",), "hessian": ("hessian",), "paths": ("paths",), "plot": ("plot",),
    "graph": ("graph",),
}  # fmt: skip
"""The words that take an expression, and what they are as a command."""
OF_THE_PROGRAM = ("check", "explain", "functions")
"""Commands that are given their arguments as in a shell."""
OWN = ("names", "forget", "help", "quit")
LONGEST = 4000
"""Characters of `ans`."""

NAME = r"[^\W\d]\w*"
DEFINED = re.compile(rf"\s*({NAME})\s*(\(\s*{NAME}(?:\s*,\s*{NAME})*\s*\))?\s*=\s*(\S.*)")
DECLARED = re.compile(rf"\s*{NAME}(?:\s*,\s*{NAME})*\s+(?:in\b|∈)")
USED = re.compile(rf"(?<![\w.]){NAME}")
WITH_NAMES = re.compile(rf"(.*[\w)\]'])\s+({NAME}(?:\s*,\s*{NAME})*)\s*", re.DOTALL)
CONSTANTS = frozenset({"pi", "e", "inf"})

HELP = """\
x = 3                    a value
f = x^2 + sin(x)         a definition; it follows the values
g(t) = t^2 + 1           a function
f + 1                    a value, which ans stands for afterwards
grad f x                 value and gradient; without names, by every input
trace f                  every step, forwards and backwards
derive f x               the derivative as a formula
graph, jacobian, hessian, paths, plot    as the commands of these names
check FILE, explain CODE, functions NAME
names, forget x, quit
"""


class Session:
    """Names with what they stand for, in the order in which they were given."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.statements: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """Everything that has been given, as it is typed."""
        values = [f"{name} = {text}" for name, text in self.values.items()]
        return [*values, *self.statements.values()]

    def forget(self, name: str) -> bool:
        """Whether there was such a name, which there is no longer."""
        known = self.values.pop(name, None) or self.statements.pop(name, None)
        return known is not None

    def define(self, line: str) -> str | None:
        """The name that a line gives, if it gives one; it is not remembered yet."""
        found = DEFINED.fullmatch(line)
        return found[1] if found and not found[3].startswith("=") else None

    def remember(self, line: str) -> None:
        """A line that defines a name. What has no other name in it is a value."""
        found = DEFINED.fullmatch(line)
        assert found is not None
        name, parameters, text = found.groups()
        own = self.values.get(name) or _right_side(self.statements.get(name, ""))
        if own and not parameters and name in self._used(text):
            # What a name was goes into what it becomes.
            text = re.sub(rf"(?<![\w.]){name}\b(?!\s*\()", lambda _: f"({own})", text)
            line = f"{name} = {text}"
        self.forget(name)
        if parameters or self._used(text):
            self.statements[name] = line.strip()
        else:
            self.values[name] = text.strip()

    def keep(self, expression: str) -> None:
        """`ans` is what an expression is now, but for the functions in it, which may change."""
        text = self._closed(expression)
        self.forget("ans")
        if len(text) > LONGEST:
            return
        if any(re.search(rf"(?<!\w){name}\s*\(", text) for name in self.statements):
            self.statements["ans"] = f"ans = {text}"
        else:
            self.values["ans"] = text

    def arguments(self, line: str) -> list[str]:
        """The command that a line asks for."""
        word, _, rest = line.strip().partition(" ")
        if word in OF_THE_PROGRAM:
            return [word, *shlex.split(rest)]
        if word in WORDS and rest.strip() and not rest.lstrip().startswith("="):
            found = WITH_NAMES.fullmatch(rest)
            text, wrt = (found[1], found[2]) if found else (rest, "")
            command, *options = WORDS[word]
            if wrt and command != "plot":
                options += ["--wrt", wrt.replace(" ", "")]
            return [command, *options, *self.program(text)]
        return ["diff", "--quiet", "--called", "ans", *self.program(line, at_a_point=False)]

    def program(self, expression: str, at_a_point: bool = True) -> list[str]:
        """An expression behind the definitions that it needs, and the values of its inputs.

        Without a point to differentiate at the values are definitions themselves.
        """
        needed: set[str] = set()
        waiting = self._used(expression)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting |= self._used(self.statements.get(name, "")) - needed
        given = [text for name, text in self.statements.items() if name in needed]
        point = [f"{name} = {text}" for name, text in self.values.items() if name in needed]
        at = ["--at", ", ".join(point)] if point and at_a_point else []
        given = given if at_a_point else [*point, *given]
        return [*at, "; ".join([*given, expression.strip()])]

    def _used(self, text: str) -> set[str]:
        """The words in a text, but for those of the language."""
        return {name for name in USED.findall(text) if self._is_name(text, name)}

    def _is_name(self, text: str, name: str) -> bool:
        if name in self.values or name in self.statements:
            return True
        called = re.search(rf"(?<!\w){re.escape(name)}\s*\(", text)
        return name not in CONSTANTS and not called

    def _closed(self, text: str) -> str:
        """A text with the values and the definitions of its names in their places."""

        def replaced(found: re.Match[str]) -> str:
            name = found.group()
            if name in self.values:
                return f"({self.values[name]})"
            definition = DEFINED.fullmatch(self.statements.get(name, ""))
            if definition is None or definition[2]:
                return name
            return f"({self._closed(definition[3])})"

        return USED.sub(replaced, text.strip())[: LONGEST + 1]


def _right_side(statement: str) -> str:
    found = DEFINED.fullmatch(statement)
    return found[3] if found and not found[2] else ""
