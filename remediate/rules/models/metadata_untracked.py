"""Models that Alembic never sees.

What it does
------------
Finds each MetaData of the project that env.py does not pass to Alembic as target_metadata, and
the tables of those that it passes whose modules it does not import. The files below the folder of
the Alembic configuration are searched; a module with models that env.py has not imported is
imported if it holds nothing but imports and definitions, and is named as not verified otherwise.

Why is this bad?
----------------
`alembic check` and autogenerate stay silent about these tables: missing ones are not created,
changed ones not altered. And autogenerate wants to drop a table of which it knows no model.

Example
-------
  target_metadata = SQLModel.metadata          beside: class Base(DeclarativeBase), 40 models

Repair
------
  target_metadata = [SQLModel.metadata, Base.metadata]

and an import of every module with models in env.py. Then: alembic check. Where foreign keys lead
from one MetaData into the other, Alembic fails at them (NoReferencedTableError); then both bases
have to share one:

  class Base(DeclarativeBase): metadata = SQLModel.metadata

Safety
------
Nothing is changed.

What is not flagged
-------------------
MetaData without tables; tests; the revisions themselves; other people's packages.

References
----------
https://alembic.sqlalchemy.org/en/latest/autogenerate.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remediate.findings.effects import Aim, Family, Inserts, Leaves
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
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared, Metadata
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.system.words import counted

_NAMED = 3  # files in a sentence


@dataclass(frozen=True, slots=True)
class MetadataUntrackedFacts(Facts):
    """A MetaData, its tables that Alembic does not see, and their files."""

    metadata: str
    tracked: bool
    tables: tuple[Name, ...]
    files: tuple[str, ...]
    leads_into: str | None  # another MetaData


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(declared))


def _find(declared: Declared) -> Iterator[Finding]:
    for metadata in declared.metadatas:
        called = metadata.name or "a MetaData"
        if not metadata.tracked:
            tables = _counted(metadata.tables)
            message = f"{called} has {tables}, but env.py does not pass it to Alembic"
            yield _finding(metadata, metadata.tables, message, declared)
        elif metadata.late:
            tables = _counted(metadata.late)
            files = _files(metadata.late, declared)
            named = ", ".join([*files[:_NAMED], *(["..."] if files[_NAMED:] else [])])
            where = f"modules that env.py does not import{f': {named}' if named else ''}"
            yield _finding(metadata, metadata.late, f"{called} has {tables} in {where}", declared)


def _finding(
    metadata: Metadata, tables: tuple[Name, ...], message: str, declared: Declared
) -> Finding:
    facts = MetadataUntrackedFacts(
        metadata=metadata.name,
        tracked=metadata.tracked,
        tables=tuple(sorted(tables)),
        files=tuple(_files(tables, declared)),
        leads_into=_leads_into(metadata, declared),
    )
    place = Place(subject=metadata.name or "MetaData")
    weight = (Severity.WARNING, Confidence.PROVEN)
    return Finding(RULE.code, RULE.name, place, *weight, message, facts, metadata.source)


def _files(tables: Iterable[Name], declared: Declared) -> list[str]:
    sources = (declared.source_of(name, None) for name in tables)
    return sorted({source.file for source in sources if source})


def _leads_into(metadata: Metadata, declared: Declared) -> str | None:
    """Another MetaData to which foreign keys of this one lead."""
    ours = set(metadata.tables)
    targets = {fk.target for fk in declared.foreign_keys if fk.table in ours} - ours
    others = (m for m in declared.metadatas if not targets.isdisjoint(m.tables))
    return next((m.name or "the other MetaData" for m in others), None)


def _counted(tables: tuple[Name, ...]) -> str:
    return counted(len(tables), "table")


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    facts = facts_of(finding, MetadataUntrackedFacts)
    if facts.tracked:
        return Manual("import these modules in env.py, then: alembic check")
    if into := facts.leads_into:
        base = facts.metadata.removesuffix(".metadata")
        return Manual(
            f"its foreign keys reference tables of {into}, and Alembic fails at foreign keys "
            f"between two MetaData: set metadata = {into} in {base}"
        )
    return Manual(f"set target_metadata = [..., {facts.metadata}] in env.py")


RULE = Rule(
    code="MD006",
    name="metadata-untracked",
    family=Family.MODELS,
    summary="models that Alembic never sees",
    called=(
        r"\b(only|one|single|separate|multiple|several|tracks) \W*(\w+\.)?metadata\b|"
        r"^\W*(\w+\.)?metadata\W*$|"
        r"\b(import cycles?|circular imports?|import cleanly)\b|"
        r"\bNoReferencedTableError\b|could not find table .* with which to generate a foreign key"
    ),
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(MetadataUntrackedFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
    against=(Aim.METADATA_TRACKED,),
    alone="models",
)
