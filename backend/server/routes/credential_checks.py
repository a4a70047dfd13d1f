"""Whether credentials work, whose accounts they are, and which want attention."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from backend.data import credential_store
from backend.data.credential_health import concern_of
from backend.integrations.credentials_store import is_platform_credential
from backend.server.credential_views import account_view, ask_provider, view_of
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.wire.credentials import CredentialAccount, CredentialTested, HealthList
from backend.util.clock import now
from backend.util.errors import NotFound

router = APIRouter(prefix="/api/credentials", tags=["integrations"], route_class=JsonRoute)

_AVATAR_HEADERS = {
    "cache-control": "private, max-age=3600",
    "content-security-policy": "sandbox; default-src 'none'",
}


@router.get("/health", response_model=HealthList)
async def read_health(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """Your credentials that have expired, will within a week, want a new login, or failed their last test."""
    async with site.app.database.begin() as connection:
        rows = await credential_store.list_credentials(connection, caller.user_id)
    moment = now()
    concerns = [(row, found) for row in rows if (found := concern_of(row, moment)) is not None]
    return {
        "items": [
            {"credential": view_of(row), "reason": found.reason, "message": found.message}
            for row, found in concerns
        ]
    }


@router.post("/{credential_id}/test", response_model=CredentialTested)
async def try_credential(site: SiteDep, caller: CallerDep, credential_id: str) -> dict[str, Any]:
    """Ask its provider whether it works. A no is an answer too: `reason` has the provider's own words."""
    return await ask_provider(site, caller.user_id, credential_id)


@router.get("/{credential_id}/account", response_model=CredentialAccount)
async def read_account(
    site: SiteDep,
    caller: CallerDep,
    credential_id: str,
    fresh: Annotated[bool, Query(description="Ask the provider also where the answer is known")] = False,
) -> dict[str, Any]:
    """Whose account it is: as is known, else its provider is asked."""
    if not is_platform_credential(credential_id):
        async with site.app.database.begin() as connection:
            row = await credential_store.read_credential(connection, caller.user_id, credential_id)
        if row.account is not None and not fresh:
            return {"account": account_view(row.account), "reason": ""}
    tried = await ask_provider(site, caller.user_id, credential_id)
    return {"account": tried["account"], "reason": tried["reason"]}


@router.get(
    "/{credential_id}/avatar",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}, "description": "The picture"}},
)
async def read_avatar(site: SiteDep, caller: CallerDep, credential_id: str) -> Response:
    """The picture of the account, through this server. 404 where there is none."""
    async with site.app.database.begin() as connection:
        row = await credential_store.read_credential(connection, caller.user_id, credential_id)
    url = str((row.account or {}).get("avatar_url") or "")
    if not url:
        raise NotFound("No picture of this account is known.")
    found = await site.avatars.get(url)
    return Response(found.content, media_type=found.media_type, headers=_AVATAR_HEADERS)
