"""Pages that one steps through: what stands on them, and in a browser what every step shows.

Must not know how a page is made.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.running import here, process

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), "")
PAGES = {
    "diff": ("diff", f"@{ROOT}/samples/20-sum-times-max.grad"),
    "arrays": ("diff", f"@{ROOT}/samples/63-two-layers.grad"),
    "loop": ("diff", f"@{ROOT}/samples/66-loop.grad"),
    "jvp": ("jvp", f"@{ROOT}/samples/63-two-layers.grad", "--tangent", "x=[1, 0]"),
}


def page(name: str) -> str:
    done = here(*PAGES[name], "--format", "html")
    assert done.code == 0, done.err
    return done.out


def trace(name: str) -> Any:
    return json.loads(here(*PAGES[name], "--format", "json", "--trace").out)


class Elements(HTMLParser):
    """The elements of a page with their attributes; a wrong nesting is an error."""

    VOID = ("meta", "input", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def steps(elements: Elements) -> list[dict[str, str]]:
    return [a for tag, a in elements.found if tag == "li" and a.get("id", "").startswith("step-")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_needs_nothing_else(name: str) -> None:
    text = page(name)
    elements = Elements(text)
    ids = [a["id"] for _, a in elements.found if "id" in a]
    assert len(ids) == len({*ids})
    assert not re.findall(r"(?:src|href)=|@import|url\(|https?://(?!www\.w3\.org/2000/svg)", text)
    nodes = trace(name)["nodes"]
    drawn = {re.sub(r"^(n\d+)-\d+$", r"\1", each) for each in ids}
    for step in steps(elements):
        for key in ("data-at", "data-values", "data-gradients"):
            assert {*step[key].split()} <= drawn
    found = steps(elements)
    shown = " ".join(step["data-values"] for step in found).split()
    assert sorted(shown) == sorted(f"n{node['id']}" for node in nodes)
    edges = {f"local-e{node['id']}-{edge['argument']}" for node in nodes for edge in node["edges"]}
    assert edges <= {*ids}
    inner = sum(bool(node["edges"]) for node in nodes)
    assert len(found) == 1 + inner + (0 if name == "jvp" else 1 + len(edges))


def test_gradients_are_known_when_every_use_has_handed_down() -> None:
    found = steps(Elements(page("diff")))
    last = {node["name"]: node["id"] for node in trace("diff")["nodes"]}
    of_y = [k for k, step in enumerate(found) if f"n{last['y']}" in step["data-gradients"].split()]
    back = [(k, step) for k, step in enumerate(found) if step["class"] == "backward"]
    uses = [k for k, step in back if step["data-at"].split()[0] == f"n{last['y']}"]
    assert len(uses) == 2
    assert of_y == uses[-1:]


def test_what_stands_in_a_program_is_no_markup() -> None:
    text = here("diff", "where(x<b, x, 2) & 3", "--at", "x=1, b=2", "--format", "html")
    assert text.code == 2
    done = here("diff", "where(x<b, x, 2)", "--at", "x=1, b=2", "--format", "html")
    assert "<b," not in done.out
    assert "where(x&lt;b, x, 2)" in done.out


@pytest.mark.parametrize("more", [("--layers",), ("--h", "1e-3")])
def test_a_page_is_that_of_a_gradient(more: tuple[str, ...]) -> None:
    done = here("diff", "x^2", "--at", "x=1", "--format", "html", *more)
    assert done.code == 2
    assert "--format html" in done.err


# -- in a browser ----------------------------------------------------------------------------------

PROBE = """<script>
const seen = [];
const places = (what) =>
  [...document.querySelectorAll(what)].map((e) => e.getBoundingClientRect());
