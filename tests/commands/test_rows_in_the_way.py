"""A revision that the live rows refuse is refuted by asking them, and never proven in silence."""

import json

import pytest

from remediate.postgres import client
from remediate.rehearsal import live_rows
from remediate.rehearsal.demands import ALONE
from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.support import helpers
from tests.support.project import Project

SHOP = """
CREATE TABLE shop (id serial PRIMARY KEY, town varchar(30), tax text, area text, hall bigint,
  opened timestamp, owner integer, "of" text DEFAULT 'x');
INSERT INTO shop (town, tax, area, hall, opened, owner, "of")
  SELECT 'town ' || n % 7, CASE WHEN n = 3 THEN 'none' ELSE n || '%' END, n::text,
    4000000000 + n, '2020-01-01'::timestamp + n * interval '7 hours', 900 + n, nullif('o' || n, 'o4')
  FROM generate_series(1, 40) n;
CREATE TABLE staff (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), shop integer, name text, EXCLUDE (name WITH =));
INSERT INTO staff (shop, name) SELECT n, 'n' || n FROM generate_series(1, 30) n;
CREATE TABLE lane (nr text PRIMARY KEY, way text UNIQUE); INSERT INTO lane VALUES ('7', 'a'), ('07', 'b');
CREATE TABLE quay (nr text, way text, UNIQUE (nr, way) DEFERRABLE);
INSERT INTO quay VALUES ('7', 'a'), ('07', 'a'), ('8', 'b');
CREATE TABLE pier (id serial PRIMARY KEY, nr text, way text);
CREATE UNIQUE INDEX piers ON pier (lower(nr)) WHERE way <> '07';
INSERT INTO pier (nr, way) VALUES ('7', '7'), ('8', '07'), ('07', NULL), ('09', '9'), ('9', '10');
CREATE TABLE stop (nr serial PRIMARY KEY, lane text REFERENCES lane); INSERT INTO stop (lane) VALUES ('7'), (NULL);
CREATE TABLE lake (id int PRIMARY KEY, way text, CONSTRAINT l CHECK (id > 0) NOT VALID);
CREATE TABLE wing (id int, r text, code text, PRIMARY KEY (id, r)) PARTITION BY LIST (r);
CREATE TABLE wing1 PARTITION OF wing FOR VALUES IN ('a'); CREATE UNIQUE INDEX wing1_code ON wing1 (code);
CREATE TABLE wing2 PARTITION OF wing FOR VALUES IN ('b'); INSERT INTO wing VALUES (1, 'a', '07'), (2, 'a', '7');
CREATE TABLE road (id serial PRIMARY KEY, name varchar(3) NOT NULL, alias text, tens smallint CHECK (tens < 40));
INSERT INTO road (name, alias, tens) VALUES ('a1', NULL, 7), ('b1', 'long', 33);
CREATE TABLE bay (nr serial, x int); INSERT INTO bay DEFAULT VALUES; INSERT INTO bay DEFAULT VALUES;
ALTER TABLE bay ADD CONSTRAINT few CHECK (nr < 2) NOT VALID;
CREATE TABLE hill (a int, b int GENERATED ALWAYS AS (a * 2) STORED CHECK (b < 20),
  c smallint GENERATED ALWAYS AS (a * 1000) STORED UNIQUE, "d ""e" int);
INSERT INTO hill (a, "d ""e") VALUES (5, 1), (6, 2);
CREATE DOMAIN small AS int CHECK (VALUE < 10) NOT NULL; CREATE DOMAIN code AS varchar(3);
CREATE TABLE cave (d small, e small[], b bit varying(4), f bit(2), g varchar(3)[], h code, s text);
INSERT INTO cave VALUES (5, '{5}', '1', '01', '{a}', 'x', '11111'), (6, '{1}', '0', '11', '{b}', 'y', '1');
CREATE TABLE port (k int PRIMARY KEY);
CREATE TABLE ship (k int NOT NULL UNIQUE REFERENCES port ON UPDATE CASCADE CHECK (k < 100));
INSERT INTO port VALUES (50); INSERT INTO ship VALUES (50);
CREATE TABLE dock (k int PRIMARY KEY, n text); INSERT INTO dock VALUES (1, 'old'), (2, 'low'), (3, 'far');
CREATE TABLE berth (id serial PRIMARY KEY, dock int NOT NULL REFERENCES dock ON DELETE SET NULL);
CREATE TABLE crane (id serial PRIMARY KEY, dock int REFERENCES dock ON DELETE CASCADE);
CREATE TABLE hook (id serial PRIMARY KEY, crane int REFERENCES crane, pair int REFERENCES hook, n text);
INSERT INTO berth (dock) VALUES (1); INSERT INTO crane (dock) VALUES (2), (3);
INSERT INTO hook (crane, pair, n) VALUES (1, NULL, 'old'), (NULL, 1, 'new');
CREATE TABLE fjord (id int PRIMARY KEY, a varchar(3), town text, size bigint, b text NOT NULL,
  depth numeric CHECK (depth > 0));
INSERT INTO fjord VALUES (1, '7', 'Rome', 5000000000, '-', 0.4);
CREATE TABLE bare (id serial PRIMARY KEY, a text, b integer);
ALTER TABLE shop ADD CONSTRAINT big CHECK (hall > 4000000005) NOT VALID;
CREATE FUNCTION most() RETURNS int LANGUAGE sql AS 'SELECT coalesce(current_setting(''shop.most'', true), ''0'')::int';
CREATE FUNCTION least_of(n int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN greatest(n, most()); END'
"""


