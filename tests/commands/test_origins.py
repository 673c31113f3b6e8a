"""The plan names the revision, and the commit, after which nothing fills a key."""

import subprocess

import pytest

from remediate.findings.origin import Act, Commit
from remediate.plans.document import from_json
from remediate.snapshots.tables import Location
from tests.support.project import Project

REVISION = """
from alembic import op

revision = "{}"
down_revision = {}


def upgrade():
    op.execute("{}")


def downgrade():
    pass
"""
pytestmark = pytest.mark.project("CREATE TABLE out_of_sight (id serial PRIMARY KEY)", models="")


def test_the_step_and_its_commit_are_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = REVISION.format("0001", None, "CREATE TABLE t (id serial PRIMARY KEY)")
    dropped = REVISION.format("0002", "'0001'", "ALTER TABLE t ALTER id DROP DEFAULT")
    (project.versions / "0001_t.py").write_text(made)
    (project.versions / "0002_t.py").write_text(dropped)
    project.run("alembic", "upgrade", "head")
    project.psql("ALTER TABLE out_of_sight ALTER id DROP DEFAULT")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-03-01T02:03:04Z")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "Tidy up, password=secret")):
        name = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        subprocess.run(["git", "-C", project.folder, *name, *words], check=True)
    text = " ".join(project.run("remediate", "plan").stdout.split())
    assert (
        "from revision 0002 (1 of 2) drops the default: migrations/versions/0002_t.py:9; commit "
        in text
    )
    assert " of 2026-03-01: Tidy up, password=*** from no revision that has run explains it" in text
    assert "Ann" not in text
    document = project.json("plan")
    found = {one["table"]: one["origin"] for one in document["findings"]}
    assert found["out_of_sight"] == {"explained": False}
    commit = found["t"]["commit"]
    assert found["t"] == {
        "commit": commit,
        "explained": True, "act": "default-dropped", "revision": "0002",
        "file": "migrations/versions/0002_t.py", "line": 9, "certain": True, "type": None,
    }  # fmt: skip
    assert commit.keys() == {"short", "date", "subject"}
    read = from_json(document).origins["PK001:public.t.id"]
    assert read is not None
    assert (read.act, read.source, read.commit) == (
        Act.DROPPED, Location("migrations/versions/0002_t.py", 9), Commit(**commit),
    )  # fmt: skip
