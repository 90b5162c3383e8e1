"""Inequalities that declare: `s > 0` says which numbers `s` is, alone or beside `s in R`.

Must not know what a set is; it turns statements into the declarations that they stand for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gradcli.language.documents.sections import Section, all_statements
from gradcli.language.elaboration.letters import letters
from gradcli.language.elaboration.scope import CONSTANTS
from gradcli.language.tree import build as tree
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr, Name, parts

BELOW, ABOVE = ("<", "<="), (">", ">=")
TURNED = dict(zip((*BELOW, *ABOVE), (*ABOVE, *BELOW), strict=True))
REALS = "R"
INF = tree.name("inf")


def declaring(sections: Sequence[Section]) -> list[Section]:
    """The sections of a text, the first of which all share, with their half lines declared.

    `a, b > 0` and `0 < p and p < 1` are about names of which no other statement says anything, or
    only that they are real.
    """
    whole = (statement for section in sections for statement in section.statements)
    if not any(isinstance(statement, syntax.Condition) for statement in whole):
        return [*sections]
    first = sections[0].statements
    known = [_said(first), *(_said([*first, *x.statements]) for x in sections[1:])]
    return [
        replace(section, statements=[*_declarations(section.statements, names)])
        for section, names in zip(sections, known, strict=True)
    ]


def _said(statements: Sequence[syntax.Statement]) -> frozenset[str]:
    """The names that a text defines, counts with, uses as sizes or declares as no reals."""
    found = set(letters(statements))
    for statement in all_statements(statements):
        match statement:
            case syntax.Declaration(names=names) if not _are_real(statement):
                found |= {name.name for name in names}
            case syntax.Definition(name=name) | syntax.FunctionDefinition(name=name):
                found.add(name.name)
            case syntax.Loop(variable=name):
                found.add(name.name)
    return frozenset(found)


def _are_real(declaration: syntax.Declaration) -> bool:
    name = declaration.set.name
    return name is not None and name.name == REALS and not declaration.set.arguments


def _declarations(
    statements: Sequence[syntax.Statement], known: frozenset[str]
) -> Iterator[syntax.Statement]:
    """The statements with each name's declaration where the name is first met."""
    found: dict[str, syntax.Set] = {}
    spent = set[syntax.Statement]()
    for statement in statements:
        half_lines = _half_lines(statement, known, found)
        found |= half_lines
        spent |= {statement} if half_lines else set()
    reals = {
        name.name
        for s in statements
        if isinstance(s, syntax.Declaration) and _are_real(s)
        for name in s.names
    }
    for statement in statements:
        if isinstance(statement, syntax.Declaration) and _are_real(statement):
            left = (*(name for name in statement.names if name.name not in found),)
            if left:
                yield replace(statement, names=left)
            for name in statement.names:
                if set_ := found.get(name.name):
                    meant = replace(set_, power=statement.set.power)
                    yield replace(statement, names=(name,), set=meant)
        elif statement not in spent:
            yield statement
        elif isinstance(statement, syntax.Condition):
            for name in dict.fromkeys(p for p in parts(statement.value) if isinstance(p, Name)):
                if name.name in found and name.name not in reals:
                    reals.add(name.name)
                    yield syntax.Declaration(statement.span, (name,), found[name.name])


def _half_lines(
    statement: syntax.Statement, known: frozenset[str], before: Mapping[str, syntax.Set]
) -> dict[str, syntax.Set]:
    """The numbers that a condition leaves each of its names; none for another statement."""
    if not isinstance(statement, syntax.Condition):
        return {}
    found: dict[str, syntax.Set] = {}
    for claim in statement.claims:
        name, sign, end = claim.left, claim.sides[0].relation, claim.sides[0].value
        if not isinstance(name, Name):
            name, sign, end = end, TURNED[sign], name
        if not isinstance(name, Name) or name.name in known or not _is_constant(end):
            return {}
        # Nobody claims of a constant that it is positive: `tau > 0` is about another tau.
        if name.name in CONSTANTS and not tree.is_number(end, 0):
            return {}
        whole = syntax.Set(claim.span, None, (tree.negative(INF), INF), (True, True), None)
        old = found.get(name.name) or before.get(name.name, whole)
        assert old.open is not None
        (low, high), (left, right) = old.arguments, old.open
        strict = sign in ("<", ">")
        ends = ((low, end), (left, strict)) if sign in BELOW else ((end, high), (strict, right))
        found[name.name] = replace(old, arguments=ends[0], open=ends[1])
    return found


def _is_constant(expr: Expr) -> bool:
    return all(part.name in CONSTANTS for part in parts(expr) if isinstance(part, Name))
