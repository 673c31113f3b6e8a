"""`remediate status`: what holds, what does not, what nobody could see, and what is expected."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import remediate
from remediate.analysis.audit.autogenerate import Compared
from remediate.commands import comparison
from remediate.findings.effects import OF_FAMILY, Aim, Family
from remediate.findings.finding import Place, Unverified
from remediate.findings.selection import Ignored
from remediate.plans.criteria import Criterion, Grounds, Met, criteria
from remediate.plans.decisions import Order, decide
from remediate.plans.plan import Plan
from remediate.plans.status import Found, Inserting
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.rules import RULES
from remediate.snapshots.declared import Declared, Metadata, UnreadModule
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from tests.commands.test_review import finding, plan_of
from tests.support import helpers
from tests.support.project import Project, small_project

CODES = frozenset(rule.code for rule in RULES if not rule.asked_for)
KEYS = frozenset({(Name("public", "t"), "id")})


def plan(*findings: dict[str, object]) -> Plan:
    """Of a project with models, which was read whole."""
    return replace(plan_of(*findings), tables=3, model_tables=3, revisions=1)


def judged(made: Plan, aim: Aim, *, asked: frozenset[str] = CODES) -> Criterion:
    return next(one for one in criteria(made, Grounds(asked, KEYS)) if one.aim is aim)


def test_all_is_well() -> None:
    assert {one.met for one in criteria(plan(), Grounds(CODES, KEYS))} == {Met.YES}


def test_every_rule_speaks_against_something_that_is_ticked() -> None:
    ticked = {one.aim for one in criteria(plan(), Grounds(CODES, KEYS))}
    assert set(OF_FAMILY) == set(Family)
    others = {rule.code for rule in RULES if not ticked.intersection(rule.aims)}
    assert others >= {"FK006", "FK007", "SEC001"}
    assert {aim for rule in RULES if rule.code in others for aim in rule.aims} == {Aim.OTHER}


@pytest.mark.parametrize(
    ("rule", "aim"),
    [
        ("PK001", Aim.KEYS_GENERATE), ("PK009", Aim.KEYS_GENERATE), ("SEQ002", Aim.KEYS_LAST),
        ("FK001", Aim.REFERENCES_TYPED), ("FK003", Aim.REFERENCES_TYPED), ("FK005", Aim.REFERENCES_DECLARED),
        ("MD002", Aim.MODELS_AGREE), ("MD004", Aim.REFERENCES_DECLARED), ("MD005", Aim.TABLES_EXIST),
        ("MD006", Aim.METADATA_TRACKED), ("AL003", Aim.AT_HEAD), ("MD008", Aim.WAITING_SAFE),
    ],
)  # fmt: skip
def test_what_speaks_against_an_aim(rule: str, aim: Aim) -> None:
    made = plan(finding(f"{rule}:a"), finding(f"{rule}:b"))
    not_met = [one for one in criteria(made, Grounds(CODES, KEYS)) if one.met is Met.NO]
    # A reference that its type forbids is not declared either.
    also = [Aim.REFERENCES_DECLARED] if rule == "FK003" else []
    assert [(one.aim, one.against, one.why) for one in not_met] == [
        (one, (f"{rule}:a", f"{rule}:b"), f"{rule}:a is broken") for one in (aim, *also)
    ]


def test_the_most_urgent_is_named_first() -> None:
    made = plan(finding("PK001:a", remedy={"manual": "by hand"}), finding("PK008:b"))
    order = replace(made.assessment, repair_order=("PK008:b", "PK001:a"))
    one = judged(replace(made, assessment=order), Aim.KEYS_GENERATE)
    assert (one.against, one.approvable) == (("PK008:b", "PK001:a"), "PK008")


def test_a_note_about_a_sequence_that_works_is_none() -> None:
    assert judged(plan(finding("SEQ004:a", severity="info")), Aim.KEYS_LAST).met is Met.YES
    info = plan(finding("MD001:a", severity="info"))
    assert judged(info, Aim.MODELS_AGREE).met is Met.NO


def test_what_is_merely_possible_is_not_verified() -> None:
    one = judged(plan(finding("PK001:a", confidence="possible")), Aim.KEYS_GENERATE)
    assert one.met is Met.UNKNOWN
    assert one.why == "possible, and yours to decide: PK001:a is broken"


def test_a_model_without_a_table_may_be_decided() -> None:
    made = plan(finding("MD005:a", remedy={"manual": "decide"}))
    assert judged(made, Aim.TABLES_EXIST).met is Met.NO
    decided = decide(made, Order(skip=("MD005:a",), reason="code only", reviewer="Ann"))
    assert judged(decided, Aim.TABLES_EXIST).met is Met.YES
    assert (Found.of(made), Found.of(decided)) == (Found(0, 0, 1, 0), Found(0, 0, 0, 1))


@pytest.mark.parametrize(
    ("change", "aim", "why"),
    [
        ({"tables": 0}, Aim.KEYS_GENERATE, "remediate read no table with a primary key"),
        ({"heads": None}, Aim.AT_HEAD, "there is no Alembic project here"),
        ({"model_tables": 0}, Aim.MODELS_AGREE, "remediate found no model"),
    ],
)  # fmt: skip
def test_what_was_not_looked_at_is_not_ticked(
    change: dict[str, object], aim: Aim, why: str
) -> None:
    one = judged(replace(plan(), **change), aim)  # type: ignore[arg-type]
    assert (one.met, one.why) == (Met.UNKNOWN, why)


def test_rules_that_were_left_out_are_named() -> None:
    one = judged(plan(), Aim.KEYS_LAST, asked=CODES - {"SEQ002"})
    assert (one.met, one.why) == (Met.UNKNOWN, "rules about it were left out: SEQ002")


@pytest.mark.parametrize(
    ("place", "doubted"),
    [
        (Place(Name("public", "t"), "id"), {Aim.KEYS_GENERATE, Aim.KEYS_LAST}),
        (Place(Name("public", "t"), "a"), {Aim.REFERENCES_TYPED, Aim.REFERENCES_DECLARED}),
        (Place(subject="app/models.py"), {Aim.MODELS_AGREE, Aim.TABLES_EXIST, Aim.METADATA_TRACKED}),
    ],
)  # fmt: skip
def test_what_could_not_be_read_leaves_open_what_it_is_about(
    place: Place, doubted: set[Aim]
) -> None:
    made = replace(plan(), unverified=(Unverified(place, "no SELECT", "GRANT it"),))
    found = criteria(made, Grounds(CODES, KEYS))
    assert {one.aim for one in found if one.met is Met.UNKNOWN} == doubted
    assert f"{place}: no SELECT" in {one.why for one in found}


DDL = """
CREATE TABLE t (id integer PRIMARY KEY);
CREATE TABLE w (id serial PRIMARY KEY); INSERT INTO w VALUES (1), (2);
CREATE TABLE spent (id serial PRIMARY KEY); INSERT INTO spent VALUES (1900000000);
SELECT setval('spent_id_seq', 1900000000)
"""
MODELS = """
from sqlalchemy import Column, Integer, Table
for name in ("t", "w", "spent", "gone"):
    Table(name, metadata, Column("id", Integer, primary_key=True))
