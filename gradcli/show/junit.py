"""The verdicts as JUnit XML: a suite a file, a case a claim.

Must not know what counts as a failure; control characters are gone before they come here.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gradcli.judge.finding import Report
from gradcli.show.diagnostics import flattened
from gradcli.show.items import Item, block, file_items

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
    if item.complaint:
        kind = ELEMENTS[item.level]
        wrong = SubElement(case, kind, message=flattened(item.message))
        if item.bad:
            wrong.set("type", item.code)
        wrong.text = "".join(piece for piece, _ in block(item))


def _count(parent: Element, element: Element) -> None:
    parent.set("tests", str(len(list(element.iter("testcase")))))
    for key, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        parent.set(key, str(len(list(element.iter(kind)))))
