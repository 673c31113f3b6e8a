"""What the page of a plan tells, and that no name becomes markup."""

import re
from dataclasses import replace

from remediate.findings.finding import Tier, Unverified
from remediate.plans import proof
from remediate.plans.document import from_json, with_review
from remediate.plans.plan import Landed
from remediate.render.page import entries, lanes, paper, report
from remediate.render.page.headroom import headroom
from remediate.render.page.references import BOXES, references
from remediate.render.page.values import State
from remediate.render.page.verdict import head
from remediate.snapshots.tables import Name
from remediate.system import addresses
from tests.render.page.examples import CHILD, HOSTILE, ORDERS, SHOP, hostile, item, many, plan, room


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_verdict_comes_first() -> None:
    page = report.of_plan(hostile())
    assert re.findall(r"<h1>(.*?)</h1>", page) == [
        "1 of 32 tables rejects INSERT now; 1 more will reject INSERT soon"
    ]
    assert re.findall(r'<li class="card (\w+)"><strong>(\d+)', page) == [
        ("now", "1"), ("soon", "1"), ("repairable", "2"), ("decide", "1")
    ]  # fmt: skip
    assert '<body class="broken">' in page
    assert "2026-11-30 21:40 UTC" in page


def test_a_healthy_database_is_green_and_what_was_not_verified_takes_that_away() -> None:
    healthy = replace(plan({}), unverified=())
    made = report.of_plan(healthy)
    assert '<body class="healthy">' in made
    assert "<h1>Nothing to repair. Read: 32 tables</h1>" in made
    assert "public.orders.id" in text_of(made)
    assert '<body class="warning">' in report.of_plan(plan({}))


def test_what_will_fail_is_no_failure_of_now() -> None:
    made = head(plan({item(CHILD): Tier.HIGH}), "")
    assert (made.state, made.verdict) == (State.WARNING, "1 of 32 tables will reject INSERT soon")
    files = replace(plan({item(CHILD): Tier.LOW}), database=replace(SHOP, version=0), impacts={})
    assert head(files, "").verdict == "1 finding"


def test_no_name_becomes_markup_and_none_turns_the_line() -> None:
    page = report.of_plan(hostile())
    assert page.count("<script>") == 1
    assert "alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert r"\u202e" in page
    leads = {link.partition("#")[0] for link in re.findall(r'(?:src|href)="(.*?)"', page)}
    assert leads == {"", addresses.rule("PK001"), addresses.rule("SEQ002")}


def test_nothing_but_the_page_itself_may_run() -> None:
    page = report.of_plan(hostile())
    policy = re.findall(r'Content-Security-Policy" content="(.*?)"', page)[0]
    assert policy.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy
    assert 'style="' not in page
    assert not re.search(r" on\w+=", page)


def test_a_plan_from_a_file_has_the_same_page() -> None:
    made = hostile()
    assert report.of_plan(from_json(with_review(made))) == report.of_plan(made)


def test_findings_are_there_in_the_order_of_urgency() -> None:
    made = hostile()
    assert [one.tier for one in entries.entries(made)] == [Tier.CRITICAL, Tier.HIGH, Tier.LOW]
    turned = replace(
        made,
        assessment=replace(made.assessment, repair_order=made.assessment.repair_order[::-1]),
    )
    assert next(one.tier for one in entries.entries(turned)) is Tier.LOW
    first, _, last = entries.entries(made)
    assert first.up == f"ALTER TABLE {HOSTILE.sql} ALTER COLUMN id SET DEFAULT 1;"
    assert (last.repair, last.by_hand) == ("", "a person decides")
    assert ("rows", "1234") in first.evidence


def test_324_findings_fit_into_700_kb_and_the_worst_keep_their_sql() -> None:
    made = many(324)
    page = report.of_plan(made)
    assert len(page.encode()) < 700_000
    shown = entries.entries(made)
    assert shown[0].up
    assert [one.shortened for one in shown] == sorted(one.shortened for one in shown)


def test_details_are_left_out_where_they_would_make_the_page_large() -> None:
    long = item(ORDERS)
    query = "SELECT " + "x" * entries.BUDGET
    huge = replace(long, finding=replace(long.finding, query=query))
    kept, shortened = entries.entries(plan({item(CHILD): Tier.HIGH, huge: Tier.LOW}))
    assert (kept.shortened, shortened.shortened) == (False, True)
    assert shortened.query == ""
    assert "To keep this page small" in report.of_plan(plan({huge: Tier.LOW}))


