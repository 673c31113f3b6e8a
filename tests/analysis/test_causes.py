"""What most likely made a defect: told from real catalogs that were broken in that very way."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.postgres import client, programs
from remediate.project.reading import Reading
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

SOURCE = "CREATE TABLE source (id serial PRIMARY KEY, v text NOT NULL, w integer);"
BROKEN = {
    "default-dropped": f"{SOURCE} ALTER TABLE source RENAME TO t; ALTER TABLE t ALTER id DROP DEFAULT",
    "sequence-dropped":
        "CREATE TABLE t (id serial PRIMARY KEY, v text, w integer DEFAULT 5 CHECK (w > 3)); "
        "DROP SEQUENCE t_id_seq CASCADE",
    "raw-ddl": "CREATE TABLE t (id integer PRIMARY KEY, v text, w integer DEFAULT 5 CHECK (w > 3))",
    "like-without-defaults": f"{SOURCE} CREATE TABLE t (LIKE source, PRIMARY KEY (id))",
    "create-table-as": f"{SOURCE} CREATE TABLE t AS SELECT * FROM source; ALTER TABLE t ADD PRIMARY KEY (id)",
    "like-including-defaults": f"{SOURCE} CREATE TABLE t (LIKE source INCLUDING ALL)",
    "data-mover":
        "CREATE TABLE t (id integer NOT NULL, v text); "
        "ALTER TABLE t ADD CONSTRAINT idx_16411_primary PRIMARY KEY (id); "
        "CREATE SEQUENCE unrelated",
    "identity-not-inherited":
        "CREATE TABLE p (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
        "CREATE TABLE t (PRIMARY KEY (id)) INHERITS (p)",
    "attached-with-its-own-sequence":
        "CREATE TABLE p (id bigserial, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k); "
    "CREATE TABLE t (id bigserial, k integer NOT NULL, PRIMARY KEY (id, k)); "
    "ALTER TABLE p ATTACH PARTITION t FOR VALUES IN (1)",
    "sequence-left-out": "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 9)",
    "ids-passed-by-hand":
        "CREATE TABLE t (id serial PRIMARY KEY); "
        "INSERT INTO t DEFAULT VALUES; INSERT INTO t VALUES (4)",
    "column-widened-alone": "CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id TYPE bigint",
    "unknown": "CREATE TABLE t (id integer, v text); CREATE TABLE other (x text); ALTER TABLE t ADD PRIMARY KEY (id)",
}  # fmt: skip


def causes(url: sa.URL, declared: Declared | None = None) -> dict[str, tuple[str, str]]:
    """By table: the cause and its evidence, where the models leave every key to the database."""
    live = helpers.snapshot(url)
    models = declared or helpers.as_models(live)
    made = planned(Reading(live, models, 0, {}), Config(ignore=("SEQ004", "MD005")))
    return {
        i.finding.place.table.name: (
            str(helpers.facts_of(i.finding)["cause"]), str(helpers.facts_of(i.finding)["cause_evidence"]),
        )
        for i in made.items
    }  # fmt: skip


@pytest.mark.parametrize("cause", BROKEN)
def test_what_broke_it_is_told(cause: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(BROKEN[cause])
    assert causes(url)["t"][0] == cause


def test_a_free_standing_sequence_is_a_movers_leftover(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY); CREATE SEQUENCE t_id_seq")
    assert causes(url)["t"] == (
        "data-mover",
        "moved by a tool that created the sequence public.t_id_seq, but attached it to no column",
    )


def test_an_identity_that_the_model_remembers(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY)")
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.Integer, sa.Identity(), primary_key=True))
    assert causes(url, helpers.declared(metadata))["t"][0] == "identity-lost"


def test_a_restore_that_lost_its_sequences(
    url: sa.URL, connection: psycopg.Connection, newest
) -> None:
    """A real dump of serial keys, restored without what has to do with sequences."""
    connection.execute(
        "CREATE TABLE a (id serial PRIMARY KEY, v text); CREATE TABLE b (id serial PRIMARY KEY);"
        "CREATE TABLE t (id serial PRIMARY KEY, b_id integer REFERENCES b)"
    )
    dump = client.run([programs.clients(18) / "pg_dump", "--schema-only"], client.environment(url))
    parts = [p for p in dump.stdout.split(";\n") if "SEQUENCE" not in p and "nextval" not in p]
    kept = ";\n".join(p for p in parts if "restrict" not in p and "transaction_timeout" not in p)
    with newest.database() as other, helpers.connected(other) as restored:
        restored.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
        restored.execute(kept.replace("CREATE SCHEMA public", "SELECT 1"))
        found = causes(other)
    assert {name: cause for name, (cause, _) in found.items()} == dict.fromkeys(
        ("a", "b", "t"), "restore-without-sequences"
    )


def test_few_columns_in_common_say_nothing(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE source (id serial PRIMARY KEY, v text)")
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY, v text)")
    assert causes(url)["t"][0] == "raw-ddl"


def test_a_copy_must_be_younger_than_its_source(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY, v text NOT NULL, w integer)")
    connection.execute(SOURCE)
    assert causes(url)["t"][0] == "raw-ddl"
