"""gradcli: type a derivation as it stands on paper, get certified derivatives and honest checks.

Must not import anything heavy: the public functions are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcli.api import check as check
    from gradcli.api import diff as diff
    from gradcli.api import parse as parse

__version__ = "0.1.0"
__all__ = ["__version__", "check", "diff", "parse"]


def __getattr__(name: str) -> object:
    if name in ("check", "diff", "parse"):
        from gradcli import api  # noqa: PLC0415 what --help must not pay for

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
