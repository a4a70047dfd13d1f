"""Webhooks: where providers send their events. Made when a graph is published, or here by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store, webhook_store
from backend.data.webhook_secret import introduced_secret, secret_place
from backend.executor.triggers.keeper import tell_webhooks
from backend.executor.triggers.webhooks import new_secret, seal_secret
from backend.integrations.webhooks._base import SecretFrom
from backend.server.access import Caller, Scope
from backend.server.deps import CallerDep, IdCursor, JsonRoute, KeyDep, Limit, SiteDep, next_cursor
from backend.server.logins import address_of as address_of_caller
from backend.server.repeated import id_for
from backend.server.site import Site
from backend.server.webhook_ping import ping
from backend.server.webhook_views import manager_for, provider_in, setup_of, told_webhooks, webhook_at
from backend.server.wire.common import Page
from backend.server.wire.webhooks import (
    NewWebhook,
    OneWebhook,
    PingResult,
    RotatedSecret,
    SecretRotation,
    WebhookChange,
    WebhookRequest,
    WebhookView,
)
from backend.util.clock import now
from backend.util.errors import Conflict, SealBroken

router = APIRouter(prefix="/api/integrations/{provider}/webhooks", tags=["triggers"], route_class=JsonRoute)
_MOST = 1_000
"""Webhooks of one provider that a person makes by hand."""


@router.get("", response_model=Page[WebhookView])
async def list_webhooks(
    site: SiteDep, caller: CallerDep, provider: str, cursor: IdCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Your webhooks of a provider, newest first."""
    name = provider_in(provider).value
    async with site.app.database.begin() as connection:
        rows = await webhook_store.list_webhooks(connection, caller.user_id, name, limit=limit, before=cursor)
        items = await told_webhooks(connection, site.app.settings, caller.user_id, rows)
    return {"items": items, "next_cursor": next_cursor(items, limit)}


@router.post("", status_code=201, response_model=NewWebhook)
async def make_webhook(
    site: SiteDep,
    caller: CallerDep,
    provider: str,
    key: KeyDep,
    request: Request,
    body: WebhookRequest | None = None,
) -> dict[str, Any]:
    """Make an address by hand, which stays until you delete it. The secret is in this answer and nowhere else."""
    asked, manager = body or WebhookRequest(), manager_for(provider)
    name, user_id = manager.PROVIDER_NAME.value, caller.user_id
    webhook_id = id_for(user_id, f"webhooks:{name}", key)
    made = new_secret() if asked.secret is None and manager.SECRET_FROM is SecretFrom.US else None
    async with site.app.database.begin() as connection:
        await webhook_store.lock_webhooks(connection, user_id)
        if await webhook_store.find_webhook(connection, user_id, webhook_id) is not None:
            return {**await _told(site, connection, user_id, webhook_id), "secret": None}
        await _refuse_many(connection, user_id, name)
        secret = asked.secret or made
        sealed = secret and await seal_secret(connection, site.app.vault, user_id, webhook_id, secret)
        values = {"provider": name, "title": asked.title, "is_kept": True, "sealed": sealed}
        await webhook_store.create_webhook(connection, user_id, webhook_id, values)
        await _audit(connection, caller, request, "webhook.create", webhook_id, provider=name)
        told = await _told(site, connection, user_id, webhook_id)
    tell_webhooks(site.app.worker, [webhook_id])
    return {**told, "secret": made}


async def _refuse_many(connection: AsyncConnection, user_id: str, provider: str) -> None:
    rows = await webhook_store.list_webhooks(connection, user_id, provider, limit=_MOST)
    if len(rows) >= _MOST:
        raise Conflict(f"You have {_MOST:,} webhooks of {provider}. Delete some that nobody uses.")


async def _told(site: Site, connection: AsyncConnection, user_id: str, webhook_id: str) -> dict[str, Any]:
    rows = await webhook_store.read_webhooks(connection, user_id, [webhook_id])
    return (await told_webhooks(connection, site.app.settings, user_id, rows))[0]


@router.get("/{webhook_id}", response_model=OneWebhook)
async def read_webhook(site: SiteDep, caller: CallerDep, provider: str, webhook_id: str) -> dict[str, Any]:
    """A webhook, and who listens to it."""
    async with site.app.database.begin() as connection:
        row = await webhook_at(connection, caller.user_id, provider, webhook_id)
        told = await _told(site, connection, caller.user_id, webhook_id)
    may_see = Scope.TRIGGERS_WRITE in caller.scopes
    return {**told, "verification_token": await introduced_secret(site.app.vault, row) if may_see else None}


