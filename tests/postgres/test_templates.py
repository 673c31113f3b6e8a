"""Templates: what each says of itself, and what it refuses."""

import jinja2
import pytest

from remediate.postgres.templates import environment, statement

NAMES = environment().list_templates(extensions=["j2"])


@pytest.mark.parametrize("name", NAMES)
def test_every_template_says_what_it_renders_and_takes(name: str) -> None:
    loader = environment().loader
    assert loader is not None
    source, *_ = loader.get_source(environment(), name)
    assert source.startswith("{# ")


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="table"):
        statement("private.sql.j2")
