"""Options of the commands that write revisions."""

from collections.abc import Iterable
from typing import Annotated

import typer

from remediate.cli import completion
from remediate.cli.terminal import complain

Allow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="HAZARD",
        autocompletion=completion.hazards,
        help="Accept this hazard, such as PUBLISHED_TABLE.",
        rich_help_panel="Approval",
    ),
]
Backup = Annotated[
    str | None,
    typer.Option(
        metavar="PLACE",
        help="Where the backup of before is kept; the revision names it. The setting backup may "
        "demand it.",
        rich_help_panel="Approval",
    ),
]
Before = Annotated[
    list[str] | None,
    typer.Option(
        metavar="REVISION",
        help="Revision that has not run and is to follow the new ones; its down_revision changes.",
        rich_help_panel="Place in the history",
    ),
]


def tell_of_hook(failures: Iterable[str]) -> None:
    """Exit with 1 where the project's command after the landing failed, or changed a revision."""
    for failure in filter(None, failures):
        complain(failure, "")
        raise typer.Exit(1)
