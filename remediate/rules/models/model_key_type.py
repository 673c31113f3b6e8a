"""A key whose model declares another type than the database has.

What it does
------------
Compares the type of each primary key column in the models with that in the database: as the
PostgreSQL dialect renders it, so through TypeDecorator and with_variant().

  error     types that cannot be compared: model UUID, column integer; an integer
            that the models leave to the database over double precision or real, where nothing fills
            the column
  warning   a model that is wider: BigInteger over an integer column; Numeric over an integer
            column, which every comparison then casts, so that no index serves it; or one that
            psycopg, asyncpg and pg8000, which all send its type, cannot use: String or Text
            over uuid or integer (psycopg2 sends a literal that the column takes), or is narrower
            than ids in use; any other integer over double precision or real
  info      a model that is narrower, and holds every id so far; an integer over numeric(n, 0)

Why is this bad?
----------------
  operator does not exist: integer = uuid                                   (SQLSTATE 42883)
  integer out of range                                                      (SQLSTATE 22003)
  invalid input for query argument $1: 6100000000 (value out of int32 range)     (asyncpg)

Every query that the models make by this key fails, or ids that the models allow do not fit.
References that copy the model's type are wrong in turn.

Example
-------
  id = mapped_column(Uuid, primary_key=True)        over: id integer PRIMARY KEY

Repair
------
The database is right until somebody decides otherwise, for it holds the rows: `remediate models`
prints the patch of the model. What the other way would take is among the facts; it is chosen with
--right public.users.id=models, which a saved plan keeps, or for good by

  [tool.remediate.right]
  "public.users.id" = "models"

Then a key whose model declares BigInteger is widened, or becomes bigint where it is numeric without
decimals, with all that references it. A move to UUID stays a project of its own.

Safety
------
Nothing is changed in the database.

What is not flagged
-------------------
Lengths of texts; types that differ in spelling only; what FK003 converts.

References
----------
https://alembic.sqlalchemy.org/en/latest/autogenerate.html#compare-types
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remediate.analysis.families import Cost, cost_of_following
from remediate.analysis.filling import fillers, left_to_database
from remediate.analysis.grounds import grounds
from remediate.analysis.models import (
    DATABASE,
    MODELS,
    ModelTypeFacts,
    beyond_in_words,
    cost_in_words,
    decided_side,
    differ,
    ids_beyond,
    numbers_differ,
    outlook,
    refused_in_words,
    right_side,
    severity_of_unlike,
    sqlalchemy_type,
    widths_differ,
)
from remediate.findings.effects import UNLIKE_TYPES, ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
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
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import ident
from remediate.remedies import ways
from remediate.remedies.primary_keys import kind_of_model
from remediate.remedies.widening import TARGET, widen_family
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX, Generator, Name, is_floating, is_whole

_EXACT = {"double precision": 2**53, "real": 2**24}  # whole numbers below are all different


@dataclass(frozen=True, slots=True)
class ModelKeyTypeFacts(Facts):
    """A key in the database and in its model, and what agreeing would cost."""

    type: str
    model: ModelTypeFacts
    if_the_database_followed: Cost


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared, options))


def _find(live: Live, declared: Declared, options: Options) -> Iterator[Finding]:
    mistyped = {(c.table, c.column) for c in live.candidates if grounds(c) and not c.fits}
    for table in declared.tables:
        for place in ((table.name, c) for c in table.key if (table.name, c) not in mistyped):
            model, database = declared.types.get(place, ""), live.types.get(place, "")
            beyond = ids_beyond(model, place, live)
            severity = _severity(model, database, beyond=beyond is not None)
            if model in INTEGER_MAX and is_floating(database):
                severity = (
                    Severity.ERROR if _is_unfilled(*place, live, declared) else Severity.WARNING
                )
            if severity:
                found = _finding(*place, severity, beyond, live, declared)
                yield _undecided(found) if _is_open(*place, live, options) else found


def _is_unfilled(name: Name, column: str, live: Live, declared: Declared) -> bool:
    """Whether the models leave a column to the database, and nothing there fills it."""
    table = live.table_of.get(name)
    if table is None or not table.has(column):
        return False
    known, model = table.column(column), declared.table_of.get(name)
    unfilled = known.generator is Generator.NOTHING and left_to_database(model, known)
    return unfilled and not fillers(table, known, model, live).fillers


def _is_open(name: Name, column: str, live: Live, options: Options) -> bool:
    """Whether a table lost its key, the type is of another kind, and nobody said which is right."""
    table = live.table_of.get(name)
    lost = table is not None and bool(kind_of_model(table, column))
    return lost and not decided_side(name, column, options.right)


def _undecided(finding: Finding) -> Finding:
    """Without what the model is to say."""
    facts = facts_of(finding, ModelKeyTypeFacts)
    return replace(finding, facts=replace(facts, model=replace(facts.model, model_should_say="")))


def _severity(model: str, database: str, *, beyond: bool) -> Severity | None:
    if not model or not database:
        return None
    if differ(model, database):
        return severity_of_unlike(model, database)
    if numbers_differ(model, database):
        # The other way round every comparison casts the column, and no index serves it.
        return Severity.INFO if model in INTEGER_MAX and not beyond else Severity.WARNING
    if not widths_differ(model, database):
        return None
    wider = INTEGER_MAX[model] > INTEGER_MAX[database]
    return Severity.WARNING if wider or beyond else Severity.INFO


def _finding(
    name: Name, column: str, severity: Severity, beyond: int | None, live: Live, declared: Declared
) -> Finding:
    place = Place(name, column)
    model, database = declared.types[name, column], live.types[name, column]
    cost = cost_of_following(name, column, live)
    numbers = is_whole(database) and model in INTEGER_MAX and not _is_fractional(place, live)
    right = "" if numbers else sqlalchemy_type(database)
    facts = ModelKeyTypeFacts(database, ModelTypeFacts(model, right, beyond), cost)
    message = f"{place} is {database}, but its model declares {model}"
    message += beyond_in_words(beyond) + refused_in_words(model, database)
    if is_floating(database) and severity is Severity.ERROR:
        message += ", and expects the database to supply the id, which nothing generates"
    if differ(model, database):
        message += f"; {cost_in_words(cost)}"
    return finding_at(RULE, place, (severity, Confidence.PROVEN), facts, message, declared)


def _is_fractional(place: Place, live: Live) -> bool:
    key = live.table_of.get(place.table) if place.table else None
    known = key.column(place.column) if key and place.column and key.has(place.column) else None
    return bool(known and known.extremes and known.extremes.fractional)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = finding.place.table, finding.place.column
    facts = facts_of(finding, ModelKeyTypeFacts)
    model = facts.model
    if table and column and (how := _by_hand(table, column, facts.type, live, options)):
        return Manual(how)
    if not table or not column or right_side(table, column, options.right) == DATABASE:
        if model.model_should_say:
            return Manual(f"change the model to {model.model_should_say}: remediate models")
        return _to_bigint(finding.place, model.model_type, live)
    if model.model_type == TARGET and (table, column) in live.members:
        key = live.table_of[table]
        return widen_family(key, key.column(column), live, options)
    if not model.model_should_say:
        return _to_bigint(finding.place, model.model_type, live)
    return Manual(
        "no single revision converts a key to this type, even if the models are right: "
        f"{cost_in_words(cost_of_following(table, column, live))}"
    )


def _by_hand(name: Name, column: str, type_: str, live: Live, options: Options) -> str:
    """What no revision of this rule's does, whichever side is right; "" for anything else."""
    if is_floating(type_):
        return _whole_again(name, column, type_)
    return _by_missing_key(name, column, type_, live, options)


