"""Linear's webhooks: changes of issues, comments, projects and the rest.

Source: https://linear.app/developers/webhooks
"""

from __future__ import annotations

from enum import StrEnum

from backend.data.integrations import Webhook
from backend.data.json_parts import text_at, value_at
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase, SecretFrom
from backend.integrations.webhooks._payload import event_name, identity, json_object
from backend.integrations.webhooks._request import Reply, WebhookRequest
from backend.integrations.webhooks._verify import check_hex, check_time, secret_of
from backend.util.errors import Unauthorized

WINDOW_S = 60.0
_TIME = "webhookTimestamp"


class LinearEventType(StrEnum):
    """What changed, followed by a dot and how: `create`, `update`, `remove`."""

    AGENT_SESSION_EVENT = "AgentSessionEvent"
    APP_USER_NOTIFICATION = "AppUserNotification"
    ATTACHMENT = "Attachment"
    COMMENT = "Comment"
    CUSTOMER = "Customer"
    CUSTOMER_NEED = "CustomerNeed"
    CYCLE = "Cycle"
    DOCUMENT = "Document"
    INITIATIVE = "Initiative"
    INITIATIVE_UPDATE = "InitiativeUpdate"
    ISSUE = "Issue"
    ISSUE_LABEL = "IssueLabel"
    ISSUE_SLA = "IssueSLA"
    OAUTH_APP = "OAuthApp"
    OAUTH_AUTHORIZATION = "OAuthAuthorization"
    PERMISSION_CHANGE = "PermissionChange"
    PROJECT = "Project"
    PROJECT_LABEL = "ProjectLabel"
    PROJECT_UPDATE = "ProjectUpdate"
    REACTION = "Reaction"
    RELEASE = "Release"
    USER = "User"


class LinearWebhookManager(ManualWebhookManagerBase):
    """Webhooks that a person makes in the workspace's settings."""

    PROVIDER_NAME = ProviderName.LINEAR
    WebhookEventType = LinearEventType
    SECRET_FROM = SecretFrom.PROVIDER
    ANSWER_WITHIN_S = 4.5  # Linear itself gives up after 5 s
    SETUP = (
        "In Linear, open Settings > API > New webhook, paste the address and choose what to hear of. Then copy the "
        "webhook's signing secret here."
    )

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        check_hex(
            request.header("linear-signature"),
            secret_of(webhook),
            request.raw,
            header="Linear-Signature",
            where="Copy the signing secret from the webhook's page in Linear and store it here.",
        )
        sent_ms = value_at(await request.json(), _TIME)
        if not isinstance(sent_ms, int | float):
            raise Unauthorized(
                f"The body has no {_TIME}, so it may be a replay. Only Linear's own are taken."
            )
        check_time(str(sent_ms / 1000), window_s=WINDOW_S, header=_TIME)

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = await json_object(request)
        names = (text_at(payload, "type"), text_at(payload, "action"))
        return payload, event_name(".".join(filter(None, names)), "`type`")

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        return identity(request.header("linear-delivery"))

    def accepted(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> Reply | None:
        """Linear takes every status but 200 for a failure, and repeats."""
        return Reply()
