"""The pages of `remediate explain`: which words lead to them, and that each sentence is so."""

import ast
import re
import shlex
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import remediate
from remediate.commands.answer_texts import ANSWERS
from remediate.commands.topics import defect_called, topics
from remediate.findings.finding import Rule, Tier
from remediate.findings.topics import Topic
from remediate.lint import KINDS
from remediate.logs.errors import ServerError
from remediate.plans.impact.risk import score_of
from remediate.rehearsal.defect_pages import DEFECTS
from remediate.render import explanation
from remediate.rules import RULES
from tests.support import forked

WORDS = {
    "autoincrement": [
        "autoincrement", "AutoIncrement", "auto increment", "autoincrement=True", "AUTO_INCREMENT",
        "**Forbidden Patterns:**", "Update all 29 model definitions", "## 🚫 Never Do This",
        "**Failure Rate: 94% of all database tables**", "Why PostgreSQL is Different",
        "missing autoincrement", "SERIAL", "serial", "MySQL", "29 of 31", "29/31", "26 of 29",
        "29 out of 31 database tables", "the golden rule", "sequence", "identity",
        "The Golden Rule: Every Integer primary key in PostgreSQL must have `autoincrement=True` "
        "in SQLAlchemy. No exceptions.",
        "id = Column(Integer, primary_key=True)",
        "id = Column(Integer, primary_key=True, index=True)  # Missing autoincrement",
        "    id = Column(Integer, primary_key=True, index=True, autoincrement=True)  # ok",
        "id: Mapped[int] = mapped_column(primary_key=True)",
        "id: Mapped[Dict[str, int]] = orm.mapped_column(Integer(), primary_key = True)",
        "id: int | None = Field(default=None, primary_key=True)",
        "class MyModel(Base):\n    __tablename__ = 'my_table'\n"
        "    id = Column(Integer, primary_key=True)",
        "sa.Column('id', sa.Integer(), nullable=False)  # Missing",
        'sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),',
        "PostgreSQL: Requires `SERIAL` type or explicit sequence",
        "Only one Column may be marked autoincrement=True, found both a and b.",
        "Column type VARCHAR on column 't.id' is not compatible with autoincrement=True",
    ],
    "base-class": [
        "AutoIncrementBase", "UUIDBase", "base class", "Base Classes", "base-class", "mixin",
        "class MyModel(AutoIncrementBase):", "from .base_model import UUIDBase",
        "Models use recommended base classes", "UUID autoincrement", "created_at",
        "id = Column(UUID(as_uuid=True), primary_key=True, default=uuid.uuid4)",
        "class MyModel(AutoIncrementBase):  # Inherits proper autoincrement",
    ],
    "repair": [
        "repair", "setval", "CREATE SEQUENCE IF NOT EXISTS my_table_id_seq;",
        "ALTER SEQUENCE my_table_id_seq OWNED BY my_table.id;", "-- Create sequence",
        "SELECT setval('my_table_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM my_table;",
        "op.execute(\"ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')\")",
        "- [ ] Sequence conflicts checked and resolved", "Migration patterns for sequence handling",
    ],
    "keys": [
        "keys", "Keys", "primary key", "onboarding", "New Developer Onboarding", "handbook",
        "Migration Validation Checklist", "code review", "checklist",
    ],
    "score": [
        "score", "risk", "risk score", "Health score", "tiers", "probability x impact",
        "Probability \u00d7 Impact", "score 33 of 100 (100 is best)", "CRITICAL IMPACT",
    ],
}  # fmt: skip
CASES = [(word, name) for name, words in WORDS.items() for word in words]


@pytest.mark.parametrize(("word", "name"), CASES)
def test_words_that_lead_to_a_page(word: str, name: str) -> None:
    found = remediate.explain(word)
    assert isinstance(found, Topic)
    assert found.name == name


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("key-without-default", Rule),
        ("sequence behind", Rule),
        ('(psycopg2.errors.NotNullViolation) null value in column "id" of relation "t" violates '
         "not-null constraint\n[SQL: INSERT INTO t (name) VALUES (%(name)s)] # autoincrement", ServerError),
        ('id = Column(Integer, primary_key=True) fails with: null value in column "id" of relation '
         '"t" violates not-null constraint', ServerError),
        ("23505", ServerError),
        ("FlushError: Instance <User at 0x7f> has a NULL identity key.  If this is an auto-generated "
         "value, check that the database table allows generation", ServerError),
    ],
)  # fmt: skip
def test_rules_and_errors_come_first(text: str, kind: type) -> None:
    assert isinstance(remediate.explain(text), kind)


