"""GitHub's webhooks: made through its API for a repository or an organization, signed with HMAC-SHA256.

Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries,
https://docs.github.com/en/rest/repos/webhooks (2022-11-28).
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.data.credentials import Credentials
from backend.data.integrations import Webhook
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.integrations.github.addresses import organization_of, quoted, repository_of
from backend.integrations.github.client import GithubClient
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.integrations.webhooks._github_events import SENT_UNASKED, GithubWebhookEventType
from backend.integrations.webhooks._payload import event_name, form_fields, identity, is_form, json_object
from backend.integrations.webhooks._request import Registration, Reply, WebhookRequest
from backend.integrations.webhooks._verify import check_hex, secret_of
from backend.util.errors import BadInput, ProviderError, ProviderNotFound
from backend.util.json_text import parse_json

_EVENT = "X-GitHub-Event"
_SIGNATURE = "X-Hub-Signature-256"
_WHERE = "It is the field Secret of the webhook at GitHub; publish the graph again to set it there."
_MAX_HOOKS = 1000


class GithubWebhookManager(AutoWebhookManagerBase):
    """One webhook for each repository (`owner/name`) or organization that graphs listen to."""

    PROVIDER_NAME = ProviderName.GITHUB
    WebhookEventType = GithubWebhookEventType
    IGNORED_EVENTS = SENT_UNASKED
    MAX_BODY_BYTES = 25 * 1_048_576
    SETUP = (
        "Nothing: the webhook is made when the graph goes live, with a credential that may administer the "
        "repository's webhooks. By hand: Settings, Webhooks, Add webhook; paste address and secret, take "
        "application/json."
    )

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        given = request.header(_SIGNATURE)
        check_hex(given, secret_of(webhook), request.raw, header=_SIGNATURE, where=_WHERE)

    def handshake(self, webhook: Webhook, request: WebhookRequest) -> Reply | None:
        """GitHub pings a webhook when it is made, and on demand."""
        return Reply({"message": "pong"}) if request.header(_EVENT) == "ping" else None

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = _form_payload(request) if is_form(request) else await json_object(request)
        event = event_name(request.header(_EVENT), f"the header {_EVENT}")
        action = payload.get("action")
        return payload, event_name(f"{event}.{action}", "") if isinstance(action, str) and action else event

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        """The same when GitHub delivers an event again on demand."""
        return identity(request.header("X-GitHub-Delivery"))

    async def register(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        """Make it, or take over the one that has this address, or another of this webhook's."""
        github, path = GithubClient(credentials), hooks_path(webhook)
        known = await _find(github, path, webhook, ingress_url)
        if known is not None:
            return await _changed(github, f"{path}/{known}", webhook, ingress_url, events)
        body = {"name": "web", **_body(webhook, ingress_url, events)}
        try:
            made = await github.change("POST", path, body)
        except ProviderError as error:
            known = await _find(github, path, webhook, ingress_url) if error.http_status == 422 else None
            if known is None:
                raise
            return await _changed(github, f"{path}/{known}", webhook, ingress_url, events)
        return Registration(_id(made))

    async def update(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        """Point it elsewhere; one that somebody has deleted at GitHub is made anew."""
        if not webhook.provider_webhook_id:
            return await self.register(webhook, credentials, ingress_url, events)
        path = f"{hooks_path(webhook)}/{quoted(webhook.provider_webhook_id)}"
        try:
            return await _changed(GithubClient(credentials), path, webhook, ingress_url, events)
        except ProviderNotFound:
            return await self.register(webhook, credentials, ingress_url, events)

    async def deregister(self, webhook: Webhook, credentials: Credentials | None) -> None:
        """A webhook or a repository that is gone is fine."""
        if not webhook.provider_webhook_id:
            return
        path = f"{hooks_path(webhook)}/{quoted(webhook.provider_webhook_id)}"
        try:
            await GithubClient(credentials).send("DELETE", path)
        except ProviderNotFound:
            return


def hooks_path(webhook: Webhook) -> str:
    """Of the API: a resource with a slash is a repository, one without an organization.

    Raises:
        InvalidInput: it is neither.
    """
    is_organization = webhook.webhook_type.startswith("org") or "/" not in webhook.resource
    if is_organization:
        return f"/orgs/{organization_of(webhook.resource)}/hooks"
    return f"{repository_of(webhook.resource).path}/hooks"


def _body(webhook: Webhook, ingress_url: str, events: Sequence[str]) -> JsonObject:
    """GitHub is asked for whole events: their actions are told apart here."""
    names = sorted({event.partition(".")[0] for event in events}) or ["*"]
    config = {"url": ingress_url, "content_type": "json", "insecure_ssl": "0", "secret": secret_of(webhook)}
    return {"active": True, "events": names, "config": config}


async def _find(github: GithubClient, path: str, webhook: Webhook, ingress_url: str) -> str | None:
    """The id of the one that an earlier attempt has made, perhaps under a public name that we no longer have."""
    for hook in await github.pages(path, limit=_MAX_HOOKS):
        url = str((as_object(hook.get("config")) or {}).get("url", ""))
        if url == ingress_url or f"/webhooks/{webhook.id}/" in url:
            return _id(hook)
    return None


async def _changed(
    github: GithubClient, path: str, webhook: Webhook, ingress_url: str, events: Sequence[str]
) -> Registration:
    return Registration(_id(await github.change("PATCH", path, _body(webhook, ingress_url, events))))


def _id(hook: JsonObject) -> str:
    """Raises ProviderError: GitHub's answer has none."""
    found = hook.get("id")
    if not isinstance(found, int):
        raise ProviderError("GitHub answered without the id of the webhook. Try again later.")
    return str(found)


def _form_payload(request: WebhookRequest) -> JsonObject:
    """Of a webhook whose content type is `application/x-www-form-urlencoded`: JSON in the field `payload`."""
    fields = form_fields(request)
    found = as_object(parse_json(fields.get("payload", [""])[0].encode()))
    if found is None:
        raise BadInput("The form's field `payload` is JSON, but no object. Let GitHub send application/json.")
    return found
