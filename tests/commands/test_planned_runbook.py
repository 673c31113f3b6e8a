"""The runbook where nothing is on fire: types and models that change, the backup, the way back."""

import re

import pytest

from tests.commands.test_before import MODELS, PETS, write
from tests.commands.test_runbook import blocks, followed
from tests.support import helpers
from tests.support.project import Project

ODD = """;
CREATE SCHEMA "Of $1"; CREATE TABLE "Of $1"."it's ""odd"" *" (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE "Of $1".part PARTITION OF "Of $1"."it's ""odd"" *" FOR VALUES FROM (1) TO (99);
INSERT INTO "Of $1"."it's ""odd"" *" VALUES (1); ANALYZE
"""
ODD_MODEL = """\
Table("it's \\"odd\\" *", metadata, Column("id", Integer, primary_key=True), schema="Of $1")
"""


@pytest.mark.soak
@pytest.mark.project(PETS, models=MODELS)
def test_types_alone_are_planned_work_and_the_book_is_followed(project: Project) -> None:
    write(project, "0001", None)
    project.run("alembic", "upgrade", "head")
    start = helpers.dump(project.url)
    book = project.run("remediate", "runbook").stdout
    assert book.startswith("# Runbook of a repair: ")
    assert "No incident is under way: sections 3 to 7 are planned work." in book
    assert "The repair changes types or values of columns." in book
    assert "| 1 | drop the constraint, and restore the former type and values |" in book
    assert "--hotfix" not in book
    assert "## 8. Afterwards" in book
    assert "- 1 column: `character varying(20)` now, `integer` after the repair." in book
    hotfix = ("remediate", "runbook", "--hotfix", "pet", "--reviewer", "Ann", "--no-rehearse")
    for paper in (book, project.run(*hotfix).stdout):
        for urgent in (
            "NO DEFAULT",
            "new entries",
            "23502",
            "mergency",
            "INSERT works",
            "was told",
        ):
            assert urgent not in paper
    for file in project.generated():
        for beside in project.versions.glob(f"{file.stem}*"):
            beside.unlink()
    said = followed(project, book.replace('"Your Name"', "Ann --no-rehearse"))
    listed = next(text for text in said if "TABLE DATA" in text)
    assert "TABLE DATA public pet" in listed
    assert any("ok      public.pet.owner_id   FK003" in text for text in said)
    assert helpers.dump(project.url) == start
    assert project.run("alembic", "current").stdout.startswith("0001")


@pytest.mark.project(PETS + ODD, models=MODELS + ODD_MODEL)
def test_the_backup_holds_partitions_and_odd_names(project: Project) -> None:
    """In the emergency only what it repairs; its sizes by the statistics, which the others lack."""
    book = project.run("remediate", "runbook").stdout
    command = next(text for text in blocks(book, "sh") if " -t " in text)
    assert "public.pet" not in command
    (made,) = followed(project, f"```sh\n{command}pg_restore --list before.dump\n```\n")
    assert "TABLE DATA Of $1 part" in made
    assert 'TABLE Of $1 it\'s "odd" *' in made
    assert "The repair changes no type and no value of a column." in book
    assert re.search(
        r"repair locks hold about 8.0 KiB, all tables of the database about\s+24 KiB", book
    )


TREE = "CREATE TABLE t (id serial PRIMARY KEY, t_id integer REFERENCES t)"
TREE_MODEL = """\
from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid
Table("t", metadata, Column("id", Integer, primary_key=True), Column("t_id", {}, ForeignKey("t.id")))
"""


@pytest.mark.project(TREE, models=TREE_MODEL.format("String"))
def test_models_alone_need_no_backup(project: Project) -> None:
    book = project.run("remediate", "runbook").stdout
    assert "this is not urgent. Only models are to change: section 4." in book
    assert blocks(book, "sh") == ["remediate models\n"]
    assert "needs no backup: version control keeps the files" in book
    assert [line for line in book.splitlines() if line.startswith("## ")][-1] == "## 8. Afterwards"
    assert "pg_dump" not in book


@pytest.mark.project(TREE, models=TREE_MODEL.format("Uuid"))
def test_models_that_stop_inserts_are_an_incident(project: Project) -> None:
    book = project.run("remediate", "runbook").stdout
    assert "**1 table refuses INSERT now.**" in book
    assert "`remediate models` repairs that (section 4), and changes no table." in book
    assert "not urgent" not in book


DEMANDED = '[tool.remediate]\nbackup = "{}"\n'
KEYS = ";CREATE TABLE lost (id integer PRIMARY KEY)"
LOST = 'Table("lost", metadata, Column("id", Integer, primary_key=True))\n'
GENERATE = ("remediate", "generate", "--reviewer", "Ann", "--no-rehearse", "--approve")


@pytest.mark.project(
    PETS + KEYS, models=MODELS + LOST, files={"pyproject.toml": DEMANDED.format("data")}
)
def test_a_backup_that_the_settings_demand(project: Project) -> None:
    said = project.run("remediate", "plan").stdout
    assert said.rstrip().endswith('--approve all --reviewer "Your Name" --backup WHERE_IT_IS')
    files = project.files()
    refused = " ".join(project.run(*GENERATE, "FK003", expected=3).stderr.split())
    assert "demands a backup before repairs that change types or values of columns" in refused
    assert "but none is named: FK003:public.pet.owner_id" in refused
    assert "pg_dump -Fc -f before.dump -t public.owner -t public.pet" in refused
    assert project.run(*GENERATE, "all", "--backup", " ", expected=3)
    assert project.files() == files
    project.run(*GENERATE, "PK001")  # changes no value
    project.run("alembic", "upgrade", "head")
    kept = "nightly of today, s3://key:geheim123@store/a.dump\nline"
    project.run(*GENERATE, "FK003", "--backup", kept)
    papers = {n: text for n, text in project.files().items() if "nightly" in text}
    assert {name.rpartition(".")[2] for name in papers} == {"py", "md"}
    for text in papers.values():
        assert "geheim" not in text
        assert "s3://key:***@store/a.dump" in text.replace("\\", "")
    review = next(text for name, text in papers.items() if name.endswith(".md"))
    assert "- [ ] a backup is at hand; the reviewer names nightly of today" in review


@pytest.mark.project(
    "CREATE TABLE t (id integer PRIMARY KEY)", files={"pyproject.toml": DEMANDED.format("all")}
)
def test_a_backup_that_is_demanded_of_all(project: Project) -> None:
    hotfix = ("remediate", "runbook", "--hotfix", "t", "--reviewer", "Ann", "--no-rehearse")
    refused = project.run(*hotfix, expected=3).stderr
    assert "are to be written, but none is named: PK001:public.t.id" in refused
    assert not project.generated()
    book = project.run("remediate", "runbook").stdout
    assert book.count('--reviewer "Your Name" --backup WHERE_IT_IS\n') == 3
    book = project.run(*hotfix, "--backup", "tape 7").stdout
    assert "**The emergency revision was not rehearsed**" in book
    (revision,) = project.generated()
    assert "The reviewer names as backup: tape 7" in revision.read_text()