"""


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project, in this process."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("DATABASE_URL", project.url.render_as_string(hide_password=False))
    return project


def phases(made: "remediate.commands.status.Status") -> list[tuple[str, int, int]]:  # type: ignore[name-defined]
    return [(one.name, one.found, one.repairs) for one in made.phases]


@pytest.mark.project(DDL, models=MODELS)
def test_now_and_what_is_expected(here: Project) -> None:
    made = remediate.status(remediate.load())
    assert phases(made) == [
        ("now", 4, 0),
        ("after the emergency revision", 2, 2),
        ("after all revisions", 1, 3),
        ("once what needs a person is done too", 0, 4),
    ]
    scores = [one.score for one in made.phases]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (made.plan.assessment.score, 100)
    assert made.inserts == Inserting(tables=3, refusing=2)
    first = remediate.status(replace(remediate.load(), first=("t",)))
    assert phases(first)[1] == ("after the emergency revision", 3, 1)
    not_met = {one.aim for one in made.criteria if one.met is Met.NO}
    assert not_met == {
        Aim.KEYS_GENERATE, Aim.KEYS_LAST, Aim.TABLES_EXIST, Aim.COMPARISON_CLEAN,
    }  # fmt: skip
    (compared,) = [one for one in made.criteria if one.aim is Aim.COMPARISON_CLEAN]
    assert compared.against == ("create table public.gone",)
    one = remediate.status(remediate.load(table=["w"]))
    assert {c.aim for c in one.criteria if c.met is Met.NO} == {Aim.KEYS_LAST}
    assert one.scope == "--table w"


@pytest.mark.project(DDL, models=MODELS)
def test_for_a_person_a_program_and_ci(project: Project) -> None:
    shown = project.run("remediate", "status").stdout.splitlines()
    assert max(map(len, shown)) <= 80
    assert (
        "NOT OK  every key that is to be generated is                                   1" in shown
    )
    assert "ok      every reference is declared and valid" in shown
    assert "Tables    2 of 3 tables are known to refuse INSERT now" in shown
    assert "Found     3 to repair, 0 by hand, 1 to decide about" in shown
    assert shown[-1] == 'Next:  remediate generate --approve PK001 --reviewer "Your Name"'
    document = project.json("status")
    assert (document["format"], document["met"]) == ("remediate.status/1", False)
    ids = {one["id"]: one for one in document["criteria"]}
    assert ids["keys-generate"]["against"] == ["PK001:public.t.id"]
    assert ids["tables-exist"]["next"] == "remediate plan --save plan.json"
    assert [one["expected"] for one in document["phases"]] == [False, True, True, True]
    project.run("remediate", "status", "--exit-code", expected=1)
    project.run("remediate", "check", "--update-baseline")
    known = {one["id"]: one["met"] for one in project.json("status")["criteria"]}
    assert known["all-known"] == "ok"
    project.psql("CREATE TABLE late (id integer PRIMARY KEY, t_id integer REFERENCES t)")
    changed = {one["id"]: one for one in project.json("status")["criteria"]}
    assert changed["all-known"]["met"] == "not ok"


@pytest.mark.project("CREATE TABLE t (id serial PRIMARY KEY)")
def test_a_healthy_project(project: Project, tmp_path: Path) -> None:
    shown = project.run("remediate", "status", "--exit-code").stdout
    assert "NOT OK" not in shown
    assert shown.rstrip().endswith("Next:  remediate verify --probe")
    project.run("remediate", "plan", "--save", "plan.json")
    project.run("remediate", "status", "plan.json", "--exit-code")
    other = json.loads((project.folder / "plan.json").read_text())
    other["database"]["name"] = "another"
    (project.folder / "plan.json").write_text(json.dumps(other))
    said = project.run("remediate", "status", "plan.json", expected=3).stderr
    assert "the plan was made for the database another" in said
    url = project.url.render_as_string(hide_password=False)
    alone = Project(tmp_path.parent, project.url)
    told = alone.run("remediate", "status", REMEDIATE_DATABASE_URL=url).stdout
    assert "not counted" not in told
    assert f"?       {Aim.MODELS_AGREE}\n        there is no Alembic project here" in told


@pytest.mark.parametrize(
    ("ddl", "models", "met"),
    [
        ("a text", 'Column("a", Text)', Met.YES),
        ("a text, b text", 'Column("a", Text)', Met.NO),  # on either side alone
        ("a text", 'Column("a", Text), Column("b", Text)', Met.NO),
        ("a integer", 'Column("a", Text)', Met.NO),
        ("a text NOT NULL", 'Column("a", Text)', Met.NO),
        ("a text UNIQUE", 'Column("a", Text)', Met.NO),
        ("a text); CREATE TABLE more (a text", 'Column("a", Text)', Met.NO),
        ("a text); COMMENT ON COLUMN t.a IS 'b'; CREATE INDEX ON t (a", 'Column("a", Text)', Met.YES),
        ("a text); CREATE SCHEMA s; CREATE TABLE s.t (a text", 'Column("a", Text)', Met.UNKNOWN),
    ],
)  # fmt: skip
def test_what_alembic_would_change(
    ddl: str, models: str, met: Met, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = f'from sqlalchemy import Column, Table, Text\nTable("t", metadata, {models})'
    with small_project(newest, tmp_path, f"CREATE TABLE t ({ddl})", models=lines) as made:
        monkeypatch.chdir(made.folder)
        monkeypatch.setenv("DATABASE_URL", made.url.render_as_string(hide_password=False))
        found = remediate.status(remediate.load()).criteria
    assert [c.met for c in found if c.aim is Aim.COMPARISON_CLEAN] == [met]


def test_what_alembic_did_not_see_is_not_ticked() -> None:
    name = Name("public", "t")
    models = Declared(metadatas=(Metadata("app.Base", None, tracked=False, tables=(name,)),))
    late = Declared(metadatas=(Metadata("m", None, tracked=True, tables=(name,), late=(name,)),))
    unread = Declared(unread_modules=(UnreadModule("m.py", "does not import"),))

    def why(declared: Declared, compared: Compared = Compared()) -> str:
        reading = Reading(Live(), declared, 0, {})
        one = comparison.criterion(compared, reading, lambda _: True, "")
        assert (one.met is Met.YES) == (not one.why)
        return one.why

    assert why(Declared()) == ""
    assert why(models) == "Alembic does not see app.Base"
    assert why(late) == "env.py does not import the model of public.t"
    assert why(unread) == "m.py: does not import"
    assert why(Declared(), Compared(types=False)) == "env.py leaves types out (compare_type)"


@pytest.mark.parametrize(
    ("grounds", "change", "aim", "why"),
    [
        ({"doubted": (Name("public", "t"),)}, {}, Aim.MODELS_AGREE, "several models declare public.t"),
        ({}, {"ignored": (Ignored("PK001:public.t.id", "a loader"),)}, Aim.KEYS_GENERATE, "is ignored: a loader"),
        ({"scope": "--table t"}, {}, Aim.KEYS_LAST, "of the tables that --table t leaves"),
    ],
)  # fmt: skip
def test_a_tick_says_no_more_than_was_seen(
    grounds: dict[str, Any], change: dict[str, Any], aim: Aim, why: str
) -> None:
    found = criteria(replace(plan(), **change), Grounds(CODES, KEYS, **grounds))
    told = [one for one in found if why in one.why]
    assert aim in {one.aim for one in told}
    expected = Met.YES if "scope" in grounds else Met.UNKNOWN
    assert {one.met for one in told} == {expected}


@pytest.mark.project(
    """
    CREATE TABLE lost (id integer PRIMARY KEY);
    CREATE TABLE needing (id serial PRIMARY KEY, lost_id integer NOT NULL REFERENCES lost);
    CREATE TABLE constant (id integer DEFAULT 7 PRIMARY KEY); INSERT INTO constant VALUES (7);
    CREATE TABLE first (id integer DEFAULT 7 PRIMARY KEY);
    CREATE TABLE spent (id serial PRIMARY KEY); SELECT setval('spent_id_seq', 2147483647);
    CREATE TABLE named (id integer PRIMARY KEY DEFAULT nextval('gone'::text));
    CREATE TABLE keyless (id integer NOT NULL);
    CREATE TABLE parted (id serial PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE ruled (id serial PRIMARY KEY);
    CREATE RULE instead AS ON INSERT TO ruled DO INSTEAD NOTHING;
    CREATE UNLOGGED SEQUENCE s; CREATE TABLE crashing (id integer PRIMARY KEY DEFAULT nextval('s'));
    CREATE TABLE wide (id serial PRIMARY KEY); ALTER TABLE wide ALTER id TYPE bigint;
    CREATE TABLE above (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
    CREATE TABLE below () INHERITS (above);
    CREATE TABLE narrow (id smallserial PRIMARY KEY);
    CREATE TABLE others (a text)
    """,
    models="""
from sqlalchemy import Column, Integer, Table
for name in ("lost", "constant", "keyless", "narrow"):
    Table(name, metadata, Column("id", Integer, primary_key=True))
""",
)
def test_every_kind_of_refusal_is_counted(here: Project) -> None:
    """Refusing: lost, constant, spent, named, keyless, parted, below; unknown: ruled, others."""
    assert remediate.status(remediate.load()).inserts == Inserting(
        tables=15, refusing=7, orphaned=1, failing=1, unknown=2
    )


@pytest.mark.project(
    """
    CREATE TABLE users (id serial PRIMARY KEY); INSERT INTO users SELECT generate_series(1, 30);
    CREATE TABLE copy (id integer PRIMARY KEY DEFAULT nextval('users_id_seq'));
    CREATE TABLE posts (id integer PRIMARY KEY, user_id text);
    INSERT INTO posts SELECT n, n::text FROM generate_series(1, 30) n;
    CREATE TABLE spent (id serial PRIMARY KEY); SELECT setval('spent_id_seq', 2147483647)
    """,
    models="""
from sqlalchemy import Column, ForeignKey, Integer, Table
for name in ("users", "copy", "spent"):
    Table(name, metadata, Column("id", Integer, primary_key=True))
Table("posts", metadata, Column("id", Integer, primary_key=True),
      Column("user_id", Integer, ForeignKey("users.id")))
""",
)
def test_what_is_expected_is_what_is_seen_then(project: Project) -> None:
    """copy waits for users; the foreign key of posts is validated last; spent needs its model."""

    def phases() -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = project.json("status")["phases"]
        return made

    def numbers(phase: dict[str, Any]) -> tuple[int, int, int]:
        return phase["found"], phase["models"], phase["repairs"]

    now, first, every = phases()
    assert [numbers(one) for one in (now, first, every)] == [(5, 0, 0), (2, 1, 3), (0, 1, 5)]
    allowed = "--allow", "ACCESS_EXCLUSIVE_REWRITE", "--no-rehearse"
    project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann", *allowed)
    _, upcoming, last = phases()
    assert (numbers(upcoming), numbers(last)) == ((3, 1, 3), (0, 1, 5))  # the others wait
    seen = []
    for _ in range(4):
        expected = upcoming
        project.run("alembic", "upgrade", "+1")
        now, upcoming, *_ = *phases(), None, None
        seen.append(now["found"])
        assert now["found"] == expected["found"] + expected["models"]
    assert seen == [4, 4, 3, 1]
    assert [one["id"] for one in project.json("plan")["findings"]] == ["MD001:public.spent.id"]


@pytest.mark.project(
    "CREATE TABLE users (id serial PRIMARY KEY); "
    "INSERT INTO users SELECT nextval('users_id_seq') FROM generate_series(1, 30); "
    "CREATE TABLE posts (id serial PRIMARY KEY, user_id text); "
    "INSERT INTO posts (user_id) SELECT n::text FROM generate_series(1, 30) n",
    models="""
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("users", metadata, Column("id", Integer, primary_key=True))
Table("posts", metadata, Column("id", Integer, primary_key=True),
      Column("user_id", Integer, ForeignKey("users.id")))
""",
)
def test_what_follows_the_first_revision_is_told(here: Project) -> None:
    """One repair is in both: VALIDATE and CREATE INDEX CONCURRENTLY come with the second."""
    assert phases(remediate.status(remediate.load())) == [
        ("now", 1, 0), ("after the first revision", 1, 1), ("after all revisions", 0, 1),
    ]  # fmt: skip


@pytest.mark.project(DDL, models=MODELS)
def test_what_waits_is_told_before_what_may_be_written(project: Project) -> None:
    """Of the keys that refuse INSERT one waits, by an option that no setting repeats."""

    def told() -> list[tuple[str, int, int]]:
        phases = project.json("status")["phases"]
        return [(one["name"], one["found"], one["repairs"]) for one in phases]

    hotfix = "--hotfix", "t", "--reviewer", "Ann", "--no-rehearse"
    project.run("remediate", "runbook", *hotfix)
    (made,) = project.generated()
    assert told() == [
        ("now", 5, 0),
        (f"after the emergency revision {made.name[:12]}", 3, 1),
        ("once the other repairs are done too", 1, 3),
        ("once what needs a person is done too", 0, 4),
    ]
    (project.versions / "late.py").write_text(
        f"revision, down_revision = 'late', '{made.name[:12]}'\nfrom alembic import op\n"
        "def upgrade():\n    op.create_table('gone')\n"
    )
    assert told() == [
        ("now", 5, 0),
        (f"after the emergency revision {made.name[:12]}", 4, 1),
        ("after all revisions that wait", 2, 1),
        ("once the other repairs are done too", 0, 3),
    ]


@pytest.mark.project(DDL, models=MODELS)
def test_what_a_reviewer_skips_is_left(project: Project) -> None:
    project.run("remediate", "plan", "--save", "plan.json")
    words = "--skip", "PK001", "--reason", "later", "--reviewer", "Ann"
    project.run("remediate", "review", "plan.json", *words)
    shown = project.json("status", "plan.json")
    named = {one["next"] for one in shown["criteria"]}
    assert "remediate review plan.json" in named
    assert not any("--approve" in command for command in named)
    told = shown["phases"]
    assert [(p["name"], p["repairs"], p["found"], p["decisions"]) for p in told] == [
        ("now", 0, 4, 0),
        ("after the emergency revision", 1, 3, 0),
        ("after all revisions", 2, 2, 0),
        ("once what needs a person is done too", 3, 1, 0),
    ]


@pytest.mark.soak
@pytest.mark.project(
    "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE o (id serial PRIMARY KEY, t_id text);"
    "INSERT INTO t DEFAULT VALUES; INSERT INTO o (t_id) VALUES ('1')",
    models="""\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("o", metadata, Column("id", Integer, primary_key=True), Column("t_id", ForeignKey("t.id")))
""",
)
def test_values_that_a_revision_refuses_come_before_it(project: Project) -> None:
    words = "--approve", "all", "--reviewer", "Ann", "--no-rehearse"
    project.run("remediate", "generate", *words)
    mend = "Next:  remediate plan --select AL003"
    assert mend not in project.run("remediate", "status").stdout
    with helpers.connected(project.url) as connection:
        connection.execute("INSERT INTO o (t_id) VALUES ('7')")
    said = " ".join(project.run("remediate", "status").stdout.split())
    assert "refuses the values of public.o.t_id as they are now: 1 without a row in" in said
    assert "Next:  remediate plan\n" in project.run("remediate", "status").stdout
    assert mend in project.run("remediate", "verify", expected=1).stdout
    shown = project.run("remediate", "plan", "--select", "AL003").stdout
    assert "Next:  correct these values, then: alembic upgrade head\n" in shown
    assert (
        "are not those that were decided about"
        in project.run("alembic", "upgrade", "head", expected=1).stderr
    )


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(
    ("made", "refused"),
    [
        pytest.param("CREATE VIEW v AS SELECT id FROM t", "", marks=pytest.mark.soak),
        (
            "ALTER TABLE t ALTER id TYPE bigint",
            "public.t.id is bigint, no default, but the revision expects integer, no default",
        ),
    ],
)
@pytest.mark.project("CREATE TABLE t (id integer PRIMARY KEY)")
def test_what_changed_since_a_revision_was_made(project: Project, made: str, refused: str) -> None:
    """All lead to its files: another one can be made for the database as it is now."""
    words = "generate", "--approve", "all", "--reviewer", "Ann", "--no-rehearse"
    project.run("remediate", *words)
    (file,) = project.generated()
    id_ = file.name.split("_")[0]
    project.psql(made)
    first = "remediate plan" if refused else "alembic upgrade head"
    assert f"Next:  {first}\n" in project.run("remediate", "status").stdout
    assert f"Next:  {first}\n" in project.run("remediate", "verify", expected=1).stdout
    plan = project.run("remediate", "plan").stdout
    again = " ".join(project.run("remediate", *words, expected=3).stderr.split())
    for text in (plan, again):
        assert (f"delete the files of {id_}" in text) == bool(refused)
        assert refused in " ".join(text.split())
    said = project.run("alembic", "upgrade", "head", expected=int(bool(refused))).stderr
    assert refused.replace("but the revision expects", "expected") in said
    if refused:
        for one in (file, file.with_suffix(".md")):
            one.unlink()
        project.run("remediate", *words)
        project.run("alembic", "upgrade", "head")


REBUILT = (
    "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t DEFAULT VALUES;"
    "CREATE TABLE o (id serial PRIMARY KEY, t_id text);"
    "CREATE VIEW v AS SELECT id, t_id, 'a:b%\\' AS x FROM o; COMMENT ON VIEW v IS 'of o';"
    "CREATE INDEX i ON o (t_id) WHERE t_id IS NOT NULL; CREATE POLICY p ON o USING (t_id IS NULL);"
)
OTHERWISE = "has another definition than the revision expects"


@pytest.mark.soak
@pytest.mark.parametrize(
    ("made", "refused"),
    [
        ("", ""),
        ("CREATE INDEX j ON o (t_id)", ""),
        ("DROP VIEW v; CREATE VIEW v AS SELECT id, t_id, 'a:b%\\' AS x FROM o", ""),
        ("CREATE OR REPLACE VIEW v AS SELECT id, t_id, 'y' AS x FROM o", "view public.v"),
        ("COMMENT ON VIEW v IS 'of t'", "view public.v"),
        ("ALTER VIEW v ALTER id SET DEFAULT 7", "view public.v"),
        ("ALTER POLICY p ON o USING (t_id IS NOT NULL)", "policy p"),
        ("DROP INDEX i", "index public.i"),
        ("DROP INDEX i; CREATE INDEX i ON o (t_id, id) WHERE t_id IS NOT NULL", "index public.i"),
    ],
)
@pytest.mark.project(
    REBUILT,
    models="""\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("o", metadata, Column("id", Integer, primary_key=True), Column("t_id", ForeignKey("t.id")))
""",
)
def test_what_is_defined_otherwise_since(project: Project, made: str, refused: str) -> None:
    """It is told where the revision refuses it, and not where it rebuilds all as it is."""
    words = "--approve", "FK003", "--reviewer", "Ann", "--no-rehearse"
    project.run("remediate", "generate", *words)
    project.psql(made)
    plan = " ".join(project.run("remediate", "plan").stdout.split())
    assert (f"{refused} {OTHERWISE}" in plan) == bool(refused)
    assert (OTHERWISE in plan) == ("delete the files of" in plan) == bool(refused)
    project.run("alembic", "upgrade", "head", expected=int(bool(refused)))
