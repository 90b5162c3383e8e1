r"""LaTeX becomes a suggestion in our spelling: `\frac{1}{1+e^{-x}}` is `1/(1+exp(-x))`.

Must not know where in a program it stands; where a formula is not simple it suggests nothing.
"""

from __future__ import annotations

import re

LONGEST = 1000

DEEPEST = 30

OPERATORS = {
    "cdot": "*",
    "times": "*",
    "odot": ".*",
    "circ": ".*",
    "left": "",
    "right": "",
    "top": "T",
    "intercal": "T",
    "infty": "inf",
    "quad": " ",
    "qquad": " ",
    "leq": "<=",
    "le": "<=",
    "geq": ">=",
    "ge": ">=",
    "neq": "!=",
    "ne": "!=",
    "approx": "≈",
    "in": "in",
    "partial": "∂",
}
STYLES = "mathbf|mathrm|mathit|boldsymbol|bm|text|operatorname|mathbb|mathcal"
STRUCTURES = frozenset(f"frac|dfrac|tfrac|sqrt|sum|prod|int|begin|end|hat|bar|{STYLES}".split("|"))

INNER = r"\{([^{}]*)\}"


def without_latex(text: str) -> str:
    """The formula in the language of this program, or nothing where that is not simple."""
    if len(text) > LONGEST:
        return ""
    text = re.sub(r"\\[,;:! ]|~|\$", " ", text)
    text = re.sub(r"\^\s*(\{\s*)?\\(top|intercal)(?![A-Za-z])(?(1)\s*\})\s*", ".T ", text)
    text = re.sub(r"\\([A-Za-z]+)[ ]*", _word, text)
    for _ in range(DEEPEST):
        before = text
        text = re.sub(rf"\\(?:{STYLES}){INNER}", r"\1", text)
        text = re.sub(rf"_{INNER}", _subscript, text)
        text = re.sub(rf"(?<![\w\\])e\^{INNER}", r"exp(\1)", text)
        text = re.sub(rf"\^{INNER}", lambda m: f"^{_bracketed(m[1])}", text)
        text = re.sub(rf"\\sqrt{INNER}", r"sqrt(\1)", text)
        text = re.sub(rf"\\[dt]?frac\s*{INNER}\s*{INNER}", _fraction, text)
        if text == before:
            break
    text = re.sub(r"\.T (?=[\w(])", ".T @ ", text)
    return "" if re.search(r"[\\{}]", text) else " ".join(text.split())


def _word(match: re.Match[str]) -> str:
    word = match[1]
    if word in STRUCTURES:
        return f"\\{word}"
    following = match.string[match.end() : match.end() + 1]
    return OPERATORS.get(word, word + (" " if following.isalnum() else ""))


def _subscript(match: re.Match[str]) -> str:
    inner = match[1].replace(",", "").replace(" ", "")
    return f"_{inner}" if inner.isalnum() else match[0]


def _fraction(match: re.Match[str]) -> str:
    quotient = f"{_bracketed(match[1])}/{_bracketed(match[2])}"
    before = match.string[: match.start()].rstrip()[-1:]
    after = match.string[match.end() :].lstrip()[:1]
    alone = before in ("", "=", "(", "+") and after in ("", ")", "+", "-")
    return quotient if alone else f"({quotient})"


def _bracketed(inner: str) -> str:
    inner = inner.strip()
    return inner if inner.isalnum() else f"({inner})"
