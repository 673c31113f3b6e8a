"""Foreign keys and primary keys on which tools go wrong, as data, in the manner of `hard`."""

import sqlalchemy as sa

from tests.corpora import hard
from tests.corpora.hard import Group, broken, healthy, key
from tests.corpora.kinds import Kind

CHILD = "CREATE TABLE {t} (id bigserial PRIMARY KEY, parent_id %s REFERENCES %s)"
INDEX = "; CREATE INDEX ON {t} (parent_id)"
AT = {"column": "parent_id"}
# Those with enough rows that a lookup without an index is slow.
LARGE = ("bare", "second", "partial", "computed", "as_text", "first_of_two", "filled", "hashed")

# fmt: off
FOREIGN_KEYS = Group(
    "foreign keys",
    before="""
CREATE TABLE wide (id bigserial PRIMARY KEY); CREATE TABLE slim (id serial PRIMARY KEY);
CREATE TABLE named (id varchar(40) PRIMARY KEY); CREATE TABLE pairs (a integer, b integer, PRIMARY KEY (a, b));
CREATE DOMAIN small_id AS integer;
""",
    cases=(
        broken(Kind.NARROWER, "narrow", CHILD % ("integer", "wide") + INDEX,
            "an integer that references a bigint", **AT),
        broken(Kind.NARROWER, "narrow_domain", CHILD % ("small_id", "wide") + INDEX,
            "a domain over integer that references a bigint", **AT),
        broken(Kind.NARROWER, "narrowest", CHILD % ("smallint", "slim") + INDEX,
            "a smallint that references an integer", **AT),
        healthy("wider", CHILD % ("bigint", "slim") + INDEX, "a bigint holds every integer"),
        healthy("same", CHILD % ("bigint", "wide") + INDEX, "the same type"),
        healthy("unlimited", CHILD % ("text", "named") + INDEX, "a text holds every varchar(40)"),
        broken(Kind.UNINDEXED, "bare", CHILD % ("bigint", "wide"), "no index at all", **AT),
        broken(Kind.UNINDEXED, "second", CHILD % ("bigint", "wide") + "; CREATE INDEX ON {t} (id, parent_id)",
            "the column is second in its only index", **AT),
        broken(Kind.UNINDEXED, "partial", CHILD % ("bigint", "wide") +
            "; CREATE INDEX ON {t} (parent_id) WHERE id > 100", "the index has some rows only", **AT),
        broken(Kind.UNINDEXED, "computed", CHILD % ("bigint", "wide") + "; CREATE INDEX ON {t} ((parent_id + 0))",
            "the index is over an expression", **AT),
        broken(Kind.UNINDEXED, "as_text", CHILD % ("bigint", "wide") + "; CREATE INDEX ON {t} ((parent_id::text))",
            "the index is over its text", **AT),
        healthy("first_of_two", CHILD % ("bigint", "wide") + "; CREATE INDEX ON {t} (parent_id, id)",
            "the column is first of two"),
        healthy("filled", CHILD % ("bigint", "wide") + "; CREATE INDEX ON {t} (parent_id) WHERE parent_id IS NOT NULL",
            "the index leaves out NULL only, which no lookup needs"),
        healthy("hashed", CHILD % ("bigint", "wide") + "; CREATE INDEX ON {t} USING hash (parent_id)", "a hash index"),
        healthy("turned", "CREATE TABLE {t} (x integer, y integer, FOREIGN KEY (x, y) REFERENCES pairs); "
            "CREATE INDEX ON {t} (y, x)", "both columns lead the index, in another order"),
    ),
    after="INSERT INTO wide SELECT generate_series(1, 3000); "
        + " ".join(f"INSERT INTO {table} (parent_id) SELECT id FROM wide;" for table in LARGE),
)

KEYLESS = Group(
    "primary keys that the models declare",
    cases=(
        broken(Kind.KEYLESS, "lost_key", "CREATE TABLE {t} (id serial, name text); INSERT INTO {t} (name) VALUES ('a')",
            "the model declares the key, a copy of the table lost it", model=(key(), hard.NAME)),
        broken(Kind.KEYLESS, "lost_pair", "CREATE TABLE {t} (a integer NOT NULL, b integer NOT NULL)",
            "the model declares a key of two columns",
            model=(sa.Column("a", sa.Integer, primary_key=True, autoincrement=False),
                   sa.Column("b", sa.Integer, primary_key=True, autoincrement=False))),
        healthy("unique_key", "CREATE TABLE {t} (id serial UNIQUE, name text)",
            "a unique index keeps out what a primary key would", model=(key(), hard.NAME)),
        healthy("log_lines", "CREATE TABLE {t} (at timestamptz, line text)", "a log without key, and without model"),
        healthy("staging", "CREATE TABLE {t} (id integer, name text)", "a table for loads, without model"),
        healthy("kept_key", "CREATE TABLE {t} (id serial PRIMARY KEY, name text)", "the key is there",
            model=(key(), hard.NAME)),
    ),
)
# fmt: on

GROUPS = (
    hard.CODE, hard.APPLICATION, hard.SNOWFLAKE, hard.NATURAL, hard.COMPOSITE, hard.TREES, hard.ROOM,
    FOREIGN_KEYS, KEYLESS,
)  # fmt: skip
