"""A wider key is of use only where what fires at an INSERT takes its new ids as well."""

from pathlib import Path

import pytest

import remediate
from remediate.config import Config
from remediate.errors import RehearsalFailed
from remediate.rehearsal.scratch import Server
from tests.rehearsal.test_promises import NEARLY_FULL, opened
from tests.support.project import scratch_url

OPTIONS = remediate.GenerateOptions(approve=("all",), reviewer="Ann")
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ {} $$; "
FIRES = "CREATE TRIGGER g {} ON {} FOR EACH ROW EXECUTE FUNCTION f(); "
LOG = "CREATE TABLE log (id bigserial PRIMARY KEY, of {}); "
WRITES = FUNCTION.format("BEGIN INSERT INTO log (of) VALUES (NEW.id); RETURN NEW; END")
ALWAYS = (
    "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n text NOT NULL);"
    "SELECT setval('t_id_seq', 2147483640);"
)
SMALL = "CREATE TABLE t (id smallserial PRIMARY KEY); SELECT setval('t_id_seq', 32760);"
GIVEN = (
    "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t SELECT generate_series(32760, 32799);"
)
# Name: the database, and what the rehearsal says.
REFUSED = {
    "a CHECK of the key": (
        "CREATE TABLE t (id integer PRIMARY KEY CHECK (id % 2 = 0), n text); INSERT INTO t VALUES (2);",
        r"INSERT_STILL_FAILS: INSERT without id into public\.t gets an id that its CHECK .*\n.*t_id_check",
    ),
    "a CHECK of the key's domain": (
        "CREATE DOMAIN even AS integer CONSTRAINT halved CHECK (VALUE % 2 = 0);"
        "CREATE TABLE t (id even PRIMARY KEY, n text); INSERT INTO t VALUES (2);",
        r"INSERT_STILL_FAILS: INSERT without id into public\.t gets an id that its CHECK .*\n.*halved",
    ),
    "a CHECK of high ids": (
        "CREATE TABLE t (id integer PRIMARY KEY CHECK (id >= 1000), n text);"
        "CREATE TABLE u (id serial PRIMARY KEY, t_id integer REFERENCES t);",
        r"INSERT_STILL_FAILS: INSERT without id into public\.t gets an id that its CHECK .*\n.*t_id_check",
    ),
    "a narrow column behind identity": (
        ALWAYS + LOG.format("integer") + WRITES + FIRES.format("AFTER INSERT", "t"),
        r"INSERT_BEYOND_LIMIT: INSERT of a row whose public\.t\.id is 2147483648 .*\n.*integer out of range; .*f\(\)",
    ),
    "a smallint column": (
        SMALL + LOG.format("smallint") + WRITES + FIRES.format("BEFORE INSERT", "t"),
        r"INSERT_BEYOND_LIMIT: .*public\.t\.id is 32768",
    ),
    "a CHECK of what is written": (
        NEARLY_FULL + LOG.format("bigint CHECK (of < 2147483648)") + WRITES + FIRES.format("AFTER INSERT", "t"),
        r"INSERT_BEYOND_LIMIT: .*\n.*log_of_check",
    ),
    "a cast when a row changes": (
        NEARLY_FULL
        + FUNCTION.format("BEGIN PERFORM NEW.id::integer; RETURN NEW; END") + FIRES.format("AFTER UPDATE", "t"),
        r"UPDATE_BEYOND_LIMIT: UPDATE of a row",
    ),
    "a column that refers to the key": (
        NEARLY_FULL + "CREATE TABLE c (id bigserial PRIMARY KEY, t_id integer REFERENCES t);"
        + FUNCTION.format("DECLARE i integer := NEW.t_id; BEGIN RETURN NEW; END") + FIRES.format("BEFORE INSERT", "c"),
        r"INSERT_BEYOND_LIMIT: .*public\.c\.t_id is 2147483648",
    ),
    "ids of a new sequence": (
        GIVEN + LOG.format("smallint") + WRITES + FIRES.format("AFTER INSERT", "t"),
        r"INSERT_BEYOND_LIMIT: INSERT without id into public\.t .*\n.*smallint out of range; .*f\(\)",
    ),
}  # fmt: skip
TAKEN = {
    "a CHECK of the key": "CREATE TABLE t (id integer PRIMARY KEY CHECK (id > 0)); INSERT INTO t VALUES (7);",
    "a wide column": NEARLY_FULL + LOG.format("bigint") + WRITES + FIRES.format("AFTER INSERT", "t"),
    "no row at all": NEARLY_FULL
    + FUNCTION.format("BEGIN RAISE 'closed'; END") + FIRES.format("BEFORE INSERT", "t"),
    "low ids of a new sequence": "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (7);"
    + LOG.format("smallint") + WRITES + FIRES.format("AFTER INSERT", "t"),
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_take_the_new_ids_refutes_the_repair(
    case: str, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ddl, said = REFUSED[case]
    with opened(newest, tmp_path, monkeypatch, ddl, None) as project:
        before = project.files()
        with pytest.raises(RehearsalFailed, match=said) as refuted:
            remediate.generate(Config(scratch_url=scratch_url()), OPTIONS)
        assert "Repair what is in the way. If nothing of yours is in the way" in refuted.value.hint
        assert project.files() == before


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", TAKEN)
def test_what_takes_them_does_not(
    case: str, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(newest, tmp_path, monkeypatch, TAKEN[case], None):
        assert all(
            landed.proof
            for landed in remediate.generate(Config(scratch_url=scratch_url()), OPTIONS)
        )
