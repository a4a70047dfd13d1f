"""What the blocks that send requests share: the methods, the key of a request, files as parts of a form."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from backend.data.block import Context
from backend.util.errors import BadInput, BlockError
from backend.util.http_encode import File, encoded
from backend.util.json_marks import MAX_CONTAINERS, MAX_VALUES, is_crowded
from backend.util.json_text import parse_json
from backend.util.off_loop import off_loop
from backend.util.request import CallOptions, Response
from backend.util.settings import settings

Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
IDEMPOTENCY_HEADER = "Idempotency-Key"
PLAIN_TEXT = "text/plain; charset=utf-8"


_BODIES = frozenset({"json", "data", "content", "files"})


def has_header(headers: Mapping[str, str], name: str) -> bool:
    return name.lower() in map(str.lower, headers)


def form_text(value: Any) -> str:
    """A value as a field of a form, or of a query."""
    return value if isinstance(value, str) else json_text(value)


def json_text(value: Any, *, is_compact: bool = False) -> str:
    """A value as JSON, written bit by bit: `json.dumps` would hold up every other thread until it is done.

    Raises:
        BlockError: it has numbers that JSON has not.
    """
    separators = (",", ":") if is_compact else None
    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=separators)
    text = io.StringIO()
    try:
        text.writelines(encoder.iterencode(value))
    except ValueError as error:
        raise BlockError(f"The value cannot be written as JSON: {error}. Correct it.") from error
    return text.getvalue()


async def with_raw_body(options: CallOptions) -> CallOptions:
    """The same request with its body as bytes, which were made in a thread: the client makes them on the loop."""
    if _BODIES.isdisjoint(options):
        return options
    return await asyncio.to_thread(_with_raw_body, options)


def _with_raw_body(options: CallOptions) -> CallOptions:
    is_json = options.get("json") is not None
    raw, described = encoded(
        json_value=None,
        data=options.get("data"),
        content=json_text(options.get("json"), is_compact=True) if is_json else options.get("content"),
        files=options.get("files"),
    )
    if is_json:
        described = {"content-type": "application/json"}
    headers = dict(options.get("headers") or {})
    if "files" in options:
        # The boundary of the parts is in it.
        headers = {name: value for name, value in headers.items() if name.lower() not in described}
    added = {name: value for name, value in described.items() if not has_header(headers, name)}
    rest = {name: value for name, value in options.items() if name not in _BODIES}
    return cast(CallOptions, {**rest, "headers": {**added, **headers}, "content": raw})


async def file_parts(fields: Sequence[tuple[str, str]], context: Context) -> list[tuple[str, File]]:
    """The files, given as pairs of field and value, as parts of a form.

    Raises:
        BlockError: one of them cannot be read, or they are too large together.
    """
    parts: list[tuple[str, File]] = []
    size_bytes = 0
    for name, value in fields:
        content = await context.read_file(value)
        size_bytes += len(content.data)
        if size_bytes > settings.max_file_bytes:
            limit = settings.max_file_bytes / 2**20
            raise BlockError(f"The files are more than {limit:,.4g} MiB together. Send them one by one.")
        parts.append((name, (content.name, content.data, content.media_type)))
    return parts


def is_text(raw: bytes) -> bool:
    """Whether it reads as UTF-8, without the character that no value can hold."""
    try:
        return "\x00" not in raw.decode()
    except UnicodeDecodeError:
        return False


async def text_of(response: Response) -> str:
    """The answer as text."""
    return await off_loop(len(response.content), lambda: response.text)


async def json_of(response: Response) -> Any:
    """The answer as JSON.

    Raises:
        BadInput: it is none, or none that a value can be.
    """
    return await off_loop(len(response.content), json_in, response.content)


async def json_or_text(response: Response) -> Any:
    """The answer as JSON where it reads as such, else as text."""
    try:
        return await json_of(response)
    except BadInput:
        return await text_of(response)


def json_in(raw: bytes) -> Any:
    """The value of a JSON document, if it is not too much for one value.

    Raises:
        BadInput: it is no JSON, none that a value can be, or holds too many values.
    """
    if is_crowded(raw, containers=MAX_CONTAINERS):
        raise BadInput(
            f"It holds more than {MAX_VALUES:,} values, or {MAX_CONTAINERS:,} lists and objects. "
            "Ask for less at a time: a page, a filter."
        )
    return parse_json(raw)
