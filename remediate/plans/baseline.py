"""The debt that a project has accepted: findings of before, against what is found now."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from remediate.analysis.facts import in_words
from remediate.errors import UsageProblem
from remediate.findings.finding import Finding, Place, Severity, id_parts
from remediate.plans.plan import Item, Plan
from remediate.postgres.sql import quote
from remediate.snapshots.tables import Name
from remediate.system import documents

FORMAT = "remediate.baseline/1"
_WEIGHT = {severity: weight for weight, severity in enumerate(reversed(Severity))}
_NAMED = 3  # places in a sentence
_Places = tuple[tuple[str, ...], ...]
_GIT = ("<<<<<<< ", "=======", ">>>>>>> ")


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding that was accepted, as it was at the time."""

    id: str
    severity: Severity
    message: str
    table: Name | None = None
    side: str = ""  # "models" or "revisions", where these were looked at without a database
    engine: str = ""  # of several databases
    reason: str = ""  # kept through updates
    places: tuple[tuple[str, ...], ...] = ()  # of which it spoke, where these are many

    @property
    def rule(self) -> str:
        return id_parts(self.id)[0]

    @property
    def of_database(self) -> bool:
        """Whether it is about the database as a whole, as far as its places do not tell."""
        return id_parts(self.id)[1] == str(Place()) and not self.places


