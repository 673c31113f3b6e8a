"""Prove or refute any revision on a scratch PostgreSQL: everything that is wrong, not the first."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from remediate.findings.finding import Finding, Severity
from remediate.postgres.queries import fetch
from remediate.rehearsal import defects, trial_inserts
from remediate.rehearsal.database import Stage
from remediate.rehearsal.defects import Script
from remediate.rehearsal.process import Move, Worker
from remediate.rehearsal.result import (
    Check,
    Defect,
    Downgraded,
    Judged,
    Lock,
    NotTried,
    Rehearsed,
    Return,
    Run,
    Subject,
    TakenApart,
    Upgraded,
    UpgradedAgain,
)
from remediate.rules import rule_of
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

NOTHING = Run()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A revision that somebody wrote, to be proven or refuted."""

    revision: str
    path: str  # of its file, absolute
    file: str  # the same, as it is shown
    title: str
    parents: tuple[str, ...]  # what the version table says before it
    text: str
    wrong: tuple[Defect, ...] = ()  # known from reading it
    hazards: tuple[Defect, ...] = ()

    def move(self, way: str) -> Move:
        there, back = self.parents, (self.revision,)
        came, goes = (there, back) if way == "upgrade" else (back, there)
        return Move(self.revision, self.path, came, goes, way)


@dataclass(frozen=True, slots=True)
class State:
    """The scratch database at one moment."""

    live: Live
    findings: Mapping[str, Finding]  # what the rules find, by id
    files: Mapping[Name, int]  # on disk: another one is a table written anew


@dataclass(frozen=True, slots=True)
class Trial:
    """Where and how revisions are tried: the scratch database, and the process that runs them."""

    stage: Stage
    worker: Worker
    version_table: Name
    look: Callable[[], tuple[Live, Mapping[str, Finding]]]  # the catalog, and the rules on it
    say: Callable[[str], None]  # what a revision prints

    def state(self) -> State:
        rows = fetch(self.stage.superuser, __package__, "files_on_disk")
        live, findings = self.look()
        return State(live, findings, {Name(schema, name): file for schema, name, file in rows})

    def schema(self) -> str:
        return self.stage.schema(self.version_table)

    def run(self, candidate: Candidate, way: str, *, apart: bool = False) -> Run:
        run = self.worker.run([candidate.move(way)], apart=apart)
        if run.printed and not apart:
            self.say(run.printed)
        return run


def rehearse(candidate: Candidate, trial: Trial) -> Rehearsed:
    """What one revision does on top of those before; afterwards it has run too, where it can."""
    start = trial.schema()
    superuser = trial.stage.superuser
    tables = trial_inserts.named_tables(trial.state().live, candidate.text)
    tried = trial_inserts.try_all(superuser, tables)
    before = trial.state()
    up = trial.run(candidate, "upgrade")
    if not up.passed:
        return _refute(candidate, trial, up, start, before)
    after = trial.state()
    locks = _locks(up, before, after, trial.version_table)
    locked = {lock.relation for lock in locks}
    touched = trial_inserts.touched_tables(before.live, after.live, locked)
    now = trial_inserts.try_all(superuser, touched)
    inserts = [*trial_inserts.compare(touched, tried, now, (before.live, after.live))]
    names = {table.name for table in touched}
    gone, new = _only_in_first(before, after, names), _only_in_first(after, before, names)
    result = Rehearsed(
        candidate.revision, candidate.file, candidate.title,
        checks=(
            Upgraded(up.number),
            trial_inserts.count(inserts),
            Judged(len(gone), len(new)),
        ),
        defects=(
            *candidate.wrong,
            *defects.of_run(up, NOTHING, Script(candidate.file), _names(before)),
            *trial_inserts.of_inserts(inserts, candidate.file),
            *_as_defects(new, candidate, Severity.ERROR),
        ),
        hazards=(*candidate.hazards, *_as_defects(new, candidate, Severity.WARNING)),
        locks=locks, statements=up.number, repairs=tuple(f.id for f in gone),
    )  # fmt: skip
    return _try_downgrade(result, candidate, trial, start, after)


