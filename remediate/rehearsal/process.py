"""A process for each revision that is rehearsed: its environment, and what it reports."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from alembic.config import Config

from remediate.plans.proof import Lock
from remediate.postgres.sql import ident
from remediate.project.configured import Configured
from remediate.rehearsal.channel import Channel
from remediate.rehearsal.result import Run, Statement
from remediate.snapshots.tables import Name
from remediate.system.secrets import remember_text, scrub

# Weakest first (PostgreSQL, 13.3.1).
MODES = (
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """Alembic's configuration, as the command line found it and as env.py leaves it."""

    file: str | None
    toml: str | None
    section: str
    x: tuple[str, ...]
    configured: Configured = field(default_factory=Configured)  # by env.py

    @classmethod
    def of(cls, config: Config, configured: Configured) -> "Settings":
        return cls(
            file=config.config_file_name,
            toml=str(config.toml_file_name) if config.toml_file_name else None,
            section=config.config_ini_section,
            x=tuple(getattr(config.cmd_opts, "x", None) or ()),
            configured=configured,
        )


@dataclass(frozen=True, slots=True)
class Move:
    """One revision, one way."""

    revision: str
    file: str
    came_from: tuple[str, ...]
    goes_to: tuple[str, ...]
    way: str = "upgrade"
    watched: bool = False  # its locks are looked at, which takes as long as its statements do
    text: str = ""  # that runs in the place of what the file holds


@dataclass(frozen=True, slots=True)
class Worker:
    """Runs revisions in processes of their own, and stops what takes too long."""

    channel: Channel = field(repr=False)
    url: sa.URL = field(repr=False)
    role: str  # that migrates; "" for the superuser
    search_path: tuple[str, ...]  # of env.py's connection
    settings: Settings
    version_table: Name  # its schema may be ""
    arguments: Mapping[str, object]  # of upgrade() and downgrade()
    timeout: float  # seconds, for a statement; for a whole run twice that

    def run(self, moves: Sequence[Move], *, apart: bool = False, together: bool = False) -> Run:
        """The last that began of these, which are all in one process.

        `apart`: what fails is taken back alone, the rest goes on, and at last all is taken back.
        `together`: on one connection, and in one transaction where env.py has it so.
        """
        answer = self._ask(self._request(moves, apart=apart, together=together))
        if answer is None:
            return Run(failure=_GONE)
        # What is killed while it writes leaves half a line.
        events = [json.loads(line) for line in answer["report"].split("\n")[:-1]]
        for event in events:  # an error may repeat a part of its statement alone
            if event["kind"] == "statement":
                remember_text(event["sql"] or "")
        ended = f"it did not end within {2 * self.timeout:g} s"
        run = _last_run(events, ended if answer["killed"] else "")
        return replace(run, printed=scrub("\n".join(answer["printed"].splitlines())))

    def _request(self, moves: Sequence[Move], *, apart: bool, together: bool) -> dict[str, Any]:
        steps = [
            {"revision": m.revision, "file": m.file, "from": m.came_from, "to": m.goes_to}
            | {"way": m.way, "watched": m.watched, "text": m.text}
            for m in moves
        ]
        plain = self.url.set(drivername="postgresql")
        url = with_driver(self.url, self.settings.configured.driver)
        return {
            "config": asdict(self.settings),
            "url": url.render_as_string(hide_password=False),
            "watch": plain.render_as_string(hide_password=False),
            "role": ident(self.role) if self.role else "",
            "search_path": ", ".join(ident(schema) for schema in self.search_path) or "''",
            "version_table": self.version_table.name,
            "version_table_schema": self.version_table.schema,
            "arguments": dict(self.arguments),
            "path": sys.path,  # with what env.py has added
            "timeout": self.timeout,
            "steps": steps,
            "apart": apart,
            "together": together,
        }

    def _ask(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """What became of it: no file holds the request, whose URL has a password."""
        line = self.channel.ask(json.dumps(request))
        return json.loads(line) if line else None


_GONE = "the process that runs revisions has ended: this revision, or an earlier one, ended it"


def _last_run(events: Sequence[dict[str, Any]], ended: str) -> Run:
    """What the process reported of the last revision that it began."""
    begun = [number for number, event in enumerate(events) if event["kind"] == "step"]
    last = events[begun[-1] :] if begun else events
    statements: list[Statement] = []
    for event in last:
        _apply(event, statements)
    kinds = {event["kind"]: event for event in last}
    locks = [event for event in last if event["kind"] == "lock"]
    revision = last[0]["revision"] if begun else ""
    run = Run(
        tuple(statements), _strongest(locks, statements), "returned" in kinds, revision=revision
    )
    if failure := kinds.get("failure"):
        message = ": ".join(filter(None, (failure["type"], scrub(failure["message"]))))
        line, sql = failure["line"], failure["sql"]
        return replace(
            run, failure=message, failure_line=line, failed_sql=sql, meant=failure["meant"]
        )
    if "end" in kinds:
        return run
    line = statements[-1].line if statements else 0
    why = ended or "it ended the whole process"
    return replace(run, failure=why, failure_line=line, timed_out=bool(ended))


def _apply(event: dict[str, Any], statements: list[Statement]) -> None:
    """Add what an event reports to the statements so far."""
    match event["kind"]:
        case "statement":
            statements.append(Statement(event["number"], scrub(event["sql"]), event["line"]))
        case "took" if statements:
            took = {k: event[k] for k in ("seconds", "rows")}
            statements[-1] = replace(statements[-1], **took)
        case "error" if statements:
            failed = {k: event[k] for k in ("sqlstate", "alone")}
            failed |= {k: scrub(event[k]) for k in ("message", "detail", "context")}
            statements[-1] = replace(statements[-1], **failed)
        case "recovered":
            for place, one in enumerate(statements):
                if one.number == event["number"]:
                    statements[place] = replace(one, recovered=True)
        case _:
            pass


def _strongest(locks: list[dict[str, Any]], statements: list[Statement]) -> tuple[Lock, ...]:
    """The strongest of each relation, and how long it was held."""
    last = max((s.number for s in statements), default=0)
    found: dict[Name, Lock] = {}
    for event in locks:
        name, mode = Name(event["schema"], event["name"]), event["mode"]
        known = found.get(name)
        if event["held"] and (known is None or MODES.index(mode) > MODES.index(known.mode)):
            found[name] = Lock(name, mode, event["number"], last)
        elif not event["held"] and known is not None and known.mode == mode:
            found[name] = replace(known, until=event["number"] - 1)
    return tuple(replace(lock, mode=_words(lock.mode)) for lock in found.values())


def _words(mode: str) -> str:
    """AccessExclusiveLock as the manual and LOCK TABLE call it."""
    return " ".join(re.findall("[A-Z][a-z]+", mode.removesuffix("Lock"))).upper()


def with_driver(url: sa.URL, driver: str) -> sa.URL:
    """The URL for another driver; libpq's parameters are known to those that use libpq alone."""
    made, host = url.set(drivername=f"postgresql+{driver}"), url.query.get("host")
    if driver.startswith("psycopg"):
        return made
    if driver == "pg8000" and isinstance(host, str) and host.startswith("/"):
        return made.set(query={"unix_sock": f"{host}/.s.PGSQL.{url.port or 5432}"})
    return made.set(query={"host": host} if host else {})
