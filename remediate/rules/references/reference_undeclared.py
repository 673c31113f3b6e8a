"""A column that holds the values of a key, but has no foreign key.

What it does
------------
Finds columns in no foreign key that hold keys of another table, in a type that fits.

  warning   the models declare the reference, and the database does not have it
  warning   [tool.remediate.references] names the column, whatever it holds
  info      the column bears the very name of the table, has 20 values or more, and every one
            of them is in the key's table

Why is this bad?
----------------
Nothing stops a value that refers to nothing, and DELETE leaves such values behind. What the
models declare and the database lacks is reported by `alembic check` as well.

Example
-------
  CREATE TABLE users (id serial PRIMARY KEY);
  CREATE TABLE orders (id serial PRIMARY KEY, user_id integer);

Repair
------
A foreign key for new rows (NOT VALID), in a short transaction; a revision after it builds the
index where there is none, and validates the old rows. Rows without parent are decided about
before: --orphans. ON DELETE is that of the models, or --on-delete. A default without a row in
the key's table is a manual repair: INSERTs that take it work now, and would fail.

Safety
------
SHARE ROW EXCLUSIVE on both tables for a moment: writers wait, readers do not. VALIDATE disturbs
nobody.

What is not flagged
-------------------
Columns with a *_type beside them; partitions; archives, histories and versions, which keep ids
of rows that are gone; shared keys; ids of somebody else.

References
----------
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from collections.abc import Iterator

from remediate.analysis import reference_queries
from remediate.analysis.facts import CandidateFacts, at_candidate, candidate_facts, candidate_of
from remediate.analysis.grounds import Grounds, grounds
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves
from remediate.findings.finding import Confidence, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import quote
from remediate.remedies import ways
from remediate.remedies.binding import bind
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for candidate in live.candidates:
        why = grounds(candidate)
        if not candidate.fits or why is None:
            continue
        weight = (Severity.INFO, Confidence.POSSIBLE)
        if why is Grounds.MODEL:
            weight = (Severity.WARNING, Confidence.PROVEN)
        elif why is Grounds.SETTING:
            weight = (Severity.WARNING, Confidence.LIKELY)
        facts = candidate_facts(candidate, why, live)
        target = f"{candidate.target}.{quote(candidate.target_column)}"
        message = f"holds {target} values, but no foreign key is declared ({why.value})"
        yield at_candidate(RULE, candidate, weight, facts, message, declared)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return bind(candidate_of(finding, live), live, options)


RULE = Rule(
    code="FK004",
    name="reference-undeclared",
    family=Family.REFERENCES,
    summary="a column that holds the values of a key, but has no foreign key",
    called=r"^\W*foreign keys?\W*$",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=reference_queries.undeclared,
    offers=ways.of_reference,
    stops=Inserts.NONE,
    symptom=None,
    errors={
        ErrorKind.NOTHING_UNIQUE: 2,
    },
    facts=(CandidateFacts,),
    leaves=Leaves.REFERENCE,
    provable=True,
)
