"""What a generated revision promises is seen to hold, and what it breaks refutes it."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import remediate
from remediate.config import Config
from remediate.errors import RehearsalFailed
from remediate.plans.plan import Landed
from remediate.rehearsal.scratch import Server
from remediate.remedies import conversion
from remediate.render.proof import checks, limit
from remediate.revisions import hanging
from tests.rehearsal.test_proof import inside
from tests.support import helpers
from tests.support.project import Project, scratch_url, small_project

BOTH = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("c", metadata, Column("id", Integer, primary_key=True), Column("t_id", Integer, ForeignKey("t.id")))
"""
TEXT = (
    "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t SELECT FROM generate_series(1, 40);"
    "CREATE TABLE c (id serial PRIMARY KEY, t_id text, r text);"
    "INSERT INTO c (t_id) SELECT g::text FROM generate_series(5, 35) g;"
)
VIEW = (
    "CREATE VIEW v AS SELECT t_id FROM c; DROP ROLE IF EXISTS row_reader; CREATE ROLE row_reader;"
    "GRANT SELECT (t_id) ON v TO row_reader;"
)
NEARLY_FULL = (
    "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (2147483640);"
    "SELECT setval('t_id_seq', 2147483640);"
)
NO_USAGE = (
    "DROP ROLE IF EXISTS somebody; CREATE ROLE somebody; CREATE SCHEMA s; CREATE TABLE s.t (id serial PRIMARY KEY);"
    "GRANT INSERT ON s.t TO somebody;"
)
BEHIND = (
    "DROP ROLE IF EXISTS somebody; CREATE ROLE somebody; CREATE TABLE t (id serial PRIMARY KEY);"
    "INSERT INTO t SELECT generate_series(1, 30); GRANT INSERT ON t TO somebody;"
)
PATH = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database()); END $$;"
IN_APP = "CREATE SCHEMA app; CREATE TABLE app.t (id serial PRIMARY KEY); ALTER TABLE app.t ALTER id DROP DEFAULT"


@contextlib.contextmanager
def opened(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch, ddl: str, models: str | None
) -> Iterator[Project]:
    with small_project(server, folder, ddl, models=models) as project, inside(project, monkeypatch):
        yield project


