"""What model and database say of a column, and what it would take to make them agree."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from remediate.analysis.families import Cost
from remediate.findings.finding import Facts
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import INTEGER_MAX, Name
from remediate.system.words import plural

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


def differ(one: str, other: str) -> bool:
    """Whether PostgreSQL compares no value of one type with one of the other without a cast."""
    families = {family_of(one), family_of(other)}
    return len(families) > 1 and families <= COMPARED


def widths_differ(one: str, other: str) -> bool:
    return one != other and {one, other} <= INTEGER_MAX.keys()


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
    def counted(number: int, noun: str) -> str:
        return f"{number} {noun if number == 1 else plural(noun)}"

    return (
        f"the database following the models would rewrite {counted(cost.tables, 'table')} with "
        f"about {counted(cost.rows, 'row')}, and make {counted(cost.foreign_keys, 'foreign key')} "
        "anew"
    )


DATABASE, MODELS = "database", "models"


def right_side(table: Name, column: str, right: Mapping[str, str]) -> str:
    """ "models" or "database", by [tool.remediate.right]: the first glob that fits."""
    names = (f"{table.schema}.{table.name}.{column}", f"{table.name}.{column}")
    found = (side for glob, side in right.items() if any(fnmatchcase(n, glob) for n in names))
    return next(found, DATABASE)


def widened_by_models(
    live: Live, declared: Declared, right: Mapping[str, str]
) -> Iterator[tuple[Name, str]]:
    """The keys whose models are wider, and right."""
    for table in declared.tables if right else ():
        for column in table.key:
            place = (table.name, column)
            model, database = declared.types.get(place, ""), live.types.get(place, "")
            decided = right_side(*place, right) == MODELS
            if decided and widths_differ(model, database) and _is_wider(model, database):
                yield place


def _is_wider(one: str, other: str) -> bool:
    return INTEGER_MAX[one] > INTEGER_MAX[other]
