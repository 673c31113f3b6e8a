"""`remediate triage`: log files, and the plan of the database, to the order of repair."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum

from remediate.catalog import indexes
from remediate.commands.planning import planned
from remediate.commands.progress import Progress, silent
from remediate.commands.written import written
from remediate.config import Config
from remediate.errors import RemediateError, UsageProblem
from remediate.logs import files, ranking, since, skimming
from remediate.logs.entries import Entry
from remediate.logs.ranking import Group, Tally, Triage
from remediate.logs.reader import LogReader
from remediate.postgres import client
from remediate.project import inspection
from remediate.project.discovery import discover
from remediate.system import stages
from remediate.system.paths import shown

_LINES = 1_000_000  # between two words about how far it is


@dataclass(frozen=True, slots=True)
class TriageOptions:
    """The logs, and whether a database is asked what explains them."""

    logs: tuple[str, ...]
    """Files of PostgreSQL's or the application's logs, also gz; "-" is standard input."""
    plan: bool = True
    """Look for the findings behind the errors; else the errors are only counted."""
    since: str = ""
    """Leave out earlier errors: 24h, 7d, or a time of ISO 8601; those without a time count."""


def triage(config: Config, options: TriageOptions, progress: Progress = silent) -> Triage:
    """The errors of these logs, with the findings that explain them where a database can be read.

    Progress is said each million lines. Raises UsageProblem for a file that cannot be read, for
    logs without a line and a time that is none, before the database is asked; DatabaseProblem where
    that cannot be read.
    """
    begin = since.start(options.since, datetime.now(UTC)) if options.since else None
    files.check(options.logs)
    met = read(options.logs, progress, begin)
    if not met.lines:
        raise UsageProblem(
            f"nothing to judge: {_shown(options.logs)} holds no line",
            "Name the log of the time in which the errors came.",
        )
    if not options.plan or not (config.database_url or _in_project(config)):
        return ranking.counts(met)
    try:
        now = inspection.read(config)
        with client.reading(now.libpq) as connection:
            found = indexes.unique(connection, ranking.indexes_met(met))
    except RemediateError as error:
        hint = f"{error.hint} Without the database: remediate triage --no-plan".strip()
        raise type(error)(error.message, hint) from error
    plan = planned(now, config)
    ended = frozenset(id_ for one in written(plan, now) for id_ in one.ended)
    return replace(ranking.triage(met, plan, now.live, found), written=ended)


def _shown(paths: Sequence[str]) -> str:
    names = ["standard input" if path == files.STDIN else shown(path) for path in paths]
    return ", ".join(names)


def read(paths: Sequence[str], progress: Progress = silent, begin: datetime | None = None) -> Tally:
    """What the logs hold, in one pass over each; what is known to be from before `begin` is not."""
    groups: dict[object, Group] = {}
    left: Counter[_Left] = Counter()
    untold = lines = cut = 0
    stages.begin("reading lines of logs")
    for path in paths:
        reader = LogReader()
        for block in files.blocks(path):
            before, lines = lines, lines + block.count(b"\n") + (not block.endswith(b"\n"))
            for number in range(before // _LINES + 1, lines // _LINES + 1):
                progress(f"remediate: {number * _LINES:,} lines read")
            stages.count(lines)
            left += _count(skimming.entries(block, reader), groups, begin)
            cut += files.overlong(block)
        left += _count(reader.rest(), groups, begin)
        untold += _untold(reader.untold_at, begin)
    return Tally(
        tuple(groups.values()),
        left[_Left.OTHERS],
        untold,
        lines,
        tuple(paths),
        cut,
        since=f"{begin:%Y-%m-%d %H:%M:%S}Z" if begin else "",
        earlier=left[_Left.EARLIER],
        timeless=left[_Left.TIMELESS],
        own=left[_Left.OWN],
    )


def _untold(times: Counter[str], begin: datetime | None) -> int:
    """The lines of an unknown language that are not known to be from before."""
    if begin is None:
        return times.total()
    places = ((since.place(time, begin), count) for time, count in times.items())
    return sum(count for place, count in places if place is not since.Place.EARLIER)


class _Left(Enum):
    OTHERS = "another error"
    EARLIER = "from before"
    TIMELESS = "without a time"
    OWN = "of remediate itself"


def _count(
    entries: Iterable[Entry], groups: dict[object, Group], begin: datetime | None
) -> Counter[_Left]:
    """What of them goes into no group, and what does without a time."""
    left: Counter[_Left] = Counter()
    for entry in entries:
        place = since.place(entry.time, begin) if begin else since.Place.SINCE
        if place is since.Place.EARLIER:
            left[_Left.EARLIER] += entry.error is not None
        elif entry.own:
            left[_Left.OWN] += 1
        elif entry.error is None:
            left[_Left.OTHERS] += 1
        else:
            left[_Left.TIMELESS] += place is since.Place.UNTOLD
            ranking.counted(groups, entry, entry.error)
    return left


def _in_project(config: Config) -> bool:
    return discover(config) is not None
