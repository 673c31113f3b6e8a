"""Lay on a scratch database what a repair touches and what hangs on it, by pg_dump.

pg_dump's archive lists its entries with the dependencies that PostgreSQL itself recorded, so the
part that matters is found without parsing any SQL.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from remediate.errors import RehearsalFailed, UsageProblem
from remediate.plans.proof import Gap, Limit
from remediate.postgres import client, pooling
from remediate.postgres.queries import fetch
from remediate.postgres.sql import literal
from remediate.rehearsal.dumped import Seeds, left_out
from remediate.snapshots.defaults import words
from remediate.snapshots.tables import Name
from remediate.system.credentials import masked

_ENTRY = re.compile(r"(\d+); (\d+) (\d+) (.+)")
_DEFINITIONS = ("EXTENSION ", "TYPE ", "DOMAIN ", "FUNCTION ", "COLLATION ")
_TABLES = 1259  # the OID of pg_class, by which the archive names a table
_SAID = re.compile(r"psql:[^:]*:\d+: (ERROR|STATEMENT):  (.*)")  # by psql --echo-errors
_MAINTAIN = 170000  # the first version that knows this right
_EVERY = re.compile(  # right of a table before it, as a later pg_dump spells it
    r"^((?:ALTER DEFAULT PRIVILEGES [^\n]*)?(?:GRANT|REVOKE) (?:GRANT OPTION FOR )?)"
    r"SELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE ON (?=TABLE)",
    re.MULTILINE,
)
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_LOGGED = re.compile(  # an option of the sequence of an identity
    r"( AS IDENTITY \(\n    SEQUENCE NAME "
    rf"({_IDENTIFIER}\.{_IDENTIFIER})\n)    ((?:UN)?LOGGED)\n((?:    .+\n)*\);\n)"
)
LOCK_WAIT = "10s"


@dataclass(frozen=True, slots=True)
class Archive:
    """A pg_dump archive of the live schema."""

    path: Path
    bindir: Path
    identities: tuple[str, ...] = ()  # statements that give their sequences the type they have
    source: int = 0  # the server's version, as PostgreSQL numbers it
    unreadable: frozenset[Name] = frozenset()  # tables that are left out


def oids(libpq: dict[str, str], names: Sequence[Name]) -> list[int]:
    """The OIDs of those relations that exist."""
    with client.reading(libpq) as connection:
        found = connection.execute(
            "SELECT to_regclass(name)::oid::bigint FROM unnest(%s::text[]) AS name",
            [[str(name) for name in names]],
        )
        return [int(row[0]) for row in found if row[0] is not None]


def with_code(libpq: dict[str, str], tables: Iterable[int], *, definitions: bool = False) -> Seeds:
    """These relations, and what triggers and functions connect with them, by their text."""
    with client.reading(libpq) as connection:
        found = fetch(connection, __package__, "reached_by_code", [*tables])
    return Seeds(
        frozenset(oid for _, oid, is_relation in found if is_relation),
        frozenset((catalog, oid) for catalog, oid, is_relation in found if not is_relation),
        definitions,
    )


def dump(
    libpq: dict[str, str],
    bindir: Path,
    folder: Path,
    seeds: Seeds | None,
    stop: Event | None = None,
) -> Archive:
    """The live schema as an archive, of a large one what the seeds need (None: everything).

    Tables that this role may not read are left out. Raises UsageProblem where pg_dump would take
    others their locks, or its settings would stay in sessions that they use; RehearsalFailed where
    it fails, also since `stop` is set: nobody needs the archive any more.
    """
    if pooling.lends_sessions(libpq):
        raise UsageProblem(
            "the schema cannot be read through a pooler in transaction mode: what pg_dump sets for "
            "its session (an empty search_path) would reach sessions of the application",
            "Connect to the server itself, past the pooler; or let generate write without "
            "proof: --no-rehearse.",
        )
    with client.reading(libpq) as connection:
        forbidden = [row[0] for row in fetch(connection, __package__, "unreadable_tables")]
        identities = [row[0] for row in fetch(connection, __package__, "identity_types")]
        source = connection.info.server_version
        beyond = left_out(connection, seeds)
    archive = folder / "schema.dump"
    arguments = [bindir / "pg_dump", "--schema-only", "--format=custom", f"--file={archive}"]
    arguments += ["--no-subscriptions", "--no-tablespaces", "--no-security-labels"]
    arguments += [f"--lock-wait-timeout={LOCK_WAIT}"]
    arguments += [f"--exclude-table={name}" for name in forbidden]
    arguments += beyond
    result = client.run_mortal(arguments, libpq, stop)
    if result.returncode:
        raise RehearsalFailed(
            f"the live schema could not be dumped: {client.reason(result.stderr)}",
            "Give this role SELECT on what it names; or let generate write without proof: "
            "--no-rehearse.",
        )
    unreadable = frozenset(Name(*words(name)) for name in forbidden)
    return Archive(archive, bindir, tuple(identities), source, unreadable)


def restore(
    archive: Archive,
    libpq: dict[str, str],
    seeds: Seeds | None,
    schemas: Sequence[str] = (),
) -> tuple[Limit, ...]:
    """Lay the seeds with what hangs on them and what they need (None: everything), and the schemas.

    Who has every right there gets every right, of which a later server knows more. Returns what
    could not be laid.
    """
    program = [archive.bindir / "pg_restore", "--file=-"]
    if seeds is not None:
        listing = client.run([program[0], "--list", "--verbose", archive.path], {})
        chosen = archive.path.with_suffix(".list")
        lines = selected(listing.stdout, seeds, schemas)
        chosen.write_text("\n".join(lines), encoding="utf-8")
        program.append(f"--use-list={chosen}")
    laid = _LOGGED.sub(
        _set_logged, without_versions(client.run([*program, archive.path], {}).stdout)
    )
    if archive.source < _MAINTAIN:
        laid = _EVERY.sub(r"\1ALL ON ", laid)
    script = "\n".join([laid, *archive.identities])
    psql = [archive.bindir / "psql", "--no-psqlrc", "--quiet", "--echo-errors", "--file=-"]
    # What the server says about a statement is read, so it has to be English.
    result = client.run(psql, libpq | {"PGOPTIONS": "-c lc_messages=C"}, script)
    return _failures(result.stderr)


_OPTIONS = re.compile(
    rf"(ALTER (?:FOREIGN )?TABLE ONLY {_IDENTIFIER}\.{_IDENTIFIER} ALTER COLUMN {_IDENTIFIER} SET )"
    r"\(([^()\n]*pg_attver=[^()\n]*)\);\n"
)


def without_versions(script: str) -> str:
    """A schema without the versions of columns that servers since November 2026 keep.

    They stand among a column's options (pg_attver), where a pg_dump of an earlier release prints
    them; other servers refuse them, and each change of a type makes a new one.
    """
    return _OPTIONS.sub(_without_version, script)


def _set_logged(match: re.Match[str]) -> str:
    """The same in a statement of its own: servers before 15.9, 16.5 and 17.1 lack the option.

    Before 15, all sequences are logged. psql's own commands are refused in what pg_dump writes.
    """
    identity, name, persistence, rest = match.groups()
    known = "current_setting('server_version_num')::integer >= 150000"
    alter = f"ALTER SEQUENCE {name} SET {persistence}"
    return f"{identity}{rest}DO {literal(f'BEGIN IF {known} THEN {alter}; END IF; END')};\n"


def _without_version(match: re.Match[str]) -> str:
    kept = [one for one in match[2].split(", ") if not one.startswith("pg_attver=")]
    return f"{match[1]}({', '.join(kept)});\n" if kept else ""


def selected(listing: str, seeds: Seeds, schemas: Sequence[str] = ()) -> list[str]:
    """The lines of an archive's list that the seeds need, in the archive's order.

    Upwards from the tables everything that depends on them (indexes, constraints, views, triggers,
    and what depends on these); downwards from all of that whatever it needs (types, functions,
    referenced tables); and the privileges of each.
    """
    entries, needs = _parse(listing)
    ids = {number: (int(catalog), int(oid)) for number, (catalog, oid, _) in entries.items()}
    start = {n for n, (catalog, oid) in ids.items() if catalog == _TABLES and oid in seeds.tables}
    code = {number for number, id_ in ids.items() if id_ in seeds.code}
    if seeds.definitions:
        code |= {n for n, (_, _, text) in entries.items() if text.startswith(_DEFINITIONS)}
    dependants: dict[str, set[str]] = {}
    for number, needed in needs.items():
        for other in needed:
            dependants.setdefault(other, set()).add(number)
    chosen = _closure(_closure(start, dependants) | code, needs)
    names = tuple(f"SCHEMA - {schema} " for schema in schemas)
    chosen |= {number for number, (_, _, text) in entries.items() if text.startswith(names)}
    chosen |= {
        number
        for number, (_, _, text) in entries.items()
        if text.startswith(("ACL ", "DEFAULT ACL "))
        and needs.get(number, set()) & entries.keys() <= chosen
    }
    return [f"{n}; {c} {o} {text}" for n, (c, o, text) in entries.items() if n in chosen]


def _parse(listing: str) -> tuple[dict[str, tuple[str, str, str]], dict[str, set[str]]]:
    entries: dict[str, tuple[str, str, str]] = {}
    needs: dict[str, set[str]] = {}
    number = ""
    for line in listing.splitlines():
        if match := _ENTRY.fullmatch(line):
            number = match[1]
            entries[number] = (match[2], match[3], match[4])
        elif line.startswith(";\tdepends on:"):
            needs[number] = set(line.partition(":")[2].split())
    return entries, needs


def _closure(start: set[str], edges: dict[str, set[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        for other in edges.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


_NOT_NULL = re.compile(r' CONSTRAINT (?:"(?:[^"]|"")*_not_null"|\w+_not_null) NOT NULL\b')


def text(libpq: dict[str, str], bindir: Path, without: Name) -> str:
    """The schema as pg_dump prints it, without one table and the lines that differ by chance."""
    result = client.run([bindir / "pg_dump", "--schema-only", f"--exclude-table={without}"], libpq)
    if result.returncode:
        raise RehearsalFailed(
            f"the scratch schema could not be dumped: {client.reason(result.stderr)}"
        )
    # pg_dump 18 writes a random token into these two lines. PostgreSQL 18 gives the NOT NULL of an
    # attached partition its parent's name as soon as the parent's column changes its type.
    return "\n".join(
        _NOT_NULL.sub(" NOT NULL", line)
        for line in without_versions(result.stdout).splitlines()
        if not line.startswith(("\\restrict", "\\unrestrict"))
    )


def _failures(stderr: str) -> tuple[Limit, ...]:
    """What psql could not lay, by PostgreSQL's reason: one command for each reason."""
    found: dict[str, Limit] = {}
    reason = ""
    for match in filter(None, map(_SAID.match, stderr.splitlines())):
        if match[1] == "ERROR":
            reason = match[2]
        # A newer pg_dump sets parameters of its session that an older server does not know.
        elif not match[2].startswith("SET "):
            command = masked(match[2]).rstrip(" (;")
            found.setdefault(reason, Limit(Gap.NOT_LAID, command, reason))
    return tuple(found.values())
