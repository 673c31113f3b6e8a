"""The live schema, dumped for a rehearsal while what it is to prove is still being made."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event

from remediate.postgres import programs
from remediate.rehearsal import schema_copy
from remediate.rehearsal.dumped import Seeds
from remediate.rehearsal.schema_copy import Archive
from remediate.rehearsal.scratch import Starting
from remediate.rehearsal.versions import version_table
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Name
from remediate.system.folders import temporary
from remediate.system.threads import meanwhile


@dataclass(frozen=True, slots=True)
class Early:
    """An archive, and for which part of the schema it was made."""

    archive: Archive
    seeds: Seeds

    def serves(self, seeds: Seeds | None, bindir: Path) -> bool:
        """Whether it holds all that these need, and was made by this pg_dump."""
        return seeds is not None and self.seeds.covers(seeds) and self.archive.bindir == bindir


@dataclass(frozen=True, slots=True)
class Source:
    """The live database, and its relations that are expected to be laid."""

    database: Database
    libpq: dict[str, str] = field(repr=False)  # holds the password
    version_table: Name  # its schema may be ""
    relations: Sequence[Name]
    definitions: bool  # tables are created


@contextmanager
def begun(source: Source, server: Starting | None) -> Iterator[Future[Early]]:
    """The archive, once it is there; it is gone when this ends, and so is pg_dump.

    `server`: on which it is to be laid; of None the version is not known yet. Its errors are those
    of `schema_copy.dump` and `version_table`.
    """
    stop = Event()
    with (
        temporary("remediate-run-") as folder,
        meanwhile(partial(_made, source, server, folder, stop)) as archive,
    ):
        if server:
            server.removes(folder)
        try:
            yield archive
        finally:
            stop.set()


def _made(source: Source, server: Starting | None, folder: Path, stop: Event) -> Early:
    libpq = source.libpq
    versions = version_table(libpq, source.version_table, source.database)
    oids = schema_copy.oids(libpq, [versions, *source.relations])
    seeds = schema_copy.with_code(libpq, oids, definitions=source.definitions)
    newest = programs.major(server.bindir / "postgres") if server else 0
    bindir = programs.clients(max(newest, source.database.version // 10000))
    return Early(schema_copy.dump(libpq, bindir, folder, seeds, stop), seeds)
