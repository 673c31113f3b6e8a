"""Load the revisions, as Alembic does before it looks at the models that they may import."""

import traceback
import warnings
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError

from remediate.catalog.session import read_only
from remediate.errors import pass_on_interrupt
from remediate.snapshots.declared import UnreadModule
from remediate.system.paths import shown
from remediate.system.secrets import scrub
from remediate.system.streams import stdout_to_stderr

FileStates = frozenset[tuple[Path, int, int]]  # files with time of change (ns) and size (bytes)


def file_states(script: ScriptDirectory) -> FileStates:
    """The files in the versions folders, as they are now."""
    folders = script._version_locations  # noqa: SLF001  (no public name)
    files = (path for folder in folders for path in Path(folder).rglob("*.py") if path.is_file())
    found = ((path, path.stat()) for path in files)
    return frozenset((path, now.st_mtime_ns, now.st_size) for path, now in found)


def load(script: ScriptDirectory, context: MigrationContext) -> tuple[UnreadModule, ...]:
    """Load every revision once; the one that fails, with the reason.

    Alembic stops at that one. A graph that is broken loads nevertheless: the rules find it.
    """
    connection = context.connection
    if connection is None or context.as_sql:
        return _load(script)
    with read_only(connection):  # a revision may ask the database, or try to change it
        connection.exec_driver_sql("SAVEPOINT loading")
        unread = _load(script)
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT loading")
    return unread


def _load(script: ScriptDirectory) -> tuple[UnreadModule, ...]:
    try:
        with warnings.catch_warnings(), stdout_to_stderr():
            warnings.simplefilter("ignore")  # of a broken graph
            script.revision_map.heads  # noqa: B018
    except (Exception, SystemExit) as error:
        pass_on_interrupt(error)
        file = _file_of(error, script)
        if file is None and isinstance(error, RevisionError | KeyError):
            return ()
        return (_unread(file or Path(script.dir), error),)
    return ()


def _file_of(error: BaseException, script: ScriptDirectory) -> Path | None:
    """The revision that an error comes from."""
    folders = [path.resolve() for path in script._version_locations]  # noqa: SLF001
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    named = getattr(error, "filename", None)  # of a SyntaxError
    below = (
        path
        for file in (*files, named)
        if isinstance(file, str)
        and any((path := Path(file).resolve()).is_relative_to(folder) for folder in folders)
    )
    return next(below, None)


def _unread(file: Path, error: BaseException) -> UnreadModule:
    reason = str(error) if isinstance(error, CommandError) else f"{type(error).__name__}: {error}"
    first = (scrub(reason).strip().splitlines() or [type(error).__name__])[0]
    return UnreadModule(
        shown(file),
        f"the models that only revisions import: Alembic fails as it loads them: {first}",
        "alembic heads",
        stops_alembic=True,
    )
