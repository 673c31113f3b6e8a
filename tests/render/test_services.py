"""SARIF, JUnit, GitLab's report and metrics, as validators of others take them."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import xmlschema
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families

import remediate
from remediate import Config
from remediate.analysis.pace import PaceFacts
from remediate.findings.finding import Finding, Healthy, Place, Tier, Unverified
from remediate.plans.baseline import Entry, compared
from remediate.plans.headroom import Room
from remediate.plans.impact.impact import Assessment
from remediate.plans.made import Made
from remediate.plans.plan import Plan
from remediate.rehearsal.scratch import Server
from remediate.render import check as render_check
from remediate.render import plan as render_plan
from remediate.render.style import Style
from remediate.rules import RULES
from remediate.snapshots.live import DatabaseIdentity
from remediate.snapshots.tables import Location, Name
from remediate.system.formats import PlanFormat
from remediate.system.paths import HERE
from tests.commands.test_check import HOSTILE, INFO, WARNING, finding, look, plan
from tests.render.test_github import impact
from tests.support import helpers
from tests.support.schemastore import problems

ROUGH = PaceFacts(2.0, "statistics", 3.0, "rough")
HERE_XSD = Path(__file__).parent / "junit-10.xsd"  # Jenkins xUnit plugin, MIT; from pytest 8.3.4
JUNIT = xmlschema.XMLSchema10(HERE_XSD)
# After https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GITLAB = Draft202012Validator({
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!/|\\./)."},
                    "lines": {"required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
})  # fmt: skip
EVIL = [*HOSTILE, "\x00\x1b[31m", "\ufffe", "]]>", 'x"} 1\nremediate_info 2']
SERVED = {"host": "db.example", "database": "app"}


def shown(made: Plan, format_: PlanFormat) -> str:
    return render_plan(made, format_, Style())


def validate(made: Plan) -> None:
    """Raises where a validator refuses one of the formats."""
    assert problems("sarif-2.1.0", json.loads(shown(made, PlanFormat.SARIF))) == []
    GITLAB.validate(json.loads(shown(made, PlanFormat.GITLAB)))
    JUNIT.validate(shown(made, PlanFormat.JUNIT))
    assert [*text_string_to_metric_families(shown(made, PlanFormat.PROMETHEUS) + "\n")]


def samples(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """The values of each metric by its labels' values, but for database and host."""
    return {
        family.name: {
            tuple(v for k, v in one.labels.items() if k not in SERVED): one.value
            for one in family.samples
        }
        for family in text_string_to_metric_families(text + "\n")
    }


def of_database(*findings: Finding) -> Plan:
    """The plan of a database in which these findings are; the last is the most urgent."""
    identity = DatabaseIdentity("app", "db.example", 180006, "7")
    return replace(
        plan(*findings),
        database=identity,
        impacts={one.id: impact(one, Tier.CRITICAL) for one in findings},
        assessment=Assessment(score=9, repair_order=tuple(f.id for f in reversed(findings))),
        made=Made("2026-11-30T22:00:00+00:00", "0.1.0"),
        tables=3,
    )


def test_hostile_names_stay_text() -> None:
    found = [finding(table=name, message=f"{name} is broken") for name in EVIL]
    places = [Place(Name("public", name), "id") for name in EVIL]
    made = replace(
        of_database(*found),
        healthy=tuple(Healthy(place, name) for place, name in zip(places, EVIL, strict=True)),
        unverified=tuple(Unverified(place, "why", "how") for place in places),
        headroom=tuple(
            Room(Name("public", name), name, 1, 9, "integer", 0.1, 8, None) for name in EVIL
        ),
    )
    validate(made)
    assert len(samples(shown(made, PlanFormat.PROMETHEUS))["remediate_key_ids_left"]) == len(EVIL)
    junit = shown(made, PlanFormat.JUNIT)
    assert len(fromstring(junit).findall(".//testcase")) == 3 * len(EVIL)


def test_what_a_real_database_shows(newest: Server) -> None:
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute("""
                CREATE TABLE a (id serial PRIMARY KEY); ALTER TABLE a ALTER id DROP DEFAULT;
                CREATE TABLE b (id serial PRIMARY KEY, x integer REFERENCES a);
                INSERT INTO b SELECT g + 5 FROM generate_series(1, 9) g;
            """)
        made = remediate.plan(Config(database_url=url.render_as_string(hide_password=False)))
    validate(made)
    metrics = samples(shown(made, PlanFormat.PROMETHEUS))
    assert metrics["remediate_keys_broken"] == {(): 1}
    assert metrics["remediate_inserts_until_collision"] == {("public", "b", "id"): 6}
    assert metrics["remediate_key_ids_left"]["public", "b", "id"] == 2**31 - 1
    assert metrics["remediate_tables"] == {(): 2}


