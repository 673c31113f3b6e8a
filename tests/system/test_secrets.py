"""Nothing that came with a URL is shown again."""

import pytest

from remediate.system import secrets


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
