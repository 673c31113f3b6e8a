"""What each tool reports of a database, in the kinds of defects that are counted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from remediate.commands.judgement import judge
from remediate.config import Config
from remediate.findings.finding import Finding, Severity
from remediate.project.reading import Reading
from remediate.snapshots.tables import Name
from tests.accuracy import queries
from tests.accuracy.corpus import Spot, shown
from tests.accuracy.trials import Bench
from tests.corpora.kinds import Kind
from tests.support import helpers

REMEDIATE, NAIVE, HEALTH, ALEMBIC = (
    "remediate", "naive queries", "index health", "alembic check",
)  # fmt: skip
# The defects of which a rule tells. Those that tell of what an INSERT does not show are not here.
KINDS = {
    "PK001": (Kind.UNFILLED,),
    "PK002": (Kind.UNRESOLVED,),
    "PK004": (Kind.TAKEN,),
    "PK005": (Kind.REFUSED,),
    "PK006": (Kind.UNFILLED,),
    "PK008": (Kind.UNFILLED,),
    "PK009": (Kind.KEYLESS,),
    "SEQ001": (Kind.TAKEN,),
    "SEQ002": (Kind.FULL,),
    "SEQ006": (Kind.TAKEN,),
    "FK001": (Kind.NARROWER,),
    "FK003": (Kind.MISTYPED,),
    "FK004": (Kind.UNDECLARED,),
    "FK006": (Kind.UNINDEXED,),
}
OF_COLUMNS = {Kind.NARROWER, Kind.MISTYPED, Kind.UNDECLARED, Kind.UNINDEXED}


@dataclass(frozen=True, slots=True)
class Claim:
    """A defect that a tool reports, and how grave it calls it."""

    spot: Spot
    severity: Severity = Severity.ERROR  # of tools that know no degrees
    rule: str = ""


def remediate(bench: Bench) -> frozenset[Claim]:
    """The findings of a plan with default settings, models included."""
    declared = helpers.declared(*bench.corpus.metadatas)
    live = helpers.snapshot(bench.engine.url, declared)
    findings = judge(Reading(live, declared, 0.0, {}), Config()).findings
    return frozenset(
        Claim(spot, finding.severity, finding.rule)
        for finding in findings
        for spot in _spots(finding)
    )


def _spots(finding: Finding) -> Iterator[Spot]:
    for kind in KINDS.get(finding.rule, ()):
        for table, column in _places(finding):
            yield Spot(kind, table, column if kind in OF_COLUMNS else "")


def _places(finding: Finding) -> Iterator[tuple[str, str]]:
    """Its column, each column of its constraint, or all that one question is about."""
    told, place = helpers.facts_of(finding), finding.place
    if place.table is None:
        for schema, table, *columns in (*told.get("keys", ()), *told.get("foreign_keys", ())):
            yield from ((shown(Name(schema, table)), column) for column in columns)
    elif place.column is None:
        yield from ((shown(place.table), column) for column in told.get("columns", ("",)))
    else:
        yield shown(place.table), place.column


def naive(bench: Bench) -> frozenset[Claim]:
    """The two queries that answers on the web give."""
    execute = bench.connection.execute
    behind = (
        Claim(Spot(Kind.TAKEN, shown(Name(schema, table))))
        for schema, table, query in execute(queries.BEHIND.encode()).fetchall()
        if execute(query.encode()).fetchall()
    )
    return _asked(bench, queries.NAIVE) | frozenset(behind)


def health(bench: Bench) -> frozenset[Claim]:
    """Five checks in the manner of pg-index-health."""
    return _asked(bench, queries.HEALTH)


def _asked(bench: Bench, asked: Mapping[Kind, str]) -> frozenset[Claim]:
    return frozenset(
        Claim(Spot(kind, shown(Name(*row[:2])), *row[2:]))
        for kind, query in asked.items()
        for row in bench.connection.execute(query.encode()).fetchall()
    )


def alembic(bench: Bench) -> frozenset[Claim]:
    """Every difference at a key or a reference, of whatever kind the defect is there."""
    with bench.engine.connect() as connection:
        return frozenset(
            Claim(Spot(kind, table, column if kind in OF_COLUMNS else ""))
            for metadata in bench.corpus.metadatas
            for table, column in _differences(connection, metadata)
            for kind in Kind
        )


def _differences(connection: sa.Connection, metadata: sa.MetaData) -> Iterator[tuple[str, str]]:
    """Tables that both have, and their columns, that differ."""
    schemas = {table.schema for table in metadata.tables.values()}

    def seen(name: str | None, type_: str, parents: Mapping[str, str | None]) -> bool:
        return name in schemas if type_ == "schema" else True

    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": schemas != {None},
            "include_name": seen,
            "compare_type": True,
            "compare_server_default": True,
        },
    )
    known = {table.fullname for table in metadata.tables.values()}
    for change in _flat(compare_metadata(context, metadata)):
        if change[0].startswith("modify_"):
            _, schema, table, column = change[:4]
            yield shown(Name(schema or "public", table)), column
        elif getattr(change[1], "table", None) is not None and change[1].table.fullname in known:
            columns = getattr(change[1], "columns", ())
            yield from ((placed(change[1].table), column.name) for column in columns)


def placed(table: sa.Table) -> str:
    """The place of a model's table, as claims have it."""
    return shown(Name(table.schema or "public", table.name))


def _flat(changes: Iterable[object]) -> Iterator[tuple]:
    for change in changes:
        yield from change if isinstance(change, list) else [change]  # type: ignore[misc]


TOOLS = {REMEDIATE: remediate, NAIVE: naive, HEALTH: health, ALEMBIC: alembic}
# The kinds of which a tool has a check; of the others it tells nothing.
CHECKS = {NAIVE: {*queries.NAIVE, Kind.TAKEN}, HEALTH: {*queries.HEALTH}}
