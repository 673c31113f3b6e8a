"""The options that commands share: declared once, in groups that become one value."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_args, get_type_hints

import typer

from remediate.errors import UsageProblem
from remediate.findings.lists import parts
from remediate.system import invocation
from remediate.system.formats import PlanFormat

if TYPE_CHECKING:
    from remediate.config import Config


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Uuid(StrEnum):
    V4 = "v4"
    V7 = "v7"


class Color(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Values(StrEnum):
    STOP = "stop"
    NULL = "null"


class Orphans(StrEnum):
    STOP = "stop"
    NULL = "null"
    KEEP = "keep"


class OnDelete(StrEnum):
    CASCADE = "CASCADE"
    RESTRICT = "RESTRICT"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"
    NO_ACTION = "NO ACTION"


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
        typer.Option(metavar="SCHEMA", help="Only this schema (a glob). Repeat it for several."),
    ] = None
    table: Annotated[
        Strings,
        typer.Option(
            "--table", metavar="TABLE", help="Only this table (a glob). Repeat it for several."
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules are asked."""

    panel: ClassVar[str] = "Rules"

    select: Annotated[
        Strings, typer.Option(metavar="RULE", help="Only this rule. Repeat it for several.")
    ] = None
    ignore: Annotated[
        Strings, typer.Option(metavar="RULE", help="Not this rule. Repeat it for several.")
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


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the fields of its option groups as parameters of its own.

    Commands share groups of options, and Typer reads options from single parameters only.
    """
    signature, hints = inspect.signature(command), get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    parameters = [
        parameter
        for name, own in signature.parameters.items()
        for parameter in (_parameters(groups[name]) if name in groups else [own])
    ]

    @wraps(command)
    def with_values(**values: Any) -> None:
        _check_words(values)
        for name, group in groups.items():
            values[name] = group(**{one.name: values.pop(one.name) for one in fields(group)})
        command(**values)

    with_values.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return with_values


def _check_words(values: Mapping[str, Any]) -> None:
    """Raises UsageProblem for an option that names nothing, which would mean everything."""
    for name, words in values.items():
        names = isinstance(words, list) and name not in _NO_NAMES
        if names and not all(parts([word]) for word in words):
            raise UsageProblem(
                f"--{name.replace('_', '-')} is given, and names nothing",
                "Name something, or leave it out. A variable that is not set is empty in a shell.",
            )


_NO_NAMES = ("x", "logs", "results", "revisions")


def _parameters(group: Any) -> list[inspect.Parameter]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    hints = get_type_hints(group, include_extras=True)
    for one in fields(group):
        get_args(hints[one.name])[1].rich_help_panel = group.panel
    return [
        inspect.Parameter(one.name, kind, default=one.default, annotation=hints[one.name])
        for one in fields(group)
    ]
