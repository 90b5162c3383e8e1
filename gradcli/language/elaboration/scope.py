"""What names mean while a program is read: inputs, vertices, families, functions, constants.

Must not know how expressions are built; it answers questions about names and explains unknown ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gradcli.calculus.core import constant, dimension, number, symbol
from gradcli.calculus.derivative import Derived
from gradcli.errors import GradcliError, wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, letter
from gradcli.graph.space import Space
from gradcli.language.tree.syntax import FunctionDefinition, Name
from gradcli.ops import FUNCTIONS

CONSTANTS = {
    "pi": lambda: constant("pi"),
    "π": lambda: constant("pi"),
    "tau": lambda: number(2) * constant("pi"),
    "τ": lambda: number(2) * constant("pi"),
    "e": lambda: constant("e"),
    "inf": lambda: constant("inf"),
}


MOST_PLACES = 9
"""Variables of an abstract function: one digit says by which a partial derivative is taken."""


class Failed(Exception):
    """A name was used whose own definition is in error: passed over, not reported again."""


@dataclass(slots=True, eq=False, repr=False)
class Family:
    """`h[0] … h[3]` or `c[0, 0] … c[2, 1]`, defined member by member."""

    members: dict[tuple[int, ...], Node] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """How many indices a member has."""
        return len(next(iter(self.members), (0,)))


@dataclass(slots=True, eq=False, repr=False)
class UserFunction:
    """A function of the program, with the names that were known where it stands."""

    definition: FunctionDefinition
    names: dict[str, Meaning]


@dataclass(frozen=True, slots=True)
class AbstractFunction:
    """A smooth function of which nothing is known but the shapes of its arguments and its value."""

    name: str
    domain: tuple[Shape, ...]
    values: Shape

    @property
    def arity(self) -> int:
        """How many arguments it takes."""
        return len(self.domain)

    @property
    def numbers(self) -> int:
        """How many numbers it may be called with instead of its one vector; 0 for none."""
        (first, *more) = self.domain
        small = not more and len(first) == 1 and isinstance(first[0], int)
        return int(first[0]) if small and 1 < first[0] <= MOST_PLACES else 0  # type: ignore[operator, arg-type]

    @property
    def of_numbers(self) -> bool:
        """Whether it is applied entry by entry, like any function of numbers that gives one."""
        return not any((*self.domain, self.values))

    @property
    def is_field(self) -> bool:
        """Whether it gives a number of one array, so that its derivative is a gradient."""
        return self.arity == 1 and bool(self.domain[0]) and not self.values

    @property
    def call(self) -> str:
        """A call of it, for a sentence."""
        return f"{self.name}({', '.join('xyzuvwabc'[: self.numbers or self.arity])})"


class Closed(dict[str, "Meaning"]):
    """The names inside a function: what was known where it stands, and nothing defined later."""


NO_VALUE = "G010", "{} has no value", "add  --at {}=…  or define it before this line"
FAILED = object()
Meaning = Node | Family | UserFunction | AbstractFunction | object


class Scope:
    """The names of a program. `shapes` are the inputs it may use, `letters` its dimension letters.

    With `free` every other unknown name is a real scalar input, as in a derivation that declares
    none, or has the shape that `given` says; without it, it is an error: `unheard` are its code,
    message and help. `sizes` are letters that have a size by now, `files` the shapes of measured
    data, `sets` what is declared; None where values are given instead. `sizes_named` are letters
    as soon as they are used. Families that a loop defines which still runs are `open`, with the
    members that they had before it. Inputs that are `shadowed` have a name that is another's now.
    What is defined rests on the derivatives that were `taken` in it, even where nothing is left.
    """

    def __init__(
        self, shapes: Mapping[str, Shape], letters: Iterable[str] = (), free: bool = False
    ) -> None:
        self.shapes = dict(shapes)
        self.letters = dict.fromkeys(letters)
        self.free = free
        self.names: dict[str, Meaning] = {}
        self.inputs: dict[str, Node] = {}
        self.given: dict[str, Shape] = {}
        self.sizes: dict[str, int] = {}
        self.files: dict[str, Shape] = {}
        self.sets: dict[str, Space] | None = None
        self.sizes_named: Collection[str] = ()
        self.used: set[str] = set()
        self.open: dict[str, Collection[tuple[int, ...]]] = {}
        self.shadowed: dict[Node, str] = {}
        self.taken: dict[Node, list[Derived]] = {}
        self.unheard = NO_VALUE

    def declare(self, name: str, shape: Shape) -> Node:
        """A fresh input; it shadows whatever has borne the name."""
        self.names.pop(name, None)
        self.shapes[name] = shape
        self.inputs[name] = symbol(name, shape)
        self.shadowed.pop(self.inputs[name], None)
        return self.inputs[name]

    def shadow(self, name: str) -> None:
        """Let a name be free again, which may be an input of what was read so far."""
        self.names.pop(name, None)
        self.shapes.pop(name, None)
        if node := self.inputs.pop(name, None):
            self.shadowed[node] = name

    def known(self, name: str) -> bool:
        """Whether the name has been introduced above this line."""
        return name in self.names or name in self.shapes or name in self.letters

    def introduced(self, name: Name, local: Mapping[str, Meaning]) -> bool:
        """Whether the name is known here, or an input by now."""
        return name.name in local or self.known(name.name) or name.name in self.inputs

    def lookup(self, name: Name, local: Mapping[str, Meaning]) -> Meaning:
        """What a name means here; GradcliError for one that means nothing."""
        text = name.name
        self.used.add(text)
        outer = {} if isinstance(local, Closed) else self.names
        meaning = local.get(text, outer.get(text))
        if meaning is FAILED:
            raise Failed
        if meaning is not None:
            self._require_unshadowed(name, meaning)
            return meaning
        if text in self.shapes:
            return self._input(text, self.shapes[text])
        if text in self.letters:
            return dimension(self.sizes.get(text, letter(text)))
        if isinstance(local, Closed) and text in self.names:
            raise wrong(
                "G007",
                f"{text} is not known in this function: only what stands above a function is",
                name.span,
                help=f"put {text} above it; what repeats is a loop:  for t in 1..3 {{ h[t] = … }}",
            )
        if text in self.given and self.free:
            return self._input(text, self.given[text])
        if text in CONSTANTS:
            return CONSTANTS[text]()
        if text in self.sizes_named and nearest(text, self.candidates(local)) is None:
            self.letters[text] = None
            return dimension(self.sizes.get(text, letter(text)))
        if text in FUNCTIONS and not FUNCTIONS[text].a_letter:
            raise wrong(
                "G009",
                f"{text} is a function and needs its arguments",
                name.span,
                help=f"write  {FUNCTIONS[text].signature}",
            )
        if self.free and nearest(text, self.candidates(local)) is None:
            return self._input(text, ())
        raise self.unknown(name, local)

    def _require_unshadowed(self, name: Name, meaning: Meaning) -> None:
        """GradcliError for what is made of an input whose name is another's by now."""
        if not self.shadowed:
            return
        nodes = meaning.members.values() if isinstance(meaning, Family) else [meaning]
        made_of = topological([n for n in nodes if isinstance(n, Node)], self._made_of)
        for other in [self.shadowed[node] for node in made_of if node in self.shadowed]:
            message = f"{name.name} is made of the {other} that all derivations share"
            help = f"{other} is another here: choose another name, or define {name.name} again"
            raise wrong("G007", message, name.span, help=help)

    def _made_of(self, node: Node) -> Sequence[Node]:
        taken = self.taken.get(node, ())
        return [*node.args, *(each for d in taken for each in (d.of, d.by))]

    def _input(self, name: str, shape: Shape) -> Node:
        return self.inputs.setdefault(name, symbol(name, shape))

    def candidates(self, local: Mapping[str, Meaning]) -> set[str]:
        """Every name that could have been meant."""
        return {*local, *self.names, *self.shapes, *self.inputs, *self.letters}

    def unknown(self, name: Name, local: Mapping[str, Meaning]) -> GradcliError:
        """The error for a name that means nothing here."""
        suggestion = nearest(name.name, self.candidates(local))
        if suggestion:
            return wrong(
                "G005",
                f'unknown name "{name.name}"',
                name.span,
                help=f'did you mean "{suggestion}"?',
            )
        code, message, help = self.unheard
        help = help.format(name.name)
        if product := self._product(name.name, local):
            help = f"for a product write  {product}"
        elif name.name == "I" and code == "G005":
            help = f"for the identity matrix write  eye(n)  or {help}"
        return wrong(code, message.format(name.name), name.span, help=help)

    def _product(self, text: str, local: Mapping[str, Meaning]) -> str:
        """Two known names that a name consists of, as a product: `xy`; empty for none."""
        known = self.candidates(local)
        parts = [(text[:k], text[k:]) for k in range(1, len(text))]
        found = [f"{x}*{y}" for x, y in parts if x in known and y in known]
        return found[0] if len(found) == 1 else ""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate one slip away, if there is one; short names and digits are never slips."""
    from difflib import get_close_matches  # noqa: PLC0415 only a mistake needs it

    if len(name) < 3:
        return None
    plain = [c for c in candidates if _letters(c) != _letters(name)]
    found = get_close_matches(name, plain, n=1, cutoff=0.75)
    return found[0] if found else None


def _letters(name: str) -> str:
    return "".join(c for c in name if not c.isdigit())
