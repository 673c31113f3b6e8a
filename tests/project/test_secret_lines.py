"""Which lines hold a secret, and which only look like it."""

import base64
import re

import pytest

from remediate.project.secret_lines import HINT, is_example, of_line, of_setting

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
    assert [*of_line("a.yml", line)] == expected


@pytest.mark.parametrize("line", NO_LINES)
def test_lines_without_a_secret(line: str) -> None:
    assert [*of_line("a.yml", line)] == []


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NAMED = [
    ("a.yml", "environment: {POSTGRES_PASSWORD: hunter2, A: b}"),
    ("a.sh", "kubectl create secret generic db --from-literal=password=hunter2"),
    ("a.sh", "helm install db x --set auth.password=hunter2"),
    ("a.xml", "<password>hunter2</password>"),
    ("a.xml", '<property name="password" value="hunter2"/>'),
    ("a.json", '{"name": "DB_PASSWORD", "value": "hunter2"}'),
    ("a.py", 'url = "postgres://u:p@ss@db.corp/db"'),
    ("a.py", 'URL = "postgres://u:S3cret@w0rd@db.corp/db"'),
    ("a.py", 'URL = "postgres://u:p@ss/w0rd@db.corp/db"'),
    ("a.py", 'URL = "postgres://u:it\'s-me1@db.corp/db"'),
    ("a.py", 'URL = "postgres://u:two words1@db.corp/db"'),
    ("a.yml", "DATABASE_URL=postgres://u:it's1@db.corp/db"),
    ("a.py", '"postgresql://bob@corp:hunter2@bob.postgres.database.azure.com/x"'),
    ("a.py", '"postgresql://u:a#b?c/d@h.corp/x"'),
    ("a.py", '"postgresql://u:pw:with:colons@h.corp/x"'),
    ("a.py", '"postgresql://u:{w0rd]@[::1]:5432/x"'),
    ("a.py", '"postgresql://h/db?user=u&password=hunter2"'),
    ("a.properties", "url=jdbc:postgresql://db.corp/shop?user=app&password=hunter2"),
    ("docker-compose.yml", "      POSTGRES_PASSWORD: hunter2"),
    ("docker-compose.yml", "      - POSTGRES_PASSWORD=hunter2"),
    ("docker-compose.yml", '      - "POSTGRES_PASSWORD=hunter2"'),
    ("docker-compose.yml", "      POSTGRES_PASSWORD: ${PW:-S3cr3t-of-24}"),
    ("docker-compose.yml", '      POSTGRES_PASSWORD: "correcthorse"'),
    ("docker-compose.yml", "      DATABASE_URL: postgres://app:${PW:-S3cr3t-of-24}@db/shop"),
    ("config/db.yml", "  password: hunter2"),
    ("config/db.yml", "  password: 'hunter2'  # prod"),
    (".github/workflows/ci.yml", "          PGPASSWORD: hunter2"),
    (".gitlab-ci.yml", "    - PGPASSWORD=hunter2 psql -h db"),
    ("deploy.sh", "export DB_PASSWORD=hunter2"),
    ("deploy.sh", "PGPASSWORD='hunter2' pg_dump"),
    ("deploy.sh", "docker run -e POSTGRES_PASSWORD=hunter2 postgres"),
    ("deploy.sh", 'echo "db.corp:5432:shop:app:hunter2" > ~/.pgpass'),
    ("deploy.sh", "mysql --password=hunter2"),
    ("deploy.sh", 'psql "host=db.corp user=app password=hunter2 dbname=shop"'),
    ("Dockerfile", "ENV POSTGRES_PASSWORD=hunter2"),
    ("Dockerfile", "ENV POSTGRES_PASSWORD hunter2"),
    ("Dockerfile", "ARG DB_PASS=hunter2"),
    ("settings.py", "        'PASSWORD': 'hunter2',"),
    ("settings.py", 'DB_PASSWORD = "correcthorse"'),
    ("settings.py", '    db_password: str = "hunter2"'),
    ("settings.py", '    password: SecretStr = SecretStr("hunter2")'),
    ("settings.py", 'pw = os.environ.get("DB_PASSWORD", "hunter2")'),
    ("settings.py", 'pw = os.getenv("DB_PASSWORD") or "hunter2"'),
    ("settings.py", 'os.environ["PGPASSWORD"] = "hunter2"'),
    ("settings.py", "os.environ.setdefault('PGPASSWORD', 'hunter2')"),
    ("settings.py", 'config("DB_PASS", default="hunter2")'),
    ("settings.py", 'URL.create("postgresql", username="app", password="hunter2", host="db")'),
    ("settings.py", 'psycopg.connect(host="db", user="app", password="hunter2")'),
    ("settings.py", "psycopg.connect(\"host=db user=app password='hunter2'\")"),
    ("settings.py", 'subprocess.run("PGPASSWORD=hunter2 psql", shell=True)'),
    ("app.json", '  "password": "hunter2",'),
    ("app.json", '  "DbPassword": "hunter2",'),
    ("app.json", '  "Default": "Host=db;Username=app;Password=hunter2;Database=shop"'),
    ("app.json", '  "cmd": "{\\"password\\": \\"hunter2\\"}"'),
    ("main.tf", '  password = "hunter2x"'),
    ("k8s.yaml", "  password: aHVudGVyMi1odW50ZXIy"),
    ("k8s.yaml", "  POSTGRES_PASSWORD: aHVudGVyMg=="),
    ("k8s.yaml", f"  DATABASE_URL: {_base64('postgresql://app:hunter2XY@db/shop')}"),
    ("k8s.yaml", f"data: {{url: {_base64('postgres://app:hunter2XY@db/shop')}}}"),
    ("k8s.yaml", f"  db-url: {_base64('mysql+aiomysql://app:hunter2XY@db/shop')}  # prod"),
    ("secret.json", f'    "DSN": "{_base64("host=db user=app password=hunter2XY")}",'),
    ("k8s.yaml", f"  a.ini: {_base64('[databases]' + chr(10) + 'DB_PASSWORD=hunter2XY')}"),
    ("k8s.yaml", "- {name: POSTGRES_PASSWORD, value: hunter2}"),
    ("k8s.yaml", "env: [{name: A, value: b1234567}, { value: 'hunter2', name: DB_PWD }]"),
    ("k8s.yaml", '- {"name": "DB_PASS", "value": "hunter2", "x": 1}'),
    ("k8s.yaml", "- {name: DB_PASS, value: ${PW:-hunter2}}"),
    ("k8s.yaml", "- {ParameterKey: DbPassword, ParameterValue: hunter2}"),
    ("main.tf", '[{ value = "hunter2", name = "DB_PASSWORD" }]'),
    ("k8s.yaml", 'stringData: {password: "hunter2"}'),
    ("a.sql", "ALTER ROLE app PASSWORD 'hunter2';"),
    ("a.sql", "CREATE USER app WITH LOGIN ENCRYPTED PASSWORD 'hunter2';"),
    ("a.sql", "create user \"app\" with password 'correcthorse';"),
    ("v.py", "op.execute(\"ALTER ROLE app WITH PASSWORD 'hunter2'\")"),
    ("v.py", "op.execute('ALTER ROLE app WITH PASSWORD \\'hunter2\\'')"),
    ("v.py", "    PASSWORD 'hunter2'"),
    ("v.sql", "CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'app', password 'hunter2')"),
    ("v.sql", "CREATE SUBSCRIPTION s CONNECTION 'host=db user=app password=hunter2' PUBLICATION p"),
    ("v.sql", "SELECT dblink_connect('host=db password=hunter2')"),
    ("app.js", 'const pw = process.env.DB_PASSWORD || "hunter2";'),
    ("app.js", "  password: 'hunter2',"),
    ("application.properties", "spring.datasource.password=hunter2"),
    ("application.properties", "spring.datasource.password=${DB_PASSWORD:hunter2}"),
    ("my.cnf", "password = hunter2"),
    ("Makefile", "DB_PASSWORD ?= hunter2"),
    ("Makefile", "\tPGPASSWORD=hunter2 psql"),
    ("pgbouncer.ini", "shop = host=db port=5432 user=app password=hunter2"),
    ("setup.ps1", '$env:PGPASSWORD = "hunter2"'),
    ("setup.ps1", '$env:PGPASSWORD="hunter2"'),
    ("x.bat", "set PGPASSWORD=hunter2"),
    ("README.md", "Run `PGPASSWORD=hunter2 psql`"),
    ("alembic.ini", "sqlalchemy.url = postgresql://app:p@ssw0rd1@db/shop"),
]
NOT_NAMED = [
    ("a.yml", "environment: {POSTGRES_PASSWORD: $PW1, A: b}"),
    ("a.sh", "curl 'https://x.y/login?user=a&password=hunter2'"),
    ("a.sh", "helm install db x --set auth.password=$PW1"),
    ("a.xml", "<password>${db.password1}</password>"),
    ("a.json", '{"name": "password", "value": "Your password 1"}'),
    ("a.md", "docker run -e POSTGRES_USER=langchain -e POSTGRES_PASSWORD=langchain postgres"),
    ("a.yml", "- {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db1, key: password}}}"),
    ("a.yml", "- {name: DB_PASSWORD, value: $(DB_PW1)}"),
    ("a.yml", f"  DATABASE_URL: {_base64('postgresql://app:changeme@db/shop')}"),
    ("a.yml", f"  DATABASE_URL: {_base64('postgresql://app:$(DB_PW1)@db/shop')}"),
    ("a.yml", f"  DATABASE_URL: {_base64('postgresql://app:x1y2z3@db.x/shop')}  # gitleaks:allow"),
    ("a.yml", f"  site: {_base64('https://shop.example.com/')}"),
    ("a.yml", "  tls.crt: MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ"),
    ("a.yml", "- {name: DB_PASSWORD}, {name: OTHER, value: hunter2}"),
    ("a.yml", '- {name: DB_PASSWORD, value: "{{ .Values.p1 }}"}'),
    ("a.js", "- {name: DB_PASSWORD, value: settings.p1}"),
    ("a.yml", "POSTGRES_PASSWORD: default"),
    ("a.sql", "CREATE ROLE x PASSWORD 'fillme'"),
    ("a.yml", "password: ref+vault://db/app#pw1"),
    ("a.yml", "password: *db_pw1"),
    ("a.yml", "password: !Ref DbPassword1"),
    ("a.yml", "DB_PASSWORD: '@Microsoft.KeyVault(SecretUri=x1)'"),
    ("a.yml", "password: '%env(DB_PASSWORD1)%'"),
    ("a.yml", "password: arn:aws:secretsmanager:eu-1:1:secret:x1"),
    ("a.yml", "POSTGRES_PASSWORD: postgres123"),
    ("a.yml", "DB_PASSWORD: encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmM="),
    ("a.py", 'password = os.environ["DB_PASSWORD"]'),
    ("a.py", 'password = os.environ.get("DB_PASSWORD", "postgres")'),
    ("a.py", "password: str = Field(..., min_length=8)"),
    ("a.py", 'if password == "hunter2":'),
    ("a.py", 'assert password != "hunter22"'),
    ("a.py", '"password": "Password1 must be 8 characters long",'),
    ("a.py", 'label(password="Passwort")'),
    ("a.py", 'PASSWORD_RESET_TIMEOUT = "3600s"'),
    ("a.py", 'password_hash = "$2b$12$KIXabcdefghijklmnopqrstuv"'),
    ("a.py", 'password = "$2b$12$KIXabcdefghijklmnopqrstuv"'),
    ("a.py", 'Column("password", String(128))'),
    ("a.py", "connect(host=h, user=u, password=pw1234)"),
    ("a.py", "connect(password=settings.db2.password)"),
    ("a.py", 'f"postgresql://{u}:{p}@{h}/x"'),
    ("a.py", "f\"ALTER ROLE app PASSWORD '{pw}'\""),
    ("a.py", "\"ALTER ROLE app PASSWORD '%s'\" % pw"),
    ("a.py", '"ALTER ROLE app PASSWORD :pw"'),
    ("a.py", 'f"host={h} user={u} password={pw}"'),
    ("a.py", '"host=%s user=%s password=%s"'),
    ("a.py", 'getpass.getpass("Password1: ")'),
    ("a.py", 'bypass = "x1y2z3"'),
    ("a.py", 'PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]'),
    ("a.py", '"postgresql://localhost:5432/db?user=a@b"'),
    ("a.py", '"postgresql://h1:5432,h2:5432/db?x=a@b"'),
    ("a.py", '"postgres://postgres:postgres@localhost/db?x=a@b"'),
    ("a.yml", "password: ${DB_PASSWORD}"),
    ("a.yml", "password: ${{ secrets.DB_PASSWORD }}"),
    ("a.yml", "password: {{ .Values.password1 }}"),
    ("a.yml", "password: \"{{ lookup('env','PW1') }}\""),
    ("a.yml", "password: !vault |"),
    ("a.yml", "password: ENC[AES256_GCM,data:Zm9v1=]"),
    ("a.yml", "password: Passwort"),
    ("a.yml", "password: <password>"),
    ("a.yml", "POSTGRES_PASSWORD: postgres"),
    ("a.yml", "POSTGRES_PASSWORD: changeme"),
    ("a.yml", "POSTGRES_PASSWORD: Y2hhbmdlbWU="),
    ("a.yml", "POSTGRES_PASSWORD: dev_password"),
    ("a.yml", "POSTGRES_PASSWORD: ${PW:?must be set}"),
    ("a.yml", "POSTGRES_PASSWORD: ${PW:-postgres}"),
    ("a.yml", "POSTGRES_PASSWORD_FILE: /run/secrets/pg1"),
    ("a.yml", "password: /run/secrets/pg1"),
    ("a.yml", "passwordSecretRef: db-2"),
    ("a.yml", "- PASSWORD=$(cat /run/x1)"),
    ("a.yml", 'test: ["CMD-SHELL", "PGPASSWORD=$$POSTGRES_PASSWORD pg_isready -U app"]'),
    ("Makefile", "	PGPASSWORD=$$DB_PW1 psql"),
    ("a.sh", "PASSWORD=$1"),
    ("a.sh", 'PASSWORD="$2x"'),
    ("a.sh", 'PASSWORD="${3}"'),
    ("a.sh", "PASSWORD=`cat x1234`"),
    ("a.sh", 'DB_PASSWORD="$(openssl rand -hex 16)"'),
    ("a.sh", "echo $PWD1 OLDPWD=/home/x1"),
    ("a.sh", 'read -s -p "Password1: " PASSWORD'),
    ("a.sh", "PGPASSWORD=$PGPASSWORD psql"),
    ("a.json", '"password": "string"'),
    ("a.json", '"password": "********"'),
    ("a.json", '"resetPassword": "https://x.y/reset1"'),
    ("a.sql", "CREATE ROLE app PASSWORD 'SCRAM-SHA-256$4096:abc$def:ghi'"),
    ("a.sql", "CREATE ROLE app PASSWORD NULL"),
    ("a.sql", "ALTER ROLE app PASSWORD :'pw'"),
    ("a.sql", "CREATE ROLE shop PASSWORD 'shop'"),
    ("a.sql", "password text NOT NULL DEFAULT 'abc12345'"),
    ("a.tf", "password = var.db_password"),
    ("a.tf", 'password = "${var.db_password}"'),
    ("a.js", "const password = req.body.password1;"),
    ("a.js", "password: z.string().min(8),"),
    ("a.js", 'password: "^(?=.*\\d)(?=.*[a-z]).{8,}$"'),
    ("a.html", '<input type="password" name="pw1" placeholder="Password1">'),
    ("tests/test_a.py", 'client.login(password="hunter2")'),
    ("pkg/foo_test.go", 'Password: "hunter2"'),
    ("package-lock.json", '"pwd": "abc1234"'),
    (".gitlab-ci.yml", "  DB_PASSWORD: $DB_PASSWORD_PROD"),
    ("a.md", "Enter the password: the 1st one"),
    ("Dockerfile", "ENV POSTGRES_PASSWORD=$PW1"),
    ("Makefile", "DB_PASSWORD=$(PW1)"),
    ("a.py", 'raise ValueError("password: must have 8 characters1")'),
    ("a.py", '"password": data["password1"],'),
    ("a.py", 'parser.add_argument("--password", help="p1 of it")'),
    ("a.py", '"--password=" + pw1'),
    ("a.ini", "sqlalchemy.url = postgresql://app:%(DB_PASS)s@db/x"),
    ("a.py", 'DB_PASSWORD_KEY = "kms-key-1"'),
    ("a.py", '{"type": "password", "id": "pwd1abc"}'),
]


@pytest.mark.parametrize(("path", "line"), NAMED)
def test_spellings(path: str, line: str) -> None:
    """Each is found, and no line that is searched for by git is left out."""
    assert [*of_line(path, line)]
    assert re.search(HINT, line)


@pytest.mark.parametrize(("path", "line"), NOT_NAMED)
def test_spellings_of_something_else(path: str, line: str) -> None:
    assert [*of_line(path, line)] == []


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
