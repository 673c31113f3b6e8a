"""What a rehearsal waits for, begun while what it is to prove is still being made."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace

from remediate.commands.touched import used
from remediate.config import Config
from remediate.plans.plan import ApprovedItem
from remediate.project.reading import ProjectReading
from remediate.rehearsal import channel, early_dump, scratch
from remediate.rehearsal.channel import Channel
from remediate.rehearsal.early_dump import Early
from remediate.rehearsal.scratch import Starting


@dataclass(frozen=True, slots=True)
class Ahead:
    """A scratch server that starts, a process that imports what revisions need, a dump."""

    server: Starting | None = None
    channel: Channel | None = None
    dumped: Future[Early] | None = None


NOTHING = Ahead()


@contextmanager
def begun(reading: ProjectReading, config: Config) -> Iterator[Ahead]:
    """Both, for one rehearsal of this project; they end here."""
    major = reading.live.database.version // 10000
    with (
        scratch.begun(config.scratch_url, major) as server,
        channel.begun(reading.project.folder) as process,
    ):
        yield Ahead(server, process)


@contextmanager
def dumping(
    ahead: Ahead, reading: ProjectReading, items: Sequence[ApprovedItem]
) -> Iterator[Ahead]:
    """With the live schema's dump for these repairs.

    Not of many schemas, of which a rehearsal lays few.
    """
    environment = reading.environment
    if ahead is NOTHING or environment.tenants:
        yield ahead
        return
    source = early_dump.Source(
        reading.live.database, reading.libpq, environment.version_table,
        sorted(used(items, reading)),
        definitions=any(item.remedy.creates for item in items),
    )  # fmt: skip
    with early_dump.begun(source, ahead.server) as dumped:
        yield replace(ahead, dumped=dumped)
