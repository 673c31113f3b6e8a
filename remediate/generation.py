"""`remediate generate`: approved findings become proven revisions."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from alembic.script import ScriptDirectory

from remediate import repairs
from remediate.approval import approved, check_hazards, split
from remediate.config import Config
from remediate.errors import Refused, UsageProblem
from remediate.history import History, broken
from remediate.paths import shown
from remediate.plan import Landed, Proof
from remediate.planning import planned
from remediate.read import project as projects
from remediate.reading import Reading, read
from remediate.rehearsing import rehearsal
from remediate.render import review
from remediate.revision import drafts, with_note
from remediate.write.graph import Placement, check_up_to_date
from remediate.write.rehearsal import rehearse
from remediate.write.revisions import Site, Staged, check_heads_unmoved, land, rewrite, staged
from remediate.write.scratch import scratch


@dataclass(frozen=True, slots=True)
class Order:
    """What `generate` is to write, and on whose word."""

    approve: tuple[str, ...] = ()
    reviewer: str = ""
    message: str = ""
    one: bool = False
    placement: Placement = field(default_factory=Placement)
    rehearse: bool = True


def generate(config: Config, order: Order, say: Callable[[str], None]) -> tuple[Landed, ...]:
    """Write the revisions of the approved findings into the project: stage, rehearse, land.

    Raises Refused when nothing is approved or revisions wait to be run, RehearsalFailed when the
    scratch server refutes one; in every case the versions folder is as it was.
    """
    reading = read(config)
    if reading.project is None or reading.environment is None:
        raise UsageProblem(
            "a revision needs an Alembic project, and there is none here",
            "Run it in the folder of alembic.ini, or name the file with --config.",
        )
    _check_history(reading.declared.history)
    items = approved(planned(reading, config), order.approve, order.reviewer)
    if not items:
        return ()
    check_hazards(items, config.allow)
    parts = split(items, config.first, one=order.one)
    made = drafts(parts, order.message)
    site = _site(reading.project, reading.environment)
    check_up_to_date(site.script, reading.environment.heads, made, order.placement)
    with staged(site, made, order.placement) as files:
        proofs: tuple[Proof | None, ...] = (None,) * len(files)
        if order.rehearse:
            with scratch(config.scratch_url) as server:
                say(f"Rehearsing on {server.source} ...")
                proofs = rehearse(rehearsal(reading, config, files, site), server)
        return _land(files, site, reading, order.reviewer, proofs)


def _site(project: projects.Project, environment: projects.Environment) -> Site:
    tokens = (environment.upgrade_token, environment.downgrade_token)
    return Site(project.script, project.config, tokens)


def _land(
    files: tuple[Staged, ...],
    site: Site,
    reading: Reading,
    reviewer: str,
    proofs: tuple[Proof | None, ...],
) -> tuple[Landed, ...]:
    """Write the words (proof, review), then move everything at once."""
    today = datetime.now(UTC).date().isoformat()
    engine = reading.environment.engine if reading.environment else ""
    moves, landed = [], []
    for file, proof in zip(files, proofs, strict=True):
        note = repairs.of_engine(review.note(file.draft, reviewer, today, proof), engine)
        rewrite(file.path, partial(with_note, note=note))
        paper = review.markdown(
            file.draft, revision=file.revision, parent=file.down_revision,
            source=reading.live.database.name, reviewer=reviewer, date=today, proof=proof,
        )  # fmt: skip
        file.path.with_suffix(".md").write_text(paper, encoding="utf-8")
        target = file.target.with_suffix(".md")
        moves += [(file.path, file.target), (file.path.with_suffix(".md"), target)]
        landed.append(
            Landed(file.revision, file.draft.title, shown(file.target), shown(target), proof)
        )
    check_heads_unmoved(site)
    land(moves)
    heads = len(ScriptDirectory.from_config(site.config).get_heads())
    return tuple(replace(one, heads=heads) for one in landed)


def _check_history(history: History) -> None:
    """Raises Refused where Alembic itself could not follow the revisions."""
    for one in broken(history):
        if one.fatal:
            raise Refused(one.message, f"Nothing was written. First {one.mend}.")
