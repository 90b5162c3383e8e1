"""Whether the signs that square roots were given matter: a certificate that they make a field.

Must not know what is to be proved. The radicands are computed again from the tape at other generic
points; where their quadratic characters are independent, automorphisms lead from any choice of
signs to any other, so that an identity for one is one for all (`proof/independent_roots.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.code.points import RunInputs
from gradcli.code.sweep import below
from gradcli.code.tracked import OPERATIONS, RESIDUES_OF, Tracked
from gradcli.proof.exponentials import number
from gradcli.proof.fields import Hole, QuadraticElement
from gradcli.proof.independent_roots import Row, independent
from gradcli.proof.residue import Residue, Unlucky
from gradcli.proof.residue_run import Run, Undecidable, running

MORE = 24
"""Points that are tried beyond as many as there are roots."""


def factor(
    roots: Sequence[Tracked], given: RunInputs, run: Run, begin: Callable[[int], Run]
) -> int | None:
    """How many times its degree a difference may have; None where the roots may be related.

    The product over all choices of signs is what must not vanish, and the points count, too.
    """
    if not roots:
        return 1
    levels: list[list[Row]] = [[] for _ in range(run.rooted)]
    for tried in range(1, len(roots) + MORE):
        rows = _characters(roots, given, begin(-tried))
        if rows is None:
            continue
        for level, row in zip(levels, rows, strict=True):
            level.append(row)
        if len(levels[0]) > len(roots) and all(map(independent, levels)):
            return int(2 ** len(roots)) + len(levels[0])
    return None


def _characters(roots: Sequence[Tracked], given: RunInputs, run: Run) -> list[Row] | None:
    """On every level, whether each radicand has a root at the generic point of a run."""
    try:
        with running(run):
            values = _again(roots, given, run)
    except (Unlucky, Undecidable):
        return None
    pairs = [(values[root.args[0].serial], values[root.serial]) for root in roots]
    return [[_character(x, root, level) for x, root in pairs if level < len(x.at)]
            for level in range(run.rooted)]  # fmt: skip


def _again(roots: Sequence[Tracked], given: RunInputs, run: Run) -> dict[int, Residue]:
    """The residues of the roots, and of all below them, in another run."""
    needed = below(roots)
    values = given.again(run, needed)
    for serial in sorted(needed):
        x = needed[serial]
        if serial not in values:
            values[serial] = _residue(x, [values[arg.serial] for arg in x.args], run)
    return values


def _residue(x: Tracked, args: Sequence[Residue], run: Run) -> Residue:
    op: Any = x.op
    if not args:
        assert x.residue is not None
        return run.pi if x.residue.exact is None else number(x.residue.exact)
    if op == "same":
        return args[0]
    if op == "neg":
        return -args[0]
    if op in OPERATIONS:
        return OPERATIONS[op][1](*args)  # type: ignore[no-any-return]
    if op.__class__ is tuple:
        found = RESIDUES_OF["power_by_scalar"](args[0], op[1])  # type: ignore[call-arg]
        found.root = None
        return found
    return RESIDUES_OF[op](args[0])


def _character(x: Residue, root: Residue, level: int) -> int | None:
    """0 if a radicand has a root modulo p, 1 if not; None if it is no integer modulo p."""
    if x.at[level].__class__ in (QuadraticElement, Hole):
        return None
    return int(root.at[level].__class__ in (QuadraticElement, Hole))
