r"""Values at a point: `\left.\frac{dL}{dx}\right|_{x=0}`, `\frac{df}{dx}(1)`, `f'(2)`.

Must not know how a derivative is computed, nor which row a formula stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcli.errors import GradcliError, Span
from gradcli.graph.order import topological
from gradcli.language.elaboration.scope import CONSTANTS
from gradcli.language.elaboration.substitutions import SUBS
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.formula import TexBracket, TexItem, TexSum, parsed
from gradcli.language.tex.known import KnownName
from gradcli.language.tex.names import script, symbol
from gradcli.language.tex.subscripts import Subscripts
from gradcli.language.tex.walker import Items, TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

Values = tuple[tuple[syntax.Name, Expr], ...]
CLOSED = r"\right|"
"""The text of a bar that says by `\\left.` where it begins; any other stands behind one item."""
WRITE = r"write  \left. … \right|_{x = …}"


class Evaluations:
    """How values at a point are read."""

    def __init__(self, builder: TexWalker, subscripts: Subscripts) -> None:
        self.builder, self.subscripts = builder, subscripts

    # -- bars

    def at(self, value: Expr, bar: Atom, place: Span) -> Expr:
        """The value at the point that a bar has below it."""
        source = self.builder.source
        below = [a for a in atoms(source, bar.inside[0]) if a.kind not in ("QUAD", "STOP")]
        if not any(a.kind == "RELATION" for a in below):
            if self.is_held(value, below):
                return value
            return self.put(value, self._alone(value, below, place), place)
        return self.put(value, self.values(below, place), place)

    def values(self, said: Sequence[Atom], place: Span) -> Values:
        """`x = 1, y = 2`, `(x, y) = (1, 2)`. GradcliError for anything else."""
        found: list[tuple[syntax.Name, Expr]] = []
        for part in _parts(said):
            signs = [k for k, a in enumerate(part) if a.kind == "RELATION"]
            if len(signs) != 1 or part[signs[0]].text != "=":
                raise refusals.not_read(place, f"{refusals.shown(place)} gives no values", WRITE)
            left, right = part[: signs[0]], part[signs[0] + 1 :]
            source = self.builder.source
            names, value = parsed(source, left).only, parsed(source, right)
            both = _listed(names), _listed(value.only)
            if both[0] and len(both[0]) == len(both[1]):
                for name, each in zip(*both, strict=True):
                    found.append((self._name(name.only, place), self.builder.sum(each)))
            else:
                target = self._name(names, place)
                found.append((target, self._given(target, value)))
        return (*found,)

    def _given(self, name: syntax.Name, tree: TexSum) -> Expr:
        """What a name is given; a zero has the name's shape."""
        shape = self.builder.shape(name)
        base = tree.only.base if tree.only is not None and not tree.only.scripts else None
        if shape and isinstance(base, Atom) and base.text in ("0", "bold 0"):
            sizes = [self.builder.known.probe.extent(dim, name.span) for dim in shape]
            known = [size for size in sizes if size is not None]
            whole = known[0] if len(known) == 1 else syntax.Tuple(name.span, (*known,))
            return self.builder.call("zeros", name.span, whole)
        return self.builder.sum(tree)

    def _name(self, item: TexItem | None, place: Span) -> syntax.Name:
        if item is None or not symbol(item):
            raise refusals.not_read(place, "a value is given to a name", WRITE)
        where = self.builder.span(item.start, item.end)
        found = self.subscripts.find(item)
        if found.known is None:
            raise self.subscripts.without_shape(item, found)
        if found.above or found.below is not None or found.known.how not in ("input", "node"):
            raise refusals.not_read(where, f"{refusals.shown(where)} is no variable here", WRITE)
        return syntax.Name(where, found.known.name)

    def is_held(self, value: Expr, below: Sequence[Atom]) -> bool:
        """Whether all that a bar names are inputs beside the variable, which are constant."""
        derived = _derivative(value)
        by = derived.by if derived is not None else ()
        for part in _parts(below):
            only = parsed(self.builder.source, part).only
            found = self.subscripts.find(only) if only is not None and symbol(only) else None
            if found is None or found.known is None or found.known.how != "input":
                return False
            taken = {n.name for n, _ in by if isinstance(n, syntax.Name)}
            if found.above or found.below is not None or found.known.name in taken:
                return False
        return bool(by)

    def _alone(self, value: Expr, below: Sequence[Atom], place: Span) -> Values:
        """`|_0` of what depends on one variable; a name there may be what is held constant."""
        tree = parsed(self.builder.source, below)
        derived = _derivative(value)
        names = self.builder.inputs_of(derived.subject if derived is not None else value)
        if self._number(tree) is None or len(names) != 1:
            raise refusals.not_read(place, "at which values, or what is held constant?", WRITE)
        name = syntax.Name(place, names[0])
        return ((name, self._given(name, tree)),)

    def put(self, value: Expr, values: Values, place: Span) -> Expr:
        """The value of an expression where names have values."""
        made = syntax.Call(place, syntax.Name(place, SUBS), (value,), values)
        self.builder.shape(made)
        if value in self.builder.gradients:
            self.builder.gradients.add(made)
        return made

    # -- how far a bar reaches

    def refuse_reach(self, before: Expr, items: Items) -> None:
        """A bar behind the last of several factors or terms: those before it must not care."""
        for _, item in items:
            for bar in item.scripts:
                if bar.kind != "AT" or bar.text == CLOSED:
                    continue
                place = self.builder.span(item.start, item.end)
                below = [a for a in atoms(self.builder.source, bar.inside[0]) if a.kind != "QUAD"]
                if not any(a.kind == "RELATION" for a in below):
                    raise refusals.not_read(place, "how far does this bar reach?", WRITE)
                for name, _ in self.values(below, place):
                    if self._depends(before, name):
                        raise refusals.not_read(place, "how far does this bar reach?", WRITE)

    def _depends(self, value: Expr, name: syntax.Name) -> bool:
        builder = self.builder
        vertex = builder.known.probe.node(name, builder.local)
        return vertex in topological([builder.known.probe.node(value, builder.local)])

    # -- brackets behind derivatives

    def behind(
        self, value: Expr, subject: KnownName | None, items: Items, after: int
    ) -> tuple[Expr, int]:
        r"""`\frac{df}{dx}(1)`: the bracket behind a derivative is a point, or a factor."""
        derived = _derivative(value)
        if after >= len(items) or items[after][0] or derived is None:
            return value, after
        item = items[after][1]
        if not isinstance(item.base, TexBracket) or item.base.kind != "(":
            return value, after
        own = subject.arguments if subject is not None else ()
        by = {target.name for target, _ in derived.by if isinstance(target, syntax.Name)}
        place = value.span.to(self.builder.span(item.start, item.end))
        sums = item.base.sums
        if not own and all(each.only is not None and symbol(each.only) for each in sums):
            itself = self.itself(derived.subject, value.span.end, item)
            if itself is None:
                raise refusals.not_read(place, "a point, or a factor?", rf"{WRITE}  or  \cdot")
            return (self.builder.scripts(value, item), after + 1) if itself else (value, after)
        numbers = all(self._number(each) for each in sums)
        if not numbers and not by & {*own}:
            return value, after
        inputs = self.builder.inputs_of(derived.subject)
        if not own and len(inputs) == 1:
            own = (*inputs,)
        plain = all(
            self._number(each) or self._is(each, name)
            for each, name in zip(item.base.sums, own, strict=False)
        )
        if not plain or len(own) != len(item.base.sums) or not by & {*own}:
            raise refusals.not_read(place, "a point, or a factor?", rf"{WRITE}  or  \cdot")
        made = self.applied(value, own, item.base.sums, place)
        return self.builder.scripts(made, item), after + 1

    def itself(self, made: Expr, end: int, item: TexItem) -> bool | None:
        r"""Whether `J(w)` is J, which is made of w; False for a factor, None where it may be one.

        A factor has a space before it, or is in brackets for its exponent, as `(a^1)^\top` is.
        """
        assert isinstance(item.base, TexBracket)
        sums, above = item.base.sums, script(item.script("SUPER"))
        if self._defined_at(made, sums):
            return True
        turned = above is not None and (above.transposes or above.text == "T")
        apart = self.builder.span(end, item.start).text != ""
        if not self.bare(sums):
            if apart or turned:
                return False
            parts = [x for each in sums for x in syntax.parts(self.builder.sum(each))]
            written = {x.name for x in parts if isinstance(x, syntax.Name)}
            return None if written & {*self.builder.inputs_of(made)} else False
        if turned:
            return False if apart or any(x.only and x.only.script("SUPER") for x in sums) else None
        return True if all(self._made_of(made, each) for each in sums) else None

    def _defined_at(self, made: Expr, sums: Sequence[TexSum]) -> bool:
        """Whether brackets hold just what they hold where a name is defined."""
        written = refusals.written(self.builder.span(sums[0].start, sums[-1].end))
        name = made.name if isinstance(made, syntax.Name) else ""
        known = self.builder.known.names.values()
        return any(each.at == written and each.name == name for each in known if each.at)

    def called(self, end: int, item: TexItem) -> bool:
        """Whether brackets right behind a name hold no more than names, as no factor does."""
        apart = self.builder.span(end, item.start).text != ""
        return self.names(item) and not apart and not item.scripts

    @staticmethod
    def names(item: TexItem, raised: bool = True) -> bool:
        """Whether an item is brackets that hold names alone; `raised`, they may be to a power."""
        only = [x.only for x in item.base.sums] if isinstance(item.base, TexBracket) else [None]
        above = [script(x.script("SUPER")) if x is not None else None for x in only]
        powers = any(x is not None and x.text.isdecimal() for x in above)
        return all(x is not None and symbol(x) for x in only) and (raised or not powers)

    @staticmethod
    def bare(sums: Sequence[TexSum]) -> bool:
        """Whether all that stands in brackets are names or numbers."""
        return all(x.only is not None and x.only.kind in ("SYMBOL", "NUMBER") for x in sums)

    def _made_of(self, made: Expr, tree: TexSum) -> bool:
        """Whether what stands there is a name that a value is made of."""
        if tree.only is None or not symbol(tree.only) or tree.only.primes:
            return False
        found = self.subscripts.find(tree.only)
        known = found.known
        if known is None or known.how not in ("input", "node") or found.above or found.below:
            return False
        return self._depends(made, syntax.Name(self.builder.span(tree.start, tree.end), known.name))

    def applied(self, value: Expr, own: Sequence[str], sums: Sequence[TexSum], place: Span) -> Expr:
        """What is made of `own` names, at what stands in brackets behind it."""
        values = []
        for name, each in zip(own, sums, strict=True):
            if not self._is(each, name):
                target = syntax.Name(self.builder.span(each.start, each.end), name)
                values.append((target, self._given(target, each)))
        return self.put(value, (*values,), place) if values else value

    def _is(self, tree: TexSum, name: str) -> bool:
        """Whether it is that name and no more."""
        if tree.only is None or not symbol(tree.only):
            return False
        found = self.subscripts.find(tree.only)
        plain = not found.above and found.below is None
        return plain and found.known is not None and found.known.name == name

    def _number(self, tree: TexSum) -> Expr | None:
        """What stands in brackets, if it is but numbers."""
        if any(
            item.kind not in ("NUMBER", "FRACTION", "ROOT", "SYMBOL") for _, run in tree.terms
            for _, item in run.items
        ):  # fmt: skip
            return None
        try:
            value = self.builder.sum(tree)
        except GradcliError:
            return None
        return value if is_closed(value) else None


