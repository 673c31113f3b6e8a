"""The process that forks for each run of revisions, and the way to it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa

from remediate.postgres import client
from remediate.rehearsal import child
from remediate.rehearsal.stand_in import scratch_instead


@dataclass(frozen=True, slots=True)
class Channel:
    """To the process that forks for each run: a request a line, and an answer a line."""

    socket: socket.socket
    answers: TextIO

    def ask(self, request: str) -> str:
        """The answer; "" where that process is gone, with a run of its own or before it."""
        try:
            self._send(request)
            return self.answers.readline()
        except ConnectionError:
            return ""

    def turn_to(self, url: sa.URL, folder: Path) -> None:
        """Let all further runs find this database, whatever variables name one."""
        with suppress(ConnectionError):  # what is asked next has no answer
            self._send(json.dumps({"environment": environment(os.environ, url, folder)}))

    def _send(self, line: str) -> None:
        self.socket.sendall(f"{line}\n".encode())


@contextmanager
def begun(folder: Path) -> Iterator[Channel]:
    """A channel to a new process in the project's folder; both end here.

    It imports what revisions need, which takes longer than most of them, and has to be turned to a
    database before it is asked for anything.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", child.__name__],
            cwd=folder,
            env=without_databases(os.environ),
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            process_group=0,  # Ctrl-C is for this process: the other one ends with the channel
        )
        theirs.close()  # or its end would never be seen here
        try:
            with ours, ours.makefile(encoding="utf-8") as answers:
                yield Channel(ours, answers)
        finally:
            process.wait()


@contextmanager
def open_channel(url: sa.URL, folder: Path, ahead: Channel | None = None) -> Iterator[Channel]:
    """A channel for runs on this database: the one that has begun `ahead`, or a new one."""
    if ahead:
        ahead.turn_to(url, folder)
        yield ahead
    else:
        with begun(folder) as made:
            made.turn_to(url, folder)
            yield made


_URL_WITHOUT_DRIVER = re.compile(r"^postgresql\+\w+:")
_PART = re.compile(
    r"(?:.*_)?(?:DB|DATABASE|POSTGRES|POSTGRESQL|PG)_?"
    r"(HOST|HOSTNAME|SERVER|PORT|USER|USERNAME|PASSWORD|PASS|NAME|DB|DATABASE)"
)
_ASSIGNED = re.compile(r"""^\s*(?:export\s+)?(\w+)\s*=\s*["']?postgres""", re.MULTILINE)


def without_databases(given: Mapping[str, str]) -> dict[str, str]:
    """The variables without those of libpq, and of this program."""
    return {k: v for k, v in given.items() if not k.startswith(("PG", "REMEDIATE_"))}


def environment(given: Mapping[str, str], url: sa.URL, folder: Path) -> dict[str, str]:
    """The variables for a revision: whatever names a database names the scratch one."""
    plain = url.render_as_string(hide_password=False)
    libpq = client.environment(url)
    made = without_databases(given) | libpq
    files = [file for file in folder.glob(".env*") if file.is_file()]
    names = ["DATABASE_URL", *(name for file in files for name in _url_variables(file))]
    made |= dict.fromkeys(names, _URL_WITHOUT_DRIVER.sub("postgresql:", plain))
    for name in made.keys() & given.keys():
        made[name] = scratch_instead(given[name], plain) or made[name]
    parts = {"HOST": "PGHOST", "SERV": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER"}
    parts |= {"PASS": "PGPASSWORD", "NAME": "PGDATABASE", "DB": "PGDATABASE", "DATA": "PGDATABASE"}
    for name in made:
        if (match := _PART.fullmatch(name)) and name not in libpq:
            made[name] = libpq.get(parts[match[1][:4]], "")
    return made


def _url_variables(file: Path) -> list[str]:
    """The variables that a .env file gives the URL of a database; none where nobody may read it."""
    with suppress(PermissionError):
        return _ASSIGNED.findall(file.read_text(encoding="utf-8", errors="replace"))
    return []
