"""Read the project's revisions from their files, without running them."""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from remediate.catalog.session import read_only
from remediate.codemod.assignments import UNKNOWN
from remediate.findings.marks import engine_of, passed_over, recorded, recorded_in_comments
from remediate.postgres.queries import query
from remediate.postgres.sql import literal
from remediate.project import revision_ids
from remediate.project.loading import FileStates, file_states
from remediate.project.project import Environment
from remediate.project.revision_ids import Ids
from remediate.project.sources import called, parsed
from remediate.snapshots.declared import UnreadModule
from remediate.snapshots.history import WIDTH, History, Revision
from remediate.snapshots.tables import Name, Source
from remediate.system.paths import STARTED_IN, shown
from remediate.system.secrets import remember_text

HOTFIX = ".hotfix.sql"  # in place of .py: the script that does the same by psql

_NAME = r'(?:"(?:[^"]|"")+"|\w[\w$]*)'
_RAW = re.compile(
    rf"(create|drop)\s+table\s+(?:if\s+(?:not\s+)?exists\s+)?({_NAME}(?:\.{_NAME})?)",
    re.IGNORECASE,
)


def read(
    folders: Iterable[str], *, recursive: bool, loaded: Mapping[Path, Ids] | None = None
) -> History:
    """Every revision below the versions folders; a file without a revision id is left out.

    What Alembic has loaded tells the ids that the text of a file computes.
    """
    revisions, nameless = [], []
    for file, values in _with_ids(folders, recursive, loaded or {}):
        if isinstance(values.get("revision"), str):
            revisions.append(_revision(file, values))
        elif "revision" in values:
            nameless.append(file)
    return History(
        _with_dependencies(revisions),
        nameless=tuple(map(shown, nameless)),
        unreadable=tuple(Source(shown(file), 1) for file in nameless if _is_no_python(file)),
    )


def _with_ids(
    folders: Iterable[str],
    recursive: bool,  # noqa: FBT001
    loaded: Mapping[Path, Ids],
) -> Iterator[tuple[str, Ids]]:
    for file in map(str, _files(folders, recursive)):
        yield file, loaded.get(Path(file).resolve()) or revision_ids.written(file)


def _is_no_python(file: str) -> bool:
    """Whether Alembic stops at it, too: Python reads a file in the encoding that it names."""
    try:
        ast.parse(Path(file).read_bytes())
    except (SyntaxError, ValueError):
        return True
    except OSError:
        return False
    return False


def _with_dependencies(revisions: Sequence[Revision]) -> tuple[Revision, ...]:
    """With ids in place of the branch labels on which revisions may depend."""
    labelled = {label: r.id for r in revisions for label in r.labels}
    return tuple(
        replace(r, depends_on=tuple(labelled.get(one, one) for one in r.depends_on))
        if r.depends_on
        else r
        for r in revisions
    )


def _files(folders: Iterable[str], recursive: bool) -> list[Path]:  # noqa: FBT001
    """Those that Alembic takes for revisions."""
    found = {p for f in folders for p in Path(f).glob("**/*.py" if recursive else "*.py")}
    return sorted(p for p in found if not p.name.startswith((".#", "__init__")))


def unread(script: ScriptDirectory) -> tuple[UnreadModule, ...]:
    """The files in the versions folders whose text does not tell their revision id, with why."""
    files = _files(folders(script), script.recursive_version_locations)
    reasons = ((file, revision_ids.why_unread(str(file))) for file in files)
    return tuple(UnreadModule(shown(file), why, "alembic heads") for file, why in reasons if why)


def of_project(
    script: ScriptDirectory, connection: Connection, environment: Environment, default_schema: str
) -> History:
    """The history of the project, with the revisions at which the database is."""
    files = as_loaded(script, complete=not environment.unread)
    return at_database(files, connection, environment, default_schema)


def as_loaded(script: ScriptDirectory, *, complete: bool) -> History:
    """The history of the files, with the ids that Alembic has loaded, if it has loaded all."""
    return read(
        folders(script),
        recursive=script.recursive_version_locations,
        loaded=_loaded(script) if complete else {},
    )


def at_database(
    files: History, connection: Connection, environment: Environment, default_schema: str
) -> History:
    """The history with the revisions at which this database is."""
    table = environment.version_table
    width_, passed = _version_table(connection, Name(table.schema or default_schema, table.name))
    driver = connection.dialect.driver
    maps, apart = (
        tuple(dict(one.schemas) for one in some)
        for some in (environment.tenants, environment.apart)
    )
    known = replace(files, heads=environment.heads, maps=maps, apart=apart)
    return replace(known, width=width_, driver=driver, passed_over=passed)


def heads_now(script: ScriptDirectory, before: FileStates) -> tuple[str, ...]:
    """The heads of the files as they are; those that changed since are read by their text.

    `before` is their state when Alembic loaded them, which does so once: a revision may add models
    to the project's own.
    """
    parsed.cache_clear()
    unchanged = {path.resolve() for path, *_ in file_states(script) & before}
    loaded = {path: ids for path, ids in _loaded(script).items() if path in unchanged}
    found = _with_ids(folders(script), script.recursive_version_locations, loaded)
    known = [ids for _, ids in found if isinstance(ids.get("revision"), str)]
    followed = {parent for ids in known for parent in _names(ids.get("down_revision"))}
    return tuple(dict.fromkeys(str(i["revision"]) for i in known if i["revision"] not in followed))


