"""Which headers are credentials, where they may go, and what a redirect turns a request into. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urljoin

from backend.util.address_guard import AddressGuard
from backend.util.errors import AddressRefused, InvalidInput, ProviderError
from backend.util.http_messages import Hop, Reply
from backend.util.url_target import Target

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OURS = frozenset({
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
# A header that is not one of these may be a key (X-Api-Key, Api-Token, PRIVATE-TOKEN, …): names of keys are
# endless, names of harmless headers are few.
_HARMLESS = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "content-disposition",
    "content-encoding", "content-language", "content-type", "date", "idempotency-key", "if-match",
    "if-modified-since", "if-none-match", "if-unmodified-since", "pragma", "prefer", "range", "user-agent",
    "x-request-id",
})  # fmt: skip


def clean_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with lower-case names. Raises InvalidInput for one that would change the framing."""
    for name, value in headers.items():
        if name.lower() in _OURS:
            raise InvalidInput(f"The header {name!r} is set by Blockyard itself. Remove it from the request.")
        if not _NAME.fullmatch(name) or _CONTROL.search(value.strip()):
            raise InvalidInput(
                f"The header {name!r} holds a line break or a character that headers cannot have."
            )
    return {name.lower(): value.strip() for name, value in headers.items()}


def split_credentials(headers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """(headers that may go anywhere, headers that may be credentials)."""
    plain = {name: value for name, value in headers.items() if name in _HARMLESS}
    return plain, {name: value for name, value in headers.items() if name not in _HARMLESS}


def redirected(hop: Hop, reply: Reply, *, guard: AddressGuard, trusted: frozenset[str]) -> Hop | None:
    """The next hop, or None when `reply` is the answer. Raises AddressRefused when the guard says no."""
    location = reply.headers.get("location")
    if reply.status not in _REDIRECTS or location is None:
        return None
    target = _next_target(hop.target, location, guard)
    keeps = _keeps_credentials(hop.target, target, trusted)
    following = replace(hop, target=target, credentials=hop.credentials if keeps else {})
    return _as_get(following) if _becomes_get(hop.method, reply.status) else following


def _next_target(here: Target, location: str, guard: AddressGuard) -> Target:
    try:
        return guard.target(urljoin(here.url, location))
    except AddressRefused as error:
        raise AddressRefused(f"{here.shown} redirected to a place that is not allowed. {error}") from error
    except ValueError as error:
        raise ProviderError(f"{here.shown} redirected to something that is not a URL.") from error


def _keeps_credentials(here: Target, there: Target, trusted: frozenset[str]) -> bool:
    if here.scheme == "https" and there.scheme == "http":
        return False
    return here.origin == there.origin or there.origin in trusted


def _becomes_get(method: str, status: int) -> bool:
    """RFC 9110, 15.4: 303 asks for a GET; for 301 and 302 every browser turns a POST into one."""
    return (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST")


def _as_get(hop: Hop) -> Hop:
    headers = {name: value for name, value in hop.headers.items() if not name.startswith("content-")}
    return replace(hop, method="GET", headers=headers, body=b"")
