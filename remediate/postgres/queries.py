"""SQL that is longer than a line: in .sql files beside the modules that run it."""

from functools import cache
from importlib.resources import files


@cache
def query(package: str, name: str) -> str:
    """The text of `sql/<name>.sql` in the folder of this package."""
    return files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8").strip()
