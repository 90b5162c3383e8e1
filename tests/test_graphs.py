"""`gradcli graph`: the graph's numbers, its layout, and each format read by something of its own.

Must not know how a graph is found: numbers are held against `diff`, crossings counted from places.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import combinations, pairwise
from math import isclose
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_show import complaints

import gradcli
from gradcli import api
from gradcli.api import diff, graph
from gradcli.drawing.diagram import Arrow, Box, BoxLine, Diagram
from gradcli.drawing.layout import APART, DrawnLayout, label_width, layout
from gradcli.drawing.mirrored import placed
from gradcli.drawing.places import Route
from gradcli.drawing.rails import order, rails
from gradcli.drawing.straight import isotonic, spaced
from gradcli.errors import GradcliError
from gradcli.show.graph import diagram
from gradcli.show.numbers import flat, machine
from tests.running import here

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "graph.schema.json").read_text(encoding="utf-8")
)
LECTURE = ("c = a + b; d = b + 1; e = c*d", "--at", "a=3, b=2")
NEURON = ("(sigmoid(w*x + b) - y)^2 / 2", "--at", "w=0.6, x=2, b=-0.5, y=1")
CELLS = """
at x = [1, -1/2], Wf = [1/2, -1/3], Wi = [1/5, 2/5], h0 = 0, c0 = 0
h[0] = h0
c[0] = c0
for t in 1..2 {
  f[t] = sigmoid(Wf[0]*x[t-1] + Wf[1]*h[t-1])
  g[t] = tanh(Wi[0]*x[t-1] + Wi[1]*h[t-1])
  c[t] = f[t]*c[t-1] + (1 - f[t])*g[t]
  h[t] = f[t]*tanh(c[t])
}
h[2]^2
"""
RECURRENT = "h[0] = h0; for t in 1..3 { h[t] = tanh(U*x[t] + W*h[t-1]) }; h[3]^2"


def sample(name: str) -> str:
    return (ROOT / "samples" / f"{name}.grad").read_text(encoding="utf-8")


def straight_crossings(found: DrawnLayout) -> int:
    """Pairs of arrows whose chords between successive bends cross."""
    chords = [(k, a, b) for k, route in enumerate(found.routes) for a, b in pairwise(route.points)]

    def side(p: Any, q: Any, r: Any) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    def meet(one: Any, other: Any) -> bool:
        (_, a, b), (_, c, d) = one, other
        return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0

    return sum(meet(a, b) for a, b in combinations(chords, 2) if a[0] != b[0])


def apart(found: DrawnLayout) -> bool:
    """Whether no two boxes overlap."""
    return all(
        a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y
        or b.y + b.height <= a.y
        for a, b in combinations(found.places, 2)
    )  # fmt: skip


@pytest.mark.parametrize("name", ["29-neuron", "63-two-layers", "65-recurrent-network"])
@pytest.mark.parametrize("down", [None, True])
def test_nets_are_drawn_without_a_crossing(name: str, down: bool | None) -> None:
    found = layout(diagram(graph(sample(name))), down)
    assert found.crossings == 0
    assert straight_crossings(found) == 0
    assert apart(found)


def test_a_crossing_is_seen() -> None:
    boxes = [Box(f"n{k}", [BoxLine("x")]) for k in range(6)]
    arrows = [Arrow("", a, b) for a in range(3) for b in range(3, 6)]
    found = layout(Diagram("", boxes, arrows))
    assert found.crossings == 9
    assert straight_crossings(found) >= 9


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
def test_any_graph_is_laid_out(pairs: list[tuple[int, int]]) -> None:
    boxes = [Box(f"n{k}", [BoxLine("x" * (k + 1))] * (k % 3 + 1)) for k in range(12)]
    arrows = [Arrow("", a, b, "label") for a, b in pairs if a < b]
    for down in (False, True):
        found = layout(Diagram("", boxes, arrows), down)
        assert apart(found)
        assert all(found.ranks[a.tail] < found.ranks[a.head] for a in arrows)
        for place in found.places:
            assert 0 <= place.x <= place.x + place.width <= found.width
            assert 0 <= place.y <= place.y + place.height <= found.height


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=8))
def test_a_fit_is_the_nearest_that_does_not_fall(wanted: list[float]) -> None:
    """Against the max-min formula of isotonic regression."""
    n = len(wanted)

    def mean(i: int, j: int) -> float:
        return sum(wanted[i : j + 1]) / (j + 1 - i)

    truth = [max(min(mean(i, j) for j in range(k, n)) for i in range(k + 1)) for k in range(n)]
    found = isotonic(wanted, [1.0] * n)
    assert all(isclose(a, b, abs_tol=1e-9) for a, b in zip(found, truth, strict=True))
    placed = spaced(wanted, [1.0] * n, [APART] * (n - 1))
    assert all(b - a >= APART - 1e-9 for a, b in pairwise(placed))


def test_turns_stand_in_columns_and_share_what_they_share() -> None:
    found = diagram(graph(RECURRENT, ["h0=1/2, W=1/3, U=2, x1=1, x2=2, x3=3".replace(
        "x1=1, x2=2, x3=3", "x=[0, 1, 2, 3]")]))  # fmt: skip
    assert found.columns() == [0, 1, 2, 3]
    copies = [box for box in found.boxes if box.lines[0].text == "W"]
    assert [box.column for box in copies] == [1, 2, 3]
    assert len({box.lines[2].text for box in copies}) == 3, "each turn has its own share"
    whole = machine(
        flat(diff(RECURRENT, ["h0=1/2, W=1/3, U=2, x=[0, 1, 2, 3]"]).inputs[1].gradient)[0]
    )
    assert isinstance(whole, float)
    shares = [float(box.lines[2].text) for box in copies]
    assert sum(shares) == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("name", ["63-two-layers", "59-toy-network", "25-ten-doublings"])
def test_numbers_that_count_no_turns(name: str) -> None:
    assert not diagram(graph(sample(name))).columns()


def test_a_layer_has_a_colour() -> None:
    boxes = {box.lines[0].text: box.tint for box in diagram(graph(sample("64-weight-decay"))).boxes}
    assert (boxes["W1"], boxes["H = relu(U1)"], boxes["W2"], boxes["J = J_MLE + R"]) == (1, 1, 2, 2)
    assert not any(box.tint for box in diagram(graph("x*exp(x*x)")).boxes)


def test_two_formulas_of_one_name_are_no_turns() -> None:
    source = "d1 = log(S)/(s*r); d2 = d1 - s*r; S*sigmoid(d1) - sigmoid(d2)*s*r"
    assert not diagram(graph(source)).columns()
    alike = "h1 = sin(w*h0); h2 = sin(w*h1); h2^2"
    assert diagram(graph(alike)).columns() == [0, 1, 2]


def test_a_loop_may_count_down() -> None:
    found = diagram(graph("b[3] = x; for t in 1..3 { b[3-t] = w*b[4-t] }; b[0]"))
    assert found.columns() == [0, 1, 2, 3]
    assert apart(layout(found))


def test_a_sheet_without_a_whole_point_is_symbolic() -> None:
    sheet = "x, y in R; at x = 1; f = x*y"
    assert graph(sheet).derivative is None
    assert here("graph", sheet, "--at", "x=1").code == 2


def test_the_size_of_a_loop_is_asked_for_and_taken() -> None:
    sheet = "x in R^T; w in R; h[0] = w; for t in 1..T { h[t] = sin(w*h[t-1] + x[t-1]) }; h[T]"
    refused = here("graph", sheet)
    assert refused.code == 2
    assert '--let "T = 3"' in refused.err
    assert "h[3]" in here("graph", sheet, "--let", "T = 3").out


@pytest.mark.parametrize("arguments", [LECTURE, NEURON, ("@samples/66-loop.grad",)])
def test_json_says_what_diff_says(arguments: tuple[str, ...]) -> None:
    content = json.loads(here("graph", *arguments, "--format", "json", cwd=ROOT).out)
    assert not complaints(content, SCHEMA, SCHEMA)
    truth = json.loads(here("diff", *arguments, "--format", "json", "--trace", cwd=ROOT).out)
    known = {node["name"]: node for node in truth["nodes"]}
    for node in content["nodes"]:
        same = known.pop(node["name"])
        assert (node["value"], node["gradient"]) == (same["value"], same["adjoint"])
    assert not known
    content["nodes"][0]["colour"] = "green"
    assert complaints(content, SCHEMA, SCHEMA)


def test_each_rule_is_the_derivative_it_names() -> None:
    """The formula of an edge, computed at the point, is the number on the edge."""
    content = json.loads(here("graph", *NEURON, "--format", "json").out)
    values = {node["name"]: node["value"] for node in content["nodes"]}
    edges = [edge for node in content["nodes"] for edge in node["edges"]]
    assert len(edges) == 9
    for edge in edges:
        text = edge["symbol"]["text"].replace("^", "**")
        assert eval(text, {}, values) == pytest.approx(edge["local"])


def test_a_symbolic_graph_has_shapes_and_rules() -> None:
    sets = "W in R^(k, n); x in R^n; b in R^k"
    done = here("graph", "z = W @ x + b; sum(sigmoid(z))", "--let", sets)
    assert done.code == 0
    assert re.search(r"v1 = W @ x +\(k,\) +/W δ @ x.T  /x W.T @ δ", done.out)
    assert "(k, n)" in done.out
    content = json.loads(here("graph", "W @ x", "--let", sets, "--format", "json").out)
    assert not complaints(content, SCHEMA, SCHEMA)
    assert content["symbolic"]
    assert content["nodes"][-1]["shape"] == ["k"]


# -- the graph of a derivative


def test_backward_vertices_are_the_gradients() -> None:
    """Each formula, computed from those before it and from the values, is the gradient."""
    source, _, at = NEURON
    found = graph(source, [at], derivative=True).vertices
    known = {v.row.name: float(flat(v.row.value)[0]) for v in found if v.of is None}
    back = [v for v in found if v.of is not None]
    assert len(back) == len(known)
    for vertex in back:
        text = re.sub(r"df/d(\w+)", r"df_d\1", vertex.row.expression).replace("^", "**")
        name = vertex.row.name.replace("/", "_")
        known[name] = eval(text, {}, known)
        truth = found[vertex.of or 0].row.adjoint
        assert known[name] == pytest.approx(float(flat(truth)[0]))
        assert {found[k].row.name for k in vertex.uses} == {
            word for word in re.findall(r"\w+", text) if word in {f.row.name for f in found}
        }


def test_the_derivative_is_drawn_beside_its_function() -> None:
    asked = ("derive", "a*sin(b*x)", "--graph")
    done = here(*asked)
    assert "df/dv1 = cos(v1)*df/dv2" in done.out
    tree = ElementTree.fromstring(here(*asked, "--format", "svg").out)
    kinds = [(g.get("class") or "").split() for g in tree.iter() if g.tag.endswith("}g")]
    backs = [k for k in kinds if "back" in k]
    plain = [k for k in kinds if k[0] == "edge" and not {"back", "uses"} & {*k}]
    assert len(backs) == len(plain) == 5
    assert sum("derivative" in k for k in kinds) == 6
    assert apart(placed(diagram(graph("a*sin(b*x)", derivative=True))))
    for form in ("mermaid", "dot", "tikz", "json"):
        assert here(*asked, "--format", form).code == 0
    assert here("derive", "[x, x]", "--graph").code == 2
    assert here("derive", "x^2", "--format", "svg").code == 2


def test_the_label_of_an_arrow_that_runs_back_has_room() -> None:
    boxes = [Box(f"n{k}", [BoxLine("x", "title")]) for k in range(4)]
    boxes[2].beside, boxes[3].beside = 1, 0
    said = "the rule of this one"
    back = Arrow("b", 2, 3, said, "back", against=0)
    drawn = placed(Diagram("", boxes, [Arrow("e", 0, 1), back]), down=False).places
    assert drawn[1].x - drawn[0].x - drawn[0].width > label_width(said)


# -- rails


def read_rails(rows: list[tuple[int, str]], marks: str) -> dict[int, set[int]]:
    """The arguments of each vertex, read off the picture by following the rails."""
    node, tees, ends, flats, rail = marks[:2], marks[2:5], marks[5:8], marks[8], marks[9]
    lanes: dict[int, int] = {}
    found: dict[int, set[int]] = {}
    for vertex, row in rows:
        lanes = {k: v for k, v in lanes.items() if row[k : k + 1].strip()}
        own = next(k for k, char in enumerate(row) if char in node)
        args = set()
        for step in (-1, 1):
            k = own
            while 0 <= k + step < len(row) and row[k + step] == flats:
                k += 2 * step
                if row[k] in tees or row[k] in ends:
                    args.add(lanes[k])
                    if row[k] in ends:
                        del lanes[k]
                else:
                    assert row[k] in (rail, flats)
        if own in lanes and row[own] == node[1]:
            args.add(lanes.pop(own))
        found[vertex] = args
        lanes[own] = vertex
    return found


@pytest.mark.parametrize("name", ["59-toy-network", "65-recurrent-network", "64-weight-decay"])
def test_rails_can_be_read(name: str) -> None:
    found = graph(sample(name)).vertices
    args = [[e.to for e in v.row.edges] for v in found]
    root = next(v.row.id for v in found if v.kind == "output")
    read = read_rails(rails(args, root), "○●├┤┼╯╰┴─│")
    assert read == {v.row.id: {*args[v.row.id]} for v in found}


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), max_size=12))
def test_rails_of_any_graph_can_be_read(lists: list[list[int]]) -> None:
    args = [[], *([x % (k + 1) for x in some] for k, some in enumerate(lists))]
    assert sorted(order(args, len(args) - 1)) == [*range(len(args))]
    assert read_rails(rails(args, len(args) - 1), "○●├┤┼╯╰┴─│") == dict(
        enumerate({*each} for each in args)
    )


def test_thirty_vertices_fit_into_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.cli.screen.WIDTH", 80)
    for name in ("59-toy-network", "65-recurrent-network"):
        done = here("graph", f"@samples/{name}.grad", cwd=ROOT)
        lines = done.out.splitlines()
        assert len(lines) >= 30
        assert max(map(len, lines)) <= 80


def test_a_dumb_terminal_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    done = here("graph", "x*sin(x)*exp(x*y)", "--at", "x=1, y=2")
    assert "*-+    v3 = x*y" in done.out
    assert not re.search("[○●├┤─│]", done.out)


# -- formats


@pytest.mark.parametrize("arguments", [LECTURE, NEURON, ("@samples/67-unrolled-network.grad",)])
def test_svg_has_every_box_and_arrow_once(arguments: tuple[str, ...]) -> None:
    tree = ElementTree.fromstring(here("graph", *arguments, "--format", "svg", cwd=ROOT).out)
    groups = [g for g in tree.iter() if g.tag.endswith("}g")]
    ids = [g.get("id") for g in groups]
    assert len(ids) == len({*ids})
    nodes = {g.get("id") for g in groups if (g.get("class") or "").startswith("node")}
    for g in groups:
        if (g.get("class") or "").startswith("edge"):
            assert {g.get("data-tail"), g.get("data-head")} <= nodes
    if arguments == LECTURE:
        words = [t.text for t in tree.iter() if t.tag.endswith("title")]
        assert "∂e/∂c = d; upstream 1 * local 3 = downstream 3" in words
    styles = {text.get("class") for text in tree.iter() if text.tag.endswith("text")}
    assert {"title", "value", "gradient"} <= styles


def test_names_cannot_break_a_format() -> None:
    source = "where(a < b, a, b)"
    for form in ("svg", "dot", "mermaid", "tikz", "json"):
        done = here("graph", source, "--at", "a=1, b=2", "--format", form)
        assert done.code == 0, done.err
        if form == "svg":
            ElementTree.fromstring(done.out)
        if form == "dot":
            assert "a&#160;&lt;&#160;b" in done.out
        if form == "mermaid":
            assert "a #lt; b" in done.out


MERMAID = re.compile(
    r"""flowchart\ (LR|TB) | \s*subgraph\ \w+\["[^"]*"\] | \s*end
    | \s*\w+(\["[^"]*"\]|\("[^"]*"\)) | \s*\w+\ (-->|-\.->)(\|"[^"]*"\|)?\ \w+
    | \s*classDef\ \w+\ [\w:;,\ \-#]+ | \s*class\ [\w,]+\ \w+""",
    re.VERBOSE,
)
PICTURES = [LECTURE, ("@samples/65-recurrent-network.grad",), ("@samples/64-weight-decay.grad",)]


