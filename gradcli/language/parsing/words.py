"""The field's words for the grammar's terminals, and the spellings of other languages.

Must not know when a terminal is wrong; these are tables only.
"""

from gradcli.language.parsing.tables import END
from gradcli.ops.reductions import prod, sum_of

OPERAND = 'a number, a name or "("'
OPERATOR = "an operator"
WORDS = {
    "NUMBER": OPERAND,
    "NAME": "a name",
    "PRIMED": "a name",
    "LPAR": '"("',
    "LSQB": '"["',
    "STRING": "a text in quotes",
    "NOT": OPERAND,
    "SIGN": OPERATOR,
    "BESIDE": OPERATOR,
    "TIMES": OPERATOR,
    "OVER": OPERATOR,
    "POWER": OPERATOR,
    "SUPERSCRIPT": OPERATOR,
    "TRANSPOSE": OPERATOR,
    "COMPARE": OPERATOR,
    "AND": OPERATOR,
    "OR": OPERATOR,
    "EQUALS": '"="',
    "APPROX": '"="',
    "FILE": '"="',
    "RANGE": '".."',
    "IN": '"in"',
    "ELEMENT": '"in"',
    "ARROW": '"->"',
    "FOR": '"for"',
    "IF": '"if"',
    "AT": '"at"',
    "RANDOM": '"random"',
    "DERIVATION": '"derivation"',
    "LAYOUT": '"layout"',
    "CONVENTION": '"convention"',
    "COLON": '":"',
    "COMMA": '","',
    "LBRACE": '"{"',
    "RPAR": '")"',
    "RSQB": '"]"',
    "RBRACE": '"}"',
    "_END": "the end of the statement",
    "TOLERANCE": '"±"',
    "OF": OPERAND,
    "BY": '"/"',
    "ALSO": OPERATOR,
    "ORDER": OPERATOR,
    "FROM": '"("',
    "TO": '")"',
    END: "the end of the statement",
}
"""Every terminal of the grammar, in the order in which a sentence lists them."""

MISSING = {
    "+": "nothing is added here",
    "-": "nothing is subtracted here",
    "−": "nothing is subtracted here",
    "*": "nothing is multiplied here",
    "@": "nothing is multiplied here",
    "/": "nothing to divide by here",
    "^": "no exponent here",
    "**": "no exponent here",
    "=": "no value here",
    "≈": "no value here",
    "~=": "no value here",
    "±": "no tolerance here",
    "(": "nothing stands in these brackets",
    "[": "nothing stands in these brackets",
    ",": "nothing follows the comma",
}
MODULES = ("np", "numpy", "math", "torch", "jnp", "jax", "tf", "F", "nn", "scipy", "cmath")
GLUED = {
    "=>": ">=",
    "=<": "<=",
    "< =": "<=",
    "> =": ">=",
    "<>": "!=",
    "!==": "!=",
    "===": "=  or, of a condition,  ==",
    ".**": ".^",
}
"""Two operators that are meant as one, and which."""
FOREIGN = {
    "&": "and",
    "÷": "/",
    "∙": "*",
    "∗": "*",
    "–": "-",
    "—": "-",
    "‐": "-",
    "⁄": "/",
    "∕": "/",
    "′": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "√": "sqrt(x)",
    "∑": "sum(x)",
    "∏": "prod(x)",
    "!": "not",
    "{": "(",
    "}": ")",
    "⊤": ".T",
    "∘": ".*",
    "⊗": "kron(a, b)",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "∇": "grad(f, x)",
    "~": "≈",
}

FOLDS = {"Σ": sum_of.name, "∑": sum_of.name, "Π": prod.name, "∏": prod.name}
"""Signs that stand before what they add or multiply, as functions."""
