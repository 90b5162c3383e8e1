"""`gradcli explain`: what the codes of the messages mean, with examples that are run to show them.

Must not know what is said of a code, nor how that is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcli.cli.options import shown

if TYPE_CHECKING:
    from gradcli.errors import Source
    from gradcli.explain.codes import Explanation
    from gradcli.show.formats import Remark

EXAMPLES = """\b
Examples:
  gradcli explain
  gradcli explain G003
  gradcli explain G101 G104 --format markdown
"""


@click.command(name="explain", epilog=EXAMPLES)
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@shown("table", "plain", "json", "markdown")
def command(codes: tuple[str, ...], form: str, no_color: bool) -> None:
    """List the codes of messages, or show what each CODE means and how it is mended."""
    from gradcli.cli import screen  # noqa: PLC0415 what --help must not pay for
    from gradcli.explain.codes import explain  # noqa: PLC0415
    from gradcli.show import codes as pages  # noqa: PLC0415

    found = [explain(_known(code)) for code in codes]
    told = [(page, example(page, page.wrong)) for page in found]
    screen.put(pages.explained(told, form) if told else pages.listed(form), form, no_color)


def _known(code: str) -> str:
    from gradcli.errors import CODES, wrong  # noqa: PLC0415

    if code.upper() in CODES:
        return code.upper()
    from difflib import get_close_matches  # noqa: PLC0415 only a mistake needs it

    near = get_close_matches(code.upper(), CODES, n=1)
    help = f'did you mean "{near[0]}"?' if near else "gradcli explain  lists them all"
    raise wrong("G401", f'unknown code "{code}"', help=help)


def example(page: Explanation, text: str) -> list[Remark]:
    """What gradcli says of an example, with the severity of each message."""
    from gradcli import api  # noqa: PLC0415
    from gradcli.errors import Diagnostic, GradcliError, Source  # noqa: PLC0415
    from gradcli.show.diff import remarks  # noqa: PLC0415

    source = Source(page.file, text)
    if page.kind == "diff":
        try:
            return remarks(api.diff(source))
        except GradcliError as error:
            return [(diagnostic, "error") for diagnostic in error.diagnostics]
    if page.kind == "check":
        return _checked(source)
    return [(Diagnostic(page.code, page.message), "error")] if page.message else []


def _checked(source: Source) -> list[Remark]:
    from gradcli import api  # noqa: PLC0415
    from gradcli.errors import Diagnostic  # noqa: PLC0415
    from gradcli.judge.options import CheckOptions  # noqa: PLC0415

    markdown = source.name.endswith(".md")
    report = api.check_text(source, CheckOptions(), markdown=markdown)
    wrong = [diagnostic for _, diagnostic in report.errors]
    for finding in report.findings:
        if finding.code and finding.expected is None:
            label, help = finding.labels[1], finding.diagnosis.text if finding.diagnosis else ""
            wrong.append(Diagnostic(finding.code, finding.message, finding.span, label, help))
    wrong += [diagnostic for found in report.derivations for diagnostic in found.unmet]
    notes = [diagnostic for found in report.derivations for diagnostic in found.notes]
    return [*((w, "error") for w in wrong), *((n, "note") for n in notes)]
