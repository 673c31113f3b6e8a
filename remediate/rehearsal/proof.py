"""Prove revisions on a scratch PostgreSQL: up, INSERT, down, compare, up again."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from remediate.errors import RevisionRefuted
from remediate.plans.proof import Gap, Inserts, Limit, Met, Proof
from remediate.rehearsal import positions, probe, references
from remediate.rehearsal.database import Stage, Subset, prepare
from remediate.rehearsal.references import Reference
from remediate.rehearsal.runner import Runner
from remediate.rehearsal.scratch import Server
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Column, Name, Table, Writer
from remediate.snapshots.tables import Sequence as SequenceFacts


@dataclass(frozen=True, slots=True)
class Repair:
    """A column that a revision repairs."""

    table: Table
    column: Column
    advances: bool = True  # the next id must lie beyond all others
    generates: bool = True  # afterwards the database fills it; False: the application still does


@dataclass(frozen=True, slots=True)
class Part:
    """One revision, and what it repairs."""

    revision: str
    way_back: str  # the downgrade's target
    repairs: tuple[Repair, ...]
    references: tuple[Reference, ...] = ()
    enforced: tuple[Reference, ...] = ()  # those that hold after the upgrade


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
    sequences: tuple[SequenceFacts, ...] = ()  # that the repairs touch
    more: tuple[Name, ...] = ()  # other relations that they touch
    arguments: Mapping[str, object] = field(default_factory=dict)  # of upgrade(), downgrade()

    @property
    def qualified_version_table(self) -> Name:
        schema = self.version_table.schema or self.source.default_schema
        return Name(schema, self.version_table.name)


Insert = tuple[Repair, Writer]

_WORTH_A_REPORT = "Nothing was written to versions/. This is worth a bug report."


def rehearse(what: Rehearsal, server: Server) -> tuple[Proof, ...]:
    """A proof for each part; raises RehearsalFailed with what refutes one.

    Each revision goes up, down and up on top of those before it, and at last all of them do.
    """
    repairs = [repair for part in what.parts for repair in part.repairs]
    first = {(r.table.name, r.column.name): (r.table, r.column) for r in reversed(repairs)}
    places = tuple(first.values())
    more = (what.qualified_version_table, *what.more)
    rows = tuple(dict.fromkeys(r for part in what.parts for r in part.references))
    subset = Subset(places, what.sequences, more, rows)
    with prepare(server, what.source, what.libpq, subset) as stage:
        alembic = Runner(
            stage.url, what.version_locations, what.recursive, what.version_table, what.arguments
        )
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
    rows = references.contents(stage.superuser, part.references)
    tried = _try_inserts(stage, part.repairs)
    alembic.upgrade(part.revision, role=stage.migrating)
    _check_inserts(stage, tried.inserts)
    untried = _check_references(stage, part.enforced)
    alembic.downgrade(part.way_back, role=stage.migrating)
    _compare(before, stage.schema(what.qualified_version_table))
    _compare_rows(rows, references.contents(stage.superuser, part.references))
    alembic.upgrade(part.revision, role=stage.migrating)
    _check_inserts(stage, tried.inserts)
    tables = {r.table.name for r in part.repairs} | {r.table for r in part.references}
    return Proof(
        server=server.source,
        source=f"{what.source.name} (PostgreSQL {what.source.version_text})",
        tables=len(tables),
        inserts=tried.shown if part.repairs else None,
        constraints=len(part.enforced) - len(untried),
        rows=sum(len(text.splitlines()) for text in rows.values()),
        limits=stage.limits + tried.limits + untried,
    )


def _check_references(stage: Stage, enforced: tuple[Reference, ...]) -> tuple[Limit, ...]:
    """Those of which nothing is known: made-up rows meet something else."""
    untried = []
    for reference in enforced:
        refusal = references.refusal(stage.superuser, reference)
        if refusal.reason:
            of = reference.constraint
            met = Limit(Gap.REFERENCE_UNTRIED, reference.table, refusal.reason, constraint=of)
            untried.append(met)
        elif refusal.constraint != reference.constraint:
            raise RevisionRefuted(
                f"after the upgrade {reference.table} does not refuse an unknown id by "
                f"{reference.constraint}: {refusal.constraint or 'the row is taken'}",
                _WORTH_A_REPORT,
            )
    return tuple(untried)


def _compare_rows(before: dict[Name, str], after: dict[Name, str]) -> None:
    lost = [str(name) for name in before if before[name] != after[name]]
    if lost:
        raise RevisionRefuted(
            f"the downgrade does not restore the values of {', '.join(lost)}",
            _WORTH_A_REPORT,
        )


@dataclass(frozen=True, slots=True)
class _Tried:
    """INSERTs before the upgrade: those that must work after it, and what they met."""

    inserts: tuple[Insert, ...]
    before: tuple[Met, ...]
    limits: tuple[Limit, ...]

    @property
    def shown(self) -> Inserts:
        """What is known once they work, of just the tables that were tried."""
        return Inserts(
            before=self.before,
            tables=len({repair.table.name for repair, _ in self.inserts}),
            roles=tuple(sorted({writer.role for _, writer in self.inserts})),
            fresh=all(repair.advances for repair, _ in self.inserts),
        )


def _try_inserts(stage: Stage, repairs: tuple[Repair, ...]) -> _Tried:
    """Whatever works before must go on working; what meets something else shows nothing."""
    inserts, limits = [], []
    known = positions.read(stage.superuser)
    met: dict[str, set[Name]] = {}
    for repair in repairs:
        if not repair.generates:
            limits.append(Limit(Gap.FILLED_BY_APPLICATION, repair.table.name))
            continue
        for writer in probe.writers_of(repair.table):
            outcome = probe.insert(stage.superuser, repair.table, repair.column.name, writer, known)
            if _is_of_key(outcome):
                inserts.append((repair, writer))
                met.setdefault(outcome.sqlstate, set()).add(repair.table.name)
            else:
                reason, role = outcome.refusal, writer.role
                limits.append(Limit(Gap.INSERT_UNTRIED, writer.relation, reason, role))
    before = (Met(state, len(tables)) for state, tables in sorted(met.items(), reverse=True))
    return _Tried(tuple(inserts), tuple(before), tuple(limits))


def _is_of_key(outcome: probe.Outcome) -> bool:
    """Whether the INSERT works, or meets what a repair of the key takes away."""
    of_grants = outcome.sqlstate == "42501" and bool(outcome.writer.lacks)
    return outcome.id is not None or outcome.sqlstate in probe.OF_KEYS or of_grants


def _check_inserts(stage: Stage, inserts: tuple[Insert, ...]) -> None:
    known = positions.read(stage.superuser)
    for repair, writer in inserts:
        table, column = repair.table, repair.column
        outcome = probe.insert(stage.superuser, table, column.name, writer, known)
        if outcome.id is None:
            raise RevisionRefuted(
                f"after the upgrade {writer.role} still cannot INSERT into {writer.relation} "
                f"without id: {outcome.refusal}",
                _WORTH_A_REPORT,
            )
        if repair.advances and not _is_fresh(int(outcome.id), column):
            raise RevisionRefuted(
                f"{table.name}: the new id {outcome.id} is not beyond those that exist",
                _WORTH_A_REPORT,
            )


def _is_fresh(new: int, column: Column) -> bool:
    extremes = column.extremes
    if extremes is None or extremes.low is None or extremes.high is None:
        return True
    return new > extremes.high or new < extremes.low


def _check_rules(what: Rehearsal, stage: Stage) -> None:
    engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if found := what.still_broken(connection):
            raise RevisionRefuted(
                f"after the upgrade the rules still find {', '.join(found)}",
                _WORTH_A_REPORT,
            )


def _compare(before: str, after: str) -> None:
    if before == after:
        return
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=0)
    raise RevisionRefuted(
        "the downgrade does not restore the schema; pg_dump differs:\n" + "\n".join([*lines][:40]),
        _WORTH_A_REPORT,
    )
