"""A mend of a wrong backward: edits of suspected lines, sieved in floats, proved at two sizes.

Must not know which edits there are. Where a line is run once, an edit is tried on what was known
just before it, and its value held to what would make the gradients right; else all is run again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from gradcli.code.coverage import Coverage, at_boundaries
from gradcli.code.edits import Edit, Vocabulary, edits
from gradcli.code.execution import midpoint
from gradcli.code.floats import Modules, float_gradients
from gradcli.code.loader import redefined
from gradcli.code.locate import AGAINST, PART, UNNAMED, Explained, Located
from gradcli.code.points import CodePoint
from gradcli.code.sieve import Sieve, Survivor, evaluated
from gradcli.code.trees import expression, size, subexpressions
from gradcli.code.verdict import Judge, Judged, Refused

LINES, PROOFS, RUNS = 8, 8, 2_000
"""Lines that are edited, survivors that are put to the proof, and whole runs."""
BANDS = (0, 1.6, 2.6, 4.5, np.inf)
"""Costs of edits: those of a lower band are tried on all lines before those of a higher."""
TERMS = BANDS[1]
"""The band in which terms and factors are sought that are missing from a whole line."""
NEARBY = 50_000
"""Numbers that may be computed on the way to the boundaries of mended code."""
SHORT, PIECES = 5, 40
"""Tokens of a piece of the file that an edit may add, and how many pieces."""
SECONDS = 2.0
"""Of this process's time, after which no further edit is looked for."""
SLICE = 0.4
"""Of it for a line, so that the others have their turn."""
LATER, SURE = 0.4, 1.7
"""What a line that is suspected less counts, in tokens, and what is put to the proof at once."""


@dataclass(slots=True)
class Mend:
    """A proved edit: the statement as it stands and as it should, what that changes, and where."""

    line: int
    statement: str
    mended: str
    what: str
    name: str
    sizes: list[Mapping[str, int]]
    end: int


@dataclass(slots=True)
class Snapshot:
    """What was known just before a statement, once for every time that it was run."""

    shown: list[dict[str, Any]] = field(default_factory=list)

    def show(self, line: int, names: dict[str, Any]) -> None:
        if len(self.shown) < 2:
            self.shown.append(deepcopy(names))


@dataclass(slots=True)
class Suspect:
    """A statement that may be wrong, with its function and what is known just before it is run.

    `linear` says that what its value must be is all there is to be known of its edits.
    """

    statement: ast.stmt
    function: ast.FunctionDef
    local: dict[str, Any]
    words: Vocabulary
    sieve: Sieve | None = None
    linear: bool = False


