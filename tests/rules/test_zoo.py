"""Every rule on a database with every kind of key: exactly what is expected, and what INSERT says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.facts import facts_as_json, facts_from_json
from remediate.findings.finding import Finding, Options, Severity
from remediate.postgres.sql import ident
from remediate.rehearsal.scratch import Server
from remediate.rules import RULES, rule_of
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import PUBLIC, Name
from tests.corpora.zoo import (
    AFTER,
    BEFORE,
    KNOWN,
    KNOWN_KEYS,
    METADATA,
    PATHS,
    ROLES,
    SPEAKS_FOR,
    ZOO,
    Animal,
    Try,
    Why,
)
from tests.support import helpers, rewinding

# The rules that explain each refusal of a missing key.
EXPLAINED_BY = {
    "23502": {"PK001", "PK006", "PK008"},
    "42P01": {"PK002"},
    "23505": {"PK004", "SEQ001", "SEQ006"},
    "42501": {"PK005"},
    "2200H": {"SEQ002"},
    "22003": {"SEQ002"},
}
FEW = 1001  # inserts that a test makes to see the last one collide


@dataclass(frozen=True)
class Zoo:
    url: sa.URL
    connection: psycopg.Connection
    findings: dict[Name, list[Finding]]


def findings(live: Live, declared: Declared) -> dict[Name, list[Finding]]:
    """What the rules that the zoo knows find in the database."""
    by_table: dict[Name, list[Finding]] = {}
    for rule in (r for r in RULES if r.code in KNOWN):
        for verdict in rule.find(live, declared, Options()):
            if isinstance(verdict, Finding):
                assert verdict.place.table is not None, verdict.message
                by_table.setdefault(verdict.place.table, []).append(verdict)
    return by_table


def summary(found: list[Finding]) -> set[tuple[str, str | None, str, str]]:
    return {(f.rule, f.place.column, f.severity.value, f.confidence.value) for f in found}


@pytest.fixture(scope="module")
def zoo(server: Server) -> Iterator[Zoo]:
    with server.database() as url, helpers.connected(url) as connection:
        for role in ROLES:
            query = "SELECT count(*) FROM pg_roles WHERE rolname = %s"
            if connection.execute(query, [role]).fetchall() == [(0,)]:
                connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        connection.execute("SET search_path = z, public")
        for statements in (BEFORE, *(animal.ddl for animal in ZOO), AFTER):
            connection.execute(statements.encode())
        connection.execute("RESET search_path")
        for role, path in PATHS.items():
            alter = f"ALTER ROLE {role} IN DATABASE {ident(url.database or '')}"
            connection.execute(f"{alter} SET search_path = {path}".encode())
        declared = helpers.declared(METADATA)
        found = findings(helpers.snapshot(url, declared), declared)
        rewinding.remember(connection)
        yield Zoo(url, connection, found)


@contextmanager
def undone(zoo: Zoo) -> Iterator[None]:
    """A transaction that is rolled back, and with it what nextval() did."""
    try:
        with zoo.connection.transaction(force_rollback=True):
            yield
    finally:
        zoo.connection.execute(rewinding.REWIND)


def insert(zoo: Zoo, trial: Try, times: int = 1) -> tuple[str, int]:
    """The SQLSTATE that ends it ("" = none), and the number of inserts that worked."""
    with undone(zoo):
        zoo.connection.execute(f"SET LOCAL ROLE {ident(trial.role)}".encode())
        if path := PATHS.get(trial.role):
            zoo.connection.execute(f"SET LOCAL search_path = {path}".encode())
        for number in range(times):
            try:
                zoo.connection.execute(trial.insert.encode())
                zoo.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except psycopg.Error as error:
                return error.sqlstate or "?", number
    return "", times


def errors_for(role: str, found: list[Finding]) -> list[Finding]:
    """The error findings that say that this role's INSERT fails."""
    errors = [f for f in found if f.severity is Severity.ERROR]
    return [f for f in errors if _concerns(f, {role, SPEAKS_FOR.get(role, role)})]


def _concerns(finding: Finding, names: set[str]) -> bool:
    roles = helpers.facts_of(finding).get("roles")
    if finding.rule == "PK002" and helpers.facts_of(finding)["resolves_to"] is not None:
        roles = helpers.facts_of(finding)["unresolved_for"]
    return roles is None or bool(names & set(roles))


def agrees(trial: Try, state: str, found: list[Finding]) -> bool:
    errors, fails = errors_for(trial.role, found), state in EXPLAINED_BY
    codes = {f.rule for f in errors}
    match trial.why:
        case Why.AGREE:
            return bool(codes & EXPLAINED_BY[state]) if fails else not state and not errors
        case Why.BY_DESIGN:
            return fails and not found
        case Why.UNPROVEN:
            return fails and not errors
        case Why.AHEAD:
            later = [f for f in errors if helpers.facts_of(f).get("inserts_until_collision", 0) > 1]
            return not state and bool(later) and later == errors
        case Why.ROOM:
            return not state and bool(codes) and codes <= {"SEQ002", "SEQ006"}
        case Why.OTHER:
            return bool(state) and not errors


