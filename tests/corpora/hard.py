"""Tables on which tools go wrong, as data: healthy ones that look broken, and the other way round.

Each label is written by hand, with its reason, and without a look at what the rules find. An INSERT
has to bear out the label of a key: what is broken fails so, and what works does not fail. Where the
application supplies the id, an INSERT without one fails on a healthy table, which `supplied` marks.
"""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from tests.corpora.kinds import Kind


@dataclass(frozen=True, slots=True)
class Case:
    """One table, its true defect, if it has one, and the reason for that label."""

    table: str
    ddl: str  # {t} is the table
    why: str
    broken: Kind | None = None
    column: str = ""  # of a defect of a reference
    supplied: bool = False  # the application supplies the id
    insert: str = ""  # where the general one does not fit
    model: tuple[sa.Column[object], ...] = ()

    def filled(self, text: str) -> str:
        return text.replace("{t}", self.table)


@dataclass(frozen=True, slots=True)
class Group:
    """A small database: what its tables share, and the tables."""

    name: str
    cases: tuple[Case, ...]
    before: str = ""
    after: str = ""

    @property
    def statements(self) -> tuple[str, ...]:
        return (self.before, *(case.filled(case.ddl) for case in self.cases), self.after)


def healthy(table: str, ddl: str, why: str, **more: object) -> Case:
    return Case(table, ddl, why, **more)  # type: ignore[arg-type]


def supplied(table: str, ddl: str, why: str, **more: object) -> Case:
    return Case(table, ddl, why, supplied=True, **more)  # type: ignore[arg-type]


def broken(kind: Kind, table: str, ddl: str, why: str, **more: object) -> Case:
    return Case(table, ddl, why, kind, **more)  # type: ignore[arg-type]


def key(type_: object = sa.Integer, *more: object, **options: object) -> sa.Column[object]:
    return sa.Column("id", type_, *more, primary_key=True, **options)  # type: ignore[arg-type]


NAME = sa.Column("name", sa.Text)
BARE = "CREATE TABLE {t} (id integer PRIMARY KEY, name text)"
BIG = "CREATE TABLE {t} (id bigint PRIMARY KEY, name text)"
SERIAL = "CREATE TABLE {t} (id serial PRIMARY KEY, name text)"
LOST = "; ALTER TABLE {t} ALTER id DROP DEFAULT"
ROWS = "; INSERT INTO {t} (id) SELECT generate_series(1, 40)"
SNOWFLAKES = (
    "; INSERT INTO {t} (id) SELECT 1541815603606036480 + g * 4194304 FROM generate_series(1, 40) g"
)

# fmt: off
CODE = Group(
    "triggers and functions",
    before="""
CREATE SEQUENCE numbers; CREATE SEQUENCE late_numbers;
CREATE FUNCTION number() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.id := coalesce(NEW.id, nextval(''numbers'')); RETURN NEW; END';
CREATE FUNCTION late_number() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.id := coalesce(NEW.id, nextval(''late_numbers'')); RETURN NEW; END';
CREATE FUNCTION lost_number() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.id := coalesce(NEW.id, nextval(''gone_numbers'')); RETURN NEW; END';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';
CREATE FUNCTION clocked() RETURNS bigint LANGUAGE sql VOLATILE
  AS 'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint';
CREATE FUNCTION drawn() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN nextval(''drawn_numbers''); END';
CREATE SEQUENCE drawn_numbers;
CREATE TABLE places (id serial PRIMARY KEY, name text);
""",
    cases=(
        healthy("tickets", BARE + "; CREATE TRIGGER n BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION number()",
            "its trigger draws the key from a sequence"),
        healthy("stamps", "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT clocked(), name text)",
            "its default is a function of the clock"),
        healthy("ruled", SERIAL + LOST + "; CREATE RULE r AS ON INSERT TO {t} DO INSTEAD "
            "INSERT INTO places (name) VALUES (NEW.name)", "a rule writes to another table instead"),
        healthy("parcels", SERIAL + LOST + "; CREATE TRIGGER n BEFORE INSERT ON {t} FOR EACH ROW "
            "EXECUTE FUNCTION number()", "it lost its default, but a trigger draws the key"),
        broken(Kind.UNFILLED, "labels", SERIAL + LOST + "; CREATE TRIGGER n BEFORE INSERT ON {t} FOR EACH ROW "
            "EXECUTE FUNCTION touch()", "it lost its default, and its trigger fills another column"),
        broken(Kind.UNFILLED, "moves", SERIAL + LOST + "; CREATE TRIGGER n BEFORE UPDATE ON {t} FOR EACH ROW "
            "EXECUTE FUNCTION number()", "it lost its default, and its trigger fires at UPDATE only"),
        broken(Kind.TAKEN, "receipts", BARE + ROWS + "; CREATE TRIGGER n BEFORE INSERT ON {t} FOR EACH ROW "
            "EXECUTE FUNCTION late_number()", "its trigger draws from a sequence that is behind the rows"),
        broken(Kind.UNRESOLVED, "coupons", BARE + "; CREATE TRIGGER n BEFORE INSERT ON {t} FOR EACH ROW "
            "EXECUTE FUNCTION lost_number()", "its trigger draws from a sequence that is not there"),
        broken(Kind.TAKEN, "drafts", "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT drawn(), name text)" + ROWS,
            "the function of its default draws from a sequence that is behind the rows"),
    ),
)

