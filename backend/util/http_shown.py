"""How an exchange is shown to the person whose block failed: short, as text, and without what may be a secret.

Secrets that are known are taken out by `scrub`; what else may be one is told by the name that it goes by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypedDict

from backend.util.charset import decoded
from backend.util.http_record import WINDOW_BYTES, Exchanged

MASK = "***"
MOST_BODY_BYTES = 4_096
_LONGEST_SECRET = 8_192
"""Characters; so much is dropped from the end of a body that was cut, where half of one may stand."""
_MOST_HEADERS = 60
_LONGEST_VALUE = 1_000
_SCHEMES = frozenset({"basic", "bearer", "token", "bot"})
_NAME = (
    r"[^\"&=\s\\]{0,60}(?:auth(?!or)|token|secret|passw|passphrase|credential|cookie|session|signature|jwt"
    r"|(?:api|access|private|client|signing)[-_ ]?key)[^\"&=\s\\]{0,60}"
)
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE)
_IN_JSON = re.compile(rf'("{_NAME}"\s*:\s*")(?:[^"\\]|\\.)+', re.IGNORECASE | re.DOTALL)
_IN_PAIRS = re.compile(rf"((?:^|[?&])(?:{_NAME}|key|sig|code)=)[^&#\s]+", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_TEXTS = re.compile(r"text/|.*(?:json|xml|x-www-form-urlencoded|javascript|yaml|graphql)|$", re.IGNORECASE)

Scrub = Callable[[str], str]


class HttpExchange(TypedDict):
    """See `HttpExchange` in data/run.py."""

    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str
    request_size_bytes: int
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    response_size_bytes: int
    duration_ms: float | None


def shown(one: Exchanged, scrub: Scrub) -> HttpExchange:
    """The exchange as it may be stored and seen."""
    reply_headers: Mapping[str, str] = one.reply_headers or {}
    sent_type = {**one.headers, **one.credentials}.get("content-type", "")
    return {
        "method": one.method,
        "url": _without_nul(_IN_PAIRS.sub(rf"\1{MASK}", scrub(one.url))[: 2 * _LONGEST_VALUE]),
        "request_headers": {
            **_headers(one.headers, scrub),
            **{name: _masked(name, value, scrub) for name, value in one.credentials.items()},
        },
        "request_body": _body(one.body, one.size_bytes, sent_type, scrub),
        "request_size_bytes": one.size_bytes,
        "status": one.status,
        "response_headers": _headers(reply_headers, scrub),
        "response_body": _body(
            one.reply_body, one.reply_size_bytes, reply_headers.get("content-type", ""), scrub
        ),
        "response_size_bytes": one.reply_size_bytes,
        "duration_ms": None if one.ended is None else round((one.ended - one.began) * 1_000, 1),
    }


def _masked(name: str, value: str, scrub: Scrub) -> str:
    """A header that may be a credential: only a version is shown, and the scheme of an Authorization."""
    if name.endswith("-version"):
        return scrub(value)[:_LONGEST_VALUE]
    scheme, _, rest = value.partition(" ")
    return f"{scheme} {MASK}" if rest and scheme.lower() in _SCHEMES else MASK


def _headers(headers: Mapping[str, str], scrub: Scrub) -> dict[str, str]:
    return {
        _without_nul(name): MASK
        if _SECRET_NAME.fullmatch(name)
        else _without_nul(_IN_PAIRS.sub(rf"\1{MASK}", scrub(value))[:_LONGEST_VALUE])
        for name, value in list(headers.items())[:_MOST_HEADERS]
    }


def _body(window: bytes, size_bytes: int, content_type: str, scrub: Scrub) -> str:
    if not window:
        return ""
    if not _TEXTS.match(content_type.strip()) or b"\x00" in window:
        return f"({size_bytes:,} bytes of {content_type.partition(';')[0].strip()[:100] or 'something'})"
    text = scrub(decoded(window, content_type))
    text = _IN_JSON.sub(rf"\1{MASK}", text)
    if "form-urlencoded" in content_type.lower():
        text = _IN_PAIRS.sub(rf"\1{MASK}", text)
    text = _USER_INFO.sub(f"{MASK}@", text)
    if size_bytes > WINDOW_BYTES:
        text = text[: max(0, len(text) - _LONGEST_SECRET)]
    return _without_nul(text).encode()[:MOST_BODY_BYTES].decode(errors="ignore")


def _without_nul(text: str) -> str:
    """Databases keep no U+0000, and no half of a character."""
    return text.replace("\x00", "�").encode(errors="replace").decode()
