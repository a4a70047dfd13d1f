"""What webhooks brought: looked at, and taken in anew."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import delivery_store
from backend.data.delivery import NewDelivery
from backend.data.run_store import load_origin
from backend.data.webhook_store import IngressTrigger, load_for_ingress
from backend.executor.triggers.inbox import Inbox, Start, live_triggers
from backend.executor.triggers.webhooks import as_webhook
from backend.integrations.webhooks._request import WebhookRequest
from backend.server.deps import CallerDep, IdCursor, JsonRoute, KeyDep, Limit, SiteDep, next_cursor
from backend.server.site import Site
from backend.server.webhook_views import manager_for, webhook_at
from backend.server.wire.common import Page
from backend.server.wire.webhooks import DeliveryRow, DeliveryView, Replayed
from backend.util.clock import new_id, now
from backend.util.errors import NotFound
from backend.util.log import HIDDEN

router = APIRouter(
    prefix="/api/integrations/{provider}/webhooks/{webhook_id}/deliveries",
    tags=["triggers"],
    route_class=JsonRoute,
)
SHOWN_BYTES = 65_536
_SECRET_HEADER = re.compile(
    r"signature|authori[sz]ation|cookie|token|secret|password|api-?key|credential|hmac|-mac$|-sign$",
    re.IGNORECASE,
)


@router.get("", response_model=Page[DeliveryRow])
async def list_deliveries(
    site: SiteDep,
    caller: CallerDep,
    provider: str,
    webhook_id: str,
    cursor: IdCursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What a webhook brought, newest first."""
    async with site.app.database.begin() as connection:
        await webhook_at(connection, caller.user_id, provider, webhook_id)
        items = await delivery_store.list_deliveries(
            connection, caller.user_id, webhook_id, limit=limit, before=cursor
        )
    return {"items": items, "next_cursor": next_cursor(items, limit)}


@router.get("/{delivery_id}", response_model=DeliveryView)
async def read_delivery(
    site: SiteDep, caller: CallerDep, provider: str, webhook_id: str, delivery_id: str
) -> dict[str, Any]:
    """A delivery as it came, without what proves who sent it."""
    async with site.app.database.begin() as connection:
        webhook = await webhook_at(connection, caller.user_id, provider, webhook_id)
        row = await _delivery(connection, caller.user_id, webhook_id, delivery_id)
    secret = (await as_webhook(site.app.vault, webhook)).secret
    return {**row, **shown_body(row["body"], secret), "headers": shown_headers(row["headers"], secret)}


@router.post("/{delivery_id}/replay", status_code=201, response_model=Replayed)
async def replay_delivery(
    site: SiteDep, caller: CallerDep, provider: str, webhook_id: str, delivery_id: str, key: KeyDep
) -> dict[str, Any]:
    """Take a delivery in once more: it starts what listens now, also when it was a repeat or failed.

    A test event starts the nodes and versions that it started while somebody listened.
    """
    app, manager = site.app, manager_for(provider)
    async with app.database.begin() as connection:
        stored = await webhook_at(connection, caller.user_id, provider, webhook_id)
        row = await _delivery(connection, caller.user_id, webhook_id, delivery_id)
        found = await load_for_ingress(connection, webhook_id)
    webhook = await as_webhook(app.vault, stored)
    headers = [
        (str(name).encode("latin-1", "replace"), str(value).encode("latin-1", "replace"))
        for name, value in row["headers"].items()
    ]
    request = WebhookRequest(headers, bytes(row["body"]))
    payload, event = await manager.validate_payload(webhook, request)
    triggers = found.triggers if found is not None else ()
    is_ignored = event in manager.IGNORED_EVENTS
    listening = [] if is_ignored else live_triggers(triggers, event)
    starts = [Start(one.graph_id, one.graph_version, one.node_id) for one in listening]
    if row["is_test"]:
        starts = await _test_starts(site, caller.user_id, row["run_ids"], triggers)
    delivery = NewDelivery(
        id=new_id(),
        webhook_id=webhook_id,
        user_id=caller.user_id,
        event_id=key and f"replay/{delivery_id}/{key}",
        event_type=event,
        headers=orjson.dumps(row["headers"]).decode(),
        body=request.raw,
        received_at=now(),
        is_test=row["is_test"],
        replay_of=delivery_id,
    )
    taken = await Inbox(app.worker).take(delivery, payload, starts)
    return {"delivery_id": taken.delivery_id, "run_ids": list(taken.run_ids)}


async def _test_starts(
    site: Site, user_id: str, run_ids: Sequence[str], triggers: tuple[IngressTrigger, ...]
) -> list[Start]:
    """What a test event has started, as far as those nodes still have the webhook."""
    nodes = {(one.graph_id, one.node_id) for one in triggers}
    found: list[Start] = []
    async with site.app.database.begin() as connection:
        for run_id in run_ids:
            with suppress(NotFound):  # it was pruned
                origin = await load_origin(connection, user_id, run_id)
                node_id = orjson.loads(origin.options).get("trigger_node", "")
                if (origin.graph_id, node_id) in nodes:
                    found.append(Start(origin.graph_id, origin.graph_version, node_id))
    return found


async def _delivery(
    connection: AsyncConnection, user_id: str, webhook_id: str, delivery_id: str
) -> dict[str, Any]:
    row = await delivery_store.find_delivery(connection, user_id, webhook_id, delivery_id)
    if row is None:
        raise NotFound(f"There is no delivery {delivery_id!r} of this webhook.")
    return row


def shown_headers(headers: dict[str, Any], secret: str | None) -> dict[str, str]:
    """The headers without what proves who sent them, by their names and by the webhook's own secret."""
    return {
        name: HIDDEN if _SECRET_HEADER.search(name) else _without(str(value), secret)
        for name, value in headers.items()
    }


def shown_body(body: bytes, secret: str | None) -> dict[str, Any]:
    """The beginning of the body, as text where it is some."""
    shown = body[:SHOWN_BYTES]
    is_cut = len(body) > SHOWN_BYTES
    try:
        whole = shown.decode("utf-8", "ignore") if is_cut else shown.decode("utf-8")
        if is_cut:
            body.decode("utf-8")
    except UnicodeDecodeError:
        return {"body": base64.b64encode(shown).decode(), "body_encoding": "base64", "is_cut": is_cut}
    return {"body": _without(whole, secret), "body_encoding": "text", "is_cut": is_cut}


def _without(text: str, secret: str | None) -> str:
    return text.replace(secret, HIDDEN) if secret else text
