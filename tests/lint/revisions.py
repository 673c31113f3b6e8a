"""Revisions to lint: whole ones of a few lines; `<--` marks the line that is to be named."""

import textwrap
from dataclasses import dataclass

from remediate.lint import NOTHING, Known

HEAD = """\
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "one"
down_revision = None


"""
SERIAL = Known({("users", "id"): "integer"}, frozenset({("users", "id")}))


@dataclass(frozen=True)
class Case:
    """A revision, and the kinds and lines that are to be found in it."""

    name: str
    source: str
    kinds: tuple[str, ...] = ()
    known: Known = NOTHING

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(n for n, line in enumerate(self.source.split("\n"), 1) if "<--" in line)


def up(body: str) -> str:
    """A revision with this upgrade."""
    return HEAD + "def upgrade():\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")


def down(body: str, upgrade: str = "pass") -> str:
    """A revision with this downgrade."""
    written = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return f"{up(upgrade)}\n\n\ndef downgrade():\n{written}\n"


def module(text: str) -> str:
    """A revision with more than the two functions."""
    return HEAD + textwrap.dedent(text).strip("\n") + "\n"