def _try_downgrade(
    result: Rehearsed, candidate: Candidate, trial: Trial, start: str, after: State
) -> Rehearsed:
    script = Script(candidate.file, "downgrade")
    down = trial.run(candidate, "downgrade")
    if not down.passed:
        apart = _apart(down, candidate, "downgrade", trial)
        wrong = defects.of_run(down, apart, script, _names(after))
        return _extended(result, (Downgraded(Return.FAILED),), wrong)
    checks: list[Check] = []
    found = [*defects.of_run(down, NOTHING, script, _names(after))]
    lines = defects.difference(start, trial.schema())
    if lines:
        found.append(defects.not_restored(script, lines))
    checks.append(Downgraded(Return.DIFFERENT if lines else Return.SAME))
    again = trial.run(candidate, "upgrade")
    checks.append(UpgradedAgain(again.passed))
    if not again.passed:
        found += [
            replace(d, name="UPGRADE_AGAIN_FAILS", what=f"upgrade after the downgrade: {d.what}")
            for d in defects.of_run(again, NOTHING, Script(candidate.file), _names(after))
        ]
    return replace(_extended(result, checks, found), applies=again.passed)


def _extended(result: Rehearsed, checks: Iterable[Check], others: Iterable[Defect]) -> Rehearsed:
    return replace(result, checks=(*result.checks, *checks), defects=(*result.defects, *others))


def _refute(candidate: Candidate, trial: Trial, up: Run, start: str, before: State) -> Rehearsed:
    """All that is wrong with an upgrade that fails: once more, each statement by itself."""
    left = defects.difference(start, trial.schema())
    apart = _apart(up, candidate, "upgrade", trial)
    script = Script(candidate.file)
    found = [*defects.of_run(up, apart, script, _names(before))]
    found += [defects.half_done(script, left)] if left else []
    checks = (
        Upgraded(up.number, passed=False),
        *([TakenApart(len(apart.errors), apart.number)] if apart.number else ()),
        *map(NotTried, (Subject.INSERTS, Subject.RULES, Subject.DOWNGRADE)),
    )
    return Rehearsed(
        candidate.revision, candidate.file, candidate.title, checks, (*found, *candidate.wrong),
        defects.unseen(candidate.hazards, found),
        _locks(up, before, before, trial.version_table), up.number, applies=False,
    )  # fmt: skip


def _apart(run: Run, candidate: Candidate, way: str, trial: Trial) -> Run:
    """The same once more, each statement by itself, where that can show more."""
    waited = any(s.sqlstate == "57014" for s in run.errors)
    return trial.run(candidate, way, apart=True) if run.errors and not waited else NOTHING


def _names(state: State) -> set[str]:
    return {table.name.name for table in state.live.tables}


def _only_in_first(one: State, other: State, touched: set[Name]) -> tuple[Finding, ...]:
    """What the rules find in one state only.

    Whether a key is asked about alone or together with others depends on those others, too.
    """
    return tuple(
        finding
        for id_, finding in one.findings.items()
        if id_ not in other.findings
        and (finding.place.table in touched or not rule_of(finding.rule).reads_others)
    )


def _as_defects(
    findings: Iterable[Finding], candidate: Candidate, weight: Severity
) -> Iterator[Defect]:
    for finding in findings:
        if finding.severity is weight:
            yield defects.new_finding(finding.id, finding.message, candidate.file)


def _locks(run: Run, before: State, after: State, version_table: Name) -> tuple[Lock, ...]:
    """Those on relations that stood before; an index or a sequence is its table's affair."""
    written = {n for n, file in before.files.items() if after.files.get(n, file) != file}
    kept = [lock for lock in run.locks if lock.relation != version_table]
    return tuple(replace(lock, rewritten=lock.relation in written) for lock in kept)
