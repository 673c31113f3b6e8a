"""`remediate rehearse`: prove or refute revisions, also those that somebody wrote by hand."""

from typing import Annotated

import typer

from remediate.cli.options import (  # fmt: skip
    ConfigFile,
    EngineOption,
    Format,
    FormatOption,
    Output,
    Scratch,
    Section,
    Url,
    X,
    settings,
)
from remediate.cli.terminal import say, write


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(rehearse)


def rehearse(
    revisions: Annotated[
        list[str] | None,
        typer.Argument(
            help="Ids, files, head, or a range a:b; default: what the database has not run."
        ),
    ] = None,
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    scratch_url: Scratch = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that a statement may take.")] = 60,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Prove or refute revisions on a scratch PostgreSQL.

    Also those that somebody wrote by hand. Each runs in a process of its own, without env.py;
    variables that name a database name the scratch one there. Only a URL in the text of a revision
    itself still leads to that database.
    """
    from remediate.commands.rehearse import rehearse_revisions  # noqa: PLC0415
    from remediate.render import rehearsed  # noqa: PLC0415

    made = rehearse_revisions(settings(locals()), revisions or (), timeout, say)
    write(rehearsed.render(made, format.value), output)
    if not made.proven:
        raise typer.Exit(4)
