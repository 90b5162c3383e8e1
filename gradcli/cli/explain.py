"""`gradcli explain`: codes, verdicts and mistakes, with examples that are run to show them.

Must not know what is said of any of them, nor how that is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcli.cli import complete
from gradcli.cli.options import shown

if TYPE_CHECKING:
    from gradcli.judge.finding import Report
    from gradcli.reference.codes import Explanation
    from gradcli.show.codes import Said, Told

EXAMPLES = """\b
Examples:
  gradcli explain
  gradcli explain G003
  gradcli explain proved missing-local
  gradcli explain G101 G104 --format markdown
"""


@click.command(name="explain", epilog=EXAMPLES)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete.codes)
@shown("table", "plain", "json", "markdown")
def command(names: tuple[str, ...], form: str, no_color: bool) -> None:
    """Explain each NAME: a code of a message, a verdict, or a kind of mistake; or list them all."""
    from gradcli.cli import screen  # noqa: PLC0415 what --help must not pay for
    from gradcli.show import codes as pages  # noqa: PLC0415

    told = [tell(page) for page in map(_known, names)]
    screen.put(pages.explained(told, form) if told else pages.listed(form), form, no_color)


def _known(name: str) -> Explanation:
    from gradcli.errors import wrong  # noqa: PLC0415
    from gradcli.reference.codes import explanations  # noqa: PLC0415

    known = explanations()
    spelt = {key.casefold(): key for key in known}
    plain = name.casefold().replace("_", "-").replace(" ", "-")
    if plain in spelt:
        return known[spelt[plain]]
    from difflib import get_close_matches  # noqa: PLC0415 only a mistake needs it

    near = get_close_matches(plain, spelt, n=1)
    help = f'did you mean "{spelt[near[0]]}"?' if near else "gradcli explain  lists them all"
    raise wrong("G401", f'there is nothing to explain by the name "{name}"', help=help)


def tell(page: Explanation) -> Told:
    """What is said of a code, a verdict or a mistake, with what its example gives."""
    from dataclasses import replace  # noqa: PLC0415

    from gradcli.show.codes import Said, Told  # noqa: PLC0415

    if page.family == "code":
        return Told(page, example(page, page.wrong))
    report = _checked(page, page.wrong)
    if page.family == "verdict":
        from gradcli.show.check import check  # noqa: PLC0415

        whole = "".join(text for text, _ in check(report, "full")).rstrip("\n")
        return Told(page, [Said("", page.title, whole)])
    gives = example(page, page.wrong)
    for finding in report.findings:
        found, span = finding.diagnosis, finding.span
        if found and found.kind == page.code and found.mended and not page.mend:
            text = page.wrong[: span.start] + found.mended + page.wrong[span.end :]
            page = replace(page, mend=text)
    return Told(page, gives)


def example(page: Explanation, text: str) -> list[Said]:
    """What gradcli says of an example, message by message."""
    from gradcli import api  # noqa: PLC0415
    from gradcli.errors import Diagnostic, GradcliError, Source  # noqa: PLC0415
    from gradcli.show.codes import Said, rendered  # noqa: PLC0415
    from gradcli.show.diff import remarks  # noqa: PLC0415
    from gradcli.show.items import block, items  # noqa: PLC0415

    if page.kind == "check":
        found = [item for item in items(_checked(page, text)) if item.complaint]
        blocks = ["".join(piece for piece, _ in block(item)) for item in found]
        return [Said(i.code, i.message, b) for i, b in zip(found, blocks, strict=True)]
    if page.kind == "diff":
        try:
            return rendered(remarks(api.diff(Source(page.file, text))))
        except GradcliError as error:
            return rendered((diagnostic, "error") for diagnostic in error.diagnostics)
    return rendered([(Diagnostic(page.code, page.message), "error")] if page.message else [])


def _checked(page: Explanation, text: str) -> Report:
    from gradcli import api  # noqa: PLC0415
    from gradcli.errors import Source  # noqa: PLC0415
    from gradcli.judge.finding import CheckOptions, Report  # noqa: PLC0415
    from gradcli.project.papers import paper  # noqa: PLC0415
    from gradcli.reading import Place  # noqa: PLC0415

    markdown = page.file.endswith(".md")
    source = Source(page.file, text)
    if (document := paper(page.file, source, False, Place())) is not None:
        return Report([api.check_paper(document, CheckOptions())])
    return Report([api.check_text(source, CheckOptions(), markdown=markdown)])
