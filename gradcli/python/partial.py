"""`gradcli.partial`: a program as sums over rows, of which each part is taken where its rows are.

Must not know files or engines: rows are arrays here, and what runs a part is any `map`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcli.api.points import NameList, Texts, names_in, texts_in
from gradcli.api.question import question
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import plain_from_python
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.errors import wrong
from gradcli.language.tree.literals import canonical
from gradcli.rows.program import RowProgram, RowQuestion
from gradcli.rows.sums import PartialSums, added, part

Arrays = Mapping[str, Any]


class PartialFunction:
    """A function of sums over rows; the arrays that `rows` names have the rows as their first axis.

    It can be pickled. A part is what some rows add to every sum of a pass, parts are added by `+`,
    and `finish` makes value and gradient of the totals. Where a sum needs another's total, as in
    `var(x)`, there are several passes, and a later one is given what the earlier ones came to.
    """

    def __init__(self, text: str, wrt: NameList, rows: NameList, let: Texts) -> None:
        self.text, self.let = text, tuple(texts_in(let))
        self.wrt = tuple(names_in(wrt))
        self.rows = tuple(canonical(name) or name for name in names_in(rows))

    def __repr__(self) -> str:
        return (
            f"<gradcli.partial {' '.join(self.text.split())}, over rows of {', '.join(self.rows)}>"
        )

    def __call__(
        self,
        arrays: Arrays | None = None,
        /,
        known: Sequence[Array] = (),
        **named: Any,
    ) -> PartialSums:
        """What some rows add to the sums of the first pass, or of the one after those `known`."""
        columns, values = self._apart({**(arrays or {}), **named})
        program = self._program(columns, values)
        stage = self._stage(program, known)
        count = len(next(iter(columns.values())))
        used = {name: columns[name] for name in program.columns}
        return part(count, program.sums(stage, used, values, known))

    def passes(self, **arrays: Any) -> int:
        """How often rows are looked at, of arrays with these shapes."""
        return self._program(*self._apart(arrays)).staged.passes

    def finish(self, totals: PartialSums | Sequence[Array], **arrays: Any) -> tuple[Any, Any]:
        """The value, and the derivative by what `wrt` names: a dict where it names more.

        `totals` are the sums of all passes in their order: parts added up if there is one pass.
        `arrays` are those of a call: of rows their shapes count, whichever rows these are.
        """
        if isinstance(totals, PartialSums):
            totals = totals.totals
        columns, values = self._apart(arrays)
        program = self._program(columns, values)
        known = [np.asarray(x) for x in totals]
        value, *gradients = program.finished(FLOAT64, values, known)
        named = dict(zip(program.wrt, gradients, strict=True))
        return value, gradients[0] if len(gradients) == 1 else named

    def over(
        self, parts: Sequence[Arrays], *, map: Callable[..., Iterable[Any]] = map, **values: Any
    ) -> tuple[Any, Any]:
        """Value and gradient over all parts, of which each has its rows' arrays.

        `values` are what is the same for all rows, `map` runs a function on each of some things: an
        executor's, for instance. The digits hang on the parts and their order alone.
        """
        if not parts:
            raise wrong("G602", "there are no rows: no part is given")
        known: list[Array] = []
        for _ in range(self.passes(**{**parts[0], **values})):
            work = _PartWork(self, values, tuple(known))
            total = added(map(work, parts))
            assert total is not None
            known += total.totals
        return self.finish(known, **{**parts[0], **values})

    # -- what a call stands on

    def _apart(self, arrays: Arrays) -> tuple[dict[str, Array], dict[str, Array]]:
        """The arrays of rows, and those that are the same for all rows."""
        help = "give arrays of numbers"
        given = {
            canonical(name) or name: plain_from_python(x, name, help) for name, x in arrays.items()
        }
        if missing := [name for name in self.rows if name not in given]:
            raise wrong("G010", f"{missing[0]} has no value", help="every array of rows is needed")
        columns = {name: given.pop(name) for name in self.rows}
        counts = {name: len(x) if x.ndim else None for name, x in columns.items()}
        if len({*counts.values()}) > 1 or None in counts.values():
            shown = ", ".join(
                f"{n} has {c if c is not None else 'none'}" for n, c in counts.items()
            )
            raise wrong("G201", f"the numbers of rows differ: {shown}")
        return columns, given

    @question
    def _program(self, columns: Arrays, values: Arrays) -> RowProgram:
        asked = RowQuestion(
            self.text, "<expression>", self.let, self.wrt,
            tuple((name, x.shape[1:]) for name, x in columns.items()),
            tuple((name, x.shape) for name, x in values.items()),
        )  # fmt: skip
        return asked.program

    @staticmethod
    def _stage(program: RowProgram, known: Sequence[Array]) -> int:
        """The pass that comes after so many totals."""
        sums, count = program.staged.sums, len(known)
        if count > len(sums):
            raise wrong("G010", f"{count} totals are known of {len(sums)} sums")
        return sums[count].stage if count < len(sums) else program.staged.passes


class _PartWork:
    """A pass over one part; it can be pickled."""

    def __init__(self, function: PartialFunction, values: Arrays, known: tuple[Array, ...]) -> None:
        self.function, self.values, self.known = function, dict(values), known

    def __call__(self, arrays: Arrays) -> PartialSums:
        return self.function({**arrays, **self.values}, known=self.known)


def partial(
    program: str, wrt: NameList = (), *, rows: NameList, let: Texts = ()
) -> PartialFunction:
    """A program as sums over rows, to be taken part by part and added up.

    `rows` names the arrays whose first axis is the rows, `let` makes of them, row by row, what the
    program uses; `wrt` names inputs that are the same for all rows, all of them by default.
    GradcliError where it is called with what does not fit, and (G601) for what is no function of
    sums over rows.
    """
    return PartialFunction(program, wrt, rows, let)
