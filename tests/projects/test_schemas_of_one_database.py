"""An env.py that runs its revisions for one schema after the other, in the same database."""

import pytest

from tests.support import helpers
from tests.support.project import Project

ENV = """\
import os
from alembic import context
from sqlalchemy import create_engine, pool, text
from clinic import metadata
engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    for schema in ("north", "south", "west"):
        connection.execute(text(f'SET search_path TO "{schema}"'))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
"""
CLINIC = """\
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("ward", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("bed", sa.Text))
"""
WARDS = "".join(
    f"CREATE SCHEMA {s}; CREATE TABLE {s}.ward (id integer PRIMARY KEY, bed text);"
    for s in ("north", "south", "west")
)


MAPPED = (
    ENV.replace(
        "connection.execute(text(f'SET search_path TO \"{schema}\"'))",
        'mapped = connection.execution_options(schema_translate_map={"x": "public", "clinic": schema})',
    )
    .replace("connection=connection", "connection=mapped, version_table_schema=schema")
    .replace("target_metadata", "include_name=lambda name, *_: name != 'legacy', target_metadata")
)
OF_CLINIC = CLINIC.replace("MetaData()", 'MetaData(schema="clinic")')
VERSIONS = "".join(
    f"CREATE TABLE {s}.alembic_version (version_num varchar(32) PRIMARY KEY);"
    f"CREATE TABLE {s}.legacy (id integer PRIMARY KEY);"
    for s in ("north", "south", "west")
)


CREATING = ENV.replace(
    "        connection.commit()",
    '        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))\n'
    "        connection.commit()",
).replace("=metadata", "=metadata, transaction_per_migration=True")


@pytest.mark.project(WARDS, env=CREATING, files={"clinic.py": CLINIC})
def test_the_models_describe_the_tables_of_every_schema(project: Project) -> None:
    for words in (("plan",), ("plan", "--engine", str(project.url.database))):
        made = project.json(*words)
        assert [f["id"] for f in made["findings"]] == [
            f"PK001:{schema}.ward.id" for schema in ("north", "south", "west")
        ]
        assert {f["confidence"] for f in made["findings"]} == {"proven"}
        assert made["schema_lists"] == [["north", "south", "west"]]
        assert (made["model_tables"], made["tables"]) == (3, 3)
    shown = " ".join(project.run("remediate", "doctor").stdout.split())
    assert "for the schemas north, south and west" in shown


WHOLE = (
    "CREATE SEQUENCE {0}.ward_id_seq AS integer OWNED BY {0}.ward.id;"
    "ALTER TABLE {0}.ward ALTER id SET DEFAULT nextval('{0}.ward_id_seq');"
)


NURSED = """
ALTER TABLE {0}.ward ADD n serial; CREATE VIEW {0}.beds AS TABLE {0}.ward;
CREATE VIEW {0}."full" AS SELECT DISTINCT bed FROM {0}.ward;
CREATE ROLE {1}; CREATE ROLE {1}_by_view; CREATE ROLE {1}_in_vain; GRANT USAGE ON SCHEMA {0} TO {1}, {1}_by_view;
GRANT INSERT ON {0}.ward TO {1}; GRANT INSERT ON {0}.beds TO {1}_by_view;
GRANT INSERT ON {0}."full" TO {1}_in_vain;
"""
EASTERN = ('"o\'E%t"', '"select"')
USING = """
SELECT relnamespace::regnamespace::text, string_agg(DISTINCT grantee::regrole::text, ' ')
FROM pg_class, aclexplode(relacl) WHERE relkind = 'S' AND grantee <> relowner
GROUP BY 1 HAVING count(*) = 4 ORDER BY 1
"""


