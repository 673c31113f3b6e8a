"""An env.py that runs its revisions for one schema after the other: the tenants of a database."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.errors import Refused
from remediate.postgres.connections import shown_host
from remediate.postgres.sql import quote
from remediate.project import translation
from remediate.project.left_out import LeftOut
from remediate.project.translation import translated
from remediate.snapshots.declared import Declared, Metadata, UnreadModule
from remediate.snapshots.history import History
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

_NAMED = 3
_CHANGED = "SELECT setting <> reset_val FROM pg_settings WHERE name = 'search_path'"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A schema in which env.py runs the revisions."""

    schema: str
    heads: tuple[str, ...]  # the revisions at which it is
    version_table: Name
    schemas: tuple[tuple[str, str], ...]  # of models ("": those that name none), where they are


@dataclass(frozen=True, slots=True)
class Visited:
    """Where env.py runs the revisions once."""

    name: str  # env.py's, else that of the database
    place: str = ""  # host and database; "" where there is no connection
    schema: str = ""  # of the tables that it is about; "" where that is unknown
    tenant: Tenant | None = None  # None where there is no connection


def visited(context: MigrationContext, name: str, heads: tuple[str, ...]) -> Visited:
    """Where env.py is about to run the revisions."""
    connection = context.connection
    if connection is None:
        return Visited(name)
    url, default = connection.engine.url, context.version_table_schema or ""
    with suppress(sa.exc.SQLAlchemyError):
        default = connection.exec_driver_sql("SELECT current_schema()").scalar() or ""
    translated = _translate_map(context)
    schemas = {"": default} | {k or "": v or default for k, v in translated.items()}
    versions = Name(context.version_table_schema or default, context.version_table)
    schema = translated.get(None) or next(filter(None, translated.values()), None)
    schema = schema or context.version_table_schema or default
    tenant = Tenant(schema, heads, versions, tuple(schemas.items()))
    return Visited(name, f"{shown_host(url)}/{url.database}", schema, tenant)


def _translate_map(context: MigrationContext) -> Mapping[str | None, str | None]:
    options = context.connection.get_execution_options() if context.connection else {}
    return options.get("schema_translate_map") or {}


def may_be_one_of_many(context: MigrationContext) -> bool:
    """Whether env.py has chosen a schema, as it does before it goes on to the next."""
    if context.connection is None:
        return False
    with suppress(sa.exc.SQLAlchemyError):
        changed = context.connection.exec_driver_sql(_CHANGED).scalar()
        return bool(changed or _translate_map(context))
    return False


def tenants(found: Sequence[Visited]) -> tuple[Tenant, ...]:
    """The tenants; none where env.py opens several databases, or runs twice in the same schema."""
    runs = [one.tenant for one in found if one.tenant]
    if len(found) < 2 or len(runs) < len(found) or len({(i.name, i.place) for i in found}) > 1:
        return ()
    several = (some for some in _named(found, runs) if len({*some}) == len(runs))
    chosen = next(several, ())
    return tuple(replace(one, schema=schema) for one, schema in zip(runs, chosen, strict=False))


def _named(found: Sequence[Visited], runs: Sequence[Tenant]) -> Iterator[tuple[str, ...]]:
    """What each run may be about: the schema of models that name none first, then of the others."""
    maps = [dict(one.schemas) for one in runs]
    for key in sorted(set(maps[0]).intersection(*maps[1:])):
        yield tuple(one[key] for one in maps)
    yield tuple(one.schema for one in found)


def told(database: str, schemas: Sequence[str]) -> str:
    """What such an env.py does, in words."""
    return (
        f"env.py runs the revisions {len(schemas):,} times in one database ({database}), for the "
        f"schemas {few(schemas)}"
    )


def few(schemas: Sequence[str]) -> str:
    """The first of them by name, and how many there are besides."""
    more = [f"{len(schemas) - _NAMED:,} more"] if len(schemas) > _NAMED else []
    *names, last = (*map(quote, schemas[:_NAMED]), *more)
    return f"{', '.join(names)} and {last}" if names else last


def read(
    models: Callable[[str], Declared],
    live: Live,
    connection: sa.Connection,
    known: Sequence[Tenant],
) -> Declared:
    """The models as they describe the tables of every tenant; what all share is there once."""
    if not known:
        return _everywhere(translation.read(models, live, connection), live)
    base = models("")
    made = _translated(base, [dict(one.schemas) for one in known])
    return replace(made, unread_modules=(*base.unread_modules, *behind(known)))


def _translated(base: Declared, maps: Sequence[Mapping[str, str]]) -> Declared:
    """The models once for each of these maps of schemas."""
    each = [translated(base, schemas) for schemas in maps]
    values = {f.name: _merged([getattr(one, f.name) for one in each]) for f in fields(base)}
    return replace(base, **{**values, "metadatas": tuple(_metadatas(each))})


