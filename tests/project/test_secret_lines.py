"""Which lines hold a secret, and which only look like it."""

import pytest

from remediate.project.secret_lines import is_example, of_line, of_setting

LINES = {
    'URL = "postgresql+asyncpg://app:S3cr3t-of-2024@db.internal/shop"': ["S3cr3t-of-2024"],
    "url: postgres://app:pa/ss@10.0.0.7:5432/shop": ["pa/ss"],
    "redis://:hunter2@cache:6379/0 and amqp://mq:rabbits@mq.corp/": ["hunter2", "rabbits"],
    "https://bot:ghp0123456789@github.com/o/r.git": ["ghp0123456789"],
    "mysql://root:hunter2@127.0.0.1/shop": ["hunter2"],
    "PGPASSWORD=hunter2 psql -h db": ["hunter2"],
    "          PGPASSWORD: hunter2": ["hunter2"],
    "mongodb+srv://app:Zx9.k-4@cluster0.abcde.mongodb.net/": ["Zx9.k-4"],
    "postgresql://shop:shop@db.prod.corp/shop": ["shop"],
    "sqlalchemy.url = postgresql://bob:pw%%40xyz12@db.corp/x": [
        "pw%%40xyz12"
    ],  # as an ini file has it
    "postgresql://bob:pw%40xyz12@db.corp/x": ["pw%40xyz12"],
    "postgresql://bob:pa$$w0rd12@db.corp/x": ["pa$$w0rd12"],
    "postgresql://bob:pa{w0(rd*12@db.corp/x": ["pa{w0(rd*12"],
}
NO_LINES = [
    "postgresql://user:password@localhost/db", "postgresql://postgres:postgres@localhost:5432/postgres",
    "postgresql://app:${DB_PASSWORD}@db/shop", "postgresql://app:<password>@db/shop",
    "postgresql://app:%(PASSWORD)s@db/shop", "postgresql://{user}:{password}@{host}/shop",
    "postgresql://app:$PASSWORD@db/shop", "postgresql://app:changeme@db.corp/shop",
    "postgresql://app:S3cr3t@db.example.com/shop", "postgresql://app:S3cr3t@example.org/shop",
    "postgresql://app:S3cr3t@host/shop", "amqp://guest:guest@localhost", "postgres://app:app@db/app",
    "postgresql://app@db/shop", "https://unpkg.com:443/react@18", "git@github.com:o/r.git",
    "postgresql://app:your-password@db.corp/x", "postgresql://app:xxxxx@db.corp/x",
    "postgresql://app:change_me_now@db.corp/x", "PGPASSWORD: ${{ secrets.DB }}",
    "PGPASSWORD=$(cat /run/secrets/db)", 'os.environ["PGPASSWORD"] = password_of(env)',
    "postgresql://app:***@db.corp/x", "see http://a:b@c", "mysql+mysqldb://scott:tiger@192.168.0.134/test",
    "https://foo.com:123,foo:bar@bar.com/path", "oracle://scott:tiger@tnsalias", "postgresql://app:mysecretpassword@db/x",
    "postgresql://app:S3cr3t-of-2024@db.internal/shop  # pragma: allowlist secret",
    "postgresql://app:S3cr3t-of-2024@db.internal/shop  # gitleaks:allow",
    "'postgresql://app:' + password + '@db.corp/shop'",
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), LINES.items())
def test_lines_of_any_file(line: str, expected: list[str]) -> None:
    assert [*of_line(line)] == expected


@pytest.mark.parametrize("line", NO_LINES)
def test_lines_without_a_secret(line: str) -> None:
    assert [*of_line(line)] == []


SETTINGS = {
    (".env", "DB_PASSWORD=hunter2"): ["hunter2"],
    (".env", 'export SECRET_KEY="q8 zz # 1"  # of Flask'): ["q8 zz # 1"],
    (".env", "DB_PASSWORD=Tr0ub4dor$3x"): ["Tr0ub4dor$3x"],
    (".env", "OPENAI_API_KEY=sk-proj-0123456789abcdef"): ["sk-proj-0123456789abcdef"],
    (".env.production", "DATABASE_URL=postgresql://app:hunter2@db.corp/shop"): ["hunter2"],
    ("prod.env", "SUPABASE_SERVICE_KEY: eyJhbGciOi.eyJpc3Mi.x"): ["eyJhbGciOi.eyJpc3Mi.x"],
    (".pgpass", "db.corp:5432:shop:app:hun\\:ter2"): ["hun\\:ter2"],
    ("pgpass.conf", "*:*:*:app:hunter2"): ["hunter2"],
    ("pg_service.conf", "password=hunter2"): ["hunter2"],
}
NO_SETTINGS = [
    (".env", "# DB_PASSWORD=hunter2"), (".env", "DB_PASSWORD="), (".env", "DB_PASSWORD=postgres"),
    (".env", "DB_PASSWORD=${DB_PASSWORD}"), (".env", "DB_USER=hunter2"), (".env", "PASSWORD_MIN_LENGTH=12"),
    (".env", "PRIMARY_KEY=user_id"), (".env", "TOKEN=change-me"), (".env", "API_KEY=your-api-key"),
    (".env", "SECRET_KEY=<generate one>"), (".env", "USE_TOKEN=false"), (".env", ""),
    (".env", "RESET_PASSWORD=https://shop.corp/reset"), (".env", "COMPOSE_PROJECT_NAME=shop"),
    (".pgpass", "localhost:5432:*:postgres:postgres"), (".pgpass", "# host:port:db:user:password"),
    ("pg_service.conf", "[shop]"), ("pg_service.conf", "user=app"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "expected"), SETTINGS.items(), ids=str)
def test_lines_of_settings(place: tuple[str, str], expected: list[str]) -> None:
    assert [*of_setting(*place)] == expected


@pytest.mark.parametrize("place", NO_SETTINGS, ids=str)
def test_settings_without_a_secret(place: tuple[str, str]) -> None:
    assert [*of_setting(*place)] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".env.example", True), ("example.env", True), (".env.sample", True), (".env-template", True),
        (".env.dist", True), (".env.production.example", True), (".env.defaults", True),
        (".env", False), (".env.local", False), ("prod.env", False), (".env.production", False),
        (".pgpass", False), (".env.test", False), (".env.examples2024", False),
    ],
)  # fmt: skip
def test_examples(name: str, *, expected: bool) -> None:
    assert is_example(name) is expected
