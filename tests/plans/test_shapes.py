"""What is alike in many schemas is said once, and each finding stays what it is."""

import json
import re
from pathlib import Path

import pytest

from remediate.plans.shapes import in_one
from remediate.rehearsal.scratch import Server
from tests.support.project import Project, small_project

TABLES = """
CREATE SCHEMA {schema};
CREATE TABLE {schema}.users (id serial PRIMARY KEY);
CREATE TABLE {schema}.orders (id serial PRIMARY KEY, user_id int REFERENCES {schema}.users);
ALTER TABLE {schema}.orders ALTER id DROP DEFAULT;
INSERT INTO {schema}.orders (id) SELECT generate_series(1, {ids});
"""
TENANTS = {"acme": 3, "beta": 40, '"c.D"': 3, "delta": 5}


def test_said_once_and_each_with_its_own_fingerprint(newest: Server, tmp_path: Path) -> None:
    ddl = "".join(TABLES.format(schema=schema, ids=ids) for schema, ids in TENANTS.items())
    ddl += "CREATE TABLE acme.others (LIKE acme.orders INCLUDING ALL);"
    with small_project(newest, tmp_path, ddl) as project:
        made = project.json("plan")
        _text(project)
        sql = project.run("remediate", "plan", "--sql").stdout
    first, *others = made["groups"]
    assert (first["table"], first["findings"], others) == ("orders", 4, [])
    assert first["repair"] == "attach sequence orders_id_seq, next value beyond the highest id"
    assert made["schema_lists"][first["schemas"]] == ["acme", "beta", "c.D", "delta"]
    assert len({one["fingerprint"] for one in made["findings"] if one["table"] == "orders"}) == 4
    assert sql.count("BEGIN;\n") == len(TENANTS)


def _text(project: Project) -> None:
    text = project.run("remediate", "plan").stdout
    assert text.count('in each of 4 schemas: acme, beta, "c.D" and 1 more') == 1
    assert re.search(r"^  [a-z]+ +orders\.id  .*rows$", text, re.MULTILINE)
    assert "acme.others.id" in text  # of one schema alone
    paper = project.run("remediate", "plan", "-f", "markdown").stdout
    assert "- [ ] **orders.id**" in paper
    assert json.dumps(paper).count("BEGIN;") == 1


@pytest.mark.parametrize(
    ("texts", "one"),
    [
        (["t1 has 1,200 rows", "t1 has 31 rows"], "t1 has 31 to 1,200 rows"),
        (["v2.t: 5", "v2.t: 5"], "v2.t: 5"),
        (["next 4, then 1.5", "next 10, then 1.5"], "next 4 to 10, then 1.5"),
        (["5 rows", "no rows"], "..."),
    ],
)
def test_where_numbers_differ(texts: list[str], one: str) -> None:
    assert in_one(texts) == one
