"""The kinds of defects that the comparison of tools counts, and the errors that show them."""

from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with a table or a column, in words for a table."""

    UNFILLED = "nothing generates the key"
    UNRESOLVED = "the default names a sequence that is not there"
    TAKEN = "an id that exists comes next"
    FULL = "the ids run out"
    REFUSED = "a role may insert, but may not use the sequence"
    MISTYPED = "a column holds another table's key in another type"
    UNDECLARED = "a column holds another table's key without a foreign key"
    NARROWER = "a foreign key column cannot hold every id of its parent"
    UNINDEXED = "a foreign key has no index that a lookup can use"
    KEYLESS = "the model's primary key is not in the database"


# The SQLSTATE that an INSERT without the key ends with.
BY_ERROR = {
    "23502": Kind.UNFILLED,
    "42P01": Kind.UNRESOLVED,
    "23505": Kind.TAKEN,
    "2200H": Kind.FULL,
    "22003": Kind.FULL,
    "42501": Kind.REFUSED,
}