def _loaded(script: ScriptDirectory) -> dict[Path, Ids]:
    """The ids by the files of the revisions that Alembic has loaded; none of a broken graph."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scripts = [*script.walk_revisions()]
    except (CommandError, KeyError):
        return {}
    return {Path(s.path).resolve(): vars(s.module) | {"revision": s.revision} for s in scripts}


def of_files(script: ScriptDirectory) -> History:
    """The history of the project, without a database."""
    found = read(folders(script), recursive=script.recursive_version_locations)
    return replace(found, driver=_driver_named(Path(script.dir) / "env.py"))


def _driver_named(env: Path) -> str:
    """asyncpg, where env.py speaks of it and puts no other driver in its place; else ""."""
    lines = env.read_text(encoding="utf-8", errors="replace") if env.is_file() else ""
    speaking = [line for line in lines.splitlines() if "asyncpg" in line.partition("#")[0]]
    replaced = any(re.search(r"\breplace\(|\bset\(|\bsub\(", line) for line in speaking)
    return "asyncpg" if speaking and not replaced else ""


def folders(script: ScriptDirectory) -> list[str]:
    """The folders of the project's revisions."""
    return [str(path) for path in script._version_locations]  # noqa: SLF001  (no public name)


def _version_table(connection: Connection, table: Name) -> tuple[int, frozenset[str]]:
    """How long its ids may be, and the revisions that had nothing to do in this database."""
    path = literal(str(table))
    with read_only(connection):
        ask = query(__package__, "version_table", table=path)
        found, comment = connection.exec_driver_sql(ask).one()
    return int(found) if found else WIDTH, passed_over(comment or "")


def _revision(file: str, values: Ids) -> Revision:
    tree = parsed(file) or ast.Module([], [])
    upgrade = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade"]
    made = [*_tables(upgrade[0])] if upgrade else []
    text = Path(file).read_text(encoding="utf-8")
    remember_text(text)
    return Revision(
        str(values["revision"]),
        _names(values.get("down_revision")),
        Source(shown(file), 1),
        _names(values.get("depends_on")),
        _names(values.get("branch_labels")),
        tuple(name for created, name in made if created),
        tuple(name for created, name in made if not created),
        text=text,
        told=UNKNOWN not in (values.get("down_revision"), values.get("branch_labels")),
    )


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list | tuple | set) else ()


def _tables(upgrade: ast.FunctionDef) -> Iterator[tuple[bool, Name]]:
    """The tables that an upgrade creates (True) and drops (False), in the order of its code."""
    for node in ast.walk(upgrade):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            first = node.args[0].value
            if called(node) in ("create_table", "drop_table", "rename_table"):
                yield called(node) == "create_table", Name(_schema(node), str(first))
            elif called(node) == "execute" and isinstance(first, str):
                for verb, name in _RAW.findall(first):
                    yield verb.lower() == "create", _parsed_name(name)


def _schema(call: ast.Call) -> str:
    given = (keyword.value for keyword in call.keywords if keyword.arg == "schema")
    return next((str(v.value or "") for v in given if isinstance(v, ast.Constant)), "")


def _parsed_name(text: str) -> Name:
    parts = re.findall(_NAME, text)
    *schema, name = (p[1:-1].replace('""', '"') if p[0] == '"' else p.lower() for p in parts)
    return Name("".join(schema), name)


def repaired(
    script: ScriptDirectory, heads: Sequence[str], engine: str, schema: str = ""
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The ids of findings that revisions up to `heads` repaired, and these; those of each that did
    not run.

    If the project has several databases, only the revisions written for this one count. `schema`:
    what those of many schemas do there is told alone.
    """
    applied = (
        {r.revision for r in script.iterate_revisions(tuple(heads), "base")} if heads else set()
    )
    ids: dict[str, str] = {}
    waiting = {}
    for revision in reversed([*script.walk_revisions()]):
        found = _of(revision, engine, schema)
        if revision.revision in applied:
            ids |= dict.fromkeys(found, revision.revision)
        elif found:
            waiting[revision.revision] = found
    return ids, waiting


def hotfixes(files: Mapping[str, str]) -> dict[str, str]:
    """Of these revisions, by their files, those that psql may have run: the script beside it."""
    beside = ((id_, (STARTED_IN / file).with_suffix(HOTFIX)) for id_, file in files.items())
    return {id_: shown(path) for id_, path in beside if path.exists()}


def _of(revision: Script, engine: str, schema: str) -> tuple[str, ...]:
    text = revision.module.__doc__ or ""
    source = Path(revision.path).read_text(encoding="utf-8")
    if ids := recorded(text, source, schema):
        return ids if engine_of(text) == engine else ()
    return recorded_in_comments(source, engine)
