"""Values that are to become NULL where something refuses it: foreseen, or refuted."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Options
from remediate.findings.remedy import Manual, Remedy
from remediate.rehearsal.scratch import Server
from remediate.remedies.binding import bind
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate, ForeignKey
from remediate.snapshots.tables import Name
from tests.support import helpers
from tests.support.project import small_project

pytestmark = pytest.mark.turns_in_ci

SHELVES = (
    "CREATE TABLE shelf (id serial PRIMARY KEY); INSERT INTO shelf SELECT generate_series(1, 9); "
)
BOOKS = ("shelf_id varchar(8)", "('1'), ('2'), ('40'), ('050'), ('top')")
FITTING = ("shelf_id integer", "(1), (2), (40), (50)")
EXCLUSIVE = "box_id integer, CHECK (num_nonnulls(shelf_id, box_id) = 1)"


def book(of: tuple[str, str], more: str, after: str = "") -> str:
    column, values = of
    return (
        f"{SHELVES}CREATE TABLE book (id serial PRIMARY KEY, {column}, {more}); "
        f"INSERT INTO book (shelf_id) VALUES {values}; {after}"
    )


def look(url: sa.URL) -> tuple[Candidate, Live]:
    fk = ForeignKey(Name("public", "book"), ("shelf_id",), Name("public", "shelf"), ("id",))
    live = helpers.snapshot(url, Declared(foreign_keys=(fk,)))
    (candidate,) = live.candidates
    return candidate, live


def remedy(url: sa.URL) -> Remedy | Manual:
    return bind(*look(url), TO_NULL)


def check(name: str) -> str:
    return f"NULL violates check constraint {name}, so its values cannot become NULL: correct the values"


def collide(name: str) -> str:
    return f"rows where it is NULL may be equal in unique index {name}, and would collide: correct the values"


LOCKED = "another session holds a lock on it"
TO_NULL = Options(orphans="null", values="null")
NOTE = "note text DEFAULT 'new'"
LONE = 'CREATE UNIQUE INDEX "One " ON book (note) WHERE shelf_id IS NULL AND note IS NOT NULL'
FORESEEN = {
    "a CHECK of a text": (book(BOOKS, "CONSTRAINT placed CHECK (shelf_id IS NOT NULL)"), check("placed")),
    "a CHECK by a function": (book(FITTING, 'CONSTRAINT "Is %" CHECK (num_nonnulls(shelf_id) > 0)'), check('"Is %"')),
    "a CHECK that rows need not meet yet": (
        book(FITTING, NOTE, "ALTER TABLE book ADD CONSTRAINT q CHECK (shelf_id IS NOT NULL) NOT VALID"),
        check("q")),
    "an index of those without": (book(BOOKS, NOTE, LONE), collide('"One "')),
    "an index that takes NULL for a value": (
        book(FITTING, NOTE, "CREATE UNIQUE INDEX u ON book (note, coalesce(shelf_id, id))"), collide("u")),
    "the same of text": (
        book(BOOKS, NOTE, "CREATE UNIQUE INDEX u ON book (coalesce(shelf_id::text, id::text))"), collide("u")),
}  # fmt: skip
ONCE = {
    "alone": (book(FITTING, "UNIQUE NULLS NOT DISTINCT (shelf_id)"), "book_shelf_id_key"),
    "with another": (
        book(BOOKS, f"{NOTE}, UNIQUE NULLS NOT DISTINCT (note, shelf_id)"),
        "book_note_shelf_id_key",
    ),
}
TAKEN = {
    "a CHECK": book(FITTING, "CHECK (shelf_id > 0)"),
    "a CHECK of two": book(FITTING, EXCLUSIVE),
    "a unique column": book(BOOKS, "UNIQUE (shelf_id)"),
    "an index of those with": book(FITTING, NOTE, "CREATE UNIQUE INDEX ON book (shelf_id) WHERE shelf_id IS NOT NULL"),
    "an index that is not unique": book(BOOKS, NOTE, LONE.replace(" UNIQUE", "")),
    "a function of the user's": book(
        FITTING,
        "CHECK (placed(shelf_id))",
    ).replace("CREATE TABLE book", "CREATE FUNCTION placed(integer) RETURNS boolean IMMUTABLE LANGUAGE sql "
              "AS 'SELECT $1 IS NOT NULL'; CREATE TABLE book"),
}  # fmt: skip


@pytest.mark.parametrize("case", FORESEEN)
def test_refused_by_the_catalog(case: str, url: sa.URL, connection: psycopg.Connection) -> None:
    ddl, why = FORESEEN[case]
    connection.execute(ddl.encode())
    assert remedy(url) == Manual(why)


@pytest.mark.parametrize("case", ONCE)
def test_null_that_is_taken_once(case: str, newest: Server) -> None:
    ddl, index = ONCE[case]
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(ddl.encode())
        assert remedy(url) == Manual(collide(index))


@pytest.mark.parametrize("case", TAKEN)
def test_what_may_take_it_is_left_to_the_rehearsal(
    case: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(TAKEN[case].encode())
    assert isinstance(remedy(url), Remedy)


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("change", ["ALTER TABLE book ADD x integer", 'DROP INDEX "One "'])
def test_what_another_session_alters_is_taken_for_nothing(
    change: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    """It costs the look at that reference, which nobody converts before the next plan."""
    connection.execute(book(BOOKS, f"{NOTE}, CHECK (shelf_id <> '')", LONE).encode())
    with helpers.connected(url, autocommit=False) as other:
        other.execute(change.encode())
        candidate, live = look(url)
    unread = [(u.table.name, u.reason) for u in live.unread if u.column == "shelf_id"]
    assert unread == [("book", f"its values: {LOCKED}")]
    assert candidate.evidence is None
    as_later = replace(candidate, evidence=look(url)[0].evidence)
    made = bind(as_later, live, TO_NULL)
    assert isinstance(made, Manual)
    assert f"could not be read: {LOCKED}" in made.reason


OWN_TYPE = (
    "CREATE TABLE shelf (id uuid DEFAULT gen_random_uuid() PRIMARY KEY); INSERT INTO shelf "
    "SELECT gen_random_uuid() FROM generate_series(1, 40); "
    "CREATE TABLE book (id serial PRIMARY KEY, shelf_id varchar(40), "
    f"{EXCLUSIVE}); INSERT INTO book (shelf_id) SELECT id::text FROM shelf UNION ALL SELECT "
)
REFUTED = {
    "FK003": (TAKEN["a CHECK of two"].replace(FITTING[0], BOOKS[0]).replace(FITTING[1], BOOKS[1]), "Integer"),
    "FK004": (TAKEN["a CHECK of two"], "Integer"),
    "FK003 of an orphan alone": (f"{OWN_TYPE}'{'0' * 8}-0000-4000-8000-{'0' * 12}'", "Uuid"),
    "FK003 of a value alone": (f"{OWN_TYPE}'none'", "Uuid"),
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", REFUTED)
def test_what_refuses_it_refutes_the_revision(case: str, newest: Server, tmp_path: Path) -> None:
    """Orphans and values that do not convert, of which the scratch copy holds such as well."""
    ddl, type_ = REFUTED[case]
    models = (
        f"from sqlalchemy import Column, ForeignKey, Integer, Table, Uuid\n"
        f'Table("shelf", metadata, Column("id", {type_}, primary_key=True))\n'
        f'Table("book", metadata, Column("id", Integer, primary_key=True), '
        f'Column("shelf_id", {type_}, ForeignKey("shelf.id")), Column("box_id", Integer))\n'
    )
    words = ("--approve", "all", "--reviewer", "Ann", "--orphans", "null", "--values", "null")
    with small_project(newest, tmp_path, ddl, models=models) as project:
        refused = project.run(
            "remediate", "generate", *words, "--allow", "DATA_DECISION", expected=4
        )
        assert 'check constraint "book_check" of relation "book" is violated' in refused.stderr
        assert not project.generated()
        project.psql("ALTER TABLE book DROP CONSTRAINT book_check")
        project.run("remediate", "generate", *words, "--allow", "DATA_DECISION")
        before = helpers.dump(project.url)
        project.run("alembic", "upgrade", "head")
        project.run("alembic", "downgrade", "base")
        project.psql("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == before
