"""A downgrade that cannot lead back is graded; it refutes a revision that somebody wrote no more."""

import json
from typing import Any

import pytest

from tests.commands.test_rehearsed_as_configured import defects, rehearse, write
from tests.support import helpers
from tests.support.project import Project

TABLES = """
CREATE TYPE colour AS ENUM ('red');
CREATE TABLE t (id serial PRIMARY KEY, old integer, kept integer, note text, last text);
CREATE TABLE boxes (id serial PRIMARY KEY, size integer); CREATE INDEX boxes_size ON boxes (size);
CREATE TABLE bare (id serial PRIMARY KEY, a integer, b integer);
INSERT INTO t (old, note, last) VALUES (1, 'a', 'z'); INSERT INTO boxes (size) VALUES (3);
CREATE TABLE sold (id serial PRIMARY KEY, price numeric(8, 2), code varchar(20), seen text, hint text);
INSERT INTO sold (price, code, seen, hint)
  SELECT n + 0.25, 'c-' || n, n::text, nullif('h' || n, 'h3') FROM generate_series(1, 30) n
"""


def sql(*statements: str) -> str:
    return "".join(f"    op.execute({statement!r})\n" for statement in statements)


DROPPED = sql("ALTER TABLE t DROP COLUMN last")
ADDED = sql("ALTER TABLE t ADD COLUMN last text")
NOTHING = "    pass\n"
# What a revision does, and undoes; its grade; what is lost, what is left behind.
GRADED = {
    "exact": (sql("ALTER TABLE t ADD x int"), sql("ALTER TABLE t DROP x"), "exact", [], []),
    "no_change": (sql("SELECT 1"), NOTHING, "exact", [], []),
    "renamed": (
        sql("ALTER TABLE t RENAME note TO remark", "ALTER TABLE boxes RENAME TO crates"),
        sql("ALTER TABLE t RENAME remark TO note", "ALTER TABLE crates RENAME TO boxes"),
        "exact", [], [],
    ),
    "copied": (
        sql("CREATE TABLE held AS SELECT id, last FROM t") + DROPPED,
        ADDED + sql("UPDATE t SET last = held.last FROM held WHERE held.id = t.id", "DROP TABLE held"),
        "exact", [], [],
    ),
    "order": (
        sql("ALTER TABLE bare DROP COLUMN a"), sql("ALTER TABLE bare ADD COLUMN a integer"),
        "column_order",
        ["the values of public.bare.a (this database holds none)", "the column order of public.bare"],
        [],
    ),
    "values": (DROPPED, ADDED, "lossy", ["the values of public.t.last"], []),
    "both": (
        sql("ALTER TABLE t DROP COLUMN old"), sql("ALTER TABLE t ADD COLUMN old integer"),
        "lossy", ["the values of public.t.old", "the column order of public.t"], [],
    ),
    "index": (
        sql("ALTER TABLE boxes DROP COLUMN size"), sql("ALTER TABLE boxes ADD COLUMN size integer"),
        "lossy",
        ["the values of public.boxes.size",
         "CREATE INDEX boxes_size ON public.boxes USING btree (size)"],
        [],
    ),
    "table": (
        sql("DROP TABLE boxes"),
        sql("CREATE TABLE boxes (id serial PRIMARY KEY, size integer)",
            "CREATE INDEX boxes_size ON boxes (size)"),
        "lossy", ["rows of public.boxes"], [],
    ),
    "deleted": (
        sql("DELETE FROM t WHERE id = 1", "ALTER TABLE t ADD x int"), sql("ALTER TABLE t DROP x"),
        "lossy", ["rows of public.t that statement 1 deletes"], [],
    ),
    "type": (
        sql("ALTER TABLE t ALTER kept TYPE text"), sql("COMMENT ON TABLE t IS NULL"),
        "lossy", ["public.t: kept integer"], ["public.t: kept text"],
    ),
    "narrowed": (
        sql("ALTER TABLE sold ALTER price TYPE integer"),
        sql("ALTER TABLE sold ALTER price TYPE numeric(8, 2)"),
        "lossy", ["the values of public.sold.price that statement 1 converts"], [],
    ),
    "cut": (
        sql("ALTER TABLE sold ALTER code TYPE varchar(3) USING left(code, 3)"),
        sql("ALTER TABLE sold ALTER code TYPE varchar(20)"),
        "lossy", ["the values of public.sold.code that statement 1 converts"], [],
    ),
    "there_and_back": (
        sql("ALTER TABLE sold ALTER seen TYPE integer USING seen::integer, ALTER code TYPE varchar(4)",
            "UPDATE sold SET price = price + 1 WHERE id > 3"),
        sql("UPDATE sold SET price = price - 1 WHERE id > 3",
            "ALTER TABLE sold ALTER seen TYPE text, ALTER code TYPE varchar(20)"),
        "exact", [], [],
    ),
    "overwritten": (
        sql("UPDATE sold SET hint = '' WHERE hint IS NULL", "ALTER TABLE sold ADD x int"),
        sql("ALTER TABLE sold DROP x"),
        "lossy", ["the values of public.sold.hint that statement 1 changes"], [],
    ),
    "of_no_row": (
        sql("UPDATE sold SET seen = 'x' WHERE id > 90", "ALTER TABLE sold ADD x int"),
        sql("ALTER TABLE sold DROP x"), "exact", [], [],
    ),
    "placeholder": (
        DROPPED, ADDED + sql("UPDATE t SET last = 'unknown' || 1"),
        "lossy", ["the values of public.t.last"], [],
    ),
    "seeded": (
        sql("DROP TABLE boxes"),
        sql("CREATE TABLE boxes (id serial PRIMARY KEY, size integer)",
            "CREATE INDEX boxes_size ON boxes (size)", "INSERT INTO boxes (size) VALUES (1), (2)",
            "SELECT setval('boxes_id_seq', (SELECT max(id) FROM boxes))"),
        "lossy", ["rows of public.boxes"], [],
    ),
    "deleted_within": (
        sql("WITH old AS (SELECT id FROM t) DELETE FROM t USING old WHERE old.id = t.id; SELECT 1"),
        sql("SELECT setval('t_id_seq', 1)"),
        "lossy", ["rows of public.t that statement 1 deletes"], [],
    ),
    "split_wrongly": (
        sql("UPDATE sold SET seen = seen || ' ' || code", "ALTER TABLE sold DROP hint"),
        sql("ALTER TABLE sold ADD hint text", "UPDATE sold SET hint = split_part(seen, ' ', 2)",
            "UPDATE sold SET seen = split_part(seen, ' ', 1)"),
        "lossy", ["the values of public.sold.hint"], [],
    ),
    "joined": (
        sql("UPDATE sold SET seen = t.note FROM t WHERE t.id = sold.id", "ALTER TABLE sold ADD x int"),
        sql("ALTER TABLE sold DROP x"),
        "lossy", ["the values of public.sold.seen that statement 1 changes"], [],
    ),
    "backfilled": (
        sql("ALTER TABLE sold ADD x text", "UPDATE sold SET x = t.note FROM t WHERE t.id = sold.id"),
        sql("ALTER TABLE sold DROP x"), "exact", [], [],
    ),
    "value_of_enum": (
        sql("ALTER TYPE colour ADD VALUE IF NOT EXISTS 'blue'"), NOTHING, "none", [], [],
    ),
    "raises": (DROPPED, "    raise NotImplementedError\n", "none", [], []),
    "says_why": (DROPPED, "    raise RuntimeError('values are gone')\n", "none", [], []),
    "in_sql": (
        DROPPED, sql("DO $$BEGIN RAISE EXCEPTION 'values are gone'; END$$"), "none", [], [],
    ),
}  # fmt: skip
REASONS = {
    "value_of_enum": "downgrade() does nothing",
    "raises": "NotImplementedError: NotImplementedError",
    "says_why": "RuntimeError: values are gone",
    "in_sql": "values are gone",
    "missing": "the revision has no downgrade()",
}