def test_metrics_count_what_is_found() -> None:
    twice = [finding(table="t"), finding("FK006", "t", severity=WARNING)]
    made = replace(
        of_database(*twice, finding("FK006", "u", severity=WARNING)),
        headroom=(Room(Name("s", "t"), "id", 76, 100, "integer", 0.75, 25, 12.5, ROUGH),),
    )
    metrics = samples(shown(made, PlanFormat.PROMETHEUS))
    assert metrics["remediate_keys_broken"] == {(): 2}
    assert metrics["remediate_findings"] == {
        ("PK001", "some-name", "error"): 1, ("FK006", "some-name", "warning"): 2,
    }  # fmt: skip
    assert metrics["remediate_key_headroom_ratio"] == {("s", "t", "id"): 0.25}
    assert metrics["remediate_key_days_left"] == {("s", "t", "id", "rough"): 12.5}
    assert metrics["remediate_run_timestamp_seconds"] == {(): 1796076000}
    assert metrics["remediate_health_score"] == {(): 9}
    assert "remediate_new_findings" not in metrics
    checked = samples(render_check(compared(made, (), look()), PlanFormat.PROMETHEUS, HERE))
    assert checked["remediate_new_findings"] == {(): 3}


def test_metrics_of_files_alone_claim_nothing_of_a_database() -> None:
    metrics = samples(shown(plan(finding(table=None)), PlanFormat.PROMETHEUS))
    assert metrics.keys() == {
        "remediate_info", "remediate_tables", "remediate_unverified", "remediate_findings",
    }  # fmt: skip


def test_a_finding_is_a_test_that_fails() -> None:
    model = Location("models.py", 7)
    made = replace(
        of_database(finding(table="t"), finding(table="urgent", model=model)),
        healthy=(Healthy(Place(Name("public", "h"), "id"), "identity"),),
        unverified=(Unverified(Place(Name("public", "u"), "id"), "no right", "GRANT"),),
    )
    suite = fromstring(shown(made, PlanFormat.JUNIT))[0]
    assert [suite.get(name) for name in ("tests", "failures", "skipped")] == ["4", "2", "1"]
    assert [(case.get("classname"), case.get("name"), case[0].tag) for case in suite] == [
        ("remediate.PK001", "public.urgent.id", "failure"),
        ("remediate.PK001", "public.t.id", "failure"),
        ("remediate.unverified", "public.u.id", "skipped"),
        ("remediate.healthy", "public.h.id", "system-out"),
    ]
    assert suite[0][0].text == (
        "public.urgent.id is broken\nrepair: by hand: think\nmodels.py:7"
    )  # fmt: skip


def test_what_a_baseline_accepts_is_skipped() -> None:
    known, new = finding(table="known"), finding(table="fresh")
    made = compared(of_database(known, new), [Entry(known.id, known.severity, "")], look())
    suite = fromstring(render_check(made, PlanFormat.JUNIT, HERE))[0]
    assert [(case.get("name"), case[0].tag) for case in suite] == [
        ("public.fresh.id", "failure"), ("public.known.id", "skipped"),
    ]  # fmt: skip
    issues = json.loads(render_check(made, PlanFormat.GITLAB, HERE))
    assert [one["description"] for one in issues] == ["PK001 some-name: public.fresh.id is broken"]


def test_gitlab_sorts_and_weighs_by_risk() -> None:
    model = Location("models.py", 7)
    made = of_database(finding(table="t"), finding(table="urgent", model=model))
    issues = json.loads(shown(made, PlanFormat.GITLAB))
    assert [(one["severity"], one["location"]) for one in issues] == [
        ("blocker", {"path": "models.py", "lines": {"begin": 7}}),
        ("blocker", {"path": "alembic.ini", "lines": {"begin": 1}}),
    ]
    alone = json.loads(shown(plan(finding(), finding(severity=INFO)), PlanFormat.GITLAB))
    assert [one["severity"] for one in alone] == ["critical", "info"]


def test_every_rule_links_to_its_page() -> None:
    log = json.loads(shown(plan(), PlanFormat.SARIF))
    driver = log["runs"][0]["tool"]["driver"]
    site = driver["informationUri"]
    assert re.fullmatch(r"https://[\w./-]+/", site)
    assert {rule["helpUri"] for rule in driver["rules"]} == {
        f"{site}rules/{r.code}/" for r in RULES
    }


@pytest.mark.parametrize("format_", [one.value for one in PlanFormat])
def test_a_plan_without_a_finding_has_every_format(format_: str) -> None:
    empty = {"gitlab": "[]", "github": ""}
    text = shown(of_database(), PlanFormat(format_))
    assert empty.get(format_, text or "nothing at all") == text
