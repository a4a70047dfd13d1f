"""Making the owner's account at the first start."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from backend.data.user_store import load_user
from backend.server.deps import JsonRoute, SiteDep
from backend.server.logins import address_of, give_cookie, open_session
from backend.server.setup import CLOSED, check_token, is_setup_open, make_owner
from backend.server.wire.people import Setup, SetupState, UserView, name_for
from backend.util.errors import NotFound

router = APIRouter(prefix="/api", tags=["setup, auth"], route_class=JsonRoute)


@router.get("/setup")
async def read_setup(site: SiteDep) -> SetupState:
    """Whether the installation waits for its owner."""
    return SetupState(is_open=await is_setup_open(site.app.database))


@router.post("/setup", status_code=201, response_model=UserView)
async def set_up(site: SiteDep, body: Setup, request: Request, response: Response) -> dict[str, Any]:
    """Make the owner's account and log them in; 404 once there is one."""
    database, address = site.app.database, address_of(request)
    if not await is_setup_open(database):
        raise NotFound(CLOSED)
    site.logins.count("setup", address)
    await check_token(database, body.token)
    password_hash = await site.passwords.hash(body.password)
    async with database.begin() as connection:
        user_id = await make_owner(
            connection,
            body.token,
            email=body.email,
            name=name_for(body),
            password_hash=password_hash,
            address=address,
        )
        token = await open_session(connection, request, user_id)
        user = await load_user(connection, user_id)
    give_cookie(site, request, response, token)
    return user
