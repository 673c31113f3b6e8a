"""Read-only queries that show what is wrong with a column, or with the sequence that fills it.

Each has a row while a finding holds, and none once it is repaired. A role needs SELECT on what is
named after FROM, and nothing else; the catalog is open to every role.
"""

from collections.abc import Iterable

from remediate.analysis.facts import QuestionFacts, SequenceFacts
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding
from remediate.postgres.sql import ident, literal, regclass
from remediate.snapshots.tables import Name

_DEFAULT = (
    'SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
    '  pg_get_expr(d.adbin, 0) AS "default"\n'
    "FROM pg_attribute a\n"
    "LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)\n"
)
# The sequences that the default of a column draws from, its own or that of its domain.
_DRAWN = (
    "FROM pg_attribute a\n"
    "LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)\n"
    "JOIN pg_depend u ON u.objid = coalesce(d.oid, a.atttypid)\n"
    "  AND u.classid = CASE WHEN d.oid IS NULL THEN 'pg_type' ELSE 'pg_attrdef' END::regclass\n"
    "  AND u.refclassid = 'pg_class'::regclass\n"
    "JOIN pg_class s ON s.oid = u.refobjid AND s.relkind = 'S'\n"
)
# The expression of a generated column has variables, and PostgreSQL may look at it first.
_TEXT = "CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, 0) END"
_NOTHING = f"a.attidentity = ''\n  AND coalesce({_TEXT}, 'NULL') LIKE 'NULL%'"


def unfilled(finding: Finding) -> str:
    """The column, or those of the question, that neither a default nor an identity fills."""
    if question := part_of(finding.facts, QuestionFacts):
        places = ", ".join(f"({regclass(s, t)}, {literal(c)})" for s, t, c in question.keys)
        return f"{_DEFAULT}WHERE (a.attrelid, a.attname) IN ({places})\n  AND {_NOTHING}"
    return f"{_DEFAULT}WHERE {_at(finding)}\n  AND {_NOTHING}"


def without_gin(columns: Iterable[tuple[Name, str]]) -> str:
    """Those of these columns that no valid GIN index contains, not even in an expression."""
    places = ", ".join(f"({regclass(*table)}, {literal(column)})" for table, column in columns)
    return (
        'SELECT a.attrelid::regclass AS "table", a.attname AS "column" FROM pg_attribute a\n'
        f"WHERE (a.attrelid, a.attname) IN ({places}) AND NOT EXISTS (\n"
        "  SELECT FROM pg_depend d JOIN pg_index i ON i.indexrelid = d.objid AND i.indisvalid\n"
        "  JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam\n"
        "  WHERE m.amname = 'gin' AND d.classid = 'pg_class'::regclass\n"
        "    AND d.refclassid = 'pg_class'::regclass\n"
        "    AND (d.refobjid, d.refobjsubid) = (a.attrelid, a.attnum))"
    )


def default_is(finding: Finding, expression: str) -> str:
    """The column, as long as it has this default, as PostgreSQL prints it."""
    return f"{_DEFAULT}WHERE {_at(finding)}\n  AND {_TEXT} = {literal(expression)}"


def draws_by_name(finding: Finding) -> str:
    """The column, as long as its default calls nextval() for a name that is looked up each time."""
    return (
        f"{_DEFAULT}WHERE {_at(finding)}\n"
        f"  AND {_TEXT} LIKE '%nextval(%'\n  AND NOT EXISTS (\n"
        "    SELECT FROM pg_depend u JOIN pg_class s ON s.oid = u.refobjid AND s.relkind = 'S'\n"
        "    WHERE u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid)"
    )


def absent(relation: Name) -> str:
    """The name, as long as no relation is called so."""
    name = literal(str(relation))
    return f'SELECT {name} AS "missing"\nWHERE to_regclass({name}) IS NULL'


def borrowed(finding: Finding) -> str:
    """The column, as long as its default draws from a sequence that another table owns."""
    return (
        'SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
        '  s.oid::regclass AS "sequence", o.refobjid::regclass AS "owned by"\n'
        f"{_DRAWN}JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = s.oid\n"
        "  AND o.deptype IN ('a', 'i') AND o.refobjsubid > 0\n"
        f"WHERE {_at(finding)}\n  AND o.refobjid <> a.attrelid"
    )


