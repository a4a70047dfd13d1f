"""The best guess at what date a text means, without looking at today's."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

from dateutil.parser import ParserError, parser, parserinfo

from backend.blocks.time._common_forms import read_common_form
from backend.util.errors import BlockError

_NO_YEAR = 4
"""Stands where a text has no year; a leap year, so that February 29 is a day of it."""
_EMPTY = datetime(_NO_YEAR, 1, 1)  # noqa: DTZ001  # the text says the zone, or nothing does
_PIVOT = 69
_HOURS = {
    "UTC": 0, "UT": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
"""Of RFC 2822, and the ones of Europe that mean one zone only."""


class _Info(parserinfo):
    def convertyear(self, year: int, century_specified: bool = False) -> int:
        """Two digits as POSIX has them, not by the present year: 69 is 1969, 68 is 2068."""
        if year >= 100 or century_specified:
            return year
        return year + (1900 if year >= _PIVOT else 2000)


_PARSER = parser(_Info())


def guess_moment(text: str, *, day_first: bool) -> datetime:
    """The date; without an offset where the text names none. A missing day or month is the first, a time 0:00.

    Raises:
        BlockError: the text is no date, or has no year or a time zone of unknown meaning.
    """
    common = read_common_form(text, day_first=day_first)
    if common is not None:
        return common
    try:
        moment = _PARSER.parse(text, default=_EMPTY, dayfirst=day_first, tzinfos=_zone)
    except (ParserError, ArithmeticError):
        raise BlockError(
            f"text: {text[:60]!r} is no date that can be read. Correct it, or give its form in `formats`."
        ) from None
    if moment.year == _NO_YEAR:
        raise BlockError(f"text: {text[:60]!r} has no year. Add it.")
    return moment


def _zone(name: str | None, offset_s: int | None) -> tzinfo | None:
    hours = _HOURS.get(name or "")
    if offset_s is not None and abs(offset_s) < 24 * 3600:
        return timezone(timedelta(seconds=offset_s))
    if hours is not None:
        return timezone(timedelta(hours=hours))
    if name or offset_s is not None:
        shown = name[:20] if name else f"of {offset_s} seconds"
        raise BlockError(
            f"text has the time zone {shown!r}, which is not known. Write an offset like +02:00."
        )
    return None
