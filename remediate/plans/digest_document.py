"""What existed when a plan was saved, as JSON values, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from remediate.plans.impact_document import name_from_text
from remediate.postgres.sql import quote
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Alteration, Digest, Object

Json = Mapping[str, Mapping[str, str]]


def digest_as_json(digest: Digest) -> dict[str, dict[str, str]]:
    """By relation, then by kind and name."""
    found: dict[str, dict[str, str]] = {}
    for one, state in digest.states.items():
        found.setdefault(str(one.relation), {})[called(one)] = state
    return found


def called(one: Object) -> str:
    """The object within its relation: column id, function (integer)."""
    if not one.name:
        return one.kind
    return f"{one.kind} {one.name if one.kind == 'function' else quote(one.name)}"


def digest_from_json(values: Json) -> Digest:
    """Raises ValueError for a relation without a schema."""
    return Digest(
        {
            _object(relation, key): state
            for relation, objects in values.items()
            for key, state in objects.items()
        }
    )


def alterations_as_json(alterations: Iterable[Alteration]) -> list[dict[str, Any]]:
    """What a statement changes, object by object."""
    return [
        {"relation": str(a.object.relation), "object": called(a.object), "parts": [*a.parts]}
        | ({"state": a.state} if a.state else {})
        for a in alterations
    ]


def alterations_from_json(values: Iterable[Mapping[str, Any]]) -> tuple[Alteration, ...]:
    """Raises ValueError for a relation without a schema."""
    return tuple(
        Alteration(
            _object(one["relation"], one["object"]), tuple(one["parts"]), one.get("state", "")
        )
        for one in values
    )


def _object(relation: str, key: str) -> Object:
    kind, _, rest = key.partition(" ")
    name = (rest,) if kind == "function" else words(rest)[:1]
    return Object(name_from_text(relation), kind, *name)
