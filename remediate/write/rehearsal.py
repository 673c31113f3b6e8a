"""Prove revisions on a scratch PostgreSQL: up, INSERT, down, compare, up again."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from remediate.errors import RehearsalFailed
from remediate.plan import Check, Proof
from remediate.schema import Database, Name, Table, Writer
from remediate.write import probe
from remediate.write.runner import Runner
from remediate.write.scratch import Server
from remediate.write.stage import Stage, laid


@dataclass(frozen=True, slots=True)
class Part:
    """One revision, and the tables that it repairs."""

    revision: str
    way_back: str  # the downgrade's target
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is to be proven, and against which schema."""

    source: Database
    libpq: dict[str, str] = field(repr=False)  # of the live database; holds the password
    parts: tuple[Part, ...]  # in the order in which they are applied
    version_table: Name  # its schema may be ""
    heads: tuple[str, ...]  # where the live database is
    version_locations: tuple[str, ...]  # the project's and the staged one
    recursive: bool
    still_broken: Callable[[sa.Connection], tuple[str, ...]]  # the rules, run again

    @property
    def qualified_version_table(self) -> Name:
        schema = self.version_table.schema or self.source.default_schema
        return Name(schema, self.version_table.name)


Inserts = tuple[tuple[Table, Writer], ...]


def rehearse(what: Rehearsal, server: Server) -> tuple[Proof, ...]:
    """A proof for each part; raises RehearsalFailed with what refutes one.

    Each revision goes up, down and up on top of those before it, and at last all of them do.
    """
    tables = [table for part in what.parts for table in part.tables]
    more = [what.qualified_version_table]
    with laid(server, what.source, what.libpq, tables, more) as stage:
        alembic = Runner(stage.url, what.version_locations, what.recursive, what.version_table)
        if what.heads:
            alembic.stamp(what.heads)
        start = stage.schema(what.qualified_version_table)
        proofs = tuple(_prove(part, what, stage, alembic, server) for part in what.parts)
        _check_rules(what, stage)
        alembic.downgrade(what.parts[0].way_back, role=stage.migrating)
        _compare(start, stage.schema(what.qualified_version_table))
    return proofs


def _prove(part: Part, what: Rehearsal, stage: Stage, alembic: Runner, server: Server) -> Proof:
    before = stage.schema(what.qualified_version_table)
    refused, limits = _refused(stage, part.tables)
    alembic.upgrade(part.revision, role=stage.migrating)
    _check_inserts(stage, refused)
    alembic.downgrade(part.way_back, role=stage.migrating)
    _compare(before, stage.schema(what.qualified_version_table))
    alembic.upgrade(part.revision, role=stage.migrating)
    _check_inserts(stage, refused)
    tables = f"{len(part.tables)} table{'s' if len(part.tables) > 1 else ''}"
    roles = ", ".join(sorted({writer.role for _, writer in refused}))
    return Proof(
        server=server.source,
        source=f"{what.source.name} (PostgreSQL {what.source.version_text})",
        checks=(
            Check("INSERT without id before", f"refused (23502) in {tables}"),
            Check("upgrade", "ran"),
            Check("INSERT without id", f"works in {tables} as {roles}, each id above the highest"),
            Check("downgrade", "pg_dump --schema-only gives the same bytes as before"),
            Check("upgrade again", "ran, and INSERT without id works again"),
            Check("rules run again", f"find nothing in the {tables}"),
        ),
        limits=stage.limits + limits,
    )


def _refused(stage: Stage, tables: tuple[Table, ...]) -> tuple[Inserts, tuple[str, ...]]:
    """The ways to insert that want an id, as they must before the upgrade; others show nothing."""
    refused, limits = [], []
    for table in tables:
        for writer in probe.writers_of(table):
            outcome = probe.insert(stage.superuser, table, writer)
            if outcome.sqlstate == "23502":
                refused.append((table, writer))
            else:
                why = outcome.refusal or "it was accepted before the upgrade already"
                limits.append(f"INSERT into {writer.relation} as {writer.role}: {why}")
    return tuple(refused), tuple(limits)


def _check_inserts(stage: Stage, inserts: Inserts) -> None:
    for table, writer in inserts:
        outcome = probe.insert(stage.superuser, table, writer)
        if outcome.id is None:
            raise RehearsalFailed(
                f"after the upgrade {writer.role} still cannot INSERT into {writer.relation} "
                f"without id: {outcome.refusal}",
                "Nothing was written to versions/. This is worth a bug report.",
            )
        highest = table.extremes.high if table.extremes else None
        if highest is not None and outcome.id <= highest:
            raise RehearsalFailed(
                f"{table.name}: the new id {outcome.id} is not above the highest, {highest}",
                "Nothing was written to versions/. This is worth a bug report.",
            )


def _check_rules(what: Rehearsal, stage: Stage) -> None:
    engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if found := what.still_broken(connection):
            raise RehearsalFailed(
                f"after the upgrade the rules still find {', '.join(found)}",
                "Nothing was written to versions/. This is worth a bug report.",
            )


def _compare(before: str, after: str) -> None:
    if before == after:
        return
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=0)
    raise RehearsalFailed(
        "the downgrade does not restore the schema; pg_dump differs:\n" + "\n".join([*lines][:40]),
        "Nothing was written to versions/. This is worth a bug report.",
    )
