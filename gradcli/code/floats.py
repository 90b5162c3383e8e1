"""The code as it stands, run in float64 and float32: what a proof about real numbers leaves open.

Must not know how a mend is found. The real modules are imported here, once a check.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcli.code.conventions import CodeTarget, find, forwarded, returned
from gradcli.code.execution import CodeOutcome, midpoint
from gradcli.code.loader import plain_module
from gradcli.code.points import CodeInputs, CodePoint, RunInputs

Names = Mapping[str, Any]


def modules_of(target: CodeTarget) -> dict[str, dict[str, Any]]:
    """The names of the files of a target, each run as it stands."""
    return {path: plain_module(path) for path in {target.path, target.backward_path} - {""}}


def float_gradients(
    target: CodeTarget,
    inputs: CodeInputs,
    place: CodePoint,
    modules: Mapping[str, Names],
    dtype: Any = np.float64,
) -> dict[str, Any]:
    """The gradients by name that the code itself returns; raises what it raises."""
    forward = find(modules[target.path], target.forward)
    backward = None
    if target.backward:
        backward = find(modules[target.backward_path or target.path], target.backward)
    given = RunInputs(inputs, place, None, dtype)
    values = {name: given.input(name) for name in inputs.given}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        np.random.seed(place.seed)
        found = forwarded(target, forward, backward, values)
        dout = given.cotangent("dout", found.outputs) if found.gives else None
        claimed = found.claimed if found.call is None else found.call(dout)
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
