"""The commands about a database in use: its logs, and what became of its repairs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

import remediate
from remediate.cli import completion
from remediate.cli import fleet as many
from remediate.cli.options import (
    OUTPUT,
    FormatOption,
    Output,
    Rules,
    Source,
    Strings,
    Tables,
    Verbose,
    settings,
)
from remediate.cli.progress import watched
from remediate.cli.terminal import say, style, write
from remediate.cli.values import Format
from remediate.system.formats import PlanFormat


def verify(
    plan: Annotated[
        Path | None,
        typer.Argument(
            metavar="PLAN", help="A plan saved as JSON; default: the revisions of this project."
        ),
    ] = None,
    source: Source = Source(),
    fleet: many.Fleet = many.Fleet(),
    tables: Tables = Tables(),
    probe: Annotated[
        bool,
        typer.Option(
            "--probe",
            help="Also INSERT a row in each table, and one with an unknown id for each reference, "
            "and take them back: costs values of the sequence, and fires triggers. Where no "
            "repair is named, every table is tried.",
        ),
    ] = False,
    every_table: Annotated[
        bool,
        typer.Option(
            "--every-table", help="Probe every table in scope, not only what was repaired."
        ),
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Check after the deploy that every repaired key works."""
    from remediate.render import verification  # noqa: PLC0415

    options = remediate.VerifyOptions(plan=plan, probe=probe, every_table=every_table)
    config = settings(source, tables=tables)
    if many.asked(fleet, source, PLAN=plan is not None):
        shown_as = PlanFormat(format.value)
        many.show(many.look(fleet, "verify", config, verify=options), shown_as, output)
        return
    with watched():
        made = remediate.verify(config, options, say)
    write(verification.render(made, format.value, style(output)), output)
    if not made.passed:
        raise typer.Exit(1)


def status(
    plan: Annotated[
        Path | None,
        typer.Argument(
            metavar="PLAN", help="A reviewed plan: what was decided about models without a table."
        ),
    ] = None,
    source: Source = Source(),
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    first: Annotated[
        Strings,
        typer.Option(
            metavar="TABLE",
            autocompletion=completion.tables,
            help="Table (a glob) that an emergency revision repairs before the rest.",
        ),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when a criterion is not met.")
    ] = False,
    verbose: Verbose = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Tick the criteria of a repair; reads only."""
    from remediate.render import status as rendered  # noqa: PLC0415

    config = settings(source, tables=tables, rules=rules, first=first)
    with watched():
        made = remediate.status(config, remediate.StatusOptions(plan))
    write(rendered.render(made, format.value, verbose=verbose), output)
    if exit_code and not made.met:
        raise typer.Exit(1)


def triage(
    logs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LOG",
            help="Logs of PostgreSQL or of the application, also gz; '-' is standard input.",
            show_default=False,
        ),
    ] = None,
    source: Source = Source(),
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    no_plan: Annotated[
        bool, typer.Option("--no-plan", help="Only count: needs no database.")
    ] = False,
    since: Annotated[
        str,
        typer.Option(
            metavar="WHEN",
            help="Only errors since then: 24h, 7d, 2026-05-01T09:30Z; those without a time count.",
            show_default=False,
        ),
    ] = "",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when errors are found, or cannot be told.")
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
    quiet: Annotated[
        bool,
        typer.Option(
            "-q",
            "--quiet",
            help="Only a line for each error; nothing where there is none.",
            rich_help_panel=OUTPUT,
        ),
    ] = False,
) -> None:
    """Rank the repair by the errors that users hit, from logs."""
    from remediate.render import triage as rendered  # noqa: PLC0415

    if not logs and sys.stdin.isatty():
        raise remediate.UsageProblem(
            "no log was given", "Name files, or pipe one in: ... | remediate triage -"
        )
    config = settings(source, tables=tables, rules=rules)
    options = remediate.TriageOptions(tuple(logs or ["-"]), plan=not no_plan, since=since)
    with watched(quiet=quiet):
        made = remediate.triage(config, options)
    write(rendered.render(made, format.value, quiet=quiet), output)
    if exit_code and (made.hits or made.tally.untold):
        raise typer.Exit(1)
