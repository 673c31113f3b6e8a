"""Every command is a function of the library: exported, documented, typed, and it works."""

import ast
import contextlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest
from jinja2.defaults import DEFAULT_FILTERS

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import library as documentation

import remediate
from remediate import errors
from remediate.cli.app import COMMANDS
from remediate.commands.saved import save
from remediate.config import Given
from remediate.postgres.templates import environment
from remediate.rehearsal.scratch import Server
from tests.support.project import Project, scratch_url, small_project

ROOT = Path(__file__).parents[2]
NOT_VALUES = {"rules", "demo"}  # remediate.rules is a room; a demo is to be looked at
FUNCTIONS = sorted({*COMMANDS} - NOT_VALUES)
OPTIONS = sorted(name for name in remediate.__all__ if name.endswith("Options"))
LOGGED = 'ERROR:  null value in column "id" of relation "t" violates not-null constraint\n'
TABLE = "CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (7, 'b')"


def test_every_command_is_exported() -> None:
    assert {*FUNCTIONS} <= {*remediate.__all__} <= {*dir(remediate)}
    functions = {n for n in remediate.__all__ if inspect.isfunction(getattr(remediate, n))}
    assert functions == {*FUNCTIONS, "load"}


def test_a_type_checker_sees_what_is_exported() -> None:
    tree = ast.parse((ROOT / "remediate" / "__init__.py").read_text())
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    seen = {alias.name for n in imports for alias in n.names}
    assert {*remediate.__all__} <= seen


def test_what_is_not_there_is_said_as_python_says_it() -> None:
    with pytest.raises(AttributeError, match="module 'remediate' has no attribute 'plna'"):
        remediate.plna  # noqa: B018


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_room_takes_the_name_of_a_command(name: str) -> None:
    assert not (ROOT / "remediate" / name).exists()
    assert not (ROOT / "remediate" / f"{name}.py").exists()
    assert getattr(remediate, name).__module__ == f"remediate.commands.{name}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_is_typed_and_documented(name: str) -> None:
    function = getattr(remediate, name)
    hints = get_type_hints(function)
    assert hints.keys() == {*inspect.signature(function).parameters, "return"}
    assert hints["return"] is not type(None)
    documented = inspect.getdoc(function) or ""
    assert re.search(r"\b[Rr]aises\b", documented), "it says what it raises"
    for raised in re.findall(r"\w*(?:Problem|Refused|Failed|Error)\b", documented):
        assert issubclass(getattr(errors, raised, Exception), Exception)


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_frozen_values(name: str) -> None:
    options = getattr(remediate, name)
    assert is_dataclass(options)
    assert options.__dataclass_params__.frozen
    assert "__slots__" in vars(options)
    if all(one.default is not MISSING for one in fields(options)):
        assert options() == options()
        assert hash(options()) == hash(options())


@pytest.mark.parametrize("name", [*OPTIONS, "Config"])
def test_every_field_says_what_it_means(name: str) -> None:
    options = getattr(remediate, name)
    body = ast.parse(inspect.getsource(options)).body[0]
    assert isinstance(body, ast.ClassDef)
    said = {
        before.target.id
        for before, after in zip(body.body, body.body[1:], strict=False)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
    }
    assert said == {one.name for one in fields(options)}


def test_what_is_given_for_one_run_is_a_setting() -> None:
    assert {*Given.__annotations__} <= {one.name for one in fields(remediate.Config)}


def test_importing_it_costs_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import remediate; "
        "print(*sorted(m for m in set(sys.modules) - before if m.partition('.')[0] in "
        "('remediate', 'sqlalchemy', 'alembic', 'psycopg', 'jinja2', 'typer', 'libcst')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["remediate", "remediate.errors"]


