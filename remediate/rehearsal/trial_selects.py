"""SELECTs from the tables that a revision touches, and from the views that hang on them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal.messages import thrown_away
from remediate.rehearsal.probe import LONGEST, NOBODY
from remediate.rehearsal.result import Defect
from remediate.snapshots.tables import PUBLIC, Name


class Place(NamedTuple):
    """Who reads what."""

    relation: Name
    role: str
    columns: tuple[str, ...]  # that it may read; (): all
    stored: bool  # rows of a table: a view may give others at another time


# To read less, and not to read at all: somebody may mean it.
TAKEN_AWAY = {"42501", "42P01"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a SELECT gave: how many rows and a digest of them, or PostgreSQL's refusal."""

    rows: int | None
    digest: str = ""  # of what is stored
    sqlstate: str = ""
    refusal: str = ""

    @property
    def works(self) -> bool:
        return self.rows is not None


Answers = Mapping[Place, Answer]


def read_all(connection: psycopg.Connection, tables: Iterable[Name]) -> Answers:
    """What each role reads of these tables and of the views that hang on them."""
    found = fetch(connection, __package__, "readable", [str(name) for name in tables])
    places = (Place(Name(s, n), role, tuple(of or ()), stored) for s, n, role, of, stored in found)
    return read_again(connection, places)


def read_again(connection: psycopg.Connection, places: Iterable[Place]) -> Answers:
    """The same once more."""
    return {place: _read(connection, place) for place in places}


def _read(connection: psycopg.Connection, place: Place) -> Answer:
    relation, role = place.relation, place.role
    selected = ", ".join(map(ident, place.columns)) or "*"
    text = "string_agg(r::text, chr(10) ORDER BY r::text)" if place.stored else "NULL"
    opening = f"SET LOCAL statement_timeout = '{LONGEST}'"
    with thrown_away(connection, opening) as transaction:
        try:
            *_, found = transaction.results(
                f"SET LOCAL ROLE {ident(NOBODY if role == PUBLIC else role)}",
                # As text, or the planner leaves out what nobody asks for.
                f"SELECT count(r::text), coalesce(md5({text}), '') "
                f"FROM (SELECT {selected} FROM {relation.sql}) r",
                "ROLLBACK",
            )
        except psycopg.Error as error:
            return Answer(None, "", error.sqlstate or "", str(error).splitlines()[0])
    ((rows, digest),) = found
    return Answer(rows, digest)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which answers are compared, and how strictly."""

    since: str  # what happened in between
    file: str
    strict: bool  # nothing may be taken away, either
    rows: bool = False  # as many of them
    digests: bool = False  # and the same


def worse(before: Answers, after: Answers, how: Comparison) -> Iterator[Defect]:
    """What could be read and can no more, or reads otherwise."""
    for place, answer in after.items():
        relation, role = place.relation, place.role
        known = before.get(place)
        if known is None or not known.works:
            continue
        what = evidence = ""
        if not answer.works and (how.strict or answer.sqlstate not in TAKEN_AWAY):
            what = f"SELECT from {relation} fails after {how.since}"
            evidence = f"{answer.refusal} ({answer.sqlstate})"
        elif answer.works and how.rows and answer.rows != known.rows:
            what = f"SELECT from {relation} gives other rows after {how.since}"
            evidence = f"{answer.rows} rows, before it {known.rows}"
        elif answer.works and how.digests and answer.digest != known.digest:
            what = f"SELECT from {relation} gives other rows after {how.since}"
            evidence = "as many rows, with other values"
        if what:
            yield Defect(
                "SELECT_BREAKS", what, f"as {role}: {evidence}", "leave it as it was", how.file
            )
