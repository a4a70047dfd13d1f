"""Reads RSS and Atom feeds: `{"feed" (base64), "content_type", "url", "since" (Unix time)}` becomes the newer entries.

With `"has_ids": true` each has an `id`, by which it is known again.
"""

from __future__ import annotations

import base64
import calendar
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import feedparser  # type: ignore[import-untyped]  # it has no types

from backend.util.bounded.protocol import MAX_OUTPUT_CHARS, Exceeded, Refused

_parse = cast("Callable[..., Any]", feedparser.parse)  # pyright: ignore[reportUnknownMemberType]  # no types


def answer(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Entries in the feed's order: those without a date, and those dated after `since`."""
    parsed = _parsed(request)
    entries: list[Any] = parsed.get("entries") or []
    if not parsed.get("version") and not entries:
        raise Refused("This is no feed. Give the address of an RSS or Atom feed, not that of its web page.")
    return list(_newer(entries, request["since"], has_ids=request.get("has_ids", False)))


def _parsed(request: dict[str, Any]) -> Any:
    stream = io.BytesIO(
        base64.b64decode(request["feed"])
    )  # of anything else it might think that it is a path
    try:
        return _parse(
            stream,
            response_headers={"content-type": request["content_type"], "content-location": request["url"]},
            sanitize_html=False,  # a third of the time without; nothing here shows it
            resolve_relative_uris=False,
        )
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # strangers' bytes bring out what no list of errors foresees
        raise Refused("The feed cannot be read. Ask its author to have it validated.") from error


def _newer(entries: list[Any], since: float, *, has_ids: bool) -> Iterator[dict[str, Any]]:
    size = 0
    for entry in entries:
        dated_at = _moment(entry)
        if dated_at is not None and dated_at <= since:
            continue
        found = _shown(entry, dated_at)
        if has_ids:
            found["id"] = _id(entry, found)
        size += sum(len(text) for text in found.values() if isinstance(text, str)) + 200
        if size > MAX_OUTPUT_CHARS:
            raise Exceeded("output")
        yield found


def _shown(entry: Any, dated_at: float | None) -> dict[str, Any]:
    return {
        "title": _text(entry.get("title")),
        "link": _text(entry.get("link")),
        "description": _text(entry.get("summary")) or _content(entry),
        "pub_date": "" if dated_at is None else datetime.fromtimestamp(dated_at, UTC).isoformat(),
        "author": _text(entry.get("author")),
        "categories": [term for tag in _parts(entry, "tags") if (term := _text(tag.get("term")))],
    }


def _id(entry: Any, found: dict[str, Any]) -> str:
    """The feed's own id of the entry, else its link, else a hash of what it says."""
    said = "\n".join(found[name] for name in ("title", "pub_date", "description"))
    hashed = hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()
    return _text(entry.get("id")) or found["link"] or f"sha256:{hashed}"


def _content(entry: Any) -> str:
    return next((_text(part.get("value")) for part in _parts(entry, "content")), "")


def _parts(entry: Any, name: str) -> list[Any]:
    parts: list[Any] = entry.get(name) or []
    return parts


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _moment(entry: Any) -> float | None:
    """When it was published, else when it was changed, in Unix time; None where it says neither legibly."""
    for name in ("published_parsed", "updated_parsed"):
        told = entry.get(name)
        if told is not None:
            try:
                moment = float(calendar.timegm(told))
                datetime.fromtimestamp(moment, UTC)
            except (ValueError, OverflowError, OSError):
                continue
            return moment
    return None
