"""SELECTs from the tables that a revision touches, and from the views that hang on them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import psycopg
from psycopg.pq import TransactionStatus

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal.messages import Rows, results, thrown_away
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

_AT_ONCE = 50  # in one message; where one is refused, each of them is asked alone


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
    made = [*places]
    found: dict[Place, Answer] = {}
    for start in range(0, len(made), _AT_ONCE):
        some = made[start : start + _AT_ONCE]
        found |= _read_together(connection, some) or {p: _read(connection, p) for p in some}
    return found


def _read_together(connection: psycopg.Connection, places: Sequence[Place]) -> Answers:
    """In one message, each in a transaction of its own; nothing where one of them is refused."""
    try:
        found = results(connection, *(one for p in places for one in ("BEGIN", *_asked(p))))
    except psycopg.Error:
        if connection.info.transaction_status is TransactionStatus.INERROR:
            connection.execute("ROLLBACK")
        return {}
    return {p: _answer(rows) for p, rows in zip(places, found, strict=True)}


def _read(connection: psycopg.Connection, place: Place) -> Answer:
    opening, *statements = _asked(place)
    with thrown_away(connection, opening) as transaction:
        try:
            *_, found = transaction.results(*statements)
        except psycopg.Error as error:
            return Answer(None, "", error.sqlstate or "", str(error).splitlines()[0])
    return _answer(found)


def _asked(place: Place) -> tuple[str, ...]:
    """The statements after BEGIN; one of them gives a row."""
    relation, role = place.relation, place.role
    selected = ", ".join(map(ident, place.columns)) or "*"
    text = "string_agg(r::text, chr(10) ORDER BY r::text)" if place.stored else "NULL"
    return (
        f"SET LOCAL statement_timeout = '{LONGEST}'",
        f"SET LOCAL ROLE {ident(NOBODY if role == PUBLIC else role)}",
        # As text, or the planner leaves out what nobody asks for.
        f"SELECT count(r::text), coalesce(md5({text}), '') "
        f"FROM (SELECT {selected} FROM {relation.sql}) r",
        "ROLLBACK",
    )


def _answer(found: Rows) -> Answer:
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
            what = f"SELECT from {relation} returns other rows after {how.since}"
            evidence = f"{answer.rows:,} rows now, {known.rows:,} before"
        elif answer.works and how.digests and answer.digest != known.digest:
            what = f"SELECT from {relation} returns other rows after {how.since}"
            evidence = "as many rows, with other values"
        if what:
            yield Defect(
                "SELECT_BREAKS", what, f"as {role}: {evidence}", "leave it as it was", how.file
            )
