"""What INSERTs without id before and after a revision say about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remediate.refutation import Defect
from remediate.schema import Name

OF_KEYS = {"23502", "42P01", "23505", "2200H", "22003"}  # what a broken key answers


@dataclass(frozen=True, slots=True)
class Insert:
    """One INSERT without id, tried before and after an upgrade."""

    table: Name
    relation: Name  # through which: the table, or a view over it
    role: str
    before: str | None  # SQLSTATE; "" where it worked, None where it is not known
    after: str
    message: str = ""  # PostgreSQL's, after
    id: str = ""  # that it got after the upgrade
    behind: bool = False  # that id lies among those that exist, and did not come so before
    lacks: bool = False  # the role may not use the sequence
    concerned: bool = True  # the revision changes who generates the key

    @property
    def works(self) -> bool:
        return not self.after


def of_inserts(inserts: Iterable[Insert], file: str) -> Iterator[Defect]:
    for insert in inserts:
        defect = _of(insert, file)
        if defect is not None:
            yield defect


def _of(insert: Insert, file: str) -> Defect | None:
    broke = insert.before == "" and not insert.works
    still = insert.before != "" and not insert.works and insert.after in OF_KEYS | {"42501"}
    if insert.after == "42501" and insert.lacks and (broke or insert.concerned):
        what = f"{insert.role} may INSERT into {insert.relation}, and may not use the sequence"
        instead = f"GRANT USAGE ON SEQUENCE ... TO {insert.role}"
        return _defect("ROLE_CANNOT_INSERT", what, insert, instead, file)
    if insert.behind or (insert.after == "23505" and (broke or insert.concerned)):
        what = f"the sequence behind {insert.table} gives ids that exist already"
        instead = "setval to beyond the highest id, under a lock that holds until the commit"
        return _defect("SEQUENCE_BEHIND", what, insert, instead, file)
    if broke:
        what = f"INSERT without id into {insert.relation} worked before, and fails after it"
        return _defect("INSERT_BREAKS", what, insert, "keep what generates the key", file)
    if still and insert.concerned:
        what = f"INSERT without id into {insert.relation} fails after it as before"
        instead = "CREATE SEQUENCE, OWNED BY, setval, SET DEFAULT nextval; or remediate generate"
        return _defect("INSERT_STILL_FAILS", what, insert, instead, file)
    return None


def _defect(name: str, what: str, insert: Insert, instead: str, file: str) -> Defect:
    evidence = (
        f"as {insert.role}: {insert.message} ({insert.after})"
        if insert.after
        else f"as {insert.role}: the new row got {insert.id}"
    )
    return Defect(name, what, evidence, instead, file)


def told(inserts: Iterable[Insert]) -> str:
    """What was tried, in a line."""
    kept = [*inserts]
    works, fixed = [i for i in kept if i.works], [i for i in kept if i.works and i.before]
    tables = len({i.table for i in kept})
    if not kept:
        return "no table with a key is touched"
    return (
        f"{len(works)} of {len(kept)} work, in {tables} table{'s' * (tables > 1)}"
        f"{f'; {len(fixed)} failed before' * bool(fixed)}"
    )
