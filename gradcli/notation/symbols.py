r"""Names as LaTeX: Greek letters, subscripts and accents, as a mathematician would set them.

Must not know graphs: `w1`, `h[t]`, `sigma_max` and `x̂` are texts here.
"""

from __future__ import annotations

import re
from unicodedata import name as unicode_name
from unicodedata import normalize

COMMANDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = frozenset(COMMANDS.split())
ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307"}
ESCAPES = {char: f"\\{char}" for char in "_&%$#{}"} | {"\\": r"\backslash{}", "^": r"\wedge{}"}
UPRIGHT = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo")
"""Greek letters without a command: upright, they look like these."""
WORDED = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "…": r"\ldots{}",
    "·": r"$\cdot$",
    "*": r"$*$",
    "±": r"$\pm$",
    "≈": r"$\approx$",
    "∞": r"$\infty$",
    "→": r"$\to$",
    "‖": r"$\Vert$",
    "∂": r"$\partial$",
    '"': r"\texttt{\char34}",  # the text fonts have curved ones alone
    **{char: f"\\{char}" for char in "&%$#_{}"},
}
"""Characters of a text that LaTeX's text fonts lack, or read as something else."""
CHARACTERS = re.compile(f".[{''.join(ACCENTS.values())}]?", re.DOTALL)
NUMBERED = re.compile(r"(.*?)(\d*)", re.DOTALL)
SHORT = 2


def greek(letter: str) -> str | None:
    """The command of a Greek letter; None for one that looks Latin, and for any other."""
    words = unicode_name(letter, "").split() if len(letter) == 1 else []
    if len(words) != 4 or words[0] != "GREEK" or words[2] != "LETTER":
        return None
    spelled = words[3].lower().replace("lamda", "lambda")
    spelled = spelled if words[1] == "SMALL" else spelled.capitalize()
    return f"\\{spelled}" if spelled in GREEK else None


def symbol(name: str, raised: bool = False) -> str:
    r"""`w1` as `w_{1}`, `h[t]` as `h_{t}`, `sigma_max` as `\sigma_{\mathrm{max}}`.

    Where an index would be that of an entry, what stands in it is `raised`, as in `w^{(1)}`.
    """
    if name.startswith("@"):
        return rf"\text{{{escaped(name)}}}"
    stem, _, index = name.removesuffix("]").partition("[")
    first, *rest = [part for part in stem.split("_") if part] or [stem]
    match = NUMBERED.fullmatch(first)
    base, digits = match.groups() if match else (first, "")
    below = [digits, *(part if _short(part) else _word(part) for part in rest), escaped(index)]
    subscript = ", ".join(filter(None, below))
    if not subscript or not base:
        return _word(base or stem)
    return _word(base) + (f"^{{({subscript})}}" if raised else f"_{{{subscript}}}")


def _short(text: str) -> bool:
    return text.isascii() and text.isalnum() and len(text) <= SHORT


def _word(base: str) -> str:
    """One word: a letter in italics, a Greek letter by its name, the rest upright."""
    plain = normalize("NFD", base)
    for accent, mark in ACCENTS.items():
        bare = plain.removesuffix(mark).removesuffix(accent)
        if bare != plain and (len(bare) == 1 or bare in GREEK):
            return rf"\{accent}{{{_word(bare)}}}"
    if base.isdecimal() or (len(base) == 1 and base.isascii() and base.isalpha()):
        return base
    found = f"\\{base}" if base in GREEK else greek(base)
    upright = base.translate(UPRIGHT)
    return found or rf"\mathrm{{{''.join(greek(char) or escaped(char) for char in upright)}}}"


def escaped(text: str) -> str:
    """A text with every character that LaTeX would read as a command escaped."""
    return "".join(ESCAPES.get(char, char) for char in text)


def worded(text: str) -> str:
    """A text in the text fonts, which have no Greek letters and few accents: those are formulas."""
    found = (
        WORDED.get(char)
        or (f"${symbol(char)}$" if len(char) > 1 or greek(char) else char.translate(UPRIGHT))
        for char in CHARACTERS.findall(text)
    )
    return "".join(found).replace("--", "-{}-")