@dataclass(frozen=True, slots=True)
class Look:
    """What a run looks at: no other entry can be missed by it."""

    rules: frozenset[str]
    sees: Callable[[Entry], bool]  # by its table, and by what was unreadable
    side: str = ""  # "models", "revisions" or "" (a database, with both)
    engine: str = ""

    def covers(self, entry: Entry) -> bool:
        """Whether the entry would have been found, if it still were there."""
        return entry.rule in self.rules and entry.side == self.side and self.sees(entry)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, against the baseline."""

    plan: Plan  # everything, old and new
    look: Look
    entries: tuple[Entry, ...] = ()  # of the baseline, all
    new: tuple[Item, ...] = ()
    accepted: Mapping[str, Entry] = field(default_factory=dict, hash=False)  # by id
    worse: Mapping[str, Severity] = field(default_factory=dict, hash=False)  # accepted as
    more: Mapping[str, _Places] = field(default_factory=dict, hash=False)  # than was accepted
    stale: tuple[Entry, ...] = ()  # found no longer
    unused: tuple[str, ...] = ()  # of [tool.remediate.ignore]: fits nothing
    file: str = ""  # the baseline, as it is shown
    added: int = 0  # entries, by an update
    removed: int = 0

    @property
    def to_report(self) -> tuple[Item, ...]:
        """What is new; the message names what became worse."""
        return tuple(replace(item, finding=self._with_reason(item.finding)) for item in self.new)

    def _with_reason(self, finding: Finding) -> Finding:
        told = []
        if was := self.worse.get(finding.id):
            told.append(f"the baseline accepts it as {was}, but it is {finding.severity}")
        if more := self.more.get(finding.id):
            told.append(f"not in the baseline: {_listed(more)}")
        message = f"{finding.message} ({'; '.join(told)})" if told else finding.message
        return replace(finding, message=message)


def compared(plan: Plan, entries: Iterable[Entry], look: Look) -> Checked:
    """Each finding is known or new, each entry that the run could have found known or stale.

    What was accepted as less severe than it is now is new again, and so is a finding that speaks of
    many places, once it speaks of one that was not accepted.
    """
    entries = tuple(entries)
    ours = {entry.id: entry for entry in entries if entry.engine == look.engine}
    found = {item.finding.id for item in plan.items}
    new = tuple(i for i in plan.items if not _accepted(i.finding, ours))
    again = {i.finding.id: i.finding for i in new if i.finding.id in ours}
    return Checked(
        plan=plan,
        look=look,
        entries=entries,
        new=new,
        accepted={id_: entry for id_, entry in ours.items() if id_ in found - again.keys()},
        worse={id_: ours[id_].severity for id_, one in again.items() if _is_worse(one, ours[id_])},
        more={id_: more for id_, one in again.items() if (more := _more(one, ours[id_]))},
        stale=tuple(e for id_, e in ours.items() if id_ not in found and _is_covered(e, look)),
    )


def _accepted(finding: Finding, entries: Mapping[str, Entry]) -> bool:
    entry = entries.get(finding.id)
    return entry is not None and not _is_worse(finding, entry) and not _more(finding, entry)


def _is_worse(finding: Finding, entry: Entry) -> bool:
    return _WEIGHT[entry.severity] < _WEIGHT[finding.severity]


def _more(finding: Finding, entry: Entry) -> _Places:
    """The places that were not accepted; an entry of an older version does not tell which were."""
    return tuple(p for p in finding.facts.places if entry.places and p not in entry.places)


def _listed(places: _Places) -> str:
    some = [f"{Name(*place[:2])}.{'.'.join(map(quote, place[2:]))}" for place in places[:_NAMED]]
    more = [f"{len(places) - _NAMED:,} more"] if len(places) > _NAMED else []
    return in_words([*some, *more])


def updated(checked: Checked) -> tuple[Entry, ...]:
    """The entries of everything that was found, and of what the run did not look at.

    An entry that still holds stays as it is, so that a diff shows what changed and nothing else.
    """
    gone = set(checked.stale)
    kept = {_key(entry): entry for entry in checked.entries if entry not in gone}
    new = {item.id for item in checked.new}
    for item in checked.plan.items:
        entry = _entry(item.finding, checked.look)
        before = kept.get(_key(entry))
        places = (*entry.places, *_unseen(before, checked.look)) if before else entry.places
        if before is not None:
            entry = replace(entry, reason=before.reason, side=before.side)
        entry = _graver(entry, before) if item.id in new or before is None else before
        kept[_key(entry)] = replace(entry, places=tuple(sorted({*places})))
    return tuple(kept.values())


def _entry(finding: Finding, look: Look) -> Entry:
    severity, place = finding.severity, finding.place
    return Entry(
        finding.id, severity, finding.message, place.table, look.side, look.engine,
        places=finding.facts.places,
    )  # fmt: skip


def _is_covered(entry: Entry, look: Look) -> bool:
    """Whether the run looked at all that the entry is about."""
    return look.covers(entry) and not _unseen(entry, look)


def _unseen(entry: Entry, look: Look) -> _Places:
    """The places at which the run did not look."""
    return tuple(p for p in entry.places if not look.covers(replace(entry, table=Name(*p[:2]))))


def _key(entry: Entry) -> tuple[str, str]:
    return entry.id, entry.engine


def _graver(one: Entry, other: Entry | None) -> Entry:
    if other is None or _WEIGHT[one.severity] >= _WEIGHT[other.severity]:
        return one
    return other


def dumps(entries: Iterable[Entry]) -> str:
    """The file: a line for each entry, sorted, so that git merges what several branches accept.

    The empty last one lets every line end in a comma, so that none changes when one is added.
    """
    lines = [_line(entry) + "," for entry in sorted(entries, key=_key)]
    return "\n".join(["{", f'"format": "{FORMAT}",', '"findings": [', *lines, "{}", "]", "}", ""])


def _line(entry: Entry) -> str:
    values = {
        "id": entry.id,
        "rule": entry.rule,
        "severity": entry.severity.value,
        "schema": entry.table.schema if entry.table else "",
        "table": entry.table.name if entry.table else "",
        "side": entry.side,
        "engine": entry.engine,
        "message": entry.message,
        "reason": entry.reason,
        "places": entry.places,
    }
    text = json.dumps({k: v for k, v in values.items() if v}, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def loads(text: str, file: str) -> tuple[Entry, ...]:
    """The entries of a file; two of one id, as a merge leaves them, are one.

    Raises UsageProblem for what is damaged, not a baseline, or written by a newer version.
    """
    marked = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith(_GIT)]
    if marked:
        raise _damaged(file, f"line {marked[0]} is a conflict marker of git")
    try:
        document = documents.parsed(text)
    except ValueError as error:
        raise _damaged(file, f"it is not JSON: {error}") from error
    format_ = document.get("format") if isinstance(document, dict) else None
    if not isinstance(format_, str) or not format_.startswith("remediate.baseline/"):
        raise UsageProblem(
            f"{file} is not a baseline of remediate", "Name another file, or move this one away."
        )
    if format_ != FORMAT:
        raise UsageProblem(
            f"{file} is a {format_}, but this version of remediate reads {FORMAT}",
            "Use the version of remediate that wrote it, or a newer one.",
        )
    return _merged(document.get("findings"), file)


def _merged(findings: object, file: str) -> tuple[Entry, ...]:
    if not isinstance(findings, list):
        raise _damaged(file, "it has no list of findings")
    return united([[_read(values, file) for values in findings if values != {}]])


def united(several: Iterable[Iterable[Entry]]) -> tuple[Entry, ...]:
    """The entries of several baselines as one: of two with one id the graver, with all places."""
    entries: dict[tuple[str, str], Entry] = {}
    for entry in (entry for entries_ in several for entry in entries_):
        before = entries.get(_key(entry))
        reason = entry.reason or (before.reason if before else "")
        places = tuple(sorted({*entry.places, *(before.places if before else ())}))
        entries[_key(entry)] = replace(_graver(entry, before), reason=reason, places=places)
    return tuple(entries.values())


def _read(values: Any, file: str) -> Entry:
    keys = ("id", "severity", "schema", "table", "message", "side", "engine", "reason")
    given = {k: values.get(k, "") for k in keys} if isinstance(values, dict) else {}
    if not given or not all(isinstance(v, str) for v in given.values()):
        raise _damaged(file, f"{json.dumps(values)[:60]} is not an entry")
    schema, table, severity = given.pop("schema"), given.pop("table"), given.pop("severity")
    if not given["id"] or severity not in set(Severity):
        raise _damaged(file, f"{json.dumps(values)[:60]} lacks an id or a severity")
    places = values.get("places", [])
    if not isinstance(places, list) or not all(map(_is_place, places)):
        raise _damaged(file, f"{json.dumps(places)[:60]} are not places")
    return Entry(
        severity=Severity(severity),
        table=Name(schema, table) if table else None,
        places=tuple(map(tuple, places)),
        **given,
    )


def _is_place(value: object) -> bool:
    """Whether it is schema, table and columns."""
    return isinstance(value, list) and len(value) > 2 and all(isinstance(v, str) for v in value)


def _damaged(file: str, why: str) -> UsageProblem:
    return UsageProblem(
        f"the baseline {file} is damaged: {why}",
        "Correct it, or restore its last version from git.",
    )
