"""What a rehearsal showed: for the terminal, and as versioned JSON."""

import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from remediate.findings.finding import id_parts
from remediate.postgres.sql import commented
from remediate.rehearsal.result import (
    FORMAT,
    Defect,
    Grade,
    NotShown,
    Rehearsal,
    Rehearsed,
)
from remediate.render import observed, proof, trial_checks, way_back
from remediate.render.lines import wrapped
from remediate.render.style import CROSS, GREEN, PLAIN, RED, TICK, YELLOW, Style
from remediate.system import invocation
from remediate.system.words import counted

_SQL_LINES = 3  # of a statement that are shown
_DIFF_LINES = 12
_ALIKE = 5
_LONG = 1.0  # seconds


_IN_COLOR = {
    "  + ": (f"  {TICK}", GREEN),
    "  FAILED ": (f"  {CROSS}", RED),
    "  ! ": ("  !", RED),
    "  ? ": ("  ?", YELLOW),
}
_VERDICTS = {"proven": GREEN, "REFUTED": RED, "not rehearsed": YELLOW}


def render(rehearsal: Rehearsal, format_: str, style: Style = PLAIN) -> str:
    return (
        json.dumps(document(rehearsal), indent=2, ensure_ascii=False)
        if format_ == "json"
        else text(rehearsal, style)
    )


def document(rehearsal: Rehearsal) -> dict[str, Any]:
    """JSON values; no row's values and no secret are among them."""
    return {
        "format": FORMAT,
        "database": rehearsal.database,
        "server": rehearsal.server,
        "start": _start(rehearsal),
        "proven": rehearsal.proven,
        "revisions": [_revision(r) for r in rehearsal.revisions],
        "graph": [asdict(d) for d in rehearsal.graph],
        "limits": [*map(proof.limit, rehearsal.limits)],
    }


def _revision(one: Rehearsed) -> dict[str, Any]:
    return {
        "revision": one.revision,
        "file": one.file,
        "title": one.title,
        "proven": one.proven,
        "skipped": _skipped(one),
        "statements": one.statements,
        "checks": [{"what": c.subject.value, "result": trial_checks.result(c)} for c in one.checks],
        "way_back": way_back.document(one.way_back),
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
        "timings": [
            {"statement": timing.number, "seconds": timing.seconds} for timing in one.timings
        ],
        "repairs": list(one.repairs),
        "not_shown": [*map(_not_shown, one.not_shown)],
    }


def _not_shown(one: NotShown) -> str:
    return f"{one.what}: {one.why}"


def _start(rehearsal: Rehearsal) -> str:
    """The state before the first revision; "" where there is none to rehearse."""
    if not rehearsal.revisions:
        return ""
    if rehearsal.start.earlier is not None:
        earlier = counted(rehearsal.start.earlier, "earlier revision")
        return f"an empty database, and {earlier} run on it"
    at = ", ".join(rehearsal.start.heads) or "no revision"
    number = rehearsal.start.back
    back = f", {counted(number, 'revision')} taken back" if number else ""
    return f"the schema of {rehearsal.database} at {at}{back}"


def _skipped(one: Rehearsed) -> str:
    why = f": {one.reason}" if one.reason else ""
    if one.after:
        return f"not rehearsed: it follows {one.after}, which fails{why}"
    return f"not judged{why}" if why else ""


def text(rehearsal: Rehearsal, style: Style = PLAIN) -> str:
    """One block a revision; the last line is the next command to run."""
    if not rehearsal.revisions:
        return _nothing(rehearsal)
    server = rehearsal.server or "none: nothing had to run"
    lines = [f"Rehearsed on  {server}", *wrapped(_start(rehearsal), "Starting from ")]
    for limit in map(proof.limit, rehearsal.limits):
        lines += wrapped(limit, "Not shown     ")
    lines += ["", *_graph(rehearsal)]
    for one in rehearsal.revisions:
        lines += [*_verdict(one, style), *_block(one), ""]
    number = len(rehearsal.revisions)
    good = sum(r.proven for r in rehearsal.revisions)
    lines += [
        *wrapped(
            f"{good} of {counted(number, 'revision')} proven{proof.elsewhere(rehearsal.limits)}. "
            "The database was not touched.",
            "",
        ),
        *_short_of_exact(rehearsal),
        "",
        _next(rehearsal),
    ]
    return "\n".join(style.marked(line, _IN_COLOR) for line in lines)


def _short_of_exact(rehearsal: Rehearsal) -> Iterator[str]:
    ways = {r.revision: r.way_back for r in rehearsal.revisions if r.proven}
    short = [id_ for id_, way in ways.items() if way is not None and way.grade is not Grade.EXACT]
    if short:
        yield from wrapped(f"No exact way back: {', '.join(short)}.", "")


