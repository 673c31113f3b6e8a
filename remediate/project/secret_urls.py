"""The passwords in URLs, also where they hold characters that a URL should escape."""

import re
from collections.abc import Iterator

from remediate.project.secret_values import SHORTEST, is_secret

_BEGIN = re.compile(
    r"(?P<before>['\"`]?)\b(?P<scheme>[a-zA-Z][\w+.-]{1,30})://"
    r"(?P<user>[^\s:/'\"`]{0,100}):(?=[^\s])"
)
_DATABASE = re.compile(
    r"postgres|mysql|maria|mssql|oracle|mongo|redis|amqp|clickhouse", re.IGNORECASE
)
_QUERY = re.compile(
    r"\b(?:postgres\w*|mysql\w*|mariadb|sqlserver|oracle[\w:]*)(?:\+\w+)?://[^\s'\"`]{0,300}?"
    r"[?&;](?:password|pwd)=(?P<password>[^&;\s'\"#`<>]+)",
    re.IGNORECASE,
)
_DOCUMENTED = re.compile(
    r"(?:.*\.)?(?:example(?:\.\w+)?|invalid|test)|host(?:name)?", re.IGNORECASE
)
_PORT = re.compile(r"\d{1,5}(?:[/?#,]|$)")
_LONGEST = 300


def passwords(line: str) -> Iterator[str]:
    """The passwords in the URLs of a line; none of placeholders and documentation."""
    for begin in _BEGIN.finditer(line):
        rest = line[begin.end() :]
        database = bool(_DATABASE.match(begin["scheme"]))
        told = (
            _parts(text, database=database)
            for text in _ends(rest, begin["before"], database=database)
        )
        password, host = next(filter(None, told), ("", ""))
        host = re.split(r"[:,)>\]]", host, maxsplit=1)[0]
        local = begin["user"] == password and "." not in host
        if not _DOCUMENTED.fullmatch(host) and not local and is_secret(password):
            yield password
    yield from filter(is_secret, _QUERY.findall(line))


def _ends(rest: str, quote: str, *, database: bool) -> Iterator[str]:
    """What may be the rest of a URL: in quotes up to these, else a word."""
    rest = re.split(r"[\w+.-]*://", rest, maxsplit=1)[0][:_LONGEST]
    if quote and database:
        yield rest.split(quote, 1)[0]
    yield re.split(r"[\s'\"`]", rest, maxsplit=1)[0]
    if not quote and database:
        yield rest.split(maxsplit=1)[0]


def _parts(text: str, *, database: bool) -> tuple[str, str] | None:
    """The password and the host; the last @ before the path counts."""
    head, at, tail = text.partition("@")
    if not at or _PORT.match(head) or (not database and re.search(r"[/?#:]", head)):
        return None
    more, _, host = re.split(r"[/?#]", tail, maxsplit=1)[0].rpartition("@")
    password = f"{head}@{more}" if more else head
    later = text.rpartition("@")
    if database and len(password) < SHORTEST and "=" not in later[0]:
        return later[0], re.split(r"[/?#]", later[2], maxsplit=1)[0]
    return password, host
