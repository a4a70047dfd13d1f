"""How much a file may hold before it is parsed: what is small as text can be large in memory."""

from __future__ import annotations

import re

from backend.util.errors import TooLarge

MAX_VALUES = 600_000
"""Lists, objects and what is in them, each of which takes about a hundred bytes."""
_MARKS = b',[{"'
_OTHERS = bytes(set(range(256)).difference(_MARKS))
_TEXT = re.compile(rb'"[^"]*"')


def refuse_crowded(raw: bytes) -> None:
    """Let only a document pass whose values fit into memory, whether it is JSON or not.

    Raises:
        TooLarge: it holds more values than `MAX_VALUES`.
    """
    if _count(raw) <= MAX_VALUES:
        return
    if _count(_without_texts(raw)) > MAX_VALUES:
        raise TooLarge(f"The file holds more than {MAX_VALUES:,} values, and was not read. Split it.")


def _count(raw: bytes) -> int:
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def _without_texts(raw: bytes) -> bytes:
    """The commas and brackets that stand outside of texts."""
    plain = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = plain.translate(None, _OTHERS).replace(b'""', b"")
    return _TEXT.sub(b"", marks)
