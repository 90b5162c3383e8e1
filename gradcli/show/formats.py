"""Every format by its name: a result becomes a page to be drawn, or a text that is ready.

Must not know terminals; it chooses, computes nothing, and loads no format but the one it chose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.certify.result import DiffResult, MatrixResult
from gradcli.errors import Diagnostic
from gradcli.show import diff as diff_page
from gradcli.show.page import Page

if TYPE_CHECKING:
    from gradcli.reference.functions import FunctionPage

DIGITS = diff_page.DIGITS
remarks = diff_page.remarks
Remark = tuple[Diagnostic, str]


def diff(
    result: DiffResult, form: str, precision: int | None, width: int
) -> tuple[Page | str, list[Remark]]:
    """A gradient, and the remarks that go with it."""
    remarks = diff_page.remarks(result)
    if form == "json":
        from gradcli.show import json  # noqa: PLC0415 seldom asked

        return json.diff(result), remarks
    if form == "csv":
        from gradcli.show import csv  # noqa: PLC0415

        return csv.diff(result, precision or DIGITS), remarks
    return page(diff_page.page(result, precision, width), form), remarks


def matrix(
    result: MatrixResult, form: str, precision: int | None, width: int
) -> tuple[Page | str, list[Remark]]:
    """A Jacobian, a Hessian or a product of one, and the remarks that go with it."""
    from gradcli.show import matrix as matrix_page  # noqa: PLC0415
    from gradcli.show import matrix_data  # noqa: PLC0415

    remarks = diff_page.remarks(result)
    if form == "json":
        return matrix_data.json(result), remarks
    if form == "csv":
        return matrix_data.table(result, precision or DIGITS), remarks
    return page(matrix_page.page(result, precision, width), form), remarks


def function_list(pages: list[FunctionPage], form: str) -> Page | str:
    """All functions by their sections."""
    from gradcli.show import functions, json  # noqa: PLC0415

    return json.functions(pages) if form == "json" else page(functions.listing(pages), form)


def function(found: FunctionPage, form: str) -> Page | str:
    """One function with all that is known of it."""
    from gradcli.show import functions, json  # noqa: PLC0415

    return json.functions([found]) if form == "json" else page(functions.page(found), form)


def page(drawn: Page, form: str) -> Page | str:
    """A page in one of the formats that are made of pages."""
    match form:
        case "markdown":
            from gradcli.show.markdown import markdown  # noqa: PLC0415

            return markdown(drawn)
        case "latex":
            from gradcli.show.latex import latex  # noqa: PLC0415

            return latex(drawn)
    return drawn
