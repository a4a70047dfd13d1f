"""What the blocks that send requests share: the methods, the key of a request, files as parts of a form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from backend.data.block import Context
from backend.util.errors import BadInput, BlockError
from backend.util.http_encode import File
from backend.util.json_text import parse_json
from backend.util.request import Response
from backend.util.settings import settings

Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
IDEMPOTENCY_HEADER = "Idempotency-Key"
PLAIN_TEXT = "text/plain; charset=utf-8"


def has_header(headers: Mapping[str, str], name: str) -> bool:
    return name.lower() in map(str.lower, headers)


def form_text(value: Any) -> str:
    """A value as a field of a form, or of a query."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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


def json_in(response: Response) -> Any:
    """The answer as JSON.

    Raises:
        BadInput: it is none, or none that a value can be.
    """
    return parse_json(response.content)


def json_or_text(response: Response) -> Any:
    """The answer as JSON where it reads as such, else as text."""
    try:
        return json_in(response)
    except BadInput:
        return response.text
