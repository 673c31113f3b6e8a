"""The questions that tell whether the values of a column are the keys of another table."""

from remediate.conversion_tests import canonical, convertible
from remediate.read.batches import Question
from remediate.references import Candidate, ForeignKey, family_of
from remediate.schema import Name
from remediate.snapshot import Snapshot
from remediate.sql import ident

LARGE = 2_000  # pages of 8 KiB (16 MB): of larger tables a sample is read
SAMPLE = 200  # pages
MOST = 10_000  # values of a sample
_LOCKS = 8  # a guess: both tables with their indexes

# Letters and digits stand for themselves nowhere: a plan is attached to pull requests.
_MASKED = (
    "left(regexp_replace(regexp_replace(v, '[0-9]', '9', 'g'), "
    "'[^0-9[:space:][:punct:]]', 'x', 'g'), 40)"
)
_QUERY = """\
SELECT count(*) AS "values", count(*) FILTER (WHERE canonical) AS canonical,
       count(key) AS convertible,
       count(*) FILTER (
         WHERE EXISTS (SELECT FROM {target} p WHERE p.{target_column} = key)) AS present,
       count(DISTINCT key) AS keys, count(DISTINCT v) FILTER (WHERE key IS NOT NULL) AS spellings,
       count(*) FILTER (WHERE {elsewhere}) AS elsewhere,
       (array_agg(DISTINCT masked) FILTER (WHERE key IS NULL))[1:3] AS samples
FROM (
  SELECT v, {canonical} AND {convertible} AS canonical,
         CASE WHEN {convertible} THEN v::{type} END AS key, {masked} AS masked
  FROM (SELECT {column}::text COLLATE "C" AS v
        FROM {source} WHERE {column} IS NOT NULL{limit}) AS c
) AS s"""


def question(candidate: Candidate, live: Snapshot, *, deep: bool) -> Question:
    """How many values there are, are canonical, convertible, and present in the key's table."""
    whole, type_ = is_whole(candidate.table, live, deep=deep), candidate.compared_as
    select = _QUERY.format(
        target=candidate.target.sql,
        target_column=ident(candidate.target_column),
        column=ident(candidate.column),
        canonical=canonical("v", type_),
        convertible=convertible("v", type_),
        type=type_,
        masked=_MASKED,
        elsewhere=_elsewhere(candidate),
        source=_rows_of(candidate.table, live, whole=whole),
        limit="" if whole else f" LIMIT {MOST}",
    )
    oid = live.table_of[candidate.table].oid
    return Question((candidate.table, candidate.column), select, oid, _LOCKS)


def _elsewhere(candidate: Candidate) -> str:
    """Whether another unique column of the key's table holds the value."""
    as_it_is = "v" if family_of(candidate.base_type) == "text" else f"v::{candidate.base_type}"
    hits = [
        f"EXISTS (SELECT FROM {candidate.target.sql} p WHERE p.{ident(rival)} = {as_it_is})"
        for rival in candidate.rivals
    ]
    return " OR ".join(hits) or "false"


def is_whole(table: Name, live: Snapshot, *, deep: bool) -> bool:
    """Whether every row is read."""
    return deep or _pages(table, live) <= LARGE


def _rows_of(table: Name, live: Snapshot, *, whole: bool) -> str:
    """The table, or a sample of its pages, which costs the same however large it is."""
    if whole:
        return table.sql
    share = max(100 * SAMPLE / _pages(table, live), 0.001)
    return f"{table.sql} TABLESAMPLE SYSTEM ({share:.3f})"


def _pages(name: Name, live: Snapshot) -> int:
    table = live.table_of[name]
    return max(table.pages, 0) + sum(_pages(child, live) for child in table.children)


def orphans_question(fk: ForeignKey, live: Snapshot, *, deep: bool) -> Question | None:
    """How many rows have no parent; None where the table is too large to be read whole."""
    if fk.table not in live.table_of or not is_whole(fk.table, live, deep=deep):
        return None
    oid = live.table_of[fk.table].oid
    return Question((fk.table, fk.name), fk.orphans("count(*)"), oid, _LOCKS)
