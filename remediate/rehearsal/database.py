"""The scratch database of a rehearsal: the part of the schema that matters, roles, rows."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remediate.errors import Refused
from remediate.plans.proof import Gap, Limit
from remediate.postgres import client, programs
from remediate.postgres.sql import ident
from remediate.rehearsal import boundary, claims, probe, references, roles, schema_copy
from remediate.rehearsal.references import Reference
from remediate.rehearsal.scratch import Server
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Column, Name, Table
from remediate.snapshots.tables import Sequence as SequenceFacts
from remediate.system.folders import temporary


@dataclass(frozen=True, slots=True)
class Subset:
    """The part of the live schema that a rehearsal needs."""

    places: tuple[tuple[Table, Column], ...]  # columns to be repaired
    sequences: tuple[SequenceFacts, ...]  # that are to stand where they stand
    more: tuple[Name, ...]  # other relations
    rows: tuple[Reference, ...] = ()  # for which rows are made up on both sides
    whole: bool = False  # everything is laid, not just what hangs on these
    empty: bool = False  # nothing is: the project's own revisions make it


@dataclass(frozen=True, slots=True)
class Stage:
    """A scratch database with its schema, roles and rows."""

    url: sa.URL
    superuser: client.Connection  # autocommit
    bindir: Path  # pg_dump that reads both servers
    migrating: str  # role that the migration runs as; "" for the superuser
    limits: tuple[Limit, ...]  # what could not be laid

    def schema(self, without: Name) -> str:
        """The schema as text, without one table."""
        return schema_copy.text(client.environment(self.url), self.bindir, without)


@contextmanager
def prepare(
    server: Server,
    source: Database,
    libpq: dict[str, str],
    subset: Subset,
) -> Iterator[Stage]:
    """Lay the subset and what hangs on it; all of it is gone afterwards."""
    if source.system_identifier and source.system_identifier == server.system_identifier:
        raise Refused(
            "the scratch PostgreSQL is the server of the database itself",
            "A rehearsal never touches it. Give another --scratch-url, or leave it out.",
        )
    bindir = programs.clients(max(source.version, server.version) // 10000)
    theirs = roles.read(libpq)
    room = temporary("remediate-run-", server.folder)
    claimed = claims.roles(server.url, (*theirs.names, probe.NOBODY), theirs.members)
    with room as folder, claimed, server.database() as url, ExitStack() as stack:
        archive = schema_copy.dump(libpq, bindir, folder)
        superuser = stack.enter_context(client.connect(client.environment(url)))
        stack.enter_context(roles.owning(superuser, theirs.owner))
        limits = _lay(superuser, url, archive, libpq, subset)
        migrating = "" if theirs.superuser else theirs.migrating
        yield Stage(url, superuser, bindir, migrating, limits)


def _lay(
    superuser: client.Connection,
    url: sa.URL,
    archive: schema_copy.Archive,
    libpq: dict[str, str],
    subset: Subset,
) -> tuple[Limit, ...]:
    target = client.environment(url)
    if subset.empty:
        return ()
    oids = [table.oid for table, _ in subset.places] + schema_copy.oids(libpq, subset.more)
    limits = schema_copy.restore(archive, target, None if subset.whole else oids)
    for table, column in subset.places:
        found = superuser.execute("SELECT to_regclass(%s)", [str(table.name)]).fetchone()
        if not found or found[0] is None:
            _lay_key_alone(superuser, table, column)
            # What else hangs on the table, as far as the key alone can carry it.
            schema_copy.restore(archive, target, [table.oid])
            limits += (Limit(Gap.KEY_ALONE, table.name),)
    _set_sequences(superuser, subset.sequences)
    limits += boundary.lay(superuser, subset.places)
    return limits + references.lay(superuser, subset.rows)


def _set_sequences(superuser: client.Connection, sequences: Sequence[SequenceFacts]) -> None:
    """Set each to its live value, which a dump of the schema does not hold."""
    for sequence in sequences:
        if sequence.last_value is not None:
            superuser.execute(
                "SELECT setval(to_regclass(%s), %s, %s) WHERE to_regclass(%s) IS NOT NULL",
                [str(sequence.name), sequence.last_value, sequence.is_called, str(sequence.name)],
            )


def _lay_key_alone(superuser: client.Connection, table: Table, key: Column) -> None:
    """For a table with a type of an extension that the scratch server lacks."""
    for statement in (
        f"CREATE TABLE {table.name.sql} ({ident(key.name)} {key.base_type} PRIMARY KEY)",
        f"ALTER TABLE {table.name.sql} OWNER TO {ident(table.owner)}",
    ):
        superuser.execute(statement.encode())
