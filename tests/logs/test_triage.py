"""What users hit, told from logs: real ones of PostgreSQL lie in tests/logs."""

import bz2
import gzip
import io
import json
import lzma
import shlex
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.commands import triage
from remediate.commands.demo import incident
from remediate.config import Config
from remediate.errors import RemediateError, UsageProblem
from remediate.findings.effects import ErrorKind
from remediate.logs import files, ranking
from remediate.logs.entries import Entry
from remediate.logs.errors import ServerError, mentioned, recognised
from remediate.logs.pasted import explained
from remediate.logs.ranking import Group, Tally, Triage
from remediate.logs.reader import LogReader
from remediate.logs.times import moment
from remediate.postgres.own import NAME, marked
from remediate.project import inspection
from remediate.rehearsal.scratch import Server
from remediate.render import triage as rendered
from remediate.render.server_error import explanation
from tests.support import helpers
from tests.support.project import incident_project

LOGS = Path(__file__).parent / "examples"
# What scripts of the same statements left in each of these logs, in whatever format and language.
MET = {
    ServerError(ErrorKind.NOT_NULL, "", "user_skills", "id"),
    ServerError(ErrorKind.NOT_NULL, "public", "user_skills", "id"),
    ServerError(ErrorKind.NOT_NULL, "", "audit", "id"),  # in a trigger of another table
    ServerError(ErrorKind.DUPLICATE, "", "users", "id", "users_pkey"),
    ServerError(ErrorKind.DUPLICATE, "", "users", "email", "users_email_key"),
    ServerError(ErrorKind.OUT_OF_RANGE, "", "orders"),
    ServerError(ErrorKind.NO_PARENT, "", "orders", "user_id", "orders_user_id_fkey"),
    ServerError(ErrorKind.SEQUENCE_ENDED, "", "tiny", "", "tiny_id_seq"),
    ServerError(ErrorKind.RELATION_MISSING, "", "late", "", "late_id_seq"),
    ServerError(
        ErrorKind.NOT_COMPARABLE, name="integer, character varying", others=("orders", "users")
    ),
    ServerError(ErrorKind.WRONG_TYPE, "", "orders", "user_id", "integer, text"),
    ServerError(ErrorKind.NOT_READABLE, name="integer", others=("users",)),
    ServerError(ErrorKind.SEQUENCE_DENIED, "", "users", "", "users_id_seq"),
    ServerError(ErrorKind.TABLE_DENIED, "", "tiny"),
    ServerError(ErrorKind.TABLE_MISSING, "", "no_such_table"),
}
VALUES = ("example.org", "99999999999", "abc", 'go "x"', "77")
NOT_NULL = 'null value in column "id" of relation "t" violates not-null constraint'
NULL_ID = ServerError(ErrorKind.NOT_NULL, table="t", column="id")


def read(text: str) -> list[Entry]:
    reader = LogReader()
    found = [entry for line in text.splitlines() for entry in reader.take(line)]
    return [*found, *reader.rest()]


def errors(text: str) -> list[ServerError | None]:
    return [entry.error for entry in read(text)]


@pytest.mark.parametrize("path", sorted(LOGS.iterdir()), ids=lambda p: p.name)
def test_real_logs_tell_the_same_in_every_format_and_language(path: Path) -> None:
    found = read(path.read_text())
    assert len(found) == 16
    assert {entry.error for entry in found} - {None} == MET
    assert sum(entry.error is None for entry in found) == 1  # a slip of the pen
    if path.name != "no_prefix.log":
        assert {entry.time[:13] for entry in found} == {"2026-11-21 19"}
    told = {entry.database for entry in found}
    assert told == ({""} if path.name in ("no_prefix.log", "epoch_and_code.log") else {"shop"})


@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_value_of_a_user_is_repeated(format_: str) -> None:
    text = rendered.render(ranking.counts(triage.read([str(p) for p in LOGS.iterdir()])), format_)
    assert "users_email_key" in text
    for value in VALUES:
        assert value not in text.replace('"count": 77', ""), value


def test_the_text_fits_a_terminal() -> None:
    text = rendered.render(ranking.counts(triage.read([str(p) for p in LOGS.iterdir()])), "text")
    assert max(len(line) for line in text.splitlines()) <= 80
    assert not [line for line in text.splitlines() if line.endswith(" ")]
    assert text.splitlines()[-1].startswith("Next:  remediate plan --table user_skills")


TRACEBACK = """\
Traceback (most recent call last):
  File "/app/sqlalchemy/engine/base.py", line 1967, in _exec_single_context
    except psycopg.errors.UniqueViolation: raise
psycopg.errors.NotNullViolation: null value in column "id" of relation "t" violates not-null constraint
DETAIL:  Failing row contains (null, secret).

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
sqlalchemy.exc.IntegrityError: (psycopg.errors.NotNullViolation) \
null value in column "id" of relation "t" violates not-null constraint
DETAIL:  Failing row contains (null, secret).
[SQL: INSERT INTO app.t (x) VALUES (%(x)s)]
[parameters: {'x': 'duplicate key value violates unique constraint "secret"'}]
(Background on this error at: https://sqlalche.me/e/20/gkpj)
"""
IN_APP = ServerError(ErrorKind.NOT_NULL, "app", "t", "id")
STAMP = "2024-05-01 10:00:00,123 ERROR app: "


