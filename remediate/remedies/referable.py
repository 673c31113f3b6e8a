"""Which tables PostgreSQL lets a foreign key lead to."""

from remediate.analysis.facts import in_words
from remediate.postgres.sql import quote
from remediate.snapshots.live import Live
from remediate.snapshots.references import Ends, ForeignKey
from remediate.snapshots.tables import Name, Table


def obstacle(fk: ForeignKey, live: Live) -> str:
    """Why the foreign key cannot be declared, or would refuse everything; "" where it can."""
    return (
        _unreferable(fk.ends, live) or _unchecked(fk, live) or _full_match(fk) or _named(fk, live)
    )


def unlogged(ends: Ends, live: Live) -> str:
    """Why a permanent table cannot reference this one; either may be one that models declare."""
    table, target = (_relation(name, live) for name in (ends.table, ends.target))
    if table and target and table.logged and not target.logged:
        return (
            f"{ends.target} is unlogged, and a permanent table cannot reference it (42P16): SET "
            "LOGGED first, or leave the reference undeclared"
        )
    return ""


def _relation(name: Name, live: Live) -> Table | None:
    new = live.unmade.table_of.get(name)
    return live.table_of.get(name) or (new.declared if new else None)


def _unreferable(ends: Ends, live: Live) -> str:
    if reason := unlogged(ends, live):
        return reason
    target = live.table_of.get(ends.target)
    if ends.target in live.inherited:
        return (
            f"{ends.target} has inheritance children, and a foreign key ignores them: PostgreSQL "
            "would refuse the ids of their rows (23503). Use a trigger instead"
        )
    keys = live.referable.get(ends.target)
    if keys is not None and frozenset(ends.target_columns) not in keys:
        columns = in_words(map(quote, ends.target_columns))
        missing = target.missing_key if target else None
        repaired = missing.columns if missing and not missing.apart else ()
        if frozenset(repaired) == frozenset(ends.target_columns):
            return (
                f"{ends.target} has neither a primary key nor a unique constraint on {columns} "
                "(42830): repair that first (PK009)"
            )
        return (
            f"{ends.target} has no unique constraint on exactly {columns}, or it is deferrable or "
            "partial (42830): add one, or correct the model"
        )
    return ""


def _unchecked(fk: ForeignKey, live: Live) -> str:
    """PostgreSQL looks into either table as the role that owns it, whoever inserts or deletes."""
    for name in (fk.target, fk.table):
        cascades = name == fk.table and fk.on_delete == "CASCADE"
        lacking = [r for r in live.owners_lack.get(name, ()) if r != "DELETE" or cascades]
        if lacking:
            owner = live.table_of[name].owner
            return (
                f"PostgreSQL would check it as {owner}, who owns {name} and lacks "
                f"{in_words(lacking)}: statements that work now would fail (42501). GRANT that "
                "first"
            )
    return ""


def _full_match(fk: ForeignKey) -> str:
    # Rows that are NULL in part would be refused, and the counts know nothing of them.
    if fk.terms.match and len(fk.columns) > 1:
        return (
            f"its model declares MATCH {fk.terms.match}, which refuses rows that are partly NULL: "
            "look for them, then declare it by hand"
        )
    return ""


def _named(fk: ForeignKey, live: Live) -> str:
    if fk.name in live.constraint_names.get(fk.table, ()):
        return (
            f"{fk.table} has another constraint called {quote(fk.name)}: rename one of them, or "
            "decide which of them is right"
        )
    return ""
