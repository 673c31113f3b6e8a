"""One set of revisions for many databases: rehearsed with one, passed over where it is not needed."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from remediate.rehearsal.scratch import Server
from tests.commands.test_fleet import lay, target
from tests.support import helpers
from tests.support.project import ENV, Project, small_project

BROKEN = "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (7)"
WELL = "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t DEFAULT VALUES"
OTHER = "CREATE TABLE u (id integer PRIMARY KEY)"
BY = ("--reviewer", "Ann")


def upgraded(project: Project, url: sa.URL, *way: str, expected: int = 0) -> str:
    at = Project(project.folder, url)
    return at.run("alembic", *(way or ("upgrade", "head")), expected=expected).stderr


def generated(project: Project, *options: str, expected: int = 0) -> str:
    ran = project.run(
        "remediate", "generate", "--targets", "fleet.toml", *BY, *options, expected=expected
    )
    return " ".join((ran.stdout + ran.stderr).split())


ODD = ENV.replace("=metadata)", """=metadata, version_table="it's $$ {later}")""")
START = 'revision, down_revision = "0001", None\ndef upgrade(): pass\ndef downgrade(): pass\n'


@pytest.mark.project(env=ODD, files={"migrations/versions/0001.py": START})
def test_one_set_of_revisions_serves_all(project: Project, made: Callable[[str], sa.URL]) -> None:
    """Also by scripts for psql, and where these run again."""
    start = project.run("alembic", "upgrade", "0001", "--sql").stdout
    urls = [project.url, made(BROKEN), made(WELL), made(OTHER)]
    names = ["same", "also", "whole", "without"]
    identity = made("CREATE TABLE t (id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY)")
    view = made("CREATE VIEW t AS SELECT 1 AS id")
    for url in (*urls, identity, view):
        helpers.psql(url, start)
    lay(project, *map(target, names, urls), target("otherwise", identity))
    said = generated(project, "--approve", "PK001:public.t.id")
    assert "2 databases need the same; 3 other databases will run it, too. Made for: also" in said
    stops = "public.t.id is integer, identity, expected integer, default from public.t_id_seq"
    assert "otherwise: nothing of this is found there, but it is not as the repair" in said
    assert stops in said
    assert "The upgrade of a new database" not in said  # which has none of the tables
    (revision,) = project.generated()
    text = " ".join(revision.read_text().split())
    assert "* not shown: same: the rehearsal has the schema of one database" in text
    assert "* not shown: otherwise, whole and without: nothing of this is found there" in text
    dumps = [helpers.dump(url) for url in urls]
    upgraded(project, project.url)
    up = project.run("alembic", "upgrade", "0001:head", "--sql").stdout
    down = project.run("alembic", "downgrade", "head:0001", "--sql").stdout
    for url in urls[1:]:
        helpers.psql(url, up)
    done = [helpers.dump(url) for url in urls]
    for url in urls:
        helpers.psql(url, up)
    assert [helpers.dump(url) for url in urls] == done
    for url in urls[:3]:
        helpers.psql(url, "INSERT INTO t DEFAULT VALUES")
    lay(project, *map(target, names, urls))
    project.run("remediate", "verify", "--targets", "fleet.toml")
    upgraded(project, project.url, "downgrade", "0001")
    for url in urls[1:]:
        helpers.psql(url, down)
    for url in urls:
        helpers.psql(url, down)
    assert [helpers.dump(url) for url in urls] == dumps
    assert "public.t.id is integer, identity" in upgraded(project, identity, expected=1)
    assert "Not a table there: t" in upgraded(project, view, expected=1)


BOTH = f"{BROKEN}; {OTHER}"
EACH = ("--approve", "PK001:public.t.id", "--approve", "PK001:public.u.id")
BIG = "CREATE TABLE t (id bigint PRIMARY KEY)"


@pytest.mark.parametrize(
    ("ddl", "options", "sentence"),
    [
        ((OTHER,), EACH, "no database needs all that is approved"),
        ((BIG, OTHER), ("--approve", "all"), "needs another repair in 1 than in 0"),
        pytest.param(
            (BOTH,), (*EACH, "--one"), "one revision is all or nothing", marks=pytest.mark.soak
        ),
        pytest.param(
            (BOTH,), (*EACH, "--group", "3"), "there is no group 3", marks=pytest.mark.soak
        ),
        pytest.param(
            (BROKEN,), ("--approve", "FK001"), "no repair of what is found", marks=pytest.mark.soak
        ),
        pytest.param((BROKEN,), (), "nothing is approved yet", marks=pytest.mark.soak),
        ((BIG, BOTH), ("--approve", "PK001:public.u.id"), ""),
    ],
)
def test_what_one_history_cannot_hold(
    ddl: tuple[str, ...], options: tuple[str, ...], sentence: str, project: Project,
    made: Callable[[str], sa.URL],
) -> None:  # fmt: skip
    urls = [project.url, *map(made, ddl)]
    lay(project, *(target(str(number), url) for number, url in enumerate(urls)))
    said = generated(project, *options, "--no-rehearse", expected=3 if sentence else 0)
    assert sentence in said
    assert bool(project.generated()) is not bool(sentence)


@pytest.mark.soak
def test_what_several_need_together_has_a_revision(
    project: Project, made: Callable[[str], sa.URL]
) -> None:
    """Where one needs all of it; else one group is written after the other."""
    urls = [project.url, made(BOTH), made(OTHER)]
    lay(project, *(target(str(number), url) for number, url in enumerate(urls)))
    assert "Made for: 1" in generated(project, *EACH)
    assert len(project.generated()) == 2
    for url in urls:
        upgraded(project, url)
    for url, table in zip(urls, "tuu", strict=True):
        helpers.psql(url, f"INSERT INTO {table} DEFAULT VALUES")
    for way in ("downgrade", "base"), ("upgrade", "head"):
        for url in urls:
            upgraded(project, url, *way)


@pytest.mark.soak
def test_one_group_after_the_other(project: Project, made: Callable[[str], sa.URL]) -> None:
    urls = [project.url, made(OTHER)]
    lay(project, *(target(str(number), url) for number, url in enumerate(urls)))
    generated(project, *EACH, "--group", "2")
    for url in urls:
        upgraded(project, url)
    generated(project, *EACH[:2])
    for url in urls:
        upgraded(project, url)
    assert "no repair of what is found (MD005:public.t)" in generated(project, *EACH, expected=3)
    for url, table in zip(urls, "tu", strict=True):
        helpers.psql(url, f"INSERT INTO {table} DEFAULT VALUES")
    alone = project.run("remediate", "generate", "--group", "1", *EACH, *BY, expected=2)
    assert "--group belongs to --targets" in alone.stderr


NEAR = 2**31 - 30
ENDS = (
    f"CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t SELECT {NEAR} + generate_series(1, 9)"
)


@pytest.mark.soak
@pytest.mark.parametrize(("also", "expected"), [(ENDS, 0), (WELL, 3)])
def test_several_rounds_are_for_databases_that_need_the_same(
    also: str, expected: int, newest: Server, tmp_path: Path, made: Callable[[str], sa.URL]
) -> None:
    with small_project(newest, tmp_path, ENDS) as project:
        urls = [project.url, made(also)]
        lay(project, *map(target, "ab", urls))
        said = generated(project, "--approve", "all", expected=expected)
        assert ("several rounds" in said) is bool(expected)
        assert len(project.generated()) == (0 if expected else 2)
        for url in urls if not expected else ():
            upgraded(project, url)
            helpers.psql(url, "INSERT INTO t DEFAULT VALUES")


TYPED = (
    "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, t_id varchar)"
)
TYPES = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("c", metadata, Column("id", Integer, primary_key=True), Column("t_id", ForeignKey("t.id")))
"""


