"""Values on their way to another type and back: what converts, what is kept, what is checked
again.

Values that would not come back as the same bytes are kept in a table of their own, with what
became of them. Going back, a row whose value is still what became of it gets its bytes back. No
row is updated, so no trigger of the application fires.
"""

import re

from remediate.analysis.conversions import canonical, convertible, printed
from remediate.analysis.facts import in_words
from remediate.findings.finding import Options
from remediate.findings.remedy import Act, Hazard, Lock, Step
from remediate.postgres.sql import ident, literal, quote, regclass
from remediate.postgres.templates import statement
from remediate.remedies.conversion import Change
from remediate.remedies.new_table_states import of_copy
from remediate.remedies.steps import to_owner
from remediate.snapshots.references import Candidate, family_of
from remediate.snapshots.tables import INTEGER_MAX, Column, Name, Table, is_floating

_BEFORE, _AFTER = "value_before", "value_after"
_LITERAL = re.compile(r"'((?:[^']|'')*)'::(?:character varying|text|bpchar|character)(?:\(\d+\))?")
_PLAIN = {"uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}


def nulls_orphans(candidate: Candidate, options: Options) -> bool:
    found = candidate.evidence
    return options.orphans == "null" and bool(found and found.orphans)


def keeps_orphans(candidate: Candidate, options: Options) -> bool:
    found = candidate.evidence
    return options.orphans == "keep" and bool(found and found.orphans)


def nulls_values(candidate: Candidate, options: Options) -> bool:
    found = candidate.evidence
    return options.values == "null" and bool(found and found.inconvertible)


def is_kept(candidate: Candidate, options: Options) -> bool:
    """Whether some values would not come back by themselves."""
    found = candidate.evidence
    if found is None or (candidate.fits and not nulls_orphans(candidate, options)):
        return False
    return found.canonical < found.values or nulls_orphans(candidate, options)


def obstacle(candidate: Candidate, table: Table, options: Options) -> str:
    """Why the values cannot be converted and given back; "" where they can."""
    nulls = nulls_orphans(candidate, options) or nulls_values(candidate, options)
    if refused := null_refused(candidate) if nulls else "":
        return f"{refused}: correct the values"
    if nulls and candidate.null_unread:
        return f"remediate could not read what refuses NULL ({candidate.null_unread}): plan again"
    if is_kept(candidate, options) and not table.key:
        return "the downgrade could not restore the values: without a primary key none can be kept"
    if not candidate.fits and candidate.default and not _default(candidate):
        return f"its default {candidate.default} cannot be written as {candidate.target_type}"
    return ""


def null_refused(candidate: Candidate) -> str:
    """Why values of the column cannot become NULL; "" where they can."""
    if candidate.not_null:
        return "the column is NOT NULL, so its values cannot become NULL"
    if candidate.null_checks:
        checks = in_words(map(quote, candidate.null_checks))
        return f"NULL violates check constraint {checks}, so its values cannot become NULL"
    if candidate.null_indexes:
        indexes = in_words(map(quote, candidate.null_indexes))
        return f"rows where it is NULL may be equal in unique index {indexes}, and would collide"
    return ""


def _default(candidate: Candidate) -> str:
    """The default as a key; "" where it is none."""
    if candidate.default.startswith("NULL::"):
        return "NULL"
    match = _LITERAL.fullmatch(candidate.default)
    plain = _PLAIN.get(candidate.target_type, r"0|-?[1-9]\d*")
    if match is None or not re.fullmatch(plain, match[1]):
        return ""
    return printed(match[1], candidate.target_type)


def change(candidate: Candidate, table: Table, options: Options) -> Change:
    """The column as the type of its key, or with NULL for what has no parent."""
    column = ident(candidate.column)
    using, back = (
        _using(candidate, options),
        "" if candidate.fits else f"{column}::{_former(candidate)}",
    )
    if is_kept(candidate, options):
        keys = (value for value, _ in _kept_by(candidate, table))
        back = f"pg_temp.remediate_before({', '.join([*keys, column])})"
    return Change(
        (candidate.table, candidate.column),
        _wanted(candidate),
        using="" if using == column else using,
        back=back,
        default=_default(candidate) if not candidate.fits else "",
        former_default=candidate.default if not candidate.fits else "",
    )


def _wanted(candidate: Candidate) -> str:
    return candidate.type if candidate.fits and not candidate.narrower else candidate.target_type


def _former(candidate: Candidate) -> str:
    """The type through which values come back."""
    as_it_was = candidate.fits or is_floating(candidate.base_type)
    return candidate.base_type if as_it_was else "text"


def _using(candidate: Candidate, options: Options) -> str:
    column = ident(candidate.column)
    after = column if candidate.fits else f"{column}::{candidate.target_type}"
    if nulls_values(candidate, options):
        after = f"CASE WHEN {convertible(_text(candidate), candidate.target_type)} THEN {after} END"
    return f"pg_temp.remediate_parent({after})" if nulls_orphans(candidate, options) else after


def _text(candidate: Candidate) -> str:
    return f'{ident(candidate.column)}::text COLLATE "C"'


def guard(candidate: Candidate, options: Options) -> Step:
    """Under the lock, the values must still be of the kinds that somebody decided about."""
    column = ident(candidate.column)
    target, key = candidate.target.sql, ident(candidate.target_column)
    text = statement(
        "values.sql.j2",
        place=place(candidate),
        table=candidate.table.sql,
        column=column,
        canonical=canonical("v", candidate.compared_as),
        convertible=convertible("v", candidate.compared_as),
        type=candidate.compared_as,
        target=target,
        target_column=key,
        respelled=is_kept(candidate, options),
        values=nulls_values(candidate, options),
        orphans=nulls_orphans(candidate, options) or keeps_orphans(candidate, options),
    )
    return Step(text, "", Lock.ACCESS_SHARE, candidate.table)


def place(candidate: Candidate) -> str:
    """The column as the guard of its values names it, a literal."""
    return literal(f"{candidate.table}.{quote(candidate.column)}")


def around(
    steps: tuple[Step, ...],
    candidate: Candidate,
    table: Table,
    options: Options,
    made: Name,
) -> tuple[Step, ...]:
    """The conversion with what keeps the values in the table `made` before it.

    The downgrade gives them back.
    """
    parent = _parent(candidate) if nulls_orphans(candidate, options) else ()
    create, drop = _restoring(candidate, table, made)
    nothing = Lock.NONE
    return (
        *(Step(text, "", nothing, candidate.table) for text in parent[:1]),
        *_keeping(candidate, table, made, options),
        Step("", drop, nothing, candidate.table),
        *steps,
        Step("", create, nothing, candidate.table),
        *(Step(text, "", nothing, candidate.table) for text in parent[1:]),
    )


def _parent(candidate: Candidate) -> tuple[str, str]:
    """A function that gives a key back if it has a row: USING takes no subquery (0A000)."""
    type_ = candidate.base_type if candidate.fits else candidate.target_type
    key = ident(candidate.target_column)
    body = f"SELECT remediate_key FROM {candidate.target.sql} AS p WHERE p.{key} = remediate_key"
    signature = f"pg_temp.remediate_parent(remediate_key {type_})"
    return (
        f"CREATE FUNCTION {signature} RETURNS {type_}\n  LANGUAGE sql STABLE AS {literal(body)}",
        f"DROP FUNCTION pg_temp.remediate_parent({type_})",
    )


def _keeping(candidate: Candidate, table: Table, made: Name, options: Options) -> tuple[Step, ...]:
    keys, after = ", ".join(map(ident, table.key)), _using(candidate, options)
    create = (
        f"CREATE TABLE {made.sql} AS\n"
        f"  SELECT {keys}, {ident(candidate.column)} AS {_BEFORE}, {after} AS {_AFTER}\n"
        f"  FROM {candidate.table.sql}\n"
        f"  WHERE {ident(candidate.column)} IS NOT NULL\n"
        f'    AND {_text(candidate)} IS DISTINCT FROM ({after})::text COLLATE "C"'
    )
    indexed = [value for value, _ in _kept_by(candidate, table)]
    indexed += [_AFTER] if candidate.column in table.key else []
    decided = nulls_orphans(candidate, options) or nulls_values(candidate, options)
    hazards = (Hazard.BACKUP_TABLE, *((Hazard.DATA_DECISION,) if decided else ()))
    return (
        Step(
            create,
            f"DROP TABLE {made.sql}",
            Lock.ACCESS_SHARE,
            candidate.table,
            hazards=hazards,
            alters=of_copy(made, (*table.key, _BEFORE, _AFTER)),
        ),
        Step(to_owner(f"TABLE {made.sql}", table), "", Lock.NONE, made, act=Act.GIVE),
        Step(statement("private.sql.j2", table=regclass(*made)), "", Lock.NONE, made),
        Step(f"CREATE UNIQUE INDEX ON {made.sql} ({', '.join(indexed)})", "", Lock.NONE, made),
    )


def _kept_by(candidate: Candidate, table: Table) -> list[tuple[str, str]]:
    """What tells a row from others while the column has its new type, each with its type.

    Another repair of the revision may widen an integer, or convert a text.
    """
    others = [table.column(name) for name in table.key if name != candidate.column]
    return [_as_argument(key) for key in others]


def _as_argument(key: Column) -> tuple[str, str]:
    if family_of(key.base_type) == "text":
        return f"({ident(key.name)}::text)", "text"
    return ident(key.name), "bigint" if key.base_type in INTEGER_MAX else key.type


def _restoring(candidate: Candidate, table: Table, made: Name) -> tuple[str, str]:
    """What makes, and drops, the function that gives a row its bytes back."""
    now, before = _wanted(candidate), _former(candidate)
    cast = "" if candidate.fits and not candidate.narrower else f"::{before}"
    numbered = enumerate(_kept_by(candidate, table), 1)
    keys = [(f"remediate_{n}", value, type_) for n, (value, type_) in numbered]
    same = " AND ".join(f"{value} = {argument}" for argument, value, _ in keys)
    body = (
        f"SELECT coalesce((SELECT b.{_BEFORE}{cast} FROM {made.sql} AS b WHERE {same} "
        f"AND b.{_AFTER} IS NOT DISTINCT FROM remediate_now), remediate_now{cast})"
    )
    types = [*(type_ for _, _, type_ in keys), now]
    arguments = ", ".join([*(f"{a} {type_}" for a, _, type_ in keys), f"remediate_now {now}"])
    return (
        f"CREATE FUNCTION pg_temp.remediate_before({arguments}) RETURNS {before}\n"
        f"  LANGUAGE sql STABLE AS {literal(body)}",
        f"DROP FUNCTION pg_temp.remediate_before({', '.join(types)})",
    )
