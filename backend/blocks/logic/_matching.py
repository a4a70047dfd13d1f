"""When a value is what somebody wrote down for it."""

from __future__ import annotations

from typing import Any

from backend.data.convert import Converter, converter
from backend.data.json_types import type_of

_CONVERTERS: dict[str, Converter] = {
    kind: converter({"type": kind}) for kind in ("string", "integer", "number", "boolean", "array", "object")
}


def matches(value: Any, wanted: Any) -> bool:
    """Whether they are equal once `wanted` is of the type of `value`, by the table of conversions."""
    if type(value) is type(wanted):
        return bool(value == wanted)
    if value is None or wanted is None:
        return False
    try:
        return bool(value == _CONVERTERS[type_of(value)](wanted))
    except ValueError:
        return False