def test_a_traceback_counts_once() -> None:
    assert errors(TRACEBACK) == [IN_APP]
    assert errors(TRACEBACK * 3) == [IN_APP] * 3


def test_a_message_and_its_traceback_count_once() -> None:
    message = f"{STAMP}(psycopg.errors.NotNullViolation) {NOT_NULL}\n"
    entries = read((message + TRACEBACK) * 2)
    assert [e.error for e in entries] == [IN_APP] * 2
    assert {e.time for e in entries} == {"2024-05-01 10:00:00"}
    assert not any(e.server for e in entries)


@pytest.mark.parametrize(
    "wrapper",
    [
        "web-1  | ",
        "2024-05-01T10:00:00.123456789Z ",
        "2024-05-01T10:00:00.1Z stderr F ",
        "May  1 10:00:00 host app[12]: ",
    ],
)
def test_what_containers_put_before_lines_is_seen_through(wrapper: str) -> None:
    assert errors(textwrap.indent(TRACEBACK, wrapper, lambda _: True) * 2) == [IN_APP] * 2
    server = "2024-05-01 10:00:00 UTC [7] ERROR:  integer out of range\n"
    server += "2024-05-01 10:00:00 UTC [7] STATEMENT:  INSERT\n\tINTO t VALUES (1)\n"
    expected = [ServerError(ErrorKind.OUT_OF_RANGE, table="t")]
    assert errors(textwrap.indent(server, wrapper)) == expected


@pytest.mark.parametrize(
    "line",
    [
        f"psycopg2.errors.NotNullViolation: {NOT_NULL}",
        f"django.db.utils.IntegrityError: {NOT_NULL}",
        f"asyncpg.exceptions.NotNullViolationError: {NOT_NULL}",
        "(sqlalchemy.dialects.postgresql.asyncpg.IntegrityError) <class "
        f"'asyncpg.exceptions.NotNullViolationError'>: {NOT_NULL}",
        f"org.postgresql.util.PSQLException: ERROR: {NOT_NULL}",
        f"pq: {NOT_NULL}",
        f"ERROR: {NOT_NULL} (SQLSTATE 23502)",
        f"ERROR:  {NOT_NULL}",
        json.dumps({"level": "error", "event": f"failed: {NOT_NULL}"}),
        json.dumps({"log": f"2024-05-01 10:00:00 UTC [7] ERROR:  {NOT_NULL}\n", "stream": "x"}),
        json.dumps({"error_severity": "ERROR", "message": NOT_NULL, "state_code": "23502"})[:-5],
        'psycopg.errors.NotNullViolation: "id" kolonunda null değer ("t")',
    ],
)
def test_one_line_of_any_driver(line: str) -> None:
    assert errors(line) == [NULL_ID]


def test_a_json_line_holds_a_traceback() -> None:
    line = json.dumps({"timestamp": "2024-05-01T10:00:00Z", "exception": TRACEBACK})
    entries = read(f"{line}\n{line}")
    assert [(e.error, e.time) for e in entries] == [(IN_APP, "2024-05-01 10:00:00Z")] * 2


_THROWN = (
    'null value in column "nr" of relation "shelf" violates not-null constraint\n'
    "DETAIL:  Failing row contains (null, novels).\n"
)
_AROUND = (
    f"(psycopg.errors.NotNullViolation) {_THROWN}"
    "[SQL: INSERT INTO ward.shelf (label) VALUES (%(label)s) RETURNING ward.shelf.nr]\n"
    "[parameters: {'label': 'novels'}]"
)
_FRAME = {
    "function": "store",
    "context_line": "    raise UniqueViolation('x') from error",
    "pre_context": ['# duplicate key value violates unique constraint "loan_pkey"'],
    "vars": {"sql": "'UPDATE loan SET a = 1'"},
}


@pytest.mark.parametrize(
    "event",
    [
        {
            "title": "NotNullViolation: " + _THROWN.splitlines()[0],
            "breadcrumbs": {"values": [{"message": "UPDATE loan SET days = 3"}]},
            "exception": {
                "values": [
                    {"type": "NotNullViolation", "value": _THROWN},
                    {"value": _AROUND, "stacktrace": {"frames": [_FRAME]}},
                ]
            },
            "metadata": {"value": _THROWN},
        },
        {"entries": [{"type": "exception", "data": {"values": [{"value": _AROUND}]}}]},
        {"data": {"body": {"trace_chain": [{"frames": [_FRAME], "exception": {"message": _AROUND}}]}}},
        {"event": "failed", "exception": [{"exc_value": _AROUND, "frames": [_FRAME], "syntax_error": None}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "failed"}, "attributes": [
            {"key": "exception.message", "value": {"stringValue": _AROUND}},
        ]}]}]}]},
        {"level": "error", "stack": _AROUND.splitlines()},
    ],
    ids=["sentry", "sentry's API", "rollbar", "structlog", "opentelemetry", "list of lines"],
)  # fmt: skip
def test_an_event_of_a_tracker_is_one_error(event: dict[str, object]) -> None:
    expected = ServerError(ErrorKind.NOT_NULL, "ward", "shelf", "nr")
    assert errors(json.dumps(event)) == [expected]
    found = explained(json.dumps(event))
    assert found == expected


