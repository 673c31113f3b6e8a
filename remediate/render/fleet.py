"""Many databases on the terminal and as Markdown: what several need alike is said once."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from remediate.analysis.facts import in_words
from remediate.findings import marks
from remediate.findings.finding import id_parts
from remediate.plans.document import place_of
from remediate.plans.fleet import Fleet, Group, reasons, some
from remediate.plans.fleet_document import as_json
from remediate.postgres.sql import commented
from remediate.render.lines import wrapped
from remediate.render.page.paper import of_markdown
from remediate.render.room import COMMENT, fitted
from remediate.system import invocation
from remediate.system.formats import PlanFormat
from remediate.system.words import counted

_NAMED = 3  # of databases, and of places
_IN_PAPER = 200  # databases of a group: a comment of GitHub holds 65,536 characters
Json = Mapping[str, Any]


def render(fleet: Fleet, format_: PlanFormat, *, verbose: bool = False) -> str:
    """In one of the formats in which a fleet is printed: text, JSON, Markdown, HTML."""
    match format_:
        case PlanFormat.JSON:
            return json.dumps(as_json(fleet), indent=2, ensure_ascii=False)
        case PlanFormat.TEXT:
            return "\n".join(_text(fleet, _NAMED if not verbose else 0))
        case _:
            made, groups = partial(_paper, fleet), len(fleet.groups)
            if format_ is PlanFormat.MARKDOWN:
                return fitted([], made, groups, COMMENT)
            return of_markdown(made(groups))


def _text(fleet: Fleet, named: int) -> Iterator[str]:
    yield f"Targets   {_counts(fleet)} in {fleet.seconds:.1f} s   (read only)"
    if fleet.shard.of > 1:
        yield f"Shard     {fleet.shard.number} of {fleet.shard.of}"
    yield from _revisions(fleet, named)
    yield ""
    if fleet.unread:
        yield f"Not read ({len(fleet.unread):,})"
        for (reason, hint), names in reasons(fleet.unread).items():
            yield from wrapped(f"{some(names, named)}: {reason}", "  ", 4)
            yield from wrapped(hint, "    ? ") if hint else ()
        yield ""
    for group in fleet.groups:
        yield f"{counted(len(group.databases), 'database')}: {summary(group)}"
        yield from wrapped(some(group.databases, named), "  ")
        yield from _details(group, named)
        yield ""
    yield from closing(fleet)


def _counts(fleet: Fleet) -> str:
    lost = [f"{len(fleet.unread):,} not read"] if fleet.unread else []
    return ", ".join([f"{counted(fleet.read, 'database')} read", *lost])


def _revisions(fleet: Fleet, named: int) -> Iterator[str]:
    """Where the project's history ends, and who is elsewhere."""
    if fleet.tips is not None:
        yield f"Project   its revisions end at {in_words(fleet.tips or ('none',))}"
    if behind := fleet.behind:
        count = sum(map(len, behind.values()))
        are = "is" if count == 1 else "are"
        yield f"Behind    {count:,} of {fleet.read:,} {are} at other revisions:"
    if len(fleet.at) > 1 or behind:
        for heads, who in (behind or fleet.at).items():
            yield from wrapped(f"{_at(heads)}: {some(who, named)}", " " * 10, 12)


def _at(heads: tuple[str, ...] | None) -> str:
    if heads is None:
        return "revision not readable"
    return f"at {in_words(heads)}" if heads else "at no revision"


def summary(group: Group) -> str:
    """What is said of each database of a group, in numbers."""
    result = group.result
    if "repairs" in result:
        outcomes = [one["outcome"] for one in result["repairs"]]
        counts = {word: outcomes.count(word) for word in dict.fromkeys(outcomes)}
        words = [f"{count:,} {word}" for word, count in counts.items()]
        words += [f"{len(left):,} left"] if (left := result.get("not_named")) else []
        words += [f"{counted(len(w), 'revision')} to run"] if (w := result["waiting"]) else []
        return ", ".join(words) or "no repair is named"
    if group.is_check:
        known = result["baseline"]["known"]
        return f"{group.found:,} new, {known:,} known" if known or group.found else _nothing(result)
    if not group.found:
        return _nothing(result)
    repairable = sum("manual" not in one["remedy"] for one in result["findings"])
    return f"{group.found:,} found, {repairable:,} can be repaired"


def _nothing(result: Json) -> str:
    return "nothing found in what could be read" if result["unverified"] else "nothing to repair"


def _details(group: Group, named: int) -> Iterator[str]:
    for kind, places in kinds(group).items():
        times = f"   {len(places):,} times" if len(places) > 1 else ""
        yield f"  {kind}{times}"
        yield from wrapped(some(places, named), "    ")
    for reason, places in _unverified(group).items():
        yield from wrapped(f"not verified: {some(places, named)}: {reason}", "  ? ", 4)


