"""The field's words for the grammar's terminals, and the spellings of other languages.

Must not know when a terminal is wrong; these are tables only.
"""

from gradcli.language.tables import END

OPERAND = 'a number, a name or "("'
OPERATOR = "an operator"
WORDS = {
    "NUMBER": OPERAND,
    "NAME": "a name",
    "LPAR": '"("',
    "LSQB": '"["',
    "STRING": "a text in quotes",
    "NOT": OPERAND,
    "SIGN": OPERATOR,
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
    "FOR": '"for"',
    "AT": '"at"',
    "RANDOM": '"random"',
    "DERIVATION": '"derivation"',
    "LAYOUT": '"layout"',
    "COLON": '":"',
    "COMMA": '","',
    "LBRACE": '"{"',
    "RPAR": '")"',
    "RSQB": '"]"',
    "RBRACE": '"}"',
    "_END": "the end of the statement",
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
    "(": "nothing stands in these brackets",
    "[": "nothing stands in these brackets",
    ",": "nothing follows the comma",
}
MODULES = ("np", "numpy", "math", "torch", "jnp", "jax", "tf", "F", "nn", "scipy", "cmath")
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
}
