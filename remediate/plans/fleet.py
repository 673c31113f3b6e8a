"""Many databases, grouped by what they need."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from remediate.analysis.facts import in_words
from remediate.plans.plan import Plan
from remediate.postgres.sql import commented

FORMAT = "remediate.fleet/1"


@dataclass(frozen=True, slots=True)
class Shard:
    """One of so many parts of a fleet; each database is in just one."""

    number: int = 1
    of: int = 1

    def holds(self, name: str) -> bool:
        """Whether a database of this name is in it: the same on every machine, and every day."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        return int(digest[:8], 16) % self.of == self.number - 1


@dataclass(frozen=True, slots=True)
class Unread:
    """A database that could not be read, or a server whose databases could not be listed."""

    name: str
    reason: str
    hint: str = ""
    server: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What one database needs, as the digest of it, and the revisions at which it is."""

    name: str
    need: str
    heads: tuple[str, ...] | None  # None: it has no table of Alembic's, or no right to read it


@dataclass(frozen=True, slots=True)
class Group:
    """Databases that need the same, and the whole result of the first of them."""

    need: str
    databases: tuple[str, ...]
    result: Mapping[str, Any] = field(hash=False)  # as the command prints it in JSON

    @property
    def found(self) -> int:
        """How many findings each of them has; of a check, those that nobody accepted."""
        found = self.result["baseline"]["new"] if self.is_check else self.result.get("findings", ())
        return len(found)

    @property
    def is_check(self) -> bool:
        return "baseline" in self.result

    @property
    def is_bad(self) -> bool:
        """Whether the command, asked of one of them, says no."""
        return self.found > 0 or not self.result.get("passed", True)


@dataclass(frozen=True, slots=True)
class Fleet:
    """What became of every database that was asked for."""

    command: str  # plan, check or verify
    asked: str  # digest of what was asked: the file of targets, and the settings
    shard: Shard
    groups: tuple[Group, ...]
    unread: tuple[Unread, ...]
    at: Mapping[tuple[str, ...] | None, tuple[str, ...]] = field(hash=False)  # revisions: who
    tips: tuple[str, ...] | None = None  # with which the project's history ends; None: no project
    seconds: float = 0.0
    file: str = ""  # of the targets, as it is shown; "" of merged results
    baseline: str = ""  # that was named, as it is shown

    @property
    def read(self) -> int:
        return sum(len(group.databases) for group in self.groups)

    @property
    def is_bad(self) -> bool:
        """Whether the command says no of one of them."""
        return any(group.is_bad for group in self.groups)

    @property
    def stale(self) -> tuple[str, ...]:
        """What the baseline accepts and no database has; nothing where not all were looked at."""
        told = [{*group.result["baseline"]["stale"]} for group in self.groups if group.is_check]
        whole = not self.unread and self.shard.of == 1
        return tuple(sorted(set.intersection(*told))) if told and whole else ()

    @property
    def behind(self) -> Mapping[tuple[str, ...] | None, tuple[str, ...]]:
        """The databases that are not where the project's history ends, by where they are."""
        if self.tips is None:
            return {}
        ends = {*self.tips}
        return {heads: who for heads, who in self.at.items() if {*(heads or ())} != ends}


def reasons(unread: Iterable[Unread]) -> Mapping[tuple[str, str], Sequence[str]]:
    """What could not be read, by why, and what to do about it."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in sorted(unread, key=lambda one: one.name):
        found.setdefault((one.reason, one.hint), []).append(one.name)
    return found


def grouped(
    answers: Iterable[Answer], results: Mapping[str, Mapping[str, Any]]
) -> tuple[Group, ...]:
    """The groups: first what says no, and of that what is said of most databases."""
    members: dict[str, list[str]] = {}
    for answer in answers:
        members.setdefault(answer.need, []).append(answer.name)
    groups = [Group(n, tuple(sorted(names)), results[n]) for n, names in members.items()]
    return tuple(sorted(groups, key=lambda g: (not g.is_bad, -len(g.databases), g.databases)))


def positions(answers: Iterable[Answer]) -> Mapping[tuple[str, ...] | None, tuple[str, ...]]:
    """Which databases are at which revisions, the most frequent first."""
    at: dict[tuple[str, ...] | None, list[str]] = {}
    for answer in answers:
        at.setdefault(answer.heads, []).append(answer.name)
    ordered = sorted(at.items(), key=lambda one: (-len(one[1]), sorted(one[1])))
    return {heads: tuple(sorted(names)) for heads, names in ordered}


def need_of(plan: Plan) -> str:
    """The digest of what a database needs: the same findings, repairs and open questions.

    Row counts, names of the database and of its host are not part of it.
    """
    found = sorted(
        [
            i.fingerprint,
            i.id,
            i.finding.severity.value,
            i.finding.confidence.value,
            i.finding.facts.places,
        ]
        for i in plan.items
    )
    open_ = sorted([str(u.place), u.reason] for u in plan.unverified)
    return digest([found, open_])


def some(names: Sequence[str], named: int = 3) -> str:
    """The first of these names, and how many more there are; all of them where `named` is 0."""
    shown = names[:named] if named and len(names) > named + 1 else names
    more = len(names) - len(shown)
    return in_words([*map(commented, shown), *([f"{more:,} more"] if more else [])])


def digest(values: object) -> str:
    """Of JSON values, the same wherever it is computed."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def parsed_shard(text: str) -> Shard:
    """The shard of "2/8". Raises ValueError for what is none."""
    number, of = map(int, text.split("/"))
    if not 1 <= number <= of:
        raise ValueError(f"there is no part {number} of {of}")
    return Shard(number, of)