def test_details_belong_to_their_process() -> None:
    """Two processes write at the same time, and one of them met an error that is not ours."""
    found = errors(
        "2024-05-01 10:00:00 UTC [7] ERROR:  duplicate key value violates unique constraint "
        '"odd"\n'
        "2024-05-01 10:00:00 UTC [8] ERROR:  deadlock detected\n"
        "2024-05-01 10:00:00 UTC [8] DETAIL:  Key (other)=(1) already exists.\n"
        "2024-05-01 10:00:00 UTC [7] DETAIL:  Key (a, b)=(1, x)=(y) already exists.\n"
        "2024-05-01 10:00:00 UTC [8] STATEMENT:  INSERT INTO other VALUES (1)\n"
        '2024-05-01 10:00:00 UTC [7] STATEMENT:  INSERT INTO "App"."My Table" VALUES (1)\n'
        f"2024-05-01 10:00:00 UTC [7] LOG:  {NOT_NULL}\n"
    )
    assert found == [ServerError(ErrorKind.DUPLICATE, "App", "My Table", "a, b", "odd"), None]


@pytest.mark.parametrize(
    "line",
    [
        f"2026-05-02 11:30:00 UTC [7] me@shop/{NAME} ERROR:  {NOT_NULL}",
        f"2026-05-02 11:30:00 UTC [7] ERROR:  {NOT_NULL}\n"
        f"2026-05-02 11:30:00 UTC [7] STATEMENT:  {marked('INSERT INTO t')}\n\tDEFAULT VALUES",
        f"E   sqlalchemy.exc.IntegrityError: (psycopg.errors.NotNullViolation) {NOT_NULL}\n"
        f"E   [SQL: INSERT INTO t DEFAULT VALUES /* {NAME} */]",
        json.dumps(
            {"timestamp": "2026-05-02 11:30:00.000 UTC", "error_severity": "ERROR",
             "state_code": "23502", "message": NOT_NULL, "application_name": NAME}
        ),
    ],
)  # fmt: skip
def test_what_remediate_tries_is_no_error_of_a_user(line: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"{line}\n2026-05-02 11:30:01 UTC [8] ERROR:  {NOT_NULL}\n")
    found = triage.triage(Config(), triage.TriageOptions((str(tmp_path / "log"),), plan=False))
    assert (found.errors, found.tally.own) == (1, 1)
    assert "1 error of remediate's own statements left out" in rendered.render(found, "text")


@pytest.mark.parametrize("name", ["users_pkey", "users_email_key", "pk_users"])
def test_without_a_statement_the_table_is_that_of_the_conventional_name(name: str) -> None:
    line = f'ERROR:  duplicate key value violates unique constraint "{name}"\n'
    assert errors(line + "DETAIL:  Key (email)=(x) already exists.") == [
        ServerError(ErrorKind.DUPLICATE, "", "users", "email", name)
    ]


def test_a_detail_names_the_table_where_nothing_else_does() -> None:
    line = 'ERROR:  insert or update on table "o" violates foreign key constraint "c"'
    assert errors(line) == [ServerError(ErrorKind.NO_PARENT, table="o", name="c")]
    assert errors("ERROR:  permission denied for table x") == [
        ServerError(ErrorKind.TABLE_DENIED, table="x")
    ]


def test_an_unknown_language_is_told_by_its_sqlstate() -> None:
    log = (
        "2024-05-01 10:00:00 UTC [7] 00000 LOG:  hello\n"
        '2024-05-01 10:00:01 UTC [7] 23502 VIRHE:  taulun "t" sarakkeessa "id" on null\n'
        "2024-05-01 10:00:01 UTC [7] 23502 TIEDOT:  Rivi (null) ei kelpaa.\n"
        "2024-05-01 10:00:01 UTC [7] 23502 LAUSE:  INSERT INTO t DEFAULT VALUES\n"
        "2024-05-01 10:00:02 UTC [7] 42601 VIRHE:  kielioppi\n"
    )
    assert errors(log) == [NULL_ID, None]


def test_without_one_it_is_said_that_it_could_not_be_told() -> None:
    reader = LogReader()
    line = '2024-05-01 10:00:01 UTC [7] VIRHE:  taulun "t" sarakkeessa "id" on null'
    assert [*reader.take(line), *reader.rest()] == []
    assert reader.untold == 1
    counts = ranking.counts(Tally(untold=reader.untold))
    text = rendered.render(counts, "text")
    assert rendered.render(counts, "text", quiet=True).startswith(
        "1 line with an error that remediate could"
    )
    assert "1 line with an error that remediate could not recognise" in text


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("ERROR", "LOCATION"), ("FEHLER", "ORT"), ("ERREUR ", "EMPLACEMENT "), ("FEL", "PLATS"),
        ("ОШИБКА", "ПОЛОЖЕНИЕ"), ("VIRHE", "SIJAINTI"), ("ERROR", "場所"),
    ],
)  # fmt: skip
def test_a_verbose_log_tells_the_sqlstate_and_the_place_in_the_source(
    label: str, place: str
) -> None:
    reader = LogReader()
    start = "2024-05-01 10:00:00.1 UTC [7]"
    lines = (
        f"{start} LOG:  00000: listening",
        f"{start} {place}:  PostmasterMain, postmaster.c:1218",
        f'{start} {label}:  23502: taulun "t" sarakkeessa "id" on null',
        f"{start} {place}:  ExecConstraints, execMain.c:2060",
        f"{start} STATEMENT:  INSERT INTO away.t DEFAULT VALUES",
        f"2024-05-02 {label}:  42601: kielioppi",
        f"2024-05-02 {place}:  src/backend/parser/scan.l:1244",
    )
    found = [entry.error for line in lines for entry in reader.take(line)]
    found += [entry.error for entry in reader.rest()]
    assert [error and error.kind for error in found] == [ErrorKind.NOT_NULL, None]
    assert found[0] is not None
    assert found[0].schema == "away"
    assert reader.untold == 0


