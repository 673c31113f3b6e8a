"""Which columns without foreign key seem to mean a key: by the models' word, or by their name.

A name alone proves nothing. What is said here is a candidate; models or data confirm it, in the
rules.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from remediate.analysis.matching import (
    CONFIGURED,
    Match,
    Parents,
    configured_for,
    is_external,
    is_polymorphic,
    match,
    parents,
)
from remediate.analysis.names import keeps_old_ids
from remediate.postgres.sql import fitted
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate, ForeignKey
from remediate.snapshots.tables import Name, Table

_ANY_KEY = {
    "id", "uuid", "guid", "oid", "pk", "key", "code", "cd", "name", "number", "no", "nr", "num",
    "type", "kind", "slug", "token", "email", "value", "version",
}  # fmt: skip
CLEAR = 2  # of a name: its very name, or part of it


@dataclass(frozen=True, slots=True)
class Loose:
    """A column in no foreign key, as the catalog has it."""

    table: Name
    column: str
    type: str
    base_type: str
    not_null: bool
    default: str
    indexed: bool
    siblings: tuple[str, ...]  # columns that may say which table is meant
    integers: bool | None  # by the statistics, all of them; None: not looked at
    uuids: bool | None


def declared_references(declared: Declared) -> dict[tuple[Name, str], ForeignKey]:
    """The foreign keys of one column that the models have."""
    return {(fk.table, fk.columns[0]): fk for fk in declared.foreign_keys if len(fk.columns) == 1}


def absent(live: Live, declared: Declared, candidates: Iterable[Candidate]) -> Iterator[ForeignKey]:
    """The foreign keys of the models that the database could have and has not."""
    present = {(fk.table, frozenset(fk.columns), fk.target) for fk in live.foreign_keys}
    spoken_for = {(c.table, c.column) for c in candidates}
    for fk in declared.foreign_keys:
        ours = [(fk.table, column) for column in fk.columns]
        theirs = [(fk.target, column) for column in fk.target_columns]
        tables = {fk.table, fk.target} <= live.table_of.keys()  # no views
        exists = tables and all(place in live.types for place in (*ours, *theirs))
        known = (fk.table, frozenset(fk.columns), fk.target) in present
        if not exists or known or (len(ours) == 1 and ours[0] in spoken_for):
            continue
        yield replace(
            fk,
            name=fk.name or fitted(fk.table.name, "_".join(fk.columns), "fkey"),
            types=tuple(live.types[place] for place in ours),
            target_types=tuple(live.types[place] for place in theirs),
        )


def candidates(
    loose: Iterable[Loose], live: Live, declared: Declared, configured: Mapping[str, str]
) -> Iterator[Candidate]:
    """Those that mean a key of one column, by models or by name."""
    known = (t for t in live.tables if t.single_key and t.partition_of is None)
    keys = {t.name: t for t in known if not (t.missing_key and t.missing_key.apart)}
    named, called = parents(keys), _keys_by_name(keys)
    others = parents(t.name for t in live.tables if t.name not in keys and not t.partition_of)
    by_models = declared_references(declared)
    for column in loose:
        fk = by_models.get((column.table, column.column))
        found = (
            _by_models(column, fk, live)
            if fk
            else _by_name(column, keys, named, called, configured)
        )
        meant = found is not None and (fk or not _is_called_as(column, found, others))
        if found is not None and meant and not _is_itself(found):
            yield replace(found, model_type=declared.types.get((column.table, column.column), ""))


def _by_models(column: Loose, fk: ForeignKey, live: Live) -> Candidate | None:
    target = live.table_of.get(fk.target)
    key = fk.target_columns[0]
    if target is None or not target.has(key):
        return None
    made = _made(column, target, key, "model", 3)
    return replace(
        made,
        model=True,
        model_on_delete=fk.on_delete,
        model_terms=fk.terms,
        model_name=fk.name,
    )


def _by_name(
    column: Loose,
    keys: Mapping[Name, Table],
    named: Parents,
    called: Mapping[tuple[str, str], list[Name]],
    configured: Mapping[str, str],
) -> Candidate | None:
    decided = configured_for(column.table, column.column, configured) is not None
    if not decided and (
        is_polymorphic(column.column, column.siblings) or keeps_old_ids(column.table)
    ):
        return None
    said = match(column.table, column.column, named, configured=configured)
    said = said or _by_name_of_key(column, called)
    if said is None:
        return None
    if said.target == column.table and said.how in ("exact", "prefix"):
        # messages.message_id is an id that somebody else gave; a message's own parent is called so.
        return None
    target = keys[said.target]
    made = _made(column, target, target.identifying[0], said.how, said.strength)
    external = said.how != CONFIGURED and is_external(column.column, said.target.name)
    return replace(made, external=external)


_BY_OTHER_NAMES = ("prefix", "suffix", "bare", "self", "role")


def _is_called_as(column: Loose, found: Candidate, others: Parents) -> bool:
    """Whether its name is that of a table which lacks such a key, rather than of this one."""
    said = match(column.table, column.column, others) if found.how in _BY_OTHER_NAMES else None
    return said is not None and said.how == "exact" and said.target.schema == column.table.schema


def _made(column: Loose, target: Table, key: str, how: str, strength: int) -> Candidate:
    meant = target.column(key)
    # Of numbers without decimals bigint is what every reference can be.
    numeric = meant.base_type == "numeric" and meant.is_integer
    numeric = numeric and not (meant.extremes and meant.extremes.fractional)
    return Candidate(
        table=column.table, column=column.column, type=column.type, base_type=column.base_type,
        target=target.name, target_column=key,
        target_type="bigint" if numeric else meant.base_type,
        target_now=meant.type if numeric else "",
        how=how, strength=strength, not_null=column.not_null, default=column.default,
        indexed=column.indexed,
    )  # fmt: skip


def _keys_by_name(keys: Mapping[Name, Table]) -> dict[tuple[str, str], list[Name]]:
    """By schema and the key's name, which must say more than `id` or `code` does."""
    found: dict[tuple[str, str], list[Name]] = {}
    for table, facts in keys.items():
        if (name := facts.identifying[0].lower()) not in _ANY_KEY:
            found.setdefault((table.schema, name), []).append(table)
    return found


def _by_name_of_key(column: Loose, called: Mapping[tuple[str, str], list[Name]]) -> Match | None:
    """issues.borrowernumber beside borrowers.borrowernumber: one key alone is called so."""
    found = called.get((column.table.schema, column.column.lower()), [])
    return Match(found[0], "key", CLEAR) if len(found) == 1 else None


def _is_itself(candidate: Candidate) -> bool:
    return (candidate.table, candidate.column) == (candidate.target, candidate.target_column)


def is_worth_asking(candidate: Candidate, column: Loose) -> bool:
    """Whether its values can tell something: statistics of a large table may have told enough."""
    if candidate.external and not candidate.model:
        return False
    if candidate.fits or candidate.model or candidate.how == CONFIGURED:
        return True
    if candidate.strength < CLEAR and candidate.model_type != candidate.target_type:
        return False
    known = column.uuids if candidate.target_type == "uuid" else column.integers
    return known is not False
