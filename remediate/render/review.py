"""The review of a revision: the Markdown file beside it, and the note in its docstring."""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from remediate.findings import marks
from remediate.findings.origin import Divergence
from remediate.findings.remedy import HAZARD_TEXT, OF_MODELS, Hazard, Remedy, Step
from remediate.plans.answers import Decision
from remediate.plans.choices import answer
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import ApprovedItem, Plan
from remediate.plans.proof import Proof
from remediate.postgres.sql import commented
from remediate.postgres.templates import environment
from remediate.render import divergence, locks, observed, proof_points
from remediate.render import proof as proofs
from remediate.render.evidence import evidence
from remediate.render.proof_points import Point
from remediate.render.room import COMMENT, fitted
from remediate.revisions.alike import Alike, alike
from remediate.revisions.blocks import Block
from remediate.revisions.drafts import Draft


def markdown(
    draft: Draft, *, revision: str, parent: str | None, source: str, reviewer: str, date: str,
    proof: Proof | None, plan: Plan,
    decisions: Mapping[str, tuple[Decision, ...]], backup: str = "",
) -> str:  # fmt: skip
    """What, why, evidence, locks, conditions, proof and SQL, as far as a pull request takes it."""
    remedies = [i.remedy for i in _at_once(draft)]
    steps = [s for r in remedies for s in (r.finish if draft.finishing else r.steps)]
    hazards = {hazard for step in steps for hazard in step.hazards}
    fill = partial(
        environment().get_template("review.md.j2").render,
        title=draft.title,
        revision=revision,
        parent=parent or "the empty history",
        source=source,
        reviewer=reviewer,
        date=date,
        schemas=draft.group.schemas if draft.group else (),
        noted=marks.REVISION in draft.upgrade,
        left_out=draft.left_out,
        apart=[*divergence.sentences(divergences(draft, plan))],
        locks=[locks.IN_AUTOCOMMIT] if draft.finishing else locks.of_all(remedies),
        stall=locks.longest_stall([] if draft.finishing else remedies),
        finishing=draft.finishing,
        hazards=[f"{hazard}: {HAZARD_TEXT[hazard]}." for hazard in sorted(hazards)],
        proof=proof,
        observed=observed.of_proof(proof) if proof else [],
        timings=[*observed.timings(proof.timings, _titles(draft))] if proof else [],
        checks=[*proofs.checks(proof)] if proof else [],
        limits=[*map(proofs.told, proof.limits)] if proof else [],
        points=points(draft, proof, reviewer, backup),
    )
    items = _by_urgency(draft, plan)
    repairs = alike((item for item, _ in items), finishing=draft.finishing)
    return _fitted(fill, items, [*_decisions(draft, decisions)], _sql(draft), repairs)


def _fitted(
    fill: Callable[..., str],
    items: Sequence[tuple[ApprovedItem, Impact | None]],
    decisions: Sequence[tuple[str, str, Decision]],
    sql: tuple[str, str],
    repairs: Sequence[Alike],
) -> str:
    """The page within a comment of GitHub, the most urgent first.

    In place of long scripts it has the statements of each repair, as many as fit. Without any of
    these, evidence is left out first, then the least urgent items.
    """
    whole = partial(fill, items=items, decisions=decisions, more=0, evidence=evidence)
    up, down = sql

    def some(number: int) -> str:
        if number > len(items):
            return whole(up="", down="", **_listed(repairs, number - len(items) - 1))
        shown = {"items": items[:number], "decisions": decisions[:number]}
        left = {"more": len(items) - number, "evidence": None}
        return fill(**shown, **left, up="", down="", **_listed(repairs, 0))

    every = _listed(repairs, len(repairs))
    return fitted(
        [partial(whole, up=up, down=down, **every), partial(whole, up=up, down="", **every)],
        some,
        len(items) + 1 + len(repairs),
        COMMENT,
    )


def _listed(repairs: Sequence[Alike], number: int) -> dict[str, object]:
    """So many shapes of repairs, and how many repairs are left to the revision."""
    return {"repairs": repairs[:number], "unlisted": sum(len(r.items) for r in repairs[number:])}


def _by_urgency(draft: Draft, plan: Plan) -> list[tuple[ApprovedItem, Impact | None]]:
    """What it repairs with its impact, in the order of repair."""
    place = {id_: number for number, id_ in enumerate(plan.assessment.repair_order)}
    ordered = sorted(draft.shown, key=lambda item: place.get(item.finding.id, len(place)))
    return [(item, plan.impacts.get(item.finding.id)) for item in ordered]


def _sql(draft: Draft) -> tuple[str, str]:
    """The statements of both ways."""
    return psql(draft.script.autocommit, draft.script.up), psql((), draft.script.down)


def _at_once(draft: Draft) -> tuple[ApprovedItem, ...]:
    """What one transaction repairs: of many schemas, in the one with the most rows."""
    parts = draft.group.parts if draft.group else (draft.items,)
    return max(parts, key=lambda part: sum(item.remedy.rows for item in part))


