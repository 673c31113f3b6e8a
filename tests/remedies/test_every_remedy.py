"""Every remedy of every rule, up and down, on real tables of every awkward kind."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Severity
from remediate.findings.remedy import Remedy
from remediate.plans.document import from_json, with_review
from remediate.plans.plan import Plan
from remediate.remedies.prediction import predicted
from remediate.revisions.script import script
from remediate.snapshots.live import NO_DATABASE
from tests.corpora import remedies
from tests.corpora.remedies import Case
from tests.support import helpers
from tests.support.foreseen import foreseen
from tests.support.meant import nothing_else

pytestmark = pytest.mark.turns_in_ci

CASES = (*remedies.KEYS, *remedies.SEQUENCES)


EXAMPLES = [pytest.param(c, id=c.id, marks=pytest.mark.since(c.since)) for c in CASES]


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


def up_and_down(case: Case, url: sa.URL, connection: psycopg.Connection) -> None:
    """Makes the defect, repairs it, goes back, and repairs it again."""
    connection.execute(case.ddl.encode())
    assert remedies.outcomes(url, case.inserts, keep=False) == [i.before for i in case.inserts]
    start = helpers.dump(url)
    before, items = remedies.look(url, case)
    assert sorted(str(i.finding.place) for i in items) == sorted(case.places)
    assert [i.remedy for i in items if not isinstance(i.remedy, Remedy)] == []
    plan = Plan(NO_DATABASE.identity, tuple(items))
    assert from_json(with_review(plan)) == plan.on_file
    repairs = [i.remedy for i in items if isinstance(i.remedy, Remedy)]
    made = script(repairs)
    prediction = foreseen(predicted(helpers.snapshot(url), repairs))
    with nothing_else(url, repairs):
        helpers.run(connection, made.up)
    assert foreseen(helpers.snapshot(url)) == prediction
    assert remedies.outcomes(url, case.inserts, keep=True) == [
        id_ for i in case.inserts for id_ in i.after
    ]
    after, _ = remedies.look(url, case)
    assert [f.message for f in after if f.rule == case.rule] == []
    known = {f.id for f in before}
    new = [f for f in after if f.id not in known and f.severity is not Severity.INFO]
    assert [f.message for f in new] == []
    helpers.run(connection, made.down)
    assert helpers.dump(url) == start
    helpers.run(connection, made.up)


@pytest.mark.parametrize("case", EXAMPLES)
def test_up_insert_down(case: Case, url: sa.URL, connection: psycopg.Connection) -> None:
    up_and_down(case, url, connection)
