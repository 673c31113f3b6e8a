"""The incident: a real small Alembic project whose keys nothing generates, for demo and tests."""

import shutil
from pathlib import Path

import sqlalchemy as sa

from remediate.rehearsal.scratch import Server

PROJECT = Path(__file__).with_name("project")
OWNER, APPLICATION, INTAKE = "career_owner", "career_app", "career_intake"


def copy_project(to: Path) -> Path:
    """The project's files, to be worked on."""
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(PROJECT, to / "career-guidance", ignore=ignore))


def create_roles(server: Server) -> None:
    """The role that owns everything and migrates, the application's, and one that uses a view."""
    with sa.create_engine(server.url, poolclass=sa.NullPool).begin() as connection:
        for role in (OWNER, APPLICATION, INTAKE):
            known = connection.execute(
                sa.text("SELECT FROM pg_roles WHERE rolname = :role"), {"role": role}
            )
            if known.first() is None:
                connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")


def own_database(url: sa.URL) -> sa.URL:
    """Give an empty database to the owner; the URL to connect to it as the owner."""
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {url.database} OWNER TO {OWNER}")
        connection.exec_driver_sql(f"ALTER SCHEMA public OWNER TO {OWNER}")
    return url.set(username=OWNER)
