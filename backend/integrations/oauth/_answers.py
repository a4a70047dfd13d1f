"""What a provider's answer to a token request means. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from backend.data.json_types import is_list, is_object
from backend.data.model import JsonObject
from backend.data.scrub import Scrubber
from backend.util.clock import now
from backend.util.errors import CredentialsError, ProviderError, ProviderUnavailable, RateLimited
from backend.util.http_messages import Response
from backend.util.http_retry import retry_after_s

_LONGEST_QUOTE = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PASSING = frozenset(
    {"temporarily_unavailable", "server_error", "internal_error", "service_unavailable", "fatal_error"}
)
_LIMITED = frozenset({"rate_limited", "ratelimited", "slow_down"})
_WRONG_CLIENT = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "incorrect_client_credentials",
        "bad_client_secret",
        "invalid_client_id",
    }
)
_WRONG_ADDRESS = frozenset({"redirect_uri_mismatch", "bad_redirect_uri", "invalid_redirect_uri"})


class NoLongerGood(CredentialsError):
    """A code or a refresh token that the provider does not take, and never will."""


def refusal_in(
    response: Response,
    *,
    label: str,
    variables: tuple[str, str],
    no_longer_good: frozenset[str],
    secrets: Sequence[str],
) -> ProviderError | None:
    """The error that an answer is; None when it is none.

    The body comes before the status: some providers refuse with 200.
    """
    body = _body(response)
    code, quote = _code_in(body), blotted(_said(body), secrets)
    said = f" It said: {quote!r}." if quote else ""
    status = response.status
    if response.ok and (body is not None and not code):
        return None
    if code in no_longer_good:
        return NoLongerGood(f"{label} no longer accepts this login. Connect again.{said}", http_status=status)
    if status == 429 or code in _LIMITED:
        wait_s = retry_after_s(response.headers, now=now())
        return RateLimited(
            f"{label} says there were too many requests. Try again later.{said}",
            http_status=status,
            retry_after_s=wait_s,
        )
    if status >= 500 or code in _PASSING:
        return ProviderUnavailable(f"{label} is having trouble. Try again later.{said}", http_status=status)
    if code in _WRONG_CLIENT:
        cure = f"An operator checks {variables[0]} and {variables[1]}."
        return ProviderError(f"{label} does not know this application. {cure}{said}", http_status=status)
    if code in _WRONG_ADDRESS:
        cure = "An operator registers the callback address of docs/oauth.md there, and checks BLOCKYARD_PUBLIC_URL."
        return ProviderError(f"{label} has another callback address. {cure}{said}", http_status=status)
    if status == 401:
        return CredentialsError(f"{label} refused the credentials. Connect again.{said}", http_status=status)
    if body is None:
        return ProviderError(
            f"{label} did not answer with JSON (HTTP {status}). Try again later.", http_status=status
        )
    return ProviderError(f"{label} refused (HTTP {status}).{said or ' Try again.'}", http_status=status)


def object_in(response: Response) -> JsonObject:
    """The JSON object of an answer; empty when it is something else."""
    return _body(response) or {}


def blotted(text: str, secrets: Sequence[str]) -> str:
    """What a provider says, on one line and short, without what we have told it in confidence, however written."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return Scrubber(secrets).text(text)[:_LONGEST_QUOTE]


def _body(response: Response) -> JsonObject | None:
    """None: it is no JSON object. What is empty is an empty one, as revocations are answered."""
    if not response.content.strip():
        return {}
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return _storable(value) if is_object(value) else None


def _storable(value: Any) -> Any:
    """The value without characters that PostgreSQL cannot store: a name that was cut in two loses no login."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if is_object(value):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return [_storable(one) for one in value] if is_list(value) else value


def _code_in(body: JsonObject | None) -> str:
    """The code of a refusal; `ok: false` without one is a refusal too (Slack)."""
    if body is None:
        return ""
    error = body.get("error")
    if isinstance(error, str):
        return error
    return "refused" if body.get("ok") is False else ""


def _said(body: JsonObject | None) -> str:
    texts = [(body or {}).get(name) for name in ("error_description", "message", "error")]
    return next((text for text in texts if isinstance(text, str) and text), "")
