"""Which findings of a plan explain an error, and why none does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remediate.analysis.facts import QuestionFacts
from remediate.findings.effects import ErrorKind
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding, Severity
from remediate.logs.errors import ServerError
from remediate.logs.meanings import MEANINGS, rules_behind
from remediate.plans.plan import Item, Plan
from remediate.rules import rule_of
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Name

Indexes = Mapping[str, Sequence[tuple[Name, str]]]  # by name: tables, and their one column
Places = Sequence[tuple[Name, str]]  # tables, and the columns where they are told
_BY_SEQUENCE = (ErrorKind.SEQUENCE_DENIED, ErrorKind.SEQUENCE_ENDED)
_BY_REFERENCE = (ErrorKind.NO_PARENT, ErrorKind.NOT_REFERENCEABLE)
_LIKELY = 2  # place among the causes of an error
_AWAITED = (
    "; yet the INSERT leaves it out and RETURNs it: the application expects the database to "
    "fill it, and every such INSERT fails. The plan reads no logs: declare in a model of "
    "the table that the database fills it, or add a default by hand"
)
_BY_TYPES = (ErrorKind.WRONG_TYPE, ErrorKind.NOT_READABLE, ErrorKind.NOT_COMPARABLE)


@dataclass(frozen=True, slots=True)
class Causes:
    """Findings behind an error, the likeliest first; without one, the reason."""

    items: tuple[Item, ...] = ()
    reason: str = ""
    guessed: bool = False  # the table is not told: findings of the same column and error


def causes(error: ServerError, plan: Plan, live: Live, indexes: Indexes) -> Causes:
    """What explains an error; `indexes` are the unique ones that errors name."""
    rules = rules_behind(error.kind)
    known = sorted(
        (item for item in plan.items if item.finding.rule in rules),
        key=lambda item: rules.index(item.finding.rule),
    )
    places = [*_places(error, live, indexes), *_without_key(error, known, live)]
    if items := [i for i in known if any(_is_at(i.finding, *place) for place in places)]:
        return Causes(tuple(items))
    if places or _is_told(error):
        return Causes(reason=_reason(error, places, plan, live))
    if items := [item for item in known if _is_of_constraint(item.finding, error)]:
        return Causes(tuple(items))
    if items := [item for item in known if _is_alike(item.finding, error)]:
        return Causes(tuple(items), guessed=True)
    about = f" about a column {error.column}" if error.column else ""
    return Causes(
        reason=f"the log does not name the table, and no finding{about} explains the error"
    )


def _is_told(error: ServerError) -> bool:
    return bool(error.table or error.others)


def _places(error: ServerError, live: Live, indexes: Indexes) -> Places:
    """Tables that the error may be about, and the column where it is told."""
    if error.kind is ErrorKind.DUPLICATE and error.name in indexes:
        return [
            (live.root(live.table_of[table]).name if table in live.table_of else table, column)
            for table, column in indexes[error.name]
            if error.schema in ("", table.schema)
        ]
    if drawing := [*_drawing(error, live)]:
        return drawing
    return [*_named(error, live)] or [*_of_model(error, live)] or [*_in_schema(error, live)]


def _in_schema(error: ServerError, live: Live) -> Iterator[tuple[Name, str]]:
    """The table whose name stands with its schema in that of the constraint, as Prisma's."""
    for table in live.tables if error.name.startswith(f"{error.table}_") else ():
        if error.table == f"{table.name.schema}_{table.name.name}":
            yield live.root(table).name, error.column


def _drawing(error: ServerError, live: Live) -> Iterator[tuple[Name, str]]:
    for table in live.tables if error.kind in _BY_SEQUENCE else ():
        for column in table.columns:
            if any(sequence.name == error.name for sequence in column.sequences):
                yield live.root(table).name, column.name


def _named(error: ServerError, live: Live) -> Iterator[tuple[Name, str]]:
    names = {error.table, *error.others} - {""}
    for table in live.tables:
        if table.name.name in names and error.schema in ("", table.name.schema):
            column = error.column if table.name.name == error.table else ""
            yield live.root(table).name, column


def _without_key(
    error: ServerError, known: Iterable[Item], live: Live
) -> Iterator[tuple[Name, str]]:
    """Of tables that have no key, and so are not read as tables, those with a finding."""
    for table in {item.finding.place.table for item in known} - {None, *live.table_of}:
        if table is None or error.schema not in ("", table.schema):
            continue
        if table.name in (error.table, *error.others) or _is_missing(error, table):
            yield table, error.column if table.name == error.table else ""


def _is_missing(error: ServerError, table: Name) -> bool:
    """Whether it is the table that an error does not find, which names it as the statement does."""
    named = f"{table.schema}.{table.name}"
    return error.kind is ErrorKind.TABLE_MISSING and error.table == named


