"""Roles with names that look like lists of roles, the whole way: generated, there and back."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from remediate.rehearsal.scratch import Server
from remediate.snapshots.digest import Object, parts
from remediate.snapshots.tables import Name
from tests.corpora.remedies import quoted
from tests.support import helpers
from tests.support.meant import existing
from tests.support.project import Project, small_project

pytestmark = pytest.mark.turns_in_ci

# As the guard prints them, in this order: "a, its owner, owner x, z, a".
ROLES = ("z, a", "a", "its owner", 'say "no"', "owner x", "usable by 'b', c", " ")
FIRST, OTHERS = quoted(ROLES[0]), ", ".join(map(quoted, ROLES[1:]))
OWNED = quoted("its owner")
DDL = f"""
CREATE SEQUENCE s; ALTER SEQUENCE s OWNER TO {OWNED};
CREATE TABLE one (id integer PRIMARY KEY DEFAULT nextval('s')); ALTER TABLE one OWNER TO {OWNED};
CREATE TABLE two (id integer PRIMARY KEY DEFAULT nextval('s')); ALTER TABLE two OWNER TO {OWNED};
GRANT USAGE ON SEQUENCE s TO {quoted("a")};
GRANT INSERT ON one TO {FIRST}; GRANT INSERT ON two TO {OTHERS};
CREATE TABLE three (id integer PRIMARY KEY); INSERT INTO three VALUES (7);
ALTER TABLE three OWNER TO {FIRST}; GRANT INSERT ON three TO {OTHERS};
CREATE SEQUENCE three_id_seq; ALTER SEQUENCE three_id_seq OWNER TO {FIRST};
ALTER SEQUENCE three_id_seq OWNED BY three.id;
"""


@pytest.fixture
def project(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with helpers.connected(newest.url) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in {*ROLES} - known:
            connection.execute(f"CREATE ROLE {quoted(role)}".encode())
    with small_project(newest, tmp_path, DDL) as made:
        yield made


def users(project: Project, sequence: str) -> set[str]:
    query = (
        "SELECT pg_get_userbyid(grantee)::text FROM pg_class c, aclexplode(relacl) "
        "WHERE c.oid = %s::regclass AND grantee <> relowner"
    )
    with helpers.connected(project.url) as connection:
        return {row[0] for row in connection.execute(query, [sequence])}


def inserts(project: Project, table: str, role: str) -> bool:
    with helpers.connected(project.url) as connection:
        connection.execute(f"SET ROLE {quoted(role)}".encode())
        try:
            connection.execute(f"INSERT INTO {table} DEFAULT VALUES".encode())
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True


def test_there_and_back(project: Project) -> None:
    """Two items grant the same sequence to different roles; a third attaches one."""
    found = {f["id"] for f in project.json("plan")["findings"]}
    assert found >= {"PK001:public.three.id", "PK005:public.one.id", "PK005:public.two.id"}
    project.run(
        "remediate", "generate", "--approve", "PK001", "--approve", "PK005", "--reviewer", "Ann"
    )
    before = helpers.dump(project.url), users(project, "s")
    assert before[1] == {"a"}
    project.run("alembic", "upgrade", "head")
    assert users(project, "s") == {*ROLES} - {"its owner"}
    for table, role in (("one", ROLES[0]), *(("two", r) for r in ROLES[1:])):
        assert inserts(project, table, role), role
    assert all(inserts(project, "three", role) for role in ROLES)
    project.run("alembic", "downgrade", "base")
    assert (helpers.dump(project.url), users(project, "s")) == before


def remark(project: Project) -> str | None:
    """What is known of the comment on the sequence where a plan is saved."""
    found = existing(project.url).states[Object(Name("public", "s"), "sequence")]
    return parts(found).get("comment")


@pytest.mark.parametrize(
    ("words", "comment"),
    [
        (("generate", "--approve", "PK005"), "'It''s\n\nours'"),
        (("runbook", "--hotfix", "one", "--hotfix", "two"), "NULL"),
    ],
)
def test_rights_that_are_there_already_stay(
    project: Project, words: tuple[str, ...], comment: str
) -> None:
    """What somebody granted or took meanwhile is no drift, and the way back leaves the former."""
    project.run("remediate", *words, "--reviewer", "Ann", "--no-rehearse")
    project.psql(f"GRANT USAGE ON SEQUENCE s TO {FIRST}; COMMENT ON SEQUENCE s IS {comment}")
    before, known = helpers.dump(project.url), remark(project)
    project.run("alembic", "upgrade", "head")
    assert (helpers.dump(project.url) == before, remark(project)) == (False, known)
    project.psql(f"REVOKE USAGE ON SEQUENCE s FROM {quoted(ROLES[3])}")
    project.run("alembic", "downgrade", "base")
    assert helpers.dump(project.url) == before
    for way in ("hotfix", "rollback"):
        for script in [path.read_text() for path in project.versions.glob(f"*.{way}.sql")] * 2:
            project.psql(script)
            assert users(project, "s") >= {"a", ROLES[0]}
    assert helpers.dump(project.url) == before


def test_two_roles_are_not_one_whose_name_lists_them(server: Server, tmp_path: Path) -> None:
    ddl = """
        CREATE SEQUENCE s; CREATE TABLE one (id integer PRIMARY KEY DEFAULT nextval('s'));
        GRANT INSERT ON one TO "b, c";
    """
    with helpers.connected(server.url) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in {"b, c", "b", "c"} - known:
            connection.execute(f"CREATE ROLE {quoted(role)}".encode())
    with small_project(server, tmp_path, ddl) as project:
        project.run("remediate", "generate", "--approve", "PK005", "--reviewer", "Ann")
        with helpers.connected(project.url) as connection:
            connection.execute("GRANT USAGE ON SEQUENCE s TO b, c")
        project.run("alembic", "upgrade", "head")
        assert users(project, "s") == {"b", "c", "b, c"}
        project.run("alembic", "downgrade", "base")
        assert users(project, "s") == {"b", "c"}
