"""One revision one way by Alembic's own machinery, on the connection that it is given."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import CommandLine, Config
from alembic.ddl.impl import DefaultImpl
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, StampStep
from alembic.script import ScriptDirectory
from alembic.util import load_python_file

from remediate.write.lock_watch import Watch


class TakenBack(Exception):
    """The end of a run that must leave nothing."""


def migrate_with(request: dict[str, Any], step: dict[str, Any], watch: Watch) -> None:
    config = _config(request)
    script = ScriptDirectory.from_config(config)
    environment = EnvironmentContext(
        config, script, fn=lambda _heads, _context: [_step(step, watch, request)]
    )
    engine = sa.create_engine(request["url"], poolclass=sa.NullPool)
    sa.event.listen(engine, "connect", lambda made, _: _prepare(made, request))
    with environment, engine.connect() as connection:
        environment.configure(
            connection=connection,
            transaction_per_migration=True,
            version_table=request["version_table"],
            version_table_schema=request["version_table_schema"] or None,
        )
        watch.listen(engine)
        with environment.begin_transaction():
            environment.run_migrations(**request["arguments"])


def _step(step: dict[str, Any], watch: Watch, request: dict[str, Any]) -> StampStep:
    """Alembic's own move in the version table, and with it the revision's function."""
    up = step["way"] == "upgrade"
    moves = not (step["from"] and step["to"])
    made = StampStep(step["from"], step["to"], up, moves)

    def migrate(**arguments: Any) -> None:
        file = Path(step["file"])
        module = load_python_file(str(file.parent), file.name)
        watch.inside = True
        getattr(module, step["way"])(**arguments)
        watch.settle()
        watch.inside = False
        watch.tell("returned")
        if request["apart"]:
            raise TakenBack

    made.migration_fn = migrate
    return made


def _config(request: dict[str, Any]) -> Config:
    """The project's, with the scratch database for its own."""
    given = request["config"]
    arguments = [*(a for value in given["x"] for a in ("-x", value)), "current"]
    config = Config(
        file_=given["file"],
        toml_file=given["toml"],
        ini_section=given["section"],
        cmd_opts=CommandLine().parser.parse_args(arguments),
    )
    config.set_main_option("sqlalchemy.url", request["url"].replace("%", "%%"))
    return config


def _prepare(connection: Any, request: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {int(request['timeout'] * 1000)}")
        if request["search_path"]:
            cursor.execute(f"SET search_path = {request['search_path']}")
        if request["role"]:
            cursor.execute(f"SET ROLE {request['role']}")
    connection.commit()


@contextlib.contextmanager
def _in_the_transaction(_: MigrationContext) -> Iterator[None]:
    yield


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """op.* goes on after a statement that failed, and nothing is committed on the way."""
    execute = DefaultImpl._exec  # noqa: SLF001  (Alembic's one door for what op.* sends)

    def execute_anyway(self: Any, *given: Any, **named: Any) -> Any:
        with contextlib.suppress(sa.exc.DBAPIError):
            return execute(self, *given, **named)

    DefaultImpl._exec = execute_anyway  # type: ignore[method-assign]  # noqa: SLF001
    MigrationContext.autocommit_block = _in_the_transaction  # type: ignore[method-assign,assignment]
    yield
