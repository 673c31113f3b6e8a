"""A query that is to be run by somebody who may, as it is printed."""

from pathlib import Path

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, small_project

MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("p", metadata, Column("id", Integer, primary_key=True))
Table("c", metadata, Column("id", Integer, primary_key=True),
      Column("p_id", Integer, ForeignKey("p.id")))
"""
DDL = """
CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id varchar(9));
INSERT INTO p SELECT FROM generate_series(1, 30);
INSERT INTO c (p_id) SELECT id FROM p;
ALTER TABLE c ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON p, c, p_id_seq, c_id_seq TO curious;
"""


def test_it_pastes_into_psql(newest: Server, tmp_path: Path) -> None:
    with helpers.connected(newest.url) as admin:
        admin.execute("DROP ROLE IF EXISTS curious; CREATE ROLE curious LOGIN")
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        reader = Project(project.folder, project.url.set(username="curious"))
        text = reader.run("remediate", "plan").stdout
        assert "\\n" not in text
        part = text.partition("Not verified\n")[2].partition("\n\n")[0]
        query = part.partition("    ? SELECT count")[1] + part.partition("    ? SELECT count")[2]
        assert query, part
        query = query.replace("    ? ", "").partition("\n  public.")[0]
        assert "\n" in query
        helpers.psql(project.url, query + ";")
        project.psql("DROP OWNED BY curious")
    with helpers.connected(newest.url) as admin:
        admin.execute("DROP ROLE curious")
