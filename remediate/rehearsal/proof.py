"""Prove generated revisions on a scratch PostgreSQL: each without a defect, and all together."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from remediate.errors import RevisionRefuted
from remediate.plans.proof import Gap, Limit, Proof
from remediate.rehearsal import defects, insert_changes
from remediate.rehearsal.candidate import Candidate, Trial
from remediate.rehearsal.channel import Channel, open_channel
from remediate.rehearsal.database import Stage, Subset, prepare
from remediate.rehearsal.defects import Script
from remediate.rehearsal.early_dump import Early
from remediate.rehearsal.process import Settings, Worker
from remediate.rehearsal.promises import Promises
from remediate.rehearsal.references import Reference
from remediate.rehearsal.result import Defect, Rehearsed
from remediate.rehearsal.scratch import Server
from remediate.rehearsal.trial import look_before
from remediate.rehearsal.trial import rehearse as attempt
from remediate.rehearsal.versions import version_table
from remediate.snapshots.live import Database, Live
from remediate.snapshots.tables import Name
from remediate.snapshots.tables import Sequence as SequenceFacts
from remediate.system import stages

SECONDS = 600  # that a statement may take


@dataclass(frozen=True, slots=True)
class Left:
    """What the rules find after the upgrade."""

    broken: tuple[str, ...]  # ids of findings that were to be gone, or are new
    limits: tuple[Limit, ...] = ()  # what the model of a new table asks for


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is to be proven, and against which schema."""

    source: Database
    libpq: dict[str, str] = field(repr=False)  # of the live database; holds the password
    folder: Path  # the project's
    settings: Settings
    candidates: tuple[Candidate, ...]  # in the order in which they are applied
    version_table: Name  # its schema may be ""
    heads: tuple[str, ...]  # where the live database is
    look: Callable[[sa.Connection], Live]
    again: Callable[[sa.Connection], Left]  # the rules
    sequences: tuple[SequenceFacts, ...] = ()  # that the repairs touch
    more: tuple[Name, ...] = ()  # other relations that they touch
    creates: bool = False  # tables
    arguments: Mapping[str, object] = field(default_factory=dict)  # of upgrade(), downgrade()

    @property
    def promises(self) -> tuple[Promises, ...]:
        return tuple(candidate.promises for candidate in self.candidates)

    @property
    def references(self) -> tuple[Reference, ...]:
        """For which rows are made up on both sides."""
        return tuple(dict.fromkeys(r for one in self.promises for r in one.references))


def rehearse(
    what: Rehearsal,
    server: Server,
    ahead: Channel | None = None,
    early: Future[Early] | None = None,
) -> tuple[Proof, ...]:
    """A proof for each revision; raises RevisionRefuted with all that refutes the first such.

    Each goes up, down and up on top of those before it, and at last all of them go down. `ahead`:
    to a process that has begun in the project's folder, for this alone. `early`: a dump that has.
    """
    table = version_table(what.libpq, what.version_table, what.source)
    with (
        prepare(server, what.source, what.libpq, _subset(what, table), early) as stage,
        open_channel(stage.url, what.folder, ahead) as channel,
    ):
        worker = Worker(
            channel, stage.url, stage.migrating, what.source.search_path, what.settings,
            what.version_table, what.arguments, SECONDS,
        )  # fmt: skip
        trial = Trial(stage, worker, table, lambda: (_read(what.look, stage), {}), _say_nothing)
        stage.stamp(table, what.heads)
        first, *others = what.candidates
        start = look_before(first, trial)
        made = [_proven(attempt(first, trial, start))]
        made += [_proven(attempt(candidate, trial)) for candidate in others]
        left = _check_rules(what, stage)
        _check_way_back(what, trial, start.schema)
        source = f"{what.source.name} (PostgreSQL {what.source.version_text})"
        pairs = zip(made, what.candidates, strict=True)
        return tuple(_proof(one, of, server, source, stage.limits + left) for one, of in pairs)


