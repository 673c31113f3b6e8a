"""The frame of every page: one file with its styles and its script inside."""

import hashlib
from base64 import b64encode
from functools import cache

from remediate.postgres.templates import file, pages


def skeleton(template: str, **values: object) -> str:
    """A page from a template that fills the frame; a browser loads nothing else for it."""
    style, script = _inside("page/page.css"), _inside("page/page.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = pages().get_template(template)
    known = {"style": style, "script": script, "policy": policy}
    return page.render(known | values).rstrip("\n")


@cache
def _inside(name: str) -> str:
    return file(name).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    """As a Content-Security-Policy names what may be in the page."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
