"""Mistakes that are right in another notation: bars, primes, methods, Python's signs, and the mend.

Must not know the parse tables nor how a mistake is recognised as one.
"""

from __future__ import annotations

import re

from gradcli.errors import Diagnostic
from gradcli.language.parsing.expressions import line
from gradcli.language.parsing.statement_lines import OPERAND_ENDS
from gradcli.language.parsing.tokens import CLOSING, SIGNS
from gradcli.language.parsing.trouble import ENDS, Trouble
from gradcli.language.parsing.words import MODULES

CHOICE = re.compile(r"=\s*([^=]+?)\s+if\s+(.+?)\s+else\s+(.+)$")
WHERE = "write  where(x > 0, a, b)"
AT_A_POINT = "for a value at a point write  at x = 2  on a line of its own above the claim"
KEYWORDS = (
    "IN",
    "IF",
    "FOR",
    "AT",
    "RANDOM",
    "DERIVATION",
    "LAYOUT",
    "CONVENTION",
    "AND",
    "OR",
    "NOT",
)


def absolute(trouble: Trouble) -> Diagnostic | None:
    """A bar that pairs with no other: `|x`, `a || b`, `f|x`."""
    token = trouble.token
    if token.text != "|":
        return None
    if trouble.near(1).text == "|" or trouble.near(-1).text == "|":
        return trouble.wrong("G006", '"||" is not read here', help="write  a or b  or  norm(x)")
    behind = trouble.near(-1).kind in OPERAND_ENDS
    help = AT_A_POINT if behind else "write  abs(x)"
    return trouble.wrong("G006", '"|" is not read here', help=help)


def inner_product(trouble: Trouble) -> Diagnostic | None:
    """`<x, y>`."""
    token = trouble.token
    if token.text not in ("<", "⟨") or trouble.near(-1).kind in OPERAND_ENDS:
        return None
    found = re.match(r"[<⟨]([^<>;\n,]+),([^<>;\n]+?)[>⟩]", trouble.source.text[token.start :])
    if found is None:
        return None
    end = token.start + found.end()
    distance = 0
    while trouble.near(distance + 1).kind not in ENDS and trouble.near(distance).end < end:
        distance += 1
    factors = (line(text.strip()) for text in found.groups())
    whole = " @ ".join(text if text.isidentifier() else f"({text})" for text in factors)
    message = "an inner product is not written with angles here"
    return trouble.wrong("G006", message, help=f"write  ({whole})", to=distance)


def prime(trouble: Trouble) -> Diagnostic | None:
    """`f' (x)`, `(f)'(x)`."""
    if trouble.near(-1).text != "'" or trouble.token.kind != "LPAR":
        return None
    message = "the prime of a derivative stands between the function's name and its argument"
    function = trouble.near(-2)
    named = function.kind == "NAME"
    mend = f"write  {function.text}'(x)" if named else "write  f'(x)"
    return trouble.wrong("G006", message, help=mend, since=-2 if named else -1)


def differentiation(trouble: Trouble) -> Diagnostic | None:
    """`d/dx f` without brackets, `df/dx (2)` for a value at a point."""
    token, name, sign, above = trouble.token, *(trouble.near(-k) for k in (1, 2, 3))
    if name.kind != "NAME" or sign.kind != "BY":
        return None
    if above.kind == "OF" and token.kind in ("NAME", "NUMBER", "OF"):
        head = trouble.source.text[above.start : name.end]
        message = f"what {head} is taken of stands in brackets"
        subject = line(trouble.source.text[token.start : _operand(trouble)])
        return trouble.wrong("G001", message, help=f"write  {head} ({subject})")
    if above.kind != "OF" and token.kind == "LPAR":
        head = line(trouble.source.text[_beginning(trouble) : name.end])
        help = f"for a product write  {head}*(…),  {AT_A_POINT}"
        return trouble.wrong("G001", "a derivative takes no argument", help=help)
    return None


def _beginning(trouble: Trouble) -> int:
    """Where the derivative before this token begins."""
    at = -1
    while trouble.near(at).kind != "OF":
        at -= 1
    return trouble.near(at).start


