"""What a repair makes takes no name that is taken; and no index is dropped that was there before."""

from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, small_project

APPROVED = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
TREES = """
    CREATE TABLE wood (id serial PRIMARY KEY, area integer NOT NULL, UNIQUE (area, id));
    INSERT INTO wood (area) SELECT g FROM generate_series(1, 1500) g;
    CREATE TABLE tree (id serial PRIMARY KEY, area integer, wood_id integer REFERENCES wood);
    INSERT INTO tree (area, wood_id) SELECT area, id FROM wood;
    {more}; ANALYZE
"""
MODELS = """
import sqlalchemy as sa
sa.Table("wood", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("tree", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("wood_id", sa.Integer, sa.ForeignKey("wood.id")))
"""
UNDECLARED = "ALTER TABLE tree DROP CONSTRAINT tree_wood_id_fkey"
PARTIAL = "CREATE UNIQUE INDEX ix_tree_wood_id ON tree (wood_id) WHERE area > 3"


def indexes(project: Project) -> set[tuple[str, str]]:
    """Each by its name, with its definition."""
    named = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename <> 'alembic_version'"
    with helpers.connected(project.url) as connection:
        return {(row[0], row[1]) for row in connection.execute(named).fetchall()}


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("more", [
    PARTIAL,
    f"{PARTIAL}; {UNDECLARED}",
    "CREATE INDEX ix_tree_wood_id ON tree (area)",
    "CREATE INDEX ix_tree_wood_id ON wood (area)",
    "CREATE TABLE ix_tree_wood_id (id serial PRIMARY KEY)",
    "CREATE INDEX ix_tree_wood_id ON tree (area); CREATE INDEX ix_tree_wood_id1 ON tree (area)",
])  # fmt: skip
def test_what_has_the_name_stays(more: str, newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, TREES.format(more=more), models=MODELS) as project:
        before, schema = indexes(project), helpers.dump(project.url)
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        after = indexes(project)
        assert before < after
        assert [f["id"] for f in project.json("plan")["findings"]] == []
        project.run("alembic", "downgrade", "base")
        with helpers.connected(project.url) as connection:
            connection.execute("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == schema


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(("more", "built"), [
    ("ALTER TABLE tree ADD CONSTRAINT again FOREIGN KEY (wood_id) REFERENCES wood",
     {"ix_tree_wood_id"}),
    ("ALTER TABLE tree ADD FOREIGN KEY (wood_id, area) REFERENCES wood (id, area)",
     {"ix_tree_wood_id", "ix_tree_wood_id_area"}),
    ("CREATE TABLE tree_wood (id integer REFERENCES wood);"
     "INSERT INTO tree_wood SELECT id FROM wood", {"ix_tree_wood_id", "ix_tree_wood_id1"}),
])  # fmt: skip
def test_two_foreign_keys_that_want_one_name(
    more: str, built: set[str], newest: Server, tmp_path: Path
) -> None:
    unique = "ALTER TABLE wood ADD UNIQUE (id, area)"
    ddl = TREES.format(more=f"{unique}; {more}")
    with small_project(newest, tmp_path, ddl, models="") as project:
        before = indexes(project)
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        assert {name for name, _ in indexes(project) - before} == built
        assert project.json("plan")["findings"] == []
        project.run("alembic", "downgrade", "base")
        project.run("alembic", "upgrade", "head")


def test_an_index_that_somebody_made_since_is_not_dropped(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, TREES.format(more=""), models="") as project:
        project.run(*APPROVED)
        project.psql(PARTIAL)
        refused = project.run("alembic", "upgrade", "head", expected=1)
        assert "is another (wood_id), expected missing or invalid (wood_id)" in refused.stderr
        assert any("WHERE (area > 3)" in text for _, text in indexes(project))


@pytest.mark.soak
def test_what_a_build_left_behind_makes_way(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, TREES.format(more=""), models="") as project:
        with helpers.connected(project.url) as connection:
            connection.execute("CREATE INDEX ix_tree_wood_id ON tree (wood_id)")
            connection.execute(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_tree_wood_id'::regclass"
            )
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        assert [name for name, _ in indexes(project) if "wood_id" in name] == ["ix_tree_wood_id"]
        assert project.json("plan")["findings"] == []


LONG = "x" * 40
PAIR = f"""
    CREATE TABLE wood (id serial PRIMARY KEY, area integer NOT NULL);
    INSERT INTO wood (area) SELECT g FROM generate_series(1, 40) g;
    CREATE TABLE {LONG} (id serial PRIMARY KEY, {LONG}_one {{type}}, {LONG}_two {{type}});
    INSERT INTO {LONG} ({LONG}_one, {LONG}_two) SELECT {{value}}, {{value}} FROM wood
"""
PAIR_MODELS = f"""
import sqlalchemy as sa
sa.Table("wood", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("{LONG}", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("{LONG}_one", sa.Integer, sa.ForeignKey("wood.id")),
         sa.Column("{LONG}_two", sa.Integer, sa.ForeignKey("wood.id")))
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(("type_", "value"), [("integer", "id"), ("text", "'0' || id")])
def test_names_that_are_shortened_alike(
    type_: str, value: str, newest: Server, tmp_path: Path
) -> None:
    """Of foreign keys, of indexes, and of the tables that keep former values."""
    ddl = PAIR.format(type=type_, value=value)
    with small_project(newest, tmp_path, ddl, models=PAIR_MODELS) as project:
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []
        project.run("alembic", "downgrade", "base")
        project.run("alembic", "upgrade", "head")


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    "relation", ["VIEW {} AS SELECT 1", "INDEX {} ON wood (area)", "SEQUENCE {}"]
)
def test_former_values_are_kept_under_a_free_name(
    relation: str, newest: Server, tmp_path: Path
) -> None:
    more = f"{UNDECLARED}; ALTER TABLE tree ALTER wood_id TYPE text USING '0' || wood_id"
    ddl = TREES.format(more=f"{more}; CREATE {relation.format('tree_wood_id_before')}")
    with small_project(newest, tmp_path, ddl, models=MODELS) as project:
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []
        project.run("alembic", "downgrade", "base")


COMPOSITE = """
import sqlalchemy as sa
sa.Table("wood", metadata, sa.Column("a", sa.Integer, primary_key=True),
         sa.Column("b", sa.Integer, primary_key=True))
sa.Table("tree", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("a", sa.Integer), sa.Column("b", sa.Integer),
         sa.ForeignKeyConstraint(["a", "b"], ["wood.a", "wood.b"]{name}))
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(("name", "constraint"), [
    (', name="k"', "CONSTRAINT k CHECK (a > 0)"),
    (', name="k"', "CONSTRAINT k UNIQUE (a)"),
    (', name="k"', "CONSTRAINT k FOREIGN KEY (a, b) REFERENCES pile"),
    ("", "FOREIGN KEY (a, b) REFERENCES pile"),
])  # fmt: skip
def test_a_constraint_that_has_the_name_of_another(
    name: str, constraint: str, newest: Server, tmp_path: Path
) -> None:
    """The plan says so, instead of a rehearsal."""
    ddl = f"""
        CREATE TABLE wood (a integer, b integer, PRIMARY KEY (a, b));
        CREATE TABLE pile (a integer, b integer, PRIMARY KEY (a, b));
        CREATE TABLE tree (id serial PRIMARY KEY, a integer, b integer, {constraint})
    """
    with small_project(newest, tmp_path, ddl, models=COMPOSITE.format(name=name)) as project:
        (found,) = project.json("plan")["findings"]
        assert found["remedy"]["manual"].startswith("public.tree has another constraint called ")


@pytest.mark.soak
def test_a_new_foreign_key_passes_over_a_name_that_a_check_has(
    newest: Server, tmp_path: Path
) -> None:
    more = f"{UNDECLARED}; ALTER TABLE tree ADD CONSTRAINT tree_wood_id_fkey CHECK (id > 0)"
    with small_project(newest, tmp_path, TREES.format(more=more), models=MODELS) as project:
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []


@pytest.mark.soak
def test_a_default_that_names_the_sequence_of_another_draws_from_its_own_again(
    newest: Server, tmp_path: Path
) -> None:
    ddl = """
        CREATE SCHEMA a; CREATE TABLE a.tree (id serial PRIMARY KEY, n integer);
        CREATE TABLE a.wood (id serial PRIMARY KEY);
        ALTER TABLE a.tree ALTER id SET DEFAULT nextval('wood_id_seq'::text); INSERT INTO a.tree VALUES (3)
    """
    with small_project(newest, tmp_path, ddl, models="") as project:
        before = helpers.dump(project.url)
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        assert "draws from a.tree_id_seq; owns it" in project.run("remediate", "verify").stdout
        with helpers.connected(project.url) as connection:
            (row,) = connection.execute("INSERT INTO a.tree (n) VALUES (1) RETURNING id").fetchall()
            assert row == (4,)
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before


BARE = "CREATE TABLE t (id integer PRIMARY KEY, v text)"
LATE = "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('t_ids'::text))"
QUALIFIED = "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('public.t_ids'::text))"
TAKES = {
    "enum": "CREATE TYPE {} AS ENUM ('a')",
    "domain": "CREATE DOMAIN {} AS integer",
    "range": "CREATE TYPE {} AS RANGE (subtype = integer)",
    "composite type": "CREATE TYPE {} AS (a integer)",
    "shell type": "CREATE TYPE {}",
    "table": "CREATE TABLE {} (n integer)",
    "view": "CREATE VIEW {} AS SELECT 1 AS n",
    "index": "CREATE INDEX {} ON t (id)",
}


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("ddl", "name", "kind"),
    [
        *((BARE, "t_id_seq", kind) for kind in TAKES),
        *((LATE, "t_ids", kind) for kind in ("enum", "table", "view")),
        (QUALIFIED, "t_ids", "enum"),
    ],
)
def test_a_sequence_of_a_free_name(
    ddl: str, name: str, kind: str, newest: Server, tmp_path: Path
) -> None:
    """A relation makes a type of its name: it may be called like neither."""
    with small_project(newest, tmp_path, f"{ddl}; {TAKES[kind].format(name)}") as project:
        schema = helpers.dump(project.url)
        project.run(*APPROVED)
        project.run("alembic", "upgrade", "head")
        with helpers.connected(project.url) as connection:
            connection.execute("INSERT INTO t DEFAULT VALUES")
            connection.execute("TRUNCATE t")
        project.run("alembic", "downgrade", "base")
        with helpers.connected(project.url) as connection:
            connection.execute("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == schema


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("kind", ["enum", "table"])
def test_a_sequence_of_the_models_whose_name_is_taken(
    kind: str, newest: Server, tmp_path: Path
) -> None:
    models = """
import sqlalchemy as sa
sa.Table("t", metadata, sa.Column("id", sa.Integer, sa.Sequence("t_ids"), primary_key=True))
"""
    with small_project(
        newest, tmp_path, f"{BARE}; {TAKES[kind].format('t_ids')}", models=models
    ) as project:
        (found,) = (f for f in project.json("plan")["findings"] if f["rule"] == "PK002")
        assert found["remedy"]["manual"].startswith(
            "another relation is called public.t_ids: choose another sequence name"
        )


@pytest.mark.soak
def test_alembic_compares_a_table_with_a_quote_in_its_name(newest: Server, tmp_path: Path) -> None:
    models = """
import sqlalchemy as sa
sa.Table("feed'back", metadata, sa.Column("i'd", sa.Integer, primary_key=True))
"""
    ddl = """CREATE TABLE "feed'back" ("i'd" integer PRIMARY KEY)"""
    with small_project(newest, tmp_path, ddl, models=models) as project:
        project.run("remediate", "generate", "--approve", "PK001", "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        assert "No new upgrade" in project.run("alembic", "check").stdout
