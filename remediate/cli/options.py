"""The options that commands share: declared once, in groups that become one value."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from remediate.cli import completion
from remediate.cli.values import Color, Format, OnDelete, Orphans, Uuid, Values
from remediate.system import invocation
from remediate.system.formats import PlanFormat

if TYPE_CHECKING:
    from remediate.config import Config


Strings = list[str] | None


@dataclass(frozen=True, slots=True)
class Source:
    """The project, and the database that is read."""

    panel: ClassVar[str] = "Project and database"

    config: Annotated[
        str | None,
        typer.Option(
            "-c", "--config", metavar="FILE", help="alembic.ini or pyproject.toml of the project."
        ),
    ] = None
    name: Annotated[
        str | None,
        typer.Option(
            "-n", "--name", metavar="SECTION", help="Section of the ini file, as for alembic."
        ),
    ] = None
    x: Annotated[
        Strings,
        typer.Option("-x", metavar="KEY=VALUE", help="Argument for env.py, as for alembic."),
    ] = None
    env: Annotated[
        str | None,
        typer.Option(
            "--env",
            metavar="MODULE:FUNCTION",
            help="Call this before env.py, and end it after env.py.",
        ),
    ] = None
    metadata: Annotated[
        Strings,
        typer.Option(
            "--metadata",
            metavar="MODULE:OBJECT",
            help="Models in place of env.py's: package.module:Base.metadata.",
        ),
    ] = None
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine", metavar="NAME", help="Which database, where env.py opens several (multidb)."
        ),
    ] = None
    database_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Database to read. Prefer REMEDIATE_DATABASE_URL: a process list shows arguments.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that a command covers."""

    panel: ClassVar[str] = "Tables"

    schema: Annotated[
        Strings,
        typer.Option(
            metavar="SCHEMA",
            autocompletion=completion.schemas,
            help="Only this schema (a glob). Repeat it for several.",
        ),
    ] = None
    table: Annotated[
        Strings,
        typer.Option(
            "--table",
            metavar="TABLE",
            autocompletion=completion.tables,
            help="Only this table (a glob). Repeat it for several.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules are asked."""

    panel: ClassVar[str] = "Rules"

    select: Annotated[
        Strings,
        typer.Option(
            metavar="RULE",
            autocompletion=completion.rules,
            help="Only this rule. Repeat it for several.",
        ),
    ] = None
    ignore: Annotated[
        Strings,
        typer.Option(
            metavar="RULE",
            autocompletion=completion.rules,
            help="Not this rule. Repeat it for several.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Repairs:
    """How repairs are made."""

    panel: ClassVar[str] = "Repairs"

    headroom: Annotated[
        int | None, typer.Option(metavar="IDS", help="Ids left free above the highest one.")
    ] = None
    identity: Annotated[
        bool | None,
        typer.Option(
            "--identity", help="Make keys identity columns; the models need Identity() then."
        ),
    ] = None
    uuid: Annotated[
        Uuid | None,
        typer.Option("--uuid", help="Default for uuid keys: v4, or v7 from PostgreSQL 18."),
    ] = None
    offline_window: Annotated[
        bool | None,
        typer.Option("--offline-window", help="Allow rewriting tables of any size under a lock."),
    ] = None
    values: Annotated[
        Values | None, typer.Option("--values", help="What becomes of values that do not convert.")
    ] = None
    orphans: Annotated[
        Orphans | None, typer.Option("--orphans", help="What becomes of values without a parent.")
    ] = None
    on_delete: Annotated[
        OnDelete | None,
        typer.Option(
            "--on-delete",
            case_sensitive=False,
            help="ON DELETE of new foreign keys, where the models are silent.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Models:
    """How far models count."""

    panel: ClassVar[str] = "Models"

    right: Annotated[
        Strings,
        typer.Option(
            "--right",
            metavar="COLUMN=SIDE",
            help="Which side wins where models and database differ: public.users.id=models.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is read."""

    panel: ClassVar[str] = "Reading"

    deep: Annotated[
        bool | None, typer.Option("--deep", help="Read large tables whole, not a sample.")
    ] = None
    since: Annotated[
        str | None,
        typer.Option(metavar="PLAN", help="Forecast the end of ids by those used since this plan."),
    ] = None


ScratchOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Server to rehearse on (REMEDIATE_SCRATCH_URL); default: an embedded one.",
        rich_help_panel="Rehearsal",
    ),
]
OUTPUT = "Output"
FormatOption = Annotated[
    Format, typer.Option("-f", "--format", help="How to print it.", rich_help_panel=OUTPUT)
]
PlanFormatOption = Annotated[
    PlanFormat,
    typer.Option("-f", "--format", help="How to print the plan.", rich_help_panel=OUTPUT),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write it to this file, not to standard output.",
        rich_help_panel=OUTPUT,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "-v", "--verbose", help="Show the evidence, and what is healthy.", rich_help_panel=OUTPUT
    ),
]
Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", help="Show findings only.", rich_help_panel=OUTPUT)
]
ColorOption = Annotated[
    Color,
    typer.Option(
        "--color", help="When to use colour; auto honours NO_COLOR.", rich_help_panel=OUTPUT
    ),
]


def settings(
    source: Source = Source(),
    *,
    scratch_url: str | None = None,
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    repairs: Repairs = Repairs(),
    models: Models = Models(),
    depth: Depth = Depth(),
    allow: Strings = None,
    first: Strings = None,
    baseline: str | None = None,
) -> "Config":
    """What the options of a command, the environment and the project's file together say."""
    from remediate.config import load  # noqa: PLC0415

    invocation.remember(source.config, source.name, source.x, source.env, source.metadata)
    groups = (tables, rules, repairs, models, depth)
    invocation.remember_shaping({f.name: getattr(g, f.name) for g in groups for f in fields(g)})
    return load(
        Path.cwd(),
        config=source.config,
        name=source.name,
        x=source.x,
        env=source.env,
        metadata=source.metadata,
        engine=source.engine,
        database_url=source.database_url,
        scratch_url=scratch_url,
        schema=tables.schema,
        table=tables.table,
        select=rules.select,
        ignore=rules.ignore,
        headroom=repairs.headroom,
        identity=repairs.identity,
        uuid=repairs.uuid,
        offline_window=repairs.offline_window,
        values=repairs.values,
        orphans=repairs.orphans,
        on_delete=repairs.on_delete,
        right=models.right,
        deep=depth.deep,
        since=depth.since,
        allow=allow,
        first=first,
        baseline=baseline,
    )


def given(*groups: Source | Tables | Rules | Repairs | Models | Depth) -> tuple[str, ...]:
    """The names of the settings that somebody gave, as Config calls them."""
    return tuple(
        one.name
        for group in groups
        for one in fields(group)
        if getattr(group, one.name) not in (None, [])
    )