@pytest.mark.parametrize("animal", ZOO, ids=lambda animal: str(animal.name))
def test_exactly_what_is_expected(animal: Animal, zoo: Zoo) -> None:
    assert summary(zoo.findings.get(animal.name, [])) == animal.found


@pytest.mark.parametrize(
    ("animal", "trial"),
    [pytest.param(a, t, id=f"{a.name} {t.role}") for a in ZOO for t in a.tries],
)
def test_truth_by_insert(animal: Animal, trial: Try, zoo: Zoo) -> None:
    state, _ = insert(zoo, trial)
    assert state == trial.state
    found = zoo.findings.get(animal.name, [])
    assert agrees(trial, state, found), [f.message for f in found]


@pytest.mark.parametrize(
    "animal",
    [a for a in ZOO if any(code == "SEQ001" for code, *_ in a.found)],
    ids=lambda animal: str(animal.name),
)
def test_the_predicted_insert_collides(animal: Animal, zoo: Zoo) -> None:
    found = [f for f in zoo.findings[animal.name] if f.rule == "SEQ001"]
    predicted = min(int(str(helpers.facts_of(f)["inserts_until_collision"])) for f in found)
    if predicted <= FEW:
        assert insert(zoo, animal.tries[0], predicted + 1) == ("23505", predicted - 1)
    else:
        assert insert(zoo, animal.tries[0], 3) == ("", 3)


@pytest.mark.parametrize(
    "animal",
    [a for a in ZOO if any(code == "SEQ002" for code, *_ in a.found)],
    ids=lambda animal: str(animal.name),
)
def test_as_many_inserts_work_as_are_left(animal: Animal, zoo: Zoo) -> None:
    (finding,) = [f for f in zoo.findings[animal.name] if f.rule == "SEQ002"]
    remaining = int(str(helpers.facts_of(finding)["remaining"]))
    if helpers.facts_of(finding)["sequence"] is None:
        return  # nothing draws its ids
    if remaining <= FEW:
        state, worked = insert(zoo, animal.tries[0], remaining + 1)
        assert (state in {"2200H", "22003"}, worked) == (True, remaining)
    else:
        assert insert(zoo, animal.tries[0], 3) == ("", 3)


@pytest.mark.parametrize(
    "animal",
    [a for a in ZOO if any(f[:3:2] == ("PK004", "warning") for f in a.found)],
    ids=lambda animal: str(animal.name),
)
def test_a_free_constant_works_once(animal: Animal, zoo: Zoo) -> None:
    assert insert(zoo, animal.tries[0], 2) == ("23505", 1)


def test_who_may_read_less_says_so_and_finds_the_same_elsewhere(zoo: Zoo) -> None:
    declared = helpers.declared(METADATA)
    live = helpers.snapshot(zoo.url.set(username="zoo_reader"), declared)
    unread = {u.table for u in live.unread}
    assert {Name("z", "secret"), Name("z", "guarded")} <= unread
    found = findings(live, declared)
    for animal in ZOO:
        if animal.name not in unread:
            expected = summary(zoo.findings.get(animal.name, []))
            assert summary(found.get(animal.name, [])) == expected, animal.name


def test_nothing_is_found_outside(zoo: Zoo) -> None:
    """Of keys and sequences; a table that only refers to an animal is none itself."""
    spoken_of = {
        name for name, found in zoo.findings.items()
        if any(not f.rule.startswith("FK") for f in found)
    }  # fmt: skip
    assert spoken_of <= {animal.name for animal in ZOO}


def test_every_table_that_is_spoken_of_has_a_name(zoo: Zoo) -> None:
    found = [f for findings_ in zoo.findings.values() for f in findings_]
    assert [
        f.id
        for f in found
        if '"".""' in str(helpers.facts_of(f)) or helpers.facts_of(f).get("lender") == ["", ""]
    ] == []


def test_every_known_rule_of_keys_and_sequences_has_its_animal() -> None:
    assert {code for a in ZOO for code, *_ in a.found} == KNOWN_KEYS
    assert {rule.code for rule in RULES} >= KNOWN
    assert len(ZOO) >= 90


def test_public_is_nobody() -> None:
    assert SPEAKS_FOR["zoo_nobody"] == PUBLIC


def test_facts_come_back_from_json(zoo: Zoo) -> None:
    """A plan file is read into the types that it was written from."""
    found = [finding for of_table in zoo.findings.values() for finding in of_table]
    written = [json.dumps(facts_as_json(f.facts)) for f in found]
    assert [
        facts_from_json(rule_of(f.rule), json.loads(text))
        for f, text in zip(found, written, strict=True)
    ] == [f.facts for f in found]
