"""Shapes of what has been read so far: every letter of a dimension has a size of its own here.

Must not know LaTeX; what is found at these sizes is only what shapes decide.
"""

from __future__ import annotations

from fractions import Fraction

from gradcli.errors import Diagnostic, GradcliError, Span
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, Shape, describe, letter
from gradcli.language.elaboration.reader import Reader
from gradcli.language.elaboration.scope import Failed, Scope
from gradcli.language.elaboration.walk import Local, NeedsSize
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

SIZES = (5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
"""Sizes that few papers write, all different, and none the sum or product of small ones."""


class Probe:
    """Reads statements at sizes of its own, and says what shape an expression has there."""

    def __init__(self) -> None:
        self.scope = Scope({})
        self.scope.sets = {}
        self.reader = Reader(self.scope)
        self.scope.unheard = "G005", 'unknown name "{}"', ""
        self.literals: set[int] = set()
        self.derived = 0

    def counts(self, name: str) -> None:
        """A name is a dimension letter from now on."""
        if name in self.scope.letters:
            return
        taken = {*self.scope.sizes.values(), *self.literals}
        self.scope.letters[name] = None
        self.scope.sizes[name] = next((s for s in SIZES if s not in taken), 47 + len(taken))
        self.reader.letters = frozenset(self.scope.letters)

    def read(self, statement: syntax.Statement) -> list[Diagnostic]:
        """What is wrong with a statement; where nothing is, its names are known from now on."""
        before = len(self.reader.errors)
        try:
            self.reader.read([statement], {})
        except NeedsSize:
            return [Diagnostic("G012", "a size is not known here", statement.span)]
        return self.reader.errors[before:]

    @property
    def numerator(self) -> bool:
        """Whether a Jacobian has a row for each output."""
        return self.reader.elaborator.layout == "numerator"

    @property
    def sizes(self) -> list[str]:
        """The letters of dimensions, and the numbers that are written as such."""
        return [*self.scope.letters, *map(str, sorted(self.literals))]

    def forget(self, name: str) -> None:
        """A name is no input any more, and no function that may be any."""
        scope = self.scope
        declared = (scope.names, scope.shapes, scope.inputs, self.reader.declared, scope.sets)
        for names in declared:
            if names is not None:
                names.pop(name, None)

    def node(self, expr: Expr, local: Local) -> Node:
        """The vertex of an expression. GradcliError where it cannot be one."""
        elaborator = self.reader.elaborator
        hollow, elaborator.hollow = elaborator.hollow, True
        steps, elaborator.steps = elaborator.steps, 0
        try:
            return elaborator.node(expr, local)
        except NeedsSize:
            raise GradcliError(Diagnostic("G012", "a size is not known here", expr.span)) from None
        except Failed:
            message = "a name in this stands where it was not read"
            raise GradcliError(Diagnostic("G022", message, expr.span)) from None
        finally:
            elaborator.hollow, elaborator.steps = hollow, steps

    def described(self, shape: Shape) -> str:
        """A shape in words, with the letters in it."""
        names: dict[Dim, str] = {size: name for name, size in self.scope.sizes.items()}
        return describe(tuple(letter(names[d]) if d in names else d for d in shape))

    def extents(self, shape: Shape, place: Span) -> tuple[Expr, ...] | None:
        """The expressions of the sizes of a shape; None where one has none."""
        found = [self.extent(dim, place) for dim in shape]
        sizes = (*(size for size in found if size is not None),)
        return sizes if len(sizes) == len(shape) else None

    def extent(self, dim: Dim, place: Span) -> Expr | None:
        """The expression of a size: its letter, or the number; None where it is neither."""
        for name, size in self.scope.sizes.items():
            if size == dim:
                return syntax.Name(place, name)
        if isinstance(dim, int) and (dim in self.literals or dim < min(SIZES)):
            return syntax.Number(place, Fraction(dim))
        return None
