"""The checklist beside a revision, and a plan for a pull request."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.findings.finding import Confidence, Finding, Place, Severity
from remediate.findings.remedy import Hazard, Lock, Remedy, Step
from remediate.plans.plan import Check, Item, Proof
from remediate.rehearsal.scratch import Server
from remediate.render import markdown, review
from remediate.revisions.drafts import Draft
from remediate.revisions.script import Script
from remediate.snapshots.tables import Name
from tests.corpora.remedies import C, S, T
from tests.support.project import Project, small_project

TABLE = Name("public", "t")
SHOWN = (
    Check("INSERT without id before", "refused (23502) in 1 table"),
    Check("upgrade", "ran"),
    Check("INSERT without id", "works in 1 table as app, each id above the highest"),
    Check("downgrade", "pg_dump --schema-only gives the same bytes as before"),
    Check("upgrade again", "ran, and INSERT without id works again"),
    Check("rules run again", "find nothing of it in the 1 table"),
)


def draft(*hazards: Hazard) -> Draft:
    finding = Finding("PK001", "n", Place(TABLE, "id"), Severity.ERROR, Confidence.PROVEN, "m", {})
    step = Step("SELECT 1", "", Lock.NONE, TABLE, hazards=hazards)
    remedy = Remedy("t", "u", (step,), (), ())
    return Draft("title", (Item(finding, remedy),), "", "", Script((), ()))


def ticked(proof: Proof | None, *hazards: Hazard) -> dict[str, str]:
    return {p.text: p.shown_by for p in review.points(draft(*hazards), proof, "Ann")}


def test_what_the_rehearsal_showed_is_ticked() -> None:
    points = ticked(Proof("PostgreSQL 18", "db", SHOWN), Hazard.EXPLICIT_IDS)
    assert points == {
        "a person has read the plan and approved it": "Ann",
        "tested on a real PostgreSQL": "PostgreSQL 18, schema of db",
        "INSERT tested on all affected tables": SHOWN[2].result,
        "sequence conflicts checked": "each new id is above the highest",
        "the way back is exact": SHOWN[3].result,
        "the full cycle was run": "upgrade, downgrade, upgrade",
        "the rules find nothing of it afterwards": "the 1 table",
        "the SQL of both ways is below, to be read": "0 statements up",
        "`alembic upgrade --sql` gives the same": "one statement a call, no bind parameters, nothing read in Python",
        "a backup is at hand": "",
        "code that passes ids itself is stopped, or headroom was left for it": "",
        "somebody watches the log while it is applied": "",
    }


def test_without_a_rehearsal_nothing_of_it_is_ticked() -> None:
    shown = [text for text, by in ticked(None).items() if by]
    assert shown == [
        "a person has read the plan and approved it",
        "the SQL of both ways is below, to be read",
        "`alembic upgrade --sql` gives the same",
    ]


def test_what_was_not_tried_is_not_ticked() -> None:
    limits = ("INSERT into public.v as app: refused by a trigger",)
    assert ticked(Proof("s", "d", SHOWN, limits))["INSERT tested on all affected tables"] == ""
    nothing = tuple(
        Check(c.what, "shows nothing") if c.what == "INSERT without id" else c for c in SHOWN
    )
    points = ticked(Proof("s", "d", nothing))
    assert points["INSERT tested on all affected tables"] == ""
    assert points["sequence conflicts checked"] == ""


@pytest.mark.parametrize(
    ("hazard", "words"),
    [
        (Hazard.MODEL_TYPE, "models say the same"),
        (Hazard.PREPARED_STATEMENTS, "connections are recycled"),
        (Hazard.PUBLISHED_TABLE, "each subscriber"),
    ],
)
def test_what_people_have_to_do(hazard: Hazard, words: str) -> None:
    assert any(words in text for text in ticked(None, hazard))
    assert not any(words in text for text in ticked(None))


@pytest.fixture
def project(newest: Server, tmp_path: Path) -> Iterator[Project]:
    ddl = f"CREATE SCHEMA {S}; CREATE TABLE {S}.{T} ({C} serial PRIMARY KEY); INSERT INTO {S}.{T} VALUES (1); CREATE TABLE t (id integer PRIMARY KEY)"
    with small_project(newest, tmp_path, ddl) as made:
        (tmp_path / "pyproject.toml").write_text('[tool.remediate.features]\nt = "sign-up"\n')
        yield made


def test_the_review_file(project: Project) -> None:
    project.run("remediate", "generate", "--approve", "PK001", "--reviewer", "Ann")
    (paper,) = [p.read_text() for p in project.versions.glob("*.md")]
    assert "(error, proven; high, risk 6 of 9)" in paper
    assert "  Users know it as: sign-up.\n" in paper
    assert "  Evidence: type: integer; " in paper
    assert "- Longest stall to expect: well below 0.1 s" in paper
    assert "- [x] INSERT tested on all affected tables: works in 1 table" in paper
    assert "- [ ] a backup is at hand\n" in paper
    assert "\n\n\n" not in paper


def test_a_plan_for_a_pull_request(project: Project) -> None:
    paper = project.run("remediate", "plan", "-f", "markdown").stdout
    page = project.run("remediate", "plan", "-f", "html").stdout
    assert paper.startswith("# Plan: remediate\\_")
    assert "2 found: 2 can be repaired. Score " in paper
    assert "| high (6 of 9) | public.t.id | sign-up | a plain INSERT fails |" in paper
    assert len(re.findall(r"^- \[ \] ", paper, re.MULTILINE)) == 2
    assert page.count('<li class="box">') == 2
    assert "CREATE SEQUENCE public.t_id_seq AS integer;" in paper
    assert page.count("<table>") == 1
    assert "\n\n\n" not in paper
    check = project.run("remediate", "check", "-f", "markdown", "--table", "t", expected=1).stdout
    assert "1 found: 1 can be repaired" in check


def test_raw_html_stays_text() -> None:
    page = markdown.page("# a <script>x</script> & `b`\n\n<b>\n")
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<title>a &lt;script&gt;x&lt;/script&gt; &amp; `b`</title>" in page
