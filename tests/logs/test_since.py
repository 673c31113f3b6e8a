"""Only errors since a moment count, and a cron job hears of them."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from remediate.commands.triage import TriageOptions, read, triage
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.logs import since
from remediate.logs.ranking import Triage
from remediate.logs.times import moment, stamped
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
    ("text", "expected"),
    [
        ("2026-07-01 09:00:00.123 CEST [7]", "2026-07-01 07:00:00Z"),
        ("2026-01-01 09:00:00 PST [7]", "2026-01-01 17:00:00Z"),  # Manila has a PST, too
        ("2026-01-01 09:00:00 America/New_York", "2026-01-01 14:00:00Z"),
        ("2026-07-01 09:00:00 America/New_York", "2026-07-01 13:00:00Z"),
        ("2026-01-01 09:00:00 IST", "2026-01-01 03:30:00Z"),  # as this machine has it
        ("2026-01-01 09:00:00 -03 [7]", "2026-01-01 12:00:00Z"),
        ("2026-01-01T09:00:00.5+0545", "2026-01-01 03:15:00Z"),
        ("2026-01-01 09:00:00 UTC+2", "2026-01-01 07:00:00Z"),
        ("2026/01/01 09:00:00 [error] 7#7", "2026-01-01 09:00:00"),
        ("2026-01-01 09:00:00 ERROR app", "2026-01-01 09:00:00"),
        ("2026-01-01 09:00:00 app/models/x", "2026-01-01 09:00:00"),
        ("ERROR Key (day)=(2020-01-01 00:00:00) exists", ""),
    ],
)
def test_the_zone_of_a_log(text: str, expected: str, zone: Callable[[str], None]) -> None:
    zone("Asia/Kolkata")
    assert moment(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "{:%b} {:%d} 10:00:00 db1 postgres[7]: [5-1] app@shop ERROR:  {}",
        "{:%Y-%m}-{:%d}T10:00:00.123456789Z stdout F ERROR:  {}",
        '{{"log": "ERROR:  {2}", "time": "{0:%Y-%m}-{1:%d}T10:00:00.1Z"}}',
    ],
)
def test_a_time_that_was_put_before_a_line_of_the_server(
    line: str, tmp_path: Path, utc: None
) -> None:
    """By syslog, which tells no year, by Kubernetes and by Docker."""
    day = datetime.now(UTC) - timedelta(days=40)
    error = ERROR.format("t")
    text = line.format(day, day, error.replace('"', '\\"') if line.startswith("{{") else error)
    (tmp_path / "log").write_text(f"{text}\n")
    (group,) = read([str(tmp_path / "log")]).groups
    assert group.last.startswith(f"{day:%Y-%m-%d} 10:00:00")


def test_what_is_written_just_now_is_not_still_to_come(zone: Callable[[str], None]) -> None:
    """Shanghai has a CST as Chicago has, which is fourteen hours behind it."""
    zone("UTC")
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    assert moment(f"{now:%Y-%m-%d %H:%M:%S} CST") == f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def test_a_time_that_comes_twice_counts_as_the_later_one(zone: Callable[[str], None]) -> None:
    zone("Europe/Berlin")
    begin = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 02:30 was at 00:30 and at 01:30 in UTC
    assert since.place("2026-10-25 02:30:00", begin) is since.Place.SINCE
    assert since.start("2026-10-25 02:30", NOW.replace(year=2027)).hour == 0


@pytest.mark.parametrize(
    "document",
    [
        {"time": 1777629600123, "msg": "since 2020-01-01 00:00:00"},
        {"msg": "since 2020-01-01 00:00:00", "ts": 1777629600.123},
        {"created": "1777629600", "record": {"date": "no date"}},
        {"text": "x", "record": {"time": {"repr": "2026-05-01 12:00:00+02:00"}}},
        {"instant": {"epochSecond": 1777629600}, "level": "ERROR"},
        {"@timestamp": "2026-05-01T10:00:00.000Z"},
    ],
)
def test_the_time_of_a_json_log(document: dict[str, object]) -> None:
    assert stamped(document) == "2026-05-01 10:00:00Z"


def test_a_number_that_is_no_time() -> None:
    assert [stamped({"ts": number}) for number in (10**400, float("inf"), -1, True)] == [""] * 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterday", "--since yesterday is neither a time nor a duration"),
        ("5", "--since 5 is neither a time"),
        ("-3h", "--since -3h is neither a time"),
        ("2026-13-01", "--since 2026-13-01 is neither a time"),
        ("2026-05-03", "--since 2026-05-03 is in the future: nothing would be counted"),
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
    line = '2026-05-01 09:00:00 UTC [7] VIRHE:  taulun "t" sarakkeessa "id" on null\n'
    (project.folder / "log").write_text(line)
    unclear = project.run(*words, "2026-05-01T08:00:00Z", expected=1).stdout
    assert unclear.startswith("1 line with an error that remediate could not recognise")
    assert project.run(*words, "2026-05-01T10:00:00Z").stdout == ""
    assert "--since soon is neither" in project.run(*words, "soon", expected=2).stderr
