"""What Linear's refusals mean for a person. Pure.

Sources: https://linear.app/developers/graphql, https://linear.app/developers/rate-limiting, and the types of
https://linear.app/developers/sdk-errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from backend.data.json_parts import objects_at, text_at
from backend.data.model import JsonObject
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from backend.util.http_retry import retry_after_s

_LONGEST = 1000
_RECONNECT = "Connect Linear again."
_MAY_NOT = "This account may not do that. Check its teams, and the permissions of the key or the app."
_TROUBLE = "Try again later."
_LIMITED = "There were too many calls. Send fewer, or let the node try again."
_BUCKETS = ("requests", "complexity", "endpoint-requests")

_Kind = tuple[type[ProviderError], str]
_TYPES: dict[str, _Kind] = {
    "authentication error": (CredentialsError, _RECONNECT),
    "forbidden": (ProviderForbidden, _MAY_NOT),
    "feature not accessible": (ProviderForbidden, "The workspace's plan does not have it."),
    "usage limit exceeded": (ProviderForbidden, "The workspace's plan allows no more of these."),
    "ratelimited": (RateLimited, _LIMITED),
    "internal error": (ProviderUnavailable, _TROUBLE),
    "network error": (ProviderUnavailable, _TROUBLE),
    "lock timeout": (ProviderUnavailable, _TROUBLE),
}
_CODES: dict[str, _Kind] = {
    "AUTHENTICATION_ERROR": (CredentialsError, _RECONNECT),
    "FORBIDDEN": (ProviderForbidden, _MAY_NOT),
    "RATELIMITED": (RateLimited, _LIMITED),
}
_STATUSES: dict[int, _Kind] = {
    401: (CredentialsError, _RECONNECT),
    403: (ProviderForbidden, _MAY_NOT),
    404: (ProviderNotFound, "Check the address."),
    429: (RateLimited, _LIMITED),
}
_NOT_FOUND: _Kind = (
    ProviderNotFound,
    "Check the identifier, and that the connected account sees the team.",
)
_OTHER: _Kind = (ProviderError, "Check what was sent.")


def error_of(
    operation: str,
    body: JsonObject,
    *,
    http_status: int,
    headers: Mapping[str, str],
    now: datetime,
    secrets: Iterable[str],
) -> ProviderError:
    """The typed error of an answer with `errors`, with another status than 200, or that is no answer of Linear's.

    Args:
        operation: the name of what was asked, for the message.
        secrets: what is blotted out of Linear's own words.
    """
    first = next(iter(objects_at(body, "errors")), JsonObject())
    kind, cure = _kind(first, http_status)
    said = text_at(first, "extensions", "userPresentableMessage") or text_at(first, "message")
    wait_s = _wait_s(headers, now) if kind is RateLimited else None
    text = f"Linear refused {operation}: {said or f'HTTP {http_status}'}"
    text = text if text.endswith((".", "!", "?")) else f"{text}."
    again = "" if wait_s is None else f" It asks to wait {wait_s:.0f} s."
    return kind(
        f"{_blotted(text, secrets)} {cure}{again}",
        http_status=http_status,
        retry_after_s=wait_s,
    )


def _kind(error: JsonObject, http_status: int) -> _Kind:
    code, kind = text_at(error, "extensions", "code"), text_at(error, "extensions", "type")
    known = _CODES.get(code) or _TYPES.get(kind)
    if known is not None:
        return known
    # Linear has no code for it: an unknown id is a wrong input like any other.
    if text_at(error, "message").startswith("Entity not found"):
        return _NOT_FOUND
    if http_status >= 500:
        return ProviderUnavailable, _TROUBLE
    return _OTHER if error else _STATUSES.get(http_status, _OTHER)


def _wait_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """What `Retry-After` says; else until the budget that is used up is filled again (milliseconds since 1970)."""
    asked = retry_after_s(headers, now=now)
    if asked is not None:
        return asked
    resets = [
        float(headers.get(f"x-ratelimit-{bucket}-reset", "")) / 1000 - now.timestamp()
        for bucket in _BUCKETS
        if headers.get(f"x-ratelimit-{bucket}-remaining", "").strip() == "0"
        and headers.get(f"x-ratelimit-{bucket}-reset", "").isdecimal()
    ]
    return max(0.0, *resets) if resets else None


def _blotted(text: str, secrets: Iterable[str]) -> str:
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text[:_LONGEST]
