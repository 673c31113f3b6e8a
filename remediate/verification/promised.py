"""What revisions declare, followed fact by fact."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from remediate.analysis.revisions import full_name, own_name
from remediate.lint import facts
from remediate.lint.facts import Fact, Link
from remediate.lint.objects import Validated
from remediate.lint.scope import HOLE
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

Named = Callable[[str], Name]  # the relation that a text of a revision means


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key that a repair declared."""

    table: Name
    name: str
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]  # () for the key of the target
    checked: bool  # for the rows from before, too


@dataclass(slots=True)
class Walk:
    """What is declared so far, as one revision after the other is followed."""

    live: Live
    references: dict[tuple[Name, str], Reference] = field(default_factory=dict)
    indexes: dict[Name, tuple[Name, tuple[str, ...]]] = field(default_factory=dict)
    keys: dict[Name, tuple[str, ...]] = field(default_factory=dict)
    generated: set[tuple[Name, str]] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        return not (self.references or self.indexes or self.keys)

    def follow(self, up: Iterable[Fact], down: Iterable[Fact], *, ours: bool) -> None:
        """Whatever it is, what it drops is gone; what it makes counts where it is a repair."""
        named = own_name if ours else lambda written: full_name(written, self.live)
        former = {
            (named(fact.table), fact.name): fact
            for fact in down
            if isinstance(fact, facts.ReferenceAdded)
        }
        for fact in up:
            self._drop(fact, named)
            if ours:
                self._make(fact, former)

    def forget_named(self, text: str) -> None:
        """Everything of the tables that a text names."""
        known = {table for table, _ in (*self.references, *self.indexes.values())}
        for table in known | self.keys.keys():
            if table.name in text or not table.name.isidentifier():
                self._forget(table)

    def _make(self, fact: Fact, former: dict[tuple[Name, str], facts.ReferenceAdded]) -> None:
        match fact:
            case facts.ReferenceAdded(table=table, columns=columns, name=name):
                link = Link(columns, fact.target, fact.target_columns, name)
                self._refer(own_name(table), link, checked=not fact.unchecked)
            case Validated(table=table, name=name):
                self._validate((own_name(table), name), former)
            case facts.IndexCreated(table=table, name=name, columns=columns) if columns:
                made = Name(own_name(table).schema, name)
                self.indexes[made] = (own_name(table), columns)
            case facts.KeyAdded(table=table, columns=columns) if columns:
                self.keys[own_name(table)] = columns
            case facts.TableCreated(copied=False, whole=True):
                self._create(fact)

    def _create(self, fact: facts.TableCreated) -> None:
        table = own_name(fact.table)
        self.keys[table] = fact.key
        self.generated |= {
            (table, c.name) for c in fact.columns if c.generated and c.name in fact.key
        }
        for link in fact.links:
            self._refer(table, link, checked=True)

    def _refer(self, table: Name, link: Link, *, checked: bool) -> None:
        target = own_name(link.target)
        self.references[table, link.name] = Reference(
            table, link.name, link.columns, target, link.target_columns, checked
        )

    def _validate(
        self, place: tuple[Name, str], former: dict[tuple[Name, str], facts.ReferenceAdded]
    ) -> None:
        """The way back makes it anew, and tells what the way there does not."""
        fact = former.get(place)
        if place not in self.references and fact:
            link = Link(fact.columns, fact.target, fact.target_columns, fact.name)
            self._refer(place[0], link, checked=True)
        elif known := self.references.get(place):
            self.references[place] = replace(known, checked=True)

    def _drop(self, fact: Fact, named: Named) -> None:
        match fact:
            case facts.ConstraintDropped(table=table, name=name):
                if self.references.pop((named(table), name), None) is None:
                    self.keys.pop(named(table), None)
            case facts.IndexDropped(name=name):
                self.indexes.pop(named(name), None)
            case facts.TableDropped(table=table) | facts.TableRenamed(table=table):
                self._forget(named(table))
            case (
                facts.ColumnDropped(table=table, column=column)
                | facts.ColumnRenamed(table=table, column=column)
            ):
                self._forget_column(named(table), column)
            case facts.GeneratorDropped(table=table, column=column):
                self.generated.discard((named(table), column))

    def _forget(self, table: Name) -> None:
        self.references = {
            place: one
            for place, one in self.references.items()
            if table not in (one.table, one.target)
        }
        self.indexes = {name: one for name, one in self.indexes.items() if one[0] != table}
        self.keys.pop(table, None)
        self.generated = {one for one in self.generated if one[0] != table}

    def _forget_column(self, table: Name, column: str) -> None:
        self.references = {
            place: one
            for place, one in self.references.items()
            if (table, column) not in _columns_of(one)
        }
        self.indexes = {
            n: o for n, o in self.indexes.items() if o[0] != table or column not in o[1]
        }
        if column in self.keys.get(table, ()):
            del self.keys[table]
        self.generated.discard((table, column))


def is_unclear(fact: Fact) -> bool:
    """Whether the text does not tell what it does, or to which table."""
    if isinstance(fact, facts.Opaque | facts.NotRead):
        return True
    return any(HOLE in str(getattr(fact, word, "")) for word in ("table", "name", "column"))


def _columns_of(one: Reference) -> set[tuple[Name, str]]:
    own = {(one.table, column) for column in one.columns}
    return own | {(one.target, column) for column in one.target_columns}
