"""A key with all columns that mean it: declared, by the models, or by their name."""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.judgement import grounds
from remediate.schema import Name
from remediate.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Meaning:
    """A column that means the key."""

    table: Name
    column: str
    type: str  # domains resolved
    declared: bool  # by a foreign key


@dataclass(frozen=True, slots=True)
class Family:
    """A key and its members."""

    table: Name
    column: str
    type: str
    members: tuple[Meaning, ...]

    @property
    def inconsistent(self) -> dict[str, dict[str, int]]:
        """By name: the number of columns of each type, where they differ; the most common first."""
        found: dict[str, dict[str, int]] = {}
        for member in self.members:
            types = found.setdefault(member.column, {})
            types[member.type] = types.get(member.type, 0) + 1
        return {
            name: dict(sorted(types.items(), key=lambda pair: -pair[1]))
            for name, types in found.items()
            if len(types) > 1
        }


def families(live: Snapshot) -> Iterator[Family]:
    """Every key that several columns mean."""
    members: dict[tuple[Name, str], list[Meaning]] = {}
    types: dict[tuple[Name, str], str] = {}
    for fk in live.foreign_keys:
        for column, type_, target, target_type in zip(
            fk.columns, fk.types, fk.target_columns, fk.target_types, strict=False
        ):
            types[fk.target, target] = target_type
            found = members.setdefault((fk.target, target), [])
            found.append(Meaning(fk.table, column, type_, declared=True))
    for one in live.candidates:
        place = (one.target, one.target_column)
        found = members.setdefault(place, [])
        types.setdefault(place, one.target_type)
        known = any(m.declared and m.column == one.column for m in found)
        if grounds(one) or (known and not one.external and one.strength > 1):
            found.append(Meaning(one.table, one.column, one.base_type, declared=False))
    for (table, column), found in members.items():
        if len(found) > 1:
            yield Family(table, column, types[table, column], tuple(found))