def kinds(group: Group) -> Mapping[str, Sequence[str]]:
    """The places by what is found there, or by what became of the repair."""
    found: dict[str, list[str]] = {}
    result = group.result
    new = {*result["baseline"]["new"]} if group.is_check else None
    for one in result.get("findings", ()):
        if new is None or one["id"] in new:
            hand = "   by hand" if "manual" in one["remedy"] else ""
            kind = f"{one['rule']} {one['name']}   {one['severity']}, {one['confidence']}{hand}"
            found.setdefault(kind, []).append(_place(one))
    for one in result.get("repairs", ()):
        if one["outcome"] != "ok":
            kind = f"{one['outcome']}: {'; '.join(one['problems'])}"
            found.setdefault(commented(kind), []).append(_place(one))
    for id_ in result.get("not_named", ()):
        kind = f"{id_parts(id_)[0]}   as repaired in other schemas"
        found.setdefault(kind, []).append(str(marks.place_of(id_)[1]))
    for revision in result.get("waiting", ()):
        found.setdefault("has not run", []).append(f"revision {revision}")
    return found


def _unverified(group: Group) -> Mapping[str, Sequence[str]]:
    open_: dict[str, list[str]] = {}
    for one in group.result.get("unverified", ()):
        open_.setdefault(one["reason"], []).append(_place(one))
    return open_


def _place(values: Json) -> str:
    return str(place_of(values))


_BAD = {
    ("plan", False): "need a repair or a decision",
    ("plan", True): "needs a repair or a decision",
    ("check", False): "have something new",
    ("check", True): "has something new",
    ("verify", False): "are not as they should be",
    ("verify", True): "is not as it should be",
}


def closing(fleet: Fleet) -> Iterator[str]:
    """What became of all, and the next command."""
    bad = sum(len(group.databases) for group in fleet.groups if group.is_bad)
    said = _BAD[fleet.command, 1 in (bad, fleet.read)]
    read = "database that was read" if fleet.read == 1 else "databases that were read"
    told = f"{bad:,} of {fleet.read:,} {read} {said}." if fleet.read else "No database was read."
    lost = f" {len(fleet.unread):,} could not be read." if fleet.unread else ""
    yield from wrapped(f"{told}{lost}", "")
    if fleet.stale:
        yield from wrapped(f"Stale in the baseline: {some(fleet.stale, _NAMED)}.", "")
    yield ""
    again = f"{fleet.command} --targets {shlex.quote(fleet.file or 'FILE')}"
    again += f" --baseline {shlex.quote(fleet.baseline)}" if fleet.baseline else ""
    if fleet.shard.of > 1:
        yield "Next:  remediate merge RESULT...   (one of each shard, made with -f json)"
    elif fleet.unread:
        yield "Next:  repair what keeps the others from being read, then:"
        yield f"       {invocation.remediate(again)}"
    elif any(group.result.get("waiting") for group in fleet.groups):
        upgrade = invocation.upgrade(len(fleet.tips or ()))
        yield f"Next:  {upgrade}   (in each that has a revision to run)"
    elif bad:
        one = invocation.remediate("plan --database-url URL")
        yield f"Next:  {one}   (of one of each group)"
        if fleet.tips is not None and fleet.command == "plan":
            all_ = f"generate --targets {shlex.quote(fleet.file or 'FILE')} --approve RULE"
            yield f'       {invocation.remediate(all_)} --reviewer "Your Name"'
    else:
        yield f"Next:  {invocation.remediate(again)}   (from time to time, as in a cron job)"


def _paper(fleet: Fleet, groups: int) -> str:
    """The Markdown with so many of the groups; the rest is counted."""
    return "\n".join(_markdown(fleet, groups))


def _markdown(fleet: Fleet, number: int) -> Iterator[str]:
    yield f"# {fleet.command.capitalize()}: {_counts(fleet)}"
    yield ""
    yield from (_escaped(line.strip()) + "  " for line in _revisions(fleet, 0))
    if fleet.unread:
        yield from ("", "## Not read", "", "| database | reason |", "| --- | --- |")
        for (reason, hint), names in reasons(fleet.unread).items():
            yield _row(in_words(names), f"{reason}. {hint}")
    for group in fleet.groups[:number]:
        yield from ("", f"## {counted(len(group.databases), 'database')}: {summary(group)}", "")
        rows = [*kinds(group).items()]
        rows += [(f"not verified: {why}", where) for why, where in _unverified(group).items()]
        if rows:
            yield from ("| what | where |", "| --- | --- |")
            yield from (_row(" ".join(kind.split()), in_words(places)) for kind, places in rows)
            yield ""
        yield _escaped(some(group.databases, _IN_PAPER))
    if left := fleet.groups[number:]:
        databases = counted(sum(len(group.databases) for group in left), "database")
        yield from (
            "",
            f"and {counted(len(left), 'group')} more, of {databases}: -f json lists them",
        )
    yield ""
    yield _escaped(next(closing(fleet)))


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_[]<>#|" else c for c in commented(text))