def _decisions(
    draft: Draft, decisions: Mapping[str, tuple[Decision, ...]]
) -> Iterator[tuple[str, str, Decision]]:
    """Each with its finding; of many schemas once, where nothing else was decided of another."""
    told: set[tuple[str, Decision]] = set()
    for part in draft.group.parts if draft.group else (draft.items,):
        for item, shown in zip(part, draft.shown, strict=True):
            for one in decisions.get(item.finding.id, ()):
                key = shown.finding.id, replace(one, fingerprint="", time="")
                if key not in told:
                    told.add(key)
                    yield item.finding.id, answer(one), one


def divergences(draft: Draft, plan: Plan) -> tuple[Divergence, ...]:
    """What a new database lacks for what the draft repairs, so that it stops there."""
    ids = [item.finding.id for item in draft.shown]
    found = tuple(plan.divergences[id_] for id_ in ids if id_ in plan.divergences)
    # It has none of the tables, or all of them whole.
    alike = len(found) == len(ids) and len({bool(one.tables) for one in found}) == 1
    return () if draft.passes and alike else found


def _titles(draft: Draft) -> list[str]:
    """What each statement of the upgrade is for, in the order in which they run."""
    blocks = (*draft.script.autocommit, *draft.script.up)
    isolated = (
        []
        if draft.script.autocommit or not draft.script.up
        else ["READ COMMITTED, whatever the default is."]
    )
    return isolated + [
        block.title if len(block.statements) == 1 else " ".join(statement.split())
        for block in blocks
        for statement in block.statements
    ]


def note(draft: Draft, reviewer: str, date: str, proof: Proof | None, backup: str = "") -> str:
    """What a revision repairs, who approved it and what its rehearsal showed, for its docstring."""
    ids = [f"* {marks.encoded(id_)}" for id_ in draft.marks]
    heading = marks.HEADING_OF_MANY if draft.group else marks.HEADING
    lines = [heading, *ids, ""] if ids else []
    lines += [f"Approved by {commented(reviewer)} on {date}."]
    if backup:
        lines += textwrap.wrap(commented(f"The reviewer names as backup: {backup}"), 79)
    if proof is None:
        return "\n".join([*lines, "Not rehearsed."])
    lines.append(commented(f"Rehearsed on {proof.server} with the schema of {proof.source}:"))
    for check in proofs.checks(proof):
        told = commented(f"* {check.what}: {check.result}")
        lines += textwrap.wrap(told, 79, subsequent_indent="  ")
    for limit in map(proofs.told, proof.limits):
        lines += textwrap.wrap(commented(f"* {limit}"), 79, subsequent_indent="  ")
    return "\n".join(lines)


def psql(autocommit: tuple[Block, ...], blocks: tuple[Block, ...]) -> str:
    """What runs by itself, then what runs as one transaction."""
    alone = [sql(autocommit), ""] if autocommit else []
    together = ["BEGIN;", sql(blocks), "COMMIT;"] if blocks else []
    return "\n".join(alone + together)


def sql(blocks: tuple[Block, ...]) -> str:
    """A script's statements for psql, each block under a comment."""
    lines = []
    for block in blocks:
        lines += [f"-- {block.title}", *(f"{statement};" for statement in block.statements)]
    return "\n".join(lines)


def points(draft: Draft, proof: Proof | None, reviewer: str, backup: str = "") -> tuple[Point, ...]:
    """The list for a revision, in the order in which a reviewer works."""
    files = (*_of_files(draft), *_to_do(draft, backup))
    return (*_of_people(reviewer), *proof_points.of(proof), *files)


def _of_people(reviewer: str) -> Iterator[Point]:
    yield Point("a person has read the plan and approved it", reviewer)


def _of_files(draft: Draft) -> Iterator[Point]:
    count = len(_titles(draft))
    yield Point("the SQL of both ways is in the revision, to be read", f"{count} statements up")
    offline = "one statement a call, no bind parameters, nothing read in Python"
    if draft.group and draft.finishing:
        offline = "one statement a call, no bind parameters, for every schema that it names"
    one_a_run = draft.left_out is not None
    untold = "not shown: env.py has to pass each schema as version_table_schema offline, too"
    yield Point(
        "`alembic upgrade --sql` gives the same",
        "" if one_a_run else offline,
        untold if one_a_run else "",
    )


def asks_for_models(draft: Draft) -> bool:
    """Whether the models have to say the same from the same deploy on."""
    return any(OF_MODELS.intersection(step.hazards) for step in _steps(draft))


def _to_do(draft: Draft, backup: str) -> Iterator[Point]:
    """What no tool can know."""
    hazards = {h for s in _steps(draft) for h in s.hazards}
    looked_into = "`pg_restore --list` shows what it holds"
    named = f"; the reviewer names {commented(backup)}: {looked_into}" if backup else ""
    yield Point(f"a backup is at hand{named}")
    if Hazard.EXPLICIT_IDS in hazards:
        yield Point("code that passes ids itself is stopped, or headroom was left for it")
    if asks_for_models(draft):
        yield Point("the models say the same from the same deploy on")
    if Hazard.PREPARED_STATEMENTS in hazards:
        yield Point("pooled connections are recycled after the upgrade")
    if Hazard.PUBLISHED_TABLE in hazards:
        yield Point("the type is changed at each subscriber too")
    yield Point("somebody watches the log while it is applied")


def _steps(draft: Draft) -> Iterator[Step]:
    for item in draft.shown:
        if isinstance(item.remedy, Remedy):
            yield from item.remedy.finish if draft.finishing else item.remedy.steps
