"""Paths into values, as people write them: `orders[0].items[-1].name`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from backend.data.json_types import is_list, is_object
from backend.data.pins import MISSING, Path

MAX_PATH_CHARS = 1_000
MAX_PATH_STEPS = 100
"""As deep as values may be (json_text.MAX_DEPTH)."""

_STEP = re.compile(
    r"""(?P<dot>\.?)(?P<name>[^.\[\]]+)|\[\s*(?:(?P<place>[+-]?\d{1,9})|"(?P<double>[^"]*)"|'(?P<single>[^']*)')\s*\]""",
    re.ASCII,
)
_PLACE = re.compile(r"\d{1,9}", re.ASCII)


@lru_cache(maxsize=4_096)
def parse_path(text: str) -> Path:
    """The steps of a path: a text is a key, a number a place in a list; an empty text has none.

    `[-1]` counts from the end; keys with dots or brackets stand in quotes: `prices["a.b"]`.

    Raises:
        ValueError: it cannot be read; the message says where and how to write it.
    """
    if len(text) > MAX_PATH_CHARS:
        raise ValueError(f"The path is longer than {MAX_PATH_CHARS:,} characters. Take several steps.")
    steps: list[int | str] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None or (match["name"] is not None and bool(match["dot"]) is not bool(steps)):
            raise ValueError(
                f"The path {text[:60]!r} cannot be read from character {position + 1} on. "
                "Write it like orders[0].name, and keys with dots or brackets like ['a.b']."
            )
        steps.append(_step(match))
        position = match.end()
    if len(steps) > MAX_PATH_STEPS:
        raise ValueError(f"The path has more than {MAX_PATH_STEPS} steps, and no value is that deep.")
    return tuple(steps)


def find_at(value: Any, path: Path) -> Any:
    """What is at the path; MISSING when nothing is. Keys and places only, never attributes.

    A key of digits is a place where it meets a list: `orders.0.name`.
    """
    for step in path:
        if is_object(value):
            value = value.get(step, MISSING) if isinstance(step, str) else MISSING
        elif is_list(value):
            place = _place(step)
            value = value[place] if place is not None and -len(value) <= place < len(value) else MISSING
        else:
            return MISSING
    return value


def _step(match: re.Match[str]) -> int | str:
    if match["place"] is not None:
        return int(match["place"])
    return next(key for key in (match["name"], match["double"], match["single"]) if key is not None)


def _place(step: int | str) -> int | None:
    if isinstance(step, int):
        return step
    return int(step) if _PLACE.fullmatch(step) else None