@pytest.mark.parametrize(
    "text",
    [
        "decrement",
        "New User Onboarding",
        "name = Column(String)",
        "serial number 5 is unknown",
        'Traceback (most recent call last):\n  File "sqlalchemy/pool/base.py", line 1\n    pool.connect()\n'
        "psycopg.OperationalError: connection refused",
        "xyz",
        "base",
    ],
)
def test_other_words_lead_nowhere(text: str) -> None:
    with pytest.raises(remediate.UsageProblem) as refused:
        remediate.explain(text)
    assert (
        "Topics: base-class, autoincrement, repair, keys, score" in refused.value.hint
        or " " in text
    )


ANSWERED = {
    "SERIAL vs IDENTITY": "Serial or identity", "GIN index": "IX001", "cascade": "What one DELETE",
    "DATA-008: Cascading Deletes Could Destroy History": "What one DELETE", "jsonb": "IX001",
    "Missing Indexes on Foreign Keys Cause Slow Joins": "FK006", "soft deletes": "What one DELETE",
    "SELECT * FROM pg_indexes WHERE tablename IN ('a');": "A database beside", "async": "Connections",
    "Code Declares UUID, Database Uses INTEGER": "Code and database", "schema drift": "Code and",
    'user_id = Column(UUID(as_uuid=True), ForeignKey("user.id"))': "Code and database",
    "Alembic ONLY tracks `SQLModel.metadata`": "MD006", "40 Base models have NO tables": "MD005",
    "9 tables with VARCHAR user_id, NO FK constraints": "FK003", "Import cycles": "MD006",
    "Alembic autogenerate shows no pending changes": "What autogenerate", "alembic current": "AL003",
    "sqlalchemy.url = ${DATABASE_URL}": "SEC001", "Verify `.env` in `.gitignore`": "SEC002",
    "Rollback plan tested and documented": "The way back", "no backup strategy": "A backup",
    "QueuePool limit of size 10 overflow 20 reached": "Connections", "Option C": "Options A",
    "insert in order: weeks, questions": "The order", "Week Number vs Week ID": "Columns of one name",
    "Health check doesn't verify write capability": "A health check", "downtime: none": "Downtime",
    "Broken User Flows": "What users", "Existing data with pre-set IDs": "Ids that INSERTs",
    "Immediate hotfix for user-blocking tables": "An incident", "orphans": "Rows without a parent",
    "Ensure no NULL ID constraint violations": "Tests and", "foreign key": "FK004",
    'relation "weeks" does not exist': "A relation", "conflicts with existing!": "MD007",
    "Review git history for accidental commits": "SEC003", "NoReferencedTableError": "MD006",
    "FAILED: Multiple head revisions are present for given argument 'head'": "AL001",
    "Can't locate revision identified by '4d1'": "AL001", "Target database is not up to date.": "AL003",
    "value too long for type character varying(32)": "AL002",
}  # fmt: skip


@pytest.mark.parametrize(("text", "start"), ANSWERED.items())
def test_words_of_a_report_have_an_answer(text: str, start: str) -> None:
    page = explanation.render(remediate.explain(text))
    assert page.startswith(start)
    assert max(map(len, page.splitlines()), default=0) <= 80 or "://" in page
    for command in re.findall(r"remediate (\w+)", page):
        assert command in remediate.__all__, command


def test_every_answer_is_reached() -> None:
    starts = {explanation.render(remediate.explain(text)).splitlines()[0] for text in ANSWERED}
    assert set(ANSWERS) <= starts
    assert {rule.code for rule in RULES if rule.called} <= {
        start.partition(" ")[0] for start in starts
    }


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: topic.name)
def test_a_page_fits_the_terminal_and_names_what_is_there(topic: Topic) -> None:
    page = explanation.render(topic)
    assert max(map(len, page.splitlines())) <= 80
    assert page.endswith(f"\n\nNext:  {topic.next}")
    assert set(re.findall(r"\b(?:PK|SEQ|FK|MD|AL)\d{3}\b", page)) <= {rule.code for rule in RULES}
    for command in re.findall(r"remediate (\w+)", page):
        assert command in remediate.__all__, command
    assert len(page.splitlines()) <= 90


