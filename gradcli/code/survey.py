"""What a Python file holds that could be checked, read off its text: nothing is run.

Must not know what anything is worth, nor any set: it only looks at names and parameters.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.code.conventions import CodeTarget
from gradcli.errors import Source, Span, wrong

UNSAID = "G504"
COMMENT = re.compile(r"[ \t]*#[ \t]*gradcli:[ \t]*")
"""Opens a comment above a function that says what its inputs are."""
ROLES = (
    ("_backward", "_forward"), ("_backward", ""), ("_bwd", "_fwd"), ("_bwd", ""),
    ("_bwd", "_forward"), ("_grad", ""), ("_gradient", ""), ("_jac", ""), ("_vjp", ""),
    ("_prime", ""), ("_deriv", ""),
)  # fmt: skip
"""How a backward's name ends where its forward's ends otherwise."""
GRADIENT = re.compile(r"\W*(d[A-Z_a-z]|grads?\b|g\b|jac\b)")
VALUE = re.compile(r"(loss|cost|value|out)|(f|j|l|e)\b|\w*nll", re.IGNORECASE)
ALONE = ("grad", "gradient", "jac", "jacobian", "fprime", "backward", "bwd")
"""Names that say nothing of a forward: then it is the one function with the same parameters."""
BEFORE = (("backward", "forward"), ("bwd", "fwd"), ("grad_", ""), ("d_", ""), ("d", ""))
"""The same for beginnings."""


@dataclass(frozen=True, slots=True)
class CodeFunction:
    """A function, or the methods of a class: parameters without a default, and all of them.

    `attributes` are those that a class sets, `grads['W']` among them, and with `grads[0]=W` what a
    list of its parameters says; `start` and `end` are offsets of the name in the text, `top` of the
    line that its definition begins in, `said` of what comments above that say of its inputs.
    """

    name: str
    required: tuple[str, ...]
    parameters: tuple[str, ...]
    start: int
    end: int
    inner: tuple[CodeFunction, ...] = ()
    attributes: tuple[str, ...] = ()
    pairs: bool = False
    top: int = 0
    said: tuple[tuple[int, int], ...] = ()

    def method(self, name: str) -> CodeFunction | None:
        return next((f for f in self.inner if f.name == name), None)

    @property
    def is_layer(self) -> bool:
        return self.method("forward") is not None and self.method("backward") is not None


@dataclass(frozen=True, slots=True)
class CodePair:
    """A target and what its forward is to be given: `required` must be said, `known` may be.

    `said` is what comments say of that, `top` where the line begins that they stand above.
    """

    target: CodeTarget
    required: tuple[str, ...]
    known: tuple[str, ...]
    span: Span
    top: int = 0
    said: tuple[Span, ...] = ()

    @property
    def name(self) -> str:
        """What it is asked for by."""
        return self.target.backward or self.target.forward


class Survey:
    """The functions and classes at the top of a file. GradcliError (G011) where it is no Python."""

    def __init__(self, source: Source) -> None:
        self.source = source
        try:
            self.tree = ast.parse(source.text)
        except SyntaxError as error:
            raise wrong("G011", f"this is no Python: {error.msg}", self._broken(error)) from None
        except ValueError as error:
            raise wrong("G011", f"{source.name} is no Python: {error}") from None
        self.functions = {f.name: f for f in map(self._read, self.tree.body) if f is not None}

    def pairs(self) -> Iterator[CodePair]:
        """Everything that looks like a gradient with its function, in the order of the text."""
        taken: set[str] = set()
        for function in self.functions.values():
            forward = self.forward_of(function.name)
            if function.is_layer or forward is not None:
                taken |= {function.name, forward or ""}
                yield self.pair(function.name)
        for function in self.functions.values():
            if function.name not in taken and function.pairs and not function.inner:
                yield self.pair(function.name)

    def pair(self, name: str, forward: str = "", wrt: Sequence[str] | None = None) -> CodePair:
        """The target by the name of a backward, a class, or what returns a value and gradient.

        GradcliError (G504) where a name is not there.
        """
        function = self.find(name)
        order = None if wrt is None else tuple(wrt)
        if function.is_layer:
            return self._layer(function, order)
        if not forward and self.forward_of(name) is None:
            # Somebody may have named the forward itself.
            own = next((f for f in self.functions if self.forward_of(f) == name), None)
            function, forward = (self.functions[own], name) if own else (function, "")
        forward = forward or self.forward_of(name) or ""
        if not forward:
            target = CodeTarget(self.source.name, name, "", "grad", wrt=order)
            return self._paired(target, function, function)
        first = self.find(forward)
        alike = function.required[:1] and function.required[0] in first.parameters
        style = "grad" if alike and {*function.required} <= {*first.parameters} else "vjp"
        target = CodeTarget(self.source.name, forward, function.name, style, wrt=order)
        return self._paired(target, first, function)

    def find(self, name: str) -> CodeFunction:
        """A function or class; GradcliError with the nearest names where there is none."""
        if name in self.functions:
            return self.functions[name]
        from difflib import get_close_matches  # noqa: PLC0415 only a mistake needs it

        near = get_close_matches(name, self.functions, n=1)
        there = f"there are {', '.join(self.functions)}" if self.functions else "there is none"
        help = f'did you mean "{near[0]}"?' if near else there
        raise wrong(UNSAID, f'{self.source.name} has no function or class "{name}"', help=help)

    def forward_of(self, backward: str) -> str | None:
        """The function that a name says it is the backward of."""
        for ending, other in ROLES:
            if backward.endswith(ending):
                name = backward.removesuffix(ending) + other
                if name in self.functions and name != backward:
                    return name
        # What stands after the role tells variants apart, of the backward alone or of both.
        for role, other in (("_backward", "_forward"), ("_bwd", "_fwd")):
            head, found, variant = backward.partition(role)
            for name in (f"{head}{other}{variant}", f"{head}{other}") if found else ():
                if name in self.functions:
                    return name
        for beginning, other in BEFORE:
            if backward.startswith(beginning):
                name = other + backward.removeprefix(beginning)
                if name in self.functions and name != backward:
                    return name
        own = self.functions.get(backward)
        if own is None or not _is_gradient(backward):
            return None
        alike = [f.name for f in self.functions.values() if f.parameters == own.parameters]
        others = [name for name in alike if not _is_gradient(name)]
        return others[0] if len(others) == 1 else None

    def statement(self, line: int) -> Span:
        """The innermost simple statement that stands on a line; the line where there is none."""
        found: ast.stmt | None = None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
                found = node
        if found is None or isinstance(found, ast.FunctionDef | ast.ClassDef | ast.For | ast.If):
            return self._line(line)
        start, end = self._at(found.lineno, found.col_offset), found.end_lineno or found.lineno
        return Span(self.source, start, self._at(end, found.end_col_offset or 0))

    # -- reading

    def _read(self, node: ast.stmt) -> CodeFunction | None:
        if isinstance(node, ast.FunctionDef):
            return self._function(node)
        if not isinstance(node, ast.ClassDef):
            return None
        inner = tuple(self._function(n) for n in node.body if isinstance(n, ast.FunctionDef))
        made = next((f for f in inner if f.name == "__init__"), None)
        required = made.required if made else ()
        span = self._name(node)
        known = made.parameters if made else ()
        attributes = (*_attributes(node), *_places(node))
        top, said = self._above(node)
        return CodeFunction(
            node.name, required, known, *span, inner, attributes, top=top, said=said
        )

    def _function(self, node: ast.FunctionDef) -> CodeFunction:
        named = [*node.args.posonlyargs, *node.args.args]
        must = named[: len(named) - len(node.args.defaults)]
        only = [
            (arg.arg, default is None)
            for arg, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        ]
        required = [*(a.arg for a in must), *(name for name, needed in only if needed)]
        every = [*(a.arg for a in named), *(name for name, _ in only)]
        top, said = self._above(node)
        return CodeFunction(
            node.name,
            tuple(name for name in required if name != "self"),
            tuple(name for name in every if name != "self"),
            *self._name(node),
            pairs=_returns_gradient(node),
            top=top,
            said=said,
        )

    def _above(
        self, node: ast.FunctionDef | ast.ClassDef
    ) -> tuple[int, tuple[tuple[int, int], ...]]:
        """Where a definition begins, and what the comments right above it say."""
        line = min(each.lineno for each in (node, *node.decorator_list))
        top = self._starts(line)
        found: list[tuple[int, int]] = []
        while line > 1 and (opening := COMMENT.match(self.source.line(line - 1))):
            line -= 1
            start = self._starts(line)
            found.insert(0, (start + opening.end(), start + len(self.source.line(line).rstrip())))
        return top, tuple(found)

    def _name(self, node: ast.FunctionDef | ast.ClassDef) -> tuple[int, int]:
        start = self.source.text.index(node.name, self._at(node.lineno, node.col_offset))
        return start, start + len(node.name)

    def _at(self, line: int, column: int) -> int:
        """The offset of a place; columns of syntax trees count bytes."""
        text = self.source.line(line)
        before = len(text.encode()[:column].decode(errors="ignore"))
        return self._starts(line) + before

    def _broken(self, error: SyntaxError) -> Span:
        """Where Python stopped reading; its columns count characters from 1."""
        last = self.source.text.count("\n") + 1
        line = min(max(error.lineno or 1, 1), last)
        column = min(max((error.offset or 1) - 1, 0), len(self.source.line(line)))
        start = self._starts(line) + column
        same = error.end_lineno == error.lineno and (error.end_offset or 0) > (error.offset or 0)
        width = (error.end_offset or 0) - (error.offset or 0) if same else 1
        return Span(self.source, start, start + width)

    def _starts(self, line: int) -> int:
        return sum(len(text) + 1 for text in self.source.text.split("\n")[: line - 1])

    def _line(self, line: int) -> Span:
        text = self.source.line(line)
        start = self._starts(line) + len(text) - len(text.lstrip())
        return Span(self.source, start, start + len(text.strip()))

    # -- targets

    def _paired(self, target: CodeTarget, forward: CodeFunction, shown: CodeFunction) -> CodePair:
        span = Span(self.source, shown.start, shown.end)
        said = self._comments(shown) or self._comments(forward)
        return CodePair(target, forward.required, forward.parameters, span, shown.top, said)

    def _comments(self, function: CodeFunction) -> tuple[Span, ...]:
        return tuple(Span(self.source, start, end) for start, end in function.said)

    def _layer(self, layer: CodeFunction, wrt: tuple[str, ...] | None) -> CodePair:
        forward = layer.method("forward")
        assert forward is not None
        grads = {p: place for p in layer.parameters if (place := _gradient_of(layer, p))}
        target = CodeTarget(
            self.source.name, layer.name, "", "layer", wrt=wrt, init=layer.parameters, grads=grads
        )
        span = Span(self.source, layer.start, layer.end)
        required = (*layer.required, *forward.required)
        known = (*layer.parameters, *forward.parameters)
        return CodePair(target, required, known, span, layer.top, self._comments(layer))


def _is_gradient(name: str) -> bool:
    return name in ALONE or name.endswith(tuple(ending for ending, _ in ROLES))


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    """What a class sets on itself: `dW`, `grads['W']`, each once."""
    seen: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute | ast.Subscript) and isinstance(inner.ctx, ast.Store):
            text = ast.unparse(inner)
            if text.startswith("self.") and text not in seen:
                seen.add(text)
                yield text.removeprefix("self.")


def _places(node: ast.ClassDef) -> Iterator[str]:
    """`grads[0]=W` for a class whose lists `params` and `grads` go side by side."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign) and ast.unparse(inner.targets[0]) == "self.params":
            listed = inner.value.elts if isinstance(inner.value, ast.List) else []
            yield from (f"grads[{k}]={ast.unparse(name)}" for k, name in enumerate(listed))


