"""What happens to a value whose type is not its input pin's: one table for saving, running and the docs.

    from            to text    to whole     to number   to true/false  to list          to object
    ----            -------    --------     ---------   -------------  -------          ---------
    text            itself     reads so 1)  reads so    reads so 2)    JSON list or 3)  JSON object
    whole number    digits     itself       itself      0 and 1        list of one      never
    number          digits 4)  when whole   itself      0 and 1        list of one      never
    true/false      true       1 or 0       1 or 0      itself         list of one      never
    list            JSON       never        never       never          each element     never
    object          JSON       never        never       never          list of one      each value
    nothing         stays nothing where the pin allows it, and fits nowhere else

1) "7", "7.0", " 1e3 "; NaN, infinity and whole numbers beyond 64 bits are refused.
2) true, false, yes, no, 1, 0, whatever the case.   3) otherwise the text in a list of one.   4) 5.0 becomes "5".

A value that fits one of several types of a pin stays as it is; otherwise the first type that takes it, in
the pin's order, does. Limits (`ge`, `max_length`, `pattern`) are not looked at here: the block's schema is
validated after conversion.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from operator import is_
from typing import Any

from backend.data.json_types import (
    NAMES,
    alternatives,
    as_list,
    as_object,
    definitions,
    describe,
    is_list,
    is_object,
    type_of,
)
from backend.data.model import JsonObject

__all__ = ["Converter", "can_fit", "convert", "converter", "describe", "read_number"]

Converter = Callable[[Any], Any]
"""Gives the very object it was given when that fits already."""

_OR_NOTHING = " or nothing"
MIN_WHOLE, MAX_WHOLE = -(2**63), 2**64 - 1
"""Whole numbers that our JSON carries (orjson: 64 bits)."""

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_MAX_DIGITS = 400
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_MAX_CONVERTERS = 300
_MAX_DEPTH = 12
_FINITE: dict[str, list[Any]] = {"boolean": [True, False], "null": [None]}
_NEVER = frozenset(
    {(given, "object") for given in ("array", "boolean", "integer", "number")}
    | {(given, wanted) for given in ("array", "object") for wanted in ("boolean", "integer", "number")}
)


def convert(value: Any, sink: JsonObject) -> Any:
    """`value` as the pin with this JSON Schema takes it; the value itself where it fits already.

    Raises:
        ValueError: it cannot be; the message names what came and what is wanted.
    """
    return converter(sink)(value)


def converter(sink: JsonObject) -> Converter:
    """`convert` for one pin, to be kept: reading the schema is the greater part of the work."""
    return _Builder(definitions(sink)).build(sink)


def can_fit(source: JsonObject, sink: JsonObject) -> bool:
    """False only when no value of `source` can ever fit `sink` or be converted to it."""
    return _can_fit(source, sink, 0)


def read_number(text: str) -> int | float | None:
    """The number that a text spells; None when it spells none, or one that is not finite."""
    if len(text) > _MAX_DIGITS or not _NUMBER.fullmatch(text):
        return None
    try:
        whole = int(text)
    except ValueError:
        number = float(text)
        return number if math.isfinite(number) else None
    if MIN_WHOLE <= whole <= MAX_WHOLE:
        return whole
    return float(whole) if abs(whole) < 1e308 else None


def _can_fit(source: JsonObject, sink: JsonObject, depth: int) -> bool:
    if depth > _MAX_DEPTH:
        return True
    givers = [_rooted(one, source) for one in alternatives(source, definitions(source))]
    takers = [_rooted(one, sink) for one in alternatives(sink, definitions(sink))]
    return any(_can_one_fit(giver, taker, depth) for giver in givers for taker in takers)


def _can_one_fit(source: JsonObject, sink: JsonObject, depth: int) -> bool:
    """`can_fit` for two schemas of one type each."""
    given, wanted = source.get("type"), sink.get("type")
    known = as_list(source.get("enum")) or _FINITE.get(str(given))
    if known is not None:
        return any(_converts(value, sink) for value in known)
    choices = as_list(sink.get("enum"))
    if given is None or (wanted is None and choices is None):
        return True
    if choices is not None:
        return any(_can_reach(str(given), value) for value in choices)
    if wanted == "null" or (given, wanted) in _NEVER:
        return False
    if wanted == "array" and given not in ("array", "string"):
        items = as_object(sink.get("items")) or {}
        return _can_fit(source, _rooted(items, sink), depth + 1)
    return True


def _rooted(schema: JsonObject, root: JsonObject) -> JsonObject:
    return {**schema, "$defs": definitions(root)}


def _can_reach(given: str, choice: Any) -> bool:
    """Whether some value of the type `given` is or becomes `choice`."""
    own = type_of(choice)
    if own == given:
        return True
    if own == "string":
        is_number = given in ("integer", "number")
        return read_number(choice) is not None if is_number else type_of(_parsed(choice)) == given
    return choice is not None and (given, own) not in _NEVER


def _converts(value: Any, sink: JsonObject) -> bool:
    try:
        convert(value, sink)
    except ValueError:
        return False
    return True


class _Builder:
    """Makes converters; beyond a number of them (a recursive schema) values stay as they are."""

    def __init__(self, defs: JsonObject) -> None:
        self._defs = defs
        self._left = _MAX_CONVERTERS

    def build(self, schema: JsonObject, depth: int = 0) -> Converter:
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            return _as_it_is
        parts = [self._one(one, depth + 1) for one in alternatives(schema, self._defs)]
        if _as_it_is in parts:
            return _as_it_is
        return parts[0] if len(parts) == 1 else _first_of(parts, describe({**schema, "$defs": self._defs}))

    def _one(self, schema: JsonObject, depth: int) -> Converter:
        inner = self._of_type(str(schema.get("type", "")), schema, depth)
        choices = as_list(schema.get("enum"))
        return inner if choices is None else _one_of(choices, inner)

    def _of_type(self, kind: str, schema: JsonObject, depth: int) -> Converter:
        if kind == "array":
            return _listing(self.build(as_object(schema.get("items")) or {}, depth))
        if kind == "object":
            own = as_object(schema.get("properties")) or {}
            others = self.build(as_object(schema.get("additionalProperties")) or {}, depth)
            return _mapping(
                {key: self.build(as_object(one) or {}, depth) for key, one in own.items()}, others
            )
        return _SCALARS.get(kind, _as_it_is)


def _first_of(parts: list[Converter], wanted: str) -> Converter:
    def first(value: Any) -> Any:
        results: list[Any] = []
        for part in parts:
            try:
                result = part(value)
            except ValueError:
                continue
            if result is value:
                return value
            results.append(result)
        if results:
            return results[0]
        raise ValueError(f"{_shown(value)} cannot be used as {wanted.removesuffix(_OR_NOTHING)}.")

    return first


def _one_of(choices: list[Any], inner: Converter) -> Converter:
    wanted = describe({"enum": choices})

    def choose(value: Any) -> Any:
        if any(_is_same(choice, value) for choice in choices):
            return value
        for choice in choices:
            if _becomes(choice, value, inner):
                return choice
        raise ValueError(f"{_shown(value)} is not {wanted}.")

    return choose


def _becomes(choice: Any, value: Any, inner: Converter) -> bool:
    """Whether `value`, converted to the pin's type or else to that of `choice`, is `choice`."""
    taker = _SCALARS.get(type_of(choice), inner) if inner is _as_it_is else inner
    try:
        return _is_same(choice, taker(value))
    except ValueError:
        return False


