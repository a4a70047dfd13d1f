"""JSON from outside: parsed strictly, with every refusal naming the place and the cure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, TypeGuard

import orjson

from backend.util.errors import BadInput, Problem
from backend.util.json_depth import depth_of

MAX_DEPTH = 100
"""Lists and objects within each other; PostgreSQL and every reader below have less patience than orjson."""
MAX_NAMED = 20
_SAID = {
    "missing": "It is missing",
    "extra_forbidden": "There is no such field",
    "model_type": "It should be an object",
    "model_attributes_type": "It should be an object",
    "dict_type": "It should be an object",
}
_SUBJECTS = ("Input", "String", "List", "Dictionary")
_BOM = b"\xef\xbb\xbf"
_EXPLAINED_BYTES = 1_048_576
_SURROGATES = range(0xD800, 0xE000)

Place = tuple["Place | None", str | int] | None
"""Where a value stands: (place of what holds it, key or index); None is the document itself."""


def parse_json(raw: bytes) -> Any:
    """The value of a JSON document in UTF-8. How long it may be is the caller's business.

    Refused beyond what is no JSON: nesting deeper than `MAX_DEPTH`, NaN, infinite numbers, U+0000 (which
    PostgreSQL cannot store) and half surrogate pairs (which UTF-8 cannot).

    Raises:
        BadInput: with up to `MAX_NAMED` problems, each with its path (`nodes[3].input_default.text`).
    """
    text = raw.removeprefix(_BOM)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _refusal(_explained(text, error)) from None
    may_be_deep = text.count(b"[") + text.count(b"{") > MAX_DEPTH
    if b"\\u0000" in text or (may_be_deep and depth_of(value, most=MAX_DEPTH) > MAX_DEPTH):
        refuse_unstorable(value)
    return value


def refuse_unstorable(value: Any) -> None:
    """The same checks on a value that was parsed elsewhere.

    Raises:
        BadInput: as `parse_json`.
    """
    problems = list(_problems_in(value))
    if problems:
        raise _refusal(problems)


def path_text(parts: tuple[str | int, ...]) -> str:
    """`("nodes", 3, "id")` as `nodes[3].id`."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def model_message(kind: str, message: str) -> str:
    """What pydantic says of a field, in our words, without the full stop."""
    message = _SAID.get(kind, message)
    for subject in _SUBJECTS:
        message = message.replace(f"{subject} should", "It should", 1)
    message = message.removeprefix("Value error, ").removesuffix(".")
    return message[:1].upper() + message[1:]


def _refusal(problems: list[Problem]) -> BadInput:
    return BadInput("; ".join(map(str, problems)), problems=tuple(problems))


def _explained(text: bytes, error: orjson.JSONDecodeError) -> list[Problem]:
    if not text.strip():
        return [Problem("The JSON is empty.", "Give a JSON document.")]
    if "depth limit" in error.msg:
        return [_too_deep()]
    if len(text) <= _EXPLAINED_BYTES and (found := list(_problems_in(_parsed_loosely(text)))):
        return found
    place = f"line {error.lineno}, column {error.colno}"
    return [Problem(f"This is not JSON: {error.msg} at {place}.", "Correct it there.")]


def _parsed_loosely(text: bytes) -> Any:
    """What Python's own parser makes of it: it lets NaN, raw control characters and half surrogate pairs pass; None if it fails too."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _problems_in(document: Any) -> Iterator[Problem]:
    """At most `MAX_NAMED` problems in the order of the document; one that is too deep ends it."""
    left = MAX_NAMED
    rest: list[tuple[Any, Place, int]] = [(document, None, 0)]
    while rest and left:
        value, place, depth = rest.pop()
        inner: list[tuple[Any, Place, int]] = []
        problem = None
        if isinstance(value, str):
            problem = _wrong_text(value, place, "text")
        elif isinstance(value, float) and not math.isfinite(value):
            problem = Problem(
                f"{value!r} is no JSON number.", "Use null or a text instead.", path=_path(place)
            )
        elif _is_object(value):
            problem = next((p for name in value if (p := _wrong_text(name, place, "name"))), None)
            inner = [(one, (place, name), depth + 1) for name, one in value.items()]
        elif _is_list(value):
            inner = [(one, (place, k), depth + 1) for k, one in enumerate(value)]
        if depth >= MAX_DEPTH and (_is_object(value) or _is_list(value)):
            yield _too_deep()
            return
        if problem is not None:
            left -= 1
            yield problem
        rest.extend(reversed(inner))


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _wrong_text(text: str, place: Place, what: str) -> Problem | None:
    if "\x00" in text:
        cure = "Remove it: PostgreSQL cannot store it."
        return Problem(f"The {what} {text[:40]!r} holds the character U+0000.", cure, path=_path(place))
    if not text.isascii() and any(ord(character) in _SURROGATES for character in text):
        cure = "Write the whole pair, or the character itself."
        return Problem(f"The {what} {text[:40]!r} holds half of a surrogate pair.", cure, path=_path(place))
    return None


def _too_deep() -> Problem:
    return Problem(f"Lists and objects are nested more than {MAX_DEPTH} deep.", "Make the document flatter.")


def _path(place: Place) -> str | None:
    parts: list[str | int] = []
    while place is not None:
        place, part = place
        parts.append(ascii(part)[1:-1] if isinstance(part, str) and not part.isprintable() else part)
    return path_text(tuple(reversed(parts))) or None
