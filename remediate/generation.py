"""`remediate generate`: approved findings become proven revisions."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from remediate.approval import approved, split
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.finding import Place, Severity, subject
from remediate.plan import Item, Landed, Proof
from remediate.planning import planned
from remediate.read import catalog
from remediate.read import project as projects
from remediate.reading import Reading, read
from remediate.remedy import Fact, Remedy
from remediate.render import review
from remediate.revision import draft, with_note
from remediate.schema import Column, Generator, Name
from remediate.snapshot import Database
from remediate.write.graph import Placement, check_up_to_date, version_locations
from remediate.write.rehearsal import Part, Rehearsal, Repair, rehearse
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
    items = approved(planned(reading, config), order.approve, order.reviewer)
    if not items:
        return ()
    parts = split(items, config.first, one=order.one)
    drafts = [draft(part, _title(order.message, n, len(parts))) for n, part in enumerate(parts, 1)]
    site = _site(reading.project, reading.environment)
    check_up_to_date(site.script, reading.environment.heads, drafts)
    with staged(site, drafts, order.placement) as files:
        proofs: tuple[Proof | None, ...] = (None,) * len(files)
        if order.rehearse:
            with scratch(config.scratch_url) as server:
                say(f"Rehearsing on {server.source} ...")
                proofs = rehearse(_rehearsal(reading, config, files, site), server)
        return _land(files, site, reading.live.database, order.reviewer, proofs)


def _title(message: str, number: int, count: int) -> str:
    return f"{message} ({number} of {count})" if message and count > 1 else message


def _site(project: projects.Project, environment: projects.Environment) -> Site:
    tokens = (environment.upgrade_token, environment.downgrade_token)
    return Site(project.script, project.config, tokens)


def _rehearsal(
    reading: Reading, config: Config, files: tuple[Staged, ...], site: Site
) -> Rehearsal:
    environment = reading.environment
    assert environment is not None  # noqa: S101  (generate() has looked)
    items = [item for file in files for item in file.draft.items]
    touched = {name for item in items for name in _relations(item)}
    everything = replace(config, table=(), schema=())
    known = {i.finding.id for i in planned(reading, everything).items}
    known -= {item.finding.id for item in items}

    def still_broken(connection: sa.Connection) -> tuple[str, ...]:
        """What was repaired and is found again, or is found where it was not before."""
        after = replace(reading, live=catalog.read(connection, environment.version_table))
        left = [i.finding for i in planned(after, everything).items]
        return tuple(
            f.id
            for f in left
            if f.place.table in touched and f.id not in known and f.severity is not Severity.INFO
        )

    return Rehearsal(
        source=reading.live.database,
        libpq=reading.libpq,
        parts=tuple(_part(file, reading) for file in files),
        version_table=environment.version_table,
        heads=environment.heads,
        version_locations=(*version_locations(site.script), str(files[0].folder)),
        recursive=site.script.recursive_version_locations,
        still_broken=still_broken,
        sequences=tuple(s for s in reading.live.sequences if s.name in _drawn(touched, reading)),
        more=tuple(sorted(touched)),
    )


def _relations(item: Item) -> set[Name]:
    """The tables and sequences that an item touches."""
    assert isinstance(item.remedy, Remedy)  # noqa: S101  (approved items have one)
    held = {hold.relation for hold in item.remedy.holds}
    return held | ({item.finding.place.table} if item.finding.place.table else set())


def _drawn(touched: set[Name], reading: Reading) -> set[Name]:
    tables = [t for t in reading.live.tables if t.name in touched]
    return touched | {s for t in tables for c in t.columns for s in (*c.sequences, *c.owned)}


def _part(file: Staged, reading: Reading) -> Part:
    base = f"{file.revision}@base" if reading.environment and reading.environment.heads else "base"
    repairs: dict[Place, Repair] = {}
    for item in file.draft.items:
        table, column = subject(item.finding, reading.live)
        known = repairs.get(item.finding.place)
        advances = _advances(item) or (known is not None and known.advances)
        generates = _generates(item, column) or (known is not None and known.generates)
        repairs[item.finding.place] = Repair(table, column, advances, generates)
    return Part(file.revision, file.down_revision or base, tuple(repairs.values()))


def _generates(item: Item, column: Column) -> bool:
    """Whether the database fills the column after the upgrade: it did, or gets a default."""
    assert isinstance(item.remedy, Remedy)  # noqa: S101  (approved items have one)
    changed = any(
        state.fact is Fact.DEFAULT and state.after != state.before
        for where in item.remedy.expectations
        if (where.relation, where.column) == (item.finding.place.table, column.name)
        for state in where.states
    )
    return changed or column.generator is not Generator.NOTHING


def _advances(item: Item) -> bool:
    """Whether the remedy moves a sequence beyond the ids."""
    assert isinstance(item.remedy, Remedy)  # noqa: S101  (approved items have one)
    return any("setval(" in step.up for step in item.remedy.steps)


def _land(
    files: tuple[Staged, ...],
    site: Site,
    database: Database,
    reviewer: str,
    proofs: tuple[Proof | None, ...],
) -> tuple[Landed, ...]:
    """Write the words (proof, review), then move everything at once."""
    today = datetime.now(UTC).date().isoformat()
    moves, landed = [], []
    for file, proof in zip(files, proofs, strict=True):
        note = review.note(file.draft, reviewer, today, proof)
        rewrite(file.path, partial(with_note, note=note))
        paper = review.markdown(
            file.draft, revision=file.revision, parent=file.down_revision, source=database.name,
            reviewer=reviewer, date=today, proof=proof,
        )  # fmt: skip
        file.path.with_suffix(".md").write_text(paper, encoding="utf-8")
        target = file.target.with_suffix(".md")
        moves += [(file.path, file.target), (file.path.with_suffix(".md"), target)]
        landed.append(
            Landed(file.revision, file.draft.title, _shown(file.target), _shown(target), proof)
        )
    check_heads_unmoved(site)
    land(moves)
    return tuple(landed)


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
