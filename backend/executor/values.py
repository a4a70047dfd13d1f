"""Values between blocks: checked to be JSON, held as scalars or as encoded bytes, never shared.

A number, text, true, false or None is kept as it is. A list or an object is kept encoded, so that each
consumer gets its own copy and the journal writes it without encoding it twice. Large ones are `Stored`
in the blob table and fetched by whoever consumes them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson
from pydantic import BaseModel

from backend.data.convert import MAX_WHOLE, MIN_WHOLE
from backend.util.errors import InvalidOutput

_SCALARS = frozenset({bool, int, type(None)})


@dataclass(frozen=True, slots=True)
class Encoded:
    """A list or an object as JSON."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A value in the blob table: only its id, size in bytes and digest are here."""

    blob_id: str
    size_bytes: int
    digest: str


Held = str | int | float | bool | None | Encoded | Stored
LARGE_BYTES = 131_072
"""A list or an object of more is read, converted and worked on in a thread: it may have 50,000 members."""


def is_large(held: Held) -> bool:
    return type(held) is Encoded and len(held.raw) > LARGE_BYTES


def hold(value: Any) -> Held:
    """Check that `value` is JSON and take a copy that nobody else can change.

    Raises:
        InvalidOutput: it is not; the message says what it is instead.
    """
    kind = cast("type[object]", type(value))
    if kind is int:
        if MIN_WHOLE <= value <= MAX_WHOLE:
            return value  # type: ignore[no-any-return]  # int by the test above
        raise InvalidOutput("The whole number has more than 64 bits. Yield it as text.")
    if kind in _SCALARS:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return _checked_text(value)
    if kind is float:
        return _checked_float(value)
    if kind is Encoded or kind is Stored:
        return value  # type: ignore[no-any-return]
    return _encode(value)


def _checked_text(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidOutput(
                "The text is not valid Unicode: it holds half of a surrogate pair."
            ) from error
    return value


def _checked_float(value: float) -> float:
    if math.isfinite(value):
        return value
    raise InvalidOutput(f"{value!r} is not a number that JSON can carry. Yield None or a text instead.")


def _encode(value: Any) -> Held:
    try:
        raw = orjson.dumps(value, default=_plain)
    except (orjson.JSONEncodeError, TypeError) as error:
        raise InvalidOutput(f"A {type(value).__name__} is not JSON: {error}.") from error
    if b"null" in raw:  # the encoder writes NaN and infinity as null
        _refuse_nan(value)
    if raw[:1] in b"[{":
        return Encoded(raw)
    scalar: Held = orjson.loads(raw)  # a date, an enum member, a subclass of text
    return scalar


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # a foreign mapping
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _refuse_nan(value: Any) -> None:
    if isinstance(value, float):
        _checked_float(value)
    elif isinstance(value, dict):
        for part in value.values():  # pyright: ignore[reportUnknownVariableType]
            _refuse_nan(part)
    elif isinstance(value, (list, tuple)):
        for part in value:  # pyright: ignore[reportUnknownVariableType]
            _refuse_nan(part)


def release(held: Held) -> Any:
    """The value, a fresh copy of it. `Stored` ones must have been fetched before."""
    if type(held) is Encoded:
        return orjson.loads(held.raw)
    return held


def from_json(raw: bytes) -> Held:
    """The value of `raw_json`, or of a blob."""
    return Encoded(raw) if raw[:1] in b"[{" else cast("Held", orjson.loads(raw))


def size_bytes(held: Held) -> int:
    """About how much room the value takes in the journal."""
    if type(held) is Encoded:
        return len(held.raw)
    return len(held) if type(held) is str else 8


def raw_json(held: Held) -> bytes:
    """The value's JSON."""
    return held.raw if type(held) is Encoded else orjson.dumps(held)


def digest(held: Held) -> str:
    """The same for the same value; by which a repeated yield is recognised."""
    if type(held) is Stored:
        return held.digest
    return hashlib.blake2b(raw_json(held), digest_size=16).hexdigest()


def to_wire(held: Held) -> Any:
    """How a value stands in the journal: itself, or `{"$blob": id, "size": bytes, "digest": …}`.

    A value that uses these keys itself is wrapped as `{"$value": …}`.
    """
    kind = type(held)
    if kind is Encoded:
        fragment = orjson.Fragment(held.raw)  # type: ignore[union-attr]
        return {"$value": fragment} if _looks_like_ours(held.raw) else fragment  # type: ignore[union-attr]
    if kind is Stored:
        return {"$blob": held.blob_id, "size": held.size_bytes, "digest": held.digest}  # type: ignore[union-attr]
    return held


def as_wire(held: Held) -> Any:
    """The same as plain values, with nothing encoded in them."""
    if type(held) is not Encoded:
        return to_wire(held)
    value = orjson.loads(held.raw)
    return {"$value": value} if _looks_like_ours(held.raw) else value


def _looks_like_ours(raw: bytes) -> bool:
    return b'"$' in raw and (b'"$blob"' in raw or b'"$value"' in raw)


def is_reference(value: Any) -> bool:
    """Whether a value read from a journal stands for one in the blob table."""
    return isinstance(value, dict) and "$blob" in value


def from_wire(value: Any) -> Held:
    """What `to_wire` wrote, read back."""
    if not isinstance(value, (dict, list)):
        return cast("Held", value)
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        if is_reference(named):
            return Stored(named["$blob"], named["size"], named["digest"])
        if len(named) == 1 and "$value" in named:
            return Encoded(orjson.dumps(named["$value"]))
    return Encoded(orjson.dumps(value))
