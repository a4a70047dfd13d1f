"""JSON in a text that reached a pin which takes lists and objects."""

from __future__ import annotations

from typing import Any

from backend.util.errors import BadInput, BlockError
from backend.util.json_text import parse_json

MAX_TEXT_BYTES = 1_048_576
MAX_VALUES = 50_000
"""Parsing as many takes tens of milliseconds, however few bytes each has, and the whole server waits meanwhile."""


def json_in(text: str, pin: str) -> Any:
    """The value of a JSON text.

    Raises:
        BlockError: it is too much, or no JSON; the message names the pin.
    """
    if is_too_much(text):
        raise BlockError(
            f"{pin}: the JSON text is longer than 1 MiB, or holds more than {MAX_VALUES:,} values. "
            "Give the list or the object itself."
        )
    try:
        return parse_json(text.encode(errors="replace"))
    except BadInput as error:
        raise BlockError(f"{pin}: the text {text[:60]!r} is read as JSON. {error}") from error


def is_too_much(text: str) -> bool:
    """Whether the text is more than may be parsed while others wait; counts commas within texts as well."""
    if len(text) > MAX_TEXT_BYTES:
        return True
    if len(text) > MAX_TEXT_BYTES // 4 and len(text.encode(errors="replace")) > MAX_TEXT_BYTES:
        return True
    return len(text) > MAX_VALUES and sum(map(text.count, ",[{")) > MAX_VALUES
