"""A derivation as text: declarations, definitions and chains, with the reasons below each other.

Must not know how any line was found, nor whether it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradcli.explain.equations import EqualLine, EqualLines

WIDEST = 46
"""A longer line does not push the reasons of the others out of sight."""
Row = tuple[str, EqualLine | None]


def rows(title: str, inputs: Mapping[str, str], parts: Iterable[EqualLines]) -> list[Row]:
    """The lines of the text, each with what it is the text of; `inputs` are sets by name.

    Definitions that stand together make a block.
    """
    found: list[Row] = [(f'derivation "{title}"', None), ("", None)]
    sets: dict[str, list[str]] = {}
    for name, text in inputs.items():
        sets.setdefault(text, []).append(name)
    found += [(f"{', '.join(names)} in {text}", None) for text, names in sets.items()]
    before = False
    for part in parts:
        if not (part.defines and before):
            found.append(("", None))
        before = part.defines
        found += _rows(part)
    reasons = [len(text) for text, line in found if line and line.reason]
    width = max((length for length in reasons if length <= WIDEST), default=0)
    return [
        (f"{text:<{width}}  # {line.reason}" if line and line.reason else text, line)
        for text, line in found
    ]


def _rows(part: EqualLines) -> list[Row]:
    margin = " " * len(part.left)
    found: list[Row] = [(f"# {part.remark}", None)] if part.remark else []
    return found + [
        (f"{margin if count else part.left} = {line.text}", line)
        for count, line in enumerate(part.lines)
    ]
