"""What runs leave on a scratch server and on the disk: nothing, also where they are killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from remediate.rehearsal import claims
from remediate.rehearsal.scratch import Server, scratch
from tests.support import helpers
from tests.support.project import Project

PASSWORD = "Kq7vTangerine"
GENERATE = ("generate", "--approve", "all", "--reviewer", "Ann")
DDL = """
CREATE TABLE t (id integer PRIMARY KEY);
DO $$ BEGIN
    CREATE ROLE "app one" NOLOGIN; CREATE ROLE audit NOLOGIN; GRANT audit TO "app one";
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT SELECT, INSERT ON t TO "app one", audit
"""
SLOW = """
from pathlib import Path
from alembic import op
revision = "0a"
down_revision = None
def upgrade():
    op.execute("SELECT 'no row' WHERE false")
    Path({signal!r}).write_text("x")
    op.execute("SELECT pg_sleep(60)")
def downgrade(): pass
"""


@pytest.fixture
def apart() -> Iterator[Server]:
    """A server for rehearsals that is not that of the project, and not counted as ours."""
    with scratch() as server:
        yield replace(server, folder=None)


def address(server: Server) -> str:
    return server.url.set(password=PASSWORD).render_as_string(hide_password=False)


def state(server: Server) -> tuple[set[str], set[str]]:
    """Databases and roles of the server."""
    with helpers.connected(server.url) as connection:
        databases = connection.execute("SELECT datname FROM pg_database").fetchall()
        roles = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'"
        ).fetchall()
    return {name for (name,) in databases}, {name for (name,) in roles}


def started(project: Project, server: Server, room: Path, *words: str) -> "subprocess.Popen[str]":
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "REMEDIATE"))}
    clean |= {
        "DATABASE_URL": project.url.render_as_string(hide_password=False),
        "REMEDIATE_SCRATCH_URL": address(server),
        "TMPDIR": str(room),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "remediate", *words], cwd=project.folder, env=clean,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def eventually(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sessions(server: Server) -> int:
    with helpers.connected(server.url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row
    return int(row[0])


def slow_rehearsal(project: Project, server: Server, room: Path) -> "subprocess.Popen[str]":
    """A rehearsal in the midst of a statement."""
    ready = room / "ready"
    (project.versions / "0a.py").write_text(SLOW.format(signal=str(ready)))
    process = started(project, server, room, "rehearse", "0a")
    eventually(lambda: ready.exists() or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


@pytest.mark.soak
@pytest.mark.project(DDL)
def test_a_killed_rehearsal_leaves_no_password_and_no_process(
    project: Project, apart: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = tmp_path_factory.mktemp("room")
    kill(slow_rehearsal(project, apart, room))
    eventually(lambda: sessions(apart) == 0, seconds=15)
    held = [path.read_bytes() for path in room.rglob("*") if path.is_file()]
    assert held
    assert not [text for text in held if PASSWORD[:4].encode() in text]


@pytest.mark.project(DDL)
def test_the_next_run_removes_what_a_killed_one_left(
    project: Project, apart: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before, room = state(apart), tmp_path_factory.mktemp("room")
    kill(slow_rehearsal(project, apart, room))
    databases, roles = state(apart)
    assert len(databases - before[0]) == 1
    assert {"app one", "audit"} <= roles
    assert [*room.glob("remediate-*")]
    eventually(lambda: sessions(apart) == 0, seconds=15)
    (project.versions / "0a.py").unlink()
    out, err = started(project, apart, room, *GENERATE).communicate()
    assert "proven" in out, out + err
    assert state(apart) == before
    assert not [*room.glob("remediate-*")]


def test_what_lives_and_what_is_not_ours_stays(apart: Server) -> None:
    """Also where its name looks so, and where its role was made by somebody else."""
    before = state(apart)
    with helpers.connected(apart.url) as connection:
        for statement in (
            "CREATE DATABASE remediate_0123456789ab", "CREATE ROLE remediate_0123456789ab",
            "CREATE ROLE theirs", "CREATE DATABASE shared",
        ):  # fmt: skip
            connection.execute(statement.encode())
    there = state(apart)
    with apart.database() as live, claims.roles(apart.url, ["shared", "theirs"], []):
        with helpers.connected(live) as connection:
            connection.execute("GRANT CREATE ON SCHEMA public TO shared")
            with apart.database(), claims.roles(apart.url, ["shared", "other"], []):
                pass
            connection.execute("CREATE TABLE t (); ALTER TABLE t OWNER TO shared")
        assert state(apart)[1] >= {"shared", "theirs"}
    assert state(apart) == there
    assert before[0] < there[0]


def test_a_database_is_removed_whose_run_was_killed_as_it_was_made(apart: Server) -> None:
    """Nobody came to drop it, and nothing but its name was noted before."""
    before = state(apart)
    unused = "remediate_abcdef012345"
    with claims.database(apart.url, unused):
        with helpers.connected(apart.url) as connection:
            connection.execute(f"CREATE DATABASE {unused}")
    assert state(apart) == before


def test_a_role_goes_with_the_last_that_uses_it(apart: Server) -> None:
    """Members are members for both, and privileges elsewhere keep a role until they are gone."""
    before = state(apart)
    one = claims.roles(apart.url, ["boss", "app one"], [("boss", "app one")])
    other = claims.roles(apart.url, ["app one", "audit"], [("audit", "app one")])
    with helpers.connected(apart.url) as connection:
        with one:
            with other:
                rows = connection.execute(
                    "SELECT pg_has_role('app one', 'boss', 'MEMBER'),"
                    " pg_has_role('app one', 'audit', 'MEMBER')"
                )
                assert rows.fetchone() == (True, True)
            connection.execute("CREATE TABLE kept (); GRANT SELECT ON kept TO boss")
            assert state(apart)[1] - before[1] == {"boss", "app one"}
        assert state(apart)[1] - before[1] == {"boss"}
        connection.execute("DROP TABLE kept")
    with apart.database():
        assert "boss" not in state(apart)[1]
    assert state(apart) == before


@pytest.mark.soak
@pytest.mark.project(DDL)
def test_two_at_once_share_their_roles(
    project: Project, newest: Server, apart: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = state(apart)
    for _ in range(2):
        both = [
            started(project, apart, tmp_path_factory.mktemp("room"), *words)
            for words in (
                ("generate", "--approve", "all", "--reviewer", "Ann"),
                ("rehearse", "head"),
            )
        ]
        told = [process.communicate() for process in both]
        assert not [text for pair in told for text in pair if "Traceback" in text], told
        for file in project.versions.glob("*.*"):
            file.unlink()
    assert state(apart) == before


@pytest.mark.soak
def test_many_at_once_come_to_their_end(apart: Server) -> None:
    """Each makes and removes what the others make and remove, too."""
    before = state(apart)
    script = (
        "import sys; from remediate.rehearsal import claims; from remediate.rehearsal.scratch import scratch\n"
        "with scratch(sys.argv[1]) as server:\n"
        "    for _ in range(6):\n"
        "        with claims.roles(server.url, ['a', 'b c'], [('a', 'b c')]), server.database() as url:\n"
        "            pass\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, address(apart)], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    errors = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, errors
    assert state(apart) == before


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.project(DDL)
def test_an_interrupted_run_clears_up_itself(
    project: Project, apart: Server, number: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before, room = state(apart), tmp_path_factory.mktemp("room")
    process = slow_rehearsal(project, apart, room)
    process.send_signal(number)
    out, err = process.communicate()
    assert process.returncode == 130, out + err
    assert state(apart) == before
    assert not [*room.glob("remediate-*")]


def test_a_server_that_ends_timeouts_keeps_the_locks(apart: Server) -> None:
    with helpers.connected(apart.url) as connection:
        connection.execute("ALTER ROLE CURRENT_USER SET idle_session_timeout = '200ms'")
    try:
        with claims.roles(apart.url, ["patient"], []):
            time.sleep(0.5)
            with claims.roles(apart.url, [], []):
                assert "patient" in state(apart)[1]
    finally:
        with helpers.connected(apart.url) as connection:
            connection.execute("ALTER ROLE CURRENT_USER RESET idle_session_timeout")
