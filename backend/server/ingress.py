"""Where providers deliver: `POST /api/integrations/{provider}/webhooks/{webhook_id}/ingress`, ahead of the framework.

An answer of 2xx means that the delivery is on disk, with the runs that it starts. Whatever a stranger sends is
answered with 4xx. The order is: does the webhook exist, at this provider; is the body short enough; who sent it;
what is it; who listens.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
import structlog
from fastapi import Response
from starlette.types import Receive, Scope

from backend.data.delivery import NewDelivery
from backend.data.model import JsonObject
from backend.data.run import CallerAnswer
from backend.data.webhook_secret import put_introduced
from backend.data.webhook_store import IngressTrigger
from backend.executor.triggers.inbox import Inbox, Start, Taken, live_triggers
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._events import refuse_unknown
from backend.integrations.webhooks._request import Reply, WebhookRequest
from backend.server.body import limited, read_body
from backend.server.known_webhooks import KnownWebhook
from backend.server.site import Site
from backend.util.clock import new_id, now
from backend.util.errors import BadInput, BlockyardError, NotFound, TooLarge, Unauthorized
from backend.util.log import HIDDEN
from backend.util.off_loop import off_loop

log = structlog.get_logger(__name__)

ROUTE = "/api/integrations/{provider}/webhooks/{webhook_id}/ingress"
_PATH = re.compile(r"/api/integrations/([^/]{1,100})/webhooks/([^/]{1,100})/ingress")
_TEST = re.compile(rb"(?:^|&)test=(?:true|1)(?:&|$)")
_JSON = "application/json"
_SECRET_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "x-webhook-token",
        "x-telegram-bot-api-secret-token",
    }
)
_LONGEST_EVENT_ID = 500
_LONGEST_EVENT = 200
_SANDBOX = {"content-security-policy": "sandbox; default-src 'none'"}
"""What a graph answers is a stranger's page: it must not run as one of ours."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the address of a delivery says."""

    provider: str
    webhook_id: str
    is_test: bool


def place_in(scope: Scope) -> Place | None:
    """Where a request delivers, None when it is no delivery.

    Raises:
        NotFound: it is one, and no POST.
    """
    match = _PATH.fullmatch(scope["path"])
    if match is not None and scope["method"] != "POST":
        raise NotFound("This is the address of a webhook: events are sent to it with POST.")
    return match and Place(match[1], match[2], _TEST.search(scope["query_string"]) is not None)


async def receive_delivery(site: Site, place: Place, scope: Scope, receive: Receive) -> Response:
    """Take a delivery in, and what is said to its sender.

    Raises:
        BlockyardError: NotFound, TooLarge, Unauthorized, BadInput for what a stranger sends; Unavailable.
    """
    scope["route_path"] = ROUTE
    known = await _webhook_at(site, place)
    request = await _read(scope, receive, known)
    introduced = await _checked("introduce", _introduced(site, known, request))
    if introduced is not None:
        return _reply(introduced)
    await _checked("verify", _verify(known, request))
    await off_loop(len(request.raw), request.parse_ahead)
    webhook, manager = known.webhook, known.manager
    reply = await _checked("handshake", _handshake(known, request))
    if reply is not None:
        return _reply(reply)
    payload, event = await _checked("validate_payload", manager.validate_payload(webhook, request))
    _check_event(known, payload, event)
    event_id = await _checked("event_id", _event_id(known, request, payload))
    return await _start(site, place, known, request, payload, event, event_id)


async def _webhook_at(site: Site, place: Place) -> KnownWebhook:
    """The same answer for an id that is unknown and for one that is another provider's."""
    known = await site.webhooks.find(place.webhook_id)
    if known is None or known.webhook.provider is not _provider(place.provider):
        raise NotFound("There is no such webhook. Copy its address anew from Blockyard.")
    return known


@lru_cache(maxsize=1_000)
def _provider(name: str) -> ProviderName | None:
    """The provider that an address names, None when there is none."""
    try:
        return ProviderName.parse(name)
    except ValueError:
        return None


async def _read(scope: Scope, receive: Receive, known: KnownWebhook) -> WebhookRequest:
    most = known.manager.MAX_BODY_BYTES
    try:
        raw = await read_body(limited(receive, dict(scope["headers"]), most))
    except TooLarge as error:
        raise TooLarge(
            f"The delivery is larger than {most / 2**20:g} MiB, the most that a webhook of "
            f"{known.webhook.provider} takes. Send less: a reference in place of the whole."
        ) from error
    return WebhookRequest(scope["headers"], raw)


async def _checked(what: str, work: Any) -> Any:
    """What a manager says; whatever else it raises was caused by what a stranger sent."""
    try:
        return await work
    except BlockyardError as error:
        if 400 <= error.status < 500:
            raise
        raise BadInput(f"The delivery cannot be read: {error}") from error
    except Exception as error:
        log.warning("ingress.manager_failed", during=what, error=error)
        raise BadInput("The delivery cannot be read. Send what the provider documents.") from error


async def _introduced(site: Site, known: KnownWebhook, request: WebhookRequest) -> Reply | None:
    """A first request that brings the secret: it is kept, if nobody was faster."""
    if known.webhook.secret is not None:
        return None
    found = known.manager.introduce(known.webhook, request)
    if found is None:
        return None
    app, webhook = site.app, known.webhook
    async with app.database.begin() as connection:
        is_first = await put_introduced(connection, app.vault, webhook.user_id, webhook.id, found.secret)
    site.webhooks.forget(webhook.id)
    app.worker.signals.send("webhooks", webhook.id)
    if not is_first:
        raise Unauthorized("This webhook has a secret already. Sign with it, or change it in Blockyard.")
    return found.reply


