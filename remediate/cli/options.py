"""The options that commands share, as types."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from remediate.config import Config


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class PlanFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SARIF = "sarif"
    GITHUB = "github"


class Uuid(StrEnum):
    V4 = "v4"
    V7 = "v7"


class Color(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def settings(options: dict[str, Any]) -> "Config":
    """What the options of a command, the environment and the project's file together say."""
    from remediate.config import load  # noqa: PLC0415

    names = (
        "config", "name", "x", "engine", "database_url", "scratch_url", "schema", "table", "select",
        "ignore", "baseline", "headroom", "identity", "uuid", "offline_window", "values", "orphans",
        "on_delete", "right", "deep", "allow", "first",
    )  # fmt: skip
    return load(Path.cwd(), **{key: options.get(key) for key in names})


ConfigFile = Annotated[
    str | None, typer.Option("-c", "--config", help="alembic.ini or pyproject.toml of the project.")
]
Section = Annotated[
    str | None, typer.Option("-n", "--name", help="Section of the ini file, as for alembic.")
]
X = Annotated[list[str] | None, typer.Option("-x", help="Argument for env.py, as for alembic.")]
EngineOption = Annotated[
    str | None,
    typer.Option("--engine", help="Which database, where env.py opens several (multidb)."),
]
Url = Annotated[
    str | None,
    typer.Option(
        help="Database to read. Prefer REMEDIATE_DATABASE_URL: a process list shows arguments."
    ),
]
Scratch = Annotated[
    str | None,
    typer.Option(help="Server to rehearse on (REMEDIATE_SCRATCH_URL); default: an embedded one."),
]
Schema = Annotated[list[str] | None, typer.Option(help="Only these schemas (globs).")]
TableOption = Annotated[
    list[str] | None, typer.Option("--table", help="Only these tables (globs).")
]
Select = Annotated[list[str] | None, typer.Option(help="Only these rules.")]
Ignore = Annotated[list[str] | None, typer.Option(help="Not these rules.")]
Headroom = Annotated[int | None, typer.Option(help="Ids left free above the highest one.")]
IdentityOption = Annotated[
    bool | None,
    typer.Option("--identity", help="Make keys identity columns; the models must say Identity()."),
]
OfflineWindow = Annotated[
    bool | None,
    typer.Option("--offline-window", help="Tables of any size may be rewritten under a lock."),
]


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


ValuesOption = Annotated[
    Values | None, typer.Option("--values", help="What becomes of values that do not convert.")
]
OrphansOption = Annotated[
    Orphans | None, typer.Option("--orphans", help="What becomes of values without a parent.")
]
OnDeleteOption = Annotated[
    OnDelete | None,
    typer.Option(
        "--on-delete",
        case_sensitive=False,
        help="ON DELETE of new foreign keys, where the models are silent.",
    ),
]
Right = Annotated[
    list[str] | None,
    typer.Option(
        "--right",
        help="Who is right where models and database differ, such as public.users.id=models.",
    ),
]
Deep = Annotated[bool | None, typer.Option("--deep", help="Read large tables whole, not a sample.")]
UuidDefault = Annotated[
    Uuid | None, typer.Option("--uuid", help="Default for uuid keys: v4, or v7 from PostgreSQL 18.")
]
FormatOption = Annotated[Format, typer.Option("-f", "--format", help="How to print it.")]
PlanFormatOption = Annotated[
    PlanFormat, typer.Option("-f", "--format", help="How to print the plan.")
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Write there instead of standard output.")
]
Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="Show the evidence, and what is healthy.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Show findings only.")]
ColorOption = Annotated[Color, typer.Option("--color", help="NO_COLOR is honoured too.")]