const key = (name) => document.dispatchEvent(new KeyboardEvent("keydown", { key: name }));
key("Home");
for (let last = null; location.hash !== last; key("ArrowRight")) {
  last = location.hash;
  const now = document.querySelector("ol.steps > li.now");
  seen.push({
    hash: last, label: document.getElementById("at").textContent,
    visible: [...document.querySelectorAll("ol.steps > li")].filter((li) => li.offsetHeight).length,
    product: [...now.querySelectorAll(".product .num, .product table")].map((e) => e.innerText),
    sum: [...now.querySelectorAll(".adds-up")].map((e) => e.innerText).join(),
    gradients: [...document.querySelectorAll(".graph .node.has-gradient")].map((n) => n.id),
    edges: [...document.querySelectorAll(".graph .edge.now")].map((e) => e.id),
    inView: places(".graph .node.now").some((p) => {
      const [view] = places("figure");
      return p.left < view.right && p.right > view.left
        && p.top < view.bottom && p.bottom > view.top;
    }), page: window.scrollY,
  });
}
const every = (what) => [...document.querySelectorAll(what)];
const names = every(".graph .edge").map((e) => e.getAttribute("aria-label"));
const jacobians = {};
for (const edge of document.querySelectorAll(".graph .edge")) {
  edge.dispatchEvent(new PointerEvent("pointermove", { clientX: 9, clientY: 9 }));
  jacobians[edge.id] = document.getElementById("edge").innerText;
}
const out = document.createElement("pre");
out.id = "probe";
out.textContent = JSON.stringify({ seen, jacobians, names });
document.body.replaceChildren(out);
</script>"""


def probed(tmp_path: Path, name: str) -> Any:
    """What a browser shows, step by step, by the keyboard; and where one points at an edge."""
    if not CHROMIUM:
        pytest.skip("there is no chromium on this machine: what a browser shows is not tested")
    path = tmp_path / "page.html"
    path.write_text(page(name).replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}",
         "--dump-dom", path.as_uri()],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr
    return json.loads(html.unescape(found[1]))


def numbers(text: str) -> list[float]:
    return [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", text)]


def entries(array: Any) -> list[float]:
    return [x for part in array for x in entries(part)] if isinstance(array, list) else [array]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["diff", "arrays", "loop"])
def test_a_browser_goes_through_the_steps_and_shows_the_numbers_of_diff(
    name: str, tmp_path: Path
) -> None:
    found, nodes = probed(tmp_path, name), trace(name)["nodes"]
    seen = found["seen"]
    assert [each["hash"] for each in seen] == [f"#step={k}" for k in range(len(seen))]
    assert {each["visible"] for each in seen} == {1}
    assert all(each["inView"] for each in seen)
    assert {each["page"] for each in seen} == {0}, "only the drawing moves"
    assert all(found["names"])
    assert seen[-1]["label"] == f"step {len(seen) - 1} of {len(seen) - 1}"
    by_edge = {each["edges"][0]: each for each in seen if each["product"]}
    checked = 0
    for node in nodes:
        for edge in node["edges"]:
            id = f"e{node['id']}-{edge['argument']}"
            shown = [numbers(text) for text in by_edge[id]["product"]]
            assert shown[0] == pytest.approx(entries(node["adjoint"]), rel=1e-5, abs=1e-9)
            assert shown[-1] == pytest.approx(entries(edge["downstream"]), rel=1e-5, abs=1e-9)
            local = entries(edge["local"])
            if len(shown) == 3:
                assert shown[1] == pytest.approx(local, rel=1e-5, abs=1e-9)
            told = numbers(found["jacobians"][id].split("rule:")[0])
            assert {round(x, 4) for x in local if len(local) < 9} <= {round(x, 4) for x in told}
            checked += 1
    assert checked
    assert len({re.sub(r"-\d+$", "", each) for each in seen[-1]["gradients"]}) == len(nodes)


@pytest.mark.slow
def test_a_browser_shows_how_uses_add_up(tmp_path: Path) -> None:
    sums = [each["sum"] for each in probed(tmp_path, "diff")["seen"] if each["sum"]]
    assert [" ".join(text.split()) for text in sums] == [
        "df/dy so far, 1 of 2 uses: 3 from b",
        "df/dy = 3 from b + 2 from a = 5",
    ]


@pytest.mark.parametrize("command", [("diff",), ("jvp", "--tangent", "x=1")])
def test_without_a_point_there_is_nothing_to_step_through(command: tuple[str, ...]) -> None:
    found = here(command[0], "x^2", *command[1:], "--format", "html")
    assert (found.code, found.out) == (2, "")
    assert "x has no value" in found.err


@pytest.mark.slow
def test_a_stream_without_unicode_gets_markup_that_says_the_same() -> None:
    done = process(*PAGES["diff"], "--format", "html", PYTHONIOENCODING="ascii")
    text = done.stdout.decode("ascii")
    assert "\\u" not in text
    assert html.unescape(text) == html.unescape(page("diff"))


def test_a_graph_with_numbers_is_that_page_and_one_in_symbols_is_still() -> None:
    assert here("graph", PAGES["diff"][1], "--format", "html").out == page("diff")
    for command in (["graph"], ["derive", "--graph"]):
        done = here(*command, "softmax(W @ x)", "--let", "W in R^(2, 2); x in R^2",
                    "--format", "html")  # fmt: skip
        if command == ["graph"]:
            assert done.code == 0, done.err
            elements = Elements(done.out)
            assert [tag for tag, _ in elements.found].count("svg") == 1
            assert not steps(elements)
