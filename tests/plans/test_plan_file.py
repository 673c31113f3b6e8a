"""A plan that was saved, reviewed, and met again by `generate`: what it refuses, by name."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from remediate.plans import plan_file
from remediate.rehearsal.scratch import Server
from tests.project.test_history import revision, written
from tests.support import helpers
from tests.support.project import Project, small_project

DDL = """
CREATE TABLE t (id integer PRIMARY KEY);
CREATE TABLE w (id serial PRIMARY KEY); INSERT INTO w VALUES (1), (2);
CREATE TABLE b (id bigserial PRIMARY KEY, t_id varchar NOT NULL);
INSERT INTO t SELECT generate_series(1, 30); INSERT INTO b (t_id) SELECT id::text FROM t
"""
T, W, B = "PK001:public.t.id", "SEQ001:public.w.id", "FK003:public.b.t_id"
ANN = ("--reviewer", "Ann  Example")


pytestmark = pytest.mark.project(DDL)


@pytest.fixture
def project(project: Project) -> Project:
    """With a saved plan."""
    project.run("remediate", "plan", "--save", "plan.json")
    return project


def document(project: Project) -> dict[str, Any]:
    made = json.loads((project.folder / "plan.json").read_text())
    assert isinstance(made, dict)
    return made


def decisions(project: Project) -> dict[str, str]:
    found = {f["id"]: f["decision"] for f in document(project)["findings"]}
    return {
        id_: f"{d['answer']} {d['reviewer']} {d['reason']}".strip() for id_, d in found.items() if d
    }


def execute(project: Project, sql: str) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute(sql)


def review(project: Project, *words: str, expected: int = 0) -> str:
    result = project.run("remediate", "review", "plan.json", *words, expected=expected)
    return " ".join((result.stdout + result.stderr).split())


def refused(project: Project, *words: str, expected: int = 3) -> str:
    files = project.files()
    made = project.run("remediate", "generate", "plan.json", *words, expected=expected)
    assert project.files() == files
    return " ".join(made.stderr.split())


def test_the_file_fits_its_schema_and_holds_no_row(project: Project) -> None:
    saved = document(project)
    assert Draft202012Validator.check_schema(plan_file.schema()) is None
    assert not [*Draft202012Validator(plan_file.schema()).iter_errors(saved)]
    assert {T, W, B} <= {f["id"] for f in saved["findings"]}
    assert "postgres@" not in json.dumps(saved)
    printed = project.json("plan")
    assert saved["findings"] == [
        {**f, "decision": None, "decisions": []} for f in printed["findings"]
    ]


@pytest.mark.soak
def test_reviewed_and_generated(project: Project) -> None:
    said = review(project, "--skip", B, "--reason", "the API sends texts", *ANN)
    assert "0 approved, 1 skipped, 2 to decide. " in said
    assert said.endswith("Next: remediate review plan.json")
    assert f"no reviewer has decided about {T}, {W} Approve or skip" in refused(project)
    said = review(project, "--approve", "all", *ANN)
    assert "2 approved, 1 skipped, 0 to decide." in said
    assert said.endswith("Next: remediate generate plan.json")
    assert decisions(project)[B] == "skipped Ann Example the API sends texts"
    assert decisions(project)[T] == "approved Ann Example"
    project.run("remediate", "generate", "plan.json")
    texts = [path.read_text() for path in project.generated()]
    assert all("Approved by Ann Example on " in text for text in texts)
    repaired = re.findall(r"^\* (\S+:\S+)$", "\n".join(texts), re.MULTILINE)
    assert sorted(repaired) == [T, W]
    assert "heads moved: the project's head was no revision" in refused(project)
    project.run("alembic", "upgrade", "head")
    project.run("remediate", "verify", "plan.json", "--table", "t", "--table", "w")


@pytest.mark.soak
def test_what_changed_meanwhile(project: Project) -> None:
    """By name; what nobody approved may change, and what is new is only told."""
    review(project, "--approve", T, "--approve", W, *ANN)
    review(project, "--skip", B, "--reason", "later", *ANN)
    execute(
        project,
        "ALTER TABLE b ALTER t_id TYPE text; CREATE TABLE v (id serial PRIMARY KEY); INSERT INTO v VALUES (1)",
    )
    execute(project, "INSERT INTO t VALUES (77); INSERT INTO w VALUES (9)")
    made = project.run("remediate", "generate", "plan.json", "--no-rehearse")
    assert "not in it: SEQ001:public.v.id" in made.stderr
    for file in project.generated():
        file.unlink()
    execute(project, "ALTER TABLE t OWNER TO pg_database_owner; SELECT setval('w_id_seq', 50)")
    assert f"no longer found, perhaps repaired meanwhile: {W} Make it again" in refused(project)
    review(project, "--reset", W)
    review(project, "--skip", W, "--reason", "gone", *ANN)
    said = refused(project)
    assert f"stale: the repair of {T} is no longer the one that was approved" in said
    diff = project.run("remediate", "plan", "--diff", "plan.json").stdout
    assert diff.startswith(
        "New\n  SEQ001:public.v.id\n    public.v.id: the sequence's next value is 1,"
    )
    assert f"Gone\n  {W}\n" in diff
    assert (
        "now also: DO $remediate$ -- to the owner of public.t: pg_database_owner when this was "
        "planned BEGIN EXECUTE 'ALTER SEQUENCE public.t_id_seq OWNER TO '" in " ".join(diff.split())
    )
    structured = json.loads(
        project.run("remediate", "plan", "--diff", "plan.json", "-f", "json").stdout
    )
    assert (structured["new"], structured["gone"]) == (["SEQ001:public.v.id"], [W])
    assert [one["id"] for one in structured["changed"]] == [T, B]
    saved = project.run("remediate", "plan", "--save", "plan.json")
    fallen = "gone or changed, the decision about it too"
    assert [id_ for id_ in (T, W, B) if f"{id_}: {fallen}" in " ".join(saved.stderr.split())] == [
        T,
        W,
        B,
    ]
    assert decisions(project) == {}


def test_decisions_about_what_stays_the_same_survive(project: Project) -> None:
    review(project, "--approve", T, *ANN)
    execute(project, "INSERT INTO t VALUES (1000); SELECT setval('w_id_seq', 50)")
    saved = project.run("remediate", "plan", "--save", "plan.json")
    assert "Saved in plan.json; 1 decision stays." in saved.stderr
    assert decisions(project) == {T: "approved Ann Example"}
    assert saved.stdout.rstrip().endswith("Next:  remediate review plan.json")


@pytest.mark.soak
def test_another_database_and_another_project(
    project: Project, newest: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    review(project, "--approve", "all", *ANN)
    with small_project(newest, tmp_path_factory.mktemp("other"), DDL) as other:
        (other.folder / "plan.json").write_text((project.folder / "plan.json").read_text())
        said = refused(other)
        assert "the plan was made for the database remediate_" in said
        saved = other.run("remediate", "plan", "--save", "plan.json", expected=3)
        assert "Save it under another name." in saved.stderr
    written(project.versions, revision("a", None, "pass"))
    project.run("alembic", "upgrade", "head")
    assert "heads moved: the database was at no revision when the plan was made" in refused(project)
    project.run("remediate", "plan", "--save", "plan.json")
    written(project.versions, revision("z", None, "pass"), revision("a", "z", "pass"))
    said = refused(project)
    assert "another Alembic project: its history begins with a, this one's with z" in said


def test_a_plan_of_another_engine(project: Project) -> None:
    review(project, "--approve", "all", *ANN)
    file = project.folder / "plan.json"
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"engine": "billing"}))
    said = refused(project)
    assert "the plan was made for the engine billing, but this is a project of one engine" in said
    assert "history" not in said


def test_a_hazard_that_came_after_the_review(project: Project) -> None:
    """It changes no statement, and nobody has accepted it."""
    review(project, "--approve", B, *ANN)
    review(project, "--skip", T, "--skip", W, "--reason", "later", *ANN)
    execute(project, "CREATE PUBLICATION p FOR TABLE b")
    assert "has a hazard that is not accepted: the table is published" in refused(project)
    project.run("remediate", "generate", "plan.json", "--allow", "PUBLISHED_TABLE", "--no-rehearse")


def test_hazards_are_accepted_by_name(project: Project) -> None:
    execute(project, "CREATE PUBLICATION p FOR TABLE b")
    project.run("remediate", "plan", "--save", "plan.json")
    said = review(project, "--approve", B, *ANN, expected=3)
    assert "PUBLISHED_TABLE" in said
    assert decisions(project) == {}
    review(project, "--approve", B, "--allow", "published_table", *ANN)
    (decision,) = [f["decision"] for f in document(project)["findings"] if f["id"] == B]
    assert decision["allowed"] == ["PUBLISHED_TABLE"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--approve", "PK999", *ANN), 2, "PK999: this plan has no such rule or finding"),
        (("--approve", "all"), 2, 'a decision needs a name Add --reviewer "Your Name".'),
        (("--skip", "all", *ANN), 2, "a skipped item needs a reason"),
        (("--approve", T, "--allow", "FIRE", *ANN), 2, "--allow FIRE: there is no such hazard"),
        ((), 2, "this is no terminal"),
    ],
)  # fmt: skip
def test_reviews_that_say_too_little(
    project: Project, words: tuple[str, ...], code: int, sentence: str
) -> None:
    before = (project.folder / "plan.json").read_text()
    assert sentence in review(project, *words, expected=code)
    assert (project.folder / "plan.json").read_text() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--approve", "all"), "a reviewed plan already records what is approved"),
        (("--headroom", "5"), "--headroom shapes a plan, but this one is made already"),
    ],
)
def test_options_that_the_plan_has(project: Project, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(project, *words, expected=2)


def test_the_settings_of_the_plan_hold(project: Project) -> None:
    """Also where the project's are others by now."""
    project.run("remediate", "plan", "--save", "plan.json", "--table", "t", "--headroom", "500")
    review(project, "--approve", "all", *ANN)
    (project.folder / "pyproject.toml").write_text("[tool.remediate]\nheadroom = 7\n")
    project.run("remediate", "generate", "plan.json", "--no-rehearse")
    (file,) = project.generated()
    assert "+ 501" in file.read_text()
    assert "w_id_seq" not in file.read_text()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda d: d["findings"][0].pop("fingerprint"), "damaged at findings/0: 'fingerprint' is a required"),
        (lambda d: d.update(findings={}), "damaged at findings: {} is not of type 'array'"),
        (lambda d: d.update(format="remediate.plan/2"), "its format is 'remediate.plan/2'"),
        (lambda d: d["findings"][0].update(decision={"answer": "maybe"}), "damaged at findings/0/decision"),
        (lambda d: d.update(settings={"speed": 1}), "made with settings unknown here: speed"),
    ],
)  # fmt: skip
def test_a_damaged_file(project: Project, damage: Any, sentence: str) -> None:
    review(project, "--approve", "all", *ANN)
    changed = document(project)
    damage(changed)
    (project.folder / "plan.json").write_text(json.dumps(changed))
    assert sentence in refused(project, expected=2)


