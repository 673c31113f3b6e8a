"""`remediate triage`: log files, and the plan of the database, to the order of repair."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remediate.catalog import indexes
from remediate.commands.plan import planned
from remediate.commands.progress import Progress, silent
from remediate.config import Config
from remediate.errors import RemediateError, UsageProblem
from remediate.logs import files, ranking, skimming
from remediate.logs.entries import Entry
from remediate.logs.ranking import Group, Tally, Triage
from remediate.logs.reader import LogReader
from remediate.postgres import client
from remediate.project import inspection
from remediate.project.discovery import discover
from remediate.system.paths import shown

_LINES = 1_000_000  # between two words about how far it is


@dataclass(frozen=True, slots=True)
class TriageOptions:
    """The logs, and whether a database is asked what explains them."""

    logs: tuple[str, ...]
    """Files of PostgreSQL's or the application's logs, also gz; "-" is standard input."""
    plan: bool = True
    """Look for the findings behind the errors; else the errors are only counted."""


def triage(config: Config, options: TriageOptions, progress: Progress = silent) -> Triage:
    """The errors of these logs, with the findings that explain them where a database can be read.

    Progress is said each million lines. Raises UsageProblem for a file that cannot be read and for
    logs without a line, before the database is asked; DatabaseProblem where that cannot be read.
    """
    files.check(options.logs)
    met = read(options.logs, progress)
    if not met.lines:
        raise UsageProblem(
            f"nothing to judge: {_shown(options.logs)} holds no line",
            "Name the log of the time in which the errors came.",
        )
    if not options.plan or not (config.database_url or _in_project(config)):
        return ranking.counts(met)
    try:
        now = inspection.read(config)
        with client.connect(now.libpq) as connection:
            found = indexes.unique(connection, ranking.indexes_met(met))
    except RemediateError as error:
        hint = f"{error.hint} Without the database: remediate triage --no-plan".strip()
        raise type(error)(error.message, hint) from error
    return ranking.triage(met, planned(now, config), now.live, found)


def _shown(paths: Sequence[str]) -> str:
    names = ["standard input" if path == files.STDIN else shown(path) for path in paths]
    return ", ".join(names)


def read(paths: Sequence[str], progress: Progress = silent) -> Tally:
    """What the logs hold, in one pass over each."""
    groups: dict[object, Group] = {}
    others = untold = lines = cut = 0
    for path in paths:
        reader = LogReader()
        for block in files.blocks(path):
            before, lines = lines, lines + block.count(b"\n") + (not block.endswith(b"\n"))
            for number in range(before // _LINES + 1, lines // _LINES + 1):
                progress(f"remediate: {number * _LINES:,} lines read")
            others += _count(skimming.entries(block, reader), groups)
            cut += files.overlong(block)
        others += _count(reader.rest(), groups)
        untold += reader.untold
    return Tally(tuple(groups.values()), others, untold, lines, tuple(paths), cut)


def _count(entries: Iterable[Entry], groups: dict[object, Group]) -> int:
    """How many of them are other errors; the rest goes into the groups."""
    others = 0
    for entry in entries:
        if entry.error is None:
            others += 1
        else:
            ranking.counted(groups, entry, entry.error)
    return others


def _in_project(config: Config) -> bool:
    return discover(config) is not None
