"""What a migrating role lacks, and what to grant, from PostgreSQL's own words (42501)."""

import re

from remediate.postgres.sql import ident

INSUFFICIENT_PRIVILEGE = "42501"

_SCHEMA = re.compile(r"permission denied for schema (.+)")
_OBJECT = re.compile(r"(?:permission denied for|must be (?:the )?owner of) ([a-z ]+?) (\S.*)")
_ROLE = re.compile(r'must be (?:able to SET ROLE|a? ?member of role) "(.+)"')
_POLICY = re.compile(r'query would be affected by row-level security policy for table "(.+)"')


def lacking(role: str, message: str) -> str:
    """What is wrong: which role may not do what."""
    return f"the role {role}, which runs the migration, lacks a right: {message}"


def to_grant(role: str, message: str) -> str:
    """What to give to the role; a name in a message has no schema, so ALTER and GRANT need it."""
    to = ident(role)
    if found := _SCHEMA.match(message):
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
