"""How often an undeclared reference is found, and how often something else is called one."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from remediate.judgement import grounds
from remediate.references import Candidate
from remediate.write.scratch import Server
from tests import helpers
from tests.references import SCHEMAS, Schema


def shown(candidate: Candidate) -> tuple[str, str]:
    return (
        f"{candidate.table.schema}.{candidate.table.name}.{candidate.column}",
        f"{candidate.target.schema}.{candidate.target.name}.{candidate.target_column}",
    )


def said(url: sa.URL) -> dict[str, tuple[str, Candidate]]:
    """By column: the key that it is said to mean."""
    found = [c for c in helpers.snapshot(url).candidates if grounds(c)]
    return {shown(c)[0]: (shown(c)[1], c) for c in found}


@pytest.fixture(scope="module")
def everything(server: Server) -> dict[str, tuple[str, Candidate]]:
    """All schemas in one database, where names mean more tables than they do alone."""
    with server.database() as url:
        with helpers.connected(url) as connection:
            for schema in SCHEMAS:
                connection.execute(schema.sql.encode())
            connection.execute("ANALYZE")
        return said(url)


MEANS = {column: key for schema in SCHEMAS for column, key in schema.means.items()}
NOTS = {column for schema in SCHEMAS for column in schema.nots}
HOPELESS = {column for schema in SCHEMAS for column in schema.hopeless}


def test_few_are_wrong_and_many_are_found(
    everything: dict[str, tuple[str, Candidate]], record_property: Callable[[str, object], None]
) -> None:
    wrong = {column: key for column, (key, _) in everything.items() if MEANS.get(column) != key}
    expected = MEANS.keys() - HOPELESS
    missed = sorted(expected - everything.keys())
    recall = 1 - len(missed) / len(expected)
    mistyped = sum(not candidate.fits for _, candidate in everything.values())
    record_property("reported", f"{len(everything)}, of which {mistyped} mistyped")
    record_property("wrong", sorted(wrong))
    record_property("recall", f"{recall:.2f} of {len(expected)}")
    assert len(everything) >= 50
    assert len(wrong) * 50 <= len(everything), wrong
    assert recall >= 0.85, missed


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


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(MEANS) >= 40
    assert len(NOTS) >= 120


def test_names_alone_are_wrong_most_of_the_time(newest: Server) -> None:
    """The reason for all of this: the same names without a look at models or data."""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            for schema in SCHEMAS:
                connection.execute(schema.sql.encode())
        named = [shown(c) for c in helpers.snapshot(url).candidates if not c.fits]
    wrong = [column for column, key in named if MEANS.get(column) != key]
    assert len(wrong) > len(named) / 4
