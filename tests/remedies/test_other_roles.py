"""A revision runs where the roles are called otherwise than on the database of its plan."""

from pathlib import Path

import sqlalchemy as sa

from remediate.rehearsal.scratch import Server
from tests.corpora.remedies import quoted
from tests.support import helpers
from tests.support.project import ONE_MODEL, Project, small_project

OWNER, WRITER = quoted('Planned "Owner"'), quoted("planned: writer %s")
TABLES = (
    "CREATE TABLE t (id integer PRIMARY KEY, v text)",
    "CREATE TABLE below (PRIMARY KEY (id)) INHERITS (t)",
    "CREATE SEQUENCE s",
    "CREATE TABLE u (id integer PRIMARY KEY DEFAULT nextval('s'), v text)",
)
FIRST = f"""from alembic import op
revision, down_revision, branch_labels, depends_on = "0001", None, None, None
def upgrade():
    for statement in {TABLES}:
        op.execute(statement)
def downgrade():
    op.execute("DROP TABLE below, t, u; DROP SEQUENCE s")
"""
GIVEN = f"""
ALTER TABLE t OWNER TO {OWNER}; ALTER TABLE u OWNER TO {OWNER}; ALTER SEQUENCE s OWNER TO {OWNER};
ALTER TABLE below OWNER TO {OWNER}; GRANT INSERT (v) ON t TO {WRITER}; GRANT INSERT ON u TO {WRITER};
"""
ALREADY = f"""
CREATE ROLE {WRITER}; CREATE ROLE its_member IN ROLE {WRITER}; GRANT USAGE ON SEQUENCE s TO {WRITER};
GRANT INSERT ON t TO PUBLIC; GRANT INSERT ON u TO {WRITER}; COMMENT ON SEQUENCE s IS 'It''s ours';
"""
REPAIRED = f"""
CREATE SEQUENCE t_id_seq AS integer; ALTER SEQUENCE t_id_seq OWNER TO {OWNER};
ALTER SEQUENCE t_id_seq OWNED BY t.id; ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq');
GRANT USAGE ON SEQUENCE t_id_seq, s TO {WRITER};
"""


def inserts(url: sa.URL, role: str) -> None:
    table = "below" if role == "only_below" else "t"
    with helpers.connected(url) as connection:
        connection.execute(f"SET ROLE {role}".encode())
        connection.execute(f"INSERT INTO {table} (v) VALUES ('x'); INSERT INTO u (v) VALUES ('x')")


def there_and_back(project: Project, writer: str, repaired: str = "") -> None:
    before = helpers.dump(project.url)
    project.run("alembic", "upgrade", "head")
    if repaired:
        assert helpers.dump(project.url) == repaired
    inserts(project.url, writer)
    project.run("alembic", "downgrade", "0001")
    assert helpers.dump(project.url) == before


def by_hand(server: Server) -> str:
    """The catalog that the plan speaks of."""
    with server.database() as url, helpers.connected(url) as connection:
        connection.execute(f"{'; '.join(TABLES)}; {GIVEN} {REPAIRED}".encode())
        return helpers.dump(url)


def test_whatever_the_roles_are_called(newest: Server, tmp_path: Path) -> None:
    """As planned where they are those; under new names; and where some have or get their rights."""
    made = f"CREATE ROLE {OWNER}; CREATE ROLE {WRITER}"
    with small_project(newest, tmp_path, made, models=ONE_MODEL) as project:
        (project.versions / "0001_first.py").write_text(FIRST)
        project.run("alembic", "upgrade", "0001")
        project.psql(GIVEN)
        project.run(
            "remediate", "generate", "--approve", "PK001", "--approve", "PK005", "--reviewer", "Ann"
        )
        there_and_back(project, WRITER, by_hand(newest))
        project.psql(
            f"ALTER ROLE {OWNER} RENAME TO renamed_owner; ALTER ROLE {WRITER} RENAME TO renamed_role"
        )
        there_and_back(project, "renamed_owner")
        with newest.database() as url:
            elsewhere = Project(tmp_path, url)
            elsewhere.run("alembic", "upgrade", "0001")
            elsewhere.run("alembic", "upgrade", "head")
            elsewhere.psql(f"CREATE ROLE {WRITER}; GRANT USAGE ON SEQUENCE s TO {WRITER}")
            elsewhere.run("alembic", "downgrade", "0001")
            assert f"GRANT USAGE ON SEQUENCE public.s TO {WRITER};" in helpers.dump(url)
            elsewhere.psql(f"DROP OWNED BY {WRITER}; DROP ROLE {WRITER}")
            elsewhere.psql("GRANT INSERT ON t, u TO renamed_role; CREATE ROLE only_below")
            elsewhere.psql(
                "GRANT INSERT (v) ON below TO only_below; GRANT INSERT ON u TO only_below"
            )
            for writer in ("renamed_role", "only_below"):
                there_and_back(elsewhere, writer)
            elsewhere.psql(ALREADY)
            for writer in ("renamed_role", WRITER, "its_member"):
                there_and_back(elsewhere, writer)
            script = elsewhere.run("alembic", "upgrade", "0001:head", "--sql").stdout
            elsewhere.psql(script)
            inserts(url, "renamed_role")