@pytest.fixture
def project(newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project with a key that nothing generates; the current folder, and its database."""
    with small_project(newest, tmp_path, TABLE) as made:
        monkeypatch.setenv("DATABASE_URL", made.url.render_as_string(hide_password=False))
        monkeypatch.setenv("REMEDIATE_SCRATCH_URL", scratch_url())
        with contextlib.chdir(made.folder):
            yield made


def test_the_way_of_a_repair(project: Project) -> None:
    filters = dict(environment().filters)
    config = remediate.load(table=["public.*"])
    plan = remediate.plan(config)
    assert [item.finding.id for item in plan.items] == ["PK001:public.t.id"]
    assert [one.finding.id for one in remediate.check(config).new] == ["PK001:public.t.id"]

    file = project.folder / "plan.json"
    save(plan, file)
    decisions = remediate.ReviewOptions(approve=("PK001",), reviewer="Ann")
    assert [*remediate.review(file, decisions).approvals] == ["PK001:public.t.id"]

    said: list[str] = []
    (landed,) = remediate.generate(config, remediate.GenerateOptions(plan=file), said.append)
    assert landed.proof is not None
    assert said[0].startswith("Testing on a scratch PostgreSQL ")
    assert not remediate.verify(config).passed
    (revision,) = remediate.rehearse(config, remediate.RehearseOptions(timeout=30)).revisions
    assert revision.applies, revision.defects

    project.run("alembic", "upgrade", "head")
    assert remediate.verify(config, remediate.VerifyOptions(probe=True)).passed
    assert remediate.plan(config).items == ()
    written = remediate.tests(config, remediate.TestsOptions(project.folder / "test_keys.py"))
    assert [str(key.table) for key in written.cases.keys] == ["public.t"]
    # The next command of this process needs them, Jinja's own among them.
    assert filters == environment().filters
    assert [name for name, given in DEFAULT_FILTERS.items() if filters[name] is not given] == []


def test_what_only_looks(project: Project) -> None:
    config = remediate.load()
    assert remediate.doctor(config).works
    assert remediate.models(config).files == ()
    assert remediate.runbook(config).stopping == {"PK001:public.t.id"}
    log = project.folder / "postgresql.log"
    log.write_text(LOGGED)
    triage = remediate.triage(config, remediate.TriageOptions((str(log),)))
    assert [entry.group.count for entry in triage.explained] == [1]
    rule = remediate.explain("pk001")
    assert getattr(rule, "code", "") == "PK001"


def test_what_stops_it_is_raised(project: Project) -> None:
    with pytest.raises(remediate.UsageProblem, match="no table is called 'tt'") as raised:
        remediate.plan(remediate.load(table=["tt"]))
    assert raised.value.hint == "Did you mean public.t?"
    assert issubclass(remediate.UsageProblem, remediate.RemediateError)
    with pytest.raises(remediate.Refused, match="nothing is approved"):
        remediate.generate(remediate.load(), remediate.GenerateOptions())
    with pytest.raises(remediate.UsageProblem, match="already records what is approved"):
        remediate.GenerateOptions(plan=Path("plan.json"), approve=("all",))


def test_the_example_of_the_page_runs(project: Project) -> None:
    """docs/library.md from its first block to its last, as one program."""
    text = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (project.folder / "repair.py").write_text("\n".join(blocks))
    (project.folder / "postgresql.log").write_text(LOGGED)
    url = project.url.set(drivername="postgresql").render_as_string(hide_password=False)
    (project.folder / "fleet.toml").write_text(f'[[target]]\nname = "t"\nurl = "{url}"\n')
    (project.folder / "results").mkdir()
    shard = ("--targets", "fleet.toml", "--shard", "1/1", "-f", "json", "-o", "results/1.json")
    project.run("remediate", "plan", *shard)
    ran = project.run("repair", REMEDIATE_SCRATCH_URL=scratch_url())
    (revision,) = project.generated()
    printed = [line for line in ran.stdout.splitlines() if not line.startswith("Testing on ")]
    assert printed == [
        "PK001:public.t.id error: public.t.id has no default, but the model expects the database "
        "to supply the id: every INSERT without an id fails",
        "every command would work: True",
        "new: ['PK001:public.t.id']",
        "new in the models: []",
        "models to patch: 0",
        "key-without-default",
        "approved: ['PK001:public.t.id']",
        "saved: 1",
        f"migrations/versions/{revision.name}",
        "proven: [True]",
        "revisions to run: 1",
        "repaired: True",
        "keys tested: ['public.t']",
        "refuse INSERT now: 0",
        "errors: [1]",
        "databases: 1",
        "2: no table is called 'public.tt'. Did you mean public.t?",
    ]


def test_the_tables_of_the_page_are_those_of_the_library() -> None:
    """Else: scripts/library.py writes them."""
    text = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    assert text == documentation.page(text)
    assert set(re.findall(r"remediate\.([a-z]+)\(", text)) == {*FUNCTIONS, "load"}
    shown = set(re.findall(r"remediate\.(\w+Options)\(", text))
    assert set(OPTIONS) - shown == {"ModelsOptions"}