async def _verify(known: KnownWebhook, request: WebhookRequest) -> None:
    try:
        await known.manager.verify(known.webhook, request)
    except Unauthorized:
        if known.old_secret is None or known.old_until < time.time():
            raise
        await known.manager.verify(replace(known.webhook, secret=known.old_secret), request)


async def _handshake(known: KnownWebhook, request: WebhookRequest) -> Reply | None:
    return known.manager.handshake(known.webhook, request)


def _check_event(known: KnownWebhook, payload: Any, event: str) -> None:
    if not isinstance(payload, dict):
        raise BadInput("The delivery must be a JSON object.")
    if len(event) > _LONGEST_EVENT:
        raise BadInput(f"The name of the event is longer than {_LONGEST_EVENT} characters.")
    if event not in known.manager.IGNORED_EVENTS:
        refuse_unknown(known.manager, event)


async def _event_id(known: KnownWebhook, request: WebhookRequest, payload: JsonObject) -> str | None:
    event_id = known.manager.event_id(known.webhook, request, payload)
    if event_id is not None and (len(event_id) > _LONGEST_EVENT_ID or "\x00" in event_id):
        raise BadInput(f"The id of the event is longer than {_LONGEST_EVENT_ID} characters, or no text.")
    return event_id or None


# -- what it starts ----------------------------------------------------------------------------------------


async def _start(
    site: Site,
    place: Place,
    known: KnownWebhook,
    request: WebhookRequest,
    payload: JsonObject,
    event: str,
    event_id: str | None,
) -> Response:
    is_ignored = event in known.manager.IGNORED_EVENTS
    listening = [] if is_ignored else _listening(known.triggers, event, is_test=place.is_test)
    if place.is_test and not listening:
        raise NotFound(
            "Nobody listens for a test event at this moment. Press Listen in the editor, then send it again; or "
            "leave out `?test=true` to reach the published graph."
        )
    starts = [Start(one.graph_id, one.graph_version, one.node_id) for one in listening]
    if place.is_test:
        starts = [Start(one.graph_id, one.test_version or 0, one.node_id) for one in listening]
    webhook = known.webhook
    delivery = NewDelivery(
        id=new_id(),
        webhook_id=webhook.id,
        user_id=webhook.user_id,
        event_id=None if place.is_test else event_id,
        event_type=event,
        headers=_told_headers(known, request),
        body=request.raw,
        received_at=now(),
        is_test=place.is_test,
    )
    inbox = Inbox(site.app.worker)
    taken = await inbox.take(delivery, payload, starts)
    if place.is_test:
        site.app.worker.signals.send("delivery", webhook.id)
    within_s = max((one.answer_within_s or 0.0 for one in listening), default=0.0)
    if within_s and len(taken.run_ids) == 1 and not taken.is_repeat:
        answer = await inbox.answer(taken, webhook.user_id, within_s)
        if answer is not None:
            return _answer(answer)
    reply = known.manager.accepted(webhook, request, payload)
    if reply is not None:
        return _reply(reply)
    return _accepted(taken, event, is_ignored=not starts)


def _listening(triggers: tuple[IngressTrigger, ...], event: str, *, is_test: bool) -> list[IngressTrigger]:
    if is_test:
        moment = datetime.now(UTC)
        return [one for one in triggers if one.listening_until is not None and one.listening_until > moment]
    return live_triggers(triggers, event)


def _told_headers(known: KnownWebhook, request: WebhookRequest) -> str:
    """The headers as they are stored: whatever holds the secret, or the one before it, is not."""
    secrets = [secret for secret in (known.webhook.secret, known.old_secret) if secret]
    shown = {
        name: HIDDEN if name in _SECRET_HEADERS or any(secret in value for secret in secrets) else value
        for name, value in request.headers.items()
    }
    return orjson.dumps(shown).decode()


# -- answers -----------------------------------------------------------------------------------------------


def _accepted(taken: Taken, event: str, *, is_ignored: bool) -> Response:
    content: JsonObject = {"delivery_id": taken.delivery_id, "run_ids": list(taken.run_ids)}
    if taken.is_repeat:
        content["is_repeat"] = True
    elif is_ignored:
        content["ignored"] = event
    is_old = taken.is_repeat or is_ignored
    return Response(orjson.dumps(content), status_code=200 if is_old else 202, media_type=_JSON)


def _reply(reply: Reply) -> Response:
    content = b"" if reply.body is None else orjson.dumps(reply.body)
    return Response(
        content, status_code=reply.status, headers=dict(reply.headers), media_type=_JSON if content else None
    )


def _answer(answer: CallerAnswer) -> Response:
    """What the graph says, as it says it: text as it is, everything else as JSON."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    is_text = isinstance(answer.body, str)
    content = b"" if answer.body is None else answer.body.encode() if is_text else orjson.dumps(answer.body)
    media_type = headers.pop("content-type", "text/plain; charset=utf-8" if is_text else _JSON)
    if answer.status in (204, 304):
        content = b""
    response = Response(content, status_code=answer.status, headers={**headers, **_SANDBOX})
    if content:
        response.headers["content-type"] = media_type
    return response
