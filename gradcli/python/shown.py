"""What a result is to a person: short as a value, whole when printed, set when a notebook shows it.

Must not know how a kind of result is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from gradcli.arithmetic.small_array import SmallArray
from gradcli.certify.result import Check, Given, InputResult
from gradcli.show.diagnostics import Pieces
from gradcli.show.fragment import fragment, written
from gradcli.show.page import Page
from gradcli.show.plain import plain

S = TypeVar("S")
BRIEF = 60
"""Characters of a formula in a few words."""


def shown_as(kind: Callable[..., S], found: Any) -> S:
    """The same fields under a class that shows itself, with arrays of NumPy's."""
    return kind(**{each.name: _numpys(getattr(found, each.name)) for each in fields(found)})


def _numpys(found: Any) -> Any:
    """What is public of a result: what is an array is one of NumPy's."""
    if isinstance(found, SmallArray):
        return np.asarray(found)
    if isinstance(found, list):
        return [*map(_numpys, found)]
    if isinstance(found, dict):
        return {key: _numpys(value) for key, value in found.items()}
    if isinstance(found, InputResult | Check | Given):
        return replace(found, **{e.name: _numpys(getattr(found, e.name)) for e in fields(found)})
    return found


class Shown:
    """Gives a result `str`, `repr` and the methods that IPython asks for.

    A kind of result says its `_page`, and in `_brief` what it is in a few words.
    """

    __slots__ = ()

    def _page(self) -> Page | Pieces | str:
        raise NotImplementedError

    def _brief(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        shown = self._page()
        if isinstance(shown, Page):
            return plain(shown).rstrip("\n")
        text = shown if isinstance(shown, str) else "".join(text for text, _ in shown)
        return text.rstrip("\n")

    def __repr__(self) -> str:
        return f"<{self._brief()}>"

    def _repr_html_(self) -> str | None:
        shown = self._page()
        if isinstance(shown, Page):
            return fragment(shown)
        return None if isinstance(shown, str) else written(shown)

    def _repr_latex_(self) -> str | None:
        return None

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        made = {
            "text/plain": self.__str__(),
            "text/html": self._repr_html_(),
            "text/latex": self._repr_latex_(),
        }
        return {
            kind: text
            for kind, text in made.items()
            if text is not None and (not include or kind in include) and kind not in (exclude or ())
        }