def diverging(finding: Finding, root: Name) -> str:
    """The column, as long as its default draws from the finding's sequence, and the root's not."""
    _, column = finding.place.at_column
    return (
        'SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
        '  s.oid::regclass AS "sequence"\n'
        f"{_DRAWN}WHERE {_at(finding)}\n"
        f"  AND s.oid = {regclass(*_sequence(finding).sequence)}\n"
        f"  AND NOT {_draws((root, column), 's.oid')}"
    )


def shared(finding: Finding, columns: Iterable[tuple[str, str, str]]) -> str:
    """Those of the columns (schema, table, name) that draw from the sequence, if several do."""
    places = ", ".join(f"({regclass(s, t)}, {literal(column)})" for s, t, column in columns)
    return (
        'SELECT * FROM (SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
        '  s.oid::regclass AS "sequence", count(*) OVER () AS "columns"\n'
        f"{_DRAWN}WHERE s.oid = {regclass(*_sequence(finding).sequence)}\n"
        f"  AND (a.attrelid, a.attname) IN ({places})) AS drawing\nWHERE columns > 1"
    )


def not_owned(finding: Finding) -> str:
    """The sequence, as long as no column owns it, and the finding's draws from it."""
    return (
        'SELECT s.oid::regclass AS "sequence" FROM pg_class s\n'
        f"WHERE s.oid = {regclass(*_sequence(finding).sequence)} AND NOT EXISTS (\n"
        "  SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = s.oid\n"
        "    AND o.deptype IN ('a', 'i') AND o.refobjsubid > 0)\n"
        f"  AND {_draws(finding.place.at_column, 's.oid')}"
    )


def cycling(finding: Finding) -> str:
    """The sequence, as long as it starts over."""
    return _of_sequence(finding, "q.seqcycle")


def narrower(finding: Finding) -> str:
    """The sequence, as long as it ends where the finding has it, and the column's type later.

    So must the types of all other columns that draw from it: it may not end after one of them.
    """
    of = _sequence(finding)
    drawn = _DRAWN.replace("\n", "\n    ")
    return _of_sequence(
        finding,
        f"q.seqtypid = {literal(of.sequence_type)}::regtype\n"
        f"  AND (q.seqmin, q.seqmax) = ({of.minimum}, {of.maximum}) AND EXISTS (\n"
        "    SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid\n"
        "    JOIN pg_type n ON n.oid = q.seqtypid\n"
        f"    WHERE {_at(finding)}\n  AND t.typlen NOT BETWEEN 0 AND n.typlen)\n"
        f"  AND NOT EXISTS (\n    SELECT {drawn}JOIN pg_type t ON t.oid = a.atttypid\n"
        "    JOIN pg_type n ON n.oid = q.seqtypid\n"
        "    JOIN pg_class r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')\n"
        f"    WHERE s.oid = {regclass(*of.sequence)} AND t.typlen <= n.typlen)",
    )


def unlogged(finding: Finding) -> str:
    """The sequence, as long as a crash resets it, and keeps the rows of the table."""
    table, _ = finding.place.at_column
    kept = f"(SELECT relpersistence FROM pg_class WHERE oid = {regclass(*table)}) <> 'u'"
    return _of_sequence(finding, f"s.relpersistence = 'u' AND {kept}")


def not_granted(
    finding: Finding,
    denied: Iterable[tuple[str, str, tuple[str, ...]]],
    views: Iterable[tuple[str, str]],
) -> str:
    """The roles that may INSERT there and may not use a sequence (its schema and name, the roles).

    They may INSERT into the table, or into one of the views over it.
    """
    pairs = ", ".join(
        f"({literal(role)}, {regclass(schema, name)})"
        for schema, name, roles in denied
        for role in roles
    )
    table, _ = finding.place.at_column
    relations = ", ".join(f"({literal(str(Name(*name)))})" for name in (table, *views))
    return (
        f"SELECT * FROM (VALUES {pairs}) AS inserting (role, sequence)\n"
        "WHERE NOT has_sequence_privilege(role, sequence::oid, 'USAGE, UPDATE')\n"
        f"  AND EXISTS (SELECT FROM (VALUES {relations}) AS given (relation)\n"
        "    WHERE has_any_column_privilege(role, to_regclass(relation)::oid, 'INSERT'))\n"
        f"  AND {_draws(finding.place.at_column, 'sequence::oid')}"
    )


