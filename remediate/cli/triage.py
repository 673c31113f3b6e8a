"""The command about logs: what users hit, and what to repair first."""

import sys
from typing import Annotated

import typer

from remediate.cli.options import (  # fmt: skip
    ConfigFile,
    EngineOption,
    Format,
    FormatOption,
    Ignore,
    Output,
    Schema,
    Section,
    Select,
    TableOption,
    Url,
    X,
    settings,
)
from remediate.cli.terminal import say, write


def rank(
    logs: Annotated[
        list[str] | None,
        typer.Argument(
            help="Logs of PostgreSQL or of the application, also gz; '-' is standard input.",
            show_default=False,
        ),
    ] = None,
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    no_plan: Annotated[
        bool, typer.Option("--no-plan", help="Only count: needs no database.")
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Rank the repair by the errors that users hit, from logs."""
    from remediate.commands import triage  # noqa: PLC0415
    from remediate.errors import UsageProblem  # noqa: PLC0415
    from remediate.render import triage as rendered  # noqa: PLC0415

    if not logs and sys.stdin.isatty():
        raise UsageProblem(
            "no log was given", "Name files, or pipe one in: ... | remediate triage -"
        )
    telling = {"progress": say} if sys.stderr.isatty() else {}
    made = triage.run(settings(locals()), logs or ["-"], with_plan=not no_plan, **telling)
    write(rendered.render(made, format.value), output)
