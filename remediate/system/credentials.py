"""Credentials in text that somebody else wrote: SQL, source, settings, messages.

Pure: what is found depends on the text alone. A pattern's group `secret` is what must not be shown.
"""

import re
from collections.abc import Iterator

SECRET = "***"  # noqa: S105

_SCHEME = r"[A-Za-z][\w+.-]*:/{1,3}"
_URLS = (
    # In quotes the password may hold spaces; without, it ends with the word. The last @ counts.
    rf"""(?P<quote>['"]){_SCHEME}[^\s:/@'"]*:(?P<secret>(?:(?!(?P=quote))[^\n])+)@""",
    rf"""\b{_SCHEME}[^\s:/@'"`]*:(?P<secret>[^\s'"`]+)@""",
)
_KEY = (
    r"(?:\b\w*(?:password|passwd|passphrase|passwort|secret|api_?key)\w*"
    r"|\b(?:\w+_)?(?:pw|pwd|pass))"
)
# password => 'x', "password": "x", os.environ["PGPASSWORD"] = "x"; and PASSWORD 'x'
_SIGN = rf"""{_KEY}(?:\\?['"])?\]?\s*(?:=>|:=|[=:])\s*"""
_BEFORE = rf"(?:{_SIGN}|{_KEY}\s+)[eE]?"
_ASSIGNMENTS = (
    # In SQL within SQL the quotes are doubled, in Python they have a backslash before them.
    rf"{_BEFORE}''(?P<secret>[^'\n]+)''",
    rf"{_BEFORE}'(?P<secret>(?:''|\\.|[^'\\\n])+)'",
    rf'{_SIGN}"(?P<secret>(?:""|\\.|[^"\\\n])+)"',
    rf"{_BEFORE}\\'(?P<secret>[^'\n]+?)\\'",
    rf'{_BEFORE}\\"(?P<secret>[^"\n]+?)\\"',
    rf"{_KEY}\s*(?P<quote>\$\w*\$)(?P<secret>.+?)(?P=quote)",
    # An argument of format().
    r"PASSWORD\s+%\w'\s*,\s*'(?P<secret>[^'\n]+)'",
    # In the string of a connection, or before a command.
    rf"""{_KEY}=(?P<secret>[^\s'"&;,)\\]+)""",
)
_TOKENS = (
    r"(?P<secret>\b(?:[srp]k_(?:live|test)_\w{4,}|gh[opsur]_\w{16,}|github_pat_\w{16,}"
    r"|glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|sk-[\w-]{16,}"
    r"|hf_\w{16,}|npm_\w{16,}|SG\.[\w-]{8,}\.[\w-]{8,}|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?))",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<secret>.+?)(?:-----END|\Z)",
)
_URL = tuple(re.compile(one) for one in _URLS)
_ALL = (*_URL, *(re.compile(one, re.IGNORECASE | re.DOTALL) for one in _ASSIGNMENTS))
_ALL += tuple(re.compile(one, re.DOTALL) for one in _TOKENS)

# `password = 'x'` may as well compare a column.
_CONNECTING = (*_URL, re.compile(rf"{_KEY}=(?:''|[^\s'\"=])", re.IGNORECASE))
_CONNECTING += tuple(re.compile(one, re.DOTALL) for one in _TOKENS)

_ROWS = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE|MERGE\s+INTO)\b(?=[^;]*?"
    r"(?:password|passwd|secret|api_?key|token|credential|salt))[^;]*",
    re.IGNORECASE,
)
# Of the values in such rows, those that are neither words nor addresses nor numbers.
_RANDOM = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[^\s@]{8,}")
_LITERAL = re.compile(r"(?<![\w'])'((?:[^'\n]|'')+)'(?!::regclass)")
_PLACEHOLDER = re.compile(r"\{.*\}|\$\{?\w+\}?|<.*>|%\(\w+\)s|%s|\*+|\.\.\.|x+|:\w+", re.IGNORECASE)


def found(text: str) -> Iterator[str]:
    """Each secret that the text holds, as it is written there."""
    if not _is_suspicious(text):
        return
    for pattern in _ALL:
        for match in pattern.finditer(text):
            if not is_placeholder(match["secret"]):
                yield match["secret"]
    for rows in _ROWS.finditer(text):
        yield from filter(_RANDOM.fullmatch, _LITERAL.findall(rows[0]))


def holds_secret(text: str) -> bool:
    """Whether a definition of the database does: in a URL, or in the string of a connection."""
    return any(pattern.search(text) for pattern in _CONNECTING)


def is_placeholder(value: str) -> bool:
    """Whether it only stands for a secret, in a template or in documentation."""
    return _PLACEHOLDER.fullmatch(value) is not None


def masked(text: str) -> str:
    """The text with `***` for each secret, and for what is written into a column of secrets."""
    if not _is_suspicious(text):
        return text
    for pattern in _ALL:
        text = pattern.sub(_hide, text)
    return _ROWS.sub(lambda rows: _LITERAL.sub(f"'{SECRET}'", rows[0]), text)


def masked_urls(text: str) -> str:
    """The text with `***` for the password in each URL: for text of which names are a part."""
    if "@" in text:
        for pattern in _URL:
            text = pattern.sub(_hide, text)
    return text


def _hide(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("secret"))
    return match[0][:start] + SECRET + match[0][end:]


# Keys of settings; their values are not quoted everywhere.
SECRET_KEY = re.compile(_KEY, re.IGNORECASE)
_SUSPICIOUS = re.compile(
    r"@|pass|pwd|pw|secret|key|token|credential|salt|[srp]k[_-]|gh[opsur]_|xox|akia|aiza"
    r"|hf_|npm_|SG\.|eyJ",
    re.IGNORECASE,
)


def _is_suspicious(text: str) -> bool:
    """Whether the patterns are worth their time."""
    return _SUSPICIOUS.search(text) is not None