def sql(*statements: str) -> str:
    return "".join(f"    op.execute({statement!r})\n" for statement in statements)


REFUSED = {
    "orphans": (
        '    op.create_foreign_key("f", "shop", "shop", ["owner"], ["id"])\n',
        "foreign key",
    ),
    "duplicates": ('    op.create_unique_constraint("u", "shop", ["town"])\n', "unique"),
    "index": (
        sql("CREATE UNIQUE INDEX CONCURRENTLY ui ON shop (lower(town)) WHERE hall > 0"),
        "unique",
    ),
    "key": (
        sql("ALTER TABLE staff DROP CONSTRAINT staff_pkey, ADD id2 text PRIMARY KEY DEFAULT 'a'"),
        "unique",
    ),
    "check": ('    op.create_check_constraint("c", "shop", "shop.hall < 5")\n', "CHECK"),
    "null": (sql('ALTER TABLE shop ALTER "of" SET NOT NULL'), "NOT NULL"),
    "cast": (
        sql("ALTER TABLE shop ALTER tax TYPE numeric USING rtrim(tax, '%%')::numeric"),
        "tax as",
    ),
    "narrow": ('    op.alter_column("shop", "hall", type_=sa.Integer())\n', "hall as"),
    "short": ('    op.alter_column("shop", "town", type_=sa.String(5))\n', "town as"),
    "added": (
        '    op.add_column("staff", sa.Column("age", sa.Integer, nullable=False))\n',
        "NOT NULL",
    ),
    "valid": (sql("ALTER TABLE shop VALIDATE CONSTRAINT big"), "CHECK"),
    "twice": (sql("ALTER TABLE lane ALTER way TYPE integer USING length(way)"), "unique"),
    "twice under another name": (
        sql("ALTER TABLE lane RENAME way TO w", "UPDATE lane SET w = 'a'"),
        "unique (w)",
    ),
    "twice in a new one": (
        sql("ALTER TABLE pier ADD UNIQUE (way)", "UPDATE pier SET way = ltrim(way, '0')"),
        "unique (way)",
    ),
    "twice in a new index": (
        sql(
            "ALTER TABLE pier ADD old text DEFAULT 'x', ADD new text",
            "CREATE UNIQUE INDEX once ON pier (lower(new)) WHERE old > ''",
            "ALTER TABLE pier RENAME TO jetty",
            "UPDATE jetty SET new = left(nr, 1)",
        ),
        "unique ((lower(new)))",
    ),
    "twice in a new column": (
        sql("ALTER TABLE pier ADD newer text UNIQUE", "UPDATE pier SET newer = left(nr, 1)"),
        "unique (newer)",
    ),
    "twice at the end": (sql("UPDATE quay SET nr = ltrim(nr, '0')"), "unique (nr, way)"),
    "twice in some": (
        sql("ALTER TABLE pier ALTER nr TYPE text USING ltrim(nr, '0')"),
        "unique (lower(nr))",
    ),
    "twice together": (
        sql("ALTER TABLE quay ALTER nr TYPE integer USING nr::integer"),
        "unique (nr, way)",
    ),
    "computed": (
        sql(
            "ALTER TABLE shop ADD t int",
            "UPDATE shop SET t = rtrim(tax, '%%')::int, hall = 5000000000",
        ),
        "values of t",
    ),
    "behind a custom setting": (
        sql(
            "SELECT set_config('shop.auditor', 'Ann', true)",
            "ALTER TABLE shop ALTER tax TYPE numeric USING rtrim(tax, '%%')::numeric",
        ),
        "tax as",
    ),
    "no default": (sql("UPDATE road SET name = DEFAULT WHERE alias = 'long'"), "NOT NULL of name"),
    "null of a new type": (
        sql("ALTER TABLE fjord ALTER b TYPE int USING nullif(b, '-')::int"),
        "NOT NULL of b",
    ),
    "beyond a check of a new type": (
        sql("ALTER TABLE fjord ALTER depth TYPE int"),
        "CHECK (depth",
    ),
    "longer in a new column": (
        sql("ALTER TABLE fjord ADD t varchar(3)", "UPDATE fjord SET t = town"),
        "values of t as varchar(3)",
    ),
    "beyond a new type": (
        sql("ALTER TABLE fjord ALTER a TYPE int USING a::int", "UPDATE fjord SET a = size"),
        "values of a",
    ),
    "longer under a new name": (
        sql("ALTER TABLE fjord RENAME a TO t", "UPDATE fjord SET t = town"),
        "values of t as character varying(3)",
    ),
    "longer than from another": (
        sql("UPDATE fjord SET a = o.town FROM fjord o WHERE o.id = fjord.id"),
        "values of a as character varying(3)",
    ),
    "null by another": (sql("UPDATE road SET name = alias WHERE tens < 10"), "NOT NULL of name"),
    "longer": (
        sql("UPDATE road SET name = name || alias WHERE alias = 'long'"),
        "name as character varying(3)",
    ),
    "beyond": (sql("UPDATE road SET tens = tens * 1000 WHERE id = 2"), "values of tens"),
    "beyond a check": (
        sql("ALTER TABLE road RENAME TO roads", "UPDATE roads SET tens = tens + 7"),
        "CHECK (tens < 40)",
    ),
    "beyond a generated check": (
        sql("ALTER TABLE hill DROP c", "UPDATE hill SET a = a + 4"),
        "CHECK (b < 20)",
    ),
    "twice in a generated column": (
        sql("UPDATE hill SET a = a - (a - 5) * 1"),
        "unique (c)",
    ),
    "beyond a generated column": (
        sql("ALTER TABLE hill DROP b", "UPDATE hill SET a = a * 10"),
        "values of c",
    ),
    "a new generated column": (
        sql(
            'ALTER TABLE hill ADD f int GENERATED ALWAYS AS ("d ""e" + 1) STORED CHECK (f < 9)',
            'UPDATE hill SET "d ""e" = "d ""e" * 6',
        ),
        "CHECK (f < 9)",
    ),
    "beyond a domain": (sql("UPDATE cave SET d = d + 4 WHERE s = '1'"), "values of d"),
    "null for a domain": (sql("UPDATE cave SET d = nullif(d, 6)"), "values of d"),
    "beyond a domain within": (sql("UPDATE cave SET e = e || d * 2"), "values of e"),
    "longer than its bits": (sql("UPDATE cave SET b = s::bit varying"), "values of b"),
    "other than its bits": (sql("UPDATE cave SET f = s::bit varying WHERE s = '1'"), "values of f"),
    "longer within": (sql("UPDATE cave SET g = g || s"), "values of g"),
    "longer under a domain": (sql("UPDATE cave SET h = h || s"), "values of h"),
    "a new check": (
        sql("ALTER TABLE road ADD CHECK (tens > 0)", "UPDATE road SET tens = 7 - id * tens"),
        "CHECK (tens > 0)",
    ),
    "not valid for what changes": (
        sql("UPDATE bay SET x = nr"),
        "CHECK (nr < 2)",
    ),
    "no parent": (
        sql("ALTER TABLE stop RENAME lane TO way", "UPDATE stop SET way = way || 'x' WHERE nr = 1"),
        "foreign key (way)",
    ),
    "parent of another name": (
        sql("UPDATE lane SET nr = 'x' || nr"),
        "foreign key (lane)",
    ),
    "referred_to": (
        sql("DELETE FROM lane WHERE nr = '7'", "ALTER TABLE lane ADD x int"),
        "rows of public.lane",
    ),
    "set to NULL": (sql("DELETE FROM dock WHERE n = 'old'"), "NOT NULL of dock"),
    "behind a cascade": (
        sql("DELETE FROM dock USING dock d WHERE d.n = 'far' AND dock.n <> 'old' AND dock.k < d.k"),
        "rows of public.crane",
    ),
    "referred to by its own": (sql("DELETE FROM hook WHERE n = 'old'"), "rows of public.hook"),
    "in a block": (
        sql("DO $$ BEGIN RAISE NOTICE 'zeros %', 1; UPDATE pier SET nr = ltrim(nr, '0'); END $$"),
        "unique (lower(nr))",
    ),
    "in a WITH clause": (
        sql("WITH x AS (UPDATE lane SET way = 'a' RETURNING 1) SELECT count(*) FROM x"),
        "unique (way)",
    ),
    "a copy": (
        sql("CREATE TABLE n AS SELECT town AS t FROM shop", "ALTER TABLE n ADD UNIQUE (t)"),
        "unique (t)",
    ),
    "a copy into a key": (
        sql("CREATE TABLE n (town text UNIQUE)", "INSERT INTO n SELECT town FROM shop"),
        "unique (town)",
    ),
    "a copy made unique": (
        sql(
            "CREATE TABLE n (town text, k serial)",
            "INSERT INTO n (town) SELECT town FROM shop",
            "CREATE UNIQUE INDEX ON n (lower(town))",
        ),
        "unique ((lower(town)))",
    ),
    "a copy with NULL": (
        sql(
            "CREATE TABLE n (name text NOT NULL)",
            "INSERT INTO n SELECT alias FROM road WHERE tens < 10",
        ),
        "NOT NULL of name",
    ),
    "a copy too long": (
        sql("CREATE TABLE n (a varchar(3))", "INSERT INTO n SELECT alias FROM road"),
        "a as varchar(3)",
    ),
    "a copy that is cast": (
        sql("INSERT INTO bare (b) SELECT rtrim(tax, '%%')::int FROM shop"),
        "the values that INSERT computes",
    ),
    "a copy without parent": (
        sql("INSERT INTO stop (lane) SELECT 'x' || nr FROM quay"),
        "foreign key (lane)",
    ),
    "a copy of a key": (
        sql("INSERT INTO lane (nr) SELECT nr FROM quay"),
        "unique (nr)",
    ),
    "a key that is there": (sql("INSERT INTO lane (nr) VALUES ('6'), ('7')"), "unique (nr)"),
    "later": (
        sql(
            "ALTER TABLE shop ADD k int",
            "UPDATE shop SET k = owner WHERE hall > 4000000005",
            "ALTER TABLE shop RENAME k TO kk",
            "ALTER TABLE shop RENAME TO shops",
            "ALTER TABLE shops ADD FOREIGN KEY (kk) REFERENCES shops",
        ),
        "foreign key",
    ),
}
FITTING = {
    "orphans": '    op.create_foreign_key("f", "staff", "shop", ["shop"], ["id"])\n',
    "none": (
        '    op.add_column("shop", sa.Column("boss", sa.Integer))\n'
        '    op.create_foreign_key("f", "shop", "shop", ["boss"], ["id"])\n'
        '    op.create_unique_constraint("u", "shop", ["boss"])\n'
    ),
    "cast": sql(
        "ALTER TABLE shop ALTER area TYPE integer USING area::integer",
        "ALTER TABLE shop ADD UNIQUE (area)",
    ),
    "short": sql(
        "ALTER TABLE shop ALTER town TYPE varchar(6)", "ALTER TABLE lane ALTER way TYPE varchar(1)"
    ),
    "computed": sql(
        "ALTER TABLE shop ADD t int",
        "UPDATE shop SET t = rtrim(tax, '%%')::int WHERE tax <> 'none' AND hall > 4000000005",
    ),
    "no value of another": sql(
        "UPDATE stop SET nr = nr - 1000", "UPDATE wing SET code = code || ' '", "DROP INDEX piers"
    ),
    "once again": sql(
        "ALTER TABLE pier ADD UNIQUE (way), ADD a text UNIQUE, ADD b text",
        "CREATE UNIQUE INDEX ON pier (b, a)",
        "UPDATE pier SET way = id::text, b = 'b'",
        "ALTER TABLE pier DROP CONSTRAINT pier_way_key, DROP a",
        "UPDATE pier SET way = ''",
        "UPDATE pier SET b = 'c'",
    ),
    "what stands": sql(
        "UPDATE road SET name = coalesce(alias, name) WHERE id = 1",
        "UPDATE road SET name = left(alias, 2) || '  ' WHERE alias IS NOT NULL",
        "UPDATE road SET tens = tens + 6",
        "UPDATE bay SET x = nr WHERE nr = 1",
        "UPDATE hill SET a = a + 3",
        "UPDATE cave SET d = d + 3, e = e || d, b = b || b, f = f & f, g = g || h::text, h = h || 'z' WHERE d = 6",
        "UPDATE stop SET lane = '0' || lane WHERE nr = 1",
        "UPDATE lane SET nr = 'x' || nr WHERE nr = '7'",
    ),
    "no row without default": sql(
        "SET LOCAL shop.auditor = 'Ann'",
        "UPDATE road SET name = upper(name)",
        "UPDATE road SET name = DEFAULT WHERE id = 7",
    ),
    "nothing stands": sql(
        "ALTER TABLE road DROP CONSTRAINT road_tens_check, ALTER name DROP NOT NULL",
        "ALTER TABLE stop DROP CONSTRAINT stop_lane_fkey",
        "ALTER TABLE road ADD CHECK (tens < 50)",
        "ALTER TABLE road DROP CONSTRAINT road_tens_check",
        "UPDATE road SET tens = tens + 100, name = left(alias, 1)",
        "UPDATE stop SET lane = lane || 'x' WHERE nr = 1",
        "UPDATE lane SET nr = 'x' || nr",
    ),
    "copies": sql(
        "CREATE TABLE n (id serial PRIMARY KEY, town varchar(30) NOT NULL UNIQUE, a int CHECK (a > 0))",
        "INSERT INTO n (town, a) SELECT DISTINCT town, 7 FROM shop WHERE town > ''",
        "INSERT INTO stop (lane) SELECT nr FROM quay WHERE nr = '07'",
        "INSERT INTO bare (a) SELECT way FROM lane",
        "INSERT INTO lane (nr, way) SELECT 'x' || nr, NULL FROM lane",
        "CREATE TABLE m AS SELECT DISTINCT lower(town) AS t FROM shop WHERE town > ''",
        "ALTER TABLE m ADD PRIMARY KEY (t)",
        "DO $$ BEGIN DELETE FROM bay; END $$",
    ),
    "new keys": sql(
        "INSERT INTO lane VALUES ('1', 'c'), ('2', 'd')",
        "INSERT INTO lane VALUES ('7', 'a') ON CONFLICT DO NOTHING",
        "INSERT INTO quay VALUES ('9', 'c')",
        "INSERT INTO stop DEFAULT VALUES",
        "CREATE TABLE n (id int PRIMARY KEY, town text UNIQUE)",
        "INSERT INTO n VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO n VALUES (1, 'c') ON CONFLICT (id) DO UPDATE SET town = excluded.town",
        "CREATE TABLE o (n int REFERENCES n)",
        "INSERT INTO o VALUES (2)",
    ),
    "no rows": sql(
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM bare LOOP "
        "UPDATE bare SET a = r.a; END LOOP; END $$",
        "MERGE INTO bare USING bare b ON b.id = bare.id WHEN MATCHED THEN DELETE",
    )
    + """    op.bulk_insert(sa.table("bare", sa.column("a")), [{"a": "1"}])\n""",
    "filled": sql(
        "ALTER TABLE staff ADD age int",
        "UPDATE staff SET age = 5",
        "ALTER TABLE staff ALTER age SET NOT NULL",
    ),
    "key": sql(
        "ALTER TABLE staff ADD nr serial",
        "ALTER TABLE staff DROP CONSTRAINT staff_pkey",
        "ALTER TABLE staff ADD PRIMARY KEY (nr)",
    ),
    "fewer": sql("DELETE FROM shop WHERE id > 7", "ALTER TABLE shop ADD UNIQUE (town)"),
    "taken along": sql("DELETE FROM dock WHERE n = 'far'", "DELETE FROM hook WHERE n = 'new'"),
    "unreferenced": sql(
        "DELETE FROM lane WHERE nr = '07'", "DELETE FROM stop WHERE nr = 1", "DELETE FROM lane"
    ),
    "empty": sql(
        "ALTER TABLE bare ADD UNIQUE (a)",
        "ALTER TABLE bare ALTER b SET NOT NULL",
        "ALTER TABLE bare ADD x int NOT NULL",
    ),
    "new": sql(
        "CREATE TABLE n (id int)",
        "INSERT INTO n VALUES (1), (2)",
        "ALTER TABLE n ADD PRIMARY KEY (id)",
    ),
    "later": sql("ALTER TABLE shop ADD CONSTRAINT d CHECK (hall < 0) NOT VALID"),
    "setval": sql(
        "SELECT setval('shop_id_seq', coalesce((SELECT max(id) FROM shop), 1))",
        "ALTER TABLE shop ADD UNIQUE (hall)",
    ),
}


