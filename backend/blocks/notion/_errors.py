"""What Notion's refusals mean for a person. Pure.

Source: https://developers.notion.com/reference/status-codes (2025-09-03).
"""

from __future__ import annotations

from collections.abc import Iterable

from backend.data.json_parts import text_at
from backend.data.model import JsonObject
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)

_LONGEST = 1_500
_RECONNECT = "Connect Notion again."
_SHARE = (
    "Check the address or the id. Notion hides what the connection was not given: open the page in Notion, "
    "menu ••• → Connections, and add it."
)
_LIMITED = (
    "There were too many requests; Notion takes about three a second. Send fewer, or let the node try again."
)
_TROUBLE = "Notion has trouble. Try again later."
_CHECK = "Check what was sent; Notion's words name the place."
_TWICE = "Somebody changed the same thing at the same time. Try again."

_KINDS: dict[int, tuple[type[ProviderError], str]] = {
    400: (ProviderError, _CHECK),
    401: (CredentialsError, f"The token is not valid. {_RECONNECT}"),
    403: (
        ProviderForbidden,
        "The connection lacks a capability (read, insert or update content). Change it in Notion's settings.",
    ),
    404: (ProviderNotFound, _SHARE),
    409: (ProviderError, _TWICE),
    429: (RateLimited, _LIMITED),
}


def error_of(
    body: JsonObject, *, http_status: int, retry_after_s: float | None, secrets: Iterable[str]
) -> ProviderError:
    """The typed error of a refusal, with Notion's own sentence.

    Args:
        body: `{"object": "error", "status", "code", "message"}`; empty when the answer was no such object.
        retry_after_s: what the header said, None without one.
        secrets: what is blotted out of Notion's words.
    """
    kind, cure = _KINDS.get(http_status) or _of_range(http_status)
    if kind in (RateLimited, ProviderUnavailable) and retry_after_s is not None:
        cure = f"{cure} Notion asks to wait {retry_after_s:.0f} s."
    said = text_at(body, "message").strip()[:_LONGEST]
    code = text_at(body, "code")[:80] or f"HTTP {http_status}"
    quoted = f" It said: {said}" if said else ""
    text = _blotted(f"Notion refused this: {code}. {cure}{quoted}", secrets)
    return kind(text, http_status=http_status, retry_after_s=retry_after_s)


def _of_range(http_status: int) -> tuple[type[ProviderError], str]:
    if http_status >= 500:
        return ProviderUnavailable, _TROUBLE
    if http_status < 400:
        return ProviderError, "Its answer was not in the form that its documentation says. Try again later."
    return ProviderError, _CHECK


def _blotted(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return text
