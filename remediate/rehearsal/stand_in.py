"""What env.py does for a revision, done on a scratch database from values that env.py left."""

import asyncio
import contextlib
import importlib
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NoReturn

import sqlalchemy as sa
from alembic.config import CommandLine, Config
from alembic.runtime.environment import EnvironmentContext

Request = dict[str, Any]
_URL = re.compile(r"postgres(ql)?(\+\w+)?://")


def scratch_instead(value: str, url: str) -> str | None:
    """For the URL of a database that of the scratch one, by the same driver; None for other text.

    A revision that carries a URL of its own in its text reaches that database even so.
    """
    scheme = _URL.match(value)
    return _URL.sub(scheme[0], url, count=1) if scheme else None


def config(request: Request) -> Config:
    """The project's, with the scratch database for each that it names."""
    given, configured = request["config"], request["config"]["configured"]
    arguments = [*(a for value in given["x"] for a in ("-x", value)), "current"]
    made = Config(
        file_=given["file"],
        toml_file=given["toml"],
        ini_section=given["section"],
        cmd_opts=CommandLine().parser.parse_args(arguments),
        attributes=configured["attributes"],
    )
    url = request["url"].replace("%", "%%")
    for name, value in configured["section"].items():
        made.set_main_option(name, value)
    for section in made.file_config.sections():
        for name, value in made.file_config.items(section, raw=True):
            if there := scratch_instead(value, url):
                made.set_section_option(section, name, there)
    made.set_main_option("sqlalchemy.url", url)
    return made


def on_connection(
    request: Request, listen: Callable[[sa.Engine], None], work: Callable[[sa.Connection], None]
) -> None:
    """Call `work` with a connection by the project's own driver."""
    url = sa.make_url(request["url"])
    if url.get_dialect().is_async:
        asyncio.run(_awaited(url, listen, work))
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    listen(engine)
    with engine.connect() as connection:
        work(connection)


async def _awaited(
    url: sa.URL, listen: Callable[[sa.Engine], None], work: Callable[[sa.Connection], None]
) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  (needs greenlet)

    engine = create_async_engine(url, poolclass=sa.NullPool)
    listen(engine.sync_engine)
    async with engine.connect() as connection:
        await connection.run_sync(work)


@contextlib.contextmanager
def configured(
    environment: EnvironmentContext, connection: sa.Connection, request: Request
) -> Iterator[None]:
    """The context as env.py configures it, within its transaction."""
    given = request["config"]["configured"]
    for module in given["modules"]:
        with contextlib.suppress(Exception):  # whatever misses it says so
            importlib.import_module(module)
    if given["isolation_level"] and not request["apart"]:
        connection = connection.execution_options(isolation_level=given["isolation_level"])
    if given["translated"]:
        connection = connection.execution_options(schema_translate_map=dict(given["translated"]))
    naming = given["naming"]
    with connection.begin() if given["external"] else contextlib.nullcontext():
        environment.configure(
            **given["options"]
            | {
                "connection": connection,
                "target_metadata": None if naming is None else _metadata(naming),
                "transaction_per_migration": given["per_migration"] or not request["together"],
                "version_table": request["version_table"],
                "version_table_schema": request["version_table_schema"] or None,
            }
        )
        with environment.begin_transaction():
            yield


def _metadata(naming: Sequence[tuple[Any, Any]]) -> sa.MetaData:
    return sa.MetaData(naming_convention={_found(key): _found(value) for key, value in naming})


def _found(text: Any) -> Any:
    if isinstance(text, str):
        return text
    if "nowhere" in text:
        return partial(_fail, text["nowhere"])
    module, _, name = text["import"].partition(":")
    return operator.attrgetter(name)(importlib.import_module(module))


def _fail(what: str, *_: object) -> NoReturn:
    raise RuntimeError(f"{what}: a rehearsal does not run env.py")