@router.patch("/{webhook_id}", response_model=WebhookView)
async def change_webhook(
    site: SiteDep, caller: CallerDep, provider: str, webhook_id: str, body: WebhookChange
) -> dict[str, Any]:
    """Rename a webhook, or say whether it stays when no graph listens any more."""
    changes = body.model_dump(exclude_unset=True)
    async with site.app.database.begin() as connection:
        row = await webhook_at(connection, caller.user_id, provider, webhook_id)
        if "is_kept" in changes and row["is_automatic"]:
            raise Conflict(
                "A webhook that is made through the provider's API goes with the last graph that wants it."
            )
        await webhook_store.change_webhook(connection, caller.user_id, webhook_id, changes)
        return await _told(site, connection, caller.user_id, webhook_id)


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(
    site: SiteDep, caller: CallerDep, provider: str, webhook_id: str, request: Request
) -> Response:
    """Delete a webhook that no published graph listens to. Its address is answered 404 from then on."""
    user_id = caller.user_id
    async with site.app.database.begin() as connection:
        await webhook_store.lock_webhooks(connection, user_id)
        row = await webhook_at(connection, user_id, provider, webhook_id)
        told = await _told(site, connection, user_id, webhook_id)
        live = sorted({str(one["graph_id"]) for one in told["triggers"] if one["is_live"]})
        if live:
            raise Conflict(
                f"Published graphs listen to this webhook: {', '.join(live)}. Unpublish them first, or take their "
                "trigger away and publish again."
            )
        if row["is_automatic"]:
            await webhook_store.change_webhook(
                connection,
                user_id,
                webhook_id,
                {"state": "removing", "next_attempt_at": now(), "is_kept": False},
            )
        else:
            await webhook_store.delete_webhook(connection, user_id, webhook_id)
        await _audit(connection, caller, request, "webhook.delete", webhook_id, provider=row["provider"])
    tell_webhooks(site.app.worker, [webhook_id])
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate-secret", response_model=RotatedSecret)
async def rotate_secret(
    site: SiteDep,
    caller: CallerDep,
    provider: str,
    webhook_id: str,
    request: Request,
    body: SecretRotation | None = None,
) -> dict[str, Any]:
    """Give a webhook another secret: the provider's, or one that we make and show once."""
    asked, user_id, app = body or SecretRotation(), caller.user_id, site.app
    manager = manager_for(provider)
    async with app.database.begin() as connection:
        await webhook_store.lock_webhooks(connection, user_id)
        row = await webhook_at(connection, user_id, provider, webhook_id)
        if row["is_automatic"] and asked.secret is not None:
            raise Conflict(
                "This webhook's secret is ours to make, and is sent to the provider. Leave it out."
            )
        if asked.secret is None and not row["is_automatic"] and manager.SECRET_FROM is SecretFrom.PROVIDER:
            raise Conflict(f"{row['provider']} makes the secret. Copy it from there: {manager.SETUP}")
        secret = asked.secret or new_secret()
        old, old_until = await _old(site, row, asked.keep_old_s)
        changes: dict[str, Any] = {
            "sealed": await seal_secret(connection, app.vault, user_id, webhook_id, secret, **old),
            "introduced_at": None,  # only the secret that the provider has brought is shown again
        }
        if row["is_automatic"] and row["state"] != "removing":
            changes |= {"state": "pending", "problem": "", "next_attempt_at": now()}
        await webhook_store.change_webhook(connection, user_id, webhook_id, changes)
        await _audit(
            connection, caller, request, "webhook.rotate_secret", webhook_id, provider=row["provider"]
        )
    tell_webhooks(app.worker, [webhook_id])
    is_shown = asked.secret is None and not row["is_automatic"]
    return {"secret": secret if is_shown else None, "old_until": old_until, "setup": setup_of(row)}


async def _old(site: Site, row: dict[str, Any], keep_s: int) -> tuple[dict[str, Any], datetime | None]:
    """The secret of now as one that is taken a while yet, and until when."""
    if not keep_s or row["sealed"] is None:
        return {}, None
    try:
        stored = await site.app.vault.unseal(secret_place(row["user_id"], row["id"]), row["sealed"])
    except SealBroken:
        return {}, None  # nobody can be checked with it; another secret is the cure
    until = now().timestamp() + keep_s
    return {"old": stored["secret"], "old_until": until}, datetime.fromtimestamp(until, UTC)


@router.post("/{webhook_id}/ping", response_model=PingResult)
async def ping_webhook(site: SiteDep, caller: CallerDep, provider: str, webhook_id: str) -> dict[str, Any]:
    """Try a webhook: the provider is asked to send a ping where it can, else we sign a test event and take it in."""
    async with site.app.database.begin() as connection:
        row = await webhook_at(connection, caller.user_id, provider, webhook_id)
    return await ping(site.app, row)


async def _audit(
    connection: AsyncConnection, caller: Caller, request: Request, action: str, webhook_id: str, **detail: Any
) -> None:
    await audit_store.record(
        connection,
        caller.user_id,
        action,
        target_kind="webhook",
        target_id=webhook_id,
        address=address_of_caller(request),
        detail=detail,
    )
