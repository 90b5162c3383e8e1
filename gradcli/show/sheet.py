"""A run as a page: derivations as they were written, each line with its verdict and what is wrong.

Must not know what counts as a failure, nor how a graph is found; it draws what `api` gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from gradcli.api.graphs import GraphResult, function_graph, paper_graphs
from gradcli.drawing.mirrored import placed
from gradcli.drawing.svg import svg
from gradcli.errors import GradcliError, Source
from gradcli.judge.finding import DerivationReport, FileReport, Finding, Report
from gradcli.language.documents.markdown import documents
from gradcli.language.documents.sections import Document
from gradcli.project.files import is_markdown
from gradcli.project.papers import is_latex
from gradcli.show.diagnostics import flattened, visible
from gradcli.show.graph import diagram
from gradcli.show.html import document
from gradcli.show.items import Item, entries, file_items
from gradcli.show.remainders import orders

Evidence = Callable[[Finding], str]


def sheet(report: Report, allow_undecided: bool, ascii: bool, totals: str, said: Evidence) -> str:
    """The page; `totals` is its first sentence, `said` what a verdict rests on."""
    failed = report.exit_code(allow_undecided) != 0
    head = f"gradcli check: {'failed' if failed else 'passed'}"
    parts = [f"<h1>{head}</h1>", f'<p class="{"bad" if failed else "good"}">{_safe(totals)}</p>']
    for number, file in enumerate(report.files):
        parts += _file(number, file, allow_undecided, said)
    text = document(head, "\n".join(parts), ["sheet.css"])
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii") if ascii else text


def _safe(text: str) -> str:
    """A text that is no markup, and harmless."""
    return escape("\n".join(map(visible, text.split("\n"))), quote=False)


def _file(number: int, file: FileReport, allow_undecided: bool, said: Evidence) -> Iterable[str]:
    yield f"<h2>{_safe(flattened(file.path))}</h2>"
    items = [*file_items(file, allow_undecided)]
    sources = [i.span.source for i in items if i.span]
    source = next((source for source in sources if source.name == file.path), None)
    rows: dict[int, list[Item]] = {}
    rest = []
    for item in items:
        if source is not None and item.span is not None and item.span.source is source:
            rows.setdefault(_number(source, item.span.start), []).append(item)
        else:
            rest.append(item)
    yield "".join(_told(item) for item in rest if item.complaint)
    if source is None:
        yield "" if rest else "<p class=dim>nothing is claimed here</p>"
        return
    texts = [text.rstrip("\r") for text in source.text.removesuffix("\n").split("\n")]
    count = len(texts)
    # Of a text put together of several, lines are those of its parts.
    plain = type(source) is Source
    begins = sorted({d.line for d in file.derivations if plain and 1 < d.line <= count})
    starts = [1, *begins]
    if not plain or is_latex(file.path):
        found = _of_a_paper(source, file.path)
        yield from (_figure(each, f"f{number}-{k}") for k, each in enumerate(found))
    scopes = documents(source)[0] if plain and is_markdown(file.path) else None
    for start, end in zip(starts, [*begins, count + 1], strict=True):
        yield from _titles([d for d in file.derivations if d.line == start or not plain])
        if plain and not is_latex(file.path):
            yield _drawing(source, start, scopes, f"f{number}-{start}")
        lines = [_line(texts[n - 1], n, rows.get(n, []), said) for n in range(start, end)]
        yield '<ol class="source">\n' + "\n".join(lines) + "\n</ol>"


def _number(source: Source, offset: int) -> int:
    """The line of the text as it is shown."""
    return source.text.count("\n", 0, offset) + 1


def _titles(found: Sequence[DerivationReport]) -> Iterable[str]:
    for derivation in found:
        yield f"<h3>{_safe(flattened(derivation.name))}</h3>"


def _of_a_paper(source: Source, path: str) -> list[GraphResult]:
    """The graphs of a document in LaTeX, and of the cells of a notebook."""
    if is_latex(path):
        return paper_graphs(source)
    texts = [document.text for document in documents(source)[0]]
    found = [function_graph(source, 0, text) for text in texts]
    return [each for each in found if each is not None]


def _drawing(source: Source, line: int, scopes: Sequence[Document] | None, prefix: str) -> str:
    """The graph of the function that a derivation is of, where it can be drawn.

    `scopes` are the documents of Markdown, None for a text that is one by itself.
    """
    text = source.text
    if scopes is not None:
        own = [d for d in scopes if d.line <= line]
        if not own:
            return ""
        text = own[-1].text
        line = line if own[-1].line < line else 1
    found = function_graph(source, line, text)
    return "" if found is None else _figure(found, prefix)


def _figure(found: GraphResult, prefix: str) -> str:
    """A drawing; its ids stand once on a page, for which they have a prefix."""
    try:
        drawn = svg(placed(diagram(found), None)).replace(' id="', f' id="{prefix}-')
    except GradcliError as error:
        drawn = f"<figcaption>{_safe(error.diagnostics[0].message)}</figcaption>"
    sizes = "".join(f", {letter} = {size}" for letter, size in found.sizes.items())
    return (
        f"<details open><summary>the graph of {_safe(found.title)}{sizes}</summary>"
        f"<figure>{drawn}</figure></details>"
    )


def _line(text: str, number: int, items: Sequence[Item], said: Evidence) -> str:
    """A line of the text with its verdicts, and what is wrong below it."""
    bad = [item for item in items if item.bad]
    claims = [item.finding for item in items if item.finding]
    badges = "".join(_badge(finding, said) for finding in claims)
    style = " class=wrong" if bad else " class=right" if claims else ""
    told = "".join(_told(item) for item in items if item.complaint)
    return (
        f'<li{style}><div class="row"><span class="number">{number}</span>'
        f"<code>{_marked(text, bad)}</code><span>{badges}</span></div>{told}</li>"
    )


def _marked(text: str, items: Sequence[Item]) -> str:
    """The text with what is wrong in it marked."""
    places = []
    for span in (item.span for item in items if item.span):
        begin = span.start - span.source.around(span.start)[1]
        places.append((begin, min(max(span.end - span.start, 1) + begin, len(text))))
    found, at = [], 0
    for start, end in sorted(places):
        if start >= at:
            found += [_safe(text[at:start]), f"<mark>{_safe(text[start:end])}</mark>"]
            at = end
    return "".join(found) + _safe(text[at:])


def _badge(finding: Finding, said: Evidence) -> str:
    words = said(finding)
    style = "good" if finding.passed or finding.expected else "bad"
    text = finding.verdict + (f": {words}" if words else "")
    if finding.remainders:
        text += f"; Taylor test: {orders(finding.remainders)}"
    return f'<span class="badge {style}">{_safe(text)}</span>'


def _told(item: Item) -> str:
    """The complaint in words: values, the entries that differ, the diagnosis and its mend."""
    complaint, finding = item.complaint, item.finding
    assert complaint is not None
    level = "bad" if item.bad else "dim"
    parts = [f'<p class="{level}"><b>{_safe(item.code)}</b> {_safe(flattened(item.message))}</p>']
    if finding is not None:
        sides = zip(
            ("above" if finding.against == "line" else "truth", "here"), finding.labels, strict=True
        )
        rows = [(word, text) for word, text in sides if text]
        if table := entries(finding):
            parts.append(f"<pre>{_safe(chr(10).join(table))}</pre>")
    else:
        rows = [("", complaint.label)] if complaint.label else []
    rows += [(word.removesuffix(":"), text) for word, text in item.remarks]
    listed = "\n".join(f"<dt>{_safe(a)}</dt><dd><code>{_safe(b)}</code></dd>" for a, b in rows)
    parts.append(f"<dl>{listed}</dl>" if rows else "")
    return f'<div class="told">{"".join(parts)}</div>'
