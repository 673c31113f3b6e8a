"""What a person must accept by name: the plan says which, and `generate` asks for all at once."""

import pytest

from tests.support.project import Project

APPROVED = ("--approve", "all", "--reviewer", "Ann")
pytestmark = pytest.mark.project(
    """
    CREATE TABLE parent (id serial PRIMARY KEY);
    INSERT INTO parent DEFAULT VALUES;
    CREATE TABLE one (id serial PRIMARY KEY, parent_id varchar);
    CREATE TABLE two (id serial PRIMARY KEY, parent_id varchar);
    CREATE TABLE seen (id serial PRIMARY KEY, parent_id varchar);
    CREATE MATERIALIZED VIEW counted AS SELECT parent_id, count(*) FROM seen GROUP BY parent_id;
    CREATE TABLE broken (id integer PRIMARY KEY);
    CREATE PUBLICATION out FOR TABLE one, two;
    """,
    models="""\
from sqlalchemy import Column, ForeignKey, Integer, Table

Table("parent", metadata, Column("id", Integer, primary_key=True))
Table("broken", metadata, Column("id", Integer, primary_key=True))
for name in ("one", "two", "seen"):
    Table(name, metadata, Column("id", Integer, primary_key=True),
          Column("parent_id", ForeignKey("parent.id")))
""",
)


def accepted(shown: str) -> list[str]:
    """The options that the plan's last lines ask for."""
    _, _, options = shown.partition("ask you to accept: ")
    return options.splitlines()[0].split()


def test_the_plan_says_what_has_to_be_accepted(project: Project) -> None:
    shown = project.run("remediate", "plan").stdout
    options = accepted(shown)
    assert options == ["--allow", "PUBLISHED_TABLE", "--allow", "REFRESHED_CONTENT"]
    written = project.run("remediate", "generate", *APPROVED, *options).stdout
    assert project.generated()
    assert "Deploy the model changes together with these revisions: once" in written


def test_generate_asks_for_all_at_once(project: Project) -> None:
    refused = project.run("remediate", "generate", *APPROVED, expected=3).stderr
    assert "--allow PUBLISHED_TABLE --allow REFRESHED_CONTENT" in refused
    assert (
        "public.one.parent_id, FK003:public.two.parent_id have a hazard that is not accepted: "
        "the table is published" in refused
    )
    assert refused.count("hazard that is not accepted") == 2
    assert project.generated() == []


def test_what_is_accepted_is_not_asked_for_again(project: Project) -> None:
    refused = project.run(
        "remediate", "generate", *APPROVED, "--allow", "published_table", expected=3
    )
    assert "Accept it by name: --allow REFRESHED_CONTENT" in refused.stderr
    assert "PUBLISHED_TABLE" not in refused.stderr


@pytest.mark.soak
def test_a_review_asks_for_all_at_once(project: Project) -> None:
    project.run("remediate", "plan", "--save", "plan.json")
    review = ("remediate", "review", "plan.json", *APPROVED)
    assert (
        "--allow PUBLISHED_TABLE --allow REFRESHED_CONTENT"
        in project.run(*review, expected=3).stderr
    )
    project.run(*review, "--allow", "PUBLISHED_TABLE", "--allow", "REFRESHED_CONTENT")
    project.run("remediate", "generate", "plan.json")
    assert project.generated()


def test_a_runbook_says_it_beside_its_command(project: Project) -> None:
    emergency = project.run("remediate", "runbook").stdout
    assert 'remediate generate --approve PK001 --reviewer "Your Name"\n' in emergency
    assert "Exit code 3" not in emergency
    assert "no more 23502)" in emergency
    project.psql("DROP TABLE broken; CREATE TABLE broken (id serial PRIMARY KEY)")
    written = project.run("remediate", "runbook").stdout
    assert 'remediate generate --approve all --reviewer "Your Name"\n' in written
    assert "asks for `--allow PUBLISHED_TABLE --allow REFRESHED_CONTENT`" in written
