"""The commands about the project's own files: its models and its revisions."""

from pathlib import Path
from typing import Annotated

import typer

from remediate.options import (
    ConfigFile,
    Deep,
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
)  # fmt: skip
from remediate.terminal import say, show, write


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(check)
    app.command()(models)
    app.command("tests")(write_tests)


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
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Exit with 1 where something is found: for CI."""
    from remediate import planning, render  # noqa: PLC0415
    from remediate.errors import UsageProblem  # noqa: PLC0415
    from remediate.render.text import Style  # noqa: PLC0415

    chosen = settings(locals())
    if models_only and versions_only:
        raise UsageProblem("--models-only and --versions-only exclude each other", "Choose one.")
    side = "models" if models_only else "revisions" if versions_only else ""
    made = planning.plan_alone(chosen, side) if side else planning.plan(chosen)
    write(render.plan(made, format.value, Style(color=False, verbose=False, quiet=False)), output)
    if made.items:
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
    write_files: Annotated[
        bool, typer.Option("--write", help="Change the files; else a diff is printed.")
    ] = False,
) -> None:
    """Make the models say what the database says."""
    from remediate import modelling  # noqa: PLC0415
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
    from remediate import testing  # noqa: PLC0415
    from remediate.render import project_tests  # noqa: PLC0415

    made = testing.write_tests(settings(locals()), output, url_variable)
    if text := project_tests.left_out(made.cases, made.waiting):
        say(text)
    show(project_tests.written(made.path, made.cases, url_variable))
