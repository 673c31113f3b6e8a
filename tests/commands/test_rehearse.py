"""`remediate rehearse`: what refutes a revision that somebody wrote by hand, and what proves one."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from remediate.commands.choice import chosen, selection_of
from remediate.errors import Refused, UsageProblem
from remediate.rehearsal.channel import environment
from remediate.rehearsal.scratch import Server, scratch
from remediate.snapshots.history import History, Revision
from remediate.snapshots.tables import Source
from tests.support import helpers
from tests.support.project import Project, copied_project, incident_project, small_project

COUNTEREXAMPLE = Path(__file__).parents[1] / "projects" / "counterexample"
HEAD = """\
import sqlalchemy as sa
from alembic import context, op

revision = "{id}"
down_revision = "{down}"
"""


@pytest.fixture(scope="module")
def project(newest: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The counter-example at its first revision."""
    folder = tmp_path_factory.mktemp("hand") / "career"
    with copied_project(COUNTEREXAMPLE, newest, folder) as made:
        yield made


@pytest.fixture(scope="module")
def scratch_url() -> Iterator[str]:
    """A scratch server for most of this file; each rehearsal still gets a database of its own."""
    with scratch() as server:
        yield server.url.render_as_string(hide_password=False)


def rehearse(project: Project, scratch_url: str, *words: str, expected: int = 0) -> Any:
    given = ("--scratch-url", scratch_url, "-f", "json")
    result = project.run("remediate", "rehearse", *words, *given, expected=expected)
    made = json.loads(result.stdout)
    assert made["format"] == "remediate.rehearsal/1"
    return made


def names(revision: dict[str, Any]) -> list[str]:
    return [defect["name"] for defect in revision["defects"]]


def by_id(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["revision"]: one for one in made["revisions"]}


def write(project: Project, id_: str, body: str, down: str = "0001") -> str:
    file = project.folder / "repairs" / f"{id_}.py"
    file.write_text(f"{HEAD.format(id=id_, down=down)}\n{body}")
    return f"repairs/{file.name}"


def test_the_counterexample_is_refuted_by_each_of_its_defects(project: Project) -> None:
    before = helpers.dump(project.url)
    result = project.run("remediate", "rehearse", "repairs/all_at_once.py", expected=4)
    for name in (
        "ERROR_SWALLOWED", "DEFAULT_BEFORE_SEQUENCE", "NO_SUCH_TABLE", "BROKEN_DOWN_REVISION",
        "CASCADE_IN_DOWNGRADE",
    ):  # fmt: skip
        assert f"  ! {name}   repairs/all_at_once.py:" in result.stdout, name
    assert "there is no table reflections (there is self_reflections)" in result.stdout
    assert "3 later statements refused (25P02)" in result.stdout
    assert "success: fixed autoincrement for courses" not in result.stdout
    assert "success: fixed autoincrement for courses" in result.stderr
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    last = result.stdout.splitlines()[-1]
    assert last == "Next:  repair it, then: remediate rehearse repairs/all_at_once.py"
    assert helpers.dump(project.url) == before


@pytest.mark.soak
def test_each_defect_alone_and_a_repair_as_it_should_be(project: Project, scratch_url: str) -> None:
    files = ("swallowed", "wrong_table", "default_first", "behind", "cascade", "no_undo", "correct")
    made = rehearse(project, scratch_url, *(f"repairs/{name}.py" for name in files), expected=4)
    revisions = by_id(made)
    found = {id_: names(one) for id_, one in revisions.items()}
    assert found == {
        "swallowed": ["ERROR_SWALLOWED"],
        "wrong_table": ["NO_SUCH_TABLE"],
        "default_first": ["DEFAULT_BEFORE_SEQUENCE"],
        "behind": ["SEQUENCE_BEHIND", "NEW_FINDING"],
        "cascade": ["CASCADE_IN_DOWNGRADE"],
        "no_undo": ["DOWNGRADE_DIFFERS", "UPGRADE_AGAIN_FAILS"],
        "correct": [],
    }
    (wrong,) = revisions["wrong_table"]["defects"]
    assert wrong["sql"].startswith("ALTER TABLE reflections")
    assert wrong["evidence"].startswith("statement 2 of upgrade(): 42P01:")
    text = (project.folder / wrong["file"]).read_text().splitlines()
    assert "ALTER TABLE reflections" in text[wrong["line"] - 1]
    correct = revisions["correct"]
    assert correct["proven"]
    assert correct["hazards"] == []
    assert correct["checks"][1]["result"] == "1 of 1 work, in 1 table; 1 failed before"
    assert [lock["relation"] for lock in correct["locks"]] == ["public.user_skills"]
    assert correct["locks"][0]["mode"] == "ACCESS EXCLUSIVE"
    assert correct["locks"][0]["since_statement"] == 1
    assert (
        "+CREATE SEQUENCE public.user_notes_id_seq"
        in revisions["no_undo"]["defects"][0]["evidence"]
    )


