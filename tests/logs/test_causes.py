"""Which findings explain an error of a log that tells less than all of its place."""

import json
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from remediate.commands import triage
from remediate.config import Config
from remediate.logs.ranking import Triage
from remediate.rehearsal.scratch import Server
from remediate.render import triage as rendered
from tests.support import helpers
from tests.support.project import Project

DDL = """
CREATE SCHEMA ward;
CREATE TABLE ward.shelf (id serial PRIMARY KEY, name text);
ALTER TABLE ward.shelf ALTER id DROP DEFAULT;
CREATE TABLE shelf (id serial PRIMARY KEY, name text);
CREATE TABLE reading_room (nr serial PRIMARY KEY, name text);
ALTER TABLE reading_room ALTER nr DROP DEFAULT;
CREATE TABLE reader (id serial PRIMARY KEY, name text NOT NULL);
INSERT INTO reader (name) SELECT 'x' FROM generate_series(1, 40);
CREATE TABLE loan (id serial PRIMARY KEY, reader_id varchar(20));
INSERT INTO loan (reader_id) SELECT n FROM generate_series(1, 40) n;
CREATE TABLE waiting (reader_id varchar(20), since text);
INSERT INTO waiting SELECT n FROM generate_series(1, 40) n;
CREATE TABLE old_note (id serial PRIMARY KEY, body text);
CREATE TABLE note (LIKE old_note INCLUDING ALL);
CREATE TABLE grade (code smallint PRIMARY KEY, name text);
CREATE TABLE always (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
INSERT INTO always (id) OVERRIDING SYSTEM VALUE VALUES (1), (2);
"""
NULL = 'null value in column "%s" violates not-null constraint'
UNLIKE = "operator does not exist: integer = character varying"


@pytest.fixture(scope="module")
def library(newest: Server) -> Iterator[Config]:
    """A database with a defect of several kinds."""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(DDL.encode())
        yield Config(database_url=url.render_as_string(hide_password=False))


def made(library: Config, tmp_path: Path, *texts: str) -> Triage:
    logs = []
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.log").write_text(text)
        logs.append(str(tmp_path / f"{number}.log"))
    return triage.triage(library, triage.TriageOptions(tuple(logs)))


def found(triage_: Triage) -> list[list[str]]:
    return [[item.finding.id for item in entry.items] for entry in triage_.explained]


