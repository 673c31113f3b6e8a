"""Which lines hold a secret: the password of a URL, or a setting in a file that is for them."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from remediate.project import secret_encoded, secret_spellings, secret_urls
from remediate.project.secret_spellings import value_of
from remediate.project.secret_values import decoded, is_secret

# As a POSIX and as a Python expression: what a line must have to be looked at.
HINT = (
    r"://[^/:]*:.*@|[Pp][Aa][Ss][Ss].|gpass|[Pp][Ww][Dd].*[=:,]|_[Pp][Ww].?[ =:]"
    r"|[:=] *[A-Za-z_.-]*[_.-]([Pp][Aa][Ss][Ss]|[Pp][Ww][Dd]?)([\"']? *[}].*)?$"
    rf"|{secret_encoded.HINT}"
)
_ASSIGNED = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*)")
_SECRET_KEY = re.compile(
    r".*(?:password|passwd|passphrase|secret|token|api_?key|credentials?)"
    r"|.*(?:access|private|secret|encryption|signing|auth|service|account)_?key"
    r"|(?:.*_)?(?:pass|pwd|pw)",
    re.IGNORECASE,
)
_ALLOWED = ("pragma: allowlist secret", "gitleaks:allow")  # as other tools are told

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


def is_allowed(line: str) -> bool:
    """Whether a comment says that what looks like a secret is none."""
    return any(word in line for word in _ALLOWED)


def of_line(path: str, line: str) -> Iterator[str]:
    """The passwords in a line of any file; none of placeholders, examples and documentation."""
    if not is_allowed(line):
        within = {one for text in secret_encoded.texts(line) for one in _of_text(path, text)}
        whole = {
            one for one in _of_text(path, line) if not within & {*_of_text(path, decoded(one))}
        }
        yield from sorted(whole | within)


def _of_text(path: str, text: str) -> set[str]:
    in_urls = {*secret_urls.passwords(text)}
    named = secret_spellings.passwords(path, text)
    # A part of a URL is no other password.
    return in_urls | {o for o in named if not any(o in url or url in o for url in in_urls)}


def of_setting(path: str, line: str) -> Iterator[str]:
    """The secrets in a line of a file of settings."""
    text = line.strip()
    if not text or text.startswith(("#", ";")) or is_allowed(line):
        return
    if "pgpass" in PurePosixPath(path).name.lower():
        *fields, password = re.split(r"(?<!\\):", text)
        if len(fields) == 4 and is_secret(password):
            yield password
        return
    in_urls = [*of_line(path, text)]
    yield from in_urls
    assigned = _ASSIGNED.fullmatch(text)
    if assigned and not in_urls and _SECRET_KEY.fullmatch(assigned[1]):
        value = value_of(assigned[2])
        if "://" not in value and is_secret(value):
            yield value
