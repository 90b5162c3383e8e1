"""What TeX's commands are: letters, functions, fonts, signs, and what only moves things about.

Must not know how formulas are built of them.
"""

from __future__ import annotations

from gradcli.ops import FUNCTIONS

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "varkappa": "ϰ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π",
    "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "varGamma": "Γ", "varDelta": "Δ",
    "varTheta": "Θ", "varLambda": "Λ", "varXi": "Ξ", "varPi": "Π", "varSigma": "Σ",
    "varPhi": "Φ", "varPsi": "Ψ", "varOmega": "Ω", "ell": "ell", "hbar": "hbar", "imath": "i",
    "jmath": "j", "infty": "inf",
}  # fmt: skip
"""Letters that are written by a command, as names are spelled."""


def letter(name: str) -> str:
    """A name in which a Greek letter may be spelled out, `sigma_2`, with the letter itself."""
    base, sign, below = name.partition("_")
    return GREEK.get(base, base) + sign + below


FONTS = frozenset({
    "mathbf", "boldsymbol", "bm", "mathrm", "mathit", "mathcal", "mathsf", "mathbb", "mathfrak",
    "vec", "bold", "mathscr", "textbf", "pmb", "symbf", "symbfit", "mathnormal", "mathtt", "textsf",
    "operatorname", "boldmath", "bs", "vectorbold", "vb", "vu", "va", "mathbfit",
})  # fmt: skip
BOLD = frozenset({
    "mathbf", "boldsymbol", "bm", "vec", "bold", "textbf", "pmb", "symbf", "symbfit", "vb", "va",
    "mathbfit", "bs",
})  # fmt: skip
WORDS = frozenset({"text", "textrm", "mbox", "textit", "textnormal", "hbox", "textsc"})
SWITCHES = frozenset({
    "bf", "rm", "it", "cal", "sf", "tt", "sl", "bfseries", "mdseries", "itshape", "displaystyle",
    "textstyle", "scriptstyle", "scriptscriptstyle", "tiny", "small", "footnotesize", "normalsize",
    "large", "Large", "LARGE", "huge", "Huge", "limits", "nolimits", "nonumber", "notag",
    "mathstrut", "strut", "allowbreak", "nobreak", "hfill", "hfil", "noindent", "par", "medskip",
    "smallskip", "bigskip", "qedhere", "thinspace", "medspace", "thickspace", "negthinspace",
    "null", "relax", "mathop", "mathord", "mathbin", "mathrel", "mathopen", "mathclose",
    "mathinner", "mathpunct", "ensuremath", "centering", "middle", "linebreak", "hline",
    "square", "qed", "Box", "blacksquare", "protect", "unboldmath", "operatornamewithlimits",
    "/", ",", ":", ";", "!", ">", " ", "\n", "\t", "-",
})  # fmt: skip
"""What says nothing about a formula."""
SIZES = frozenset(
    f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)
DROPPED = {
    "label": 1, "tag": 1, "hspace": 1, "vspace": 1, "phantom": 1, "hphantom": 1, "vphantom": 1,
    "color": 1, "cite": 1, "citep": 1, "citet": 1, "ref": 1, "eqref": 1, "footnote": 1, "vskip": 0,
    "index": 1, "rule": 2, "kern": 0, "mkern": 0, "hskip": 0, "mskip": 0, "footnotemark": 0,
}  # fmt: skip
"""What is left out, with so many arguments."""
THROUGH = {
    "boxed": 0, "textcolor": 1, "colorbox": 1, "cancel": 0, "bcancel": 0, "xcancel": 0, "fbox": 0,
    "underbrace": 0, "overbrace": 0, "underbracket": 0, "overbracket": 0, "underline": 0,
    "mathrlap": 0, "mathllap": 0, "mathclap": 0, "smash": 0, "fcolorbox": 2, "cancelto": 1,
    "highlight": 0, "hl": 0, "bbox": 0,
}  # fmt: skip
"""What shows its last argument, behind so many others."""
BRACES = frozenset({"underbrace", "overbrace", "underbracket", "overbracket"})
ACCENTS = {
    "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
    "widetilde": "tilde", "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve",
    "acute": "acute", "grave": "grave", "mathring": "ring", "widebar": "bar",
}  # fmt: skip
FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "flatfrac"})
PHYSICS = {"pdv": "partial", "dv": "d", "pderiv": "partial", "deriv": "d", "odv": "d"}
"""Commands of derivatives that packages define, and the sign that they print."""

