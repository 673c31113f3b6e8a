"""A random broken schema by its seed: the same one for ever, as long as this file stays the same."""

from dataclasses import replace
from itertools import combinations
from random import Random

from remediate.snapshots.tables import Name
from tests.random import names
from tests.random.defects import DEFECTS, PAIRS
from tests.random.schema import (
    LIMITS,
    Grant,
    Ingredient,
    Key,
    Made,
    Reference,
    Schema,
    Shape,
    Space,
    Table,
)
from tests.random.surroundings import SURROUNDINGS

TRAITS = ("default privileges", "default privileges of sequences", "stamped")


def schema(seed: int) -> Schema:
    """The schema of this seed; each has another pair of defects on the key of one table."""
    random = Random(seed)
    hostile = random.choice((0.0, 0.4, 0.8))
    spaces = _spaces(random, hostile)
    tables: list[Table] = []
    number = random.randint(1, 4)
    paired = 0 if seed // len(PAIRS) % 2 == 0 else number - 1  # with children, or with parents
    for n in range(number):
        pair = PAIRS[seed % len(PAIRS)] if n == paired else ()
        tables.append(_table(random, n, hostile, spaces, tables, pair))
    traits = tuple(Ingredient(kind, kind) for kind in TRAITS if random.random() < 0.25)
    path = random.choice(spaces).name if random.random() < 0.25 else ""
    return Schema(seed, spaces, tuple(tables), _options(random), path, traits)


def _options(random: Random) -> tuple[str, ...]:
    values = ("--values", "null") if random.random() < 0.5 else ()
    orphans = random.choice(((), ("--orphans", "null"), ("--orphans", "keep")))
    return (*values, *orphans)


def _spaces(random: Random, hostile: float) -> tuple[Space, ...]:
    chosen = {"public": None}
    for _ in range(random.choice((0, 0, 1, 2))):
        odd = random.random() < hostile
        chosen[random.choice(names.SCHEMAS[2:] if odd else names.SCHEMAS[:2])] = None
    everyone = (*names.OWNERS, *names.WRITERS, names.GROUP)
    return tuple(
        Space(name, random.choice(("postgres", *names.OWNERS)),
              tuple(role for role in everyone if random.random() < 0.85))
        for name in chosen
    )  # fmt: skip


def _table(
    random: Random,
    n: int,
    hostile: float,
    spaces: tuple[Space, ...],
    before: list[Table],
    pair: tuple[str, ...],
) -> Table:
    label = f"t{n}"
    space = random.choice(spaces).name
    taken = {table.name for table in before}
    name = Name(space, names.some_name(random, hostile, names.PLAIN, names.HOSTILE))
    if name in taken:
        name = Name(space, f"{label}_{name.name[:10]}")
    key = _key(random, label, name, hostile, pair)
    shape = random.choice((*[Shape.PLAIN] * 5, Shape.UNLOGGED, Shape.PARTITIONED, Shape.PARENT))
    if key.made is Made.UUID and shape is Shape.PARTITIONED:
        shape = Shape.PLAIN
    table = Table(
        label, name, random.choice(("postgres", *names.OWNERS)), shape, key,
        modelled=random.random() < 0.85,
    )  # fmt: skip
    table = replace(table, references=_references(random, table, hostile, before))
    kinds = pair or _kinds(random, table)
    return replace(
        table,
        defects=_defects(random, table, kinds, before),
        surroundings=tuple(
            Ingredient(f"{label}.{kind}", kind, random.choice(names.WRITERS))
            for kind in SURROUNDINGS
            if random.random() < 0.12
        ),
        grants=_grants(random, label),
    )


def _kinds(random: Random, table: Table) -> tuple[str, ...]:
    fit = [kind for kind, one in DEFECTS.items() if one.fits(table)]
    pairs = [p for p in combinations(fit, 2) if p in PAIRS]
    number = random.choice((0, 0, 1, 1, 1, 2))
    if number == 2 and pairs:
        return random.choice(pairs)
    return (random.choice(fit),) if number and fit else ()


def _defects(
    random: Random, table: Table, kinds: tuple[str, ...], before: list[Table]
) -> tuple[Ingredient, ...]:
    lenders = [t for t in before if t.key.made is Made.SERIAL]
    made = []
    for kind in kinds:
        other = random.choice(lenders).label if lenders else ""
        if kind == "borrowed" and not other:
            continue
        if DEFECTS[kind].fits(table):
            made.append(Ingredient(f"{table.label}.{kind}", kind, other))
    return tuple(made)


