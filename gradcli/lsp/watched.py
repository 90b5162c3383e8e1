"""The derivation of a chunk as the checker takes it, whose graphs can be looked at afterwards.

Must not know what they are looked at for.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.api.derivations import Checked
from gradcli.api.listening import Begun, untold
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions
from gradcli.language.half_lines import declaring
from gradcli.language.parse import read
from gradcli.language.sections import Document, ExpectedPart, sections
from gradcli.language.written import WrittenDerivation
from gradcli.lsp.chunks import Chunk
from gradcli.reading import Place
from gradcli.trial.trials import Sizes


class WatchedDerivation(Checked):
    """A derivation that keeps the graphs it was judged by."""

    built: list[WrittenDerivation]

    def _build(self, sizes: Sizes) -> WrittenDerivation:
        made = super()._build(sizes)
        self.built.append(made)
        return made

    @property
    def shown(self) -> WrittenDerivation | None:
        """The graphs that stand for the text: where the least is lost and the least is wrong."""
        return min(self.built, key=lambda made: (len(made.lost), len(made.errors)), default=None)


def derivations(
    chunk: Chunk, source: Source, options: CheckOptions, place: Place, begun: Begun = untold
) -> Iterator[WatchedDerivation]:
    """What is to be checked of a chunk with this text; most have one derivation."""
    parts = [ExpectedPart(start, end, fails=True) for start, end in chunk.fails]
    line = chunk.lead + 1
    document = Document(source, source.text, chunk.name, line, parts, chunk.lead)
    reading = read(source)
    first, *others = declaring(sections(reading.program))
    wanted = [first] if chunk.opening or not others else others
    for section in wanted:
        found = WatchedDerivation(document, reading, first, section, others, options, place, begun)
        found.built = []
        yield found
