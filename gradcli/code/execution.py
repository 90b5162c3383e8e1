"""One run of a forward and its backward on tracked numbers: what is claimed, and what is true.

Must not know what is concluded from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from flint import arb

from gradcli.arithmetic.ball import precision
from gradcli.code.arrays import entries, shaped
from gradcli.code.conventions import CodeTarget, Misfit, Running, find, forwarded, returned
from gradcli.code.loader import LoadedCode, Recorder
from gradcli.code.points import CodeInputs, CodePoint, RunInputs
from gradcli.code.session import SESSIONS, CodeSession, Reached
from gradcli.code.sweep import Adjoints, sweep
from gradcli.code.tracked import Tracked, exact, is_infinite, is_number, lift
from gradcli.proof.residue_run import Run, running

BITS = (200, 400, 800)
"""Of the balls; a sign that cannot be told is asked for again with more."""


@dataclass(slots=True)
class GradientEntries:
    """One gradient entry by entry: as claimed and as it is; shapes as tuples.

    `claimed` is None where there is none.
    """

    name: str
    claimed: list[Any] | None
    shape: tuple[int, ...]
    true: list[Any]
    true_shape: tuple[int, ...]


@dataclass(slots=True)
class CodeOutcome:
    """What one run left behind. `dout` is the adjoint that the backward was
    given, `choices` what the choices of roots' signs cost, 0 while
    that is not known, `written` how the functions were called."""

    gradients: list[GradientEntries]
    surplus: int
    notes: list[str]
    session: CodeSession
    given: RunInputs
    adjoints: Adjoints
    values: dict[str, Any]
    dout: Any
    outputs: Any
    bits: int = BITS[0]
    choices: int | None = 0
    written: tuple[str, str] = ("out", "dout")


def execute(
    target: CodeTarget,
    inputs: CodeInputs,
    place: CodePoint,
    run: Run | None = None,
    *,
    recorder: Recorder | None = None,
    texts: dict[str, str] | None = None,
    loose: bool = False,
    tolerant: bool = False,
    bits: int = BITS[0],
    last: int | None = None,
) -> CodeOutcome:
    """Run the code once. `tolerant` takes what is zero at the point for zero, whatever it is; with
    `last` it is run up to the comparison of that number, and there are no gradients.

    Raises what the code raises, and what numbers raise that end the run: Tie, Outside, Leaves, and
    the exceptions of residues.
    """
    session = CodeSession(loose=loose, tolerant=tolerant, last=last)
    given = RunInputs(inputs, place, run)
    SESSIONS.append(session)
    try:
        with precision(bits), running(run) if run is not None else nullcontext():
            outcome = _execute(target, given, session, recorder, texts)
            outcome.bits = bits
            return outcome
    except (Reached, SystemError) as error:
        first = _first(error)
        if isinstance(first, Reached):
            return CodeOutcome([], 0, [], session, given, Adjoints(), {}, None, None)
        raise first from None
    finally:
        SESSIONS.pop()


def _first(error: BaseException) -> BaseException:
    """What was raised first: where NumPy compares objects it goes on after an exception."""
    while isinstance(error, SystemError) and (before := error.__cause__ or error.__context__):
        error = before
    return error


def _execute(
    target: CodeTarget,
    given: RunInputs,
    session: CodeSession,
    recorder: Recorder | None,
    texts: dict[str, str] | None,
) -> CodeOutcome:
    inputs, place = given.inputs, given.place
    program = LoadedCode(session, texts, recorder, place.seed)
    forward = backward = None
    if target.traced is None:
        forward = find(program.load(target.path), target.forward)
        if target.backward:
            backward = find(program.load(target.file), target.backward)
    values = {name: given.input(name) for name in inputs.given}
    phase = getattr(recorder, "phase", lambda name: None)
    phase("forward")
    running_in = Running(place.sizes, program.load, recorder)
    found = forwarded(target, forward, backward, values, running_in)
    phase("")
    dout = given.cotangent("dout", found.outputs) if found.gives else None
    adjoints = _adjoints(found.outputs, dout) if session.last is None else Adjoints()
    phase("backward")
    claimed = found.claimed if found.call is None else found.call(_copied(dout))
    phase("")
    real = [name for name in inputs.given if inputs.is_real(name, place.sizes)]
    if not real:
        raise Misfit("no input has a set of real numbers: there is nothing to differentiate by")
    matched = returned(claimed if found.claims else (), target, real, values, found.layer)
    gradients = [
        _gradient(name, matched.gradients.get(name), values[name], adjoints)
        for name in (target.wrt or real if found.claims else ())
    ]
    for name, one, other in found.restated(given.cotangent) if found.restated else ():
        gradients.append(
            GradientEntries(name, flat(one), shape_of(one), flat(other), shape_of(other))
        )
    notes = [matched.note] if matched.note else []
    return CodeOutcome(
        gradients, matched.surplus, notes, session, given, adjoints, values, dout, found.outputs,
        written=found.written,
    )  # fmt: skip


def shape_of(x: Any) -> tuple[int, ...]:
    """Of an array, or of a list or a number as one."""
    if isinstance(x, list):
        return (len(x),)
    return x.shape if isinstance(x, np.ndarray) else ()


def _copied(dout: Any) -> Any:
    if isinstance(dout, tuple):
        return tuple(map(_copied, dout))
    return dout.copy() if isinstance(dout, np.ndarray) else dout


def flat(x: Any) -> list[Any]:
    """All numbers of an output, a tuple of outputs, or an array."""
    if isinstance(x, list | tuple):
        return [entry for part in x for entry in flat(part)]
    return entries(x)


def _adjoints(outputs: Any, dout: Any) -> Adjoints:
    numbers = flat(outputs)
    seeds = [1] * len(numbers) if dout is None else flat(dout)
    if dout is None and len(numbers) != 1:
        raise Misfit(
            f"the value is no single number: it has {len(numbers)} entries; a derivative that is"
            " taken entry by entry is checked at a number, an input in R"
        )
    pairs = [(o, s) for o, s in zip(numbers, seeds, strict=True) if isinstance(o, Tracked)]
    return sweep([o for o, _ in pairs], [s for _, s in pairs])


def _gradient(name: str, claimed: Any, value: Any, adjoints: Adjoints) -> GradientEntries:
    true = [adjoints.of(x) for x in entries(value)]
    shape = value.shape if isinstance(value, np.ndarray) else ()
    if claimed is None:
        return GradientEntries(name, None, (), true, shape)
    if isinstance(claimed, list):
        claimed = shaped(flat(claimed), np.shape(np.array(claimed, dtype=object)))
    numbers = entries(claimed)
    if not all(map(is_number, numbers)):
        raise Misfit(f"the gradient by {name} is no array of numbers: {type(claimed).__name__}")
    own = claimed.shape if isinstance(claimed, np.ndarray) else ()
    return GradientEntries(name, numbers, own, true, shape)


# -- comparing


def apart(x: Any, y: Any) -> bool:
    """Whether two numbers are certainly different at the point."""
    if is_infinite(x) or is_infinite(y):
        return not (is_infinite(x) and is_infinite(y) and (x == y or (isnan(x) and isnan(y))))
    return bool(lift(x).ball - lift(y).ball != 0)


def midpoint(x: Any) -> float:
    """A number as a float: close to it, and no more is claimed."""
    if isinstance(x, Tracked):
        known = exact(x)
        return float(arb(x.ball).mid()) if known is None else float(known)
    return float(x)


def identical(x: Any, y: Any) -> int | None:
    """A bound on the degree of the difference, where both have the same residue in the fields that
    are running; else None."""
    if is_infinite(x) or is_infinite(y):
        return None
    p, q = lift(x).residue, lift(y).residue
    if p is None or q is None or not p.at or not q.at or p.at[0] != q.at[0]:
        return None
    return p.degree + q.degree


def wrong_entries(gradient: GradientEntries) -> list[int]:
    """The positions at which what is claimed is certainly not the derivative."""
    assert gradient.claimed is not None
    pairs: Sequence[tuple[Any, Any]] = list(zip(gradient.claimed, gradient.true, strict=True))
    return [k for k, (x, y) in enumerate(pairs) if apart(x, y)]
