"""`gradcli.draw`: a program's computational graph, drawn where it is shown.

Must not know how a graph is laid out.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path

from gradcli import api
from gradcli.api.graphs import GraphResult
from gradcli.api.points import NameList, Point, Texts
from gradcli.choices import DRAWINGS, FOLDS
from gradcli.errors import GradcliError, Source
from gradcli.python.shown import Shown, shown_as
from gradcli.show import graph_formats
from gradcli.show.page import Page

WIDTH = 100


class ShownGraph(Shown, GraphResult):
    """A graph: in text with rails, in a notebook as SVG."""

    __slots__ = ()

    def _page(self) -> Page | str:
        return graph_formats.content(self, DRAWINGS[0], None, None, WIDTH, False)

    def _brief(self) -> str:
        return f"graph of {self.title} = {self.text}, {len(self.vertices)} vertices"

    def _repr_html_(self) -> str | None:
        try:
            drawn = b64encode(self.svg().encode()).decode()
        except GradcliError:
            # What is too large for a drawing is still a list.
            return Shown._repr_html_(self)
        # As an image: of a drawing within the page a notebook that is not trusted leaves the words.
        return f'<img src="data:image/svg+xml;base64,{drawn}" alt="{escape(self._brief())}">'

    def svg(self) -> str:
        """The drawing as SVG, a document by itself. GradcliError where it would be too large."""
        found = graph_formats.content(self, "svg", None, None, WIDTH, False)
        assert isinstance(found, str)
        return found


def draw(
    source: Source | str, at: Point = (), *, wrt: NameList = (), let: Texts = (),
    derivative: bool = False, fold: str = FOLDS[0], folder: Path | None = None,
) -> ShownGraph:  # fmt: skip
    """The computational graph: at a point with values and gradients, else with shapes.

    With `derivative` the vertices that back-propagation adds are there as well; `fold` says of
    which functions a call is one vertex, of the `library`, `all`, or `none`. GradcliError for wrong
    input.
    """
    found = api.graph(source, at, wrt=wrt, let=let, derivative=derivative, fold=fold, folder=folder)
    return shown_as(ShownGraph, found)
