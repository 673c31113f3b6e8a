"""What a rehearsal waits for, begun while what it is to prove is still being made."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from remediate.config import Config
from remediate.project.reading import ProjectReading
from remediate.rehearsal import channel, scratch
from remediate.rehearsal.channel import Channel
from remediate.rehearsal.scratch import Starting


@dataclass(frozen=True, slots=True)
class Ahead:
    """A scratch server that starts, and a process that imports what revisions need."""

    server: Starting | None = None
    channel: Channel | None = None


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
