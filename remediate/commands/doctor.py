"""`remediate doctor`: what was discovered, and what would stop a command. Reads only."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from remediate import __version__
from remediate.catalog.catalog import database
from remediate.catalog.session import read_only
from remediate.commands.opened import read
from remediate.config import Config
from remediate.errors import DatabaseProblem, RemediateError, UsageProblem
from remediate.postgres import programs
from remediate.postgres.connections import database_problem, engine_url, shown_host
from remediate.project import opening, tenancy
from remediate.project import project as projects
from remediate.project.discovery import discover
from remediate.project.failures import alembic_errors
from remediate.project.history import hotfixes
from remediate.rehearsal.scratch import scratch
from remediate.revisions.graph import version_locations, waiting
from remediate.system.paths import shown
from remediate.system.words import counted
from remediate.verification import checkup
from remediate.verification.checkup import Checkup, Line, Opened, State

PACKAGES = ("alembic", "sqlalchemy", "psycopg", "asyncpg")


def doctor(settings: Config | Callable[[], Config]) -> Checkup:
    """Everything that can be said of the settings, the project, its database and this machine.

    `settings` are those of a command, or what loads them: an error in them is a line, too. What is
    wrong raises nothing, and stops nothing else from being looked at.
    """
    lines, config = [_software()], Config()
    servers: list[Opened] = []
    try:
        config = settings() if callable(settings) else settings
    except RemediateError as error:
        lines.append(_stopped("Settings", error))
    try:
        project = discover(config)
    except RemediateError as error:
        lines.append(_stopped("Project", error))
    else:
        if project is None:
            lines += _without_project(config)
        else:
            opened = [*_of_env(project, config, servers)]  # env.py may say where revisions are
            lines += [*_of_files(project), *opened]
    newest = max((s.database.version // 10000 for s in servers), default=0)
    return Checkup((*lines, *_of_machine(config, newest)))


def _stopped(what: str, error: RemediateError) -> Line:
    return Line(what, error.message, State.PROBLEM, "", error.hint)


def _software() -> Line:
    found = [f"Python {sys.version.split()[0]}", f"remediate {__version__}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return Line("Software", ", ".join(found))


def _without_project(config: Config) -> Iterator[Line]:
    """Outside a project a URL is enough to look, and not to write."""
    yield Line(
        "Project", "no Alembic project here", State.NOTE if config.database_url else State.PROBLEM,
        "generate writes into one; plan needs only a database URL",
        "Run it in the folder of alembic.ini, or name the file with --config.",
    )  # fmt: skip
    if not config.database_url:
        return
    url = engine_url(config.database_url)
    try:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection, read_only(connection):
            role = database(connection).role
        yield Line("Database", f"{shown_host(url)}/{url.database}, role {role}")
    except DatabaseProblem as error:
        yield _stopped("Database", error)
    except sa.exc.DBAPIError as error:
        yield _stopped("Database", database_problem(error, "it cannot be used"))
    if config.metadata:
        yield _handed(config)


def _handed(config: Config) -> Line:
    """The models that --metadata names."""
    try:
        found = opening.handed_metadata(config)
    except RemediateError as error:
        return _stopped("Models", error)
    return checkup.of_models(tuple(len(m.tables) for m in found.values()))


def _of_files(project: projects.Project) -> Iterator[Line]:
    """What the project's own files say."""
    yield Line("Configuration", ", ".join(_configuration(project)))
    yield _template(project.script)
    yield from _versions(project.script)
    yield from _hooks(project.script)


def _configuration(project: projects.Project) -> Iterator[str]:
    config, section = project.config, project.config.config_ini_section
    if config.config_file_name:
        there = config.file_config.has_section(section)
        yield f"{shown(config.config_file_name)}{f' [{section}]' if there else ''}"
    tables = ((project.home, "[tool.alembic]"), (project.folder, "[tool.remediate]"))
    for toml, table in ((folder / "pyproject.toml", table) for folder, table in tables):
        if toml.exists() and table in toml.read_text(encoding="utf-8"):
            yield f"{shown(toml)} {table}"
    if project.env:
        yield f"--env {project.env}"


def _template(script: ScriptDirectory) -> Line:
    folder = Path(script.dir)
    missing = [n for n in ("env.py", "script.py.mako") if not (folder / n).exists()]
    if missing:
        return Line(
            "Migrations", shown(folder), State.PROBLEM, f"there is no {' and no '.join(missing)}",
            "Check script_location. `alembic init` creates them.",
        )  # fmt: skip
    return Line("Migrations", shown(folder))


def _versions(script: ScriptDirectory) -> Iterator[Line]:
    folders = [Path(p) for p in version_locations(script)]
    named = ", ".join(map(shown, folders))
    try:
        with alembic_errors():
            count = len(list(script.walk_revisions()))
            heads = [(head, _head(script, head)) for head in script.get_heads()]
    except UsageProblem as error:
        yield Line("Versions", named, State.PROBLEM, error.message, error.hint)
        return
    deeper = ", with subfolders" if script.recursive_version_locations else ""
    found = f"{named}: {counted(count, 'revision')}{deeper}"
    why = cure = ""
    if closed := [shown(f) for f in folders if f.exists() and not os.access(f, os.W_OK)]:
        why, cure = f"{closed[0]} is not writable", "generate writes there: change its mode."
    elif "/" in script.file_template and not script.recursive_version_locations:
        why = "file_template puts revisions into folders, where Alembic would not look for them"
        cure = "Set recursive_version_locations = true."
    yield Line("Versions", found, State.PROBLEM if why else State.OK, why, cure)
    yield _heads(heads)


