"""The facts that findings of several rules have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from remediate.analysis.bad_values import BadValues, bad_values
from remediate.analysis.grounds import Grounds
from remediate.findings.facts import part_of
from remediate.findings.finding import Confidence, Facts, Finding, Place, Rule, Severity, finding_at
from remediate.postgres.sql import quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate, Evidence, ForeignKey
from remediate.snapshots.tables import Column, Name, Sequence, Table


@dataclass(frozen=True, slots=True)
class KeyFacts(Facts):
    """A key, or another column that something generates."""

    place: str  # schema, table and column, quoted where PostgreSQL needs it
    type: str  # as PostgreSQL writes it
    owner: str  # the role that owns the table
    rows: int | None  # the statistics' estimate
    inserts: int | None  # since the statistics were reset
    lowest_id: int | None
    highest_id: int | None
    referenced_by: int  # foreign keys
    writers: tuple[str, ...]  # roles that may INSERT


@dataclass(frozen=True, slots=True)
class TableFacts(Facts):
    """A table as a whole."""

    owner: str  # the role that owns the table
    rows: int | None  # the statistics' estimate
    inserts: int | None  # since the statistics were reset


class KeyEvidence(StrEnum):
    """What proves that the database should fill a key."""

    OWNED_SEQUENCE = "owned sequence"
    MODELS = "models"
    PARTITIONS = "default of its partitions"


@dataclass(frozen=True, slots=True)
class TriggerFacts(Facts):
    """Triggers, subscriptions of logical replication, and code of models that may fill a key."""

    triggers: tuple[str, ...]  # that run before an INSERT
    replicated_by: tuple[str, ...] = ()  # subscriptions of logical replication
    made_by: str = ""  # code of the models' class

    @property
    def fillers(self) -> tuple[str, ...]:
        """All of them, for a sentence."""
        replicated = (f"the subscription {name}" for name in self.replicated_by)
        return (*self.triggers, *replicated, *([self.made_by] if self.made_by else []))


@dataclass(frozen=True, slots=True)
class QuestionFacts(Facts):
    """Keys about which one question is asked."""

    keys: tuple[tuple[str, str, str], ...]  # schema, table, column

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        return self.keys


@dataclass(frozen=True, slots=True)
class SequenceFacts(Facts):
    """The sequence that fills a column."""

    sequence: Name  # schema and name
    sequence_type: str
    sequence_owned_by: tuple[str, str, str] | None  # schema, table, column
    next: int | None  # value; null where the role may not read it
    increment: int  # how far apart two values are
    minimum: int  # its MINVALUE
    maximum: int  # its MAXVALUE


@dataclass(frozen=True, slots=True)
class ConstraintFacts(Facts):
    """A declared foreign key."""

    constraint: str  # its name
    columns: tuple[str, ...]  # of the referencing table
    types: tuple[str, ...]  # of these columns
    references: Name  # schema and table
    referenced_columns: tuple[str, ...]  # the key
    referenced_types: tuple[str, ...]
    on_delete: str  # NO ACTION, CASCADE, ...
    owner: str | None  # of the referencing table
    rows: int | None  # of the referencing table: the statistics' estimate
    referenced_rows: int | None  # the statistics' estimate


@dataclass(frozen=True, slots=True)
class EvidenceFacts(Facts):
    """What the values of a column say of the key that it may mean: no more than their shape."""

    values: int  # that are not NULL, among those read
    every_row_read: bool  # false: a sample was read
    come_back_as_they_are: int  # values that convert to the key's type and back to the same bytes
    convertible: int  # values that convert to the key's type
    present_in_parent: int  # of these, values that the key holds
    without_parent: int  # of these, values that it does not hold
    not_convertible: int  # values that do not convert
    shapes: tuple[str, ...]  # of such values, with letters and digits masked
    bad_values: tuple[BadValues, ...]  # that keep it from having a foreign key
    query: str  # repeats the count


@dataclass(frozen=True, slots=True)
class CandidateFacts(Facts):
    """A column that seems to mean a key, and has no foreign key."""

    type: str  # of the column
    references: Name  # schema and table
    referenced_columns: tuple[str, ...]  # the key
    referenced_types: tuple[str, ...]
    name_fits: str  # how its name leads to the table
    model_type: str | None  # that the model declares for the column
    owner: str  # of the table
    rows: int | None  # the statistics' estimate
    evidence: EvidenceFacts | None
    grounds: str  # why the column is taken for a reference


def key_facts(table: Table, column: Column, live: Live) -> KeyFacts:
    extremes = column.extremes
    return KeyFacts(
        place=f"{table.name}.{quote(column.name)}",
        type=column.type,
        owner=table.owner,
        rows=table.rows,
        inserts=table.inserts,
        lowest_id=extremes.low if extremes else None,
        highest_id=extremes.high if extremes else None,
        referenced_by=len(live.referrers.get(table.name, ())),
        writers=tuple(sorted({w.role for w in table.writers})),
    )


def sequence_facts(sequence: Sequence) -> SequenceFacts:
    owner = sequence.owned_by
    return SequenceFacts(
        sequence=sequence.name,
        sequence_type=sequence.type,
        sequence_owned_by=(*owner[0], owner[1]) if owner else None,
        next=sequence.next,
        increment=sequence.increment,
        minimum=sequence.minimum,
        maximum=sequence.maximum,
    )


def constraint_facts(fk: ForeignKey, live: Live) -> ConstraintFacts:
    child, parent = live.table_of.get(fk.table), live.table_of.get(fk.target)
    return ConstraintFacts(
        constraint=fk.name,
        columns=fk.columns,
        types=fk.declared,
        references=fk.target,
        referenced_columns=fk.target_columns,
        referenced_types=fk.target_types,
        on_delete=fk.on_delete or "NO ACTION",
        owner=child.owner if child else None,
        rows=child.rows if child else None,
        referenced_rows=parent.rows if parent else None,
    )


def candidate_facts(candidate: Candidate, why: Grounds, live: Live) -> CandidateFacts:
    table, found = live.table_of[candidate.table], candidate.evidence
    return CandidateFacts(
        type=candidate.type,
        references=candidate.target,
        referenced_columns=(candidate.target_column,),
        referenced_types=(candidate.target_type,),
        name_fits=candidate.how,
        model_type=candidate.model_type or None,
        owner=table.owner,
        rows=table.rows,
        evidence=_evidence_facts(found, candidate) if found else None,
        grounds=why.value,
    )


def _evidence_facts(evidence: Evidence, candidate: Candidate) -> EvidenceFacts:
    return EvidenceFacts(
        values=evidence.values,
        every_row_read=evidence.whole,
        come_back_as_they_are=evidence.canonical,
        convertible=evidence.convertible,
        present_in_parent=evidence.present,
        without_parent=evidence.orphans,
        not_convertible=evidence.inconvertible,
        shapes=evidence.samples,
        bad_values=bad_values(candidate),
        query=evidence.query,
    )


def query_of(finding: Finding) -> str:
    """The query that repeats what was asked of the values; "" where none was."""
    evidence = part_of(finding.facts, EvidenceFacts)
    return evidence.query if evidence else ""


def bad_values_of(finding: Finding) -> tuple[BadValues, ...]:
    """The kinds of values that stand in the way of a foreign key; () where none were met."""
    evidence = part_of(finding.facts, EvidenceFacts)
    return evidence.bad_values if evidence else ()


def rows_in(facts: Facts) -> int | None:
    """The rows of the table that the facts are about, where they say it."""
    if of_table := part_of(facts, KeyFacts) or part_of(facts, TableFacts):
        return of_table.rows
    reference = part_of(facts, ConstraintFacts) or part_of(facts, CandidateFacts)
    return reference.rows if reference else None


def of_constraint(
    rule: Rule,
    fk: ForeignKey,
    weight: tuple[Severity, Confidence],
    facts: Facts,
    message: str,
    declared: Declared,
) -> Finding:
    """A finding of this rule at a declared foreign key."""
    column = fk.columns[0] if len(fk.columns) == 1 else None
    place = Place(fk.table, column, fk.name)
    return finding_at(rule, place, weight, facts, f"{place} {message}", declared)


def at_candidate(
    rule: Rule,
    candidate: Candidate,
    weight: tuple[Severity, Confidence],
    facts: Facts,
    message: str,
    declared: Declared,
) -> Finding:
    """A finding of this rule at a column without foreign key."""
    place = Place(candidate.table, candidate.column)
    return finding_at(rule, place, weight, facts, f"{place} {message}", declared)


def candidate_of(finding: Finding, live: Live) -> Candidate:
    """The column that a finding is about."""
    place = (finding.place.table, finding.place.column)
    return next(c for c in live.candidates if (c.table, c.column) == place)


def spoken_of(finding: Finding, live: Live) -> ForeignKey:
    """The foreign key that a finding is about."""
    table = finding.place.table
    of_table = live.references.get(table, ()) if table else ()
    absent = [fk for fk in live.absent if fk.table == table]
    return next(fk for fk in (*of_table, *absent) if fk.name == finding.place.constraint)


def in_words(parts: Iterable[str]) -> str:
    """One, or "one and another"."""
    *rest, last = parts
    return f"{', '.join(rest)} and {last}" if rest else last


def rows_of(name: Name, live: Live) -> int:
    """The statistics' estimate; 0 where there is none."""
    table: Table | None = live.table_of.get(name)
    return max(table.rows or 0, 0) if table else 0
