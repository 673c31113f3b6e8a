"""The file of targets: the databases of a fleet, and how hard it may be looked at."""

import hashlib
import os
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from remediate.errors import UsageProblem
from remediate.findings import lists
from remediate.postgres.connections import LOGIN, NAME, engine_url, parameters
from remediate.postgres.sql import commented
from remediate.system import secrets
from remediate.system.paths import shown
from remediate.system.values import problem_of

Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a fleet is looked at side by side."""

    connections: int = 8
    """In all."""
    per_server: int = 4
    """To one server, which is known by its host and port."""
    seconds: int = 120
    """For one database; then it is left, and said not to be read."""


@dataclass(frozen=True, slots=True)
class Target:
    """One database."""

    name: str
    server: str  # host and port, by which connections are counted
    database: str
    url: str = field(repr=False)  # holds the password
    variable: str = ""  # that holds the password


@dataclass(frozen=True, slots=True)
class Server:
    """A server whose databases are looked for when the fleet is."""

    name: str
    server: str
    url: str = field(repr=False)
    databases: Texts = ("*",)  # globs
    excluded: Texts = ()
    variable: str = ""  # that holds the password

    def means(self, database: str) -> bool:
        """Whether a database of this name is one of those."""
        return lists.fits(database, self.databases) and not lists.fits(database, self.excluded)

    def lacking(self, databases: Collection[str]) -> str:
        """Which of its globs stand for none of the server's databases; "" where each does."""
        fit = {
            glob: [*filter(lambda one: lists.fits(one, (glob,)), databases)]
            for glob in self.databases
        }
        nothing = [glob for glob, found in fit.items() if not found]
        taken = [glob for glob, found in fit.items() if found and not any(map(self.means, found))]
        said = (
            [f"none of its {len(databases):,} databases matches {_or(nothing)}"] if nothing else []
        )
        said += [f"its except leaves out everything that matches {_or(taken)}"] if taken else []
        return "; ".join(said)

    def target(self, database: str) -> Target:
        """The database of this name."""
        url = _text(sa.make_url(self.url).set(database=database))
        return Target(f"{self.name}/{database}", self.server, database, url, self.variable)


@dataclass(frozen=True, slots=True)
class Targets:
    """What a file of targets names."""

    digest: str  # of the file
    limits: Limits
    databases: tuple[Target, ...]
    servers: tuple[Server, ...]

    def found(self, server: Server, names: Iterable[str]) -> tuple[Target, ...]:
        """The targets among the databases of a server; what is named before is none again."""
        known = {one.database for one in self.databases if one.server == server.server}
        earlier = [
            s for s in self.servers[: self.servers.index(server)] if s.server == server.server
        ]
        return tuple(
            server.target(name)
            for name in names
            if server.means(name) and name not in known and not any(s.means(name) for s in earlier)
        )


def hint(task: Target | Server, given: str) -> str:
    """What to do about a database that cannot be read: its URL is that of the file of targets."""
    if given == NAME:
        return "Check the database's name in its url."
    if given != LOGIN:
        return given
    held = f"the variable {task.variable}" if task.variable else "password_env, ~/.pgpass"
    return f"Check the user in its url, and the password ({held})."


_TEXT, _LIST = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
_COUNT = {"type": "integer", "minimum": 1}
_LIMITS = dict.fromkeys(("connections", "per_server", "seconds"), _COUNT)
_TARGET = dict.fromkeys(("name", "url", "password_env"), _TEXT)
_SERVER = {**_TARGET, "databases": _LIST, "except": _LIST}


def load(path: Path) -> Targets:
    """The targets of a TOML file; passwords come from the variables that it names.

    Raises UsageProblem for what no such file may hold, a password above all, and for a variable
    that is not set.
    """
    content = _content(path)
    document = _parsed(content, path)
    where = shown(path)
    _check(document, dict.fromkeys(("limits", "target", "server")), where)
    given = document.get("limits", {})
    if not isinstance(given, dict):
        raise UsageProblem(f"limits in {where} must be a table", "Write [limits] above them.")
    _check(given, _LIMITS, f"[limits] in {where}")
    databases = tuple(_target(t, w) for t, w in _tables(document, "target", _TARGET, where))
    servers = tuple(_server(t, w) for t, w in _tables(document, "server", _SERVER, where))
    if not databases and not servers:
        raise UsageProblem(f"{where} names no database", _EXAMPLE)
    names = [*(one.name for one in databases), *(one.name for one in servers)]
    check_names(names, where)
    if any(secrets.veil(name) != name for name in names):
        raise UsageProblem(
            f"a name in {where} holds a password, and would be in reports and revisions",
            'Choose another one: name = "...".',
        )
    _check_once(databases, where)
    return Targets(hashlib.sha256(content).hexdigest(), Limits(**given), databases, servers)


_EXAMPLE = 'Name one: [[target]] and, below it, url = "postgresql://user@host/database".'


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageProblem(
            f"the targets {shown(path)} cannot be read: {error.strerror}", "Name another file."
        ) from error


