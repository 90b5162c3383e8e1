"""Exponentials, logarithms, powers and roots of residues, with the laws that join them.

Must not know other functions. An exponential is a power of the field's generator, a logarithm what
undoes it, or a draw of its own that keeps the laws of what is positive.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import permutations, zip_longest

from gradcli.proof.fields import Element, Hole, QuadraticElement
from gradcli.proof.residue import MISSING, UNASKED, Residue, Unlucky, residue_like
from gradcli.proof.residue_run import RUNS, OutsideField, Run, Shallow, Undecidable, small

NONE = Residue((), 0)
MOST_PAIRED = 12
"""Roots of which every two are tried together: of more, relations are left to be found by signs."""


def number(value: Fraction) -> Residue:
    """A rational in every field of the run; no number where a prime divides its denominator."""
    run = RUNS[-1]
    if (known := run.numbers.get(value)) is not None:
        return known
    p, q = value.numerator, value.denominator
    try:
        at = tuple(field.element(p) / q if q != 1 else field.element(p) for field in run.fields)
    except ZeroDivisionError:
        return NONE
    out = Residue(at, max(abs(p), q), value)
    if value > 0:
        out.pure = lambda: _log_of_rational(value)
    run.numbers[value] = out
    return out


def constant(name: str) -> Residue:
    """pi, drawn once a run, or e, the exponential of one; no number for others."""
    run = RUNS[-1]
    if name == "pi":
        return run.pi
    return exp(number(Fraction(1))) if name == "e" else NONE


def exp(x: Residue) -> Residue:
    """g^x with x one level down, times what it holds the logarithm of."""
    run = RUNS[-1]
    if not x.at:
        return NONE
    if x.exact == 0:
        return number(Fraction(1))
    if len(x.at) < 2:
        raise Shallow
    factor: Residue | None = None
    plain = x
    for atom, n in (x.logs or {}).items():
        whole, log = run.atoms[atom]
        if not whole.above:
            run.relied.append(whole)
        plain = plain - log * number(n)
        part = power_by(whole, n)
        factor = part if factor is None else factor * part
    at = tuple(
        u if u.__class__ is Hole else run.raised(level, u) for level, u in enumerate(plain.at[1:])
    )
    if factor is not None:
        return Residue(at, max(x.degree, 1)) * factor
    out = Residue(at, max(x.degree, 1), pure=lambda: x)
    run.logarithms.setdefault(out.key, x)
    return out


def log(x: Residue) -> Residue:
    """Of a product the sum, of what an exponential gave its argument, else a draw of its own."""
    run = RUNS[-1]
    if not x:
        return NONE
    if x.pure:
        return x.pure()
    if x.exact is not None and x.exact > 0:
        return _log_of_rational(x.exact)
    if x.root:
        return number(Fraction(2)) * log(absolute(x.root()))
    if (known := run.logarithms.get(x.key)) is not None:
        return known
    if (found := _related(run, x)) is not None:
        run.logarithms[x.key] = found
        return found
    out = run.draw("log", x.key)
    out.degree, out.logs = x.degree + 1, {len(run.atoms): Fraction(1)}
    run.atoms.append((x, out))
    run.logarithms[x.key] = out
    return out


def _related(run: Run, x: Residue) -> Residue | None:
    """The logarithm of what is known numbers' product or quotient, all of them positive."""
    for whole, own in run.atoms:
        for quotient, sign in ((x / whole, 1), (x * whole, -1)):
            other = run.logarithms.get(quotient.key)
            if other is None and (ratio := small(run.fields[0]).get(quotient.key)) and ratio > 0:
                other = _log_of_rational(ratio)
            if other is not None:
                return other + own if sign > 0 else other - own
    return None


def _log_of_rational(value: Fraction) -> Residue:
    """By its prime factors; what is left of a large number counts as one."""
    run = RUNS[-1]
    total = number(Fraction(0))
    for n, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, power in _factors(n):
            total = total + run.draw("prime", prime) * residue_like(total, sign * power)
    return total


@lru_cache(maxsize=1024)
def _factors(n: int) -> tuple[tuple[int, int], ...]:
    found: dict[int, int] = {}
    p = 2
    while n > 1 and p < 1000:
        while n % p == 0:
            n //= p
            found[p] = found.get(p, 0) + 1
        p += 1
    if n > 1:
        found[n] = 1
    return tuple(found.items())


def sqrt(x: Residue) -> Residue:
    """The square root, with a sign of its own."""
    return power_by(x, Fraction(1, 2))


