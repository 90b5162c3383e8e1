"""Elementary and special functions, entry by entry: one line each.

Must not know other tables: what is built of several functions stands elsewhere.
"""

from __future__ import annotations

from fractions import Fraction

from gradcli.calculus.core import EQ, constant, number, where
from gradcli.calculus.families import Pointwise
from gradcli.graph.node import Node, make
from gradcli.ops.registry import (
    Function,
    function,
    nonnegative,
    nonzero,
    pointwise,
    positive,
)

SECTION = "elementwise"
INSIDE = "its argument must lie between -1 and 1"
WITHIN = "its argument must lie between -1 and 1, ends excluded"
POLE_SAYS = "its argument is a pole: 0, -1, -2, …"


def _line(signature: str, *partials: object, **more: object) -> Function:
    return pointwise(signature, *partials, section=SECTION, **more)  # type: ignore[arg-type]


def _composed(signature: str, build: object) -> Function:
    return function(signature, build, SECTION)  # type: ignore[arg-type]


exp = _line("exp(x)", lambda z, x: z, latex=r"\exp")
log = _line(
    "log(x)",
    lambda z, x: 1 / x,
    domain=positive,
    aliases=["ln"],
    confused_with="exp",
    latex=r"\log",
)
log2 = _line(
    "log2(x)",
    lambda z, x: 1 / (x * log(number(2))),
    domain=positive,
    means="log(x)/log(2)",
    confused_with="log",
    latex=r"\log_{2}",
)
log10 = _line(
    "log10(x)",
    lambda z, x: 1 / (x * log(number(10))),
    domain=positive,
    means="log(x)/log(10)",
    confused_with="log log2",
    latex=r"\log_{10}",
)
log1p = _line(
    "log1p(x)",
    lambda z, x: 1 / (1 + x),
    domain=lambda x: positive(1 + x, "its argument must be greater than -1"),
    means="log(1 + x)",
    confused_with="log log2 log10",
    keeps_sign=True,
)
expm1 = _line(
    "expm1(x)",
    lambda z, x: exp(x),
    means="exp(x) - 1",
    confused_with="exp log",
    keeps_sign=True,
)
sqrt = _line(
    "sqrt(x)",
    lambda z, x: 1 / (2 * z),
    domain=nonnegative,
    switches=lambda x: [x],
    at_rest="both",
    exponent=lambda node: Fraction(1, 2),
    latex=r"\sqrt{#1}",
    keeps_sign=True,
)
cbrt = _line(
    "cbrt(x)",
    lambda z, x: 1 / (3 * z**2),
    switches=lambda x: [x],
    at_rest="both",
    means="sign(x)*abs(x)^(1/3)",
    latex=r"\sqrt[3]{#1}",
    keeps_sign=True,
)
sin = _line("sin(x)", lambda z, x: cos(x), angle=True, latex=r"\sin")
cos: Function = _line(
    "cos(x)", lambda z, x: -sin(x), confused_with="sin", angle=True, latex=r"\cos"
)
tan = _line(
    "tan(x)",
    lambda z, x: 1 + z**2,
    domain=lambda x: nonzero(cos(x), "the cosine of its argument is {}"),
    means="sin(x)/cos(x)",
    confused_with="sin cos",
    angle=True,
    latex=r"\tan",
)
asin = _line(
    "asin(x)",
    lambda z, x: 1 / sqrt((1 - x) * (1 + x)),
    domain=lambda x: nonnegative((1 - x) * (1 + x), INSIDE),
    switches=lambda x: [1 - x, 1 + x],
    at_rest="both",
    aliases=["arcsin"],
    latex=r"\arcsin",
    keeps_sign=True,
)
acos = _line(
    "acos(x)",
    lambda z, x: -1 / sqrt((1 - x) * (1 + x)),
    domain=lambda x: nonnegative((1 - x) * (1 + x), INSIDE),
    switches=lambda x: [1 - x, 1 + x],
    at_rest="both",
    aliases=["arccos"],
    confused_with="asin",
    latex=r"\arccos",
)
atan = _line(
    "atan(x)",
    lambda z, x: 1 / (1 + x**2),
    aliases=["arctan"],
    confused_with="asin acos",
    latex=r"\arctan",
    keeps_sign=True,
)
sinh = _line(
    "sinh(x)",
    lambda z, x: cosh(x),
    means="(exp(x) - exp(-x))/2",
    confused_with="sin",
    latex=r"\sinh",
    keeps_sign=True,
)
cosh: Function = _line(
    "cosh(x)",
    lambda z, x: sinh(x),
    means="(exp(x) + exp(-x))/2",
    confused_with="sinh cos",
    latex=r"\cosh",
)
tanh = _line(
    "tanh(x)",
    lambda z, x: 1 - z**2,
    means="sinh(x)/cosh(x)",
    letter="h",
    confused_with="sinh cosh tan",
    latex=r"\tanh",
    keeps_sign=True,
)
asinh = _line(
    "asinh(x)",
    lambda z, x: 1 / sqrt(x**2 + 1),
    aliases=["arcsinh"],
    means="log(x + sqrt(x^2 + 1))",
    keeps_sign=True,
)
acosh = _line(
    "acosh(x)",
    lambda z, x: 1 / sqrt((x - 1) * (x + 1)),
    domain=lambda x: nonnegative(x - 1, "its argument is less than 1"),
    switches=lambda x: [x - 1],
    at_rest="both",
    aliases=["arccosh"],
    means="log(x + sqrt(x^2 - 1))",
    example="acosh(x) at x=2",
)
atanh = _line(
    "atanh(x)",
    lambda z, x: 1 / ((1 - x) * (1 + x)),
    domain=lambda x: positive((1 - x) * (1 + x), WITHIN),
    aliases=["arctanh"],
    means="log((1 + x)/(1 - x))/2",
    keeps_sign=True,
)
xlogy = _line(
    "xlogy(x, y)",
    lambda z, x, y: log(y),
    lambda z, x, y: x / y,
    value=lambda m, x, y: m.where(m.both(m.eq(x, 0), m.le(0, y)), 0, x * m.log(y)),
    domain=lambda x, y: [*nonnegative(y), *positive(where(make(EQ, x, number(0)), number(1), y))],
    switches=lambda x, y: [y],
    at_rest="both",
    means="x*log(y), and 0 where x is 0",
)
sec = _composed("sec(x)", lambda x: 1 / cos(x))
csc = _composed("csc(x)", lambda x: 1 / sin(x))
cot = _composed("cot(x)", lambda x: cos(x) / sin(x))
erf = _line("erf(x)", lambda z, x: 2 / sqrt(constant("pi")) * exp(-(x**2)), keeps_sign=True)
erfc = _line("erfc(x)", lambda z, x: -2 / sqrt(constant("pi")) * exp(-(x**2)), means="1 - erf(x)")
gamma = _line(
    "gamma(x)",
    lambda z, x: z * digamma(x),
    domain=lambda x: nonzero(pole(x), POLE_SAYS),
    latex=r"\Gamma",
)
lgamma = _line(
    "lgamma(x)",
    lambda z, x: digamma(x),
    domain=lambda x: nonzero(pole(x), POLE_SAYS),
    latex=r"\log\Gamma",
)

