"""Keep passwords out of all output.

Messages of libpq, psycopg and SQLAlchemy repeat parts of a connection URL, or all of a malformed
one. Every URL that enters the program is remembered here, and every such message is scrubbed.
"""

import re
from urllib.parse import unquote

_SHORTEST = 3  # replacing shorter pieces would garble the message and hide nothing
_known: set[str] = set()


def remember(url: str) -> None:
    """Remember the secret parts of a URL, even if no driver can parse it."""
    pieces = re.findall(r"[?&;](?:ssl)?password=([^&;#]*)", url, re.IGNORECASE)
    if authority := re.match(r"[\w+.-]+:/*([^?#]*)@", url):
        password = authority[1].partition(":")[2] or authority[1]
        pieces += [password, *re.split(r"[@:/]", password)] if ":" in authority[1] else []
    _known.update(p for piece in pieces for p in (piece, unquote(piece)) if len(p) >= _SHORTEST)


def scrub(text: str) -> str:
    """`text` with `***` for every remembered secret, and for the password in `user:password@`."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, "***")
    return re.sub(r"(\w://?[^\s:/@]+):[^\s@]+@", r"\1:***@", text)
