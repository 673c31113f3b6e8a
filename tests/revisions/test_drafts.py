"""What a revision is called: by what its steps do, not by what their SQL says."""

import pytest

from remediate.findings.finding import Confidence, Facts, Finding, Place, Severity
from remediate.findings.remedy import Act, Lock, Remedy, Step
from remediate.plans.plan import ApprovedItem
from remediate.revisions.drafts import drafts
from remediate.snapshots.tables import Name


def item(table: str, *acts: Act) -> ApprovedItem:
    name = Name("public", table)
    finding = Finding(
        "FK005", "x", Place(name, "v"), Severity.WARNING, Confidence.PROVEN, "is so", Facts()
    )
    sql = f"ANALYZE {name.sql}"
    steps = tuple(Step(sql, "", Lock.NONE, name, transactional=False, act=act) for act in acts)
    return ApprovedItem(finding, Remedy("title", "undo", (), (), (), finish=steps))


@pytest.mark.parametrize(("items", "title"), [
    ([item("VALIDATE", Act.OTHER, Act.BUILD_INDEX)], "build 1 index"),
    ([item("CREATE INDEX", Act.VALIDATE), item("t", Act.VALIDATE)], "validate 2 foreign keys"),
    ([item("t", Act.BUILD_INDEX, Act.VALIDATE), item("u", Act.BUILD_INDEX, Act.OTHER)],
     "validate 1 foreign key and build 2 indexes"),
    ([item("t", Act.BUILD_INDEX, Act.BUILD_INDEX)], "build 1 index"),  # items are counted
])  # fmt: skip
def test_the_title_of_what_runs_in_autocommit(items: list[ApprovedItem], title: str) -> None:
    (draft,) = drafts([[tuple(items)]], "")
    assert (draft.title, draft.finishing) == (title, True)
