"""Nothing that came with a URL is shown again."""

import pytest
import sqlalchemy as sa

from remediate.postgres.connections import shown_host
from remediate.system import secrets
from remediate.system.surroundings import remember_environment


@pytest.mark.parametrize(
    ("url", "leaks"),
    [
        ("postgresql://alice:wonder@h/d", ["wonder"]),
        ("postgresql://alice:won%40der@h/d", ["won%40der", "won@der"]),
        ("postgresql://alice:first@second@h/d", ["first@second", "second@h", "first"]),
        ("postgresql:/alice:wonder@h/d", ["wonder"]),
        ("postgresql://h/d?password=wonder&sslmode=require", ["wonder"]),
        ("postgresql://h/d?sslpassword=wonder", ["wonder"]),
        ("postgres://alice:pa:ss@h/d", ["pa:ss"]),
    ],
)
def test_every_part_of_a_password_is_hidden(url: str, leaks: list[str]) -> None:
    secrets.remember(url)
    for leak in leaks:
        shown = secrets.scrub(f"failed to resolve host '{leak}'; url {url}")
        assert leak.removesuffix("@h") not in shown


def test_what_is_no_secret_stays() -> None:
    secrets.remember("postgresql://alice@db.internal:5432/shop?sslmode=require")
    text = "connection to db.internal:5432/shop as alice failed (sslmode=require)"
    assert secrets.scrub(text) == text


def test_urls_that_nobody_announced_are_masked_too() -> None:
    assert secrets.scrub("see postgresql://bob:hidden@h/d") == "see postgresql://bob:***@h/d"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("postgresql://a:b@h/d", "h:5432"),
        ("postgresql://a:first@second@h:1/d", "h:1"),
        ("postgresql://a:first@second@/d?host=/run", "local socket"),
        ("postgresql:///d", "local socket"),
    ],
)
def test_the_rest_of_a_password_is_no_host(text: str, host: str) -> None:
    assert shown_host(sa.make_url(text)) == host


def test_common_words_and_names_stay_in_our_own_sentences() -> None:
    secrets.remember_secret("zebra_crossing")
    secrets.remember_secret("Zebra-Crossing-1")
    assert secrets.veil("the table zebra_crossing") == "the table zebra_crossing"
    assert secrets.veil("it says Zebra-Crossing-1") == "it says ***"
    assert (
        secrets.scrub('role "zebra_crossing" of zebra_crossings') == 'role "***" of zebra_crossings'
    )
    assert secrets.scrub("cut to Zebra-Cros") == "cut to ***"
    assert secrets.scrub("zebra crossing") == "zebra crossing"
    secrets.remember_secret("striped zebra%crossing")
    assert secrets.scrub("zebra, not a-zebras") == "***, not a-zebras"


def test_what_everybody_uses_is_no_secret() -> None:
    secrets.remember("postgresql://postgres:postgres@h/d")
    text = 'password authentication failed for user "postgres"'
    assert secrets.scrub(text) == text


def test_the_working_directory_is_no_secret() -> None:
    """PWD is what the shell calls it, though it ends like a password's variable."""
    remember_environment(
        {"PWD": "/srv/the/project", "OLDPWD": "/srv/before", "DB_PWD": "ebenholz-17"}
    )
    text = "/srv/the/project/alembic.ini /srv/before ebenholz-17"
    assert secrets.scrub(text) == "/srv/the/project/alembic.ini /srv/before ***"


@pytest.mark.parametrize(
    "secret", ["rosenholz-17", "17!buchenholz", "a+ahornholz", "holz.unter.holz.9"]
)
def test_no_end_of_a_secret_is_left_beside_its_masked_word(secret: str) -> None:
    secrets.remember_secret(secret)
    assert secrets.scrub(f"FATAL: {secret}, {secret}") == "FATAL: ***, ***"
