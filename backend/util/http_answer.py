"""Turns a refusing answer into the error a person can act on. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import cast

from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from backend.util.http_messages import Response

_KINDS: dict[int, tuple[type[ProviderError], str]] = {
    401: (CredentialsError, "refused the credentials. Connect the account again."),
    403: (ProviderForbidden, "says these credentials may not do this. Check their permissions."),
    404: (ProviderNotFound, "has nothing there. Check the address and the ids in it."),
    429: (RateLimited, "says there were too many requests. Wait, or send fewer."),
}
_UNAVAILABLE = (ProviderUnavailable, "is having trouble. Try again later.")
_OTHER = (ProviderError, "refused the request. Check what was sent.")
_LONGEST_QUOTE = 200
_SENTENCES = ("error", "message", "detail", "error_description")


def error_for(
    response: Response, *, secrets: Iterable[str], retry_after_s: float | None, note: str = ""
) -> ProviderError:
    """The typed error of an answer with a status of 400 or more; `secrets` are blotted out of what it quotes."""
    status = response.status
    kind, meaning = _KINDS.get(status) or (_UNAVAILABLE if status >= 500 else _OTHER)
    text = f"{response.url.partition('?')[0]} {meaning} (HTTP {status}"
    if retry_after_s is not None:
        text += f", again in {retry_after_s:.0f} s"
    quote = _blotted(_said(response), secrets)
    text += f", it said: {quote!r})" if quote else ")"
    return kind(f"{text} {note}".strip(), http_status=status, retry_after_s=retry_after_s)


def _said(response: Response) -> str:
    """The one sentence of explanation that most JSON APIs send along, or nothing."""
    try:
        body = _object(json.loads(response.content))
    except (ValueError, RecursionError):
        return ""
    found = next((body[name] for name in _SENTENCES if name in body), "")
    return found if isinstance(found, str) else str(_object(found).get("message", ""))


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _blotted(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        for word in secret.split():
            text = text.replace(word, "***") if len(word) >= 6 else text
    return text[:_LONGEST_QUOTE]
