"""A column that fits its key, but whose model declares another type.

What it does
------------
Looks at columns that hold a key's values, by a foreign key, models or data, and that
have the key's type. Reports those whose model declares another one: then the model is wrong. Where
the model fits the key and the column does not, the database is wrong: FK003.

  error     types that cannot be compared: the model declares UUID, the column is integer
  warning   a model that psycopg, asyncpg and pg8000, which all send its type, cannot use: it has
            String or Text over uuid or integer (psycopg2 sends a literal that the column takes), or
            is narrower than ids of the key that are in use;
            one with Numeric, while the column is integer: every comparison casts the column,
            so that no index serves it
  info      integers of another width

Why is this bad?
----------------
  column "user_id" is of type integer but expression is of type uuid        (SQLSTATE 42804)
  operator does not exist: integer = uuid                                   (SQLSTATE 42883)

Every query and every INSERT that the model makes with this column fails.

Example
-------
  user_id = Column(UUID, ForeignKey("users.id"))     over: user_id integer REFERENCES users

Repair
------
The database is right until somebody decides otherwise, for it holds the rows: `remediate models`
prints the patch of the model.

Safety
------
Nothing is changed in the database.

What is not flagged
-------------------
Columns whose model agrees with the database, right or wrong; integers over numeric without
decimals: the key is best bigint, and the column with it (FK002).

References
----------
https://docs.sqlalchemy.org/en/20/core/constraints.html#defining-foreign-keys
"""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.analysis.families import cost_of_following
from remediate.analysis.grounds import grounds
from remediate.analysis.models import (
    ModelTypeFacts,
    beyond_in_words,
    cost_in_words,
    differ,
    ids_beyond,
    numbers_differ,
    outlook,
    refused_in_words,
    severity_of_unlike,
    sqlalchemy_type,
    widths_differ,
)
from remediate.findings.alternative import Offer, Way
from remediate.findings.effects import UNLIKE_MODEL, ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Ask,
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
from remediate.remedies import ways
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import INTEGER_MAX, Name


@dataclass(frozen=True, slots=True)
class Meaning:
    """A column, and the key that it means."""

    table: Name
    column: str
    target: Name
    key: str
    type: str  # of the key

    @property
    def place(self) -> tuple[Name, str]:
        return self.table, self.column


@dataclass(frozen=True, slots=True)
class ModelReferenceTypeFacts(Facts):
    """A column in the database and in its model, and the key that it means."""

    type: str
    model: ModelTypeFacts
    references: Name
    referenced_columns: tuple[str, ...]
    referenced_types: tuple[str, ...]
    fits: bool  # the column in the database


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    meanings = {meaning.place: meaning for meaning in _meanings(live)}.values()
    found = (_judge(meaning, live, declared) for meaning in meanings)
    return tuple(finding for finding in found if finding is not None)


def _meanings(live: Live) -> Iterator[Meaning]:
    for fk in live.foreign_keys:
        pairs = zip(fk.columns, fk.target_columns, fk.target_types, strict=False)
        for column, target, type_ in pairs:
            yield Meaning(fk.table, column, fk.target, target, type_)
    for one in live.candidates:
        if grounds(one):
            yield Meaning(one.table, one.column, one.target, one.target_column, one.target_type)


def _judge(one: Meaning, live: Live, declared: Declared) -> Finding | None:
    model, database = declared.types.get(one.place, ""), live.types.get(one.place, "")
    narrower = widths_differ(model, database) and INTEGER_MAX[model] < INTEGER_MAX[database]
    beyond = ids_beyond(model, (one.target, one.key), live) if narrower else None
    severity = _severity(model, database, one.type, beyond=beyond is not None)
    if severity is None:
        return None
    place, means = Place(*one.place), Place(one.target, one.key)
    fits = family_of(database) == family_of(one.type)
    facts = ModelReferenceTypeFacts(
        type=database,
        model=ModelTypeFacts(model, sqlalchemy_type(database if fits else one.type), beyond),
        references=one.target,
        referenced_columns=(one.key,),
        referenced_types=(one.type,),
        fits=fits,
    )
    message = (
        f"{place} holds {means} values ({one.type}) as {database}, but its model declares {model}"
    )
    message += beyond_in_words(beyond) + refused_in_words(model, database)
    return finding_at(RULE, place, (severity, Confidence.PROVEN), facts, message, declared)


def _severity(model: str, database: str, key: str, *, beyond: bool) -> Severity | None:
    """None where the model agrees with the database, or with the key that the column misses."""
    if not model or not database:
        return None
    if numbers_differ(model, database):
        return None if model in INTEGER_MAX and not beyond else Severity.WARNING
    if differ(model, database):
        return severity_of_unlike(model, database) if family_of(model) != family_of(key) else None
    if not widths_differ(model, database):
        return None
    return Severity.WARNING if beyond else Severity.INFO


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    facts = facts_of(finding, ModelReferenceTypeFacts)
    return Manual(f"change the model to {facts.model.model_should_say}: remediate models")


def _offers(finding: Finding, live: Live, options: Options, ask: Ask) -> tuple[Offer, ...]:
    """The model; the database only as far as the column then still fits its key."""
    facts = facts_of(finding, ModelReferenceTypeFacts)
    model, (by, why) = facts.model, _following(facts, live)
    follow = "convert the column to the type of the model"
    return (
        Offer(
            ways.SIDE, f"change the model to {model.model_should_say}", "remediate models --write",
            Way.MODELS, taken=True,
        ),
        *((Offer(ways.SIDE, follow, by, Way.DATABASE, Manual(why)),) if facts.fits else ()),
        ways.stays(finding),
    )  # fmt: skip


def _following(facts: ModelReferenceTypeFacts, live: Live) -> tuple[str, str]:
    """What the database would do by hand to be as the model says, and what that takes."""
    model, key = facts.model.model_type, Place(facts.references, facts.referenced_columns[0])
    type_ = facts.referenced_types[0]
    if family_of(model) != family_of(type_):
        cost = cost_in_words(cost_of_following(*key.at_column, live))
        why = f"a column of type {model} cannot reference {key}, which is {type_}"
        why += f": the key and every column that references it would change; {cost}"
        return "by hand: no single revision converts a key", why
    by, widths = "by hand: only the column", (model, facts.type, type_)
    to, now, needed = (INTEGER_MAX.get(name, 0) for name in widths)
    if to < needed:
        why = f"a column of type {model} would be narrower than {key}, which is {type_}"
        return by, f"{why}: it could not hold every id (FK001)"
    why = f"only the column would become {model}, and PostgreSQL would rewrite the table"
    if now < needed:
        return by, f"{why}: FK001 does this"
    return by, f"{why}; every id in it has to fit" if to < now else why


RULE = Rule(
    code="MD002",
    name="model-reference-type-differs",
    family=Family.MODELS,
    summary="a column that fits its key, but whose model declares another type",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    offers=_offers,
    stops=Inserts.OF_MODELS,
    symptom=UNLIKE_MODEL,
    errors={
        ErrorKind.OUT_OF_RANGE: 3,
        ErrorKind.NO_PARENT: 1,
        ErrorKind.WRONG_TYPE: 2,
        ErrorKind.NOT_READABLE: 2,
        ErrorKind.NOT_COMPARABLE: 2,
        ErrorKind.NOT_CAST: 2,
        ErrorKind.NOT_REFERENCEABLE: 2,
        ErrorKind.PARAMETER_REFUSED: 1,
    },
    facts=(ModelReferenceTypeFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
    patches_models=True,
    outlook=outlook,
)
