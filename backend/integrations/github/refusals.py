"""What GitHub's refusals mean, as the error a person can act on. Pure: the time comes in."""

from __future__ import annotations

import json
import math
from typing import Any

from backend.data.json_types import as_list, as_object
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)
from backend.util.http_messages import Response

SECONDARY_WAIT_S = 60.0
"""Where GitHub does not say how long, one waits a minute."""
_LONGEST_QUOTE = 400
_CODES = {
    "missing": "does not exist",
    "missing_field": "is missing",
    "invalid": "is not valid",
    "already_exists": "exists already",
    "unprocessable": "cannot be used",
}
_GONE = {
    404: "It is not there, or the credential may not see it: for a private repository check its permissions.",
    410: "It was deleted, or this is switched off for the repository.",
}
_STATES = {
    405: "GitHub does not allow that now.",
    409: "It was changed meanwhile, or its state does not allow that. Read it again, then repeat.",
    422: "GitHub cannot do that with these values.",
}


def refusal(response: Response, *, secret: str, now_s: float) -> ProviderError:
    """The error of an answer of 400 or more; `secret` is blotted out of what it quotes, `now_s` is Unix time.

    Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api (2022-11-28).
    """
    status, said = response.status, _said(response).replace(secret or "\0", "***")[:_LONGEST_QUOTE]
    place = f"{response.url.partition('?')[0]} (HTTP {status})"
    wait_s = _wait_s(response, said, now_s) if status in (403, 429) else None
    if wait_s is not None:
        text = f"GitHub wants no more requests for {wait_s:.0f} s: {said or 'too many'}. Wait, or send fewer."
        return RateLimited(text, http_status=status, retry_after_s=wait_s)
    quote = f" It said: {said!r}." if said else ""
    if status == 401:
        cure = (
            "GitHub does not accept the credential: it was revoked or has expired. Connect the account again."
        )
        return CredentialsError(f"{cure}{quote} {place}", http_status=status)
    if status in (403, 451):
        return ProviderForbidden(f"{_forbidden(response)}{quote} {place}", http_status=status)
    if status in _GONE:
        return ProviderNotFound(f"{_GONE[status]}{quote} {place}", http_status=status)
    if status >= 500:
        cure = "GitHub is having trouble (see githubstatus.com). Try again later."
        return ProviderUnavailable(f"{cure}{quote} {place}", http_status=status)
    meaning = _STATES.get(status, "GitHub refused the request. Check what was sent.")
    return ProviderError(f"{meaning}{quote} {place}", http_status=status)


def _wait_s(response: Response, said: str, now_s: float) -> float | None:
    """Seconds that a limit asks for; None: it is no limit.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, "Exceeding the rate limit".
    """
    asked = _number(response.headers.get("retry-after", ""))
    if asked is not None:
        return asked
    reset = _number(response.headers.get("x-ratelimit-reset", ""))
    if response.headers.get("x-ratelimit-remaining", "").strip() == "0" and reset is not None:
        return max(1.0, math.ceil(reset - now_s))
    # A secondary limit may come without any header: only its sentence tells it from a lack of permissions.
    return SECONDARY_WAIT_S if response.status == 429 or "rate limit" in said.lower() else None


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text[:12]) if text.isascii() and text.isdigit() else None


def _forbidden(response: Response) -> str:
    """What is lacking, where GitHub's headers tell."""
    sso = response.headers.get("x-github-sso", "")
    if "url=" in sso:
        return f"The organization wants single sign-on for this credential: open {sso.partition('url=')[2][:300]}"
    wanted = response.headers.get("x-accepted-github-permissions", "")
    if wanted:
        return f"The token lacks a permission: it needs {wanted[:200]}. Give it one at github.com/settings/tokens."
    scopes = response.headers.get("x-accepted-oauth-scopes", "")
    if scopes:
        has = response.headers.get("x-oauth-scopes", "") or "none"
        return f"The credential lacks a scope: it needs one of {scopes[:200]}, and has {has[:200]}. Connect again with it."
    return "The credential may not do this. Check its permissions, and your role in the repository."


def _said(response: Response) -> str:
    """GitHub's sentence, and what it says of each field."""
    try:
        body = as_object(json.loads(response.content)) or {}
    except (ValueError, RecursionError):
        return ""
    errors = as_list(body.get("errors"))
    details = [_detail(one) for one in (errors if errors is not None else [body.get("errors")])]
    message = body.get("message")
    parts = [message if isinstance(message, str) else "", *details]
    return "; ".join(part for part in parts if part)


def _detail(error: Any) -> str:
    """Of one field. Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed"""
    if isinstance(error, str):
        return error
    known = as_object(error) or {}
    if isinstance(known.get("message"), str):
        return str(known["message"])
    code = str(known.get("code", ""))
    field = str(known.get("field", "") or known.get("resource", ""))
    return f"{field} {_CODES.get(code, code)}".strip()
