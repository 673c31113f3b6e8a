"""The review of a revision: the Markdown file beside it, and the note in its docstring."""

import textwrap
from collections.abc import Mapping

from remediate import checklist, repairs
from remediate.impact import Impact
from remediate.plan import Proof
from remediate.remedy import HAZARD_TEXT, Remedy
from remediate.render import locks, markup, text
from remediate.revision import Draft
from remediate.script import Block
from remediate.templates import environment


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
        points=checklist.points(draft, proof, reviewer),
        up=psql(draft.script.autocommit, draft.script.up),
        down=psql((), draft.script.down),
    )


def note(draft: Draft, reviewer: str, date: str, proof: Proof | None) -> str:
    """What a revision repairs, who approved it and what its rehearsal showed, for its docstring."""
    ids = [f"* {repairs.encoded(item.finding.id)}" for item in draft.repaired]
    lines = [repairs.HEADING, *ids, ""] if ids else []
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
