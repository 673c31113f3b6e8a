"""What DO blocks may change, by their texts, where they are not read as their statements."""

import re

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes
from remediate.rehearsal.held import State
from remediate.snapshots.tables import Name

_CHANGES = re.compile(r"\b(?:update|delete|insert|truncate|merge|copy)\b", re.IGNORECASE)
# What a block does besides may mean any table, and what is declared of it.
_DYNAMIC = re.compile(
    r"\b(?:execute|call|perform|alter|drop)\b"
    r"|\bcreate\s+(?:or\s+replace\s+)?(?:trigger|rule|function|procedure)\b",
    re.IGNORECASE,
)
# What changes settings, and positions of sequences.
_OF_SETTINGS = re.compile(
    r"\bperform\s+(?:pg_catalog\s*\.\s*)?(?:set_config|setval|nextval)\s*\(", re.IGNORECASE
)
_CONFIGURED = re.compile(r"\bset_config\s*\(\s*(?:'([^']*)'\s*,)?", re.IGNORECASE)
_SET = re.compile(
    r"(?:\breset|(?:;|\b(?:begin|then|else|loop))\s*set|\bset(?=\s+(?:local|session)\b))"
    r"\s+(?:(?:local|session)\s+)?\"?([\w.]+)",
    re.IGNORECASE,
)
# Statements that change no row, whatever is put behind.
_OF_RIGHTS = re.compile(
    r"\bEXECUTE\s+'(?:GRANT|REVOKE|COMMENT\s+ON|ALTER\s(?:[^';]|'')*\sOWNER\s+TO)\s"
    r"(?:[^';]|'')*'",
    re.IGNORECASE,
)
# Of blocks that generate writes: the messages of those that look, lock and refuse, and rights.
_OURS = ("'remediate: ", "current_setting('remediate.rights')")
_ASIDE = re.compile(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", re.DOTALL)  # a string, or a comment
_ANY = re.compile(r"\b(?:execute|call|alter)\b", re.IGNORECASE)


def changed(state: State, node: nodes.DoStmt) -> tuple[Name, ...] | None:
    """The tables that it changes: those that it names; None where it may change any."""
    text = _OF_SETTINGS.sub("", _text(node))
    if _DYNAMIC.search(text) or _calls(state, text):
        return None
    return _named(state, text) if _CHANGES.search(text) else ()


def settings(node: nodes.DoStmt) -> tuple[str, ...]:
    """The settings that it changes; "" for one that it does not name."""
    text = _written(node)
    set_ = _SET.findall(_ASIDE.sub(" ", text))
    return (*_CONFIGURED.findall(text), *set_)


def doubtful(state: State, node: nodes.DoStmt) -> tuple[Name, ...] | None:
    """The tables whose rows may refuse what it does; None where that may be any."""
    text = _text(node)
    any_ = bool(_ANY.search(text)) or _calls(state, text)
    named = _named(state, text) if any_ or _CHANGES.search(text) else ()
    return None if any_ and not named else named


def _text(node: nodes.DoStmt) -> str:
    """Its body without comments, and strings that it does not run; "" of one of ours."""
    text = _OF_RIGHTS.sub("", _written(node))
    return text if _ANY.search(text) else _ASIDE.sub(" ", text)


def _written(node: nodes.DoStmt) -> str:
    """Its body without comments; "" of one of ours."""
    given = [one.arg for one in node.args if isinstance(one, nodes.DefElem) and one.arg]
    text = _ASIDE.sub(lambda match: match[1] or " ", " ".join(strings(given)))
    return "" if any(one in text for one in _OURS) else text


def _calls(state: State, text: str) -> bool:
    return bool(state.writers & {*re.findall(r"\w+", text)})


def _named(state: State, text: str) -> tuple[Name, ...]:
    return tuple(n for n in state.tables if re.search(rf"\b{re.escape(n.name)}\b", text))
