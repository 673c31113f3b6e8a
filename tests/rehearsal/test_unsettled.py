"""After which statements the live database is not asked any more, and what it still is asked."""

from dataclasses import replace

import pytest

from remediate.postgres.queries import query
from remediate.rehearsal import followed
from remediate.rehearsal.held import Rows, State
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.tables import Name

INN, ROOM, LOG = Name("public", "inn"), Name("public", "room"), Name("public", "log")


def rows(sql: str, *columns: str, **generated: str) -> Rows:
    types = dict.fromkeys(columns, "text")
    return Rows(sql, columns, types=types, under=types, generated=generated)


BEFORE = State(
    {
        INN: rows('"public"."inn"', "id", "code", "mood", "size", size=""),
        ROOM: rows('"public"."room"', "id", "inn", "tag"),
        LOG: rows('"public"."log"', "id", "word"),
    },
    ("public",),
    keys={INN: ("id",)},
    renewed={INN: frozenset({ROOM})},
    fires=frozenset({LOG}),
    types={"mood": frozenset({INN})},
    writers=frozenset({"tidy"}),
)
INN_UNIQUE = "ALTER TABLE inn ADD UNIQUE (code)"
INN_LOWER = "ALTER TABLE inn ADD CHECK (lower(code) = code)"
ROOM_UNIQUE = "ALTER TABLE room ADD UNIQUE (tag)"

UNSETTLED = [
    ("ALTER TYPE mood RENAME TO old_mood", INN_UNIQUE),
    ("ALTER TYPE public.mood ADD VALUE 'calm'", INN_UNIQUE),
    ("CREATE DOMAIN tag AS text", "ALTER TABLE room ALTER tag TYPE tag USING tag::tag"),
    ("ALTER DOMAIN code DROP NOT NULL", "ALTER TABLE inn ADD CHECK (code::code <> '')"),
    ("CREATE FUNCTION f(t text) RETURNS text LANGUAGE sql AS 'SELECT t'", INN_LOWER),
    ("DROP FUNCTION f(text)", INN_LOWER),
    ("CREATE EXTENSION unaccent", INN_LOWER),
    ("CREATE CAST (text AS int) WITH INOUT", INN_UNIQUE),
    ("CREATE COLLATION c (locale = 'de')", INN_UNIQUE),
    ("SET search_path TO branch", INN_UNIQUE),
    ("SET LOCAL DateStyle TO 'ISO, DMY'", "ALTER TABLE room ALTER tag TYPE date USING tag::date"),
    ("SET TIME ZONE 'UTC'", ROOM_UNIQUE),
    ("RESET ALL", ROOM_UNIQUE),
    ("SET ROLE keeper", ROOM_UNIQUE),
    ("DISCARD ALL", ROOM_UNIQUE),
    ("SELECT set_config('search_path', 'branch', true)", ROOM_UNIQUE),
    ("SET pg_trgm.similarity_threshold = 0.1", ROOM_UNIQUE),
    ("SELECT pg_catalog.set_config('TimeZone', 'UTC', true)", ROOM_UNIQUE),
    ("DO 'DECLARE n int; BEGIN PERFORM set_config(''TimeZone'', ''UTC'', true); END'", ROOM_UNIQUE),
    ("DO 'DECLARE n int; BEGIN PERFORM set_config(n, ''UTC'', true); END'", ROOM_UNIQUE),
    ("DO 'DECLARE n int; BEGIN SET LOCAL search_path = branch; END'", ROOM_UNIQUE),
    ("DO 'BEGIN SET TIME ZONE 1; END'", ROOM_UNIQUE),
    ("UPDATE log SET word = lower(word)", ROOM_UNIQUE),
    ("INSERT INTO log (word) VALUES ('a')", ROOM_UNIQUE),
    ("DELETE FROM log", "ALTER TABLE log ADD UNIQUE (word)"),
    ("CREATE TRIGGER t AFTER UPDATE ON inn EXECUTE FUNCTION g(); UPDATE inn SET id = 1", ROOM_UNIQUE),
    ("CREATE RULE r AS ON UPDATE TO inn DO ALSO SELECT 1; UPDATE inn SET id = 1", ROOM_UNIQUE),
    ("UPDATE inn SET id = id + 1", ROOM_UNIQUE),
    ("ALTER TABLE log ADD FOREIGN KEY (word) REFERENCES room ON UPDATE CASCADE;"
     "UPDATE room SET tag = 'a'", "ALTER TABLE log ADD UNIQUE (word)"),
    ("UPDATE inns_in_use SET code = 'a'", ROOM_UNIQUE),
    ("SELECT n FROM tidy('inn')", INN_UNIQUE),
    ("SELECT coalesce(tidy(1), 2)", INN_UNIQUE),
    ("UPDATE room SET tag = tag WHERE tidy(id) > 0", INN_UNIQUE),
    ("DO 'BEGIN a := tidy(1); END'", INN_UNIQUE),
    ("DO 'DECLARE n int; BEGIN ALTER TABLE inn DISABLE TRIGGER ALL; END'", INN_UNIQUE),
    ("UPDATE inn SET code = 'a'", "ALTER TABLE inn ADD UNIQUE (size)"),
    ("UPDATE room SET tag[1] = 'a'", ROOM_UNIQUE),
    ("UPDATE room SET (tag, inn) = (SELECT 'a', 1)", ROOM_UNIQUE),
    ("WITH inn AS (SELECT 1 AS id) DELETE FROM room WHERE id IN (SELECT id FROM inn)", ROOM_UNIQUE),
    ("ALTER TABLE inn INHERIT room", INN_UNIQUE),
    ("ALTER TABLE room ALTER tag TYPE text COLLATE blind", ROOM_UNIQUE),
]  # fmt: skip
SETTLED = [
    *(query("remediate.revisions", f"search_path_{n}") for n in ("of_printing", "as_before")),
    "SET lock_timeout = '5s'",
    "SET LOCAL statement_timeout TO 0",
    "SET client_min_messages = warning",
    "SET LOCAL app.tenant TO 'a'",
    "SELECT set_config('remediate.rights', '[]', true)",
    "RESET request.jwt.claims",
    "COMMENT ON TABLE inn IS 'for guests'",
    "CREATE TYPE state AS ENUM ('a')",
    "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
    "SELECT setval('inn_id_seq', 7)",
    "UPDATE room SET inn = 1",
    "INSERT INTO room (tag) VALUES ('a')",
    "CREATE TRIGGER t AFTER UPDATE ON room EXECUTE FUNCTION g()",
    "DO 'BEGIN RAISE NOTICE $a$ hello $a$; END'",
    "DO 'BEGIN SET LOCAL lock_timeout = 9; RESET app.tenant; END'",
    "DO 'DECLARE n int; BEGIN SET LOCAL app.tenant = 1; PERFORM set_config(''a.b'', n::text, true); END'",
    "DO 'DECLARE n int; BEGIN PERFORM setval(''inn_id_seq'', n); END'",
]


