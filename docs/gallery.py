"""The gallery: the worked examples among the samples, each with its drawing, value and gradients.

Must not hold an example or a number of its own: samples are read, numbers asked for, graphs drawn.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from gradcli.api import graph
from gradcli.api.graphs import GraphResult
from gradcli.show.diff import output_title
from gradcli.show.graph import diagram
from gradcli.show.graph_formats import drawing
from gradcli.show.numbers import inline

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples"
IMAGES = HERE / "images" / "gallery"
LAST = 65
"""Samples up to this number are the worked examples; those behind it show the language."""
TURNED_BACK = ("11-tanh-chain",)
"""Samples whose derivative is drawn as a graph as well, symbol to symbol."""
GATES = "-gate-"
"""In the names of samples whose drawings say what each gate does with gradients."""
DIGITS, WIDE = 6, 90
INTRODUCTION = """\
# The gallery

<!-- written by docs/generate.py -->

The worked examples of five lecture documents, from `samples/`, each with its computational graph:
values green, gradients red, local derivatives on the edges. [How to draw one](graphs.md) of your
own is told elsewhere. A click on a drawing shows it by itself.

"""


def names() -> list[str]:
    """The worked examples by the names of their files."""
    found = sorted(path.stem for path in SAMPLES.glob("[0-9][0-9]-*.grad"))
    return [name for name in found if int(name[:2]) <= LAST]


def _text(name: str) -> str:
    return (SAMPLES / f"{name}.grad").read_text(encoding="utf-8")


@cache
def _found(name: str) -> GraphResult:
    return graph(_text(name), folder=SAMPLES)


@cache
def pictures(name: str) -> dict[str, str]:
    """The drawings of a sample, by the names of their files."""
    found = {f"{name}.svg": drawing(diagram(_found(name), gates=GATES in name), "svg", None)}
    if name in TURNED_BACK:
        both = graph(_text(name), derivative=True, folder=SAMPLES)
        found[f"{name}-derivative.svg"] = drawing(diagram(both), "svg", None)
    return found


def section(name: str) -> str:
    """A sample with its drawings, the value and the gradients."""
    comment = re.findall(r"^# ?(.*)$", _text(name), re.MULTILINE)
    title, text = comment[0].rstrip("."), " ".join(comment[1:])
    body = re.sub(r"^#.*\n", "", _text(name), flags=re.MULTILINE).strip()
    shown = [
        f"[![{title}](images/gallery/{file})](images/gallery/{file})" for file in pictures(name)
    ]
    lines = [f"## {int(name[:2])}. {title}", "", text, "", "```", body, "```", ""]
    return "\n".join([*lines, *(f"{each}\n" for each in shown), *_numbers(name), ""])


def _numbers(name: str) -> list[str]:
    result = _found(name).derivative
    assert result is not None
    title = output_title(result)
    found = [
        "| | |",
        "|---|---|",
        f"| `{title}` | `{inline(result.value, result.shape, DIGITS, WIDE)}` |",
    ]
    for each in result.inputs:
        gradient = (
            "no derivative"
            if each.gradient is None
            else inline(each.gradient, (*result.shape, *each.shape), DIGITS, WIDE)
        )
        found.append(f"| `d{title}/d{each.name}` | `{gradient}` |")
    return found


def page() -> str:
    """The whole page."""
    return INTRODUCTION + "\n".join(map(section, names()))


def write() -> None:
    """The page and its drawings, fresh, and none besides."""
    (HERE / "gallery.md").write_text(page(), encoding="utf-8")
    IMAGES.mkdir(parents=True, exist_ok=True)
    fresh = {file: text for name in names() for file, text in pictures(name).items()}
    for path in IMAGES.glob("*.svg"):
        if path.name not in fresh:
            path.unlink()
    for file, text in fresh.items():
        (IMAGES / file).write_text(text, encoding="utf-8")
