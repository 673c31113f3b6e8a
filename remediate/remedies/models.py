"""Changes to the source of models, after which they agree with the database."""

import dataclasses
import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from remediate.analysis.models import ModelTypeFacts
from remediate.codemod import Change, Refusal
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding, Place
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import IDENTITY, IN_COMPOSITE, Generator, Name, Source, Table


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of a column in a file, and the reason."""

    place: Place
    source: Source
    change: Change
    why: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """A column without a patch, and the reason."""

    place: Place
    source: Source | None
    reason: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file before and after."""

    file: str
    before: str
    after: str
    done: tuple[Change, ...]
    refused: tuple[Refusal, ...]

    @property
    def diff(self) -> str:
        """The unified diff, as `git apply` reads it."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{self.file}",
            f"b/{self.file}",
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )


@dataclass(frozen=True, slots=True)
class Patched:
    """The patched files, the columns left to a person, and whether the files were written."""

    files: tuple[Rewritten, ...]
    stuck: tuple[Stuck, ...]
    written: bool
    ahead: tuple[Place, ...] = ()  # that say already what the database says once it is repaired
    unfilled: tuple[Place, ...] = ()  # keys whose repair is in the database alone

    @property
    def complete(self) -> bool:
        """Whether every change could be made."""
        return not self.stuck and not any(file.refused for file in self.files)

    @property
    def changed(self) -> tuple[Rewritten, ...]:
        """The files that differ."""
        return tuple(file for file in self.files if file.before != file.after)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that the model of a column needs, and the reason."""

    place: tuple[Name, str]
    change: Change
    why: str


_NOTHING = Change(owner="", table="", attribute="")


def of_findings(findings: Iterable[Finding]) -> Iterator[Wanted]:
    """The types that models should have, according to findings."""
    for finding in findings:
        place = finding.place
        model = part_of(finding.facts, ModelTypeFacts)
        if place.table and place.column and model and model.model_should_say:
            change = replace(_NOTHING, type=model.model_should_say)
            yield Wanted((place.table, place.column), change, f"{finding.rule}: {finding.message}")


def of_catalog(live: Live, declared: Declared) -> Iterator[Wanted]:
    """What only the database has: foreign keys, indexes named as by index=True, identities."""
    have = {(fk.table, fk.columns) for fk in declared.foreign_keys}
    for fk in live.foreign_keys:
        place = (fk.table, fk.columns[0])
        single = len(fk.columns) == 1 and fk.target in declared.table_of
        if single and (fk.table, fk.columns) not in have and place in declared.types:
            references = _path(fk, declared)
            change = replace(_NOTHING, references=references, on_delete=fk.on_delete)
            yield Wanted(place, change, f"the database has the foreign key {fk.name}")
    for place in sorted(live.indexes - declared.indexes):
        if place in declared.types:
            change = replace(_NOTHING, index=True)
            yield Wanted(place, change, "the database has an index of its own on it")
    for table in live.tables:
        if model := declared.table_of.get(table.name):
            yield from _of_keys(table, model, live)


def _of_keys(table: Table, model: Table, live: Live) -> Iterator[Wanted]:
    """What fills a key: an identity, or a sequence unknown to the models."""
    known = [(c, model.column(c.name)) for c in table.columns if model.has(c.name)]
    drawn = [c for c, m in known if c.sequences and m.default == IN_COMPOSITE]
    for column, said in known:
        place = (table.name, column.name)
        absent = [s for s in said.sequences if s not in live.sequence_of]
        if absent and column.sequences:
            change = replace(_NOTHING, sequence="")
            yield Wanted(
                place, change, f"{absent[0]} does not exist, and the database supplies the id"
            )
        if column.generator is Generator.IDENTITY and said.default != IDENTITY:
            yield Wanted(
                place, replace(_NOTHING, identity=True), "the column is an identity column"
            )
        elif drawn == [column]:
            change = replace(_NOTHING, autoincrement=True)
            yield Wanted(place, change, f"the database draws its ids from {column.sequences[0]}")


def patches(
    wanted: Iterable[Wanted], declared: Declared
) -> tuple[tuple[Patch, ...], tuple[Stuck, ...]]:
    """One patch for each column, and the columns left to a person."""
    of_column: dict[tuple[Name, str], list[Wanted]] = {}
    for one in wanted:
        if one.place[0] not in declared.undecided:
            of_column.setdefault(one.place, []).append(one)
    found = [_made(place, parts, declared) for place, parts in of_column.items()]
    made = [one for one in found if isinstance(one, Patch)]
    judged = [_entangled(patch, made, declared) or patch for patch in made]
    return (
        tuple(one for one in judged if isinstance(one, Patch)),
        tuple(one for one in (*found, *judged) if isinstance(one, Stuck)),
    )


def _path(fk: ForeignKey, declared: Declared) -> str:
    """The target for ForeignKey(), with its schema if its model names one."""
    parts = (fk.target.name, fk.target_columns[0])
    return ".".join((fk.target.schema, *parts) if fk.target in declared.qualified else parts)


def _made(place: tuple[Name, str], parts: list[Wanted], declared: Declared) -> Patch | Stuck:
    name, column = place
    source = declared.sources.get(place)
    if source is None or not source.attribute:
        where = declared.source_of(name, column)
        return Stuck(
            Place(name, column), where, "remediate did not find where this column is declared"
        )
    given = {
        field: value
        for one in parts
        for field, value in dataclasses.asdict(one.change).items()
        if value != getattr(_NOTHING, field)
    }
    table = "" if source.owner else name.name
    written = {"owner": source.owner, "table": table, "attribute": source.attribute}
    change = Change(**{**given, **written})
    return Patch(Place(name, column), source, change, "; ".join(one.why for one in parts))


def _entangled(patch: Patch, patches: list[Patch], declared: Declared) -> Stuck | None:
    """Why a column of a mixin stays: not all tables that inherit it need the same change."""
    same = [p for p in patches if _written(p.source) == _written(patch.source)]
    if any(p.change != patch.change for p in same):
        return Stuck(patch.place, patch.source, "tables that share this column need it differently")
    patched = {p.place.table for p in same}
    for name, column in declared.types:
        if column == patch.place.column and name not in patched:
            other = declared.sources.get((name, column))
            if other and _written(other) == _written(patch.source):
                return Stuck(
                    patch.place, patch.source, f"{name} shares this column, and is right as it is"
                )
    return None


def _written(source: Source) -> tuple[str, str, str, int]:
    return source.file, source.owner, source.attribute, 0 if source.owner else source.line
