"""SQL files: read by name, without their header, with parts that are never read again."""

from importlib.resources import files

import pytest

from remediate.postgres.queries import query

PACKAGE = "remediate.catalog"
FILES = [
    (package, file.name)
    for package in ("remediate.catalog", "remediate.project")
    for file in files(package).joinpath("sql").iterdir()
]


def test_the_header_is_for_readers_of_the_file() -> None:
    assert query(PACKAGE, "identity").startswith("SELECT system_identifier::text")


def test_a_part_is_put_in_as_it_is() -> None:
    # A table may be called {large}: it is not taken for another part.
    statement = query(PACKAGE, "candidates", declared="('{large}')", large="2000", named="''")
    assert "(VALUES ('{large}'))" in statement
    assert "f.relpages > 2000\n" in statement


def test_a_part_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="places"):
        query(PACKAGE, "wanted", other="1")


@pytest.mark.parametrize(("package", "name"), FILES)
def test_every_file_says_what_it_reads(package: str, name: str) -> None:
    text = files(package).joinpath("sql", name).read_text(encoding="utf-8")
    assert text.startswith("-- ")
    assert query(package, name.removesuffix(".sql"))
