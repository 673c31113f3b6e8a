"""What model and database say of a column, and what it would take to make them agree."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remediate.analysis.capacity import reach
from remediate.analysis.families import Cost
from remediate.analysis.outlooks import some_day_unless_error
from remediate.findings import lists
from remediate.findings.effects import Outlook, When
from remediate.findings.facts import part_of
from remediate.findings.finding import Facts, Finding, Severity
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN, Name, is_whole
from remediate.system.words import counted

# Of other types a difference may be one of spelling only.
COMPARED = {"integer", "text", "uuid", "numeric", "date"}
_SAID = {
    "smallint": "SmallInteger", "integer": "Integer", "bigint": "BigInteger", "uuid": "Uuid",
    "text": "Text", "date": "Date",
}  # fmt: skip
_LENGTH = re.compile(r"(character varying|character|numeric)(?:\((\d+)(?:,(-?\d+))?\))?")


@dataclass(frozen=True, slots=True)
class ModelTypeFacts(Facts):
    """The type that a model says, and the one that it is to say, as models write it."""

    model_type: str
    model_should_say: str  # "" where that takes a person
    ids_beyond: int | None = None  # the end of the model's type, where ids in use are beyond it


def differ(one: str, other: str) -> bool:
    """Whether PostgreSQL compares no value of one type with one of the other without a cast."""
    families = {family_of(one), family_of(other)}
    return len(families) > 1 and families <= COMPARED and not numbers_differ(one, other)


def numbers_differ(one: str, other: str) -> bool:
    """Whether one is an integer and the other numeric without decimals, which hold the same ids."""
    return {one, other} & INTEGER_MAX.keys() != set() and (is_whole(one) or is_whole(other))


def sent_as_text(model: str, database: str) -> bool:
    """Whether the model says a text type, and the column has another.

    SQLAlchemy makes a cast of it for psycopg, asyncpg and pg8000, and PostgreSQL refuses each value
    (42804). psycopg2 writes a literal without a type, which the column takes.
    """
    return family_of(model) == "text" and differ(model, database)


def severity_of_unlike(model: str, database: str) -> Severity:
    """Of types that PostgreSQL does not compare: a warning where that depends on the driver."""
    return Severity.WARNING if sent_as_text(model, database) else Severity.ERROR


def widths_differ(one: str, other: str) -> bool:
    return one != other and {one, other} <= INTEGER_MAX.keys()


def ids_beyond(model: str, key: tuple[Name, str], live: Live) -> int | None:
    """The end of a model's integer type, where ids of the key that it means are beyond it.

    A driver to which SQLAlchemy gives the model's type refuses them: asyncpg before it sends them,
    PostgreSQL (22003) what psycopg and pg8000 send. psycopg2 sends the digits alone.
    """
    known = reach(*key, live) if model in INTEGER_MAX else None
    if known is None:
        return None
    low, high = known
    if high > INTEGER_MAX[model]:
        return INTEGER_MAX[model]
    return INTEGER_MIN[model] if low < INTEGER_MIN[model] else None


def beyond_in_words(end: int | None) -> str:
    """The end of a sentence about a model that is too narrow; "" for any other."""
    if end is None:
        return ""
    return f", and ids beyond {end:,} are in use: asyncpg, psycopg and pg8000 refuse them"


def refused_in_words(model: str, database: str) -> str:
    """The end of a sentence about a model that says text; "" for any other."""
    if not sent_as_text(model, database):
        return ""
    return ": PostgreSQL refuses asyncpg, psycopg and pg8000 (42804), but not psycopg2"


def outlook(finding: Finding, live: Live) -> Outlook:
    """Now, where it is an error or drivers that send the model's type are refused; or some day."""
    model = part_of(finding.facts, ModelTypeFacts)
    if model is None:
        return some_day_unless_error(finding, live)
    if model.ids_beyond is not None:
        return Outlook(When.NOW, "drivers that send the model's type refuse ids that are in use")
    if family_of(model.model_type) == "text":
        return Outlook(When.NOW, "PostgreSQL refuses drivers that send the model's type")
    return some_day_unless_error(finding, live)


def sqlalchemy_type(type_: str) -> str:
    """A PostgreSQL type as models say it, `BigInteger`; "" where that takes a person."""
    if type_ in _SAID:
        return _SAID[type_]
    match = _LENGTH.fullmatch(type_)
    if match is None:
        return ""
    kind = {"character varying": "String", "character": "CHAR", "numeric": "Numeric"}[match[1]]
    numbers = ", ".join(number for number in match.groups()[1:] if number)
    return f"{kind}({numbers})" if numbers else kind


def cost_in_words(cost: Cost) -> str:
    """What a conversion of the database to the type of the models would take."""
    return (
        f"a conversion to the type of the models would rewrite {counted(cost.tables, 'table')} "
        f"with about {counted(cost.rows, 'row')}, and recreate "
        f"{counted(cost.foreign_keys, 'foreign key')}"
    )


DATABASE, MODELS = "database", "models"


def right_side(table: Name, column: str, right: Mapping[str, str]) -> str:
    """ "models" or "database", by [tool.remediate.right]: the database where nobody decided."""
    return decided_side(table, column, right) or DATABASE


def decided_side(table: Name, column: str, right: Mapping[str, str]) -> str:
    """That of the first glob that fits; "" where nobody decided."""
    names = (f"{table.schema}.{table.name}.{column}", f"{table.name}.{column}")
    found = (side for glob, side in right.items() if lists.is_fit(glob, names))
    return next(found, "")


def widened_by_models(
    live: Live, declared: Declared, right: Mapping[str, str]
) -> Iterator[tuple[Name, str]]:
    """The keys whose models are wider, and right."""
    for table in declared.tables if right else ():
        for column in table.key:
            place = (table.name, column)
            model, database = declared.types.get(place, ""), live.types.get(place, "")
            decided = right_side(*place, right) == MODELS
            wider = widths_differ(model, database) and _is_wider(model, database)
            if decided and (wider or (is_whole(database) and model == "bigint")):
                yield place


def _is_wider(one: str, other: str) -> bool:
    return INTEGER_MAX[one] > INTEGER_MAX[other]
