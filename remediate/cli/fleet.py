"""Many databases: the options that lead to them, and the results of their shards as one."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import typer

import remediate
from remediate.cli.options import Output, PlanFormatOption, Source, Verbose, given
from remediate.cli.progress import watched
from remediate.cli.terminal import write
from remediate.system.formats import PlanFormat

if TYPE_CHECKING:
    from remediate.config import Config

PRINTED = (PlanFormat.TEXT, PlanFormat.JSON, PlanFormat.MARKDOWN, PlanFormat.HTML)


Targets = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="TOML file of many databases, which are looked at side by side.",
        rich_help_panel="Many databases",
    ),
]


@dataclass(frozen=True, slots=True)
class Fleet:
    """The databases that are looked at side by side."""

    panel: ClassVar[str] = "Many databases"

    targets: Targets = None
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="N/M",
            help="Only this part of them, such as 2/8; remediate merge joins the results.",
        ),
    ] = None


def asked(fleet: Fleet, source: Source, **others: bool) -> bool:
    """Whether many databases are meant. Raises UsageProblem for options that mean one."""
    if fleet.targets is None:
        if fleet.shard is not None:
            raise remediate.UsageProblem(
                "--shard belongs to --targets", "Name the file of targets."
            )
        return False
    check_of_many(source, **others)
    return True


def check_of_many(source: Source, **others: bool) -> None:
    """Raises UsageProblem for options that mean one database."""
    of_one = [name for name in given(source) if name in ("database_url", "engine")]
    of_one += [name for name, is_given in others.items() if is_given]
    if of_one:
        name = of_one[0]
        option = name if name.isupper() else f"--{name.replace('_', '-')}"
        raise remediate.UsageProblem(
            f"{option} is about one database, and --targets about many", "Leave one of them out."
        )


def look(
    fleet: Fleet, command: Literal["plan", "check", "verify"], config: "Config", **more: Any
) -> Any:
    """What became of each of them."""
    from remediate.commands.fleet import looks  # noqa: PLC0415

    assert fleet.targets is not None  # noqa: S101  (asked() has looked)
    options = looks.FleetOptions(fleet.targets, command, looks.shard(fleet.shard), **more)
    with watched(ticking=False):
        return looks.look(config, options)


def show(
    made: Any,
    format_: PlanFormat,
    output: Path | None,
    *,
    verbose: bool = False,
    exit_code: bool = True,
) -> None:
    """Print it, and exit with 2 where a database was not read, with 1 where one is not well."""
    from remediate.render import fleet as rendered  # noqa: PLC0415

    write(rendered.render(made, format_, verbose=verbose), output)
    if made.unread:
        raise typer.Exit(2)
    if exit_code and made.is_bad:
        raise typer.Exit(1)


def check_format(format_: PlanFormat) -> None:
    """Raises UsageProblem for a format in which a fleet is not printed."""
    if format_ not in PRINTED:
        raise remediate.UsageProblem(
            f"many databases are not printed as {format_.value}",
            f"Choose: {', '.join(one.value for one in PRINTED)}.",
        )


def merge(
    results: Annotated[
        list[Path],
        typer.Argument(metavar="RESULT", help="One of each shard, made with: --shard 1/8 -f json."),
    ],
    format: PlanFormatOption = PlanFormat.TEXT,  # noqa: A002
    output: Output = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Of plans: exit 1 when something is found.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Join the results of all shards of a fleet."""
    check_format(format)
    made = remediate.merge(results)
    show(made, format, output, verbose=verbose, exit_code=exit_code or made.command != "plan")
