"""What the names of a section mean, as far as it has been read.

Must not know how formulas are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gradcli.errors import Span
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.names import Script, identifier
from gradcli.language.tex.probe import Probe
from gradcli.language.tex.ranges import TexRange
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

How: TypeAlias = Literal[
    "input", "node", "family", "function", "map", "bound", "letter", "unread", "loss"
]
"""What a name is; a `map` is a function of which only the sets are told, and it is `bound` where an
equation says more of it."""


@dataclass(slots=True, eq=False)
class KnownName:
    """A name: how it came about, how the language spells it, and how many indices it takes.

    `arguments` are those it was defined with, as in `f(x)`, `at` is what stands in its brackets
    where powers of names do; `reals` says that they are variables of their own. `ranges` are
    those of a family's indices, `value` is what it was defined as. `line` is where it stands;
    `inherited` says that a section around this one has it.
    """

    how: How
    name: str
    rank: int = 0
    arguments: tuple[str, ...] = ()
    at: str = ""
    reals: bool = False
    ranges: tuple[tuple[Expr | None, Expr | None], ...] = ()
    value: Expr | None = None
    line: int = 0
    place: Span | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class FoundName:
    """What a name with scripts means, and the scripts that are no part of it."""

    key: str
    known: KnownName | None
    below: Script | None
    above: tuple[Atom, ...]


@dataclass(slots=True, eq=False)
class KnownNames:
    """The names of a section by their keys, and the shapes of what they mean.

    Where nothing is declared and nothing looks like an array it is not `shaped` (and has no
    `arrays`), and every letter is a real, as it is where a comment says so (`reals`). With
    `rows` gradients by vectors are rows; `along` is the axis along which a matrix is read by what
    needs one; with `filling` a side that is asked for is the zero of any shape. `labels` are
    letters that are a part of names (`h_t`), `fonts` those whose fonts or primes are, `raised`
    names with a power in them that is differentiated by, `lefts` all that stands on the left of
    an equation, `of_losses` what is made of a loss that nobody defines, `runs` over what the text
    says that letters run, `defined` what rows define that was declared as an input before.
    `varied` are keys of which a differential is written, `differentials` those of inputs;
    `supposed` are names that nobody has declared.
    """

    probe: Probe = field(default_factory=Probe)
    names: dict[str, KnownName] = field(default_factory=dict)
    shaped: bool = False
    arrays: bool = False
    reals: bool = False
    rows: bool = False
    along: int | None = None
    filling: bool = False
    labels: set[str] = field(default_factory=set)
    fonts: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    lefts: set[str] = field(default_factory=set)
    of_losses: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)
    runs: dict[str, TexRange] = field(default_factory=dict)
    varied: set[str] = field(default_factory=set)
    differentials: dict[str, KnownName] = field(default_factory=dict)
    supposed: set[str] = field(default_factory=set)
    taken: dict[str, str] = field(default_factory=dict)
    declarations: list[syntax.Statement] = field(default_factory=list)

    @property
    def scalars(self) -> bool:
        """Whether a letter that nobody declares is a real."""
        return self.reals or not self.shaped

    def spelled(self, key: str) -> str:
        """The name of the language for a key: no two keys have one."""
        if key not in self.taken:
            name, number = identifier(key), 1
            while name in self.taken.values():
                number += 1
                name = f"{identifier(key)}_{number}"
            self.taken[key] = name
        return self.taken[key]

    def declare_real(self, key: str, place: Span) -> None:
        """A name is a real input from now on."""
        name = self.spelled(key)
        self.supposed.add(name)
        self.names[key] = KnownName("input", name, place=place)
        self.declare(in_reals(name, (), place))

    def declare(self, statement: syntax.Declaration) -> None:
        """An input of the language that no row declares."""
        self.declarations.append(statement)
        self.probe.read(statement)

    def letter(self, name: str, place: Span) -> None:
        """A name is a dimension letter from now on."""
        self.probe.counts(name)
        self.names.setdefault(name, KnownName("letter", name, place=place))

    @property
    def named_d(self) -> bool:
        """Whether d is a name; a size above and below would cancel, so that is a derivative."""
        found = self.names.get("d")
        return found is not None and found.how != "letter"

    def function(self, name: str) -> KnownName | None:
        """The function of one's own that the language calls so."""
        return next(
            (n for n in self.names.values() if n.how == "function" and n.name == name), None
        )

    def get(self, key: str) -> KnownName | None:
        """What a key means."""
        return self.names.get(key)


def in_reals(name: str, sizes: tuple[Expr, ...], place: Span) -> syntax.Declaration:
    """The declaration of an array of reals; of a number without sizes."""
    space = syntax.Set(place, syntax.Name(place, "R"), (), None, sizes or None)
    return syntax.Declaration(place, (syntax.Name(place, name),), space)
