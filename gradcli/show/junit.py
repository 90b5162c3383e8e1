"""The verdicts as JUnit XML: a suite a file, a case a claim.

Must not know what counts as a failure; control characters are gone before they come here.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gradcli.judge.finding import Finding, Report
from gradcli.show.diagnostics import flattened
from gradcli.show.items import Item, block, chance, file_items

ELEMENTS = {"failure": "failure", "error": "error", "note": "skipped"}


def junit(report: Report, allow_undecided: bool) -> str:
    """The document, in ASCII whatever is in it."""
    root = Element("testsuites", name="gradcli check")
    for file in report.files:
        suite = SubElement(root, "testsuite", name=flattened(file.path))
        for item in file_items(file, allow_undecided):
            if item.finding or item.bad:
                _case(suite, item)
        _count(suite, suite)
    _count(root, root)
    indent(root)
    # Without an encoding of its own no stream can be the wrong one.
    text: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii") + "\n"


def _case(suite: Element, item: Item) -> None:
    line = f"line {item.place[0]}: " if item.place else ""
    text = item.finding.text if item.finding else item.message
    case = SubElement(
        suite,
        "testcase",
        classname=flattened(item.derivation or item.file),
        name=flattened(f"{line}{text}"),
        file=flattened(item.file),
    )
    if item.place:
        case.set("line", str(item.place[0]))
    if item.finding:
        _properties(case, item.finding)
    if item.complaint:
        kind = ELEMENTS[item.level]
        wrong = SubElement(case, kind, message=flattened(item.message))
        if item.bad:
            wrong.set("type", item.code)
        wrong.text = "".join(piece for piece, _ in block(item))


def _properties(case: Element, finding: Finding) -> None:
    """The verdict, how it was found, and the bound on a proof's error as a power of two."""
    shown = {"verdict": finding.verdict, "method": finding.evidence.method}
    if below := chance(finding):
        shown["error"] = below
    properties = SubElement(case, "properties")
    for name, value in shown.items():
        SubElement(properties, "property", name=name, value=value)


def _count(parent: Element, element: Element) -> None:
    parent.set("tests", str(len(list(element.iter("testcase")))))
    for key, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        parent.set(key, str(len(list(element.iter(kind)))))
