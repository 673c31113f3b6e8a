"""AL002: revisions whose ids the version table cannot hold."""

import pytest

from remediate.rules.revisions.revision_id_too_long import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Source
from tests.support import helpers

LONG = "2026_11_28_give_28_tables_working_keys"


def sentences(heads: tuple[str, ...] | None = (), width: int = 32) -> list[str]:
    """What is said of one revision with a long id."""
    history = History((Revision(LONG, (), Source("r.py", 1)),), heads, width)
    return helpers.sentences(RULE, Live(), Declared(history=history))


@pytest.mark.parametrize("heads", [(), None])
def test_what_is_found(heads: tuple[str, ...] | None) -> None:
    assert sentences(heads) == [f"{LONG} has 38 characters, but version_num holds only 32"]


def test_what_is_left_alone() -> None:
    assert sentences(width=38) == []
    assert sentences(heads=(LONG,)) == []  # it stands in the table already
