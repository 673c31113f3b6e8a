"""The whole way in every kind of Alembic project, as its user goes it, on real PostgreSQL."""

import ast
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.postgres.sql import role_name
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, small_project
from tests.support.project import scratch_url as project_scratch_url

HERE = Path(__file__).parent
PLACEHOLDER = "driver://user:pass@localhost/dbname"  # what `alembic init` leaves to be replaced
ROLES = """
DO $$ BEGIN
  IF to_regrole('"the owner"') IS NULL THEN
    CREATE ROLE "the owner"; CREATE ROLE deployer LOGIN NOINHERIT; GRANT "the owner" TO deployer;
  END IF;
END $$;
GRANT CREATE, USAGE ON SCHEMA public TO "the owner"
"""


@dataclass(frozen=True)
class Kind:
    """A project, and what is special about using it."""

    folder: str
    tables: tuple[str, ...]  # their keys are broken
    name: str = ""
    driver: str = "psycopg"
    x: tuple[str, ...] = ()  # options that alembic and remediate share
    engine: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    back: str = "-1"
    versions: str = "migrations/versions/"  # where the revision lands
    writer: str = "postgres"  # as whom the rehearsal inserts
    check: bool = True  # it has models to compare
    ddl: str = "SELECT"
    user: str = "postgres"
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name or self.folder


KINDS = [
    Kind("generic", ("public.users", "public.notes")),
    Kind("pyproject", ("public.customers", "public.orders", "public.reports")),
    Kind("asynchronous", ("public.users",), "async psycopg"),
    Kind("asynchronous", ("public.users",), "async asyncpg", driver="asyncpg"),
    Kind("heads", ("public.users", "public.invoices"), head=("--head", "billing@head"),
        back="billing@-1", versions="billing/versions/"),
    Kind("folders", ("public.users",), ddl="CREATE SCHEMA books",
        versions=f"migrations/versions/{datetime.now():%Y/%m}/"),
    Kind("filters", ("public.users", "billing.invoices")),
    Kind(
        "settings", ("acme_prod.users",), x=("-x", "tenant=acme"), ddl="CREATE SCHEMA acme_prod",
        environment={"SCHEMA_SUFFIX": "_prod"},
    ),
    Kind("role", ("public.users",), check=False, ddl=ROLES, user="deployer", writer="the owner"),
    Kind(
        "translated", ("acme.users", "acme_shared.things"), check=False,
        ddl="CREATE SCHEMA acme; CREATE SCHEMA acme_shared; CREATE SCHEMA books",
    ),
    Kind("models", tuple(f"public.{t}" for t in ("decorated", "varied", "dataclass", "registered", "hero"))),
    Kind("multidb", ("public.users",), "multidb engine1", engine=("--engine", "engine1")),
]  # fmt: skip


@contextmanager
def project(kind: Kind, server: Server, folder: Path) -> Iterator[Project]:
    """A copy of it, its databases at its last revision."""
    shutil.copytree(HERE / kind.folder, folder, dirs_exist_ok=True)
    with ExitStack() as stack:
        url = stack.enter_context(server.database())
        with helpers.connected(url) as connection:
            connection.execute(kind.ddl)
        made = Project(folder, url.set(username=kind.user))
        ini = folder / "alembic.ini"
        if ini.exists():
            urls = {PLACEHOLDER: made.url}
            if kind.engine:
                urls = {PLACEHOLDER + "2": stack.enter_context(server.database())} | urls
            ini.write_text(replaced(ini.read_text(), urls, kind.driver))
        alembic(made, kind, "upgrade", "heads")
        yield made


def replaced(text: str, urls: Mapping[str, sa.URL], driver: str) -> str:
    for placeholder, url in urls.items():
        made = url.set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)
        text = text.replace(placeholder, made.replace("%", "%%"))
    return text


def alembic(made: Project, kind: Kind, *words: str) -> str:
    result = made.run("alembic", *kind.x, *words, driver=kind.driver, **kind.environment)
    return result.stdout


def remediate(made: Project, kind: Kind, command: str, *words: str) -> str:
    """What a command prints that goes well."""
    given = ("remediate", command, *kind.x, *kind.engine, *words)
    result = made.run(*given, driver=kind.driver, **kind.environment)
    assert "Will assume transactional DDL" not in result.stderr  # no migration runs here
    return result.stdout


def refused(made: Project, kind: Kind, *words: str, expected: int = 2) -> str:
    """What it says instead, on one line."""
    return " ".join(
        made.run("remediate", *words, expected=expected, **kind.environment).stderr.split()
    )


