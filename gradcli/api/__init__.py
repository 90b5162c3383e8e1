"""The public functions: text in, results as data out; each is loaded when it is first used.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcli.api.credits import layers as layers
    from gradcli.api.derivations import check as check
    from gradcli.api.derivations import check_text as check_text
    from gradcli.api.descents import descend as descend
    from gradcli.api.formulas import derive as derive
    from gradcli.api.gradient import diff as diff
    from gradcli.api.gradient import parse as parse
    from gradcli.api.graphs import gradient_graph as gradient_graph
    from gradcli.api.graphs import graph as graph
    from gradcli.api.graphs import tangent_graph as tangent_graph
    from gradcli.api.handwritten import check_code as check_code
    from gradcli.api.matrices import hessian as hessian
    from gradcli.api.matrices import hvp as hvp
    from gradcli.api.matrices import jacobian as jacobian
    from gradcli.api.matrices import jvp as jvp
    from gradcli.api.matrices import vjp as vjp
    from gradcli.api.names import names as names
    from gradcli.api.numeric_gradients import quotients as quotients
    from gradcli.api.one_variable import plot as plot
    from gradcli.api.one_variable import series as series
    from gradcli.api.papers import check_paper as check_paper
    from gradcli.api.path_sums import paths as paths
    from gradcli.api.streaming import check_iter as check_iter

MODULES = {
    "credits": ("layers",),
    "derivations": ("check", "check_text"),
    "descents": ("descend",),
    "numeric_gradients": ("quotients",),
    "formulas": ("derive",),
    "gradient": ("diff", "parse"),
    "graphs": ("graph", "gradient_graph", "tangent_graph"),
    "handwritten": ("check_code",),
    "matrices": ("hessian", "hvp", "jacobian", "jvp", "vjp"),
    "one_variable": ("plot", "series"),
    "names": ("names",),
    "papers": ("check_paper",),
    "path_sums": ("paths",),
    "streaming": ("check_iter",),
}


def __getattr__(name: str) -> object:
    for module, names in MODULES.items():
        if name in names:
            return getattr(import_module(f"gradcli.api.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
