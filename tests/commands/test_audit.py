"""`remediate audit`: code, revisions and database side by side."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import remediate
from remediate.errors import UsageProblem
from remediate.rehearsal.scratch import Server
from remediate.render.audit import report
from remediate.system.formats import ReportFormat
from tests.support import helpers
from tests.support.project import copied_project

DDL = """
CREATE SCHEMA "App x";
CREATE TABLE "user" (id serial PRIMARY KEY, email text);
CREATE TABLE weeks (week_id serial PRIMARY KEY, title text);
CREATE TABLE questions (id serial PRIMARY KEY, week_id integer NOT NULL REFERENCES weeks);
CREATE TABLE prompts (
  id serial PRIMARY KEY, question_id integer NOT NULL REFERENCES questions ON DELETE CASCADE,
  author integer NOT NULL REFERENCES "user" ON DELETE SET NULL);
CREATE TABLE blocks (
  id serial PRIMARY KEY, prompt_id bigint REFERENCES prompts ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE "App x"."Order Lines" (
  "Id" bigserial PRIMARY KEY, "userId" bigint REFERENCES "user" ON DELETE SET DEFAULT,
  session_id uuid, note varchar(20));
CREATE TABLE s1 (
  id serial PRIMARY KEY, session_id varchar(64), note varchar(30), status text, week_id smallint);
ALTER TABLE s1 ADD FOREIGN KEY (week_id) REFERENCES weeks NOT VALID;
CREATE TABLE s2 (
  id uuid PRIMARY KEY, session_id text, "userId" text, note text, status varchar(10));
CREATE TABLE parts (id bigint, day date, session_id text) PARTITION BY RANGE (day);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO "user" (email) VALUES ('a'); INSERT INTO parts VALUES (1, '2020-02-02');

"""
HERE = Path(__file__).parents[1] / "projects" / "drift"


@pytest.fixture(scope="module")
def odd(newest: Server) -> Iterator[sa.URL]:
    """A database alone, with odd names, which no test changes."""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(DDL.encode())
        yield url


def audited(url: sa.URL, *sections: str, rows: bool = False, **settings: Any) -> Any:
    config = remediate.Config(database_url=url.render_as_string(hide_password=False), **settings)
    return remediate.audit(config, remediate.AuditOptions(sections=sections, rows=rows))


def printed(url: sa.URL, *sections: str, whole: bool = False, **settings: Any) -> str:
    """The sections alone, without the context and the next command."""
    made = audited(url, *sections, **settings)
    text = report.render(made, ReportFormat.TEXT, whole=whole)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert text.splitlines()[-1] == "Next:  remediate plan"
    return "\n".join(text.splitlines()[2:-2])


def test_tables(odd: sa.URL) -> None:
    assert (
        printed(odd, "tables")
        == """\
Tables: who made them, and which are empty
  9 tables; no models read; no revision read
  Who made them is not known: that takes the Alembic project
  Tables without a row
    no INSERT since the statistics began: "App x"."Order Lines", public.blocks,
      public.prompts, public.questions, public.s1, public.s2, public.weeks
  No row can be inserted: a NOT NULL reference leads to a table without rows
    public.prompts (question_id) -> public.questions
    public.questions (week_id) -> public.weeks
    Insert first rows in this order: public.weeks, public.questions,
      public.prompts"""
    )


def test_tables_of_which_each_needs_another(newest: Server) -> None:
    ddl = """
        CREATE TABLE d (id serial PRIMARY KEY, e_id integer NOT NULL);
        CREATE TABLE e (id serial PRIMARY KEY, d_id integer NOT NULL REFERENCES d);
        ALTER TABLE d ADD FOREIGN KEY (e_id) REFERENCES e"""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        text = printed(url, "tables")
    assert text.endswith("""\
    public.d (e_id) -> public.e
    public.e (d_id) -> public.d
    None of these can get a first row, since each needs a row of another one:
      public.d, public.e; only a DEFERRABLE constraint allows it""")


def test_names(odd: sa.URL) -> None:
    assert (
        printed(odd, "names")
        == """\
Names: one name, several types
  6 names have several types, of 6 that several tables have
  It refers to a key
    week_id
      integer in 2 tables
        foreign key to public.weeks.week_id: public.questions
        the key of its table: public.weeks
      smallint in 1 table
        foreign key to public.weeks.week_id: public.s1
    "userId"
      bigint in 1 table
        foreign key to public."user".id: "App x"."Order Lines"
      text in 1 table
        perhaps public."user".id, by its name alone: public.s2
  It is named like a reference, but no key is known for it
    session_id
      text in 2 tables
        nothing is known of it: public.parts, public.s2
      character varying(64) in 1 table
        nothing is known of it: public.s1
      uuid in 1 table
        nothing is known of it: "App x"."Order Lines"
  Folded (-v): no key, or lengths that differ: id, note, status"""
    )


def test_what_is_folded_can_be_shown(odd: sa.URL) -> None:
    whole = printed(odd, "names", whole=True)
    assert "Folded" not in whole
    assert "    status\n      character varying(10) in 1 table" in whole
    assert "        the key of its table: public.blocks, public.prompts" in whole


def test_a_setting_tells_what_a_name_means(odd: sa.URL) -> None:
    named = printed(odd, "names", references={'public.s2."userId"': 'public."user"'})
    assert '        the settings name public."user".id: public.s2' in named
    no_key = printed(odd, "names", references={"s2.userId": "", 's1."session_id"': ""})
    assert "        the settings declare that it refers to no key: public.s2" in no_key
    assert "        the settings declare that it refers to no key: public.s1" in no_key


def test_a_log_is_told_by_its_name(newest: Server) -> None:
    """Its values are not asked, as they may be older than every row; nothing of it is left out."""
    ddl = """
        CREATE TABLE "user" (id serial PRIMARY KEY);
        CREATE TABLE pages (id serial PRIMARY KEY, user_id integer REFERENCES "user");
        CREATE TABLE chat_history (id serial PRIMARY KEY, user_id bigint, stripe_user_id text);
        CREATE TABLE query_log (id serial PRIMARY KEY, user_id text, user_type text, stripe_user_id uuid)"""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        text = printed(url, "names")
    assert (
        '      bigint in 1 table\n        perhaps public."user".id, by its name alone: public.chat'
        in text
    )
    assert "      text in 1 table\n        nothing is known of it: public.query_log" in text
    assert text.count("perhaps") == 1


def test_references(odd: sa.URL) -> None:
    assert (
        printed(odd, "references")
        == """\
References: code, revisions and database
  6 columns that refer to a key: too narrow 1, wider 2, agrees 3
  public.s1.week_id -> public.weeks.week_id                           too narrow
    key       integer
    database  smallint, s1_week_id_fkey, NOT VALID
  public.blocks.prompt_id -> public.prompts.id                             wider
    key       integer
    database  bigint, blocks_prompt_id_fkey, ON DELETE CASCADE
  "App x"."Order Lines"."userId" -> public."user".id                       wider
    key       integer
    database  bigint, "Order Lines_userId_fkey", ON DELETE SET DEFAULT
  public.prompts.question_id -> public.questions.id             integer   agrees
  public.prompts.author -> public."user".id                     integer   agrees
  public.questions.week_id -> public.weeks.week_id              integer   agrees"""
    )


def test_deletes(odd: sa.URL) -> None:
    assert (
        printed(odd, "deletes")
        == """\
Deletes: what one DELETE takes along
  ON DELETE of 6 foreign keys: 2 CASCADE, 2 NO ACTION, 1 SET DEFAULT, 1 SET NULL
  The rule cannot work
    public.prompts (author) -> public."user"
      SET NULL on a NOT NULL column: the DELETE fails
  When one row is deleted from
    public.questions
      deletes its rows in 1 table: public.prompts
      and so rows in 1 table: public.blocks
    public.prompts
      deletes its rows in 1 table: public.blocks
    public."user"
      clears the reference of rows in 1 table: "App x"."Order Lines"
      is refused while a row that stays refers to one of these, in 1 table:
        public.prompts
  PostgreSQL refuses the DELETE of a referenced row (23503) in: public.weeks
  Keys that change are followed
    public.blocks (prompt_id) -> public.prompts                ON UPDATE CASCADE"""
    )


def test_rows_that_nobody_can_estimate(odd: sa.URL) -> None:
    assert "rows not known: no row, or no statistics" in printed(odd, "deletes", rows=True)
    assert "rows" not in printed(odd, "deletes").partition("public.questions")[2].split("\n")[0]


def test_rows_that_a_delete_takes_along(newest: Server) -> None:
    ddl = """
        CREATE TABLE a (id serial PRIMARY KEY);
        CREATE TABLE b (id serial PRIMARY KEY, a_id integer REFERENCES a ON DELETE CASCADE);
        CREATE TABLE c (id serial PRIMARY KEY, b_id integer REFERENCES b ON DELETE CASCADE);
        INSERT INTO a SELECT FROM generate_series(1, 10);
        INSERT INTO b (a_id) SELECT n % 10 + 1 FROM generate_series(1, 30) AS n;
        INSERT INTO c (b_id) SELECT n % 30 + 1 FROM generate_series(1, 60) AS n; ANALYZE"""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        taken = {
            t.table.name: t.rows for t in audited(url, "deletes", rows=True).sections.deletes.taken
        }
        assert taken == {"a": 3 + 6, "b": 2}
        assert "about 9.0 rows, by the statistics" in printed(url, "deletes", rows=True)
        with helpers.connected(url) as connection:
            connection.execute("DELETE FROM c; DELETE FROM b WHERE id > 1; INSERT INTO a SELECT FROM "
                "generate_series(1, 90)")  # fmt: skip
            connection.execute("VACUUM ANALYZE")
        shown = printed(url, "deletes", rows=True)
        assert "fewer than 0.1 rows, by the statistics" in shown
        assert "with it no rows, by the statistics" in shown


def test_sections_and_tables_are_chosen(odd: sa.URL) -> None:
    assert audited(odd, "names,deletes").sections.asked_for == ("names", "deletes")
    everything = audited(odd).sections
    assert everything.asked_for == ("tables", "names", "references", "deletes", "autogenerate")
    assert everything.autogenerate.failure == "there is no Alembic project here"
    some = audited(odd, "tables", "references", table=("public.s*",)).sections
    assert [one.table.name for one in some.tables.unclaimed] == ["s1", "s2"]
    assert [one.table.name for one in some.references.references] == ["s1"]
    with pytest.raises(UsageProblem, match="there is no section 'keys'"):
        audited(odd, "keys")


def test_a_role_that_may_not_read_is_told_apart_from_an_empty_table(odd: sa.URL) -> None:
    with helpers.connected(odd) as connection:
        connection.execute(b"CREATE ROLE audit_reader LOGIN; GRANT SELECT ON weeks TO audit_reader")
    try:
        reader = odd.set(username="audit_reader")
        found, text = audited(reader, "tables").sections.tables, printed(reader, "tables")
    finally:
        with helpers.connected(odd) as connection:
            connection.execute(b"DROP OWNED BY audit_reader; DROP ROLE audit_reader")
    assert (
        dict(found.unread)["public", "user"]
        == "no privilege to read every row (SELECT, or row security)"
    )
    assert (
        "  Not verified whether they are empty\n"
        "    no privilege to read every row (SELECT, or row security): public.parts,\n"
        '      public."user"'
    ) in text
    empty = {one.table for one in found.empty}
    assert ("public", "weeks") in empty
    assert ("public", "user") not in empty
    assert next(one.holds_rows for one in found.unclaimed if one.table.name == "user") is None


def test_markdown_and_json_have_the_same(odd: sa.URL) -> None:
    made = audited(odd)
    paper = report.render(made, ReportFormat.MARKDOWN)
    assert "  - public.s1.week\\_id -\\> public.weeks.week\\_id **too narrow**" not in paper
    assert "- public.s1.week\\_id -\\> public.weeks.week\\_id **too narrow**\n  - key" in paper
    value = json.loads(report.render(made, ReportFormat.JSON))
    assert list(value) == ["format", "database", "heads", "left_out", "sections"]
    assert value["format"] == "remediate.audit/1"
    assert {name: list(section) for name, section in value["sections"].items()} == {
        "tables": [
            "total", "revisions", "models", "unclaimed", "unmade", "without_table", "empty", "statistics_days",
            "waiting", "order", "stuck", "unclear", "unread",
        ],
        "names": ["compared", "several"],
        "references": ["references", "revisions"],
        "deletes": ["rules", "orm", "taken", "estimated"],
        "autogenerate": ["proposed", "failure", "include_schemas", "unseen"],
    }  # fmt: skip
    narrow = value["sections"]["references"]["references"][0]
    assert narrow["table"] == {"schema": "public", "table": "s1"}
    assert (narrow["verdict"], narrow["database"]["valid"]) == ("too narrow", False)


def test_of_a_project(newest: Server, tmp_path: Path) -> None:
    """The drift: one name in two types, everything side by side; no file is written."""
    with copied_project(HERE, newest, tmp_path / "drift") as project:
        before = project.files()
        made = project.json("audit")["sections"]
        assert project.files() == before
    (user_id,) = made["names"]["several"]
    types = [(use["type"], (use["meaning"] or {}).get("by")) for use in user_id["uses"]]
    assert (user_id["name"], user_id["kind"], len(types)) == ("user_id", "key", 20)
    assert types.count(("integer", "foreign key")) == 11
    assert types.count(("character varying(36)", "models")) == 6
    assert types.count(("character varying(36)", "values")) == 3
    verdicts = [one["verdict"] for one in made["references"]["references"]]
    assert {v: verdicts.count(v) for v in verdicts} == {
        "mistyped": 9, "no table": 7, "model differs": 4, "agrees": 7,
    }  # fmt: skip
    expert = next(
        r for r in made["references"]["references"] if r["table"]["table"] == "expert_profiles"
    )
    assert (expert["model"]["type"], expert["model"]["source"]) == (
        "uuid", {"file": "app/models/quality_analysis.py", "line": 17},
    )  # fmt: skip
    twice = next(r for r in made["references"]["references"] if r["table"]["table"] == "documents")
    assert twice["model"]["type"] == "integer"
    assert twice["rivals"] == [
        {
            "metadata": "app.db.Base.metadata",
            "type": "uuid",
            "source": {"file": "app/models/data_export.py", "line": 51},
        }
    ]
    proposed = [
        (p["kind"], (p["table"] or {}).get("table")) for p in made["autogenerate"]["proposed"]
    ]
    assert proposed[:2] == [
        ("drop table", "expert_faq_candidates"),
        ("drop table", "expert_profiles"),
    ]
    assert made["autogenerate"]["unseen"] == [["app.db.Base.metadata", 48]]
    tables = made["tables"]
    assert (tables["total"], tables["models"], tables["without_table"]) == (21, 61, 40)
    assert [(s["revision"], s["source"]["line"]) for s in tables["unclear"]] == [("0001", 25)]
