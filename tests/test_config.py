"""Option over environment over file over default."""

import contextlib
from dataclasses import fields
from pathlib import Path
from typing import Any

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
    ("headroom = '5'", "[tool.remediate] headroom must be a whole number, not '5'"),
    ("headroom = 5.0", "[tool.remediate] headroom must be a whole number, not 5.0"),
    ("headroom = true", "[tool.remediate] headroom must be a whole number, not True"),
    ("headroom = -5", "[tool.remediate] headroom must be 0 or more, not -5"),
    ("rows-rewritten = -1", "[tool.remediate] rows-rewritten must be 0 or more, not -1"),
    ("headroom = nan", "[tool.remediate] headroom must be a whole number, not nan"),
    (
        "headroom = 1979-05-27",
        "[tool.remediate] headroom must be a whole number, not datetime.date",
    ),
    ("allow = ['FIRE']", "FIRE in [tool.remediate] allow: there is no such hazard"),
    ("deep = 1", "[tool.remediate] deep must be true or false, not 1"),
    ("schema = 'public'", "[tool.remediate] schema must be a list of texts, not 'public'"),
    ("schema = ['public', 1]", "[tool.remediate] schema must hold texts only, not 1"),
    ("right = []", "[tool.remediate] right must be a table, not []"),
    ("right = {t = 1}", "[tool.remediate] right must map each column to texts only, not 1"),
    ("tiers = {t = 1}", "[tool.remediate] tiers must map each table to texts only, not 1"),
    (
        "right = {t = 'me'}",
        "[tool.remediate] right must map each column to 'database' or 'models', not 'me'",
    ),
    (
        "tiers = {t = 'top'}",
        "[tool.remediate] tiers must map each table to 'critical', 'high', 'medium' or 'low'",
    ),
    ("uuid = 'v1'", "[tool.remediate] uuid must be 'v4' or 'v7', not 'v1'"),
    (
        "generated-keys = ''",
        "[tool.remediate] generated-keys must be 'database' or 'application', not ''",
    ),
    (
        "on-delete = 'cascade'",
        "[tool.remediate] on-delete must be 'CASCADE', 'RESTRICT', 'SET NULL', 'SET DEFAULT' or",
    ),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG)
def test_a_setting_has_its_type(line: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.remediate]\n{line}\n")
    with pytest.raises(UsageProblem) as raised:
        load(tmp_path)
    assert raised.value.message.startswith(sentence)


SHAPES = [
    (b"[tool.remediate]\nname = '\xfc'\n", "pyproject.toml is not UTF-8, as TOML has to be"),
    (b"[tool.remediate\n", "pyproject.toml is not valid TOML"),
    (b"[tool.remediate]\nheadroom = " + b"9" * 5000, "pyproject.toml is not valid TOML: Exceeds"),
    (b"x = " + b"[" * 5000, "pyproject.toml is not valid TOML"),
    (b"tool = 3\n", "tool in pyproject.toml must be a table, not 3"),
    (b"[tool]\nremediate = []\n", "tool.remediate in pyproject.toml must be a table, not []"),
    (b"[[tool.remediate]]\nheadroom = 1\n", "tool.remediate in pyproject.toml must be a table"),
]


@pytest.mark.parametrize(("text", "sentence"), SHAPES)
def test_a_file_of_another_shape(text: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text)
    with pytest.raises(UsageProblem) as raised:
        load(tmp_path)
    assert raised.value.message.startswith(sentence)


def test_a_file_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(UsageProblem, match="cannot be read: Is a directory"):
        load(tmp_path)


VALUES = ("3", "-1", "1.5", "nan", "inf", "true", "'x'", "''", "[]", "[1]", "[[]]", "['x']", "{}",
          "{a = 1}", "{a = 'x'}", "1979-05-27", "07:32:00", "[{a = 1}]")  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", [*schemas(), "database_url"])
def test_any_value_is_taken_or_refused_with_a_sentence(
    name: str, value: str, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.remediate]\n{name.replace('_', '-')} = {value}"
    )
    with contextlib.suppress(UsageProblem):
        assert load(tmp_path) != Config() or value in ("[]", "{}", "''")


GIVEN = [
    ({"nix": 3}, "there is no setting 'nix'"),
    ({"headroom": -5}, "--headroom must be 0 or more, not -5"),
    ({"headroom": "5"}, "--headroom must be a whole number, not '5'"),
    ({"schema": "public"}, "--schema must be a list of texts, not 'public'"),
    ({"schema": ("public", 1)}, "--schema must hold texts only, not 1"),
    ({"database_url": 3}, "--database-url must be a text, not 3"),
    ({"uuid": "v1"}, "--uuid must be 'v4' or 'v7', not 'v1'"),
    ({"allow": ["fire"]}, "--allow fire: there is no such hazard"),
]


@pytest.mark.parametrize(("given", "sentence"), GIVEN)
def test_what_is_given_for_one_run_is_checked_too(
    given: Any, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageProblem) as raised:
        load(tmp_path, **given)
    assert raised.value.message.startswith(sentence)


def test_each_setting_of_the_file_has_a_schema() -> None:
    names = {one.name for one in fields(Config)} - {"database_url", "scratch_url"}
    assert schemas().keys() == names
    for schema in schemas().values():
        Draft202012Validator.check_schema(schema)


def test_what_shapes_a_plan_is_refused_once_it_is_made() -> None:
    refuse_shaping(["config", "database_url", "first"])
    with pytest.raises(
        UsageProblem, match="--on-delete shapes a plan, but this one is made already"
    ):
        refuse_shaping(["uuid", "on_delete", "config"])
