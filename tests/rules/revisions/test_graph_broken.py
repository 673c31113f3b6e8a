"""AL001: revisions that do not form one history."""

from remediate.findings.finding import Options, Unverified
from remediate.rules.revisions.graph_broken import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Source
from tests.support import helpers


def sentences(**follows: tuple[str, ...]) -> list[str]:
    """What is said of revisions, each of which follows these."""
    revisions = (Revision(id_, down, Source(f"{id_}.py", 1)) for id_, down in follows.items())
    return helpers.sentences(RULE, Live(), Declared(history=History(tuple(revisions))))


def test_what_is_found() -> None:
    assert sentences(b=("a",)) == ["b follows a, which is in no versions folder"]
    assert sentences(a=(), b=("a",), c=("a",)) == ["the project has 2 heads: b, c"]
    assert sentences(a=("b",), b=("a",)) == ["these revisions follow each other in a circle: a, b"]


def test_what_is_left_alone() -> None:
    assert sentences() == sentences(a=()) == []
    assert sentences(a=(), b=("a",), c=("a",), d=("b", "c")) == []  # a merge


def test_what_code_may_explain_is_not_verified() -> None:
    made = tuple(
        Revision(id_, down, Source(f"{id_}.py", 1)) for id_, down in (("a", ()), ("c", ("b",)))
    )
    declared = Declared(history=History(made, nameless=("b1.py", "b2.py")))
    (missing,) = RULE.find(Live(), declared, Options())
    assert isinstance(missing, Unverified)
    assert (str(missing.place), missing.verify) == ("c", "alembic heads")
    assert missing.reason == (
        "c follows b, which is in no versions folder, unless code in b1.py (and 1 more) sets it differently"
    )
