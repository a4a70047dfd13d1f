"""Parts of URLs, read without going there."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, urlsplit

from backend.util.errors import BlockError

MAX_CHARS = 10_000
USUAL_PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}
Query = dict[str, str | list[str]]


def split_url(url: str) -> SplitResult:
    """The parts.

    Raises:
        BlockError: it is no whole URL.
    """
    text = url.strip()
    if len(text) > MAX_CHARS:
        raise too_long(len(text))
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise BlockError(f"The URL {text[:100]!r} cannot be read: {error}. Correct it.") from error
    if not parts.scheme or "://" not in text:
        raise BlockError(f"{text[:100]!r} has no scheme. Write the whole URL, like https://example.com/path.")
    if not parts.hostname:
        raise BlockError(f"{text[:100]!r} has no host. Write the whole URL, like https://example.com/path.")
    return parts


def port_of(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise BlockError(f"The port cannot be read: {error}. Write a number up to 65535.") from error


def query_of(parts: SplitResult) -> Query:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def too_long(chars: int) -> BlockError:
    return BlockError(
        f"The URL has {chars:,} characters or more, and {MAX_CHARS:,} are the most. Make it shorter."
    )
