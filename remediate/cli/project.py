"""The commands about the project's own files: its models and its revisions."""

from pathlib import Path
from typing import Annotated

import typer

from remediate.cli.options import (  # fmt: skip
    ConfigFile,
    Deep,
    EngineOption,
    Ignore,
    Output,
    PlanFormat,
    PlanFormatOption,
    Right,
    Schema,
    Section,
    Select,
    TableOption,
    Url,
    X,
    settings,
)
from remediate.cli.terminal import say, show, write


def check(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    deep: Deep = None,
    models_only: Annotated[
        bool, typer.Option("--models-only", help="Only the models: needs no database.")
    ] = False,
    versions_only: Annotated[
        bool, typer.Option("--versions-only", help="Only the revisions: needs no database.")
    ] = False,
    baseline: Annotated[
        str | None,
        typer.Option(
            help="File of the findings that are accepted; default: remediate-baseline.json."
        ),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Accept what is found: write that file.")
    ] = False,
    format: PlanFormatOption = PlanFormat.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Exit with 1 where something new is found: for CI."""
    from remediate import render  # noqa: PLC0415
    from remediate.commands import check as checking  # noqa: PLC0415
    from remediate.errors import UsageProblem  # noqa: PLC0415
    from remediate.project import repository  # noqa: PLC0415
    from remediate.render import checked  # noqa: PLC0415

    chosen = settings(locals())
    if models_only and versions_only:
        raise UsageProblem("--models-only and --versions-only exclude each other", "Choose one.")
    side = "models" if models_only else "revisions" if versions_only else ""
    made = checking.check(chosen, side, update=update_baseline)
    if beside := checked.beside(made):
        say(beside)
    if update_baseline and format is PlanFormat.TEXT:
        write(checked.updated(made), output)
    else:
        write(render.check(made, format.value, repository.find(chosen)), output)
    if made.new:
        raise typer.Exit(1)


def models(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    right: Right = None,
    write_files: Annotated[
        bool, typer.Option("--write", help="Change the files; else a diff is printed.")
    ] = False,
) -> None:
    """Make the models say what the database says."""
    from remediate.commands import models as modelling  # noqa: PLC0415
    from remediate.render import models as rendered  # noqa: PLC0415

    made = modelling.patch_models(settings(locals()), write=write_files)
    if text := rendered.diff(made):
        show(text.rstrip("\n"))
    say(rendered.summary(made))
    if not made.complete:
        raise typer.Exit(3)


def write_tests(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write; default: tests/test_database_keys.py."),
    ] = None,
    url_variable: Annotated[
        str, typer.Option(help="Environment variable in which the tests find their database.")
    ] = "DATABASE_URL",
) -> None:
    """Write tests of the repaired keys into the project."""
    from remediate.commands import tests  # noqa: PLC0415
    from remediate.render import project_tests  # noqa: PLC0415

    made = tests.write_tests(settings(locals()), output, url_variable)
    if text := project_tests.left_out(made.cases, made.waiting):
        say(text)
    show(project_tests.written(made.path, made.cases, url_variable))
