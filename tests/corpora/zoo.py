"""A database with every kind of key: the DDL of each table, and what is true of it.

Each table says which findings are right (rule, column if not `id`, severity, confidence), and the
SQLSTATE that an INSERT without the key ends with, as its owner and as other roles ("" = it works).
Where an INSERT and the errors found do not go together, `why` says which exception it is.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from remediate.postgres.sql import ident
from remediate.snapshots.tables import Name


class Why(StrEnum):
    """Why an INSERT that fails has no error finding, or one that works has one."""

    AGREE = "it fails if and only if there is an error finding"
    BY_DESIGN = "it fails, as nothing is meant to generate the key: no finding at all"
    UNPROVEN = "it fails, but that cannot be proven from catalog and ids: no error finding"
    AHEAD = "it fails at INSERT number `inserts_until_collision` only"
    ROOM = "nearly full, or about to start over: it works until then"
    OTHER = "it fails for a reason that has nothing to do with the key: no error finding"


@dataclass(frozen=True)
class Try:
    """An INSERT that leaves the key out, and the SQLSTATE it ends with."""

    role: str
    insert: str
    state: str = ""
    why: Why = Why.AGREE


@dataclass(frozen=True)
class Animal:
    """One table."""

    name: Name
    ddl: str
    found: frozenset[tuple[str, str, str, str]]  # rule, column, severity, confidence
    tries: tuple[Try, ...]


ROLES = (
    "zoo_owner", "zoo_other", "zoo_app", "zoo_nobody", "zoo_group", "zoo_member",
    "zoo_idle", "zoo_path", "zoo_reader",
)  # fmt: skip
SPEAKS_FOR = {"zoo_nobody": "public", "zoo_member": "zoo_group"}
PATHS = {"zoo_path": "elsewhere"}  # search_path, set for the role in the database
BY_DESIGN, UNPROVEN, AHEAD, ROOM, OTHER = (
    Why.BY_DESIGN, Why.UNPROVEN, Why.AHEAD, Why.ROOM, Why.OTHER,
)  # fmt: skip

BEFORE = """
ALTER ROLE zoo_idle NOINHERIT; GRANT zoo_group TO zoo_member, zoo_idle;
CREATE SCHEMA z; CREATE SCHEMA o; CREATE SCHEMA m; CREATE SCHEMA elsewhere; CREATE SCHEMA hidden;
CREATE SCHEMA "z.e""r%o:\\ s"; GRANT USAGE ON SCHEMA z, o, m TO PUBLIC; GRANT CREATE ON SCHEMA z TO zoo_owner;
GRANT USAGE ON SCHEMA elsewhere TO PUBLIC;
CREATE FUNCTION z.snowflake() RETURNS bigint LANGUAGE sql
  AS 'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint';
CREATE FUNCTION z.nothing() RETURNS integer LANGUAGE sql AS 'SELECT NULL::integer';
CREATE FUNCTION z.fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id := 777; RETURN NEW; END';
CREATE FUNCTION z.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE SEQUENCE z.for_domain; CREATE DOMAIN z.ticket AS integer DEFAULT nextval('z.for_domain');
CREATE DOMAIN z.ticket2 AS z.ticket; CREATE DOMAIN z.bare_ticket AS z.ticket; ALTER DOMAIN z.bare_ticket DROP DEFAULT;
CREATE DOMAIN z.counted AS integer CHECK (VALUE > 0); CREATE DOMAIN z.zeroed AS integer DEFAULT 0;
CREATE DOMAIN z.late_ticket AS integer; CREATE DOMAIN z.late_ticket2 AS z.late_ticket;
CREATE SEQUENCE z.for_late_domain; ALTER DOMAIN z.late_ticket SET DEFAULT nextval('z.for_late_domain');
CREATE SEQUENCE public.zoo_numbers; CREATE SEQUENCE public."Zoo Numbers";
CREATE SEQUENCE z.for_function;
CREATE FUNCTION z.next_atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT nextval('z.for_function'); END;
CREATE FUNCTION z.next_plain() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN nextval(''z.for_function''); END';
CREATE FUNCTION z.timestamp_id(text) RETURNS bigint LANGUAGE sql
  AS 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint << 16';
