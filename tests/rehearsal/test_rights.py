"""A role that may not do what a repair needs: which right, on what, and what to grant."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rehearsal import rights
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, small_project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
MODELS = """\
from sqlalchemy import Column, Integer, Table
Table("stock", metadata, Column("id", Integer, primary_key=True), schema="shop")
"""
DDL = """
CREATE SCHEMA shop; CREATE TABLE shop.stock (id integer PRIMARY KEY);
INSERT INTO shop.stock VALUES (3);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
ALTER TABLE alembic_version OWNER TO releaser;
GRANT USAGE ON SCHEMA shop TO releaser;
"""
OWNED = "GRANT CREATE ON SCHEMA shop TO releaser; ALTER TABLE shop.stock OWNER TO releaser;"
LACKING = {
    "no CREATE": (
        "ALTER TABLE shop.stock OWNER TO releaser",
        "permission denied for schema shop",
        "GRANT USAGE, CREATE ON SCHEMA shop TO releaser",
        "GRANT USAGE, CREATE ON SCHEMA shop TO releaser",
    ),
    "another's table": (
        "GRANT CREATE ON SCHEMA shop TO releaser; ALTER TABLE shop.stock OWNER TO stock_keeper; "
        "GRANT ALL ON shop.stock TO releaser; GRANT CREATE ON SCHEMA shop TO stock_keeper",
        "must be owner of table stock",
        "GRANT the role that owns table stock TO releaser",
        "GRANT stock_keeper TO releaser",
    ),
    "the owner's": (
        "GRANT CREATE ON SCHEMA shop TO releaser; GRANT stock_keeper TO releaser; "
        "ALTER TABLE shop.stock OWNER TO stock_keeper",
        "permission denied for schema shop",
        "GRANT CREATE ON SCHEMA shop TO stock_keeper",
        "GRANT CREATE ON SCHEMA shop TO stock_keeper",
    ),
    "row security": (
        OWNED + "ALTER TABLE shop.stock ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
        "CREATE POLICY few ON shop.stock USING (id < 10)",
        'query would be affected by row-level security policy for table "stock"',
        "ALTER ROLE releaser BYPASSRLS, or ALTER TABLE stock NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE shop.stock NO FORCE ROW LEVEL SECURITY",
    ),
}  # fmt: skip

CASES = [
    pytest.param(one, marks=[pytest.mark.soak] if one == "another's table" else [])
    for one in LACKING
]


@pytest.fixture
def roles(newest: Server) -> Iterator[None]:
    with helpers.connected(newest.url) as admin:
        admin.execute("CREATE ROLE releaser LOGIN; CREATE ROLE stock_keeper")
        try:
            yield
        finally:
            admin.execute("DROP ROLE releaser; DROP ROLE stock_keeper")


@pytest.mark.usefixtures("roles")
@pytest.mark.parametrize("case", CASES)
def test_what_a_role_lacks_is_named_and_granted(newest: Server, tmp_path: Path, case: str) -> None:
    given, reason, advice, grant = LACKING[case]
    with small_project(newest, tmp_path, f"{DDL}; {given}", models=MODELS) as project:
        mine = Project(project.folder, project.url.set(username="releaser"))
        said = mine.run(*GENERATE, expected=4).stderr
        who = "releaser, which runs the migration"
        who = "stock_keeper, which is to own it" if case == "the owner's" else who
        assert f"LACKS_RIGHT: the role {who}, lacks a right: {reason}" in said
        assert advice in said
        assert "bug" not in said
        # What fails because of that is no defect of its own.
        for consequence in ("SEQUENCE_USED_EARLY", "NO_SUCH", "DEFAULT_BEFORE_SEQUENCE", "FAILS"):
            assert consequence not in said
        project.psql(grant)
        mine.run(*GENERATE)
        mine.run("alembic", "upgrade", "head")
        project.psql("DROP SCHEMA shop CASCADE")  # what the roles own


@pytest.mark.usefixtures("roles")
def test_a_version_table_that_the_role_may_not_write(newest: Server, tmp_path: Path) -> None:
    ddl = f"{DDL}; {OWNED} ALTER TABLE alembic_version OWNER TO postgres;"
    ddl += "GRANT SELECT ON alembic_version TO releaser"
    with small_project(newest, tmp_path, ddl, models=MODELS) as project:
        mine = Project(project.folder, project.url.set(username="releaser"))
        said = mine.run(*GENERATE, expected=4).stderr
        assert "lacks a right: permission denied for table alembic_version" in said
        assert "bug" not in said


@pytest.mark.usefixtures("roles")
def test_a_reference_whose_table_the_role_may_not_read(newest: Server, tmp_path: Path) -> None:
    ddl = f"""{DDL} CREATE TABLE shop.sold (id serial PRIMARY KEY, stock_id integer);
        CREATE INDEX ON shop.sold (stock_id);
        ALTER TABLE shop.sold ADD FOREIGN KEY (stock_id) REFERENCES shop.stock NOT VALID;"""
    with small_project(newest, tmp_path, ddl, models=MODELS) as project:
        mine = Project(project.folder, project.url.set(username="releaser"))
        said = mine.run(*(w.replace("all", "FK005") for w in GENERATE), expected=4).stderr
        assert "shop.sold cannot be copied for the rehearsal: this role may not read it" in said
        assert project.generated() == []


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("must be owner of sequence s", 'GRANT the role that owns sequence s TO "The App"'),
        ('must be able to SET ROLE "big boss"', 'GRANT "big boss" TO "The App"'),
        ('must be member of role "big boss"', 'GRANT "big boss" TO "The App"'),
        ("permission denied for schema Shop", 'GRANT USAGE, CREATE ON SCHEMA "Shop" TO "The App"'),
        ("only the boss may", 'what PostgreSQL asks for, granted to "The App"'),
    ],
)
def test_the_words_of_postgresql(message: str, advice: str) -> None:
    assert rights.to_grant("The App", message, "DROP TABLE t").startswith(advice)


@pytest.mark.parametrize(
    ("sql", "who"),
    [
        ('ALTER TABLE s.t OWNER TO "big ""boss"', '"big ""boss"'),
        ("alter function f(integer) owner to Boss;", "boss"),
        ("ALTER TABLE t OWNER TO CURRENT_USER", "app"),
        ("CREATE TABLE s.t (); ALTER TABLE s.t OWNER TO boss", "app"),
        ("DO 'boss'", "app"),
    ],
)
def test_whose_right_to_create_is_missing(sql: str, who: str) -> None:
    block = f'SQL statement "{sql}"\nPL/pgSQL function inline_code_block line 3 at EXECUTE'
    assert rights.refused("DO $$ $$", block) == rights.refused(sql, "") == sql
    advice = rights.to_grant("app", "permission denied for schema s", sql)
    assert advice.split(";")[0].rpartition(" TO ")[2] == who