def test_success_in_a_verbose_log_of_an_unknown_language_is_no_error() -> None:
    reader = LogReader()
    line = "2024-05-01 10:00:01 UTC [7] LOKI:  00000: tietokanta on valmis"
    assert [*reader.take(line), *reader.rest()] == []
    assert reader.untold == 0


def test_the_number_of_a_process_is_no_sqlstate() -> None:
    assert errors("2024-05-01 10:00:00 UTC [23502] ERROR:  deadlock detected") == [None]
    assert errors("2024-05-01 10:00:00 UTC 23505 app 23502 ERROR:  deadlock detected") == [None]
    known = "2024-05-01 10:00:00 UTC [23502] 00000 LOG:  x\n"
    assert errors(known + "2024-05-01 10:00:00 UTC [23502] 40P01 ERROR:  deadlock") == [None]


def test_an_sqlstate_is_no_number_of_a_process() -> None:
    start = "1795288329.359 23505"
    line = "duplicate key value violates unique constraint"
    found = errors(
        f'{start} 7 ERROR:  {line} "a"\n{start} 8 ERROR:  {line} "b"\n'
        f"{start} 7 DETAIL:  Key (a)=(1) already exists.\n"
        f"{start} 8 DETAIL:  Key (b)=(1) already exists.\n"
    )
    assert found == [ServerError(ErrorKind.DUPLICATE, column=c, name=c) for c in "ab"]


def test_the_statement_of_a_function_goes_before_its_callers() -> None:
    start = "2024-05-01 10:00:00 UTC [7]"
    found = errors(
        f"{start} ERROR:  integer out of range\n"
        f'{start} CONTEXT:  SQL statement "INSERT INTO log.audit VALUES (1)"\n'
        f"\tPL/pgSQL function note() line 1 at SQL statement\n"
        f"{start} STATEMENT:  INSERT INTO orders VALUES (1)\n"
    )
    assert found == [ServerError(ErrorKind.OUT_OF_RANGE, "log", "audit")]


def test_what_a_user_wrote_is_no_statement() -> None:
    found = errors(
        'ERROR:  invalid input syntax for type integer: "x"\n'
        "STATEMENT:  SELECT 'it''s from alice', 'update bob' FROM t WHERE id = 'x' OR 'join carl\n"
    )
    assert found == [ServerError(ErrorKind.NOT_READABLE, name="integer", others=("t",))]


def test_labels_of_other_programs_are_not_those_of_postgresql() -> None:
    server = "INFO:     10.0.0.1 - GET / 200\nERROR:    Exception in ASGI application\n"
    assert errors((server + TRACEBACK) * 2) == [IN_APP] * 2


def test_no_control_character_reaches_the_terminal() -> None:
    bad = ServerError(ErrorKind.NOT_NULL, table="t\x1b[31m", column="id")
    text = rendered.render(ranking.counts(Tally(counted(Entry(bad)))), "text")
    assert "\x1b" not in text + explanation(bad)
    assert text.endswith("Next:  remediate plan")


def test_another_error_under_the_same_sqlstate_is_another() -> None:
    assert recognised("numeric field overflow", "22003") is None
    assert recognised("permission denied for schema x", "42501") is None
    assert recognised("function f(integer) does not exist", "42883") is None
    assert recognised("operator does not exist: point = integer", "42883") is None
    assert recognised("operator does not exist: text = character varying", "42883") is None
    assert recognised('invalid input syntax for type json: "x"', "22P02") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ERROR:  relation "users" does not exist', ServerError(ErrorKind.TABLE_MISSING, table="users")),
        ('ERROR:  relation "dna_sequence" does not exist\nLINE 1: SELECT * FROM dna_sequence',
         ServerError(ErrorKind.TABLE_MISSING, table="dna_sequence")),
        ('ERROR:  relation "a.b" does not exist\nSTATEMENT:  SELECT * FROM a.b',
         ServerError(ErrorKind.TABLE_MISSING, "a", "b")),
        ('ERROR:  relation "a.b" does not exist\nSTATEMENT:  SELECT * FROM "a.b"',
         ServerError(ErrorKind.TABLE_MISSING, table="a.b")),
        ('ERROR:  relation "Odd, "Name"" does not exist',
         ServerError(ErrorKind.TABLE_MISSING, table='Odd, "Name"')),
        ('ERROR:  null value in column "a"b" of relation "Odd, "Name"" violates not-null constraint',
         ServerError(ErrorKind.NOT_NULL, table='Odd, "Name"', column='a"b')),
        ('ERROR:  duplicate key value violates unique constraint "Odd, "Name"_pkey"',
         ServerError(ErrorKind.DUPLICATE, table='Odd, "Name"', name='Odd, "Name"_pkey')),
        ('FEHLER:  Relation »Odd, "Name"« existiert nicht',
         ServerError(ErrorKind.TABLE_MISSING, table='Odd, "Name"')),
        ('{"msg": "duplicate key value violates unique constraint \\"users_pkey\\""}',
         ServerError(ErrorKind.DUPLICATE, table="users", name="users_pkey")),
    ],
)  # fmt: skip
def test_names_are_read_as_the_server_prints_them(text: str, expected: ServerError) -> None:
    assert errors(text) == [expected]


