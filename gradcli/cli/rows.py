"""`gradcli diff --rows`: a gradient over the rows of files.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcli.rows.passes import RowProgress

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Who may sum in an order that hangs on how many threads there are: pieces are the threads here."""


def rows(
    expression: str, precision: int | None, form: str, no_color: bool, quiet: bool, **asked: Any
) -> int:
    """The gradient of an expression over rows; the exit code."""
    for name in THREADS:
        os.environ.setdefault(name, "1")
    from gradcli.api.rows import diff_rows  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.cli.options import read  # noqa: PLC0415
    from gradcli.show import rows as page  # noqa: PLC0415

    source, folder = read(expression)
    with _bar(no_color) as progress:
        result = diff_rows(source, **asked, folder=folder, progress=progress)
    content, remarks = page.content(result, form, precision)
    screen.put(content, form, no_color, remarks, quiet)
    return 0


def _bar(no_color: bool) -> AbstractContextManager[RowProgress]:
    """Progress, where somebody may be looking."""
    from gradcli.cli import screen  # noqa: PLC0415

    stream = sys.stderr
    if not screen.is_terminal(stream):
        return nullcontext(lambda read, whole, rows: None)
    from gradcli.show.progress import rows_bar  # noqa: PLC0415

    return rows_bar(stream, screen.width(stream), screen.has_colour(stream, no_color))
