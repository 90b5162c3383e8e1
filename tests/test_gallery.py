"""The gallery: every worked example is there, its drawing fresh and what its numbers say.

Must not hold an example of its own.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from test_docs import generator

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
IMAGES = ROOT / "docs" / "images" / "gallery"
SMALL = 45_000
"""Bytes of the largest drawing."""


@cache
def gallery() -> ModuleType:
    found: ModuleType = generator().gallery
    return found


NAMES = gallery().names()
LATER = [
    pytest.param(name, marks=[pytest.mark.slow] if k % 9 else []) for k, name in enumerate(NAMES)
]
"""One in nine is looked at in every run."""


def test_every_worked_example_is_there() -> None:
    assert len(NAMES) == len(re.findall("^## ", PAGE, re.MULTILINE)) == 65
    shown = {*re.findall(r"\]\(images/gallery/([\w-]+\.svg)\)", PAGE)}
    assert shown == {path.name for path in IMAGES.glob("*")}


@pytest.mark.parametrize("name", LATER)
def test_a_drawing_is_fresh(name: str) -> None:
    assert gallery().section(name) in PAGE, "run docs/generate.py"
    for file, text in gallery().pictures(name).items():
        assert (IMAGES / file).read_text(encoding="utf-8") == text, "run docs/generate.py"
        assert len(text) < SMALL
        ElementTree.fromstring(text)


@pytest.mark.parametrize(
    "name", ["18-two-sums-at-three-two", "29-neuron", "37-slope-of-parametric-relu"]
)
def test_a_drawing_says_the_numbers_of_its_table(name: str) -> None:
    """The gradients in the boxes of the inputs are those of the page."""
    part = PAGE.partition(f"(images/gallery/{name}.svg)")[2].partition("\n## ")[0]
    table = dict(re.findall(r"\| `d\w+/d(\w+)` \| `(.*?)` \|", part))
    tree = ElementTree.parse(IMAGES / f"{name}.svg")
    found = {}
    for group in tree.iter("{http://www.w3.org/2000/svg}g"):
        if "input" in (group.get("class") or "").split():
            texts = [t.text for t in group if t.tag.endswith("text")]
            found[texts[0]] = json.loads(texts[-1] or "")
    assert found == {key: pytest.approx(json.loads(text), rel=1e-3) for key, text in table.items()}