@pytest.mark.parametrize("arguments", PICTURES)
def test_mermaid_is_a_statement_a_line(arguments: tuple[str, ...]) -> None:
    lines = here("graph", *arguments, "--format", "mermaid", cwd=ROOT).out.splitlines()
    assert not [line for line in lines if not MERMAID.fullmatch(line)]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize("arguments", PICTURES)
def test_graphviz_reads_it(arguments: tuple[str, ...]) -> None:
    text = here("graph", *arguments, "--format", "dot", cwd=ROOT).out
    done = subprocess.run(
        ["dot", "-Tplain"], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(re.findall("^node ", done.stdout, re.MULTILINE)) == text.count("tooltip=")


def has_tikz() -> bool:
    if not (shutil.which("pdflatex") and shutil.which("kpsewhich")):
        return False
    found = subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True, check=False)
    return found.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not has_tikz(), reason="needs pdflatex with TikZ")
def test_tikz_compiles(tmp_path: Path) -> None:
    pictures = [here("graph", *each, "--format", "tikz", cwd=ROOT).out for each in PICTURES]
    needs = pictures[0].partition("\n")[0].removeprefix("%")
    size = r"\usepackage[paperwidth=80cm,paperheight=80cm]{geometry}"
    page = "\n\n".join(pictures)
    text = rf"\documentclass{{article}}{size}{needs}\begin{{document}}{page}\end{{document}}"
    (tmp_path / "graph.tex").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "graph.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in done.stdout


