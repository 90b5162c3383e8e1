"""Claims that are wrong in a corner alone: far kinks, narrow holes, thresholds, ends of sets.

Must not know how claims are judged; a corner that lies in the declared set makes a claim wrong, one
that does not leaves it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random

from tests.attack.verdicts import Attack

Pieces = tuple[str, str, str, bool]
"""Declarations, left and right side, and whether they are one function."""


def far(random: Random) -> Pieces:
    """A kink far away, beyond the set's end in right claims."""
    at = random.choice((12, 700, 5000, 1e5, 3e7, 1e10)) * random.choice((1, 1.37, 3))
    right = random.random() < 0.3
    name = random.choice(
        ("relu(x - {})", "relu(x - {})^2", "step(x - {})*x", "where(x > {}, 1, 0)")
    )
    if random.random() < 0.5:
        name = name.replace("x", "(-x)")
        space = f"({-at:.10g}, inf)"
    else:
        space = f"(-inf, {at:.10g})"
    return f"x in {space if right else 'R'}", name.format(f"{at:.10g}"), "0", right


def window(random: Random) -> Pieces:
    """Something in a small interval."""
    low = Decimal(random.choice(("0.37", "12.3", "5000.1", "1000000", "-77.7")))
    width = Decimal(random.choice(("0.1", "0.001", "0.000001")))
    high = low + width
    inside = f"{low} < x and x < {high}"
    right = random.random() < 0.3
    space = f"x in ({high}, {high + 2})" if right else "x in R"
    shape = random.choice((
        f"where({inside}, 1, 0)",
        f"relu((x - {low})*({high} - x))",
        f"relu({width}/2 - abs(x - {(low + high) / 2}))",
    ))  # fmt: skip
    return space, shape, "0", right


def hole(random: Random) -> Pieces:
    """The end of a domain somewhere, a narrow one in between, or beyond the set."""
    right = random.random() < 0.3
    c = random.choice((0.5, 3, 70, 4000, 1e6)) * random.choice((1, 1.7))
    inner, space = random.choice((
        (f"x + {c:.8g}", f"({-c:.8g}, inf)"),
        (f"{c:.8g} - x", f"(-inf, {c:.8g})"),
        (f"x^2 - {c:.8g}", f"({c:.8g}, inf)" if c > 1 else "(1, inf)"),
        (f"(x - {c:.8g})^2 - 0.01", f"({c + 1:.8g}, inf)"),
        ("cos(x) + 0.999", "(-3, 3)"),
        ("sin(x/7) + 0.9", "(0, 3)"),
        (f"{c:.8g} - exp(x)", "(-inf, -1)"),
        ("x - 1e-5", "(0.1, 1)"),
        ("1 - 1e-5 - x", "(0, 0.9)"),
    ))  # fmt: skip
    ends = "(0, 1)" if "1e-5" in inner else "R"
    shape = random.choice((
        ("exp(log({}))", "{}"),
        ("sqrt({})^2", "{}"),
        ("log(exp({0}))*sqrt({0})/sqrt({0})", "{}"),
        ("sqrt({0}) + atan(x) + atan(-x)", "abs({0})^(1/2)"),
    ))  # fmt: skip
    left, other = (text.format(f"({inner})") for text in shape)
    return f"x in {space if right else ends}", left, other, right


def many(random: Random) -> Pieces:
    """One of many entries decides."""
    n = random.choice((5, 8, 12, 20, 40))
    j = random.randrange(n)
    names = ", ".join(f"x[{k}]" for k in range(n) if k != j)
    most, least = ("max", "min") if random.random() < 0.7 else ("min", "max")
    right = random.random() < 0.3
    if right:
        whole = ", ".join(f"x[{k}]" for k in sorted(range(n), key=lambda _: random.random()))
        return f"x in R^{n}", f"{most}(x)", f"{most}([{whole}])", True
    shape = random.choice((
        (f"{most}(x)", f"{most}([{names}])"),
        (f"{most}(x) + 0", f"{least}({most}([{names}]), {most}(x))"
         if most == "max" else f"{most}([{names}])"),
        (f"{most}(x .* ones({n}))^3", f"{most}([{names}])^3"),
    ))  # fmt: skip
    return f"x in R^{n}", *shape, False


