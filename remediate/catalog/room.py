"""Leave the application its connections: stop where few are left."""

from contextlib import suppress

from remediate.catalog.session import rows
from remediate.errors import DatabaseProblem
from remediate.postgres.connections import FULL
from remediate.postgres.direct import Connection, driver_of
from remediate.system.words import counted

SPARE = 5  # connections; of fewer than 100, one in twenty: a pool of an application opens so many


def check(connection: Connection) -> None:
    """Raises DatabaseProblem where fewer connections are left than an application may want next.

    Not behind a pooler, which hands out the connections that it has.
    """
    for row in rows(connection, "room"):
        if row["free"] < min(SPARE, max(1, row["bound"] // 20)) and not _pooled(
            connection, row["process"]
        ):
            left, bound = max(0, row["free"]), counted(row["bound"], "connection")
            raise DatabaseProblem(
                f"{row['what']} has {left} of {bound} left: remediate stops, so that the "
                "application gets them",
                FULL,
            )


def _pooled(connection: Connection, process: int) -> bool:
    """Whether another process answers than the one that the driver was told of as it connected."""
    driver = driver_of(connection)
    with suppress(AttributeError):
        return bool(driver.info.backend_pid != process)
    with suppress(AttributeError):
        return bool(driver.get_server_pid() != process)
    return False
