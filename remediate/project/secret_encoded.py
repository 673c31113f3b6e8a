"""The texts that a line has in base64, as the data of a Secret of Kubernetes."""

import base64
import binascii
import re
from collections.abc import Iterator

# `://`, `ssword` and `SSWORD` in base64, each at the three places where they may begin.
HINT = "Oi8v|[DTjz]ovL|6Ly[89+/]|3N3b3Jk|Nzd29y|zc3dvcm|1NXT1JE|NTV09S|TU1dPUk"
_ENCODED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=-])")


def texts(line: str) -> Iterator[str]:
    """The lines of what is encoded; of a key, a digest or a picture none."""
    for match in _ENCODED.finditer(line):
        try:
            text = base64.b64decode(match[0], validate=True).decode()
        except (binascii.Error, ValueError):
            continue
        lines = text.splitlines()
        if all(one.isprintable() for one in lines):
            yield from lines
