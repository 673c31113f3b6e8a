"""Ask PostgreSQL which views and policies cannot be rebuilt over columns that leave text.

Their definitions are parsed over a WITH query that has the column's other type in place of the
table. Nothing of it is planned or run, and what is refused with the former type as well does not
count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from remediate.analysis.places import Place
from remediate.catalog.batches import Question, ask
from remediate.catalog.session import Row, rows
from remediate.postgres.connections import sqlstate
from remediate.postgres.direct import Connection, driver_errors, is_lost
from remediate.postgres.sql import literal, quote, statement
from remediate.snapshots.defaults import words
from remediate.snapshots.live import Live
from remediate.snapshots.members import Dependant
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import Name

_REFUSALS = ("22", "42")  # classes of SQLSTATE: data exception, syntax error
_VIEWS = ("view", "materialized view")
_LOCKS = 8  # an estimate: a view, and what it reads
_VIEW = "SELECT rtrim(pg_get_viewdef({oid}), ';')"
_POLICY = (
    "SELECT concat_ws(' AND ', '(' || pg_get_expr(polqual, polrelid) || ')', "
    "'(' || pg_get_expr(polwithcheck, polrelid) || ')') "
    "FROM pg_policy WHERE polrelid = {oid} AND polname = {name}"
)

_Relations = Mapping[Name, Row]
_Part = tuple[Dependant, str]  # with its text as a WITH query


def refused(
    connection: Connection, live: Live, hanging: Mapping[Place, Sequence[Dependant]]
) -> dict[Place, tuple[str, ...]]:
    """By column, what computes with it as text, also where all other such columns change too."""
    parsed = {p: [d for d in some if _is_parsed(d)] for p, some in hanging.items()}
    types = _leaving(live, [place for place, some in parsed.items() if some])
    if not types:
        return {}
    savepoint = connection.begin_nested()  # to roll it back restores the search path
    try:
        relations = _relations(connection, live, {p: parsed[p] for p in types})
        texts = _texts(connection, relations, [d for p in types for d in parsed[p]])
        return {
            place: tuple(_told(connection, live, relations, types, place, some))
            for place in types
            if (some := [*_parts(relations, texts, parsed[place])])
        }
    finally:
        savepoint.rollback()


def _is_parsed(dependant: Dependant) -> bool:
    return dependant.kind in _VIEWS or dependant.kind == "policy"


def _leaving(live: Live, places: Sequence[Place]) -> dict[Place, str]:
    """The columns that get one other type than text."""
    found: dict[Place, set[str]] = {}
    for one in live.candidates:
        if family_of(one.base_type) == "text" != family_of(one.target_type):
            found.setdefault((one.table, one.column), set()).add(one.target_type)
    return {p: min(found[p]) for p in places if len(found.get(p, ())) == 1}


def _relations(
    connection: Connection, live: Live, parsed: Mapping[Place, Sequence[Dependant]]
) -> dict[Name, Row]:
    """The tables, views and partitions, in a session that finds them by their names alone."""
    names = {name for table, _ in parsed for name in _with_children(table, live)}
    names |= {d.relation for some in parsed.values() for d in some}
    path = ", ".join(["pg_catalog", *map(quote, sorted({name.schema for name in names}))])
    connection.exec_driver_sql(f"SELECT set_config('search_path', {literal(path)}, true)")
    values = ", ".join(f"({literal(n.schema)}, {literal(n.name)})" for n in sorted(names))
    return {Name(r["schema"], r["name"]): r for r in rows(connection, "retyped", names=values)}


def _with_children(table: Name, live: Live) -> Iterator[Name]:
    yield table
    for child in live.table_of[table].children if table in live.table_of else ():
        yield from _with_children(child, live)


def _texts(
    connection: Connection, relations: _Relations, dependants: Iterable[Dependant]
) -> dict[Dependant, str]:
    questions = []
    for one in dict.fromkeys(d for d in dependants if d.relation in relations):
        oid = relations[one.relation]["oid"]
        select = _VIEW if one.kind in _VIEWS else _POLICY
        named = select.format(oid=oid, name=literal(words(one.name)[-1]))
        questions.append(Question(one, named, oid, _LOCKS))
    answers, _ = ask(connection, questions)
    return {one: text for one, (text,) in answers.items() if text}


def _parts(
    relations: _Relations, texts: Mapping[Dependant, str], dependants: Sequence[Dependant]
) -> Iterator[_Part]:
    """Views from the bottom up, then what may read them."""
    ordered = sorted(dependants, key=lambda d: (not d.level, d.level))
    for number, one in enumerate(d for d in ordered if d in texts):
        row, text = relations[one.relation], texts[one]
        name = row["short"] or row["full"]
        if one.kind not in _VIEWS:
            text = f"SELECT FROM {name} WHERE {text}"
        known = row["short"] if one.kind in _VIEWS else None
        yield one, f"{known or f'remediate_{number}'} AS ({text})"


def _told(
    connection: Connection,
    live: Live,
    relations: _Relations,
    types: Mapping[Place, str],
    place: Place,
    parts: Sequence[_Part],
) -> Iterator[str]:
    alone, together = (_tables(some, relations, live) for some in ({place: types[place]}, types))
    as_it_is = [*_tables(dict.fromkeys(types, ""), relations, live)]
    if not _fails(connection, [*alone, *(text for _, text in parts)]):
        return
    lower: list[str] = []
    for one, text in parts:
        part = [*lower, text]
        if not _fails(connection, [*alone, *part]):
            lower = part
        elif not _fails(connection, [*as_it_is, *part]) and _fails(connection, [*together, *part]):
            yield f"{_named(one, place[0])}, which computes with it as text"


def _named(dependant: Dependant, table: Name) -> str:
    if dependant.kind in _VIEWS:
        return f"{dependant.kind} {dependant.relation}"
    elsewhere = "" if dependant.relation == table else f" on {dependant.relation}"
    return f"{dependant.kind} {dependant.name}{elsewhere}"


def _tables(types: Mapping[Place, str], relations: _Relations, live: Live) -> list[str]:
    """The tables as WITH queries, with these types; with "" as they are."""
    retyped: dict[Name, dict[str, str]] = {}
    for (table, column), type_ in types.items():
        for name in _with_children(table, live):
            retyped.setdefault(name, {})[column] = type_
    return [
        f"{row['short']} AS (SELECT {', '.join(_columns(row, some))} FROM {row['full']})"
        for name, some in retyped.items()
        if (row := relations.get(name)) and row["short"]
    ]


def _columns(row: Row, types: Mapping[str, str]) -> Iterator[str]:
    for name, spelled in row["columns"]:
        yield f"NULL::{types[name]} AS {spelled}" if types.get(name) else spelled


def _fails(connection: Connection, queries: Sequence[str]) -> bool:
    """Whether PostgreSQL refuses to parse it; a lock that is not free tells nothing."""
    savepoint = connection.begin_nested()
    try:
        asked = f"PREPARE remediate_parsed AS WITH {', '.join(queries)} SELECT 1"
        connection.exec_driver_sql(statement(asked))
        connection.exec_driver_sql("DEALLOCATE remediate_parsed")
    except driver_errors() as error:
        if is_lost(error):
            raise
        return sqlstate(error)[:2] in _REFUSALS
    else:
        return False
    finally:
        savepoint.rollback()
