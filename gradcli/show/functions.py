"""The pages of the registry: all functions by section, or one with its rules.

Must not know any function; what is said of one comes from `explain`.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.reference.functions import FunctionPage
from gradcli.show.page import Cell, Column, Line, Lines, Page, Table, line


def listing(pages: Iterable[FunctionPage]) -> Page:
    """Signatures under the heading of their section."""
    sections: dict[str, list[list[Cell]]] = {}
    for found in pages:
        also = f"also {', '.join(found.aliases)}" if found.aliases else ""
        row = [Cell(found.signature), Cell(also, "dim")]
        sections.setdefault(found.section, []).append(row)
    parts: list[Lines | Table] = []
    for section, rows in sections.items():
        parts += [Lines([line(Cell(section, "title"))]), Table([Column(""), Column("")], rows)]
    hint = "gradcli functions NAME  shows a function's derivative, domain and kinks"
    return Page([*parts, Lines([line(Cell(hint, "dim"))], commentary=True)])


def page(found: FunctionPage) -> Page:
    """Everything about one function."""
    head: Line = line(Cell(found.signature, "title"), Cell(f"   {found.section}", "dim"))
    facts: list[tuple[str, str, str]] = []
    if found.aliases:
        facts.append(("also", ", ".join(found.aliases), ""))
    if found.value:
        facts.append(("value", found.value, "value"))
    facts += [(f"d/d{name}", formula, "gradient") for name, formula in found.derivatives]
    facts += [(f"δ to {name}", formula, "gradient") for name, formula in found.pullbacks]
    facts += [(f"δ to {name}", words, "") for name, words in found.words]
    facts += [("where", found.where, "")] if found.where else []
    facts += [("is", "linear in each argument by itself", "")] if found.linear else []
    facts += [("domain", "  and  ".join(found.domain), "")] if found.domain else []
    facts += [("kinks", "  and  ".join(found.kinks), "")] if found.kinks else []
    facts.append(("example", found.example, ""))
    rows = [
        [Cell(label, "dim"), Cell(text, style, found.math.get(text, ""))]
        for label, text, style in facts
    ]
    return Page([Lines([head]), Table([Column(""), Column("")], rows)])