def test_the_quick_look_misses_nothing() -> None:
    for path in LOGS.iterdir():
        for entry in path.read_text().split("\n"):
            assert mentioned(entry) or not recognised(entry)
    assert not mentioned("2024-05-01 10:00:00 INFO nothing to see here")


def test_times_are_compared_in_utc() -> None:
    assert moment("2024-05-01T10:00:00.5+02:00 x") == "2024-05-01 08:00:00Z"
    assert moment("2024-05-01 10:00:00,5 x") == "2024-05-01 10:00:00"
    assert moment("2024-05-01 10:00:00.5 CET") == "2024-05-01 09:00:00Z"
    assert moment("[2024-13-45 99:00:00 +02") == "2024-13-45 99:00:00"
    assert moment("no time") == ""


CSV = (LOGS / "csvlog.csv").read_text()


def test_a_log_that_was_cut_tells_the_rest() -> None:
    start = CSV.index("null value in column")
    assert len(errors(CSV[start:])) == 15  # the first record lost its start
    middle = CSV.index("y')", start)  # inside a quoted statement of two lines
    found = errors(CSV[:middle] + "\n" + CSV[CSV.index("\n", middle) + 1 :])
    assert (len(found), found[0]) == (
        15,
        ServerError(ErrorKind.NOT_NULL, "public", "user_skills", "id"),
    )
    whole = (LOGS / "jsonlog.json").read_text()
    assert len(errors(whole[: len(whole) // 2])) in (7, 8, 9)


def lines(tmp_path: Path, data: bytes) -> list[str]:
    (tmp_path / "log").write_bytes(data)
    files.check([str(tmp_path / "log")])
    blocks = files.blocks(str(tmp_path / "log"))
    return [files.text_of(line) for block in blocks for line in block.splitlines(keepends=True)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_files_are_read_as_they_are_packed(pack, tmp_path: Path) -> None:
    assert lines(tmp_path, pack(b"one\r\ntwo\n")) == ["one", "two"]


def test_the_encoding_of_a_line_is_found(tmp_path: Path) -> None:
    assert lines(tmp_path, "für\n".encode("latin-1") + "für".encode()) == ["für", "für"]
    assert lines(tmp_path, "für\nzwei".encode("utf-16")) == ["für", "zwei"]
    assert lines(tmp_path, b"") == []


def test_a_cut_archive_ends_where_it_ends(tmp_path: Path) -> None:
    data = gzip.compress("\n".join(str(n) for n in range(9999)).encode())
    found = lines(tmp_path, data[: len(data) // 2])
    assert found[:3] == ["0", "1", "2"]


def test_a_huge_line_is_cut_and_the_next_one_is_read(tmp_path: Path) -> None:
    data = f"{'x' * 3_500_000}\n{NOT_NULL}\n".encode()
    first, second = lines(tmp_path, data)
    assert (len(first), second) == (files.LONGEST_LINE, NOT_NULL)


@pytest.mark.parametrize(
    "lengths", [(1_000_001,), (5, 2_700_000, 7), (1_300_000, 1_000_100, 40, 3_000_000)]
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_lines_that_are_not_read_to_their_end_are_counted(
    lengths: tuple[int, ...], end: str, tmp_path: Path
) -> None:
    (tmp_path / "log").write_text("\n".join("x" * length for length in lengths) + end)
    tally = triage.read([str(tmp_path / "log")])
    long = sum(length > files.LONGEST_LINE for length in lengths)
    assert (tally.cut, tally.lines) == (long, len(lengths))
    text = " ".join(rendered.render(ranking.counts(tally), "text").split())
    assert "longer than 1,000,000 bytes, and only the beginning was read" in text
    assert json.loads(rendered.render(ranking.counts(tally), "json"))["cut_lines"] == long


def test_lines_that_are_read_whole_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"{'x' * 999_999}\n" * 3 + "y\n" * 600_000)
    tally = triage.read([str(tmp_path / "log")])
    assert tally.cut == 0
    assert "longer than" not in rendered.render(ranking.counts(tally), "text")


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"\x7fELF\0\0\0", "is not a text"), (b"\x1f\x8bnothing at all", "cannot be read")],
)
def test_what_is_no_log_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=message):
        lines(tmp_path, data)


def test_files_that_cannot_be_opened_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="cannot be read: No such file"):
        files.check([str(tmp_path / "missing")])
    with pytest.raises(UsageProblem, match="is a folder"):
        files.check([str(tmp_path)])


def test_standard_input_may_be_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO(gzip.compress(NOT_NULL.encode()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(packed)))
    made = triage.read(["-"])
    assert [g.error for g in made.groups] == [NULL_ID]
    assert "Logs      standard input   1 line\n" in rendered.render(ranking.counts(made), "text")


def test_a_long_log_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage, "_LINES", 2)
    (tmp_path / "log").write_text("x\n" * 5)
    said: list[str] = []
    triage.read([str(tmp_path / "log")], said.append)
    assert said == ["remediate: 2 lines read", "remediate: 4 lines read"]