def overlapping(found: DrawnLayout) -> list[tuple[str, str]]:
    """Pairs of boxes that stand on each other."""
    boxes = [*zip(found.diagram.boxes, found.places, strict=True)]
    return [
        (a.id, b.id)
        for (a, p), (b, q) in combinations(boxes, 2)
        if abs(p.middle[0] - q.middle[0]) < (p.width + q.width) / 2
        and abs(p.middle[1] - q.middle[1]) < (p.height + q.height) / 2
    ]


def test_the_derivative_of_a_loop_has_its_turns_in_columns() -> None:
    sets = "x in R^4; h0, U, W in R"
    found = placed(diagram(graph(RECURRENT, let=sets, derivative=True)))
    assert [column for column, _ in found.bands] == [0, 1, 2, 3]
    assert not overlapping(found)
    boxes = {box.lines[0].text: k for k, box in enumerate(found.diagram.boxes)}
    inside = [k for k, box in enumerate(found.diagram.boxes) if box.column is not None]
    for shared in ("U", "W", "x"):  # drawn once, above all that uses them
        assert found.ranks[boxes[shared]] < min(found.ranks[k] for k in inside)
    assert found.ranks[boxes["f = h[3]^2"]] > max(found.ranks[k] for k in inside)


def curve(route: Route) -> list[tuple[float, float]]:
    """Points along an arrow, as it is drawn."""
    found = []
    for (x, y), (a, b) in pairwise(route.points):
        for k in range(13):
            t = k / 12
            # A Bezier curve whose inner points stand half the way along, at the ends across.
            ease, along = t * t * (3 - 2 * t), 1.5 * t * (1 - t) + t**3
            found.append(
                (x + (a - x) * ease, y + (b - y) * along)
                if route.down
                else (x + (a - x) * along, y + (b - y) * ease)
            )
    return found


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize(
    "program",
    [
        "sin(x*y)*exp(-z) + log(1 + x^2)/(y + z) - tanh(w*x)*sqrt(y^2 + z^2) + cos(w)*x",
        "a = x*y; b = a*z; c = b*w; a*b*c*x*y",
        sample("64-weight-decay"),
        sample("58-two-linear-layers"),
        sample("67-unrolled-network"),
        CELLS,
    ],
)
def test_no_arrow_runs_behind_a_box(program: str, down: bool) -> None:
    at = [] if "\nat " in program else ["x=1, y=2, z=1/2, w=1/3"]
    _free(placed(diagram(graph(program, at)), down))


