"""The table in which Alembic writes where the database is: found, or where Alembic makes it."""

from remediate.errors import UsageProblem
from remediate.postgres import client
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Name

_ELSEWHERE = "set version_table_schema in context.configure() of env.py"


def version_table(libpq: dict[str, str], table: Name, source: Database) -> Name:
    """The version table with the schema in which Alembic finds it, or would make it.

    Raises UsageProblem where there is none, and Alembic could not make it either.
    """
    path = [table.schema] if table.schema else [*source.search_path]
    with client.reading(libpq) as connection:
        if found := fetch(connection, __package__, "visible_schema", path, table.name):
            return Name(found[0][0], table.name)
        if not path:
            raise _nowhere(table)
        rights = fetch(connection, __package__, "creatable", source.role, source.role, path[0])
    place = Name(path[0], table.name)
    if not rights:
        raise _absent(place)
    if place.schema == "pg_catalog":
        raise _among_the_systems(place)
    if lacking := [
        right for right, held in zip(("USAGE", "CREATE"), rights[0], strict=True) if not held
    ]:
        raise _forbidden(place, source.role, lacking)
    return place


def _nowhere(table: Name) -> UsageProblem:
    return UsageProblem(
        f"Alembic cannot create its version table {table.name}: the search_path of this "
        "connection names no schema that exists, and that this role may use",
        "If env.py takes the schema from an argument, pass it: -x NAME=VALUE, as for "
        f"alembic. Otherwise {_ELSEWHERE}, or SET search_path for the role or the database "
        "(ALTER DATABASE ... SET search_path = public), then run it again.",
    )


def _among_the_systems(place: Name) -> UsageProblem:
    return UsageProblem(
        f"Alembic cannot create its version table {place.name}: pg_catalog comes first in "
        "the search_path of this connection, and accepts no tables",
        f"{_ELSEWHERE.capitalize()}, or leave pg_catalog out of the search_path: PostgreSQL "
        "searches it anyway.",
    )


def _absent(place: Name) -> UsageProblem:
    return UsageProblem(
        f"Alembic cannot create its version table {place}: env.py names {place.schema} as "
        "version_table_schema, but there is no such schema",
        f"CREATE SCHEMA {ident(place.schema)}; or run `alembic upgrade` once, if env.py makes it.",
    )


def _forbidden(place: Name, role: str, rights: list[str]) -> UsageProblem:
    named = " and ".join(rights)
    grant = f"GRANT {', '.join(rights)} ON SCHEMA {ident(place.schema)} TO {ident(role)}"
    return UsageProblem(
        f"Alembic cannot create its version table {place}: the role {role} lacks {named} on "
        f"the schema {place.schema}",
        f"{grant}; or run `alembic upgrade` once with a role that has it, or {_ELSEWHERE}.",
    )
