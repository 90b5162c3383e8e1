"""The code as it stands, run in float64 and float32: what a proof about real numbers leaves open.

Must not know how a mend is found. The real modules are imported here, once a check.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.code.conventions import CodeTarget, Running, find, forwarded, returned
from gradcli.code.coverage import inside
from gradcli.code.execution import CodeOutcome, execute, midpoint
from gradcli.code.loader import plain_module
from gradcli.code.points import CodeInputs, CodePoint, RunInputs
from gradcli.code.verdict import Judge, Judged

Names = Mapping[str, Any]
Modules = Mapping[str, Names]
GRID, SCALES = 64, (1, 64)
"""Parts of one that inputs are multiples of, so that floats hold them exactly, and their sizes."""
DTYPES: tuple[tuple[str, Any], ...] = (("float64", np.float64), ("float32", np.float32))
LOST = 1e4
"""Units of eps, from which on it is said how many digits are left."""
VISIBLE, CLOSE = 1e-6, 1e-9
"""Of the largest entry: what floats must see of an error, and how near they come to the truth."""


def modules_of(target: CodeTarget) -> dict[str, dict[str, Any]]:
    """The names of the files of a target, each run as it stands."""
    return {path: plain_module(path) for path in {target.path, target.backward_path} - {""}}


def float_gradients(
    target: CodeTarget,
    inputs: CodeInputs,
    place: CodePoint,
    modules: Modules,
    dtype: Any = np.float64,
) -> dict[str, Any]:
    """The gradients by name that the code itself returns; raises what it raises."""
    forward = backward = None
    if target.traced is None:
        forward = find(modules[target.path], target.forward)
    if target.traced is None and target.backward:
        backward = find(modules[target.file], target.backward)
    given = RunInputs(inputs, place, None, dtype)
    values = {name: given.input(name) for name in inputs.given}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        np.random.seed(place.seed)
        running = Running(place.sizes, modules.__getitem__)
        found = forwarded(target, forward, backward, values, running)
        dout = given.cotangent("dout", found.outputs) if found.gives else None
        claimed = found.claimed if found.call is None else found.call(dout)
        claims = found.restated(given.cotangent) if found.restated else ()
    if claims:
        return {name: one for name, one, _ in claims}
    real = [name for name in inputs.given if inputs.is_real(name, place.sizes)]
    return returned(claimed, target, real, values, found.layer).gradients


def error(outcome: CodeOutcome, gradients: Mapping[str, Any], eps: float) -> float:
    """The largest error of an entry, in units of eps of the largest entry of its gradient."""
    worst = 0.0
    for gradient in outcome.gradients:
        true = np.array([midpoint(x) for x in gradient.true])
        scale = float(np.max(np.abs(true), initial=0.0))
        own = np.asarray(gradients.get(gradient.name), dtype=float).ravel()
        if own.size != true.size:
            return np.inf
        if scale:
            with np.errstate(all="ignore"):
                gap = float(np.max(np.abs(own - true)))
            worst = max(worst, gap / (scale * eps) if np.isfinite(gap) else np.inf)
    return worst


def contradicted(judge: Judge, wrong: Judged, modules: Modules) -> bool:
    """Whether the code itself, run in float64, returns the derivative where it was refuted."""
    outcome = wrong.outcome
    try:
        own = float_gradients(judge.target, judge.inputs, wrong.place, modules)
    except Exception:  # the code's own
        return False
    for gradient in outcome.gradients:
        if not wrong.wrong.get(gradient.name) or gradient.claimed is None:
            continue
        true = np.array([midpoint(x) for x in gradient.true])
        claimed = np.array([midpoint(x) for x in gradient.claimed])
        scale = np.abs(true).max(initial=0.0)
        floats = np.asarray(own.get(gradient.name), dtype=float).ravel()
        with np.errstate(all="ignore"):
            visible = bool((np.abs(claimed - true) > VISIBLE * scale).any())
            if visible and floats.size == true.size:
                return bool((np.abs(floats - true) <= CLOSE * scale).all())
    return False


def rounding(judge: Judge, start: CodePoint, modules: Modules) -> str:
    """How far float64 and float32 are from the certified values, for inputs of two sizes."""
    said = []
    for scale in SCALES:
        found = _at_scale(judge, start, scale, modules)
        if found:
            said.append(found if scale == 1 else f"for inputs {scale} times as large {found}")
    return "; ".join(said) + (", of the largest entry" if said else "")


def _at_scale(judge: Judge, start: CodePoint, scale: int, modules: Modules) -> str:
    try:
        place = _on_grid(judge, start, scale)
        outcome = execute(judge.target, judge.inputs, place)
    except Exception:  # no value there
        return ""
    said = []
    for name, dtype in DTYPES:
        try:
            own = float_gradients(judge.target, judge.inputs, place, modules, dtype)
        except Exception:  # the code's own
            return ""
        units = error(outcome, own, float(np.finfo(dtype).eps))
        said.append(f"{name} {_words(units, float(np.finfo(dtype).eps))}")
    return ", ".join(said)


def _words(units: float, eps: float) -> str:
    if units <= LOST:
        return f"within {max(1, round(units))} eps"
    left = -np.log10(units * eps) if np.isfinite(units) else 0
    return f"has {int(left)} digits right" if left >= 1 else "has no digit right"


def _on_grid(judge: Judge, start: CodePoint, scale: int) -> CodePoint:
    """The point with its inputs at multiples that floats hold exactly."""
    moved = {}
    for name in judge.inputs.given:
        space = judge.inputs.space(name, start.sizes)
        if space is None or not judge.inputs.is_real(name, start.sizes):
            continue
        for k, x in enumerate(start.drawn(name, space)):
            near = Fraction(round(x * GRID), GRID) or Fraction(1, GRID)
            moved[name, k] = near * scale
    place = replace(start, moved=moved)
    if not inside(judge, place):
        raise ValueError("these are no points of the sets")
    return place