def found(made: Project, kind: Kind) -> list[str]:
    plan = json.loads(remediate(made, kind, "plan", "-f", "json"))
    return [finding["id"] for finding in plan["findings"]]


def insert(url: sa.URL, table: str) -> int:
    """The id that a row gets which is given none; the row is taken back."""
    with helpers.connected(url) as connection, connection.transaction(force_rollback=True):
        row = connection.execute(f"INSERT INTO {table} DEFAULT VALUES RETURNING id").fetchone()
        return int(row[0])


GENERIC, *_ = KINDS
MULTIDB, HEADS, FILTERS = (
    next(k for k in KINDS if k.folder == name) for name in ("multidb", "heads", "filters")
)
APPROVED = ("--approve", "PK001", "--reviewer", "Ann")


@pytest.fixture
def scratch_url() -> str:
    return project_scratch_url()


def soaked(kinds: list[Kind], *names: str) -> list[object]:
    """Those of these names run as a soak: others show the same in less time."""
    return [pytest.param(k, marks=[pytest.mark.soak] * (str(k) in names), id=str(k)) for k in kinds]


@pytest.mark.few_in_ci(3)
@pytest.mark.parametrize(
    "kind", soaked(KINDS, "async psycopg", "folders", "settings", "translated")
)
def test_the_whole_way(kind: Kind, newest: Server, scratch_url: str, tmp_path: Path) -> None:
    with project(kind, newest, tmp_path) as made:
        url = made.url.set(username="postgres")
        broken = {f"PK001:{table}.id" for table in kind.tables}
        assert set(found(made, kind)) == broken
        with pytest.raises(psycopg.errors.NotNullViolation):
            insert(url, kind.tables[0])
        before = helpers.dump(url)
        written = remediate(
            made, kind, "generate", *kind.head, *APPROVED, "--scratch-url", scratch_url
        )
        assert "proven on a scratch PostgreSQL" in written
        assert written.startswith(kind.versions)
        assert (
            f" as {role_name(kind.writer)}, each id"
            in (tmp_path / written.splitlines()[0]).read_text()
        )
        called = " ".join(("alembic", *kind.x))
        assert f"then: {called} upgrade head{'s' if kind.head else ''}\n" in written
        alembic(made, kind, "upgrade", "heads")
        upgraded = helpers.dump(url)
        assert [insert(url, table) >= 1 for table in kind.tables] == [True] * len(kind.tables)
        assert found(made, kind) == []
        alembic(made, kind, "downgrade", kind.back)
        assert helpers.dump(url) == before
        alembic(made, kind, "upgrade", "heads")
        assert helpers.dump(url) == upgraded
        made.run(
            "remediate", "verify", *kind.x, *kind.engine, driver=kind.driver, **kind.environment
        )
        assert "working key default" in alembic(made, kind, "history")
        assert alembic(made, kind, "heads").count("(head)") == (2 if kind.head else 1)
        if kind.check:
            assert "No new upgrade operations" in alembic(made, kind, "check")


@pytest.mark.soak
def test_one_of_several_databases_is_chosen_by_name(
    newest: Server, scratch_url: str, tmp_path: Path
) -> None:
    with project(MULTIDB, newest, tmp_path) as made:
        sentence = refused(made, MULTIDB, "plan")
        assert "env.py opened 2 databases: engine1, engine2; remediate works on one" in sentence
        assert "Choose it: --engine engine1" in sentence
        unknown = refused(made, MULTIDB, "plan", "--engine", "engine3")
        assert "no database that it calls 'engine3' Known: engine1, engine2" in unknown
        second = replace(MULTIDB, engine=("--engine", "engine2"))
        assert '--reviewer "Your Name" --engine engine2' in remediate(made, second, "plan")
        (made.folder / "pyproject.toml").write_text(
            '[tool.remediate]\nengine = "engine2"\nright = {"users.id" = "models"}\n'
        )
        chosen = replace(MULTIDB, engine=())
        assert found(made, chosen) == ["PK001:public.events.id"]
        remediate(made, chosen, "generate", *APPROVED, "--scratch-url", scratch_url)
        (revision,) = made.generated()
        functions = {
            node.name: [type(part) for part in node.body[1:]]
            for node in ast.walk(ast.parse(revision.read_text()))
            if isinstance(node, ast.FunctionDef)
        }
        assert functions["upgrade_engine1"] == functions["downgrade_engine1"] == [ast.Pass]
        assert ast.Expr in functions["upgrade_engine2"]
        alembic(made, chosen, "upgrade", "head")
        assert "1 ok." in remediate(made, chosen, "verify")
        assert "nothing to verify" in refused(made, MULTIDB, "verify", *MULTIDB.engine)
        assert found(made, MULTIDB) == ["PK001:public.users.id"]


