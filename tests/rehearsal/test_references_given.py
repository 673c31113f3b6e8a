"""An application gives a reference as a literal: what fires then must take the converted column too."""

from pathlib import Path

import pytest

import remediate
from remediate.config import Config
from remediate.errors import RehearsalFailed
from remediate.rehearsal.scratch import Server
from tests.rehearsal.test_promises import BOTH, TEXT, opened

OPTIONS = remediate.GenerateOptions(approve=("all",), reviewer="Ann")
CODE = Config(allow=("DATABASE_CODE",))
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$; "
FIRES = "CREATE TRIGGER g {} ON {} FOR EACH ROW EXECUTE FUNCTION f(); "
SEEN = "CREATE TABLE seen (of jsonb CHECK ({})); "
# Name: what fires, and what the rehearsal says.
BROKEN = {
    "JSON of the row": (
        SEEN.format("of ->> 't_id' IS NULL OR jsonb_typeof(of -> 't_id') <> 'number'")
        + FUNCTION.format("INSERT INTO seen VALUES (jsonb_build_object('t_id', NEW.t_id)); RETURN NULL;")
        + FIRES.format("AFTER INSERT", "c"),
        r"INSERT_BREAKS: INSERT of a row of public\.c with t_id .*\n.*seen_of_check.*f\(\)",
    ),
    "a branch for rows that refer": (
        FUNCTION.format("IF NEW.t_id IS NOT NULL THEN NEW.r := substr(NEW.t_id, 1, 1); END IF; RETURN NEW;")
        + FIRES.format("BEFORE INSERT", "c"),
        r"INSERT_BREAKS: INSERT of a row of public\.c with t_id .*\n.*substr\(integer",
    ),
    "a reference that changes": (
        FUNCTION.format("IF NEW.r IS NOT NULL THEN NEW.r := ltrim(NEW.t_id, '0'); END IF; RETURN NEW;")
        + FIRES.format("BEFORE UPDATE OF t_id", "c"),
        r"UPDATE_BREAKS: UPDATE of a row of public\.c with t_id .*\n.*ltrim\(integer",
    ),
    "a parent that goes": (
        "ALTER TABLE t ADD note text; "
        + FUNCTION.format("IF OLD.note IS NOT NULL THEN DELETE FROM c WHERE t_id = OLD.id::text; END IF; RETURN OLD;")
        + FIRES.format("BEFORE DELETE", "t"),
        r"DELETE_BREAKS: DELETE of a row of public\.t with id .*\n.*integer = text",
    ),
}  # fmt: skip
TAKEN = {
    "either type": SEEN.format("of ? 't_id'")
    + FUNCTION.format("INSERT INTO seen VALUES (to_jsonb(NEW)); NEW.r := NEW.t_id || '!'; RETURN NEW;")
    + FIRES.format("BEFORE INSERT OR UPDATE", "c"),
    "children go first": FUNCTION.format("DELETE FROM c WHERE c.t_id::text = OLD.id::text; RETURN OLD;")
    + FIRES.format("BEFORE DELETE", "t"),
    "each parent once": "CREATE UNIQUE INDEX ON c (t_id);",
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", BROKEN)
def test_what_does_not_take_the_converted_column_refutes_the_repair(
    case: str, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fires, said = BROKEN[case]
    with opened(newest, tmp_path, monkeypatch, TEXT + fires, BOTH) as project:
        before = project.files()
        with pytest.raises(RehearsalFailed, match=said):
            remediate.generate(CODE, OPTIONS)
        assert project.files() == before


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", TAKEN)
def test_what_takes_both_does_not(
    case: str, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(newest, tmp_path, monkeypatch, TEXT + TAKEN[case], BOTH):
        assert all(landed.proof for landed in remediate.generate(CODE, OPTIONS))
