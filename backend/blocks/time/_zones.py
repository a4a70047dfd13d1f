"""Time zones by name or by offset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from backend.util.errors import BlockError

_LONGEST_NAME = 60
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=1024)
def find_zone(name: str) -> tzinfo:
    """The zone of an IANA name, whatever its case, or of an offset like `+02:00` or `UTC+2`; empty is UTC.

    Raises:
        BlockError: there is no such zone; the message has the nearest names.
    """
    wanted = name.strip().lower()
    if wanted in ("", "utc", "z"):
        return UTC
    known = _names().get(wanted)
    return ZoneInfo(known) if known else _fixed_zone(wanted) or _refuse(name)


def _fixed_zone(text: str) -> tzinfo | None:
    found = _OFFSET.fullmatch(text) if len(text) <= _LONGEST_NAME else None
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(days=1) else None


def _refuse(name: str) -> tzinfo:
    near = list(_nearest(name.strip().lower().replace(" ", "_"))) if len(name) <= _LONGEST_NAME else []
    cure = (
        f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else "Use a name like 'Europe/Berlin' or an offset like '+02:00'."
    )
    raise BlockError(f"There is no time zone {name[:_LONGEST_NAME]!r}. {cure}")


def _nearest(wanted: str) -> Iterator[str]:
    """Zones of a city of this name, else those that are spelled alike."""
    names = _names()
    of_city = [names[key] for key in names if key.rpartition("/")[2] == wanted]
    yield from sorted(of_city)[:3] or (names[key] for key in get_close_matches(wanted, names, 3))


@cache
def _names() -> dict[str, str]:
    """The names as they are written, by the same in small letters."""
    return {name.lower(): name for name in available_timezones()}
