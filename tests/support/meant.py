"""Whether repairs changed what they were to change, and nothing else."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from remediate.catalog import digest
from remediate.commands.since import printed
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.digest_document import alterations_as_json, alterations_from_json
from remediate.plans.meant import since
from remediate.snapshots.digest import Digest, changes


def existing(url: sa.URL) -> Digest:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return digest.read(connection)


@contextmanager
def nothing_else(url: sa.URL, repairs: Iterable[Remedy | Manual]) -> Iterator[None]:
    """Around the upgrade of these repairs."""
    steps = [s for r in repairs if isinstance(r, Remedy) for s in r.all_steps]
    before = existing(url)
    yield
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        now, texts = digest.read(connection), printed(connection, steps)
        defaults = digest.default_rights(connection)
    assert since(changes(before, now), steps, now, texts, defaults).beside == ()
    for step in steps:
        assert alterations_from_json(alterations_as_json(step.alters)) == step.alters