ODD = """\
from app import engine

TABLES = context.get_x_argument(as_dictionary=True)["tables"].split(",")


def upgrade() -> None:
    if context.is_offline_mode():
        return
    print("a line for people")
    here = "SELECT current_database()"
    with engine.begin() as connection:
        there = connection.exec_driver_sql(here).scalar()
        assert there == op.get_bind().exec_driver_sql(here).scalar()
    there = op.get_bind().execute(sa.text("SELECT relname FROM pg_class")).scalars().all()
    assert set(TABLES) <= set(there)
    with op.batch_alter_table("courses") as batch:
        batch.add_column(sa.Column("title", sa.Text()))
        batch.alter_column("body", type_=sa.LargeBinary(), postgresql_using="body::bytea")
    try:
        with op.get_bind().begin_nested():
            op.execute("COMMENT ON COLUMN courses.nothing IS 'x'")
    except sa.exc.ProgrammingError:
        pass
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY courses_title ON courses (title)")
    from sqlalchemy.orm import Session

    session = Session(bind=op.get_bind())
    session.execute(sa.text("UPDATE courses SET title = 'none'"))
    session.flush()


def downgrade() -> None:
    op.drop_index("courses_title")
    op.drop_column("courses", "title")
    op.alter_column(
        "courses", "body", type_=sa.String(), postgresql_using="convert_from(body, 'UTF8')"
    )
"""
APP = """\
import os
import sqlalchemy as sa
engine = sa.create_engine(os.environ["DATABASE_URL"], poolclass=sa.NullPool)
"""


def test_what_people_write_in_revisions_runs_on_the_scratch_database_only(
    project: Project, scratch_url: str
) -> None:
    (project.folder / "app.py").write_text(APP)
    file = write(project, "odd", ODD)
    before = helpers.dump(project.url)
    made = rehearse(project, scratch_url, file, "-x", "tables=courses,user_notes")
    odd = by_id(made)["odd"]
    assert odd["proven"], odd["defects"]
    assert helpers.dump(project.url) == before
    locks = {lock["relation"]: lock for lock in odd["locks"]}
    assert locks["public.courses"]["rewritten"]
    assert locks["public.courses"]["mode"] == "ACCESS EXCLUSIVE"


ENDS = {
    "exits": ("import sys; sys.exit(0)", "UPGRADE_FAILS"),
    "dies": ("import os; os._exit(0)", "UPGRADE_FAILS"),
    "hangs": ("import time; time.sleep(9)", "TIMES_OUT"),
    "sleeps": ('op.execute("SELECT pg_sleep(60)")', "TIMES_OUT"),
    "half": (
        'with op.get_context().autocommit_block():\n        op.execute("CREATE TABLE half ()")\n'
        '    op.execute("SELECT 1 / 0")',
        "STATEMENT_FAILS",
    ),
}


@pytest.mark.soak
def test_a_revision_that_ends_the_process_or_never_ends(project: Project, scratch_url: str) -> None:
    files = [
        write(project, id_, f"def upgrade():\n    {body}\n\n\ndef downgrade():\n    pass\n")
        for id_, (body, _) in ENDS.items()
    ]
    follower = write(project, "follower", "def upgrade():\n    pass\n", down="half")
    made = rehearse(project, scratch_url, *files, follower, "--timeout", "1", expected=4)
    revisions = by_id(made)
    for id_, (_, name) in ENDS.items():
        assert names(revisions[id_])[0] == name, revisions[id_]
    assert names(revisions["half"])[1:] == ["HALF_DONE"]
    assert revisions["follower"]["skipped"] == "not rehearsed: it follows half, which fails"


KILLS = "import os, signal; os.kill(os.getppid(), signal.SIGKILL); import time; time.sleep(0.2)"
STARTS = "import subprocess; subprocess.Popen(['sleep', '98765'])"


def test_a_revision_that_ends_the_process_which_runs_revisions(
    project: Project, scratch_url: str
) -> None:
    text = "def upgrade():\n    {}\n\n\ndef downgrade():\n    pass\n"
    files = [
        write(project, "kills", text.format(KILLS)), write(project, "too", text.format("pass")),
    ]  # fmt: skip
    made = rehearse(project, scratch_url, *files, expected=4)
    for revision in by_id(made).values():
        (defect,) = revision["defects"]
        assert defect["name"] == "UPGRADE_FAILS"
        assert defect["evidence"].startswith("the process that runs revisions has ended")


def test_what_a_revision_starts_ends_with_it(project: Project, scratch_url: str) -> None:
    text = f"def upgrade():\n    {STARTS}\n\n\ndef downgrade():\n    pass\n"
    rehearse(project, scratch_url, write(project, "starts", text))
    there = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if readable(p)]
    assert not [words for words in there if b"98765" in words]


