"""What relationships of the ORM do with rows that refer to a deleted one."""

from dataclasses import dataclass

from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship() from the model of one table to that of another."""

    attribute: str  # User.sessions
    table: Name
    target: Name
    deletes: bool  # cascade="all" or "delete": session.delete() deletes the other rows, too
    passive: bool  # passive_deletes: rows that are not loaded are left to the database
