"""Frozen facts about a project's revisions, and what is wrong with their graph."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from remediate.snapshots.tables import Name, Source

WIDTH = 32  # of alembic_version.version_num, as Alembic makes it


@dataclass(frozen=True, slots=True)
class Revision:
    """One file of a versions folder, as it is written."""

    id: str
    down: tuple[str, ...]  # () for a root
    source: Source
    depends_on: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    creates: tuple[Name, ...] = ()  # tables; a schema of "" is the default one
    drops: tuple[Name, ...] = ()
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class History:
    """The revisions, and where the database is among them."""

    revisions: tuple[Revision, ...] = ()
    heads: tuple[str, ...] | None = None  # of the database; None: not read
    width: int = WIDTH  # of version_num in the database, in characters

    @cached_property
    def by_id(self) -> dict[str, Revision]:
        return {r.id: r for r in self.revisions}

    @cached_property
    def tips(self) -> tuple[Revision, ...]:
        """Those that none follows."""
        followed = {parent for r in self.revisions for parent in r.down}
        return tuple(r for r in self.by_id.values() if r.id not in followed)

    @cached_property
    def applied(self) -> frozenset[str]:
        """The ids that the database has run, by the graph."""
        found: set[str] = set()
        waiting = [*(self.heads or ())]
        while waiting:
            one = waiting.pop()
            if one not in found and one in self.by_id:
                found.add(one)
                waiting += (*self.by_id[one].down, *self.by_id[one].depends_on)
        return frozenset(found)

    @cached_property
    def in_order(self) -> tuple[Revision, ...]:
        """Each after all that it follows, as far as there is such an order."""
        done: dict[str, Revision] = {}
        left = dict(self.by_id)
        while left:
            ready = [i for i, r in left.items() if not {*r.down, *r.depends_on} & left.keys()]
            for id_ in ready or [next(iter(left))]:
                done[id_] = left.pop(id_)
        return tuple(done.values())

    @cached_property
    def waiting(self) -> tuple[Revision, ...]:
        """What the database has not run."""
        return tuple(r for r in self.revisions if r.id not in self.applied)


NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is wrong with the graph."""

    subject: str  # the revision, or ids of several
    message: str
    mend: str  # the smallest
    source: Source | None
    fatal: bool  # Alembic itself stops


def broken(history: History) -> tuple[Broken, ...]:
    """Everything that keeps Alembic, or this tool, from following the revisions."""
    return (
        *_duplicates(history),
        *_orphans(history),
        *_cycles(history),
        *_several(history),
        *_unknown_heads(history),
    )


def _duplicates(history: History) -> Iterator[Broken]:
    files: dict[str, list[Source]] = {}
    for revision in history.revisions:
        files.setdefault(revision.id, []).append(revision.source)
    for id_, sources in files.items():
        if len(sources) > 1:
            names = " and ".join(source.file for source in sources)
            yield Broken(
                id_, f"{id_} is the id of {len(sources)} revisions: {names}",
                "give one of them another id, and what follows it another down_revision",
                sources[-1], fatal=True,
            )  # fmt: skip


def _orphans(history: History) -> Iterator[Broken]:
    for revision in history.revisions:
        for parent in (*revision.down, *revision.depends_on):
            if parent not in history.by_id:
                word = "follows" if parent in revision.down else "depends on"
                yield Broken(
                    revision.id, f"{revision.id} {word} {parent}, which is in no versions folder",
                    "bring its file back, or name the revision that takes its place",
                    revision.source, fatal=True,
                )  # fmt: skip


def _cycles(history: History) -> Iterator[Broken]:
    parents = {i: {*r.down, *r.depends_on} & history.by_id.keys() for i, r in history.by_id.items()}
    left = _between(_between(parents, up=True), up=False)
    if left:
        ids = ", ".join(sorted(left))
        yield Broken(
            ids, f"these revisions follow each other in a circle: {ids}",
            "let one of them follow a revision outside of the circle, or None",
            history.by_id[min(left)].source, fatal=True,
        )  # fmt: skip


def _between(parents: dict[str, set[str]], *, up: bool) -> dict[str, set[str]]:
    """Without those that follow none of the others (`up`), or that none of the others follows."""
    left = dict(parents)
    while True:
        followed = set().union(*left.values())
        ends = [
            i for i, ids in left.items() if (not ids & left.keys() if up else i not in followed)
        ]
        if not ends:
            return left
        for id_ in ends:
            del left[id_]


def _several(history: History) -> Iterator[Broken]:
    """Labels say that somebody wanted them."""
    roots = [r for r in history.by_id.values() if not r.down and not r.labels]
    if len(roots) > 1:
        ids = ", ".join(r.id for r in roots)
        yield Broken(
            ids, f"{len(roots)} revisions follow none: {ids}",
            "let each but the first follow another, or give each a branch label",
            roots[-1].source, fatal=False,
        )  # fmt: skip
    tips = [r for r in history.tips if not _labelled(r, history)]
    if len(tips) > 1:
        ids = ", ".join(r.id for r in tips)
        yield Broken(
            ids, f"the project has {len(tips)} heads: {ids}",
            "alembic merge heads", tips[-1].source, fatal=False,
        )  # fmt: skip


def _labelled(revision: Revision, history: History) -> bool:
    """Whether it is on a branch with a name."""
    seen: set[str] = set()
    waiting = [revision]
    while waiting:
        one = waiting.pop()
        if one.labels:
            return True
        if one.id not in seen:
            seen.add(one.id)
            waiting += [history.by_id[parent] for parent in one.down if parent in history.by_id]
    return False


def _unknown_heads(history: History) -> Iterator[Broken]:
    for head in history.heads or ():
        if history.revisions and head not in history.by_id:
            yield Broken(
                head, f"the database is at {head}, which is in no versions folder",
                "bring its file back (another branch?), or alembic stamp the right one",
                None, fatal=True,
            )  # fmt: skip
