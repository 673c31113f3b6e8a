"""Repairs that must come before a revision that waits and cannot run."""

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, small_project

APPROVED = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
PETS = """
    CREATE TABLE owner (id serial PRIMARY KEY, name text);
    INSERT INTO owner (name) SELECT 'x' FROM generate_series(1, 30);
    CREATE TABLE pet (id serial PRIMARY KEY, owner_id varchar(20));
    INSERT INTO pet (owner_id) SELECT g::text FROM generate_series(1, 30) g
"""
MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, String, Table
Table("owner", metadata, Column("id", Integer, primary_key=True), Column("name", String))
Table("pet", metadata, Column("id", Integer, primary_key=True), Column("owner_id", Integer, ForeignKey("owner.id")))
"""
KEY = "CREATE TABLE t (id integer PRIMARY KEY, name text); INSERT INTO t VALUES (7, 'x')"
TYPE = 'op.alter_column("pet", "owner_id", existing_type=sa.String(20), type_=sa.Integer())'
REFERENCE = 'op.create_foreign_key("pet_owner_id_fkey", "pet", "owner", ["owner_id"], ["id"])'
BACK = 'op.alter_column("pet", "owner_id", existing_type=sa.Integer(), type_=sa.String(20))'
UNDECLARED = 'op.drop_constraint("pet_owner_id_fkey", "pet", type_="foreignkey")'


def write(
    project: Project,
    id_: str,
    parents: str | tuple[str, ...] | None,
    up: str = "pass",
    down: str = "pass",
) -> Path:
    """A revision of the project."""
    file = project.versions / f"{id_}_x.py"
    bodies = [textwrap.indent(textwrap.dedent(body).strip(), "    ") for body in (up, down)]
    file.write_text(
        f'"""{id_}\n\nRevision ID: {id_}\nRevises: {parents or ""}\n"""\n'
        f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = {id_!r}\n"
        f"down_revision = {parents!r}\n\n\ndef upgrade():\n{bodies[0]}\n\n\ndef downgrade():\n{bodies[1]}\n"
    )
    return file


@contextmanager
def at_base(server: Server, folder: Path, ddl: str, models: str | None = None) -> Iterator[Project]:
    """A project whose database is at revision 0001, which does nothing."""
    with small_project(server, folder, ddl, models=models) as project:
        write(project, "0001", None)
        project.run("alembic", "upgrade", "head")
        yield project


def line(file: Path, words: str) -> int:
    return next(n for n, text in enumerate(file.read_text().splitlines(), 1) if words in text)


def delete(file: Path, *words: str) -> None:
    """Take the lines with these words out, as somebody does who was told so."""
    kept = [text for text in file.read_text().splitlines() if not any(w in text for w in words)]
    text = re.sub(r"(def \w+\(\):)\n(?=\n|$)", r"\1\n    pass\n", "\n".join(kept) + "\n")
    file.write_text(text)


def schema(project: Project) -> str:
    return helpers.dump(project.url)


def there_and_back(project: Project, *, to: str = "0001") -> None:
    """Everything runs, repairs, and goes back to the same bytes."""
    before = schema(project)
    project.run("alembic", "upgrade", "heads")
    project.run("remediate", "verify")
    assert [f for f in project.json("plan")["findings"] if f["severity"] == "error"] == []
    project.run("alembic", "downgrade", to)
    assert schema(project) == before
    project.run("alembic", "upgrade", "heads")


def waiting_of(project: Project, rule: str, *options: str) -> list[dict[str, object]]:
    (found,) = (f for f in project.json("plan", *options)["findings"] if f["rule"] == rule)
    waiting = found["waiting"]
    assert isinstance(waiting, list)
    return waiting


def test_the_plan_names_what_to_run_before_and_what_to_delete(
    newest: Server, tmp_path: Path
) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        file = write(project, "0002", "0001", f"{TYPE}\n{REFERENCE}", f"{UNDECLARED}\n{BACK}")
        (one,) = waiting_of(project, "FK003")
        first = line(file, TYPE)
        assert one["stops"] == [
            {
                "line": first,
                "sqlstate": "42804",
                "why": "pet.owner_id changes from character varying to integer without USING: PostgreSQL does not "
                "convert the values by itself and refuses the step (42804)",
            }
        ]
        places = {words: line(file, words) for words in (TYPE, REFERENCE, UNDECLARED, BACK)}
        assert [(r["first"], r["last"], r["whole"]) for r in one["repeats"]] == [  # type: ignore[attr-defined]
            (n, n, True) for n in places.values()
        ]
        shown = project.run("remediate", "plan").stdout
        assert shown.rstrip().endswith('--reviewer "Your Name" --before 0002')
        flat = " ".join(shown.split())
        assert (
            "! The repair must run before 0002, which has not run. migrations/versions/0002_x.py:"
            in flat
        )
        assert f"lines {places[TYPE]} and {places[BACK]} (the type of public.pet.owner_id)" in flat


def test_it_is_written_before_on_demand_only(newest: Server, tmp_path: Path) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        file = write(project, "0002", "0001", f"{TYPE}\n{REFERENCE}", f"{UNDECLARED}\n{BACK}")
        files = project.files()
        refused = " ".join(project.run(*APPROVED, expected=3).stderr.split())
        assert (
            "remediate: 0002 has not run, and cannot run before the repair. migrations/versions/0002_x.py:"
            in refused
        )
        assert (
            "Write the repair before it: --before 0002. Only the down_revision of that revision changes"
            in refused
        )
        assert (
            f"Delete lines {line(file, TYPE)} and {line(file, BACK)} (the type of public.pet.owner_id)"
            in refused
        )
        assert "alembic upgrade" not in refused
        assert project.files() == files

        result = project.run(*APPROVED, "--before", "0002")
        new = re.findall(r"^\+down_revision = \'(\w+)\'$", result.stdout, re.MULTILINE)
        assert "A database that has already run what follows" in result.stdout
        assert len(new) == 1
        assert "0002 runs after the repair" in result.stderr
        assert (
            f"migrations/versions/0002_x.py:{line(file, REFERENCE)}  the foreign key of public.pet"
            in result.stdout
        )
        was = files["migrations/versions/0002_x.py"]
        for before, after in (
            ("= '0001'", f"= '{new[0]}'"),
            ("Revises: 0001", f"Revises: {new[0]}"),
        ):
            assert before in was
            was = was.replace(before, after)
        assert file.read_text() == was
        assert len(project.generated()) == 2
        assert "\nNext:  alembic upgrade head " in project.run("remediate", "plan").stdout
        assert project.run("remediate", "verify", expected=1).stdout.endswith(
            "3 revisions to run, 2 of them repairs.\n\nNext:  alembic upgrade head\n"
        )

        delete(file, TYPE, REFERENCE, UNDECLARED, BACK)
        there_and_back(project)


OTHER_KINDS = {
    "an insert without id": (
        KEY, """op.execute("INSERT INTO t (name) VALUES ('y')")""", """op.execute("DELETE FROM t WHERE name = 'y'")""",
        "PK001", "23502", (),
    ),
    "a sequence that exists": (
        f"{KEY}; CREATE SEQUENCE t_id_seq OWNED BY t.id",
        """op.execute("CREATE SEQUENCE t_id_seq")