def counted(*entries: Entry) -> tuple[Group, ...]:
    groups: dict[object, Group] = {}
    for entry in entries:
        assert entry.error is not None
        ranking.counted(groups, entry, entry.error)
    return ranking.joined(groups.values())


def test_the_same_error_in_two_kinds_of_logs_is_not_added_up() -> None:
    server = Entry(ServerError(ErrorKind.DUPLICATE, "", "t", "id", "t_pkey"), "2024-05-02", "shop")
    client = Entry(ServerError(ErrorKind.DUPLICATE, name="t_pkey"), "2024-05-01", server=False)
    (group,) = counted(client, server, client, server, server)
    assert (group.count, group.in_server_logs, group.in_application_logs) == (3, 3, 2)
    assert (group.error, group.database) == (server.error, "shop")
    assert (group.first, group.last) == ("2024-05-01", "2024-05-02")


def test_schemas_are_kept_apart_where_there_are_several() -> None:
    """A tenant's table is not another tenant's; a name alone is the only one that was met."""
    a, b = (ServerError(ErrorKind.NOT_NULL, schema, "t", "id") for schema in "ab")
    assert [g.error for g in counted(Entry(NULL_ID), Entry(a))] == [a]
    assert {g.error for g in counted(Entry(NULL_ID), Entry(a), Entry(b))} == {NULL_ID, a, b}


def test_what_is_met_most_often_comes_first() -> None:
    other = ServerError(ErrorKind.OUT_OF_RANGE, table="o")
    made = ranking.counts(Tally(counted(Entry(other), Entry(NULL_ID), Entry(NULL_ID))))
    assert [e.group.error for e in made.explained] == [NULL_ID, other]
    text = rendered.render(made, "text")
    assert "  1.  23502  t.id   2 times\n" in text
    assert text.endswith("Next:  remediate plan --table t --table o")


def test_nothing_met_is_said() -> None:
    text = rendered.render(ranking.counts(Tally(lines=7, logs=("a",))), "text")
    assert "These logs have no error of a key or a reference." in text
    assert text.endswith("Next:  remediate plan")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("23502", ServerError(ErrorKind.NOT_NULL)),
        ("2200h", ServerError(ErrorKind.SEQUENCE_ENDED)),
        ("psycopg.errors.UniqueViolation", ServerError(ErrorKind.DUPLICATE)),
        (f"ERROR:  {NOT_NULL}\nDETAIL:  Failing row contains (null).", NULL_ID),
        (TRACEBACK, IN_APP),
        (NOT_NULL.removesuffix(" violates not-null constraint"), NULL_ID),
        (f"ERROR:  {NOT_NULL.removesuffix('-null constraint')}", NULL_ID),
        (
            "Ein NULL-Wert in Spalte »id«  von Relation »users«",
            ServerError(ErrorKind.NOT_NULL, table="users", column="id"),
        ),
        (f"ERROR:  {NOT_NULL}".replace('"', ""), NULL_ID),
        ("PK001", None),
        ("ACCESS_EXCLUSIVE_REWRITE", None),
    ],
)
def test_a_pasted_error_is_recognised(text: str, expected: ServerError | None) -> None:
    assert explained(text) == expected


@pytest.mark.parametrize("text", [
    "40P01", "ERROR:  deadlock detected", 'syntax error at or near "x"', 'relation "x"',
    'column "id" of relation "x"', 'insert or update on table "orders"',
])  # fmt: skip
def test_another_error_is_not_explained(text: str) -> None:
    with pytest.raises(UsageProblem, match="not an error that remediate knows") as raised:
        explained(text)
    assert "23502" in raised.value.hint


def test_an_explanation_names_the_rules_and_the_next_command() -> None:
    text = explanation(NULL_ID)
    assert text.startswith("23502 null value in a NOT NULL column\nat t.id\n")
    assert "Found by: PK001, PK002" in text
    assert text.splitlines()[-1] == "Next:  remediate plan --table t"
    for kind in ErrorKind:
        assert max(map(len, explanation(ServerError(kind)).splitlines())) <= 80


def test_an_sqlstate_alone_is_all_that_it_may_mean() -> None:
    text = explanation(ServerError(ErrorKind.WRONG_TYPE))
    assert "42804 is also a type change without a way for the values, found by FK003" in text
    assert "42804 is also a foreign key between columns of different types, found" in text
    assert "is also" not in explanation(ServerError(ErrorKind.WRONG_TYPE, column="a"))
    assert "is also" not in explanation(ServerError(ErrorKind.SEQUENCE_ENDED))


