"""Logging in and out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.data.user_store import find_login, load_user
from backend.server.auth import COOKIE
from backend.server.deps import CallerDep, JsonRoute, SiteDep
from backend.server.logins import address_of, end_session, open_session
from backend.server.wire.people import Me, UserView
from backend.util.errors import Unauthorized

router = APIRouter(prefix="/api/auth", tags=["setup, auth"], route_class=JsonRoute)


class Login(BaseModel):
    """Who one is, and the proof."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)


@router.post("/login")
async def log_in(site: SiteDep, body: Login, request: Request, response: Response) -> UserView:
    """Open a session; its cookie replaces the one before. At most five attempts a minute."""
    email = body.email.strip().lower()
    site.logins.count(email, address_of(request))
    async with site.app.database.begin() as connection:
        found = await find_login(connection, email)
    await site.passwords.check(found["password_hash"] if found else None, body.password)
    if found is None:
        raise Unauthorized("The e-mail address or the password is wrong.")
    await open_session(site, request, response, found["id"])
    async with site.app.database.begin() as connection:
        return UserView.model_validate(await load_user(connection, found["id"]))


@router.post("/logout", status_code=204)
async def log_out(site: SiteDep, request: Request) -> Response:
    """End this session, here and in the browser."""
    await end_session(site, request)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


@router.get("/me", response_model=Me)
async def me(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """Who one is, and what one may do."""
    async with site.app.database.begin() as connection:
        user = await load_user(connection, caller.user_id)
    return {**user, "scopes": sorted(caller.scopes)}
