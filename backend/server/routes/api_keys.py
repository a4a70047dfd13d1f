"""API keys: made and deleted by a person in a browser, shown once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from backend.data import api_key_store, audit_store
from backend.data.user_store import lock_user
from backend.server.access import Caller, Scope
from backend.server.auth import KEY_PREFIX, hash_of, new_token
from backend.server.deps import CallerDep, IdCursor, JsonRoute, KeyDep, Limit, SiteDep, next_cursor
from backend.server.logins import address_of
from backend.server.repeated import id_for
from backend.server.wire.common import Page
from backend.server.wire.people import ApiKeyRequest, ApiKeyView, NewApiKey
from backend.util.clock import now
from backend.util.errors import BadInput, Forbidden, Problem

router = APIRouter(prefix="/api/api-keys", tags=["setup, auth"], route_class=JsonRoute)


@router.get("", response_model=Page[ApiKeyView])
async def list_keys(
    site: SiteDep, caller: CallerDep, cursor: IdCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Your keys, newest first; never the secrets."""
    async with site.app.database.begin() as connection:
        items = await api_key_store.list_api_keys(connection, caller.user_id, limit=limit, before=cursor)
    return {"items": items, "next_cursor": next_cursor(items, limit)}


@router.post("", status_code=201, response_model=NewApiKey)
async def make_key(
    site: SiteDep, caller: CallerDep, key: KeyDep, request: Request, body: ApiKeyRequest
) -> dict[str, Any]:
    """Make a key. It is in this answer and nowhere else."""
    scopes, key_id = _scopes_for(caller, body), id_for(caller.user_id, "POST /api/api-keys", key)
    secret = KEY_PREFIX + new_token()
    async with site.app.database.begin() as connection:
        await lock_user(connection, caller.user_id)
        made_before = await api_key_store.find_own_key(connection, caller.user_id, key_id)
        if made_before is not None:
            return {**made_before, "key": None}
        row = await api_key_store.create_api_key(
            connection,
            caller.user_id,
            key_id=key_id,
            name=body.name,
            secret_hash=hash_of(secret),
            scopes=scopes,
            expires_at=body.expires_at,
        )
        await audit_store.record(
            connection,
            caller.user_id,
            "api_key.create",
            target_kind="api_key",
            target_id=key_id,
            address=address_of(request),
            detail={"name": body.name, "scopes": scopes},
        )
    return {**row, "key": secret}


def _scopes_for(caller: Caller, body: ApiKeyRequest) -> list[str]:
    """What the key may do, each once and in order.

    Raises:
        BadInput: it would have expired already.
        Forbidden: the caller may not do it either; each such scope is named.
    """
    if body.expires_at is not None and body.expires_at <= now():
        problem = Problem("The key would have expired already.", "Choose a later moment.", path="expires_at")
        raise BadInput(str(problem), problems=(problem,))
    if body.scopes is None:
        return sorted(caller.scopes - {Scope.ADMIN})
    problems = tuple(
        Problem(f"You may not do {scope.value!r} yourself.", "Take it away.", path=f"scopes[{place}]")
        for place, scope in enumerate(body.scopes)
        if scope not in caller.scopes
    )
    if problems:
        raise Forbidden("A key cannot be allowed more than you are. Take scopes away.", problems=problems)
    return sorted(set(body.scopes))


@router.delete("/{key_id}", status_code=204)
async def delete_key(site: SiteDep, caller: CallerDep, request: Request, key_id: str) -> Response:
    """Delete a key; in other processes it ends some seconds later."""
    async with site.app.database.begin() as connection:
        secret_hash = await api_key_store.delete_api_key(connection, caller.user_id, key_id)
        await audit_store.record(
            connection,
            caller.user_id,
            "api_key.delete",
            target_kind="api_key",
            target_id=key_id,
            address=address_of(request),
        )
    site.callers.forget(secret_hash)
    return Response(status_code=204)
