"""The grammar and its tables: no conflicts, what is stored is fresh, and Lark reads the same trees.

Must not know what a rule means.
"""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from typing import Any

import lark
import pytest

from gradcli.errors import Source
from gradcli.language.parsing import tables
from gradcli.language.parsing.automaton import run
from gradcli.language.parsing.derivative_tokens import DerivativeScanner
from gradcli.language.parsing.statement_lines import StatementLines
from gradcli.language.parsing.tables import END
from gradcli.language.parsing.tokens import Token, tokenize

ROOT = Path(__file__).parent.parent
PROGRAMS = [*ROOT.glob("samples/**/*.grad"), *ROOT.glob("tests/**/*.grad")]


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


grammar = load(ROOT / "grammar" / "derive.py")


@pytest.mark.parametrize("name", grammar.GRAMMARS)
def test_the_stored_tables_are_fresh(name: str) -> None:
    """Else: `python grammar/derive.py`."""
    path, _ = grammar.GRAMMARS[name]
    assert path.read_text(encoding="utf-8") == grammar.written(name)


@pytest.mark.parametrize("name", grammar.GRAMMARS)
def test_the_grammar_has_no_conflicts(name: str, caplog: pytest.LogCaptureFixture) -> None:
    lark.logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
            grammar.lark(name, debug=True)
    finally:
        lark.logger.removeHandler(caplog.handler)
    assert "conflict" not in caplog.text.lower()


class Trees:
    """Builds what Lark builds: a tree for every action, of what is kept."""

    def __getattr__(self, action: str) -> Any:
        return lambda _first, _last, *parts: (action, *parts)


def plain(value: Any) -> Any:
    """A tree of ours or of Lark's as tuples: the names of rules, and where tokens begin."""
    if isinstance(value, lark.Tree):
        return (value.data, *map(plain, value.children))
    if isinstance(value, Token):
        return value.start
    if isinstance(value, lark.Token):
        return value.start_pos
    return (value[0], *map(plain, value[1:])) if isinstance(value, tuple) else value


def tokens(path: Path) -> list[Token]:
    """The tokens of a program as they come to the tables: derivatives told, lines ended."""
    source = Source(path.name, path.read_text(encoding="utf-8"))
    derivatives = DerivativeScanner(source, tokenize(source.text, tables.load()), ())
    return StatementLines(source, derivatives.kept).kept


def by_lark(kept: list[Token], parser: lark.Lark) -> Any:
    reading = parser.parse_interactive("", start="program")
    for token in kept:
        if token.kind != END:
            reading.feed_token(lark.Token(token.kind, token.text, start_pos=token.start))
    return reading.feed_eof()


def refused(kept: list[Token], found: list[int]) -> Any:
    return run(tables.load(), "program", kept, Trees(), lambda position, _: found.append(position))


def test_lark_reads_the_same_trees() -> None:
    """Every program of the samples and the tests, those with mistakes up to the first of them."""
    parser = grammar.lark("gradcli.lark")
    read = 0
    for path in PROGRAMS:
        kept, wrong = tokens(path), []
        ours = refused(kept, wrong)
        try:
            theirs = by_lark(kept, parser)
        except lark.UnexpectedToken as error:
            assert wrong and error.token.start_pos == kept[wrong[0]].start, path
        else:
            assert not wrong and plain(ours) == plain(theirs), path
            read += 1
    assert read > 150 and read < len(PROGRAMS)
