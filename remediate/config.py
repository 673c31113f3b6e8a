"""Settings: an option wins over the environment, that over pyproject.toml, that over defaults."""

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict, TypeVar, Unpack, get_args, get_origin
from typing import get_type_hints as hints_of

from remediate.errors import UsageProblem
from remediate.findings.finding import ROWS_REWRITTEN, Tier
from remediate.findings.lists import pairs, parts
from remediate.findings.reasons import check_reasons
from remediate.findings.remedy import ACCEPTED_BY_NAME, Hazard
from remediate.findings.selection import whole_rules
from remediate.postgres.connections import address
from remediate.system.surroundings import remember_environment
from remediate.system.values import problem_of, shown
from remediate.system.words import did_you_mean

Texts = tuple[str, ...]
_SHAPES = "shapes a plan"
OnDelete = Literal["", "CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"]
T = TypeVar("T")
Shaping = Annotated[T, _SHAPES]  # on it depends what a plan holds: a saved plan keeps it


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a command may depend on besides its own arguments."""

    config: str | None = None
    """alembic.ini or pyproject.toml of the project; without it, searched from here upwards."""
    name: str = "alembic"
    """Section of the ini file, as for `alembic -n`."""
    x: Texts = ()
    """Arguments for env.py, as for `alembic -x`."""
    env: str = ""
    """Function that is called before env.py runs: package.module:function."""
    metadata: Texts = ()
    """The MetaData of the models, in place of env.py's: package.module:Base.metadata."""
    database_url: str | None = None
    """The database to read; None: the one that env.py opens."""
    scratch_url: str | None = None
    """A server to rehearse on; None: an embedded one."""
    schema: Shaping[Texts] = ()
    """Globs of schemas that are looked at; without it, all."""
    table: Shaping[Texts] = ()
    """Globs of tables that are looked at, as name or schema.name; without it, all."""
    select: Shaping[Texts] = ()
    """Codes of rules that run; without it, all but those that only `--select` runs."""
    ignore: Shaping[Texts] = ()
    """Codes of rules that are not asked."""
    ignored: Shaping[Mapping[str, str]] = field(default_factory=dict)
    """Codes of rules, and globs of ids of findings, that may stay, each with the reason."""
    generated_keys: Shaping[Literal["", "database", "application"]] = ""
    """Who fills integer keys, where nothing else tells; without it, the plan asks."""
    headroom: Shaping[int] = 0
    """Ids left free above the highest one."""
    identity: Shaping[bool] = False
    """Make keys identity columns instead of giving them sequence defaults."""
    uuid: Shaping[Literal["v4", "v7"]] = "v4"
    """Version of the default that uuid keys get; v7 from PostgreSQL 18."""
    offline_window: Shaping[bool] = False
    """Allow rewriting tables of any size under a lock."""
    rows_rewritten: Shaping[int] = ROWS_REWRITTEN
    """Rows that may be rewritten under a lock without `offline-window`."""
    deep: Shaping[bool] = False
    """Read large tables whole, where otherwise a sample is read."""
    since: Shaping[str] = ""
    """A plan that was saved before: the ids used since then forecast when a key is full."""
    values: Shaping[Literal["stop", "null"]] = "stop"
    """What becomes of values that the new type cannot hold."""
    orphans: Shaping[Literal["stop", "null", "keep"]] = "stop"
    """What becomes of values without a parent."""
    on_delete: Shaping[OnDelete] = ""
    """ON DELETE of new foreign keys, where the models are silent; "": NO ACTION."""
    references: Shaping[Mapping[str, str]] = field(default_factory=dict)
    """The table that a column references, by globs of columns; "" for none."""
    right: Shaping[Mapping[str, Literal["database", "models"]]] = field(default_factory=dict)
    """Which side is right where models and database differ, by globs of columns."""
    engine: Shaping[str] = ""
    """Name of the database, where env.py opens several."""
    baseline: str = ""
    """File of accepted findings, for `check`; without it, the one beside alembic.ini."""
    backup: Literal["", "data", "all"] = ""
    """Repairs for which a backup has to be named: all, or those that change types or values."""
    allow: Texts = ()
    """Names of hazards that are accepted."""
    first: Texts = ()
    """Globs of tables that go into an emergency revision before the rest."""
    before_landing: Texts = ()
    """A command, as a list of words, that runs before revisions land; if it fails, none lands."""
    after_landing: Texts = ()
    """A command, as a list of words, that runs after revisions landed; if it fails, they stay."""
    reviewers: int = 1
    """Number of people who must approve an item before it is written; at least one."""
    tiers: Annotated[Mapping[str, str], *Tier] = field(default_factory=dict)
    """How much tables matter, by globs of tables."""
    features: Mapping[str, str] = field(default_factory=dict)
    """What users call a table, by globs of tables."""
    flows: Mapping[str, Texts] = field(default_factory=dict)
    """What users do, with globs of the tables that it needs in order; "!" marks the core."""


