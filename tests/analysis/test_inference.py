"""How often an undeclared reference is found, and how often something else is called one."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from remediate.analysis.grounds import grounds
from remediate.rehearsal.scratch import Server
from remediate.snapshots.references import Candidate
from tests.corpora.references import SCHEMAS, Schema
from tests.corpora.references_blind import BLIND
from tests.support import helpers


def shown(candidate: Candidate) -> tuple[str, str]:
    return (
        f"{candidate.table.schema}.{candidate.table.name}.{candidate.column}",
        f"{candidate.target.schema}.{candidate.target.name}.{candidate.target_column}",
    )


def said(url: sa.URL) -> dict[str, tuple[str, Candidate]]:
    """By column: the key that it is said to mean."""
    found = [c for c in helpers.snapshot(url).candidates if grounds(c)]
    return {shown(c)[0]: (shown(c)[1], c) for c in found}


@dataclass(frozen=True)
class Measured:
    """What was reported of a corpus, laid out in one database."""

    said: dict[str, tuple[str, Candidate]]
    means: dict[str, str]
    hopeless: set[str]

    @property
    def wrong(self) -> list[str]:
        return sorted(c for c, (key, _) in self.said.items() if self.means.get(c) != key)

    @property
    def recall(self) -> float:
        expected = self.means.keys() - self.hopeless
        return len(expected & self.said.keys()) / len(expected)


def measured(corpus: tuple[Schema, ...], server: Server) -> Measured:
    """All schemas together: there a name means more tables than it does alone."""
    with server.database() as url:
        with helpers.connected(url) as connection:
            for schema in corpus:
                connection.execute(schema.sql.encode())
            connection.execute("ANALYZE")
        return Measured(
            said(url),
            {column: key for schema in corpus for column, key in schema.means.items()},
            {column for schema in corpus for column in schema.hopeless},
        )


@pytest.mark.parametrize(
    ("corpus", "recall"),
    [(SCHEMAS, 0.85), (BLIND, 0.6)],
    ids=["written together with the rules", "written without a look at the rules"],
)
def test_few_are_wrong_and_many_are_found(
    corpus: tuple[Schema, ...],
    recall: float,
    newest: Server,
    record_property: Callable[[str, object], None],
) -> None:
    """At most one in fifty is wrong. The recall of the blind corpus is the one to believe."""
    found = measured(corpus, newest)
    record_property("reported", len(found.said))
    record_property("wrong", found.wrong)
    record_property("recall", round(found.recall, 2))
    assert len(found.said) >= 50
    assert len(found.wrong) * 50 <= len(found.said), found.wrong
    assert found.recall >= recall


@pytest.mark.parametrize("schema", SCHEMAS, ids=[s.name for s in SCHEMAS])
def test_alone(schema: Schema, newest: Server) -> None:
    """Each schema by itself: what is said is right, but for one in fifty over all of them."""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(schema.sql.encode())
        found = said(url)
    wrong = {column for column, (key, _) in found.items() if schema.means.get(column) != key}
    assert wrong == set()
    assert not found.keys() & schema.nots.keys()


@pytest.mark.parametrize("corpus", [SCHEMAS, BLIND])
def test_the_corpus_is_as_large_as_promised(corpus: tuple[Schema, ...]) -> None:
    assert sum(len(schema.means) for schema in corpus) >= 40
    assert sum(len(schema.nots) for schema in corpus) >= 120


def test_names_alone_are_wrong_most_of_the_time(newest: Server) -> None:
    """The reason for all of this: the same names without a look at models or data."""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            for schema in SCHEMAS:
                connection.execute(schema.sql.encode())
        named = [shown(c) for c in helpers.snapshot(url).candidates if not c.fits]
    means = {column: key for schema in SCHEMAS for column, key in schema.means.items()}
    wrong = [column for column, key in named if means.get(column) != key]
    assert len(wrong) > len(named) / 4
