"""What there is to judge: nothing is healthy that nobody looked at."""

from collections.abc import Sequence

from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings import selection
from remediate.findings.effects import Family
from remediate.findings.finding import Options, Rule
from remediate.project.reading import Reading
from remediate.snapshots.tables import Name

_NAMED = 3  # tables in a sentence


def check(reading: Reading, config: Config, options: Options, rules: Sequence[Rule]) -> None:
    """Raises UsageProblem where settings, or what was read, leave the rules nothing to judge."""
    _check_side(reading, rules)
    _check_database(reading)
    if config.table or config.schema:
        _check_scope(reading, config, options)


def _check_side(reading: Reading, rules: Sequence[Rule]) -> None:
    families = {rule.family for rule in rules}
    asked = ", ".join(rule.code for rule in rules)
    if reading.project is None and families <= {Family.MODELS, Family.REVISIONS}:
        raise UsageProblem(
            f"nothing to judge: {asked} look at an Alembic project, and there is none here",
            "Run it in the folder of alembic.ini, or select other rules: remediate rules",
        )
    declared = reading.declared
    seen = declared.tables or declared.metadatas or declared.unread_modules
    if families == {Family.MODELS} and not seen:
        raise UsageProblem(
            f"nothing to judge: {asked} look at models, but env.py passes none to Alembic",
            "Look at target_metadata in env.py, and at what it imports: remediate doctor",
        )


def _check_database(reading: Reading) -> None:
    """An empty database is mostly another one than was meant; one without any key, a copy."""
    live, declared = reading.live, reading.declared
    looked_at = any(table.columns for table in live.tables)
    if not live.database.version or looked_at or live.foreign_keys or live.unread:
        return
    if declared.tables or declared.metadatas or declared.history.revisions:
        return
    if live.tables:
        have = "1 table has" if len(live.tables) == 1 else f"{len(live.tables):,} tables have"
        raise UsageProblem(
            f"nothing to judge: in the database {live.database.name} {have} no primary key, and "
            "no model says what it is",
            "A copy or a converter may have lost it. The models declare it: run this in the "
            "folder of alembic.ini.",
        )
    raise UsageProblem(
        f"nothing to judge: the database {live.database.name} holds no table with a key",
        "Check that it is the right one; if so, create its schema first.",
    )


def _check_scope(reading: Reading, config: Config, options: Options) -> None:
    live = reading.live
    known = {*live.table_of, *(table.name for table in reading.declared.tables)}
    inside = selection.speaks_of(live, config.schema, options.named, reading.left_out.all)
    if any(map(inside, known)):
        return
    asked_for = selection.speaks_of(live, config.schema, options.named)
    out = sorted(name for name in known if asked_for(name))
    if out:
        raise UsageProblem(
            f"nothing to judge: the project leaves out {_some(out)}",
            f"See {', '.join(reading.left_out.by) or 'its filters'} in env.py.",
        )
    raise UsageProblem(*_excluded(reading, config, options.named))


def _excluded(reading: Reading, config: Config, named: frozenset[Name]) -> tuple[str, str]:
    """Why the filters leave no table, and what to do."""
    roots = {n: reading.live.root(reading.live.table_of[n]).name for n in named}
    parts = sorted(name for name, root in roots.items() if root not in named)
    if parts:
        one = parts[0]
        return (
            f"nothing to judge: {_some(parts)} is judged with the table that it is part of",
            f"Name that table: --table {roots[one]}",
        )
    schemas = ", ".join(config.schema)
    if named:
        return (
            f"nothing to judge: {_some(sorted(named))} is in no schema that --schema {schemas} "
            "names",
            "Leave one of the two out.",
        )
    return (
        f"nothing to judge: --schema {schemas} holds no table with a key",
        "See: remediate plan -v",
    )


def _some(names: Sequence[Name]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(map(str, names[:_NAMED])) + more
