"""What tests of several commands share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from remediate.rehearsal.scratch import Server
from tests.support import helpers


@pytest.fixture
def made(newest: Server) -> Iterator[Callable[[str], sa.URL]]:
    """Databases with this DDL."""
    with ExitStack() as stack:

        def database(ddl: str) -> sa.URL:
            url = stack.enter_context(newest.database())
            helpers.psql(url, ddl)
            return url

        yield database
