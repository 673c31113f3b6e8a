"""Reading without SQLAlchemy: the same address, the same answers, the same errors."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.errors import DatabaseProblem, UsageProblem
from remediate.postgres import connections, direct
from remediate.postgres.connections import address, engine_url, parameters, shown_host

PLAIN = (
    "postgresql://u@h/d", "postgres://u:p@h:5433/d", "postgresql+asyncpg://h", "postgresql://",
    "postgresql:///d", "postgresql://u%40x:p%3A%2F%25@h.example-1.org/d%20b", "postgresql://u:@h/",
    "postgresql+psycopg2://u@/d?host=/tmp/s_1", "postgresql://127.0.0.1:65535/d?sslmode=require",
    "postgresql:///d?user=x&password=a%2Bb+c", "postgresql://u:p+q@h/a+b?application_name=",
    "postgresql://h:5433/d?host=other&options=-c%20role%3Dr",
)  # fmt: skip
OTHERS = (
    "postgresql://u:p@ss@h/d", "postgresql://u:p#s@h/d", "postgresql://[::1]:5433/d",
    "postgresql:///d?host=a:1&host=b:2", "postgresql:///d?host=a,b&port=1,2", "postgresql://@h/d",
    "postgresql://h/a/b", "postgresql:///d?host=a:5433", "postgresql:///d?port=5433",
    "postgresql://u:p?x@h/d", "postgresql://%2Ftmp/d",
)  # fmt: skip
WRONG = ("mysql://h/d", "postgresql://h:0/d", "postgresql://h:65536/d", "nonsense", "//h", "")


@pytest.mark.parametrize("text", [*PLAIN, *OTHERS])
def test_a_url_leads_where_sqlalchemy_says(text: str) -> None:
    known = engine_url(text)
    expected = {k: str(v) for k, v in parameters(known).items() if k != "context" and v}
    found = address(text)
    given = {k: str(v) for k, v in found.parameters.items() if k != "context"}
    assert (given, found.host) == (expected, shown_host(known))
    assert (connections._plain(text) is not None) == (text in PLAIN)


@pytest.mark.parametrize("text", WRONG)
def test_a_url_that_leads_nowhere_is_refused_alike(text: str) -> None:
    with pytest.raises(UsageProblem) as expected:
        engine_url(text)
    with pytest.raises(UsageProblem) as found:
        address(text)
    assert (found.value.message, found.value.hint) == (expected.value.message, expected.value.hint)


def test_statements_answer_and_fail_as_those_of_sqlalchemy(url: sa.URL) -> None:
    text = url.render_as_string(hide_password=False)
    asked = "SELECT 1 AS a, '%%' AS b, ARRAY['x'] AS c, 'n'::name AS d, '{\"k\": 1}'::jsonb AS e"
    with (
        sa.create_engine(url, poolclass=sa.NullPool).connect() as other,
        direct.opened(address(text)) as ours,
    ):
        for connection in (ours, other):
            assert [dict(r) for r in connection.exec_driver_sql(asked).mappings().all()] == [
                {"a": 1, "b": "%", "c": ["x"], "d": "n", "e": {"k": 1}}
            ]
            savepoint = connection.begin_nested()
            with pytest.raises(direct.driver_errors()) as refused:
                connection.exec_driver_sql("SELECT nothing")
            savepoint.rollback()
            assert connections.sqlstate(refused.value) == "42703"
            assert connections.reason(refused.value) == 'column "nothing" does not exist'
            assert not direct.is_lost(refused.value)
        assert catalog.read(ours) == catalog.read(other)
        ours.driver.execute("SELECT 1")  # the transaction that was rolled back in part goes on
        with psycopg.connect(text.replace("+psycopg", ""), autocommit=True) as third:
            third.execute("SELECT pg_terminate_backend(%s)", [ours.driver.info.backend_pid])
        with pytest.raises(direct.StatementFailed) as lost:
            ours.exec_driver_sql("SELECT 1")
        assert direct.is_lost(lost.value)
        assert isinstance(connections.database_problem(lost.value, "it"), DatabaseProblem)