def _subset(what: Rehearsal, table: Name) -> Subset:
    repairs = [repair for one in what.promises for repair in one.repairs]
    first = {(r.table.name, r.column.name): (r.table, r.column) for r in reversed(repairs)}
    keys = tuple(key for one in what.promises for key in one.keys)
    return Subset(
        tuple(first.values()), what.sequences, (table, *what.more), what.references, keys,
        definitions=what.creates,
    )  # fmt: skip


def _say_nothing(_: str) -> None:
    """What a generated revision prints is its template's own affair."""


def _read(look: Callable[[sa.Connection], Live], stage: Stage) -> Live:
    with sa.create_engine(stage.url, poolclass=sa.NullPool).connect() as connection:
        return look(connection)


def _proven(made: Rehearsed) -> Rehearsed:
    if made.defects:
        raise _refuted(made.defects)
    return made


# What triggers, functions and constraints of the project's own may cause.
_BY_CODE = ("_BREAKS", "_BEYOND_LIMIT")


def _is_of_the_project(defect: Defect) -> bool:
    told = defect.instead in (defects.TYPED, insert_changes.CHECKED)
    return told or defect.name.endswith(_BY_CODE) or defect.instead.startswith(defects.BY_PATH)


def _refuted(found: Iterable[Defect]) -> RevisionRefuted:
    lines: list[str] = []
    hint = "Please report this as a bug."
    for defect in found:
        if defect.name == defects.LACKS_RIGHT:
            hint = "Give the role that right, or let a role that has it run the migrations."
        elif _is_of_the_project(defect):
            hint = (
                "Repair what is in the way. If nothing of yours is in the way, please report "
                "this as a bug."
            )
        lines += [f"{defect.name}: {defect.what}", *_indented(defect.evidence)]
        lines += [f"  in: {defect.sql.strip().splitlines()[0]}"] if defect.sql.strip() else []
        lines += [*_indented(f"instead: {defect.instead}")] if defect.instead else []
    return RevisionRefuted("\n".join(lines), f"Nothing was written to versions/. {hint}")


def _indented(text: str) -> Iterable[str]:
    return (f"  {line}" for line in text.splitlines())


def _check_rules(what: Rehearsal, stage: Stage) -> tuple[Limit, ...]:
    """What the rules find again that is meant; raises RevisionRefuted for what is not."""
    stages.begin("asking the rules again")
    engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        left = what.again(connection)
    if left.broken:
        raise RevisionRefuted(
            f"after the upgrade the rules still find {', '.join(left.broken)}",
            "Nothing was written to versions/. Please report this as a bug.",
        )
    return left.limits


def _check_way_back(what: Rehearsal, trial: Trial, start: str) -> None:
    """All of them down in one go, as a person would who regrets the deploy."""
    stages.begin("downgrading all revisions in one go")
    moves = [candidate.move("downgrade") for candidate in reversed(what.candidates)]
    run = trial.worker.run(moves)
    script = Script(what.candidates[0].file, "downgrade", trial.worker.role)
    if not run.passed:
        raise _refuted(defects.of_run(run, run, script, ()))
    if lines := defects.difference(start, trial.schema()):
        raise _refuted([defects.not_restored(script, lines)])


def _proof(
    made: Rehearsed, candidate: Candidate, server: Server, source: str, limits: tuple[Limit, ...]
) -> Proof:
    shown = made.shown
    return Proof(
        server=server.source,
        source=source,
        tables=len(candidate.promises.tables),
        inserts=shown.inserts,
        constraints=shown.constraints,
        rows=shown.rows,
        selects=shown.selects,
        refusal=shown.refusal,
        locks=made.locks,
        timings=made.timings,
        limits=candidate.promises.untried + _of(candidate, limits) + shown.limits,
    )


def _of(candidate: Candidate, limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """Without what is said of other revisions' new tables."""
    return tuple(
        one
        for one in limits
        if one.gap is not Gap.AS_MODELED or one.subject in candidate.promises.new
    )
