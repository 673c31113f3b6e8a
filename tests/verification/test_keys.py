"""What became of a repaired key, as the database is now."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Severity
from remediate.snapshots.declared import Declared
from remediate.verification.cases import LeftOut, Untestable, cases
from remediate.verification.keys import verify
from remediate.verification.observations import Seen
from remediate.verification.result import Outcome
from tests.support import helpers

pytestmark = pytest.mark.newest_in_ci

LOST = {"PK001:public.parcel.tag": Severity.ERROR}
PERHAPS = {"PK001:public.parcel.tag": Severity.INFO}


@pytest.mark.parametrize(
    ("rule", "findings", "outcome"),
    [
        ("SEQ002", {}, Outcome.OK),
        ("MD001", {}, Outcome.OK),
        ("SEQ002", PERHAPS, Outcome.OK),
        ("SEQ002", LOST, Outcome.FAILED),
        ("SEQ001", {}, Outcome.FAILED),
        ("PK001", {}, Outcome.FAILED),
    ],
)
def test_a_wider_key_that_nothing_generates(
    rule: str,
    findings: dict[str, Severity],
    outcome: Outcome,
    url: sa.URL,
    connection: psycopg.Connection,
) -> None:
    """As before, where nothing says that it should be generated."""
    connection.execute(b"CREATE TABLE parcel (tag bigint PRIMARY KEY)")
    live, id_ = helpers.snapshot(url), f"{rule}:public.parcel.tag"
    verified = verify(id_, live, Declared(), findings)
    assert (verified.outcome, *verified.facts, *verified.problems) == (
        outcome,
        Seen.NOTHING_GENERATES,
    )


def test_a_project_tests_only_what_generates(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE parcel (tag bigint PRIMARY KEY, no bigserial UNIQUE)")
    live = helpers.snapshot(url)
    wider = cases(["SEQ002:public.parcel.tag", "SEQ002:public.parcel.no"], live, Declared())
    assert [key.column for key in wider.keys] == ["no"]
    (out,) = wider.left_out
    assert out == LeftOut(out.place, Untestable.NOTHING_GENERATES)
    both = cases(["SEQ002:public.parcel.tag", "PK001:public.parcel.tag"], live, Declared())
    assert ([key.column for key in both.keys], both.left_out) == (["tag"], ())
