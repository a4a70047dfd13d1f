"""Notion's webhooks: it brings its verification token first, and signs with it from then on.

Source: https://developers.notion.com/reference/webhooks,
https://developers.notion.com/reference/webhooks-events-delivery
"""

from __future__ import annotations

from enum import StrEnum

from backend.data.integrations import Webhook
from backend.data.json_parts import text_at
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase, SecretFrom
from backend.integrations.webhooks._payload import event_name, identity, json_object
from backend.integrations.webhooks._request import Introduction, Reply, WebhookRequest
from backend.integrations.webhooks._verify import check_hex, is_same, secret_of
from backend.util.errors import BadInput, Unauthorized

_HEADER = "X-Notion-Signature"
_INTRODUCED = "verification_token"
_LONGEST_TOKEN = 500


class NotionEventType(StrEnum):
    PAGE_CREATED = "page.created"
    PAGE_CONTENT_UPDATED = "page.content_updated"
    PAGE_PROPERTIES_UPDATED = "page.properties_updated"
    PAGE_MOVED = "page.moved"
    PAGE_DELETED = "page.deleted"
    PAGE_UNDELETED = "page.undeleted"
    PAGE_LOCKED = "page.locked"
    PAGE_UNLOCKED = "page.unlocked"
    PAGE_TRANSCRIPTION_BLOCK = "page.transcription_block"
    DATABASE_CREATED = "database.created"
    DATABASE_CONTENT_UPDATED = "database.content_updated"
    DATABASE_SCHEMA_UPDATED = "database.schema_updated"
    DATABASE_MOVED = "database.moved"
    DATABASE_DELETED = "database.deleted"
    DATABASE_UNDELETED = "database.undeleted"
    DATA_SOURCE_CREATED = "data_source.created"
    DATA_SOURCE_CONTENT_UPDATED = "data_source.content_updated"
    DATA_SOURCE_SCHEMA_UPDATED = "data_source.schema_updated"
    DATA_SOURCE_MOVED = "data_source.moved"
    DATA_SOURCE_DELETED = "data_source.deleted"
    DATA_SOURCE_UNDELETED = "data_source.undeleted"
    COMMENT_CREATED = "comment.created"
    COMMENT_UPDATED = "comment.updated"
    COMMENT_DELETED = "comment.deleted"
    VIEW_CREATED = "view.created"
    VIEW_UPDATED = "view.updated"
    VIEW_DELETED = "view.deleted"
    FILE_UPLOAD_CREATED = "file_upload.created"
    FILE_UPLOAD_COMPLETED = "file_upload.completed"
    FILE_UPLOAD_EXPIRED = "file_upload.expired"
    FILE_UPLOAD_FAILED = "file_upload.upload_failed"


class NotionWebhookManager(ManualWebhookManagerBase):
    """Subscriptions that a person makes in the settings of an integration."""

    PROVIDER_NAME = ProviderName.NOTION
    WebhookEventType = NotionEventType
    SECRET_FROM = SecretFrom.INTRODUCTION
    SETUP = (
        "In Notion, open the integration's Webhooks tab, create a subscription with the address and choose its events. "
        "Notion sends a verification token here at once; copy it from this webhook into Notion's Verify dialog."
    )

    def introduce(self, webhook: Webhook, request: WebhookRequest) -> Introduction | None:
        token = _token_of(request)
        return Introduction(token) if token else None

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        secret = secret_of(webhook)
        token = _token_of(request)
        if token and not is_same(token, secret):
            raise Unauthorized(
                "This webhook has a verification token already, and this is another. If the subscription was made "
                "anew, delete this webhook and use a fresh address."
            )
        if not token:
            check_hex(
                request.header(_HEADER),
                secret,
                request.raw,
                header=_HEADER,
                where="Make the subscription in Notion anew, with a fresh webhook's address.",
            )

    def handshake(self, webhook: Webhook, request: WebhookRequest) -> Reply | None:
        """The verification token once more ("Resend token"); `verify` has seen that it is ours."""
        return Reply() if _token_of(request) else None

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = await json_object(request)
        return payload, event_name(text_at(payload, "type"), "`type`")

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        return identity(text_at(payload, "id"))

    def accepted(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> Reply | None:
        return Reply()


def _token_of(request: WebhookRequest) -> str:
    """The token of a first request: a body with nothing else, and no signature. Empty: it is another."""
    if request.header(_HEADER) or _INTRODUCED.encode() not in request.raw:
        return ""
    try:
        body = as_object(request.parsed) or {}
    except BadInput:
        return ""
    token = text_at(body, _INTRODUCED)
    return token if len(body) == 1 and len(token) <= _LONGEST_TOKEN else ""
