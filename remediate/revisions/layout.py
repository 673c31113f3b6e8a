"""The order in which a revision is read: its functions, then the long statements that they name."""

import re
from collections.abc import Iterator

from remediate.postgres.filters import python_literal
from remediate.revisions.blocks import Block
from remediate.revisions.drafts import Draft, indented

_HEADING = """\
# Long statements that the functions above run around the repair: they take the locks, and compare
# the database with the plan."""


def bodies(draft: Draft, *, last: bool) -> tuple[str, str]:
    """The bodies of upgrade() and downgrade() for script.py.mako.

    `last`: nothing of the template follows the body of downgrade(), so the long statements come
    after it, as constants. Otherwise they stand where they run.
    """
    named = _named(draft) if last else {}
    upgrade, downgrade = (_naming(text, named) for text in (draft.upgrade, draft.downgrade))
    constants = "".join(f"\n\n{name} = {python_literal(text)}" for text, name in named.items())
    below = f"\n\n\n{_HEADING}{constants.removeprefix(chr(10))}" if named else ""
    return indented(upgrade), indented(downgrade) + below


def ends_with(template: str, token: str) -> bool:
    """Whether this template for revisions ends with the body of this name."""
    last = rf"\n[ \t]+\$\{{[^{{}}]*\b{re.escape(token)}\b[^{{}}]*\}}\s*\Z"
    return re.search(last, template) is not None


def _named(draft: Draft) -> dict[str, str]:
    """Each of the long statements with its name; both ways may run the same."""
    named: dict[str, str] = {}
    for way, block in _long(draft):
        (text,) = block.statements
        named[text] = f"_{block.name}" if text in named else f"_{block.name}_{way}"
    return named


def _long(draft: Draft) -> Iterator[tuple[str, Block]]:
    script = draft.script
    ways = {"UPGRADE": (*script.autocommit, *script.up), "DOWNGRADE": script.down}
    for way, blocks in ways.items():
        yield from ((way, block) for block in blocks if block.name)


def _naming(body: str, named: dict[str, str]) -> str:
    for text, name in named.items():
        literal = python_literal(text)
        within = re.sub(r"\n(?=[^\n])", "\n    ", literal)  # in a block of its own
        for spelled in (literal, within):
            body = body.replace(f"op.execute({spelled})", f"op.execute({name})")
    return body
