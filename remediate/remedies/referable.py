"""Which tables PostgreSQL lets a foreign key lead to."""

from remediate.analysis.facts import in_words
from remediate.postgres.sql import quote
from remediate.snapshots.live import Live
from remediate.snapshots.references import Ends, ForeignKey


def obstacle(ends: Ends, live: Live) -> str:
    """Why no foreign key can be declared between the two tables; "" where one can."""
    table, target = live.table_of.get(ends.table), live.table_of.get(ends.target)
    if table and target and table.logged and not target.logged:
        return (
            f"{ends.target} is unlogged, and no permanent table can reference it (42P16): SET "
            "LOGGED first, or leave the reference undeclared"
        )
    keys = live.referable.get(ends.target)
    if keys is not None and frozenset(ends.target_columns) not in keys:
        columns = in_words(map(quote, ends.target_columns))
        return (
            f"no unique constraint of {ends.target} is about {columns} and nothing else, or it is "
            "deferrable or partial (42830): add one, or correct the model"
        )
    return ""


def full_match(fk: ForeignKey) -> str:
    """Why a foreign key of the models needs a person, who looks at rows that are NULL in part."""
    if fk.terms.match and len(fk.columns) > 1:
        return (
            f"its model says MATCH {fk.terms.match}, which refuses rows that are NULL in part: "
            "look for them, then declare it by hand"
        )
    return ""
