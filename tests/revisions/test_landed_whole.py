"""Revisions and model patches land whole: after a kill, on a full disk, without permission."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import Project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann", "--no-rehearse")
DDL = """
CREATE TABLE t (id integer PRIMARY KEY);
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE posts (id serial PRIMARY KEY, user_id integer);
ALTER TABLE posts ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users NOT VALID
"""
KILLED = """
import os, signal
rename, count = os.rename, 0
def counted(*names):
    global count
    count += 1
    if count == {number}:
        os.kill(os.getpid(), signal.SIGKILL)
    rename(*names)
os.rename = counted
"""


def killed(project: Project, number: int, room: Path, *words: str) -> bool:
    """Whether the command was killed at its move of this number, or came to its end."""
    room.mkdir(exist_ok=True)
    (room / "sitecustomize.py").write_text(KILLED.format(number=number))
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "REMEDIATE"))}
    clean |= {
        "DATABASE_URL": project.url.render_as_string(hide_password=False),
        "PYTHONPATH": str(room),
    }
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=project.folder, env=clean, capture_output=True, check=False
    )  # fmt: skip
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == -9


def empty(project: Project) -> None:
    for path in project.versions.iterdir():
        path.unlink()


@pytest.mark.project(DDL)
def test_killed_between_moves_alembic_sees_a_chain_and_the_next_run_all_or_none(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room, whole, told = tmp_path_factory.mktemp("room"), set[str](), []
    number = 1
    while killed(project, number, room, *GENERATE):
        listed = project.run("alembic", "heads").stdout
        assert listed.count("(head)") <= 1
        plan = project.run("remediate", "plan", "-q")
        found = {path.name for path in project.versions.iterdir()}
        assert not [name for name in found if name.startswith(".")]
        if found:
            assert "now all are there: migrations/versions/" in plan.stderr
            whole |= found
        else:
            assert "can be written again: migrations/versions/" in plan.stderr or number == 1
        told.append(len(found))
        assert "killed run" not in project.run("remediate", "plan", "-q").stderr
        empty(project)
        number += 1
    assert set(told) == {0, len(whole)}
    assert len([name for name in whole if name.endswith(".py")]) == 2
    assert {path.name for path in project.versions.iterdir()} == whole


WAITS = """\
from alembic import op
revision = {!r}
down_revision = {!r}
def upgrade(): op.execute({!r})
def downgrade(): pass
"""
BLOCKED = """
CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t SELECT FROM generate_series(1, 30);
CREATE TABLE c (id serial PRIMARY KEY, t_id text); INSERT INTO c (t_id) SELECT id FROM t
"""
REFERENCE = "ALTER TABLE c ADD FOREIGN KEY (t_id) REFERENCES t"


@pytest.mark.soak
@pytest.mark.project(BLOCKED)
def test_a_revision_that_was_to_follow_is_not_called_gone(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (project.versions / "0001.py").write_text(WAITS.format("0001", None, "SELECT 1"))
    project.run("alembic", "upgrade", "head")
    waits = project.versions / "0002_fk.py"
    waits.write_text(WAITS.format("0002", "0001", REFERENCE))
    before, told, number = waits.read_text(), [], 1
    while killed(project, number, tmp_path_factory.mktemp("room"), *GENERATE, "--before", "0002"):
        said = project.run("remediate", "plan", "-q", expected=None).stderr
        if waits.read_text() != before:
            break
        told += [line for line in said.splitlines() if "0002_fk.py" in line]
        number += 1
    assert told
    assert {one.partition("; ")[2] for one in told} == {
        "they are not changed: migrations/versions/0002_fk.py"
    }


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder on a file system of its own with room for no two revisions."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], capture_output=True, check=False
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("only root can mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.project(DDL)
def test_a_full_file_system_behind_a_link_keeps_what_it_had(project: Project, disk: Path) -> None:
    project.versions.rmdir()
    project.versions.symlink_to(disk)
    result = project.run(*GENERATE, expected=2)
    assert "No space left on device: " in result.stderr
    assert "Nothing was written to versions/." in result.stderr
    assert [*disk.iterdir()] == []
    assert project.run("alembic", "heads").stdout == ""


@pytest.mark.project(DDL)
@pytest.mark.parametrize("size", [1, 900, 6000])
def test_a_limit_met_in_any_file_leaves_nothing(
    project: Project, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = tmp_path_factory.mktemp("room")
    (room / "sitecustomize.py").write_text(
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
    )
    files = project.files()
    clean = {"DATABASE_URL": project.url.render_as_string(hide_password=False)}
    done = subprocess.run(
        [sys.executable, "-m", *GENERATE], cwd=project.folder, text=True, capture_output=True,
        env=os.environ | clean | {"PYTHONPATH": str(room), "PYTHONDONTWRITEBYTECODE": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert project.files() == files


ONE = """
from sqlalchemy import {other}, Column, Integer, Table
def declare(metadata):
    Table("{table}", metadata, Column("id", {other}, primary_key=True))
"""


@pytest.mark.soak
@pytest.mark.project(
    "CREATE TABLE a (id bigserial PRIMARY KEY); CREATE TABLE b (id bigserial PRIMARY KEY)",
    models="import one, two; one.declare(metadata); two.declare(metadata)",
    files={
        "one.py": ONE.format(other="SmallInteger", table="a"),
        "two.py": ONE.format(other="SmallInteger", table="b"),
    },
)
def test_models_are_patched_in_all_files_or_in_none(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = tmp_path_factory.mktemp("room")
    names = ("one.py", "two.py")
    before = [(project.folder / name).read_text() for name in names]
    seen, number = set(), 1
    while killed(project, number, room, "remediate", "models", "--write"):
        project.run("remediate", "doctor", expected=None)
        now = [(project.folder / name).read_text() for name in names]
        same = [old == new for old, new in zip(before, now, strict=True)]
        assert len(set(same)) == 1
        seen |= set(same)
        for name, text in zip(names, before, strict=True):
            (project.folder / name).write_text(text)
        number += 1
    assert seen == {True, False}
    assert all("BigInteger" in (project.folder / name).read_text() for name in names)
    assert not [path for path in project.folder.iterdir() if "remediate-" in path.name]
