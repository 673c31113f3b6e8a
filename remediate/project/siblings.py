"""Schemas like the one that env.py is told, as by `alembic -x tenant=a`: others of its kind.

Alembic's cookbook, "Rudimental Schema-Level Multi Tenancy for PostgreSQL Databases": env.py sets
the search_path to what it is told, and every schema has a version table of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from remediate.catalog.batches import Question, ask
from remediate.catalog.session import read_only
from remediate.errors import UsageProblem
from remediate.postgres.sql import quote
from remediate.project.tenancy import Tenant, few, with_tables
from remediate.snapshots.declared import UnreadModule
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

APART = "at other revisions, or at revisions that this role cannot read"


def read(
    connection: Connection, told: Tenant, live: Live
) -> tuple[tuple[Tenant, ...], tuple[Tenant, ...]]:
    """The schema that env.py is told, with those that have most of its tables and its revisions.

    A revision runs in all of them, one by one; () where there is no other. And the others like it:
    at other revisions, or at none that can be read.
    """
    others = [*_others(live, told.schema, told.version_table.name)]
    if not others:
        return (), ()
    questions = [
        Question(name, f"SELECT array_agg(version_num::text) FROM {name.sql}", oid, plain=True)
        for name, oid in others
    ]
    with read_only(connection):
        answers, _ = ask(connection, questions)
    same = {name for name, (heads,) in answers.items() if {*(heads or ())} == {*told.heads}}
    alike = [_like(told, name) for name, _ in others if name in same]
    apart = [_like(told, name) for name, _ in others if name not in same]
    return (told, *alike) if alike else (), tuple(apart)


def not_judged(told: str, apart: Sequence[Tenant]) -> tuple[UnreadModule, ...]:
    """That the models are not held against these, where there are any."""
    if not apart:
        return ()
    named = f"schemas like {quote(told)}: {few([one.schema for one in apart])}"
    why = f"{APART}; remediate does not compare the models with them"
    return (UnreadModule(named, why, "alembic upgrade head for each of them, then plan again"),)


def nowhere(live: Live) -> tuple[UnreadModule, ...]:
    """That models which name no schema are in none that exists, where that is so."""
    if live.database.search_path:
        return ()
    why = (
        "the search_path of its connection names no schema that exists, and that this role may use"
    )
    return (UnreadModule("env.py", why, "pass the schema, if it accepts one: -x NAME=VALUE"),)


def check_one(schema: str, apart: Sequence[Tenant]) -> None:
    """Raises UsageProblem where a revision for the schema that env.py is told would stop others."""
    if apart:
        raise UsageProblem(
            f"env.py chooses the schema {quote(schema)}; others like it are {APART} "
            f"({few([one.schema for one in apart])}). A revision that names {quote(schema)} would "
            "stop the upgrade of every other",
            "First run alembic upgrade head for each of them, and this as a role that may read "
            "their version tables. Or repair all of them now: remediate plan --sql --select RULE, "
            "a transaction for each.",
        )


def _like(told: Tenant, versions: Name) -> Tenant:
    schema = versions.schema
    maps = ((one, schema if place == told.schema else place) for one, place in told.schemas)
    return replace(told, schema=schema, version_table=versions, schemas=tuple(maps))


def _others(live: Live, schema: str, version_table: str) -> Iterator[tuple[Name, int]]:
    """The version tables of the schemas that have most of this one's tables."""
    if schema:
        keys = {t.name.name: t.key for t in live.tables if t.name.schema == schema}
        versions = {t.name.schema: t for t in live.tables if t.name.name == version_table}
        for one in with_tables(keys, live):
            if one in versions and one != schema:
                yield versions[one].name, versions[one].oid
