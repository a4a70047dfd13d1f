"""Any sender that follows Standard Webhooks 1.0.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from backend.data.integrations import Webhook
from backend.data.json_parts import text_at
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase, SecretFrom
from backend.integrations.webhooks._payload import event_name, identity, json_object
from backend.integrations.webhooks._request import WebhookRequest
from backend.integrations.webhooks._verify import verify_standard

UNNAMED = "message"
"""The event of a body that has no `type`, which the specification only recommends."""


class StandardWebhooksManager(ManualWebhookManagerBase):
    """`webhook-id`, `webhook-timestamp` and `webhook-signature`; events are whatever the sender calls them.

    Svix, where the specification comes from, says `svix-id` and so on, and so do those who send through it
    (Source: https://docs.svix.com/receiving/verifying-payloads/how-manual).
    """

    PROVIDER_NAME = ProviderName.STANDARD_WEBHOOKS
    SECRET_FROM = SecretFrom.PROVIDER
    SETUP = (
        "Paste the address where the sender asks for an endpoint. Then copy the endpoint's signing secret (whsec_...) "
        "here."
    )

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        verify_standard(webhook, _with_standard_names(request))

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = await json_object(request)
        return payload, event_name(text_at(payload, "type") or UNNAMED, "`type`")

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        return identity(_with_standard_names(request).header("webhook-id"))


def _with_standard_names(request: WebhookRequest) -> WebhookRequest:
    """The request with `svix-` headers called `webhook-`, unless it is signed under the standard name.

    Id and signature are read from the same one, so that nothing unsigned stands in for what is signed.
    """
    if request.header("webhook-signature"):
        return request
    named = {
        name.replace("svix-", "webhook-", 1): value
        for name, value in request.headers.items()
        if not name.startswith("webhook-")
    }
    return WebhookRequest([(n.encode("latin-1"), v.encode("latin-1")) for n, v in named.items()], request.raw)
