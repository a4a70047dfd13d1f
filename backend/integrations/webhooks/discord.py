"""Discord's interactions: commands, buttons, menus and forms, signed with Ed25519.

Source: https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint,
https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.data.integrations import Webhook
from backend.data.json_parts import text_at
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase, SecretFrom
from backend.integrations.webhooks._payload import event_name, identity, json_object
from backend.integrations.webhooks._request import Reply, WebhookRequest
from backend.integrations.webhooks._verify import check_time, secret_of
from backend.util.errors import BadInput, Unauthorized

_SIGNATURE, _TIME = "X-Signature-Ed25519", "X-Signature-Timestamp"
_WHERE = (
    "Copy the application's public key from General Information in the Developer Portal and store it here."
)
_PING = 1


class DiscordInteractionType(StrEnum):
    """Followed by a dot and the command's name, or the `custom_id` of what was used."""

    APPLICATION_COMMAND = "application_command"
    MESSAGE_COMPONENT = "message_component"
    AUTOCOMPLETE = "application_command_autocomplete"
    MODAL_SUBMIT = "modal_submit"


_KINDS = {
    2: DiscordInteractionType.APPLICATION_COMMAND,
    3: DiscordInteractionType.MESSAGE_COMPONENT,
    4: DiscordInteractionType.AUTOCOMPLETE,
    5: DiscordInteractionType.MODAL_SUBMIT,
}
_DEFERRED: dict[int, JsonObject] = {
    2: {"type": 5},
    3: {"type": 6},
    4: {"type": 8, "data": {"choices": []}},
    5: {"type": 5},
}


class DiscordWebhookManager(ManualWebhookManagerBase):
    """The Interactions Endpoint URL of an application."""

    PROVIDER_NAME = ProviderName.DISCORD
    WebhookEventType = DiscordInteractionType
    SECRET_FROM = SecretFrom.PROVIDER
    ANSWER_WITHIN_S = 2.5  # Discord itself gives up after 3 s
    SETUP = (
        "First copy the application's public key here (discord.com/developers/applications > General Information). "
        "Then paste the address there as the Interactions Endpoint URL; Discord tries it when you save."
    )

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        key = _public_key(secret_of(webhook))
        given, moment = request.header(_SIGNATURE), request.header(_TIME)
        if not (given and moment):
            raise Unauthorized(
                f"The headers {_SIGNATURE} and {_TIME} are missing: only requests of Discord are taken. {_WHERE}"
            )
        try:
            key.verify(bytes.fromhex(given), moment.encode() + request.raw)
        except (InvalidSignature, ValueError) as error:
            raise Unauthorized(f"{_SIGNATURE} is not of this application's key. {_WHERE}") from error
        check_time(moment, header=_TIME)

    def handshake(self, webhook: Webhook, request: WebhookRequest) -> Reply | None:
        """A PING is answered with a PONG."""
        body = as_object(request.parsed) or {}
        return Reply({"type": _PING}) if _number(body) == _PING else None

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = await json_object(request)
        kind = _KINDS.get(_number(payload))
        if kind is None:
            raise BadInput(
                f"Discord sent an interaction of the type {text_at(payload, 'type')!r:.50}. Known are 1 to 5."
            )
        name = text_at(payload, "data", "name") or text_at(payload, "data", "custom_id")
        return payload, event_name(".".join(filter(None, (kind.value, name))), "`type`")

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        return identity(text_at(payload, "id"))

    def accepted(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> Reply | None:
        """Discord wants an answer within 3 s: "is thinking…", which a graph has 15 minutes to edit."""
        return Reply(_DEFERRED.get(_number(payload), {"type": 5}))


def _number(payload: JsonObject) -> int:
    kind = payload.get("type")
    return kind if isinstance(kind, int) and not isinstance(kind, bool) else 0


def _public_key(text: str) -> Ed25519PublicKey:
    """
    Raises:
        Unauthorized: it is no public key; says where it is found.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
    except ValueError as error:
        raise Unauthorized(
            f"What is stored as this webhook's secret is no public key of 64 hexadecimal digits. {_WHERE}"
        ) from error
