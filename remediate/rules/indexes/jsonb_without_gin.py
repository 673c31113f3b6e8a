"""A jsonb column that queries search by containment, without a GIN index.

What it does
------------
Finds columns of jsonb, also by a domain, in tables with 1,000 rows or more, that no valid GIN index
contains, and on which a statement uses @>, ?, ?|, ?&, @? or @@:

  warning   the table has 100,000 rows or more, and pg_stat_statements holds such statements
  info      otherwise: fewer rows, or only the body of a function has such a statement

pg_stat_statements is read where the extension is there and the role may read all statistics. In a
new schema nothing has run yet: where a schema has two such columns or more, at least half of them
in empty tables, and none of its tables has 1,000 rows, one finding for the whole database lists
them (info, possible). --select IX001 lists all columns without an index, whatever is known of them.

Why is this bad?
----------------
Without a GIN index each of these operators reads the whole table, and every value in it, TOAST
included. A btree index on the column serves none of them, and Alembic's autogenerate adds none
that the models do not declare.

Example
-------
  CREATE TABLE sessions (id bigserial PRIMARY KEY, memory jsonb NOT NULL);
  SELECT * FROM sessions WHERE memory @> '{"skill": "go"}';           -- reads all of sessions

Repair
------
By hand, since the class of the index depends on the queries. For @>, @? and @@ alone, the smaller
and faster one:

  CREATE INDEX CONCURRENTLY ON sessions USING gin (memory jsonb_path_ops);

Where ?, ?| or ?& ask for keys too, only the default class serves:

  CREATE INDEX CONCURRENTLY ON sessions USING gin (memory);

In Alembic within op.get_context().autocommit_block(); in the models
Index("sessions_memory_idx", "memory", postgresql_using="gin",
postgresql_ops={"memory": "jsonb_path_ops"}).

Safety
------
CREATE INDEX CONCURRENTLY blocks no INSERT; it waits for open transactions. A GIN index makes each
INSERT and UPDATE of the column slower, and is often larger than other indexes: build none for a
column that is only stored and read back.

What is not flagged
-------------------
Columns that are only stored and read back, compared with -> and ->>, or asked at a path
(memory -> 'tags' @> ...), which needs an index on that expression; tables with less than 1,000
rows, unless their schema is new; columns in any GIN index, by themselves or in an expression.

References
----------
https://www.postgresql.org/docs/current/datatype-json.html#JSON-INDEXING
https://www.postgresql.org/docs/current/pgstatstatements.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from remediate.analysis import column_queries
from remediate.analysis.facts import in_words, rows_of
from remediate.analysis.new_schemas import TINY, is_asked_about, of_new_schemas
from remediate.findings.effects import Family, Inserts, Leaves
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Verdict,
    finding_at,
    question,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import ident, quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.documents import Containment, JsonColumn
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.system.words import counted

LARGE = 100_000
SEVERAL = 2  # columns of a new schema
_KEYS = {"?", "?|", "?&"}  # operators that only the default class serves
_SHOWN = 3  # places in a sentence


@dataclass(frozen=True, slots=True)
class JsonbWithoutGinFacts(Facts):
    """A column, and what asks it for containment; the texts of statements are not kept."""

    rows: int
    operators: tuple[str, ...]
    source: str  # pg_stat_statements, or a function
    calls: int


@dataclass(frozen=True, slots=True)
class UnaskedFacts(Facts):
    """Columns of which nobody knows whether queries ask them for containment."""

    columns: tuple[tuple[str, str, str], ...]  # schema, table, column
    counted: bool  # pg_stat_statements was read, and holds no such statement

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        return self.columns


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    seen = [one for one in live.documents.columns if _is_seen(one, options)]
    found = tuple(
        _asked(one, one.asked, live, declared)
        for one in seen
        if one.asked and rows_of(one.table, live) >= TINY
    )
    places = {finding.place for finding in found}
    rest = [one for one in seen if Place(one.table, one.column) not in places]
    new = of_new_schemas(rest, lambda one: one.table, live, SEVERAL)
    listed = rest if RULE.code in options.selected else new
    if not listed or (options.named and RULE.code not in options.selected):
        return found
    return (*found, _together(listed, live))


def _is_seen(one: JsonColumn, options: Options) -> bool:
    named = not options.named or one.table in options.named
    return named and is_asked_about(one.table, options)


def _asked(one: JsonColumn, asked: Containment, live: Live, declared: Declared) -> Finding:
    rows = rows_of(one.table, live)
    heavy = rows >= LARGE and asked.calls > 0
    facts = JsonbWithoutGinFacts(rows, asked.operators, asked.source, asked.calls)
    weight = (Severity.WARNING if heavy else Severity.INFO, Confidence.LIKELY)
    times = f" ({counted(asked.calls, 'call')})" if asked.calls else ""
    message = (
        f"{one.table}.{quote(one.column)} is queried with {in_words(asked.operators)} by "
        f"{asked.source}{times}, but has no GIN index: every such query reads the whole table"
    )
    return finding_at(RULE, Place(one.table, one.column), weight, facts, message, declared)


def _together(several: Sequence[JsonColumn], live: Live) -> Finding:
    facts = UnaskedFacts(
        tuple((*one.table, one.column) for one in several), counted=live.documents.counted
    )
    many = counted(len(several), "jsonb column")
    has = "has" if len(several) == 1 else "have"
    message = (
        f"{many} {has} no GIN index: every query for containment (@>, ?, @?) reads the whole table"
    )
    return question(RULE, facts, message)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    facts = finding.facts
    if isinstance(facts, UnaskedFacts):
        places = [f"{quote(s)}.{quote(t)}.{quote(c)}" for s, t, c in facts.columns]
        more = [f"{len(places) - _SHOWN:,} more"] if len(places) > _SHOWN else []
        return Manual(
            f"check which of {in_words([*places[:_SHOWN], *more])} your queries search by "
            "containment, and index only those (remediate explain IX001)"
        )
    table, column = finding.place.at_column
    keys = isinstance(facts, JsonbWithoutGinFacts) and _KEYS & {*facts.operators}
    operator_class = "" if keys else " jsonb_path_ops"
    return Manual(
        f"run CREATE INDEX CONCURRENTLY ON {table.sql} USING gin ({ident(column)}{operator_class}) "
        "within autocommit_block(), and declare Index(..., postgresql_using='gin') in the model"
    )


def query(finding: Finding) -> str:
    if isinstance(finding.facts, UnaskedFacts):
        return column_queries.without_gin((Name(s, t), c) for s, t, c in finding.facts.columns)
    return column_queries.without_gin([finding.place.at_column])


RULE = Rule(
    code="IX001",
    name="jsonb-without-gin",
    family=Family.INDEXES,
    summary="a jsonb column that queries search by containment, without a GIN index",
    called=r"\bGIN\b|\bjsonb\b",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(JsonbWithoutGinFacts, UnaskedFacts),
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
)