@pytest.mark.project(SHOP)
@pytest.mark.parametrize("id_", REFUSED)
@pytest.mark.few_in_ci(1)
def test_rows_in_the_way_refute(project: Project, id_: str) -> None:
    up, what = REFUSED[id_]
    up = f"    with op.get_context().autocommit_block():\n    {up}" if "CONCURR" in up else up
    write(project, id_, up, "    raise NotImplementedError\n")
    before = helpers.dump(project.url)
    (one,) = rehearse(project, expected=4)["revisions"]
    (defect,) = [d for d in one["defects"] if d["name"] == "ROWS_IN_THE_WAY"]
    assert what in defect["what"], defect
    assert ("NOT VALID" in defect["instead"]) == (what in {"foreign key", "CHECK"})
    assert helpers.dump(project.url) == before
    project.run("alembic", "upgrade", "head", expected=1)


@pytest.mark.project(SHOP)
@pytest.mark.parametrize("id_", FITTING)
@pytest.mark.few_in_ci(1)
def test_rows_that_fit_leave_no_word(project: Project, id_: str) -> None:
    write(project, id_, FITTING[id_], "    raise NotImplementedError\n")
    (one,) = rehearse(project)["revisions"]
    assert one["proven"], json.dumps(one["defects"], indent=1)
    assert one["not_shown"] == []
    project.run("alembic", "upgrade", "head")