POLE = Pointwise("pole", lambda m, x: m.pole(x), (lambda z, x: 0,))
POLYGAMMA = Pointwise(
    "polygamma",
    lambda m, x, order: m.polygamma(x, order),
    (lambda z, x, order: polygamma(order + 1, x),),
    domain=lambda x, order: nonzero(pole(x), POLE_SAYS),
    notation=lambda z: f"polygamma({z.params[0]}, #1)" if z.params[0] else "digamma(#1)",
    latex=lambda z: r"\psi" + (f"^{{({z.params[0]})}}" if z.params[0] else ""),
)


def pole(x: Node) -> Node:
    """0 where the gamma function has a pole (0, -1, -2, …), 1 elsewhere."""
    return make(POLE, x)


digamma: Function = function("digamma(x)", lambda x: polygamma(0, x), SECTION, POLYGAMMA)
polygamma: Function = function(
    "polygamma(order, x)",
    lambda order, x: make(POLYGAMMA, x, params=(int(order),)),
    SECTION,
    POLYGAMMA,
    example="polygamma(1, x) at x=1/2",
)
hypot = _composed("hypot(x, y)", lambda x, y: sqrt(x**2 + y**2))
atan2 = _line(
    "atan2(y, x)",
    lambda z, y, x: x / (x**2 + y**2),
    lambda z, y, x: -y / (x**2 + y**2),
    domain=lambda y, x: nonzero(x**2 + y**2, "both arguments are 0"),
    switches=lambda y, x: [y],
    at_rest="above",
)
logaddexp = _line(
    "logaddexp(a, b)",
    lambda z, a, b: exp(a - z),
    lambda z, a, b: exp(b - z),
    means="log(exp(a) + exp(b))",
)
