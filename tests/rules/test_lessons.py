"""All rules on schemas in the manner of real projects: what they say, and what they do not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import psycopg
import pytest

from remediate.findings.finding import Confidence, Finding, Options, Severity
from remediate.postgres.sql import ident
from remediate.rehearsal.scratch import Server
from remediate.rules import RULES
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name, Table
from tests.corpora import lessons
from tests.corpora.lessons import LESSONS, Lesson
from tests.support import helpers

# What another column has to be given so that only the key is left to the database.
_OTHERS = """\
SELECT a.attname::text, format_type(a.atttypid, NULL) FROM pg_attribute a
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
  AND a.attidentity = '' AND a.attgenerated = '' AND NOT a.atthasdef AND NOT a.attname = ANY (%s)"""
_IN_THE_WAY = """\
SELECT conname::text FROM pg_constraint
WHERE conrelid = to_regclass(%s) AND contype IN ('c', 'f') AND coninhcount = 0"""
_VALUES = {
    "date": "current_date",
    "timestamp with time zone": "now()",
    "timestamp without time zone": "localtimestamp",
    "boolean": "true",
    "uuid": "gen_random_uuid()",
}


@dataclass(frozen=True)
class Judged:
    """A lesson's database: what was read, what the rules say, and what an INSERT gives."""

    lesson: Lesson
    live: Live
    findings: tuple[Finding, ...]
    outcomes: Mapping[Name, str]  # SQLSTATE of an INSERT without key; "" where it works

    def again(self, options: Options) -> tuple[Finding, ...]:
        return find(self.live, self.lesson, options)


@pytest.fixture(scope="module")
def judge(newest: Server) -> Iterator[Callable[[Lesson], Judged]]:
    """Builds a lesson's database when it is first asked for."""

    @cache
    def judged(lesson: Lesson) -> Judged:
        with newest.database() as url, helpers.connected(url) as connection:
            connection.execute(lesson.ddl.encode())
            connection.execute("ANALYZE")
            live = helpers.snapshot(url)
            outcomes = {t.name: outcome(connection, t) for t in live.tables if len(t.key) == 1}
        return Judged(lesson, live, find(live, lesson, Options()), outcomes)

    return judged


@pytest.fixture(scope="module")
def everything(judge: Callable[[Lesson], Judged]) -> list[Judged]:
    return [judge(lesson) for lesson in LESSONS]


def find(live: Live, lesson: Lesson, options: Options) -> tuple[Finding, ...]:
    models = helpers.declared(*lesson.models)
    verdicts = [v for rule in RULES for v in rule.find(live, models, options)]
    return tuple(v for v in verdicts if isinstance(v, Finding) and v.rule.startswith(("PK", "SEQ")))


def outcome(connection: psycopg.Connection, table: Table) -> str:
    """Try the INSERT, with values for all other columns, and throw the row away."""
    with connection.transaction(force_rollback=True):
        constraints = connection.execute(_IN_THE_WAY, [str(table.name)]).fetchall()
        for (name,) in constraints:
            connection.execute(f"ALTER TABLE {table.name.sql} DROP CONSTRAINT {ident(name)}")
        others = connection.execute(_OTHERS, [str(table.name), list(table.key)]).fetchall()
        into = ", ".join(ident(name) for name, _ in others)
        values = ", ".join(_VALUES.get(type_, "'29999'") for _, type_ in others)
        row = f"({into}) VALUES ({values})" if others else "DEFAULT VALUES"
        try:
            with connection.transaction():
                connection.execute(f"INSERT INTO {table.name.sql} {row}")
        except psycopg.Error as error:
            return error.sqlstate or "?"
    return ""


def shown(name: Name) -> str:
    return name.name if name.schema == "public" else f"{name.schema}.{name.name}"


def line(finding: Finding) -> str:
    place = finding.place
    table = shown(place.table) if place.table else "-"
    return f"{finding.rule} {table} {place.column or '-'} {finding.severity} {finding.confidence}"


def keys(finding: Finding) -> list[str]:
    listed = helpers.facts_of(finding)["keys"]
    return sorted(f"{shown(Name(schema, table))}.{column}" for schema, table, column in listed)


def of_lesson(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)(test)


@of_lesson
def test_exactly_this_is_found(lesson: Lesson, judge: Callable[[Lesson], Judged]) -> None:
    assert sorted(map(line, judge(lesson).findings)) == lesson.findings