@pytest.mark.newest_in_ci
def test_hazards_of_every_database_are_asked_about(
    newest: Server, tmp_path: Path, made: Callable[[str], sa.URL]
) -> None:
    with small_project(newest, tmp_path, TYPED, models=TYPES) as project:
        lay(
            project,
            target("a", project.url),
            target("b", made(f"{TYPED}; CREATE PUBLICATION p FOR TABLE c")),
        )
        said = generated(project, "--approve", "FK003", expected=3)
        assert "b: the table is published" in said
        assert "--allow PUBLISHED_TABLE" in said


VERSIONS = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"


@pytest.mark.soak
def test_a_role_that_cannot_note_is_foretold(
    project: Project, made: Callable[[str], sa.URL]
) -> None:
    whole = made(f"{WELL}; {VERSIONS}; CREATE ROLE fleet_guest LOGIN")
    helpers.psql(whole, "ALTER TABLE t OWNER TO fleet_guest")
    helpers.psql(whole, "GRANT ALL ON alembic_version TO fleet_guest")
    guest = whole.set(username="fleet_guest")
    lay(project, target("a", project.url), target("b", guest))
    said = generated(project, "--approve", "all")
    assert "b: Alembic's table there belongs to" in said
    stops = "fleet_guest does not own alembic_version, and cannot note there"
    assert stops in upgraded(project, guest, expected=1)
    upgraded(project, whole)
    helpers.psql(whole, "DROP OWNED BY fleet_guest; DROP ROLE fleet_guest")


MAKES = """\
from alembic import op
revision, down_revision = "0001", None
def upgrade(): op.execute("CREATE TABLE t (id serial PRIMARY KEY)")
def downgrade(): op.execute("DROP TABLE t")
"""


@pytest.mark.soak
def test_a_new_database_is_passed_over_where_the_revisions_make_it_whole(
    newest: Server, tmp_path: Path, made: Callable[[str], sa.URL]
) -> None:
    files = {"migrations/versions/0001.py": MAKES}
    with small_project(newest, tmp_path, BROKEN, files=files) as project:
        whole = made(WELL)
        lay(project, target("a", project.url), target("b", whole))
        for url in project.url, whole:
            upgraded(project, url, "stamp", "head")
        said = generated(project, "--approve", "PK001")
        assert "The upgrade of a new database" not in said
        (revision,) = project.generated()
        assert "## A new database" not in revision.with_suffix(".md").read_text()
        upgraded(project, made(""))


@pytest.mark.soak
def test_a_refusal_names_what_it_is_about(
    newest: Server, tmp_path: Path, made: Callable[[str], sa.URL]
) -> None:
    broken = TYPED.replace("c (id serial", "c (id integer")
    whole = TYPED.replace("t_id varchar", "t_id integer REFERENCES t")
    with small_project(newest, tmp_path, broken, models=TYPES) as project:
        urls = [project.url, made(whole)]
        lay(project, *map(target, "ab", urls))
        said = generated(project, "--approve", "all", expected=3)
        assert "cannot pass over FK003:public.c.t_id, which b does not need: it runs in" in said
        named = target("a", project.url.set(database="not_a")) + 'password_env = "SHOP_SECRET"'
        lay(project, named, target("b", project.url.set(database="not_b")))
        said = generated(project, "--approve", "all", expected=2)
        assert "the variable SHOP_SECRET is not set" in said
        lay(project, *(target(n, project.url.set(database=f"not_{n}")) for n in "ab"))
        said = generated(project, "--approve", "all", expected=2)
        assert "a: not read (the database" in said
        assert '"not_b" does not exist' in said
        assert "in its url" in said
