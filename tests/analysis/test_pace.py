"""How fast ids are used, by what tells it, and how sure that is."""

import pytest

from remediate.analysis.pace import Basis, Sure, forecast
from remediate.snapshots.live import Database, Live
from remediate.snapshots.marks import Mark
from remediate.snapshots.tables import Column, Extremes, Generator, Name, Sequence, Table

S, T = Name("public", "t_id_seq"), Name("public", "t")
KEY = Column("id", "integer", "integer", Generator.SEQUENCE, sequences=(S,))


def live(
    *marks: Mark, inserts: int = 0, days: float | None = None, step: int = 1, at: int = 1_000_001
) -> Live:
    """A table whose sequence stands at a million, and what tells how it came there."""
    return Live(
        tables=(Table(T, ("id",), (KEY,), inserts=inserts),),
        sequences=(Sequence(S, "integer", "o", step, 2**31 - 1, last_value=at, is_called=False),),
        database=Database("d", "h", 180000, "1", "r", statistics_days=days),
        marks={(T, "id"): marks},
    )


def plan(next_: int, days: float) -> Mark:
    return Mark(next_, days, Basis.PLAN)


def rows(next_: int, days: float) -> Mark:
    return Mark(next_, days, Basis.ROWS)


@pytest.mark.parametrize(
    ("known", "days_left", "basis", "sure"),
    [
        # A week and a tenth of the days that are left were watched, and all agree.
        (live(plan(900_001, 10), rows(800_001, 18), inserts=90_000, days=9),
         10.0, "saved plan", "good"),
        (live(rows(800_001, 20)), 10.0, "rows", "good"),
        (live(inserts=100_000, days=10), 10.0, "statistics", "good"),
        # One is more than twice another; or it was watched too shortly for so far a forecast.
        (live(plan(900_001, 10), inserts=30_000, days=10), 10.0, "saved plan", "rough"),
        (live(plan(990_001, 2)), 20.0, "saved plan", "rough"),
        (live(plan(999_001, 10)), 1_000.0, "saved plan", "rough"),
        # A plan of an hour ago tells less than statistics of some days, and alone next to nothing.
        (live(plan(999_001, 0.04), inserts=50_000, days=5), 10.0, "statistics", "rough"),
        (live(plan(999_001, 0.04)), 100.0, "saved plan", "guess"),
        # A restore may be among inserts that are as many as all ids.
        (live(inserts=1_000_000, days=10), 1.0, "statistics", "guess"),
        (live(inserts=1_000_000, days=100), 10.0, "statistics", "rough"),
        # By tens: a tenth of the ids was drawn.
        (live(plan(900_001, 10), step=10), 100.0, "saved plan", "good"),
    ],
)  # fmt: skip
def test_when_100_000_ids_are_used(known: Live, days_left: float, basis: str, sure: str) -> None:
    found = forecast(known.tables[0], "id", 100_000, known)
    assert found is not None
    assert (found.days_left, found.pace.basis, found.sure) == (days_left, basis, sure)


@pytest.mark.parametrize(
    "known",
    [
        live(),
        live(inserts=500),  # since nobody knows when
        live(plan(1_000_001, 30)),  # at rest
        live(plan(2_000_001, 30)),  # set back meanwhile
    ],
)
def test_no_pace_is_no_forecast(known: Live) -> None:
    assert forecast(known.tables[0], "id", 100, known) is None


def test_a_key_without_a_sequence_is_watched_by_its_highest_id() -> None:
    column = Column("id", "integer", "integer", Generator.NOTHING, extremes=Extremes(1, 1_000_000))
    known = Live(tables=(Table(T, ("id",), (column,)),), marks={(T, "id"): (plan(900_001, 10),)})
    found = forecast(known.tables[0], "id", 100_000, known)
    assert found is not None
    assert (found.days_left, found.sure) == (10.0, Sure.GOOD)


def test_the_inserts_of_partitions_count() -> None:
    part = Name("public", "part")
    tables = (
        Table(T, ("id",), (KEY,), inserts=0, partitioned=True, children=(part,)),
        Table(part, ("id",), (KEY,), inserts=100_000, partition_of=T),
    )
    base = live(days=10.0)
    known = Live(tables=tables, sequences=base.sequences, database=base.database)
    found = forecast(tables[0], "id", 100_000, known)
    assert found is not None
    assert found.days_left == 10.0
