"""Which of many schemas a rehearsal is about, and how env.py's run for it begins."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from remediate.plans.proof import Gap, Limit
from remediate.plans.shapes import schema_of
from remediate.project.reading import ProjectReading
from remediate.project.tenancy import Tenant, few
from remediate.revisions.drafts import Draft
from remediate.revisions.files import Staged
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Name


def started(
    files: tuple[Staged, ...], reading: ProjectReading
) -> tuple[Database, tuple[str, ...], Name]:
    """The database as a run of env.py finds it, its revisions, and the table that holds them."""
    environment, source = reading.environment, reading.live.database
    samples = {s for f in files if f.draft.sample for s in f.draft.sample.schemas}
    for one in (one for one in environment.tenants if one.schema in samples):
        others = (schema for schema in source.search_path if schema != one.schema)
        source = replace(source, search_path=(one.schema, *others))
        return source, one.heads, one.version_table
    return source, environment.heads, environment.version_table


def untried(draft: Draft) -> Iterator[Limit]:
    """The schemas of a group that no rehearsal tries."""
    if draft.group:
        tried = len({*map(schema_of, draft.tried)})
        all_ = len(draft.group.schemas)
        if tried < all_:
            yield Limit(Gap.OTHER_SCHEMAS, f"{all_ - tried:,} of {all_:,} schemas")


def of_other_runs(tenants: Sequence[Tenant]) -> Iterator[Limit]:
    """The schemas for which env.py runs the same revisions as for the first, which is rehearsed."""
    if tenants:
        first, number = tenants[0], len(tenants)
        reason = f"env.py runs the same revisions there, and this was as for {few([first.schema])}"
        if apart := [one.schema for one in tenants if {*one.heads} != {*first.heads}]:
            reason += f"; at other revisions: {few(apart)}"
        yield Limit(Gap.OTHER_SCHEMAS, f"{number - 1:,} of {number:,} schemas", reason)