def test_databases_of_one_name_are_no_choice(newest: Server, tmp_path: Path) -> None:
    with project(GENERIC, newest, tmp_path) as made:
        env = made.folder / "migrations" / "env.py"
        env.write_text(env.read_text() + "\nrun_migrations_online()\n")
        sentence = refused(made, GENERIC, "plan")
        twice = f"env.py runs the revisions 2 times in one database ({made.url.database})"
        assert twice in sentence
        assert "Choose one with -x or --name" in sentence
        again = refused(made, GENERIC, "plan", "--engine", str(made.url.database))
        assert twice in again


def test_a_rehearsal_is_handed_nothing_that_reaches_the_database(
    newest: Server, scratch_url: str, tmp_path: Path
) -> None:
    with project(GENERIC, newest, tmp_path) as made:
        env = made.folder / "migrations" / "env.py"
        handing = "run_migrations(connection=connection)"
        before, online, after = env.read_text().partition("def run_migrations_online")
        env.write_text(before + online + after.replace("run_migrations()", handing, 1))
        files = made.files()
        for words in (("generate", *APPROVED), ("rehearse", "head")):
            sentence = refused(made, GENERIC, *words, "--scratch-url", scratch_url, expected=2)
            assert "env.py hands a Connection to its revisions (connection=)" in sentence
        assert made.files() == files


def test_several_heads_are_named(newest: Server, tmp_path: Path) -> None:
    with project(HEADS, newest, tmp_path) as made:
        assert '--reviewer "Your Name" --head HEAD' in remediate(made, HEADS, "plan")
        sentence = refused(made, HEADS, "generate", *APPROVED)
        assert "the project has 2 heads: a2, b2 Choose one with --head" in sentence
        wrong = refused(made, HEADS, "generate", *APPROVED, "--head", "shipping@head")
        assert "shipping" in wrong
        alembic(made, HEADS, "downgrade", "billing@base")
        waiting = refused(made, HEADS, "generate", *APPROVED, *HEADS.head, expected=3)
        assert (
            "have not run on this database yet: b1, b2 Run alembic upgrade heads first" in waiting
        )


def test_what_the_project_leaves_out_is_counted(newest: Server, tmp_path: Path) -> None:
    with project(FILTERS, newest, tmp_path) as made:
        with helpers.connected(made.url) as connection:
            connection.execute("ALTER TABLE legacy ALTER COLUMN id SET DEFAULT 0")  # PK004
        shown = remediate(made, FILTERS, "plan", "-v")
        assert "Left out  5 tables, by include_name and include_object of this project's" in shown
        left_out = [
            "billing.celery_jobs", "public.celery_results", "public.legacy", "public.pages",
            "theirs.things",
        ]  # fmt: skip
        assert json.loads(remediate(made, FILTERS, "plan", "-f", "json"))["left_out"] == left_out
        found_at, _, listed = shown.partition("Left out (5)")
        assert [line for line in left_out if line in found_at] == []
        assert [line.strip() for line in listed.splitlines()[1:6]] == left_out
        sentence = refused(made, FILTERS, "plan", "--schema", "theirs")
        assert "nothing to judge: the project leaves out theirs.things" in sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"cached_at" not in object.columns', 'object.columns["x"]',
            "include_object of env.py failed for the table billing.celery_jobs"),
        ("return name in (None,", "return parent_names['x'] in (None,",
            "include_name of env.py failed for the schema billing: KeyError: 'x'"),
    ],
)  # fmt: skip
def test_a_filter_that_fails_is_a_sentence(
    old: str, new: str, sentence: str, newest: Server, tmp_path: Path
) -> None:
    with project(FILTERS, newest, tmp_path) as made:
        env = made.folder / "migrations" / "env.py"
        env.write_text(
            env.read_text().replace(old, new).replace('name.startswith("celery_")', "False")
        )
        assert sentence in refused(made, FILTERS, "plan")


