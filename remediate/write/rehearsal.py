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
class Rehearsal:
    """What is to be proven, and against which schema."""

    source: Database
    libpq: dict[str, str] = field(repr=False)  # of the live database; holds the password
    tables: tuple[Table, ...]  # those that the revisions repair
    version_table: Name  # its schema may be ""
    heads: tuple[str, ...]  # where the live database is
    version_locations: tuple[str, ...]  # the project's and the staged one
    recursive: bool
    parent: str | None  # what the first revision follows
    revisions: tuple[str, ...]  # the staged ones, in order
    still_broken: Callable[[sa.Connection], tuple[str, ...]]  # the rules, run again

    @property
    def qualified_version_table(self) -> Name:
        schema = self.version_table.schema or self.source.default_schema
        return Name(schema, self.version_table.name)

    @property
    def way_back(self) -> str:
        """The downgrade's target."""
        if self.parent:
            return self.parent
        return f"{self.revisions[-1]}@base" if self.heads else "base"


Inserts = tuple[tuple[Table, Writer], ...]


def rehearse(what: Rehearsal, server: Server) -> Proof:
    """The proof; raises RehearsalFailed with the statement or the difference that refutes it."""
    more = [what.qualified_version_table]
    with laid(server, what.source, what.libpq, what.tables, more) as stage:
        inserts, limits = _prove(what, stage)
    tables = f"{len(what.tables)} table{'s' if len(what.tables) > 1 else ''}"
    roles = ", ".join(sorted({writer.role for _, writer in inserts}))
    return Proof(
        server=server.source,
        source=f"{what.source.name} (PostgreSQL {what.source.version_text})",
        checks=(
            Check("INSERT without id before", f"refused (23502) in {tables}"),
            Check("upgrade", "ran"),
            Check("INSERT without id", f"works in {tables} as {roles}, each id above the highest"),
            Check("rules run again", "find nothing in them"),
            Check("downgrade", "pg_dump --schema-only gives the same bytes as before"),
            Check("upgrade again", "ran, and INSERT without id works again"),
        ),
        limits=stage.limits + limits,
    )


def _prove(what: Rehearsal, stage: Stage) -> tuple[Inserts, tuple[str, ...]]:
    alembic = Runner(stage.url, what.version_locations, what.recursive, what.version_table)
    if what.heads:
        alembic.stamp(what.heads)
    before = stage.schema(what.qualified_version_table)
    refused, limits = _refused(stage, what.tables)
    alembic.upgrade(what.revisions[-1], role=stage.migrating)
    _check_inserts(stage, refused)
    _check_rules(what, stage)
    alembic.downgrade(what.way_back, role=stage.migrating)
    _compare(before, stage.schema(what.qualified_version_table))
    alembic.upgrade(what.revisions[-1], role=stage.migrating)
    _check_inserts(stage, refused)
    return refused, limits


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
