"""A document becomes sections of statements: every row of every display is told what it is.

Must not know how claims are judged; what is not read says why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain, dropwhile, islice
from typing import Literal, TypeAlias

from gradcli.errors import Diagnostic, GradcliError, Source, Span
from gradcli.language.elaboration.primes import declares_functions
from gradcli.language.parsing.parse import read
from gradcli.language.tex.atom import NoFormula
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.bodies import Body, bare
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.commands import letter
from gradcli.language.tex.declarations import Declarations
from gradcli.language.tex.differentials import varied
from gradcli.language.tex.document import TexBlock, TexDocument
from gradcli.language.tex.fonts import primed, told_apart, twofold, variants
from gradcli.language.tex.forward import continued, defined_first
from gradcli.language.tex.known import KnownName, KnownNames
from gradcli.language.tex.lasting import lasting, without
from gradcli.language.tex.members import ends
from gradcli.language.tex.misfits import TexMisfit
from gradcli.language.tex.names import base_of
from gradcli.language.tex.proposals import Outcome, Shapes
from gradcli.language.tex.refusals import NoShape
from gradcli.language.tex.rows import TexFormula, formulas
from gradcli.language.tex.statements import StatementMaker
from gradcli.language.tex.totals import narrowed
from gradcli.language.tree import syntax

RowKind: TypeAlias = Literal[
    "claim", "definition", "declaration", "condition", "side-condition", "update", "note", "unread"
]


SHAPELY = ("G103", "G201", "G202", "G016", "G021", "G023")
"""Codes that other shapes may bring."""
WORD = re.compile(r"[^\W\d]\w*")
ROW_WORDS = ("claim", "definition", "condition")
LONGEST = 4
"""Characters of an index that a name is written with, as in `h_{t-1}`."""


@dataclass(slots=True, eq=False)
class TexRow:
    """A formula of a display: what it was read as, and, if it was not read, why.

    `sign` is where its first relation stands, which is its line. Of a claim that is wrong for its
    sizes alone, `misfit` is the kind of mistake, and `diagnostic` says which.
    """

    kind: RowKind
    start: int
    end: int
    sign: int
    text: str
    why: str = ""
    diagnostic: Diagnostic | None = None
    misfit: str = ""

    @property
    def lacks_shapes(self) -> bool:
        """Whether other shapes may bring it."""
        code = self.diagnostic.code if self.diagnostic else ""
        return bool(self.misfit) or code in SHAPELY


@dataclass(slots=True, eq=False)
class TexSection:
    """What stands under a heading: statements in order, those of the sections around it before.

    `errors` are mistakes of its comments and of its shapes; in `failing` displays a claim must
    be refuted. `maths` are its formulas, `outcomes` what came of those of each display.
    """

    title: str
    start: int
    level: int
    parent: TexSection | None = None
    inherited: list[syntax.Statement] = field(default_factory=list)
    statements: list[syntax.Statement] = field(default_factory=list)
    rows: list[TexRow] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    known: KnownNames = field(default_factory=KnownNames)
    blocks: list[TexBlock] = field(default_factory=list)
    failing: list[tuple[int, int]] = field(default_factory=list)
    maths: dict[int, list[TexFormula]] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)


def sections(document: TexDocument, filling: bool = False) -> list[TexSection]:
    """Every section of a document, read; with `filling` the sides that are asked for are zeros."""
    found = [TexSection("", 0, 0)]
    for block in document.blocks:
        if block.kind == "heading":
            parent = next(s for s in reversed(_chain(found[-1])) if s.level < block.level)
            found.append(TexSection(block.text, block.start, block.level, parent))
        else:
            found[-1].blocks.append(block)
    spelled = _spelled_out(document)
    for section in found:
        section.known.taken |= spelled
        section.known.filling = filling
        SectionReader(document.source, section).read()
    return found


def _spelled_out(document: TexDocument) -> dict[str, str]:
    """Greek letters as the fences of the language spell them out, `sigma` for σ, by their keys."""
    words = {x for b in document.blocks if b.kind == "sheet" for x in WORD.findall(b.text)}
    return {letter(x): x for x in sorted(words) if letter(x) != x and letter(x) not in words}


def _chain(section: TexSection) -> list[TexSection]:
    """A section and those around it, the outermost first."""
    chain = [section]
    while chain[0].parent is not None:
        chain.insert(0, chain[0].parent)
    return chain


Formulas: TypeAlias = dict[int, list[TexFormula]]


class SectionReader:
    """Reads one section with what those around it have said, and with what is `supposed`.

    Of its displays it reads `only` those whose blocks have these numbers.
    """

    def __init__(
        self, source: Source, section: TexSection, supposed: Shapes | None = None,
        only: Container[int] | None = None,
    ) -> None:  # fmt: skip
        self.source, self.section = source, section
        self.supposed, self.only = supposed or {}, only
        self.declarations = Declarations(source)
        self.known = section.known
        self.maker = StatementMaker(source, section.known)
        self.words: dict[int, str] = {}
        self.defined: dict[int, list[syntax.Definition]] = {}
        self.points: dict[int, syntax.At] = {}

    def read(self) -> None:
        for block in self.section.blocks:
            if block.kind == "note":
                self._note(block)
            elif block.kind == "sheet":
                self._fence(block)
        displays, inline = self._formulas()
        self.displays = [*displays.values()]
        for name, sizes in self.supposed.items():
            self.declarations.suppose(name, sizes, self.section.start)
        every = [*chain(*inline.values(), *displays.values())]
        said = [f for f in every if not f.says]
        declared = {formula for formula in said if self.declarations.read(formula)}
        for each in inline.values():
            for formula in each:
                self.known.runs |= {x: said for said in formula.says for x in said.letters}
        self.declarations.gather(ends(self.source, every))
        declared.update(narrowed(self.source, said, self.declarations))
        self._inherit()
        try:
            self.section.statements += self.declarations.into(self.known)
        except GradcliError as error:
            self.section.errors += error.diagnostics
        self.known.shaped = self.known.shaped or bool(self.section.statements) or self._has_arrays
        ranks = (name.rank for name in self.known.names.values())
        self.known.arrays = self.known.arrays or any(ranks) or self._has_arrays
        self._foresee(every)
        word = ""
        for block in self.section.blocks:
            if block.kind == "note":
                word = self.words.get(id(block), word)
                self.maker.point = self.points.get(id(block), self.maker.point)
            elif block.kind == "sheet":
                for definition in self.defined[id(block)]:
                    self._given(definition)
            elif block.kind == "inline":
                for formula in inline[id(block)]:
                    if formula not in declared and not formula.says:
                        self.maker.inline(formula)
            elif block.kind == "display":
                if self.only is None or id(block) in self.only:
                    self._block(block, displays[id(block)], declared, word)
                word = ""
        self.section.statements = [
            s
            for s in self.section.statements
            if not (isinstance(s, syntax.Declaration) and s.names[0].name in self.known.defined)
        ]
        self.section.statements += self.known.declarations
        self.section.statements += self.maker.statements()

    def _formulas(self) -> tuple[Formulas, Formulas]:
        """The formulas of displays and of the text, letters in two fonts told apart."""
        maths = [b for b in self.section.blocks if b.kind in ("display", "inline")]
        found = self.section.maths = self.section.maths or self._told_apart(maths)
        displays = {id(b): found[id(b)] for b in maths if b.kind == "display"}
        return displays, {id(b): found[id(b)] for b in maths if b.kind == "inline"}

    def _told_apart(self, maths: Sequence[TexBlock]) -> Formulas:
        found = {id(b): formulas(self.source, b) for b in maths}
        letters = self.known.fonts | twofold(f for each in found.values() for f in each)
        letters |= primed(f for each in found.values() for f in each)
        letters |= {base for base in map(base_of, self.declarations.sets) if "'" in base}
        letters |= variants(token for block in maths for token in block.tokens)
        if self.section.parent is not None:
            letters |= self.section.parent.known.fonts
        self.known.fonts = letters
        if letters:
            for block in maths:
                told = replace(block, tokens=(*told_apart(block.tokens, letters),))
                found[id(block)] = formulas(self.source, told)
        return found

    def _foresee(self, formulas: Sequence[TexFormula]) -> None:
        """What names the section has: letters in them, powers in them, those on the left."""
        for name in self.declarations.sets:
            base, _, below = name.partition("_")
            if base not in self.declarations.sets and len(below) < LONGEST:
                self.known.labels |= {c for c in below if c.isalpha()}
        for formula in formulas:
            if formula.says:
                continue
            self.known.lefts |= {*self.maker.lefts.keys(formula)}
            self.known.raised |= self.maker.lefts.raised(formula)
            self.known.varied |= varied(self.source, formula)

    def _inherit(self) -> None:
        """What the sections around this one have declared and defined, but what this one does."""
        if self.section.parent is None:
            return
        parent = self.section.parent
        own = {self.known.spelled(name) for name in self.declarations.sets}
        kept, lost = without((*parent.inherited, *lasting(parent.statements)), own)
        self.section.inherited = kept
        for size in parent.known.probe.scope.letters:
            self.known.probe.counts(size)
        for statement in kept:
            self.known.probe.read(statement)
        scope = self.known.probe.scope
        self.known.probe.reader.shared = frozenset(scope.names) | frozenset(scope.shapes)
        scope.used.clear()
        self.maker.inherited = (*kept,)
        self.known.of_losses |= parent.known.of_losses
        self.known.reals = self.known.reals or parent.known.reals
        self.known.rows = self.known.rows or parent.known.rows
        if self.known.along is None:
            self.known.along = parent.known.along
        self.known.shaped = parent.known.shaped
        self.known.arrays = parent.known.arrays
        for key, each in parent.known.names.items():
            if each.name not in lost:
                self.known.taken[key] = each.name
                self.known.names[key] = replace(each, inherited=True)

    def _note(self, block: TexBlock) -> None:
        from gradcli.language.tex.notation import read_note  # noqa: PLC0415 seldom asked

        found = read_note(self.source, block, self.declarations, self.known)
        self.section.errors += found.complaints
        for setting in found.settings:
            self.section.errors += self.known.probe.read(setting)
            self.section.statements.append(setting)
        if found.word:
            self.words[id(block)] = found.word
        if found.point is not None:
            values = (
                (replace(x, name=self.known.spelled(x.name)), v) for x, v in found.point.values
            )
            self.points[id(block)] = replace(found.point, values=(*values,))

    def _fence(self, block: TexBlock) -> None:
        """What a fence of the language declares and defines; mistakes in it are told elsewhere."""
        found = read(self.source, " " * block.start + block.text).program.statements
        own = self.defined[id(block)] = []
        if any(isinstance(statement, syntax.Heading) for statement in found):
            return
        for statement in found:
            if isinstance(statement, syntax.Declaration) and not declares_functions(statement):
                names = [(letter(name.name), name.span) for name in statement.names]
                self.declarations.annotate(names, statement.set)
            elif isinstance(statement, syntax.Definition) and not statement.indices:
                own.append(bare(statement))

    def _given(self, definition: syntax.Definition) -> None:
        """A definition in the language that stands between the formulas."""
        name = definition.name.name
        key = letter(name)
        if key in self.known.names or self.known.probe.read(definition):
            return
        node = self.known.probe.scope.names[name]
        line = self.source.position(definition.span.start)[0]
        rank = len(getattr(node, "shape", ()))
        self.known.names[key] = KnownName("node", name, rank, line=line)
        self.maker.bodies.append(Body((), [definition], TexBuilder(self.source, self.known)))
        self.maker.last = None

    @cached_property
    def _has_arrays(self) -> bool:
        """Whether anything in the maths of this section looks like an array."""
        for block in self.section.blocks:
            found = atoms(self.source, block.tokens) if block.kind in ("inline", "display") else ()
            # A sign by itself, as $*$ in a sentence, is no formula.
            if len(found) > 1 and any(
                _looks_like_an_array(a.kind, a.text, a.font, [t.text for p in a.inside for t in p])
                for a in found
            ):
                return True
        return False

    # -- rows

    def _block(
        self, block: TexBlock, written: Sequence[TexFormula], declared: Collection[TexFormula],
        word: str,
    ) -> None:  # fmt: skip
        if word == "fails":
            self.section.failing.append((block.start, block.end))
        before = len(self.section.rows)
        self.missing: list[NoShape] = []
        self._display(written, declared, word)
        rows = self.section.rows[before:]
        self.section.outcomes[id(block)] = Outcome(
            sum(row.kind in ("claim", "definition") and not row.misfit for row in rows),
            sum(row.lacks_shapes for row in rows),
            (*self.missing,),
        )

    def _display(
        self, written: Sequence[TexFormula], declared: Collection[TexFormula], word: str
    ) -> None:
        """The rows of a display, of which a comment says a word."""
        order = defined_first(written, self.maker.lefts.keys, self.known.names)
        rows: dict[TexFormula, list[TexRow]] = {}
        bodies: dict[TexFormula, Body | None] = {}
        for k, formula in enumerate(order):
            self.maker.ahead = partial(self._ahead, order[k + 1 :], written)
            first = word if formula is written[0] and word in ROW_WORDS else ""
            said = "ignore" if word == "ignore" else first or _row_word(formula)
            if not formula.sides[0] and formula.row:
                heads = continued(written, formula)
                if len(heads) > 1:
                    self.maker.several = True
                elif heads:
                    self.maker.last = bodies.get(heads[0], self.maker.last)
            rows[formula] = [*self._row(formula, formula in declared, said)]
            bodies[formula] = self.maker.last
        for formula in written:
            self.section.rows += rows[formula]
        if written:
            # What the next display goes on with stands last, and may have been read before.
            self.maker.last = bodies[written[-1]]

    def _ahead(self, rest: Sequence[TexFormula], written: Sequence[TexFormula]) -> list[TexFormula]:
        """The formulas of displays that are still to be read."""
        behind = dropwhile(lambda each: each is not written, self.displays)
        return [*rest, *chain(*islice(behind, 1, None))]

    def _row(self, formula: TexFormula, declared: bool, word: str) -> Iterator[TexRow]:
        if declared or formula.says:
            yield self._said("declaration" if declared else "side-condition", formula)
            return
        try:
            kind, why = self.maker.formula(formula, word)
            yield self._said(kind, formula, why)
        except TexMisfit as misfit:
            claimed = self.maker.claims(formula)
            self.maker.lose(formula, self._line(formula))
            first = misfit.diagnostics[0]
            row = self._said("claim" if claimed else "unread", formula, first.message)
            row.diagnostic = first
            row.misfit = misfit.kind
            if not claimed:
                self.section.errors.append(first)
            yield row
        except NoFormula as none:
            self.maker.lose(formula, self._line(formula))
            yield self._said("note", formula, str(none))
        except GradcliError as error:
            self.maker.lose(formula, self._line(formula))
            if isinstance(error, NoShape):
                self.missing.append(error)
            first = error.diagnostics[0]
            if first.code in ("G201", "G103") or word in ROW_WORDS:
                self.section.errors += error.diagnostics
            row = self._said("unread", formula, first.message)
            row.diagnostic = first
            yield row

    def _line(self, formula: TexFormula) -> int:
        return self.source.position(formula.start)[0]

    def _said(self, kind: RowKind, formula: TexFormula, why: str = "") -> TexRow:
        place = Span(self.source, formula.start, formula.end)
        sign = formula.relations[0].start if formula.relations else formula.start
        return TexRow(kind, formula.start, formula.end, sign, " ".join(place.text.split()), why)


def _row_word(formula: TexFormula) -> str:
    """What a comment at the end of a row says of it."""
    for text in formula.notes:
        said = text.partition("gradcli:")[2].strip()
        if said in ROW_WORDS or said == "ignore":
            return said
    return ""


def _looks_like_an_array(kind: str, text: str, font: str, inside: Sequence[str]) -> bool:
    if kind in ("NORM_OPEN", "NABLA") or font == "bold" or text in ("trace", "det", "diag", "vec"):
        return True
    if kind == "OPERATOR":
        return text in ("odot", "otimes")
    if kind == "SUPER":
        return {*inside} & {r"\top", "T", r"\intercal", r"\mathsf"} != set()
    if kind in ("GROUP", "FRACTION", "ROOT", "ENVIRONMENT"):
        joined = " ".join(inside)
        return any(word in joined for word in (r"\mathbf", r"\boldsymbol", r"\top", r"\|", r"\bm "))
    if kind == "SUB":
        return len(inside) == 1 and inside[0] in "ijklmn"
    return False
