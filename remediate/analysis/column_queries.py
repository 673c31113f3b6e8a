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
# The sequences that a default draws from, and the columns that own them.
_DRAWN = (
    "JOIN pg_depend u ON u.classid = 'pg_attrdef'::regclass AND u.objid = d.oid\n"
    "  AND u.refclassid = 'pg_class'::regclass\n"
    "JOIN pg_class s ON s.oid = u.refobjid AND s.relkind = 'S'\n"
    "LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = s.oid\n"
    "  AND o.deptype IN ('a', 'i') AND o.refobjsubid > 0\n"
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
        "FROM pg_attribute a\n"
        "JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)\n"
        f"{_DRAWN}WHERE {_at(finding)}\n  AND o.refobjid <> a.attrelid"
    )


def drawing(finding: Finding) -> str:
    """The column, as long as its default draws from the sequence of the finding."""
    return (
        'SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
        '  s.oid::regclass AS "sequence"\n'
        "FROM pg_attribute a\n"
        "JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)\n"
        f"{_DRAWN}WHERE {_at(finding)}\n  AND s.oid = {regclass(*_sequence(finding).sequence)}"
    )


def shared(finding: Finding) -> str:
    """The columns whose defaults draw from the sequence, as long as there are several."""
    return (
        'SELECT * FROM (SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
        '  s.oid::regclass AS "sequence", count(*) OVER () AS "columns"\n'
        "FROM pg_attribute a\n"
        "JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)\n"
        f"{_DRAWN}WHERE s.oid = {regclass(*_sequence(finding).sequence)}) AS drawing\n"
        "WHERE columns > 1"
    )


def not_owned(finding: Finding) -> str:
    """The sequence, as long as no column owns it."""
    return (
        f'SELECT s.oid::regclass AS "sequence" FROM pg_class s\n'
        f"WHERE s.oid = {regclass(*_sequence(finding).sequence)} AND NOT EXISTS (\n"
        "  SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = s.oid\n"
        "    AND o.deptype IN ('a', 'i') AND o.refobjsubid > 0)"
    )


def cycling(finding: Finding) -> str:
    """The sequence, as long as it starts over."""
    return _of_sequence(finding, "q.seqcycle")


def narrower(finding: Finding) -> str:
    """The sequence, as long as it is of the type that the finding has."""
    type_ = literal(_sequence(finding).sequence_type)
    return _of_sequence(finding, f"q.seqtypid = {type_}::regtype")


def unlogged(finding: Finding) -> str:
    """The sequence, as long as a crash resets it."""
    return _of_sequence(finding, "s.relpersistence = 'u'")


def not_granted(denied: tuple[tuple[str, str, tuple[str, ...]], ...]) -> str:
    """The roles that may not use a sequence: by its schema and name, those that INSERT."""
    pairs = ", ".join(
        f"({literal(role)}, {regclass(schema, name)})"
        for schema, name, roles in denied
        for role in roles
    )
    return (
        f"SELECT * FROM (VALUES {pairs}) AS inserting (role, sequence)\n"
        "WHERE NOT has_sequence_privilege(role, sequence::oid, 'USAGE, UPDATE')"
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
        f"WHERE ({id_} - s.next) % {of.increment} = 0 ORDER BY 2{'' if up else ' DESC'} LIMIT 1"
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
        f"WHERE s.oid = {regclass(*_sequence(finding).sequence)} AND {condition}"
    )


def _at(finding: Finding) -> str:
    table, column = finding.place.at_column
    return f"a.attrelid = {regclass(*table)}\n  AND a.attname = {literal(column)}"