"""

ZOO: list[Animal] = []
# The rules of which an animal lists every finding; each of KNOWN_KEYS has its animal. A
# rule that is in neither has its own test only.
KNOWN_KEYS = frozenset((
    "PK001", "PK002", "PK003", "PK004", "PK005", "PK006", "PK007", "PK008",
    "SEQ001", "SEQ002", "SEQ003", "SEQ004", "SEQ005", "SEQ006", "SEQ007",
))  # fmt: skip
KNOWN = KNOWN_KEYS | {
    "FK001", "FK002", "FK003", "FK004", "FK005", "FK006", "FK007", "FK008", "SEC001",
}  # fmt: skip


def t(
    name: str | Name,
    ddl: str,
    found: str = "",
    *,
    state: str = "",
    why: Why = Why.AGREE,
    insert: str = "INSERT INTO {t} DEFAULT VALUES",
    owner: str = "",
    tries: tuple[tuple[str, str, str] | tuple[str, str, str, Why], ...] = (),
    column: str = "id",
) -> None:
    """Add a table. {t} is its name, {s} that of its serial sequence, for plain names."""
    name = (
        name
        if isinstance(name, Name)
        else Name(*name.split("."))
        if "." in name
        else Name("z", name)
    )

    def filled(text: str) -> str:
        return text.replace("{t}", name.sql).replace("{s}", f"'{name.schema}.{name.name}_id_seq'")

    own = (Try(owner or "postgres", filled(insert), state, why),)
    others = (Try(role, filled(sql or insert), *rest) for role, sql, *rest in tries)
    given = f"; ALTER TABLE {name.sql} OWNER TO {owner}" if owner else ""
    ZOO.append(Animal(name, filled(ddl) + given, _findings(found, column), (*own, *others)))


def _findings(text: str, column: str) -> frozenset[tuple[str, str, str, str]]:
    """Of "SEQ001@ord error proven; SEQ004 info proven"."""
    found = set()
    for words in (part.split() for part in text.split(";") if part.strip()):
        code, _, at = words[0].partition("@")
        found.add((code, at or column, words[1], words[2]))
    return frozenset(found)


# fmt: off
LOST = "PK001 error proven"
LOSE = "; ALTER TABLE {t} ALTER id DROP DEFAULT"
UNOWNED = "SEQ004 info proven"
BEHIND = "SEQ001 error proven"
FILL = "; INSERT INTO {t} SELECT generate_series(1, 100)"

# What generates, and what lost its default
t("serial", "CREATE TABLE {t} (id serial PRIMARY KEY, v text)")
t("bigserial", "CREATE TABLE {t} (id bigserial PRIMARY KEY, v text)")
t("smallserial", "CREATE TABLE {t} (id smallserial PRIMARY KEY, v text)")
t("identity", "CREATE TABLE {t} (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)")
t("always", "CREATE TABLE {t} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
t("lost", "CREATE TABLE {t} (id serial PRIMARY KEY)" + LOSE, LOST, state="23502")
t("o.lost", "CREATE TABLE {t} (id bigserial PRIMARY KEY)" + LOSE, LOST, state="23502")
t("o.serial", "CREATE TABLE {t} (id serial PRIMARY KEY)")
t("public.lost", "CREATE TABLE {t} (id smallserial PRIMARY KEY)" + LOSE, LOST, state="23502")
t("lost_identity",
    "CREATE TABLE {t} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
    "ALTER TABLE {t} ALTER id DROP IDENTITY",
  "PK001 info possible", state="23502", why=UNPROVEN)
t("plain", "CREATE TABLE {t} (id integer PRIMARY KEY)", "PK001 info possible", state="23502", why=UNPROVEN)
t("loaded", "CREATE TABLE {t} (id integer PRIMARY KEY)" + FILL, "PK001 warning likely", state="23502", why=UNPROVEN)
t("referenced",
    "CREATE TABLE {t} (id integer PRIMARY KEY); "
    "CREATE TABLE z.referrer (id serial PRIMARY KEY, referenced_id integer REFERENCES {t})",
  "PK001 warning likely", state="23502", why=UNPROVEN)
t("beside_sequence", "CREATE TABLE {t} (id integer PRIMARY KEY); CREATE SEQUENCE z.beside_sequence_id_seq",
  "PK001 warning likely", state="23502", why=UNPROVEN)
t("default_null", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT NULL)", "PK001 info possible",
    state="23502", why=UNPROVEN)
t("lost_null",
    "CREATE TABLE {t} (id serial PRIMARY KEY); ALTER TABLE {t} ALTER id SET DEFAULT NULL", LOST,
    state="23502")
t("lost_trigger", "CREATE TABLE {t} (id serial PRIMARY KEY)" + LOSE
    + "; CREATE TRIGGER f BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION z.fill()",
  "PK001 info possible")
t("lost_touched", "CREATE TABLE {t} (id serial PRIMARY KEY)" + LOSE
    + "; CREATE TRIGGER f BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION z.touch()",
  "PK001 info possible", state="23502", why=UNPROVEN)
t("lost_after", "CREATE TABLE {t} (id serial PRIMARY KEY)" + LOSE
    + "; CREATE TRIGGER f AFTER INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION z.fill()",
  LOST, state="23502")
t("lost_disabled", "CREATE TABLE {t} (id serial PRIMARY KEY)" + LOSE
    + "; CREATE TRIGGER f BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION z.fill();"
  " ALTER TABLE {t} DISABLE TRIGGER f", LOST, state="23502")
t("lost_rule", "CREATE TABLE {t} (id serial PRIMARY KEY)" + LOSE
    + "; CREATE RULE r AS ON INSERT TO {t} DO INSTEAD NOTHING", "PK001 info possible")
t("lost_ruled_also", "CREATE TABLE {t} (id serial PRIMARY KEY)" + LOSE
    + "; CREATE RULE r AS ON INSERT TO {t} DO ALSO SELECT 1", LOST, state="23502")
t("unlogged", "CREATE UNLOGGED TABLE {t} (id serial PRIMARY KEY)")
t("lost_unlogged", "CREATE UNLOGGED TABLE {t} (id serial PRIMARY KEY)" + LOSE, LOST, state="23502")
t("ctas",
    "CREATE TABLE {t} AS SELECT g AS id, 'x' AS v FROM generate_series(1, 9) g; "
    "ALTER TABLE {t} ADD PRIMARY KEY (id)",
  "PK001 warning likely", state="23502", why=UNPROVEN)
t("orders_archive", "CREATE TABLE {t} (id integer PRIMARY KEY)" + FILL, state="23502", why=BY_DESIGN)
t("postcode", "CREATE TABLE {t} (code integer PRIMARY KEY, name text)", state="23502", why=BY_DESIGN)
t("tweets",
    "CREATE TABLE {t} (id bigint PRIMARY KEY); INSERT INTO {t} VALUES (1541815603606036480)",
    state="23502", why=BY_DESIGN)
t("serial_settings", "CREATE TABLE {t} (serial_id integer PRIMARY KEY, v text)", state="23502", why=BY_DESIGN)
t("joined", "CREATE TABLE {t} (id integer PRIMARY KEY REFERENCES z.serial, x integer)", state="23502", why=BY_DESIGN)
t("pair",
    "CREATE TABLE {t} (a integer REFERENCES z.serial, b integer REFERENCES z.identity, "
    "PRIMARY KEY (a, b))", state="23502", why=BY_DESIGN)
t("composite", "CREATE TABLE {t} (tenant integer, id integer, PRIMARY KEY (tenant, id))",
    "PK001 info possible", insert="INSERT INTO {t} (tenant) VALUES (1)", state="23502", why=UNPROVEN)
t("lines", "CREATE TABLE {t} (head integer, line integer, PRIMARY KEY (head, line))",
    insert="INSERT INTO {t} (head) VALUES (1)", state="23502", why=BY_DESIGN)
t("composite_serial", "CREATE TABLE {t} (tenant integer, id serial, PRIMARY KEY (tenant, id))",
    insert="INSERT INTO {t} (tenant) VALUES (1)")
t("composite_lost", "CREATE TABLE {t} (tenant integer, id serial, PRIMARY KEY (tenant, id))" + LOSE,
    LOST, insert="INSERT INTO {t} (tenant) VALUES (1)", state="23502")
t("polymorphic", "CREATE TABLE {t} (id serial PRIMARY KEY, target_type text, target_id integer)")
t("no_key", "CREATE TABLE {t} (id serial, v text)")
t("no_key_lost", "CREATE TABLE {t} (id serial, v text)" + LOSE, state="23502", why=BY_DESIGN)
t("no_key_at_all", "CREATE TABLE {t} (v text)")
t("uuid", "CREATE TABLE {t} (id uuid PRIMARY KEY DEFAULT gen_random_uuid())")
t("uuid_bare", "CREATE TABLE {t} (id uuid PRIMARY KEY)", state="23502", why=BY_DESIGN)
t("computed",
    "CREATE TABLE {t} (a integer NOT NULL, id integer GENERATED ALWAYS AS (a + 1) STORED PRIMARY "
    "KEY)", insert="INSERT INTO {t} (a) VALUES (1)")

# Functions, expressions, other types
t("by_function", "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT z.snowflake())")
t("by_timestamp", "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT z.timestamp_id('statuses'))")
t("by_null", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT z.nothing())", state="23502", why=UNPROVEN)
t("by_atomic",
    "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT z.next_atomic()); "
    "GRANT INSERT ON {t} TO zoo_app", tries=(("zoo_app", "", "42501", UNPROVEN),))
t("by_plain",
    "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT z.next_plain()); "
    "INSERT INTO {t} SELECT generate_series(1, 10)", state="23505", why=UNPROVEN)
t("prefixed",
    "CREATE SEQUENCE z.prefixed_s; "
    "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT nextval('z.prefixed_s') * 100 + 7); "
    "GRANT INSERT ON {t} TO zoo_app",
  "PK005 error proven", tries=(("zoo_app", "", "42501"),))
t("prefixed_full", "CREATE SEQUENCE z.prefixed_full_s MAXVALUE 5; SELECT setval('z.prefixed_full_s', 5);"
  " CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT nextval('z.prefixed_full_s') * 100)",
      "SEQ002 error proven", state="2200H")
t("text_key", "CREATE SEQUENCE z.text_s; CREATE TABLE {t} (id text PRIMARY KEY DEFAULT 'A' || nextval('z.text_s'))")
t("text_exact",
    "CREATE SEQUENCE z.text_exact_s; "
    "CREATE TABLE {t} (id varchar PRIMARY KEY DEFAULT nextval('z.text_exact_s'))", UNOWNED)
t("numeric_key",
    "CREATE SEQUENCE z.numeric_s; "
    "CREATE TABLE {t} (id numeric PRIMARY KEY DEFAULT nextval('z.numeric_s'))", UNOWNED)
t("numeric_behind",
    "CREATE SEQUENCE z.numeric_b; "
    "CREATE TABLE {t} (id numeric PRIMARY KEY DEFAULT nextval('z.numeric_b'))" + FILL,
  f"{BEHIND}; {UNOWNED}", state="23505")

# Domains: an INSERT looks at the default of the column's own type only
t("domain", "CREATE TABLE {t} (id z.ticket PRIMARY KEY)", "SEQ005 info proven")
t("domain2", "CREATE TABLE {t} (id z.ticket2 PRIMARY KEY)")
t("domain_bare", "CREATE TABLE {t} (id z.bare_ticket PRIMARY KEY)", "PK001 info possible", state="23502", why=UNPROVEN)
t("domain_late", "CREATE TABLE {t} (id z.late_ticket2 PRIMARY KEY)", "PK001 info possible", state="23502", why=UNPROVEN)
t("domain_null", "CREATE TABLE {t} (id z.ticket PRIMARY KEY DEFAULT NULL)", "PK001 info possible",
    state="23502", why=UNPROVEN)
t("domain_lost",
    "CREATE TABLE {t} (id z.counted PRIMARY KEY); "
    "CREATE SEQUENCE z.domain_lost_s OWNED BY z.domain_lost.id", LOST, state="23502")
t("domain_zero", "CREATE TABLE {t} (id z.zeroed PRIMARY KEY)", "PK004 warning proven")
t("domain_zero_used", "CREATE TABLE {t} (id z.zeroed PRIMARY KEY); INSERT INTO {t} VALUES (0)",
    "PK004 error proven", state="23505")
t("domain_behind",
    "CREATE SEQUENCE z.domain_b; "
    "CREATE DOMAIN z.behind_ticket AS integer DEFAULT nextval('z.domain_b'); "
    "CREATE TABLE {t} (id z.behind_ticket PRIMARY KEY)" + FILL,
  BEHIND, state="23505")
t("domain_denied",
    "CREATE SEQUENCE z.domain_d; "
    "CREATE DOMAIN z.denied AS integer DEFAULT nextval('z.domain_d'); "
    "CREATE TABLE {t} (id z.denied PRIMARY KEY);"
  " GRANT INSERT ON {t} TO zoo_app", "PK005 error proven", tries=(("zoo_app", "", "42501"),))
t("domain_over",
    "CREATE SEQUENCE z.domain_o; "
    "CREATE TABLE {t} (id z.zeroed PRIMARY KEY DEFAULT nextval('z.domain_o'))", UNOWNED)

# Looked up by name at each INSERT
LATE, LATE_GONE = "PK002 warning proven", "PK002 error proven"
BY_NAME = "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('%s'::text))"
t("late", BY_NAME % "zoo_numbers", LATE)
t("late_quoted", BY_NAME % '"Zoo Numbers"', LATE)
t("late_upper", BY_NAME % "PUBLIC.Zoo_Numbers", LATE)
t("late_spaced", BY_NAME % " public . zoo_numbers ", LATE)
t("late_varchar", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('zoo_numbers'::varchar))", LATE)
t("late_qualified", "CREATE SEQUENCE z.late_s; " + BY_NAME % "z.late_s", LATE)
t("late_gone", BY_NAME % "gone", LATE_GONE, state="42P01")
t("late_varchar_gone", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('gone'::varchar))",
    LATE_GONE, state="42P01")
t("late_off_path", BY_NAME % "late_s", LATE_GONE, state="42P01")
t("late_column",
    "CREATE TABLE {t} (id serial PRIMARY KEY, n integer DEFAULT nextval('gone'::text))",
    "PK002@n error proven", state="42P01")
t("late_for_role", BY_NAME % "zoo_numbers"
    + "; GRANT INSERT ON {t} TO zoo_path; GRANT USAGE ON SEQUENCE public.zoo_numbers TO zoo_path",
  LATE_GONE, tries=(("zoo_path", "", "42P01"),))
t("late_shadowed",
    "CREATE SEQUENCE public.shadow; CREATE SEQUENCE elsewhere.shadow; "
    "GRANT USAGE ON SEQUENCE elsewhere.shadow TO zoo_path; " + BY_NAME % "shadow"
  + "; GRANT INSERT ON {t} TO zoo_path", LATE, tries=(("zoo_path", "", ""),))
t("late_denied", "CREATE SEQUENCE z.late_d; " + BY_NAME % "z.late_d"
    + "; GRANT INSERT ON {t} TO zoo_app", f"{LATE}; PK005 error proven", tries=(("zoo_app", "",
    "42501"),))
t("late_behind", "CREATE SEQUENCE z.late_b; " + BY_NAME % "z.late_b" + FILL, LATE, state="23505", why=UNPROVEN)
t("late_inside", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('gone'::text) + 1)",
    LATE_GONE, state="42P01")

# Sequences of others
t("unowned",
    "CREATE SEQUENCE z.unowned_s; "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('z.unowned_s'))", UNOWNED)
t("unowned_elsewhere",
    "CREATE SEQUENCE o.numbers; "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('o.numbers'))")
t("lender", "CREATE TABLE {t} (id serial PRIMARY KEY, v text)")
t("borrower", "CREATE TABLE {t} (LIKE z.lender INCLUDING ALL)", "PK003 warning proven")
t("borrower_behind", "CREATE TABLE {t} (LIKE z.lender INCLUDING ALL)" + FILL,
    f"PK003 warning proven; {BEHIND}", state="23505")
t("like_identity", "CREATE TABLE {t} (LIKE z.identity INCLUDING ALL)")
t("like_without", "CREATE TABLE {t} (LIKE z.lender INCLUDING INDEXES)" + FILL,
    "PK001 warning likely", state="23502", why=UNPROVEN)
t("swapped",
    "CREATE TABLE z.swapped_old (id serial PRIMARY KEY); "
    "CREATE TABLE {t} (LIKE z.swapped_old INCLUDING ALL); "
    "DROP TABLE z.swapped_old CASCADE" + FILL,
  "PK001 warning likely", state="23502", why=UNPROVEN)
t("borrows_itself", "CREATE TABLE {t} (id serial PRIMARY KEY, n integer DEFAULT nextval('z.borrows_itself_id_seq'))")
t("twice_a_row",
    "CREATE SEQUENCE z.twice; "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('z.twice'), "
    "n integer DEFAULT nextval('z.twice'));"
  " INSERT INTO {t} VALUES (51, 0)", BEHIND, why=AHEAD)
t("shared_a",
    "CREATE SEQUENCE z.shared_s; "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('z.shared_s'))", "SEQ005 info proven")
t("shared_b", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('z.shared_s'))" + FILL, BEHIND, state="23505")

# Constants
t("zero", "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT 0)", "PK004 warning proven")
t("zero_used",
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT 0); INSERT INTO {t} DEFAULT VALUES",
    "PK004 error proven", state="23505")
t("minus_used",
    "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT -1); INSERT INTO {t} DEFAULT VALUES",
    "PK004 error proven", state="23505")
t("big_used",
    "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT '5000000000'::bigint); "
    "INSERT INTO {t} DEFAULT VALUES", "PK004 error proven", state="23505")
t("zero_serial", "CREATE TABLE {t} (id serial PRIMARY KEY); ALTER TABLE {t} ALTER id SET DEFAULT 0"
    + FILL, "PK004 warning proven")
t("word", "CREATE TABLE {t} (id text PRIMARY KEY DEFAULT 'none')", "PK004 warning proven")
t("word_used", "CREATE TABLE {t} (id text PRIMARY KEY DEFAULT ''); INSERT INTO {t} DEFAULT VALUES",
    "PK004 error proven", state="23505")
t("nil_used",
    "CREATE TABLE {t} (id uuid PRIMARY KEY DEFAULT '00000000-0000-0000-0000-000000000000'); "
    "INSERT INTO {t} DEFAULT VALUES", "PK004 error proven", state="23505")
t("sum_used",
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT 1 + 1); INSERT INTO {t} DEFAULT VALUES",
    state="23505", why=UNPROVEN)
t("a_row_a_day",
    "CREATE TABLE {t} (id date PRIMARY KEY DEFAULT current_date); INSERT INTO {t} DEFAULT VALUES",
    state="23505", why=BY_DESIGN)
t("singleton",
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1)); "
    "INSERT INTO {t} DEFAULT VALUES", state="23505", why=BY_DESIGN)
t("singleton_bool",
    "CREATE TABLE {t} (id boolean PRIMARY KEY DEFAULT true CHECK (id)); "
    "INSERT INTO {t} DEFAULT VALUES", state="23505", why=BY_DESIGN)
t("bool_key",
    "CREATE TABLE {t} (id boolean PRIMARY KEY DEFAULT false); INSERT INTO {t} DEFAULT VALUES",
    state="23505", why=BY_DESIGN)
t("constant_reference",
    "INSERT INTO z.zero VALUES (8); "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT 8 REFERENCES z.zero); "
    "INSERT INTO {t} DEFAULT VALUES",
  state="23505", why=BY_DESIGN)
t("constant_member",
    "CREATE TABLE {t} (a integer DEFAULT 0, b integer DEFAULT 0, PRIMARY KEY (a, b)); "
    "INSERT INTO {t} DEFAULT VALUES", state="23505", why=BY_DESIGN)

# Who may INSERT, and who may use the sequence
SERIAL, DENIED = "CREATE TABLE {t} (id serial PRIMARY KEY, v text)", "PK005 error proven"
V = "INSERT INTO {t} (v) VALUES ('x')"
t("granted", SERIAL + "; GRANT INSERT ON {t} TO zoo_app", DENIED, owner="zoo_owner", tries=(("zoo_app", "", "42501"),))
t("granted_usage", SERIAL
    + "; GRANT INSERT ON {t} TO zoo_app; GRANT USAGE ON SEQUENCE z.granted_usage_id_seq TO zoo_app",
    tries=(("zoo_app", "", ""),))
t("granted_update", SERIAL +
    "; GRANT INSERT ON {t} TO zoo_app; "
    "GRANT UPDATE ON SEQUENCE z.granted_update_id_seq TO zoo_app", tries=(("zoo_app", "", ""),))
t("granted_select", SERIAL +
    "; GRANT INSERT ON {t} TO zoo_app; "
    "GRANT SELECT ON SEQUENCE z.granted_select_id_seq TO zoo_app", DENIED, tries=(("zoo_app", "",
    "42501"),))
t("granted_column", SERIAL + "; GRANT INSERT (v) ON {t} TO zoo_app", DENIED, insert=V, tries=((
    "zoo_app", "", "42501"),))
t("granted_view", SERIAL + "; CREATE VIEW z.over AS SELECT * FROM {t}; GRANT INSERT ON z.over TO zoo_app", DENIED,
  tries=(("zoo_app", "INSERT INTO z.over (v) VALUES ('x')", "42501"),))
t("granted_views", SERIAL +
    "; CREATE VIEW z.over1 AS SELECT * FROM {t}; "
    "CREATE VIEW z.over2 AS SELECT id, v FROM z.over1; "
    "GRANT INSERT ON z.over2 TO zoo_app", DENIED,
  tries=(("zoo_app", "INSERT INTO z.over2 (v) VALUES ('x')", "42501"),))
t("granted_join", SERIAL +
    "; "
    "CREATE VIEW z.joining AS SELECT a.id FROM {t} a JOIN {t} b USING (id); "
    "GRANT INSERT ON z.joining TO zoo_app",
  tries=(("zoo_app", "INSERT INTO z.joining DEFAULT VALUES", "55000", OTHER),))
t("granted_public", SERIAL + "; GRANT INSERT ON {t} TO PUBLIC", DENIED, tries=(("zoo_nobody", "", "42501"),))
t("granted_group", SERIAL + "; GRANT INSERT ON {t} TO zoo_group", DENIED, tries=(("zoo_group", "",
    "42501"), ("zoo_member", "", "42501")))
t("granted_member", SERIAL +
    "; GRANT INSERT ON {t} TO zoo_member; "
    "GRANT USAGE ON SEQUENCE z.granted_member_id_seq TO zoo_group", tries=(("zoo_member", "", ""),))
t("granted_idle", SERIAL +
    "; GRANT INSERT ON {t} TO zoo_idle; "
    "GRANT USAGE ON SEQUENCE z.granted_idle_id_seq TO zoo_group", DENIED, tries=(("zoo_idle", "",
    "42501"),))
t("granted_identity",
    "CREATE TABLE {t} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
    "GRANT INSERT ON {t} TO zoo_app", tries=(("zoo_app", "", ""),))
t("granted_second",
    "CREATE TABLE {t} (id serial PRIMARY KEY, n serial); "
    "GRANT INSERT ON {t} TO zoo_app; "
    "GRANT USAGE ON SEQUENCE z.granted_second_id_seq TO zoo_app",
  "PK005@n error proven", tries=(("zoo_app", "", "42501"),))
t("granted_hidden",
    "CREATE SEQUENCE hidden.s; "
    "GRANT USAGE ON SEQUENCE hidden.s TO zoo_app; "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('hidden.s'));"
  " GRANT INSERT ON {t} TO zoo_app", tries=(("zoo_app", "", ""),))
t("granted_lost", SERIAL + LOSE + "; GRANT INSERT ON {t} TO zoo_app", LOST, state="23502", tries=((
    "zoo_app", "", "23502"),))
t("of_others",
    "CREATE SEQUENCE z.of_others_s; "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('z.of_others_s'))", DENIED,
    owner="zoo_owner", state="42501")
t("private", SERIAL, owner="zoo_other")
t("private_lost", SERIAL + LOSE, LOST, owner="zoo_other", state="23502")
t("guarded", SERIAL + FILL +
    "; SELECT setval({s}, 100); "
    "ALTER TABLE {t} ENABLE ROW LEVEL SECURITY; "
    "GRANT INSERT ON {t} TO zoo_app; "
    "GRANT USAGE ON SEQUENCE z.guarded_id_seq TO zoo_app",
  tries=(("zoo_app", "", "42501", OTHER),))
t("guarded_open", SERIAL +
    "; ALTER TABLE {t} ENABLE ROW LEVEL SECURITY; "
    "CREATE POLICY p ON {t} USING (true); GRANT INSERT ON {t} TO zoo_app", DENIED,
  tries=(("zoo_app", "", "42501"),))
t("secret", SERIAL + FILL, BEHIND, state="23505")

# Not tables, not ours, rewritten
MEMBER = (
    "; "
    "INSERT INTO pg_depend SELECT 'pg_class'::regclass, '{t}'::regclass, 0, "
    "'pg_extension'::regclass, oid, 0, 'e'"
          " FROM pg_extension WHERE extname = 'plpgsql'")
t("of_extension", SERIAL + LOSE + MEMBER, state="23502", why=BY_DESIGN)
t("of_extension_lender", SERIAL + MEMBER)
t("of_extension_borrower", "CREATE TABLE {t} (LIKE z.of_extension_lender INCLUDING ALL)", "PK003 warning proven")
t("kept", "CREATE MATERIALIZED VIEW {t} AS SELECT 1 AS id; CREATE UNIQUE INDEX ON {t} (id)", state="42809", why=OTHER)
t("foreign",
    "CREATE FOREIGN DATA WRAPPER zoo_fdw; "
    "CREATE SERVER zoo_server FOREIGN DATA WRAPPER zoo_fdw; "
    "CREATE FOREIGN TABLE {t} (id integer NOT NULL) SERVER zoo_server",
  insert="INSERT INTO {t} VALUES (1)", state="55000", why=OTHER)
t("ruled", SERIAL +
    "; CREATE TABLE z.ruled_log (id integer); "
    "CREATE RULE r AS ON INSERT TO {t} DO INSTEAD INSERT INTO z.ruled_log VALUES (NEW.id)")
t("filled",
    "CREATE TABLE {t} (id integer PRIMARY KEY); "
    "CREATE TRIGGER f BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION z.fill()",
    "PK001 info possible")

# Inheritance
t("parent", SERIAL)
t("kid", "CREATE TABLE {t} (x integer) INHERITS (z.parent); INSERT INTO {t} (id) SELECT generate_series(1, 100)")
t("kid_key", "CREATE TABLE {t} (x integer, PRIMARY KEY (id)) INHERITS (z.parent)")
t("kid_behind",
    "CREATE TABLE {t} (x integer, PRIMARY KEY (id)) INHERITS (z.parent); "
    "INSERT INTO {t} (id) SELECT generate_series(1, 100)", BEHIND, state="23505")
t("parent_identity", "CREATE TABLE {t} (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)")
t("kid_identity", "CREATE TABLE {t} (x integer) INHERITS (z.parent_identity)",
    "PK006 warning proven", state="23502", why=UNPROVEN)
t("kid_identity_key", "CREATE TABLE {t} (x integer, PRIMARY KEY (id)) INHERITS (z.parent_identity)",
    "PK006 error proven", state="23502")
t("kid_identity_default", "CREATE TABLE {t} (x integer, PRIMARY KEY (id)) INHERITS (z.parent_identity);"
  " ALTER TABLE {t} ALTER id SET DEFAULT nextval('z.parent_identity_id_seq')")
t("grandkid_identity", "CREATE TABLE {t} (PRIMARY KEY (id)) INHERITS (z.kid_identity)",
    "PK006 error proven", state="23502")
t("kid_of_two", "CREATE TABLE {t} (PRIMARY KEY (id)) INHERITS (z.parent, z.parent_identity)")
t("parent_lost", SERIAL, LOST, state="23502")
t("kid_lost",
    "CREATE TABLE {t} (x integer, PRIMARY KEY (id)) INHERITS (z.parent_lost); "
    "ALTER TABLE z.parent_lost ALTER id DROP DEFAULT",
  "PK001 info possible", state="23502", why=UNPROVEN)

# Partitions
TOGETHER = "SEQ001 warning likely"
HASH = "CREATE TABLE {t} (id bigserial PRIMARY KEY) PARTITION BY HASH (id); " + "; ".join(
    f"CREATE TABLE {{t}}_{i} PARTITION OF {{t}} FOR VALUES WITH (MODULUS 2, REMAINDER {i})" for i in (0, 1))
RANGE = ("CREATE TABLE {t} (id bigserial, k integer, PRIMARY KEY (id, k)) PARTITION BY RANGE (k); "
         "CREATE TABLE {t}_a PARTITION OF {t} FOR VALUES FROM (0) TO (10)")
K, TENANT = "INSERT INTO {t} (k) VALUES (1)", "INSERT INTO {t} (tenant) VALUES (1)"
t("parts_range", RANGE, insert=K)
t("parts_range_behind", RANGE + "; INSERT INTO {t} SELECT g, 1 FROM generate_series(5, 50) g", TOGETHER, insert=K)
t("parts_list",
    "CREATE TABLE {t} (id serial, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k); "
    "CREATE TABLE {t}_a PARTITION OF {t} FOR VALUES IN (1)", insert=K)
t("parts_default",
    "CREATE TABLE {t} (id serial, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k); "
    "CREATE TABLE {t}_a PARTITION OF {t} DEFAULT", insert=K)
t("parts_hash", HASH)
t("parts_hash_behind", HASH + FILL, BEHIND, state="23505")
t("parts_hash_ahead", HASH + "; INSERT INTO {t} VALUES (77), (60)", BEHIND, why=AHEAD)
t("parts_lost", HASH + LOSE, LOST, state="23502")
t("parts_identity", HASH.replace("bigserial", "bigint GENERATED ALWAYS AS IDENTITY"))
t("parts_unowned", "CREATE SEQUENCE z.parts_s; " + HASH.replace("bigserial",
    "bigint DEFAULT nextval('z.parts_s')"), UNOWNED)
t("parts_two", "CREATE TABLE {t} (id serial, k integer, l integer, PRIMARY KEY (id, k, l)) PARTITION BY RANGE (k);"
  " CREATE TABLE {t}_a PARTITION OF {t} FOR VALUES FROM (0) TO (10) PARTITION BY LIST (l); "
  "CREATE TABLE {t}_aa PARTITION OF {t}_a FOR VALUES IN (1)",
  insert="INSERT INTO {t} (k, l) VALUES (1, 1)")
t("parts_two_behind",
    "CREATE TABLE {t} (id serial PRIMARY KEY) PARTITION BY RANGE (id); "
    "CREATE TABLE {t}_a PARTITION OF {t} FOR VALUES FROM (0) TO (1000)"
  " PARTITION BY HASH (id); "
  "CREATE TABLE {t}_aa PARTITION OF {t}_a FOR VALUES WITH (MODULUS 1, REMAINDER 0)" + FILL, BEHIND,
  state="23505")
t("parts_own", RANGE, TOGETHER, insert="INSERT INTO {t} (k) VALUES (22)", state="23505",
    why=UNPROVEN, tries=(("postgres", K, ""),))
OWN = ("CREATE TABLE {t} (id bigserial, k integer, PRIMARY KEY (id, k)); "
       "ALTER TABLE z.parts_own ATTACH PARTITION {t} FOR VALUES ")
t("parts_own_1", OWN + "FROM (10) TO (20)", "PK007 warning proven", insert="INSERT INTO {t} (k) VALUES (11)")
t("parts_own_2", OWN + "FROM (20) TO (30); INSERT INTO {t} VALUES (1, 22)", "PK007 warning proven",
    insert="INSERT INTO {t} (k) VALUES (22)", state="23505", why=UNPROVEN)
t("parts_bare",
    "CREATE TABLE {t} (id bigint, k integer, PRIMARY KEY (id, k)); "
    "ALTER TABLE z.parts_own ATTACH PARTITION {t} FOR VALUES FROM (30) TO (40)",
  insert="INSERT INTO {t} (k) VALUES (33)", state="23502", why=BY_DESIGN)
t("parts_detached",
    "CREATE TABLE {t} PARTITION OF z.parts_own FOR VALUES FROM (40) TO (50); "
    "ALTER TABLE z.parts_own DETACH PARTITION {t}", "PK003 warning proven", insert=K)
t("parts_granted", HASH + "; GRANT INSERT ON {t} TO zoo_app", DENIED, tries=(("zoo_app", "", "42501"),))
t("parts_denied", HASH)
t("parts_denied_1", "GRANT INSERT ON {t} TO zoo_app", DENIED, insert="INSERT INTO z.parts_denied DEFAULT VALUES",
  tries=(("zoo_app", "INSERT INTO {t} DEFAULT VALUES", "42501"),))

# How far sequences are
def own(name: str, options: str, then: str = "", type_: str = "integer") -> str:
    return (f"CREATE SEQUENCE z.{name} {options}; "
            f"CREATE TABLE {{t}} (id {type_} PRIMARY KEY DEFAULT nextval('z.{name}')); "
            f"ALTER SEQUENCE z.{name} OWNED BY {{t}}.id{then}")

t("full", own("full_s", "MAXVALUE 100", "; SELECT setval('z.full_s', 100)"), "SEQ002 error proven", state="2200H")
t("one_left", own("one_s", "MAXVALUE 100", "; SELECT setval('z.one_s', 100, false)"), "SEQ002 error proven", why=ROOM)
t("nearly_full", own("nearly_s", "MAXVALUE 100", "; SELECT setval('z.nearly_s', 96)"), "SEQ002 error proven", why=ROOM)
t("near", own("near_s", "MAXVALUE 100", "; SELECT setval('z.near_s', 80)"), "SEQ002 warning proven")
t("half", own("half_s", "MAXVALUE 100", "; SELECT setval('z.half_s', 60)"), "SEQ002 info proven")
t("full_type", own("type_s", "", "; SELECT setval('z.type_s', 2147483647)"), "SEQ002 error proven", state="22003")
t("full_max", own("max_s", "MAXVALUE 2147483647", "; SELECT setval('z.max_s', 2147483647)"),
    "SEQ002 error proven", state="2200H")
t("full_past", own("past_s", "", "; SELECT setval('z.past_s', 3000000000)"), "SEQ002 error proven", state="22003")
t("full_leap", own("leap_s", "INCREMENT 1000000000", "; SELECT setval('z.leap_s', 2000000000)"),
    "SEQ002 error proven", state="22003")
t("full_step", own("step_s", "INCREMENT 2 MAXVALUE 10", "; SELECT setval('z.step_s', 9)"),
    "SEQ002 error proven", state="2200H")
t("full_down", own("down_s", "INCREMENT -1 MINVALUE -100", "; SELECT setval('z.down_s', -100)"),
    "SEQ002 error proven", state="2200H")
t("full_down_type", own("down_t", "INCREMENT -1 MINVALUE -32768",
    "; SELECT setval('z.down_t', -32768)", "smallint"), "SEQ002 error proven", state="2200H")
t("full_between", own("between_s", "MINVALUE 1000 MAXVALUE 2000",
    "; SELECT setval('z.between_s', 2000)"), "SEQ002 error proven", state="2200H")
t("full_big",
    "CREATE TABLE {t} (id bigserial PRIMARY KEY); SELECT setval({s}, 9223372036854775807)",
    "SEQ002 error proven", state="2200H")
t("full_identity",
    "CREATE TABLE {t} (id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
    "SELECT setval({s}, 32767)", "SEQ002 error proven", state="2200H")
t("full_unique",
    "CREATE TABLE {t} (id serial PRIMARY KEY, ord smallserial UNIQUE); "
    "SELECT setval('z.full_unique_ord_seq', 32767)", "SEQ002@ord error proven", state="2200H")
t("full_ord",
    "CREATE TABLE {t} (id serial PRIMARY KEY, ord smallserial); "
    "SELECT setval('z.full_ord_ord_seq', 32767)", "SEQ002@ord error proven", state="2200H")
t("full_loaded", "CREATE TABLE {t} (id smallint PRIMARY KEY); INSERT INTO {t} SELECT generate_series(1, 30000)",
  "PK001 warning likely; SEQ002 warning likely", state="23502", why=UNPROVEN)
t("full_reference",
    "CREATE TABLE {t} (id bigserial PRIMARY KEY); "
    "CREATE TABLE z.full_child (id bigserial PRIMARY KEY, up integer REFERENCES {t}); "
    "SELECT setval({s}, 2147483647)")  # FK001 of the child: the key itself has room
t("between", own("between_t", "MINVALUE 1000 MAXVALUE 2000"))
t("negative", own("negative_s", "MINVALUE -10 START -10"))
t("start_far", own("far_s", "AS integer START 2140000000"), "SEQ002 error proven", why=ROOM)
t("narrower", "CREATE TABLE {t} (id serial PRIMARY KEY); ALTER TABLE {t} ALTER id TYPE bigint", "SEQ003 warning proven")
t("narrower_full",
    "CREATE TABLE {t} (id serial PRIMARY KEY); "
    "ALTER TABLE {t} ALTER id TYPE bigint; SELECT setval({s}, 2147483647)",
  "SEQ003 warning proven; SEQ002 error proven", state="2200H")
t("narrower_chosen", own("chosen_s", "AS integer MAXVALUE 1000000", type_="bigint"))
t("cycles", own("cycles_s", "AS smallint CYCLE", type_="smallint"), "SEQ006 warning proven")
t("cycles_near", own("cycles_n", "MAXVALUE 10 CYCLE", "; SELECT setval('z.cycles_n', 8)"),
    "SEQ006 error proven", why=ROOM)
t("cycles_now", own("cycles_w", "MAXVALUE 10 CYCLE",
    "; INSERT INTO {t} SELECT generate_series(1, 10); SELECT setval('z.cycles_w', 10)"),
    "SEQ006 error proven", state="23505")
t("cycles_behind", own("cycles_b", "MAXVALUE 1000 CYCLE") + FILL, "SEQ006 warning proven", state="23505", why=UNPROVEN)
t("cycles_freely",
    "CREATE SEQUENCE z.cycles_f MAXVALUE 10 CYCLE; "
    "CREATE TABLE {t} (id integer DEFAULT nextval('z.cycles_f')); "
    "ALTER SEQUENCE z.cycles_f OWNED BY {t}.id")
t("crash",
    "CREATE UNLOGGED SEQUENCE z.crash_s; "
    "CREATE TABLE {t} (id bigint PRIMARY KEY DEFAULT nextval('z.crash_s'))",
    f"SEQ007 warning proven; {UNOWNED}")
t("crash_unlogged",
    "CREATE UNLOGGED SEQUENCE z.crash_u; "
    "CREATE UNLOGGED TABLE {t} (id bigint PRIMARY KEY DEFAULT nextval('z.crash_u'))", UNOWNED)

# Ids in the way
t("behind", SERIAL + FILL, BEHIND, state="23505")
t("behind_always",
    "CREATE TABLE {t} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
    "INSERT INTO {t} OVERRIDING SYSTEM VALUE SELECT generate_series(1, 9)", BEHIND, state="23505")
t("behind_lost", SERIAL + LOSE + FILL, LOST, state="23502")
t("behind_unowned",
    "CREATE SEQUENCE z.behind_s; "
    "CREATE TABLE {t} (id integer PRIMARY KEY DEFAULT nextval('z.behind_s'))" + FILL,
    f"{BEHIND}; {UNOWNED}", state="23505")
t("not_called", SERIAL + "; INSERT INTO {t} SELECT generate_series(1, 49); SELECT setval({s}, 50, false)")
t("not_called_hit", SERIAL
    + "; INSERT INTO {t} SELECT generate_series(1, 50); SELECT setval({s}, 50, false)", BEHIND,
    state="23505")
t("just_called", SERIAL + FILL + "; SELECT setval({s}, 100)")
t("called_one_less", SERIAL + FILL + "; SELECT setval({s}, 99)", BEHIND, state="23505")
t("gap", SERIAL + "; INSERT INTO {t} SELECT generate_series(51, 100); SELECT setval({s}, 10)", BEHIND, why=AHEAD)
t("deleted", SERIAL + FILL
    + "; DELETE FROM {t} WHERE id > 50; SELECT setval({s}, 50); INSERT INTO {t} VALUES (60)",
    BEHIND, why=AHEAD)
t("at_1000", SERIAL + "; INSERT INTO {t} VALUES (1000)", BEHIND, why=AHEAD)
t("at_1001", SERIAL + "; INSERT INTO {t} VALUES (1001)", "SEQ001 warning proven")
t("outlier", SERIAL + "; INSERT INTO {t} VALUES (1), (999999999); SELECT setval({s}, 1)", "SEQ001 info proven")
t("below", SERIAL + "; INSERT INTO {t} VALUES (-1), (0)")
t("odd", own("odd_s", "INCREMENT 2", "; INSERT INTO {t} SELECT generate_series(2, 200, 2)"))
t("odd_hit", own("odd_h", "INCREMENT 2", "; INSERT INTO {t} VALUES (2), (9), (10)"), BEHIND, why=AHEAD)
t("third", own("third_s", "INCREMENT 3 START 2", "; INSERT INTO {t} VALUES (4), (6), (11)"), BEHIND, why=AHEAD)
t("down", own("down_b", "INCREMENT -1",
    "; INSERT INTO {t} SELECT -g FROM generate_series(1, 100) g"), BEHIND, state="23505")
t("down_gap", own("down_g", "INCREMENT -1",
    "; INSERT INTO {t} VALUES (-50), (-90), (5); SELECT setval('z.down_g', -10)"), BEHIND,
    why=AHEAD)
t("down_odd", own("down_o", "INCREMENT -2", "; INSERT INTO {t} VALUES (-4), (-11), (-51)"), BEHIND, why=AHEAD)
t("cached", own("cached_s", "CACHE 20", "; INSERT INTO {t} VALUES (30)"), BEHIND, why=AHEAD)
t("large",
    "CREATE TABLE {t} (id bigserial PRIMARY KEY); "
    "INSERT INTO {t} VALUES (9007199254740993); "
    "SELECT setval({s}, 9007199254740990)", BEHIND, why=AHEAD)
t("past_the_end", own("end_s", "MAXVALUE 100", "; INSERT INTO {t} VALUES (200); SELECT setval('z.end_s', 10)"))
t("past_the_end_down", own("end_d", "INCREMENT -1 MINVALUE -100",
    "; INSERT INTO {t} VALUES (-200); SELECT setval('z.end_d', -10)"))
t("unique_index", "CREATE TABLE {t} (id serial); CREATE UNIQUE INDEX ON {t} (id)" + FILL, BEHIND, state="23505")
t("unique_nulls", "CREATE TABLE {t} (id serial UNIQUE NULLS NOT DISTINCT)" + FILL, BEHIND, state="23505")
t("unique_include", "CREATE TABLE {t} (id serial, v text, PRIMARY KEY (id) INCLUDE (v))" + FILL, BEHIND, state="23505")
t("unique_deferred", "CREATE TABLE {t} (id serial PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)"
    + FILL, BEHIND, state="23505")
t("unique_partial",
    "CREATE TABLE {t} (id serial, v text); CREATE UNIQUE INDEX ON {t} (id) WHERE v IS NULL" + FILL,
    state="23505", why=UNPROVEN)
t("unique_second",
    "CREATE TABLE {t} (id serial PRIMARY KEY, ord serial UNIQUE); "
    "INSERT INTO {t} SELECT g, g FROM generate_series(1, 9) g; "
    "SELECT setval({s}, 9)",
  "SEQ001@ord error proven", state="23505")
t("unique_both",
    "CREATE TABLE {t} (id serial PRIMARY KEY, ord serial UNIQUE); INSERT INTO {t} VALUES (20, 10)",
    f"{BEHIND}; SEQ001@ord error proven", why=AHEAD)
t("not_unique",
    "CREATE TABLE {t} (id serial PRIMARY KEY, ord serial); "
    "INSERT INTO {t} SELECT g, g FROM generate_series(1, 9) g; "
    "SELECT setval({s}, 9)")
t("together",
    "CREATE TABLE {t} (tenant integer, id serial, PRIMARY KEY (tenant, id)); "
    "INSERT INTO {t} SELECT 1, generate_series(1, 9)", TOGETHER,
  insert=TENANT, state="23505", why=UNPROVEN, tries=(("postgres", "INSERT INTO {t} (tenant) VALUES (2)", ""),))

# Hostile names
HOSTILE = [
    "it's", 'q"uote', "d.ot", "per%cent %s", "co:lon :name", "back\\slash", "new\nline", "x" * 63,
        "größe_表_" + "é" * 20, "select", "User", "$1", "{brace}",
    " space ", "--comment", "/*", "tab\t", "a;b", "😀", "E'x'", "pg_class", "user",
]
for i, word in enumerate(HOSTILE):
    place = Name('z.e"r%o:\\ s' if i % 3 else "z", word)
    key = ident(word)
    made = f"CREATE TABLE {{t}} ({key} serial PRIMARY KEY, v text)"
    if i % 2:
        t(place,
            f"{made}; ALTER TABLE {{t}} ALTER {key} DROP DEFAULT; "
            "INSERT INTO {t} SELECT generate_series(1, 9)", LOST, state="23502", column=word)
    else:
        t(place, f"{made}; INSERT INTO {{t}} VALUES (40)", BEHIND, why=AHEAD, column=word)

# What the models say
METADATA = sa.MetaData(schema="m")


def m(name: str, ddl: str, *columns: sa.Column[object], found: str = "", **more: object) -> None:
    sa.Table(name, METADATA, *columns)
    t(Name("m", name), ddl, found, **more)  # type: ignore[arg-type]


def key(type_: object = sa.Integer, *more: object, **options: object) -> sa.Column[object]:
    return sa.Column("id", type_, *more, primary_key=True, **options)  # type: ignore[arg-type]


INTEGER_KEY, UUID_KEY = "CREATE TABLE {t} (id integer PRIMARY KEY)", "CREATE TABLE {t} (id uuid PRIMARY KEY)"
REFUSED = {"state": "23502"}
m("good", "CREATE TABLE {t} (id serial PRIMARY KEY)", key())
m("plain", INTEGER_KEY, key(), found=LOST, **REFUSED)
m("identity", INTEGER_KEY, key(sa.Integer, sa.Identity()), found=LOST, **REFUSED)
m("served", INTEGER_KEY, key(server_default=sa.text("nextval('x')")), found=LOST, **REFUSED)
m("plain_archive", INTEGER_KEY, key(), found=LOST, **REFUSED)
m("triggered", INTEGER_KEY
    + "; CREATE TRIGGER f BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION z.fill()", key(),
    found="PK001 info possible")
m("by_hand", INTEGER_KEY, key(autoincrement=False), why=BY_DESIGN, **REFUSED)
m("by_python", INTEGER_KEY, key(default=lambda: 1), why=BY_DESIGN, **REFUSED)
m("by_reference", INTEGER_KEY, key(sa.Integer, sa.ForeignKey("m.plain.id")), why=BY_DESIGN, **REFUSED)
m("two", "CREATE TABLE {t} (a integer, b integer, PRIMARY KEY (a, b))", sa.Column("a", sa.Integer,
    primary_key=True), sa.Column("b", sa.Integer, primary_key=True),
  why=BY_DESIGN, **REFUSED)
m("snow", "CREATE TABLE {t} (id bigint PRIMARY KEY); INSERT INTO {t} VALUES (1541815603606036480)",
    key(sa.BigInteger), why=BY_DESIGN, **REFUSED)
m("calls", "CREATE SEQUENCE m.numbers; " + INTEGER_KEY, key(sa.Integer, sa.Sequence("numbers",
    schema="m")), insert="INSERT INTO {t} VALUES (nextval('m.numbers'))")
m("calls_none", INTEGER_KEY, key(sa.Integer, sa.Sequence("gone", schema="m")), found=LATE_GONE,
    insert="INSERT INTO {t} VALUES (nextval('m.gone'))", state="42P01")
m("calls_serial", SERIAL, key(sa.Integer, sa.Sequence("gone", schema="m")), found=LATE_GONE,
    insert="INSERT INTO {t} VALUES (nextval('m.gone'))", state="42P01")
m("uuid", UUID_KEY, key(sa.Uuid), found="PK008 info possible", why=UNPROVEN, **REFUSED)
m("uuid_served", UUID_KEY, key(sa.Uuid, server_default=sa.text("gen_random_uuid()")),
    found="PK008 error proven", **REFUSED)
m("uuid_python", UUID_KEY, key(sa.Uuid, default=uuid.uuid4), why=BY_DESIGN, **REFUSED)
m("uuid_database", "CREATE TABLE {t} (id uuid PRIMARY KEY DEFAULT gen_random_uuid())", key(sa.Uuid))
m("uuid_touched", UUID_KEY
    + "; CREATE TRIGGER f BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION z.touch()",
    key(sa.Uuid), found="PK008 info possible", why=UNPROVEN, **REFUSED)
m("uuid_reference", UUID_KEY, key(sa.Uuid, sa.ForeignKey("m.uuid.id")), why=BY_DESIGN, **REFUSED)
# fmt: on

AFTER = """
CREATE TEMPORARY TABLE passing (id serial PRIMARY KEY); ALTER TABLE passing ALTER id DROP DEFAULT;
GRANT SELECT ON ALL TABLES IN SCHEMA z TO zoo_reader; GRANT SELECT ON ALL SEQUENCES IN SCHEMA z TO zoo_reader;
REVOKE SELECT ON z.secret FROM zoo_reader;
ANALYZE
"""
