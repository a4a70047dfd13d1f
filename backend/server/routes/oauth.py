"""Logging in at providers: the address to go to, and the page on which the browser comes back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from backend.data.credential_store import list_credentials
from backend.executor.triggers.keeper import try_again
from backend.executor.triggers.webhooks import own_url
from backend.integrations.oauth.login import LoginFailed, Logins, Visitor, Wish
from backend.integrations.providers import ProviderName
from backend.server.access import Caller, Scope
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.logins import address_of
from backend.server.oauth_page import oauth_page
from backend.server.routes.credentials import MOST_CREDENTIALS
from backend.server.site import Site
from backend.server.wire.oauth import OAuthAddress, OAuthLogin
from backend.util.errors import BlockyardError, Conflict, Forbidden

router = APIRouter(prefix="/api/oauth", tags=["credentials"], route_class=JsonRoute)
Given = Annotated[str, Query(max_length=4096)]


@router.post("/{provider}/login", response_model=OAuthAddress)
async def begin_oauth_login(
    site: SiteDep, caller: CallerDep, request: Request, provider: str, body: OAuthLogin
) -> dict[str, str]:
    """Begin a login at a provider: send the browser to the address in the answer. It comes back to a page of ours.

    Refused with 409 while no operator has registered an application there, naming the two settings.
    """
    _check_may(caller)
    if body.credential_id is None:
        await _check_room(site, caller)
    wish = Wish(body.scopes, body.title, body.credential_id, body.return_to)
    redirect_uri = redirect_uri_of(site, provider)
    return {"url": await _logins(site).begin(_visitor(caller, request), provider, redirect_uri, wish)}


@router.get("/{provider}/callback", include_in_schema=False)
async def end_oauth_login(
    site: SiteDep,
    caller: CallerDep,
    request: Request,
    provider: str,
    state: Given = "",
    code: Given = "",
    error: Given = "",
    error_description: Given = "",
) -> HTMLResponse:
    """Where the provider sends the browser. It is a person who comes here, so every refusal is a page too."""
    try:
        _check_may(caller)
        done = await _logins(site).finish(
            _visitor(caller, request),
            provider,
            state=state,
            code=code,
            error=error,
            description=error_description,
        )
    except LoginFailed as failure:
        return oauth_page("Not connected", str(failure), failure.return_to, status=failure.http_status)
    except BlockyardError as failure:
        return oauth_page("Not connected", str(failure), "/", status=failure.status)
    if done.is_again:
        await try_again(site.app.worker, caller.user_id, done.credential_id)
    said = f"{done.title} is connected{' again' if done.is_again else ''}."
    return oauth_page(f"{done.label} is connected", said, done.return_to, leads_on=True)


def redirect_uri_of(site: Site, provider: str) -> str:
    """The callback address, which the provider must have registered to the letter."""
    try:
        name = ProviderName.parse(provider).value
    except ValueError:
        name = "unknown"  # refused in a moment
    return f"{own_url(site.app.settings)}/api/oauth/{name}/callback"


def _logins(site: Site) -> Logins:
    app = site.app
    return Logins(app.database, app.vault, app.credentials, app.settings)


def _visitor(caller: Caller, request: Request) -> Visitor:
    return Visitor(caller.user_id, caller.token_hash, address_of(request))


def _check_may(caller: Caller) -> None:
    """The table of access asks for a person in a browser; here their role is looked at."""
    if Scope.CREDENTIALS_WRITE not in caller.scopes:
        needed = Scope.CREDENTIALS_WRITE.value
        raise Forbidden(f"This needs the scope {needed!r}. Ask an owner for another role.")


async def _check_room(site: Site, caller: Caller) -> None:
    async with site.app.database.begin() as connection:
        found = await list_credentials(connection, caller.user_id)
    if len(found) >= MOST_CREDENTIALS:
        raise Conflict(f"You have {MOST_CREDENTIALS:,} credentials, the most there may be. Delete some.")