@pytest.mark.project(TABLES)
@pytest.mark.parametrize("id_", GRADED)
@pytest.mark.few_in_ci(2)
def test_a_grade(project: Project, id_: str) -> None:
    up, down, grade, lost, left = GRADED[id_]
    write(project, id_, up, down)
    before = helpers.dump(project.url)
    made = rehearse(project)
    assert defects(made) == {id_: []}
    (way,) = [one["way_back"] for one in made["revisions"]]
    assert way == {
        "grade": grade, "reason": REASONS.get(id_, ""), "lost": lost, "left_behind": left,
    }  # fmt: skip
    assert helpers.dump(project.url) == before


@pytest.mark.project(TABLES)
def test_what_another_database_would_lose_stands_beside_an_exact_way_back(project: Project) -> None:
    write(project, "bare", sql("DELETE FROM bare", "UPDATE bare SET a = 5"), sql("SELECT 1"))
    shown = project.run("remediate", "rehearse").stdout
    assert "way back: exact\n  - would be lost: rows of public.bare that statement 1" in shown
    assert "- lost:" not in shown


@pytest.mark.project(TABLES)
def test_without_a_downgrade_the_next_revision_follows_what_stands(project: Project) -> None:
    write(project, "a", DROPPED)
    write(project, "b", sql("ALTER TABLE t ADD COLUMN last integer"), "    drop\n", after="a")
    text = (project.versions / "a.py").read_text()
    (project.versions / "a.py").write_text(text[: text.index("def downgrade")])
    write(
        project, "c", sql("ALTER TABLE bare DROP a"), sql("ALTER TABLE bare ADD a int"), after="b"
    )
    shown = project.run("remediate", "rehearse", expected=4).stdout
    assert (
        "  + downgrade: there is none\n  way back: none: the revision has no downgrade()\n" in shown
    )
    assert "NameError: name 'drop' is not defined" in shown
    assert "b   REFUTED" in shown
    assert "way back: same except for the column order\n" in shown
    assert (
        "\n2 of 3 revisions proven. The database was not touched.\nNo exact way back: a, c.\n"
        in shown
    )


