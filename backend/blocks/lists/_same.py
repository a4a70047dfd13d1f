"""Which items are the same: equal as JSON, where 1 and 1.0 are one value, and 1 and true are two."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import orjson

from backend.util.errors import BlockError

_MIN_WHOLE, _MAX_WHOLE = -(2**63), 2**64 - 1
_MAYBE_WHOLE = re.compile(rb"\.0(?![0-9])|[0-9]e")


def key_of(value: Any) -> Hashable:
    """The same for equal values, and only for them.

    Texts are their own keys, all else has its JSON in bytes. Both are hashed with a secret, so nobody can
    make items that collide and so take quadratic time; tuples and numbers could be made so.

    Raises:
        BlockError: the value is nested too deep to be compared.
    """
    kind = value.__class__
    if kind is str:
        return str(value)
    if kind is int or (kind is float and value.is_integer() and _MIN_WHOLE <= value <= _MAX_WHOLE):
        return b"%d" % value
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return (
            orjson.dumps(_wholes(value), option=orjson.OPT_SORT_KEYS) if _MAYBE_WHOLE.search(text) else text
        )
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise BlockError(f"An item cannot be compared with others ({error}). Make it flatter.") from error


def _wholes(value: Any) -> Any:
    """A copy in which 1.0 is 1, however deep."""
    kind = value.__class__
    if kind is float:
        return int(value) if value.is_integer() and _MIN_WHOLE <= value <= _MAX_WHOLE else value
    if kind is list:
        return [_wholes(one) for one in value]
    return {key: _wholes(one) for key, one in value.items()} if kind is dict else value


def place_of(value: Any, items: list[Any]) -> int | None:
    """Where the value is in the list first; None: nowhere."""
    key = key_of(value)
    return next((place for place, item in enumerate(items) if key_of(item) == key), None)


def distinct(items: list[Any]) -> list[Any]:
    """Each value once, where it came first."""
    found: dict[Hashable, Any] = {}
    for item in items:
        found.setdefault(key_of(item), item)
    return list(found.values())
