"""What users do is broken, partly broken or working: by the tables that each flow needs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from remediate.commands.planning import planned
from remediate.config import Config, load
from remediate.errors import UsageProblem
from remediate.findings.effects import ErrorKind
from remediate.findings.origin import Act, Origin
from remediate.logs.errors import ServerError
from remediate.logs.ranking import Explained, Group, Tally, Triage
from remediate.plans.document import as_json, from_json, with_review
from remediate.plans.impact.flow import Flow, FlowState
from remediate.plans.plan import Plan
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.render import markdown, runbook, text, triage
from remediate.render.style import Style
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Location, Name, Table
from tests.support import helpers

DDL = """
CREATE TABLE people (id serial PRIMARY KEY);
CREATE TABLE skills (id serial PRIMARY KEY); ALTER TABLE skills ALTER id DROP DEFAULT;
CREATE TABLE skill_levels (id serial PRIMARY KEY, skill_id integer NOT NULL REFERENCES skills);
CREATE TABLE skill_hints (id serial PRIMARY KEY, skill_id integer REFERENCES skills);
CREATE TABLE person_tags (
    person_id integer REFERENCES people, tag_id integer REFERENCES skill_hints,
    PRIMARY KEY (person_id, tag_id)
);
CREATE TABLE codes (code text PRIMARY KEY);
CREATE TABLE messages (id integer PRIMARY KEY, body text);
CREATE SEQUENCE messages_id_seq;
CREATE TABLE replies (message_id integer REFERENCES messages);
CREATE TABLE logs (line text);
CREATE TABLE stored (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE devices (id uuid PRIMARY KEY);
INSERT INTO people DEFAULT VALUES; INSERT INTO skill_hints DEFAULT VALUES;
CREATE TABLE plans (id serial PRIMARY KEY);
CREATE TABLE baskets (id serial PRIMARY KEY, plan_id integer NOT NULL REFERENCES plans);
CREATE TABLE follows (id serial PRIMARY KEY, of integer NOT NULL REFERENCES people);
CREATE TABLE trees (id serial PRIMARY KEY, up integer NOT NULL REFERENCES trees);
CREATE TABLE roots (id serial PRIMARY KEY, up integer NOT NULL REFERENCES roots DEFERRABLE);
CREATE TABLE kinds (code text PRIMARY KEY, up text NOT NULL REFERENCES kinds);
CREATE TABLE grown (id serial PRIMARY KEY, up integer NOT NULL DEFAULT currval('grown_id_seq') REFERENCES grown);
CREATE TABLE hens (id serial PRIMARY KEY);
CREATE TABLE hens_eggs (id serial PRIMARY KEY, hen integer NOT NULL REFERENCES hens);
ALTER TABLE hens ADD egg integer NOT NULL REFERENCES hens_eggs;
CREATE TABLE none_yet (id serial PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE ranged (id serial PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE ranged_1 PARTITION OF ranged FOR VALUES FROM (1) TO (10);
CREATE TABLE caught (id serial PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE caught_1 PARTITION OF caught DEFAULT;
CREATE TABLE hashed (id serial PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1) PARTITION BY HASH (id);
CREATE TABLE hashed_2 PARTITION OF hashed_1 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE deeper (id serial PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE deeper_0 PARTITION OF deeper FOR VALUES WITH (MODULUS 1, REMAINDER 0) PARTITION BY HASH (id);
CREATE TABLE swallowed (id serial PRIMARY KEY);
CREATE RULE quiet AS ON INSERT TO swallowed DO INSTEAD NOTHING;
CREATE SCHEMA "Odd name";
CREATE TABLE "Odd name"."user" (id serial PRIMARY KEY);
ALTER TABLE "Odd name"."user" ALTER id DROP DEFAULT;
"""
ORIGIN = Origin(Act.DROPPED, "a_b", Location("v/a.py", 7))
NO_SKILL = "needs a row of public.skills, where INSERT fails now"
NO_PLAN = "public.baskets: needs a row of public.plans, which has none"
NOW = "public.skills: INSERT fails now (PK001)"
FLOWS = {
    "sign up": ("people",),
    "set skills": ("people", "skills"),
    "browse": ("people!", "skills"),
    "sort": ("people!", "ski*s!"),
    "rate": ("skill_levels",),
    "hints": ("skill_hints",),
    "tags": ("person_tags", "codes"),
    "write": ("people", "messages"),
    "log": ("people", "logs"),
    "devices": ("devices",),
    "odd": ('"Odd name"."user"',),
    "typo": ("people", "peopl!"),
    "of no table": (),
    "order": ("baskets",),
    "order first": ("baskets", "plans"),
    "plan and order": ("plans", "baskets"),
    "both": ("[bp][al][as]*s",),
    "follow": ("follows",),
    "grow": ("trees",),
    "grow from roots": ("roots", "kinds"),
    "grow by default": ("grown",),
    "breed": ("hens*",),
    "shut": ("none_yet",),
    "ranged": ("ranged",),
    "caught": ("caught", "hashed"),
    "deeper": ("deeper",),
    "swallowed": ("swallowed",),
}
ITSELF = "and its first one has to reference itself: the INSERT must supply its id"
FILLED = "whether a default or a trigger sets the first row's own id is not known"
UNROUTED = "whether the next row finds a partition is not known"
EXPECTED = {
    "sign up": ("working",),
    "set skills": ("broken", NOW),
    "browse": ("partly broken", NOW),
    "sort": ("broken", NOW, f"public.skill_levels: {NO_SKILL}"),
    "rate": ("partly broken", f"public.skill_levels: {NO_SKILL}"),
    "hints": ("working",),
    "tags": ("working",),
    "write": ("partly broken", "public.messages: INSERT probably fails (PK001)"),
    "log": ("not verified", "public.logs: has no primary key: remediate did not judge it"),
    "devices": (
        "not verified",
        "public.devices: this uuid key has no default, and nothing shows what generates its values",
    ),
    "odd": ("broken", '"Odd name"."user": INSERT fails now (PK001)'),
    "typo": ("not verified", "no table is called 'peopl' (Did you mean public.people?)"),
    "of no table": ("not verified", "the settings name no table for it"),
    "order": ("partly broken", NO_PLAN),
    "order first": ("partly broken", NO_PLAN),
    "plan and order": ("working",),
    "both": ("working",),
    "follow": ("working",),
    "grow": ("partly broken", f"public.trees: has no row, {ITSELF}"),
    "grow from roots": ("working",),
    "grow by default": ("not verified", f"public.grown: {FILLED}"),
    "breed": ("partly broken",
        "public.hens: needs a row of public.hens_eggs, which has none, and needs one of public.hens",
        "public.hens_eggs: needs a row of public.hens, which has none, and needs one of public.hens_eggs"),
    "shut": ("broken", "public.none_yet: has no partition: INSERT fails now"),
    "ranged": ("not verified", f"public.ranged: {UNROUTED}"),
    "caught": ("working",),
    "deeper": ("not verified", f"public.deeper: {UNROUTED}"),
    "swallowed": ("not verified", "public.swallowed: a rule acts instead of INSERT (quiet): remediate did not judge "
    "it"),
}  # fmt: skip


@pytest.fixture(scope="module")
def live(newest: Server) -> Iterator[Live]:
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(DDL)
        yield helpers.snapshot(url, config=Config(flows=FLOWS))


def made(
    live: Live, flows: dict[str, tuple[str, ...]], models: Declared = Declared(), **settings
) -> Plan:
    return planned(Reading(live, models, 1.0, {}), Config(flows=flows, **settings))


def said(live: Live, *globs: str, models: Declared = Declared(), **settings) -> tuple[str, ...]:
    (flow,) = made(live, {"it": globs}, models, **settings).assessment.flows
    return (flow.state.value, *flow.reasons)


def test_whether_parents_hold_rows_may_not_be_known(live: Live) -> None:
    unread = replace(live, admission=replace(live.admission, holds_rows={}))
    reason = "public.follows: whether public.people has a row to reference is not known"
    assert said(unread, "follows") == ("not verified", reason)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_is_what_its_tables_make_it(name: str, live: Live) -> None:
    assert said(live, *FLOWS[name]) == EXPECTED[name]


def test_nothing_works_of_which_a_rule_was_not_asked(live: Live) -> None:
    assert said(live, "people", select=("PK001",))[0] == "not verified"
    assert "15 rules about INSERT did not run" in said(live, "people", select=("PK001",))[1]
    assert said(live, "people", ignore=("FK006",)) == ("working",)  # which refuses no INSERT
    assert said(live, "skills", select=("PK001",)) == ("broken", NOW)


def test_what_the_settings_ignore_does_not_work_for_that(live: Live) -> None:
    ignored = {"PK001:public.skills.id": "a loader fills it"}
    reason = "public.skills: PK001 is ignored: a loader fills it"
    assert said(live, "skills", ignored=ignored) == ("not verified", reason)


def test_what_the_options_leave_out_is_not_verified(live: Live) -> None:
    reason = "public.people: left out of this plan"
    assert said(live, "people", table=("skills",)) == ("not verified", reason)
    assert said(live, "skills", table=("skills",)) == ("broken", NOW)


def test_a_model_without_a_table_is_broken(live: Live) -> None:
    key = Column("id", "integer", "integer", Generator.DATABASE)
    models = Declared(tables=(Table(Name("public", "orders"), ("id",), (key,)),))
    reason = "public.orders: has a model, but the table does not exist"
    assert said(live, "orders", models=models) == ("broken", reason)
    there = replace(live, types={(Name("public", "orders"), "id"): "integer"})  # as a view
    reason = "public.orders: has no key, or is a view: remediate did not judge it"
    assert said(there, "orders", models=models) == ("not verified", reason)


def test_without_a_database_nothing_is_said(live: Live) -> None:
    assert made(Live(), {"it": ("people",)}, Declared(tables=live.tables)).assessment.flows == ()


def test_the_worst_comes_first_below_the_risk(live: Live) -> None:
    chosen = {name: FLOWS[name] for name in ("sign up", "rate", "set skills", "tags")}
    shown = text.render(made(live, chosen)).partition("\nFlows ")[2].partition("\n\n")[0]
    assert shown == (
        "    1 broken, 1 partly broken, 2 working\n"
        "  broken         set skills: public.skills: INSERT fails now (PK001)\n"
        "  partly broken  rate: public.skill_levels: needs a row of public.skills, where\n"
        "                 INSERT fails now\n"
        "  working        sign up\n"
        "  working        tags"
    )


def test_of_many_reasons_two_are_shown(live: Live) -> None:
    globs = ("skills", "skill_levels", "messages", "people")
    plan = made(live, {"all": globs})
    short, whole = text.render(plan), text.render(plan, Style(verbose=True))
    assert "and 1 more" in short.partition("\nFlows ")[2].partition("\n\n")[0]
    assert "public.messages: INSERT probably fails" in " ".join(whole.split())
    assert "| broken | all | public.skills: INSERT fails now (PK001); public" in markdown.markdown(
        plan, ""
    )


def test_a_healthy_database_says_what_works(live: Live) -> None:
    shown = text.render(made(live, {"sign up": ("people",)}, table=("people",)))
    assert "\nNothing to repair. Read: " in shown
    assert ".\nFlows     1 working\n  working        sign up\n\nNext:" in shown


def test_a_plan_file_keeps_them(live: Live) -> None:
    plan = made(live, FLOWS)
    assert from_json(with_review(plan)).assessment.flows == plan.assessment.flows
    (browse,) = [one for one in as_json(plan)["flows"] if one["name"] == "browse"]
    assert (browse["state"], browse["why"]) == ("partly broken", [NOW])
    assert browse["tables"][1] == {
        "table": "public.skills", "core": False, "state": "refuses",
        "why": "INSERT fails now (PK001)", "finding": "PK001:public.skills.id",
    }  # fmt: skip


def test_errors_of_logs_are_counted_for_the_flows_that_they_hit(live: Live) -> None:
    plan = made(live, {"set": ("people", "skills"), "sign up": ("people",), "empty": ()})
    (item,) = [i for i in plan.items if i.id == "PK001:public.skills.id"]
    error = ServerError(ErrorKind.NOT_NULL, "public", "skills", "id")
    sure = Explained(Group(error, in_server_logs=3), (item,))
    guessed = Explained(Group(error, in_server_logs=5), (item, item), guessed=True)
    found = Triage(Tally(), plan, (sure, guessed))
    assert [found.met(flow) for flow in plan.assessment.flows] == [3, 0, 0]
    assert "  broken         set (met 3 times): public.skills: INSERT" in triage.render(
        found, "text"
    )
    assert [one["met"] for one in helpers.parsed(triage.render(found, "json"))["flows"]] == [
        3,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ('flows = ["users"]', "[tool.remediate] flows must be a table"),
        ('flows.a = "users"', "must map each flow to a list of tables (globs), not 'users'"),
        ("flows.a = [1]", "must map each flow to a list of tables (globs), not 1"),
    ],
)
def test_the_settings_are_checked(setting: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.remediate]\n{setting}\n")
    with pytest.raises(UsageProblem) as refused:
        load(tmp_path)
    assert sentence in refused.value.message


def test_the_settings_keep_the_order(tmp_path: Path) -> None:
    settings = '[tool.remediate.flows]\n"sign up" = ["b!", "a"]\nz = []\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    assert load(tmp_path).flows == {"sign up": ("b!", "a"), "z": ()}
    assert Flow("z", ()).state is FlowState.NOT_VERIFIED


def test_the_runbook_says_who_is_affected(live: Live) -> None:
    plan = made(live, {"set | skills": ("skills",), "sign up": ("people",)})
    known = replace(plan, origins={"PK001:public.skills.id": ORIGIN})
    paper = runbook.markdown(runbook.Runbook(known, "", ""))
    assert "- What users do (section 2): 1 broken, 1 working.\n" in paper
    assert "| broken | set \\| skills | public.skills: INSERT fails now (PK001) |\n" in paper
    told = f"revision a\\_b (1 of {len(plan.items)}) drops the default: v/a.py:7"
    assert f"- [ ] For the report, where it comes from: {told}.\n" in paper
    assert "\n\n\n" not in paper