@pytest.mark.project(TABLES)
def test_without_an_upgrade_it_is_told_in_words(project: Project) -> None:
    write(project, "back_only", DROPPED, NOTHING)
    file = project.versions / "back_only.py"
    file.write_text(file.read_text().replace("def upgrade", "def upgrades"))
    (one,) = rehearse(project, expected=4)["revisions"]
    (defect,) = one["defects"]
    assert defect["name"] == "UPGRADE_FAILS"
    assert defect["evidence"] == "the revision has no upgrade()"


WRONG = {
    "again": (
        sql("CREATE TYPE shade AS ENUM ('x')", "ALTER TABLE t ADD s shade"), sql("ALTER TABLE t DROP s"),
        ["DOWNGRADE_DIFFERS", "UPGRADE_AGAIN_FAILS"],
    ),
    "statement": (sql("ALTER TABLE t ADD x int"), sql("ALTER TABLE t DROP y"), ["DOWNGRADE_FAILS"]),
    "hidden": (
        DROPPED,
        "    try:\n        op.execute('ALTER TABLE t DROP y')\n"
        "    except Exception as error:\n        raise RuntimeError('no') from error\n",
        ["DOWNGRADE_FAILS"],
    ),
}  # fmt: skip


@pytest.mark.project(TABLES)
@pytest.mark.parametrize("id_", WRONG)
@pytest.mark.few_in_ci(1)
def test_a_downgrade_that_fails_or_bars_the_next_upgrade_refutes(
    project: Project, id_: str
) -> None:
    up, down, names = WRONG[id_]
    write(project, id_, up, down)
    made: dict[str, Any] = rehearse(project, expected=4)
    (one,) = made["revisions"]
    assert [d["name"] for d in one["defects"]] == names, json.dumps(one["defects"], indent=1)
