"""`remediate doctor`: what it finds, and that what is missing is a line with a way on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from remediate import __version__
from remediate.rehearsal.scratch import Server
from tests.conftest import BINARIES
from tests.projects.test_projects import KINDS, project
from tests.support import helpers
from tests.support.project import ALEMBIC_INI, Project, small_project

MULTIDB, FILTERS, ROLE, ASYNC = (
    next(k for k in KINDS if str(k) == name)
    for name in ("multidb engine1", "filters", "role", "async asyncpg")
)
LABELS = [
    "Software", "Configuration", "Migrations", "Versions", "Heads", "Write hooks", "Databases", "env.py",
    "Database", "Models", "Filters", "Version table", "Privileges", "At revision", "pg_dump", "Rehearsals",
]  # fmt: skip


@pytest.fixture
def made(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with small_project(newest, tmp_path) as project:
        yield project


def doctor(made: Project, *words: str, expected: int = 0, **more: str) -> dict[str, str]:
    """What it says by label, each on one line with its mark; nothing is wider than a terminal."""
    shown = made.run("remediate", "doctor", *words, expected=expected, **more).stdout
    assert max(map(len, shown.splitlines())) <= 80
    lines: dict[str, str] = {}
    label = ""
    for line in shown.partition("\n\n")[0].splitlines():
        if not line.startswith(" "):
            label = line[3:18].strip()
            lines[label] = (
                f"{lines[label]} | {line[:2].strip()}" if label in lines else line[:2].strip()
            )
        lines[label] += " " + line[18:].strip()
    last = "remediate plan" if expected == 0 else "remediate doctor"
    last += f" -c {words[1]}" if words[:1] == ("--config",) else ""
    assert shown.endswith(f"\n\nNext:  {last}\n")
    return lines


def test_all_is_well(made: Project) -> None:
    before = made.files(), helpers.dump(made.url)
    lines = doctor(made)
    assert list(lines) == LABELS
    assert all(line.startswith("ok ") for line in lines.values())
    assert f", remediate {__version__}, alembic " in lines["Software"]
    assert lines["Configuration"] == "ok alembic.ini [alembic]"
    assert lines["Versions"] == "ok migrations/versions: 0 revisions"
    assert lines["Heads"] == "ok none yet"
    assert lines["env.py"] == "ok sync, driver psycopg"
    assert f"local socket/{made.url.database}, PostgreSQL 18." in lines["Database"]
    assert lines["Database"].endswith("role postgres, a superuser, default schema public")
    assert lines["Models"] == "ok 1 MetaData, 1 table"
    assert lines["Filters"] == "ok none; Alembic compares the default schema, remediate all"
    assert lines["Version table"].endswith("does not exist yet: alembic upgrade creates it")
    assert lines["At revision"] == "ok no revision yet"
    assert lines["pg_dump"] == "ok 18 from the embedded wheel"
    assert lines["Rehearsals"] == "ok on embedded PostgreSQL 18"
    assert (made.files(), helpers.dump(made.url)) == before


HOOK = """
[post_write_hooks]
hooks = tidy
tidy.type = exec
tidy.executable = no-such-program
"""


def revision(made: Project, name: str, parent: str | None, more: str = "") -> None:
    (made.versions / f"{name}.py").write_text(
        f"revision = {name!r}\ndown_revision = {parent!r}\n{more}\n"
        "def upgrade(): pass\ndef downgrade(): pass\n"
    )


def test_every_problem_is_told_at_once(made: Project) -> None:
    ini = "file_template = %%(year)d/%%(rev)s\n" + HOOK
    (made.folder / "alembic.ini").write_text(ALEMBIC_INI + ini)
    (made.folder / "migrations" / "script.py.mako").unlink()
    revision(made, "0a", None)
    revision(made, "0b", "0a")
    revision(made, "0c", "0a", "branch_labels = 'more'")
    with helpers.connected(made.url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num varchar(8))")
        connection.execute("INSERT INTO alembic_version VALUES ('0a')")
    lines = doctor(made, expected=2)
    assert list(lines) == LABELS
    assert lines["Migrations"].startswith("x migrations there is no script.py.mako -> ")
    assert "file_template puts revisions into folders" in lines["Versions"]
    assert lines["Heads"].startswith("! 0b, 0c (more) generate has to know which one to follow")
    assert lines["Write hooks"].startswith("x tidy no-such-program is not to be found -> ")
    assert "ids of 12 characters -> ALTER TABLE public.alembic_version" in lines["Version table"]
    assert lines["At revision"].startswith("x 0a; 2 not applied: 0")
    assert lines["At revision"].endswith("-> alembic upgrade heads")


def test_what_its_neighbours_left_out(made: Project) -> None:
    """An unknown revision, a revision that is no Python, an env.py without models."""
    env = made.folder / "migrations" / "env.py"
    env.write_text(env.read_text().replace("target_metadata=metadata", "target_metadata=None"))
    with helpers.connected(made.url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num varchar(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('zz')")
    lines = doctor(made, expected=2)
    assert lines["Models"].startswith(
        "! target_metadata is None no model was found: remediate judges keys"
    )
    assert "x zz Can't locate revision identified by 'zz' ->" in lines["At revision"]
    assert lines["Heads"] == "ok none yet"
    (made.versions / "0a.py").write_text("revision = = 3")
    broken = doctor(made, expected=2)
    sentence = "Alembic fails on this project's revisions: SyntaxError: invalid syntax"
    assert broken["Versions"].startswith(f"x migrations/versions {sentence}")
    assert sentence in broken["At revision"]


def test_a_database_that_cannot_be_reached(made: Project) -> None:
    url = "postgresql+psycopg://someone:hunter2@localhost:1/nowhere"
    shown = made.run("remediate", "doctor", expected=2, DATABASE_URL=url)
    assert "hunter2" not in shown.stdout + shown.stderr
    lines = doctor(made, expected=2, DATABASE_URL=url)
    assert lines["Versions"] == "ok migrations/versions: 0 revisions"
    assert lines["env.py"].startswith("x the database that env.py names cannot be used: ")
    assert lines["Rehearsals"].startswith("ok ")


def test_outside_a_project(newest: Server, tmp_path: Path) -> None:
    with newest.database() as url:
        here = Project(tmp_path, url)
        nothing = doctor(here, expected=2)
        assert nothing["Project"].startswith("x no Alembic project here")
        text = url.render_as_string(hide_password=False)
        lines = doctor(here, REMEDIATE_DATABASE_URL=text)
        assert lines["Project"].startswith("! no Alembic project here generate writes into one")
        assert lines["Database"] == f"ok local socket/{url.database}, role postgres"
        missing = doctor(here, "--config", "nowhere.ini", expected=2)
        assert missing["Project"].startswith("x there is no nowhere.ini -> ")


def test_privileges_that_limit(newest: Server, tmp_path: Path) -> None:
    ddl = """
    CREATE TABLE seen (id serial PRIMARY KEY); CREATE TABLE unseen (id serial PRIMARY KEY);
    CREATE TABLE hidden (id integer PRIMARY KEY); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
    DO $$ BEGIN
      IF to_regrole('looker') IS NULL THEN CREATE ROLE looker LOGIN; END IF;
    END $$;
    GRANT SELECT ON seen, hidden TO looker; GRANT SELECT ON SEQUENCE seen_id_seq TO looker;
    REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC
    """
    with small_project(newest, tmp_path, ddl) as made:
        made.url = made.url.set(username="looker")
        lines = doctor(made)
        assert "role looker, default schema public" in lines["Database"]
        told = lines["Privileges"].split(" | ")
        assert [line.partition(" -> ")[0] for line in told] == [
            "! no SELECT on table public.unseen their ids are not verified, and the rehearsal leaves them out",
            "! no SELECT on sequence public.unseen_id_seq their positions are not verified",
            "! row security hides rows of table public.hidden their highest ids are not verified",
            "! the server's identity cannot be read a plan of another server with a database of "
            "the same name would not be noticed",
        ]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (FILTERS, {"Filters": "ok include_name and include_object: 5 tables left out; Alembic compares all schemas"}),
        (ASYNC, {"env.py": "ok async, driver asyncpg"}),
    ],
    ids=str,
)  # fmt: skip
def test_a_project_is_recognised(
    kind: object, says: dict[str, str], newest: Server, tmp_path: Path
) -> None:
    with project(kind, newest, tmp_path) as made:
        assert doctor(made).items() >= says.items()


def test_several_databases(newest: Server, tmp_path: Path) -> None:
    with project(MULTIDB, newest, tmp_path) as made:
        lines = doctor(made, expected=2)
        assert lines["Databases"].startswith("x engine1, engine2 remediate works on one at a time")
        assert [part.split(":")[0] for part in lines["Database"].split(" | ")] == [
            "ok engine1",
            "ok engine2",
        ]
        lines = doctor(made, "--engine", "engine2")
        assert lines["Databases"] == "ok engine2 of engine1, engine2"
        lines = doctor(made, "--engine", "engine3", expected=2)
        assert "none, or several, are called 'engine3'" in lines["Databases"]


def test_a_scratch_server_that_cannot_be_used(made: Project) -> None:
    lines = doctor(made, "--scratch-url", "postgresql://nobody@localhost:1/x", expected=2)
    assert lines["Rehearsals"].startswith("x the scratch PostgreSQL cannot be used: ")


@pytest.mark.skipif(len(BINARIES) == 1, reason="one PostgreSQL at hand")
def test_a_scratch_server_of_another_version(
    start_server: Callable[[str], Server], newest: Server, tmp_path: Path
) -> None:
    version = next(iter(BINARIES))
    with small_project(start_server(version), tmp_path) as made:
        lines = doctor(made, "--scratch-url", newest.url.render_as_string())
    assert lines["Rehearsals"].startswith("! on the server of --scratch-url ")
    number = version.removeprefix("pg")
    assert f"the database runs PostgreSQL {number}: the rehearsal does not" in lines["Rehearsals"]


def test_settings_that_are_wrong(made: Project) -> None:
    (made.folder / "pyproject.toml").write_text("[tool.remediate]\nheadrom = 1\n")
    lines = doctor(made, expected=2)
    assert lines["Settings"].startswith(
        "x [tool.remediate] in pyproject.toml has no setting 'headrom'"
    )
    assert lines["Configuration"] == "ok alembic.ini [alembic], pyproject.toml [tool.remediate]"
    assert lines["Database"].startswith("ok ")
    (made.folder / "pyproject.toml").write_text("[tool.remediate")
    lines = doctor(made, expected=2)
    assert lines["Settings"].startswith("x pyproject.toml is not valid TOML")
    assert lines["Project"].startswith("x ")
