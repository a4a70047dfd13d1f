"""Texts of a known form as dates, by the codes of strptime."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from functools import lru_cache

from backend.blocks.time._strftime import COMPOSED, MAX_FORMAT_CHARS
from backend.util.errors import BlockError

MAX_FORMATS = 20

_CODE = re.compile(r"%-?(.?)", re.DOTALL)
_MORE = {**COMPOSED, "c": "%a %b %d %H:%M:%S %Y", "e": "%d", "h": "%b", "k": "%H", "l": "%I", "P": "%p"}
_KNOWN = frozenset("aAbBdfGHIjmMpSuUVwWyYz%")
_YEARS = frozenset("yYG")


def parse_by_formats(text: str, patterns: list[str]) -> datetime:
    """The date by the first pattern that fits; without an offset where the pattern has none.

    Raises:
        BlockError: none fits, or one of them is no pattern of a date.
    """
    if len(patterns) > MAX_FORMATS:
        raise BlockError(f"There are {len(patterns):,} formats. Use at most {MAX_FORMATS}.")
    reason: ValueError | None = None
    for pattern in patterns:
        try:
            return datetime.strptime(text, _prepared(pattern.strip()))  # noqa: DTZ007  # the caller adds the zone
        except ValueError as error:
            reason = error
    raise BlockError(
        f"text: {text[:60]!r} has none of the forms {', '.join(patterns)[:200]!r}. Correct it, or add its form."
    ) from reason


@lru_cache(maxsize=256)
def _prepared(pattern: str) -> str:
    """The pattern in Python's own codes, each of which it takes once."""
    if len(pattern) > MAX_FORMAT_CHARS:
        raise BlockError(f"A format has {len(pattern):,} characters. Use at most {MAX_FORMAT_CHARS}.")
    plain = _CODE.sub(lambda found: _MORE.get(found[1], f"%{found[1]}"), pattern)
    codes = Counter[str](_CODE.findall(plain))
    unknown = next((code for code in codes if code not in _KNOWN), None)
    if unknown is not None:
        raise BlockError(
            f"The format {pattern[:60]!r} has '%{unknown}', by which no date can be read. "
            "Use codes such as %Y, %m, %d, %H, %M, %S, %z, and %% for a percent sign."
        )
    twice = next((code for code, count in codes.items() if count > 1 and code != "%"), None)
    if twice is not None:
        raise BlockError(f"The format {pattern[:60]!r} has '%{twice}' twice. Name each part once.")
    if not _YEARS & codes.keys():
        raise BlockError(f"The format {pattern[:60]!r} has no year. Add %Y or %y.")
    return plain
