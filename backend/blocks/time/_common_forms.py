"""The forms that most dates have, read without the long way of guessing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MONTHS = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?",
    "july?", "aug(?:ust)?", "sep(?:t(?:ember)?)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_NUMBERS = {name[:3]: number for number, name in enumerate(_MONTHS, start=1)}
_MONTH = rf"({'|'.join(_MONTHS)})\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = (
    r"(?:(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?),? )?"
)
_CLOCK = r"(?:,? (?:at )?(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap]m))?(?: ?(z|utc|gmt|[+-]\d{2}:?[0-5]\d))?)?"
_FORMS = {
    "numbers": re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}){_CLOCK}", re.ASCII),
    "day": re.compile(rf"{_WEEKDAY}{_DAY} (?:of )?{_MONTH},? (\d{{4}}){_CLOCK}", re.ASCII),
    "month": re.compile(rf"{_WEEKDAY}{_MONTH} {_DAY},? (\d{{4}}){_CLOCK}", re.ASCII),
}


def read_common_form(text: str, *, day_first: bool) -> datetime | None:
    """The date of a text like `03/04/2026 10:30`, `Wed, 4 March 2026` or `March 4th 2026 6:30 pm`; else None."""
    lowered = text.lower()
    for name, form in _FORMS.items():
        found = form.fullmatch(lowered)
        if found is not None:
            return _read(name, found.groups(), day_first)
    return None


def _read(form: str, groups: tuple[str | None, ...], day_first: bool) -> datetime | None:
    *shown, hour, minute, second, half, zone = (group or "" for group in groups)
    if form == "numbers":
        one, _, other, year = shown
        month, day = _month_and_day(int(one), int(other), day_first)
    else:
        month_name, day_text = shown[:2] if form == "month" else reversed(shown[:2])
        month, day, year = _NUMBERS[month_name[:3]], int(day_text), shown[2]
    try:
        return datetime(
            int(year), month, day, _hour(hour, half), int(minute or 0), int(second or 0), tzinfo=_zone(zone)
        )
    except ValueError:
        return None


def _month_and_day(one: int, other: int, day_first: bool) -> tuple[int, int]:
    """A month is at most 12: what cannot be one is the day, whatever was said."""
    is_swapped = one > 12 if not day_first else other <= 12
    return (other, one) if is_swapped else (one, other)


def _hour(text: str, half: str) -> int:
    hour = int(text or 0)
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half == "pm" else 0)


def _zone(text: str) -> tzinfo | None:
    if not text:
        return None
    if not text.startswith(("+", "-")):
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text.startswith("-") else offset)
