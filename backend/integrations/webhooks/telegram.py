"""Telegram's updates: a bot has one webhook, which we set with a secret token.

Source: https://core.telegram.org/bots/api#setwebhook, https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from backend.data.credentials import Credentials
from backend.data.integrations import Webhook
from backend.data.json_parts import text_at, value_at
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.integrations.webhooks._payload import event_name, identity, json_object
from backend.integrations.webhooks._request import Registration, WebhookRequest
from backend.integrations.webhooks._telegram_api import TelegramApi
from backend.integrations.webhooks._verify import is_same, secret_of
from backend.util.errors import ProviderError, Unauthorized

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_ALLOWED = re.compile(r"[A-Za-z0-9_-]{16,256}")


class TelegramUpdateType(StrEnum):
    MESSAGE = "message"
    EDITED_MESSAGE = "edited_message"
    CHANNEL_POST = "channel_post"
    EDITED_CHANNEL_POST = "edited_channel_post"
    BUSINESS_CONNECTION = "business_connection"
    BUSINESS_MESSAGE = "business_message"
    EDITED_BUSINESS_MESSAGE = "edited_business_message"
    DELETED_BUSINESS_MESSAGES = "deleted_business_messages"
    MESSAGE_REACTION = "message_reaction"
    MESSAGE_REACTION_COUNT = "message_reaction_count"
    INLINE_QUERY = "inline_query"
    CHOSEN_INLINE_RESULT = "chosen_inline_result"
    CALLBACK_QUERY = "callback_query"
    SHIPPING_QUERY = "shipping_query"
    PRE_CHECKOUT_QUERY = "pre_checkout_query"
    PURCHASED_PAID_MEDIA = "purchased_paid_media"
    POLL = "poll"
    POLL_ANSWER = "poll_answer"
    MY_CHAT_MEMBER = "my_chat_member"
    CHAT_MEMBER = "chat_member"
    CHAT_JOIN_REQUEST = "chat_join_request"
    CHAT_BOOST = "chat_boost"
    REMOVED_CHAT_BOOST = "removed_chat_boost"


class TelegramWebhookManager(AutoWebhookManagerBase):
    """The webhook of the bot whose token the credential holds."""

    PROVIDER_NAME = ProviderName.TELEGRAM
    WebhookEventType = TelegramUpdateType
    SETUP = "Nothing: the bot is told this address when the graph goes live. Telegram wants https."

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        given = request.header(_HEADER)
        if not given:
            raise Unauthorized(f"The header {_HEADER} is missing: only updates of Telegram are taken.")
        if not is_same(given, secret_token(secret_of(webhook))):
            raise Unauthorized(
                f"{_HEADER} is another than this webhook's. Publish the graph again: that tells the bot the new one."
            )

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = await json_object(request)
        kind = next((name for name in payload if name != "update_id"), "")
        return payload, event_name(kind, "the update's content")

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        return identity(text_at(payload, "update_id"))

    async def register(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        """Set the bot's webhook, which may be repeated.

        Raises:
            ProviderError: the bot's updates go elsewhere, and nobody asked us to take them away from there.
        """
        bot = TelegramApi(credentials)
        present = text_at(await bot.call("getWebhookInfo"), "url")
        if present and not _is_ours(present, webhook):
            host = urlsplit(present).hostname or "another address"
            raise ProviderError(
                f"This bot's updates go to {host} already, and a bot has one webhook only. Remove that one "
                "(deleteWebhook), or use another bot."
            )
        await bot.call(
            "setWebhook",
            url=ingress_url,
            secret_token=secret_token(secret_of(webhook)),
            allowed_updates=sorted(events) or self.known_events(),
        )
        return Registration(provider_webhook_id=text_at(await bot.call("getMe"), "id"))

    async def update(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        return await self.register(webhook, credentials, ingress_url, events)

    async def deregister(self, webhook: Webhook, credentials: Credentials | None) -> None:
        """Updates that wait stay at Telegram for a day, for whoever asks next."""
        bot = TelegramApi(credentials)
        info = await bot.call("getWebhookInfo")
        if _is_ours(text_at(info, "url"), webhook) and value_at(info, "url"):
            await bot.call("deleteWebhook")


def secret_token(secret: str) -> str:
    """What Telegram sends back with each update: 1 to 256 of A-Z, a-z, 0-9, _ and -; another secret by its hash."""
    return secret if _ALLOWED.fullmatch(secret) else hashlib.sha256(secret.encode()).hexdigest()


def _is_ours(url: str, webhook: Webhook) -> bool:
    """Whether the address is this webhook's, perhaps under a public name that we no longer have."""
    return f"/webhooks/{webhook.id}/" in urlsplit(url).path