APPLICATION = Group(
    "ids that the application supplies",
    before="CREATE SEQUENCE mapped_seq; CREATE SEQUENCE behind_seq; CREATE SEQUENCE hilo INCREMENT 50;",
    cases=(
        healthy("mapped", BARE, "the model calls the sequence itself",
            model=(key(sa.Integer, sa.Sequence("mapped_seq")), NAME)),
        broken(Kind.TAKEN, "mapped_behind", BARE + ROWS, "the model calls a sequence that is behind the rows",
            model=(key(sa.Integer, sa.Sequence("behind_seq")), NAME)),
        broken(Kind.UNRESOLVED, "mapped_gone", BARE, "the model calls a sequence that is not there",
            model=(key(sa.Integer, sa.Sequence("gone_seq")), NAME)),
        healthy("sessions", "CREATE TABLE {t} (id uuid PRIMARY KEY, name text)", "the model makes the uuid",
            model=(key(sa.Uuid, default=uuid.uuid4), NAME)),
        broken(Kind.UNFILLED, "devices", "CREATE TABLE {t} (id uuid PRIMARY KEY, name text)",
            "the model leaves the uuid to the database, which has no default",
            model=(key(sa.Uuid, server_default=sa.text("gen_random_uuid()")), NAME)),
        supplied("events", BIG + SNOWFLAKES, "ids of a snowflake generator",
            model=(key(sa.BigInteger, autoincrement=False), NAME)),
        supplied("imports", BARE + ROWS, "the model tells that it supplies the id",
            model=(key(sa.Integer, autoincrement=False), NAME)),
        broken(Kind.UNFILLED, "orders", BARE + ROWS, "the model leaves the key to the database",
            model=(key(), NAME)),
        broken(Kind.UNFILLED, "invoices", SERIAL + LOST, "the model leaves the key to the database",
            model=(key(sa.Integer, sa.Identity()), NAME)),
        healthy("pages", SERIAL, "a serial key", model=(key(), NAME)),
    ),
)

SNOWFLAKE = Group(
    "snowflake ids, without models",
    cases=(
        *(supplied(t, BIG + SNOWFLAKES, "ids of a snowflake generator") for t in ("messages", "channels", "guilds")),
        broken(Kind.UNFILLED, "settings", SERIAL + ROWS + LOST, "a serial key that lost its default"),
    ),
)

