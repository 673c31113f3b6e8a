"""Prove or refute any revision on a scratch PostgreSQL: everything that is wrong, not the first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from remediate.findings.finding import Finding, Severity
from remediate.plans.proof import Gap, Limit, Lock
from remediate.rehearsal import (
    beyond,
    defects,
    dropped,
    excused,
    insert_changes,
    insert_counts,
    promises,
    references,
    referring,
    trial_inserts,
    trial_selects,
)
from remediate.rehearsal.candidate import NOTHING, After, Before, Candidate, State, Trial
from remediate.rehearsal.defects import Script
from remediate.rehearsal.excused import Excuse
from remediate.rehearsal.insert_changes import Insert
from remediate.rehearsal.result import (
    Defect,
    Judged,
    NotShown,
    NotTried,
    Rehearsed,
    Run,
    Shown,
    Subject,
    TakenApart,
    Upgraded,
)
from remediate.rehearsal.trial_selects import Comparison
from remediate.rehearsal.way_back import try_downgrade
from remediate.rules import rule_of
from remediate.snapshots.tables import Name, Table
from remediate.system.threads import meanwhile


def rehearse(candidate: Candidate, trial: Trial, before: Before | None = None) -> Rehearsed:
    """What one revision does on top of those before; afterwards it has run too, where it can.

    `before`: what `look_before` has just seen.
    """
    before = before or look_before(candidate, trial)
    up = trial.run(candidate, "upgrade", watched=True)
    if not up.passed:
        excuse = excused.excuse(candidate, trial, up, before)
        if excuse.again:
            return rehearse(candidate, trial)
        return _refute(candidate, trial, up, before, excuse)
    state = trial.state()
    locks = _locks(up, before.state, state, trial.version_table)
    names = {lock.relation for lock in locks} | {*candidate.promises.tables}
    touched = insert_changes.touched_tables(before.state.live, state.live, names)
    after = _look_after(candidate, trial, before, up, state, touched)
    result = replace(
        _judge(candidate, trial, before, after, touched),
        locks=locks, statements=up.number, timings=up.timings, sent=up.statements,
    )  # fmt: skip
    found = defects.of_run(up, NOTHING, Script(candidate.file), before.state.names)
    refused, unknown = _asked(candidate, trial, up)
    wrong = (*candidate.wrong, *found, *refused, *result.defects)
    result = replace(result, defects=wrong, not_shown=unknown)
    result = replace(result, checks=(Upgraded(up.number), *result.checks))
    return try_downgrade(result, candidate, trial, *_settled(before, after, trial))


def _judge(
    candidate: Candidate, trial: Trial, before: Before, after: After, touched: Sequence[Table]
) -> Rehearsed:
    """What an upgrade that goes through changes: for INSERTs, for SELECTs, for the rules."""
    states, promised = (before.state.live, after.state.live), candidate.promises
    inserts = tuple(
        insert_changes.compare(
            touched, before.inserts, after.inserts, states, promised, strict=candidate.promised
        )
    )
    unlaid = _unlaid(trial)
    inserts = tuple(
        replace(one, behind=False) if one.place.table in unlaid else one for one in inserts
    )
    names = {table.name for table in touched}
    gone = _only_in_first(before.state, after.state, names)
    new = _only_in_first(after.state, before.state, names)
    broken, untried = promises.not_enforced(
        trial.stage.superuser, promised.references, candidate.file
    )
    how = Comparison("the upgrade", candidate.file, candidate.promised, rows=promised.keeps_rows)
    changed = referring.tried(trial.stage.superuser, after.state.live, promised.references)
    return Rehearsed(
        candidate.revision, candidate.file, candidate.title,
        checks=(insert_counts.count(inserts), Judged(len(gone), len(new))),
        defects=(
            *insert_changes.of_inserts(inserts, candidate.file),
            *insert_changes.changes_worse(
                before.inserts, after.inserts, "the upgrade", candidate.file,
                strict=candidate.promised,
            ),
            *referring.worse(before.referring, changed, candidate.file),
            *trial_selects.worse(before.selects, after.selects, how),
            *_untouched(before, after, candidate, trial),
            *broken,
            *beyond.generated(inserts, before.inserts, candidate.file),
            *beyond.refused(
                trial.stage.superuser, after.state.live, promised.widened, candidate.file
            ),
            *_as_defects(new, candidate, Severity.ERROR),
        ),
        hazards=(*candidate.hazards, *_as_defects(new, candidate, Severity.WARNING)),
        repairs=tuple(f.id for f in gone),
        shown=_shown(candidate, before, after, inserts, untried, unlaid),
    )  # fmt: skip


def _unlaid(trial: Trial) -> set[Name]:
    """The tables that have no rows here, and may have some."""
    limits = (one for one in trial.stage.limits if one.gap is Gap.WITHOUT_ROWS)
    return {one.subject for one in limits if isinstance(one.subject, Name)}


def _settled(before: Before, after: After, trial: Trial) -> tuple[Before, After]:
    """Both without what a row that was laid meanwhile makes otherwise."""
    if not after.laid:
        return before, after
    now = trial_selects.read_again(trial.stage.superuser, after.selects)
    changed = {place.relation for place, answer in now.items() if answer != after.selects[place]}
    known = {p: a for p, a in before.selects.items() if p.relation not in changed}
    rows = {name: text for name, text in before.rows.items() if name not in changed}
    return replace(before, selects=known, rows=rows), replace(after, selects=now)


def look_before(candidate: Candidate, trial: Trial) -> Before:
    """All that is to be known before a revision runs."""
    candidate.reaches(1, "what works before")
    superuser, promised = trial.stage.superuser, candidate.promises
    with meanwhile(trial.schema) as dumped:  # both only read
        state = trial.state()
    schema = dumped.result()
    tables = trial_inserts.named_tables(state.live, candidate.text)
    return Before(
        schema, state,
        trial_inserts.try_all(superuser, tables, promised),
        trial_selects.read_all(superuser, [*(t.name for t in tables), *promised.tables]),
        references.contents(superuser, promised.references),
        referring.tried(superuser, state.live, promised.references),
        dropped.columns(superuser),
    )  # fmt: skip


def _look_after(
    candidate: Candidate,
    trial: Trial,
    before: Before,
    up: Run,
    state: State,
    touched: Sequence[Table],
) -> After:
    """Of a generated revision also as those who could INSERT or SELECT, and may no more."""
    candidate.reaches(3, "what works after")
    superuser, names = trial.stage.superuser, {table.name for table in touched}
    inserts = trial_inserts.try_all(superuser, touched, candidate.promises, before.inserts)
    selects = trial_selects.read_all(superuser, names)
    if not candidate.promised:
        inserts = trial_inserts.with_new_values(
            superuser, before.inserts, inserts, candidate.promises
        )
    else:
        # With a key that is given, only what does not work without one.
        known = {*inserts, *(p._replace(given=True) for p, t in inserts.items() if t.outcome.plain)}
        lost = (
            t
            for p, t in before.inserts.items()
            if t.outcome.works and p.table in names and p not in known
        )
        inserts = {**inserts, **trial_inserts.try_again(superuser, lost)}
        unread = [place for place in before.selects if place not in selects]
        selects = {**selects, **trial_selects.read_again(superuser, unread)}
    settled = trial_inserts.with_parents(trial.stage, before.inserts, inserts)
    columns = dropped.columns(superuser)
    return After(state, settled, selects, up, columns, laid=settled != inserts)


def _untouched(
    before: Before, after: After, candidate: Candidate, trial: Trial
) -> Iterator[Defect]:
    """What breaks elsewhere: in a table whose trigger writes here, in a view with a function."""
    superuser = trial.stage.superuser
    touched = {place.table for place in after.inserts}
    tried = [t for p, t in before.inserts.items() if t.outcome.plain and p.table not in touched]
    inserts = trial_inserts.try_again(superuser, tried)
    yield from insert_changes.worse(
        before.inserts, inserts, "the upgrade", candidate.file,
        strict=candidate.promised, instead=insert_changes.TAKE_BOTH,
    )  # fmt: skip
    places = [p for p, a in before.selects.items() if a.works and p not in after.selects]
    selects = trial_selects.read_again(superuser, places)
    how = Comparison("the upgrade", candidate.file, strict=candidate.promised)
    yield from trial_selects.worse(before.selects, selects, how)


def _shown(
    candidate: Candidate,
    before: Before,
    after: After,
    inserts: Sequence[Insert],
    untried: tuple[Limit, ...],
    unlaid: set[Name],
) -> Shown:
    promised = candidate.promises
    unread = (
        Limit(Gap.SELECT_UNTRIED, place.relation, answer.refusal, place.role)
        for place, answer in after.selects.items()
        if candidate.promised
        and not answer.works
        and answer.sqlstate not in trial_selects.TAKEN_AWAY
    )
    return Shown(
        inserts=insert_counts.shown(inserts, promised, unlaid) if promised.generating else None,
        constraints=sum(bool(r.constraint) for r in promised.references) - len(untried),
        rows=sum(len(text.splitlines()) for text in before.rows.values()),
        selects=len(
            {p.relation for p, a in after.selects.items() if a.works and p in before.selects}
        ),
        limits=(*insert_counts.limits(inserts, promised), *untried, *unread),
    )


def _refute(
    candidate: Candidate, trial: Trial, up: Run, before: Before, excuse: Excuse
) -> Rehearsed:
    """All that is wrong with an upgrade that fails: once more, each statement by itself."""
    if excuse.reason:
        return Rehearsed(
            candidate.revision, candidate.file, candidate.title, applies=False,
            reason=excuse.reason,
        )  # fmt: skip
    left = defects.difference(before.schema, trial.schema())
    apart = excuse.apart or trial.apart(up, candidate, "upgrade")
    script = Script(candidate.file, role=trial.worker.role)
    found = [*defects.of_run(NOTHING if excuse.apart else up, apart, script, before.state.names)]
    found += [defects.half_done(script, left)] if left else []
    checks = (
        Upgraded(up.number, passed=False),
        *([TakenApart(len(apart.errors), apart.number)] if apart.number else ()),
        *map(NotTried, (Subject.INSERTS, Subject.RULES, Subject.DOWNGRADE)),
    )
    return Rehearsed(
        candidate.revision, candidate.file, candidate.title, checks, (*found, *candidate.wrong),
        defects.unseen(candidate.hazards, found),
        _locks(up, before.state, before.state, trial.version_table), up.number, applies=False,
        sent=up.statements,
    )  # fmt: skip


def _asked(
    candidate: Candidate, trial: Trial, up: Run
) -> tuple[tuple[Defect, ...], tuple[NotShown, ...]]:
    """What the live database says of its rows, where the revision meets them."""
    if candidate.rows is None:
        return (), ()
    from remediate.rehearsal import fitting  # noqa: PLC0415  (SQL's parser takes 0.1 s to import)

    asked = fitting.asked(candidate.rows, up.statements, trial.stage.live)
    return fitting.defects(asked, candidate.file), fitting.not_shown(asked)


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
