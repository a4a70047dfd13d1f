"""What every answer says about itself, and which pages of other origins may not ask."""

from __future__ import annotations

from urllib.parse import urlsplit

from backend.util.errors import Forbidden

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src-elem 'self' 'unsafe-inline'; style-src-attr 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
"""Scripts, fonts, pictures and connections (the WebSocket too) from here only, and nothing is compiled from text.

Style sheets may be made at run time: toasts, dialogs, scroll areas and the code editor write theirs into the page,
and some of their libraries know no nonce (tried in Chromium: without it five sheets are refused). Style attributes
in markup are refused; what scripts set on an element is none.
"""
SECURITY_HEADERS: list[tuple[bytes, bytes]] = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
NOT_STORED = (b"cache-control", b"no-store")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def with_headers(given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer and ours; what it says about caching stands."""
    if any(name == b"cache-control" for name, _ in given):
        return [*given, *SECURITY_HEADERS]
    return [*given, *SECURITY_HEADERS, NOT_STORED]


def check_origin(method: str, headers: dict[bytes, bytes]) -> None:
    """Refuse what a page of another origin sends; callers that are no browsers say no origin.

    The scheme is not compared: behind a proxy the server does not see the one of the browser.

    Raises:
        Forbidden: the request comes from elsewhere.
    """
    if method in _SAFE:
        return
    origin = headers.get(b"origin")
    if origin is not None:
        if urlsplit(origin.decode("latin-1")).netloc.lower() != _host(headers):
            raise Forbidden("The request comes from a page of another origin. Use Blockyard's own page.")
    elif headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        raise Forbidden("The request comes from a page of another site. Use Blockyard's own page.")


def _host(headers: dict[bytes, bytes]) -> str:
    return headers.get(b"host", b"").decode("latin-1").lower()
