"""What each step makes, drops and renames, under a name that a way back has to speak of."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from remediate.lint import facts, objects
from remediate.lint.facts import Event
from remediate.lint.object_calls import types_made
from remediate.lint.state import may_name_key
from remediate.lint.values import bare_name, name_parts

# Their names stand in one namespace: ALTER TABLE renames any of them.
_RELATIONS = {"table", "view", "materialized view", "sequence", "index"}
PLACE = "place"  # of a table, a type ..., in a schema: its name has that, and it is its owner
_PARTS = {"constraint", "index"}
_NAMED_WITH_INDEX = _RELATIONS | {"constraint"}  # a unique constraint is called as its index
_OWNED = re.compile(r"\bOWNED\s+BY\s+([\w.\"]+)", re.IGNORECASE)
_NAME = r"([\w.\"]+)"
_PARTITION = re.compile(rf"\bPARTITION\s+OF\s+{_NAME}", re.IGNORECASE)
_ATTACHED = re.compile(
    rf"\bALTER\s+TABLE\s+(?:ONLY\s+)?{_NAME}\s+ATTACH\s+PARTITION\s+{_NAME}", re.IGNORECASE
)
_TAKEN_OVER = re.compile(r"\bUSING\s+INDEX\s+([\w.\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thing:
    """A table, a column, an index, a type ...; names are without their schemas."""

    kind: str
    name: str  # "" where it is not said
    owner: str = ""  # the table that it goes with; of a value, its type
    written: str = ""  # the step that names it, to see which columns it is about

    def is_same(self, other: "Thing") -> bool:
        """Whether both may mean one thing: of a constraint, a convention may make its name."""
        kinds, names = {self.kind, other.kind}, (self.name, other.name)
        if self.owner and other.owner and self.owner != other.owner:
            return False
        if kinds == {"primary key", "constraint"}:
            return all(map(may_name_key, names))
        if len(kinds) > 1 and not kinds <= _NAMED_WITH_INDEX:
            return False
        short, long = sorted(names, key=len)
        if not short:  # PostgreSQL or SQLAlchemy has made its name
            return len(kinds) == 1 or kinds <= _PARTS
        return short == long or ("constraint" in kinds and long.endswith(f"_{short}"))

    def __str__(self) -> str:
        match self.kind:
            case "table" | "place":
                return self.name
            case "column":
                return f"{self.owner}.{self.name}"
            case "value":
                return f"the value {self.name!r} of the type {self.owner}"
            case "primary key":
                return f"the primary key of {self.owner}"
        if not self.name:
            article = "an" if self.kind == "index" else "a"
            return f"{article} {self.kind} of {self.owner} without a name"
        of = f" of {self.owner}" if self.owner and self.kind not in _RELATIONS else ""
        return f"the {self.kind} {self.name}{of}"


@dataclass(frozen=True, slots=True)
class Move:
    """A thing as it was before a step, and as it is after it: None where there is none."""

    before: Thing | None
    after: Thing | None


def moves(event: Event) -> Iterator[Move]:
    """What a step makes, drops and renames."""
    written = event.sql.value if event.sql else ast.unparse(event.step.call)
    for move in (*_of_columns(event.fact), *_of_parts(event.fact), *_of_objects(event.fact)):
        after = replace(move.after, written=written) if move.after else None
        yield Move(move.before, after)
    if isinstance(event.fact, facts.TableCreated) and event.sql is None:
        yield from (_made("type", name) for name in types_made(event.step))
    if taken := _TAKEN_OVER.search(written):
        yield _dropped("index", taken[1].replace('"', ""))


def _made(kind: str, name: str, owner: str = "") -> Move:
    return Move(None, Thing(kind, bare_name(name), bare_name(owner)))


def _dropped(kind: str, name: str, owner: str = "") -> Move:
    return Move(Thing(kind, bare_name(name), bare_name(owner)), None)


def _renamed(kind: str, name: str, new: str, owner: str = "") -> Move:
    return Move(_dropped(kind, name, owner).before, _made(kind, new, owner).after)


def _moved(name: str, new: str) -> Move:
    """From one schema to another."""
    return Move(*(Thing(PLACE, one, bare_name(one)) for one in (name, new)))


def _of_columns(fact: facts.Fact) -> Iterator[Move]:
    match fact:
        case facts.TableCreated(table=table):
            yield _made("table", table)
        case facts.TableDropped(table=table):
            yield _dropped("table", table)
        case facts.TableRenamed(table=table, new=new) if bare_name(table) == bare_name(new):
            yield _moved(table, new)
        case facts.TableRenamed(table=table, new=new):
            yield _renamed("table", table, new)
        case facts.ColumnAdded(table=table, column=column):
            yield Move(None, Thing("column", column.name, bare_name(table)))
        case facts.ColumnDropped(table=table, column=name):
            yield Move(Thing("column", name, bare_name(table)), None)
        case facts.ColumnRenamed(table=table, column=name, new=new):
            old, now = (Thing("column", one, bare_name(table)) for one in (name, new))
            yield Move(old, now)


def _of_parts(fact: facts.Fact) -> Iterator[Move]:
    """Keys, constraints and indexes."""
    match fact:
        case facts.KeyAdded(table=table):
            yield _made("primary key", "", table)
        case facts.ConstraintDropped(table=table, kind="primary"):
            yield _dropped("primary key", "", table)
        case facts.ConstraintDropped(table=table, name=name):
            yield _dropped("constraint", name, table)
        case facts.ReferenceAdded(table=table, name=name):
            yield _made("constraint", name, table)
        case facts.ColumnPinned(table=table, name=name):
            yield _made("constraint", name, table)
        case facts.IndexCreated(table=table, name=name):
            yield _made("index", name, table)
        case facts.IndexDropped(name=name):
            yield _dropped("index", name)


def _of_objects(fact: facts.Fact) -> Iterator[Move]:
    match fact:
        case facts.EnumCreated(name=name):
            yield _made("type", name)
        case facts.SequenceCreated(name=name):
            yield _made("sequence", name)
        case facts.SequenceDropped(name=name):
            yield _dropped("sequence", name)
        case objects.Created(kind=kind, name=name, owner=owner):
            yield _made(kind, name, owner)
        case objects.Dropped(kind=kind, name=name, owner=owner):
            yield _dropped(kind, name, owner)
        case objects.Moved(name=name, new=new):
            yield _moved(name, new)
        case objects.Renamed(kind=kind, name=name, new=new, owner=owner):
            yield _renamed(kind, name, new, owner)


def owners(events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    """The sequences that belong to a column, with its table, and partitions with theirs."""
    for event in events:
        sql = event.sql.value if event.sql else ""
        match event.fact:
            case facts.SequenceCreated(name=name) | facts.SequenceAltered(name=name):
                owned = _OWNED.search(sql)
                table = name_parts(owned[1])[0] if owned else ""
            case facts.TableCreated(table=name):
                of = _PARTITION.search(sql)
                table = of[1] if of else ""
            case _:
                attached = _ATTACHED.search(sql)
                table, name = (attached[1], attached[2]) if attached else ("", "")
        if table:
            yield bare_name(name), bare_name(table)


def goes_along(thing: Thing, gone: Thing) -> bool:
    """Whether a thing is dropped when this other one is."""
    if thing.kind == PLACE:
        return gone.kind not in ("column", "value", PLACE) and thing.owner == gone.name
    match gone.kind:
        case "type":
            return thing.kind == "value" and thing.owner == gone.name
        case "table" | "view" | "materialized view":
            return thing.kind != "value" and thing.owner == gone.name
        case "column":
            named = re.search(rf"\b{re.escape(gone.name)}\b", thing.written) is not None
            part = thing.kind not in ("table", "column", "value") and thing.owner == gone.owner
            return part and (named or thing.kind == "sequence")
    return False
