"""Option over environment over file over default."""

from pathlib import Path

import pytest

from remediate.config import Config, load
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