def asked(statement: str, demand: str) -> list[str]:
    state, _ = followed.step(BEFORE, statement)
    _, found = followed.step(state, demand)
    return [one.why for one in found]


@pytest.mark.parametrize(("statement", "demand"), UNSETTLED)
def test_what_is_not_known_any_more_is_not_asked(statement: str, demand: str) -> None:
    assert asked("SELECT 1", demand) == [""] or " TYPE " in demand or "::" in demand
    found = asked(statement, demand)
    assert found
    assert all(found)


@pytest.mark.parametrize("statement", SETTLED)
def test_what_changes_nothing_of_it_leaves_it_to_be_asked(statement: str) -> None:
    assert asked(statement, INN_UNIQUE) == [""]
    assert asked(statement, "ALTER TABLE inn ADD CHECK (code <> '')") == [""]


def test_rows_that_are_gone_are_not_converted() -> None:
    state, _ = followed.step(BEFORE, "DELETE FROM room WHERE tag !~ '^[0-9]+$'")
    _, (demand,) = followed.step(state, "ALTER TABLE room ALTER tag TYPE int USING tag::int")
    assert "OFFSET 0" in demand.query


UNIQUES = tuple(
    Unique(INN, Name("public", name), frozenset({column}), (column,))
    for name, column in [("inn_code_key", "code"), ("inn_pkey", "id")]
)
CONSTRAINED, _ = followed.step(
    replace(BEFORE, uniques=UNIQUES, renewed={}),
    "ALTER TABLE room ADD CONSTRAINT room_inn_fkey FOREIGN KEY (inn) REFERENCES inn",
)
REFUSABLE = {
    "UPDATE inn SET code = lower(code)": [
        ("the new values of code", ""), ("unique (code)", ""),
        ("index inn_code_key", "rows get values that others had, and the order of the rows decides"),
    ],
    "UPDATE inn SET code = room.tag FROM room": [
        ("the new values of code", ""),
        ("index inn_code_key", "only the statement itself shows it"),
    ],
    "UPDATE inn SET code = %(c)s::text WHERE id = 1": [
        ("index inn_code_key", "its values are parameters, which are not known"),
    ],
    "UPDATE inn SET code = DEFAULT": [("index inn_code_key", "it sets a column to its default")],
    "UPDATE inn SET mood = 'a'": [],
    "UPDATE inns_in_use SET code = mood": [
        ("what is written by way of inns_in_use", "only the statement itself shows it"),
    ],
    "DELETE FROM inn WHERE id > 5": [("rows of public.inn that it refers to are deleted", "")],
    "DELETE FROM room": [],
}  # fmt: skip
UNIQUE, REFUSED = "unique (code)", "rows of public.inn that it refers to are deleted"
LEFT = {
    "ALTER TABLE inn DROP CONSTRAINT inn_code_key": [REFUSED],
    "ALTER TABLE inn DROP CONSTRAINT inn_pkey CASCADE": [UNIQUE],
    "ALTER TABLE room DROP CONSTRAINT room_inn_fkey": [UNIQUE],
    "ALTER TABLE room RENAME CONSTRAINT room_inn_fkey TO f; ALTER TABLE room DROP CONSTRAINT f": [
        UNIQUE
    ],
    "ALTER TABLE room DROP CONSTRAINT other": [UNIQUE, REFUSED],
    "ALTER TABLE inn DISABLE TRIGGER ALL": [UNIQUE],
    "ALTER TABLE inn DISABLE TRIGGER USER": [UNIQUE, REFUSED],
    "DROP INDEX public.inn_code_key": [REFUSED],
    "ALTER INDEX inn_code_key RENAME TO i; DROP INDEX i": [REFUSED],
    "DROP INDEX inn_size, other.inn_code_key": [UNIQUE, REFUSED],
    "ALTER TABLE inn RENAME code TO sign; ALTER TABLE inn RENAME sign TO code": [UNIQUE, REFUSED],
}


