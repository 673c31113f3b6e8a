"""What is skimmed says the same as what is read line by line."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remediate.commands import triage
from remediate.logs import files, skimming
from remediate.logs.entries import Entry
from remediate.logs.reader import LogReader
from tests.logs.test_triage import LOGS, STAMP, TRACEBACK

SERVER = "2026-11-21 19:00:00.123 UTC [%s] app@shop "
CSV = (
    '2026-11-21 19:00:00.123 UTC,"app","shop",%s,"[local]",6a.1,1,"INSERT",2026-11-21 19:00:00 UTC,3/4,0,%s,%s,'
    '"%s","a ""b""",,,,,"INSERT INTO t VALUES (1)",,,"psql","client backend",,0'
)
NULL = 'null value in column "id" of relation "t" violates not-null constraint'
LINES = [
    *(SERVER % pid + text for pid in (45, 1234, 5) for text in (
        "LOG:  checkpoint starting: time", "LOG:  statement: SELECT 1,", f"ERROR:  {NULL}",
        "DETAIL:  Failing row contains (null).", "STATEMENT:  INSERT INTO app.t VALUES (1)",
        'ERROR:  relation "nope" does not exist at character 15', "HINT:  Look again.",
        "CONTEXT:  SQL statement INSERT INTO u VALUES (1)", "WARNING:  there is no transaction",
    )),
    "2026-11-21 19:00:00 UTC [7] 00000 LOG:  a code",
    f"2026-11-21 19:00:00 UTC [7] 23502 FEHLER:  {NULL}",
    "2026-11-21 19:00:00 UTC [7] 23505 NOPE:  in no language", "CATALOG:  not a label", f"ERROR:  {NULL}",
    "LOG:  no prefix", "\tFROM u", "\t", "", "#011FROM v", "LOGGING:  x", "a:  b", "a:   b",
    CSV % (12, "LOG", "00000", "fine"), CSV % (12, "ERROR", "23502", NULL.replace('"', '""')),
    (CSV % (13, "LOG", "00000", "goes on"))[:-80], 'and ends",,,,,,"psql"',
    (CSV % (14, "ERROR", "23505", "goes on"))[:-80],
    '{"level": "info", "msg": "fine"}', json.dumps({"msg": NULL}), '{"msg": "null value',
    r'{"msg": "FEHLER:  \u0064oppelter Schl\u00fcsselwert verletzt Unique-Constraint \u00bbp\u00ab"}',
    '{"ts": "2026-11-21 19:00:00", "log": "2026-11-21 19:00:00 UTC [1234] app@shop LOG:  x\\n"}',
    '{"log": "2026-11-21 19:00:00 UTC [45] app@shop ERROR:  integer out of range\\n"}',
    '{"timestamp": "2026-11-21 19:00:00", "error_severity": "ERROR", "state_code": "23502", "message": "x"}',
    '{"timestamp": "2026-11-21 19:00:00", "error_severity": "LOG", "message": "fine"}',
    *TRACEBACK.splitlines(), f"{STAMP}(psycopg.errors.NotNullViolation) {NULL}", f"{STAMP}all is well",
    '10.0.0.1 - - "GET /" 200', "INFO fine", f"SQLSTATE[23502]: {NULL}", "asyncpg UniqueViolationError: x",
    "web-1  | LOG:  wrapped", "web-1  | INFO fine", f"web-1  | {SERVER % 45}LOG:  x",
    "2026-11-21T19:00:00.1Z stdout F INFO fine",
    "May  1 10:00:00 host app[12]: INFO fine", f"2026-11-21T19:00:00.1Z stderr F {NULL}",
    f"{SERVER % 45}FEHLER:  doppelter Schlüsselwert verletzt Unique-Constraint »t_pkey«",
    f"{SERVER % 45}СООБЩЕНИЕ:  x", f"{SERVER % 45}ОШИБКА:  нет доступа к последовательности t_id_seq", "Grüße",
    'insert into app.u (a) values (1)', "UPDATE u SET a = 1", "WARN SQL Error: 0, SQLState: 23502",
    "DETAIL: Key (a)=(1) is there", "  detail: 'Key (b)=(1) is there',", "  table: 'v',", "LINE 1: INSERT INTO w (a)",
    f"PG::NotNullViolation: ERROR:  {NULL}", f'error: {NULL} : INSERT INTO "y" ("a") VALUES (1)',
    f"2026-11-21 19:00:00,123 ERROR x.IntegrityError: {NULL} DETAIL:  Failing row contains (null).",
    f"{SERVER % 45}AYRINTI:Key (t)=(1) already exists.",
    "Invalid `prisma.user.create()` invocation:", "Null constraint violation on the fields: (`id`)",
    "[SQL: SELECT a", "FROM r]", '{"err": {"message": "integer out of range", "table": "z"}}',
    "asyncpg: invalid input for query argument $1: 6 (value out of int32 range)",
    f"{SERVER % 45}ERROR:  23502: {NULL}", f"{SERVER % 45}LOCATION:  ExecConstraints, execMain.c:2060",
    f"{SERVER % 45}EMPLACEMENT :  ExecConstraints, execMain.c:2060", f"{SERVER % 45}NOPE:  23505: other words",
    "repeated " + "x" * 500 + f" {SERVER % 45}LOG:  far",
]  # fmt: skip


