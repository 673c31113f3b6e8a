"""A search for passwords: through every way in, every command, and everything that comes out.

Each password is made of pieces that nothing else has, so that four characters of it in a row are
a leak wherever they are found.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest

from tests.support.project import ALEMBIC_INI, ENV, ONE_MODEL, Project, scratch_url

# One piece before and one after each character that URLs, ini files and shells take for a sign.
SIGNS = [
    "%",
    "@",
    ":",
    "/",
    "#",
    "?",
    " ",
    "'",
    '"',
    "é",
    "%40",
    "%(x)s",
    "&",
    "=",
    "$x",
    "\\",
    "[",
    ";",
]
LEFT, RIGHT = "QzvKxwJ7", "VbzqXkw9Pq"


def password(sign: str) -> str:
    return f"{LEFT}{sign}{RIGHT}{sign}hjqzxkvw"


def pieces(secret: str) -> set[str]:
    """What must not be found: each four characters, but for those that the signs bring along."""
    runs = {secret[n : n + 4] for n in range(len(secret) - 3)}
    return {run for run in runs if sum(run in part for part in (LEFT, RIGHT, "hjqzxkvw"))}


@dataclass
class Setting:
    """Where the password stands: files by name, and variables."""

    files: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


FROM_INI = ENV.replace(
    'os.environ["DATABASE_URL"]', 'context.config.get_main_option("sqlalchemy.url")'
)
IN_PYTHON = ENV.replace('os.environ["DATABASE_URL"]', "{url!r}")
PRINTS = ENV.replace("engine =", 'print("to", os.environ["DATABASE_URL"], flush=True)\nengine =')
RAISES = ENV.replace("engine =", 'raise ValueError("no " + os.environ["DATABASE_URL"])\nengine =')
WARNS = ENV.replace(
    "engine =", 'import logging; logging.error("to %s", os.environ["DATABASE_URL"])\nengine ='
)
BROKEN = ENV + '\nUNFINISHED = ("{url}"\n'
SERVICE = ENV.replace('os.environ["DATABASE_URL"]', '"postgresql+psycopg://"')


def url(project: Project, secret: str, *, encoded: bool = True) -> str:
    shown = quote(secret, safe="") if encoded else secret
    made = project.url.set(password="PASSWORD").render_as_string(hide_password=False)
    return made.replace("PASSWORD", shown)


def in_ini(project: Project, secret: str, *, encoded: bool, doubled: bool) -> Setting:
    text = url(project, secret, encoded=encoded)
    text = text.replace("%", "%%") if doubled else text
    files = {
        "alembic.ini": f"{ALEMBIC_INI}sqlalchemy.url = {text}\n",
        "migrations/env.py": FROM_INI,
    }
    return Setting(files)


def in_parts(project: Project, secret: str) -> Setting:
    """The URL of the ini file refers to a value of its own."""
    text = project.url.set(password="PASSWORD").render_as_string(hide_password=False)
    text = text.replace("%", "%%").replace("PASSWORD", "%(db_password)s")
    lines = f"db_password = {quote(secret, safe='').replace('%', '%%')}\nsqlalchemy.url = {text}\n"
    return Setting({"alembic.ini": ALEMBIC_INI + lines, "migrations/env.py": FROM_INI})


def in_toml(project: Project, secret: str, *, doubled: bool) -> Setting:
    text = url(project, secret)
    text = text.replace("%", "%%") if doubled else text
    lines = [
        "[tool.alembic]",
        'script_location = "%(here)s/migrations"',
        f'"sqlalchemy.url" = "{text}"',
    ]
    env = ENV.replace(
        'os.environ["DATABASE_URL"]', 'context.config.get_alembic_option("sqlalchemy.url")'
    )
    return Setting(
        {"pyproject.toml": "\n".join(lines), "alembic.ini": "", "migrations/env.py": env}
    )


def in_variable(
    project: Project,
    secret: str,
    env: str = ENV,
    name: str = "DATABASE_URL",
    *,
    encoded: bool = True,
) -> Setting:
    return Setting({"migrations/env.py": env}, {name: url(project, secret, encoded=encoded)})


def in_source(project: Project, secret: str, env: str = IN_PYTHON) -> Setting:
    text = url(project, secret)
    shown = repr(text) if "{url!r}" in env else text
    return Setting({"migrations/env.py": env.replace("{url!r}", shown).replace("{url}", shown)})


def in_option(project: Project, secret: str, *, encoded: bool) -> Setting:
    env = FROM_INI.replace("prefix", "prefix")
    return Setting(
        {"migrations/env.py": env},
        options=("--database-url", url(project, secret, encoded=encoded)),
    )


def for_scratch(project: Project, secret: str, *, encoded: bool) -> Setting:
    shown = quote(secret, safe="") if encoded else secret
    text = scratch_url().replace("postgres@", f"postgres:{shown}@", 1)
    return Setting(variables={"REMEDIATE_SCRATCH_URL": text})


def of_libpq(project: Project, secret: str) -> Setting:
    return Setting({"migrations/env.py": SERVICE}, {**libpq(project), "PGPASSWORD": secret})


def libpq(project: Project) -> dict[str, str]:
    names = {"PGUSER": "postgres", "PGDATABASE": project.url.database or ""}
    return {**names, "PGHOST": str(project.url.query["host"])}


def in_service(project: Project, secret: str) -> Setting:
    known = libpq(project)
    lines = ["[here]", f"host={known['PGHOST']}", f"dbname={known['PGDATABASE']}", "user=postgres"]
    file = project.folder / "service.conf"
    text = "\n".join([*lines, f"password={secret}", ""])
    return Setting(
        {"migrations/env.py": SERVICE, "service.conf": text},
        {"PGSERVICE": "here", "PGSERVICEFILE": str(file)},
    )


def in_dotenv(project: Project, secret: str) -> Setting:
    env = 'import pathlib\nline = pathlib.Path(".env").read_text()\n' + ENV.replace(
        'os.environ["DATABASE_URL"]', 'line.split("=", 1)[1].strip()'
    )
    return Setting({"migrations/env.py": env, ".env": f"DB_URL={url(project, secret)}\n"})


def without_scheme(project: Project, secret: str) -> Setting:
    files = {
        "alembic.ini": f"{ALEMBIC_INI}sqlalchemy.url = app:{secret.replace('%', '%%')}@db/shop\n"
    }
    return Setting({**files, "migrations/env.py": FROM_INI})


def continued(project: Project, secret: str) -> Setting:
    """A line that begins a second time, and one that is no setting."""
    files = {
        "alembic.ini": f"{ALEMBIC_INI}sqlalchemy.url postgresql {secret}\nsqlalchemy.url = {secret}\n"
    }
    return Setting({**files, "migrations/env.py": FROM_INI})


WAYS: dict[str, Callable[[Project, str], Setting]] = {
    "ini": lambda p, s: in_ini(p, s, encoded=True, doubled=True),
    "ini, % not doubled": lambda p, s: in_ini(p, s, encoded=True, doubled=False),
    "ini, as it is": lambda p, s: in_ini(p, s, encoded=False, doubled=False),
    "ini, as it is, % doubled": lambda p, s: in_ini(p, s, encoded=False, doubled=True),
    "ini, in parts": in_parts,
    "ini, no URL": without_scheme,
    "ini, no line": continued,
    "toml": lambda p, s: in_toml(p, s, doubled=True),
    "toml, % not doubled": lambda p, s: in_toml(p, s, doubled=False),
    "variable": in_variable,
    "variable, as it is": lambda p, s: in_variable(p, s, encoded=False),
    "env.py": in_source,
    "env.py prints": lambda p, s: in_variable(p, s, PRINTS),
    "env.py raises": lambda p, s: in_variable(p, s, RAISES),
    "env.py raises, as it is": lambda p, s: in_variable(p, s, RAISES, encoded=False),
    "env.py logs": lambda p, s: in_variable(p, s, WARNS, encoded=False),
    "env.py does not parse": lambda p, s: in_source(p, s, BROKEN),
    "option": lambda p, s: in_option(p, s, encoded=True),
    "option, as it is": lambda p, s: in_option(p, s, encoded=False),
    "given": lambda p, s: in_variable(p, s, FROM_INI, "REMEDIATE_DATABASE_URL"),
    "given, as it is": lambda p, s: in_variable(p, s, FROM_INI, "REMEDIATE_DATABASE_URL", encoded=False),
    "scratch": lambda p, s: for_scratch(p, s, encoded=True),
    "scratch, as it is": lambda p, s: for_scratch(p, s, encoded=False),
    "libpq": of_libpq,
    "service": in_service,
    ".env": in_dotenv,
}  # fmt: skip
WHO = ("--approve", "all", "--reviewer", "Ann")
COMMANDS: dict[str, tuple[str, ...]] = {
    "plan": ("plan",),
    "plan -v": ("plan", "-v"),
    "plan json": ("plan", "-f", "json"),
    "plan sql": ("plan", "--sql"),
    "plan html": ("plan", "-f", "html", "-o", "plan.html"),
    "plan markdown": ("plan", "-f", "markdown"),
    "plan sarif": ("plan", "-f", "sarif"),
    "plan github": ("plan", "-f", "github"),
    "plan saved": ("plan", "--save", "plan.json"),
    "check": ("check",),
    "check baseline": ("check", "--update-baseline"),
    "check models": ("check", "--models-only"),
    "check versions": ("check", "--versions-only"),
    "doctor": ("doctor",),
    "verify": ("verify",),
    "models": ("models",),
    "tests": ("tests",),
    "runbook": ("runbook", "--hotfix", "t", "--reviewer", "Ann", "--no-rehearse"),
    "generate": ("generate", *WHO, "--no-rehearse"),
}
REHEARSING: dict[str, tuple[str, ...]] = {
    "generate": ("generate", *WHO),
    "rehearse": ("rehearse",),
    "runbook": ("runbook", "--hotfix", "t", "--reviewer", "Ann"),
}
REVISION = """
from alembic import op
revision = "0a"
down_revision = None
def upgrade():
    op.execute("SELECT 1 FROM nowhere")
