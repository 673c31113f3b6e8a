"""How fast a key uses its ids, when they end at that pace, and how sure that is.

A saved plan holds the next id of its time; rows may hold the time of their insertion beside their
id; PostgreSQL counts inserts since its statistics were reset, also those that were rolled back
(pg_stat_user_tables.n_tup_ins). What was watched for a day at least goes before what was not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from remediate.analysis.outlooks import inserts_a_day
from remediate.findings.finding import Facts
from remediate.snapshots.live import Live, drawn_from, family
from remediate.snapshots.marks import Basis, Mark
from remediate.snapshots.tables import Column, Table
from remediate.system.words import counted

WATCHED_WELL = 7.0  # days, at least, and this share of the days that are left
SHARE_WATCHED = 0.1
WATCHED_LONG = 30.0  # days, at least, where a restore may be among what was counted
DISAGREE = 2.0  # times: one pace is so much faster than another
NEARLY_ALL = 0.9  # of its ids: inserts that were counted hold those of a restore, too


class Sure(StrEnum):
    """How far a forecast can be trusted."""

    GOOD = "good"  # watched for a week and a tenth of what is left, and nothing disagrees
    ROUGH = "rough"
    GUESS = "guess"  # watched for less than a day; or less than a month, with all its ids


@dataclass(frozen=True, slots=True)
class Pace:
    """Ids that are used a day, over so many days."""

    a_day: float
    days: float
    basis: Basis
    of_all: bool = False  # ids that the key has: a restore may be among what was counted


@dataclass(frozen=True, slots=True)
class PaceFacts(Facts):
    """What a forecast is made of."""

    ids_a_day: float
    pace_basis: str  # see Basis
    pace_days: float  # over which they were watched
    pace_sure: str  # see Sure

    @property
    def is_reliable(self) -> bool:
        """Whether something may be done about it, and not only said."""
        return self.pace_sure != Sure.GUESS.value

    @property
    def about(self) -> str:
        """The word before a forecast: "about", "roughly" or "perhaps"."""
        return _ABOUT.get(self.pace_sure, "about")


@dataclass(frozen=True, slots=True)
class Forecast:
    """When ids end."""

    days_left: float
    pace: Pace
    sure: Sure

    @property
    def facts(self) -> PaceFacts:
        pace = self.pace
        return PaceFacts(
            round(pace.a_day, 1), pace.basis.value, round(pace.days, 1), self.sure.value
        )


def forecast(table: Table, column: str, left: int, live: Live) -> Forecast | None:
    """When so many ids of a key are used; None where its pace is not known, or it rests."""
    known = sorted(paces(table, column, live), key=lambda pace: pace.days < 1)
    if not known:
        return None
    best, *others = known
    days = round(left / best.a_day, 1)
    return Forecast(days, best, _sure(days, best, others))


def paces(table: Table, column: str, live: Live) -> Iterator[Pace]:
    """All that are known, by their basis the best first."""
    if table.has(column):
        marks = live.marks.get((table.name, column), ())
        for mark in sorted(marks, key=lambda mark: list(Basis).index(mark.basis)):
            yield from _since(mark, table.column(column), live)
    inserts = sum(part.inserts or 0 for part in family(table, live))
    if a_day := inserts_a_day(inserts, live):
        now = next_id(table.column(column), live) if table.has(column) else None
        of_all = now is None or inserts >= NEARLY_ALL * abs(now - 1)
        yield Pace(a_day, live.database.statistics_days or 0.0, Basis.STATISTICS, of_all)


def next_id(column: Column, live: Live) -> int | None:
    """The id that comes next, by its sequence or by the highest one; None where neither is read."""
    if sequence := drawn_from(column, live):
        return sequence.next
    high = column.extremes.high if column.extremes else None
    return None if high is None else high + 1


def _since(mark: Mark, column: Column, live: Live) -> Iterator[Pace]:
    now, sequence = next_id(column, live), drawn_from(column, live)
    if now is None or mark.days <= 0:
        return
    used = (now - mark.next) / (sequence.increment if sequence else 1)
    if used > 0:
        yield Pace(used / max(mark.days, 1.0), mark.days, mark.basis)


_ABOUT: Mapping[str, str] = {Sure.GOOD: "about", Sure.ROUGH: "roughly", Sure.GUESS: "perhaps"}
_WATCHED = {
    Basis.PLAN: "since the plan of {days} ago",
    Basis.ROWS: "by the times of its rows, {days} back",
    Basis.STATISTICS: "by the statistics of {days}",
}


def in_words(days_left: float | None, pace: PaceFacts | None) -> str:
    """For the end of a sentence: when, at which pace, and how it is known; "" where it is not."""
    if days_left is None or pace is None:
        return ""
    return f", in {pace.about} {counted(round(days_left), 'day')} at {rate(pace)}"


def rate(pace: PaceFacts) -> str:
    """Ids a day, and how that is known."""
    watched = _WATCHED[Basis(pace.pace_basis)].format(days=counted(round(pace.pace_days), "day"))
    return f"{_rounded(pace.ids_a_day)} ids a day ({watched})"


def _rounded(rate: float) -> str:
    """With two digits that count: nobody knows more of it."""
    known = float(f"{rate:.2g}")
    return f"{known:,.0f}" if known >= 1 else f"{known:g}"


def reliable(known: Forecast | None) -> float | None:
    """The days that are left, for what acts on them; None where they are not known, or a guess."""
    return None if known is None or known.sure is Sure.GUESS else known.days_left


def _sure(days_left: float, best: Pace, others: list[Pace]) -> Sure:
    if best.days < (WATCHED_LONG if best.of_all else 1):
        return Sure.GUESS
    well = best.days >= max(WATCHED_WELL, SHARE_WATCHED * days_left)
    rates = [pace.a_day for pace in (best, *others) if pace.days >= 1]
    agrees = not best.of_all and max(rates) <= DISAGREE * min(rates)
    return Sure.GOOD if well and agrees else Sure.ROUGH
