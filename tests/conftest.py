"""Real PostgreSQL servers of every version at hand, and an empty database for each test."""

import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.postgres import client, programs
from remediate.rehearsal.scratch import Server, serve
from tests.support.project import Project, incident_project, small_project

MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30  # bytes; three processes with all servers take half of it


def _keep_in_memory() -> None:
    """Put temporary files there: a disk takes ten times as long to make a database."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    runs_programs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if runs_programs and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


_keep_in_memory()


def _binaries() -> dict[str, Path]:
    """Folders of server binaries by major version: wheels, and what is installed."""
    found = [programs.wheel(), programs.wheel("pgserver"), *programs.local_servers()]
    by_version = {
        programs.major(folder / "postgres"): folder for folder in reversed(found) if folder
    }
    return {f"pg{version}": by_version[version] for version in sorted(by_version) if version >= 13}


BINARIES = _binaries()
# For what takes long and depends little on the version: the older ones with the soak marker.
OLDER_IN_SOAK = [
    pytest.param(version, marks=() if version == list(BINARIES)[-1] else (pytest.mark.soak,))
    for version in BINARIES
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked newest_in_ci, ends_in_ci, turns_in_ci or few_in_ci is a soak elsewhere."""
    _leave_out_older(config, items)
    oldest, newest = next(iter(BINARIES)), next(reversed(BINARIES))  # one, where only one is
    kept = {"newest_in_ci": {newest}, "ends_in_ci": {oldest, newest}}
    for item in items:
        version = _version(item)
        for name, versions in kept.items():
            if item.get_closest_marker(name) and version and version not in versions:
                item.add_marker(pytest.mark.soak)
    _take_turns(items)
    _keep_few(items)


def _version(item: pytest.Item) -> str:
    """The server that a test is made for, as pg18; "" where it has no such parameter."""
    return item.callspec.params.get("server", "") if hasattr(item, "callspec") else ""


def _leave_out_older(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that is marked since(15) is not made for the servers before 15."""
    made: list[pytest.Item] = []
    early: list[pytest.Item] = []
    for item in items:
        mark, version = item.get_closest_marker("since"), _version(item)
        too_old = mark and version and int(version.removeprefix("pg")) < mark.args[0]
        (early if too_old else made).append(item)
    items[:] = made
    config.hook.pytest_deselected(items=early)


def _take_turns(items: list[pytest.Item]) -> None:
    """Of a file, each test and each of its parameters on one version: on all of them in turn."""
    turns = defaultdict[str, dict[str, list[pytest.Item]]](dict)
    for item in items:
        version = _version(item)
        if item.get_closest_marker("turns_in_ci") and version:
            of_file = turns[item.nodeid.partition("::")[0]]
            of_file.setdefault(item.nodeid.replace(version, "", 1), []).append(item)
    for of_file in turns.values():
        for turn, several in enumerate(of_file.values()):
            for item in several:
                if item is not several[turn % len(several)]:
                    item.add_marker(pytest.mark.soak)


def _keep_few(items: list[pytest.Item]) -> None:
    """Of all parameters of a test, that many, spread evenly; a test that is named itself runs."""
    variants: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("few_in_ci") and not item.get_closest_marker("soak"):
            variants[item.nodeid.partition("[")[0]].append(item)
    for several in variants.values():
        mark = several[0].get_closest_marker("few_in_ci")
        wanted = mark.args[0] if mark else 0
        chosen = {len(several) * i // wanted for i in range(wanted)}
        for position, item in enumerate(several):
            if position not in chosen:
                item.add_marker(pytest.mark.soak)


def pytest_report_header() -> str:
    return f"PostgreSQL: {', '.join(f'{name} ({path})' for name, path in BINARIES.items())}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"ran on PostgreSQL {', '.join(n[2:] for n in BINARIES)}")


@pytest.fixture(scope="session")
def start_server() -> Iterator[Callable[[str], Server]]:
    """Servers by version, started when first asked for."""
    running: dict[str, Server] = {}
    with ExitStack() as stack:

        def start(version: str) -> Server:
            if version not in running:
                running[version] = stack.enter_context(serve(BINARIES[version], version))
            return running[version]

        yield start


@pytest.fixture(params=BINARIES, scope="session")
def server(request: pytest.FixtureRequest, start_server: Callable[[str], Server]) -> Server:
    """One server of each version."""
    return start_server(request.param)


@pytest.fixture(scope="session")
def newest(start_server: Callable[[str], Server]) -> Server:
    """The newest version, for what does not depend on it."""
    return start_server(list(BINARIES)[-1])


@pytest.fixture
def url(server: Server) -> Iterator[sa.URL]:
    """An empty database on each version; the URL of its superuser."""
    with server.database() as database:
        yield database


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[sa.URL]:
    """One database on each version for all tests of a file, which empty it themselves."""
    with server.database() as database:
        yield database


@pytest.fixture
def connection(url: sa.URL) -> Iterator[psycopg.Connection]:
    """A superuser's autocommit connection to `url`."""
    with client.connect(client.environment(url)) as made:
        yield made


@pytest.fixture
def project(request: pytest.FixtureRequest, newest: Server, tmp_path: Path) -> Iterator[Project]:
    """A small project; the mark `project` says what is in it."""
    mark = request.node.get_closest_marker("project")
    args, options = (mark.args, mark.kwargs) if mark else ((), {})
    with small_project(newest, tmp_path, *args, **options) as made:
        yield made


@pytest.fixture(scope="module")
def incident(newest: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The incident, for tests that change nothing of it."""
    with incident_project(newest, tmp_path_factory.mktemp("incident")) as made:
        yield made
