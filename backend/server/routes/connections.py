"""Cards by which a person connects to providers: is the form complete, does the service say yes, and only then save."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store, credential_store
from backend.data.credential_store import CredentialRow
from backend.data.credentials import Credentials
from backend.data.model import JsonObject
from backend.data.tiers import require
from backend.integrations.connecting import check_values, credentials_from, form_kind, try_connection
from backend.integrations.connections import Account, Connection, connections
from backend.integrations.credentials_store import platform_credentials
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.logins import address_of
from backend.server.provider_views import card_of, declared, named
from backend.server.repeated import id_for
from backend.server.site import Site
from backend.server.wire.common import Page
from backend.server.wire.connections import (
    ConnectionComplete,
    ConnectionSaved,
    ConnectionTried,
    ConnectionValues,
    ConnectionView,
    NewConnection,
)
from backend.util.clock import now
from backend.util.errors import Conflict, NotFound, ProviderError
from backend.util.settings import Settings

router = APIRouter(prefix="/api/connections", tags=["integrations"], route_class=JsonRoute)


@router.get("", response_model=Page[ConnectionView])
async def list_connections(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """A card for each provider that one can connect to, by label; one page."""
    async with site.app.database.begin() as connection:
        rows = await credential_store.list_credentials(connection, caller.user_id)
    cards = [_card(one, caller.user_id, rows, site.app.settings) for one in connections()]
    return {"items": cards}


@router.post("/{provider}/connect", response_model=ConnectionComplete)
async def check_connection(site: SiteDep, provider: str, body: ConnectionValues) -> dict[str, Any]:
    """Whether the form is complete; 400 names every field that is missing or cannot be used. Nobody is asked."""
    connection = _connectable(site, provider)
    check_values(connection, body.fields)
    return {"provider": connection.provider, "kind": form_kind(connection)}


@router.post("/{provider}/test", response_model=ConnectionTried)
async def test_connection(site: SiteDep, provider: str, body: ConnectionValues) -> dict[str, Any]:
    """Ask the service. Its no is an answer too: `is_ok` is false, and `reason` has its own words. Nothing is stored."""
    connection = _connectable(site, provider)
    credentials = credentials_from(connection, body.fields, credential_id="test")
    try:
        account = await try_connection(connection, credentials)
    except ProviderError as error:
        return {
            "is_ok": False,
            "is_tested": True,
            "reason": str(error),
            "code": error.code,
            "account": None,
        }
    is_tested = connection.test is not None
    reason = "" if is_tested else f"{connection.label} has no test, so nobody was asked."
    return {
        "is_ok": True,
        "is_tested": is_tested,
        "reason": reason,
        "code": "",
        "account": _account(account),
    }


@router.put("/{provider}", response_model=ConnectionSaved)
async def save_connection(
    site: SiteDep, caller: CallerDep, provider: str, request: Request, body: NewConnection
) -> dict[str, Any]:
    """Test it, and store it as your credential, in place of the one that this card has stored before.

    422 with the provider's own words, and nothing is stored, when the service says no. A provider without a test
    is stored unchecked; `message` says so.
    """
    connection = _connectable(site, provider)
    credential_id = _id_of(caller.user_id, connection)
    credentials = credentials_from(connection, body.fields, credential_id=credential_id, title=body.title)
    account = await try_connection(connection, credentials)
    try:
        async with site.app.database.begin() as database:
            title = await _store(site, database, caller.user_id, credentials, title=body.title.strip())
            if account is not None:
                await credential_store.record_test(
                    database, caller.user_id, credential_id, tested_at=now(), account=asdict(account)
                )
            await audit_store.record(
                database,
                caller.user_id,
                "connection.save",
                target_kind="credential",
                target_id=credential_id,
                address=address_of(request),
                detail={"provider": connection.provider.value, "is_tested": account is not None},
            )
    except IntegrityError as error:
        raise Conflict(
            f"{connection.label} was connected at the same moment. Look at it, and try again."
        ) from error
    return {
        "provider": connection.provider,
        "credential_id": credential_id,
        "title": title,
        "is_tested": account is not None,
        "account": _account(account),
        "message": _message(connection, account),
    }


def _connectable(site: Site, provider: str) -> Connection:
    """How one connects to the provider of a path.

    Raises:
        NotFound: there is no such provider, or none that one connects to.
        Forbidden: it is above the installation's tier.
    """
    connection = declared(named(provider))
    if not connection.kinds:
        raise NotFound(f"{connection.label} needs no connection. `GET /api/connections` lists those that do.")
    require(site.app.settings.tier, connection.tier, connection.label)
    return connection


async def _store(
    site: Site, database: AsyncConnection, user_id: str, credentials: Credentials, *, title: str
) -> str:
    """Store it under its id, in place of what is there; the title that it has now."""
    store = site.app.credentials
    row = await credential_store.find_credential(database, user_id, credentials.id)
    if row is not None and row.kind != credentials.type:
        await credential_store.delete_credential(database, user_id, row.id)
        row = None
    if row is None:
        await store.add(database, user_id, credentials)
        return credentials.title or ""
    await store.replace(database, user_id, credentials)
    if title and title != row.title:
        await credential_store.rename_credential(database, user_id, row.id, title)
    return title or row.title


def _id_of(user_id: str, connection: Connection) -> str:
    """The credential that the card of a provider stores: one for each person."""
    return id_for(user_id, "connection", connection.provider.value)


def _card(connection: Connection, user_id: str, rows: list[CredentialRow], settings: Settings) -> JsonObject:
    row = _shown_row(connection, user_id, rows)
    return {
        **card_of(connection, settings),
        "is_connected": row is not None and _works(row),
        "credential_id": row.id if row else None,
        "title": row.title if row else "",
        "account": _account_of(row) if row else None,
        "problem": row.problem if row else "",
        "has_platform_credential": bool(platform_credentials(settings, connection.provider)),
    }


def _shown_row(connection: Connection, user_id: str, rows: list[CredentialRow]) -> CredentialRow | None:
    """That of the card itself; else the newest that works, else the newest."""
    own = [row for row in rows if row.provider == connection.provider]
    of_card = _id_of(user_id, connection)
    ranked = sorted(own, key=lambda row: (row.id == of_card, _works(row), row.created_at, row.id))
    return ranked[-1] if ranked else None


def _works(row: CredentialRow) -> bool:
    is_over = row.kind != "oauth2" and row.expires_at is not None and row.expires_at <= now()
    return row.state == "ok" and not is_over


def _account(account: Account | None) -> JsonObject | None:
    return None if account is None else asdict(account)


def _account_of(row: CredentialRow) -> JsonObject | None:
    """What is known of the account, and no more than a card shows."""
    if row.account is None:
        return None
    return {
        name: str(row.account.get(name) or "") for name in ("name", "email", "avatar_url", "organization")
    }


def _message(connection: Connection, account: Account | None) -> str:
    if account is None:
        return f"{connection.label} is saved. It has no test, so nobody knows yet whether it works."
    who = account.email or account.name
    return f"{connection.label} is connected{f' as {who}' if who else ''}."
