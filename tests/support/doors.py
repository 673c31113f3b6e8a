"""What may stand between remediate and a server: PgBouncer in transaction mode, or a hot standby."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.postgres import client
from remediate.rehearsal import guardian
from remediate.rehearsal.scratch import Server

_USER = "nobody" if os.geteuid() == 0 else ""
_SECONDS = 30
_POOL = """
[databases]
* = host={host}
[pgbouncer]
listen_addr =
listen_port = 5432
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 1
query_wait_timeout = 10
logfile = {folder}/log
"""


@contextmanager
def pooler(server: Server) -> Iterator[sa.URL]:
    """The server behind PgBouncer, which has one connection for a database and a role."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("no pgbouncer at hand (Debian's package has it)")
    with _folder(server, "pool") as folder:
        (folder / "ini").write_text(_POOL.format(host=server.folder, folder=folder))
        (folder / "users").write_text('"postgres" ""\n')
        with _running([program, "-q", str(folder / "ini")], folder):
            yield server.url.set(query={"host": str(folder)})


@contextmanager
def standby(server: Server, bindir: Path) -> Iterator[sa.URL]:
    """A hot standby that follows the server, made of these programs."""
    with _folder(server, "standby") as folder:
        programs = guardian.prepare(folder, bindir, _USER)
        copy = [
            programs / "pg_basebackup",
            "-h",
            server.folder,
            "-U",
            "postgres",
            "-R",
            "-c",
            "fast",
        ]
        subprocess.run([*copy, "-D", folder / "data"], check=True, **guardian.identity(_USER))
        (folder / "data" / "log").touch()
        started = [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "fsync=off"]
        options = ["-c", "listen_addresses=", "-c", "max_locks_per_transaction=512"]
        with _running([*map(str, started), *options], folder):
            yield server.url.set(query={"host": str(folder)})


@contextmanager
def _folder(server: Server, name: str) -> Iterator[Path]:
    assert server.folder
    folder = server.folder / name
    folder.mkdir(mode=0o700)
    if _USER:
        entry = pwd.getpwnam(_USER)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    with ExitStack() as stack:
        log = stack.enter_context((folder / "out").open("w"))
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd="/", **guardian.identity(_USER)
        )
        stack.callback(guardian.stop, process)
        _await(process, folder)
        yield


def _await(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def state(url: sa.URL) -> list[tuple[object, ...]]:
    """The session that the next client of a pooler gets: its process, settings, and statements."""
    with client.connect(client.environment(url)) as connection:
        return connection.execute(
            "SELECT pg_backend_pid()::text, count(*)::text FROM pg_prepared_statements UNION ALL "
            "SELECT name, setting FROM pg_settings WHERE source = 'session' "
            "AND name <> 'transaction_read_only' ORDER BY 1"
        ).fetchall()