def _of_model(error: ServerError, live: Live) -> Iterator[tuple[Name, str]]:
    """The tables that a class of this name may be mapped to: UserSkill to user_skills."""
    model = _folded(error.model)
    names = {model, f"{model}s", f"{model}es", f"{model[:-1]}ies"} if model else set()
    for table in live.tables:
        if _folded(table.name.name) in names:
            yield live.root(table).name, error.column


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


def _is_at(finding: Finding, table: Name, column: str) -> bool:
    place = finding.place
    if place.table is None:
        question = part_of(finding.facts, QuestionFacts)
        return question is not None and (*table, column) in question.keys
    return place.table == table and (
        not column or place.column is None or place.column in column.split(", ")
    )


def _is_of_constraint(finding: Finding, error: ServerError) -> bool:
    """Whether the error's constraint has the name that PostgreSQL gives a foreign key there."""
    table, column = finding.place.table, finding.place.column
    if error.kind not in _BY_REFERENCE or table is None or column is None:
        return False
    usual = f"{table.name}_{column}_fkey"
    return error.name in (usual, f"{table.schema}_{usual}")


def _is_alike(finding: Finding, error: ServerError) -> bool:
    """Whether a finding is of just this shape, though the error does not tell its table."""
    if finding.place.table is None:
        return False
    if error.column:
        return finding.place.column in error.column.split(", ")
    if error.kind in _BY_TYPES:
        type_: str = getattr(finding.facts, "type", "")
        return type_.partition("(")[0] in error.name.split(", ")
    is_likely = rule_of(finding.rule).errors[error.kind] <= _LIKELY
    return is_likely and finding.severity is not Severity.INFO and not error.name


def _reason(error: ServerError, places: Places, plan: Plan, live: Live) -> str:
    """Why no finding explains it, from what is known of the place."""
    if not places:
        named = error.table or " and ".join(error.others)
        return f"no table {named} with a key is among those that were read"
    for open_ in plan.unverified:
        if (open_.place.table, open_.place.column) in places:
            return f"{open_.place} could not be verified: {open_.reason}"
    if found := sorted({i.finding.rule for i in plan.items if _speaks_of(i.finding, places)}):
        return f"what is found there is something else: {', '.join(found)}"
    column = _column(live, *places[0])
    for healthy in plan.healthy:
        if (healthy.place.table, healthy.place.column) in places:
            return f"{healthy.reason}{_since(error, column)}"
    if error.kind is ErrorKind.NOT_COMPARABLE and len(places) == 1:
        return _one_sided(error, places[0][0], plan)
    return _without_verdict(error, places, column, live)


def _one_sided(error: ServerError, table: Name, plan: Plan) -> str:
    """Of a comparison of which one table alone is told: what refers to it with another type."""
    told = f"of what is compared, the log names only {table}"
    near = sorted(
        item.finding.id
        for item in plan.items
        if getattr(item.finding.facts, "references", None) == table
        and _is_alike(item.finding, error)
    )
    if not near:
        return f"{told}, and every known reference to it has its type"
    return f"{told}; if a reference to it is compared, see {', '.join(near)}"


def _speaks_of(finding: Finding, places: Places) -> bool:
    """Whether a finding, which leads to other errors, is about just this column."""
    return finding.severity is not Severity.INFO and any(
        column and finding.place.table == table and finding.place.column == column
        for table, column in places
    )


def _since(error: ServerError, column: Column | None) -> str:
    """What a place that is healthy leaves as a cause."""
    if error.kind is not ErrorKind.NOT_NULL:
        return ""
    if column is None or column.generator is Generator.NOTHING:
        if error.awaited:
            return _AWAITED
        return ": nothing generates it, and the INSERT gave no value"
    return "; the INSERT passed a NULL, or it was repaired since"


def _without_verdict(error: ServerError, places: Places, column: Column | None, live: Live) -> str:
    """Of a place that no rule speaks of."""
    table = places[0][0]
    if column is None or column.name not in live.table_of[table].key:
        return MEANINGS[error.kind].otherwise
    if error.kind is ErrorKind.NOT_NULL:
        if column.generator is Generator.NOTHING:
            unknown = _AWAITED if error.awaited else ", and it is not known what fills it"
            return f"nothing generates {table}.{column.name}{unknown}"
        return (
            f"{table}.{column.name} is generated now; the INSERT passed a NULL, or it was repaired"
        )
    if error.kind is ErrorKind.DUPLICATE:
        return "the application passed an id that exists, or the sequence was advanced since"
    return MEANINGS[error.kind].otherwise


def _column(live: Live, table: Name, column: str | None) -> Column | None:
    known = live.table_of[table].columns if table in live.table_of else ()
    return next((each for each in known if each.name == column), None)