UNKNOWN = {
    "excluded": sql("ALTER TABLE staff ALTER name TYPE char(9)"),
    "joined": sql(
        "UPDATE staff SET shop = s.id FROM shop s WHERE s.town = staff.name",
        "ALTER TABLE staff ADD FOREIGN KEY (shop) REFERENCES shop",
    ),
    "of a partition": sql("ALTER TABLE wing ALTER code TYPE integer USING code::integer"),
    "deferred": sql(
        "ALTER TABLE pier ADD UNIQUE (way) DEFERRABLE INITIALLY DEFERRED",
        "UPDATE pier SET way = ltrim(way, '0')",
        "UPDATE pier SET way = NULL",
    ),
    "deferred by a setting": sql(
        "SET CONSTRAINTS quay_nr_way_key DEFERRED",
        "UPDATE quay SET nr = ltrim(nr, '0')",
        "UPDATE quay SET nr = gen_random_uuid()",
    ),
    "a default": sql(
        "ALTER TABLE road ALTER name SET DEFAULT 'c1'",
        "UPDATE road SET name = DEFAULT WHERE id = 2",
    ),
    "a parameter": (
        '    op.execute(sa.text("UPDATE road SET name = :n WHERE id = 2").bindparams(n="c1"))\n'
    ),
    "reads a setting": sql(
        "SELECT set_config('shop.most', '50', true)",
        "ALTER TABLE road ADD CHECK (tens < least_of(7)) NOT VALID",
        "UPDATE road SET tens = tens + 1",
    ),
    "generated anew": sql(
        "ALTER TABLE hill DROP c",
        "ALTER TABLE hill RENAME a TO aa",
        "UPDATE hill SET aa = aa - 5 WHERE aa < 6",
    ),
    "follows": sql("UPDATE port SET k = k + 77"),
    "in a loop": sql(
        "DO $$ DECLARE i int; BEGIN FOR i IN 1..9 LOOP UPDATE pier SET nr = ltrim(nr, '0'); "
        "END LOOP; END $$"
    ),
    "made up": sql(
        "DO $$ BEGIN EXECUTE format('UPDATE %I SET nr = ltrim(nr, 0::text)', 'pier'); END $$"
    ),
    "merged": sql(
        "MERGE INTO pier USING lane ON lane.way = pier.way WHEN MATCHED THEN UPDATE SET nr = lane.nr"
    ),
    "on conflict": sql(
        "INSERT INTO lane VALUES ('8', 'z') ON CONFLICT (nr) DO UPDATE SET way = lower(lane.way)"
    ),
    "from a view": sql(
        "CREATE VIEW v AS SELECT nr FROM quay",
        "CREATE TABLE n AS SELECT nr FROM v",
        "ALTER TABLE n ADD UNIQUE (nr)",
    ),
    "with what comes": sql(
        "INSERT INTO bare (a) SELECT way FROM pier", "ALTER TABLE bare ADD UNIQUE (a)"
    ),
    "in bulk": """    op.bulk_insert(sa.table("lane", sa.column("nr")), [{"nr": "1"}])\n""",
    "row by row": sql("UPDATE stop SET nr = nr - 1"),
    "in_python": (
        '    for (id_,) in op.get_bind().execute(sa.text("SELECT id FROM staff WHERE shop > 20")):\n'
        '        op.get_bind().execute(sa.text("DELETE FROM staff WHERE id = :i"), {"i": id_})\n'
        '    op.create_check_constraint("few", "staff", "shop < 20")\n'
    ),
}
WHY = {
    "of a partition": "only wing1 has this index",
    "deferred": "it is checked when the transaction ends",
    "deferred by a setting": "it is checked when the transaction ends",
    "a default": "it sets a column to its default",
    "a parameter": "its values are parameters, which are not known",
    "reads a setting": "only the statement itself shows it",
    **dict.fromkeys(["in a loop", "made up", "merged", "on conflict", "in bulk"], ALONE),
    "from a view": "what runs before it changes them",
    "with what comes": "what runs before it changes them",
    "row by row": "rows get values that others had, and the order of the rows decides",
    "generated anew": "only the statement itself shows it",
    "follows": "a foreign key changes them with those that they refer to",
    "excluded": "only the statement itself shows it",
    "joined": "what runs before it changes them",
    "in_python": "upgrade() reads rows before it",
}


