"""Parts of JSON that somebody else wrote: what is not there, or is of another kind, is empty."""

from __future__ import annotations

from typing import Any

from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject


def value_at(value: Any, *keys: str) -> Any:
    """What is found by going through objects; None where nothing is."""
    for key in keys:
        inner = as_object(value)
        if inner is None:
            return None
        value = inner.get(key)
    return value


def object_at(value: Any, *keys: str) -> JsonObject:
    """The object there, or an empty one."""
    return as_object(value_at(value, *keys)) or {}


def objects_at(value: Any, *keys: str) -> list[JsonObject]:
    """The objects in the list there."""
    found = [as_object(one) for one in as_list(value_at(value, *keys)) or []]
    return [one for one in found if one is not None]


def text_at(value: Any, *keys: str) -> str:
    """The text there; a whole number as text, since providers write ids as either."""
    found = value_at(value, *keys)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) else ""
