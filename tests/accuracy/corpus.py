"""The project's corpora in one form: a database each, how to try its keys, and labels by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from remediate.snapshots.tables import Name
from tests.corpora import zoo
from tests.corpora.hard import Case, Group
from tests.corpora.hard_references import GROUPS
from tests.corpora.kinds import BY_ERROR, Kind
from tests.corpora.lessons import LESSONS, Lesson
from tests.corpora.references import SCHEMAS, Schema
from tests.corpora.references_blind import BLIND
from tests.corpora.zoo import Why


def shown(table: Name) -> str:
    """Its name without quotes, as labels have it."""
    return f"{table.schema}.{table.name}"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """One kind of defect at one table, or at one column of it where a reference is concerned."""

    kind: Kind
    table: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


@dataclass(frozen=True, slots=True)
class Try:
    """An INSERT without the key, repeated until it fails; $1 is the number of the row."""

    table: Name
    insert: str
    role: str = ""
    path: str = ""  # search_path of the role for this INSERT


@dataclass(frozen=True, slots=True)
class Corpus:
    """A database with what is known of it beside its schema and rows."""

    name: str
    statements: tuple[str, ...]
    search_path: str = "public"
    roles: tuple[str, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)  # role -> its search_path there
    metadatas: tuple[sa.MetaData, ...] = ()
    tries: tuple[Try, ...] | None = None  # None: one for each key, made from the catalog
    by_models: bool = False  # a table that a model declares is tried through the model
    supplied: Mapping[str, str] = field(default_factory=dict)  # table -> why no INSERT omits the id
    excused: frozenset[Kind] = frozenset(BY_ERROR.values())  # errors that are no defect there
    unjudged: frozenset[str] = frozenset()  # an INSERT tells nothing of these tables
    labels: frozenset[Spot] | None = None  # all defects, by hand; None: an INSERT tells
    means: Mapping[str, str] = field(default_factory=dict)  # column -> key that it holds
    hopeless: Mapping[str, str] = field(default_factory=dict)  # of these: why no data proves it
    nots: frozenset[str] = frozenset()  # columns that hold no key of the database
    tables: frozenset[str] = frozenset()  # that the labels name

    @property
    def family(self) -> str:
        """The part of its name that several databases share."""
        return self.name.partition(":")[0]


# The zoo calls it healthy, since no rule looks there; a careful person calls it broken.
ZOO_BROKEN = {"z.no_key_lost"}
# What fills these keys is a stand-in: it gives one id again and again, or one a millisecond.
STAND_INS = {
    "zoo": {"z.by_timestamp", "z.computed", "z.filled", "z.lost_trigger", "m.triggered"},
    "models that fill their keys": {"public.counters", "public.facts", "public.tickets"},
}


def corpora() -> tuple[Corpus, ...]:
    """All of them; the databases of one name come one after another."""
    return (
        _of_zoo(),
        *map(_of_lesson, LESSONS),
        *(_of_group(group) for group in GROUPS),
        _of_references("references", SCHEMAS),
        _of_references("blind references", BLIND),
    )


def _of_zoo() -> Corpus:
    design = {
        shown(animal.name): "nothing is meant to generate it"
        for animal in zoo.ZOO
        if any(t.why is Why.BY_DESIGN for t in animal.tries)
    }
    other = {shown(a.name) for a in zoo.ZOO if any(t.why is Why.OTHER for t in a.tries)}
    other |= STAND_INS["zoo"]
    tries = (
        Try(a.name, t.insert, "" if t.role == "postgres" else t.role, zoo.PATHS.get(t.role, ""))
        for a in zoo.ZOO
        for t in a.tries
    )
    return Corpus(
        "zoo",
        (zoo.BEFORE, *(animal.ddl for animal in zoo.ZOO), zoo.AFTER),
        "z, public",
        zoo.ROLES,
        zoo.PATHS,
        (zoo.METADATA,),
        tuple(tries),
        supplied={name: why for name, why in design.items() if name not in ZOO_BROKEN},
        unjudged=frozenset(other),
    )


def _of_lesson(lesson: Lesson) -> Corpus:
    names = (f"public.{n}" if "." not in n else n for n in lesson.healthy.split())
    return Corpus(
        f"lessons: {lesson.name}",
        (lesson.ddl,),
        metadatas=lesson.models,
        by_models=bool(lesson.models),
        excused=frozenset({Kind.UNFILLED}),
        unjudged=frozenset(STAND_INS.get(lesson.name, ())),
        supplied=dict.fromkeys(names, "the application, or nobody, supplies it"),
    )


def _of_group(group: Group) -> Corpus:
    metadata = sa.MetaData()
    for case in group.cases:
        if case.model:
            sa.Table(case.table, metadata, *(column._copy() for column in case.model))
    own = tuple(
        Try(Name("public", case.table), case.filled(case.insert))
        for case in group.cases
        if case.insert
    )
    return Corpus(
        f"hard: {group.name}",
        group.statements,
        metadatas=(metadata,) if metadata.tables else (),
        tries=own,
        by_models=True,
        supplied={f"public.{case.table}": case.why for case in group.cases if case.supplied},
        labels=frozenset(map(_label, (case for case in group.cases if case.broken))),
        tables=frozenset(f"public.{case.table}" for case in group.cases),
    )


def _label(case: Case) -> Spot:
    assert case.broken
    return Spot(case.broken, f"public.{case.table}", case.column)


def _of_references(name: str, schemas: tuple[Schema, ...]) -> Corpus:
    return Corpus(
        name,
        tuple(schema.sql for schema in schemas),
        tries=(),
        means={column: key for schema in schemas for column, key in schema.means.items()},
        hopeless={c: why for schema in schemas for c, why in schema.hopeless.items()},
        nots=frozenset(column for schema in schemas for column in schema.nots),
    )