def _operand(trouble: Trouble) -> int:
    """Where the name, call or derivative that begins at this token ends."""
    at = depth = 0
    while trouble.near(at).kind not in ENDS:
        depth += (trouble.near(at).kind in CLOSING) - (trouble.near(at).kind in SIGNS)
        inside = depth or trouble.near(at + 1).kind in ("LPAR", "BY", "ALSO", "ORDER")
        if not inside and trouble.near(at).kind not in ("OF", "BY", "ALSO"):
            break
        at += 1
    return trouble.near(at).end


def raised_function(trouble: Trouble) -> Diagnostic | None:
    """`sin²(x)`."""
    power, function = trouble.near(-1), trouble.near(-2)
    if trouble.token.kind != "LPAR" or power.kind != "SUPERSCRIPT" or function.kind != "NAME":
        return None
    message = f'"{function.text}{power.text}(…)" is not read here'
    mend = f"write  {function.text}(x){power.text}"
    return trouble.wrong("G006", message, help=mend, since=-2)


def attribute(trouble: Trouble) -> Diagnostic | None:
    """`np.sin(x)`, `x.sum()`."""
    owner, name = trouble.near(-1), trouble.near(1)
    if trouble.token.text != "." or owner.kind != "NAME" or name.kind not in ("NAME", *KEYWORDS):
        return None
    if owner.text in MODULES or trouble.near(2).kind != "LPAR":
        if name.text == "grad":
            mend = f"a file is read by  @{_statement(trouble)}"
        else:
            known = owner.text in MODULES
            mend = f"write  {name.text}" if known else "only  .T  may follow a dot"
        message = f'"{owner.text}.{name.text}" is not read here'
        return trouble.wrong("G006", message, help=mend, since=-1, to=1)
    empty = trouble.near(3).kind == "RPAR"
    mend = f"write  {name.text}({owner.text}{'' if empty else ', …'})"
    return trouble.wrong("G006", f'".{name.text}(…)" is not read here', help=mend, since=-1, to=1)


def _statement(trouble: Trouble) -> str:
    """The text of the statement that the token stands in."""
    return trouble.source.text[trouble.first.start : trouble.near(trouble.reach).end]


def of_python(trouble: Trouble) -> Diagnostic | None:
    """`//`, `+=`, `a if c else b`."""
    before, token = trouble.near(-1), trouble.token
    if token.text in ("if", "else") and before.kind in OPERAND_ENDS:
        message = f'"{token.text}" is not read here'
        chosen = CHOICE.search(_statement(trouble))
        if chosen is None:
            return trouble.wrong("G006", message, help=WHERE)
        yes, condition, no = map(line, chosen.groups())
        help = f"write  where({condition}, {yes}, {no})"
        since = -1
        while trouble.near(since - 1).kind not in ("EQUALS", *ENDS):
            since -= 1
        return trouble.wrong("G006", message, help=help, since=since, to=trouble.reach)
    if token.kind == "IF" and trouble.near(1).kind in ("NAME", "NUMBER", "LPAR"):
        return trouble.wrong("G006", '"if" is not read here', help=WHERE)
    if token.kind == "COLON" and trouble.near(1).kind == "EQUALS":
        return trouble.wrong("G006", '":=" is not read here', help="write  =", to=1)
    if before.end != token.start:
        return None
    if before.text == "+" and token.text == "/" and trouble.near(1).kind == "SIGN":
        return trouble.wrong("G006", '"+/-" is not read here', help="write  ±", since=-1, to=1)
    if before.text == token.text == "/":
        return trouble.wrong("G006", '"//" is not read here', help="write  floor(a/b)", since=-1)
    if token.kind == "EQUALS" and before.kind in ("SIGN", "TIMES", "OVER"):
        name = trouble.near(-2).text if trouble.near(-2).kind == "NAME" else "y"
        message = f'"{before.text}=" is not read here: a name is defined once'
        help = f"write  {name}2 = {name} {before.text} …"
        return trouble.wrong("G006", message, help=help, since=-1)
    return None
