"""What repairs declared, as the text of their revisions or the steps of a plan tell it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from remediate.findings import marks
from remediate.findings.finding import Place
from remediate.findings.remedy import Step
from remediate.lint import facts_of, read
from remediate.lint.facts import Fact
from remediate.snapshots.history import Revision
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from remediate.verification import promised
from remediate.verification.promised import Reference


@dataclass(frozen=True, slots=True)
class Promises:
    """What the repairs of a database declared, and no later revision took back."""

    references: tuple[Reference, ...] = ()
    indexes: tuple[tuple[Name, tuple[str, ...]], ...] = ()  # tables, and the columns of each
    keys: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)  # primary ones
    generated: frozenset[tuple[Name, str]] = frozenset()  # columns of these, with a default

    def at(self, place: Place) -> tuple[Reference, ...]:
        """The foreign keys of this name or on this column; of a table without either, all."""
        of_table = (one for one in self.references if one.table == place.table)
        return tuple(one for one in of_table if place.column in (None, one.name, *one.columns[:1]))

    def indexed(self, fk: ForeignKey) -> bool:
        """Whether an index for this foreign key was declared."""
        wide = len(fk.columns)
        return any(t == fk.table and {*cs[:wide]} == {*fk.columns} for t, cs in self.indexes)

    def __or__(self, others: "Promises") -> "Promises":
        """Both, the others first where they speak of one thing."""
        keys = {**self.keys, **others.keys}
        return Promises(
            tuple(dict.fromkeys((*others.references, *self.references))),
            (*others.indexes, *self.indexes), keys, self.generated | others.generated,
        )  # fmt: skip

    @property
    def at_first(self) -> "Promises":
        """What is there before the revision has run that builds indexes and validates."""
        pending = tuple(replace(one, checked=False) for one in self.references)
        return replace(self, references=pending, indexes=())


NO_PROMISES = Promises()


def of_revisions(
    revisions: Iterable[Revision], tables: Collection[Name], live: Live, engine: str = ""
) -> Promises:
    """What these revisions, run in this order, leave of what those of ours declared.

    Those that speak of none of the tables are not read. Whatever a revision of somebody else may
    have done to a table, as far as its text does not tell, nothing is promised of it any more.
    """
    walk = promised.Walk(live)
    for revision in revisions:
        if _speaks_of(revision.text, tables):
            _follow(walk, revision, engine)
    return _promises(walk)


def of_steps(steps: Iterable[Step], live: Live) -> Promises:
    """What the steps of a plan declare."""
    done = [*steps]
    walk = promised.Walk(live)
    walk.follow(_facts(s.up for s in done), _facts(s.down for s in done), ours=True)
    return _promises(walk)


def _facts(texts: Iterable[str]) -> list[Fact]:
    return [fact for text in texts if text for fact in facts_of(text)]


def _follow(walk: promised.Walk, revision: Revision, engine: str) -> None:
    ours = marks.is_ours(revision.text, engine)
    if not ours and walk.empty:
        return
    try:
        changes = read(revision.text).changes
    except SyntaxError:
        walk.forget_named(revision.text)
        return
    ways = ("upgrade", f"upgrade_{engine}")
    up = [change.fact for change in changes if change.function in ways]
    if not ours and any(map(promised.is_unclear, up)):
        walk.forget_named(revision.text)
    walk.follow(up, [c.fact for c in changes if c.function not in ways], ours=ours)


def _speaks_of(text: str, tables: Collection[Name]) -> bool:
    """A name that Python may spell in another way may be anywhere."""
    return any(not one.name.isidentifier() or one.name in text for one in tables)


def _promises(walk: promised.Walk) -> Promises:
    return Promises(
        tuple(walk.references.values()), tuple(walk.indexes.values()), walk.keys,
        frozenset(walk.generated),
    )  # fmt: skip