def _listing(each: Converter) -> Converter:
    def to_list(value: Any) -> Any:
        if value is None:
            raise _unfit(value, "array")
        given = _list_from(value)
        if each is _as_it_is:
            return given
        made = [each(item) for item in given]
        return given if all(map(is_, made, given)) else made

    return to_list


def _list_from(value: Any) -> list[Any]:
    parsed = as_list(_parsed(value) if isinstance(value, str) else value)
    return [value] if parsed is None else parsed


def _mapping(own: dict[str, Converter], others: Converter) -> Converter:
    is_plain = others is _as_it_is and all(part is _as_it_is for part in own.values())

    def to_object(value: Any) -> Any:
        given = as_object(_parsed(value) if isinstance(value, str) else value)
        if given is None:
            raise _unfit(value, "object")
        if is_plain:
            return given
        made = {key: own.get(key, others)(one) for key, one in given.items()}
        return given if all(map(is_, made.values(), given.values())) else made

    return to_object


def _as_it_is(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise _unfit(value, "string")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _number(value: Any) -> int | float:
    number = read_number(value) if isinstance(value, str) else value
    if isinstance(number, int):
        return int(number)
    if isinstance(number, float) and math.isfinite(number):
        return number
    raise _unfit(value, "number")


def _whole(value: Any) -> int:
    number = read_number(value) if isinstance(value, str) else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, int) and MIN_WHOLE <= number <= MAX_WHOLE:
        return int(number)
    raise _unfit(value, "integer")


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    answer = _YES_NO.get(value.strip().lower()) if isinstance(value, str) else None
    if answer is None:
        raise _unfit(value, "boolean")
    return answer


def _nothing(value: Any) -> None:
    if value is not None:
        raise _unfit(value, "null")


_SCALARS: dict[str, Converter] = {
    "string": _text,
    "number": _number,
    "integer": _whole,
    "boolean": _boolean,
    "null": _nothing,
}


def _is_same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all through: 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if is_list(one):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if is_object(one):
        return one.keys() == other.keys() and all(_is_same(inner, other[key]) for key, inner in one.items())
    return bool(one == other)


def _parsed(text: str) -> Any:
    """The JSON in a text; None when it is none, or names NaN or infinity."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _unfit(value: Any, wanted: str) -> ValueError:
    return ValueError(f"{_shown(value)} cannot be used as {NAMES[wanted]}.")


def _shown(value: Any) -> str:
    """The value for a message, short, with its type: `The text 'abc'`."""
    name = NAMES[type_of(value)]
    if value is None or isinstance(value, (list, dict)):
        return {"list": "A list", "object": "An object"}.get(name, "Nothing (null)")
    text = str(value)
    return f"The {name} {text[:57] + '…' if len(text) > 60 else text!r}"