DDL = """
CREATE TABLE users (id serial CONSTRAINT people_key PRIMARY KEY, email text UNIQUE);
INSERT INTO users (id, email) SELECT n, 'secret@example.org' || n FROM generate_series(1, 9) n;
CREATE TABLE tiny (id smallserial PRIMARY KEY);
SELECT setval('tiny_id_seq', 32767);
CREATE TABLE late (id integer PRIMARY KEY DEFAULT nextval('late_id_seq'::text));
CREATE TABLE fine (id serial PRIMARY KEY, note text NOT NULL);
CREATE TABLE events (id integer PRIMARY KEY DEFAULT nextval('gone_seq'::text))
    PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (99);
GRANT INSERT ON users TO career_app;
"""
FAILING = [
    ("postgres", "INSERT INTO users (email) VALUES ('other@example.org')"),
    ("postgres", "INSERT INTO users (email) VALUES ('other@example.org') RETURNING id"),
    ("postgres", "INSERT INTO users (id, email) VALUES (77, 'secret@example.org1')"),
    ("postgres", "INSERT INTO tiny DEFAULT VALUES"),
    ("postgres", "INSERT INTO late DEFAULT VALUES"),
    *[("postgres", "INSERT INTO fine (id) VALUES (1)")] * 3,
    ("postgres", "INSERT INTO fine (id, note) VALUES (NULL, 'secret')"),
    ("postgres", "INSERT INTO events_1 (id) VALUES (NULL)"),
    ("career_app", "INSERT INTO users (email) VALUES ('third@example.org')"),
]


def meet(url: sa.URL, statements: Iterable[tuple[str, str]]) -> None:
    """Run statements that fail, each as its role."""
    for role, statement in statements:
        with helpers.connected(url, role) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement.encode())


@pytest.fixture(scope="module")
def met(newest: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, Path]]:
    """A database with defects of several kinds, and the log of statements that met them."""
    incident.create_roles(newest)
    log = tmp_path_factory.mktemp("triage") / "postgresql.log"
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(DDL.encode())
        with helpers.own_log(newest, log):
            meet(url, FAILING)
        yield Config(database_url=url.render_as_string(hide_password=False)), log


def test_what_remediate_may_not_read_is_no_error_of_a_user(newest: Server, tmp_path: Path) -> None:
    incident.create_roles(newest)
    ddl = (
        "CREATE SEQUENCE s; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'));"
        "ALTER TABLE t OWNER TO career_owner; CREATE TABLE own (id integer PRIMARY KEY);"
        "INSERT INTO own VALUES (1); ALTER TABLE own ENABLE ROW LEVEL SECURITY;"
        "GRANT SELECT ON own TO career_owner"
    )
    log, options = tmp_path / "log", triage.TriageOptions((str(tmp_path / "log"),), plan=False)
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        role = url.set(username="career_owner").render_as_string(hide_password=False)
        with helpers.own_log(newest, log):
            inspection.read(Config(database_url=role))
    tally = triage.triage(Config(), options).tally
    assert (tally.groups, tally.others) == ((), 0)
    assert tally.own
    assert "pg_stat_file" not in log.read_text()


def ranked(met: tuple[Config, Path], *more: Path) -> Triage:
    config, log = met
    return triage.triage(config, triage.TriageOptions((str(log), *map(str, more))))


def test_the_findings_that_explain_errors_are_told(met: tuple[Config, Path]) -> None:
    made = ranked(met)
    explained_by = {
        e.group.error.name or str(e.group.error.table): [i.finding.id for i in e.items]
        for e in made.with_finding
    }
    assert explained_by == {
        "people_key": ["SEQ001:public.users.id"],
        "users_id_seq": ["PK005:public.users.id"],
        "tiny_id_seq": ["SEQ002:public.tiny.id"],
        "late_id_seq": ["PK002:public.late.id"],
        "events_1": ["PK002:public.events.id"],  # a partition is spoken for by its root
    }
    assert made.explained[0].group.error.name == "people_key"  # met twice
    assert [bool(e.items) for e in made.explained] == [True] * 5 + [False] * 3
    assert made.without[0].group.count == 3


def test_what_no_finding_explains_gets_a_reason(met: tuple[Config, Path]) -> None:
    reasons = {f"{e.group.error.table}.{e.group.error.column}": e for e in ranked(met).without}
    assert reasons["fine.note"].reason == (
        "the application gave no value for a column that it has to fill itself"
    )
    assert reasons["fine.id"].reason.startswith(
        "default from public.fine_id_seq, owned by it; the INSERT passed"
    )
    assert reasons["users.email"].reason.startswith("the application sent the same value twice")
    assert set(reasons) == {"fine.note", "fine.id", "users.email"}


def test_the_name_of_a_constraint_is_looked_up(met: tuple[Config, Path], tmp_path: Path) -> None:
    """An application's log tells neither table nor statement; the name is no usual one."""
    log = tmp_path / "app.log"
    log.write_text(
        'psycopg.errors.UniqueViolation: duplicate key value violates unique constraint "people_key"\n'
        * 9
    )
    made = triage.triage(met[0], triage.TriageOptions((str(log),)))
    assert [i.finding.id for i in made.with_finding[0].items] == ["SEQ001:public.users.id"]