def is_closed(value: Expr) -> bool:
    """Whether an expression is made of numbers alone."""
    return all(
        isinstance(part, syntax.Number | syntax.Unary | syntax.Binary)
        or (isinstance(part, syntax.Name) and part.name in CONSTANTS)
        for part in syntax.parts(value)
    )


def _derivative(value: Expr) -> syntax.Derivative | None:
    """The derivative that a value is, as a column or as a row."""
    inner = value.operand if isinstance(value, syntax.Transpose) else value
    return inner if isinstance(inner, syntax.Derivative) else None


def without_bar(item: TexItem) -> tuple[TexItem, Atom | None]:
    """An item and the bar behind it, which belongs to more than the item."""
    bars = [s for s in item.scripts if s.kind == "AT"]
    if not bars:
        return item, None
    kept = (*(s for s in item.scripts if s.kind != "AT"),)
    return replace(item, scripts=kept), bars[-1]


def _listed(item: TexItem | None) -> Sequence[TexSum]:
    base = item.base if item is not None else None
    several = isinstance(base, TexBracket) and len(base.sums) > 1
    return base.sums if several and isinstance(base, TexBracket) else ()


def _parts(said: Sequence[Atom]) -> list[list[Atom]]:
    """Cut at commas outside of brackets, and at `and`."""
    parts: list[list[Atom]] = [[]]
    depth = 0
    for atom in said:
        depth += {"OPEN": 1, "CLOSE": -1}.get(atom.kind, 0)
        if depth == 0 and (atom.kind == "COMMA" or (atom.kind == "TEXT" and atom.text == "and")):
            parts.append([])
        else:
            parts[-1].append(atom)
    return [part for part in parts if part]