NATURAL = Group(
    "numbers of the world as keys",
    before="CREATE TABLE shops (id serial PRIMARY KEY, name text);",
    cases=(
        supplied("years", "CREATE TABLE {t} (year integer PRIMARY KEY, budget numeric); "
            "INSERT INTO {t} SELECT generate_series(1990, 2024), 1", "a year"),
        supplied("zip_codes", "CREATE TABLE {t} (zip integer PRIMARY KEY, town text)", "a zip code"),
        supplied("currencies", "CREATE TABLE {t} (iso_number smallint PRIMARY KEY, name text); "
            "INSERT INTO {t} VALUES (978, 'EUR'), (840, 'USD')", "a number of ISO 4217"),
        supplied("days", "CREATE TABLE {t} (date_key integer PRIMARY KEY, holiday boolean); "
            "INSERT INTO {t} SELECT to_char(date '2024-01-01' + g, 'YYYYMMDD')::integer, false "
            "FROM generate_series(0, 60) g", "a date as a number"),
        supplied("ports", "CREATE TABLE {t} (port integer PRIMARY KEY, service text)", "a TCP port"),
        supplied("statuses", "CREATE TABLE {t} (id integer PRIMARY KEY, name text NOT NULL); "
            "INSERT INTO {t} VALUES (200, 'ok'), (404, 'not found'), (500, 'error')", "codes of HTTP"),
        supplied("roles", "CREATE TABLE {t} (id integer PRIMARY KEY, name text); "
            "INSERT INTO {t} VALUES (1, 'admin'), (2, 'editor'), (3, 'reader')",
            "an enumeration that the code knows by its numbers"),
        supplied("shop_stats", "CREATE TABLE {t} (shop_id integer PRIMARY KEY REFERENCES shops, visits integer)",
            "the key of its shop"),
        supplied("settings", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1), theme text); "
            "INSERT INTO {t} DEFAULT VALUES", "one row by a CHECK"),
        broken(Kind.UNFILLED, "customers", BARE + "; INSERT INTO {t} SELECT generate_series(1, 40); "
            "CREATE TABLE visits (id serial PRIMARY KEY, customer_id integer REFERENCES {t})",
            "a counted key that another table references, copied without its sequence"),
    ),
)

COMPOSITE = Group(
    "keys of several columns",
    before="CREATE TABLE tenants (id serial PRIMARY KEY, name text); CREATE TABLE users (id serial PRIMARY KEY);",
    cases=(
        supplied("members", "CREATE TABLE {t} (tenant_id integer REFERENCES tenants, user_id integer REFERENCES users, "
            "PRIMARY KEY (tenant_id, user_id))", "a link between two tables",
            insert="INSERT INTO {t} DEFAULT VALUES"),
        supplied("order_lines", "CREATE TABLE {t} (order_no integer, line_no integer, PRIMARY KEY (order_no, line_no))",
            "the application counts the lines of an order", insert="INSERT INTO {t} (order_no) VALUES ($1)"),
        healthy("tasks", "CREATE TABLE {t} (tenant_id integer REFERENCES tenants, id serial, "
            "PRIMARY KEY (tenant_id, id))", "a serial beside the tenant",
            insert="INSERT INTO {t} (tenant_id) VALUES ($1)"),
        broken(Kind.UNFILLED, "notes", "CREATE TABLE {t} (tenant_id integer, id serial, "
            "PRIMARY KEY (tenant_id, id))" + LOST, "a serial beside the tenant that lost its default",
            insert="INSERT INTO {t} (tenant_id) VALUES ($1)"),
        broken(Kind.TAKEN, "files", "CREATE TABLE {t} (tenant_id integer, id serial, PRIMARY KEY (tenant_id, id)); "
            "INSERT INTO {t} SELECT 1, generate_series(1, 40)", "its sequence is behind the rows of tenant 1",
            insert="INSERT INTO {t} (tenant_id) VALUES (1)"),
        broken(Kind.UNFILLED, "comments", "CREATE TABLE {t} (id serial UNIQUE, name text)" + LOST,
            "a serial that lost its default, unique and NOT NULL, in a table without primary key",
            insert="INSERT INTO {t} DEFAULT VALUES"),
        broken(Kind.UNFILLED, "documents", "CREATE SEQUENCE doc_seq; CREATE TABLE {t} (id text PRIMARY KEY "
            "DEFAULT 'DOC-' || nextval('doc_seq'), name text); ALTER SEQUENCE doc_seq OWNED BY {t}.id; "
            "INSERT INTO {t} (name) VALUES ('a'), ('b')" + LOST,
            "a text key that lost its default and owns its sequence"),
    ),
)

