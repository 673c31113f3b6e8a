"""The examples on the pages of the rules, as databases: what has to be there besides, and models."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.findings.finding import Options

Parts = dict[str, tuple[Any, ...]]  # by table: its columns and constraints


@dataclass(frozen=True)
class Case:
    """A database: SQL before and after the page's own, the models' tables, and decisions."""

    rule: str
    before: str = ""
    after: str = ""
    models: Callable[[], Parts] = dict
    tracked: int = 99  # MetaData that Alembic is given
    options: Options = Options()
    own: bool = True  # the page's example is part of it
    more: str = ""  # SQL that holds semicolons within a statement


def key(type_: Any = sa.Integer) -> Any:
    return sa.Column("id", type_, primary_key=True)


def user_id(type_: Any = None) -> Any:
    types = [type_] if type_ else []
    return sa.Column("user_id", *types, sa.ForeignKey("users.id"))


def users(*more: Any) -> Parts:
    return {"users": (key(), *more)}


def sessions() -> Parts:
    return {**users(), "sessions": (key(), user_id())}


def orders() -> Parts:
    return {**users(), "orders": (key(), user_id())}


TAX = {"tax_rates": (key(), sa.Column("region", sa.Text))}
USERS = "CREATE TABLE users (id serial PRIMARY KEY); "
MANY = (
    "INSERT INTO users SELECT FROM generate_series(1, 2000); "
    "INSERT INTO orders (user_id) SELECT generate_series(1, 2000); ANALYZE"
)
ODD = "INSERT INTO sessions (user_id) VALUES ('007'), ('none'), ('999'); "
FILLED = (
    "INSERT INTO users SELECT FROM generate_series(1, 40); "
    "INSERT INTO sessions (user_id) SELECT generate_series(1, 40)::text; "
)
VIEW = "CREATE VIEW seen AS SELECT user_id FROM sessions; "
PUBLISHED = "CREATE PUBLICATION changes FOR TABLE sessions; "
MATERIALIZED = (
    "CREATE MATERIALIZED VIEW counted AS SELECT user_id, count(*) FROM sessions GROUP BY 1; "
)
CHECKED = "CREATE INDEX ON sessions (lower(user_id)); "
CODE = """
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.user_id := btrim(NEW.user_id); RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION stamp();
"""
CASES = (
    Case("PK001", models=users),
    Case("PK002", before="CREATE SEQUENCE users_seq"),
    Case(
        "PK003", own=False,  # its last line is what happens later
        before="CREATE TABLE orders (id serial PRIMARY KEY, item text); "
        "CREATE TABLE orders_new (LIKE orders INCLUDING ALL)",
    ),
    Case("PK004"),
    Case("PK005"),
    Case("PK006"),
    Case("PK007", before="CREATE TABLE events (id bigserial, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)"),
    Case(
        "PK008", before="CREATE TABLE sessions (id uuid PRIMARY KEY)",
        models=lambda: {"sessions": (key(postgresql.UUID),)},
    ),
    Case(
        "PK009", before="CREATE TABLE old_items (id integer PRIMARY KEY, name text); INSERT INTO old_items VALUES (1)",
        models=lambda: {"items": (key(), sa.Column("name", sa.Text))},
    ),
    Case("SEQ001"), Case("SEQ002"), Case("SEQ003"), Case("SEQ004"), Case("SEQ005"),
    Case("SEQ006"), Case("SEQ007"), Case("FK001"), Case("FK002"),
    Case("FK003", models=sessions, after=FILLED),
    Case("FK004", models=orders),
    Case("FK005", before=USERS + "CREATE TABLE orders (id serial PRIMARY KEY, user_id integer)"),
    Case("FK006", before=USERS, after=MANY),
    Case("FK007"),
    Case(
        "FK008",
        before=USERS + "CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users); "
        "CREATE TABLE sessions (id serial PRIMARY KEY, user_id varchar(36)); " + FILLED,
    ),
    Case("MD001", before=USERS, models=lambda: {"users": (key(sa.Uuid),)}),
    Case(
        "MD002", before=USERS + "CREATE TABLE sessions (id serial PRIMARY KEY, user_id integer REFERENCES users)",
        models=lambda: {**users(), "sessions": (key(), user_id(sa.Uuid))},
    ),
    Case("MD003", models=lambda: {**users(), "sessions": (key(), user_id(sa.Uuid))}),
    Case(
        "MD004", before="CREATE TABLE lines (order_id integer, line integer, PRIMARY KEY (order_id, line)); "
        "CREATE TABLE parcels (id serial PRIMARY KEY, order_id integer, line integer)",
        models=lambda: {
            "lines": tuple(sa.Column(n, sa.Integer, primary_key=True) for n in ("order_id", "line")),
            "parcels": (
                key(), sa.Column("order_id", sa.Integer), sa.Column("line", sa.Integer),
                sa.ForeignKeyConstraint(["order_id", "line"], ["lines.order_id", "lines.line"]),
            ),
        },
    ),
    Case("MD005", models=lambda: TAX),
)  # fmt: skip
# What else a repair of the same rule may carry, where more hangs on the column.
AWKWARD = (
    Case("PK001", options=Options(identity=True), models=users),
    Case("FK003", models=sessions, after=FILLED + VIEW + PUBLISHED + MATERIALIZED + CHECKED, more=CODE),
    Case("FK003", models=sessions, after=FILLED + ODD, options=Options(values="null", orphans="keep")),
    Case("FK004", models=orders, after="ALTER TABLE orders ALTER user_id SET DEFAULT 3 + 4"),
    Case(
        "FK004", models=orders, options=Options(orphans="keep"),
        after="INSERT INTO users SELECT FROM generate_series(1, 40); "
        "INSERT INTO orders (user_id) SELECT generate_series(1, 41)",
    ),
    Case(  # nothing but the data speaks for it
        "FK004", models=lambda: {**users(), "orders": (key(), sa.Column("user_id", sa.Integer))},
        after="INSERT INTO users SELECT FROM generate_series(1, 40); "
        "INSERT INTO orders (user_id) SELECT generate_series(1, 40)",
    ),
    Case("SEQ002", after="CREATE VIEW seen AS SELECT id FROM users; CREATE PUBLICATION changes FOR TABLE users"),
    Case("FK001", after="CREATE VIEW seen AS SELECT user_id FROM orders; CREATE PUBLICATION changes FOR TABLE orders"),
    Case(
        "MD005", tracked=0, before=USERS,
        models=lambda: {**users(), "rates": (key(), user_id(sa.Uuid))},
    ),
)  # fmt: skip
