"""An INSERT that is tried, and what it gave."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from remediate.rehearsal.row_changes import Change
from remediate.snapshots.tables import Name, Table, Writer

# What an INSERT meets where a key or its sequence is broken (PostgreSQL, appendix A).
# no value, no sequence, a value that exists, a sequence at its end, a value beyond the type
OF_KEYS = {"23502", "42P01", "23505", "2200H", "22003"}
_GIVEN = "32003"  # an id that every integer type holds


class Place(NamedTuple):
    """By what an INSERT is known again."""

    table: Name
    column: str
    relation: Name
    role: str
    given: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """An INSERT without what the database fills."""

    table: Table
    column: str  # the key that it leaves out; "" where it leaves out none
    writer: Writer
    values: tuple[tuple[str, str], ...] = ()  # of other columns, as SQL
    given: bool = False  # the key is among them: the application makes it
    overriding: bool = False  # even where the database would not let it

    @property
    def place(self) -> "Place":
        """Of the same INSERT, before and after a revision."""
        writer = self.writer
        return Place(self.table.name, self.column, writer.relation, writer.role, self.given)

    @property
    def by_owner(self) -> bool:
        """Whether it is the owner's, into the table itself."""
        return self.writer == Writer(self.table.owner, self.table.name)

    def with_key(self, type_: str) -> "Attempt":
        """The same by an application that makes the key."""
        key = "gen_random_uuid()" if type_ == "uuid" else _GIVEN
        return replace(self, values=(*self.values, (self.column, key)), given=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an INSERT gave: an id, or PostgreSQL's refusal."""

    writer: Writer
    id: str | None  # "" where it works, and leaves no row with such a column
    sqlstate: str = ""
    refusal: str = ""
    of_key: bool = False  # the key is missing, or its CHECK refuses it; nothing else was looked at
    in_the_way: str = ""  # what refused the row until it was taken away
    unclear: bool = False  # nothing follows from the refusal
    met: str = ""  # SQLSTATE, as an application sends it
    elsewhere: bool = False  # met in a function: of a trigger, of a default
    where: str = ""  # which function, as PostgreSQL says it
    foreign_key: str = ""  # the constraint that refused it then
    changes: tuple[Change, ...] = ()  # that were tried with the row; () where none were

    @property
    def works(self) -> bool:
        return self.id is not None

    @property
    def lacks_key(self) -> bool:
        """Whether it meets what a broken key, or a broken sequence, meets."""
        known = self.of_key if self.sqlstate == "23502" else self.sqlstate in OF_KEYS
        return known and not self.unclear

    @property
    def tells(self) -> bool:
        """Whether it works, or meets what a repair of the key takes away."""
        denied = self.sqlstate == "42501" and bool(self.writer.lacks)
        return self.works or self.lacks_key or denied

    @property
    def plain(self) -> bool:
        """Whether it works as an application sends it."""
        return self.works and not self.in_the_way