@pytest.mark.parametrize("sql", REFUSABLE)
def test_statements_that_change_rows_are_refused_by_others(sql: str) -> None:
    _, found = followed.step(CONSTRAINED, sql)
    assert [(one.what, one.why) for one in found] == REFUSABLE[sql]


@pytest.mark.parametrize("sql", LEFT)
def test_what_a_revision_does_not_take_away_still_refuses(sql: str) -> None:
    state, _ = followed.step(CONSTRAINED, sql)
    _, found = followed.step(state, "UPDATE inn SET code = 'a'; DELETE FROM inn WHERE id > 5")
    assert [one.what for one in found] == LEFT[sql]


def test_rows_that_go_along_or_by_a_trigger_do_not_refute() -> None:
    with_triggers = replace(CONSTRAINED, fires=frozenset({INN}))
    cascading = replace(CONSTRAINED, reached={INN: frozenset({ROOM})})
    for state in (with_triggers, cascading):
        _, found = followed.step(state, "DELETE FROM inn WHERE id > 5")
        assert {one.why for one in found} == {"only the statement itself shows it"}


BEHIND = "a foreign key changes them with those that they refer to"
TAG = "ALTER TABLE log ADD FOREIGN KEY (id) REFERENCES room (id) ON DELETE "
TAKEN_ALONG = {
    ("CASCADE", "ALTER TABLE inn ADD FOREIGN KEY (id) REFERENCES log (id)"): [
        ("rows of public.log that it refers to are deleted", ""),
    ],
    ("CASCADE", "ALTER TABLE room ADD FOREIGN KEY (inn) REFERENCES log (id) ON DELETE CASCADE;"
     "ALTER TABLE inn ADD FOREIGN KEY (id) REFERENCES room (id)"): [
        ("rows of public.room that it refers to are deleted", "only the statement itself shows it"),
    ],
    ("SET NULL", "ALTER TABLE log ALTER id SET NOT NULL"): [("NOT NULL of id", "")],
    ("SET NULL", "ALTER TABLE log ADD UNIQUE (id), ADD CHECK (id > 0)"): [("CHECK (id > 0)", "")],
    ("SET NULL", "CREATE UNIQUE INDEX i ON log (id) NULLS NOT DISTINCT"): [("index i", BEHIND)],
    ("SET DEFAULT", "ALTER TABLE log ALTER id SET NOT NULL"): [
        ("foreign key (id)", BEHIND), ("NOT NULL of id", BEHIND),
    ],
    ("SET NULL", "CREATE TRIGGER t AFTER UPDATE ON log EXECUTE FUNCTION g()"): [
        ("what its triggers and rules do", "only the statement itself shows it"),
    ],
    ("NO ACTION", "ALTER TABLE room RENAME id TO nr; ALTER TABLE log RENAME TO logs"): [
        ("rows of public.room that it refers to are deleted", ""),
    ],
    ("NO ACTION", "ALTER TABLE log ALTER CONSTRAINT log_id_fkey DEFERRABLE"): [
        ("rows of public.room that it refers to are deleted",
         "it is checked when the transaction ends"),
    ],
    ("NO ACTION", "ALTER TABLE room DISABLE TRIGGER ALL"): [],
    ("NO ACTION", "ALTER TABLE room DISABLE TRIGGER ALL; ALTER TABLE room ENABLE TRIGGER ALL"): [
        ("rows of public.room that it refers to are deleted", ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("action", "more"), TAKEN_ALONG)
def test_what_refers_to_rows_that_go_is_asked(action: str, more: str) -> None:
    before = replace(BEFORE, fires=frozenset(), renewed={})
    state, _ = followed.step(before, f"{TAG}{action}; {more}")
    _, found = followed.step(state, "DELETE FROM room r USING inn WHERE r.inn = inn.id")
    assert [(one.what, one.why) for one in found] == TAKEN_ALONG[action, more]


def test_a_table_renamed_is_not_taken_for_another_of_its_name() -> None:
    sql = "ALTER TABLE inn RENAME TO inn_old; ALTER TABLE room RENAME TO inn"
    state, _ = followed.step(BEFORE, sql)
    check = "ALTER TABLE log ADD CHECK (word IN (SELECT tag FROM inn))"
    assert [one.why for one in followed.step(state, check)[1]] != [""]