def _gradient_of(layer: CodeFunction, parameter: str) -> str:
    """The attribute that holds the gradient by a parameter; empty where none looks like it."""
    listed = (name.partition("=") for name in layer.attributes if name.startswith("grads["))
    for place, _, listed_name in listed:
        if listed_name == parameter and "grads" in layer.attributes:
            return place
    p = re.escape(parameter)
    pattern = re.compile(rf"(d_?{p}|grad_?{p}|{p}_?grad|g{p}|\w*grads?\['d?{p}'\])", re.IGNORECASE)
    return next((name for name in layer.attributes if pattern.fullmatch(name)), "")


def _returns_gradient(node: ast.FunctionDef) -> bool:
    """Whether a function looks as if it returned a value and its gradient."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Tuple):
            parts = [ast.unparse(part) for part in inner.value.elts]
            if len(parts) > 1 and GRADIENT.match(parts[1]):
                return (
                    re.match(r"loss|cost|value|f\b|\w*nll|j\b|out|l\b|e\b", parts[0], re.I)
                    is not None
                )
    return False


def literal(text: str) -> Any:
    """A value as Python writes it."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        help = "a value is a number, a text, True, False, None, or a list or dictionary of these"
        raise wrong(UNSAID, f'"{text}" is no value', help=help) from None
