"""What a rehearsal has to prove: made from the revisions that are staged."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from remediate.analysis.facts import candidate_of, spoken_of
from remediate.catalog import catalog
from remediate.commands import laid_rows
from remediate.commands.copied import (
    without_called,
    without_candidates,
    without_lacking,
)
from remediate.commands.left import left
from remediate.commands.one_run import started, untried
from remediate.commands.rounds import Sequel
from remediate.commands.touched import touched, used
from remediate.config import Config
from remediate.findings.effects import Leaves
from remediate.findings.finding import Options, Place, place_in
from remediate.findings.remedy import Act, Hazard
from remediate.findings.states import Default, NotNull, PrimaryKey, Range, Type
from remediate.plans.plan import ApprovedItem
from remediate.project.enrichment import enrich
from remediate.project.reading import ProjectReading, Reading
from remediate.rehearsal import candidate
from remediate.rehearsal.attempt import OF_KEYS
from remediate.rehearsal.new_keys import Key
from remediate.rehearsal.process import Settings
from remediate.rehearsal.promises import Promises, Repair, Widened
from remediate.rehearsal.proof import Left, Rehearsal
from remediate.rehearsal.references import Reference
from remediate.remedies.binding import reference
from remediate.remedies.values import nulls_orphans, nulls_values
from remediate.revisions.files import Staged
from remediate.rules import RULES, of_reference
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate, ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, Column, Generator, Name
from remediate.system.paths import shown


def rehearsal(
    sequel: Sequel[ProjectReading], config: Config, files: tuple[Staged, ...]
) -> Rehearsal:
    """What to prove of these files: that each repairs what it names, and breaks nothing.

    Raises UsageProblem for arguments of env.py that a rehearsal must not use.
    """
    judgement = sequel.rounds[0].judgement
    reading, options = judgement.reading, judgement.options
    readings = [one.judgement.reading for one in sequel.rounds]
    environment = reading.environment
    items = [item for file in files for item in file.draft.tried]
    touching, drawn = touched(items), used(items, reading)
    known = {finding.id for one in (judgement, sequel.left) for finding in one.findings}
    repaired = {item.finding.id for file in files for item in file.draft.items}
    known -= repaired | {*sequel.settled}
    created = {i.remedy.creates.table.name for i in items if i.remedy.creates}
    for file in files:
        now = readings[file.draft.round]
        known |= {kept for item in file.draft.tried for kept in _kept(item, now, options)}

    source, environment = started(files, reading)
    versions = environment.version_table
    # Of others nothing would be told.
    rules = {code: rule for code, rule in judgement.rules.items() if rule.provable}
    provable = replace(judgement, rules=rules)

    def again(connection: sa.Connection) -> Left:
        """What was repaired and is found again, or is found where it was not before."""
        live = catalog.read(connection, versions)
        declared = without_lacking(reading.declared, reading.live, live, touching)
        read = enrich(connection, live, declared, config)
        copy = without_called(read, {item.finding.place for item in items})
        after = replace(reading, live=without_candidates(reading.live, copy), declared=declared)
        return left(provable.again(after).findings, touching, known, created)

    return Rehearsal(
        source=source,
        libpq=reading.libpq,
        folder=reading.project.folder,
        settings=Settings.of(reading.project.config, environment.configured),
        candidates=tuple(_candidate(file, readings[file.draft.round], options) for file in files),
        version_table=versions,
        heads=environment.heads,
        arguments=environment.plain_arguments("Write without proof: --no-rehearse."),
        look=lambda connection: catalog.read(connection, versions, traces=False),
        again=again,
        sequences=tuple(s for s in reading.live.sequences if s.name in drawn),
        more=tuple(sorted(drawn)),
        creates=bool(created),
    )


def _kept(item: ApprovedItem, reading: Reading, options: Options) -> tuple[str, ...]:
    """What is found afterwards because somebody decided so: orphans stay, NOT VALID."""
    if Hazard.ORPHANS_KEPT not in item.remedy.hazards:
        return ()
    fk = _reference(item, reading, options)
    place = Place(fk.table, fk.columns[0], fk.constraint)
    return tuple(f"{r.code}:{place}" for r in RULES if r.leaves is Leaves.CHECKED_REFERENCE)


def _candidate(file: Staged, reading: ProjectReading, options: Options) -> candidate.Candidate:
    text = file.path.read_text(encoding="utf-8")
    path = file.path
    if file.draft.sample:  # the others are not laid
        text = file.draft.sample.in_place(text)
        path = file.folder / "tried" / file.path.name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return candidate.Candidate(
        revision=file.revision,
        path=str(path),
        file=shown(file.target),
        title=file.draft.title,
        parents=(file.down_revision,) if file.down_revision else (),
        text=text,
        promises=_promises(file, reading, options),
    )


def _promises(file: Staged, reading: ProjectReading, options: Options) -> Promises:
    items, repairs = file.draft.tried, dict[Place, Repair]()
    referring = [i for i in items if of_reference(i.finding.rule)]
    for item in items:
        if item in referring or item.finding.place.column is None:
            continue
        table, column = place_in(item.finding, reading.live)
        known = repairs.get(item.finding.place)
        advances = _advances(item) or (known is not None and known.advances)
        generates = _generates(item, column) or (known is not None and known.generates)
        ends = _ends(item, column) | (known.ends if known else frozenset())
        repairs[item.finding.place] = Repair(table, column, advances, generates, ends)
    rows = tuple(dict.fromkeys(_reference(item, reading, options) for item in referring))
    decided = any(Hazard.DATA_DECISION in i.remedy.hazards for i in items)
    widened = () if file.draft.finishing else _widened(items)
    return Promises(
        tuple(repairs.values()),
        rows,
        widened,
        keys=tuple(_new_keys(items)),
        members=tuple(_members(items, reading.live)),
        keeps_rows=not decided,
        created=tuple(_created(items)),
        new=tuple(i.remedy.creates.table.name for i in items if i.remedy.creates),
        untried=tuple(untried(file.draft)),
    )


def _created(items: Sequence[ApprovedItem]) -> Iterator[Repair]:
    """The keys of new tables that are to be generated."""
    for table in (item.remedy.creates.table for item in items if item.remedy.creates):
        key = table.single_key
        generated = key is not None and key.generator is not Generator.NOTHING
        if key is not None and generated and not table.partitioned:
            yield Repair(table, key)


def _new_keys(items: Sequence[ApprovedItem]) -> Iterator[Key]:
    for where in (where for item in items for where in item.remedy.expectations):
        for state in where.states:
            if isinstance(state.after, PrimaryKey) and state.after != state.before:
                yield where.relation, state.after.columns


def _members(items: Sequence[ApprovedItem], live: Live) -> Iterator[tuple[Name, str]]:
    """The columns of new primary keys that may be NULL, and that no default fills."""
    for where in (where for item in items for where in item.remedy.expectations):
        if any(s.before == NotNull(not_null=False) and s.after != s.before for s in where.states):
            column = live.table_of[where.relation].column(where.column)
            if column.generator is Generator.NOTHING:
                yield where.relation, where.column


def _widened(items: Sequence[ApprovedItem]) -> tuple[Widened, ...]:
    """The columns whose downgrade is announced to refuse once their ids have grown."""
    found = {}
    for item in items:
        for where in item.remedy.expectations:
            for state in where.states:
                old, new = state.before, state.after
                if not (where.column and isinstance(old, Type) and isinstance(new, Type)):
                    continue
                highest = INTEGER_MAX.get(old.name)
                if highest is not None and highest < INTEGER_MAX.get(new.name, 0):
                    place = where.relation, where.column
                    found[place] = Widened(*place, highest)
    return tuple(found.values())


def _reference(item: ApprovedItem, reading: Reading, options: Options) -> Reference:
    if item.finding.place.constraint:
        fk, candidate = spoken_of(item.finding, reading.live), None
    else:
        candidate = candidate_of(item.finding, reading.live)
        fk = reference(candidate, reading.live, options)
    keys = laid_rows.keys(fk, reading.live) if len(fk.columns) == 1 else ()
    lost = _lost(candidate, reading.live, options) if candidate else ()
    made = [one for one in item.remedy.makes if isinstance(one, ForeignKey)]
    enforced = fk.enforced or any(one.enforced and one.ends == fk.ends for one in made)
    return Reference(
        fk.table,
        fk.columns,
        fk.target,
        fk.target_columns,
        fk.name if enforced else "",
        keys,
        laid_rows.spelled(keys, candidate),
        lost,
    )


def _lost(candidate: Candidate, live: Live, options: Options) -> tuple[str, ...]:
    """Values that become NULL, two of a kind where the column has as many: NULLs may collide."""
    found, lost = candidate.evidence, []
    if found and nulls_values(candidate, options):
        lost += ["?", "??"][: found.inconvertible]
    if found and nulls_orphans(candidate, options):
        lost += _without_parent(candidate, live)[: found.orphans]
    return tuple(lost)


def _without_parent(candidate: Candidate, live: Live) -> list[str]:
    """Short, so that a column of few characters holds them."""
    if candidate.target_type == "uuid":
        return [f"00000000-dead-4dea-8dea-00000000000{n}" for n in (1, 2)]
    table, name = live.table_of.get(candidate.target), candidate.target_column
    key = table.column(name) if table and table.has(name) else None
    extremes = key.extremes if key else None
    laid = {extremes.low, extremes.high, key.collision} if key and extremes else set()
    return [str(n) for n in range(71, 80) if n not in laid][:2]


def _generates(item: ApprovedItem, column: Column) -> bool:
    """Whether the database fills the column after the upgrade: it did, or gets a default."""
    return _changes_default(item, column) or column.generator is not Generator.NOTHING


def _ends(item: ApprovedItem, column: Column) -> frozenset[str]:
    """What an INSERT meets no more: of a key that is given a generator, nothing that keys meet."""
    if _changes_default(item, column):
        return frozenset(OF_KEYS)
    states = [s for where in item.remedy.expectations for s in where.states]
    grows = any(
        isinstance(s.before, Type | Range) and s.after not in (s.before, None) for s in states
    )
    full = {"2200H", "22003"} if grows else set()
    return frozenset(full | ({"23505"} if _advances(item) else set()))


def _changes_default(item: ApprovedItem, column: Column) -> bool:
    return any(
        isinstance(state.before, Default) and state.after != state.before
        for where in item.remedy.expectations
        if (where.relation, where.column) == (item.finding.place.table, column.name)
        for state in where.states
    )


def _advances(item: ApprovedItem) -> bool:
    """Whether the remedy moves a sequence beyond the ids."""
    return any(step.act is Act.ADVANCE for step in item.remedy.steps)
