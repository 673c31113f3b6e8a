"""What existed when a plan was saved, as JSON values, and back."""

from collections.abc import Mapping

from remediate.plans.impact_document import name_from_text
from remediate.postgres.sql import quote
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Digest, Object

Json = Mapping[str, Mapping[str, str]]


def digest_as_json(digest: Digest) -> dict[str, dict[str, str]]:
    """By relation, then by kind and name."""
    found: dict[str, dict[str, str]] = {}
    for one, state in digest.states.items():
        found.setdefault(str(one.relation), {})[called(one)] = state
    return found


def called(one: Object) -> str:
    """The object within its relation: column id."""
    return f"{one.kind} {quote(one.name)}" if one.name else one.kind


def digest_from_json(values: Json) -> Digest:
    """Raises ValueError for a relation without a schema."""
    return Digest(
        {
            _object(relation, key): state
            for relation, objects in values.items()
            for key, state in objects.items()
        }
    )


def _object(relation: str, key: str) -> Object:
    kind, _, name = key.partition(" ")
    return Object(name_from_text(relation), kind, *words(name)[:1])
