"""gradcli: type a derivation as it stands on paper, get certified derivatives and honest checks.

Must not import anything heavy: the public functions are loaded when they are first used.
"""

# ruff: noqa: F405
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcli.api import *  # noqa: F403

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "check",
    "derive",
    "diff",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "parse",
    "vjp",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        from gradcli import api  # noqa: PLC0415 what --help must not pay for

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
