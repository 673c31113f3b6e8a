"""The review of a revision: the Markdown file beside it, and the note in its docstring."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remediate.findings import marks
from remediate.findings.remedy import HAZARD_TEXT, Hazard, Remedy, Step
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Proof
from remediate.postgres.templates import environment
from remediate.render import locks, markup, text
from remediate.revisions.drafts import Draft
from remediate.revisions.script import Block


def markdown(
    draft: Draft, *, revision: str, parent: str | None, source: str, reviewer: str, date: str,
    proof: Proof | None, impacts: Mapping[str, Impact],
) -> str:  # fmt: skip
    """What, why, evidence, locks, conditions, proof and SQL: for a pull request too."""
    remedies = [i.remedy for i in draft.items if isinstance(i.remedy, Remedy)]
    steps = [s for r in remedies for s in (r.finish if draft.finishing else r.steps)]
    hazards = {hazard for step in steps for hazard in step.hazards}
    env = environment()
    env.filters |= {"cell": markup.cell}
    return env.get_template("review.md.j2").render(
        title=draft.title,
        revision=revision,
        parent=parent or "the empty history",
        source=source,
        reviewer=reviewer,
        date=date,
        items=[(item, impacts.get(item.finding.id)) for item in draft.items],
        evidence=text.evidence,
        locks=[locks.IN_AUTOCOMMIT] if draft.finishing else locks.of_all(remedies),
        stall=locks.longest_stall([] if draft.finishing else remedies),
        finishing=draft.finishing,
        hazards=[f"{hazard}: {HAZARD_TEXT[hazard]}." for hazard in sorted(hazards)],
        proof=proof,
        points=points(draft, proof, reviewer),
        up=psql(draft.script.autocommit, draft.script.up),
        down=psql((), draft.script.down),
    )


def note(draft: Draft, reviewer: str, date: str, proof: Proof | None) -> str:
    """What a revision repairs, who approved it and what its rehearsal showed, for its docstring."""
    ids = [f"* {marks.encoded(item.finding.id)}" for item in draft.repaired]
    lines = [marks.HEADING, *ids, ""] if ids else []
    lines += [f"Approved by {reviewer} on {date}."]
    if proof is None:
        return "\n".join([*lines, "Not rehearsed."])
    lines.append(f"Rehearsed on {proof.server} with the schema of {proof.source}:")
    for check in proof.checks:
        lines += textwrap.wrap(f"* {check.what}: {check.result}", 79, subsequent_indent="  ")
    for limit in proof.limits:
        lines += textwrap.wrap(f"* not shown: {limit}", 79, subsequent_indent="  ")
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


_OF_MODELS = {
    Hazard.MODEL_TYPE, Hazard.MODEL_REFERENCE, Hazard.MODEL_INDEX, Hazard.MODEL_IDENTITY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A line of the list, and what shows it; nothing, where a person has to look."""

    text: str
    shown_by: str = ""


def points(draft: Draft, proof: Proof | None, reviewer: str) -> tuple[Point, ...]:
    """The list for a revision, in the order in which a reviewer works."""
    return (*_of_people(reviewer), *_of_proof(proof), *_of_files(draft), *_to_do(draft))


def _of_people(reviewer: str) -> Iterator[Point]:
    yield Point("a person has read the plan and approved it", reviewer)


def _of_proof(proof: Proof | None) -> Iterator[Point]:
    known = {check.what: check.result for check in proof.checks} if proof else {}
    server = f"{proof.server}, schema of {proof.source}" if proof and "upgrade" in known else ""
    yield Point("tested on a real PostgreSQL", server)
    tried = {"INSERT without id", "INSERT without id before"} & known.keys()
    if tried or not proof:
        works = known.get("INSERT without id", "")
        yield Point("INSERT tested on all affected tables", works if _all(proof, works) else "")
        fresh = "each id above the highest" in works
        yield Point("sequence conflicts checked", "each new id is above the highest" * fresh)
    if refused := known.get("INSERT of an unknown id"):
        yield Point("an unknown id is refused", refused)
    yield Point("the way back is exact", known.get("downgrade", ""))
    cycle = "upgrade, downgrade, upgrade" if "upgrade again" in known else ""
    yield Point("the full cycle was run", cycle)
    again = known.get("rules run again", "").removeprefix("find nothing of it in ")
    yield Point("the rules find nothing of it afterwards", again)


def _all(proof: Proof | None, works: str) -> bool:
    """Whether nothing was left untried."""
    untried = proof and any(limit.startswith("INSERT into") for limit in proof.limits)
    return works.startswith("works") and not untried


def _of_files(draft: Draft) -> Iterator[Point]:
    count = sum(len(b.statements) for b in (*draft.script.up, *draft.script.autocommit))
    yield Point("the SQL of both ways is below, to be read", f"{count} statements up")
    offline = "one statement a call, no bind parameters, nothing read in Python"
    yield Point("`alembic upgrade --sql` gives the same", offline)


def _to_do(draft: Draft) -> Iterator[Point]:
    """What no tool can know."""
    hazards = {h for s in _steps(draft) for h in s.hazards}
    yield Point("a backup is at hand")
    if Hazard.EXPLICIT_IDS in hazards:
        yield Point("code that passes ids itself is stopped, or headroom was left for it")
    if hazards & _OF_MODELS:
        yield Point("the models say the same from the same deploy on")
    if Hazard.PREPARED_STATEMENTS in hazards:
        yield Point("pooled connections are recycled after the upgrade")
    if Hazard.PUBLISHED_TABLE in hazards:
        yield Point("the type is changed at each subscriber too")
    yield Point("somebody watches the log while it is applied")


def _steps(draft: Draft) -> Iterator[Step]:
    for item in draft.items:
        if isinstance(item.remedy, Remedy):
            yield from item.remedy.finish if draft.finishing else item.remedy.steps