def test_parents_are_drawn_left_and_lead_to_their_finding() -> None:
    made = hostile()
    shown = entries.entries(made)
    drawn = references(made, entries.anchors(made, shown))
    at = {box.table: box for box in drawn.boxes}
    assert at[str(HOSTILE)].x < at[str(CHILD)].x < at[str(ORDERS)].x
    assert (at[str(CHILD)].tier, at[str(CHILD)].anchor) == (Tier.HIGH, "f2")
    assert len(drawn.lines) == 3
    assert drawn.parents == ()


def test_of_many_tables_those_alone_are_drawn_that_others_reference() -> None:
    made = many(BOXES + 1)
    drawn = references(made, {})
    assert [(box.label, box.children) for box in drawn.boxes] == [
        ("customer_history_0", BOXES), ("customer_history_1", 3)
    ]  # fmt: skip
    assert [(one.children, one.failing) for one in drawn.parents] == [(BOXES, BOXES), (3, 3)]
    assert len(references(many(BOXES), {}).boxes) == BOXES


def test_the_key_that_is_full_first_comes_first_with_its_date() -> None:
    guess = room(CHILD, 0.5, 2.0, "guess")
    rooms = (guess, room(HOSTILE, 0.8), room(ORDERS, 0.96, 65.0))
    made = headroom(plan({}, rooms=rooms), {"public.orders.id": "f3"})
    assert [(one.used, one.level, one.full_on, one.anchor) for one in made.gauges] == [
        (96.0, "urgent", "about 2027-02-03", "f3"), (80.0, "near", "", ""),
        (50.0, "watched", "perhaps 2026-12-02", ""),
    ]  # fmt: skip
    assert made.gauges[0].pace == "1,300,000 ids a day (by the times of its rows, 21 days back)"
    unknown = headroom(plan({}), {})
    assert not unknown.known
    assert "does not tell how many ids" in report.of_plan(plan({}))


def test_what_was_not_measured_is_marked_as_an_estimate() -> None:
    (lane,) = lanes.of_plan([item(CHILD), item(ORDERS)])
    assert (lane.level, lane.lock, lane.detail) == ("everybody", "ACCESS EXCLUSIVE", "2 tables")
    assert lane.duration == "below 0.1 s (estimate); a change of the catalog only, not measured"


def test_a_rehearsal_tells_how_long_its_locks_were_held() -> None:
    held = (proof.Lock(CHILD, "ACCESS EXCLUSIVE", 2, 3), proof.Lock(ORDERS, "SHARE", 3, 3))
    times = tuple(proof.Timing(n, "SELECT 1", n / 10) for n in range(1, 5))
    shown = proof.Proof("PostgreSQL 18", "shop", 1, locks=held, timings=times)
    made = lanes.of_revisions(
        [Landed("ab12", "keys", "a.py", "a.md", shown), Landed("x", "y", "b.py", "b.md", None)]
    )
    assert [(one.label, one.lock, one.level, one.duration) for one in made] == [
        ("revision ab12", "ACCESS EXCLUSIVE", "everybody", "0.500 s, measured"),
        ("revision ab12", "SHARE", "writers", "0.300 s, measured"),
    ]
    assert (made[0].start, made[0].width, made[1].start) == (0.0, 62.5, 62.5)
    assert "0.300 s, measured" in paper.of_markdown("# b\n\n## 1. a\n", lanes=made)


BOOK = """\
# Book: <b>

Made now.

## Do this now: 1 command

```sh
ls
```

## 1. Rest

- [ ] <i>x</i>

| | a |
| --- | --- |
| b | c |
"""


def test_a_paper_keeps_its_boxes_and_leads_to_its_sections() -> None:
    page = paper.of_markdown(BOOK)
    assert re.findall(r'<li><a href="#(s\d)">(.*?)</a>', page) == [
        ("s1", "Do this now: 1 command"), ("s2", "1. Rest")
    ]  # fmt: skip
    assert '<li class="box">☐ &lt;i&gt;x&lt;/i&gt;' in page
    assert page.index('<div class="do-now">') < page.index("ls\n") < page.index("</div>")
    assert "<th></th>" not in page


def test_a_table_without_a_finding_has_no_tier_of_another() -> None:
    other = Name("public", "other")
    made = plan({item(CHILD): Tier.HIGH}, {other: (CHILD,)})
    assert [(b.table, b.tier) for b in references(made, {}).boxes] == [
        ("public.other", None), ("public.child", Tier.HIGH)
    ]  # fmt: skip


def test_many_rows_of_a_section_are_counted() -> None:
    one = plan({}).unverified[0]
    made = replace(plan({}), unverified=tuple(Unverified(one.place, "r", "v") for _ in range(302)))
    assert "And 2 more:" in text_of(report.of_plan(made))
