"""A verification for the terminal, and as versioned JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from remediate.analysis.facts import in_words
from remediate.findings.finding import id_parts
from remediate.findings.marks import place_of
from remediate.plans.digest_document import called
from remediate.plans.meant import Since
from remediate.plans.shapes import ALIKE, in_one, masked, without_schema
from remediate.postgres.sql import commented
from remediate.render import order, tenants
from remediate.render.lines import wrapped
from remediate.render.observations import sentence
from remediate.render.style import CROSS, GREEN, PLAIN, RED, TICK, YELLOW, Style
from remediate.snapshots.digest import Changed, Object, parts
from remediate.system import invocation
from remediate.system.words import counted
from remediate.verification.result import FORMAT, Outcome, Verification, Verified

_MARKS = {Outcome.OK: "ok", Outcome.FAILED: "FAILED", Outcome.UNVERIFIED: "?"}
_IN_COLOR = {
    "ok ": (TICK, GREEN),
    "FAILED ": (CROSS, RED),
    "? ": ("?", YELLOW),
    "STAMP ": ("STAMP", YELLOW),
}


def render(verification: Verification, format_: str, style: Style = PLAIN) -> str:
    if format_ == "json":
        return json.dumps(document(verification), indent=2, ensure_ascii=False)
    return "\n".join(style.marked(line, _IN_COLOR) for line in _text(verification))


def _text(verification: Verification) -> Iterator[str]:
    how = "probed; rows taken back" if verification.probed else "read only"
    yield f"Database  {verification.database}   ({how})"
    yield f"Repairs   {verification.source}"
    yield ""
    for alike in _alike(verification.entries):
        yield from _entry(alike)
    yield from _waiting(verification)
    yield from _not_named(verification)
    yield from _gone(verification.gone)
    if verification.entries or verification.waiting or verification.not_named:
        yield ""
    if verification.since:
        yield from _since(verification.since)
    yield from _summary(verification)


def _waiting(verification: Verification) -> Iterator[str]:
    for revision in verification.waiting:
        if revision in verification.unrecorded.to_stamp:
            said = (
                f"revision {revision} is not recorded as run, but the database has all of its "
                "repairs"
            )
            yield from wrapped(said, "STAMP   ", 8)
        elif revision == verification.unrecorded.begun:
            yield f"{_MARKS[Outcome.FAILED]:8}only a part of revision {revision} is here"
        else:
            yield f"{_MARKS[Outcome.FAILED]:8}revision {revision} has not run on this database"
    for refused in (*verification.refusals.values, *verification.refusals.states):
        yield from wrapped(refused, f"{_MARKS[Outcome.FAILED]:8}", 8)


def _not_named(verification: Verification) -> Iterator[str]:
    """Schemas in which revisions of many schemas left what they repaired in others."""
    places = (place_of(id_)[1].table for id_ in verification.not_named)
    schemas = sorted({table.schema for table in places if table})
    if schemas:
        said = (
            f"{counted(len(verification.not_named), 'finding')} that revisions repaired in other "
            "schemas: they left these out here, or do not know the schema"
        )
        yield from wrapped(said, f"{_MARKS[Outcome.FAILED]:8}", 8)
        yield from tenants.heading(schemas, indent=8)


def _gone(schemas: Sequence[str]) -> Iterator[str]:
    """Schemas that were repaired, and dropped since: nothing is known of them."""
    if schemas:
        said = f"{counted(len(schemas), 'schema')} that revisions repaired no longer exist"
        said = f"{said}s: not verified" if len(schemas) == 1 else f"{said}: not verified"
        yield from wrapped(said, "note    ", 8)
        yield from tenants.heading(schemas, indent=8)


def _since(since: Since) -> Iterator[str]:
    """What is another than in the saved plan; what the repairs were to change is only counted."""
    meant, unread = counted(since.as_meant, "object"), len(since.unread)
    others = [f"{counted(len(since.beside), 'object')} beside that"] if since.beside else []
    others += [f"{counted(unread, 'object')} not compared in full"] if unread else []
    if others:
        told = ", ".join([f"{meant} as meant", *others])
    else:
        told = f"{meant}, all of them as meant" if since.as_meant else "nothing"
    yield f"Changed since the plan was saved: {told}"
    for one in since.beside:
        yield from wrapped(f"{_spelled(one.object)} {_became(one)}", "  ", 4)
    for one in since.unread:
        what = in_words(one.parts)
        why = f"rebuilt for another type of its column; its {what} is not compared"
        yield from wrapped(f"{_spelled(one.object)}: {why}", "  ", 4)
    yield ""


def _spelled(one: Object) -> str:
    """With its table, or as a function or type by its own name."""
    match one.kind:
        case "schema" | "extension":
            return called(one)
        case "type":
            return f"{one.relation}: type"
        case _:
            return f"{one.relation}: {called(one)}"


def _became(one: Changed) -> str:
    if one.meant:
        return _instead(one)
    if not one.before:
        return f"is new: {one.after}"
    if not one.after:
        return f"is gone: {one.before}"
    then, now = parts(one.before), parts(one.after)
    was = ", ".join(then[word] for word in one.parts if word in then and word in now)
    is_ = ", ".join(now[word] for word in one.parts if word in now)
    lost = ", ".join(then[word] for word in one.parts if word not in now)
    told = (("was", was), ("no longer", lost), ("now", is_))
    return "; ".join(f"{word} {what}" for word, what in told if what)


def _instead(one: Changed) -> str:
    """What is new, and another than the repair makes."""
    wanted, now = parts(one.meant), parts(one.after)
    if not one.after:
        sure = ", ".join(part for part in wanted.values() if not part.endswith("?"))
        return f"does not exist; the repair creates it: {sure}"
    is_ = ", ".join(now[word] for word in one.parts if word in now)
    lacks = ", ".join(wanted[word] for word in one.parts if word not in now)
    was = ", ".join(wanted[word] for word in one.parts if word in now and word in wanted)
    told = (
        f"has {is_}" * bool(is_),
        f"lacks {lacks}" * bool(lacks),
        f"the repair makes it with {was}" * bool(was),
    )
    return "; ".join(filter(None, told))


def _alike(entries: Iterable[Verified]) -> Iterator[list[Verified]]:
    """Of what differs in nothing but schema and numbers all together, where that is much."""
    found: dict[object, list[Verified]] = {}
    for entry in entries:
        told = tuple(masked(text, _schema(entry)) for text in _told(entry))
        found.setdefault((entry.outcome, told), []).append(entry)
    for alike in found.values():
        yield from [alike] if len(alike) >= ALIKE else [[entry] for entry in alike]


def _schema(entry: Verified) -> str:
    return entry.place.table.schema if entry.place.table else ""


def _told(entry: Verified) -> Iterator[str]:
    """Its line, what is not as it should be, and what is."""
    yield f"{commented(str(entry.place))}   {id_parts(entry.id)[0]}".rstrip()
    yield from (f"! {sentence(problem)}" for problem in entry.problems)
    if entry.facts:
        yield "; ".join(map(sentence, entry.facts))


def _entry(alike: Sequence[Verified]) -> Iterator[str]:
    several = len(alike) > 1
    texts = [
        [without_schema(text, _schema(entry)) if several else text for text in _told(entry)]
        for entry in alike
    ]
    first, *more = (in_one(text) for text in zip(*texts, strict=True))
    yield f"{_MARKS[alike[0].outcome]:8}{first}"
    if several:
        yield from tenants.heading([_schema(entry) for entry in alike], indent=8)
    for text in more:
        yield from _wrapped(text)


def _wrapped(text: str) -> list[str]:
    return wrapped(text, " " * 8)


def _summary(verification: Verification) -> Iterator[str]:
    counts = [sum(e.outcome is outcome for e in verification.entries) for outcome in Outcome]
    words = [f"{n} {outcome.value}" for n, outcome in zip(counts, Outcome, strict=True) if n]
    words += [f"{len(verification.not_named):,} left"] if verification.not_named else []
    to_stamp = len(verification.unrecorded.to_stamp)
    to_run = len(verification.waiting) - to_stamp
    words += [f"{counted(to_stamp, 'revision')} to stamp"] if to_stamp else []
    words += [_to_run(to_run, verification.ahead - to_stamp)] if to_run else []
    yield f"{', '.join(words) or 'No repair is named'}."
    yield ""
    first = order.by_hand(verification.unrecorded)
    upgrade = invocation.upgrade(verification.tips)
    if first:
        more = to_run and not verification.unrecorded.begun
        yield f"Next:  {first}"
        yield f"Then:  {upgrade if more else invocation.remediate('verify')}"
    elif to_run:
        yield f"Next:  {order.on_refused(verification.refusals) or upgrade}"
    elif verification.passed and not verification.probed:
        command = invocation.remediate("verify --probe")
        yield f"Next:  {command}   (one real INSERT a table, taken back)"
    elif verification.passed or not any(counts[1:]):
        yield f"Next:  {invocation.remediate('plan')}"
    else:
        yield f"Next:  {invocation.remediate('plan -v')}"


def _to_run(repairing: int, ahead: int) -> str:
    """All that `alembic upgrade` runs, and how many of them repair what is verified."""
    if ahead <= repairing:
        return f"{counted(repairing, 'revision')} to run"
    repairs = "a repair" if repairing == 1 else "repairs"
    return f"{counted(ahead, 'revision')} to run, {repairing} of them {repairs}"


def _since_as_json(since: Since | None) -> dict[str, object] | None:
    if since is None:
        return None
    beside = [
        {
            "relation": str(one.object.relation),
            "object": called(one.object),
            "before": one.before,
            "after": one.after,
            **({"meant": one.meant} if one.meant else {}),
        }
        for one in since.beside
    ]
    unread = [
        {
            "relation": str(one.object.relation),
            "object": called(one.object),
            "parts": [*one.parts],
        }
        for one in since.unread
    ]
    return {"as_meant": since.as_meant, "beside": beside, "not_compared": unread}


def document(verification: Verification) -> dict[str, Any]:
    """What became of each repair, as JSON values."""
    return {
        "format": FORMAT,
        "database": verification.database,
        "source": verification.source,
        "passed": verification.passed,
        "probed": verification.probed,
        "waiting": list(verification.waiting),
        "to_stamp": list(verification.unrecorded.to_stamp),
        "not_named": list(verification.not_named),
        "gone": list(verification.gone),
        "since": _since_as_json(verification.since),
        "repairs": [
            {
                "id": e.id,
                "schema": e.place.table.schema if e.place.table else None,
                "table": e.place.table.name if e.place.table else None,
                "column": e.place.column,
                "outcome": e.outcome.value,
                "facts": [*map(sentence, e.facts)],
                "problems": [*map(sentence, e.problems)],
            }
            for e in verification.entries
        ],
    }
