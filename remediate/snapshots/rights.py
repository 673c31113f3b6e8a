"""What the role that reads lacks, of the rights that a repair of a table asks for."""

from enum import StrEnum


class Right(StrEnum):
    """What PostgreSQL refuses without it (42501)."""

    OWNERSHIP = "ownership"  # ALTER TABLE: the role is no member of the owner
    CREATE = "create"  # in the table's schema: a sequence, an index, a table
    OWNER_CREATE = "owner_create"  # the same, of the table's owner: whoever is to own a thing there
    ROWS = "rows"  # row security hides some, and a repair counts on all
