"""The command for 3 a.m.: the runbook, and the hotfix that goes with it."""

from enum import StrEnum
from typing import Annotated

import typer

import remediate
from remediate.cli.options import OUTPUT, Output, Rules, ScratchOption, Source, Tables, settings
from remediate.cli.progress import watched
from remediate.cli.terminal import say, show, write
from remediate.cli.writing import Allow, Backup, Before, tell_of_hook
from remediate.errors import UsageProblem


class Paper(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"


def runbook(
    source: Source = Source(),
    scratch_url: ScratchOption = None,
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    hotfix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE",
            help="Also write the emergency revision for this table (a glob), and the same as a "
            "script for psql beside it.",
        ),
    ] = None,
    reviewer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Who approves the hotfix; the revision names this person.",
            rich_help_panel="Approval",
        ),
    ] = None,
    backup: Backup = None,
    allow: Allow = None,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="REVISION",
            help="Revision that it follows, where there are several heads.",
            rich_help_panel="Place in the history",
        ),
    ] = None,
    before: Before = None,
    no_rehearse: Annotated[
        bool,
        typer.Option(
            "--no-rehearse", help="Write the hotfix without proof.", rich_help_panel="Rehearsal"
        ),
    ] = False,
    format: Annotated[  # noqa: A002
        Paper,
        typer.Option("-f", "--format", help="How to print the runbook.", rich_help_panel=OUTPUT),
    ] = Paper.MARKDOWN,
    output: Output = None,
) -> None:
    """Print the incident runbook for this database."""
    from remediate.render import landed  # noqa: PLC0415
    from remediate.render import runbook as rendered  # noqa: PLC0415

    options = remediate.RunbookOptions(
        hotfix=tuple(hotfix or ()), reviewer=reviewer or "", rehearse=not no_rehearse, head=head,
        before=tuple(before or ()), backup=(backup or "").strip(),
    )  # fmt: skip
    config = settings(source, scratch_url=scratch_url, tables=tables, rules=rules, allow=allow)
    with watched():
        made = remediate.runbook(config, options, say)
    text = rendered.markdown(made).rstrip("\n")
    for one in made.landed:
        say("\n".join(filter(None, (one.path, one.hotfix, one.rollback))))
        for line in landed.to_delete(one):
            say(line)
    try:
        write(rendered.page(made) if format is Paper.HTML else text, output)
    except UsageProblem as error:
        if not made.landed:
            raise
        show(text)
        raise UsageProblem(
            error.message,
            "The files named above are written, and the runbook was printed instead.",
        ) from error
    say(f"\nNext:  read it{f': {output}' if output else ''}")
    tell_of_hook(one.after for one in made.landed)
