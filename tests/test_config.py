"""Option over environment over file over default."""

from dataclasses import fields
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from remediate.config import Config, load, refuse_shaping, schemas
from remediate.errors import UsageProblem

FILE = "[tool.remediate]\nheadroom = 5\nschema = ['a', 'b']\ngenerated-keys = 'database'\n"


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REMEDIATE_DATABASE_URL", raising=False)
    assert load(tmp_path) == Config()


def test_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(FILE)
    made = load(tmp_path)
    assert (made.headroom, made.schema, made.generated_keys) == (5, ("a", "b"), "database")


def test_an_option_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(FILE)
    made = load(tmp_path, headroom=7, schema=["c"], table=None)
    assert (made.headroom, made.schema, made.table) == (7, ("c",), ())


def test_zero_is_a_value(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(FILE)
    assert load(tmp_path, headroom=0).headroom == 0


def test_an_option_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMEDIATE_DATABASE_URL", "postgresql://one/x")
    assert load(tmp_path).database_url == "postgresql://one/x"
    assert load(tmp_path, database_url="postgresql://two/x").database_url == "postgresql://two/x"


def test_other_tables_of_pyproject_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n[tool.other]\nurl = 1\n")
    assert load(tmp_path).headroom == 0


REASONS = (
    "[tool.remediate.ignore]\nPK001 = 'filled by hand'\n'FK006:public.log_*' = 'never deleted'\n"
)


def test_what_is_ignored_has_a_reason(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(REASONS)
    made = load(tmp_path)
    assert made.ignored == {"PK001": "filled by hand", "FK006:public.log_*": "never deleted"}
    assert made.ignore == ("PK001",)  # as a whole; the other one by its findings
    assert load(tmp_path, ignore=["SEQ004"]).ignore == ("SEQ004", "PK001")


IGNORE = [
    ("[tool.remediate]\nignore = ['FK006']\n", 'FK006 = "why it may stay"'),
    ("[tool.remediate]\nignore = ['FK006:a.b']\n", '"FK006:a.b" = "why it may stay"'),
    ("[tool.remediate]\nignore = []\n", '"FK006:public.log_*" = "why it may stay"'),
    ("[tool.remediate]\nignore = 'FK006'\n", "[tool.remediate.ignore], and below it"),
    ("[tool.remediate.ignore]\nFK006 = true\n", "[tool.remediate.ignore], and below it"),
    ("[tool.remediate.ignore]\nFK006.public.t = 'why'\n", "[tool.remediate.ignore], and below it"),
    ("[tool.remediate.ignore]\nFK006 = ' '\n", 'FK006 = "..."'),
]


@pytest.mark.parametrize(("text", "hint"), IGNORE)
def test_what_is_ignored_without_one_is_refused(text: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageProblem) as raised:
        load(tmp_path)
    assert hint in raised.value.hint


def test_the_setting_is_called_as_it_is_documented(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.remediate.ignored]\nPK001 = 'why'\n")
    with pytest.raises(UsageProblem, match="has no setting 'ignored'"):
        load(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.remediate]\nbaseline = 'accepted.json'\n")
    assert load(tmp_path).baseline == "accepted.json"


WRONG = [
    ("headroom = '5'", "[tool.remediate] headroom must be a int, not '5'"),
    ("headroom = 5.0", "[tool.remediate] headroom must be a int, not 5.0"),
    ("headroom = true", "[tool.remediate] headroom must be a int, not True"),
    ("deep = 1", "[tool.remediate] deep must be a bool, not 1"),
    ("schema = 'public'", "[tool.remediate] schema must be a list, not 'public'"),
    ("schema = ['public', 1]", "[tool.remediate] schema must be a list of texts, not of 1"),
    ("right = []", "[tool.remediate] right must be a dict, not []"),
    ("right = {t = 1}", "[tool.remediate.right] must give a text for each column"),
    ("tiers = {t = 1}", "[tool.remediate.tiers] must give a text for each table"),
    (
        "right = {t = 'me'}",
        '[tool.remediate.right] must say "database" or "models" for each column',
    ),
    (
        "tiers = {t = 'top'}",
        "[tool.remediate.tiers] must say critical, high, medium, low for each table",
    ),
    ("uuid = 'v1'", "uuid must be 'v4' or 'v7'"),
    ("generated-keys = ''", "generated-keys must be 'database' or 'application'"),
    ("on-delete = 'cascade'", "on-delete must be 'CASCADE' or 'RESTRICT' or 'SET NULL' or"),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG)
def test_a_setting_has_its_type(line: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.remediate]\n{line}\n")
    with pytest.raises(UsageProblem) as raised:
        load(tmp_path)
    assert raised.value.message.startswith(sentence)


def test_each_setting_of_the_file_has_a_schema() -> None:
    names = {one.name for one in fields(Config)} - {"database_url", "scratch_url"}
    assert schemas().keys() == names
    for schema in schemas().values():
        Draft202012Validator.check_schema(schema)


def test_what_shapes_a_plan_is_refused_once_it_is_made() -> None:
    refuse_shaping(["config", "database_url", "first"])
    with pytest.raises(UsageProblem, match="--on-delete shapes a plan, and this one is made"):
        refuse_shaping(["uuid", "on_delete", "config"])
