"""Reads JSON with a say in what is lost otherwise: `{"text", "duplicate_keys", "big_numbers", "nan"}`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from backend.util.bounded.protocol import Refused
from backend.util.errors import BadInput
from backend.util.json_text import MAX_DEPTH, refuse_unstorable

_MIN_WHOLE, _MAX_WHOLE = -(2**63), 2**64 - 1
_MAX_WHOLE_DIGITS = 20
_BOM = "\ufeff"

Pairs = list[tuple[str, Any]]


def answer(request: dict[str, Any]) -> Any:
    """The value of the text."""
    try:
        value = json.loads(
            request["text"].removeprefix(_BOM),
            object_pairs_hook=_OBJECTS[request["duplicate_keys"]],
            parse_int=lambda digits: _whole(digits, request["big_numbers"]),
            parse_float=lambda digits: _fraction(digits, request["big_numbers"]),
            parse_constant=lambda name: _constant(name, request["nan"]),
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Refused(f"This is not JSON: {error.msg} at {place}. Correct it there.") from None
    except RecursionError:
        raise Refused(
            f"Lists and objects are nested more than {MAX_DEPTH} deep. Make the document flatter."
        ) from None
    _refuse_unstorable(value)
    return value


def _refuse_unstorable(value: Any) -> None:
    try:
        refuse_unstorable(value)
    except BadInput as error:
        raise Refused(str(error)) from None


def _first(pairs: Pairs) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def _listed(pairs: Pairs) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in found.items()}


def _only_once(pairs: Pairs) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Refused(f"The key {key[:60]!r} stands twice in one object. Remove one.")
        found[key] = value
    return found


_OBJECTS: dict[str, Callable[[Pairs], dict[str, Any]]] = {
    "last": dict,
    "first": _first,
    "list": _listed,
    "refuse": _only_once,
}


def _whole(digits: str, big_numbers: str) -> Any:
    if len(digits) <= _MAX_WHOLE_DIGITS and _MIN_WHOLE <= int(digits) <= _MAX_WHOLE:
        return int(digits)
    if big_numbers == "round":
        return _fraction(digits, big_numbers)
    if big_numbers == "text":
        return digits
    raise Refused(f"The whole number {digits[:60]} has more than 64 bits. Write it as a text.")


def _fraction(digits: str, big_numbers: str) -> Any:
    number = float(digits)
    if math.isfinite(number):
        return number
    if big_numbers == "text":
        return digits
    raise Refused(f"The number {digits[:60]} is too large. Write it as a text.")


def _constant(name: str, nan: str) -> Any:
    if nan == "refuse":
        raise Refused(f"{name} is no JSON. Write null, or choose what becomes of it.")
    return None if nan == "null" else name