def _free(found: DrawnLayout) -> None:
    for arrow, route in zip(found.diagram.arrows, found.routes, strict=True):
        for k, place in enumerate(found.places):
            if k in (arrow.tail, arrow.head):
                continue
            inside = [
                p for p in curve(route)
                if abs(p[0] - place.middle[0]) < place.width / 2 - 1
                and abs(p[1] - place.middle[1]) < place.height / 2 - 1
            ]  # fmt: skip
            assert not inside, (arrow.id, found.diagram.boxes[k].id)


@pytest.mark.parametrize("down", [True, False])
def test_what_a_derivative_names_is_reached_round_the_boxes_between(down: bool) -> None:
    program = "h = relu(W @ x + b); o = relu(V @ h + c); L = mse(y, o) + sum(b .* b)"
    sets = "W in R^(3, 2); V in R^(2, 3); x, y, c in R^2; b in R^3"
    _free(placed(diagram(graph(program, let=sets, wrt="W", derivative=True)), down))


@pytest.mark.parametrize("down", [True, False])
def test_arrows_end_in_the_direction_of_the_drawing(down: bool) -> None:
    text, _, at = NEURON
    found = here("graph", text, "--at", at, "--format", "svg", "--direction",
                 "down" if down else "right").out  # fmt: skip
    tips = re.findall(r'class="tip" d="M(\S+) (\S+)L(\S+) (\S+?)L', found)
    assert len(tips) == 9
    for x, y, a, b in ([float(part) for part in tip] for tip in tips):
        behind = (y - b, abs(x - a)) if down else (x - a, abs(y - b))
        assert behind == pytest.approx((7, 3.5), abs=0.11)


