"""What a plan is about, as its first lines."""

from collections.abc import Iterator

from remediate.plans.plan import Plan
from remediate.render.lines import wrapped
from remediate.system.paths import shown
from remediate.system.words import counted


def lines(plan: Plan) -> Iterator[str]:
    """The database, the project, how much was read, and what was left out."""
    database, run = plan.database, plan.run
    folder = f"{shown(run.script_directory)}   " if run else ""
    if run and run.alone == "secrets":
        yield "Read      what git tracks, and what it would add   (no database)"
        return
    if not database.version:
        yield f"Project   {folder}(its files only, no database)"
        if plan.model_tables is None:
            yield f"Read      {counted(plan.revisions, 'revision')}"
        yield from _models(plan)
        return
    yield (
        f"Database  {database.host}/{database.name}   "
        f"PostgreSQL {database.version_text}   (read only)"
    )
    if plan.heads is not None:
        at = ", ".join(plan.heads) or "no revision yet"
        engine = f"{plan.engine}   " if plan.engine else ""
        yield f"Project   {folder}{engine}at {at}"
        if run and run.apart:
            yield from wrapped(f"at different revisions: {run.apart}", "Schemas   ", 10)
    took = f" in {run.seconds:.1f} s" if run else ""
    yield f"Read      {counted(plan.tables, 'table')} with a primary key{took}"
    yield from _models(plan)
    if run and run.left_out_by:
        left_out = counted(len(plan.left_out), "table")
        if plan.left_out_columns:
            left_out += f" and {counted(len(plan.left_out_columns), 'column')}"
        filters = " and ".join(run.left_out_by)
        yield f"Left out  {left_out}, by {filters} of this project's env.py"


def _models(plan: Plan) -> Iterator[str]:
    if plan.model_tables:
        yield f"Models    {counted(plan.model_tables, 'table')}"
    elif plan.model_tables is not None:
        yield "Models    none found: keys are judged by the database alone (remediate doctor)"