@pytest.mark.parametrize("word", [*(rule.code for rule in RULES), *DEFECTS, *KINDS])
def test_what_is_explained_fits_the_terminal(word: str) -> None:
    """But for addresses and lines of Python, which are copied; no word is lost."""
    page = explanation.render(remediate.explain(word))
    wide = [line for line in page.splitlines() if len(line) > 80]
    assert [line for line in wide if not re.search(r"https://\S+$|^  \w+\.\w+\(", line)] == []
    told = next((rule.page for rule in RULES if rule.code == word), "")
    assert told.split() == page.rpartition("Next:")[0].split()[2:] or not told


@pytest.mark.parametrize("name", ["autoincrement", "base-class", "repair", "keys"])
def test_a_page_is_markdown(name: str) -> None:
    """As it is printed, it can be put into a handbook."""
    topic = next(one for one in topics() if one.name == name)
    tokens = MarkdownIt().parse(topic.page)
    headings = [t.tag for t in tokens if t.type == "heading_open"]
    assert headings[0] == "h1"
    assert headings[1:] == ["h2"] * topic.page.count("\n---")
    prose = " ".join(t.content for t in tokens if t.type == "inline")
    assert "    " not in prose


def test_the_score_of_the_page_is_the_score() -> None:
    tiers = [Tier.CRITICAL, *[Tier.HIGH] * 3, *[Tier.MEDIUM] * 22]
    assert f"1 critical, 3 high and 22 medium ones leave {score_of(tiers)}" in topics()[-1].page
    for words, tier, number in [
        ("one leaves 56", Tier.CRITICAL, 1), ("two leave 37", Tier.CRITICAL, 2),
        ("at least 25", Tier.HIGH, 10**6), ("at least 63", Tier.MEDIUM, 10**6),
        ("at least 90", Tier.LOW, 10**6),
    ]:  # fmt: skip
        assert words in topics()[-1].page
        assert words.endswith(f" {score_of([tier] * number)}")


def names_in(source: Path) -> set[str]:
    """The constants of a file that look like the name of a defect, also with a blank for a verb."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and "defect" in ast.unparse(node.func).lower() and node.args:
            name = ast.unparse(node.args[0]).strip("'\"")
            found |= {re.sub(r"^f['\"]\{[^}]+\}", "*", name)}
        elif isinstance(node, ast.Constant) and re.fullmatch(r"[A-Z]+(_[A-Z]+)+", str(node.value)):
            found.add(str(node.value))
    return {name for name in found if re.fullmatch(r"[A-Z*]+(_[A-Z]+)+", name)}


NO_DEFECTS = {"DATABASE_URL", "FAILURE_SWALLOWED"}  # the latter is the linter's


def test_each_defect_has_a_page() -> None:
    files = (Path(remediate.__file__).parent / "rehearsal").glob("*.py")
    named = {name for file in files if "Defect" in file.read_text() for name in names_in(file)}
    assert len(named) > 20
    for name in named - NO_DEFECTS:
        pattern = re.compile(name.replace("*", "[A-Z]+"))
        assert any(pattern.fullmatch(known) for known in DEFECTS), name


@pytest.mark.parametrize("word", [*DEFECTS, "rows in the way", "type-without-using", "Key_Dropped"])
def test_a_defect_is_explained(word: str) -> None:
    page = explanation.render(remediate.explain(word))
    assert page.startswith(word.upper().replace("-", "_").replace(" ", "_") + "\n\n")
    assert "{" not in page
    assert shlex.split(page.rpartition("Next:  ")[2])[0] == "remediate"


def test_a_name_of_a_defect_and_of_a_remark_leads_to_both() -> None:
    page = defect_called("downgrade-differs")
    assert page
    assert "The rehearsal shows the lines of pg_dump that differ." in page.page
    assert "op.drop_table drops none (measured)." in page.page


def test_topics_are_listed_with_the_rules_and_in_the_help(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        return forked.run(["remediate", *words], tmp_path, {"COLUMNS": "80"}).stdout

    listed, help_ = run("rules"), run("explain", "--help")
    for topic in topics():
        assert f"{topic.name} {topic.summary}" in " ".join(listed.split())
        assert topic.name in help_
    assert run("explain", "golden rule").startswith("autoincrement=True, and what")