PRODUCTS = {
    "cdot": "cdot", "cdotp": "cdot", "times": "times", "odot": "odot", "circ": "odot",
    "ast": "odot", "oslash": "oslash", "otimes": "otimes", "bullet": "cdot", "div": "/",
    "star": "star",
}  # fmt: skip
RELATIONS = {
    "=": "=", "<": "<", ">": ">", "leq": "<=", "le": "<=", "leqslant": "<=", "geq": ">=",
    "ge": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "approx": "≈", "simeq": "≈",
    "doteq": ":=", "coloneqq": ":=", "coloneq": ":=", "triangleq": ":=", "equiv": ":=",
    "eqdef": ":=", "defeq": ":=", "leftarrow": "<-", "gets": "<-", "longleftarrow": "<-",
    "in": "in", "sim": "~",
    "propto": "~", "to": "~", "rightarrow": "~", "mapsto": "~", "longrightarrow": "~",
    "hookrightarrow": "~", "cong": "~", "notin": "~", "subset": "~", "subseteq": "~", "ll": "~",
    "gg": "~", "lesssim": "~", "gtrsim": "~", "succ": "~", "prec": "~", "succeq": "~",
    "preceq": "~", "perp": "~", "parallel": "~", "leadsto": "~", "ni": "~", "asymp": "~",
    "downarrow": "~", "uparrow": "~", "leftrightarrow": "~", "rightleftharpoons": "~",
    "longmapsto": "~", "nearrow": "~", "searrow": "~",
}  # fmt: skip
IMPLIES = frozenset({
    "implies", "Rightarrow", "Longrightarrow", "iff", "Leftrightarrow", "therefore", "impliedby",
    "Leftarrow", "because", "Longleftrightarrow", "land", "wedge",
})  # fmt: skip
OPENING = {
    "(": ")", "[": "]", r"\{": r"\}", r"\lbrace": r"\}", r"\lbrack": "]", r"\lparen": ")",
}  # fmt: skip
CLOSING = {")": ")", "]": "]", r"\}": r"\}", r"\rbrace": r"\}", r"\rbrack": "]", r"\rparen": ")"}
MATRICES = frozenset({
    "pmatrix", "bmatrix", "matrix", "Bmatrix", "smallmatrix", "array", "psmallmatrix",
    "bsmallmatrix",
})  # fmt: skip
OUTSIDE = "is outside of the language"
FOREIGN = {
    "lim": OUTSIDE, "arg": OUTSIDE,
    "argmin": OUTSIDE, "argmax": OUTSIDE, "sup": OUTSIDE, "inf": OUTSIDE, "limsup": OUTSIDE,
    "liminf": OUTSIDE, "Pr": OUTSIDE, "gcd": OUTSIDE, "dim": OUTSIDE, "int": "an integral",
    "iint": "an integral", "iiint": "an integral", "oint": "an integral", "mid": OUTSIDE,
    "pm": "says two things at once", "mp": "says two things at once",
    "exists": OUTSIDE, "cup": OUTSIDE, "cap": OUTSIDE, "setminus": OUTSIDE, "emptyset": OUTSIDE,
    "varnothing": OUTSIDE, "neg": OUTSIDE, "vee": OUTSIDE, "lor": OUTSIDE, "bigcup": OUTSIDE,
    "bigcap": OUTSIDE, "models": OUTSIDE, "vdash": OUTSIDE, "oplus": OUTSIDE, "bigoplus": OUTSIDE,
    "bigotimes": OUTSIDE,
}  # fmt: skip
"""What is no formula of the language, and what to say of it."""
DOTS = frozenset({
    "ldots", "dots", "cdots", "vdots", "ddots", "dotsc", "dotsb", "dotsm", "dotso", "hdots",
})  # fmt: skip
SETS = frozenset("RENZQPCIFHSVDXYTKOUWLMABG")
"""Letters of `mathbb` that are sets or operators, never names."""
SPELLED = {
    "tr": "trace", "Tr": "trace", "trace": "trace", "Trace": "trace", "sgn": "sign",
    "sigm": "sigmoid", "ReLU": "relu", "RELU": "relu", "Softmax": "softmax", "SoftMax": "softmax",
    "Diag": "diag", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "ln": "log",
    "logit": "logit", "GELU": "gelu", "SiLU": "swish", "ELU": "elu", "LSE": "logsumexp",
    "arsinh": "asinh", "artanh": "atanh", "arcosh": "acosh", "lb": "log2", "vect": "vec",
    "Det": "det", "tg": "tan", "ctg": "cot", "sh": "sinh", "ch": "cosh", "th": "tanh",
}  # fmt: skip
UPRIGHT = frozenset({"mathrm", "operatorname", "mathsf", "mathit", "mathtt", "textsf"})
ITALIC = "mathit"
"""The font in which a word is the name of a variable, unless it is called."""
EXPECTED = frozenset({"argmin", "argmax", "Var", "Cov", "E", "Pr", "arg"})
"""Words that are outside of the language."""
EXPECTED_OF = frozenset({"KL"})
"""Words that are so where they are called, and else names of what is defined."""
NOT_CALLED = frozenset({"dot", "outer", "solve", "cross", "kron", "where", "delta", "einsum"})


def function(name: str) -> str:
    """The function of the registry that a word or a command means; empty for none."""
    found = SPELLED.get(name, name)
    # "Softmax" begins a line; "MSE" is a name of one's own.
    plain = found.lower() if len(found) > 2 and found.capitalize() == found else found
    if plain in FUNCTIONS and plain not in NOT_CALLED and len(plain) > 1:
        return FUNCTIONS[plain].name
    return ""


def names(word: str) -> bool:
    r"""Whether a word is a name in upright letters; `\mathrm{dx}` is a differential."""
    differential = word[0] == "d" and len(word) == len("dx")
    return not (differential or word in EXPECTED or function(word))
