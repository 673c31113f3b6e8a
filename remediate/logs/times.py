"""Times as logs write them, in UTC where their zone is told: as a number, as CET, as Europe/Berlin.

PostgreSQL writes the abbreviation of log_timezone, which several zones of the world may share: that
of this machine is meant first, else the westernmost in which the time is not still to come. Its
times come last, so that no error seems to be older than it is.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

_TIME = re.compile(
    r"(?<!')(?<!=\()(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?"
    r" ?(Z\b|(?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?\b|[A-Z]{3,5}\b(?![:/])|[A-Z][A-Za-z_]+/[\w/+-]+)?"
)
_NUMBER = re.compile(r"(?:UTC|GMT)?([+-])(\d\d?):?(\d\d)?")
_OF_SYSLOG = re.compile(r"([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) ")  # RFC 3164: no year
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Of one line as a JSON object, in lower case.
_KEYS = {
    "time", "timestamp", "@timestamp", "ts", "t", "datetime", "date", "asctime", "created",
    "eventtime", "event_time", "timemillis", "epochsecond", "instant", "logged_at", "repr",
}  # fmt: skip
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 1000), (10**8, 1))  # nanoseconds to seconds
_NO_ZONE = {"DEBUG", "ERROR", "FATAL", "HINT", "INFO", "LOG", "PANIC", "TRACE", "WARN"}


def moment(text: str) -> str:
    """The first date and time of a line, in UTC with a Z where its zone is told, or "".

    A value in the line (`Key (day)=(2020-01-01 00:00:00)`) is none.
    """
    match = _TIME.search(text)
    if match is None:
        return ""
    *day, clock, zone = match.groups()
    written = f"{'-'.join(day)} {clock}"
    try:
        told = datetime.fromisoformat(written)
        known = _zone(zone or "", told)
        return utc(told.replace(tzinfo=known)) if known else written
    except (ValueError, OverflowError):
        return written
    except LookupError:  # a name, and no database of zones: whose time it is, nobody can tell
        return ""


def of_syslog(text: str) -> str:
    """The time with which a line of syslog begins, in the last year in which it came, or ""."""
    match = _OF_SYSLOG.match(text)
    if match is None or match[1] not in _MONTHS:
        return ""
    now = datetime.now().astimezone() + timedelta(days=1)
    written = f"{_MONTHS.index(match[1]) + 1:02}-{int(match[2]):02} {match[3]}"
    return next(t for year in (now.year, now.year - 1) if (t := f"{year}-{written}") <= f"{now}")


def utc(told: datetime) -> str:
    return f"{told.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def _zone(name: str, told: datetime) -> tzinfo | None:
    """None: it is no name of a zone, or there is none."""
    if number := _NUMBER.fullmatch(name):
        sign, hours, minutes = number.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if sign == "-" else offset)
    if name in ("Z", "UTC", "GMT"):
        return UTC
    if "/" in name:
        return ZoneInfo(name) if name in _names() else None
    if name in time.tzname:
        return timezone(timedelta(seconds=-(time.timezone, time.altzone)[time.tzname.index(name)]))
    if not name or name in _NO_ZONE:
        return None
    zones = [timezone(offset) for offset in sorted(_abbreviated(told.year).get(name, ()))]
    soon = datetime.now(UTC) + timedelta(minutes=5)
    past = (zone for zone in zones if told.replace(tzinfo=zone) <= soon)
    return next(past, zones[0] if zones else None)


@cache
def _names() -> frozenset[str]:
    names = frozenset(available_timezones())
    if not names:
        raise LookupError
    return names


@cache
def _abbreviated(year: int) -> dict[str, set[timedelta]]:
    """What abbreviations stand for in a year, in winter and in summer."""
    found: dict[str, set[timedelta]] = {}
    for zone in map(ZoneInfo, _names()):
        for month in (1, 7):
            day = datetime(year, month, 1, tzinfo=zone)
            found.setdefault(day.tzname() or "", set()).add(day.utcoffset() or timedelta())
    return found


def stamped(document: dict[str, Any], depth: int = 3) -> str:
    """The time that a JSON object gives itself, also as a number since 1970, or ""."""
    return next(filter(None, _stamps(document, depth)), "")


def _stamps(document: dict[str, Any], depth: int) -> Iterator[str]:
    keyed = [value for key, value in document.items() if key.lower() in _KEYS]
    yield from (_stamp(value) for value in keyed)
    inner = (*keyed, *document.values()) if depth else ()
    yield from (stamped(value, depth - 1) for value in inner if isinstance(value, dict))


def _stamp(value: Any) -> str:
    if isinstance(value, str) and not re.fullmatch(r"\d{9,19}(?:\.\d+)?", value):
        return moment(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return epoch(float(value) if isinstance(value, str) else value)
    return ""


def epoch(number: float) -> str:
    """Seconds, or thousandths, millionths and billionths of them, since 1970; "" for less."""
    unit = next((parts for least, parts in _UNITS if number >= least), None)
    try:
        return utc(datetime.fromtimestamp(number / unit, UTC)) if unit else ""
    except (ValueError, OverflowError, OSError):
        return ""
