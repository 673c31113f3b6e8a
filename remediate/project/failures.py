"""What env.py and the configuration raise as a RemediateError, and logging restored."""

import configparser
import contextlib
import logging
import socket
from collections.abc import Iterator

import sqlalchemy as sa
from alembic.util import CommandError

from remediate.errors import RemediateError, UsageProblem, pass_on_interrupt
from remediate.postgres.connections import database_problem
from remediate.project.configuration import problem_of_ini
from remediate.system.paths import shown
from remediate.system.secrets import scrub

HAND_IN = (
    "Where env.py runs only inside of a command of yours, name a function that prepares what it "
    "needs (--env package.module:function), or leave env.py out (REMEDIATE_DATABASE_URL, "
    "and --metadata package.module:Base.metadata)."
)


@contextlib.contextmanager
def problems_of_the_project(file: str | None = None) -> Iterator[None]:
    """Turn what env.py or the configuration raises into a RemediateError."""
    try:
        yield
    except RemediateError:
        raise
    except (sa.exc.DBAPIError, ConnectionError, TimeoutError, socket.gaierror) as error:
        raise database_problem(error, "the database that env.py names cannot be used") from error
    except configparser.Error as error:
        raise problem_of_ini(error, shown(file) if file else "the configuration") from None
    except CommandError as error:
        pass_on_interrupt(error)
        raise UsageProblem(
            scrub(str(error)), "Alembic reports this; try: alembic current"
        ) from error
    except (Exception, SystemExit) as error:
        pass_on_interrupt(error)
        raise UsageProblem(
            f"env.py failed: {type(error).__name__}: {scrub(str(error))}",
            f"Check that `alembic current` works in this project, with this environment. {HAND_IN}",
        ) from error


@contextlib.contextmanager
def alembic_errors() -> Iterator[None]:
    """What Alembic complains of, or what a revision raises when it is loaded, as a sentence."""
    try:
        yield
    except (RemediateError, OSError):
        raise
    except CommandError as error:
        pass_on_interrupt(error)
        raise UsageProblem(scrub(str(error)), "Alembic reports this; see: alembic heads") from error
    except (Exception, SystemExit) as error:
        pass_on_interrupt(error)
        raise UsageProblem(
            f"Alembic fails on this project's revisions: {type(error).__name__}: "
            f"{scrub(str(error))}",
            "Check that `alembic history` works.",
        ) from error


def _warns(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


@contextlib.contextmanager
def untouched_logging() -> Iterator[None]:
    """Restore logging: env.py usually calls fileConfig(), which replaces handlers and disables.

    Meanwhile Alembic does not tell how it would migrate ("Will assume transactional DDL."): no
    migration runs.
    """
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    loggers = [
        x for x in logging.Logger.manager.loggerDict.values() if isinstance(x, logging.Logger)
    ]
    states = [(x, x.disabled, x.level, x.handlers[:], x.propagate) for x in loggers]
    migrating = logging.getLogger("alembic.runtime.migration")
    migrating.addFilter(_warns)
    try:
        yield
    finally:
        migrating.removeFilter(_warns)
        root.handlers[:], root.level = handlers, level
        for logger, disabled, its_level, its_handlers, propagate in states:
            logger.disabled, logger.level, logger.propagate = disabled, its_level, propagate
            logger.handlers[:] = its_handlers
