"""Read the objects that depend on columns, with the statements that rebuild them.

Whom they belong to and who may use them is no part of it: a revision keeps that as it finds it.
"""

from collections.abc import Mapping, Sequence

from remediate.catalog import definitions
from remediate.catalog.definitions import Definition
from remediate.catalog.session import Row, rows, wanted
from remediate.postgres import templates
from remediate.postgres.direct import Connection
from remediate.postgres.sql import literal, quote, regclass, statement
from remediate.snapshots.members import CONTENT, Dependant
from remediate.snapshots.tables import Name
from remediate.system.credentials import holds_secret

Place = tuple[Name, str]
Key = tuple[str, int, int]  # kind, OID, and the number of a column if it is about one

PAGES = 1000  # of 8 KiB; a larger materialized view would take long to fill under the locks


def read(
    connection: Connection, places: Sequence[Place]
) -> tuple[dict[Place, tuple[Dependant, ...]], dict[Place, tuple[str, ...]]]:
    """For each column its dependants in the order to drop them, and why others stay.

    The reverse is the order to rebuild them: views from the bottom up, then all others, which may
    read views (policies do), and last the contents of materialized views, when row security is
    restored.
    """
    if not places:
        return {}, {}
    found = rows(connection, "dependants", wanted=wanted(places))
    rebuilt, reasons = _dependants(connection, {_key(r): r for r in found if not r["obstacle"]})
    dependants: dict[Place, list[Dependant]] = {}
    obstacles: dict[Place, set[str]] = {}
    for row in found:
        place = (Name(row["schema"], row["table"]), row["column"])
        if row["obstacle"]:
            obstacles.setdefault(place, set()).add(row["obstacle"])
        elif why := reasons.get(_key(row)):
            obstacles.setdefault(place, set()).update(f"{_what(row)}{reason}" for reason in why)
        elif _key(row) in rebuilt:
            dependants.setdefault(place, []).append(rebuilt[_key(row)])
    return (
        {place: tuple(sorted(some, key=_order)) for place, some in dependants.items()},
        {place: tuple(sorted(some)) for place, some in obstacles.items()},
    )


def _order(dependant: Dependant) -> tuple[bool, int, str, Name, str]:
    is_view = dependant.level > 0 and dependant.kind != CONTENT
    return is_view, -dependant.level, dependant.kind, dependant.relation, dependant.name


def _dependants(
    connection: Connection, depending: Mapping[Key, Row]
) -> tuple[dict[Key, Dependant], dict[Key, list[str]]]:
    """Each object as a dependant, and for some the reasons why it cannot be rebuilt."""
    if not depending:
        return {}, {}
    objects = ", ".join(f"({literal(kind)}, {oid}, {sub})" for kind, oid, sub in depending)
    owners = ", ".join(sorted({str(r["owner"]) for r in depending.values()}))
    lines = [
        *rows(connection, "dependants_views", objects=objects),
        *rows(connection, "dependants_parts", objects=objects),
    ]
    sizes = [Definition("pages", oid, oid) for kind, oid, _ in depending if kind == CONTENT]
    wanted = [of for row in lines if (of := _definition(row))]
    texts, failures = definitions.read(connection, [*wanted, *sizes])
    reasons: dict[Key, list[str]] = {}
    for row in rows(connection, "dependants_refused", objects=objects, owners=owners):
        reasons.setdefault(_key(row), []).append(f", {row['what']}")
    for size in sizes:
        if int(texts.get(size, 0)) > PAGES:
            reasons[CONTENT, size.oid, 0] = [f", which has {texts[size]} pages"]
    parts: dict[Key, list[tuple[int, int, str]]] = {}
    for row in lines:
        of, key = _definition(row), _key(row)
        if of in failures:
            reasons.setdefault(key, []).append(f" {failures[of]}")
        text = row["prefix"] + texts.get(of, "") if of else row["prefix"]
        if holds_secret(text):
            reasons.setdefault(key, []).append(
                ", which holds a password that a revision would keep"
            )
        parts.setdefault(key, []).append((row["step"], row["position"], text))
    pages = {(CONTENT, size.oid, 0): int(texts.get(size, 0)) for size in sizes}
    rebuilt = {
        key: _dependant(depending[key], sorted(some), pages.get(key, 0))
        for key, some in parts.items()
    }
    return rebuilt, reasons


def _definition(row: Row) -> Definition | None:
    if row["definition"] is None:
        return None
    return Definition(row["definition"], row["definition_oid"], row["locks"])


def _dependant(row: Row, parts: Sequence[tuple[int, int, str]], pages: int) -> Dependant:
    texts = [(step, statement(text)) for step, _, text in parts]
    relation = Name(row["relation_schema"], row["relation"])
    if row["kind"] == "storage":
        texts = [(step, _where_it_can_be(relation, row["name"], text)) for step, text in texts]
    return Dependant(
        kind=row["kind"],
        name=_name(row),
        relation=relation,
        level=row["level"],
        take_down="".join(text for step, text in texts if step == 0),
        rebuild=tuple(text for step, text in texts if step and text),
        pages=pages,
    )


def _where_it_can_be(table: Name, column: str, action: str) -> str:
    """The action for a type of any length: one of fixed length has no storage to choose."""
    return templates.statement(
        "storage.sql.j2", table=regclass(*table), column=literal(column), action=action
    )


def _key(row: Row) -> Key:
    return row["kind"], row["oid"], row["sub"]


def _what(row: Row) -> str:
    """Kind and name for display, with the table if it is not that of the column."""
    table = Name(row["relation_schema"], row["relation"])
    elsewhere = table != (row["schema"], row["table"]) and not row["name_schema"]
    return f"{row['kind']} {_name(row)}{f' on {table}' if elsewhere else ''}"


def _name(row: Row) -> str:
    name, schema = row["name"], row["name_schema"]
    return str(Name(schema, name)) if schema else quote(name)
