"""What is a credential in text of others: by the name that it is given to, or by its own form."""

import time

import pytest

from remediate.system import secrets
from remediate.system.credentials import found, holds_secret, masked

HELD = "q7-Uw"
GIVEN = [
    "SELECT 1 FROM hooks WHERE api_token = '{}'",
    "DELETE FROM hooks h WHERE h.\"access_token\" <> '{}'",
    "UPDATE hooks SET state = 'open' WHERE (refresh_token)::text = '{}'::text",
    "SELECT 1 WHERE token NOT LIKE '{}%'",
    "SELECT 1 WHERE credentials IS NOT DISTINCT FROM '{}'",
    "SELECT 1 WHERE '{}' = lower(t.api_key)",
    "SELECT 1 WHERE jwt IN ('{}', '{}')",
    "CHECK ((token)::text = ANY ((ARRAY['{}'::character varying, '{}'::text])::text[]))",
    "SET app.signing_key = '{}'",
    "SET LOCAL app.encryption_key TO {}",
    "SELECT set_config('app.private_key', '{}', true)",
    "CREATE TABLE hooks (id int, pw text DEFAULT '{}', token varchar(20) NOT NULL DEFAULT '{}')",
    "ALTER TABLE hooks ALTER COLUMN client_key SET DEFAULT '{}'",
    "sa.Column('webhook_key', sa.Text(), server_default='{}')",
    'sa.Column("api_token", sa.String(20), server_default=sa.text("\'{}\'"))',
    "EXECUTE 'UPDATE hooks SET token = ''{}'' WHERE true'",
    "SELECT notify(api_token => '{}')",
    '{{"access_token": "{}"}}',
    "/* Bearer {} */",
    "COMMENT ON TABLE hooks IS 'curl -H \"Authorization: Basic {}\"'",
    "EXECUTE FUNCTION hook('X-Api-Key: {}')",
    "EXECUTE FUNCTION hook('https://h/x?state=1&access_token={}')",
    "EXECUTE FUNCTION hook('access_token={}')",
    "EXECUTE FUNCTION hook('https://hooks.slack.com/services/T0/B0/{}')",
    "EXECUTE FUNCTION hook('https://discord.com/api/webhooks/1/{}')",
]
ORDINARY = [
    "SELECT 1 FROM hooks WHERE token_type = 'basic' AND signing_key_id = '7'",
    "CREATE TABLE hooks (kind text DEFAULT 'token', token text, state text DEFAULT 'new')",
    "COMMENT ON COLUMN hooks.token IS 'of the session'",
    'ALTER TABLE hooks RENAME COLUMN token TO "api_key"',
    "CREATE INDEX ON hooks (token) WHERE state = 'open'",
    "CHECK (kind IN ('token', 'password', 'api_key'))",
    "SELECT 1 FROM a JOIN b ON a.token = b.token AND a.kind = 'x' AND a.token=b.token",
    "SELECT nextval('api_token_id_seq'), primary_key = 'x', compass = 'north'",
    "CREATE SCHEMA AUTHORIZATION joe",
    "-- Bearer tokens are kept here, and the bearer of one is known",
    "CREATE FUNCTION f() RETURNS text AS $$ SELECT token $$ LANGUAGE sql; SELECT $$ x $$",
    "op.create_table('token', sa.Column('token', sa.Text()), sa.Column('n', server_default='7'))",
]


@pytest.mark.parametrize("text", GIVEN)
def test_what_is_given_to_a_name_that_speaks_of_secrets(text: str) -> None:
    assert HELD not in masked(text.format(HELD, HELD))
    assert HELD not in secrets.scrub(text.format(HELD, HELD))
    assert "***" in masked(text.format(HELD, HELD))


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_literals_stay(text: str) -> None:
    assert masked(text) == text
    assert [*found(text)] == []
    assert not holds_secret(text)


@pytest.mark.parametrize(
    ("argument", "held"),
    [
        ("Authorization: Bearer abc", True),
        ("access_token=abc", True),
        ("https://hooks.slack.com/services/T0/B0/XXXX", True),
        ("x-api-key: abc", True),
        ("https://example.org/hooks?state=1", False),
        ("token", False),
    ],
)
def test_definitions_that_hold_one(argument: str, held: bool) -> None:  # noqa: FBT001
    trigger = f"CREATE TRIGGER g BEFORE UPDATE ON c FOR EACH ROW EXECUTE FUNCTION h('{argument}')"
    assert holds_secret(trigger) == held
    # A literal that a column is compared with may be anything.
    assert not holds_secret("SELECT 1 FROM c WHERE (token)::text = 'open'::text")


def test_long_text_takes_linear_time() -> None:
    """It takes some seconds; minutes where a pattern looks back."""
    started = time.monotonic()
    for piece in ("token ", "token = 'a' or ", "'", "&a-", "x-a-", "password ", "SET a.b.", "pw "):
        masked(piece * 20_000)
    assert time.monotonic() - started < 60
