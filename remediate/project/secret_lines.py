"""Which lines hold a secret: the password of a URL, or a setting in a file that is for them."""

import re
from collections.abc import Iterator

from remediate.project.credentials import EXAMPLES, passwords
from remediate.system.credentials import is_computed, is_placeholder

# As a POSIX and as a Python expression: what a line must have to be looked at.
HINT = r"://[^/:@ ]*:[^@ ]+@|PGPASSWORD"
_URL = re.compile(
    r"\b[a-zA-Z][\w+.-]{1,30}://(?P<user>[^\s:/@'\"`]{0,100}):(?P<password>[^\s:@/'\"`]{1,300})@"
    r"(?P<host>[^\s/?#'\"`,)>\]:]*)"
)
_OF_YAML = re.compile(r"^\s*(?:- )?PGPASSWORD:\s+['\"]?([^\s'\"]+)")
_ASSIGNED = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*)")
_SECRET_KEY = re.compile(
    r".*(?:password|passwd|passphrase|secret|token|api_?key|credentials?)"
    r"|.*(?:access|private|secret|encryption|signing|auth|service|account)_?key"
    r"|(?:.*_)?(?:pass|pwd|pw)",
    re.IGNORECASE,
)
_STAND_IN = re.compile(
    r"(?:your|my|db|some|the)?[-_]?(?:secret|pass(?:word|wd)?|pwd|pw|key|token)[-_]?(?:here)?"
    r"|(?:change|replace|insert|enter)[-_]?(?:me|this|it)\w*|(?:your|change|replace)[-_ ].*"
    r"|tiger|testing|passphrase"  # of SQLAlchemy's documentation
    r"|true|false|none|null|\d{1,6}|x+|placeholder|dummy|todo",
    re.IGNORECASE,
)
_DOCUMENTED = re.compile(
    r"(?:.*\.)?(?:example(?:\.\w+)?|invalid|test)|host(?:name)?", re.IGNORECASE
)
_ALLOWED = ("pragma: allowlist secret", "gitleaks:allow")  # as other tools are told
_SHORTEST = 4

SETTINGS = (
    ".env", ".env.*", "*.env", ".envrc", ".pgpass", "pgpass.conf", ".pg_service.conf",
    "pg_service.conf",
)  # fmt: skip
"""The names of files that are made for secrets, as globs."""
_EXAMPLE = re.compile(
    r"(?:.*[._-])?(?:example|sample|template|tmpl|tpl|dist|defaults?|schema)(?:[._-].*)?",
    re.IGNORECASE,
)


def is_example(name: str) -> bool:
    """Whether a file of settings only shows how another one is written: .env.example."""
    return _EXAMPLE.fullmatch(name) is not None


def of_line(line: str) -> Iterator[str]:
    """The passwords in a line of any file; none of placeholders, examples and documentation."""
    if any(word in line for word in _ALLOWED):
        return
    known = {*passwords(line), *_OF_YAML.findall(line)}
    for match in _URL.finditer(line):
        user, password, host = match["user"], match["password"], match["host"]
        known.discard(password)
        documented = _DOCUMENTED.fullmatch(host)
        local = user == password and "." not in host
        if not documented and not local and _is_secret(password):
            known.add(password)
    yield from sorted(one for one in known if _is_secret(one))


def of_setting(name: str, line: str) -> Iterator[str]:
    """The secrets in a line of a file of settings that has this name."""
    text = line.strip()
    if not text or text.startswith(("#", ";")) or any(word in line for word in _ALLOWED):
        return
    if "pgpass" in name.lower():
        *fields, password = re.split(r"(?<!\\):", text)
        if len(fields) == 4 and _is_secret(password):
            yield password
        return
    in_urls = [*of_line(text)]
    yield from in_urls
    assigned = _ASSIGNED.fullmatch(text)
    if assigned and not in_urls and _SECRET_KEY.fullmatch(assigned[1]):
        value = _value(assigned[2])
        if "://" not in value and _is_secret(value):
            yield value


def _value(text: str) -> str:
    """Without quotes, and without a comment behind it."""
    quoted = re.match(r"(['\"])(.*?)\1", text)
    return quoted[2] if quoted else re.split(r"\s+#", text, maxsplit=1)[0].strip()


def _is_secret(value: str) -> bool:
    if len(value) < _SHORTEST or value.lower() in EXAMPLES or is_placeholder(value):
        return False
    return not is_computed(value) and not _STAND_IN.fullmatch(value)
