"""What the commands print is what was asked for, or they say which forms there are."""

import pytest

import remediate
from tests.support import helpers
from tests.support.project import Project

DDL = """
CREATE TABLE orders (id integer PRIMARY KEY); CREATE SEQUENCE orders_id_seq OWNED BY orders.id;
INSERT INTO orders VALUES (1);
CREATE TABLE notes (id integer PRIMARY KEY, v text); INSERT INTO notes VALUES (7, 'a'), (90, 'b');
CREATE TABLE full_up (id smallint PRIMARY KEY, v text); INSERT INTO full_up VALUES (32767, 'a');
CREATE SEQUENCE full_up_id_seq INCREMENT 5 OWNED BY full_up.id
"""
pytestmark = pytest.mark.project(DDL)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("format_", ["html", "sarif", "github"])
def test_a_difference_has_three_forms(format_: str, project: Project) -> None:
    project.run("remediate", "plan", "--save", "plan.json")
    refused = project.run("remediate", "plan", "--diff", "plan.json", "-f", format_, expected=2)
    assert refused.stdout == ""
    assert flat(refused.stderr) == (
        f"remediate: --diff is not printed as {format_} "
        f"Leave out -f {format_}, or choose: text, json, markdown."
    )


@pytest.mark.parametrize("format_", ["json", "html", "markdown", "sarif", "github"])
def test_sql_has_one_form(format_: str, project: Project) -> None:
    refused = project.run("remediate", "plan", "--sql", "-f", format_, "-o", "x.sql", expected=2)
    assert flat(refused.stderr).endswith(f"Leave out -f {format_}, or choose: text.")
    assert not (project.folder / "x.sql").exists()


def test_sql_and_a_difference_exclude_each_other(project: Project) -> None:
    project.run("remediate", "plan", "--save", "plan.json")
    refused = project.run("remediate", "plan", "--sql", "--diff", "plan.json", expected=2)
    assert "--sql and --diff exclude each other" in refused.stderr


FAMILY = """
CREATE TABLE users (id serial PRIMARY KEY); INSERT INTO users SELECT FROM generate_series(1, 30);
CREATE TABLE visits (id serial PRIMARY KEY, user_id integer REFERENCES users); CREATE INDEX ON visits (user_id);
CREATE TABLE members (user_id varchar(20) NOT NULL, place text NOT NULL, PRIMARY KEY (user_id, place));
INSERT INTO members SELECT n, 'x' FROM generate_series(1, 30) AS n
"""


@pytest.mark.soak
def test_generate_says_what_all_leaves_out(project: Project) -> None:
    """Not what its repairs repair along with others: a key is not meant in several types then."""
    with helpers.connected(project.url) as connection:
        connection.execute(FAMILY)
    assert "FK008" in project.run("remediate", "plan").stdout
    made = project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
    assert "PK001:public.orders.id" not in made.stderr
    said = made.stderr.splitlines()
    at = said.index("Left out, because it is only possible: PK001:public.notes.id")
    assert said[at + 1] == "  Approve each by its id: --approve PK001:public.notes.id"
    assert said[at + 2] == "Left out, because a person has to do it by hand:"
    assert said[at + 3].startswith("  PK001:public.full_up.id: ")
    assert "FK003:public.members.user_id" not in made.stderr
    assert "FK008" not in made.stderr


def test_what_cannot_be_generated_has_its_reason(project: Project) -> None:
    words = ("--approve", "PK001", "--reviewer", "Ann", "--table", "notes,full_up")
    refused = project.run("remediate", "generate", *words, expected=3)
    assert "nothing that is approved can be written" in refused.stderr
    assert "because it is only possible: PK001:public.notes.id" in refused.stderr
    assert "by hand: PK001:public.full_up.id: " in flat(refused.stderr)
    assert not project.generated()


