"""A loss that nobody defines: any function of what a section makes of its inputs.

Must not know rows. Its first derivatives are those of  Σ_k <G_k, out_k>  with G_k that may be
anything, for the chain rule knows a loss by them alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.errors import GradcliError, Source, Span
from gradcli.language.documents.sections import all_statements, expressions
from gradcli.language.tex import refusals
from gradcli.language.tex.bodies import Body
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.formula import TexItem
from gradcli.language.tex.known import KnownName, KnownNames, in_reals
from gradcli.language.tex.names import symbol
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

LOST = ("unread", "bound")


def abstract(
    source: Source, known: KnownNames, key: str, item: TexItem, before: Sequence[syntax.Statement]
) -> Body:
    """The statements that make a name a loss of all outputs so far. GradcliError where none can."""
    place = Span(source, item.start, item.end)
    name = refusals.shown(place)
    if key in known.lefts or symbol(item) in known.lefts:
        raise refusals.not_read(place, f"{name} is not known here: its own row stands further down")
    lost = next((n for n in known.names.values() if n.how in LOST and not n.inherited), None)
    if lost is not None:
        message = f"{name} is nowhere defined, and may depend on {lost.name}, which was not read"
        raise refusals.not_read(place, message)
    outputs = [*_outputs(known, before)]
    if not outputs:
        raise refusals.no_shape(place, name)
    statements: list[syntax.Statement] = []
    total: Expr | None = None
    for each in outputs:
        vertex = syntax.Name(place, each.name)
        dims = known.probe.node(vertex, {}).shape
        sizes = known.probe.extents(dims, place)
        if sizes is None:
            raise refusals.no_shape(place, name)
        seed = known.spelled(f"G_{each.name}_of_{key}")
        statements.append(in_reals(seed, sizes, place))
        term: Expr = syntax.Binary(place, "*", syntax.Name(place, seed), vertex)
        if dims:
            term = syntax.Call(place, syntax.Name(place, "sum"), (term,), ())
        total = term if total is None else syntax.Binary(place, "+", total, term)
    assert total is not None
    head = syntax.Name(place, known.spelled(key))
    side = syntax.Side("=", total, place)
    claim = syntax.Claim(place, head, place, (side,))
    statements.append(syntax.Definition(place, head, (), total, claim))
    for statement in statements:
        if wrong := known.probe.read(statement):
            raise GradcliError(*wrong)
    known.names[key] = KnownName("loss", head.name, place=place)
    return Body((), statements, TexBuilder(source, known))


def _outputs(known: KnownNames, before: Sequence[syntax.Statement]) -> Iterator[KnownName]:
    """What has been defined, is used by no other definition, and depends on an input."""
    used = {name for statement in before for name in used_names(statement)}
    builder = TexBuilder(Source("", ""), known)
    for each in dict.fromkeys(known.names.values()):
        if each.how in ("node", "family") and each.name not in used:
            place = each.place or Span(builder.source, 0, 0)
            if builder.inputs_of(syntax.Name(place, each.name)):
                yield each


def used_names(statement: syntax.Statement) -> set[str]:
    """The names that a definition is made of."""
    match statement:
        case syntax.Definition(value=value):
            return names(value)
        case syntax.FunctionDefinition(body=body):
            return names(body)
        case syntax.Loop(body=statements):
            return {name for each in statements for name in used_names(each)}
    return set()


def names(expr: Expr) -> set[str]:
    """Every name in an expression, those of derivatives too."""
    found = set()
    for part in syntax.parts(expr):
        if isinstance(part, syntax.Name):
            found.add(part.name)
        elif isinstance(part, syntax.Call):
            found.add(part.function.name.rstrip("'"))
        elif isinstance(part, syntax.Derivative):
            found |= names(part.subject)
            for target, _ in part.by:
                found |= names(target)
    return found


def used_in(statements: Sequence[syntax.Statement]) -> set[str]:
    """Every name that statements use or define."""
    return {
        name
        for statement in all_statements(statements)
        for expr in expressions(statement)
        for name in names(expr)
    }


def takes_loss(expr: Expr, known: KnownNames) -> bool:
    """Whether a loss that nobody defines is in it, by itself or by what is made of it."""
    losses = {each.name for each in known.names.values() if each.how == "loss"} | known.of_losses
    return not losses.isdisjoint(names(expr))
