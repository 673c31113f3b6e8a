"""Option over environment over file over default."""

from pathlib import Path

import pytest

from remediate.config import Config, load

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
