"""Keep passwords out of all output.

Messages of libpq, psycopg and SQLAlchemy repeat parts of a connection URL, or all of a malformed
one, and other libraries the line of a file that they cannot read. So every secret that enters the
program is remembered here, and text passes one of two doors on its way out: `scrub` for what others
wrote, `veil` for the program's own sentences, in which a name must stay what it is.
"""

import re
from functools import cache
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from remediate.system.credential_patterns import SECRET_KEY
from remediate.system.credentials import (
    SECRET,
    found,
    is_placeholder,
    masked,
    masked_urls,
)

SHORTEST = 4  # characters that two texts may share by chance
_DISTINCT = 8  # of a piece that is no name

# Everybody knows them; replacing them would garble names, and hide nothing.
_COMMON = {
    "pass", "password", "passwd", "secret", "changeme", "example", "postgres", "postgresql", "test",
    "user", "username", "users", "admin", "root", "xxxx", "public", "localhost", "mysecretpassword",
}  # fmt: skip
_NAME = re.compile(r"[a-z_]+")
_known: set[str] = set()


def remember(url: str) -> None:
    """Remember the secret parts of a URL, even if no driver can parse it."""
    for query in re.findall(r"[?&;](?:ssl)?password=([^&;#]*)", url, re.IGNORECASE):
        remember_secret(query)
    authority = re.sub(r"^[\w+.-]+:/+", "", url)
    strict = re.fullmatch(r"[^:/@?#\s]*:([^/@?#\s]*)@[^@]*", authority)
    # Where it cannot be parsed, everything up to the last @ may be the password.
    remember_secret(strict[1] if strict else authority.rpartition("@")[0].partition(":")[2])


def remember_text(text: str) -> None:
    """Remember the secrets that a file, a setting or a statement holds."""
    for secret in found(text):
        remember_secret(secret)


def remember_settings(text: str) -> None:
    """Remember the secrets in lines of keys and values: of an ini, TOML, .env or service file."""
    remember_text(text)
    for line in text.splitlines():
        key, sign, value = re.match(r"([^=:]*)([=:]?)(.*)", line).groups()  # type: ignore[union-attr]
        if sign:
            remember_setting(*(part.strip().strip("\"'") for part in (key, value)))


def remember_setting(key: str, value: str) -> None:
    """Remember the value, if it is a URL, or a secret by its key."""
    if "://" in value or key.lower().endswith(("url", "uri", "dsn")):
        remember(value)
        remember_text(value)
    elif SECRET_KEY.fullmatch(key) and not is_placeholder(value):
        remember_secret(value)


def remember_secret(secret: str) -> None:
    """Remember a secret itself, in all spellings in which it may be repeated."""
    if len(secret) >= SHORTEST and secret.lower() not in _COMMON and not secret.startswith(SECRET):
        forms = {secret, secret.replace("%%", "%"), secret.replace("''", "'")}
        forms |= {made(one) for one in forms for made in (unquote, unquote_plus)}
        forms |= {made(one) for one in forms for made in (quote, quote_plus, _with_escapes)}
        _known.update(forms)
        for one in (_wholes, _grams, _words, _distinct):
            one.cache_clear()


def _with_escapes(text: str) -> str:
    return repr(text)[1:-1]


def scrub(text: str) -> str:
    """Text of others with `***` for everything that it has in common with a secret.

    That is each run of four characters or more, and each word of a secret where it is a word here;
    and credentials that nobody has announced.
    """
    return masked(_without_runs(_replaced(_words(), _replaced(_wholes(), masked(text)))))


def veil(text: str) -> str:
    """Our own text with `***` for secrets that no name would be, and for passwords in URLs."""
    return masked_urls(_replaced(_distinct(), text))


def _without_runs(text: str) -> str:
    grams = _grams()
    if not grams:
        return text
    starts = [n for n in range(len(text) - SHORTEST + 1) if text[n : n + SHORTEST] in grams]
    kept: list[str] = []
    end = 0
    for start in starts:
        if start > end or not kept:
            kept += [text[end:start], SECRET]
        end = max(end, start + SHORTEST)
    return "".join([*kept, text[end:]])


def _replaced(pattern: re.Pattern[str] | None, text: str) -> str:
    return pattern.sub(SECRET, text) if pattern else text


@cache
def _wholes() -> re.Pattern[str] | None:
    """Secrets as they are: once a word of one is masked, what is left of it may be too short."""
    return _any_of({s for s in _known if not _NAME.fullmatch(s)}, "(?:{})")


@cache
def _grams() -> frozenset[str]:
    """The runs of four characters that no plain name has."""
    runs = (s[n : n + SHORTEST] for s in _known for n in range(len(s) - SHORTEST + 1))
    return frozenset(run for run in runs if not _NAME.fullmatch(run))


@cache
def _words() -> re.Pattern[str] | None:
    """What looks like a plain name, where it is a word by itself."""
    words = {word for s in _known for word in re.split(r"\W+", s)}
    plain = {w for w in words if len(w) >= SHORTEST and _NAME.fullmatch(w) and w not in _COMMON}
    return _any_of(plain, r"\b(?:{})\b")


@cache
def _distinct() -> re.Pattern[str] | None:
    pieces = {piece for s in _known for piece in (s, *re.split(r"\W+", s))}
    return _any_of({p for p in pieces if len(p) >= _DISTINCT and not _NAME.fullmatch(p)}, "(?:{})")


def _any_of(texts: set[str], template: str) -> re.Pattern[str] | None:
    ordered = sorted(texts, key=len, reverse=True)
    return re.compile(template.format("|".join(map(re.escape, ordered)))) if ordered else None
