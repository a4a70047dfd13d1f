"""Slack's requests: events, slash commands and interactions, signed with the app's signing secret.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack,
https://docs.slack.dev/apis/events-api, https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

from typing import Any

from backend.data.integrations import Webhook
from backend.data.json_parts import text_at
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase, SecretFrom
from backend.integrations.webhooks._payload import event_name, form_fields, identity, is_form, json_object
from backend.integrations.webhooks._request import Reply, WebhookRequest
from backend.integrations.webhooks._slack_events import SlackEventType
from backend.integrations.webhooks._verify import check_time, hmac_hex, is_same, secret_of
from backend.util.errors import BadInput, Unauthorized
from backend.util.json_text import parse_json

_SIGNATURE, _TIME = "X-Slack-Signature", "X-Slack-Request-Timestamp"
_WHERE = "Copy the app's signing secret from Basic Information > App Credentials and store it here."
_DROPPED = frozenset({"token"})
"""The old verification token is a secret, and nothing here reads it."""


class SlackWebhookManager(ManualWebhookManagerBase):
    """The request URLs of a Slack app. Event subscriptions, slash commands and interactivity may share one."""

    PROVIDER_NAME = ProviderName.SLACK
    WebhookEventType = SlackEventType
    IGNORED_EVENTS = frozenset({"app_rate_limited"})
    SECRET_FROM = SecretFrom.PROVIDER
    ANSWER_WITHIN_S = 2.5  # Slack itself gives up after 3 s
    SETUP = (
        "First copy the app's signing secret here (api.slack.com/apps > Basic Information > App Credentials). Then "
        "paste the address as the Request URL of Event Subscriptions, of a slash command or of Interactivity."
    )

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        secret = secret_of(webhook)
        given, moment = request.header(_SIGNATURE), request.header(_TIME)
        if not (given and moment):
            raise Unauthorized(
                f"The headers {_SIGNATURE} and {_TIME} are missing: only requests of Slack are taken. {_WHERE}"
            )
        if not is_same(given, "v0=" + hmac_hex(secret, f"v0:{moment}:".encode() + request.raw)):
            raise Unauthorized(f"{_SIGNATURE} does not match: the app has another signing secret. {_WHERE}")
        check_time(moment, header=_TIME)

    def handshake(self, webhook: Webhook, request: WebhookRequest) -> Reply | None:
        if is_form(request) or b"url_verification" not in request.raw:
            return None
        body = request.parsed
        if text_at(body, "type") != "url_verification":
            return None
        challenge = text_at(body, "challenge")
        if not challenge:
            raise BadInput("Slack's url_verification has no `challenge`.")
        return Reply({"challenge": challenge})

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        """Events as Slack sends them; a slash command's fields with the type `slash_command`."""
        payload = _form_payload(request) if is_form(request) else await json_object(request)
        payload = {name: value for name, value in payload.items() if name not in _DROPPED}
        return payload, event_name(_event_of(payload), "`type`")

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        """Retries (`X-Slack-Retry-Num`) have the event's id; a command or click has a trigger's."""
        return identity(text_at(payload, "event_id") or text_at(payload, "trigger_id"))

    def accepted(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> Reply | None:
        """Slack takes an empty 200 as "done"; a body would be shown to whoever typed the command."""
        return Reply()


def _form_payload(request: WebhookRequest) -> JsonObject:
    fields = {name: values[-1] for name, values in form_fields(request).items()}
    if "payload" not in fields:
        return {**fields, "type": "slash_command"}
    inner = as_object(_parsed(fields["payload"]))
    if inner is None:
        raise BadInput("The field `payload` of an interaction must be a JSON object.")
    return inner


def _parsed(text: str) -> Any:
    return parse_json(text.encode("utf-8", "replace"))


def _event_of(payload: JsonObject) -> str:
    """`message.channel_join`, `slash_command.deploy`, `interaction.block_actions`."""
    kind = text_at(payload, "type")
    if kind == "event_callback":
        names = (text_at(payload, "event", "type"), text_at(payload, "event", "subtype"))
        return ".".join(filter(None, names))
    if kind == "slash_command":
        return ".".join(filter(None, (kind, text_at(payload, "command").lstrip("/"))))
    return kind if not kind or kind == "app_rate_limited" else f"interaction.{kind}"
