"""Declared foreign keys that do not fit: found without a miss, repaired, and given back exactly."""

from pathlib import Path

import psycopg
import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import small_project

DDL = """
CREATE TABLE users (id bigserial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer NOT NULL DEFAULT 1 REFERENCES users ON DELETE CASCADE);
CREATE TABLE lines (id serial PRIMARY KEY, user_id integer REFERENCES users, pos smallint);
CREATE INDEX ON lines (user_id);
CREATE TABLE products (code numeric(12) PRIMARY KEY, label text UNIQUE);
CREATE TABLE prices (id serial PRIMARY KEY, product integer REFERENCES products,
  label char(9) REFERENCES products (label));
CREATE TABLE late (id serial PRIMARY KEY, user_id bigint);
ALTER TABLE late ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users ON UPDATE CASCADE DEFERRABLE NOT VALID;
COMMENT ON CONSTRAINT later ON late IS 'so far';
CREATE TABLE visits (id bigserial PRIMARY KEY, user_id bigint REFERENCES users);
INSERT INTO users SELECT FROM generate_series(1, 2000);
INSERT INTO visits (user_id) SELECT n FROM generate_series(1, 1500) n;
INSERT INTO late (user_id) SELECT n FROM generate_series(1, 20) n;
ANALYZE
"""


def test_the_whole_way_on_the_newest(newest: Server, tmp_path: Path) -> None:
    the_whole_way(newest, tmp_path)


@pytest.mark.soak
def test_the_whole_way(server: Server, tmp_path: Path) -> None:
    the_whole_way(server, tmp_path)


def the_whole_way(server: Server, folder: Path) -> None:
    with small_project(server, folder, DDL) as project:
        before = helpers.dump(project.url)
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        shown = project.run("remediate", "verify").stdout
        assert "FAILED" not in shown
        assert project.run("remediate", "plan", "-q").stdout.strip() == ""
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before
        project.run("alembic", "upgrade", "head")


PARENT = "CREATE TABLE p (id integer PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 2000); "
CHILD = (
    "CREATE TABLE c (id serial PRIMARY KEY, p_id integer); "
    "INSERT INTO c (p_id) SELECT n FROM generate_series(1, 2000) n; "
)


def test_what_an_earlier_build_left_behind_goes_first(newest: Server, tmp_path: Path) -> None:
    ddl = PARENT + CHILD + "ALTER TABLE c ADD FOREIGN KEY (p_id) REFERENCES p; ANALYZE"
    with small_project(newest, tmp_path, ddl) as project:
        project.run("remediate", "generate", "--approve", "FK006", "--reviewer", "Ann")
        with helpers.connected(project.url) as connection:
            connection.execute("INSERT INTO c (p_id) VALUES (1)")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("CREATE UNIQUE INDEX CONCURRENTLY ix_c_p_id ON c (p_id)")
            valid = "SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'ix_c_p_id'::regclass"
            assert connection.execute(valid).fetchone() == (False, True)
            project.run("alembic", "upgrade", "head")
            assert connection.execute(valid).fetchone() == (True, False)


def test_somebody_elses_index_of_that_name_is_left_alone(newest: Server, tmp_path: Path) -> None:
    ddl = PARENT + CHILD + "ALTER TABLE c ADD FOREIGN KEY (p_id) REFERENCES p; ANALYZE"
    with small_project(newest, tmp_path, ddl) as project:
        project.run("remediate", "generate", "--approve", "FK006", "--reviewer", "Ann")
        with helpers.connected(project.url) as connection:
            connection.execute("CREATE INDEX ix_c_p_id ON c (id, p_id)")
        before = helpers.dump(project.url)
        refused = project.run("alembic", "upgrade", "head", expected=1)
        assert "index public.c.ix_c_p_id is valid (id, p_id), expected missing or" in refused.stderr
        assert helpers.dump(project.url) == before


