"""gradcli: type a derivation as it stands on paper, get certified derivatives and honest checks.

Must not import anything heavy: the public functions are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.version import __version__

if TYPE_CHECKING:
    from gradcli.api.gradient import parse as parse
    from gradcli.api.names import names as names
    from gradcli.errors import GradcliError as GradcliError
    from gradcli.python.drawings import draw as draw
    from gradcli.python.function import function as function
    from gradcli.python.over_rows import diff_rows as diff_rows
    from gradcli.python.partial import partial as partial
    from gradcli.python.reports import CheckFailed as CheckFailed
    from gradcli.python.reports import check as check
    from gradcli.python.reports import check_iter as check_iter
    from gradcli.python.results import codegen as codegen
    from gradcli.python.results import derive as derive
    from gradcli.python.results import diff as diff
    from gradcli.python.results import functions as functions
    from gradcli.python.results import hessian as hessian
    from gradcli.python.results import hvp as hvp
    from gradcli.python.results import jacobian as jacobian
    from gradcli.python.results import jvp as jvp
    from gradcli.python.results import vjp as vjp

MODULES = {
    "api.gradient": ("parse",),
    "api.names": ("names",),
    "errors": ("GradcliError",),
    "python.drawings": ("draw",),
    "python.function": ("function",),
    "python.over_rows": ("diff_rows",),
    "python.partial": ("partial",),
    "python.reports": ("CheckFailed", "check", "check_iter"),
    "python.results": (
        "codegen", "derive", "diff", "functions", "hessian", "hvp", "jacobian", "jvp", "vjp",
    ),
}  # fmt: skip
"""The public names by the modules that have them."""
__all__ = ["__version__", *sorted(name for names in MODULES.values() for name in names)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    for module, names in MODULES.items():
        if name in names:
            from importlib import import_module  # noqa: PLC0415 what --help must not pay for

            return getattr(import_module(f"gradcli.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext gradcli` calls."""
    from gradcli.python.notebook import register  # noqa: PLC0415

    register(shell)


def __dir__() -> list[str]:
    return __all__
