"""What hangs on columns whose type changes, with the statements that rebuild it exactly."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from remediate.catalog import definitions
from remediate.catalog.definitions import Definition
from remediate.catalog.session import Row, rows, wanted
from remediate.postgres import templates
from remediate.postgres.sql import literal, quote, regclass, statement
from remediate.snapshots.tables import CONTENT, Dependant, Name

Place = tuple[Name, str]
Key = tuple[str, int, int]  # kind, OID, and of what is about one column its number

PAGES = 1000  # of 8 KiB; a larger materialized view would be filled for long under the locks


def read(
    connection: Connection, places: Sequence[Place]
) -> tuple[dict[Place, tuple[Dependant, ...]], dict[Place, tuple[str, ...]]]:
    """By place: what can be rebuilt, in the order to take it down; and what cannot, with reasons.

    It is to be rebuilt in the reverse order: views from the bottom up, then all else, which may
    read views (policies do), and at last the contents of materialized views, when row security is
    as it was.
    """
    if not places:
        return {}, {}
    definitions.configure(connection)
    found = rows(connection, "dependants", wanted=wanted(places))
    made, reasons = _made(connection, {_key(r): r for r in found if not r["obstacle"]})
    dependants: dict[Place, list[Dependant]] = {}
    obstacles: dict[Place, set[str]] = {}
    for row in found:
        place = (Name(row["schema"], row["table"]), row["column"])
        if row["obstacle"]:
            obstacles.setdefault(place, set()).add(row["obstacle"])
        elif why := reasons.get(_key(row)):
            obstacles.setdefault(place, set()).update(f"{_what(row)}{reason}" for reason in why)
        elif _key(row) in made:
            dependants.setdefault(place, []).append(made[_key(row)])
    return (
        {place: tuple(sorted(some, key=_order)) for place, some in dependants.items()},
        {place: tuple(sorted(some)) for place, some in obstacles.items()},
    )


def _order(dependant: Dependant) -> tuple[bool, int, str, Name, str]:
    is_view = dependant.level > 0 and dependant.kind != CONTENT
    return is_view, -dependant.level, dependant.kind, dependant.relation, dependant.name


def _made(
    connection: Connection, things: Mapping[Key, Row]
) -> tuple[dict[Key, Dependant], dict[Key, list[str]]]:
    """Each thing as it can be rebuilt, and why some cannot."""
    if not things:
        return {}, {}
    objects = ", ".join(f"({literal(kind)}, {oid}, {sub})" for kind, oid, sub in things)
    owners = ", ".join(sorted({str(r["owner"]) for r in things.values()}))
    lines = [
        *rows(connection, "dependants_views", objects=objects),
        *rows(connection, "dependants_parts", objects=objects),
    ]
    sizes = [Definition("pages", oid, oid) for kind, oid, _ in things if kind == CONTENT]
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
        parts.setdefault(key, []).append((row["step"], row["position"], text))
    return {key: _dependant(things[key], sorted(some)) for key, some in parts.items()}, reasons


def _definition(row: Row) -> Definition | None:
    if row["definition"] is None:
        return None
    return Definition(row["definition"], row["definition_oid"], row["locks"])


def _dependant(thing: Row, parts: Sequence[tuple[int, int, str]]) -> Dependant:
    texts = [(step, statement(text)) for step, _, text in parts]
    relation = Name(thing["relation_schema"], thing["relation"])
    if thing["kind"] == "storage":
        texts = [(step, _where_it_can_be(relation, thing["name"], text)) for step, text in texts]
    return Dependant(
        kind=thing["kind"],
        name=_name(thing),
        relation=relation,
        level=thing["level"],
        take_down="".join(text for step, text in texts if step == 0),
        rebuild=tuple(text for step, text in texts if step),
    )


def _where_it_can_be(table: Name, column: str, action: str) -> str:
    """The action for a type of any length: one of fixed length has no storage to choose."""
    return templates.statement(
        "storage.sql.j2", table=regclass(*table), column=literal(column), action=action
    )


def _key(row: Row) -> Key:
    return row["kind"], row["oid"], row["sub"]


def _what(thing: Row) -> str:
    """As a person reads it: with its table where that is another one."""
    table = Name(thing["relation_schema"], thing["relation"])
    elsewhere = table != (thing["schema"], thing["table"]) and not thing["name_schema"]
    return f"{thing['kind']} {_name(thing)}{f' on {table}' if elsewhere else ''}"


def _name(thing: Row) -> str:
    name, schema = thing["name"], thing["name_schema"]
    return str(Name(schema, name)) if schema else quote(name)
