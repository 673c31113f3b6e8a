"""Credentials in text that somebody else wrote: SQL, source, settings, messages.

Pure: what is found depends on the text alone. A pattern's group `secret` is what must not be shown.
"""

import re
from collections.abc import Iterator

SECRET = "***"  # noqa: S105

# All is bounded, and nothing repeated begins a pattern: a text of any length takes linear time.
_USER = r":(?<=\w:)/{1,3}[^\s:/@'\"`]{0,64}:"
_URLS = (
    # In quotes the password may hold spaces; without, it ends with the word. The last @ counts.
    rf"""(?P<quote>['"])[A-Za-z][\w+.-]{{0,30}}{_USER}"""
    r"(?P<secret>(?:(?!(?P=quote))[^\n]){1,512})@",
    rf"""{_USER}(?P<secret>[^\s'"`]{{1,512}})@""",
)
_WORDS = ("password", "passwd", "passphrase", "passwort", "secret", "api_key", "apikey")
_WORD = rf"(?:{'|'.join(_WORDS)})\w{{0,30}}"
_KEY = rf"(?:{_WORD}|(?<![^\W_])(?:pw|pwd|pass))"
# password => 'x', "password": "x", os.environ["PGPASSWORD"] = "x"; and PASSWORD 'x'
_SIGN = rf"""{_KEY}(?:\\?['"])?\]?\s{{0,20}}(?:=>|:=|[=:])\s{{0,20}}"""
_BEFORE = rf"(?:{_SIGN}|{_WORD}\s{{1,20}})[eE]?"
_ASSIGNMENTS = (
    # In SQL within SQL the quotes are doubled, in Python they have a backslash before them.
    rf"{_BEFORE}''(?P<secret>[^'\n]{{1,512}})''",
    rf"{_BEFORE}'(?P<secret>(?:''|\\.|[^'\\\n]){{1,512}})'",
    rf'{_SIGN}"(?P<secret>(?:""|\\.|[^"\\\n]){{1,512}})"',
    rf"{_BEFORE}\\'(?P<secret>[^'\n]{{1,512}}?)\\'",
    rf'{_BEFORE}\\"(?P<secret>[^"\n]{{1,512}}?)\\"',
    rf"{_KEY}\s{{0,20}}(?P<quote>\$\w{{0,20}}\$)(?P<secret>.{{1,512}}?)(?P=quote)",
    # An argument of format().
    r"PASSWORD\s{1,20}%\w'\s{0,20},\s{0,20}'(?P<secret>[^'\n]{1,512})'",
    # In the string of a connection, or before a command.
    rf"""{_KEY}=(?P<secret>[^\s'"&;,)\\]{{1,512}})""",
)
_BEGINNINGS = (
    "k_live_", "k_test_", "gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xox",
    "AKIA", "AIza", "sk-", "hf_", "npm_", "SG.", "eyJ", "PRIVATE KEY",
)  # fmt: skip
_TOKENS = (
    r"(?P<secret>\b(?:[srp]k_(?:live|test)_\w{4,}|gh[opsur]_\w{16,}|github_pat_\w{16,}"
    r"|glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|sk-[\w-]{16,}"
    r"|hf_\w{16,}|npm_\w{16,}|SG\.[\w-]{8,}\.[\w-]{8,}|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?))",
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?P<secret>.{1,8000}?)(?:-----END|\Z)",
)


def _compiled(patterns: tuple[str, ...], flags: int = 0) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one, flags | re.DOTALL) for one in patterns)


_URL, _TOKEN = _compiled(_URLS), _compiled(_TOKENS)
_ASSIGNMENT = _compiled(_ASSIGNMENTS, re.IGNORECASE)
# `password = 'x'` may as well compare a column.
_STRING = _compiled((rf"{_KEY}=(?:''|[^\s'\"=])",), re.IGNORECASE)
_SHORT = re.compile(r"(?<![^\W_])(?:pw|pwd|pass)(?:\\?['\"])?\]?\s{0,20}[=:]")
# Keys of settings; their values are not quoted everywhere.
SECRET_KEY = re.compile(rf"\w*{_WORD}|(?:\w+_)?(?:pw|pwd|pass)", re.IGNORECASE)

_COLUMNS = ("token", "credential", "salt")
_ROWS = re.compile(
    r"\b(?:INSERT\s{1,20}INTO|UPDATE|MERGE\s{1,20}INTO)\b(?=[^;]{0,2000}?"
    rf"(?:{'|'.join((*_WORDS, *_COLUMNS))}))[^;]*",
    re.IGNORECASE,
)
# Of the values in such rows, those that are neither words nor addresses nor numbers.
_RANDOM = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[^\s@]{8,}")
_LITERAL = re.compile(r"(?<![\w'])'((?:[^'\n]|'')+)'(?!::regclass)")
_PLACEHOLDER = re.compile(r"\{.*\}|\$\{?\w+\}?|<.*>|%\(\w+\)s|%s|\*+|\.\.\.|x+|:\w+", re.IGNORECASE)


def found(text: str) -> Iterator[str]:
    """Each secret that the text holds, as it is written there."""
    for pattern in _patterns(text):
        for match in pattern.finditer(text):
            if not is_placeholder(match["secret"]):
                yield match["secret"]
    if _has_rows(text):
        for rows in _ROWS.finditer(text):
            yield from filter(_RANDOM.fullmatch, _LITERAL.findall(rows[0]))


def holds_secret(text: str) -> bool:
    """Whether a definition of the database does: in a URL, or in the string of a connection."""
    return any(pattern.search(text) for pattern in (*_URL, *_STRING, *_TOKEN))


def is_placeholder(value: str) -> bool:
    """Whether it only stands for a secret, in a template or in documentation."""
    return _PLACEHOLDER.fullmatch(value) is not None


def masked(text: str) -> str:
    """The text with `***` for each secret, and for what is written into a column of secrets."""
    rows = _has_rows(text)
    for pattern in _patterns(text):
        text = pattern.sub(_hide, text)
    return _ROWS.sub(lambda rows: _LITERAL.sub(f"'{SECRET}'", rows[0]), text) if rows else text


def _patterns(text: str) -> Iterator[re.Pattern[str]]:
    """Those that may find something: most text holds none of the words that they look for."""
    lowered = text.lower()
    if ":/" in text and "@" in text:
        yield from _URL
    if any(word in lowered for word in _WORDS) or _SHORT.search(lowered):
        yield from _ASSIGNMENT
    if any(beginning in text for beginning in _BEGINNINGS):
        yield from _TOKEN


def _has_rows(text: str) -> bool:
    lowered = text.lower()
    verbs = ("insert", "update", "merge")
    return any(v in lowered for v in verbs) and any(w in lowered for w in (*_WORDS, *_COLUMNS))


def masked_urls(text: str) -> str:
    """The text with `***` for the password in each URL: for text of which names are a part."""
    if ":/" in text and "@" in text:
        for pattern in _URL:
            text = pattern.sub(_hide, text)
    return text


def _hide(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("secret"))
    return match[0][:start] + SECRET + match[0][end:]
