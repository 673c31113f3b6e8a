"""The environment of a revision that is rehearsed: whatever names a database names the scratch one.

A revision that carries a URL of its own in its text reaches that database even so.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from remediate.write import client

_URL = re.compile(r"postgres(ql)?(\+\w+)?://")
_PART = re.compile(
    r"(?:.*_)?(?:DB|DATABASE|POSTGRES|POSTGRESQL|PG)_?"
    r"(HOST|HOSTNAME|SERVER|PORT|USER|USERNAME|PASSWORD|PASS|NAME|DB|DATABASE)"
)
_ASSIGNED = re.compile(r"""^\s*(?:export\s+)?(\w+)\s*=\s*["']?postgres""", re.MULTILINE)


def environment(given: Mapping[str, str], url: sa.URL, folder: Path) -> dict[str, str]:
    """The variables for a revision: whatever names a database names the scratch one."""
    plain = url.render_as_string(hide_password=False)
    libpq = client.environment(url)
    made = {k: v for k, v in given.items() if not k.startswith(("PG", "REMEDIATE_"))} | libpq
    urls = [name for name, value in made.items() if _URL.match(value)]
    urls += [
        "DATABASE_URL",
        *(n for file in folder.glob(".env*") if file.is_file() for n in _named(file)),
    ]
    for name in urls:
        scheme = _URL.match(given.get(name, ""))
        made[name] = _URL.sub(scheme[0] if scheme else "postgresql://", plain, count=1)
    parts = {"HOST": "PGHOST", "SERV": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER"}
    parts |= {"PASS": "PGPASSWORD", "NAME": "PGDATABASE", "DB": "PGDATABASE", "DATA": "PGDATABASE"}
    for name in made:
        if (match := _PART.fullmatch(name)) and name not in libpq:
            made[name] = libpq.get(parts[match[1][:4]], "")
    return made


def _named(file: Path) -> list[str]:
    """The variables that a .env file gives the URL of a database."""
    return _ASSIGNED.findall(file.read_text(encoding="utf-8", errors="replace"))
