"""From which moment on the errors of logs count.

Where neither the option nor a line of a log tells a time zone, that of this machine is meant.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from remediate.errors import UsageProblem

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Place(StrEnum):
    """Where a time lies, seen from that moment."""

    EARLIER = "earlier"
    SINCE = "since"
    UNTOLD = "untold"  # no time that can be read


def start(text: str, now: datetime) -> datetime:
    """The moment that 24h, 7d or a time of ISO 8601 names; in UTC.

    Raises UsageProblem for what names none, and for one that is still to come.
    """
    made = _ago(text.strip(), now) or _read(text.strip())
    if made is None:
        raise UsageProblem(
            f"--since {text} is neither a time nor a duration",
            "For example: --since 24h, --since 7d, --since 2026-05-01T09:30:00Z",
        )
    if made > now:
        raise UsageProblem(
            f"--since {text} is in the future: nothing would be counted",
            f"It is {now:%Y-%m-%d %H:%M:%S}Z now; a time without a zone is one of this machine.",
        )
    return made


def _ago(text: str, now: datetime) -> datetime | None:
    match = _AGO.fullmatch(text)
    if match is None:
        return None
    try:
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _read(text: str, fold: int = 0) -> datetime | None:
    """In UTC; of a time that comes twice, when clocks are put back, the first or the second."""
    try:
        return datetime.fromisoformat(text).replace(fold=fold).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def place(time: str, begin: datetime) -> Place:
    """Where the time of an entry lies; of two times that it may mean the later one counts."""
    made = _read(time, fold=1) if time else None
    if made is None:
        return Place.UNTOLD
    return Place.SINCE if made >= begin else Place.EARLIER
