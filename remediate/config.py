"""Settings: an option wins over the environment, that over pyproject.toml, that over defaults."""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from remediate.errors import UsageProblem
from remediate.findings.finding import ROWS_REWRITTEN, Tier
from remediate.findings.selection import whole_rules
from remediate.postgres.connections import engine_url


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
    ignore: tuple[str, ...] = ()  # rule codes
    ignored: Mapping[str, str] = field(default_factory=dict)  # these, and globs of ids: to reasons
    baseline: str = ""  # file of the findings that are accepted; "": the one beside alembic.ini
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
    tiers: Mapping[str, str] = field(default_factory=dict)  # globs of tables to their tier
    features: Mapping[str, str] = field(default_factory=dict)  # to what users call them


_SECRET = {"database_url": "REMEDIATE_DATABASE_URL", "scratch_url": "REMEDIATE_SCRATCH_URL"}
_SIDES = {"database", "models"}
_TIERS = [tier.value for tier in Tier]
_ANSWERS = {
    "generated-keys": ("database", "application"),
    "uuid": ("v4", "v7"),
    "values": ("stop", "null"),
    "orphans": ("stop", "null", "keep"),
    "on-delete": ("CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"),
}


def load(folder: Path, **options: Any) -> Config:
    """The settings for a command that runs in `folder`; options that are None or empty are unset.

    What is ignored adds up: rules that an option names, and what the file gives a reason for.
    Raises UsageProblem for a key that is not known, and for a URL in the file: it would be a
    secret in the repository.
    """
    values = _of_file(folder / "pyproject.toml")
    values |= {key: url for key, name in _SECRET.items() if (url := os.environ.get(name))}
    if right := _decided(options.pop("right", None) or ()):
        # The first one that fits counts: an option's before the file's.
        values["right"] = right | {
            k: v for k, v in values.get("right", {}).items() if k not in right
        }
    values |= {key: value for key, value in options.items() if value not in (None, (), [])}
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    if rules := whole_rules(values.get("ignored", {})):
        values["ignore"] = (*values.get("ignore", ()), *rules)
    for key in _SECRET:
        if url := values.get(key):
            engine_url(url)
    return Config(**values)


def _decided(words: Iterable[str]) -> dict[str, str]:
    """public.users.id=models, from the command line."""
    found = dict(word.rpartition("=")[::2] for word in words)
    for column, side in found.items():
        if not column or side not in _SIDES:
            raise UsageProblem(
                f"--right {column}={side}: it takes a column (globs) and who is right about it",
                "For example: --right public.users.id=models",
            )
    return found


def _of_file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("remediate", {})
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"{file.name} is not valid TOML: {error}") from error
    types = {f.name.replace("_", "-"): f.type for f in fields(Config) if f.name not in _SECRET}
    types["ignore"] = types.pop("ignored")  # with reasons; an option has none
    for key, value in table.items():
        if key not in types:
            raise UsageProblem(
                f"[tool.remediate] in {file.name} has no setting {key!r}",
                f"Known: {', '.join(sorted(types))}. URLs belong into the environment: "
                f"{' and '.join(_SECRET.values())}.",
            )
        _check(key, value, str(types[key]))
    named = {"ignored" if key == "ignore" else key: value for key, value in table.items()}
    return {key.replace("-", "_"): value for key, value in named.items()}


def _check(key: str, value: object, type_: str) -> None:
    if key == "ignore":
        _check_reasons(value)
        return
    kinds = {"tuple": list, "int": int, "bool": bool, "Mapping": dict}
    wanted = next((kind for word, kind in kinds.items() if word in type_), str)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise UsageProblem(f"[tool.remediate] {key} must be a {wanted.__name__}, not {value!r}")
    of = "table" if key in ("tiers", "features") else "column"
    if isinstance(value, dict) and not all(isinstance(v, str) for v in value.values()):
        raise UsageProblem(f"[tool.remediate.{key}] must give a text for each {of}")
    if key == "right" and isinstance(value, dict) and not set(value.values()) <= _SIDES:
        raise UsageProblem('[tool.remediate.right] must say "database" or "models" for each column')
    if key == "tiers" and isinstance(value, dict) and not set(value.values()) <= set(_TIERS):
        raise UsageProblem(f"[tool.remediate.tiers] must say {', '.join(_TIERS)} for each table")
    if key in _ANSWERS and value not in _ANSWERS[key]:
        raise UsageProblem(f"{key} must be {' or '.join(map(repr, _ANSWERS[key]))}")


def _check_reasons(value: object) -> None:
    reasons = value if isinstance(value, dict) else {}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in reasons.values()):
        what = value[0] if isinstance(value, list) and value else "FK006:public.log_*"
        raise UsageProblem(
            "[tool.remediate] ignore must give a reason for each rule or finding",
            f"Write it as a table: [tool.remediate.ignore], and below it: {_key(what)} = "
            '"why it may stay".',
        )
    for key, reason in reasons.items():
        if not reason.strip():
            raise UsageProblem(
                f"[tool.remediate.ignore] gives no reason for {key}",
                f'Write why it may stay: {_key(key)} = "...".',
            )


def _key(text: object) -> str:
    """As TOML writes a key."""
    plain = isinstance(text, str) and re.fullmatch(r"[\w-]+", text, re.ASCII)
    return str(text) if plain else json.dumps(str(text), ensure_ascii=False)
