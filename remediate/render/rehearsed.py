"""What a rehearsal showed: for the terminal, and as versioned JSON."""

import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from remediate.postgres.sql import commented
from remediate.rehearsal.result import FORMAT, Defect, Rehearsal, Rehearsed
from remediate.render.lines import wrapped

_SQL_LINES = 3  # of a statement that are shown
_DIFF_LINES = 12
_ALIKE = 5


def render(made: Rehearsal, format_: str) -> str:
    return (
        json.dumps(document(made), indent=2, ensure_ascii=False)
        if format_ == "json"
        else text(made)
    )


def document(made: Rehearsal) -> dict[str, Any]:
    """JSON values; no row's values and no secret are among them."""
    return {
        "format": FORMAT,
        "database": made.database,
        "server": made.server,
        "start": made.start,
        "proven": made.proven,
        "revisions": [_revision(r) for r in made.revisions],
        "graph": [asdict(d) for d in made.graph],
        "limits": list(made.limits),
    }


def _revision(one: Rehearsed) -> dict[str, Any]:
    return {
        "revision": one.revision,
        "file": one.file,
        "title": one.title,
        "proven": one.proven,
        "skipped": one.skipped,
        "statements": one.statements,
        "checks": [asdict(c) for c in one.checks],
        "defects": [asdict(d) for d in one.defects],
        "hazards": [asdict(d) for d in one.hazards],
        "locks": [
            {
                "relation": str(lock.relation),
                "mode": lock.mode,
                "since_statement": lock.since,
                "until_statement": lock.until,
                "rewritten": lock.rewritten,
            }
            for lock in one.locks
        ],
        "repairs": list(one.repairs),
    }


def text(made: Rehearsal) -> str:
    """One block a revision; the last line is the next command to run."""
    if not made.revisions:
        lines = ["The database has run every revision; nothing to rehearse."]
        return "\n".join([*lines, *_graph(made), "", "Next:  remediate plan"])
    lines = [f"Rehearsed on  {made.server}", *wrapped(made.start, "Starting with ")]
    for limit in made.limits:
        lines += wrapped(limit, "but without   ")
    lines += ["", *_graph(made)]
    for one in made.revisions:
        lines += [*_block(one), ""]
    number = len(made.revisions)
    good = sum(r.proven for r in made.revisions)
    lines += [
        f"{good} of {number} revision{'s' * (number > 1)} proven. The database was not touched.",
        "",
        _next(made),
    ]
    return "\n".join(lines)


def _graph(made: Rehearsal) -> Iterator[str]:
    for defect in made.graph:
        yield from _defect(defect, "!")
    if made.graph:
        yield ""


def _block(one: Rehearsed) -> Iterator[str]:
    verdict = "proven" if one.proven else "not rehearsed" if one.skipped else "REFUTED"
    yield from wrapped(f"{one.revision}   {verdict}   {one.title}", "")
    yield from wrapped(one.file, "  ")
    if one.skipped:
        yield from wrapped(one.skipped, "  ")
        return
    for check in one.checks:
        yield from wrapped(f"{check.what}: {check.result}", "  + ")
    repaired: dict[str, list[str]] = {}
    for id_ in one.repairs:
        rule, _, place = id_.partition(":")
        repaired.setdefault(rule, []).append(place)
    for rule, places in repaired.items():
        yield from wrapped(f"repairs {rule} at {', '.join(places)}", "  + ")
    yield from _defects(one.defects, "!")
    yield from _defects(one.hazards, "?")
    yield from _locks(one)


def _defects(found: Iterable[Defect], mark: str) -> Iterator[str]:
    """One block for all of one name on one line: a loop does the same again and again."""
    groups: dict[tuple[str, int], list[Defect]] = {}
    for defect in found:
        groups.setdefault((defect.name, defect.line), []).append(defect)
    for first, *more in groups.values():
        yield from _defect(first, mark)
        for defect in more[:_ALIKE]:
            yield from wrapped(f"also: {defect.what}", "      ")
        if len(more) > _ALIKE:
            yield f"      and {len(more) - _ALIKE} more like these (-f json shows them)"


def _defect(defect: Defect, mark: str) -> Iterator[str]:
    where = f"{defect.file}:{defect.line}" if defect.line else defect.file
    yield ""
    yield from wrapped(f"{defect.name}   {where}", f"  {mark} ")
    yield from wrapped(defect.what, "      ")
    if "\n" in defect.evidence:
        lines = defect.evidence.splitlines()
        for line in lines[:_DIFF_LINES]:
            yield from wrapped(line, "        ")
        if len(lines) > _DIFF_LINES:
            yield f"        ... {len(lines) - _DIFF_LINES} more lines (-f json shows them)"
    else:
        yield from wrapped(defect.evidence, "      ")
    sql = [line.strip() for line in defect.sql.splitlines() if line.strip()]
    for line in sql[:_SQL_LINES]:
        yield from wrapped(line, "        | ")
    if defect.instead:
        first, *more = defect.instead.splitlines()
        yield from wrapped(first, "      instead: ")
        yield from (f"               {commented(line)}" for line in more)


def _locks(one: Rehearsed) -> Iterator[str]:
    """The strong ones, those that are held alike in one line; the others counted."""
    alike: dict[tuple[str, int, int, bool], list[str]] = {}
    for lock in one.locks:
        if lock.mode in _STRONG or lock.rewritten:
            held = lock.mode, lock.since, lock.until, lock.rewritten
            alike.setdefault(held, []).append(str(lock.relation))
    if alike:
        yield ""
    for (mode, since, until, rewritten), relations in alike.items():
        ends = "to the end" if until >= one.statements else f"to statement {until}"
        during = f"{mode} from statement {since} of {one.statements} {ends}"
        anew = ", written anew" * rewritten
        yield from wrapped(f"{during}{anew}: {', '.join(relations)}", "  lock  ")
    weak = len(one.locks) - sum(map(len, alike.values()))
    if weak and alike:
        yield f"  lock  weaker ones on {weak} more"


_STRONG = {"SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"}  # writers wait for them


def _next(made: Rehearsal) -> str:
    if made.proven:
        return "Next:  alembic upgrade head"
    one = next((r for r in made.revisions if not r.proven), made.revisions[0])
    return f"Next:  mend it, then: remediate rehearse {shlex.quote(one.file)}"
