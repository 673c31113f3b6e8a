"""Code, revisions and database side by side, where they differ."""

import sqlalchemy as sa

from remediate.analysis.audit import deletes, past, references, tables
from remediate.analysis.audit.references import Verdict
from remediate.catalog import structure as structures
from remediate.rehearsal.scratch import Server
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.structure import Structure
from remediate.snapshots.tables import Name, Source
from tests.support import helpers

DDL = """
CREATE TABLE users (id bigserial PRIMARY KEY);
CREATE TABLE as_made (id serial PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE other_type (id serial PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE other_model (id serial PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE by_hand (id serial PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE plain_model (id serial PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE renamed (id serial PRIMARY KEY);
CREATE TABLE unchecked (id serial PRIMARY KEY, user_id bigint);
ALTER TABLE unchecked ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID;
"""
FIRST = """
from alembic import op
from pathlib import Path
import sqlalchemy as sa
revision = "1"
def upgrade():
    op.execute(Path("first.sql").read_text())
    op.create_table("users", sa.Column("id", sa.BigInteger, primary_key=True))
    op.create_table("as_made", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id")))
    op.execute("CREATE TABLE other_type (id serial PRIMARY KEY, user_id integer REFERENCES users)")
    op.create_table("dropped", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("before", sa.Column("id", sa.Integer, primary_key=True))
"""
SECOND = """
from alembic import op
revision = "2"
down_revision = "1"
def upgrade():
    op.drop_table("dropped")
    op.rename_table("before", "renamed")
    op.execute('''
        DO $remediate$
        BEGIN EXECUTE 'LOCK TABLE users'; PERFORM set_config('remediate.locked_by', 'x', true); END
        $remediate$''')
    op.execute("DO $$ BEGIN ALTER TABLE renamed ALTER id DROP DEFAULT; END $$")
def downgrade():
    op.create_table("dropped")
"""
WAITING = """
from alembic import op
revision = "3"
down_revision = "2"
def upgrade():
    op.execute("CREATE TABLE by_hand (id serial PRIMARY KEY)")
    op.execute("DO $$ BEGIN EXECUTE 'CREATE TABLE other' || ' (id integer)'; END $$")
"""


def revision(id_: str, text: str, *down: str) -> Revision:
    return Revision(id_, down, Source(f"versions/{id_}.py", 1), text=text)


HISTORY = History(
    (revision("1", FIRST), revision("2", SECOND, "1"), revision("3", WAITING, "2")), heads=("2",)
)


def models() -> sa.MetaData:
    metadata = sa.MetaData()

    def table(name: str, type_: type[sa.Integer], on_delete: str | None = None) -> None:
        key = sa.ForeignKey("users.id", ondelete=on_delete)
        own = sa.Column("id", sa.Integer, primary_key=True)
        sa.Table(name, metadata, own, sa.Column("user_id", type_, key))

    sa.Table("users", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
    table("as_made", sa.BigInteger, "CASCADE")
    table("other_type", sa.BigInteger)
    table("other_model", sa.Integer)
    table("without_table", sa.BigInteger)
    key = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("plain_model", metadata, key, sa.Column("user_id", sa.BigInteger))
    return metadata


def everything(_: Name) -> bool:
    return True


def read(server: Server) -> tuple[Live, Structure]:
    with server.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(DDL.encode())
        live = helpers.snapshot(url, helpers.declared(models()))
        with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
            return live, structures.read(connection, live)


def test_where_they_differ(newest: Server) -> None:
    live, structure = read(newest)
    declared, before = helpers.declared(models()), past.of(HISTORY, live)
    found = references.references(live, declared, structure, before, everything)
    assert {one.table.name: one.verdict for one in found.references} == {
        "as_made": Verdict.AGREES,
        "by_hand": Verdict.AGREES,
        "other_model": Verdict.MODEL_DIFFERS,
        "plain_model": Verdict.MODEL_DIFFERS,
        "other_type": Verdict.REVISION_DIFFERS,
        "unchecked": Verdict.NOT_VALID,
        "without_table": Verdict.NO_TABLE,
    }
    revisions = {one.table.name: one.revision for one in found.references}
    assert {name: side.type for name, side in revisions.items() if side} == {
        "as_made": "bigint",
        "other_type": "integer",
    }
    rules = deletes.deletes(live, declared, structure, everything, rows=False).rules
    (differing,) = (rule for rule in rules if rule.differs)
    assert (differing.table.name, differing.model_on_delete, differing.on_delete) == (
        *("as_made", "CASCADE", "NO ACTION"),
    )


def test_who_made_the_tables(newest: Server) -> None:
    live, structure = read(newest)
    declared, before = helpers.declared(models()), past.of(HISTORY, live)
    found = tables.tables(*(live, declared, structure, before, everything, ()), models_read=True)
    assert {name.name: step.revision for name, step in before.tables.items()} == {
        "users": "1", "as_made": "1", "other_type": "1", "renamed": "2",
    }  # fmt: skip
    assert [one.table.name for one in found.unclaimed] == ["by_hand", "unchecked"]
    assert {one.table.name: one.exists for one in found.unmade} == {
        "other_model": True,
        "plain_model": True,
        "without_table": False,
    }
    assert found.without_table == 1
    assert [(s.revision, str(s.source)) for s in found.unclear] == [("1", "versions/1.py:7")]
    every = past.of(History(HISTORY.revisions), live)  # nobody knows which ran
    assert every.tables[Name("public", "by_hand")].revision == "3"
    assert [step.revision for step in every.unclear] == ["1", "3"]
