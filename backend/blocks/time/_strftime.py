"""Dates as texts, by the codes of strftime: the same on every system, and bounded whatever the format says.

The C library's own would follow the server's language, pad `%999999999d` to its width and leave a year
before 1000 without its zeros.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from backend.util.errors import BlockError

MAX_FORMAT_CHARS = 512

_CODE = re.compile(r"%([-_0^#]?)(\d*)[EO]?(.?)", re.DOTALL | re.ASCII)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

COMPOSED = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "r": "%I:%M:%S %p",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
}
_NUMBERS: dict[str, tuple[Callable[[datetime], int], int, str]] = {
    "C": (lambda at: at.year // 100, 2, "0"),
    "d": (lambda at: at.day, 2, "0"),
    "e": (lambda at: at.day, 2, " "),
    "f": (lambda at: at.microsecond, 6, "0"),
    "g": (lambda at: at.isocalendar().year % 100, 2, "0"),
    "G": (lambda at: at.isocalendar().year, 4, "0"),
    "H": (lambda at: at.hour, 2, "0"),
    "I": (lambda at: at.hour % 12 or 12, 2, "0"),
    "j": (lambda at: at.timetuple().tm_yday, 3, "0"),
    "k": (lambda at: at.hour, 2, " "),
    "l": (lambda at: at.hour % 12 or 12, 2, " "),
    "m": (lambda at: at.month, 2, "0"),
    "M": (lambda at: at.minute, 2, "0"),
    "s": (lambda at: int(at.timestamp() // 1), 1, "0"),
    "S": (lambda at: at.second, 2, "0"),
    "u": (lambda at: at.isoweekday(), 1, "0"),
    "U": (lambda at: (at.timetuple().tm_yday + 6 - at.isoweekday() % 7) // 7, 2, "0"),
    "V": (lambda at: at.isocalendar().week, 2, "0"),
    "w": (lambda at: at.isoweekday() % 7, 1, "0"),
    "W": (lambda at: (at.timetuple().tm_yday + 6 - at.weekday()) // 7, 2, "0"),
    "y": (lambda at: at.year % 100, 2, "0"),
    "Y": (lambda at: at.year, 4, "0"),
}
_TEXTS: dict[str, Callable[[datetime], str]] = {
    "a": lambda at: _DAYS[at.weekday()][:3],
    "A": lambda at: _DAYS[at.weekday()],
    "b": lambda at: _MONTHS[at.month - 1][:3],
    "B": lambda at: _MONTHS[at.month - 1],
    "h": lambda at: _MONTHS[at.month - 1][:3],
    "n": lambda at: "\n",
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "P": lambda at: "am" if at.hour < 12 else "pm",
    "t": lambda at: "\t",
    "z": lambda at: at.strftime("%z"),
    "Z": lambda at: at.tzname() or "",
    "%": lambda at: "%",
}


def format_moment(moment: datetime, pattern: str) -> str:
    """The moment as the pattern says: `%d/%m/%Y`; `-` as in `%-d` leaves leading zeros out.

    Raises:
        BlockError: the pattern is too long, has an unknown code or a width.
    """
    if len(pattern) > MAX_FORMAT_CHARS:
        raise BlockError(f"The format has {len(pattern):,} characters. Use at most {MAX_FORMAT_CHARS}.")
    return _filled(moment, pattern)


def day_name(moment: datetime) -> str:
    return _DAYS[moment.weekday()]


def _filled(moment: datetime, pattern: str) -> str:
    return _CODE.sub(lambda code: _part(moment, code), pattern)


def _part(moment: datetime, found: re.Match[str]) -> str:
    flag, width, code = found.groups()
    if width:
        raise BlockError(f"The format has the width {width[:10]} in {found[0][:20]!r}. Leave it out.")
    if code in _NUMBERS:
        value, digits, padding = _NUMBERS[code]
        return _padded(str(value(moment)), digits, {"-": "", "_": " ", "0": "0"}.get(flag, padding))
    if code in _TEXTS or code in COMPOSED:
        text = _TEXTS[code](moment) if code in _TEXTS else _filled(moment, COMPOSED[code])
        return _in_case(text, flag)
    raise BlockError(
        f"The format has {found[0]!r}, which is no code for dates. Use codes such as %Y, %m, %d, %H, %M, %S, "
        "and %% for a percent sign."
    )


def _padded(digits: str, width: int, padding: str) -> str:
    return digits.rjust(width, padding) if padding else digits


def _in_case(text: str, flag: str) -> str:
    if flag == "#":
        return text.lower() if text.isupper() else text.upper()
    return text.upper() if flag == "^" else text
