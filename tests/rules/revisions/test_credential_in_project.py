"""SEC001: passwords in the project's files, told by file and line, and never repeated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.project.secret_lines import of_line
from remediate.rehearsal.scratch import Server
from tests.support.project import Project, small_project

SECRETS = [
    "sqlalchemy.url = postgresql+psycopg://app:S3cr3t-of-2024@db.internal/shop",
    "url = 'postgres://app:hunter2@10.0.0.7:5432/shop?sslmode=require'",
    'engine = create_engine("postgresql://:only-a-password@/shop")',
    "# was postgresql://old:was-it@db/shop",
    'os.environ["PGPASSWORD"] = "hunter2"',
    "PGPASSWORD=hunter2 psql",
    "url = mysql://app:hunter2@db/shop",
    'URL.create("postgresql", username="app", password="hunter2")',
    """op.execute("ALTER ROLE app PASSWORD 'hunter2'")""",
    'connect("host=db user=app password=hunter2")',
    "sqlalchemy.url = postgresql://app:pw%%40xyz12@db.internal/shop",
    "url = 'postgresql://app:pa$$w0rd%40@db.internal/shop'",
]
INNOCENT = [
    "sqlalchemy.url = driver://user:pass@localhost/dbname",
    "sqlalchemy.url = postgresql://user:pass@localhost/dbname",
    "sqlalchemy.url = postgresql://app:%(DB_PASSWORD)s@db/shop",
    "sqlalchemy.url = postgresql://app:${PASSWORD}@db/shop",
    'url = f"postgresql://app:{password}@db/shop"',
    "url = postgresql://app:<password>@db/shop",
    "url = postgresql://postgres:postgres@localhost/postgres",
    "url = postgresql+psycopg://app@db/shop",
    "url = postgresql:///shop",
    "url = postgresql://app:***@db/shop",
    'password = os.environ["PGPASSWORD"]',
    'os.environ["PGPASSWORD"] = os.environ["DB_PASSWORD"]',
    "PGPASSWORD=$SECRET psql",
    "see https://example.org/a:b@c",
]


@pytest.mark.parametrize("line", SECRETS)
def test_what_is_one(line: str) -> None:
    assert any(of_line("env.py", line))


@pytest.mark.parametrize("line", INNOCENT)
def test_what_is_none(line: str) -> None:
    assert not any(of_line("env.py", line))


@pytest.fixture
def project(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with small_project(newest, tmp_path, "CREATE TABLE t (id serial PRIMARY KEY)") as made:
        yield made


def test_where_they_stand(project: Project) -> None:
    """One finding a file, also without a database; the password is nowhere."""
    ini = project.folder / "alembic.ini"
    ini.write_text(ini.read_text() + f"{SECRETS[0]}\n")
    text = f'revision = "a"\ndown_revision = None\n# {SECRETS[1]}\n# {SECRETS[2]}\n'
    (project.versions / "a.py").write_text(f"{text}def upgrade(): pass\ndef downgrade(): pass\n")
    (project.folder / "migrations" / "notes.md").write_text(SECRETS[0])
    for words in (("plan",), ("check", "--versions-only")):
        made = project.run("remediate", *words, "-f", "json", expected=None)
        assert "S3cr3t" not in made.stdout + made.stderr
        assert "hunter2" not in made.stdout + made.stderr
        assert '"id": "SEC001:alembic.ini"' in made.stdout
        assert '"id": "SEC001:migrations/versions/a.py"' in made.stdout
        assert '"lines":[3,4]' in "".join(made.stdout.split())
    shown = project.run("remediate", "plan").stdout
    assert "SEC001 credential-in-project   2 by hand (likely)" in shown
    assert "migrations/versions/a.py:3" in shown
