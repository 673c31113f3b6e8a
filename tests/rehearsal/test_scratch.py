"""The scratch server: what it listens on, who runs it, and that nothing of it is left."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from remediate.errors import UsageProblem
from remediate.postgres import programs
from remediate.rehearsal import guardian, scratch
from remediate.rehearsal.scratch import Server
from tests.conftest import BINARIES
from tests.support import helpers

HOLD = """\
import sys, time
from pathlib import Path
from remediate.rehearsal import guardian, scratch
with scratch.serve(Path(sys.argv[1])) as server:
    print(server.folder, flush=True)
    time.sleep(60)
"""


def started(bindir: Path, *before: str) -> tuple["subprocess.Popen[str]", Path]:
    process = subprocess.Popen(
        [*before, sys.executable, "-c", HOLD, str(bindir)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def servers_in(folder: Path) -> list[str]:
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if f"-k {folder}" in line]


@pytest.mark.few_in_ci(2)
@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_of_a_killed_program(name: str, number: int) -> None:
    process, folder = started(BINARIES[name])
    assert servers_in(folder)
    process.send_signal(number)
    process.communicate()
    deadline = time.monotonic() + 10
    while servers_in(folder) or folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("used", [True, False])
def test_a_server_that_has_begun_is_taken_and_ends(*, used: bool) -> None:
    with scratch.begun(None) as starting:
        assert starting is not None
        if used:
            with scratch.scratch(starting=starting) as server:
                assert server.folder is not None
                assert servers_in(server.folder)
            assert starting.guardian.returncode == 0
    assert starting.guardian.returncode == 0


def test_nothing_is_left_of_an_ordinary_end(newest: Server) -> None:
    with scratch.serve(BINARIES[list(BINARIES)[-1]]) as server:
        folder = server.folder
        assert folder is not None
        assert folder.exists()
    assert not folder.exists()
    assert servers_in(folder) == []


def test_it_listens_on_a_unix_socket_only(server: Server) -> None:
    with helpers.connected(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGPORT", "6543"),
        ("PGHOST", "nowhere.invalid"),
        ("PGOPTIONS", "-c default_transaction_read_only=on"),
        ("PGSERVICE", "nothing"),
    ],
)
def test_variables_for_the_users_own_server_do_not_reach_it(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with scratch.scratch() as server, server.database() as url:
        with helpers.connected(url) as connection:
            connection.execute("CREATE TABLE t (id integer)")
        assert "CREATE TABLE public.t" in helpers.dump(url)
    assert os.environ[name] == value


def test_it_says_which_one_it_took(newest: Server) -> None:
    with scratch.scratch() as server:
        assert server.source.startswith("embedded PostgreSQL 18.")
    with scratch.scratch(newest.url.render_as_string()) as server:
        assert server.source.startswith("the server of --scratch-url 18.")


def test_local_binaries_come_after_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "wheel", lambda: None)
    monkeypatch.setattr(programs, "local_servers", lambda: [next(iter(BINARIES.values()))])
    with scratch.scratch() as server:
        version, binaries = next(iter(BINARIES.items()))
        assert server.source.startswith(f"PostgreSQL {version.removeprefix('pg')}.")
        assert server.source.endswith(f" in {binaries}")


def test_the_database_s_own_version_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "local_servers", lambda: [*BINARIES.values()])
    majors = [int(version.removeprefix("pg")) for version in BINARIES]
    assert [programs.major(programs.servers(one)[0] / "postgres") for one in majors] == majors
    assert programs.servers(9)[0] == programs.wheel()
    with scratch.scratch(like=majors[0]) as server:
        assert server.version // 10000 == majors[0]


def test_one_that_does_not_start_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "postgres").symlink_to(next(iter(BINARIES.values())) / "postgres")
    (tmp_path / "initdb").symlink_to("/bin/false")
    monkeypatch.setattr(programs, "local_servers", lambda: [tmp_path])
    with scratch.scratch(like=int(next(iter(BINARIES)).removeprefix("pg"))) as server:
        assert server.source.startswith("embedded PostgreSQL 18.")


def test_without_any_server_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "wheel", lambda: None)
    monkeypatch.setattr(programs, "local_servers", list)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    # The Docker client leaves its socket to the garbage collector, which would warn of it in the
    # middle of some other test.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        with pytest.raises(UsageProblem) as caught, scratch.scratch():
            pass
        hint = caught.value.hint
        del caught
        gc.collect()
    assert "pip install 'alembic-remediate[embedded]'" in hint


def test_a_role_that_is_no_superuser_is_refused(newest: Server) -> None:
    with helpers.connected(newest.url) as admin:
        admin.execute("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN")
    url = newest.url.set(username="plain").render_as_string()
    with pytest.raises(UsageProblem, match="must name a superuser"), scratch.scratch(url):
        pass


def test_binaries_that_the_server_account_cannot_reach_are_copied(tmp_path: Path) -> None:
    """A virtual environment below a private home, as in most containers."""
    bindir = BINARIES[list(BINARIES)[-1]]
    package = tmp_path / "private" / bindir.parent.parent.name
    shutil.copytree(bindir.parent, package / bindir.parent.name, symlinks=True)
    libraries = bindir.parent.parent.with_name(bindir.parent.parent.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, package.with_name(libraries.name))
    (tmp_path / "private").chmod(0o700)
    with scratch.serve(package / bindir.parent.name / "bin") as server:
        copied = server.folder is not None and (server.folder / "wheel").exists()
        assert copied == (os.geteuid() == 0)


def test_an_ordinary_user_can_run_it(tmp_path: Path) -> None:
    """Where the tests run as root: as nobody, with an interpreter that nobody may use."""
    before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    python = shutil.which("python3", path="/usr/bin") if os.geteuid() == 0 else sys.executable
    paths = [p for p in sys.path if p.endswith("site-packages")]
    root = str(Path(__file__).parents[2])
    process = subprocess.run(
        [*(before if os.geteuid() == 0 else []), python or sys.executable, "-c",
         "import sys; from remediate.rehearsal import scratch\nwith scratch.scratch() as s: print(s.source)"],
        env={"PYTHONPATH": os.pathsep.join([root, *paths]), "HOME": "/tmp", "PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "No module named" in process.stderr or "Permission denied" in process.stderr:
        pytest.skip(f"no interpreter that nobody can run: {process.stderr.splitlines()[-1]}")
    assert process.stdout.startswith("embedded PostgreSQL 18."), process.stderr


@pytest.mark.parametrize(("length", "fits"), [(74, True), (75, False)])
def test_a_folder_for_temporary_files_may_be_too_long_for_a_socket(
    length: int, *, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path("/tmp") / "x".ljust(length - len("/tmp/"), "y")
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    try:
        with scratch.serve(BINARIES[list(BINARIES)[-1]]) as server:
            assert server.folder is not None
            assert (server.folder.parent == folder) is fits
    finally:
        shutil.rmtree(folder)


def test_memory_is_taken_only_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not guardian.has_room(tmp_path)  # no file system of its own
    monkeypatch.setattr(guardian, "has_room", lambda memory: memory == guardian.MEMORY)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)  # what was found before
    assert guardian.place("") != str(guardian.MEMORY)  # somebody names another place
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    assert guardian.place("") == str(guardian.MEMORY)
    monkeypatch.undo()
    monkeypatch.setattr(guardian, "ROOM", 2**62)
    assert not guardian.has_room(guardian.MEMORY)