def orthant(random: Random) -> Pieces:
    """All entries on one side, or a sum near the corner of a cube, a ball, a simplex."""
    n = random.choice((3, 5, 8, 12))
    right = random.random() < 0.3
    gap = random.choice((0.5, 0.1, 0.9))
    kind = random.choice(("min", "max", "cube", "cube low", "ball", "shifted", "simplex", "spd"))
    if kind == "min":
        c = random.choice((0, 1, 50))
        return f"x in {f'(-inf, {c})' if right else 'R'}^{n}", f"relu(min(x) - {c})", "0", right
    if kind == "max":
        c = random.choice((0, 1, 50))
        return f"x in {f'({-c}, inf)' if right else 'R'}^{n}", f"relu(-{c} - max(x))", "0", right
    if kind == "cube":
        level = n if right else n - gap
        return f"x in [0, 1]^{n}", f"relu(sum(x) - {level})", "0", right
    if kind == "cube low":
        level = 0 if right else gap
        return f"x in (2, 5)^{n}", f"relu({2 * n + level} - sum(x))", "0", right
    if kind == "ball":
        r = random.choice((1, 0.1, 0.01))
        space = f"x in {f'({r}, inf)' if right else 'R'}^{n}"
        return space, f"relu({r * r} - sum(x^2))", "0", right
    if kind == "shifted":
        c = [random.choice((-3, 1, 2.5, 7)) for _ in range(n)]
        where = "-" if right else ""
        return f"x in R^{n}", f"relu({where}1 - sum((x - {c})^2))", "0", right
    if kind == "simplex":
        level = 1 if right else 0.99
        return f"p in simplex({n})", f"relu(p[{random.randrange(n)}] - {level})", "0", right
    level = 0 if right else random.choice((1e-3, 1e-6))
    return "S in spd(3)", f"relu({level} - det(S))", "0", right


def several(random: Random) -> Pieces:
    """Thresholds in several variables at once."""
    names = ["x", "y", "z"][: random.choice((2, 3))]
    levels = [random.choice((5, 40, 300, 7000)) for _ in names]
    signs = [random.choice(("", "-")) for _ in names]
    right = random.random() < 0.3
    ends = [f"({-c}, {c})" if right else "R" for c in levels]
    space = "; ".join(f"{v} in {end}" for v, end in zip(names, ends, strict=True))
    parts = [f"{s}{v} - {c}" for s, v, c in zip(signs, names, levels, strict=True)]
    shape = random.choice((
        "*".join(f"relu({p})" for p in parts),
        f"where({' and '.join(f'{p} > 0' for p in parts)}, 1, 0)",
        f"relu(min([{', '.join(parts)}]))",
        f"relu(relu({parts[0]})*step({parts[1]}))",
    ))  # fmt: skip
    return space, shape, "0", right


def nested(random: Random) -> Pieces:
    """A kink that is behind another."""
    a, b = random.choice((3, 100, 2e4)), random.choice((2, 50, 1e3))
    right = random.random() < 0.3
    space = f"x in (-inf, {a + b:.8g})" if right else "x in R"
    shape = random.choice((
        f"relu(relu(x - {a:.8g}) - {b:.8g})",
        f"relu(abs(relu(x - {a:.8g})) - {b:.8g})",
        f"relu(max(x - {a:.8g}, 0) - {b:.8g})^2",
        f"where(x > {a:.8g}, where(x > {a + b:.8g}, x, 0), 0)",
    ))  # fmt: skip
    return space, shape, "0", right


def dips(random: Random) -> Pieces:
    """Something periodic that rises above a level for a moment."""
    level = random.choice((0.5, 0.9, 0.999, 0.99999))
    w = random.choice(("x", "3*x", "x/50", "2*pi*x", "x + 0.3"))
    f = random.choice(("sin", "cos"))
    right = random.random() < 0.3
    level = 1 if right else level
    shape = random.choice((
        f"relu({f}({w}) - {level})", f"step({f}({w}) - {level})", f"relu(-{level} - {f}({w}))",
        f"where({f}({w}) > {level}, x, 0)",
    ))  # fmt: skip
    return "x in R", shape, "0", right


