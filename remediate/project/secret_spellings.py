"""The passwords that are given by name: in settings, source, scripts, strings of connections, SQL.

A name that speaks of a database is believed; of any other the value must look like a password.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from remediate.project.secret_values import decoded, is_random, is_secret, is_word, unwrapped

_STAGE = r"(?:_(?:prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|\d))?"
NAME = (
    r"(?:[\w.-]{0,40}(?:password|passwd|passphrase)|(?:[\w.-]{0,40}[_.-]|(?<![\w-]))(?:pass|pwd)"
    rf"|[\w.]{{0,40}}(?-i:[a-z]P(?:ass|wd))|[\w.-]{{0,40}}_pw){_STAGE}(?![\w-])"
)
_OF_DATABASE = re.compile(
    r"pgpass|(?:.*[_.-])?(?:db|database|pg|pgsql|psql|postgres|postgresql|mysql|mariadb|sql"
    r"|datasource|rds|alembic)(?:[_.-]?[a-z]+){0,2}[_.-]?(?:pass|pwd|pw)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"(?:OLD)?PWD", re.IGNORECASE)  # the folder of a shell
_BEHIND = r"(?:\\?['\"])?\]?"
TYPE = r"(?:\s*:\s*[\w.\[\]| ]{1,40}(?=\s=))?"
_LITERAL = r"[bru]?(?P<quote>\\?['\"`])(?P<value>(?:(?!(?P=quote)).){1,128})(?P=quote)"
KIND = (
    r"(?:[\w.]{0,40}(?:SecretStr|quote|quote_plus|Secret|Field)\((?:default\s*=\s*)?"
    r"(?:SecretStr\()?)?"
)
_QUOTED = re.compile(
    rf"(?P<name>{NAME}){_BEHIND}{TYPE}\s*(?:=>|:=|[=:](?!=))\s*{KIND}{_LITERAL}", re.IGNORECASE
)
# os.environ.get("DB_PASSWORD", "this"), os.getenv("DB_PASSWORD") or "this", ENV["X_PWD"] || "this"
_FALLBACK = re.compile(
    r"(?:(?:get|env|environ|config|set|setdefault|putenv|option)[(\[]\s*['\"]|process\.env\.)"
    rf"(?P<name>{NAME})['\"]?(?:\s*,\s*(?:default\s*=\s*)?|\s*\]\s*=\s*"
    rf"|\s*[)\]]?\s*(?:\bor\b|\|\||\?\?)\s*){_LITERAL}",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"\s*(?:-\s+)?['\"]?(?:(?:export|env|arg|set|setx|-e|--env)\s+)?(?P<name>{NAME})"
    r"(?:\s*[?:]?=\s*|['\"]?:\s+)(?P<value>\S.*)",
    re.IGNORECASE,
)
# <password>this</password>, name="password" value="this", {"name": "DB_PASSWORD", "value": "this"}
_PAIR = re.compile(
    rf"(?:<(?P<tag>{NAME})>(?=[^<>\s]+</)|\bname['\"]?\s*[:=]\s*['\"](?P<name>{NAME})['\"],?\s+"
    r"['\"]?value['\"]?\s*[:=]\s*['\"])(?P<value>[^<>'\"\s]{1,128})",
    re.IGNORECASE,
)
# {name: DB_PASSWORD, value: this}, in any order; of YAML also without quotes
_MEMBER = r"['\"]?[\w-]{0,20}"
_NAMED_IN = re.compile(
    rf"{_MEMBER}(?:name|key)['\"]?\s*[:=]\s*['\"]?(?P<name>{NAME})['\"]?\s*(?=[,}}])",
    re.IGNORECASE,
)
_VALUE_IN = re.compile(
    rf"{_MEMBER}value['\"]?\s*[:=]\s*(?:(?P<quote>['\"])(?P<text>(?:(?!(?P=quote)).){{1,128}})(?P=quote)"
    r"|(?P<plain>(?:\$\{[^{}]*\}|[^\s,'\"{}])+))\s*(?=[,}])",
    re.IGNORECASE,
)
_FLOW = re.compile(r"\{(?!\{)(?:[^{}]|\$\{[^{}]*\})*\}")
# {POSTGRES_PASSWORD: this, ...}, kubectl create secret --from-literal=password=this
_WITHIN = re.compile(
    rf"(?:[{{,]\s*(?P<name>{NAME}):\s|(?<=[\s=])(?P<key>{NAME})=)(?P<value>[^\s'\"{{}},;&|()`]+)",
    re.IGNORECASE,
)
_OF_DOCKER = re.compile(rf"\s*ENV\s+(?P<name>{NAME})\s+(?P<value>\S+)\s*", re.IGNORECASE)
# Before a command, as an argument of docker run, in a string for a shell.
_INLINE = re.compile(
    r"(?P<name>(?<![\w.$-])[A-Z][A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PWD|PASS|PW)(?==)"
    r"|--[a-z-]{0,20}password)[= ]"
    r"(?P<value>\$\{[^}]*\}|[^\s'\"`;&|()\\,]+)"
)
_GIVEN = re.compile(
    r"(?<![\w?&])(?:password|pwd)\s?=\s?\\?'?(?P<value>[^\s;'\"),\\&]+)", re.IGNORECASE
)
_OF_LIBPQ = r"(?:host|hostaddr|dbname|database|user|username|user id|uid|port|server|sslmode)\s?="
_BEFORE = re.compile(rf"\b{_OF_LIBPQ}\s?[^\s,;()]+[\s;](?:[^,()'\"]*[\s;])?$", re.IGNORECASE)
_AFTER = re.compile(rf"['\\]{{0,2}}[\s;]+{_OF_LIBPQ}", re.IGNORECASE)
_SQL = re.compile(
    r"(?:\b(?:CREATE|ALTER)\s+(?:ROLE|USER)\b(?:\s+MAPPING\b)?\s*(?P<name>[\w\"]*).{0,300}?"
    r"\bPASSWORD|(?-i:\bPASSWORD))\s+(?:e?\\?'(?P<value>(?:''|[^'\\])+)\\?'"
    r"|(?P<tag>\$\w*\$)(?P<text>.+?)(?P=tag))",
    re.IGNORECASE,
)
_PGPASS = re.compile(r"[\w.*-]+:(?:\d{2,5}|\*):[^:\s]+:[^:\s]+:(?P<value>[^\s'\"]+)")

_VARIABLE = re.compile(r"\$[A-Za-z_{(\d]|`")
_CONFIG = {
    ".yml", ".yaml", ".ini", ".cfg", ".conf", ".cnf", ".properties", ".env", ".envrc", ".sh",
    ".bash", ".zsh", ".bat", ".cmd", ".service", ".mk", ".md", ".rst", ".txt", ".config", ".j2",
}  # fmt: skip
_OF_PROSE = {".md", ".rst", ".txt"}
_OF_SHELLS = {".sh", ".bash", ".zsh", ".mk", *_OF_PROSE}
_NO_SUFFIX = re.compile(
    r"(?:docker|container|make|proc|jenkins|vagrant)file.*|.*\.dockerfile|[^.]+", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"tests?|testing|specs?|fixtures?|mocks?|__\w+__|e2e|examples?|samples?|demos?|locales?|i18n"
    r"|lang|translations|node_modules|vendor|third_party|site-packages",
    re.IGNORECASE,
)
_MADE_UP = re.compile(
    r"test_.*|.*[_.-](?:test|tests|spec|stories)\.\w+|conftest\.py|.*\.(?:lock|po|pot|map|svg|snap)"
    r"|.*\.min\.\w+|.*-lock\.\w+|go\.sum",
    re.IGNORECASE,
)


def is_made_up(path: str) -> bool:
    """Whether the passwords of such a file are made up, or none: tests, translations, locks."""
    *folders, name = PurePosixPath(path).parts or ("",)
    return _MADE_UP.fullmatch(name) is not None or any(map(_ELSEWHERE.fullmatch, folders))


def passwords(path: str, line: str) -> Iterator[str]:
    """The passwords that a line of this file gives to names, connections and roles."""
    if not is_made_up(path):
        yield from (value for name, value in _named(path, line) if _is_meant(name, value, path))
        yield from _of_connections(line)
    for match in _SQL.finditer(line):
        value = match["value"] or match["text"]
        if is_secret(value) and value != (match["name"] or "").strip('"'):
            yield value
    if "pgpass" in line.lower():
        yield from filter(is_secret, _PGPASS.findall(line))


def value_of(text: str) -> str:
    """A value without its quotes, and without a comment behind it."""
    quoted = re.match(r"(['\"])(.*?)\1", text)
    return quoted[2] if quoted else re.split(r"\s+[#;]", text, maxsplit=1)[0].strip()


def _named(path: str, line: str) -> Iterator[tuple[str, str]]:
    for pattern in (_QUOTED, _FALLBACK):
        yield from ((match["name"], match["value"]) for match in pattern.finditer(line))
    yield from ((match["tag"] or match["name"], match["value"]) for match in _PAIR.finditer(line))
    kind = PurePosixPath(path).suffix.lower()
    yield from _of_flow(line, plain=kind in _CONFIG)
    inline = ((match["name"], match["value"]) for match in _INLINE.finditer(line))
    if kind not in _CONFIG and not _NO_SUFFIX.fullmatch(PurePosixPath(path).name):
        yield from ((key, value) for key, value in inline if is_random(value) and _database(key))
        return
    yield from inline
    if kind not in _OF_PROSE:
        yield from ((m["name"] or m["key"], m["value"]) for m in _WITHIN.finditer(line))
    for plain in filter(None, (_PLAIN.fullmatch(line), _OF_DOCKER.fullmatch(line))):
        yield plain["name"], value_of(plain["value"]).rstrip("'\",")


def _of_flow(line: str, *, plain: bool) -> Iterator[tuple[str, str]]:
    """Names and values that one pair of braces has. `plain`: values need no quotes there."""
    for whole in _FLOW.findall(line):
        name, value = _NAMED_IN.search(whole), _VALUE_IN.search(whole)
        if name and value:
            yield name["name"], value["text"] or (value["plain"] if plain else "")


def _is_meant(name: str, value: str, path: str) -> bool:
    """Whether a value is a password, and no word, reference or variable."""
    kind = PurePosixPath(path).suffix.lower()
    if _NO_NAME.fullmatch(name) or (kind in _OF_SHELLS and _VARIABLE.search(unwrapped(value))):
        return False
    if kind in (".yml", ".yaml") and not is_secret(value := decoded(value)):
        return False
    return is_random(value) or (_database(name) and is_word(value))


def _database(name: str) -> bool:
    return _OF_DATABASE.match(name) is not None


def _of_connections(line: str) -> Iterator[str]:
    """As in `host=db user=app password=...`, and in `Host=db;Password=...`."""
    for given in _GIVEN.finditer(line):
        value = given["value"]
        beside = _BEFORE.search(line[: given.start()][-200:]) or _AFTER.match(line, given.end())
        if beside and (is_random(value) or is_word(value)):
            yield value