def test_files_that_cannot_be_written(project: Project) -> None:
    made = project.run("remediate", "plan", "--save", "nowhere/plan.json", expected=2)
    assert "nowhere/plan.json cannot be written: No such file or directory" in made.stderr
    (project.folder / "notes.txt").write_text("not a plan")
    made = project.run("remediate", "plan", "--save", "notes.txt", expected=2)
    assert "notes.txt is not JSON" in made.stderr
    assert (project.folder / "notes.txt").read_text() == "not a plan"


def test_a_plan_that_was_made_outside_of_the_project(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    url = project.url.render_as_string(hide_password=False)
    saved = ("plan", "--save", str(project.folder / "plan.json"))
    (project.folder / "plan.json").unlink()
    Project(elsewhere, project.url).run("remediate", *saved, REMEDIATE_DATABASE_URL=url)
    review(project, "--approve", W, *ANN)
    assert "the plan was made outside of an Alembic project" in refused(project)


def test_who_is_right_is_a_decision_of_the_plan(newest: Server, tmp_path: Path) -> None:
    """Item by item; the database is, unless somebody says otherwise."""
    with small_project(newest, tmp_path, "CREATE TABLE t (id serial PRIMARY KEY)") as made:
        env = tmp_path / "migrations" / "env.py"
        models = (
            "from sqlalchemy import BigInteger, Column, "
            'Table\nTable("t", metadata, Column("id", BigInteger, primary_key=True))\n'
        )
        env.write_text(
            env.read_text()
            .replace("engine =", f"{models}engine =", 1)
            .replace('Table("t", metadata, Column("id", Integer, primary_key=True))\n', "")
        )
        (usual,) = made.json("plan")["findings"]
        assert usual["remedy"] == {"manual": "change the model to Integer: remediate models"}
        assert usual["facts"]["if_the_database_followed"]["tables"] == 1
        wrong = made.run("remediate", "plan", "--right", "t.id=nobody", expected=2)
        assert "--right t.id=nobody: expected a column" in wrong.stderr
        made.run("remediate", "plan", "--right", "t.id=models", "--save", "plan.json")
        assert document(made)["settings"] == {"right": {"t.id": "models"}}
        review(made, "--approve", "MD001:public.t.id", *ANN)
        made.run("remediate", "generate", "plan.json", "--no-rehearse")
        made.run("alembic", "upgrade", "head")
        assert made.json("plan")["findings"] == []
