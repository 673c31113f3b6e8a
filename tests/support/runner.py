"""Alembic on a scratch database: all of a project's revisions with an env.py of our own."""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from remediate.errors import RevisionRefuted, pass_on_interrupt
from remediate.snapshots.tables import Name

ENVIRONMENT = Path(__file__).with_name("alembic_env")


@dataclass(frozen=True, slots=True)
class Runner:
    """Makes the schema as the project's revisions do."""

    url: sa.URL
    version_locations: tuple[str, ...]
    recursive: bool
    version_table: Name  # its schema may be ""
    arguments: Mapping[str, object] = field(default_factory=dict)  # of upgrade()

    def upgrade(self, revision: str) -> None:
        """Run `alembic upgrade`; raises RevisionRefuted with PostgreSQL's own words."""
        try:
            command.upgrade(self.config, revision)
        except (sa.exc.DBAPIError, CommandError) as error:
            pass_on_interrupt(error)
            raise RevisionRefuted(
                f"the upgrade failed on the scratch PostgreSQL: {_reason(error)}",
                "Nothing was written.",
            ) from error

    @property
    def config(self) -> Config:
        """Alembic's configuration for the database."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
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
