"""The scratch database of a rehearsal: the part of the schema that matters, roles, rows."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remediate.errors import Refused
from remediate.schema import Database, Name, Table
from remediate.sql import ident
from remediate.write import boundary, client, probe, roles, schema_copy, tools
from remediate.write.scratch import Server


@dataclass(frozen=True, slots=True)
class Stage:
    """A scratch database, laid out."""

    url: sa.URL
    superuser: client.Connection  # autocommit
    bindir: Path  # pg_dump that reads both servers
    migrating: str  # role that the migration runs as; "" for the superuser
    limits: tuple[str, ...]  # what could not be laid

    def schema(self, without: Name) -> str:
        """The schema as text, without one table."""
        return schema_copy.text(client.environment(self.url), self.bindir, without)


@contextmanager
def laid(
    server: Server,
    source: Database,
    libpq: dict[str, str],
    tables: Sequence[Table],
    more: Sequence[Name],
) -> Iterator[Stage]:
    """Lay `tables`, `more` and what hangs on them; all of it is gone afterwards."""
    if source.system_identifier and source.system_identifier == server.system_identifier:
        raise Refused(
            "the scratch PostgreSQL is the server of the database itself",
            "A rehearsal never touches it. Give another --scratch-url, or leave it out.",
        )
    bindir = tools.clients(max(source.version, server.version) // 10000)
    theirs = roles.read(libpq)
    room = tempfile.TemporaryDirectory(prefix="remediate-", dir=server.folder)
    with room as folder, server.database() as url:
        archive = schema_copy.dump(libpq, bindir, Path(folder))
        with client.connect(client.environment(url)) as superuser:
            made = roles.create(superuser, (*theirs.names, probe.NOBODY), theirs.members)
            try:
                limits = _lay(superuser, url, archive, libpq, tables, more)
                migrating = "" if theirs.superuser else theirs.migrating
                yield Stage(url, superuser, bindir, migrating, limits)
            finally:
                roles.drop(superuser, made)


def _lay(
    superuser: client.Connection,
    url: sa.URL,
    archive: schema_copy.Archive,
    libpq: dict[str, str],
    tables: Sequence[Table],
    more: Sequence[Name],
) -> tuple[str, ...]:
    target = client.environment(url)
    oids = [table.oid for table in tables] + schema_copy.oids(libpq, more)
    limits = schema_copy.restore(archive, target, oids)
    for table in tables:
        found = superuser.execute("SELECT to_regclass(%s)", [str(table.name)]).fetchone()
        if not found or found[0] is None:
            _lay_key_alone(superuser, table)
            # What else hangs on the table, as far as the key alone can carry it.
            schema_copy.restore(archive, target, [table.oid])
            limits += (f"{table.name} was rehearsed as its key alone",)
    return limits + boundary.lay(superuser, tuple(tables))


def _lay_key_alone(superuser: client.Connection, table: Table) -> None:
    """For a table with a type of an extension that the scratch server lacks."""
    key = table.column(table.key[0])
    for statement in (
        f"CREATE TABLE {table.name.sql} ({ident(key.name)} {key.base_type} PRIMARY KEY)",
        f"ALTER TABLE {table.name.sql} OWNER TO {ident(table.owner)}",
    ):
        superuser.execute(statement.encode())