class Mender:
    """The edits of one wrong backward."""

    def __init__(self, judge: Judge, wrong: Judged, located: Located, modules: Modules) -> None:
        self.judge, self.wrong, self.located = judge, wrong, located
        self.path = judge.target.file
        self.text = Path(self.path).read_text(encoding="utf-8")
        self.tree = ast.parse(self.text, self.path)
        self.modules = modules
        self.true = {
            g.name: np.array([midpoint(x) for x in g.true]).reshape(g.true_shape)
            for g in wrong.outcome.gradients
        }
        gaps = [
            abs(midpoint(x) - midpoint(y))
            for g in wrong.outcome.gradients
            for x, y in zip(g.claimed or (), g.true, strict=False)
        ]
        self.gap = max(gaps, default=1.0)
        self.proofs = self.runs = 0
        self.until = self.slice = process_time() + SECONDS
        self.seen: set[str] = set()

    def mend(self) -> Mend | None:
        """The proved edit that changes least, those of lines suspected more before others."""
        lines: list[tuple[int, Explained | None]] = [
            (found.line, found) for found in self.located.lines
        ]
        lines = [(line, None) for line in self.located.misshapen] + lines
        lines += [(line, None) for line in self.located.untracked]
        prepared = [self._prepared(line, explained) for line, explained in lines[:LINES]]
        waiting: list[Survivor] = []
        for low, high in pairwise(BANDS):
            for rank, line in enumerate(prepared):
                if line is None or process_time() > self.until:
                    continue
                self.slice = min(self.until, process_time() + SLICE)
                for survivor in self._of_line(line, low, high):
                    survivor.cost += LATER * rank
                    waiting.append(survivor)
                # What a later line has to offer costs more than this.
                if found := self._first(waiting, low + LATER * (rank + 1) + SURE):
                    return found
            if found := self._first(waiting, high):
                return found
        return self._first(waiting, np.inf)

    def _first(self, waiting: list[Survivor], most: float) -> Mend | None:
        """The first to be proved of those that cost no more; tried ones wait no longer."""
        waiting.sort(key=lambda survivor: survivor.cost)
        while waiting and waiting[0].cost <= most and self.proofs < PROOFS:
            if found := self._proved(waiting.pop(0)):
                return found
        return None

    # -- edits of a line

    def _prepared(self, line: int, explained: Explained | None) -> Suspect | None:
        """What is known just before the statement on a line; None where it is never run."""
        statement, function = self._statement(line)
        if statement is None or function is None:
            return None
        snapshot = Snapshot()
        try:
            with self._definitions() as definitions:
                self._run(definitions, snapshot, frozenset({statement.lineno}))
        except Exception:  # the code's own
            return None
        if not snapshot.shown:
            return None
        local = snapshot.shown[0]
        suspect = Suspect(statement, function, local, self._words(function, local, statement))
        if explained is not None and len(snapshot.shown) == 1:
            suspect.sieve = Sieve(explained, self.located, statement, self.modules[self.path])
            linear = self.judge.target.style != "grad"
            suspect.linear = linear and explained.evidence in (AGAINST, UNNAMED, PART)
        return suspect

    def _of_line(self, suspect: Suspect, low: float, high: float) -> list[Survivor]:
        """Edits of a line in a band of costs that floats do not speak against."""
        statement, words = suspect.statement, suspect.words
        tried = edits(deepcopy(statement), words, low, high)
        if suspect.sieve is None:
            return self._by_runs(statement, tried)
        sieve = suspect.sieve
        sieve.until = self.slice
        found = list(sieve.kept(tried, suspect.local))
        if low == TERMS:
            found += sieve.terms(statement, suspect.function, suspect.local, words)
        for survivor in found:
            survivor.place = statement
        if found or suspect.linear:
            return found
        return self._by_runs(statement, edits(deepcopy(statement), words, low, high))

    def _by_runs(self, statement: ast.stmt, tried: Iterator[Edit]) -> list[Survivor]:
        """Edits after which the whole code returns what it should."""
        found: list[Survivor] = []
        for edit in tried:
            self.runs += 1
            if self.runs > RUNS or process_time() > self.slice:
                break
            if self._right(statement, edit.statement):
                found.append(Survivor(edit.cost, deepcopy(edit.statement), edit.what, edit.line,
                                      statement))  # fmt: skip
                if len(found) >= PROOFS or edit.cost <= 1:
                    break
        return found

    def _statement(self, line: int) -> tuple[ast.stmt | None, Any]:
        """The innermost statement on a line, and the function that it stands in."""
        function: Any = None
        found: ast.stmt | None = None
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or 0):
                continue
            if isinstance(node, ast.FunctionDef):
                function = node
            elif not isinstance(node, ast.ClassDef) and not (
                isinstance(node, ast.For | ast.While | ast.If | ast.With) and node.lineno != line
            ):
                found = node
        return found, function

    @contextmanager
    def _definitions(
        self, old: ast.stmt | None = None, new: ast.stmt | None = None
    ) -> Iterator[ast.Module]:
        """The functions and classes of the file, with a statement in another's place; the backward
        alone where it stands in that, as no other function calls it."""
        body = [n for n in self.tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        if old is None or new is None:
            yield ast.Module([*body], [])
            return
        target = self.judge.target
        entry = target.backward or target.forward
        if own := [n for n in body if n.name == entry]:
            body = own if any(n is old for n in ast.walk(own[0])) else body
        block, place = _slot(self.tree, old)
        block[place] = new
        try:
            yield ast.Module([*body], [])
        finally:
            block[place] = old

    def _words(
        self, function: ast.FunctionDef, local: Mapping[str, Any], statement: ast.stmt
    ) -> Vocabulary:
        """Names with a value at the statement, those of numbers and arrays."""
        names = [n for n, v in local.items() if isinstance(v, np.ndarray | np.number | int | float)]
        names += [
            f"self.{n}"
            for n, v in vars(local["self"]).items()
            if isinstance(v, np.ndarray | int | float)
        ] if "self" in local else []  # fmt: skip
        kept = {f"self.{n}": v for n, v in vars(local["self"]).items()} if "self" in local else {}
        for name, value in {**local, **kept}.items():
            if isinstance(value, dict):
                names += [f"{name}[{k!r}]" for k, v in value.items()
                          if isinstance(v, np.ndarray | int | float)]  # fmt: skip
        module = self.modules[self.path]
        names += [
            n
            for n, v in module.items()
            if isinstance(v, float | np.ndarray) and not n.startswith("_") and n not in local
        ]
        sizes = [n for n in names if isinstance(local.get(n), int)]
        lengths = _lengths(names, local, {local[n] for n in sizes})
        names, sizes = [*names, *lengths], [*sizes, *lengths]
        helpers = [
            node.name
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef) and len(node.args.args) == 1
        ]
        literals = {
            repr(node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant) and type(node.value) is float
        }
        functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        texts = subexpressions(s for f in [function, *functions] for s in f.body)
        pieces = [t for t in texts if t not in names and size(t) <= SHORT and _known(t, local)]
        plain = frozenset(n for n in names if isinstance(local.get(n), float))
        return Vocabulary(names, sizes, pieces[:PIECES], helpers, sorted(literals), plain)

    # -- running

    def _run(
        self, definitions: ast.Module, snapshot: Snapshot | None = None,
        lines: frozenset[int] = frozenset(), place: CodePoint | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        names = redefined(
            self.modules[self.path],
            definitions,
            self.path,
            None if snapshot is None else snapshot.show,
            lines,
        )
        return float_gradients(
            self.judge.target, self.judge.inputs, place or self.wrong.place,
            {**self.modules, self.path: names},
        )  # fmt: skip

    def _right(self, old: ast.stmt, new: ast.stmt) -> bool:
        """Whether the code returns what it should, with a statement in another's place."""
        try:
            with self._definitions(old, new) as definitions:
                gradients = self._run(definitions)
        except Exception:  # an edit may do anything
            return False
        return all(self._close(gradients.get(name), true) for name, true in self.true.items())

    def _close(self, own: Any, true: Any) -> bool:
        """Whether floats could not come closer, or come much closer than what is wrong."""
        if own is None or np.shape(own) != true.shape:
            return False
        scale = 1 + np.abs(true).max(initial=0.0)
        with np.errstate(all="ignore"):
            gap = np.abs(np.asarray(own, dtype=float) - true).max(initial=0.0)
        return bool(gap <= max(min(1e-9 * scale, 1e-3 * self.gap), 1e-15 * scale))

    # -- proofs

    def _proved(self, survivor: Survivor) -> Mend | None:
        mended, place = ast.unparse(survivor.statement), survivor.place
        if mended in self.seen or not self._right(place, survivor.statement):
            return None
        self.seen.add(mended)
        self.proofs += 1
        sizes = self._holds(self._edited(survivor))
        if sizes is None:
            return None
        end = place.end_lineno or place.lineno
        return Mend(
            survivor.line, ast.unparse(place), mended, survivor.what, _target(place), sizes, end
        )

    def _edited(self, survivor: Survivor) -> str:
        """The text of the file with the edited statement in its place, on as many lines."""
        lines = self.text.splitlines()
        place = survivor.place
        first, last = place.lineno, place.end_lineno or place.lineno
        new = ast.unparse(_header_only(survivor.statement)).splitlines()
        if isinstance(place, ast.For | ast.While | ast.If):
            last = place.body[0].lineno - 1
        indent = " " * place.col_offset
        new = [indent + line for line in new] + [""] * (last - first + 1 - len(new))
        return "\n".join([*lines[: first - 1], *new, *lines[last:]]) + "\n"

    def _holds(self, text: str) -> list[Mapping[str, int]] | None:
        """The sizes at which the edited code is proved, with the point that had refuted it."""
        judge = Judge(self.judge.target, self.judge.inputs, {self.path: text})
        judge.fields = copy(self.judge.fields)
        judge.positive = self.judge.positive
        judge.seed = self.judge.seed + 50
        sizes: list[Mapping[str, int]] = []
        try:
            here = judge.at(self.wrong.place)
            if here is None or here.wrong:
                return None
            for choice in judge.inputs.sizes():
                try:
                    points = list(judge.points(choice, 1))
                except Refused:
                    return None
                except Exception:  # sizes that the code does not take
                    continue
                names = {g.name for p in points for g in p.outcome.gradients}
                near = at_boundaries(judge, points[0], Coverage(), NEARBY)
                if any(p.wrong or set(p.bits) != names for p in chain(points, near)):
                    return None
                sizes.append(choice)
                if len(sizes) == 2:
                    break
        except Exception:  # an edit may do anything
            return None
        return sizes or None


def _lengths(names: Sequence[str], local: Mapping[str, Any], known: set[int]) -> list[str]:
    """`len(y)` and `x.shape[-1]`, those of numbers that no name has."""
    found: dict[int, str] = {}
    for name in names:
        shape = np.shape(local.get(name, 0))
        if shape:
            found.setdefault(shape[0], f"len({name})")
            found.setdefault(shape[-1], f"{name}.shape[-1]")
    return [text for length, text in found.items() if length not in known and length > 1]


def _known(text: str, local: Mapping[str, Any]) -> bool:
    """Whether a piece of the file has a value of numbers where these names are known."""
    names = {n.id for n in ast.walk(expression(text)) if isinstance(n, ast.Name)}
    if not names - {"np", "math"} <= set(local):
        return False
    value = evaluated(text, local)
    return value is not None


def _header_only(statement: ast.stmt) -> ast.stmt:
    """A loop or branch without what it holds."""
    if isinstance(statement, ast.For | ast.While | ast.If):
        head = copy(statement)
        head.body, head.orelse = [ast.Pass()], []
        shown = ast.unparse(head).splitlines()[0]
        return ast.Expr(ast.Name(shown, ast.Load()))
    return statement


def _slot(tree: ast.AST, statement: ast.stmt) -> tuple[list[ast.stmt], int]:
    """The block that a statement stands in, and its place there."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                for place, child in enumerate(block):
                    if child is statement:
                        return block, place
    raise AssertionError


def _target(statement: ast.stmt) -> str:
    targets = getattr(statement, "targets", [None])
    target = getattr(statement, "target", targets[0])
    while isinstance(target, ast.Subscript):
        target = target.value
    return ast.unparse(target) if target is not None else ""
