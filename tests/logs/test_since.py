"""Only errors since a moment count, and a cron job hears of them."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remediate.commands.triage import TriageOptions, read, triage
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.logs import since
from remediate.logs.ranking import Triage
from remediate.render import triage as rendered
from tests.support.project import Project

NOW = datetime(2026, 5, 2, 12, 0, tzinfo=UTC)
ERROR = 'null value in column "id" of relation "{}" violates not-null constraint'
LOG = "".join(
    f"{head}ERROR:  {ERROR.format(table)}\n"
    for head, table in [
        ("2026-05-01 09:00:00.1 UTC [7] ", "early"),
        ("2026-05-02 13:30:00 +02 [8] ", "early"),  # 11:30 in UTC
        ("2026-05-02 11:31:00 UTC [9] ", "late"),
        ("2026-99-99 11:31:00 UTC [9] ", "odd"),
        ("", "bare"),
    ]
)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the time zone of this machine."""

    def set_(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def utc(zone: Callable[[str], None]) -> None:
    zone("UTC")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", "2026-05-01 12:00:00"),
        ("7d", "2026-04-25 12:00:00"),
        ("90m", "2026-05-02 10:30:00"),
        (" 2 w ", "2026-04-18 12:00:00"),
        ("2026-05-01", "2026-05-01 00:00:00"),
        ("2026-05-01T09:30:00Z", "2026-05-01 09:30:00"),
        ("2026-05-01T09:30+02:00", "2026-05-01 07:30:00"),
        ("2026-05-01 09:30:00Z", "2026-05-01 09:30:00"),
        ("999999w", "0001-01-01 00:00:00"),
    ],
)
def test_how_a_moment_is_named(text: str, expected: str, utc: None) -> None:
    assert f"{since.start(text, NOW):%Y-%m-%d %H:%M:%S}".rjust(19, "0") == expected


def test_a_time_without_a_zone_is_one_of_this_machine(zone: Callable[[str], None]) -> None:
    zone("Etc/GMT-3")  # three hours ahead of UTC
    assert since.start("2026-05-02T09:30", NOW) == datetime(2026, 5, 2, 6, 30, tzinfo=UTC)
    begin = datetime(2026, 5, 2, 9, 0, tzinfo=UTC)
    assert since.place("2026-05-02 11:59:59", begin) is since.Place.EARLIER
    assert since.place("2026-05-02 12:00:00", begin) is since.Place.SINCE
    assert since.place("2026-05-02 09:00:00Z", begin) is since.Place.SINCE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterday", "--since yesterday: it takes a time or how long ago that was"),
        ("5", "--since 5: it takes a time"),
        ("-3h", "--since -3h: it takes a time"),
        ("2026-13-01", "--since 2026-13-01: it takes a time"),
        ("2026-05-03", "--since 2026-05-03 is still to come: nothing would be counted"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, message: str, utc: None) -> None:
    with pytest.raises(UsageProblem) as refused:
        since.start(text, NOW)
    assert refused.value.message.startswith(message)


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "postgresql.log").write_text(LOG)
    return str(tmp_path / "postgresql.log")


def test_earlier_errors_are_left_out_and_those_without_a_time_count(log: str, utc: None) -> None:
    tally = read([log], begin=datetime(2026, 5, 2, 11, 30, tzinfo=UTC))
    found = {group.error.table: group.count for group in tally.groups}
    assert found == {"early": 1, "late": 1, "odd": 1, "bare": 1}
    assert (tally.since, tally.earlier, tally.timeless) == ("2026-05-02 11:30:00Z", 1, 2)
    whole = read([log])
    assert (whole.since, whole.earlier, whole.timeless) == ("", 0, 0)
    assert sum(group.count for group in whole.groups) == 5


def made(log: str, begin: str) -> Triage:
    return triage(Config(), TriageOptions((log,), plan=False, since=begin))


def test_what_is_left_out_is_said(log: str, utc: None) -> None:
    found = made(log, "2026-05-02T11:30:00Z")
    text = " ".join(rendered.render(found, "text").split())
    assert (
        "Errors 4 of keys and references since 2026-05-02 11:30:00Z; 2 of them without a time; "
        "1 earlier ones left out" in text
    )
    assert rendered.render(found, "text", quiet=True).splitlines()[2:] == [
        "23502  early.id  1 time, last 2026-05-02 11:30:00Z",
        "23502  bare.id  1 time",
    ]
    none = made(log, "2026-05-02T11:32:00Z")
    assert (found.hits, none.hits, none.tally.earlier) == (4, 2, 3)


@pytest.mark.project
def test_a_cron_job_is_told_by_the_exit_code(project: Project) -> None:
    (project.folder / "log").write_text(
        f"2026-05-01 09:00:00 UTC [7] ERROR:  {ERROR.format('t')}\n"
    )
    words = ("remediate", "triage", "log", "-q", "--exit-code", "--since")
    found = project.run(*words, "2026-05-01T08:00:00Z", expected=1)
    assert found.stdout == "23502  t.id  1 time, last 2026-05-01 09:00:00Z (PK001)\n"
    silent = project.run(*words, "2026-05-01T10:00:00Z")
    assert (silent.stdout, silent.stderr) == ("", "")
    assert "--since soon: it takes" in project.run(*words, "soon", expected=2).stderr