def readable(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return bool(path.read_bytes())
    return False


def test_the_owner_of_the_database_may_create_in_it(
    newest: Server, tmp_path: Path, scratch_url: str
) -> None:
    ddl = "DROP ROLE IF EXISTS landlord; CREATE ROLE landlord LOGIN"
    with small_project(newest, tmp_path, f"{ddl}; CREATE TABLE t (id integer)") as project:
        with helpers.connected(project.url) as connection:
            connection.execute(f"ALTER DATABASE {project.url.database} OWNER TO landlord")
        theirs = Project(project.folder, project.url.set(username="landlord"))
        body = 'op.execute("CREATE TABLE mine (id bigserial PRIMARY KEY)")'
        (theirs.versions / "mine.py").write_text(
            HEAD.format(id="mine", down="").replace('""', "None")
            + f"\n\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    op.drop_table('mine')\n"
        )
        assert rehearse(theirs, scratch_url)["revisions"][0]["proven"]
        with helpers.connected(project.url) as connection:
            connection.execute(f"ALTER DATABASE {project.url.database} OWNER TO CURRENT_USER")


def test_a_generated_repair_is_proven_and_a_missing_grant_is_not(
    newest: Server, tmp_path: Path, scratch_url: str
) -> None:
    with incident_project(newest, tmp_path) as project:
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "A", "--no-rehearse")
        revisions = rehearse(project, scratch_url)["revisions"]
        assert revisions
        assert all(one["proven"] for one in revisions), [one["defects"] for one in revisions]
        assert sum(len(one["repairs"]) for one in revisions) > 20
        for file in project.generated():
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join(line for line in lines if "GRANT USAGE" not in line))
        made = rehearse(project, scratch_url, "heads", expected=4)
        assert {n for one in made["revisions"] for n in names(one)} >= {"ROLE_CANNOT_INSERT"}
        assert "career_app may INSERT into" in made["revisions"][0]["defects"][0]["what"]


def revision(id_: str, *down: str) -> Revision:
    return Revision(id_, down, Source(f"versions/{id_}.py", 1))


LINE = History(
    (revision("a1"), revision("b2", "a1"), revision("b3", "b2"), revision("c4", "b3")), ("b2",)
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "b3 c4"),
        (["head"], "c4"),
        (["c", "a1"], "a1 c4"),
        (["a1:b3"], "b2 b3"),
        ([":b2"], "a1 b2"),
        (["b2:"], "b3 c4"),
        (["versions/b3.py"], "b3"),
    ],
)
def test_words_choose_revisions_in_the_order_in_which_they_run(
    words: list[str], expected: str
) -> None:
    assert " ".join(one.id for one in chosen(LINE, words)) == expected


def test_a_word_that_means_none_or_several_is_refused() -> None:
    for word, reason in (("b", "'b' matches 2 revisions: b2, b3"), ("z", "is no revision of this")):
        with pytest.raises(UsageProblem, match=reason):
            chosen(LINE, [word])
    with pytest.raises(Refused, match="the database is at lost, which no versions folder has"):
        chosen(History(LINE.revisions, ("lost",)), [])


def test_what_has_to_stand_before_runs_before() -> None:
    def before(word: str) -> tuple[str, bool]:
        selection = selection_of(LINE, chosen(LINE, [word]))
        return " ".join(one.id for one in selection.before), selection.from_base

    assert before("c4") == ("b3", False)
    assert before("b2") == ("a1", True)  # it has run: the state before it is made anew


def test_no_variable_names_another_database(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('export REPORTS_URL="postgresql://app:secret@live/reports"\n')
    given = {
        "DATABASE_URL": "postgresql+asyncpg://app:secret@live/app",
        "APP_DB_HOST": "live",
        "POSTGRES_PASSWORD": "secret",
        "PGHOST": "live",
        "REMEDIATE_DATABASE_URL": "postgresql://live/app",
        "HOME": "/home/ada",
    }
    made = environment(given, sa.make_url("postgresql+psycopg://me@scratch:5433/try"), tmp_path)
    assert "live" not in " ".join(made.values())
    assert "secret" not in " ".join(made.values())
    assert made["DATABASE_URL"] == "postgresql+asyncpg://me@scratch:5433/try"
    assert made["REPORTS_URL"] == "postgresql://me@scratch:5433/try"
    assert made["APP_DB_HOST"] == made["PGHOST"] == "scratch"
    assert made["HOME"] == "/home/ada"


def test_a_revision_that_has_run_is_rehearsed_on_what_the_project_makes(
    project: Project, scratch_url: str
) -> None:
    made = rehearse(project, scratch_url, "0001")
    assert made["start"] == "an empty database, and 0 earlier revisions run on it"
    assert by_id(made)["0001"]["statements"] == 12