def _nothing(rehearsal: Rehearsal) -> str:
    """Where no revision waits, among those that could be read."""
    if not rehearsal.graph:
        lines = ["The database has run every revision; nothing to rehearse."]
        for limit in map(proof.limit, rehearsal.limits):
            lines += wrapped(limit, "Not shown: ")
        return "\n".join([*lines, "", f"Next:  {invocation.remediate('plan')}"])
    lines = ["Nothing was rehearsed: the history of revisions is broken.", *_graph(rehearsal)]
    return "\n".join(
        [*lines, f"Next:  repair the history, then: {invocation.remediate('rehearse')}"]
    )


def _graph(rehearsal: Rehearsal) -> Iterator[str]:
    for defect in rehearsal.graph:
        yield from _defect(defect, "!")
    if rehearsal.graph:
        yield ""


def _verdict(one: Rehearsed, style: Style) -> Iterator[str]:
    verdict = "proven" if one.proven else "not rehearsed" if _skipped(one) else "REFUTED"
    first, *more = wrapped(f"{one.revision}   {verdict}   {one.title}", "")
    start = f"{one.revision}   "
    yield start + style.marked(first.removeprefix(start), {verdict: (verdict, _VERDICTS[verdict])})
    yield from more


def _block(one: Rehearsed) -> Iterator[str]:
    yield from wrapped(one.file, "  ")
    if skipped := _skipped(one):
        yield from wrapped(skipped, "  ")
        return
    for check in one.checks:
        yield from wrapped(
            f"{check.subject.value}: {trial_checks.result(check)}", trial_checks.mark(check)
        )
    repaired: dict[str, list[str]] = {}
    for id_ in one.repairs:
        rule, place = id_parts(id_)
        repaired.setdefault(rule, []).append(place)
    for rule, places in repaired.items():
        yield from wrapped(f"repairs {rule} at {', '.join(places)}", "  + ")
    for unknown in one.not_shown:
        yield from wrapped(f"not shown: {_not_shown(unknown)}", "  ")
    yield from way_back.lines(one.way_back)
    yield from _defects(one.defects, "!")
    yield from _defects(one.hazards, "?")
    yield from _locks(one)


def _defects(defects: Iterable[Defect], mark: str) -> Iterator[str]:
    """One block for all of one name on one line: a loop does the same again and again."""
    groups: dict[tuple[str, int], list[Defect]] = {}
    for defect in defects:
        groups.setdefault((defect.name, defect.line), []).append(defect)
    for first, *more in groups.values():
        yield from _defect(first, mark)
        for defect in more[:_ALIKE]:
            yield from wrapped(f"also: {defect.what}", "      ")
        if len(more) > _ALIKE:
            yield f"      and {len(more) - _ALIKE:,} more like these (-f json shows them)"


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
            yield f"        ... {len(lines) - _DIFF_LINES:,} more lines (-f json shows them)"
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
    """The strong ones, and the statements that took long on a few rows."""
    lines = [*observed.locks(one.locks, one.statements)]
    if lines:
        yield ""
    for line in lines:
        yield from wrapped(line, "  lock  ")
    for timing in one.timings:
        if timing.seconds >= _LONG:
            first, *_ = timing.sql.strip().splitlines()
            yield from wrapped(
                f"statement {timing.number} took {observed.took(timing.seconds)}: {first}",
                "  time  ",
            )


def _next(rehearsal: Rehearsal) -> str:
    if rehearsal.proven:
        return f"Next:  {invocation.upgrade(rehearsal.heads)}"
    if rehearsal.to_stamp:
        stamp = invocation.alembic(f"stamp {shlex.quote(rehearsal.to_stamp[-1])}")
        return f"Next:  {stamp}   (then again: {invocation.remediate('rehearse')})"
    one = next((r for r in rehearsal.revisions if not r.proven), rehearsal.revisions[0])
    if one.after and one.reason:
        command = f"rehearse {shlex.quote(one.after)}"
        return f"Next:  {invocation.remediate(command)}"
    if one.reason and rehearsal.start.earlier is not None:
        return f"Next:  {invocation.remediate('rehearse')}   (what the database has not run)"
    if one.reason:
        upgrade = invocation.alembic(f"upgrade {shlex.quote(one.revision)}")
        return f"Next:  {upgrade}   (on a copy of the database)"
    command = f"rehearse {shlex.quote(one.file)}"
    return f"Next:  repair it, then: {invocation.remediate(command)}"