op.execute("ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq')")""",
        """op.execute("ALTER TABLE t ALTER id DROP DEFAULT")\nop.execute("DROP SEQUENCE t_id_seq")""",
        "PK001", "42P07", ("SEQUENCE", "DEFAULT"),
    ),
    "a sequence that is missing": (
        KEY, """op.alter_column("t", "id", server_default=sa.text("nextval('t_id_seq'::regclass)"))""",
        """op.alter_column("t", "id", server_default=None)""", "PK001", "42P01", ("alter_column",),
    ),
    "a view on the column": (
        f"{PETS}; CREATE VIEW shown AS SELECT owner_id FROM pet",
        'op.execute("ALTER TABLE pet ALTER owner_id TYPE integer USING owner_id::integer")',
        'op.execute("ALTER TABLE pet ALTER owner_id TYPE varchar(20)")', "FK003", "0A000", ("ALTER",),
    ),
    "a reference between types": (
        PETS, REFERENCE, UNDECLARED, "FK003", "42804", ("pet_owner_id_fkey",),
    ),
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_other_revisions_that_cannot_run(kind: str, newest: Server, tmp_path: Path) -> None:
    ddl, up, down, rule, sqlstate, words = OTHER_KINDS[kind]
    with at_base(newest, tmp_path, ddl, MODELS if "pet" in ddl else None) as project:
        file = write(project, "0002", "0001", up, down)
        (one,) = waiting_of(project, rule)
        assert [stop["sqlstate"] for stop in one["stops"]] == [sqlstate]  # type: ignore[attr-defined]
        refused = project.run("alembic", "upgrade", "head", expected=1)  # as the plan says
        assert refused.stderr
        result = project.run(*APPROVED, "--before", "0002")
        assert "0002 runs after the repair" in result.stderr
        assert ("Delete this, because the repair does it first:" in result.stdout) is bool(words)
        if words:
            delete(file, *words)
        there_and_back(project)


@pytest.mark.soak
def test_orphans_stop_a_reference(newest: Server, tmp_path: Path) -> None:
    ddl = PETS.replace("owner_id varchar(20)", "owner_id integer").replace("g::text", "g")
    with at_base(
        newest, tmp_path, f"{ddl}; INSERT INTO pet (owner_id) VALUES (99), (100)", MODELS
    ) as project:
        file = write(project, "0002", "0001", REFERENCE, UNDECLARED)
        (one,) = waiting_of(project, "FK004", "--orphans", "null")
        assert [stop["sqlstate"] for stop in one["stops"]] == ["23503"]  # type: ignore[attr-defined]
        decided = ("--orphans", "null", "--allow", "DATA_DECISION")
        project.run(*APPROVED, *decided, "--before", "0002")
        delete(file, "pet_owner_id_fkey")
        there_and_back(project)


@pytest.mark.soak
def test_a_reference_that_must_be_given_has_a_parent(newest: Server, tmp_path: Path) -> None:
    """Its made-up values are keys: the repair, which refuses others, runs before what waits."""
    ddl = PETS.replace("owner_id varchar(20)", "owner_id varchar(20) NOT NULL")
    with at_base(newest, tmp_path, ddl, MODELS) as project:
        write(project, "0002", "0001", 'op.add_column("pet", sa.Column("age", sa.Integer()))',
              'op.drop_column("pet", "age")')  # fmt: skip
        assert "0002 runs after the repair" in project.run(*APPROVED, "--before", "0002").stderr


@pytest.mark.soak
def test_a_revision_behind_others_that_wait(newest: Server, tmp_path: Path) -> None:
    """What waits before it would run after the repair, too: the repair goes before all of them."""
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        write(
            project,
            "0002",
            "0001",
            'op.add_column("pet", sa.Column("age", sa.Integer()))',
            'op.drop_column("pet", "age")',
        )
        blocked = write(project, "0003", "0002", TYPE, BACK)
        last = write(project, "0004", "0003", REFERENCE, UNDECLARED)
        one, other = waiting_of(project, "FK003")
        assert (one["revision"], one["before"], other["revision"], other["stops"]) == (
            "0003",
            "0002",
            "0004",
            [],
        )
        files = project.files()
        refused = " ".join(project.run(*APPROVED, "--before", "0003", expected=3).stderr.split())
        assert "0002 would not come after the new revisions, and has not run either" in refused
        assert "Write them before that: --before 0002" in refused
        assert project.files() == files
        result = project.run(*APPROVED, "--before", "0002")
        assert "0002, 0003, 0004 run after the repair" in result.stderr
        delete(blocked, "owner_id")
        delete(last, "pet_owner_id_fkey")
        there_and_back(project)


@pytest.mark.soak
def test_two_branches_that_wait(newest: Server, tmp_path: Path) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        blocked = write(project, "a1", "0001", TYPE, BACK)
        other = write(
            project,
            "b1",
            "0001",
            'op.add_column("pet", sa.Column("age", sa.Integer()))',
            'op.drop_column("pet", "age")',
        )
        refused = " ".join(project.run(*APPROVED, "--before", "a1", expected=3).stderr.split())
        assert "b1 would not come after the new revisions" in refused
        assert "name it with --before, too" in refused
        result = project.run(*APPROVED, "--before", "a1", "--before", "b1")
        assert result.stdout.count("+down_revision") == 2
        assert re.search(
            r"a1(, b1)? run after the repair, without the lines to delete$",
            result.stderr,
            re.MULTILINE,
        )
        assert "down_revision = '0001'" not in blocked.read_text() + other.read_text()
        delete(blocked, "owner_id")
        there_and_back(project)


@pytest.mark.soak
def test_a_branch_that_cannot_follow_is_to_be_run_first(newest: Server, tmp_path: Path) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        write(project, "a1", "0001")
        write(project, "b1", "0001")
        project.run("alembic", "upgrade", "heads")
        write(project, "a2", "a1", TYPE, BACK)
        write(project, "b2", "b1")
        refused = " ".join(project.run(*APPROVED, "--before", "a2", expected=3).stderr.split())
        assert "b2 would not come after the new revisions" in refused
        assert "Run that first: alembic upgrade b2" in refused
        project.run("alembic", "upgrade", "b2")
        project.run(*APPROVED, "--before", "a2")


@pytest.mark.soak
def test_what_a_merge_point_needs_of_another_branch_waits_too(
    newest: Server, tmp_path: Path
) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        write(project, "a1", "0001")
        project.run("alembic", "upgrade", "heads")
        write(project, "b1", "0001")
        merge = write(project, "m1", ("a1", "b1"), TYPE, BACK)
        assert "--before b1" in project.run(*APPROVED, expected=3).stderr
        aside = ("--before", "m1", "--head", "a1")
        refused = " ".join(project.run(*APPROVED, *aside, expected=3).stderr.split())
        assert "b1 would not come after the new revisions" in refused
        result = project.run(*APPROVED, "--before", "b1")
        assert "b1, m1 run after the repair, without the lines to delete" in result.stderr
        delete(merge, "owner_id")
        there_and_back(project)


@pytest.mark.soak
def test_a_merge_point_asks_which_side_to_follow(newest: Server, tmp_path: Path) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        write(project, "a1", "0001")
        write(project, "b1", "0001")
        project.run("alembic", "upgrade", "heads")
        merge = write(project, "m1", ("a1", "b1"), TYPE, BACK)
        refused = " ".join(project.run(*APPROVED, "--before", "m1", expected=2).stderr.split())
        assert "m1 merges a1 and b1 Choose with --head" in refused
        wrong = " ".join(
            project.run(*APPROVED, "--before", "m1", "--head", "0001", expected=2).stderr.split()
        )
        assert "m1 does not follow 0001" in wrong
        project.run(*APPROVED, "--before", "m1", "--head", "b1")
        assert re.search(r"^down_revision = \('a1', '\w{12}'\)$", merge.read_text(), re.MULTILINE)
        delete(merge, "owner_id")
        there_and_back(project, to="b1")


@pytest.mark.soak
def test_the_first_revision_of_all(newest: Server, tmp_path: Path) -> None:
    """The tables were made by other means, and nothing was ever recorded."""
    with small_project(newest, tmp_path, PETS, models=MODELS) as project:
        root = write(project, "0001", None, TYPE, BACK)
        project.run(*APPROVED, "--before", "0001")
        assert "down_revision = None" not in root.read_text()
        delete(root, "owner_id")
        there_and_back(project, to="base")


@pytest.mark.soak
def test_what_follows_is_nothing_to_depend_on(newest: Server, tmp_path: Path) -> None:
    """Alembic would find a circle, and read no revision of the project any more."""
    with at_base(newest, tmp_path, KEY) as project:
        write(project, "0002", "0001")
        write(project, "0003", "0002")
        files = project.files()
        for id_ in ("0002", "0003"):
            given = ("--before", "0002", "--depends-on", id_)
            refused = " ".join(project.run(*APPROVED, *given, expected=3).stderr.split())
            assert f"the new revisions cannot depend on {id_}, and come before it" in refused
            assert project.files() == files
        made = project.run(*APPROVED, "--before", "0002", "--before", "0002")
        assert made.stdout.count("+down_revision") == 1
        project.run("alembic", "upgrade", "head")


def test_what_has_run_keeps_its_place(newest: Server, tmp_path: Path) -> None:
    with at_base(newest, tmp_path, KEY) as project:
        files = project.files()
        refused = " ".join(project.run(*APPROVED, "--before", "0001", expected=3).stderr.split())
        assert "0001 has run on this database already" in refused
        unknown = project.run(*APPROVED, "--before", "zz", expected=2).stderr
        assert "Can't locate revision identified by 'zz'" in unknown
        assert project.files() == files


@pytest.mark.soak
def test_a_parent_that_is_not_written_out(newest: Server, tmp_path: Path) -> None:
    with at_base(newest, tmp_path, KEY) as project:
        file = write(project, "0002", "0001")
        file.write_text(file.read_text().replace("= '0001'", "= '00' + '01'"))
        files = project.files()
        refused = " ".join(project.run(*APPROVED, "--before", "0002", expected=3).stderr.split())
        assert "0002_x.py cannot be given another parent" in refused
        assert project.files() == files


@pytest.mark.soak
def test_a_revision_that_runs_today_must_run_afterwards(newest: Server, tmp_path: Path) -> None:
    made = "op.execute(\"DO $$ BEGIN EXECUTE 'CREATE SEQUENCE t_id' || '_seq'; END $$\")"
    with at_base(newest, tmp_path, KEY) as project:
        file = write(project, "0002", "0001", made, 'op.execute("DROP SEQUENCE t_id_seq")')
        files = project.files()
        refused = " ".join(project.run(*APPROVED, "--before", "0002", expected=4).stderr.split())
        assert "0002 runs today, but not after the repair" in refused
        assert f'0002_x.py:{line(file, "CREATE")}: relation "t_id_seq" already exists' in refused
        assert project.files() == files


@pytest.mark.soak
def test_a_revision_that_reads_what_stands_beside_it(newest: Server, tmp_path: Path) -> None:
    """It is tried without the lines to delete, and as the file that it is."""
    converts = (
        'op.alter_column("pet", "owner_id", type_=sa.Integer(), '
        'postgresql_using="owner_id::integer")'
    )
    reads = 'op.execute(__import__("pathlib").Path(__file__).with_suffix(".sql").read_text())'
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        file = write(project, "0002", "0001", f"{converts}\n{reads}", BACK)
        file.with_suffix(".sql").write_text("CREATE TABLE toy (id serial PRIMARY KEY)")
        made = project.run(*APPROVED, "--before", "0002")
        assert "without the lines to delete" in made.stderr
        assert f"0002_x.py:{line(file, 'alter_column')}" in made.stdout


@pytest.mark.soak
def test_a_way_back_that_takes_the_repair_along(newest: Server, tmp_path: Path) -> None:
    """It drops a default that it never made."""
    with at_base(newest, tmp_path, KEY) as project:
        down = "op.execute(\"DO $$ BEGIN EXECUTE 'ALTER TABLE t ALTER id DROP ' || 'DEFAULT'; END $$\")"
        write(project, "0002", "0001", down=down)
        refused = " ".join(project.run(*APPROVED, "--before", "0002", expected=4).stderr.split())
        assert "the downgrade of 0002 does not lead back as it does today" in refused
        assert "DEFAULT nextval" in refused


@pytest.mark.soak
def test_what_still_cannot_run_is_said(newest: Server, tmp_path: Path) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        file = write(project, "0002", "0001", f'{TYPE}\nop.drop_table("nowhere")')
        result = project.run(*APPROVED, "--before", "0002")
        where = f"0002_x.py:{line(file, 'nowhere')}"
        assert "0002 still does not run after the repair" in result.stderr
        assert f'{where}: table "nowhere" does not exist' in result.stderr


@pytest.mark.soak
def test_an_emergency_revision_before_what_waits(newest: Server, tmp_path: Path) -> None:
    ddl, up, down, *_ = OTHER_KINDS["a sequence that exists"]
    with at_base(newest, tmp_path, ddl) as project:
        file = write(project, "0002", "0001", up, down)
        hotfix = ("remediate", "runbook", "--hotfix", "t", "--reviewer", "Ann", "-o", "runbook.md")
        assert "--before 0002" in project.run(*hotfix, expected=3).stderr
        said = project.run("remediate", "runbook").stdout
        assert '--hotfix t --reviewer "Your Name" --before 0002' in said
        assert '--approve all --reviewer "Your Name" --before 0002' in said
        result = project.run(*hotfix, "--before", "0002")
        what = "the sequence public.t_id_seq; put pass there, or its block is empty"
        where = f"0002_x.py:{line(file, 'CREATE SEQUENCE')}  {what}"
        assert where in result.stderr
        book = (project.folder / "runbook.md").read_text()
        assert f"deleted, as the repair has done it: `migrations/versions/{where}`." in book
        assert len(project.generated()) == 1
        delete(file, "SEQUENCE", "DEFAULT")
        there_and_back(project)


@pytest.mark.soak
def test_what_was_generated_before_it_is_deleted_and_generated_anew(
    newest: Server, tmp_path: Path
) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        file = write(project, "0002", "0001", f"{TYPE}\n{REFERENCE}", f"{UNDECLARED}\n{BACK}")
        before = file.read_text()
        project.run(*APPROVED, "--before", "0002")
        files = project.files()
        refused = " ".join(project.run(*APPROVED, "--before", "0002", expected=3).stderr.split())
        assert "this repair is generated already, and waits for alembic upgrade" in refused
        assert (
            "delete its files, .py and .md, to generate it again, and let down_revision of 0002 be '0001' again"
            in refused
        )
        for path in project.generated():
            path.unlink()
            path.with_suffix(".md").unlink()
        told = project.run(*APPROVED, "--before", "0002", expected=None).stderr
        assert "if generate --before wrote the file and someone deleted it, name the" in told
        file.write_text(before)
        project.run(*APPROVED, "--before", "0002")
        assert project.files().keys() == files.keys()


NAMELESS = [
    *(("--before", value) for value in ("base", "side@base")),
    *(("--head", value) for value in ("", "side@base")),
    *(("--depends-on", value) for value in ("base", "side@base")),
]


@pytest.mark.parametrize(("option", "value"), NAMELESS)
def test_what_names_no_revision_is_refused(
    option: str, value: str, newest: Server, tmp_path: Path
) -> None:
    with at_base(newest, tmp_path / "p", KEY) as project:
        labelled = write(project, "0002", "0001")
        labelled.write_text(labelled.read_text() + '\n\nbranch_labels = "side"\n')
        before = project.files()
        others = () if option == "--before" else ("--before", "0002")
        refused = project.run(*APPROVED, f"{option}={value}", *others, expected=2).stderr
        assert f"{option} {value or repr('')} names no revision" in refused
        assert "alembic history" in refused
        assert project.files() == before


@pytest.mark.soak
def test_the_start_of_the_history_is_named_base(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path / "p", KEY) as project:
        first = write(project, "0001", None)
        write(project, "0002", "0001")
        wrong = project.run(*APPROVED, "--before", "0002", "--head", "base", expected=2).stderr
        assert "0002 does not follow base" in wrong
        project.run(*APPROVED, "--before", "0001", "--head", "base")
        assert "down_revision = None" not in first.read_text()
        project.run("alembic", "upgrade", "head")
        project.psql("INSERT INTO t (name) VALUES ('y')")


BATCH = f'with op.get_context().autocommit_block():\n    {REFERENCE}\nop.execute("SELECT 1")'
IF = f'if True:\n    {REFERENCE}\nelse:\n    pass\nop.execute("SELECT 1")'
LEFT = f'{REFERENCE}\nop.execute("SELECT 1")'
OVER_LINES = REFERENCE.replace("(", "(\n    ", 1)


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("up", "down", "emptied"),
    [
        (REFERENCE, UNDECLARED, (REFERENCE, UNDECLARED)),
        (OVER_LINES, "pass", ("op.create_foreign_key",)),
        (f"# first\n{TYPE}\n{REFERENCE}", "pass", (TYPE,)),
        (BATCH, "pass", (REFERENCE,)),
        (IF, f"{UNDECLARED}\npass", (REFERENCE,)),
        (LEFT, "pass", ()),
    ],
    ids=["only", "lines", "two", "with", "if", "left"],
)
def test_pass_is_asked_for_where_a_block_would_be_empty(
    up: str, down: str, emptied: tuple[str, ...], newest: Server, tmp_path: Path
) -> None:
    with at_base(newest, tmp_path, PETS, MODELS) as project:
        file = write(project, "0002", "0001", up, down)
        numbers = [line(file, words) for words in emptied]
        shown = " ".join(project.run("remediate", "plan").stdout.split())
        assert ("Put pass in place of line" in shown) is bool(emptied)
        result = project.run(*APPROVED, "--before", "0002").stdout
        asked = re.findall(
            r"0002_x\.py:(\d+)\S*  .*; put pass there, or its block is empty", result
        )
        assert [*map(int, asked)] == numbers
        places = re.findall(r"0002_x\.py:(\d+)(?:-(\d+))?  ", result)
        lines = file.read_text().splitlines()
        for first, last in reversed(places):
            stays = [lines[int(first) - 1].split("op.")[0] + "pass"] if first in asked else []
            lines[int(first) - 1 : int(last or first)] = stays
        file.write_text("\n".join(lines) + "\n")
        project.run("alembic", "upgrade", "head")
        project.run("alembic", "downgrade", "0001")


@pytest.mark.soak
def test_what_waits_beside_it_is_named_too(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path / "p", PETS, models=MODELS) as project:
        write(project, "a1", None)
        blocked = write(project, "a2", "a1", f"{TYPE}\npass", f"{BACK}\npass")
        write(project, "b1", None, 'op.add_column("pet", sa.Column("age", sa.Integer()))')
        write(project, "m1", ("a2", "b1"))
        options = "--before a1 --before b1"
        assert project.run("remediate", "plan").stdout.rstrip().endswith(f"NAME {options}")
        refused = " ".join(project.run(*APPROVED, expected=3).stderr.split())
        assert f"Write the repair before it: {options}. Only" in refused
        project.run(*APPROVED, *options.split())
        delete(blocked, "owner_id")
        project.run("alembic", "upgrade", "head")


@pytest.mark.soak
def test_what_waits_beside_a_repair_runs_first(newest: Server, tmp_path: Path) -> None:
    """No command is named that `generate` refuses: what waits runs before, or is named."""
    log = 'ERROR:  null value in column "id" of relation "t" violates not-null constraint\n'
    with at_base(newest, tmp_path, KEY) as project:
        (project.folder / "server.log").write_text(log)
        plain = f'Fast:  {" ".join(APPROVED[:2])} --approve all --reviewer "Your Name"\n'
        assert plain in project.run("remediate", "plan").stdout
        write(project, "0002", "0001", 'op.execute("CREATE TABLE other ()")')
        assert project.run(*APPROVED, "--no-rehearse", expected=3)
        shown = project.run("remediate", "plan").stdout
        assert "Next:  alembic upgrade head   (0002 has not run yet)\nThen:  remediate gen" in shown
        shown = project.run("remediate", "triage", "server.log").stdout
        assert "First: alembic upgrade head   (0002 has not run yet)\nNext:  remediate gen" in shown
        book = project.run("remediate", "runbook").stdout
        assert (
            "```sh\nalembic upgrade head\n```\n\nOr, where that must not run now, add `--before 0002`"
            in book
        )
        by_psql = book.partition("### B. Without a deploy, by psql")[2]
        assert by_psql.startswith("\n\n0002 has not run yet. Run that first, as in A; or, where it")
        assert "must not run now, add `--before 0002`: what waits then" in by_psql
        project.run("alembic", "upgrade", "head")
        project.run(*APPROVED, "--no-rehearse")
        (made,) = (path.name.partition("_")[0] for path in project.generated())
        shown = project.run("remediate", "triage", "server.log").stdout
        first = f"First: alembic upgrade head   ({made} has not run yet)\n"
        assert shown.endswith(f"{first}Next:  remediate plan --table t\n")
