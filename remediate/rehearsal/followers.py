"""Revisions that wait, run with and without the new ones before them, on a scratch PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from remediate.errors import RehearsalFailed
from remediate.rehearsal import defects
from remediate.rehearsal.channel import open_channel
from remediate.rehearsal.database import Stage, Subset, prepare
from remediate.rehearsal.process import Move, Settings, Worker
from remediate.rehearsal.result import Run
from remediate.rehearsal.scratch import Server
from remediate.rehearsal.versions import version_table
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Name
from remediate.system.paths import shown

SECONDS = 600  # that a statement may take


@dataclass(frozen=True, slots=True)
class Followers:
    """What is run, on which schema. Moves are upgrades, in the order in which they run."""

    source: Database
    libpq: dict[str, str] = field(repr=False)  # of the live database; holds the password
    folder: Path  # the project's
    settings: Settings
    version_table: Name  # its schema may be ""
    heads: tuple[str, ...]  # where the live database is
    arguments: Mapping[str, object]
    subset: Subset
    new: tuple[Move, ...]
    alone: tuple[Move, ...]  # the revisions that wait, as they are now
    after: tuple[Move, ...]  # the same as they will be, on top of the new ones
    names: Mapping[str, str]  # of their files, by revision


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far revisions came."""

    done: int
    failure: str = ""  # of the one that failed, with its line
    left: str = ""  # how the schema differs after their downgrades


def follow(what: Followers, server: Server) -> tuple[str, ...]:
    """What becomes of the revisions that wait, in sentences.

    Raises RehearsalFailed where one that runs today does not run after the new ones, or does not
    go back.
    """
    alone, after = _run(what, server, (), what.alone), _run(what, server, what.new, what.after)
    ids = [move.revision for move in what.after]
    if after.done < min(alone.done, len(ids)):
        raise _worse(f"{ids[after.done]} runs today, but not after the repair: {after.failure}")
    if after.failure:
        still = "still does not run" if alone.failure else "does not run"
        return (f"{ids[after.done]} {still} after the repair: {after.failure}",)
    if after.left and not (alone.failure or alone.left):
        raise _worse(
            f"after the repair, the downgrade of {', '.join(ids)} does not lead back as it does "
            f"today:\n{after.left}"
        )
    ran = f"{', '.join(ids)} {'runs' if len(ids) == 1 else 'run'} after the repair"
    if any(move.text for move in what.after):
        ran += ", without the lines to delete"
    return (
        f"{ran}; the downgrade does not restore the schema:\n{after.left}" if after.left else ran,
    )


def _worse(message: str) -> RehearsalFailed:
    return RehearsalFailed(
        message,
        "Nothing was written. Change that revision so that both can run, then run this again.",
    )


def _run(what: Followers, server: Server, first: Sequence[Move], moves: Sequence[Move]) -> Outcome:
    """All of `first`, then as many of the others as run, and these back again."""
    with (
        prepare(server, what.source, what.libpq, what.subset) as stage,
        open_channel(stage.url, what.folder) as channel,
    ):
        worker = Worker(
            channel, stage.url, stage.migrating, what.source.search_path, what.settings,
            what.version_table, what.arguments, SECONDS,
        )  # fmt: skip
        table = _qualified(what)
        stage.stamp(table, what.heads)
        for move in first:
            run = worker.run([move])
            if not run.passed:
                raise RehearsalFailed(_failure(what, move, run), "Please report this as a bug.")
        start = stage.schema(table)
        for done, move in enumerate(moves):
            run = worker.run([move])
            if not run.passed:
                return Outcome(done, _failure(what, move, run))
        return _back(what, worker, stage, moves, start)


def _back(
    what: Followers, worker: Worker, stage: Stage, moves: Sequence[Move], start: str
) -> Outcome:
    for move in reversed(moves):
        back = replace(move, came_from=move.goes_to, goes_to=move.came_from, way="downgrade")
        run = worker.run([back])
        if not run.passed:
            return Outcome(len(moves), left=_failure(what, back, run))
    return Outcome(len(moves), left=defects.difference(start, stage.schema(_qualified(what))))


def _failure(what: Followers, move: Move, run: Run) -> str:
    """The first statement that failed, or what else ended it."""
    failed = next(iter(run.errors), None)
    line = failed.line if failed else run.failure_line
    message = failed.message if failed else run.failure
    file = what.names.get(move.revision, shown(move.file))
    return f"{file}:{line}: {(message or 'it failed').splitlines()[0]}"


def _qualified(what: Followers) -> Name:
    return version_table(what.libpq, what.version_table, what.source)
