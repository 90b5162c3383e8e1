"""The results of the public functions, each with the page that shows it, and these functions.

Must not compute anything: what `api` finds gets another class with the same fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from gradcli.api import gradient as at_point
from gradcli.api import matrices
from gradcli.api.code import code as codegen
from gradcli.api.formulas import DerivedFormula
from gradcli.api.formulas import derive as derived
from gradcli.certify.result import DiffResult, MatrixResult
from gradcli.graph.shape import describe
from gradcli.python.shown import BRIEF, Shown, shown_as
from gradcli.reference.functions import FunctionPage, described, every
from gradcli.show import diff as diff_page
from gradcli.show import functions as function_pages
from gradcli.show import matrix as matrix_page
from gradcli.show.derive import derivations
from gradcli.show.equations import formulas, gradient
from gradcli.show.page import Page, shortened

__all__ = ["codegen", "derive", "diff", "functions", "hessian", "hvp", "jacobian", "jvp", "vjp"]

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


class Gradient(Shown, DiffResult):
    """What `diff` finds."""

    __slots__ = ()

    def _page(self) -> Page:
        return diff_page.page(self)

    def _brief(self) -> str:
        by = ", ".join(found.name for found in self.inputs)
        return f"{_headed('gradient', self)}, by {by}" if by else _headed("gradient", self)

    def _repr_latex_(self) -> str | None:
        return gradient(self)


class Matrix(Shown, MatrixResult):
    """What `jacobian`, `hessian`, `jvp`, `hvp` and `vjp` find."""

    __slots__ = ()

    def _page(self) -> Page:
        return matrix_page.page(self)

    def _brief(self) -> str:
        rows, columns = self.size
        return f"{_headed(self.kind, self)}, {rows} by {columns}"


class ShownFormula(Shown, DerivedFormula):
    """A derivative as a formula."""

    __slots__ = ()

    def _page(self) -> str:
        return derivations([self], "text")

    def _brief(self) -> str:
        return f"{self.title(self.of or 'f')} = {shortened(self.formula, BRIEF)}, {self.verdict}"

    def _repr_latex_(self) -> str:
        return formulas([self])


class ShownFormulas(Shown, list[ShownFormula]):
    """Derivatives by several names."""

    def _page(self) -> str:
        return derivations(self, "text")

    def _brief(self) -> str:
        return "; ".join(each._brief() for each in self) or "no derivatives"

    def _repr_latex_(self) -> str:
        return formulas(self)


class Described(Shown, FunctionPage):
    """A function of the language."""

    __slots__ = ()

    def _page(self) -> Page:
        return function_pages.page(self)

    def _brief(self) -> str:
        return f"{self.signature}: {self.section}"


class Listed(Shown, list[Described]):
    """All functions of the language."""

    def _page(self) -> Page:
        return function_pages.listing(self)

    def _brief(self) -> str:
        return f"{len(self)} functions"


def _headed(kind: str, found: DiffResult | MatrixResult) -> str:
    [line, *_] = diff_page.headline(found, diff_page.output_title(found), 6)
    whole = "".join(cell.text for cell in line)
    return f"{kind} of {shortened(whole, BRIEF)}" + (
        f", {describe(found.shape)}" if found.shape else ""
    )


def _shown(function: Callable[P, R], kind: Callable[..., S]) -> Callable[P, S]:
    @wraps(function)
    def call(*args: P.args, **named: P.kwargs) -> S:
        return shown_as(kind, function(*args, **named))

    return call


def _formulas(function: Callable[P, Sequence[DerivedFormula]]) -> Callable[P, ShownFormulas]:
    @wraps(function)
    def call(*args: P.args, **named: P.kwargs) -> ShownFormulas:
        return ShownFormulas(shown_as(ShownFormula, found) for found in function(*args, **named))

    return call


diff = _shown(at_point.diff, Gradient)
jacobian = _shown(matrices.jacobian, Matrix)
hessian = _shown(matrices.hessian, Matrix)
jvp = _shown(matrices.jvp, Matrix)
hvp = _shown(matrices.hvp, Matrix)
vjp = _shown(matrices.vjp, Matrix)
derive = _formulas(derived)


def functions(name: str = "") -> Described | Listed:
    """The page of a function, or of all; GradcliError (G005) for one that there is not."""
    if name:
        return shown_as(Described, described(name))
    return Listed(shown_as(Described, page) for page in every())
