"""How many ids are left, and for how long."""

import pytest

from remediate.analysis.capacity import capacity
from remediate.snapshots.live import Database, Live
from remediate.snapshots.tables import Column, Generator, Name, Sequence, Table

S = Name("public", "t_id_seq")
KEY = Column("id", "integer", "integer", Generator.SEQUENCE, sequences=(S,))


@pytest.mark.parametrize(("counted_for", "left"), [(0.001, 1000.0), (1.0, 1000.0), (10.0, 10000.0)])
def test_what_was_counted_for_less_than_a_day_is_a_day_s(counted_for: float, left: float) -> None:
    table = Table(Name("public", "t"), ("id",), (KEY,), inserts=32)
    live = Live(
        tables=(table,),
        sequences=(Sequence(S, "integer", "o", 1, 32000, last_value=1, is_called=False),),
        database=Database("d", "h", 180000, "1", "r", statistics_days=counted_for),
    )
    found = capacity(table, KEY, live)
    assert found is not None
    assert found.days_left == left