def test_filters_see_what_alembic_shows_them(newest: Server, tmp_path: Path) -> None:
    """The same questions, of as many columns and indexes, as `alembic check` asks."""
    with project(FILTERS, newest, tmp_path) as made:
        env = made.folder / "migrations" / "env.py"
        record = """
    if type_ == "table":
        import pathlib
        sides = [s is not None and (s.schema, *sorted(s.columns.keys()), len(s.indexes),
          len(s.constraints)) for s in (object, compare_to)]
        with pathlib.Path("asked").open("a") as file:
            print(name, type_, reflected, sides, [type(s).__name__ for s in (object, compare_to)], file=file)
"""
        text = env.read_text()
        start = text.index('    if type_ == "table" and reflected:')
        env.write_text(text[:start] + record.lstrip("\n") + text[start:])
        asked = made.folder / "asked"
        alembic(made, FILTERS, "check")
        by_alembic = sorted(asked.read_text().splitlines())
        asked.unlink()
        remediate(made, FILTERS, "plan")
        assert sorted(asked.read_text().splitlines()) == by_alembic
        assert len(by_alembic) == 4


@pytest.mark.parametrize(("kind", "code"), [(MULTIDB, 2), (GENERIC, 0)], ids=str)
def test_models_alone_leave_no_file_behind(
    kind: Kind, code: int, newest: Server, tmp_path: Path
) -> None:
    """Which MetaData several databases get is not known without one: nothing is judged."""
    with project(kind, newest, tmp_path / "p") as made:
        files = made.files()
        made.run("remediate", "check", "--models-only", expected=code, **kind.environment)
        assert made.files() == files


def test_metadata_that_no_database_gets(newest: Server, scratch_url: str, tmp_path: Path) -> None:
    """What env.py gives to another database is not missing."""
    with project(MULTIDB, newest, tmp_path) as made:
        with (made.folder / "models.py").open("a") as models:
            models.write('lost = MetaData()\nTable("lost", lost, Column("id", Integer))\n')
        ids = found(made, MULTIDB)
        assert [id_ for id_ in ids if id_.startswith("M")] == ["MD006:models.lost"]


COLUMNS = """
def include_object(object, name, type_, reflected, compare_to):
    assert type_ != "column" or compare_to is not None
    return not (type_ == "column" and name == "id" and object.table.name == "t")


def include_name(name, type_, parent_names):
    return (type_, name, parent_names.get("schema_qualified_table_name")) != ("column", "id", "u")
"""


def test_columns_that_are_left_out(newest: Server, tmp_path: Path) -> None:
    """By include_object, and by include_name, as Alembic asks them."""
    ddl = "".join(f"CREATE TABLE {t} (id integer PRIMARY KEY, n bigint);" for t in "tuv")
    with small_project(newest, tmp_path, ddl) as made:
        env = tmp_path / "migrations" / "env.py"
        models = "".join(
            f'Table("{t}", metadata, Column("id", Integer, primary_key=True), Column("n", BigInteger))\n'
            for t in "tuv"
        )
        text = env.read_text().replace(
            "engine =", f"from sqlalchemy import *\n{models}{COLUMNS}\nengine ="
        )
        text = text.replace(
            "target_metadata=metadata",
            "target_metadata=metadata, include_object=include_object, include_name=include_name",
        )
        env.write_text(
            text.replace('Table("t", metadata, Column("id", Integer, primary_key=True))\n', "", 1)
        )
        plan = made.json("plan")
        assert [f["id"] for f in plan["findings"]] == ["PK001:public.v.id"]
        assert plan["left_out"] == ["public.t.id", "public.u.id"]
        said = made.run("remediate", "plan", "-v").stdout
        assert "Left out  0 tables and 2 columns, by include_name and include_object" in said
        assert "Left out (2)\n  public.t.id\n  public.u.id\n" in said


def test_a_runbook_where_there_are_several(newest: Server, tmp_path: Path) -> None:
    """Heads: the hotfix follows one. Databases: the commands name the one that was read."""
    (tmp_path / "heads").mkdir()
    (tmp_path / "multidb").mkdir()
    words = ("runbook", "--hotfix", "users", "--reviewer", "Ann", "--no-rehearse")
    with project(HEADS, newest, tmp_path / "heads") as made:
        assert "--head" in refused(made, HEADS, *words)
        made.run("remediate", *words, *HEADS.head)
        assert len([*(tmp_path / "heads").rglob("*.hotfix.sql")]) == 1
    with project(MULTIDB, newest, tmp_path / "multidb") as made:
        book = remediate(made, MULTIDB, "runbook")
        assert "\nremediate verify --engine engine1\n" in book
        assert '--reviewer "Your Name" --engine engine1\n' in book
