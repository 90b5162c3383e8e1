"""Writes what editors colour by: a TextMate grammar made of the language's own tokens and names.

Must not hold a word of the language that its tables know.

    python editors/generate.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from gradcli.graph.space import AXES
from gradcli.language.elaboration.sets import KNOWN
from gradcli.language.parsing import tables
from gradcli.language.parsing.derivative_tokens import ROUND
from gradcli.language.parsing.unsigned import BAR, NORM
from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import operators

HERE = Path(__file__).parent / "vscode" / "syntaxes"
LETTER = r"[\w′″]"
SCOPES = {
    "FILE": "string.unquoted.file",
    "STRING": "string.quoted.double",
    "NUMBER": "constant.numeric",
    "PRIMED": "entity.name.function",
    "NAME": "variable.other",
    "SUPERSCRIPT": "constant.numeric.superscript",
    "COMMA": "punctuation.separator",
    "COLON": "punctuation.separator",
}
"""What a kind of token is called in themes; brackets are left to the editor, the rest are signs."""
LEFT = {"_END", "LBRACE", "RBRACE", "LPAR", "RPAR", "LSQB", "RSQB"}
SIGN = "keyword.operator"


def grammar() -> dict[str, Any]:
    """The grammar of `.grad` files: the first pattern of those that match leftmost is the token."""
    known = tables.load()
    words = sorted(known.keywords)
    functions = sorted([*FUNCTIONS, *operators()])
    sets = sorted({*KNOWN, *AXES, "functions"})
    set_of = rf"({_any(sets)})(?!{LETTER})"
    first = [
        _pattern(r"#.*$", "comment.line.number-sign"),
        {
            "match": rf"(?<!{LETTER})(in)\s+{set_of}|(∈)\s*{set_of}",
            "captures": {
                "1": {"name": "keyword.control.grad"},
                "2": {"name": "storage.type.grad"},
                "3": {"name": f"{SIGN}.grad"},
                "4": {"name": "storage.type.grad"},
            },
        },
        _pattern(rf"(?<!{LETTER})(?:{_any(words)})(?!{LETTER})", "keyword.control"),
        _pattern(rf"(?<!{LETTER})(?:{_any(functions)})(?=\()", "support.function"),
    ]
    rest = [
        _pattern(pattern, SCOPES.get(name, SIGN))
        for name, pattern in known.patterns
        if name not in known.ignored and name not in LEFT and name not in ("SUPERSCRIPT",)
    ]
    fixed: dict[str, list[str]] = {}
    for sign, name in known.signs.items():
        if name not in LEFT:
            fixed.setdefault(SCOPES.get(name, SIGN), []).append(sign)
    rest += [_pattern(_any(texts), scope) for scope, texts in fixed.items()]
    superscript = dict(known.patterns)["SUPERSCRIPT"]
    signs = _pattern(rf"{ROUND}|\{BAR}\{BAR}?|{NORM}", SIGN)
    patterns = [*first, *rest, _pattern(superscript, SCOPES["SUPERSCRIPT"]), signs]
    return {
        "name": "gradcli",
        "scopeName": "source.grad",
        "fileTypes": ["grad"],
        "patterns": patterns,
    }


def injection() -> dict[str, Any]:
    """The same within the `grad` fences of Markdown."""
    return {
        "scopeName": "markdown.grad.codeblock",
        "injectionSelector": "L:text.html.markdown",
        "patterns": [
            {
                "begin": r"(^|\G)(\s*)(`{3,}|~{3,})\s*(grad)(?=\s|$)([^`]*)$",
                "end": r"(^|\G)(\2|\s{0,3})(\3)\s*$",
                "name": "markup.fenced_code.block.markdown",
                "beginCaptures": {"4": {"name": "fenced_code.block.language.markdown"}},
                "patterns": [
                    {
                        "begin": r"(^|\G)(\s*)(.*)",
                        "while": r"(^|\G)(?!\s*([`~]{3,})\s*$)",
                        "contentName": "meta.embedded.block.grad",
                        "patterns": [{"include": "source.grad"}],
                    }
                ],
            }
        ],
    }


def _pattern(pattern: str, scope: str) -> dict[str, Any]:
    made: dict[str, Any] = {"match": pattern, "name": f"{scope}.grad"}
    if scope == SCOPES["FILE"]:
        made["captures"] = {"1": {"name": f"{SIGN}.grad"}}
    return made


def _any(words: list[str]) -> str:
    """Longer ones first, so that none is taken for another's beginning."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


FILES = {"grad.tmLanguage.json": grammar, "markdown.tmLanguage.json": injection}


def text(name: str) -> str:
    """What a file should hold."""
    return json.dumps(FILES[name](), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in FILES:
        (HERE / name).write_text(text(name), encoding="utf-8")
