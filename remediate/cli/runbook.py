"""`remediate runbook`: the incident hotfix runbook for this database."""

from enum import StrEnum
from typing import Annotated

import typer

from remediate.cli.options import (  # fmt: skip
    ConfigFile,
    EngineOption,
    Ignore,
    Output,
    Schema,
    Scratch,
    Section,
    Select,
    TableOption,
    Url,
    X,
    settings,
)
from remediate.cli.terminal import say, write


class Paper(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"


def runbook(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    scratch_url: Scratch = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    hotfix: Annotated[
        list[str] | None,
        typer.Option(
            help="Also write the emergency revision for this table (globs), and the same as a "
            "script for psql beside it."
        ),
    ] = None,
    reviewer: Annotated[
        str | None, typer.Option(help="Who approves the hotfix; stands in the revision.")
    ] = None,
    head: Annotated[
        str | None, typer.Option(help="Revision that it follows, where there are several heads.")
    ] = None,
    no_rehearse: Annotated[
        bool, typer.Option("--no-rehearse", help="Write the hotfix without proof.")
    ] = False,
    format: Annotated[  # noqa: A002
        Paper, typer.Option("-f", "--format", help="How to print the runbook.")
    ] = Paper.MARKDOWN,
    output: Output = None,
) -> None:
    """Print the incident runbook for this database."""
    from remediate.commands import runbook as incident  # noqa: PLC0415
    from remediate.render import markdown  # noqa: PLC0415
    from remediate.render import runbook as rendered  # noqa: PLC0415

    order = incident.Hotfix(tuple(hotfix or ()), reviewer or "", not no_rehearse, head)
    made = incident.runbook(settings(locals()), order, say)
    text = rendered.markdown(made).rstrip("\n")
    write(markdown.page(text).rstrip("\n") if format is Paper.HTML else text, output)
    for one in made.landed:
        say("\n".join(filter(None, (one.path, one.hotfix, one.rollback))))
    say(f"\nNext:  read it{f': {output}' if output else ''}")
