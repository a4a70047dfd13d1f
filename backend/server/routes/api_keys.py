"""API keys: made and deleted by a person in a browser, shown once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.data import api_key_store
from backend.server.access import Scope
from backend.server.auth import KEY_PREFIX, hash_of, new_token
from backend.server.deps import CallerDep, Cursor, JsonRoute, Limit, SiteDep, next_cursor
from backend.server.wire.common import Page
from backend.server.wire.people import ApiKeyView, NewApiKey
from backend.util.clock import new_id, now
from backend.util.errors import BadInput, Forbidden, Problem

router = APIRouter(prefix="/api/api-keys", tags=["setup, auth"], route_class=JsonRoute)


class ApiKeyRequest(BaseModel):
    """What a key is for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    scopes: list[Scope] = Field(default=list(Scope), min_length=1, max_length=20)
    expires_at: AwareDatetime | None = Field(default=None, description="None: never")


@router.get("", response_model=Page[ApiKeyView])
async def list_keys(
    site: SiteDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Your keys, newest first; never the secrets."""
    async with site.app.database.begin() as connection:
        items = await api_key_store.list_api_keys(connection, caller.user_id, limit=limit, before=cursor)
    return {"items": items, "next_cursor": next_cursor(items, limit)}


@router.post("", status_code=201, response_model=NewApiKey)
async def make_key(site: SiteDep, caller: CallerDep, body: ApiKeyRequest) -> dict[str, Any]:
    """Make a key. It is in this answer and nowhere else."""
    if body.expires_at is not None and body.expires_at <= now():
        problem = Problem("The key would have expired already.", "Choose a later moment.", path="expires_at")
        raise BadInput(str(problem), problems=(problem,))
    if not set(body.scopes) <= caller.scopes:
        raise Forbidden("A key cannot be allowed more than you are. Take scopes away.")
    key = KEY_PREFIX + new_token()
    async with site.app.database.begin() as connection:
        row = await api_key_store.create_api_key(
            connection,
            caller.user_id,
            key_id=new_id(),
            name=body.name,
            secret_hash=hash_of(key),
            scopes=[scope.value for scope in body.scopes],
            expires_at=body.expires_at,
        )
    return {**row, "key": key}


@router.delete("/{key_id}", status_code=204)
async def delete_key(site: SiteDep, caller: CallerDep, key_id: str) -> Response:
    """Delete a key; in other processes it ends some seconds later."""
    async with site.app.database.begin() as connection:
        secret_hash = await api_key_store.delete_api_key(connection, caller.user_id, key_id)
    site.callers.forget(secret_hash)
    return Response(status_code=204)
