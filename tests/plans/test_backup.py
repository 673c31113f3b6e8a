"""The backup before a repair: of which tables."""

import sqlalchemy as sa

from remediate.findings.remedy import Hold, Remedy
from remediate.plans import backup
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Name
from tests.support import helpers

PARTITIONED = """
CREATE TABLE whole (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE half PARTITION OF whole FOR VALUES FROM (1) TO (99) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF half FOR VALUES FROM (1) TO (9); CREATE TABLE aside (id serial PRIMARY KEY)
"""


def of(url: sa.URL) -> backup.Backup:
    remedy = Remedy("", "", (), holds=(Hold(Name("public", "whole")),), expectations=())
    return backup.of([remedy], helpers.snapshot(url), ())


def test_the_partitions_of_what_is_locked(newest: Server) -> None:
    """pg_dump -t of the root copies no row."""
    with newest.database() as url:
        helpers.psql(url, PARTITIONED)
        made = of(url)
    assert made.tables == (Name("public", "half"), Name("public", "part"), Name("public", "whole"))
    assert made.commands[1] == (
        "pg_dump -Fc -f before.dump \\\n  -t public.half \\\n  -t public.part \\\n"
        '  -t public.whole \\\n  "$PSQL_URL"'
    )


def test_more_tables_than_anybody_reads() -> None:
    names = tuple(Name("public", f"t{n}") for n in range(41))
    assert len(backup.Backup(names).commands) == 1
    assert len(backup.Backup(names[:40]).commands) == 2
