"""Which indices, ranges and members exist, and what is said of those that do not.

Must not know scopes or how an index becomes a node.
"""

from __future__ import annotations

from gradcli.errors import GradcliError, wrong
from gradcli.graph.shape import Dim, add_dims
from gradcli.language import syntax
from gradcli.language.scope import Family
from gradcli.language.syntax import Expr


def check_place(expr: Expr, at: Dim, dim: Dim) -> None:
    below = isinstance(at, int) and at < 0
    if below or (isinstance(at, int) and isinstance(dim, int) and at >= dim):
        raise wrong(
            "G012",
            f"there is no entry {at} along an axis of {dim}",
            expr.span,
            help=f"indices go from 0 to {add_dims(dim, -1)}",
        )


def check_range(expr: syntax.Slice, start: Dim, stop: Dim, dim: Dim) -> None:
    if not (isinstance(start, int) and isinstance(stop, int) and isinstance(dim, int)):
        return
    if not 0 <= start < stop <= dim:
        raise wrong(
            "G012",
            f"the range {start}:{stop} does not lie in an axis of {dim}, or is empty",
            expr.span,
            help=f"a range goes from 0 to {dim}, its end excluded",
        )


def no_member(expr: Expr, name: str, family: Family, at: int) -> GradcliError:
    known = sorted(family.members)
    return wrong(
        "G012",
        f"{name}[{at}] does not exist",
        expr.span,
        help=f"members {name}[{known[0]}] to {name}[{known[-1]}] are defined" if known else "",
    )