def rounding(random: Random) -> Pieces:
    """floor and ceil where the numbers are fine or large."""
    c = random.choice(("1e3", "1e6", "1e9", "7", "0.01", "1e-4"))
    return random.choice((
        ("x in R", f"floor({c}*x)/({c})", "x", False),
        ("x in R", f"ceil({c}*x)/({c})", "x", False),
        ("x in R", f"ceil({c}*x) - floor({c}*x)", "1", False),
        ("x in (0, 1)", f"floor(x*(1 + {c}) - {c}*x)", "0", True),
        ("x in R", f"floor({c}*x + 1)", f"floor({c}*x) + 1", True),
        ("x in (0, 100)", "floor(x/99.99)", "0", False),
        ("x in (0, 100)", "floor(x/100)", "0", True),
        ("x in R", f"floor({c}*x) - ceil({c}*x - 1)", "0", False),
    ))  # fmt: skip


def faces(random: Random) -> Pieces:
    """The ends of a closed set."""
    low = random.choice((0, 1, -2, 0.5))
    n = random.choice((1, 3))
    y = "y" if n == 1 else f"y[{random.randrange(3)}]"
    power = "" if n == 1 else "^3"
    right = random.random() < 0.3
    bracket = "(" if right else "["
    shape = random.choice((
        f"where({y} > {low}, x, 0)", f"x*step({y} - {low})", f"x*sign({y} - {low})^2",
        f"where({y} == {low}, 2*x, x)",
    ))  # fmt: skip
    space = f"x in R; y in {bracket}{low}, {random.choice(('inf', '7'))}){power}"
    return space, shape, "x", right


def periods(random: Random) -> Pieces:
    """Inverse functions beyond the interval on which they are inverse, and double zeros."""
    right = random.random() < 0.3
    f, low, high, more = random.choice((
        ("acos(cos(x))", "0", "pi", "3.2"),
        ("asin(sin(x))", "-pi/2", "pi/2", "1.6"),
        ("atan(tan(x))", "-pi/2", "pi/2", "1.7"),
        ("sqrt((x - 2)^2) + 2", "2", "90", "91"),
        ("log(exp(x))*x/abs(x)", "0", "9", "10"),
    ))  # fmt: skip
    if not right and "sqrt" in f:
        low = "1.9"
    if not right and "abs" in f:
        low = "-0.1"
    return f"x in ({low}, {high if right else more})", f, "x", right


def offsets(random: Random) -> Pieces:
    """Sets with big offsets and tiny widths, and what differs only there."""
    base = random.choice((1e3, 1e6, 1e9))
    width = random.choice((1, 1e-3, 0.1))
    cut = base + width * random.choice((0.5, 0.9, 0.999))
    right = random.random() < 0.3
    space = f"x in ({base!r}, {cut if right else base + width!r})"
    shape = random.choice((f"relu(x - {cut!r})", f"where(x > {cut!r}, 1, 0)", f"step(x - {cut!r})"))
    return space, shape, "0", right


def numbers(random: Random) -> Pieces:
    """Whole numbers and unit vectors."""
    n = random.choice((9, 40, 200, 100000))
    j = random.randrange(n)
    right = random.random() < 0.3
    m = random.choice((4, 6))
    return random.choice((
        (f"k in integers(0, {n})", f"relu(k - {n if right else n - 1})", "0", right),
        (f"k in integers(0, {n})", f"where(k == {n + 1 if right else j}, 1, 0)", "0", right),
        (f"y in onehot({m})", f"y[{j % m}]*{0 if right else 1}", "0", right),
        (f"y in onehot({m}); x in R^{m}", "exp(sum(y*x))",
         f"sum(y*exp(x)){'' if right else f' + relu(x[{j % m}] - 60)*y[{j % m}]'}", right),
    ))  # fmt: skip


CORNERS: tuple[Callable[[Random], Pieces], ...] = (
    far, window, hole, many, orthant, several, nested, dips, rounding, faces, periods, offsets,
    numbers,
)  # fmt: skip
TERMS = ("", " + sin(x)", " + 3*x", " + cos(x)*x", " + atan(x)")


def attacks(seed: int) -> Iterator[Attack]:
    """Without end, each corner in turn; about one in three is right."""
    random = Random(f"corners {seed}")
    while True:
        for corner in CORNERS:
            space, left, right_side, right = corner(random)
            more = random.choice(TERMS) if space.startswith("x in") and "^" not in space else ""
            yield Attack(f"{space}; {left}{more} = {right_side}{more}", right)
