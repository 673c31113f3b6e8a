"""The drift incident: integer keys, models that say UUID, a MetaData that Alembic never saw."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, copied_project

HERE = Path(__file__).parent / "drift"
DECLARED = [
    "compliance_checks", "cost_alerts", "cost_optimization_suggestions", "knowledge_feedback",
    "query_normalization_log", "tax_calculations",
]  # fmt: skip
SAID_STR = ["usage_events", "usage_quotas", "user_usage_summaries"]
UUID_WITHOUT_TABLE = {
    "data_export_requests.user_id": 13, "export_audit_logs.user_id": 20, "export_documents.user_id": 27,
    "electronic_invoices.user_id": 34, "query_history.user_id": 41, "export_settings.user_id": 48,
}  # fmt: skip


@pytest.fixture
def project(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with copied_project(HERE, newest, tmp_path / "drift") as made:
        yield made


def test_exactly_what_the_audit_should_have_said(project: Project) -> None:
    made = project.json("plan")
    findings = {f["id"]: f for f in made["findings"]}
    assert Counter((f["rule"], f["severity"]) for f in findings.values()) == {
        ("FK003", "error"): 6,  # the database contradicts its models
        ("FK003", "info"): 3,  # both say varchar: advice
        ("FK008", "warning"): 1,
        ("MD002", "error"): 2,  # the models contradict the database
        ("MD003", "error"): 7,  # and there is no table yet
        ("MD005", "warning"): 40,
        ("MD006", "warning"): 1,
        ("MD007", "warning"): 2,
    }
    assert {i for i, f in findings.items() if (f["rule"], f["severity"]) == ("FK003", "error")} == {
        f"FK003:public.{t}.user_id" for t in DECLARED
    }
    assert {i for i, f in findings.items() if (f["rule"], f["severity"]) == ("FK003", "info")} == {
        f"FK003:public.{t}.user_id" for t in SAID_STR
    }
    written = {
        i: (f["model"]["file"], f["model"]["line"])
        for i, f in findings.items()
        if f["rule"] in ("MD002", "MD003", "MD006", "MD007")
    }
    assert written == {
        "MD002:public.expert_profiles.user_id": ("app/models/quality_analysis.py", 17),
        "MD002:public.subscriptions.user_id": ("app/models/subscription.py", 13),
        "MD003:public.generated_faqs.approved_by": ("app/models/faq_automation.py", 13),
        **{
            f"MD003:public.{column}": ("app/models/data_export.py", line)
            for column, line in UUID_WITHOUT_TABLE.items()
        },
        "MD006:app.db.Base.metadata": ("app/db.py", 8),
        "MD007:public.documents": ("app/models/accounts.py", 29),
        "MD007:public.invoices": ("app/models/accounts.py", 37),
    }
    assert made["unverified"] == []
    assert findings["MD006:app.db.Base.metadata"]["remedy"]["manual"].endswith(
        "set metadata = app.db.Model.metadata in app.db.Base"
    )
    one = project.json("plan", "--table", "generated_faqs")["findings"]
    assert {f["id"] for f in one if f["table"]} == {
        "MD003:public.generated_faqs.approved_by",
        "MD005:public.generated_faqs",
    }
    status = project.json("status")
    assert (status["refusing"], status["of_models"]) == (0, 2)
    assert {one["id"] for one in status["criteria"] if one["met"] == "not ok"} == {
        "references-typed", "references-declared", "models-agree", "tables-exist",
        "metadata-tracked", "comparison-clean",
    }  # fmt: skip


def test_without_a_database(project: Project) -> None:
    """This env.py runs with one only: its models are read all the same."""
    checked = project.run(
        "remediate",
        "check",
        "--models-only",
        "-f",
        "json",
        expected=1,
        DATABASE_URL="postgresql://nowhere/x",
    )
    found = helpers.parsed(checked.stdout)["findings"]
    assert Counter(f["rule"] for f in found) == {"MD003": 9, "MD007": 2}


SEEN = """
from app.models import data_export, faq_automation, quality_analysis, subscription  # noqa: F401


def include_object(object, name, type_, reflected, compare_to):
    return type_ != "table" or reflected or compare_to is not None

"""


def decide(project: Project) -> None:
    """What the tool leaves to the team: one MetaData, and no second model of a table."""
    db = project.folder / "app" / "db.py"
    db.write_text(f"{db.read_text()}\n    metadata = Model.metadata\n")
    exports = project.folder / "app" / "models" / "data_export.py"
    exports.write_text(exports.read_text().partition("\n\nclass ExportedDocument")[0] + "\n")
    env = project.folder / "migrations" / "env.py"
    text = env.read_text().replace("\nengine =", f"{SEEN}\nengine =")
    seen = "target_metadata=Model.metadata, include_object=include_object"
    env.write_text(text.replace("target_metadata=Model.metadata", seen))


def test_database_and_code_say_the_same_in_the_end(project: Project) -> None:
    untouched = {p: t for p, t in project.files().items() if p.startswith("app/")}
    dry = project.run("remediate", "models")
    assert {p: t for p, t in project.files().items() if p.startswith("app/")} == untouched
    written = project.run("remediate", "models", "--write")
    assert written.stdout == dry.stdout
    changed = {p for p, t in project.files().items() if untouched.get(p, t) != t}
    assert changed == {
        f"app/models/{name}.py"
        for name in ("data_export", "faq_automation", "quality_analysis", "subscription")
    }
    assert not project.run("remediate", "models").stdout
    project.run("remediate", "generate", "--approve", "FK003", "--reviewer", "Ann")
    project.run("alembic", "upgrade", "head")
    last = project.run("remediate", "plan").stdout.splitlines()[-1]
    possible = "FK003:public.usage_events.user_id"  # not among "all"
    assert last == f'Fast:  remediate generate --approve {possible} --reviewer "Your Name"'
    decide(project)
    project.run("alembic", "check")
    left = Counter(f["rule"] for f in project.json("plan")["findings"])
    # Those that are left without a table, env.py still does not import.
    assert left == {"FK003": 3, "FK008": 1, "MD005": 22, "MD006": 1}