TREES = Group(
    "inheritance and partitions",
    before="""
CREATE TABLE animals (id serial PRIMARY KEY, name text);
CREATE TABLE vehicles (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text);
CREATE TABLE readings (id bigserial, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE counters (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY) PARTITION BY HASH (id);
""",
    cases=(
        healthy("dogs", "CREATE TABLE {t} (PRIMARY KEY (id)) INHERITS (animals)", "it inherits the default"),
        broken(Kind.UNFILLED, "cars", "CREATE TABLE {t} (PRIMARY KEY (id)) INHERITS (vehicles)",
            "an identity is not inherited"),
        broken(Kind.TAKEN, "cats", "CREATE TABLE {t} (PRIMARY KEY (id)) INHERITS (animals); "
            "INSERT INTO {t} SELECT generate_series(1, 40)", "its own rows are ahead of the inherited sequence"),
        healthy("readings_2024", "CREATE TABLE {t} PARTITION OF readings FOR VALUES "
            "FROM ('2024-01-01') TO ('2025-01-01')",
            "a partition has the default of its parent", insert="INSERT INTO readings (at) VALUES ('2024-05-01')"),
        supplied("readings_2025", "CREATE TABLE {t} (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)); "
            "ALTER TABLE readings ATTACH PARTITION {t} FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
            "rows come through the parent, which has the default", insert="INSERT INTO {t} (at) VALUES ('2025-05-01')"),
        healthy("counters_0", "CREATE TABLE {t} PARTITION OF counters FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
            "rows come through the parent, an identity", insert="INSERT INTO counters DEFAULT VALUES"),
    ),
)

ROOM = Group(
    "sequences near, at and past an end",
    before="DO $$ BEGIN CREATE ROLE recorder LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    cases=(
        broken(Kind.FULL, "hits", SERIAL + "; SELECT setval('{t}_id_seq', 2147483600)", "47 ids are left"),
        broken(Kind.FULL, "slots", "CREATE TABLE {t} (id smallserial PRIMARY KEY, name text); "
            "SELECT setval('{t}_id_seq', 32700)", "67 ids are left of smallint"),
        broken(Kind.FULL, "widened", SERIAL + "; ALTER TABLE {t} ALTER id TYPE bigint; "
            "SELECT setval('{t}_id_seq', 2147483647)", "the column was widened, its sequence was not"),
        broken(Kind.FULL, "narrow", "CREATE SEQUENCE wide_seq; CREATE TABLE {t} (id integer PRIMARY KEY "
            "DEFAULT nextval('wide_seq'), name text); SELECT setval('wide_seq', 2147483640)",
            "a bigint sequence under an integer column, seven ids before its end"),
        healthy("long", "CREATE TABLE {t} (id bigserial PRIMARY KEY, name text); "
            "SELECT setval('{t}_id_seq', 9000000000)", "large ids, of which most are left"),
        broken(Kind.TAKEN, "restored", SERIAL + ROWS, "loaded with ids, without setval"),
        broken(Kind.TAKEN, "gap", SERIAL + "; INSERT INTO {t} (id) SELECT generate_series(300, 400)",
            "ids that exist begin 300 INSERTs ahead"),
        healthy("even", SERIAL + "; ALTER SEQUENCE {t}_id_seq INCREMENT 2; "
            "INSERT INTO {t} (id) SELECT generate_series(2, 80, 2)", "another writer has the even ids"),
        broken(Kind.TAKEN, "zeroes", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT 0, name text); "
            "INSERT INTO {t} DEFAULT VALUES", "every id is 0"),
        broken(Kind.REFUSED, "guarded", SERIAL + "; GRANT INSERT ON {t} TO recorder",
            "the role lacks USAGE of the sequence"),
        healthy("granted", SERIAL + "; GRANT INSERT ON {t} TO recorder; GRANT USAGE ON SEQUENCE {t}_id_seq TO recorder",
            "the role has both rights"),
        healthy("identified", "CREATE TABLE {t} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text); "
            "GRANT INSERT ON {t} TO recorder", "an identity asks for no right to its sequence"),
        broken(Kind.REFUSED, "called", "CREATE SEQUENCE called_seq; CREATE FUNCTION called_id() RETURNS bigint "
            "LANGUAGE sql AS 'SELECT nextval(''called_seq'')'; CREATE TABLE {t} (id bigint PRIMARY KEY "
            "DEFAULT called_id(), name text); GRANT INSERT ON {t} TO recorder",
            "the function of its default draws as the role that inserts"),
        broken(Kind.UNRESOLVED, "renamed", "CREATE SEQUENCE named_seq; CREATE TABLE {t} (id integer PRIMARY KEY "
            "DEFAULT nextval('named_seq'::text), name text); ALTER SEQUENCE named_seq RENAME TO other_seq",
            "its default looks the sequence up by a former name"),
    ),
)
# fmt: on
