"""How many values a JSON text holds, counted before it is parsed: what is short as text can be large in memory."""

from __future__ import annotations

import re

MAX_VALUES = 600_000
"""Lists, objects and what is in them, each of which takes about a hundred bytes."""
MAX_CONTAINERS = 200_000
"""Lists and objects: Python looks through all of them again and again as they are made."""
_PIECE = 65_536
_OTHERS = bytes(set(range(256)).difference(b',[{"'))
_TEXT = re.compile(rb'"[^"]*"')


def marks_in(raw: bytes) -> int:
    """Commas and opening brackets of a JSON text: it never holds more values than that and one."""
    return raw.count(b",") + containers_in(raw)


def containers_in(raw: bytes) -> int:
    """Opening brackets, those within texts too."""
    return raw.count(b"[") + raw.count(b"{")


def is_crowded(raw: bytes, *, values: int = MAX_VALUES, containers: int | None = None) -> bool:
    """Whether there are more values, or lists and objects, than that; what stands in texts does not count."""
    most = values if containers is None else containers
    if marks_in(raw) <= values and containers_in(raw) <= most:
        return False
    all_marks, opening = _outside_of_texts(raw)
    return all_marks > values or opening > most


def _outside_of_texts(raw: bytes) -> tuple[int, int]:
    """(commas and brackets, brackets); in pieces, because one long search would hold up every other thread.

    What follows a quotation mark that nothing closes is not in a text.
    """
    plain = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = plain.translate(None, _OTHERS)
    total = opening = begun = begun_opening = 0
    is_inside = False
    for start in range(0, len(marks), _PIECE):
        piece = marks[start : start + _PIECE]
        if not is_inside or b'"' in piece:
            begun = begun_opening = 0
        outside, quote, text = _TEXT.sub(b"", b'"' + piece if is_inside else piece).partition(b'"')
        is_inside = bool(quote)
        total += marks_in(outside)
        opening += containers_in(outside)
        begun += marks_in(text)
        begun_opening += containers_in(text)
    return total + begun, opening + begun_opening
