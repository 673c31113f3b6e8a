"""Which of many schemas a rehearsal is about, and how env.py's run for it begins."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from remediate.plans.proof import Gap, Limit
from remediate.plans.shapes import schema_of
from remediate.project.project import Environment
from remediate.project.reading import ProjectReading
from remediate.project.tenancy import Tenant, few
from remediate.revisions.drafts import Draft
from remediate.revisions.files import Staged
from remediate.snapshots.live import Database


def started(files: tuple[Staged, ...], reading: ProjectReading) -> tuple[Database, Environment]:
    """The database as the run of env.py finds it that is rehearsed, and what env.py configures."""
    environment, source = reading.environment, reading.live.database
    samples = {s for f in files if f.draft.sample for s in f.draft.sample.schemas}
    for one in (one for one in environment.tenants if one.schema in samples):
        others = (schema for schema in source.search_path if schema != one.schema)
        source = replace(source, search_path=(one.schema, *others))
        places = {schema or None: place for schema, place in one.schemas}
        known = environment.configured
        mapped = tuple((schema, places[schema or None]) for schema, _ in known.translated)
        return source, replace(
            environment, heads=one.heads, version_table=one.version_table,
            configured=replace(known, translated=mapped),
        )  # fmt: skip
    return source, environment


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
