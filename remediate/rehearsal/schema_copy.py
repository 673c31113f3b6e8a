"""Lay on a scratch database what a repair touches and what hangs on it, by pg_dump.

pg_dump's archive lists its entries with the dependencies that PostgreSQL itself recorded, so the
part that matters is found without parsing any SQL.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from remediate.errors import RehearsalFailed
from remediate.plans.proof import Gap, Limit
from remediate.postgres import client
from remediate.postgres.queries import fetch
from remediate.snapshots.tables import Name

_ENTRY = re.compile(r"(\d+); (\d+) (\d+) (.+)")
_TABLE_CATALOG = "1259"  # the OID of pg_class, by which the archive names a table
LOCK_WAIT = "10s"


@dataclass(frozen=True, slots=True)
class Archive:
    """A pg_dump archive of the live schema."""

    path: Path
    bindir: Path


def oids(libpq: dict[str, str], names: Sequence[Name]) -> list[int]:
    """The OIDs of those relations that exist."""
    with client.connect(libpq) as connection:
        found = connection.execute(
            "SELECT to_regclass(name)::oid::bigint FROM unnest(%s::text[]) AS name",
            [[str(name) for name in names]],
        )
        return [int(row[0]) for row in found if row[0] is not None]


def dump(libpq: dict[str, str], bindir: Path, folder: Path) -> Archive:
    """The whole live schema as an archive; tables that this role may not read are left out."""
    with client.connect(libpq) as connection:
        forbidden = [row[0] for row in fetch(connection, __package__, "unreadable_tables")]
    archive = folder / "schema.dump"
    arguments = [bindir / "pg_dump", "--schema-only", "--format=custom", f"--file={archive}"]
    arguments += ["--no-subscriptions", "--no-tablespaces", "--no-security-labels"]
    arguments += [f"--lock-wait-timeout={LOCK_WAIT}"]
    arguments += [f"--exclude-table={name}" for name in forbidden]
    result = client.run(arguments, libpq)
    if result.returncode:
        raise RehearsalFailed(
            f"the live schema could not be dumped: {client.reason(result.stderr)}",
            "Give this role SELECT on what it names, or write without proof: --no-rehearse.",
        )
    return Archive(archive, bindir)


def restore(
    archive: Archive, libpq: dict[str, str], seeds: Iterable[int] | None
) -> tuple[Limit, ...]:
    """Lay the tables with these OIDs and what hangs on them (None: everything).

    Returns what could not be laid.
    """
    target = f"--dbname={libpq['PGDATABASE']}"
    if seeds is None:
        result = client.run([archive.bindir / "pg_restore", target, archive.path], libpq)
        return _failures(result.stderr)
    listed = client.run([archive.bindir / "pg_restore", "--list", "--verbose", archive.path], libpq)
    lines = selected(listed.stdout, {str(oid) for oid in seeds})
    chosen = archive.path.with_suffix(".list")
    chosen.write_text("\n".join(lines), encoding="utf-8")
    program = [archive.bindir / "pg_restore", f"--use-list={chosen}"]
    result = client.run([*program, target, archive.path], libpq)
    return _failures(result.stderr)


def selected(listing: str, seeds: set[str]) -> list[str]:
    """The lines of an archive's list that the seeds need, in the archive's order.

    Upwards from the seeds everything that depends on them (indexes, constraints, views, triggers,
    and what depends on these); downwards from all of that whatever it needs (types, functions,
    referenced tables); and the privileges of each.
    """
    entries, needs = _parse(listing)
    start = {
        number
        for number, (catalog, oid, _) in entries.items()
        if catalog == _TABLE_CATALOG and oid in seeds
    }
    dependants: dict[str, set[str]] = {}
    for number, needed in needs.items():
        for other in needed:
            dependants.setdefault(other, set()).add(number)
    chosen = _closure(_closure(start, dependants), needs)
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


def text(libpq: dict[str, str], bindir: Path, without: Name) -> str:
    """The schema as pg_dump prints it, without one table and the lines that differ by chance."""
    result = client.run([bindir / "pg_dump", "--schema-only", f"--exclude-table={without}"], libpq)
    if result.returncode:
        raise RehearsalFailed(
            f"the scratch schema could not be dumped: {client.reason(result.stderr)}"
        )
    # pg_dump 18 writes a random token into these two lines.
    return "\n".join(
        line
        for line in result.stdout.splitlines()
        if not line.startswith(("\\restrict", "\\unrestrict"))
    )


def _failures(stderr: str) -> tuple[Limit, ...]:
    """What pg_restore could not lay, by PostgreSQL's reason: one command for each reason."""
    found: dict[str, Limit] = {}
    reason = ""
    for line in stderr.splitlines():
        if "could not execute query: ERROR:" in line:
            reason = line.partition("ERROR:")[2].strip()
        elif line.startswith("Command was: ") and reason:
            command = line.removeprefix("Command was: ").rstrip(" (;")
            # A newer pg_dump sets parameters of its session that an older server does not know.
            if not command.startswith("SET "):
                found.setdefault(reason, Limit(Gap.NOT_LAID, command, reason))
            reason = ""
    return tuple(found.values())
