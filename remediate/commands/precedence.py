"""Approved repairs and the revisions that wait: which comes first, and whether both run then."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from remediate.analysis.waiting import told_of_blocks
from remediate.codemod import Unsafe, without
from remediate.commands.progress import Progress
from remediate.commands.staging import with_rows
from remediate.errors import Refused
from remediate.findings.waiting import Waiting
from remediate.plans.plan import Plan
from remediate.project.reading import ProjectReading
from remediate.rehearsal.database import Subset
from remediate.rehearsal.followers import Followers, follow
from remediate.rehearsal.process import Move, Settings
from remediate.rehearsal.references import Reference
from remediate.rehearsal.scratch import Server
from remediate.render import waiting as words
from remediate.revisions.files import Staged
from remediate.revisions.graph import Placement
from remediate.revisions.repointing import Repointed
from remediate.snapshots.history import History, Revision
from remediate.system.paths import STARTED_IN


@dataclass(frozen=True, slots=True)
class Succession:
    """The revisions that follow the new ones and did not, and what all that wait repeat of them."""

    moved: tuple[Repointed, ...] = ()
    met: tuple[Waiting, ...] = ()


NOTHING_FOLLOWS = Succession()


def checked(
    plan: Plan, repaired: Collection[str], placement: Placement, history: History
) -> tuple[Waiting, ...]:
    """The revisions that wait and meet the repairs of these findings.

    Raises Refused where one of them cannot run before the repairs, and these would follow it.
    """
    found = _met(plan, repaired, history)
    blocked = next((one for one in found if one.stops), None)
    if blocked is None or placement.before:
        return found
    delete = " ".join(
        f"Delete {words.repeats(w)} of {w.file}.{words.passes(w)}" for w in found if w.repeats
    )
    raise Refused(
        f"{blocked.revision} has not run, and cannot run before the repair. "
        f"{words.reasons(blocked)}",
        f"Write the repair before it: {blocked.options}. Only the down_revision of "
        f"{'these' if blocked.beside else 'that revision'} changes then. {delete}".rstrip(),
    )


def _met(plan: Plan, repaired: Collection[str], history: History) -> tuple[Waiting, ...]:
    """Each revision once, with all that meets any of the repairs."""
    found: dict[str, Waiting] = {}
    for one in (w for item in plan.items if item.id in repaired for w in item.waiting):
        known = found.get(one.revision, replace(one, stops=(), repeats=()))
        found[one.revision] = replace(
            known,
            stops=tuple(dict.fromkeys((*known.stops, *one.stops))),
            repeats=told_of_blocks(
                (*known.repeats, *one.repeats), history.by_id[one.revision].text
            ),
        )
    return tuple(found.values())


def show(succession: Succession, progress: Progress) -> None:
    """What is going to change in files that are there."""
    for one in succession.moved:
        progress(one.diff)


def prove(
    succession: Succession,
    reading: ProjectReading,
    files: Sequence[Staged],
    rows: tuple[Reference, ...],
    server: Server,
    progress: Progress,
) -> None:
    """Say what becomes of the revisions that wait, without what they repeat.

    `rows`: the references for which the repairs need rows on both sides.

    Raises RehearsalFailed where one of them runs today, and not on top of these files.
    """
    if not succession.moved:
        return
    live, environment = reading.live, reading.environment
    ahead = reading.declared.history.ahead
    places = tuple((t, key) for t in live.tables if (key := with_rows(t)) is not None)
    what = Followers(
        source=live.database,
        libpq=reading.libpq,
        folder=reading.project.folder,
        settings=Settings.of(reading.project.config, environment.configured),
        version_table=environment.version_table,
        heads=environment.heads,
        arguments=environment.plain_arguments("Write without proof: --no-rehearse."),
        subset=Subset(places, live.sequences, (), rows, whole=True),
        new=tuple(map(_move, files)),
        alone=tuple(Move(r.id, str(_path(r)), r.down, (r.id,)) for r in ahead),
        after=tuple(_after(ahead, files, succession)),
        names={r.id: r.source.file for r in ahead},
    )
    for sentence in follow(what, server):
        progress(sentence)


def _after(
    ahead: Sequence[Revision], files: Sequence[Staged], succession: Succession
) -> Iterator[Move]:
    """The revisions that wait as they will be."""
    old, new = files[0].down_revision, files[-1].revision
    moved = {one.revision for one in succession.moved}
    for revision in ahead:
        own = revision.down
        if revision.id in moved:
            own = tuple(new if one == old else one for one in own) or (new,)
        text = _without_repeats(revision, succession.met)
        yield Move(revision.id, str(_path(revision)), own, (revision.id,), text=text)


def _move(file: Staged) -> Move:
    parents = (file.down_revision,) if file.down_revision else ()
    return Move(file.revision, str(file.path), parents, (file.revision,))


def _path(revision: Revision) -> Path:
    return (STARTED_IN / revision.source.file).resolve()


def _without_repeats(revision: Revision, several: Sequence[Waiting]) -> str:
    """Its text without what it repeats; "" where it is to run as it is."""
    met = [one for one in several if one.revision == revision.id]
    lines = {(r.first, r.last) for one in met for r in one.repeats if r.whole}
    try:
        return without(revision.text, lines) if lines else ""
    except Unsafe:  # several statements on one line
        return ""
