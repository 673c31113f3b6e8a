"""A saved plan: what was found where, and what a person decided about each item."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from remediate.findings.finding import Confidence


class Answer(StrEnum):
    """What a person says of an item."""

    APPROVED = "approved"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, by whom and when, and for which state of the item."""

    answer: Answer
    reviewer: str
    date: str  # ISO 8601
    fingerprint: str
    reason: str = ""  # why it is skipped
    allowed: tuple[str, ...] = ()  # hazards that were accepted by name


@dataclass(frozen=True, slots=True)
class SavedItem:
    """A finding of the file, with its remedy, as `remediate plan -f json` prints it."""

    finding: Mapping[str, Any]
    decision: Decision | None = None

    @property
    def id(self) -> str:
        return str(self.finding["id"])

    @property
    def fingerprint(self) -> str:
        return str(self.finding["fingerprint"])

    @property
    def remedy(self) -> Mapping[str, Any]:
        remedy: Mapping[str, Any] = self.finding["remedy"]
        return remedy

    @property
    def is_repairable(self) -> bool:
        return "steps" in self.remedy

    @property
    def hazards(self) -> tuple[str, ...]:
        """Of its steps, each once."""
        return tuple(dict.fromkeys(h for step in self.remedy["steps"] for h in step["hazards"]))

    @property
    def needs_an_answer(self) -> bool:
        """What is merely possible is left alone unless somebody says otherwise."""
        return self.is_repairable and self.finding["confidence"] != Confidence.POSSIBLE


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan file."""

    document: Mapping[str, Any]  # as in the file, whose findings `items` replace
    items: tuple[SavedItem, ...]

    @property
    def database(self) -> Mapping[str, Any]:
        database: Mapping[str, Any] = self.document["database"]
        return database

    @property
    def settings(self) -> Mapping[str, Any]:
        """Those that shaped the plan."""
        settings: Mapping[str, Any] = self.document["settings"]
        return settings

    @property
    def repairable(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.items if item.is_repairable)

    @property
    def approved(self) -> tuple[SavedItem, ...]:
        return tuple(i for i in self.items if i.decision and i.decision.answer is Answer.APPROVED)

    @property
    def unreviewed(self) -> tuple[SavedItem, ...]:
        """Those that wait for an answer."""
        return tuple(i for i in self.items if i.needs_an_answer and i.decision is None)

    def decided(self, decisions: Mapping[str, Decision | None]) -> "SavedPlan":
        """With other decisions about some items, by their ids; None takes one back."""
        items = (replace(i, decision=decisions.get(i.id, i.decision)) for i in self.items)
        return replace(self, items=tuple(items))


def parsed(document: Mapping[str, Any]) -> SavedPlan:
    """The values of a document that fits the schema."""
    return SavedPlan(document, tuple(_items(document)))


def _items(document: Mapping[str, Any]) -> Iterator[SavedItem]:
    for finding in document["findings"]:
        given = finding.get("decision")
        answer = given and {
            **given, "answer": Answer(given["answer"]), "allowed": tuple(given["allowed"]),
        }  # fmt: skip
        yield SavedItem(finding, Decision(**answer) if answer else None)


def written(saved: SavedPlan) -> dict[str, Any]:
    """The document with its decisions."""
    findings = [
        {**item.finding, "decision": asdict(item.decision) if item.decision else None}
        for item in saved.items
    ]
    return {**saved.document, "findings": findings}


def carried(new: SavedPlan, old: SavedPlan) -> tuple[SavedPlan, tuple[str, ...]]:
    """The new plan with the decisions of the old one; and the ids of those that fell.

    A decision falls where the item is another by now.
    """
    before = {item.id: item.decision for item in old.items if item.decision}
    now = {item.id: item.fingerprint for item in new.items}
    kept = {id_: d for id_, d in before.items() if now.get(id_) == d.fingerprint}
    return new.decided(kept), tuple(id_ for id_ in before if id_ not in kept)
