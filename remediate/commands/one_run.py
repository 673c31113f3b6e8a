"""Which of many schemas a rehearsal is about, and how env.py's run for it begins."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from remediate.commands.leaving import difference
from remediate.commands.progress import Progress
from remediate.errors import DatabaseProblem
from remediate.plans.proof import Gap, Limit
from remediate.plans.shapes import schema_of
from remediate.postgres.sql import quote
from remediate.project.project import Environment
from remediate.project.reading import ProjectReading
from remediate.project.tenancy import Tenant, few
from remediate.revisions.drafts import Draft
from remediate.revisions.files import Staged
from remediate.snapshots.live import Database
from remediate.system import invocation


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


def with_left_out(
    made: Sequence[Draft], reading: ProjectReading, progress: Progress
) -> tuple[Draft, ...]:
    """The drafts, each with the schemas of env.py's loop that are not as its repair leaves them.

    Nothing is repaired there, and no upgrade of the others stops for them.
    """
    made = tuple(
        one if one.left_out is None else replace(one, left_out=_left_out(one, reading))
        for one in made
    )
    if told := [f"  {few(one.left_out)}: {one.title}" for one in made if one.left_out]:
        schemas = ",".join(dict.fromkeys(schema for one in made for schema in one.left_out or ()))
        look = invocation.remediate(f"plan --schema {shlex.quote(schemas)}")
        told = ["Left alone, since these revisions leave the others in another state:", *told]
        progress("\n".join((*told, f"  Once these have run: {look}")))
    return made


def _left_out(draft: Draft, reading: ProjectReading) -> tuple[str, ...]:
    known = reading.environment.tenants
    heads = [one.heads for one in known]
    most = max(heads, key=heads.count)
    tables = {i.finding.place.table.name for i in draft.items if i.finding.place.table}
    there = {t.name.schema for t in reading.live.tables if t.name.name in tables}
    there -= {*(draft.group.schemas if draft.group else ())}
    asked = [one.schema for one in known if one.schema in there and one.heads == most]
    return tuple(s for s in asked if not _holds(s, draft.leaves(s), reading.libpq))


def _holds(schema: str, check: str, libpq: dict[str, str]) -> bool:
    """Whether a check holds that a revision makes under its locks."""
    try:
        return not difference(libpq, check)
    except DatabaseProblem as error:
        # Left out unseen, a broken one would be stamped; taken in unseen, it would stop the rest.
        raise DatabaseProblem(
            f"remediate cannot tell whether the schema {quote(schema)} is as the repair leaves "
            f"the others, and env.py runs the revision there too: {error.message}",
            "Run it where the revision is to run: on the primary, as the role that upgrades.",
        ) from error


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
        reason = (
            f"env.py runs the same revisions there, and this was the same for {few([first.schema])}"
        )
        if apart := [one.schema for one in tenants if {*one.heads} != {*first.heads}]:
            reason += f"; at other revisions: {few(apart)}"
        yield Limit(Gap.OTHER_SCHEMAS, f"{number - 1:,} of {number:,} schemas", reason)
