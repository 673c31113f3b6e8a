"""How env.py lets revisions run, as plain values: a rehearsal is given them in place of env.py."""

import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import BatchOperations, Operations
from alembic.runtime.migration import MigrationContext

# Of context.configure(): what a rehearsal decides by itself, or what is of no revision.
_NOT_HANDED = {
    "as_sql", "starting_rev", "destination_rev", "tag", "dont_mutate", "purge", "output_buffer",
    "version_table", "version_table_schema", "version_table_pk", "transaction_per_migration",
    "template_args", "upgrade_token", "downgrade_token", "user_module_prefix", "script", "fn",
    "on_version_apply",
}  # fmt: skip

Text = str | dict[str, str]
"""A text; or the place from which a function or a class is imported; or why it is nowhere."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What env.py decides about the operations of revisions: nothing here is a live object."""

    driver: str = "psycopg"
    options: Mapping[str, object] = field(default_factory=dict)  # of context.configure()
    naming: tuple[tuple[Text, Text], ...] | None = None  # the convention for constraint names
    isolation_level: str = ""  # "" for the server's own
    translated: tuple[tuple[str | None, str | None], ...] = ()  # schema_translate_map
    external: bool = False  # env.py begins the transaction itself
    per_migration: bool = False  # each revision has a transaction of its own
    modules: tuple[str, ...] = ()  # that add operations to op
    own_operations: tuple[str, ...] = ()  # those of op that env.py itself defines
    section: Mapping[str, str] = field(default_factory=dict)  # of alembic.ini, with what is set
    attributes: Mapping[str, object] = field(default_factory=dict)  # of Alembic's Config
    lacking: tuple[str, ...] = ()  # what only env.py itself has


def of(context: MigrationContext) -> Configured:
    """What can be handed over of this context, and what cannot; must run inside of env.py."""
    connection = context.connection
    options = connection.get_execution_options() if connection is not None else {}
    translated: Mapping[str | None, str | None] = options.get("schema_translate_map") or {}
    convention = getattr(context.opts.get("target_metadata"), "naming_convention", None)
    naming = convention and tuple((_text(k), _text(v)) for k, v in convention.items())
    added = dict.fromkeys(each for each in _modules(context) if not each[0].startswith("alembic."))
    modules = dict.fromkeys(m for m, _ in added)
    known = tuple(m for m in modules if m in sys.modules and m != "__main__")
    nowhere = [f"{what}, which env.py defines" for m, what in added if m not in known]
    return Configured(
        driver=context.dialect.driver,
        options=_plain({k: v for k, v in context.opts.items() if k not in _NOT_HANDED}),
        naming=naming,
        isolation_level=_isolation_level(connection, options),
        translated=tuple(translated.items()),
        external=context._in_external_transaction,  # noqa: SLF001  (no public name)
        per_migration=context._transaction_per_migration,  # noqa: SLF001  (no public name)
        modules=known,
        own_operations=tuple(_operations({*modules} - {*known})),
        section=_section(context),
        attributes=_plain(context.config.attributes) if context.config else {},
        lacking=(*nowhere, *(t["nowhere"] for pair in naming or () for t in pair if _lacks(t))),
    )


def _text(value: object) -> Text:
    """A text as it is; of a function or a class the place where a module holds it."""
    if isinstance(value, str):
        return value
    module, name = getattr(value, "__module__", ""), getattr(value, "__qualname__", "")
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is value:
        return {"import": f"{module}:{name}"}
    return {"nowhere": f"the function {name} of naming_convention, which no module has"}


def _lacks(text: Text) -> bool:
    return isinstance(text, dict) and "nowhere" in text


def _isolation_level(connection: sa.Connection | None, options: Mapping[str, Any]) -> str:
    if connection is None:
        return ""
    of_engine = connection.dialect._on_connect_isolation_level  # noqa: SLF001  (no public name)
    return str(options.get("isolation_level") or of_engine or "")


def _modules(context: MigrationContext) -> Iterator[tuple[str, str]]:
    """Those that register operations, or an implementation of PostgreSQL's; and what they add."""
    registered = Operations._to_impl._registry  # noqa: SLF001  (no public name)
    for operation, _ in registered:
        yield operation.__module__, f"the operation {operation.__name__}"
    yield type(context.impl).__module__, f"the implementation {type(context.impl).__name__}"


def _operations(modules: Collection[str]) -> Iterator[str]:
    """By which names op has the operations of these modules."""
    for name, function in (*vars(Operations).items(), *vars(BatchOperations).items()):
        operation = getattr(function, "__globals__", {}).get("op_cls")  # as Alembic makes them
        if operation is not None and operation.__module__ in modules:
            yield name


def _section(context: MigrationContext) -> Mapping[str, str]:
    config = context.config
    if config is None or not config.file_config.has_section(config.config_ini_section):
        return {}
    return dict(config.file_config.items(config.config_ini_section, raw=True))


def _plain(values: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in values.items() if _is_plain(value)}


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_plain(v) for k, v in value.items())
    return isinstance(value, str | int | float | None)