@pytest.fixture
def generate(newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Generate for a database with this DDL; what was written, and the first review file."""

    def run(
        ddl: str, *, models: str | None = None, approve: str = "all", one: bool = False
    ) -> tuple[tuple[Landed, ...], str]:
        options = remediate.GenerateOptions(approve=(approve,), reviewer="Ann", one=one)
        with opened(newest, tmp_path, monkeypatch, ddl, models) as project:
            landed = remediate.generate(Config(scratch_url=scratch_url()), options)
            return landed, (project.folder / landed[0].review).read_text()

    return run


def limits(landed: tuple[Landed, ...]) -> list[str]:
    return [limit(one) for revision in landed if revision.proof for one in revision.proof.limits]


def test_a_downgrade_that_refuses_by_announcement_is_seen_to_refuse(generate) -> None:
    (landed, *_), review = generate(NEARLY_FULL)
    assert landed.proof
    assert "integer out of range" in landed.proof.refusal
    told = {one.what: one.result for one in checks(landed.proof)}[
        "downgrade once an id is beyond the former type"
    ]
    assert told == "refused, and everything is as it was (integer out of range)"
    assert f"- [x] downgrade once an id is beyond the former type: {told}" in review


def test_a_downgrade_that_goes_through_and_loses_ids(
    generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = conversion._back

    def cut(change: conversion.Change, member: conversion.Member) -> list[str]:
        (typed,) = original(change, member)
        return [f"{typed} USING least({change.place[1]}, 2147483647)"]

    monkeypatch.setattr(conversion, "_back", cut)
    with pytest.raises(RehearsalFailed, match="DOWNGRADE_LOSES: the downgrade succeeds"):
        generate(NEARLY_FULL)


def test_what_the_rehearsal_locked_and_how_long_it_took_stands_in_the_review(generate) -> None:
    landed, review = generate(TEXT + VIEW, models=BOTH)
    assert limits(landed) == []
    (proof, *_) = [one.proof for one in landed if one.proof]
    assert {str(lock.relation) for lock in proof.locks if lock.rewritten} == {"public.c"}
    assert re.search(r"- ACCESS EXCLUSIVE from statement \d+ of \d+ to the end", review)
    assert "| statement | took | for |" in review
    assert f"| {len(proof.timings)} |" in review


REFUSING = (
    "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'never'; END $$;"
    "CREATE TRIGGER no BEFORE INSERT ON c FOR EACH ROW EXECUTE FUNCTION no();"
)


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("more", "ticked", "told"),
    [
        ("", "x", "; INSERT as applications send it works in 1 more"),
        (REFUSING, " ", "; not shown: INSERT into public.c as postgres: never"),
    ],
)
def test_tables_whose_key_is_not_repaired_belong_to_all_of_them(
    more: str, ticked: str, told: str, generate
) -> None:
    _, review = generate(
        f"{TEXT} {more} ALTER TABLE t ALTER id DROP DEFAULT", models=BOTH, one=True
    )
    assert (
        f"- [{ticked}] INSERT tested on all affected tables: works in 1 table as postgres, each id "
        f"above the highest{told}"
    ) in review


ASSOCIATION = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("u", metadata, Column("id", Integer, primary_key=True))
Table("a", metadata, *(Column(f"{c}_id", Integer, ForeignKey(f"{c}.id"), primary_key=True) for c in "tu"))
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("parents", "rows"),
    [((40, 40), 2), ((1, 40), 2), ((1, 1), 1)],
)
def test_two_columns_of_a_key_are_converted_and_given_back(generate, parents, rows) -> None:
    """Where a parent has one row, fewer made-up rows stay apart once they are converted."""
    ddl = (
        "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE u (id serial PRIMARY KEY);"
        f"INSERT INTO t SELECT FROM generate_series(1, {parents[0]});"
        f"INSERT INTO u SELECT FROM generate_series(1, {parents[1]});"
        "CREATE TABLE a (t_id text, u_id varchar(9), PRIMARY KEY (t_id, u_id));"
        "INSERT INTO a SELECT '0' || t.id, u.id || ' ' FROM t, u"
    )
    (landed, *_), _ = generate(ddl, models=ASSOCIATION, approve="FK003")
    assert landed.proof
    assert (limits((landed,)), landed.proof.constraints, landed.proof.rows) == ([], 2, rows)


PROFILE = """\
from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("p", metadata, Column("id", Integer, primary_key=True), Column("t_id", Integer, ForeignKey("t.id")))
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    "unique", ["flag boolean, UNIQUE (t_id)", "flag boolean NOT NULL, UNIQUE (t_id, flag)"]
)
def test_no_two_made_up_rows_hold_one_key_in_two_spellings(generate, unique) -> None:
    ddl = (
        "CREATE TABLE t (id serial PRIMARY KEY);"
        "INSERT INTO t SELECT FROM generate_series(1, 40);"
        f"CREATE TABLE p (id serial PRIMARY KEY, t_id varchar(20), {unique});"
        "INSERT INTO p (t_id, flag) SELECT CASE g WHEN 31 THEN '0' ELSE '' END || g, true "
        "FROM generate_series(1, 31) g"
    )
    (landed, *_), _ = generate(ddl, models=PROFILE, approve="FK003")
    assert landed.proof
    assert (limits((landed,)), landed.proof.constraints, landed.proof.rows) == ([], 1, 2)


@pytest.mark.soak
def test_a_right_to_read_that_a_rebuilt_view_loses(
    generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hanging, "_kept", lambda _: "")
    with pytest.raises(RehearsalFailed, match=r"SELECT_BREAKS: SELECT from public\.v fails"):
        generate(TEXT + VIEW, models=BOTH)


@pytest.mark.soak
def test_a_view_that_gives_other_rows_at_another_time(generate) -> None:
    view = "CREATE VIEW v AS SELECT t_id, clock_timestamp() FROM c"
    landed, _ = generate(f"{TEXT} {view}", models=BOTH)
    assert limits(landed) == []


@pytest.mark.soak
def test_a_default_whose_parent_only_the_live_database_holds(generate) -> None:
    landed, _ = generate(TEXT.replace("t_id text", "t_id text DEFAULT '17'"), models=BOTH)
    assert limits(landed) == []


def test_a_role_that_cannot_reach_the_schema_is_a_limit(generate) -> None:
    landed, _ = generate(NO_USAGE, models="")
    assert limits(landed) == [
        "INSERT into s.t as somebody was tried without what refuses a made-up row: "
        "permission denied for schema s"
    ]


