"""Which names and values of secrets belong together although each has a line of its own."""

import re

import pytest

from remediate.project.secret_lines import HINT, of_line
from remediate.project.secret_pairs import is_open, joined
from remediate.system.git_search import Line

PAIRS = [
    ("a.yml", '- name: DATABASE_PASSWORD\n  value: "hunter2"'),
    ("a.yml", '- name: "DB_PASS"\n  value: hunter2'),
    ("a.yml", "- name: DB_PASS\n  value: hunter2"),
    ("a.yml", "- value: hunter2\n  name: DB_PASS"),
    ("a.yml", "- name: DB_PASSWORD\n  # x\n  value: |\n    hunter2"),
    ("a.yml", "DB_PASSWORD: |\n  hunter2"),
    ("a.yml", "DB_PASSWORD: >-\n  correcthorse"),
    ("a.yml", "DB_PASSWORD:\n  hunter2"),
    ("a.yml", "DB_PASSWORD: |  # prod\n  hunter2"),
    ("a.yml", "- key: DB_PASSWORD\n  value: hunter2"),
    ("a.yml", "- ParameterKey: DbPassword\n  ParameterValue: hunter2"),
    ("a.json", '{\n  "name": "DB_PASSWORD",\n  "value": "hunter2"\n}'),
    ("a.json", '[{"name": "DB_PASSWORD",\n  "value": "hunter2"}]'),
    ("a.json", '{\n  "value": "hunter2",\n  "name": "DB_PASSWORD"\n}'),
    ("a.tf", '{\n  name  = "DB_PASSWORD"\n  value = "hunter2"\n}'),
    ("a.tf", 'variable "db_password" {\n  default = "hunter2"\n}'),
    ("a.xml", "<entry>\n<name>db.password</name>\n<value>hunter2</value>"),
    ("a.xml", '<property name="password">\n <value>hunter2</value>'),
    ("web.config", '<add key="DbPassword"\n     value="hunter2" />'),
    ("web.xml", "<param-name>password</param-name>\n<param-value>hunter2</param-value>"),
    ("a.py", 'DB_PASSWORD = (\n    "hunter2"\n)'),
    ("a.py", 'x = os.getenv(\n    "DB_PASSWORD",\n    "hunter2",\n)'),
    ("a.py", 'x = os.getenv("DB_PASSWORD",\n    "hunter2")'),
    ("a.py", 'db_password: str = Field(\n    default="hunter2",\n)'),
    ("a.py", '    "PASSWORD":\n    "hunter2",'),
    ("a.py", 'c("host=db user=app "\n  "password=hunter2")'),
    ("a.sql", "ALTER ROLE app WITH PASSWORD\n  'hunter2';"),
    ("a.js", "password:\n    'hunter2',"),
]
NO_PAIRS = [
    ("a.yml", "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db1"),
    ("a.yml", "- name: DB_PASSWORD\n  value: $(DB_PW1)"),
    ("a.yml", "- name: DB_PASSWORD\n- name: OTHER\n  value: hunter2"),
    ("a.yml", "- name: DB_PASSWORD\n  value: postgres"),
    ("a.yml", "- name: DB_PASSWORD\n  value: {{ .Values.p1 }}"),
    ("a.yml", "password:\n  type: string1"),
    ("a.yml", "password:\n  - hunter2"),
    ("a.yml", "password:\nuser: hunter2"),
    ("a.yml", "password: |\nuser: hunter2"),
    ("a.yml", "password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256"),
    ("a.json", '{"name": "DB_PASSWORD"},\n{"name": "x", \n "value": "hunter2"}'),
    ("a.json", '{\n "name": "DB_PASSWORD"\n},\n{\n "value": "hunter2"\n}'),
    ("a.py", 'NAMES = [\n"DB_PASSWORD",\n"hunter2",\n]'),
    ("a.py", 'c("host=db user=app "\n  "password=%s")'),
    ("a.yml", "- name: DB_PASSWORD\n  value: hunter2  # gitleaks:allow"),
    ("a.yml", "x:\n  value: hunter2\ny:\n  name: DB_PASSWORD"),
]


def _found(path: str, text: str) -> list[tuple[int, str]]:
    lines = [Line(path, number, one) for number, one in enumerate(text.split("\n"), 1)]
    return [(pair.number, one) for pair in joined(lines) for one in of_line(path, pair.text)]


@pytest.mark.parametrize(("path", "text"), PAIRS)
def test_found_once_where_the_value_is(path: str, text: str) -> None:
    """And the file is looked at because of a line that git's search tells."""
    (place,) = {*_found(path, text)}
    lines = text.split("\n")
    assert place[1] in lines[place[0] - 1]
    assert any(is_open(line) and re.search(HINT, line) for line in lines)


@pytest.mark.parametrize(("path", "text"), NO_PAIRS)
def test_what_does_not_belong_together(path: str, text: str) -> None:
    assert _found(path, text) == []


def test_of_the_history_only_what_a_commit_added() -> None:
    name = Line("a.yml", 1, "- name: DB_PASSWORD", "c", "2024-01-01", is_context=True)
    value = Line("a.yml", 2, "  value: hunter2", "c", "2024-01-01")
    assert [one.text for one in joined([name, value])] == ["DB_PASSWORD: hunter2"]
    assert [*joined([Line("a.yml", 1, name.text, "d"), value])] == []
    old = Line("a.yml", 2, value.text, "c", "2024-01-01", is_context=True)
    assert [*joined([name, old])] == [*joined([])] == []