def test_gates_are_named_where_that_is_asked_for() -> None:
    program, at = "q = x + y; m = max(q, z); q*m", "x=-2, y=5, z=-4"
    drawn = diagram(graph(program, at), gates=True)
    said = {
        box.lines[0].text: [words.text for words in box.lines if words.style == "dim"]
        for box in drawn.boxes
    }
    assert said["q = x + y"] == ["distributor", "adder of 2 parts"]
    assert said["m = max(q, z)"] == ["router"]
    assert said["f = q*m"] == ["swap multiplier"]
    assert said["x"] == []
    assert not any(w.style == "dim" for box in diagram(graph(program, at)).boxes for w in box.lines)
    for form, words in (("text", "distributor, adder of 2 parts"), ("svg", ">router</text>")):
        assert words in here("graph", program, "--at", at, "--gates", "--format", form).out


def test_arrows_from_one_box_part_as_late_as_they_can() -> None:
    """A box that a long sum uses at every step has one line along it, not one a use."""
    sines = " + ".join(f"sin({k}*x)" for k in range(2, 150))
    found = placed(diagram(graph(sines, "x=0.1")), True)
    assert len(found.routes) == 4 * 148 - 2
    assert found.crossings == 0
    starts = [route.points[0] for route in found.routes if route.points[0][1] == 92]
    assert len({*starts}) <= 3  # two that end in the next layer, and one for all the others
    assert sum(len(route.points) for route in found.routes) < 30 * len(found.routes)


