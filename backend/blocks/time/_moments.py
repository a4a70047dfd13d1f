"""Moments as the blocks for dates take and give them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from pydantic import StrictFloat, StrictInt

from backend.util.errors import BlockError

Moment = str | StrictInt | StrictFloat
"""An ISO 8601 text or a Unix time; `read_moment` reads it."""

ISO_OR_UNIX = (
    "A date and time: ISO 8601, or a Unix time in seconds (or milliseconds, from 100,000,000,000 on)"
)
NAIVE_ZONE = "The zone of a time without an offset, such as Europe/Berlin"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000
_ISO_DATE_DIGITS = 8
_LONGEST_TEXT = 64
_UNIX_TEXT = re.compile(r"-?(\d{9,10}|\d{13})(\.\d{1,9})?", re.ASCII)
"""Of other lengths they may be meant as dates: 2026, 202603011030."""
_FIVE, _SEVEN = 5, 7


def read_moment(given: Moment, zone: tzinfo, pin: str = "date_time") -> datetime:
    """The moment, aware; in `zone` where it names no offset itself.

    Raises:
        BlockError: it is neither ISO 8601 nor a Unix time; the message names the pin.
    """
    moment = iso_or_unix(given)
    if moment is None:
        raise BlockError(
            f"{pin}: {given!r:.60} is no date that can be read. Use a form like '2026-03-01T10:00:00+02:00' "
            "or a Unix time, or put the block Parse Date before it."
        )
    return settled(moment, zone)


def iso_or_unix(given: Moment) -> datetime | None:
    """The moment as it is said, perhaps without an offset; None when it is neither of the two."""
    try:
        return _from_text(given.strip()) if isinstance(given, str) else _from_number(given)
    except (ValueError, OverflowError):
        return None


def settled(moment: datetime, zone: tzinfo) -> datetime:
    """The same as clocks show it, in `zone` unless it has an offset: a time that a change of the clocks
    leaves out moves behind the gap.

    Raises:
        BlockError: it is not within the years 1 to 9999.
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return in_zone(in_zone(aware, UTC), aware.tzinfo or zone)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment on the clocks of another zone.

    Raises:
        BlockError: it is not within the years 1 to 9999 there.
    """
    try:
        return moment.astimezone(zone)
    except OverflowError:
        raise BlockError(f"{moment.isoformat()} is beyond the years 1 to 9999 in {zone}.") from None


def unix_time(moment: datetime) -> int | float:
    """Seconds since 1970, whole where they are."""
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def offset_text(moment: datetime) -> str:
    """The offset from UTC as `+02:00`."""
    digits = moment.strftime("%z")
    return f"{digits[:3]}:{digits[3:5]}"


def add_working_days(day: datetime, count: int) -> datetime:
    """So many days from Monday to Friday later, or earlier; from a weekend counting begins at its edge."""
    if not count:
        return day
    step = 1 if count > 0 else -1
    while day.weekday() >= _FIVE:
        day -= timedelta(days=step)
    weeks, rest = divmod(abs(count), _FIVE)
    day += timedelta(weeks=weeks * step)
    for _ in range(rest):
        day += timedelta(days=step)
        while day.weekday() >= _FIVE:
            day += timedelta(days=step)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many days from Monday to Friday there are from `start` up to, not with, `end`; negative backwards."""
    if end < start:
        return -working_days_between(end, start)
    weeks, rest = divmod((end - start).days, _SEVEN)
    return weeks * _FIVE + sum((start.weekday() + day) % _SEVEN < _FIVE for day in range(rest))


def _from_text(text: str) -> datetime:
    if _UNIX_TEXT.fullmatch(text):
        return _from_number(float(text))
    if len(text) > _LONGEST_TEXT or (text.isdigit() and len(text) != _ISO_DATE_DIGITS):
        raise ValueError
    return datetime.fromisoformat(text)


def _from_number(number: Any) -> datetime:
    if isinstance(number, bool):
        raise ValueError
    return _EPOCH + timedelta(seconds=number / 1000 if abs(number) >= _MILLISECONDS_FROM else number)
