"""A point at which a gradient is wrong, as NumPy code that shows it without gradcli.

Must not know how the point was found.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from gradcli.code.arrays import TrackedArray, entries
from gradcli.code.conventions import CodeTarget
from gradcli.code.execution import CodeOutcome, midpoint
from gradcli.code.tracked import Tracked


def written(value: Any) -> str:
    """A value as NumPy code; tracked numbers as the doubles that are nearest."""
    if isinstance(value, Tracked):
        return repr(midpoint(value))
    if isinstance(value, TrackedArray):
        floats = np.array([midpoint(x) for x in entries(value)]).reshape(np.shape(value))
        return f"np.array({floats.tolist()})"
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})"
    if isinstance(value, Fraction):
        return repr(float(value))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return f"({', '.join(map(written, value))},)"
    return repr(value)


def counterexample(
    target: CodeTarget, outcome: CodeOutcome, name: str, entry: tuple[int, ...]
) -> str:
    """The inputs, the adjoint of the output, and the entry of the derivative that is not met."""
    module = Path(target.path).stem
    names = [target.forward, target.backward] if target.traced is None else target.traced.imports
    wanted = ", ".join(dict.fromkeys(filter(None, names)))
    lines = ["import numpy as np", f"from {module} import {wanted}"]
    lines += [f"{key} = {written(value)}" for key, value in outcome.given.told.items()]
    if outcome.dout is not None:
        lines.append(f"dout = {written(outcome.dout)}")
    lines += _calls(target, outcome)
    gradient = next(g for g in outcome.gradients if g.name == name)
    place = ", ".join(map(str, entry))
    position = int(np.ravel_multi_index(entry, gradient.true_shape)) if entry else 0
    of = f"{name}[{place}]" if place else name
    what = of if target.traced is not None and target.traced.runs else f"the derivative by {of}"
    lines.append(f"# {what} is {midpoint(gradient.true[position])!r}")
    return "\n".join(lines)


def _calls(target: CodeTarget, outcome: CodeOutcome) -> list[str]:
    """The forward and the backward as they were called, and what they return printed."""
    told = [*outcome.given.told]
    if target.traced is not None:
        before, call = outcome.written
        return [*before.splitlines(), f"print({call})"] if target.traced.runs else []
    if target.style == "layer":
        init = ", ".join(f"{n}={n}" for n in target.init if n in told)
        rest = ", ".join(n for n in told if n not in target.init)
        held = [f"layer.{place}" for name, place in target.grads.items() if name in told]
        results, arguments = outcome.written
        backward = f"layer.backward({arguments})"
        return [
            f"layer = {target.forward}({init})",
            f"{results} = layer.forward({rest})",
            f"print({', '.join([backward, *held])})",
        ]
    given = ", ".join(f"{n}={n}" for n in told)
    if target.style == "grad":
        if target.backward:
            return [f"print({target.backward}({given}))"]
        return [f"value, gradient = {target.forward}({given})", "print(gradient)"]
    results, arguments = outcome.written
    return [f"{results} = {target.forward}({given})", f"print({target.backward}({arguments}))"]
