"""The commands that change the project's own files: its models and its tests."""

from pathlib import Path
from typing import Annotated

import typer

import remediate
from remediate.cli.options import Models, Rules, Source, Tables, settings
from remediate.cli.progress import watched
from remediate.cli.terminal import say, show, style


def models(
    source: Source = Source(),
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    models: Models = Models(),
    write_files: Annotated[
        bool, typer.Option("--write", help="Change the files; else a diff is printed.")
    ] = False,
) -> None:
    """Bring the models in line with the database, by a patch."""
    from remediate.render import models as rendered  # noqa: PLC0415

    config = settings(source, tables=tables, rules=rules, models=models)
    with watched():
        made = remediate.models(config, remediate.ModelsOptions(write=write_files))
    if text := rendered.diff(made, style()):
        show(text.rstrip("\n"))
    say(rendered.summary(made))
    if not made.complete:
        raise typer.Exit(3)


def tests(
    source: Source = Source(),
    tables: Tables = Tables(),
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="File to write; default: tests/test_database_keys.py.",
        ),
    ] = None,
    url_variable: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Environment variable in which the tests find their database."
        ),
    ] = "DATABASE_URL",
) -> None:
    """Write tests of repaired keys and references into the project."""
    from remediate.render import project_tests  # noqa: PLC0415

    config = settings(source, tables=tables)
    with watched():
        made = remediate.tests(config, remediate.TestsOptions(output, url_variable))
    if text := project_tests.left_out(made.cases, made.waiting, made.beyond):
        say(text)
    show(project_tests.written(made.path, made.cases, len(made.deletes), url_variable))