@pytest.mark.project(WARDS, env=ENV, files={"clinic.py": CLINIC})
def test_each_run_repairs_its_own_schema_also_one_that_has_come_since(project: Project) -> None:
    """What was whole before the upgrade is so after the downgrade; each has roles of its own."""
    for schema in ("north", "south", "west"):
        project.psql(NURSED.format(schema, f"ward_{schema}"))
    project.run("alembic", "stamp", "base")
    approved = ("--approve", "all", "--reviewer", "Ada")
    project.run("remediate", "generate", *approved)
    (revision,) = project.generated()
    assert "the other 2 of 3 schemas" in revision.read_text()
    assert "repairs a schema that comes later" in revision.with_suffix(".md").read_text()
    project.run("alembic", "revision", "-m", "floors", "--head", "heads")
    (own,) = {*project.versions.glob("*floors.py")}
    ways = ("ALTER TABLE ward ADD floor int", "ALTER TABLE ward DROP floor")
    pieces = own.read_text().split("    pass")
    calls = [f'    op.execute("{way}")' for way in ways]
    own.write_text("".join(t for pair in zip(pieces, [*calls, ""], strict=True) for t in pair))
    rehearsed = project.json("rehearse")
    assert (rehearsed["proven"], len(rehearsed["revisions"])) == (True, 2)
    (limit,) = rehearsed["limits"]
    assert limit.startswith("the other 2 of 3 schemas: env.py runs the same revisions there")
    project.psql(WHOLE.format("south"))
    project.psql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA south TO ward_south, ward_south_by_view")
    before = helpers.dump(project.url)
    project.run("alembic", "upgrade", "head")
    assert {e["outcome"] for e in project.json("verify", "--probe")["repairs"]} == {"ok"}
    project.run("alembic", "downgrade", "base")
    assert helpers.dump(project.url) == before
    for n, east in enumerate(EASTERN):
        project.psql(
            f"CREATE SCHEMA {east}; CREATE TABLE {east}.ward (id int PRIMARY KEY, bed text);"
            + NURSED.format(east, f"ward_{n}")
        )
    env = project.folder / "migrations" / "env.py"
    env.write_text(env.read_text().replace('"north", ', '"north", "o\'E%t", "select", '))
    project.run("alembic", "upgrade", "head")
    assert project.json("plan")["findings"] == []
    with helpers.connected(project.url) as live:
        using = dict(live.execute(USING))
    names = {schema: f"ward_{schema}" for schema in ("north", "south", "west")}
    names |= {schema: f"ward_{n}" for n, schema in enumerate(EASTERN)}
    assert using == {schema: f"{role} {role}_by_view" for schema, role in names.items()}


@pytest.mark.soak
@pytest.mark.project(WARDS + VERSIONS, env=MAPPED, files={"clinic.py": OF_CLINIC})
def test_schemas_of_a_translate_map_at_other_revisions_and_filtered(project: Project) -> None:
    project.psql("INSERT INTO south.alembic_version VALUES ('abc')")
    made = project.json("plan")
    assert {f["table"] for f in made["findings"] if f["rule"] == "PK001"} == {"ward"}
    assert made["left_out"] == ["north.legacy", "south.legacy", "west.legacy"]
    (behind,) = (u for u in made["unverified"] if u["subject"] == "the schema south")
    assert behind["reason"] == "it is at abc, and most others at no revision"
    project.psql(
        "DELETE FROM south.alembic_version; ALTER TABLE west.ward ALTER id TYPE bigint;"
        "ALTER TABLE north.ward ALTER id ADD GENERATED BY DEFAULT AS IDENTITY"
    )
    for left in ("Left out, 1 repair: env.py runs the revisions once for each schema", ""):
        said = project.run("remediate", "generate", "--approve", "PK001", "--reviewer", "Ada")
        assert ("Left out" in said.stdout + said.stderr) == bool(left)
        assert left in said.stdout + said.stderr
        project.run("alembic", "upgrade", "head")
    assert not [f for f in project.json("plan")["findings"] if f["rule"] == "PK001"]
    project.psql("DELETE FROM west.alembic_version")
    assert len(project.json("plan")["project"]["waiting"]) > 1
    words = ("--approve", "PK001", "--reviewer", "Ada")
    said = " ".join(project.run("remediate", "generate", *words, expected=3).stderr.split())
    assert "at different revisions: 2 at" in said
    assert ", 1 at no revision First run: alembic upgrade head." in said


STARTED = (
    ENV.replace("target_metadata", "version_table_schema=schema, target_metadata")
    .replace(
        "connection.execute(text(f'SET search_path TO \"{schema}\"'))",
        'mapped = connection.execution_options(schema_translate_map={None: schema, "all": "public"})',
    )
    .replace("connection=connection", "connection=mapped")
)
WARD = (
    "CREATE TABLE {0}.ward (id integer PRIMARY KEY, bed text, next integer);"
    "ALTER TABLE {0}.ward ADD FOREIGN KEY (next) REFERENCES {0}.ward NOT VALID;"
)
UNCHECKED = "".join(f"CREATE SCHEMA {s};{WARD.format(s)}" for s in ("north", "south", "west"))