def test_what_nobody_could_look_at_is_refused() -> None:
    boxes = [Box(f"n{k}", [BoxLine("x")]) for k in range(300)]
    arrows = [Arrow(f"e{k}", k, k + 1) for k in range(299)]
    arrows += [Arrow(f"far{k}", k, 299) for k in range(297)]
    assert layout(Diagram("f", boxes[:100], arrows[:99])).crossings == 0
    with pytest.raises(GradcliError, match="300 boxes and 44,550 bends") as refused:
        layout(Diagram("f", boxes, arrows))
    assert "--of NAME" in str(refused.value.diagnostics[0].help)


def test_wrong_input_is_said() -> None:
    assert here("graph", "x*(", "--at", "x=1").code == 2
    both = here("graph", "x^2", "--at", "x=1", "--let", "x in R")
    assert both.code == 2
    assert "--let" in both.err
    assert here("graph", "x*y", "--at", "x=1").code == 2
    assert "no input" in here("graph", "1 + 1").err
    assert "x = x" not in here("graph", "x").out


def test_a_branch_that_is_not_taken_is_not_in_the_graph_of_a_derivative() -> None:
    for program in ("where(x > 0, x, log(-x))*x", "prelu(x, sum(v*v))"):
        found = api.graph(program, "x=2, v=[1, 2]" if "v" in program else "x=2", derivative=True)
        names = [vertex.row.name for vertex in found.vertices]
        assert "df/dx" in names
        assert len(names) == len({*names})