def _whole_again(name: Name, column: str, type_: str) -> str:
    """How a key that became a fraction is whole again: beyond a limit it lost ids already."""
    key, exact = ident(column), _EXACT[type_]
    return (
        f"{type_} holds every whole number only below {exact:,}: convert it and what references it "
        f"(ALTER TABLE {name.sql} ALTER COLUMN {key} TYPE bigint) once this query finds no row: "
        f"SELECT {key} FROM {name.sql} WHERE {key} <> trunc({key}) OR abs({key}) >= {exact}; "
        "then plan again"
    )


def _by_missing_key(name: Name, column: str, type_: str, live: Live, options: Options) -> str:
    """What is to be done where the table has no key: another rule converts the column."""
    table = live.table_of.get(name)
    if table is None or not kind_of_model(table, column):
        return ""
    place, side = Place(name, column), decided_side(name, column, options.right)
    if side == MODELS:
        return f"you decided that the model is right: PK009:{name} shows how to convert the column"
    if side == DATABASE:
        return ""
    return (
        f"decide which is right: PK009:{name} shows how to convert the column to the model's type; "
        f"--right {place}=database changes the model to {sqlalchemy_type(type_)}"
    )


def _to_bigint(place: Place, model: str, live: Live) -> Manual:
    """How a numeric key without decimals becomes bigint, with all that references it."""
    key, seen, first = place, {place}, ""
    while (above := _referenced(key, live)) and above not in seen:
        key = above
        seen.add(key)
    if model != TARGET or key != place:
        first = f"change the {'models' if key != place else 'model'} to BigInteger, then "
    return Manual(
        f"bigint fits a key without decimals: {first}--right {key}=models converts "
        f"{'it' if key == place else 'both'} and everything that references it"
    )


def _referenced(place: Place, live: Live) -> Place | None:
    """The key from which this column has its values."""
    for fk in live.references.get(place.table, ()) if place.table else ():
        if place.column in fk.columns:
            return Place(*fk.target_of(place.column))
    return None


RULE = Rule(
    code="MD001",
    name="model-key-type-differs",
    family=Family.MODELS,
    summary="a key whose model declares another type than the database has",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    offers=ways.of_sides,
    stops=Inserts.OF_MODELS,
    symptom=UNLIKE_TYPES,
    errors={
        ErrorKind.NOT_NULL: 2,
        ErrorKind.OUT_OF_RANGE: 3,
        ErrorKind.WRONG_TYPE: 3,
        ErrorKind.NOT_READABLE: 3,
        ErrorKind.NOT_COMPARABLE: 3,
        ErrorKind.NOT_CAST: 3,
        ErrorKind.PARAMETER_REFUSED: 1,
        ErrorKind.NULL_IDENTITY: 3,
    },
    facts=(ModelKeyTypeFacts,),
    leaves=Leaves.TYPE,
    provable=False,
    worst=Severity.ERROR,
    patches_models=True,
    outlook=outlook,
)
