"""Revisions that were written, and what is to be done with them."""

from remediate.plans.plan import Landed
from remediate.postgres.sql import commented
from remediate.render import divergence, waiting
from remediate.render.lines import wrapped
from remediate.render.proof import elsewhere
from remediate.system import invocation


def render(revisions: tuple[Landed, ...]) -> str:
    """What was written, and what to run next."""
    if not revisions:
        next_ = invocation.remediate("plan -v")
        return (
            f"remediate found nothing that a revision can repair, and wrote none.\n\nNext:  {next_}"
        )
    lines = []
    for revision in revisions:
        where = elsewhere(revision.proof.limits) if revision.proof else ""
        where = where or " on a scratch PostgreSQL"
        proof = f"proven{where}" if revision.proof else "NOT rehearsed"
        lines += [
            f"{revision.path}",
            f"  {commented(revision.title)}; {proof}",
            f"  review: {revision.review}",
        ]
    last = revisions[-1]
    for diff in last.before:
        lines += ["", diff]
    lines += ["", *_ELSEWHERE] if last.before else []
    delete = to_delete(last)
    lines += ["", *delete] if delete else []
    if any(one.models for one in revisions):
        lines += ["", *_MODELS]
    for text_ in divergence.sentences(d for one in revisions for d in one.divergences):
        lines += ["", *wrapped(text_, "")]
    heads = "heads" if last.heads > 1 else "head"
    first = "read them, delete these lines" if delete else "read them"
    upgrade = invocation.alembic(f"upgrade {heads}")
    then = f"then the same for each of the {last.schemas:,} schemas" if last.schemas else "then"
    return "\n".join([*lines, "", f"Next:  {first}, {then}: {upgrade}"])


_MODELS = (
    "Deploy the model changes together with these revisions: once a database is upgraded, in",
    "staging for example, remediate models prints what to change.",
)
_ELSEWHERE = (
    "A database that has already run what follows counts these as run, and never runs them:",
    "check each such database with remediate plan.",
)


def to_delete(revision: Landed) -> list[str]:
    """The lines of revisions that follow which it makes superfluous; none where there are none."""
    places = [f"  {place}" for place in waiting.places(revision.delete)]
    return ["Delete this, because the repair does it first:", *places] if places else []