def _key(random: Random, label: str, name: Name, hostile: float, pair: tuple[str, ...]) -> Key:
    column = names.some_name(random, hostile / 2, ("id",), names.COLUMNS)
    made = random.choice(
        (*[Made.SERIAL] * 5, Made.BY_DEFAULT, Made.ALWAYS, Made.NOTHING, Made.UUID)
    )
    if pair:
        fit = [m for m in Made if all(m in DEFECTS[kind].made for kind in pair)]
        made = random.choice(fit)
    type_ = random.choice(("smallint", "integer", "integer", "integer", "bigint"))
    if "narrow" in pair:
        type_ = "bigint"
    usual = f"{name.name}_{column}_seq"
    odd = random.random() < hostile / 2
    if odd or len(usual.encode()) > names.BYTES:
        usual = f"{label} S.e%q:{random.randint(1, 99)}" if odd else f"{label}_seq"
    key = Key(
        column, type_, made, Name(name.schema, usual),
        rows=random.choice((0, 3, 30, 30, 30)),
        step=random.choice((*[1] * 8, 10, -1)),
        cache=random.choice((*[1] * 8, 10)),
        domain=random.random() < 0.08,
        composite=random.random() < 0.1 and not pair,
    )  # fmt: skip
    return _placed(random, key, pair)


def _placed(random: Random, key: Key, pair: tuple[str, ...]) -> Key:
    """The key with its first id: near the end of its sequence where the pair says so."""
    if key.made is Made.UUID:
        return replace(key, type="uuid", step=1, cache=1, domain=False)
    if key.step < 0:
        return replace(key, first=-1)
    ends = "ended" in pair or random.random() < 0.1
    if not ends or not key.rows:
        return replace(key, first=random.choice((1, 1, 5, 1000)))
    limit = LIMITS["integer"] if "narrow" in pair else LIMITS[key.type]
    left = random.choice((0, 1, 3, 5, 40, 400))
    return replace(key, first=limit - (key.rows - 1) * key.step - left * key.step)


def _references(
    random: Random, table: Table, hostile: float, before: list[Table]
) -> tuple[Reference, ...]:
    made = []
    for n in range(min(len(before), random.choice((0, 1, 1, 2)))):
        parent = random.choice(before)
        plain = f"{parent.name.name.removesuffix('s')}_id"
        if len(plain.encode()) > names.BYTES or any(r.column == plain for r in made):
            plain = f"{parent.label}_{n}_id"
        column = names.some_name(random, hostile / 3, (plain,), names.COLUMNS)
        if column == table.key.column or any(r.column == column for r in made):
            column = f"{column[:20]}_{n}"
        made.append(_reference(random, f"{table.label}.r{n}", column, table, parent))
    return tuple(made)


def _reference(random: Random, label: str, column: str, table: Table, parent: Table) -> Reference:
    own = parent.key.type
    types = ("text", "varchar(40)", own, own) if own == "uuid" else (
        own, own, own, "text", "varchar(40)", "numeric", "bigint", "integer", "smallint",
    )  # fmt: skip
    type_ = random.choice(types)
    if type_ in LIMITS and LIMITS[type_] < max(map(abs, parent.key.ids), default=0):
        type_ = own
    lasting = parent.shape is not Shape.UNLOGGED or table.shape is Shape.UNLOGGED
    can = (
        not type_.startswith(("text", "varchar", "numeric"))
        and lasting
        and not parent.key.composite
    )
    declared = random.choice(("", "", "valid", "not valid")) if can else ""
    if declared and table.shape is Shape.PARTITIONED:
        declared = "valid"
    tidy = declared == "valid" or (declared and table.shape is Shape.PARTITIONED)
    values = random.choice(("clean", "clean", "nulls") if tidy else (
        "clean", "clean", "clean", "nulls", "orphans", "dirty",
    ))  # fmt: skip
    return Reference(
        label, column, parent.label, type_, declared,
        modelled=random.random() < 0.8,
        indexed=random.random() < 0.5,
        required=values in ("clean", "dirty") and random.random() < 0.3 and bool(parent.key.rows),
        values=values,
        default=random.choice(("", "", "", "parent", "orphan")) if own != "uuid" else "",
        composite=not declared and own == type_ and random.random() < 0.15,
    )  # fmt: skip


def _grants(random: Random, label: str) -> tuple[Grant, ...]:
    chosen = [role for role in (*names.WRITERS, names.GROUP) if random.random() < 0.4]
    privileges = ("INSERT", "SELECT, INSERT", "SELECT", "INSERT (note)", "ALL")
    return tuple(
        Grant(f"{label}.grant{n}", role, random.choice(privileges), random.random() < 0.7)
        for n, role in enumerate(chosen)
    )
