"""The two ways of a transaction that can meet a database where all of it is done already."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from remediate.findings.marks import LOOKED_AT, REVISION, nothing_to_do
from remediate.plans.shapes import without_schema
from remediate.postgres.sql import literal
from remediate.postgres.templates import statement
from remediate.revisions.blocks import Block, Script
from remediate.snapshots.tables import Name

_READ = re.compile(r"[:%$\\]")  # by SQLAlchemy, by drivers, or as the end of a dollar quote


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a transaction: the locks, what must be so then, the rest, and what it leaves.

    `always` is what also runs where all of that is done: roles may have come since.
    """

    locks: Block
    before: str
    blocks: tuple[Block, ...]
    after: str
    always: tuple[Block, ...] = ()

    @property
    def tag(self) -> str:
        """Of dollar quotes around its statements: these hold no such."""
        tag = "run"
        while any(f"${tag}$" in text for text in self._statements()):
            tag += "_"
        return tag

    def told(self, block: Block, schema: str) -> str:
        """Its title for a comment inside of a statement, in which SQLAlchemy looks for `:name`."""
        return _READ.sub("_", without_schema(block.title, schema) if schema else block.title)

    def _statements(self) -> Iterator[str]:
        yield from (self.before, self.after)
        for block in (self.locks, *self.blocks, *self.always):
            yield from block.statements


def ways(made: Script) -> tuple[Way, Way]:
    """The upgrade and the downgrade of a script: each starts where the other one ends."""
    (up, seen, *ups), (down, left, *downs) = made.up, made.down
    (before,), (after,) = seen.statements, left.statements
    once = tuple(block for block in ups if not block.always)
    always = tuple(block for block in ups if block.always)
    return Way(up, before, once, after, always), Way(down, after, tuple(downs), before)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a revision that found nothing to do writes into the comment of Alembic's own table.

    A state does not tell who made it: without the mark, the downgrade would take away what was
    there before the upgrade. The revision fills in its id, Alembic's table, and which versions tell
    there that it has run; of many schemas also the number of this one (0: the version is recorded
    in the same transaction). What it looked at of them is a line of its own until then.
    """

    schema: str | None = None  # one of many; None: it is about a whole database

    @property
    def looked(self) -> str:
        return "" if self.schema is None else LOOKED_AT

    @property
    def text(self) -> str:
        return nothing_to_do(REVISION, self.schema)


def noted_back(*, back: bool) -> str:
    """The last statement of a revision of many schemas: takes back the notes that have served."""
    lines = (LOOKED_AT, nothing_to_do(REVISION, "").partition(" (")[0]) if back else (LOOKED_AT,)
    return statement("noted_back.sql.j2", lines=", ".join(map(literal, lines)))


def passing_over(
    made: Script, schema: str = "", mark: Mark | None = None, tables: Iterable[Name] = ()
) -> Script:
    """The same, each way as one statement that does nothing where all of it is done already.

    It takes the locks, then looks: a database that is neither as planned nor as the script leaves
    it is refused, as ever. Of rows it sees nothing: a sequence that is behind in a database where
    all else is done stays so. `schema`: what it is about, where others follow; it does nothing
    where there is no such schema, and is refused where one of `tables` is none, but a view; without
    a schema, it does nothing where there is none of them. `mark`: the downgrade does nothing where
    the upgrade did nothing.
    """
    up, down = ways(made)
    first = _as_one(up, schema, mark, tables=tables)
    return Script(up=(first,), down=(_as_one(down, schema, mark, back=True),))


def passing_back(made: Script, schema: str, mark: Mark | None = None) -> Script:
    """What runs in autocommit, with a way back that does nothing where nothing of it is there.

    `mark`: nor where all of it was there before.
    """
    (ready,) = made.autocommit[0].statements
    locks, seen, *blocks = made.down
    (ended,) = seen.statements
    way = Way(locks, ended, tuple(blocks), ready)
    made = replace(made, down=(_as_one(way, schema, mark, back=True),))
    if not mark:
        return made
    noted = statement("noted.sql.j2", mark=mark, tag=way.tag, schema=schema, ended=ended)
    block = Block("If all of it is done already, the revision notes that.", (noted,))
    return replace(made, autocommit=(block, *made.autocommit))


def _as_one(
    way: Way, schema: str, mark: Mark | None, *, back: bool = False, tables: Iterable[Name] = ()
) -> Block:
    made = statement(
        "passing_over.sql.j2",
        way=way,
        schema=schema,
        mark=mark,
        tables=", ".join(literal(str(name)) for name in tables),
        back=back,
    )
    return Block("All of it, or nothing where it is done already.", (made,))