@of_lesson
def test_nothing_weighs_on_the_healthy(lesson: Lesson, judge: Callable[[Lesson], Judged]) -> None:
    judged = judge(lesson)
    known = {shown(t.name) for t in judged.live.tables if t.columns}
    weighty = [f for f in judged.findings if f.severity is not Severity.INFO]
    blamed = {shown(f.place.table) for f in weighty if f.place.table}
    assert blamed & set(lesson.healthy.split()) == set()
    assert known - blamed <= set(lesson.healthy.split()) | {
        text.split()[1] for text in lesson.findings
    }, "a table that the lesson says nothing of"


@pytest.mark.parametrize(
    "lesson", [x for x in LESSONS if x.question], ids=lambda lesson: lesson.name
)
def test_one_question_and_no_flood(lesson: Lesson, judge: Callable[[Lesson], Judged]) -> None:
    findings = [f for f in judge(lesson).findings if f.rule == "PK001"]
    (question,) = findings
    assert question.place.table is None
    assert keys(question) == sorted(lesson.question.split())


def test_their_plans_come_back_from_a_file(everything: list[Judged]) -> None:
    for one in everything:
        helpers.plan_that_comes_back(one.live, helpers.declared(*one.lesson.models))


def test_no_key_that_works_is_called_an_error(everything: list[Judged]) -> None:
    works = [(j, table) for j in everything for table, state in j.outcomes.items() if not state]
    wrong = [
        (j.lesson.name, line(f))
        for j, table in works
        for f in j.findings
        if f.place.table == table and f.severity is Severity.ERROR
    ]
    assert wrong == []
    assert len(works) > 120


def test_no_key_that_is_found_works(everything: list[Judged]) -> None:
    """But where a trigger fills it, of which no more than a possibility was said."""
    found = [
        (j, place)
        for j in everything
        for f in j.findings
        if f.rule == "PK001"
        for place in (
            [Name(*key[:2]) for key in helpers.facts_of(f)["keys"]]
            if "keys" in helpers.facts_of(f)
            else [f.place.table]
        )
    ]
    wrong = [
        (j.lesson.name, str(table), j.outcomes[table])
        for j, table in found
        if j.outcomes[table] != "23502" and not j.live.table_of[table].fill_triggers
    ]
    assert wrong == []
    assert len(found) > 80


def test_proof_is_an_owned_sequence_or_the_word_of_the_models(everything: list[Judged]) -> None:
    proven = [
        f
        for j in everything
        for f in j.findings
        if f.rule == "PK001" and f.confidence is Confidence.PROVEN
    ]
    assert len(proven) > 30
    assert [
        f.id
        for f in proven
        if not {"owned sequence", "models"} & set(helpers.facts_of(f)["evidence"])
    ] == []


def test_without_models_only_an_owned_sequence_is_proof(everything: list[Judged]) -> None:
    silent = [(j, RULES[0].find(j.live, Declared(), Options())) for j in everything]
    proven = {
        f"{j.lesson.name}: {f.place}"
        for j, verdicts in silent
        for f in verdicts
        if isinstance(f, Finding) and f.severity is Severity.ERROR
    }
    assert proven == {
        "Mastodon: public.account_stats.id",
        "models that fill their keys: public.carts.id",
    }


def _answered(judged: Judged, options: Options) -> list[str]:
    return sorted(line(f) for f in judged.again(options) if f.rule == "PK001")


ENTITIES = "customer orders order_line product"
ANSWERS = {
    "the database generates": (
        Options(generated_keys="database"),
        lessons.lines("customer orders product", "warning likely")
        + lessons.lines("order_line", "info possible"),
    ),
    "the application does": (Options(generated_keys="application"), ""),
    "two tables are named": (
        Options(named=frozenset({Name("public", "orders"), Name("public", "order_line")})),
        "PK001 orders id warning likely\nPK001 order_line id info possible",
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("lesson", [lessons.HIBERNATE, lessons.JPA], ids=lambda x: x.name)
def test_the_answer_makes_ordinary_findings(
    lesson: Lesson, answer: str, judge: Callable[[Lesson], Judged]
) -> None:
    options, expected = ANSWERS[answer]
    assert _answered(judge(lesson), options) == sorted(expected.splitlines())


def test_no_answer_outweighs_proof(judge: Callable[[Lesson], Judged]) -> None:
    judged = judge(lessons.INCIDENT)
    assert _answered(judged, Options(generated_keys="application")) == lessons.INCIDENT.findings


def test_the_question_has_a_remedy_in_words(judge: Callable[[Lesson], Judged]) -> None:
    judged = judge(lessons.HIBERNATE)
    (question,) = judged.findings
    assert "generated-keys" in RULES[0].remedy(question, judged.live, Options()).reason