_VARIABLE = re.compile(r"""password_env\s*=\s*(["'])[A-Z_][A-Z0-9_]*\1""")


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        # What does not belong there may still be there; the name of a variable is no secret.
        secrets.remember_text(_VARIABLE.sub("", text))
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        why = secrets.scrub(str(error))
        raise UsageProblem(f"{shown(path)} is not valid TOML: {why}", _EXAMPLE) from None


def _tables(
    document: Mapping[str, Any], key: str, known: Mapping[str, Any], where: str
) -> Iterator[tuple[dict[str, Any], str]]:
    """Each table of this name, and how it is called in a sentence."""
    found = document.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UsageProblem(f"{key} in {where} must be a list", f"Write [[{key}]] above each.")
    for number, table in enumerate(found, 1):
        place = f"[[{key}]] {number} in {where}"
        _check(table, known, place)
        yield table, place


def _check(table: Mapping[str, Any], known: Mapping[str, Any], where: str) -> None:
    for key, value in table.items():
        if key not in known:
            asked = "pass" in key.lower()
            password = " Name a variable that holds it: password_env." if asked else ""
            raise UsageProblem(
                f"{where} has no key {key!r}", f"Known: {', '.join(sorted(known))}.{password}"
            )
        if known[key] and (problem := problem_of(f"{key} of {where}", value, known[key])):
            raise UsageProblem(secrets.scrub(problem))


def _target(table: Mapping[str, Any], where: str) -> Target:
    url = _url(table, where)
    server = _called(url)
    database = _database(url)
    name = table.get("name") or f"{server}/{database}"
    return Target(name, _counted(server), database, _text(url), table.get("password_env", ""))


def _server(table: Mapping[str, Any], where: str) -> Server:
    url = _url(table, where)
    server, globs = _called(url), tuple(table.get("databases", ["*"]))
    if not globs:
        raise UsageProblem(
            f"databases of {where} is empty",
            'Name globs, or leave it out for all of them: databases = ["*"].',
        )
    name = table.get("name") or server
    return Server(
        name, _counted(server), _text(url), globs, tuple(table.get("except", ())),
        table.get("password_env", ""),
    )  # fmt: skip


def _url(table: Mapping[str, Any], where: str) -> sa.URL:
    """With the password of the variable that the table names, if it names one."""
    if not table.get("url"):
        raise UsageProblem(f"{where} has no url", _EXAMPLE)
    url = engine_url(table["url"], f"the url of {where}")
    if url.password or {"password", "sslpassword"} & {key.lower() for key in url.query}:
        raise UsageProblem(
            f"the url of {where} holds a password, which everyone with the file would have",
            'Take it out, and name a variable that holds it: password_env = "DB_PASSWORD". '
            "remediate also reads PGPASSFILE, ~/.pgpass and service files.",
        )
    if not (variable := table.get("password_env")):
        return url
    if not (password := os.environ.get(variable)):
        raise UsageProblem(
            f"the variable {variable} is not set, which {where} names for the password",
            "Set it, or leave password_env out where PGPASSFILE or a service file holds it.",
        )
    secrets.remember_secret(password)
    return url.set(password=password)


def _text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def _called(url: sa.URL) -> str:
    """Host and port, as libpq takes them."""
    given = parameters(url)
    host = given.get("host") or given.get("hostaddr")
    if not host and (service := given.get("service") or os.environ.get("PGSERVICE")):
        return f"service {service}"
    host = host or os.environ.get("PGHOST") or os.environ.get("PGHOSTADDR") or "local"
    port = str(given.get("port") or os.environ.get("PGPORT") or "5432")
    return host if port == "5432" else f"{host}:{port}"


_THIS_MACHINE = re.compile(r"(?:127\.0\.0\.1|::1|local)(?=:\d+$|$)")


def _counted(server: str) -> str:
    """By what connections to a server are counted: this machine has several names."""
    return _THIS_MACHINE.sub("localhost", server.lower(), count=1)


def _database(url: sa.URL) -> str:
    named = url.database or url.query.get("dbname") or os.environ.get("PGDATABASE")
    return str(named or url.username or "default")


def _or(globs: Iterable[str]) -> str:
    return " or ".join(map(commented, globs))


def check_names(names: Iterable[str], where: str) -> None:
    """Raises UsageProblem where two have one name, by which a report tells them apart."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UsageProblem(
                f"{where} names {name} twice",
                'Leave one out, or tell them apart: name = "...".',
            )
        seen.add(name)


def _check_once(databases: Iterable[Target], where: str) -> None:
    """No database is meant by two names: it would be counted, and connected to, twice."""
    seen: dict[tuple[str, str], str] = {}
    for one in databases:
        if before := seen.get((one.server, one.database)):
            raise UsageProblem(
                f"{where} has one database under two names: {before} and {one.name}",
                "Leave one of them out.",
            )
        seen[one.server, one.database] = one.name
