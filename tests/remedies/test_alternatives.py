"""The ways that a finding leaves open, and what each of them costs."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.findings.alternative import Alternative, Meanwhile, Offer, Way
from remediate.findings.remedy import Hazard, Manual
from remediate.plans import plan_file
from remediate.plans.document import from_json, with_review
from remediate.plans.plan import Plan
from remediate.plans.shapes import Shape
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.remedies.alternatives import alternatives
from remediate.render import alternatives as rendered
from remediate.render import card, markdown
from remediate.render.style import Style
from remediate.render.text import render
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from tests.support import helpers

DDL = """
CREATE SCHEMA "my app";
CREATE TABLE users (id serial PRIMARY KEY, email text);
INSERT INTO users SELECT n FROM generate_series(1, 30) n; SELECT setval('users_id_seq', 30);
CREATE TABLE "my app"."Odd %s" ("Id" integer PRIMARY KEY);
CREATE TABLE other (id integer PRIMARY KEY);
CREATE TABLE visits (id serial PRIMARY KEY, user_id varchar(36));
INSERT INTO visits (user_id) SELECT n::text FROM generate_series(1, 30) n;
INSERT INTO visits (user_id) VALUES ('abc'), ('99');
CREATE TABLE likes (id serial PRIMARY KEY, user_id integer);
INSERT INTO likes (user_id) SELECT n FROM generate_series(1, 30) n; INSERT INTO likes VALUES (31, 77);
CREATE TABLE spent (id serial PRIMARY KEY); INSERT INTO spent VALUES (2100000000);
SELECT setval('spent_id_seq', 2100000000);
CREATE TABLE big (id bigserial PRIMARY KEY);
CREATE TABLE narrow (id serial PRIMARY KEY, big_id integer REFERENCES big);
CREATE TABLE made (id uuid PRIMARY KEY);
CREATE TABLE behind (id serial PRIMARY KEY); INSERT INTO behind VALUES (1);
CREATE TABLE wide (id serial PRIMARY KEY);
CREATE TABLE profiles (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES users);
ANALYZE
"""  # fmt: skip


def models() -> sa.MetaData:
    known = sa.MetaData()
    users = sa.ForeignKey("users.id")
    for name, *columns in (
        ("users", sa.Column("email", sa.Text)), ("other",), ("spent",), ("behind",),
        ("visits", sa.Column("user_id", sa.Integer, users)),
        ("likes", sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"))),
        ("profiles", sa.Column("user_id", sa.Uuid)), ("narrow", sa.Column("big_id", sa.BigInteger)),
    ):  # fmt: skip
        sa.Table(name, known, sa.Column("id", sa.Integer, primary_key=True), *columns)
    sa.Table("wide", known, sa.Column("id", sa.BigInteger, primary_key=True))
    sa.Table("made", known, sa.Column("id", sa.Uuid, primary_key=True))
    sa.Table("Odd %s", known, sa.Column("Id", sa.Integer, primary_key=True), schema="my app")
    return known


@pytest.fixture(scope="module")
def read(newest: Server) -> Iterator[tuple[Live, Declared]]:
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(DDL)
        declared = helpers.declared(models())
        yield helpers.snapshot(url, declared), declared


def plan(read: tuple[Live, Declared], config: Config = Config()) -> Plan:
    return planned(Reading(*read, 0, {}), config)


def ways(made: Plan, id_: str) -> list[Alternative]:
    return next([*item.alternatives] for item in made.items if item.id == id_)


def briefly(made: Plan, id_: str) -> list[str]:
    """Letter, title, whether it is planned, lock, and how it is chosen."""
    return [
        f"{one.letter}{'*' if one.taken else ''} {one.title}: {one.lock or one.way}, {one.how}"
        for one in ways(made, id_)
    ]


def test_keys(read: tuple[Live, Declared]) -> None:
    id_ = 'PK001:"my app"."Odd %s"."Id"'
    assert briefly(plan(read), id_) == [
        "A* a sequence of its own, as with serial: ACCESS EXCLUSIVE, approve this finding",
        "B an identity column: ACCESS EXCLUSIVE, --identity",
        "C the application supplies every id: nothing, "
        f'[tool.remediate.ignore] "{id_.replace(chr(34), chr(92) + chr(34))}" = "why it may stay"',
    ]
    identity = ways(plan(read, Config(identity=True)), id_)
    assert [one.taken for one in identity] == [False, True, False]
    assert Hazard.MODEL_IDENTITY in identity[1].needs
    assert identity[1].meanwhile is Meanwhile.MOMENT


def test_references_and_the_values_in_their_way(read: tuple[Live, Declared]) -> None:
    """Each question as if the other one were answered: neither hides what the other costs."""
    assert briefly(plan(read), "FK003:public.visits.user_id") == [
        "A* convert the column, and declare it: database, "
        "resolve what prevents it, then approve this finding",
        "B remove ForeignKey from the model, and declare character varying(36) there: models, "
        "by hand, in the model",
        'C the column references no key: nothing, [tool.remediate.references] "public.visits.user_id" = ""',
        "D* correct them first: database, --values stop",
        "E set them to NULL, and keep the old values in a table: ACCESS EXCLUSIVE, --values null",
        "F* correct them first: database, --orphans stop",
        "G set them to NULL, and keep the old values in a table: ACCESS EXCLUSIVE, --orphans null",
        "H keep them: the constraint holds for new rows only: ACCESS EXCLUSIVE, --orphans keep",
    ]
    kept = ways(plan(read), "FK003:public.visits.user_id")[-1]
    assert (kept.meanwhile, kept.rewrites, kept.rows) == (Meanwhile.REWRITING, True, 62)
    assert {Hazard.ORPHANS_KEPT, Hazard.MODEL_TYPE} <= {*kept.needs}


def test_what_is_chosen_is_planned(read: tuple[Live, Declared]) -> None:
    """The remedy of the plan is that of the alternative, once its option is given."""
    chosen = plan(read, Config(orphans="keep"))
    (way,) = [one for one in ways(chosen, "FK004:public.likes.user_id") if one.how.endswith("keep")]
    assert way.taken
    assert way.lock == "SHARE ROW EXCLUSIVE"
    assert way.meanwhile is Meanwhile.WRITES
    item = next(item for item in chosen.items if item.id == "FK004:public.likes.user_id")
    assert max(step.lock.strength for step in item.steps) == 3


def test_models_or_database(read: tuple[Live, Declared]) -> None:
    """A key that would be widened is read only once that is chosen: its lock is not made up."""
    model, database, both = ways(plan(read), "MD001:public.wide.id")
    assert (model.taken, model.way, model.how) == (True, Way.MODELS, "remediate models --write")
    assert database.how == "--right public.wide.id=models"
    assert database.then.startswith("a conversion to the type of the models would rewrite 1 table")
    assert (database.lock, both.way) == ("", Way.NOTHING)
    said = ways(plan(read), "MD002:public.profiles.user_id")
    assert [one.title for one in said] == [
        "change the model to Integer", "convert the column to the type of the model", "leave both as they are",
    ]  # fmt: skip
    assert said[1].by_hand.startswith(
        "a column of type uuid cannot reference public.users.id, which is integer: "
        "the key and every column that references it would change"
    )
    said = ways(plan(read), "MD002:public.narrow.big_id")
    assert said[1].by_hand == (
        "only the column would become bigint, and PostgreSQL would rewrite the table: FK001 does this"
    )


def test_when_a_table_is_rewritten(read: tuple[Live, Declared]) -> None:
    now, later = ways(plan(read), "SEQ002:public.spent.id")
    assert (now.title, now.taken, now.rewrites, later.way) == ("now", True, True, Way.NOTHING)
    assert later.then == "INSERT fails once no id is left"
    _, later = ways(plan(read), "FK001:public.narrow.narrow_big_id_fkey")
    assert later.then == "no row can reference an id that is too large for its column (22003)"
    window, not_now = ways(plan(read, Config(rows_rewritten=0)), "SEQ002:public.spent.id")
    assert (window.how, window.taken, window.rewrites) == ("--offline-window", False, True)
    assert not_now.taken
    assert "--offline-window" in not_now.by_hand


@pytest.mark.parametrize(
    ("version", "by_hand"), [(180000, ""), (150000, "uuidv7() needs PostgreSQL 18")]
)
def test_uuid_keys(read: tuple[Live, Declared], version: int, by_hand: str) -> None:
    live, declared = read
    older = replace(live, database=replace(live.database, version=version))
    four, seven, models = ways(plan((older, declared)), "PK008:public.made.id")
    assert (four.taken, seven.how, models.way) == (True, "--uuid v7", Way.MODELS)
    assert seven.by_hand.startswith(by_hand)
    assert bool(seven.by_hand) == bool(by_hand)


def test_a_model_without_a_table(read: tuple[Live, Declared]) -> None:
    """Nothing is planned: nobody but a person knows whether it is wanted."""
    live, declared = read
    without = replace(
        live, tables=tuple(t for t in live.tables if t.name.name != "wide"),
        types={place: type_ for place, type_ in live.types.items() if place[0].name != "wide"},
    )  # fmt: skip
    made = ways(plan((without, declared)), "MD005:public.wide")
    assert [(one.letter, one.way, one.taken) for one in made] == [
        ("A", Way.DATABASE, False), ("B", Way.NOTHING, False), ("C", Way.MODELS, False),
    ]  # fmt: skip


def test_no_choice_is_made_up(read: tuple[Live, Declared]) -> None:
    assert ways(plan(read), "SEQ001:public.behind.id") == []


def test_ways_that_come_to_the_same_are_one(read: tuple[Live, Declared]) -> None:
    same = [Offer("q", title, title, Way.DATABASE, Manual("no")) for title in ("a", "b")]
    assert alternatives(same, read[0]) == ()
    other = Offer("q", "c", "c", Way.NOTHING, then="it stays", taken=True)
    made = alternatives([*same, other], read[0])
    assert [(one.letter, one.title) for one in made] == [("A", "a"), ("B", "c")]


def test_the_file_holds_them(read: tuple[Live, Declared]) -> None:
    made = plan(read)
    document = with_review(made)
    assert not [*Draft202012Validator(plan_file.schema()).iter_errors(document)]
    assert from_json(document) == made.on_file


def test_how_they_look(read: tuple[Live, Declared]) -> None:
    made = plan(read)
    item = next(i for i in made.items if i.id == "FK004:public.likes.user_id")
    shown = card.card(Shape((item,)), None, 1, 1).splitlines()
    assert max(map(len, shown[shown.index("  choice: which side changes") :])) <= 80
    assert "  choice: values without a parent" in shown
    assert "    F  keep them: the constraint holds for new rows only" in shown
    assert "choice:" not in render(made)
    verbose = render(made, Style(verbose=True))
    assert "    choice: what generates the ids\n" in verbose
    assert "public.other.id and 1 like it" in verbose or '"Odd %s"."Id" and 1 like it' in verbose
    lines = [line for one in made.items for line in rendered.lines(one.alternatives, "    ")]
    assert max(map(len, lines)) <= 80
    text = markdown.markdown(made, "")
    assert (
        "- **B** what generates the ids: an identity column. ACCESS EXCLUSIVE: nobody reads" in text
    )
    assert text.count("what generates the ids: an identity column") == 1
