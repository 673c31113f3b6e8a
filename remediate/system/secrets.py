"""Keep passwords out of everything that is shown.

libpq, psycopg and SQLAlchemy repeat parts of a connection URL in their messages, a malformed one
whole. Every URL that enters the program is remembered here, and every text of a driver is scrubbed.
"""

import re
from urllib.parse import unquote

_SHORTEST = 3  # replacing shorter pieces would destroy the message and hide nothing
_known: set[str] = set()


def remember(url: str) -> None:
    """Learn the secret parts of a URL, also of one that no driver can parse."""
    pieces = re.findall(r"[?&;](?:ssl)?password=([^&;#]*)", url, re.IGNORECASE)
    if authority := re.match(r"[\w+.-]+:/*([^?#]*)@", url):
        password = authority[1].partition(":")[2] or authority[1]
        pieces += [password, *re.split(r"[@:/]", password)] if ":" in authority[1] else []
    _known.update(p for piece in pieces for p in (piece, unquote(piece)) if len(p) >= _SHORTEST)


def scrub(text: str) -> str:
    """`text` without any secret that was remembered, and without any `user:password@`."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, "***")
    return re.sub(r"(\w://?[^\s:/@]+):[^\s@]+@", r"\1:***@", text)