def one_by_one(text: bytes) -> tuple[list[Entry], int]:
    reader = LogReader()
    parts = text.split(b"\n")
    lines = parts if parts[-1] else parts[:-1]
    found = [entry for line in lines for entry in reader.take(files.text_of(line))]
    return [*found, *reader.rest()], reader.untold


def skimmed(blocks: Iterable[bytes]) -> tuple[list[Entry], int]:
    reader = LogReader()
    found = [entry for block in blocks for entry in skimming.entries(block, reader)]
    return [*found, *reader.rest()], reader.untold


def same(blocks: list[bytes]) -> None:
    assert skimmed(blocks) == one_by_one(b"".join(blocks))


LOG = st.lists(st.sampled_from(LINES), max_size=60)


@settings(deadline=None, max_examples=400)
@given(blocks=st.lists(LOG, min_size=1, max_size=3), encoding=st.sampled_from(["utf-8", "latin-1"]))
def test_any_order_of_lines(blocks: list[list[str]], encoding: str) -> None:
    same([
        "".join(f"{line}\n" for line in block).encode(encoding, "replace") for block in blocks if block
    ])  # fmt: skip


@pytest.mark.parametrize("between", [
    "LOG:  no prefix", "WARN SQL Error: 0, SQLState: 23502", '{"a": ""}', '{"a": "LOG:  x"}', "",
    '{"a": "WARN SQL Error: 0, SQLState: 23502"}', "web-1  | LOG:  x", "INFO fine", '{"a": "fine"}',
])  # fmt: skip
def test_a_statement_before_what_begins_a_record(between: str) -> None:
    for statement in ("LINE 1: INSERT INTO w (a)", '{"sql": "insert into app.u (a) values (1)"}'):
        same([f"{statement}\n{between}\n{between}\nasyncpg UniqueViolationError: x\n".encode()])


@pytest.mark.parametrize("line", LINES)
def test_a_line_far_from_the_others(line: str) -> None:
    """Behind more lines than are looked at one by one."""
    quiet = [f"{SERVER % n}LOG:  quiet\n" for n in range(200)]
    for before in (f"{STAMP}a record\n", "no record\n", f"{SERVER % 45}ERROR:  {NULL}\n"):
        same(["".join([before, *quiet, f"{line}\n", f"{NULL}\n"]).encode()])


def test_examples_in_any_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a file are of whole lines, wherever they end."""
    texts = [path.read_text() for path in sorted(LOGS.iterdir())]
    (tmp_path / "log").write_text("".join(f"{text}{TRACEBACK}{STAMP}fine\n" * 3 for text in texts))
    expected = one_by_one((tmp_path / "log").read_bytes())
    for size in (1, 1_000, 30_000):
        monkeypatch.setattr(files, "_BLOCK", size)
        assert skimmed(files.blocks(str(tmp_path / "log"))) == expected


def test_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage, "_LINES", 10)
    monkeypatch.setattr(files, "_BLOCK", 1)
    (tmp_path / "log").write_text("x\n" * 25 + "y")
    told: list[str] = []
    assert triage.read([str(tmp_path / "log")], told.append).lines == 26
    assert told == ["remediate: 10 lines read", "remediate: 20 lines read"]
