"""The command that puts code, revisions and database side by side."""

from pathlib import Path
from typing import Annotated

import typer

import remediate
from remediate.cli.options import Output, Source, Strings, Tables, settings
from remediate.cli.progress import watched
from remediate.cli.terminal import write
from remediate.system.formats import ReportFormat


def audit(
    source: Source = Source(),
    tables: Tables = Tables(),
    section: Annotated[
        Strings,
        typer.Option(
            metavar="SECTION",
            help="Only this section: tables, names, references, deletes, autogenerate, ddl. Repeat "
            "it for several.",
        ),
    ] = None,
    rows: Annotated[
        bool, typer.Option("--rows", help="Estimate the rows that a DELETE takes along.")
    ] = False,
    ddl: Annotated[
        Strings,
        typer.Option(
            "--ddl",
            metavar="FILE",
            help="Also compare with this file of DDL; nothing of it is run.",
        ),
    ] = None,
    format: Annotated[  # noqa: A002
        ReportFormat, typer.Option("-f", "--format", help="How to print it.")
    ] = ReportFormat.TEXT,
    output: Output = None,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", "--all", help="Show what is folded.")
    ] = False,
) -> None:
    """Put code, revisions and database side by side; reads only."""
    from remediate.render.audit import report  # noqa: PLC0415

    options = remediate.AuditOptions(
        sections=tuple(section or ()), rows=rows, ddl=tuple(map(Path, ddl or ()))
    )
    with watched():
        made = remediate.audit(settings(source, tables=tables), options)
    write(report.render(made, format, whole=verbose), output)