class Given(TypedDict, total=False):
    """What somebody sets for one run, by the names of Config; None and empty: unset."""

    config: str | None
    name: str | None
    x: Sequence[str] | None
    env: str | None
    metadata: Sequence[str] | None
    database_url: str | None
    scratch_url: str | None
    schema: Sequence[str] | None
    table: Sequence[str] | None
    select: Sequence[str] | None
    ignore: Sequence[str] | None
    headroom: int | None
    identity: bool | None
    uuid: str | None
    offline_window: bool | None
    deep: bool | None
    since: str | None
    values: str | None
    orphans: str | None
    on_delete: str | None
    right: Sequence[str] | None
    """COLUMN=models, COLUMN=database: the column by a glob."""
    engine: str | None
    baseline: str | None
    allow: Sequence[str] | None
    first: Sequence[str] | None


_HINTS = hints_of(Config, include_extras=True)
SHAPING = tuple(name for name, hint in _HINTS.items() if _SHAPES in get_args(hint))
_CALLED = {"database_url": "the database URL", "scratch_url": "the scratch URL"}
_IN_ONE_WORD = ("select", "ignore", "allow", "metadata")  # with commas between them
_SECRET = {"database_url": "REMEDIATE_DATABASE_URL", "scratch_url": "REMEDIATE_SCRATCH_URL"}


def load(folder: Path = Path(), **given: Unpack[Given]) -> Config:
    """The settings for a command that runs in `folder`.

    What is ignored adds up: rules that an option names, and what the file gives a reason for.
    Raises UsageProblem for a key of [tool.remediate] that is not known, for a value that it cannot
    have, and for a URL in the file: it would be a secret in the repository.
    """
    remember_environment()
    values = _of_file(folder / "pyproject.toml")
    values |= {key: url for key, name in _SECRET.items() if (url := os.environ.get(name))}
    options = _of_options(given)
    if right := _decided(options.pop("right", ())):
        # The first one that fits counts: an option's before the file's.
        values["right"] = right | {
            k: v for k, v in values.get("right", {}).items() if k not in right
        }
    values |= options
    values = {key: _frozen(value) for key, value in values.items()}
    values |= {k: parts(v) for k, v in values.items() if k in _IN_ONE_WORD}
    if rules := whole_rules(values.get("ignored", {})):
        values["ignore"] = (*values.get("ignore", ()), *rules)
    for key in _SECRET:
        if url := values.get(key):
            address(url, _CALLED[key])
    return Config(**values)


def _frozen(value: Any) -> Any:
    """Lists of the file as tuples, also those within a table."""
    if isinstance(value, dict):
        return {key: _frozen(one) for key, one in value.items()}
    return tuple(value) if isinstance(value, list) else value


def refuse_shaping(names: Iterable[str]) -> None:
    """Raises UsageProblem for settings that would shape a plan which is made already."""
    if given := sorted(set(names) & set(SHAPING)):
        option = "--" + given[0].replace("_", "-")
        raise UsageProblem(
            f"{option} shapes a plan, but this one is made already",
            f"Make it again: remediate plan {option} ... --save FILE",
        )


def _decided(words: Iterable[str]) -> dict[str, str]:
    """public.users.id=models, from the command line."""
    found = pairs(words)
    for column, side in found.items():
        spelled = f"{column}={side}" if column else side
        if not column or side not in ("database", "models"):
            raise UsageProblem(
                f"--right {spelled}: expected a column (globs) and which side is right",
                "For example: --right public.users.id=models",
            )
    return found


