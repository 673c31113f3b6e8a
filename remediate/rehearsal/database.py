"""The scratch database of a rehearsal: the part of the schema that matters, roles, rows."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import sqlalchemy as sa

from remediate.errors import Refused, RehearsalFailed
from remediate.plans.proof import Gap, Limit
from remediate.postgres import client, programs
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal
from remediate.rehearsal import (
    boundary,
    claims,
    new_keys,
    orphans,
    probe,
    publications,
    references,
    roles,
    schema_copy,
)
from remediate.rehearsal.dumped import Seeds
from remediate.rehearsal.early_dump import Early
from remediate.rehearsal.references import Reference
from remediate.rehearsal.scratch import Server
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Column, Name, Table
from remediate.snapshots.tables import Sequence as SequenceFacts
from remediate.system import stages
from remediate.system.folders import temporary

_AT_ONCE = 50  # sequences that a statement sets, and so keeps locked
_NAMED = 3  # commands that the scratch server refused


@dataclass(frozen=True, slots=True)
class Subset:
    """The part of the live schema that a rehearsal needs."""

    places: tuple[tuple[Table, Column], ...]  # columns to be repaired
    sequences: tuple[SequenceFacts, ...]  # that are to stand where they stand
    more: tuple[Name, ...]  # other relations
    rows: tuple[Reference, ...] = ()  # for which rows are made up on both sides
    keys: tuple[new_keys.Key, ...] = ()  # that tables without one get
    whole: bool = False  # everything is laid, not just what hangs on these
    empty: bool = False  # nothing is: the project's own revisions make it
    definitions: bool = False  # every type and function is laid, too: tables are created


@dataclass(frozen=True, slots=True)
class Stage:
    """A scratch database with its schema, roles and rows."""

    url: sa.URL
    superuser: client.Connection  # autocommit
    bindir: Path  # pg_dump that reads both servers
    migrating: str  # role that the migration runs as; "" for the superuser
    limits: tuple[Limit, ...]  # what could not be laid
    live: dict[str, str] = field(repr=False)  # libpq's parameters; holds the password

    def schema(self, without: Name) -> str:
        """The schema as text, without one table."""
        return schema_copy.text(client.environment(self.url), self.bindir, without)

    def stamp(self, table: Name, heads: Sequence[str]) -> None:
        """Say where the database is, which a dump of the schema does not."""
        insert = f"INSERT INTO {table.sql} (version_num) VALUES"
        for head in heads:
            self.superuser.execute(f"{insert} ({literal(head)})".encode())


@contextmanager
def prepare(
    server: Server,
    source: Database,
    libpq: dict[str, str],
    subset: Subset,
    early: Future[Early] | None = None,
) -> Iterator[Stage]:
    """Lay the subset and what hangs on it; all of it is gone afterwards.

    `early`: a dump that may hold what the subset needs.
    """
    if source.system_identifier and source.system_identifier == server.system_identifier:
        raise Refused(
            "the scratch PostgreSQL is the server of the database itself",
            "A rehearsal never touches it. Name another server with --scratch-url, or "
            "leave the option out.",
        )
    stages.begin("copying the schema to the scratch PostgreSQL")
    bindir = programs.clients(max(source.version, server.version) // 10000)
    theirs = roles.read(libpq)
    room = temporary("remediate-run-", server.folder)
    claimed = claims.roles(server.url, (*theirs.names, probe.NOBODY), theirs.members)
    with room as folder, claimed, server.database() as url, ExitStack() as stack:
        superuser = stack.enter_context(client.connect(client.environment(url)))
        stack.enter_context(roles.owning(superuser, theirs.owner))
        schemas = (*source.search_path, *(name.schema for name in subset.more))
        limits = (*_of_version(source, server),)
        if not subset.empty:
            seeds = _seeds(libpq, subset)
            archive = _taken(early, seeds, bindir) or schema_copy.dump(libpq, bindir, folder, seeds)
            laid = schema_copy.restore(archive, client.environment(url), seeds, schemas)
            limits += (*laid, *_complete(superuser, url, archive, libpq, subset, laid))
        migrating = "" if theirs.superuser else theirs.migrating
        yield Stage(url, superuser, bindir, migrating, limits, libpq)


def _taken(
    early: Future[Early] | None, seeds: Seeds | None, bindir: Path
) -> schema_copy.Archive | None:
    """The archive of a dump that has begun before, where it serves; raises its errors."""
    made = early.result() if early else None
    return made.archive if made and made.serves(seeds, bindir) else None


def _of_version(source: Database, server: Server) -> Iterator[Limit]:
    """A server of another version may take what the database refuses."""
    theirs, ours = source.version // 10000, server.version // 10000
    if theirs != ours:
        yield Limit(Gap.OTHER_VERSION, f"PostgreSQL {theirs}", f"PostgreSQL {ours}")


def _seeds(libpq: dict[str, str], subset: Subset) -> Seeds | None:
    """What is laid with what hangs on it; None: everything."""
    if subset.whole:
        return None
    oids = [table.oid for table, _ in subset.places] + schema_copy.oids(libpq, subset.more)
    return schema_copy.with_code(libpq, oids, definitions=subset.definitions)


def _complete(
    superuser: client.Connection,
    url: sa.URL,
    archive: schema_copy.Archive,
    libpq: dict[str, str],
    subset: Subset,
    laid: Sequence[Limit],
) -> tuple[Limit, ...]:
    """Keys whose tables could not be laid, sequences, rows; what else could not be laid."""
    limits: tuple[Limit, ...] = ()
    for name in _not_laid(superuser, libpq, subset.rows):
        raise _cannot_be_copied(name, archive, laid)
    for table, column in subset.places:
        if not _is_laid(superuser, table.name):
            _lay_key_alone(superuser, table, column)
            # What else hangs on the table, as far as the key alone can carry it.
            schema_copy.restore(archive, client.environment(url), Seeds(frozenset({table.oid})))
            limits += (Limit(Gap.KEY_ALONE, table.name),)
    _set_sequences(superuser, subset.sequences)
    held = references.held(subset.rows)
    limits += boundary.lay(superuser, subset.places, held)
    limits += references.lay(superuser, subset.rows)
    with publications.silent(superuser):
        limits += new_keys.make_room(superuser, subset.keys, held)
        limits += orphans.mend(superuser, *_laid(subset))
    return (*limits, *_populate(superuser, libpq), *_event_triggers(superuser, libpq))


def _is_laid(superuser: client.Connection, name: Name) -> bool:
    found = superuser.execute("SELECT to_regclass(%s)", [str(name)]).fetchone()
    return found is not None and found[0] is not None


def _not_laid(
    superuser: client.Connection, libpq: dict[str, str], references: Sequence[Reference]
) -> Iterator[Name]:
    """The tables of these references that the database has, and the copy lacks."""
    for name in dict.fromkeys(name for one in references for name in (one.table, one.target)):
        if not _is_laid(superuser, name) and schema_copy.oids(libpq, [name]):
            yield name


def _cannot_be_copied(
    name: Name, archive: schema_copy.Archive, limits: Sequence[Limit]
) -> RehearsalFailed:
    """Why: the role may not read it, or the scratch server refused it, or what it needs."""
    said = f"{name} cannot be copied for the rehearsal"
    without = "or let generate write without proof: --no-rehearse."
    refused = [f"{one.subject}: {one.reason}" for one in limits if one.gap is Gap.NOT_LAID]
    if name in archive.unreadable or not refused:
        return RehearsalFailed(
            f"{said}: this role may not read it", f"Give this role SELECT on it, {without}"
        )
    return RehearsalFailed(
        "\n".join([f"{said}: the scratch server refuses it, or what it needs", *refused[:_NAMED]]),
        f"Rehearse on a server that has what this database has: --scratch-url, {without}",
    )


def _event_triggers(superuser: client.Connection, libpq: dict[str, str]) -> Iterator[Limit]:
    """Those of the live database that are not laid: they belong to no table."""
    with client.reading(libpq) as live:
        firing = fetch(live, __package__, "event_triggers")
    laid = {name for name, _ in fetch(superuser, __package__, "event_triggers")}
    for name, events in firing:
        if name not in laid:
            yield Limit(Gap.EVENT_TRIGGER, ident(name), events)


def _laid(subset: Subset) -> tuple[list[Name], dict[Name, set[str]]]:
    """The tables that got rows, and the keys that these have for a reason."""
    keys: dict[Name, set[str]] = {}
    for table, column in subset.places:
        keys.setdefault(table.name, set()).add(column.name)
    for reference in subset.rows:
        kept = len(reference.columns) == 1  # of several columns, no row is made up
        keys.setdefault(reference.target, set()).update(reference.target_columns if kept else ())
        keys.setdefault(reference.table, set()).update(reference.columns if kept else ())
    return [*keys], keys


def _populate(superuser: client.Connection, libpq: dict[str, str]) -> Iterator[Limit]:
    """Fill the materialized views that are filled in the live database: a dump leaves all empty."""
    with client.reading(libpq) as live:
        filled = [Name(*row) for row in fetch(live, __package__, "populated_views")]
    there = {Name(*row) for row in fetch(superuser, __package__, "materialized_views")}
    for name in (name for name in filled if name in there):
        try:
            with superuser.transaction():
                superuser.execute(f"SET LOCAL statement_timeout = '{probe.LONGEST}'".encode())
                superuser.execute(f"REFRESH MATERIALIZED VIEW {name.sql}".encode())
        except psycopg.Error as error:
            yield Limit(Gap.WITHOUT_ROWS, name, str(error).splitlines()[0])


def _set_sequences(superuser: client.Connection, sequences: Sequence[SequenceFacts]) -> None:
    """Set each to its live value, which a dump of the schema does not hold."""
    known = [
        f"({literal(str(s.name))}, {s.last_value}::bigint, {s.is_called})"
        for s in sequences
        if s.last_value is not None
    ]
    for start in range(0, len(known), _AT_ONCE):
        values = ", ".join(known[start : start + _AT_ONCE])
        superuser.execute(
            "SELECT setval(to_regclass(name), last, called) "
            f"FROM (VALUES {values}) AS known(name, last, called) "
            "WHERE to_regclass(name) IS NOT NULL".encode()
        )


def _lay_key_alone(superuser: client.Connection, table: Table, key: Column) -> None:
    """For a table with a type of an extension that the scratch server lacks."""
    for statement in (
        f"CREATE TABLE {table.name.sql} ({ident(key.name)} {key.base_type} PRIMARY KEY)",
        f"ALTER TABLE {table.name.sql} OWNER TO {ident(table.owner)}",
    ):
        superuser.execute(statement.encode())
