"""Signatures of deliveries, compared in constant time. Every way in which one can be wrong is `Unauthorized`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time

from backend.data.integrations import Webhook
from backend.integrations.webhooks._request import WebhookRequest
from backend.util.errors import Unauthorized

WINDOW_S = 300.0
"""How old a signed time may be, or how far ahead, unless the provider says otherwise."""
_FURTHEST_S = 1e11


def secret_of(webhook: Webhook) -> str:
    """The secret in clear.

    Raises:
        Unauthorized: there is none, so nothing can be checked and nothing is taken.
    """
    if not webhook.secret:
        raise Unauthorized(
            "This webhook has no secret yet, so nobody can be told from the sender. Store it with "
            f"POST /api/integrations/{webhook.provider}/webhooks/{webhook.id}/rotate-secret."
        )
    return webhook.secret


def hmac_hex(secret: str | bytes, signed: bytes) -> str:
    """HMAC-SHA256 in small hexadecimal digits."""
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def is_same(given: str, expected: str) -> bool:
    """Compare in a time that does not tell how much is right."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())


def check_hex(given: str, secret: str | bytes, signed: bytes, *, header: str, where: str) -> None:
    """Let a HMAC-SHA256 in hexadecimal digits pass; `sha256=` before it is taken too.

    `header` and `where` (the secret is set) are for the message.

    Raises:
        Unauthorized: there is none, or it is another.
    """
    if not given:
        raise Unauthorized(f"The header {header} is missing: only signed deliveries are taken. {where}")
    if not is_same(given.strip().removeprefix("sha256=").lower(), hmac_hex(secret, signed)):
        raise Unauthorized(
            f"The signature in {header} does not match: the sender has another secret than Blockyard. {where}"
        )


def check_time(seconds: str, *, window_s: float = WINDOW_S, header: str) -> None:
    """Let a Unix time pass that is about now.

    Raises:
        Unauthorized: it is none, or too far from now.
    """
    try:
        moment = float(seconds)
    except ValueError:
        moment = float("nan")
    if not abs(moment) < _FURTHEST_S:
        raise Unauthorized(f"The header {header} must be a Unix time in seconds.")
    if abs(time.time() - moment) > window_s:
        raise Unauthorized(
            f"The time in {header} is more than {window_s:g} s from now: the delivery is old, was replayed, or one "
            "of the two clocks is wrong."
        )


def verify_standard(webhook: Webhook, request: WebhookRequest) -> None:
    """Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

    Raises:
        Unauthorized: whatever the library says, which raises many things.
    """
    from standardwebhooks.webhooks import Webhook as Verifier

    headers = {
        name: request.header(name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    }
    key = secret_of(webhook)
    try:
        Verifier(_key_bytes(key)).verify(request.raw, headers, json_parse=False)
    except Exception as error:
        raise Unauthorized(
            f"The signature is not of this webhook's secret, or not of now: {str(error) or 'it cannot be read'}. Set "
            "the same secret at the sender, and let it sign each attempt anew."
        ) from error


def _key_bytes(secret: str) -> bytes:
    """The key behind `whsec_`. The library skips what is no base64, so that a masked `whsec_ab****` had one byte.

    Raises:
        ValueError: it is no base64.
    """
    text = secret.removeprefix("whsec_") if secret.startswith("whsec_") else standard_key(secret)
    text = text.rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise ValueError(
            "the stored secret is not one that `whsec_` and base64 make; copy it whole"
        ) from error


def standard_key(secret: str) -> str:
    """A secret as Standard Webhooks writes it: what is no base64 already is taken as it stands."""
    try:
        base64.b64decode(secret, validate=True)
    except (ValueError, binascii.Error):
        return base64.b64encode(secret.encode()).decode()
    return secret


def verify_any_scheme(webhook: Webhook, request: WebhookRequest) -> None:
    """Any of: Standard Webhooks, `X-Webhook-Signature: sha256=<HMAC of the body>`, the secret as a token.

    The token is `X-Webhook-Token: <secret>` or `Authorization: Bearer <secret>`.

    Raises:
        Unauthorized: none of them, or a wrong one.
    """
    secret = secret_of(webhook)
    if request.header("webhook-signature"):
        verify_standard(webhook, request)
        return
    signature = request.header("x-webhook-signature")
    if signature:
        check_hex(
            signature,
            secret,
            request.raw,
            header="X-Webhook-Signature",
            where="Sign the raw body with the webhook's secret.",
        )
        return
    kind, _, bearer = request.header("authorization").partition(" ")
    token = request.header("x-webhook-token") or (bearer.strip() if kind.lower() == "bearer" else "")
    if not token:
        raise Unauthorized(
            "Nothing says who sent this. Send the webhook's secret as `X-Webhook-Token`, or sign the body: "
            "`X-Webhook-Signature: sha256=<HMAC-SHA256 in hex>`."
        )
    if not is_same(token, secret):
        raise Unauthorized("The token is not the webhook's secret. Set the same at the sender.")
