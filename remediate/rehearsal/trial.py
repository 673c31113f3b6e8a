"""Prove or refute any revision on a scratch PostgreSQL: everything that is wrong, not the first."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from remediate.findings.finding import Finding, Severity
from remediate.postgres.queries import fetch
from remediate.rehearsal import defects, trial_inserts
from remediate.rehearsal.database import Stage
from remediate.rehearsal.defects import Script
from remediate.rehearsal.process import Hands, Move
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
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

NOTHING = Run()


@dataclass(frozen=True, slots=True)
class Hand:
    """A revision that somebody wrote, and where it goes."""

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
class Theatre:
    """Where and how revisions are rehearsed."""

    stage: Stage
    hands: Hands
    version_table: Name
    look: Callable[[], tuple[Live, Mapping[str, Finding]]]  # the catalog, and the rules on it
    say: Callable[[str], None]  # what a revision prints

    def state(self) -> State:
        rows = fetch(self.stage.superuser, __package__, "files_on_disk")
        live, findings = self.look()
        return State(live, findings, {Name(schema, name): file for schema, name, file in rows})

    def schema(self) -> str:
        return self.stage.schema(self.version_table)

    def run(self, hand: Hand, way: str, *, apart: bool = False) -> Run:
        run = self.hands.run([hand.move(way)], apart=apart)
        if run.printed and not apart:
            self.say(run.printed)
        return run


def rehearse(hand: Hand, theatre: Theatre) -> Rehearsed:
    """One revision on top of what stands; afterwards it stands too, where it applies."""
    start = theatre.schema()
    superuser = theatre.stage.superuser
    tables = trial_inserts.named(theatre.state().live, hand.text)
    tried = trial_inserts.outcomes(superuser, tables)
    before = theatre.state()
    up = theatre.run(hand, "upgrade")
    if not up.passed:
        return _refuted(hand, theatre, up, start, before)
    after = theatre.state()
    locks = _locks(up, before, after, theatre.version_table)
    touched = trial_inserts.touched(before.live, after.live, {lock.relation for lock in locks})
    now = trial_inserts.outcomes(superuser, touched)
    inserts = [*trial_inserts.compared(touched, tried, now, (before.live, after.live))]
    names = {table.name for table in touched}
    gone, new = _changes(before, after, names), _changes(after, before, names)
    made = Rehearsed(
        hand.revision, hand.file, hand.title,
        checks=(
            Upgraded(up.number),
            trial_inserts.counted(inserts),
            Judged(len(gone), len(new)),
        ),
        defects=(
            *hand.wrong,
            *defects.of_run(up, NOTHING, Script(hand.file), _names(before)),
            *trial_inserts.of_inserts(inserts, hand.file),
            *_new(new, hand, Severity.ERROR),
        ),
        hazards=(*hand.hazards, *_new(new, hand, Severity.WARNING)),
        locks=locks, statements=up.number, repairs=tuple(f.id for f in gone),
    )  # fmt: skip
    return _and_back(made, hand, theatre, start, after)


def _and_back(made: Rehearsed, hand: Hand, theatre: Theatre, start: str, after: State) -> Rehearsed:
    script = Script(hand.file, "downgrade")
    down = theatre.run(hand, "downgrade")
    if not down.passed:
        apart = _apart(down, hand, "downgrade", theatre)
        wrong = defects.of_run(down, apart, script, _names(after))
        return _more(made, (Downgraded(Return.FAILED),), wrong)
    checks: list[Check] = []
    found = [*defects.of_run(down, NOTHING, script, _names(after))]
    lines = defects.difference(start, theatre.schema())
    if lines:
        found.append(defects.not_restored(script, lines))
    checks.append(Downgraded(Return.DIFFERENT if lines else Return.SAME))
    again = theatre.run(hand, "upgrade")
    checks.append(UpgradedAgain(again.passed))
    if not again.passed:
        found += [
            replace(d, name="UPGRADE_AGAIN_FAILS", what=f"upgrade after the downgrade: {d.what}")
            for d in defects.of_run(again, NOTHING, Script(hand.file), _names(after))
        ]
    return replace(_more(made, checks, found), applies=again.passed)


def _more(made: Rehearsed, checks: Iterable[Check], found: Iterable[Defect]) -> Rehearsed:
    return replace(made, checks=(*made.checks, *checks), defects=(*made.defects, *found))


def _refuted(hand: Hand, theatre: Theatre, up: Run, start: str, before: State) -> Rehearsed:
    """All that is wrong with an upgrade that fails: once more, each statement by itself."""
    left = defects.difference(start, theatre.schema())
    apart = _apart(up, hand, "upgrade", theatre)
    script = Script(hand.file)
    found = [*defects.of_run(up, apart, script, _names(before))]
    found += [defects.half_done(script, left)] if left else []
    checks = (
        Upgraded(up.number, passed=False),
        *([TakenApart(len(apart.errors), apart.number)] if apart.number else ()),
        *map(NotTried, (Subject.INSERTS, Subject.RULES, Subject.DOWNGRADE)),
    )
    return Rehearsed(
        hand.revision, hand.file, hand.title, checks, (*found, *hand.wrong),
        defects.unseen(hand.hazards, found),
        _locks(up, before, before, theatre.version_table), up.number, applies=False,
    )  # fmt: skip


def _apart(run: Run, hand: Hand, way: str, theatre: Theatre) -> Run:
    """The same once more, each statement by itself, where that can show more."""
    waited = any(s.sqlstate == "57014" for s in run.errors)
    return theatre.run(hand, way, apart=True) if run.errors and not waited else NOTHING


def _names(state: State) -> set[str]:
    return {table.name.name for table in state.live.tables}


def _changes(one: State, other: State, touched: set[Name]) -> tuple[Finding, ...]:
    """What the rules find in one state only.

    Whether a key is asked about alone or together with others depends on those others, too.
    """
    return tuple(
        finding
        for id_, finding in one.findings.items()
        if id_ not in other.findings and (finding.rule != "PK001" or finding.place.table in touched)
    )


def _new(found: Iterable[Finding], hand: Hand, weight: Severity) -> Iterator[Defect]:
    for finding in found:
        if finding.severity is weight:
            yield defects.new_finding(finding.id, finding.message, hand.file)


def _locks(run: Run, before: State, after: State, version_table: Name) -> tuple[Lock, ...]:
    """Those on relations that stood before; an index or a sequence is its table's affair."""
    written = {n for n, file in before.files.items() if after.files.get(n, file) != file}
    kept = [lock for lock in run.locks if lock.relation != version_table]
    return tuple(replace(lock, rewritten=lock.relation in written) for lock in kept)