@pytest.mark.project(UNCHECKED, env=STARTED, files={"clinic.py": CLINIC})
def test_a_script_for_psql_is_about_the_schema_of_each_run_also_when_run_again(
    project: Project,
) -> None:
    """Also one that has come since, whatever is in a schema that all of them see."""
    project.run("alembic", "revision", "-m", "start")
    project.run("alembic", "upgrade", "head")
    approved = ("--approve", "PK001,FK005", "--reviewer", "Ada", "--no-rehearse")
    project.run("remediate", "generate", *approved)
    papers = [path.with_suffix(".md").read_text() for path in project.generated()]
    assert [text.count("- [ ] `alembic upgrade --sql` gives the same") for text in papers] == [1, 1]
    project.psql(f"{WARD.format('public')} CREATE SCHEMA a_east; {WARD.format('a_east')}")
    env = project.folder / "migrations" / "env.py"
    looped = env.read_text().replace('("north", ', '("north", "a_east", ')
    env.write_text(looped.replace('None: schema, "all": "public"', '"all": "public", None: schema'))
    start = next(project.versions.glob("*start.py")).name.partition("_")[0]
    project.run("alembic", "upgrade", start)
    project.psql(WHOLE.format("south"))
    before = helpers.dump(project.url)
    up = project.run("alembic", "upgrade", f"{start}:head", "--sql").stdout
    back = project.run("alembic", "downgrade", f"head:{start}", "--sql").stdout
    stamp = "UPDATE north.alembic_version SET version_num = '{}'"
    with pytest.raises(AssertionError, match=r"names other\. In schema north, which is unchanged"):
        project.psql(stamp.format("other") + ";" + up)
    project.psql(stamp.format(start))
    project.psql(up)
    upgraded = helpers.dump(project.url)
    assert ("a_east.ward_id_seq" in upgraded, "public.ward_id_seq" in upgraded) == (True, False)
    project.psql(up)
    assert helpers.dump(project.url) == upgraded
    project.psql(back)
    project.psql(back)
    assert helpers.dump(project.url) == before
    project.run("alembic", "upgrade", "head")
    assert helpers.dump(project.url) == upgraded
    env.write_text(env.read_text().replace("version_table_schema=schema, ", ""))
    said = project.run("alembic", "upgrade", f"{start}:head", "--sql", expected=1).stderr
    assert "nothing tells alembic upgrade --sql for which schema this runs" in said
    first = next(project.versions.glob("*working_key*.py")).name.partition("_")[0]
    untold = project.run("alembic", "upgrade", f"{start}:{first}", "--sql").stdout
    with pytest.raises(AssertionError, match="nothing tells for which schema this runs"):
        project.psql(untold)
    assert helpers.dump(project.url) == upgraded


NURSES = "".join(f"CREATE TABLE {s}.nurse (id serial PRIMARY KEY);" for s in ("north", "south"))
CHOSEN = ENV.replace(
    'in ("north", "south", "west")', 'in [context.get_x_argument(as_dictionary=True)["ward"]]'
)
MADE = """
from alembic import op
revision, down_revision = "a1", None
def upgrade():
    op.execute("CREATE TABLE ward (id integer PRIMARY KEY, bed text)")
    op.execute("CREATE TABLE legacy (id integer PRIMARY KEY)")
def downgrade():
    op.execute("DROP TABLE ward, legacy")
"""


@pytest.mark.soak
@pytest.mark.project(
    WARDS + VERSIONS + NURSES, env=CHOSEN,
    files={"clinic.py": CLINIC, "migrations/versions/a1.py": MADE},
)  # fmt: skip
def test_schemas_that_env_py_is_told_one_by_one_are_repaired_alike(project: Project) -> None:
    """Those at its revisions together, of which each is verified alone; later also the others."""
    told = {s: ("-x", f"ward={s}") for s in ("north", "south", "west", "east")}
    generate = ("generate", *told["north"], "--approve", "all", "--reviewer", "Ada")
    project.run("alembic", *told["north"], "stamp", "a1")
    said = " ".join(project.run("remediate", *generate, expected=2).stderr.split())
    assert "others like it are at other revisions" in said
    assert "(south and west). A revision that names north would stop" in said
    project.run("alembic", *told["west"], "stamp", "a1")
    shown = project.run("remediate", "plan", *told["north"]).stdout
    assert "   2 models\n" in shown
    assert "schemas like north: south" in shown
    assert "A new database" not in shown
    before = helpers.dump(project.url)
    written = project.run("remediate", *generate)
    assert "that this role cannot read: south.\n" in written.stderr
    assert (
        "then the same for each of the 2 schemas: alembic -x ward=north upgrade head"
        in written.stdout
    )
    project.run("alembic", *told["south"], "stamp", "a1")
    project.psql("CREATE SCHEMA east")
    verify = ("remediate", "verify", "--probe")
    for schema in ("south", "west", "east"):
        project.run("alembic", *told[schema], "upgrade", "head")
        shown = project.run(*verify, *told[schema]).stdout
        assert "1 ok." in shown or "2 ok." in shown, shown
    said = project.run("remediate", "plan", "-x", "ward=nowhere").stdout
    assert "env.py: the search_path of its connection names no schema that exists" in said
    said = project.run(*verify, *told["north"], expected=1).stdout
    assert "has not run on this database" in said
    project.psql("DROP SCHEMA east CASCADE")
    for schema in ("west", "south"):
        project.run("alembic", *told[schema], "downgrade", "a1")
    project.run("alembic", *told["south"], "stamp", "base")
    assert helpers.dump(project.url) == before


