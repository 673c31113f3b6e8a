"""A scratch database on which revisions run: empty, or with the schema of the live one."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.commands import laid_rows
from remediate.commands.judgement import options as decided_options
from remediate.commands.progress import Progress, silent
from remediate.config import Config
from remediate.findings.finding import Finding
from remediate.postgres.sql import ident
from remediate.project.enrichment import enrich
from remediate.project.reading import ProjectReading
from remediate.rehearsal.candidate import Candidate, Trial
from remediate.rehearsal.channel import open_channel
from remediate.rehearsal.database import Stage, Subset, prepare
from remediate.rehearsal.process import Settings, Worker
from remediate.rehearsal.scratch import Server
from remediate.rehearsal.versions import version_table
from remediate.rules import RULES
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Name, Table
from remediate.system.paths import STARTED_IN


@dataclass(frozen=True, slots=True)
class Wanted:
    """The project whose revisions run, and how they are run."""

    reading: ProjectReading
    history: History
    config: Config
    arguments: Mapping[str, object]  # of upgrade() and downgrade()
    timeout: float = 60  # seconds that a statement may take
    say: Progress = silent

    @property
    def heads(self) -> tuple[str, ...]:
        """Of the database on which they run, where it is not empty."""
        return self.history.heads or ()

    def candidate(self, revision: Revision) -> Candidate:
        """Where the parent is nowhere to be found, as if it followed what the database has run."""
        known = all(parent in self.history.by_id for parent in revision.down)
        return Candidate(
            revision=revision.id,
            path=str((STARTED_IN / revision.source.file).resolve()),
            file=revision.source.file,
            title=title(revision),
            parents=revision.down if known else self.heads,
            text=revision.text,
        )


@contextmanager
def staged(wanted: Wanted, server: Server, *, empty: bool) -> Iterator[Trial]:
    """The scratch database, where Alembic finds it at no revision or at those of the live one.

    Raises UsageProblem where Alembic cannot make its version table in the live one, and Refused
    where the server is that of the live database.
    """
    reading, environment = wanted.reading, wanted.reading.environment
    database, named = reading.live.database, environment.version_table
    table = (
        Name(named.schema or database.default_schema, named.name)
        if empty
        else version_table(reading.libpq, named, database)
    )
    with (
        prepare(server, database, reading.libpq, _subset(reading, empty=empty)) as stage,
        open_channel(stage.url, reading.project.folder) as channel,
    ):
        worker = Worker(
            channel, stage.url, "" if empty else stage.migrating, database.search_path,
            Settings.of(reading.project.config, environment.configured),
            environment.version_table, wanted.arguments, wanted.timeout,
        )  # fmt: skip
        trial = Trial(stage, worker, table, _look(wanted, stage), wanted.say)
        if empty:
            _make_schemas(stage, trial, wanted.history)
        stage.stamp(table, () if empty else wanted.heads)
        yield trial


def _subset(reading: ProjectReading, *, empty: bool) -> Subset:
    if empty:
        return Subset((), (), (), empty=True)
    places = tuple((t, key) for t in reading.live.tables if (key := with_rows(t)) is not None)
    rows = tuple(laid_rows.meant(reading.live))
    return Subset(places, reading.live.sequences, (), rows, whole=True)


def with_rows(table: Table) -> Column | None:
    """The key whose lowest and highest ids are laid, too."""
    key = table.single_key
    return key if key is not None and key.is_integer and key.extremes is not None else None


def _look(wanted: Wanted, stage: Stage) -> Callable[[], tuple[Live, Mapping[str, Finding]]]:
    """The rules are run on what the scratch database holds, with the project's models."""
    rules = [rule for rule in RULES if rule.provable and not rule.alone and not rule.asked_for]
    reading, config = wanted.reading, wanted.config
    decided = decided_options(reading, config)

    def look() -> tuple[Live, Mapping[str, Finding]]:
        engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            live = catalog.read(connection, reading.environment.version_table)
            live = enrich(connection, live, reading.declared, config)
        found = [v for r in rules for v in r.find(live, reading.declared, decided)]
        left_out = reading.left_out.all
        kept = (f for f in found if isinstance(f, Finding) and f.place.table not in left_out)
        return live, {finding.id: finding for finding in kept}

    return look


def _make_schemas(stage: Stage, trial: Trial, history: History) -> None:
    """Those that env.py, or somebody, made before the first revision: no revision makes them."""
    needed = {trial.version_table.schema, *trial.worker.search_path}
    made = re.findall(r"CREATE\s+SCHEMA\b[^;\n]*", "\n".join(r.text for r in history.revisions))
    for schema in sorted(needed):
        if not any(schema in text for text in made):
            stage.superuser.execute(f"CREATE SCHEMA IF NOT EXISTS {ident(schema)}".encode())


def title(revision: Revision) -> str:
    """The first line of its docstring."""
    text = revision.text.lstrip()
    for quotes in ('"""', "'''"):
        if text.startswith(quotes):
            return text[3:].lstrip().partition("\n")[0].removesuffix(quotes).strip()
    return Path(revision.source.file).stem
