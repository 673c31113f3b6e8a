"""Alembic on a scratch database: the project's revisions with an env.py of our own."""

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from remediate.errors import RevisionRefuted, pass_on_interrupt
from remediate.postgres.connections import sqlstate
from remediate.postgres.sql import ident
from remediate.snapshots.tables import Name

TAKEN_AS_TEXT = (
    " A CHECK, an index, a view or another expression may take a converted column as text: let it "
    "say column::text, and plan again."
)
ENVIRONMENT = Path(__file__).with_name("alembic_env")


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs `alembic` commands; raises RehearsalFailed with PostgreSQL's own words."""

    url: sa.URL
    version_locations: tuple[str, ...]
    recursive: bool
    version_table: Name  # its schema may be ""
    arguments: Mapping[str, object] = field(default_factory=dict)  # of upgrade(), downgrade()

    def stamp(self, heads: tuple[str, ...]) -> None:
        self._run("stamp", list(heads), role="")

    def upgrade(self, revision: str, *, role: str) -> None:
        self._run("upgrade", revision, role=role)

    def downgrade(self, revision: str, *, role: str) -> None:
        self._run("downgrade", revision, role=role)

    def _run(self, name: str, revision: str | list[str], *, role: str) -> None:
        try:
            getattr(command, name)(self._config(role), revision)
        except (sa.exc.DBAPIError, CommandError) as error:
            pass_on_interrupt(error)
            by = f", run as {role}," if role else ""
            of_type = isinstance(error, sa.exc.DBAPIError) and sqlstate(error) == "42883"
            raise RevisionRefuted(
                f"the {name}{by} failed on the scratch PostgreSQL: {_reason(error)}",
                "Nothing was written to versions/."
                + (" The role must own what it changes." if role else "")
                + (TAKEN_AS_TEXT if of_type else ""),
            ) from error

    def _config(self, role: str) -> Config:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        if role:
            sa.event.listen(engine, "connect", _set_role(role))
        configure = {
            "version_table": self.version_table.name,
            "version_table_schema": self.version_table.schema or None,
        }
        attributes = {"engine": engine, "configure": configure, "arguments": self.arguments}
        config = Config(attributes=attributes, stdout=io.StringIO())
        options = {
            "script_location": str(ENVIRONMENT),
            "path_separator": "os",
            "version_locations": os.pathsep.join(self.version_locations),
            "recursive_version_locations": str(self.recursive).lower(),
        }
        for option, value in options.items():
            config.set_main_option(option, value.replace("%", "%%"))
        return config


def _reason(error: sa.exc.DBAPIError | CommandError) -> str:
    """PostgreSQL's message, detail and hint, and where the statement that failed begins."""
    diag = getattr(getattr(error, "orig", None), "diag", None)
    if diag is None:
        return str(error).strip()
    said = (diag.message_primary, diag.message_detail, diag.message_hint)
    first, *_ = (getattr(error, "statement", None) or "").strip().split("\n")
    return ". ".join(part for part in said if part) + (f" ({first})" if first else "")


def _set_role(role: str) -> Callable[[Any, object], None]:
    def listener(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {ident(role)}")
        connection.commit()

    return listener