@pytest.mark.soak
@pytest.mark.project(WARDS, env=ENV, files={"clinic.py": CLINIC})
def test_what_only_a_few_schemas_need_stops_no_new_one(project: Project) -> None:
    project.psql("ALTER TABLE west.ward ALTER id TYPE bigint")
    project.run("alembic", "stamp", "base")
    approved = ("--approve", "all", "--reviewer", "Ada")
    for _ in range(2):
        project.run("remediate", "generate", *approved)
        project.run("alembic", "upgrade", "head")
    assert len(project.generated()) == 2
    env = project.folder / "migrations" / "env.py"
    env.write_text(env.read_text().replace('"west"', '"west", "east"'))
    project.psql("CREATE SCHEMA east; CREATE TABLE east.ward (id int PRIMARY KEY, bed text)")
    project.run("alembic", "upgrade", "head")
    assert {f["id"] for f in project.json("plan")["findings"]} == {"MD001:west.ward.id"}
    upgraded = helpers.dump(project.url)
    project.run("alembic", "downgrade", "base")
    project.run("alembic", "upgrade", "head")
    assert helpers.dump(project.url) == upgraded
    project.run("alembic", "downgrade", "base")
    env.write_text(env.read_text().replace('"north", "south", "west", "east"', '"east",'))
    texts = {path.name.partition("_")[0]: path.read_text() for path in project.generated()}
    (most,) = (id_ for id_, text in texts.items() if "LEFT_OUT" in text)
    untold = project.run("alembic", "upgrade", f"{most}:head", "--sql").stdout
    with pytest.raises(AssertionError, match="nothing tells for which schema this runs"):
        project.psql(untold)
    script = project.run("alembic", "upgrade", "base:head", "--sql").stdout
    for schema in ("north", "south", "west", "east"):
        project.psql(f"DROP TABLE {schema}.alembic_version; SET search_path TO {schema}; {script}")
    assert helpers.dump(project.url) == upgraded


STANDING_FOR_ALL = (
    OF_CLINIC
    + """\
sa.Table("nurse", metadata, sa.Column("id", sa.Integer, primary_key=True))
"""
)
OTHERS = "CREATE SCHEMA east; CREATE TABLE east.ward (code text PRIMARY KEY);"
ONCE = """\
import os
from alembic import context
from sqlalchemy import create_engine, pool
from clinic import metadata
engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, include_schemas=True
    )
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.mark.project(WARDS + NURSES + OTHERS, env=ONCE, files={"clinic.py": STANDING_FOR_ALL})
def test_models_of_a_schema_that_stands_for_others(project: Project) -> None:
    """Those that have most of its tables: of the others nobody knows what they are."""
    made = project.json("plan")
    found = {f["id"]: f["confidence"] for f in made["findings"]}
    assert found["PK001:north.ward.id"] == found["PK001:south.ward.id"] == "proven"
    assert found.get("PK001:west.ward.id") != "proven"
    assert made["model_tables"] == 4
    told = "-- 1 repair of what is only possible, which generate --approve all leaves out: "
    assert f"\n{told}PK001:west.ward.id\n" in project.run("remediate", "plan", "--sql").stdout
    project.psql("DROP SCHEMA south CASCADE")
    assert {f["id"] for f in project.json("plan")["findings"] if f["rule"] == "MD005"} == {
        "MD005:clinic.ward", "MD005:clinic.nurse",
    }  # fmt: skip


@pytest.mark.project(WARDS, env=ENV, files={"clinic.py": CLINIC})
def test_the_way_to_one_that_is_named_works(project: Project) -> None:
    there = project.url.set(drivername="postgresql")
    url = f"{there.render_as_string(hide_password=False)}"
    url += f"{'&' if '?' in url else '?'}options=-csearch_path=south"
    way = ("--schema", "south", "--metadata", "clinic:metadata")
    plan = project.json("plan", *way, REMEDIATE_DATABASE_URL=url)
    assert plan["findings"][0]["id"] == "PK001:south.ward.id"
