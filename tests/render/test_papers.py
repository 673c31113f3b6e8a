"""The checklist beside a revision, and a plan for a pull request."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from remediate.findings.finding import Confidence, Facts, Finding, Place, Severity
from remediate.findings.remedy import Expectation, Hazard, Lock, Remedy, Step
from remediate.plans.plan import ApprovedItem, Item, Plan
from remediate.plans.proof import Gap, Inserts, Limit, Met, Proof
from remediate.render import proof, review
from remediate.render.page.paper import of_markdown
from remediate.render.room import COMMENT, size
from remediate.revisions.alike import alike
from remediate.revisions.blocks import Block, Script
from remediate.revisions.drafts import Draft
from remediate.snapshots.live import NO_DATABASE
from remediate.snapshots.tables import Name
from tests.corpora.remedies import C, S, T
from tests.support.project import Project

TABLE = Name("public", "t")
WORKING = Inserts((Met("23502", 1),), tables=1, roles=("app",), of=1, fresh=1)
SHOWN = Proof("PostgreSQL 18", "db", tables=1, inserts=WORKING)


def draft(*hazards: Hazard) -> Draft:
    finding = Finding(
        "PK001", "n", Place(TABLE, "id"), Severity.ERROR, Confidence.PROVEN, "m", Facts()
    )
    step = Step("SELECT 1", "", Lock.NONE, TABLE, hazards=hazards)
    remedy = Remedy("t", "u", (step,), (), ())
    return Draft("title", (Item.of(finding, remedy),), "", "", Script((), ()))


def ticked(shown: Proof | None, *hazards: Hazard) -> dict[str, str]:
    return {p.text: p.shown_by for p in review.points(draft(*hazards), shown, "Ann")}


def missing(shown: Proof) -> dict[str, str]:
    """What the points that are not ticked have to tell of the rehearsal."""
    points = review.points(draft(), shown, "Ann")
    assert not [p for p in points if p.shown_by and p.missing]
    return {p.text: p.missing for p in points if p.missing}


def partial(shown: Proof) -> list[str]:
    return [one.what for one in proof.checks(shown) if not one.whole]


def test_what_the_rehearsal_showed_is_ticked() -> None:
    points = ticked(SHOWN, Hazard.EXPLICIT_IDS)
    assert points == {
        "a person has read the plan and approved it": "Ann",
        "tested on a real PostgreSQL": "PostgreSQL 18, schema of db",
        "INSERT tested on all affected tables": "works in 1 table as app, each id above the highest",
        "sequence conflicts checked": "each new id is above the highest",
        "the way back is exact": "pg_dump --schema-only prints the same bytes as before",
        "the full cycle was run": "upgrade, downgrade, upgrade",
        "the rules find nothing of it afterwards": "the 1 table",
        "the SQL of both ways is in the revision, to be read": "0 statements up",
        "`alembic upgrade --sql` gives the same": "one statement a call, no bind parameters, nothing read in Python",
        "a backup is at hand": "",
        "code that passes ids itself is stopped, or headroom was left for it": "",
        "somebody watches the log while it is applied": "",
    }


def test_without_a_rehearsal_nothing_of_it_is_ticked() -> None:
    shown = [text for text, by in ticked(None).items() if by]
    assert shown == [
        "a person has read the plan and approved it",
        "the SQL of both ways is in the revision, to be read",
        "`alembic upgrade --sql` gives the same",
    ]


def test_what_was_not_tried_is_not_ticked() -> None:
    untried = Limit(Gap.INSERT_UNTRIED, Name("public", "v"), "refused by a trigger", "app")
    points = ticked(replace(SHOWN, limits=(untried,)))
    assert points["INSERT tested on all affected tables"] == ""
    assert missing(replace(SHOWN, limits=(untried,))) == {
        "INSERT tested on all affected tables": "works in 1 table as app, each id above the highest; "
        "not shown: INSERT into public.v as app: refused by a trigger"
    }
    points = ticked(replace(SHOWN, inserts=Inserts((), tables=0, roles=(), of=1)))
    assert points["INSERT tested on all affected tables"] == ""
    assert points["sequence conflicts checked"] == ""


def test_a_part_of_what_a_box_speaks_of_ticks_no_box() -> None:
    some = Inserts((Met("23502", 2),), tables=2, roles=("app",), of=6, fresh=1)
    cleared = Limit(Gap.INSERT_CLEARED, Name("public", "u"), "violates a CHECK", "app")
    refused = [
        Limit(Gap.REFERENCE_UNTRIED, TABLE, f"no {n}", constraint=f"fk_{n}") for n in range(5)
    ]
    bare = Limit(Gap.WITHOUT_ROWS, TABLE, "no such date")
    assert missing(
        replace(SHOWN, inserts=some, constraints=1, limits=(cleared, *refused, bare))
    ) == {
        "INSERT tested on all affected tables": "works in 2 of 6 tables as app; not shown: INSERT into "
        "public.u as app was tried without what refuses a made-up row: violates a CHECK",
        "sequence conflicts checked": "each new id is above the highest in 1 of 6 tables",
        "an unknown id is refused": "refused by 1 of 6 constraints; not shown: "
        "INSERT of an unknown id into public.t (fk_0): no 0; "
        "INSERT of an unknown id into public.t (fk_1): no 1; "
        "INSERT of an unknown id into public.t (fk_2): no 2; and 2 more (see the proof)",
        "the way back is exact": "pg_dump --schema-only prints the same bytes as before; no value was compared: "
        "public.t was rehearsed without rows: no such date",
    }
    unread = Limit(Gap.SELECT_UNTRIED, TABLE, "no", "app")
    assert partial(SHOWN) == []
    assert partial(replace(SHOWN, limits=(cleared,))) == ["INSERT without id"]
    modeled = Limit(Gap.AS_MODELED, TABLE, "no key")
    some = replace(some, before=(), tables=0)
    less = replace(SHOWN, inserts=some, constraints=1, selects=1, rows=1)
    assert partial(replace(less, limits=(refused[0], unread, bare, modeled))) == [
        "INSERT without id before",
        "INSERT without id",
        "INSERT of an unknown id",
        "SELECT",
        "values after the downgrade",
        "rules run again",
    ]
    none = Proof("s", "d", tables=1, limits=(refused[0],))
    assert missing(none) == {
        "an unknown id is refused": "refused by 0 of 1 constraint; not shown: "
        "INSERT of an unknown id into public.t (fk_0): no 0"
    }


def test_a_server_of_another_version_ticks_no_box() -> None:
    other = Limit(Gap.OTHER_VERSION, "PostgreSQL 15", "PostgreSQL 18")
    assert missing(replace(SHOWN, limits=(other,))) == {
        "tested on a real PostgreSQL": "PostgreSQL 18, schema of db; not shown: what PostgreSQL 15 refuses or does "
        "differently: the database runs it, but the rehearsal ran on PostgreSQL 18"
    }


NAMED = "app, each id above the highest"


def test_a_role_called_like_an_outcome_proves_nothing() -> None:
    called = Inserts((), tables=1, roles=(NAMED, "works"), of=1)
    stale = replace(SHOWN, inserts=called, limits=(Limit(Gap.NOT_LAID, "INSERT into x", "no"),))
    points = ticked(stale)
    assert points["sequence conflicts checked"] == ""
    tested = points["INSERT tested on all affected tables"]
    assert tested == f'works in 1 table as "{NAMED}", works'


def test_a_proof_of_references_alone_asks_for_no_insert() -> None:
    references = Proof("s", "d", tables=2, constraints=2, rows=5)
    points = ticked(references)
    assert points["an unknown id is refused"] == "refused by 2 constraints"
    assert "INSERT tested on all affected tables" not in points
    assert [(one.what, one.result) for one in proof.checks(references)] == [
        ("upgrade", "ran"),
        ("INSERT of an unknown id", "refused by 2 constraints"),
        ("downgrade", "pg_dump --schema-only prints the same bytes as before"),
        ("values after the downgrade", "the same bytes in 5 made-up rows"),
        ("upgrade again", "ran"),
        ("rules run again", "find none of it in the 2 tables"),
    ]


@pytest.mark.parametrize(
    ("inserts", "before", "after", "again"),
    [
        (Inserts((Met("42P01", 2), Met("23502", 1), Met("", 4)), 7, ("b", "z, a"), of=7),
         "refused (42P01) in 2 tables, refused (23502) in 1 table, accepted in 4 tables",
         'works in 7 tables as b, "z, a"', "ran, and INSERT without id works again"),
        (WORKING, "refused (23502) in 1 table", "works in 1 table as app, each id above the highest",
         "ran, and INSERT without id works again"),
        (Inserts((), 0, (), of=1), "shows nothing", "shows nothing", "ran"),
    ],
)  # fmt: skip
def test_inserts_in_words(inserts: Inserts, before: str, after: str, again: str) -> None:
    shown = {one.what: one.result for one in proof.checks(replace(SHOWN, inserts=inserts))}
    assert [shown[f"INSERT without id{when}"] for when in (" before", "")] == [before, after]
    assert shown["upgrade again"] == again


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(Gap.NOT_LAID, "CREATE TABLE t", "no such type"), "CREATE TABLE t: no such type"),
        (Limit(Gap.WITHOUT_ROWS, TABLE, "no"), "public.t was rehearsed without rows: no"),
        (Limit(Gap.KEY_ALONE, TABLE), "public.t was rehearsed with its key column only"),
        (Limit(Gap.INSERT_UNTRIED, TABLE, "no", "z, a"), "INSERT into public.t as z, a: no"),
        (
            Limit(Gap.REFERENCE_UNTRIED, TABLE, "no", constraint="fk"),
            "INSERT of an unknown id into public.t (fk): no",
        ),
        (
            Limit(Gap.FILLED_BY_APPLICATION, TABLE),
            "public.t: the application still supplies the ids",
        ),
        (
            Limit(Gap.EVENT_TRIGGER, "guard", "ddl_command_end: CREATE TABLE"),
            "event trigger guard (ddl_command_end: CREATE TABLE) did not fire in the rehearsal: it may refuse "
            "this revision, or change more; read its function first",
        ),
    ],
    ids=lambda value: value.gap.name if isinstance(value, Limit) else "",
)
def test_limits_in_words(limit: Limit, words: str) -> None:
    assert proof.limit(limit) == words
    assert f"* not shown: {words}" in " ".join(
        review.note(draft(), "Ann", "2026-01-01", replace(SHOWN, limits=(limit,))).split()
    )


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


pytestmark = pytest.mark.project(
    f"""
    CREATE SCHEMA {S};
    CREATE TABLE {S}.{T} ({C} serial PRIMARY KEY);
    INSERT INTO {S}.{T} VALUES (1);
    CREATE TABLE t (id integer PRIMARY KEY)
    """,
    files={"pyproject.toml": '[tool.remediate.features]\nt = "sign-up"\n'},
)


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
    assert "2 findings: 2 repairable automatically. Health score " in paper
    assert "| high (6 of 9) | public.t.id | sign-up | a plain INSERT fails |" in paper
    assert len(re.findall(r"^- \[ \] ", paper, re.MULTILINE)) == 2
    assert page.count('<details class="finding') == 2
    assert "CREATE SEQUENCE public.t_id_seq AS integer;" in paper
    assert "CREATE SEQUENCE public.t_id_seq AS integer;\n" in page
    assert "\n\n\n" not in paper
    check = project.run("remediate", "check", "-f", "markdown", "--table", "t", expected=1).stdout
    assert "1 finding: 1 repairable automatically" in check


def test_a_long_review_has_the_statements_of_each_repair() -> None:
    long, short = (Block("many", ("SELECT 1",) * number) for number in (9_000, 1))
    heading = "## SQL: downgrade\n\n"
    listed = "The whole script is too long for this page. These are the statements of each repair,"
    assert listed not in reviewed(Script((short,), (short,)))
    paper = reviewed(Script((short,), (long,)), repairs=[of("a"), of("b"), of("c", "UNIQUE")])
    assert f"{heading}{listed}" in paper
    assert paper.count("SELECT 1;") == 1
    assert paper.count("<details><summary>public.a.id and 1 other like it</summary>") == 1
    assert "DROP a;\n```\n\nThe same, but for names, for public.b.id." in paper
    assert "DROP b" not in paper
    assert "<details><summary>public.c.id</summary>\n\n```sql\nDROP c UNIQUE;\n" in paper
    assert "\n\n\n" not in paper
    assert reviewed(Script((long,), (long,)), repairs=[of("a")]).count(listed) == 2


def test_a_long_review_lists_as_many_repairs_as_fit() -> None:
    long = Block("many", ("SELECT 1",) * 9_000)
    repairs = [of(f"t{n}", "x" * (100 + n)) for n in range(300)]
    paper = reviewed(Script((long,), (long,)), repairs=repairs)
    assert size(paper) > COMMENT * 0.98
    shown = paper.count("CREATE t")
    assert 0 < shown < 300
    left = f"\nand {300 - shown} repairs more: their statements are in the revision.\n"
    assert paper.count(left) == 2
    assert "These are the statements of the most urgent repairs, the most\nurgent first." in paper
    huge = reviewed(Script((long,), (long,)), repairs=[of("a", "x" * COMMENT)])
    left = "The statements are too long for this page: they are in the revision.\n"
    assert huge.count(left) == 2


def test_repairs_that_name_no_table_are_alike_where_their_statements_are() -> None:
    one = of("a").remedy
    finding = replace(of("a").finding, place=Place(subject="s"))
    repairs = [ApprovedItem(finding, replace(one, expectations=())) for _ in range(2)]
    assert [len(group.items) for group in alike(repairs)] == [2]
    other = ApprovedItem(finding, replace(one, expectations=(), steps=of("b").remedy.steps))
    assert [len(group.items) for group in alike([*repairs, other])] == [2, 1]


def of(table: str, more: str = "") -> ApprovedItem:
    name = Name("public", table)
    step = Step(f"CREATE {table}{more}", f"DROP {table} {more}".rstrip(), Lock.NONE, name)
    finding = Finding(
        "PK001", "n", Place(name, "id"), Severity.ERROR, Confidence.PROVEN, "m", Facts()
    )
    return ApprovedItem(finding, Remedy("t", "u", (step,), (), (Expectation(name, "id", ()),)))


def reviewed(script: Script, repairs: Sequence[ApprovedItem] = ()) -> str:
    paper = review.markdown(
        replace(draft(), script=script, items=tuple(repairs)), revision="r", parent=None, source="s",
        reviewer="Ann", date="d", proof=None, plan=Plan(database=NO_DATABASE), decisions={},
    )  # fmt: skip
    assert size(paper) <= COMMENT
    return paper


def test_raw_html_stays_text() -> None:
    page = of_markdown("# a <script>x</script> & `b`\n\n<b>\n")
    assert page.count("<script>") == 1
    assert "<b>" not in page
    assert "<title>a &lt;script&gt;x&lt;/script&gt; &amp; `b`</title>" in page


def test_annotations_come_with_the_whole_list(project: Project) -> None:
    for words in (("plan",), ("check",)):
        file = project.folder / f"{words[0]}.md"
        project.run(
            "remediate", *words, "-f", "github", expected=None, GITHUB_STEP_SUMMARY=str(file)
        )
        assert (
            file.read_text()
            == project.run("remediate", *words, "-f", "markdown", expected=None).stdout
        )