def cbrt(x: Residue) -> Residue:
    """The cube root, of which every residue has exactly one."""
    return _odd_root(x, 3)


def _odd_root(x: Residue, n: int) -> Residue:
    pairs = zip(RUNS[-1].fields, x.at, strict=False)
    try:
        at = tuple(a if a.__class__ is Hole else f.odd_root(a, n) for f, a in pairs)
    except ValueError:
        outside = any(a.__class__ is QuadraticElement for a in x.at)
        raise (OutsideField if outside else Undecidable) from None
    return Residue(at, x.degree)


def _square_root(x: Residue) -> Residue:
    """Of a product of what is positive the root that is one, too; of a square its size.

    Of anything else there are two, and which one is positive is not known: both must do.
    """
    run = RUNS[-1]
    if not x:
        return x
    if x.root and not x.pure:
        return absolute(x.root())
    if x.pure and (out := _pure_root(x)):
        return out
    known = _known_root(run, x)
    if run.tell(known is None) != (known is None):
        raise Unlucky
    if known is not None:
        return known
    found = [_any_root(run, level, a) for level, a in enumerate(x.at)]
    pairs = zip_longest(found, run.root_signs(len(found)), fillvalue=1)
    out = Residue(tuple(a if sign > 0 else -a for a, sign in pairs), x.degree)
    run.roots.append((x, out))
    return out


def _any_root(run: Run, level: int, x: Element) -> Element:
    if x.__class__ is Hole:
        return x
    if level >= run.rooted:
        return UNASKED
    root = run.fields[level].any_root(x)
    return MISSING if root is None or (run.whole and root.__class__ is QuadraticElement) else root


def _pure_root(x: Residue) -> Residue | None:
    """The root in the subgroup of odd order; a multiple of a large prime may have none there."""
    pairs = zip(RUNS[-1].fields, x.at, strict=False)
    out = Residue(tuple(f.root(a) for f, a in pairs), x.degree)
    if any(a.__class__ is not Hole and r * r != a for r, a in zip(out.at, x.at, strict=True)):
        return None
    logarithm, half = x.pure, number(Fraction(1, 2))
    out.pure = logarithm and (lambda: logarithm() * half)
    return out


def _known_root(run: Run, x: Residue) -> Residue | None:
    """The root of what is a product or quotient of one or two that have had theirs."""
    for y, root in run.roots:
        if (ratio := run.ratio(x, y)) and ratio > 0:
            return root * sqrt(number(ratio))
    if len(run.roots) > MOST_PAIRED:
        return None
    for (y, root), (z, other) in permutations(run.roots, 2):
        if (ratio := run.ratio(x, y * z)) and ratio > 0:
            run.relied += [y, z]
            return root * other * sqrt(number(ratio))
        if (ratio := run.ratio(x * y, z)) and ratio > 0:
            return other / root * sqrt(number(ratio))
    return None


def power_by(x: Residue, exponent: Fraction | int) -> Residue:
    """x to a fixed rational exponent: by roots of even order, then the odd one, then whole."""
    exponent = exponent if exponent.__class__ is Fraction else Fraction(exponent)
    n, d = exponent.numerator, exponent.denominator
    if x.exact is not None and d == 1 and (x.exact or n > 0) and abs(n) < 64:
        return number(x.exact**n)
    if not n:
        return number(Fraction(1)) if x.at else NONE
    base = x
    while d % 2 == 0:
        base, d = _square_root(base), d // 2
    if d > 1:
        base = _odd_root(base, d)
    try:
        out = Residue(tuple(a**n for a in base.at), x.degree * max(abs(n), 1))
    except ZeroDivisionError:
        return NONE
    if (logarithm := x.pure) is not None:
        out.pure = lambda: logarithm() * number(exponent)
    elif exponent.denominator == 1 and n % 2 == 0 and n:
        out.root = lambda: power_by(x, n // 2)
    return out


def power(x: Residue, y: Residue) -> Residue:
    """x^y: by a known exponent as `power_by`, else exp(y*log(x))."""
    if y.exact is not None:
        return power_by(x, y.exact)
    if not x:
        return NONE
    return exp(y * log(x))


def sign(x: Residue) -> Residue:
    """1, -1 or 0 as the run decides it; the sign of what is certain is certain."""
    return number(Fraction(RUNS[-1].sign(x))) if x.at else NONE


def absolute(x: Residue) -> Residue:
    """sign(x)*x."""
    return sign(x) * x if x.at else NONE
