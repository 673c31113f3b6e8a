"""What changed in the database since a plan was saved, beside what its repairs were to change."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from remediate.catalog import dependants, digest, reference_defaults
from remediate.catalog.session import configure, read_only
from remediate.commands.hotfixes import repaired_here
from remediate.config import Config
from remediate.findings import selection
from remediate.findings.remedy import Step
from remediate.plans.meant import Printed, Since, named_in, since
from remediate.plans.plan import Item, Plan
from remediate.postgres.direct import Connection
from remediate.project.reading import Opened, Reading
from remediate.remedies.alterations import rebuilt
from remediate.snapshots import written
from remediate.snapshots.acl import DefaultRights
from remediate.snapshots.digest import Digest, Object, as_written, changes
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Now:
    """What exists, how what hangs on the columns that got another type is printed, and who may
    use a new sequence."""

    catalog: Digest
    printed: Printed
    defaults: tuple[DefaultRights, ...]


def now(opened: Opened, saved: Plan) -> Now:
    """Read on the connection of a reading, for what this plan is to be compared with."""
    steps = [step for item in saved.repairable for step in item.steps]
    found = digest_of(opened), printed(opened.connection, steps)
    return Now(*found, digest.default_rights(opened.connection))


def digest_of(opened: Opened) -> Digest:
    """What exists, on the connection of a reading; of Alembic's own table nothing."""
    found, context = digest.read(opened.connection), opened.context
    if context is None:
        return found
    schema = context.version_table_schema or opened.live.database.default_schema
    return found.without(Name(schema, context.version_table))


def printed(connection: Connection, steps: Iterable[Step]) -> Printed:
    """What hangs on the columns that get another type by these steps."""
    places = {
        (a.object.relation, a.object.name)
        for step in steps
        for a in step.alters
        if a.object.kind == "column" and any(part.startswith("type ") for part in a.parts)
    }
    with read_only(connection):
        configure(connection)
        hanging, obstacles = dependants.read(connection, sorted(places))
        defaults = reference_defaults.of_columns(connection, sorted(places))
    texts = {
        alteration.object: text
        for some in hanging.values()
        for one in some
        for alteration in rebuilt(one)
        if (text := as_written(alteration.parts))
    }
    texts |= {Object(t, "column", c): written.digest(text) for (t, c), text in defaults.items()}
    return Printed(texts, complete=not obstacles)


def changed(
    saved: Plan | None, found: Now | None, reading: Reading, config: Config
) -> Since | None:
    """What changed since a plan was saved with what existed then; None where it was not."""
    if saved is None or saved.catalog is None or found is None:
        return None
    named = selection.named(reading.live, config.table)
    inside = selection.speaks_of(reading.live, config.schema, named)
    here = (
        one
        for one in changes(saved.catalog, found.catalog)
        if inside(one.object.relation) or inside(named_in(one, "owned")[0])
    )
    items = meant(saved, repaired_here(reading)[0])
    steps = (step for item in items for step in item.steps)
    return since(here, steps, found.catalog, found.printed, found.defaults)


def meant(saved: Plan, done: Collection[str]) -> list[Item]:
    """What was approved, or a revision here has repaired; where nothing was approved, all repairs.

    A choice, and what is merely possible, is repaired by approval only.
    """
    chosen = {*saved.approvals, *done}
    undecided = not saved.approvals
    return [
        item
        for item in saved.repairable
        if item.id in chosen or (undecided and item.decision is None and item.needs_an_answer)
    ]
