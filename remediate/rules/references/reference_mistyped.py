"""A column that holds the values of a key, in a type that forbids a foreign key.

What it does
------------
Finds columns in no foreign key that hold keys of another table, in a type that
cannot be compared with it: varchar user_id beside an integer users.id; double precision, which
no foreign key compares with integers, only where the models declare the reference. A name alone is
wrong nearly always, so one of these is needed too:

  error     the models declare the reference, or declare the type of the key
  warning   the data: 20 values or more, every one spelled as a key is, 95 % of them in the
            key's table, and no other unique column of that table that may be meant
  warning   [tool.remediate.references] names the column, whatever it holds
  info      the data, where the models agree with the database

Large tables are judged by their statistics and by a sample of 200 pages, unless --deep is
given.

Why is this bad?
----------------
  operator does not exist: character varying = integer                     (SQLSTATE 42883)
  foreign key constraint "..." cannot be implemented                       (SQLSTATE 42804)

Nothing stops a value that refers to nothing. Joins need a cast, which no index serves. Where
the models declare integer, every comparison that they make fails.

Example
-------
  CREATE TABLE users (id serial PRIMARY KEY);
  CREATE TABLE sessions (id serial PRIMARY KEY, user_id varchar(36));

Repair
------
The column gets the type of the key, and a foreign key for new rows, in one short transaction; a
revision after it builds the index where there is none, and validates the old rows. Values that
would come back otherwise ('007', ' 7') are kept in a table of their own for the downgrade. What
becomes of values that are no key, and of those without a row in the key's table, is decided by
a person: --values, --orphans. A default without a row in the key's table is a manual repair:
INSERTs that take it work now, and would fail.

The table of former values is in no model, so `alembic check` and --autogenerate want to drop it
(remove_table). Leave it out in env.py, and drop it once the downgrade is no longer wanted:

  def include_name(name, type_, parent_names):
      return type_ != "table" or name != "sessions_user_id_before"

  context.configure(..., include_name=include_name)

Safety
------
The table is rewritten under ACCESS EXCLUSIVE: 2.2 to 2.8 s for a million rows. Above 100,000 rows
only with --offline-window. Under the lock the values are judged again: other kinds than those
that the plan saw stop the upgrade.

What is not flagged
-------------------
Columns with a *_type beside them; ids of somebody else (external, provider, client, session,
legacy ...); archives; names that fit several tables; partitions. A wrong guess is
corrected in [tool.remediate.references], where "" is no table at all.

References
----------
https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from collections.abc import Iterator

from remediate.analysis import reference_queries
from remediate.analysis.facts import CandidateFacts, at_candidate, candidate_facts, candidate_of
from remediate.analysis.grounds import Grounds, grounds, models_agree
from remediate.findings.effects import UNLIKE_TYPES, Aim, ErrorKind, Family, Inserts, Leaves
from remediate.findings.finding import Confidence, Finding, Options, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import quote
from remediate.remedies import ways
from remediate.remedies.binding import bind
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate, family_of


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for candidate in live.candidates:
        why = grounds(candidate)
        if candidate.fits or why is None:
            continue
        confidence = _confidence(candidate, why)
        facts = candidate_facts(candidate, why, live)
        weight = (confidence.severity, confidence)
        yield at_candidate(RULE, candidate, weight, facts, message(candidate, why), declared)


def _confidence(candidate: Candidate, why: Grounds) -> Confidence:
    if why is Grounds.SETTING:
        return Confidence.LIKELY
    if why is not Grounds.DATA:
        return Confidence.PROVEN
    return Confidence.POSSIBLE if models_agree(candidate) else Confidence.LIKELY


def message(candidate: Candidate, why: Grounds) -> str:
    target = f"{candidate.target}.{quote(candidate.target_column)}"
    held = candidate.type.replace("character varying", "varchar")
    then = "the foreign key needs the type of the key"
    if "text" in (family_of(candidate.base_type), family_of(candidate.target_type)):
        then = "no foreign key is possible, and joins need a cast"
    key = candidate.key_type
    return f"holds {target} values as {held}, but that key is {key}: {then} ({why.value})"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return bind(candidate_of(finding, live), live, options)


RULE = Rule(
    code="FK003",
    name="reference-mistyped",
    family=Family.REFERENCES,
    summary="a column that holds the values of a key, in a type that forbids a foreign key",
    called=(
        r"\b(no|without) (FK|foreign key) constraints?\b|\breferential integrity\b|"
        r"\bvarchar \W*user_id\b"
    ),
    page=__doc__,
    find=find,
    remedy=remedy,
    query=reference_queries.undeclared,
    offers=ways.of_reference,
    stops=Inserts.NONE,
    symptom=UNLIKE_TYPES,
    errors={
        ErrorKind.OUT_OF_RANGE: 3,
        ErrorKind.WRONG_TYPE: 1,
        ErrorKind.NOT_READABLE: 1,
        ErrorKind.NOT_COMPARABLE: 1,
        ErrorKind.NOT_CAST: 1,
        ErrorKind.NOT_REFERENCEABLE: 1,
        ErrorKind.PARAMETER_REFUSED: 2,
    },
    facts=(CandidateFacts,),
    leaves=Leaves.REFERENCE,
    worst=Severity.ERROR,
    provable=True,
    against=(Aim.REFERENCES_TYPED, Aim.REFERENCES_DECLARED),
)
