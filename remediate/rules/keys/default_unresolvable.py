"""A key whose sequence is looked up by name at each INSERT.

What it does
------------
Finds primary keys with a late-bound default, nextval('s'::text): PostgreSQL stores the name and not
the sequence, and looks it up along the search_path of the session. Also finds models that call
a Sequence which does not exist, and functions of defaults and triggers whose source draws from one.

  error     the name is not found on the search_path of the session or of a role that inserts,
            or the model's, function's or trigger's sequence is missing: every INSERT fails
  warning   the name is still found, but nothing protects the sequence
  info      the function or trigger may draw from a missing sequence, or do without it

Why is this bad?
----------------
  relation "s" does not exist   (SQLSTATE 42P01)

Nothing records that the table needs the sequence: DROP SEQUENCE, a rename, another schema or
another search_path break every INSERT, and pg_dump does not know in which order to restore them.

Example
-------
  CREATE TABLE users (id integer PRIMARY KEY DEFAULT nextval('users_seq'::text));
  ALTER SEQUENCE users_seq RENAME TO user_numbers;   -- succeeds, and breaks users

Repair
------
The same sequence, bound as regclass, usable by every role that may insert, advanced beyond the ids;
where it no longer exists it is created. The downgrade restores the former default.
A model that calls a missing sequence is patched where the database fills its key from another one.

Safety
------
ACCESS EXCLUSIVE on the table until commit; no rewrite, no scan.

What is not flagged
-------------------
nextval('s'::regclass), as PostgreSQL stores nextval('s'). A function that puts a name together of
more than its arguments is not verified: try it. A sequence that serves others is not taken.

References
----------
https://www.postgresql.org/docs/current/functions-sequence.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remediate.analysis import column_queries
from remediate.analysis.facts import KeyFacts, key_facts
from remediate.analysis.outlooks import some_day_unless_error
from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves, Symptom
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Rule,
    Severity,
    Verdict,
    column_finding,
    place_in,
)
from remediate.findings.remedy import Hold, Lock, Manual, Remedy, Step
from remediate.remedies.grants import grant, grant_usage
from remediate.remedies.keys import give_sequence, inserting, new_sequence
from remediate.remedies.sequences import bind
from remediate.remedies.states import column_expected, sequence_made
from remediate.remedies.steps import advance_new, create_sequence, own_sequence
from remediate.snapshots import defaults
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, LostSequence
from remediate.snapshots.tables import Column, Generator, Name, Sequence, Table


@dataclass(frozen=True, slots=True)
class MissingSequenceFacts(Facts):
    """A key, and the sequence that its model calls and nobody made."""

    key: KeyFacts
    sequence: Name
    resolves_to: None = None


@dataclass(frozen=True, slots=True)
class LostSequenceFacts(Facts):
    """A key, and the sequence that is gone from which its default draws, or a function of that."""

    key: KeyFacts
    default: str
    function: str
    sequence: Name
    always: bool  # it cannot do without
    resolves_to: None = None


@dataclass(frozen=True, slots=True)
class DefaultUnresolvableFacts(Facts):
    """A key, and what the name in its default means to whom."""

    key: KeyFacts
    written: str
    resolves_to: Name | None  # to whom it works
    unresolved_for: tuple[str, ...]  # roles
    other_for: tuple[str, ...]  # roles to which it means another sequence


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    for table in live.tables:
        model = declared.table_of.get(table.name)
        for column in table.columns:
            if column.generator is Generator.LATE and table.partition_of is None:
                yield _late(table, column, live, declared)
            elif lost := live.lost.get((table.name, column.name)):
                yield _lost(table, column, lost, live, declared)
            elif missing := _missing(column, model, live):
                facts = MissingSequenceFacts(key_facts(table, column, live), missing)
                weight = (Severity.ERROR, Confidence.PROVEN)
                yield column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _lost(
    table: Table, column: Column, lost: LostSequence, live: Live, declared: Declared
) -> Finding:
    key = key_facts(table, column, live)
    facts = LostSequenceFacts(key, column.default, lost.function, lost.sequence, lost.always)
    confidence = Confidence.PROVEN if lost.always else Confidence.POSSIBLE
    weight = (confidence.severity, confidence)
    return column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _late(table: Table, column: Column, live: Live, declared: Declared) -> Finding:
    written = defaults.late_name(column.default)
    meant = column.sequences[0] if column.sequences else None
    inserting = {table.owner, *(w.role for w in table.writers)}
    seen = {
        role: defaults.resolve(written, path, live.sequence_of)
        for role, path in live.search_paths
        if role in inserting
    }
    blind = sorted(role for role, sequence in seen.items() if sequence is None)
    facts = DefaultUnresolvableFacts(
        key=key_facts(table, column, live),
        written=written,
        resolves_to=meant,
        unresolved_for=tuple(blind),
        other_for=tuple(sorted(r for r, s in seen.items() if s is not None and s != meant)),
    )
    works = meant is not None and not blind
    weight = (Severity.WARNING if works else Severity.ERROR, Confidence.PROVEN)
    return column_finding(RULE, table, column, weight, facts, message(facts), declared)


def _missing(column: Column, model: Table | None, live: Live) -> Name | None:
    """The sequence that the model calls and the database does not have."""
    if model is None or not model.has(column.name):
        return None
    declared = model.column(column.name)
    if declared.generator is not Generator.CLIENT_SEQUENCE:
        return None
    return None if declared.sequences[0] in live.sequence_of else declared.sequences[0]


def message(facts: DefaultUnresolvableFacts | MissingSequenceFacts | LostSequenceFacts) -> str:
    place = facts.key.place
    if isinstance(facts, LostSequenceFacts):
        draws = facts.function or f"its default {facts.default}"
        how = "draws" if facts.always else "may draw"
        return f"{place} gets its ids from {draws}, which {how} from the missing {facts.sequence}"
    if isinstance(facts, MissingSequenceFacts):
        return f"{place} gets its ids from the models' {facts.sequence}, which does not exist"
    written = facts.written
    what = f"{place} looks up its sequence by name"
    if facts.resolves_to is None:
        return f"{what}, and PostgreSQL finds no {written!r}: every INSERT without an id fails"
    if facts.unresolved_for:
        return f"{what}, and PostgreSQL finds no {written!r} for {', '.join(facts.unresolved_for)}"
    return f"{what} ({written!r}): a rename or another search_path breaks it"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    table, column = place_in(finding, live)
    if isinstance(finding.facts, MissingSequenceFacts):
        return _of_model(finding.facts.sequence, table, column, live, options)
    if isinstance(finding.facts, LostSequenceFacts):
        return _of_lost(live.lost[table.name, column.name], table, column, live, options)
    written = facts_of(finding, DefaultUnresolvableFacts).written
    return _of_text(defaults.words(written), table, column, live, options)


def _of_text(
    written: tuple[str, ...], table: Table, column: Column, live: Live, options: Options
) -> Remedy | Manual:
    if column.sequences:
        return bind(table, column, live.sequence_of[column.sequences[0]], live, options)
    if not written:
        return Manual("its default names no sequence: set another default by hand")
    free = _free(written, live)
    if len(free) > 1:
        names = ", ".join(str(s.name) for s in free)
        return Manual(f"several unused sequences match ({names}): decide which one is right")
    if not free:
        return _new(written, table, column, live, options)
    return bind(table, column, free[0], live, options)


def _of_lost(
    lost: LostSequence, table: Table, column: Column, live: Live, options: Options
) -> Remedy | Manual:
    needing = lost.function or "the default"
    why = f"create the sequence {lost.sequence} by hand: only {needing} shows what it needs"
    return _of_model(lost.sequence, table, column, live, options) if lost.plain else Manual(why)


def _new(
    written: tuple[str, ...], table: Table, column: Column, live: Live, options: Options
) -> Remedy | Manual:
    """The sequence that the default names, where that name can be had; else one of its own.

    Where the column owns one already, that.
    """
    if not column.is_integer:
        return Manual(f"{column.type} is not an integer type: create the sequence by hand")
    wanted = Name(table.name.schema, written[-1])
    if wanted in live.taken or (len(written) > 1 and written[0] != table.name.schema):
        if owned := [live.sequence_of[n] for n in column.owned if n in live.sequence_of]:
            return bind(table, column, owned[0], live, options)
        wanted = live.new_sequence_names[table.name, column.name]
    return give_sequence(table, column, wanted, live, options)


def _free(written: tuple[str, ...], live: Live) -> list[Sequence]:
    """Those that the name could mean: binding to them takes no numbers from anybody."""
    free = [s for s in live.sequences if s.owned_by is None and not s.used]
    called = [s for s in free if s.name.name == written[-1]]
    return [s for s in called if s.name == written] if len(written) > 1 else called


def _of_model(
    sequence: Name, table: Table, column: Column, live: Live, options: Options
) -> Remedy | Manual:
    """The sequence that models or a function call; the column's default stays as it is."""
    if sequence in live.taken:
        return Manual(f"another relation is called {sequence}: choose another sequence name")
    if column.sequences:
        return Manual(
            f"a second sequence beside {column.sequences[0]} would generate the same ids: remove "
            "the Sequence from the model with `remediate models --write`"
        )
    if not column.is_integer:
        return Manual(f"{column.type} is not an integer type: create the sequence by hand")
    steps: tuple[Step, ...] = (
        create_sequence(sequence, column.counted_as),
        own_sequence(sequence, table),
    )
    roles = inserting(table)
    granted = grant(sequence, table.name, roles, new=True)
    last = advance_new(sequence, table.name, column.name, beyond=options.headroom)
    made = new_sequence(sequence, table, column, roles, options.headroom)
    return Remedy(
        title=f"create sequence {sequence}, next value beyond the highest id",
        undo="drop the sequence",
        steps=(*steps, grant_usage(granted), last) if roles else (*steps, last),
        holds=(Hold(table.name, Lock.SHARE_ROW_EXCLUSIVE),),
        expectations=(column_expected(table, column), sequence_made(sequence)),
        makes=(replace(made, owned_by=None),),
        grants=(granted,),
    )


def query(finding: Finding) -> str:
    if isinstance(finding.facts, MissingSequenceFacts | LostSequenceFacts):
        return column_queries.absent(finding.facts.sequence)
    return column_queries.draws_by_name(finding)


RULE = Rule(
    code="PK002",
    name="key-default-unresolvable",
    family=Family.KEYS,
    summary="a key whose sequence is looked up by name, and may be missing",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
    stops=Inserts.PLAIN,
    symptom=Symptom(ErrorKind.RELATION_MISSING, 'relation "..." does not exist (a sequence)'),
    errors={ErrorKind.NOT_NULL: 1, ErrorKind.RELATION_MISSING: 1, ErrorKind.OTHER_OWNER: 3},
    facts=(MissingSequenceFacts, LostSequenceFacts, DefaultUnresolvableFacts),
    leaves=Leaves.DEFAULT,
    provable=True,
    worst=Severity.ERROR,
    outlook=some_day_unless_error,
    unfilled_at=frozenset({Severity.ERROR}),
)