def test_a_review_says_what_all_leaves_out(project: Project) -> None:
    project.run("remediate", "plan", "--save", "plan.json")
    words = ("review", "plan.json", "--approve", "all", "--reviewer", "Ann")
    shown = project.run("remediate", *words).stdout
    assert "Left out, because it is only possible: PK001:public.notes.id" in shown
    assert "Left out, because a person has to do it by hand: PK001:public.full_up.id: " in flat(
        shown
    )
    both = ("--approve", "all,PK001:public.notes.id", "--reviewer", "Ann")
    assert "only possible" not in project.run("remediate", "review", "plan.json", *both).stdout


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is nothing to explain: the text is empty"),
        (" \n", "there is nothing to explain: the text is empty"),
        (",", "there is nothing to explain: the text is empty"),
        ("SEQ001, PK005", "these are 2 rules: PK005, SEQ001"),
        ("PK001 sequence-behind", "these are 2 rules: PK001, SEQ001"),
    ],
)
def test_explain_takes_one_thing(text: str, reason: str) -> None:
    with pytest.raises(remediate.UsageProblem, match=reason):
        remediate.explain(text)


@pytest.mark.parametrize("words", [
    ("plan", "--select", ""), ("check", "--ignore", ","), ("plan", "--table", " "),
    ("models", "--schema", "public", "--schema", ""), ("review", "p.json", "--skip", ""),
    ("generate", "--approve", "", "--reviewer", "Ann"), ("runbook", "--hotfix", ""),
], ids=" ".join)  # fmt: skip
def test_an_option_that_names_nothing_is_no_option_for_all(
    words: tuple[str, ...], project: Project
) -> None:
    """A variable that the shell has not set."""
    refused = project.run("remediate", *words, expected=2)
    option = [word for word in words if word.startswith("--")]
    assert f"{option[0]} is given, and names nothing" in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("word", "heading"),
    [
        ("key-without-default", "PK001 key-without-default"),
        ("Key_Without_Default", "PK001 key-without-default"),
        ("sequence behind", "SEQ001 sequence-behind"),
        ('FK001:public."Order Lines".order_id', "FK001 foreign-key-narrower"),
        ("PK005 sequence-not-granted", "PK005 sequence-not-granted"),
        ("seq_002" , None),
        ("published-table", "PUBLISHED_TABLE: "),
        ("23502", "23502"),
    ],
)  # fmt: skip
def test_explain_knows_names_and_findings(word: str, heading: str | None, project: Project) -> None:
    made = project.run("remediate", "explain", word, expected=0 if heading else 2)
    if heading:
        assert heading in made.stdout.splitlines()[0]
    else:
        assert "there is no rule 'seq_002'" in made.stderr


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("PK01", "Did you mean PK001? All of them: remediate rules"),
        ("key-without-defalt", "Did you mean PK001 or PK008 or copy-without-default?"),
        ("autoincremnt", "Did you mean autoincrement? All of them"),
        ("published_tabel", "Did you mean PUBLISHED_TABLE? All of them"),
        ("DOWNGRADE_LOOSES", "Did you mean DOWNGRADE_LOSES"),
        ("zebra", "A table: remediate plan --table zebra. Known: PK001, PK002, "),
    ],
)
def test_explain_asks_what_a_mistyped_word_was_to_be(word: str, hint: str) -> None:
    with pytest.raises(remediate.UsageProblem) as refused:
        remediate.explain(word)
    assert refused.value.hint.startswith(hint)


def test_what_is_mistyped_elsewhere(project: Project) -> None:
    """A rule, a setting, a section, a hazard, an option, a command, a finding."""
    project.run("remediate", "plan", "--save", "plan.json")
    approve = ("review", "plan.json", "--approve", "PK001:public.order.id", "--reviewer", "Ann")
    for words, asked in (
        (("plan", "--select", "PK01"), "Did you mean PK001?"),
        (("audit", "--section", "refrences"), "Did you mean references?"),
        (("generate", "--allow", "PUBLISHED_TABEL"), "Did you mean PUBLISHED_TABLE?"),
        (("plan", "--tabel", "t"), "--table"),
        (("pln",), "Did you mean 'plan'"),
        (approve, "Did you mean PK001:public.orders.id"),
    ):
        assert asked in flat(project.run("remediate", *words, expected=2).stderr)
    (project.folder / "pyproject.toml").write_text("[tool.remediate]\nheadrom = 3\n")
    refused = project.run("remediate", "plan", expected=2)
    assert "Did you mean headroom? Known: after-landing, " in flat(refused.stderr)
