"""Settings: an option wins over the environment, that over pyproject.toml, that over defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from remediate.connections import engine_url
from remediate.errors import UsageProblem
from remediate.finding import ROWS_REWRITTEN


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a command may depend on besides its own arguments."""

    config: str | None = None  # alembic.ini or pyproject.toml of the Alembic project
    name: str = "alembic"  # section of the ini file
    x: tuple[str, ...] = ()  # arguments for env.py
    engine: str = ""  # which database, where env.py opens several
    database_url: str | None = None
    scratch_url: str | None = None
    schema: tuple[str, ...] = ()  # globs; empty: all
    table: tuple[str, ...] = ()  # globs of name or schema.name; empty: all
    select: tuple[str, ...] = ()  # rule codes; empty: all
    ignore: tuple[str, ...] = ()
    generated_keys: str = ""  # "database", "application" or "" (ask)
    headroom: int = 0  # ids
    identity: bool = False  # identity columns instead of sequence defaults
    uuid: str = "v4"  # or "v7": which default uuid keys get
    offline_window: bool = False  # tables of any size may be rewritten under a lock
    rows_rewritten: int = ROWS_REWRITTEN  # at most, where there is no such window
    deep: bool = False  # read large tables whole, where otherwise a sample is read
    values: str = "stop"  # or "null": what becomes of values that do not convert
    orphans: str = "stop"  # or "null", "keep": what becomes of values without a parent
    on_delete: str = ""  # of new foreign keys, where the models say nothing
    allow: tuple[str, ...] = ()  # hazards that are accepted
    references: Mapping[str, str] = field(
        default_factory=dict
    )  # what columns mean: globs to tables
    right: Mapping[str, str] = field(default_factory=dict)  # globs of columns to "models"
    first: tuple[str, ...] = ()  # globs: tables of the emergency revision


_SECRET = {"database_url": "REMEDIATE_DATABASE_URL", "scratch_url": "REMEDIATE_SCRATCH_URL"}
_SIDES = {"database", "models"}
_ANSWERS = {
    "generated-keys": ("database", "application"),
    "uuid": ("v4", "v7"),
    "values": ("stop", "null"),
    "orphans": ("stop", "null", "keep"),
    "on-delete": ("CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"),
}


def load(folder: Path, **options: Any) -> Config:
    """The settings for a command that runs in `folder`; options that are None or empty are unset.

    Raises UsageProblem for a key that is not known, and for a URL in the file: it would be a
    secret in the repository.
    """
    values = _of_file(folder / "pyproject.toml")
    values |= {key: url for key, name in _SECRET.items() if (url := os.environ.get(name))}
    values |= {key: value for key, value in options.items() if value not in (None, (), [])}
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    for key in _SECRET:
        if url := values.get(key):
            engine_url(url)
    return Config(**values)


def _of_file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("remediate", {})
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"{file.name} is not valid TOML: {error}") from error
    types = {f.name.replace("_", "-"): f.type for f in fields(Config) if f.name not in _SECRET}
    for key, value in table.items():
        if key not in types:
            raise UsageProblem(
                f"[tool.remediate] in {file.name} has no setting {key!r}",
                f"Known: {', '.join(sorted(types))}. URLs belong into the environment: "
                f"{' and '.join(_SECRET.values())}.",
            )
        _check(key, value, str(types[key]))
    return {key.replace("-", "_"): value for key, value in table.items()}


def _check(key: str, value: object, type_: str) -> None:
    kinds = {"tuple": list, "int": int, "bool": bool, "Mapping": dict}
    wanted = next((kind for word, kind in kinds.items() if word in type_), str)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise UsageProblem(f"[tool.remediate] {key} must be a {wanted.__name__}, not {value!r}")
    if isinstance(value, dict) and not all(isinstance(v, str) for v in value.values()):
        raise UsageProblem(f"[tool.remediate.{key}] must give a text for each column")
    if key == "right" and isinstance(value, dict) and not set(value.values()) <= _SIDES:
        raise UsageProblem('[tool.remediate.right] must say "database" or "models" for each column')
    if key in _ANSWERS and value not in _ANSWERS[key]:
        raise UsageProblem(f"{key} must be {' or '.join(map(repr, _ANSWERS[key]))}")