def _everywhere(declared: Declared, live: Live) -> Declared:
    """With the models of a schema that is not there in all schemas for which it stands.

    SQLAlchemy's `MetaData(schema="tenant")`, whose name `schema_translate_map` replaces only where
    the application runs.
    """
    there = {table.name.schema for table in live.tables}
    for schema in sorted({table.name.schema for table in declared.tables} - there):
        keys = {t.name.name: t.key for t in declared.tables if t.name.schema == schema}
        if alike := with_tables(keys, live):
            declared = _translated(declared, [{schema: one} for one in alike])
    return declared


def with_tables(keys: Mapping[str, tuple[str, ...]], live: Live) -> list[str]:
    """The schemas that have most of these tables, with the same keys; none where only one has."""
    met = Counter(t.name.schema for t in live.tables if keys.get(t.name.name) == t.key)
    found = sorted(schema for schema, number in met.items() if number > max(1, len(keys) / 2))
    return found if len(found) > 1 else []


def _metadatas(each: Sequence[Declared]) -> Iterator[Metadata]:
    for alike in zip(*(one.metadatas for one in each), strict=True):
        tables = _merged([one.tables for one in alike])
        yield replace(alike[0], tables=tables, late=_merged([one.late for one in alike]))


def _merged(values: Sequence[Any]) -> Any:
    first = values[0]
    if isinstance(first, Mapping):
        return _Union(values)
    if isinstance(first, tuple):
        return tuple({repr(one): one for value in values for one in value}.values())
    return frozenset().union(*values) if isinstance(first, frozenset) else first


class _Union(Mapping[Any, Any]):
    """Several mappings as one; the first that has a key counts."""

    def __init__(self, several: Iterable[Mapping[Any, Any]]) -> None:
        self._holding: dict[Any, Mapping[Any, Any]] = {}
        for one in several:
            for key in one:
                self._holding.setdefault(key, one)

    def __getitem__(self, key: Any) -> Any:
        return self._holding[key][key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._holding)

    def __len__(self) -> int:
        return len(self._holding)


def left_out(found: LeftOut, known: Sequence[Tenant]) -> LeftOut:
    """What the filters reject for the first tenant is rejected for each."""
    if not known:
        return found

    def everywhere(names: Iterable[Name]) -> frozenset[Name]:
        schemas = [one.schema for one in known]
        return frozenset(
            Name(schema, name.name)
            for name in names
            for schema in (schemas if name.schema == schemas[0] else [name.schema])
            if name.schema == schemas[0] or name.schema not in schemas
        )

    tables, models = everywhere(found.tables), everywhere(found.models)
    columns = {c for _, c in found.columns}
    of = {c: everywhere(n for n, each in found.columns if each == c) for c in columns}
    return replace(
        found, tables=tables, models=models,
        columns=frozenset((name, c) for c, names in of.items() for name in names),
    )  # fmt: skip


def behind(known: Sequence[Tenant]) -> tuple[UnreadModule, ...]:
    """The tenants that are at other revisions than most: they are told, and not judged by these."""
    heads = [one.heads for one in known]
    most = max(heads, key=heads.count) if heads else ()
    return tuple(
        UnreadModule(
            f"the schema {quote(one.schema)}",
            f"it is at {_revisions(one.heads)}, and most others at {_revisions(most)}",
            "alembic upgrade head, then plan again",
        )
        for one in known
        if one.heads != most
    )


def apart(known: Sequence[Tenant]) -> str:
    """How many schemas are at which revisions; "" where all are at the same."""
    at = Counter(_revisions(sorted(one.heads)) for one in known)
    told = (f"{number:,} at {revisions}" for revisions, number in at.most_common())
    return ", ".join(told) if len(at) > 1 else ""


def check_together(known: Sequence[Tenant], history: History) -> None:
    """Raises Refused where an upgrade has run for some of the schemas alone."""
    if history.ahead and (where := apart(known)):
        raise Refused(
            f"the schemas are at different revisions: {where}",
            "First run: alembic upgrade head. Where a schema stops it: undo what was changed there "
            "by hand, or add it to LEFT_OUT in that revision, or take it out of env.py's loop.",
        )


def least(known: Sequence[Tenant], heads: tuple[str, ...], history: History) -> tuple[str, ...]:
    """The revisions of the schema for which `alembic upgrade` has most to run; `heads`: of none.

    What it does not wait for there waits nowhere. Revisions that the project lacks tell nothing.
    """
    ran = {
        one: len(replace(history, heads=one).applied)
        for one in {tenant.heads for tenant in known}
        if history.by_id.keys() >= {*one}
    }
    return min(ran, key=lambda one: (ran[one], one), default=heads)


def _revisions(heads: Sequence[str]) -> str:
    return ", ".join(heads) or "no revision"
