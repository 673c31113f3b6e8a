"""What a migrating role lacks, and what to grant, from PostgreSQL's own words (42501)."""

import re

from remediate.postgres.sql import ident
from remediate.snapshots.defaults import words

INSUFFICIENT_PRIVILEGE = "42501"

_SCHEMA = re.compile(r"permission denied for schema (.+)")
_OBJECT = re.compile(r"(?:permission denied for|must be (?:the )?owner of) ([a-z ]+?) (\S.*)")
_ROLE = re.compile(r'must be (?:able to SET ROLE|a? ?member of role) "(.+)"')
_POLICY = re.compile(r'query would be affected by row-level security policy for table "(.+)"')
_NEW_OWNER = re.compile(
    r"""\s*ALTER\s[^;]*\sOWNER\s+TO\s+("(?:[^"]|"")+"|(?!current_|session_)[^\s;"]+)\s*;?\s*""",
    re.IGNORECASE,
)
_INNER = re.compile(r'SQL statement "(.*?)"$', re.DOTALL | re.MULTILINE)


def refused(sql: str, context: str) -> str:
    """The statement that lacked a right: the one that a block executed, by PostgreSQL's context."""
    inner = _INNER.match(context)
    return inner[1] if inner else sql


def lacking(role: str, message: str, sql: str) -> str:
    """What is wrong: which role may not do what `sql` does."""
    if owner := _to_own(sql, message):
        return f"the role {owner}, which is to own it, lacks a right: {message}"
    return f"the role {role}, which runs the migration, lacks a right: {message}"


def _to_own(sql: str, message: str) -> str:
    """The new owner of an object, who needs CREATE on its schema as well; "" for another case."""
    found = _NEW_OWNER.fullmatch(sql) if _SCHEMA.match(message) else None
    return words(found[1])[0] if found else ""


def to_grant(role: str, message: str, sql: str) -> str:
    """What to give to the role; a name in a message has no schema, so ALTER and GRANT need it."""
    to = ident(role)
    if found := _SCHEMA.match(message):
        if owner := _to_own(sql, message):
            schema = ident(found[1])
            return f"GRANT CREATE ON SCHEMA {schema} TO {ident(owner)}; USAGE is enough for {to}"
        return f"GRANT USAGE, CREATE ON SCHEMA {ident(found[1])} TO {to}"
    if found := _POLICY.match(message):
        return (
            f"ALTER ROLE {to} BYPASSRLS, or ALTER TABLE {ident(found[1])} NO FORCE ROW LEVEL "
            "SECURITY until the migration has run"
        )
    if found := _ROLE.match(message):
        return f"GRANT {ident(found[1])} TO {to}"
    if found := _OBJECT.match(message):
        return f"GRANT the role that owns {found[1]} {found[2]} TO {to}, or let that one migrate"
    return f"what PostgreSQL asks for, granted to {to}, or a role that has it"