def downgrade():
    pass
"""


def search(project: Project, setting: Setting, words: tuple[str, ...], secret: str) -> None:
    """Run it; no piece of the password is in what it prints or writes."""
    given = {project.folder / name for name in setting.files}
    for path, text in zip(
        given, (setting.files[str(p.relative_to(project.folder))] for p in given), strict=True
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("{models}", ONE_MODEL))
    if setting.files.get("alembic.ini") == "":
        (project.folder / "alembic.ini").unlink()
    result = project.run("remediate", *words, *setting.options, expected=None, **setting.variables)
    assert result.returncode in (0, 1, 2, 3, 4), result.stderr
    found = [result.stdout, result.stderr]
    found += [
        path.read_text(errors="replace")
        for path in project.folder.rglob("*")
        if path.is_file() and path not in given and "__pycache__" not in path.parts
    ]
    leaked = {piece for piece in pieces(secret) for text in found if piece in text}
    assert not leaked, f"{sorted(leaked)}\n{result.stdout}\n{result.stderr}"
    assert "this is a bug in remediate" not in result.stderr, result.stderr


def rounds(commands: Mapping[str, tuple[str, ...]], signs_each: int) -> list[tuple[str, str, str]]:
    """Each way in with each command, and each time with some of the signs."""
    signs = itertools.cycle(SIGNS)
    return [(w, c, next(signs)) for w in WAYS for c in commands for _ in range(signs_each)]


def some(commands: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Each way in with some of the commands and signs."""
    signs, names = itertools.cycle(SIGNS), itertools.cycle(commands)
    return [(way, next(names), next(signs)) for way in WAYS for _ in range(3)]