def test_a_role_that_lacks_the_sequence_is_no_matter_of_its_position(generate) -> None:
    landed, _ = generate(BEHIND, models="", approve="SEQ001")
    assert limits(landed) == [
        "INSERT into public.t as somebody: permission denied for sequence t_id_seq"
    ]


@pytest.mark.soak
def test_a_grant_promises_nothing_of_a_sequence_at_its_end(generate) -> None:
    ddl = BEHIND.replace(
        "INSERT INTO t SELECT generate_series(1, 30)", "SELECT setval('t_id_seq', 2147483647)"
    )
    landed, _ = generate(ddl, models="", approve="PK005")
    assert limits(landed) == [
        f'INSERT into public.t as {role}: nextval: reached maximum value of sequence "t_id_seq" (2147483647)'
        for role in ("postgres", "somebody")
    ]


@pytest.mark.soak
def test_a_grant_promises_nothing_of_another_table_that_draws_there(generate) -> None:
    """The grant lets the role INSERT there too, as far as its sequence goes: which is at its end."""
    ddl = BEHIND.replace("INSERT INTO t", "CREATE TABLE c (PRIMARY KEY (id)) INHERITS (t); GRANT INSERT ON c TO "
                         "somebody; SELECT setval('t_id_seq', 2147483647); INSERT INTO t")  # fmt: skip
    landed, _ = generate(ddl, models="", approve="PK005:public.t.id")
    assert [one.title for one in landed] == ["grant USAGE on public.t_id_seq to somebody"]


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("rule", ["all", "FK005"])
@pytest.mark.parametrize(
    "more", ["", ", q_id integer, FOREIGN KEY (p_id, q_id) REFERENCES p (id, n) NOT VALID"]
)
def test_made_up_rows_refer_to_rows_where_a_default_does_not(
    rule: str, more: str, generate
) -> None:
    """VALIDATE looks at the rows that another repair's rehearsal needs."""
    ddl = (
        "CREATE TABLE p (id serial PRIMARY KEY, n integer, UNIQUE (id, n)); INSERT INTO p SELECT FROM "
        f"generate_series(1, 9); CREATE TABLE c (id integer PRIMARY KEY, p_id integer DEFAULT 997{more});"
        "INSERT INTO c VALUES (1, 3), (2, NULL); CREATE INDEX ON c (p_id);"
        "ALTER TABLE c ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID;"
    )
    models = BOTH.replace('Table("t", metadata, Column("id", Integer, primary_key=True))\n', "")
    models = models.replace(', Column("t_id", Integer, ForeignKey("t.id"))', "")
    landed, _ = generate(ddl, models=models, approve=rule)
    assert landed[-1].proof is not None
    assert [one for one in limits(landed) if "rows" in one] == []


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("last", [-1, 5])
def test_a_made_up_key_is_none_that_a_descending_sequence_gives(last: int, generate) -> None:
    """Of an empty table, to which the rows of a reference have to refer."""
    ddl = (
        f"CREATE SEQUENCE s AS integer INCREMENT -1 MAXVALUE {last} START -1; CREATE TABLE c (id serial PRIMARY KEY,"
        "t_id integer); CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s')); ALTER SEQUENCE s OWNED BY t.id;"
        "GRANT INSERT ON t TO pg_monitor;"
    )
    landed, _ = generate(ddl, models=BOTH, approve="FK004")
    assert limits(landed) == []


NEARLY_FULL_PARENT = """\
CREATE TABLE t (id integer PRIMARY KEY, email text NOT NULL{more}); INSERT INTO t (id, email) SELECT 2100000000 + g,
g::text FROM generate_series(1, 50) g;
CREATE TABLE c (id bigserial PRIMARY KEY, t_id integer NOT NULL{unique} REFERENCES
t (id)); INSERT INTO c (t_id) SELECT id FROM t; CREATE INDEX ON c (t_id); GRANT SELECT, INSERT ON t, c TO pg_monitor;
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("unique", "more"),
    [
        ("", ""),
        (" UNIQUE", ""),
        (" UNIQUE", ", up integer REFERENCES t"),
        ("", ", up integer NOT NULL DEFAULT 7"),
    ],
)
def test_made_up_children_of_a_parent_that_grows_have_parents(
    unique: str, more: str, generate
) -> None:
    """Their foreign key is made anew, and PostgreSQL looks at all rows then."""
    landed, _ = generate(NEARLY_FULL_PARENT.format(unique=unique, more=more), models=BOTH)
    assert any(one.title.startswith("widen public.t.id to bigint with") for one in landed)
    assert limits(landed) == []


TWO_REFERENCES = """\
CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t (id) SELECT 1000 + g FROM generate_series(1, 50) g;
CREATE TABLE u (id serial PRIMARY KEY); INSERT INTO u (id) SELECT id FROM t;
SELECT setval('t_id_seq', 1050), setval('u_id_seq', 1050);
CREATE TABLE c (id bigserial PRIMARY KEY, t_id integer{first}, u_id integer{second} REFERENCES u);
INSERT INTO c (t_id, u_id) SELECT id, id FROM t; CREATE INDEX ON c (t_id); CREATE INDEX ON c (u_id);
ALTER TABLE c DROP CONSTRAINT c_u_id_fkey, ADD FOREIGN KEY (u_id) REFERENCES u NOT VALID;
"""
BOTH_REFERENCES = """\
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table
for name in ("t", "u"):
    Table(name, metadata, Column("id", Integer, primary_key=True))