def test_errors_of_another_database_are_kept_apart(
    met: tuple[Config, Path], tmp_path: Path
) -> None:
    log = tmp_path / "shop.csv"
    log.write_text(CSV)
    made = ranked(met, log)
    assert {g.database for g in made.elsewhere} == {"shop"}
    assert made.explained == ranked(met).explained
    text = rendered.render(made, "text")
    assert "      shop: 14 errors\n" in text
    assert "so not explained" in text


def test_the_order_of_repair_as_text(met: tuple[Config, Path]) -> None:
    text = rendered.render(ranked(met), "text")
    assert (
        "\n  1.  23505  public.users.id   2 times\n      duplicate key value: people_key\n" in text
    )
    assert "      -> SEQ001 sequence-behind: proven, can be repaired\n" in text
    assert "Repair in this order" in text
    assert "No finding explains these" in text
    assert max(map(len, text.splitlines())) <= 80
    for value in ("secret", "other@", "third@"):
        assert value not in text


def test_without_a_database_errors_are_only_counted(met: tuple[Config, Path]) -> None:
    made = triage.triage(met[0], triage.TriageOptions((str(met[1]),), plan=False))
    assert made.plan is None
    assert len(made.explained) == 8
    assert not made.with_finding
    text = rendered.render(made, "text")
    assert "Most often met" in text
    assert "Database" not in text


def test_where_the_database_is_down_the_way_without_it_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(NOT_NULL)
    config = Config(database_url=f"postgresql://x@/nowhere?host={tmp_path}")
    with pytest.raises(RemediateError) as raised:
        triage.triage(config, triage.TriageOptions((str(log),)))
    assert raised.value.hint.endswith("Without the database: remediate triage --no-plan")


def test_the_incident_is_repaired_by_the_command_that_is_named(
    newest: Server, tmp_path: Path
) -> None:
    """From the log to revisions: the table that users hit most goes first, and alone."""
    log = tmp_path / "postgresql.log"
    with incident_project(newest, tmp_path) as project:
        skills = "INSERT INTO user_skills (user_id, skill, level) VALUES (1, 'secret', 4)"
        goals = "INSERT INTO career_goals (user_id) VALUES (1)"
        with helpers.own_log(newest, log):
            meet(project.url, [("career_owner", s) for s in (goals, skills, skills)])
        text = project.run("remediate", "triage", str(log)).stdout
        assert text.index("user_skills.id   2 times") < text.index("career_goals.id   1 time")
        made = project.json("triage", str(log))
        assert made["format"] == "remediate.triage/1"
        assert made["next"] == (
            "remediate generate --first user_skills --first career_goals "
            "--approve PK001:public.user_skills.id --approve PK001:public.career_goals.id "
            '--reviewer "Your Name"'
        )
        assert shlex.split(text[text.index("Next:  ") + 7 :].replace("\\\n", "")) == shlex.split(
            made["next"]
        )
        project.run(*shlex.split(made["next"].replace("Your Name", "Ann")), "--no-rehearse")
        (revision,) = project.generated()
        assert "career_goals" in revision.read_text()
        missing = project.run("remediate", "triage", "missing.log", expected=2)
        assert missing.stderr.startswith("remediate: missing.log cannot be read: No such file")


OF_DEPLOYS = {
    'column "a b" cannot be cast automatically to type uuid': ServerError(
        ErrorKind.NOT_CAST, column="a b"
    ),
    "Spalte »x« kann nicht automatisch in Typ integer umgewandelt werden": ServerError(
        ErrorKind.NOT_CAST, column="x"
    ),
    '"x" 칼럼의 자료형을 bigint 형으로 형변환할 수 없음': ServerError(
        ErrorKind.NOT_CAST, column="x"
    ),
    'foreign key constraint "fk" cannot be implemented': ServerError(
        ErrorKind.NOT_REFERENCEABLE, name="fk"
    ),
    'внешнего ключа? ограничение внешнего ключа "fk" нельзя реализовать': ServerError(
        ErrorKind.NOT_REFERENCEABLE, name="fk"
    ),
}


@pytest.mark.parametrize("message", OF_DEPLOYS)
def test_what_a_deploy_meets_is_told(message: str) -> None:
    expected = OF_DEPLOYS[message]
    assert recognised(message, "42804") == expected
    assert "FK003" in explanation(expected)


def test_the_table_of_a_failed_deploy_is_the_one_that_it_alters() -> None:
    sql = "[SQL: ALTER TABLE IF EXISTS ONLY app.orders ALTER COLUMN user_id TYPE INTEGER]\n"
    message = 'column "user_id" cannot be cast automatically to type integer\n'
    found = errors(f"psycopg.errors.DatatypeMismatch: {message}HINT:  You might need USING.\n{sql}")
    assert found == [ServerError(ErrorKind.NOT_CAST, "app", "orders", "user_id")]
    assert recognised('column "x" cannot be cast automatically to type json', "42804") is None