DDL = "CREATE TABLE t (id integer PRIMARY KEY); CREATE VIEW seen AS SELECT id FROM t"


@pytest.mark.few_in_ci(25)
@pytest.mark.project(DDL)
@pytest.mark.parametrize(("way", "command", "sign"), some(COMMANDS))
def test_no_piece_of_a_password_comes_out(
    project: Project, way: str, command: str, sign: str
) -> None:
    search(project, WAYS[way](project, password(sign)), COMMANDS[command], password(sign))


@pytest.mark.project(DDL, files={"migrations/versions/0a.py": REVISION})
@pytest.mark.parametrize(
    ("way", "command", "sign"),
    [
        ("ini", "rehearse", "%"),
        ("variable", "rehearse", "@"),
        ("scratch", "rehearse", "/"),
        ("scratch, as it is", "rehearse", "@"),
        ("libpq", "rehearse", " "),
    ],
)
def test_nor_where_a_revision_is_rehearsed(
    project: Project, way: str, command: str, sign: str
) -> None:
    search(project, WAYS[way](project, password(sign)), REHEARSING[command], password(sign))


@pytest.mark.soak
@pytest.mark.project(DDL)
@pytest.mark.parametrize(("way", "command", "sign"), rounds(COMMANDS | REHEARSING, 3))
def test_no_piece_comes_out_anywhere(project: Project, way: str, command: str, sign: str) -> None:
    search(
        project,
        WAYS[way](project, password(sign)),
        (COMMANDS | REHEARSING)[command],
        password(sign),
    )
