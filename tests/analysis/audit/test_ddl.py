"""A file of DDL compared with a database: nothing where it was made of it, else what differs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import remediate
from remediate.analysis.audit.ddl import Ddl, ddl
from remediate.catalog import structure as structures
from remediate.errors import UsageProblem
from remediate.lint import paper
from remediate.rehearsal.scratch import Server
from remediate.render.audit.ddl import chapter
from remediate.render.audit.entries import Entry
from remediate.snapshots.live import Live
from remediate.snapshots.structure import Index, Structure
from tests.support import helpers

TYPES = (
    """
smallint|int|int8|serial|smallserial|bigserial|numeric|numeric(10)|decimal(8,2)|numeric(10,2)[]|float
float(3)|double precision|real|money|text|varchar|varchar(36)|character varying(5)[]|char|char(3)
bpchar|"char"|name|uuid|uuid[]|json|jsonb|xml|tsvector|inet|cidr|bytea|boolean|bool|date|time|timetz(2)
timestamp|timestamp(3)|timestamptz|timestamp(6) with time zone|interval|interval day to second(3)
bit(3)|varbit(5)|oid|point|int4range|code|app.code|mood|app."Odd Mood"|text COLLATE "C"
""".strip()
    .replace("\n", "|")
    .split("|")
)
MADE = """
CREATE SCHEMA app; CREATE DOMAIN code AS varchar(8); CREATE DOMAIN app.code AS integer;
CREATE TYPE mood AS ENUM ('a'); CREATE TYPE app."Odd Mood" AS ENUM ('a');
"""
SAME = f"""
CREATE TABLE every_type ({", ".join(f"c{n} {t}" for n, t in enumerate(TYPES))});
CREATE TABLE app."user" (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, "Name" text UNIQUE);
CREATE TABLE weeks (
  week_id integer, tenant integer DEFAULT 1, note text NOT NULL, made timestamptz DEFAULT now(),
  twice integer GENERATED ALWAYS AS (week_id * 2) STORED, CONSTRAINT pk PRIMARY KEY (tenant, week_id));
CREATE TABLE public.prompts (
  id serial, week integer, tenant integer, author bigint REFERENCES app."user" ON DELETE CASCADE,
  content jsonb, FOREIGN KEY (tenant, week) REFERENCES weeks (tenant, week_id) ON DELETE SET NULL);
ALTER TABLE ONLY prompts ADD CONSTRAINT prompts_pkey PRIMARY KEY (id);
ALTER TABLE prompts ADD COLUMN status varchar(9) DEFAULT 'new', ALTER content SET NOT NULL;
CREATE INDEX ix_content ON prompts USING gin (content jsonb_path_ops);
CREATE UNIQUE INDEX one_name ON prompts (lower(status)) WHERE id > 0;
CREATE UNIQUE INDEX ON prompts (week, author);
CREATE TABLE "odd :name %s" ("a\\:b" text DEFAULT ':x');
CREATE TABLE grown (d date) PARTITION BY RANGE (d); CREATE TABLE grown_1 (d date);
"""
ATTACHED = "ALTER TABLE grown ATTACH PARTITION grown_1 FOR VALUES FROM ('2020-01-01') TO (maxvalue)"
OTHER = """\
\\connect shop
SET search_path = public;
CREATE TABLE prompts (
  id bigserial PRIMARY KEY, week smallint NOT NULL, author bigint REFERENCES app."user",
  content jsonb CHECK (content <> 'null'), added date, status varchar(12) UNIQUE,
  tenant integer REFERENCES app."user" (id));
