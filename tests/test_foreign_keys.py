"""Declared foreign keys that do not fit: found without a miss, repaired, and given back exactly."""

from pathlib import Path

from remediate.write.scratch import Server
from tests import helpers
from tests.project import small_project

DDL = """
CREATE TABLE users (id bigserial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer NOT NULL DEFAULT 1 REFERENCES users ON DELETE CASCADE);
CREATE TABLE lines (id serial PRIMARY KEY, user_id integer REFERENCES users, pos smallint);
CREATE INDEX ON lines (user_id);
CREATE TABLE products (code numeric(12) PRIMARY KEY, label text UNIQUE);
CREATE TABLE prices (id serial PRIMARY KEY, product integer REFERENCES products, label char(9) REFERENCES products (label));
CREATE TABLE late (id serial PRIMARY KEY, user_id bigint);
ALTER TABLE late ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users ON UPDATE CASCADE DEFERRABLE NOT VALID;
COMMENT ON CONSTRAINT later ON late IS 'so far';
CREATE TABLE visits (id bigserial PRIMARY KEY, user_id bigint REFERENCES users);
INSERT INTO users SELECT FROM generate_series(1, 2000);
INSERT INTO visits (user_id) SELECT n FROM generate_series(1, 1500) n;
INSERT INTO late (user_id) SELECT n FROM generate_series(1, 20) n;
ANALYZE
"""


def test_the_whole_way(server: Server, tmp_path: Path) -> None:
    with small_project(server, tmp_path, DDL) as project:
        before = helpers.dump(project.url)
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        shown = project.run("remediate", "verify").stdout
        assert "FAILED" not in shown
        assert project.run("remediate", "plan", "-q").stdout.strip() == ""
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before
        project.run("alembic", "upgrade", "head")
