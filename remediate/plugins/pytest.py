"""pytest's plugin: with `--remediate`, a test for each rule, and an INSERT for each model.

Without the option it does nothing: what it needs is imported when it is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: "pytest.Parser") -> None:
    """The options."""
    group = parser.getgroup("remediate")
    group.addoption(
        "--remediate",
        action="store_true",
        help="Test the keys of the database that env.py names, and an INSERT for each model.",
    )
    group.addoption(
        "--remediate-config",
        metavar="FILE",
        help="alembic.ini or pyproject.toml of the Alembic project.",
    )


def pytest_configure(config: "pytest.Config") -> None:
    """Add the tests, where they are asked for."""
    if config.getoption("--remediate"):
        from remediate.plugins.pytest_items import Tests  # noqa: PLC0415

        config.pluginmanager.register(Tests(config), "remediate-tests")