CREATE TABLE answers (id serial PRIMARY KEY, text text);
CREATE INDEX ON prompts USING gin (status);
CREATE INDEX by_text ON prompts (upper(status));
COPY prompts (id, status) FROM stdin;
1	a secret
\\.
INSERT INTO weeks VALUES ('a secret');
CREATE TABLE part PARTITION OF whole FOR VALUES IN ('a secret');
a secret;
"""


Read = tuple[Live, Structure, tuple[Index, ...]]


@pytest.fixture(scope="module")
def url(newest: Server) -> Iterator[sa.URL]:
    """The database that was made of the first file."""
    with newest.database() as made:
        with helpers.connected(made) as connection:
            connection.execute((MADE + SAME + ATTACHED).encode())
        yield made


@pytest.fixture(scope="module")
def read(url: sa.URL) -> Read:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        live = helpers.snapshot(url)
        return live, structures.read(connection, live), structures.indexes(connection)


def compared(read: Read, *texts: str, only: str = "") -> Ddl:
    papers = [(f"{n}.sql", paper.read(text)) for n, text in enumerate(texts)]
    return ddl(papers, *read, lambda name: only in ("", name.name))


def lines(entries: tuple[Entry, ...], margin: str = "") -> list[str]:
    return [
        line
        for one in entries
        for line in (
            f"{margin}{one.text}|{one.right}".rstrip("|"),
            *lines(one.below, f"{margin}  "),
        )
    ]


def test_a_database_that_was_made_of_it(read: Read) -> None:
    found = compared(read, SAME)
    assert dict.fromkeys((d.what, d.file, d.database) for d in found.differences) == {}
    assert found.skipped == ()
    (said, *_) = lines(
        chapter(compared(read, f"{SAME}; CREATE VIEW v AS SELECT 1"), whole=False).entries
    )
    assert said.endswith("0 differences: the database has what was compared alike")
    (_, _, lost) = lines(
        chapter(compared(read, "CREATE INDEX i ON app.nowhere (a)"), whole=False).entries
    )
    assert lost == "  index i   btree (a) is missing; database: no table of this name"
    for none in ("", "ALTER TABLE t ADD x int", "- a list"):
        (said, *_) = lines(chapter(compared(read, none), whole=False).entries)
        assert said.startswith("Nothing was compared: no CREATE TABLE")
    assert chapter(found, whole=False).title == "DDL: compared with 0.sql"
    assert lines(chapter(found, whole=False).entries) == [
        "7 tables and 3 indexes, 0 differences: the database has all of it alike"
    ]


def test_a_dump_of_the_database(url: sa.URL, read: Read) -> None:
    found = compared(read, helpers.dump(url))
    assert (found.tables, found.differences) == (7, ())


def test_every_difference(read: Read) -> None:
    assert lines(chapter(compared(read, OTHER), whole=False).entries) == [
        "2 tables and 2 indexes, 12 differences",
        "public.prompts|0.sql:3",
        "  id   file: bigint; database: integer",
        "  week   file: smallint; database: integer",
        "  week   file: NOT NULL; database: NULL allowed",
        "  content   file: NULL allowed; database: NOT NULL",
        "  added   does not exist; file: date",
        "  status   file: character varying(12); database: character varying(9)",
        "  unique (status)   is missing",
        "  ON DELETE (author)   file: NO ACTION; database: CASCADE",
        '  foreign key (tenant)   -> app."user" is missing',
        "  index without name   gin (status) is missing",
        "  index by_text   btree ((expression)) is missing",
        "public.answers   does not exist|0.sql:7",
        "Statements that are not compared",
        "  a command of psql: 0.sql:1",
        "  SET SEARCH_PATH: 0.sql:2",
        "  CHECK or EXCLUDE: 0.sql:3",
        "  COPY PROMPTS: 0.sql:10",
        "  INSERT INTO: 0.sql:13",
        "  CREATE TABLE: 0.sql:14",
        "  no SQL: 0.sql:15",
    ]


def test_columns_that_the_file_lacks_and_tables_that_are_not_asked_for(read: Read) -> None:
    one = 'CREATE TABLE app."user" (id bigint PRIMARY KEY);'
    found = compared(read, one, OTHER, only="user")
    assert (found.files, found.tables) == (("0.sql", "1.sql"), 3)
    assert [(d.kind.value, d.what, d.database) for d in found.differences] == [
        ("more", "Name", "text")
    ]


MARKDOWN = """
# Schema
Created by `CREATE TABLE nothing (id int)`;

```sql
CREATE TABLE first (id int);
```
~~~ postgresql title="x"
CREATE TABLE second (id int);
~~~
```python
op.execute("CREATE TABLE third (id int)")
```
  ```SQL
  CREATE TABLE fourth (id int);
  ```
  \\`\\`\\`sql
  CREATE TABLE fifth (id int);
  \\`\\`\\`
CREATE TABLE nothing (id int);
"""


def test_the_sql_of_a_page() -> None:
    found = paper.read(paper.of_markdown(MARKDOWN))
    assert [(t.name, t.line) for t in found.tables] == [
        ("first", 6),
        ("second", 9),
        ("fourth", 15),
        ("fifth", 18),
    ]
    assert found.left == ()
    assert paper.of_markdown("no fence").strip() == ""


def test_fences_without_a_language_and_without_a_semicolon() -> None:
    page = "```sql\nCREATE TABLE a (id int)\n```\n```\n-- b\nCREATE TABLE b (id int)\n```\n```\nno DDL\n```\n"
    found = paper.read(paper.of_markdown(page))
    assert [(t.name, t.line) for t in found.tables] == [("a", 2), ("b", 6)]
    assert found.left == ()


@pytest.mark.parametrize("nothing", ["", "SELECT 1;"])
def test_a_file_that_declares_nothing_is_not_alike(read: Read, nothing: str) -> None:
    said = lines(chapter(compared(read, nothing), whole=False).entries)
    assert said[0].startswith("Nothing was compared: ")


def test_a_file_that_is_not_there(newest: Server, tmp_path: Path) -> None:
    config = remediate.Config(database_url=newest.url.render_as_string(hide_password=False))
    missing = remediate.AuditOptions(ddl=(tmp_path / "none.sql",))
    with pytest.raises(UsageProblem, match=r"none.sql cannot be read: No such file"):
        remediate.audit(config, missing)
    with pytest.raises(UsageProblem, match="the section ddl compares with a file"):
        remediate.audit(config, remediate.AuditOptions(sections=("ddl",)))


ODD = ("", ";;", "'", "/* ", "CREATE TABLE", "$$", "\x00", "COPY a FROM stdin;\n1", "\\.\n\\x")


@pytest.mark.parametrize("text", ODD)
def test_no_text_is_too_odd(text: str) -> None:
    assert paper.read(text).tables == ()