def _head(script: ScriptDirectory, revision: str) -> str:
    """The revision with the names of its branch."""
    labels = sorted(script.get_revision(revision).branch_labels)
    return f"{revision} ({', '.join(labels)})" if labels else revision


def _heads(heads: Sequence[tuple[str, str]]) -> Line:
    """`heads` are ids, each with how it is shown."""
    listed = ", ".join(shown for _, shown in heads)
    if len(heads) < 2:
        return Line("Heads", listed or "none yet")
    first, _ = heads[0]
    return Line(
        "Heads", listed, State.NOTE, "generate has to know which one to follow",
        f"Choose one: remediate generate --head {first}",
    )  # fmt: skip


def _hooks(script: ScriptDirectory) -> Iterator[Line]:
    hooks = [dict(hook) for hook in script.hooks]
    names = [str(h.get("_hook_name") or h.get("name", "")) for h in hooks]
    for hook, name in zip(hooks, names, strict=True):
        if missing := _missing(hook):
            yield Line(
                "Write hooks", name, State.PROBLEM, f"{missing} is not to be found",
                "Alembic runs it on every new revision: install it, or take the hook out.",
            )  # fmt: skip
            return
    yield Line("Write hooks", ", ".join(names) or "none")


def _missing(hook: dict[str, Any]) -> str:
    """What a post-write hook would not find."""
    kind = hook.get("type")
    if kind == "exec":
        program = str(hook.get("executable", ""))
        return "" if shutil.which(program) else program
    if kind == "module":
        module = str(hook.get("module", ""))
        return "" if find_spec(module) else f"the module {module}"
    if kind == "console_scripts":
        script = str(hook.get("entrypoint", ""))
        known = entry_points(group="console_scripts")
        return "" if any(e.name == script for e in known) else f"the script {script}"
    return ""


def _of_env(project: projects.Project, config: Config, servers: list[Opened]) -> Iterator[Line]:
    """What env.py tells when it runs; what it opened goes to `servers`."""
    visits: list[tenancy.Visited] = []
    complete: list[Callable[[], Opened]] = []

    def look(context: MigrationContext, environment: projects.Environment) -> None:
        name = projects.engine_name(context)
        visits.append(tenancy.visited(context, name, environment.heads))
        if not tenancy.tenants((visits[0], visits[-1])):  # it is the same for all tenants
            complete.append(read(context, environment, project, config))

    try:
        opening.visit(project, config, look)
        servers += [one() for one in complete]
    except RemediateError as error:
        yield _stopped("env.py", error)
        return
    names = tuple(one.name for one in visits)
    if tenants := tenancy.tenants(visits):
        yield Line("Databases", f"one: {tenancy.told(names[0], [t.schema for t in tenants])}")
        for one in tenancy.behind(tenants):
            yield Line("Schemas", one.file, State.NOTE, one.reason, one.verify)
    else:
        yield checkup.of_several(names, config.engine)
    chosen = [s for s in servers if config.engine in ("", s.engine)]
    for server in chosen:
        yield from checkup.of_database(server, several=len(chosen) > 1)
        try:
            files = {s.revision: s.path for s in reversed(waiting(project.script, server.heads))}
            by_psql = bool(hotfixes(files)) and len(servers) == 1
            tips = len(project.script.get_heads())
            yield checkup.of_revisions(server.heads, files, tips, by_psql=by_psql)
        except UsageProblem as error:
            yield checkup.of_revisions(server.heads, (), 0, error.message, error.hint)


def _of_machine(config: Config, major: int) -> Iterator[Line]:
    """What a rehearsal needs."""
    try:
        folder = programs.clients(major)
        where = "from the embedded wheel" if folder == programs.wheel() else f"in {folder}"
        yield Line("pg_dump", f"{programs.major(folder / 'pg_dump')} {where}")
    except UsageProblem as error:
        yield _stopped("pg_dump", error)
    try:
        where, version = _scratch(config, major)
        yield _rehearsals(where, version, major)
    except RemediateError as error:
        yield _stopped("Rehearsals", error)


def _rehearsals(where: str, version: int, major: int) -> Line:
    if not major or version == major:
        return Line("Rehearsals", f"on {where}")
    return Line(
        "Rehearsals", f"on {where}", State.NOTE,
        f"the database runs PostgreSQL {major}: the rehearsal does not show what that version "
            "refuses",
        f"Install the server of PostgreSQL {major}, or name one with --scratch-url.",
    )  # fmt: skip


def _scratch(config: Config, major: int) -> tuple[str, int]:
    """The scratch server that would be used, and its major version; none is started."""
    if config.scratch_url:
        with scratch(config.scratch_url) as server:
            return server.source, server.version // 10000
    if found := programs.servers(major):
        version, embedded = programs.major(found[0] / "postgres"), found[0] == programs.wheel()
        where = f"PostgreSQL {version} in {found[0]}"
        return f"embedded PostgreSQL {version}" if embedded else where, version
    if find_spec("testcontainers") and shutil.which("docker"):
        return f"a postgres:{major or 18} container", major or 18
    raise UsageProblem(
        "no embedded wheel, no local server, no Docker",
        "Install one with: pip install 'alembic-remediate[embedded]', or name a server "
        "with --scratch-url.",
    )