def _of_options(given: Given) -> dict[str, Any]:
    """What was given for one run, by the names of Config; what is unset is left out."""
    known = {**schemas(), **{key: {"type": "string"} for key in _SECRET}}
    known["right"] = known["x"]  # COLUMN=SIDE, as words
    if unknown := sorted(given.keys() - known.keys()):
        raise UsageProblem(f"there is no setting {unknown[0]!r}", f"Known: {', '.join(known)}.")
    set_ = {key: value for key, value in given.items() if value not in (None, (), [])}
    for key, value in set_.items():
        if problem := problem_of(f"--{key.replace('_', '-')}", value, known[key]):
            raise UsageProblem(problem)
    check_hazard_names("--allow {}", parts(given.get("allow") or ()))
    return set_


def check_settings(values: Mapping[str, object]) -> None:
    """Raises ValueError for a value that a setting cannot have; by the names of Config."""
    found = (problem_of(key, value, schemas()[key]) for key, value in values.items())
    if problem := next(filter(None, found), ""):
        raise ValueError(problem)


def _of_file(file: Path) -> dict[str, Any]:
    table = _table_of(file)
    names = {name.replace("_", "-"): name for name in schemas() if name != "ignore"}
    names["ignore"] = names.pop("ignored")  # with reasons; an option has none
    for key, value in table.items():
        if key not in names:
            raise UsageProblem(
                f"[tool.remediate] in {file.name} has no setting {key!r}",
                f"{did_you_mean(key, names)} Known: {', '.join(sorted(names))}. URLs belong in "
                f"the environment: {' and '.join(_SECRET.values())}.".lstrip(),
            )
        if key == "ignore":
            check_reasons(value)
        elif problem := problem_of(f"[tool.remediate] {key}", value, schemas()[names[key]]):
            raise UsageProblem(problem)
    check_hazard_names("{} in [tool.remediate] allow", parts(table.get("allow", ())))
    return {names[key]: value for key, value in table.items()}


def _table_of(file: Path) -> dict[str, Any]:
    """[tool.remediate] of a pyproject.toml; empty where there is none."""
    if not file.exists():
        return {}
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageProblem(f"{file.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{file.name} is not UTF-8, as TOML has to be: {error}") from error
    except (ValueError, RecursionError) as error:
        raise UsageProblem(f"{file.name} is not valid TOML: {error}") from error
    for place, name in (("tool", "tool"), ("tool.remediate", "remediate")):
        found = found.get(name, {})
        if not isinstance(found, dict):
            raise UsageProblem(
                f"{place} in {file.name} must be a table, not {shown(found)}",
                "Write the settings below a line [tool.remediate].",
            )
    return dict(found)


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each setting that may stand in the file, by its name in Config."""
    return {name: _schema(hint) for name, hint in _HINTS.items() if name not in _SECRET}


def _schema(hint: Any, choices: Sequence[str] = ()) -> dict[str, Any]:
    base, *more = get_args(hint) or (hint,)
    match get_origin(hint):
        case origin if origin is Annotated:
            return _schema(base, [one for one in more if isinstance(one, Tier)])
        case origin if origin is Literal:
            return {"type": "string", "enum": [one for one in (base, *more) if one]}
        case origin if origin is tuple:
            return {"type": "array", "items": {"type": "string"}}
        case origin if origin is Mapping:
            return {"type": "object", "additionalProperties": _schema(more[0]) | _enum(choices)}
    if base is int:  # each is a count
        return {"type": "integer", "minimum": 0}
    return {"type": {str: "string", bool: "boolean"}[base]}


def _enum(choices: Sequence[str]) -> dict[str, Any]:
    return {"enum": [str(one) for one in choices]} if choices else {}


def check_hazard_names(place: str, names: Iterable[str]) -> None:
    """Raises UsageProblem for a name that is no hazard; `{}` of the place is where it stands."""
    for name in names:
        if name.upper() not in set(Hazard):
            raise UsageProblem(
                f"{place.format(name)}: there is no such hazard",
                f"{did_you_mean(name, ACCEPTED_BY_NAME)} "
                f"Known: {', '.join(sorted(ACCEPTED_BY_NAME))}".lstrip(),
            )
