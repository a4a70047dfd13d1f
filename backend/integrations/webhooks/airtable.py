"""Airtable's webhooks: made for a table, they say that something changed; what it was, one asks for.

Source: https://airtable.com/developers/web/api/webhooks-overview
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from backend.data.credentials import Credentials
from backend.data.integrations import Webhook
from backend.data.json_parts import object_at, text_at
from backend.data.json_types import as_list
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._airtable_api import AirtableApi
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.integrations.webhooks._payload import identity, json_object
from backend.integrations.webhooks._request import Registration, Reply, WebhookRequest
from backend.integrations.webhooks._verify import hmac_hex, is_same, secret_of
from backend.util.errors import BadInput, ProviderError, ProviderNotFound, Unauthorized

EVENT = "change"
DATA_TYPES = ("tableData", "tableFields", "tableMetadata")
_HEADER = "X-Airtable-Content-MAC"


class AirtableWebhookManager(AutoWebhookManagerBase):
    """One webhook for each table (or view) of a base: `webhook.resource` is `<base id>/<table id or name>`.

    It lives for seven days from when it was made, updated, or last asked for changes; `update` prolongs it, and
    `config["expires_at"]` says until when. All kinds of changes are registered: the trigger's block asks for them
    and drops those that nobody wants.
    """

    PROVIDER_NAME = ProviderName.AIRTABLE
    SETUP = (
        "Nothing: the webhook is made when the graph goes live. The token needs the scopes webhook:manage, "
        "data.records:read and schema.bases:read."
    )

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        given = request.header(_HEADER)
        if not given:
            raise Unauthorized(f"The header {_HEADER} is missing: only notifications of Airtable are taken.")
        expected = hmac_hex(_mac_key(secret_of(webhook)), request.raw)
        if not is_same(given.strip().removeprefix("hmac-sha256=").lower(), expected):
            raise Unauthorized(
                f"{_HEADER} does not match this webhook's secret. Publish the graph again: that makes a new one."
            )

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        """The notification: which base and webhook, and when. It has no data."""
        payload = await json_object(request)
        if not (text_at(payload, "base", "id") and text_at(payload, "webhook", "id")):
            raise BadInput('A notification of Airtable has {"base": {"id"}, "webhook": {"id"}, "timestamp"}.')
        return payload, EVENT

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        """Its webhook and its time, since it has no id; a repeat would find nothing new anyway."""
        moment = text_at(payload, "timestamp")
        return identity(f"{text_at(payload, 'webhook', 'id')} {moment}") if moment else None

    def accepted(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> Reply | None:
        """Airtable wants 200 or 204 without a body."""
        return Reply(status=204)

    async def register(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        """Make it, in place of those that have our address: their secrets were told once only."""
        api = AirtableApi(credentials)
        base_id, specification = await _wanted(api, webhook)
        for one in await _ours(api, base_id, webhook):
            await api.delete_webhook(base_id, text_at(one, "id"))
        made = await api.create_webhook(base_id, ingress_url, specification)
        secret = text_at(made, "macSecretBase64")
        if not (secret and text_at(made, "id")):
            raise ProviderError("Airtable made a webhook without telling its id and secret. Try again.")
        return Registration(text_at(made, "id"), secret, _config(secret, made))

    async def update(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        """Prolong it; where address, table or secret are others, make it anew."""
        api = AirtableApi(credentials)
        base_id, specification = await _wanted(api, webhook)
        present = [
            one
            for one in await _ours(api, base_id, webhook)
            if _is_as_wanted(one, ingress_url, specification)
        ]
        known = [one for one in present if text_at(one, "id") == webhook.provider_webhook_id]
        if not known or webhook.config.get("secret_sha256") != _fingerprint(webhook.secret or ""):
            return await self.register(webhook, credentials, ingress_url, events)
        refreshed = await api.refresh_webhook(base_id, webhook.provider_webhook_id)
        return Registration(webhook.provider_webhook_id, None, _config(webhook.secret or "", refreshed))

    async def deregister(self, webhook: Webhook, credentials: Credentials | None) -> None:
        api = AirtableApi(credentials)
        base_id = webhook.resource.partition("/")[0]
        try:
            for one in await _ours(api, base_id, webhook):
                await api.delete_webhook(base_id, text_at(one, "id"))
        except ProviderNotFound:
            return  # the base is gone, and its webhooks with it


async def _wanted(api: AirtableApi, webhook: Webhook) -> tuple[str, JsonObject]:
    """The base, and what the webhook there is to watch."""
    base_id, _, table = webhook.resource.partition("/")
    filters: JsonObject = {"dataTypes": list(DATA_TYPES)}
    if table:
        filters["recordChangeScope"] = await api.table_id(base_id, table)
    return base_id, {"options": {"filters": filters}}


async def _ours(api: AirtableApi, base_id: str, webhook: Webhook) -> list[JsonObject]:
    """Those at Airtable that are this webhook's: by its id there, or by the address."""
    mark = f"/webhooks/{webhook.id}/"
    return [
        one
        for one in await api.webhooks(base_id)
        if mark in urlsplit(text_at(one, "notificationUrl")).path
        or (webhook.provider_webhook_id and text_at(one, "id") == webhook.provider_webhook_id)
    ]


def _is_as_wanted(present: JsonObject, address: str, specification: JsonObject) -> bool:
    wanted = object_at(specification, "options", "filters")
    theirs = object_at(present, "specification", "options", "filters")
    return (
        text_at(present, "notificationUrl") == address
        and present.get("isHookEnabled") is not False
        and set(as_list(theirs.get("dataTypes")) or []) == set(DATA_TYPES)
        and theirs.get("recordChangeScope") == wanted.get("recordChangeScope")
    )


def _config(secret: str, told: JsonObject) -> JsonObject:
    """What is kept beside the secret: its hash, by which a change of it is noticed, and when the webhook ends."""
    return {"secret_sha256": _fingerprint(secret), "expires_at": text_at(told, "expirationTime")}


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _mac_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret, validate=True)
    except ValueError as error:
        raise Unauthorized(
            "What is stored as this webhook's secret is none of Airtable's. Publish the graph again."
        ) from error
