"""The defects of keys and their sequences: which tables can have each, and the statements of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from tests.random.names import literal, quoted
from tests.random.schema import Ingredient, Made, Schema, Shape, Table

SERIAL = frozenset({Made.SERIAL})
SEQUENCE = frozenset({Made.SERIAL, Made.BY_DEFAULT, Made.ALWAYS})
FILLED = frozenset({Made.SERIAL, Made.NOTHING})
Statements = Callable[[Table, Ingredient, Schema], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Defect:
    """What breaks a key, after its table was filled."""

    made: frozenset[Made]
    sql: Statements
    part: str  # of a key: two defects of one part cannot be together
    shapes: frozenset[Shape] = frozenset(Shape)

    def fits(self, table: Table) -> bool:
        """Whether the table can have it."""
        return table.key.made in self.made and table.shape in self.shapes


def _default(text: str) -> Statements:
    def sql(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
        yield f"ALTER TABLE {table.sql} ALTER {quoted(table.key.column)} {text}"

    return sql


def _sequence(text: str) -> Statements:
    def sql(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
        yield f"ALTER SEQUENCE {table.sequence} {text}"

    return sql


def _late(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    name = literal(table.sequence)
    yield from _default(f"SET DEFAULT nextval({name}::text)")(table, defect, schema)


def _borrowed(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    name = literal(schema.table(defect.other).sequence)
    yield from _default(f"SET DEFAULT nextval({name}::regclass)")(table, defect, schema)


def _behind(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    key = table.key
    if key.rows:
        yield f"SELECT setval({literal(table.sequence)}, {key.first}, false)"


def _narrow(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    if table.key.type == "bigint" and abs(table.key.last) < 2**31 and table.key.step > 0:
        yield f"ALTER SEQUENCE {table.sequence} AS integer"


def _cycle(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    bound = " MAXVALUE 20000" if 0 < table.key.last < 20000 and table.key.step > 0 else ""
    yield f"ALTER SEQUENCE {table.sequence} CYCLE{bound}"


def _unowned(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    yield f"ALTER SEQUENCE {table.sequence} OWNED BY NONE"
    yield f"ALTER SEQUENCE {table.sequence} OWNER TO {quoted(table.owner)}"


def _foreign(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    yield f"ALTER SEQUENCE {table.sequence} OWNED BY NONE"
    yield f"ALTER SEQUENCE {table.sequence} OWNER TO random_other"


def _nothing(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    yield from ()


def _denied(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    yield f"GRANT INSERT ON {table.sql} TO random_app"


def _diverging(table: Table, defect: Ingredient, schema: Schema) -> Iterator[str]:
    own = table.beside("rest_seq")
    yield f"CREATE SEQUENCE {own} AS {table.key.type}"
    yield (
        f"ALTER TABLE {table.beside('rest')} ALTER {quoted(table.key.column)}"
        f" SET DEFAULT nextval({literal(own)}::regclass)"
    )


DEFECTS = {
    "lost": Defect(SERIAL, _default("DROP DEFAULT"), "default"),
    "null default": Defect(SERIAL, _default("SET DEFAULT NULL"), "default"),
    "constant": Defect(FILLED, _default("SET DEFAULT 7"), "default"),
    "late": Defect(SERIAL, _late, "default"),
    "late, missing": Defect(FILLED, _default("SET DEFAULT nextval('random_absent'::text)"), "default"),
    "borrowed": Defect(FILLED, _borrowed, "default"),
    "behind": Defect(SEQUENCE, _behind, "position"),
    "ended": Defect(frozenset(Made) - {Made.UUID}, _nothing, "position"),
    "narrow": Defect(SEQUENCE, _narrow, "type"),
    "cycle": Defect(SEQUENCE, _cycle, "bounds"),
    "unowned": Defect(SERIAL, _unowned, "owner"),
    "foreign owner": Defect(SERIAL, _foreign, "owner"),
    "unlogged sequence": Defect(SEQUENCE, _sequence("SET UNLOGGED"), "persistence"),
    "denied": Defect(frozenset(Made), _denied, "grants"),
    "diverging": Defect(SERIAL, _diverging, "partition", frozenset({Shape.PARTITIONED})),
    "uuid, lost": Defect(frozenset({Made.UUID}), _default("DROP DEFAULT"), "default"),
}  # fmt: skip
# Of every seed one: two defects that one key can have at once.
PAIRS = tuple(
    (one, other)
    for one, other in combinations(DEFECTS, 2)
    if DEFECTS[one].part != DEFECTS[other].part
    and DEFECTS[one].made & DEFECTS[other].made
    and "diverging" not in (one, other)
)
