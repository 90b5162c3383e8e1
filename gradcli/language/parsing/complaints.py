"""What is said of a token that cannot be read: in the field's words, with the mend if known.

Must not know the parse tables; it is told which kinds of token could stand there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import category, normalize

from gradcli.errors import Diagnostic
from gradcli.language.parsing import code_calls
from gradcli.language.parsing.declared import INTRODUCING, declaration, layout
from gradcli.language.parsing.expressions import CANONICAL, line
from gradcli.language.parsing.foreign import (
    KEYWORDS,
    absolute,
    attribute,
    differentiation,
    inner_product,
    of_python,
    prime,
    raised_function,
)
from gradcli.language.parsing.statement_lines import OPERAND_ENDS
from gradcli.language.parsing.tokens import Token
from gradcli.language.parsing.trouble import ENDS, Trouble
from gradcli.language.parsing.words import FOLDS, FOREIGN, GLUED, MISSING, OPERAND, WORDS
from gradcli.language.tree.literals import canonical
from gradcli.ops import FUNCTIONS

CLOSERS = ("RPAR", "RSQB", "RBRACE")
ARITHMETIC = ("SIGN", "TIMES", "OVER", "POWER")
BETWEEN = (*ARITHMETIC, "COMPARE", "EQUALS", "APPROX", "TOLERANCE", "AND", "OR")

DERIVATIVE = re.compile(r"[^\s=;,()]+")
SIGNED = "a product of these needs its sign:  *  or  @"


def explain(trouble: Trouble) -> Diagnostic:
    """The first of the known mistakes that this is, else what was expected here."""
    for known in MISTAKES:
        found = known(trouble)
        if found is not None:
            return found
    return _expected(trouble)


def _shown(token: Token) -> str:
    if token.kind in ENDS:
        return '";"' if token.text == ";" else "the end of the line"
    return f'"{line(token.text)}"'


def _expected(trouble: Trouble) -> Diagnostic:
    token, before = trouble.token, trouble.near(-1)
    accepted = trouble.accepted
    words = dict.fromkeys(WORDS[kind] for kind in WORDS if kind in accepted)
    if OPERAND in words:
        words = {OPERAND: None}
        if before.kind in ("LPAR", "COMMA") and "RPAR" in accepted:
            words['")"'] = None
    listed = list(words) or ["the end of the statement"]
    wanted = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
    label = MISSING.get(before.text, "") if OPERAND in words else "not expected here"
    if before.kind == "LPAR" and token.kind not in CLOSERS:
        label = ""
    message = f"expected {wanted} before {_shown(token)}"
    help = f"write  {before.text} = 3" if accepted == {"EQUALS", "FILE"} else ""
    return trouble.wrong("G001", message, label=label, help=help)


# -- mistakes that are known by their looks


def _code(trouble: Trouble) -> Diagnostic | None:
    """`= @layers.py:backward(dout, cache)`, whose arguments are where reading stops."""
    distance = 0
    while trouble.near(distance).kind not in (*ENDS, "FILE"):
        distance -= 1
    if code_calls.CODE.match(trouble.near(distance).text) is None:
        return None
    help = code_calls.SHAPE
    return trouble.wrong("G001", code_calls.MESSAGE, help=help, since=distance)


def _file(trouble: Trouble) -> Diagnostic | None:
    if trouble.token.kind != "FILE":
        return None
    message = "a file can only be the value of an input"
    owner = trouble.near(-1)
    name = owner.text if owner.kind == "NAME" else "x"
    path = trouble.token.text[1:].strip()
    return trouble.wrong("G001", message, help=f"write  at {name} = {path}")


def _text(trouble: Trouble) -> Diagnostic | None:
    first, inner, last = trouble.token, trouble.near(1), trouble.near(2)
    if first.text == '"':
        return trouble.wrong("G002", "this text is never closed", label="it needs another quote")
    if first.text == inner.text == "'":
        return None
    if first.text == last.text == "'" and inner.kind in ("NAME", "NUMBER"):
        mend = f'write  "{inner.text}"'
        return trouble.wrong("G001", "a text stands in double quotes", help=mend, to=2)
    if first.kind == "STRING":
        message = "a text can only be an argument of a function"
        return trouble.wrong("G001", message, help='as in  norm(A, "fro")')
    return None


def _doubled(trouble: Trouble) -> Diagnostic | None:
    """`x^^2`, `x*/y`, `x => 2`: an operator behind an operator."""
    before, token = trouble.near(-1), trouble.token
    if before.kind not in BETWEEN or token.kind not in BETWEEN:
        return None
    if trouble.near(-2).kind not in (*OPERAND_ENDS, "ORDER"):
        return None
    signs = [CANONICAL.get(sign.text, sign.text) for sign in (before, token)]
    written = " ".join(trouble.source.text[before.start : token.end].split())
    if meant := GLUED.get(written) or (signs[0] if signs[0] == signs[1] else ""):
        return trouble.wrong(
            "G001", f'"{written}" is not read here', help=f"write  {meant}", since=-1
        )
    if before.kind in ARITHMETIC and token.kind in ARITHMETIC:
        message = f'of the operators in "{written}" one is too many'
        return trouble.wrong("G001", message, help="write  " + "  or  ".join(signs), since=-1)
    return None


def _reserved(trouble: Trouble) -> Diagnostic | None:
    token = trouble.token
    if token.kind == "AT" and trouble.accepted & {*ENDS} and trouble.near(1).kind == "NAME":
        message = '"at" begins a statement of its own'
        return trouble.wrong("G001", message, help="write it on a line of its own, or behind a ;")
    inside = token.kind == "FOR" and "RPAR" in trouble.accepted
    if token.kind not in KEYWORDS or not (inside or trouble.accepted & {"NAME", "LPAR"}):
        return None
    if token.kind == "FOR" and trouble.near(-1).kind not in (*ENDS, "LBRACE"):
        message = '"for" begins a loop, which is a statement of its own'
        return trouble.wrong("G006", message, help="in an expression write  sum(t in 1..3, …)")
    message = f'"{token.text}" is a word of the language and cannot be a name'
    return trouble.wrong("G007", message, help="choose another name")


def _closer(trouble: Trouble) -> Diagnostic | None:
    token = trouble.token
    if token.kind not in CLOSERS or token.kind in trouble.accepted:
        return None
    if trouble.accepted & {*ENDS}:
        label = "no bracket is open here"
        return trouble.wrong("G001", f'this "{token.text}" closes nothing', label=label)
    return None


def _brace(trouble: Trouble) -> Diagnostic | None:
    if trouble.token.kind != "LBRACE":
        return None
    if "RANGE" in trouble.accepted:
        help = "write  for t in 1..3 { … }"
        return trouble.wrong("G001", "a loop runs over a range", since=-1, to=-1, help=help)
    message = '"{ }" holds the body of a loop'
    return trouble.wrong("G006", message, help="in an expression write  ( )")


def _comma(trouble: Trouble) -> Diagnostic | None:
    """`at x = 3 y = 4`, where `3 y` has been read as a product."""
    name = trouble.near(-1)
    if trouble.token.kind not in ("EQUALS", "FILE") or name.kind != "NAME":
        return None
    if "COMMA" not in trouble.accepted or trouble.near(-2).kind not in OPERAND_ENDS:
        return None
    message = f'a comma is missing before "{name.text}"'
    return trouble.wrong("G001", message, label="the next value", since=-1, to=-1)


def _list(trouble: Trouble) -> Diagnostic | None:
    """`(x, 1)` where only a shape could be a list in round brackets."""
    if trouble.token.kind != "COMMA" or "RPAR" not in trouble.accepted:
        return None
    message = "a list in round brackets is not a number"
    return trouble.wrong("G001", message, help="for a vector write  [a, b]")


def _colon(trouble: Trouble) -> Diagnostic | None:
    if trouble.token.kind != "COLON":
        return None
    if "LBRACE" in trouble.accepted:
        message = "the body of a loop stands in braces"
        head = line(trouble.source.text[trouble.first.start : trouble.token.start])
        help = f"write  {head} {{ {line(trouble.rest) or '…'} }}"
        return trouble.wrong("G006", message, help=help)
    return None


def _introduced(trouble: Trouble) -> Diagnostic | None:
    """`f = L @ z where L = …`."""
    token = trouble.token
    if token.text.lower() not in INTRODUCING or trouble.near(1).kind != "NAME":
        return None
    if trouble.near(-1).kind not in OPERAND_ENDS:
        return None
    message = f'"{token.text}" is not read here: a name is known above the line that uses it'
    help = f"on a line of its own above this one write  {line(trouble.rest)}"
    return trouble.wrong("G006", message, help=help, to=trouble.reach)


def _indexed_fold(trouble: Trouble) -> Diagnostic | None:
    """`Σ x_i^2`, `sum_i x_i`, as it is written on paper: over what it runs has to be said."""
    before = trouble.near(-1)
    sign, _, over = before.text.partition("_")
    fold = FOLDS.get(sign, sign)
    known = fold in FUNCTIONS and FUNCTIONS[fold].fold
    if not known or trouble.token.kind != "NAME" or not (over or sign in FOLDS):
        return None
    to = depth = 0
    while trouble.near(to + 1).kind not in (*ENDS, "EQUALS", "COMMA"):
        kind = trouble.near(to + 1).kind
        depth += (kind in ("LPAR", "LSQB")) - (kind in CLOSERS)
        if depth < 0 or (kind == "SIGN" and not depth):
            break
        to += 1
    index = over or "i"
    terms = line(trouble.source.text[trouble.token.start : trouble.near(to).end])
    terms = re.sub(rf"\b(\w+?)_{re.escape(index)}\b", rf"\1[{index}]", terms)
    terms = terms.replace("] ", "]*") if re.search(r"\] \w", terms) else terms
    message = f'over what "{before.text}" runs is not said'
    help = f"write  {fold}({index} in 0..n-1, {terms})"
    return trouble.wrong("G001", message, help=help, since=-1, to=to)


def _neighbours(trouble: Trouble) -> Diagnostic | None:
    before, token = trouble.near(-1), trouble.token
    begins = token.kind in ("NAME", "NUMBER", "LPAR", "LSQB", "OF")
    if not begins or before.kind not in OPERAND_ENDS or "SIGN" not in trouble.accepted:
        return None
    left, right = line(before.text), line(token.text)
    if token.kind == "OF":
        whole = DERIVATIVE.match(trouble.source.text, token.start)
        right = whole[0] if whole else right
        message = f'nothing stands between "{left}" and "{right}"'
        return trouble.wrong("G001", message, help=f"for a product write  {left}*{right}", since=-1)
    if before.kind == "NAME" and not canonical(before.text):
        message = f'"{left}" is not a name'
        return trouble.wrong("G001", message, help="write a fraction as 1/2", since=-1, to=-1)
    if left == "T" and trouble.near(-2).kind == "POWER":
        return _signed(trouble)
    if before.kind == "NUMBER" and token.kind == "NUMBER" and before.end == token.start:
        return trouble.wrong("G001", f'"{left}{right}" is not a number', since=-1)
    if before.kind in ("NAME", "NUMBER") and token.kind in ("NAME", "NUMBER"):
        message = f'nothing stands between "{left}" and "{right}"'
        help = _beside(trouble, left, right)
        return trouble.wrong("G001", message, help=help, since=-1)
    return _signed(trouble)


def _beside(trouble: Trouble, left: str, right: str) -> str:
    """What two names side by side may be: a product, or a function and what it is of."""
    if left in FUNCTIONS:
        return f"write  {left}({right})"
    help = f"for a product write  {left}*{right}"
    power = 3 if trouble.near(-2).kind == "SIGN" else 2
    if trouble.near(-power).kind == "POWER":
        base, sign = trouble.near(-power - 1).text, "-" * (power - 2)
        return f"write  {base}^({sign}{left}*{right})  or  {base}^{sign}{left}*{right}"
    if right in FUNCTIONS and trouble.near(1).kind == "NAME":
        return f"write  {left}*{right}({line(trouble.near(1).text)})"
    applied = trouble.token.kind == "NAME" and trouble.near(1).kind == "LPAR"
    if trouble.near(-1).kind == trouble.token.kind == "NAME" and right not in FUNCTIONS:
        help += f"  or, of matrices,  {left} @ {right}"
        if len(left) > 1 and not applied:
            help += f"  and for a function of it  {left}({right})"
    return help


def _signed(trouble: Trouble) -> Diagnostic:
    """`x' P`: a product without its sign, behind what is no name."""
    token, turn, owner = trouble.token, trouble.near(-1), trouble.near(-2)
    message = f"an operator is missing before {_shown(token)}"
    help = SIGNED
    if turn.kind == "TRANSPOSE" and owner.kind == token.kind == "NAME":
        help += f",  as in  {owner.text}{turn.text} @ {token.text}"
    return trouble.wrong("G001", message, help=help)


def _odd(trouble: Trouble) -> Diagnostic | None:
    token = trouble.token
    if token.kind != "ODD":
        return None
    char = token.text
    plain = normalize("NFKC", char)
    mend = FOREIGN.get(char) or (plain if plain != char and plain.isascii() else "")
    if char == "\\":
        help = "a line goes on inside an open bracket; for a \\ b write  solve(a, b)"
    elif char == "$":
        help = "LaTeX is not read here"
    elif char == "?":
        if trouble.near(-1).kind in ("EQUALS", "APPROX"):
            if trouble.first.kind == "AT":
                return trouble.wrong("G001", "this value is still missing", help="write a number")
            message = "the right side is still missing: ? stands for it"
            return trouble.wrong("G001", message, help="gradcli check --fill  finds and writes it")
        help = "write  where(x > 0, a, b)"
    elif char == "%":
        help = "for the remainder write  a - b*floor(a/b)"
    elif char == "!" and trouble.near(-1).kind in OPERAND_ENDS:
        help = "for a factorial write  gamma(n + 1)"
    else:
        help = f"write  {mend}" if mend.strip() else ""
    label = "" if help else "no operator, name or number"
    if category(char)[0] in "CZ":
        message = f"the character U+{ord(char):04X} is not read here"
        return trouble.wrong("G001", message, help=help, label=label)
    message = f'the character "{char}" is not read here'
    return trouble.wrong("G001", message, help=help, label=label)


MISTAKES: tuple[Callable[[Trouble], Diagnostic | None], ...] = (
    declaration,
    layout,
    _comma,
    _code,
    _file,
    absolute,
    inner_product,
    prime,
    differentiation,
    raised_function,
    attribute,
    _text,
    of_python,
    _doubled,
    _reserved,
    _brace,
    _closer,
    _list,
    _colon,
    _introduced,
    _indexed_fold,
    _neighbours,
    _odd,
)
