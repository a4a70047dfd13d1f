"""Webhooks of whoever can send a header: a token or a signature, and a body of any kind. Never open."""

from __future__ import annotations

import base64
from typing import Any

from backend.data.integrations import Webhook
from backend.data.json_parts import text_at
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase
from backend.integrations.webhooks._payload import event_name, form_fields, identity, is_form, media_type
from backend.integrations.webhooks._request import WebhookRequest
from backend.util.errors import BadInput
from backend.util.json_text import refuse_unstorable

UNNAMED = "received"
"""The event of a delivery that says none."""
_ID_HEADERS = ("webhook-id", "x-webhook-id", "idempotency-key")
_SECRET_HEADERS = frozenset(
    [
        "authorization",
        "cookie",
        "proxy-authorization",
        "webhook-signature",
        "x-webhook-signature",
        "x-webhook-token",
    ]
)


class GenericWebhookManager(ManualWebhookManagerBase):
    """Checked as the base does: Standard Webhooks, an HMAC of the body, or the secret as a token.

    The payload is `{"event": …, "body": …, "headers": {…}}`. `body` is JSON, the fields of a form (a text each, a
    list where a name is repeated), a text, `{"base64": …}` of what is no text, or null. `headers` are without those
    by which the sender is known.
    """

    PROVIDER_NAME = ProviderName.GENERIC_WEBHOOK
    SETUP = (
        "Let the sender POST to the address with the header `X-Webhook-Token: <secret>`; or, better, let it sign the "
        "body: `X-Webhook-Signature: sha256=<HMAC-SHA256 of the body in hex>`. An event's name may come in "
        "`X-Webhook-Event`, its id in `Webhook-Id`: repeats of an id start nothing."
    )

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        body = _body_of(request)
        said = request.header("x-webhook-event") or text_at(body, "event") or text_at(body, "type")
        event = event_name(said or UNNAMED, "X-Webhook-Event")
        return {"event": event, "body": body, "headers": _shown_headers(webhook, request)}, event

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        return identity(next((value for name in _ID_HEADERS if (value := request.header(name))), ""))


def _body_of(request: WebhookRequest) -> Any:
    """See the manager.

    Raises:
        BadInput: it is not what its Content-Type says.
    """
    kind = media_type(request)
    if not request.raw.strip():
        return None
    if kind == "application/json" or kind.endswith("+json"):
        return request.parsed
    if is_form(request):
        fields = form_fields(request)
        return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
    if not kind:
        return _json_or_text(request)
    return _text_of(request.raw)


def _json_or_text(request: WebhookRequest) -> Any:
    try:
        return request.parsed
    except BadInput:
        return _text_of(request.raw)


def _text_of(raw: bytes) -> Any:
    try:
        text = raw.decode()
        refuse_unstorable(text)
    except (UnicodeDecodeError, BadInput):
        return {"base64": base64.b64encode(raw).decode()}
    return text


def _shown_headers(webhook: Webhook, request: WebhookRequest) -> dict[str, str]:
    """The headers without the secret, whichever of them holds it."""
    return {
        name: "".join(one for one in value if one.isprintable())
        for name, value in request.headers.items()
        if name.isprintable()
        and name not in _SECRET_HEADERS
        and not (webhook.secret and webhook.secret in value)
    }