def colliding(finding: Finding) -> str:
    """What the sequence gives next, and the first id that it meets; reads the table."""
    of, (table, column) = _sequence(finding), finding.place.at_column
    up, id_ = of.increment > 0, f"t.{ident(column)}"
    order = f"{'>=' if up else '<='} s.next"
    return (
        f'SELECT s.next AS "next value", {id_} AS "id that exists"\n'
        f"FROM (SELECT last_value + CASE WHEN is_called THEN {of.increment} ELSE 0 END AS next\n"
        f"  FROM {of.sequence.sql}) s JOIN {table.sql} t ON {id_} {order}\n"
        f"WHERE ({id_} - s.next) % {of.increment} = 0\n"
        f"  AND {still_drawn(finding)}\n"
        f"ORDER BY 2{'' if up else ' DESC'} LIMIT 1"
    )


def primary_key_missing(table: Name, columns: tuple[str, ...]) -> str:
    """The table, as long as its primary key is not over these columns."""
    wanted = ", ".join(map(literal, sorted(columns)))
    return (
        'SELECT c.oid::regclass AS "table" FROM pg_class c\n'
        f"WHERE c.oid = {regclass(*table)} AND NOT EXISTS (\n"
        "  SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'\n"
        f"    AND ARRAY[{wanted}] = ARRAY(\n"
        "      SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid\n"
        '        AND a.attnum = ANY (k.conkey) ORDER BY a.attname::text COLLATE "C"))'
    )


def still_drawn(finding: Finding) -> str:
    """The condition that the column does not draw from another sequence than the finding's."""
    return _draws(finding.place.at_column, regclass(*_sequence(finding).sequence))


def _draws(place: tuple[Name, str], sequence: str) -> str:
    """The condition that a column draws from this sequence, as far as the catalog tells.

    It tells of no sequence where models call one, and where a default names one by its text.
    """
    table, column = place
    at = f"WHERE a.attrelid = {regclass(*table)}\n      AND a.attname = {literal(column)}"
    drawn = _DRAWN.replace("\n", "\n    ")
    return (
        f"coalesce((SELECT bool_or(drawn.oid = {sequence}) FROM (\n"
        f"    SELECT s.oid {drawn}{at}\n"
        "    UNION ALL SELECT o.objid FROM pg_attribute a JOIN pg_depend o ON o.deptype = 'i'\n"
        "      AND o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass\n"
        "      AND (o.refobjid, o.refobjsubid) = (a.attrelid, a.attnum)\n"
        f"    {at}) AS drawn), true)"
    )


def _sequence(finding: Finding) -> SequenceFacts:
    """The sequence of a finding that has one; raises LookupError for any other."""
    found = part_of(finding.facts, SequenceFacts)
    if found is None:
        raise LookupError(f"{finding.id} is about no sequence")
    return found


def _of_sequence(finding: Finding, condition: str) -> str:
    return (
        'SELECT s.oid::regclass AS "sequence", q.seqtypid::regtype AS "type",\n'
        '  q.seqmax AS "maximum", q.seqcycle AS "cycles", s.relpersistence AS "persistence"\n'
        "FROM pg_sequence q JOIN pg_class s ON s.oid = q.seqrelid\n"
        f"WHERE s.oid = {regclass(*_sequence(finding).sequence)} AND {condition}\n"
        f"  AND {_draws(finding.place.at_column, 's.oid')}"
    )


def _at(finding: Finding) -> str:
    table, column = finding.place.at_column
    return f"a.attrelid = {regclass(*table)}\n  AND a.attname = {literal(column)}"