BOTH = ["FK003:public.loan.reader_id", "FK003:public.waiting.reader_id"]
LEADS = {
    f'PG::NotNullViolation: ERROR:  {NULL % "id"}\n: INSERT INTO "shelf" ("name")': [
        "PK001:ward.shelf.id"  # the other one of this name is healthy
    ],
    f'pq: {NULL % "nr"}': ["PK001:public.reading_room.nr"],
    "Invalid `db.readingRoom.create()` invocation:\n\nNull constraint violation on the fields: "
    "(`nr`)": ["PK001:public.reading_room.nr"],
    "FlushError: Instance <Shelf at 0x1> has a NULL identity key": ["PK001:ward.shelf.id"],
    "IdentifierGenerationException: ids for this class must be manually assigned before calling "
    "save(): reader.model.ReadingRoom": ["PK001:public.reading_room.nr"],
    f"SQLSTATE[42883]: Undefined function: 7 ERROR:  {UNLIKE}": BOTH,
    f"(psycopg.errors.UndefinedFunction) {UNLIKE}\n[SQL: SELECT 1 \nFROM reader JOIN loan ON true]": [
        "FK003:public.loan.reader_id"
    ],
    'ERROR: column "reader_id" is of type character varying but expression is of type integer\n'
    "LINE 1: INSERT INTO waiting (reader_id) VALUES (1)": ["FK003:public.waiting.reader_id"],
    'ERROR: foreign key constraint "loan_reader_id_fkey" cannot be implemented': [
        "FK003:public.loan.reader_id"
    ],
    'ERROR: foreign key constraint "public_loan_reader_id_fkey" cannot be implemented': [
        "FK003:public.loan.reader_id"
    ],
    'ERROR: foreign key constraint "public_waiting_reader_id_fkey" cannot be implemented\nDETAIL: Key '
    'columns "reader_id" and "id" are of incompatible types: character varying and integer.': [
        "FK003:public.waiting.reader_id"
    ],
    'ERROR: foreign key constraint "of_reader" cannot be implemented\nDETAIL: Key columns "reader_id" '
    'and "id" are of incompatible types: character varying and integer.': BOTH,
    "ERROR: cannot drop table old_note because other objects depend on it\nDETAIL:  default value for "
    "column id of table note depends on sequence old_note_id_seq": ["PK003:public.note.id"],
    'ERROR: cannot insert a non-DEFAULT value into column "id"\n: INSERT INTO "always" ("id")': [
        "SEQ001:public.always.id"
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", LEADS)
def test_what_is_told_is_enough(text: str, library: Config, tmp_path: Path) -> None:
    assert found(made(library, tmp_path, text)) == [LEADS[text]]


def test_without_a_table_the_findings_of_the_same_column_are_named(
    library: Config, tmp_path: Path
) -> None:
    """They are said to be of this shape, and those of other columns are not among them."""
    triage_ = made(library, tmp_path, f"error: {NULL % 'nr'}")
    (entry,) = triage_.explained
    assert entry.guessed
    text = rendered.render(triage_, "text")
    assert "  1.  23502  table not named   1 time\n" in text
    assert "the log does not name the table; findings that fit:\n" in text
    assert "-> PK001 key-without-default at public.reading_room.nr: proven, can be" in text
    assert "--first reading_room" in text
    (group,) = json.loads(rendered.render(triage_, "json"))["groups"]
    assert group["table_told"] is False
    assert group["findings"] == ["PK001:public.reading_room.nr"]


REASONS = {
    f'error: {NULL % "name"}': (
        "the log does not name the table, and no finding about a column name explains the error"
    ),
    "error: integer out of range": (
        "the log does not name the table, and no finding explains the error"
    ),
    'ERROR: null value in column "name" of relation "reader" violates not-null constraint': (
        "the application gave no value for a column that it has to fill itself"
    ),
    'ERROR: null value in column "id" of relation "reader" violates not-null constraint': (
        "default from public.reader_id_seq, owned by it; the INSERT passed a NULL, or it was repaired "
        "since"
    ),
    f'ERROR: {UNLIKE}\nLINE 1: ...INNER JOIN "reader" "r" ON "r"."id" = "w"."rea...': (
        "of what is compared, the log names only public.reader; if a reference to it is compared, see "
            "FK003:public.loan.reader_id, FK003:public.waiting.reader_id"
    ),
    f'ERROR: {UNLIKE}\nLINE 1: ...INNER JOIN grade g ON g.code = w.grade...': (
        "of what is compared, the log names only public.grade, and every known reference to it has its type"
    ),
    "ERROR: operator does not exist: uuid = integer\nLINE 1: ... JOIN reader r ON r.nr = w...": (
        "of what is compared, the log names only public.reader, and every known reference to it has its type"
    ),
    'ERROR: null value in column "nr" of relation "public_reading_room" violates not-null constraint': (
        "no table public_reading_room with a key is among those that were read"
    ),
    'ERROR: foreign key constraint "ward_loan_reader_id_fkey" cannot be implemented\nDETAIL: Key '
    'columns "reader_id" and "id" are of incompatible types: character varying and integer.': (
        "no table ward_loan with a key is among those that were read"
    ),
    f'{NULL % "id"} : INSERT INTO nowhere (a) VALUES (1)': (
        "no table nowhere with a key is among those that were read"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", REASONS)
def test_only_what_is_known_is_given_as_a_reason(
    text: str, library: Config, tmp_path: Path
) -> None:
    (entry,) = made(library, tmp_path, text).explained
    assert (entry.items, entry.reason) == ((), REASONS[text])


def test_a_key_that_nothing_generates_is_not_said_to_be_repaired(
    library: Config, tmp_path: Path
) -> None:
    text = 'ERROR: null value in column "code" of relation "grade" violates not-null constraint'
    (entry,) = made(library, tmp_path, text).explained
    assert not entry.items
    assert "repaired" not in entry.reason
    assert "has to fill" not in entry.reason


_MISSED = "every such INSERT fails. The plan reads no logs: declare in a model"


@pytest.mark.parametrize(
    ("statement", "is_awaited"),
    [
        ("INSERT INTO grade (name) VALUES ('a, code') RETURNING grade.code AS nr, name", True),
        ('insert into "public"."grade" ("name") values ($1) returning "code" - ', True),
        ("INSERT INTO grade AS g DEFAULT VALUES RETURNING name, g.code", True),
        ("INSERT INTO grade (name) VALUES ('x RETURNING code')", False),
        ("INSERT INTO grade (name) VALUES ('x') RETURNING name AS code", False),
        ("INSERT INTO grade (name, \"code\") VALUES ('x', NULL) RETURNING code", False),
        ("INSERT INTO grade VALUES (NULL, 'x') RETURNING code", False),
    ],
)
def test_an_insert_that_asks_for_the_key_counts_on_the_database(
    statement: str, library: Config, tmp_path: Path, *, is_awaited: bool
) -> None:
    message = NULL % "code"
    text = f"{statement}{message}" if statement.endswith(" - ") else f"{message} : {statement}"
    (entry,) = made(library, tmp_path, f"error: {text}").explained
    assert not entry.items
    assert (_MISSED in entry.reason) is is_awaited
    assert ("the INSERT gave no value" in entry.reason) is not is_awaited


def test_several_candidates_are_not_repaired_unasked(library: Config, tmp_path: Path) -> None:
    """The next command approves only what surely is behind the errors."""
    triage_ = made(library, tmp_path, f"error: {NULL % 'nr'}", f"error: {UNLIKE}")
    assert sorted(found(triage_)) == [BOTH, ["PK001:public.reading_room.nr"]]
    assert [item.finding.id for item in triage_.urgent] == ["PK001:public.reading_room.nr"]


MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
for name in ("a", "b", "c", "d", "e", "parent", 'Odd, "Name"'):
    Table(name, metadata, Column("id", Integer, primary_key=True))
Table("child", metadata, Column("id", Integer, primary_key=True), Column("up", ForeignKey("parent.id")))
"""
BROKEN = "".join(f"CREATE TABLE {name} (id integer PRIMARY KEY);" for name in "abcde")


@pytest.mark.project(BROKEN, models=MODELS)
def test_a_missing_table_is_its_models_and_what_the_command_leaves_is_said(
    project: Project,
) -> None:
    named = ("public.child", 'Odd, "Name"', "no_such_table")
    lines = [f'ERROR:  relation "{name}" does not exist\n' for name in named] * 2
    lines += [f'ERROR:  null value in column "id" of relation "{t}" violates not-null constraint\n'
              for t in "abcde"]  # fmt: skip
    (project.folder / "log").write_text("".join(lines))
    made = project.json("triage", "log")
    odd = 'MD005:public."Odd, ""Name"""'
    assert (made["errors"], made["other_errors"]) == (9, 2)  # those of no_such_table
    assert [g["findings"] for g in made["groups"]][:2] == [[odd], ["MD005:public.child"]]
    words = shlex.split(made["next"])
    approved = [word for before, word in pairwise(words) if before == "--approve"]
    keys = [f"PK001:public.{t}.id" for t in "abcde"]
    # With the table that another one needs; of the others only the first few.
    assert approved == [odd, "MD005:public.child", *keys[:3], "MD005:public.parent"]
    assert made["left"] == keys[3:]
    text = project.run("remediate", "triage", "log").stdout
    assert "Left:  PK001:public.d.id, PK001:public.e.id: not in the next command" in text
    counted = project.json("triage", "log", "--no-plan")
    assert (counted["errors"], counted["other_errors"]) == (5, 6)
