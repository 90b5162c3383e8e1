"""What is said of LaTeX that can be read in two ways, or not at all: one function a refusal.

Must not know when a formula is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.errors import Diagnostic, GradcliError, Span, wrong
from gradcli.notation.symbols import symbol


def two_readings(place: Span, first: str, second: str) -> GradcliError:
    """A product whose reach is open."""
    message = f"{shown(place)} can be read in two ways"
    return wrong("G003", message, place, help=f"write  {first}  or  {second}")


def two_columns(place: Span, left: str, right: str) -> GradcliError:
    """Two column vectors side by side."""
    help = (
        rf"write  {left}^\top {right}  (a number),  {left} \odot {right}  (entry by entry)  or  "
        rf"{left} {right}^\top  (a matrix)"
    )
    return wrong("G016", "two column vectors stand side by side", place, help=help)


def product_sign(place: Span, sign: str, left: str, right: str, columns: bool) -> GradcliError:
    """`\\times` and `\\otimes` between arrays."""
    outer = rf"{left} {right}^\top  (outer),"
    entries = rf"{left} \odot {right}  (entry by entry)"
    if sign == "otimes":
        help = rf"write  {outer}  {entries}  or  \operatorname{{kron}}({left}, {right})"
    elif columns:
        help = rf"write  {left}^\top {right}  (a number),  {entries}  or  {outer[:-1]}"
    else:
        help = f"write  {entries}  or  {left} {right}  (of matrices)"
    return wrong("G016", rf"\{sign} of arrays can mean several products", place, help=help)


def column_times_matrix(place: Span, left: str, right: str) -> GradcliError:
    """A column before a matrix: no product of theirs is one of columns."""
    help = rf"write  {left}^\top {right}  or  {right}^\top {left}"
    return wrong("G016", "a column vector stands before a matrix", place, help=help)


def call_or_product(place: Span, name: str, inside: str) -> GradcliError:
    """`f(…)` of which nothing is known."""
    help = (
        rf"say  ${name} : \mathbb{{R}} \to \mathbb{{R}}$,  define {name}(…), "
        rf"or write  {name} \cdot ({inside})"
    )
    return wrong("G018", f"{name}(…) can be a call or a product", place, help=help)


def power_or_name(place: Span, name: str, above: str) -> GradcliError:
    """`x^2` that is declared nowhere and differentiated by."""
    help = f"declare {name}^{{{above}}}, or write the power of {name} in brackets"
    return wrong("G019", f"{shown(place)}: a power or a name?", place, help=help)


class NoShape(GradcliError):
    """A name that nothing declares or defines: its key, its font, the indices that it bears."""

    def __init__(self, place: Span, name: str, key: str, rank: int, bold: bool) -> None:
        help = r"declare it, as in  $x \in \mathbb{R}^n$  or  % gradcli: x in R^n"
        super().__init__(Diagnostic("G020", f"{name} has no shape here", place, help=help))
        self.key, self.rank, self.bold = key, rank, bold


def no_shape(
    place: Span, name: str, key: str = "", rank: int = 0, bold: bool = False
) -> GradcliError:
    """A name that nothing declares or defines; what is known of it helps to propose a shape."""
    return NoShape(place, name, key, rank, bold)


def free_index(place: Span, index: str) -> GradcliError:
    """An index that only the right side has."""
    help = rf"write  \sum_{{{index}}}  if it is summed, or an index on the left side"
    message = f"the index {index} stands on the right side only: for all, or summed?"
    return wrong("G021", message, place, help=help)


def part_or_index(place: Span, letter: str) -> GradcliError:
    """`x_t` as a name of its own, where t runs."""
    text = shown(place)
    help = rf"say how far it runs, as in  ${letter} = 1, \dots, n$,  or call the index otherwise"
    message = f"{letter} runs here, and is a part of the name {text}"
    return wrong("G021", message, place, help=help)


def repeated_index(place: Span, index: str) -> GradcliError:
    """An index that stands twice on the left side alone."""
    help = rf"write  \sum_{{{index}}}  if it is summed, or  \forall {index}  behind the formula"
    message = f"the index {index} stands twice on the left side only: for all, or summed?"
    return wrong("G021", message, place, help=help)


def sign_or_name(place: Span, sign: str, what: str) -> GradcliError:
    """A letter before another that is a sign in many books."""
    message = f"{shown(place)}: {what}, or a product?"
    return wrong("G015", message, place, help=f"declare {sign} as a letter of its own")


def along(place: Span, function: str) -> GradcliError:
    """A function that reads vectors, of a matrix."""
    words = r"_{\mathrm{row}}"
    help = f"write  {function}{words}(…),  or say  % gradcli: along rows"
    return not_read(place, f"{function} of a matrix: along its rows, or its columns?", help)


def inverse(place: Span, ways: str) -> GradcliError:
    r"""`\sin^{-1} a`, `f^{-1}(x)`."""
    message = f"{shown(place)} can be the inverse function or the reciprocal"
    return not_read(place, message, f"write  {ways}")


def hole(place: Span) -> GradcliError:
    """`?`."""
    help = "gradcli check --fill writes the right side that a claim asks for"
    return not_read(place, "a side is asked for here", help)


def no_range(place: Span, index: str) -> GradcliError:
    """An index that indexes nothing of a known size."""
    help = rf"write its range, as in  \sum_{{{index}=1}}^n"
    return wrong("G021", f"over which range does {index} run?", place, help=help)


def orders(place: Span, above: int, below: int) -> GradcliError:
    """A derivative whose orders differ."""
    message = f"the orders of this derivative differ: {above} above, {below} below"
    return wrong("G017", message, place, help="is the power below a part of a name? declare it")


def reach(place: Span, sign: str, first: str, more: str) -> GradcliError:
    """`\\frac{d}{dx} a + b`: `more` is the rest, with its sign."""
    help = rf"write  {sign} \left({first} {more}\right)  or  {sign} \left({first}\right) {more}"
    return wrong("G017", "does this derivative reach over the sum?", place, help=help)


def by_what(place: Span, names: Sequence[str]) -> GradcliError:
    """A nabla without a variable; `names` may be meant."""
    ways = [rf"\nabla_{{{symbol(name)}}}" for name in names] or [r"\nabla_x"]
    help = f"write  {'  or  '.join(ways)}"
    return wrong("G017", r"\nabla of this: by which variable?", place, help=help)


def partial_or_name(place: Span, base: str, other: str) -> GradcliError:
    """`Y_K` of a defined Y and an input K."""
    text = shown(place)
    message = f"{text}: the derivative of {base} by {other}, or a name?"
    help = rf"write  \partial {base}/\partial {other},  or declare {text}"
    return not_read(place, message, help)


def prime(place: Span, base: str) -> GradcliError:
    """`A'`."""
    message = f"{shown(place)}: a transpose, a derivative or another name?"
    help = (
        rf"write  {base}^\top  for a transpose,  \frac{{d{base}}}{{dx}}  for a derivative,"
        rf"  \tilde{{{base}}}  for a name"
    )
    return not_read(place, message, help)


def not_read(place: Span, why: str, help: str = "") -> GradcliError:
    """Anything else that this language of formulas does not have."""
    return wrong("G015", why, place, help=help)


def unread_name(place: Span, name: str, line: int) -> GradcliError:
    """A name whose own row was not read."""
    return wrong("G022", f"{name} is not known: line {line} was not read", place)


def bound(place: Span, name: str, line: int) -> GradcliError:
    """A function that may be any but for a condition."""
    message = f"{name} is no longer any function: line {line} is a condition on it"
    return wrong("G022", message, place)


def written(place: Span) -> str:
    """What stands there, in one line."""
    return " ".join(place.text.split())


def shown(place: Span) -> str:
    """The same, short enough for a sentence."""
    text = written(place)
    return text if len(text) <= 40 else f"{text[:37]}…"