@pytest.mark.project(SHOP)
@pytest.mark.parametrize("id_", UNKNOWN)
@pytest.mark.few_in_ci(1)
def test_what_nobody_can_ask_is_said_and_refutes_nothing(project: Project, id_: str) -> None:
    write(project, id_, UNKNOWN[id_], "    raise NotImplementedError\n")
    (one,) = rehearse(project)["revisions"]
    (told,) = one["not_shown"]
    assert told.startswith("whether the rows of public.")
    assert told.endswith("): " + WHY[id_])
    shown = project.run("remediate", "rehearse").stdout
    assert "  not shown: whether the rows of public." in shown


HIDDEN = (
    "CREATE TABLE ward (id serial PRIMARY KEY, bed text); INSERT INTO ward (bed) VALUES ('a'), ('a');"
    "ALTER TABLE ward ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
)


@pytest.mark.project(HIDDEN)
def test_rows_that_a_policy_hides_are_not_taken_for_none(project: Project) -> None:
    live = client.environment(project.url)
    reader = {**live, "PGOPTIONS": "-c role=reads_no_ward"}
    project.psql(
        "CREATE ROLE reads_no_ward; GRANT SELECT ON ward TO reads_no_ward;"
        "GRANT USAGE ON SCHEMA public TO reads_no_ward"
    )
    try:
        twice = "SELECT EXISTS (SELECT FROM ward GROUP BY bed HAVING count(*) > 1)"
        assert live_rows.ask(twice, live) == live_rows.Answer(value=True)
        assert live_rows.ask(twice, reader).why == "this role may not read all of them"
        assert live_rows.ask("SELECT nextval('ward_id_seq')", live).sqlstate == "25006"
    finally:
        project.psql("DROP OWNED BY reads_no_ward; DROP ROLE reads_no_ward")


LOST = "CREATE TABLE lamp (id integer PRIMARY KEY, room text); INSERT INTO lamp VALUES (1, 'a'), (2, 'a');"


@pytest.mark.soak
@pytest.mark.project(LOST)
def test_a_generated_repair_before_it_changes_no_row(project: Project) -> None:
    """Its blocks look, lock and refuse: what is asked behind them is asked of the same rows."""
    project.run("remediate", "generate", "--table", "lamp", "--approve", "PK001:public.lamp.id",
                "--reviewer", "Ann")  # fmt: skip
    (made,) = project.versions.glob("*_*.py")
    parent = made.name.partition("_")[0]
    unique = '    op.create_unique_constraint("u", "lamp", ["room"])\n'
    write(project, "one_a_room", unique, '    op.drop_constraint("u", "lamp")\n', parent)
    *_, last = rehearse(project, expected=4)["revisions"]
    assert [d["name"] for d in last["defects"]] == ["ROWS_IN_THE_WAY"]
