"""Schemas like the one that env.py is told, as by `alembic -x tenant=a`: others of its kind.

Alembic's cookbook, "Rudimental Schema-Level Multi Tenancy for PostgreSQL Databases": env.py sets
the search_path to what it is told, and every schema has a version table of its own.
"""

from collections.abc import Iterator
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

_APART = "they are not all at its revisions, or this role cannot read at which they are"


def read(
    connection: Connection, told: Tenant, live: Live
) -> tuple[tuple[Tenant, ...], tuple[UnreadModule, ...]]:
    """The schema that env.py is told, with those that have most of its tables and its revisions.

    A revision runs in all of them, one by one. None where they are not at the same revisions, or
    their version tables cannot be read; then that the models are not held against the others.
    """
    others = [*_others(live, told.schema, told.version_table.name)]
    if not others:
        return (), ()
    questions = [
        Question(name, f"SELECT array_agg(version_num::text) FROM {name.sql}", oid, plain=True)
        for name, oid in others
    ]
    with read_only(connection):
        heads, _ = ask(connection, questions)
    at = {frozenset(heads[name][0] or ()) if name in heads else None for name, _ in others}
    if at == {frozenset(told.heads)}:
        return (told, *(_like(told, name) for name, _ in others)), ()
    named = f"schemas like {quote(told.schema)}: {few([name.schema for name, _ in others])}"
    why = f"{_APART}; they are not judged by the models"
    return (), (UnreadModule(named, why, "alembic upgrade head for each of them"),)


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


def check_one(live: Live, schema: str, version_table: str) -> None:
    """Raises UsageProblem where env.py is told this schema, and others are no tenants with it.

    "": it is told none.
    """
    if others := [name.schema for name, _ in _others(live, schema, version_table)]:
        raise UsageProblem(
            f"env.py chooses the schema {quote(schema)}; others have the same tables and a version "
            f"table each ({few(others)}): {_APART}. A revision that names {quote(schema)} would "
            "stop the upgrade of every other",
            "First run alembic upgrade head for each of them, and this as a role that may read "
            "their version tables. Or repair all of them now: remediate plan --sql --select RULE, "
            "a transaction for each.",
        )
