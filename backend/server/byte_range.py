"""Which bytes of a file a request asks for (RFC 9110, 14.2): one range; what cannot be read asks for all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from backend.util.errors import RangeRefused

_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII)


def wanted_bytes(headers: Mapping[str, str], *, size_bytes: int, etag: str) -> tuple[int, int] | None:
    """Start and end (not within) of what is asked for; None for the whole.

    `If-Range` with another ETag asks for the whole: the part would not fit what the caller has.

    Raises:
        RangeRefused: there is no such part.
    """
    match = _RANGE.fullmatch(headers.get("range", ""))
    if match is None or headers.get("if-range", etag) != etag:
        return None
    first, last = match[1], match[2]
    if first:
        start, end = int(first), min(int(last) + 1 if last else size_bytes, size_bytes)
        if last and int(last) < int(first):
            return None
    elif last:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        return None
    if start >= end:
        raise RangeRefused(
            f"The file has {size_bytes} bytes; there is nothing at {match[0]!r}. Ask for less, or for the whole.",
            size_bytes=size_bytes,
        )
    return start, end
