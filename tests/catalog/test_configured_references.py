"""[tool.remediate.references] has the last word: tables of any name, columns of any name, quotes."""

import pytest
import sqlalchemy as sa

from remediate.analysis.grounds import grounds
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.rehearsal.scratch import Server
from tests.support import helpers

TABLES = """
CREATE TABLE "user" (id serial PRIMARY KEY);
INSERT INTO "user" SELECT FROM generate_series(1, 25);
CREATE TABLE query_normalization_log (id serial PRIMARY KEY, user_id varchar(36));
CREATE TABLE price_history (id serial PRIMARY KEY, object_id varchar(36), object_type text);
CREATE TABLE audits (id serial PRIMARY KEY, who text, whom text, "by.whom" text);
INSERT INTO audits (who) SELECT n::text FROM generate_series(1, 25) AS n;
"""


def meant(url: sa.URL, references: dict[str, str]) -> set[str]:
    """The columns that are said to mean the user's key."""
    found = helpers.snapshot(url, config=Config(references=references)).candidates
    return {f"{c.table.name}.{c.column}" for c in found if c.target == ("public", "user")}


def test_the_last_word(newest: Server) -> None:
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(TABLES.encode())
        assert meant(url, {}) == set()
        log = {"query_normalization_log.user_id"}
        for table in ("user", '"user"', "public.user", 'public."user"'):
            assert meant(url, {'public."query_normalization_log".user_id': table}) == log
        assert meant(url, {"*_log.user_id": "user"}) == log
        assert meant(url, {"price_history.object_id": "user"}) == {"price_history.object_id"}
        assert meant(url, {"audits.who[m]": "user", '"by.whom"': "user"}) == {
            "audits.whom",
            "audits.by.whom",
        }
        found = helpers.snapshot(url, config=Config(references={"audits.who": '"user"'}))
        assert [c.column for c in found.candidates if grounds(c)] == ["who"]
        with pytest.raises(UsageProblem, match="there is no such table"):
            meant(url, {"audits.who": '"users"'})
