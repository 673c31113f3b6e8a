"""What a plan is about, as its first lines."""

from collections.abc import Iterator

from remediate.plans.plan import Plan, Run
from remediate.postgres.sql import commented
from remediate.render.lines import wrapped
from remediate.render.style import DIM, Style
from remediate.system.paths import shown
from remediate.system.words import counted

_GAP = "   "


def context(plan: Plan, style: Style) -> Iterator[str]:
    """The same for the head of a plan: one line, dim; below it what limits the plan."""
    for line in _packed(_parts(plan), style.width):
        yield style.paint(line, DIM)
    run = plan.run
    if not plan.database.version or not run:
        return
    if plan.model_tables == 0:
        yield from _models(plan)
    if run.apart and plan.heads is not None:
        yield from wrapped(f"at different revisions: {run.apart}", "Schemas   ", 10, style.width)
    if run.left_out_by:
        yield from wrapped(_left_out(plan, run), "Left out  ", 10, style.width)


def _parts(plan: Plan) -> Iterator[str]:
    """What was read, part by part."""
    database, run = plan.database, plan.run
    if run and run.alone == "secrets":
        yield from ("what git tracks, and what it would add", "no database")
        return
    folder = f"{shown(run.script_directory)} " if run and run.script_directory else ""
    if not database.version:
        yield from (f"{folder}(files of the project only)", "no database")
        if plan.model_tables is None:
            yield counted(plan.revisions, "revision")
    else:
        yield from (f"{database.host}/{database.name}", f"PostgreSQL {database.version_text}")
        if plan.heads is not None:
            yield f"{folder}at {', '.join(plan.heads) or 'no revision yet'}"
        yield from filter(None, (plan.engine,))
        took = f" in {run.seconds:.1f} s" if run else ""
        yield f"{counted(plan.tables, 'table')} read{took}"
    if plan.model_tables:
        yield counted(plan.model_tables, "model")


def _packed(parts: Iterator[str], width: int) -> Iterator[str]:
    """The parts beside each other; none is broken between two lines."""
    line = ""
    for part in map(commented, parts):
        if line and len(line) + len(_GAP) + len(part) > width:
            yield line
            line = part
        else:
            line += f"{_GAP if line else ''}{part}"
    yield line


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
        yield f"Left out  {_left_out(plan, run)}"


def _left_out(plan: Plan, run: Run) -> str:
    left_out = counted(len(plan.left_out), "table")
    if plan.left_out_columns:
        left_out += f" and {counted(len(plan.left_out_columns), 'column')}"
    return f"{left_out}, by {' and '.join(run.left_out_by)} of this project's env.py"


def _models(plan: Plan) -> Iterator[str]:
    if plan.model_tables:
        yield f"Models    {counted(plan.model_tables, 'table')}"
    elif plan.model_tables is not None:
        yield "Models    none found: keys are judged by the database alone (remediate doctor)"