Table("c", metadata, Column("id", BigInteger, primary_key=True), Column("t_id", Integer, ForeignKey("t.id")),
      Column("u_id", Integer, ForeignKey("u.id")))
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("second", ["", " NOT NULL DEFAULT 1001", " DEFAULT 1"])
@pytest.mark.parametrize("first", ["", " NOT NULL"])
def test_a_row_made_for_one_reference_meets_the_other(first: str, second: str, generate) -> None:
    """Both are checked by PostgreSQL once the revisions have run."""
    ddl = TWO_REFERENCES.format(first=first, second=second)
    landed, _ = generate(ddl, models=BOTH_REFERENCES)
    assert [one.title for one in landed][1:] == ["validate 2 foreign keys"]
    assert limits(landed) == []


PARTITIONED = """\
CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t (id) SELECT generate_series(1, 30);
CREATE TABLE parts (id serial PRIMARY KEY, t_id integer REFERENCES t) PARTITION BY RANGE (id);
CREATE TABLE rest PARTITION OF parts DEFAULT; CREATE INDEX ON parts (t_id);
CREATE TABLE c (id serial PRIMARY KEY, parts_id bigint DEFAULT -2); ALTER TABLE c ALTER id DROP DEFAULT;
"""
OF_PARTS = """\
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table
Table("parts", metadata, Column("id", Integer, primary_key=True), Column("t_id", Integer))
Table("c", metadata, Column("id", Integer, primary_key=True), Column("parts_id", BigInteger, ForeignKey("parts.id")))
"""


@pytest.mark.soak
def test_a_copy_without_a_referenced_key_shows_no_new_finding(generate) -> None:
    """The key of a partitioned table hangs on partitions, which the copy of its parent lacks."""
    landed, _ = generate(PARTITIONED, models=OF_PARTS)
    assert limits(landed) == []
    assert landed[0].title == "repair 2 keys and sequences"


RULED = """\
CREATE TABLE t (id integer PRIMARY KEY, v text); CREATE TABLE log (id serial PRIMARY KEY, v text);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log (v) VALUES (NEW.v);
"""


@pytest.mark.soak
def test_a_rule_that_writes_to_another_table(generate) -> None:
    landed, _ = generate(RULED)
    assert limits(landed) == []


@pytest.mark.soak
def test_a_key_that_a_rule_lacks_elsewhere_is_not_the_repaired_one(generate) -> None:
    """Before it as after it: the review says what the row met."""
    landed, _ = generate(RULED.replace("serial", "integer"), approve="PK001:public.t.id")
    assert limits(landed) == [
        "INSERT into public.t as postgres was tried without what refuses a made-up row: "
        'null value in column "id" of relation "log" violates not-null constraint'
    ]


@pytest.mark.soak
def test_no_version_table_yet_in_a_search_path_of_several_schemas(generate) -> None:
    landed, _ = generate(f"{PATH} {IN_APP}", models="")
    assert limits(landed) == []


@pytest.mark.soak
def test_a_version_table_further_down_the_search_path(
    newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(newest, tmp_path, monkeypatch, IN_APP, "") as project:
        project.run("alembic", "revision", "-m", "first")
        project.run("alembic", "upgrade", "head")
        with helpers.connected(project.url) as connection:
            connection.execute(PATH)
        options = remediate.GenerateOptions(approve=("all",), reviewer="Ann")
        assert remediate.generate(Config(scratch_url=scratch_url()), options)
        project.run("alembic", "upgrade", "head")