def test_a_row_without_parent_stops_it_and_the_next_upgrade_finishes(
    newest: Server, tmp_path: Path
) -> None:
    ddl = (
        PARENT
        + CHILD
        + "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p NOT VALID; CREATE INDEX ON c (p_id)"
    )
    with small_project(newest, tmp_path, ddl) as project:
        project.run("remediate", "generate", "--approve", "FK005", "--reviewer", "Ann")
        with helpers.connected(project.url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("INSERT INTO c (id, p_id) VALUES (0, -7)")
            refused = project.run("alembic", "upgrade", "head", expected=1)
            assert "violates foreign key constraint" in refused.stderr
            assert project.run("alembic", "current").stdout == ""
            planned = project.run("remediate", "plan", expected=0).stdout
            assert "1 rows have no parent: decide about them first" in " ".join(planned.split())
            connection.execute("DELETE FROM c WHERE id = 0")
            project.run("alembic", "upgrade", "head")
            valid = "SELECT convalidated FROM pg_constraint WHERE conname = 'f'"
            assert connection.execute(valid).fetchone() == (True,)


def test_rows_that_cannot_be_made_up_are_a_limit_and_no_failure(
    newest: Server, tmp_path: Path
) -> None:
    """Other foreign keys on the table, types without an unknown value, a column that is unique."""
    ddl = """
    CREATE TABLE moods (m jsonb PRIMARY KEY); CREATE TABLE days (d date PRIMARY KEY);
    CREATE TABLE p (id integer PRIMARY KEY); INSERT INTO p VALUES (1);
    CREATE TABLE c (id serial PRIMARY KEY, p_id integer NOT NULL REFERENCES p, q_id integer NOT NULL, d date, m jsonb,
      at timestamptz(0) NOT NULL, hour time NOT NULL, size numeric(2,2) NOT NULL);
    CREATE INDEX ON c (d); CREATE INDEX ON c (m); CREATE INDEX ON c (q_id);
    ALTER TABLE c ADD CONSTRAINT of_q FOREIGN KEY (q_id) REFERENCES p NOT VALID,
      ADD CONSTRAINT of_d FOREIGN KEY (d) REFERENCES days NOT VALID,
      ADD CONSTRAINT of_m FOREIGN KEY (m) REFERENCES moods NOT VALID"""
    with small_project(newest, tmp_path, ddl) as project:
        project.run("remediate", "generate", "--approve", "FK005", "--reviewer", "Ann")
        (review,) = project.versions.glob("*.md")
        text = review.read_text()
        assert "INSERT of an unknown id: refused by 2 of 3 constraints" in text
        assert "INSERT of an unknown id into public.c (of_m): remediate found no value" in text
        assert "- [ ] an unknown id is refused: refused by 2 of 3 constraints; not shown" in text


@pytest.mark.soak
def test_an_expression_that_takes_the_column_as_text(newest: Server, tmp_path: Path) -> None:
    """Of a varchar PostgreSQL writes the cast itself; of a text it does not, and stops."""
    ddl = (
        "CREATE TABLE p (id integer PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 30); "
        "CREATE TABLE c (id serial PRIMARY KEY, p_id text CHECK (p_id <> '')); "
        "INSERT INTO c (p_id) SELECT generate_series(1, 30)"
    )
    generate = ("remediate", "generate", "--reviewer", "Ann", "--approve")
    with small_project(newest, tmp_path, ddl) as project:
        foreseen = project.run(*generate, "FK003:public.c.p_id", expected=3).stderr
        assert "public.c.p_id: CHECK c_p_id_check, which computes with it as text" in foreseen
        project.psql(
            "ALTER TABLE c DROP CONSTRAINT c_p_id_check; CREATE VIEW v AS SELECT upper(p_id) FROM c"
        )
        foreseen = project.run(*generate, "FK003:public.c.p_id", expected=3).stderr
        assert "public.c.p_id: view public.v, which computes with it as text" in foreseen
        project.psql("CREATE OR REPLACE VIEW v AS SELECT upper(p_id::text) FROM c")
        project.run(*generate, "FK003:public.c.p_id", expected=3)
        project.psql(
            "CREATE OR REPLACE VIEW v AS SELECT upper(p_id || '') FROM c; "
            "CREATE POLICY p ON c USING (upper(p_id || '') <> 'X'); "
            "CREATE TRIGGER t BEFORE UPDATE ON c FOR EACH ROW WHEN (upper(NEW.p_id || '') <> 'X') "
            "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
        project.run(*generate, "FK003")
        project.run("alembic", "upgrade", "head")
        project.psql("TABLE v; UPDATE c SET p_id = 2 WHERE id = 1")


def test_one_of_several_columns_can_be_converted_alone(newest: Server, tmp_path: Path) -> None:
    """Then the columns of that name differ in type, which is what is left to do, and no failure."""
    ddl = "CREATE TABLE p (id integer PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 30); "
    for name in ("c", "d"):
        ddl += f"CREATE TABLE {name} (id serial PRIMARY KEY, p_id text); "
        ddl += f"INSERT INTO {name} (p_id) SELECT generate_series(1, 30); "
    ddl += "ALTER TABLE d ALTER id DROP DEFAULT"  # so that the rehearsal knows the other one, too
    with small_project(newest, tmp_path, ddl) as project:
        one, other = "FK003:public.c.p_id", "PK001:public.d.id"
        approved = ("--approve", one, "--approve", other)
        project.run("remediate", "generate", *approved, "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        found = {f["id"] for f in project.json("plan")["findings"]}
        assert "FK008:public.p.id" in found
        assert one not in found


def test_one_that_is_not_enforced(newest: Server, tmp_path: Path) -> None:
    """PostgreSQL 18."""
    ddl = (
        PARENT
        + CHILD
        + "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p NOT ENFORCED; "
        + "COMMENT ON CONSTRAINT f ON c IS 'off'; CREATE INDEX ON c (p_id)"
    )
    with small_project(newest, tmp_path, ddl) as project:
        before = helpers.dump(project.url)
        project.run("remediate", "generate", "--approve", "FK005", "--reviewer", "Ann")
        assert len(project.generated()) == 2
        project.run("alembic", "upgrade", "head")
        assert "FAILED" not in project.run("remediate", "verify").stdout
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before
