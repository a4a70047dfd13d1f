"""Making the owner's account at the first start."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.data.user_store import load_user
from backend.server.deps import JsonRoute, SiteDep
from backend.server.logins import address_of, open_session
from backend.server.setup import CLOSED, check_token, is_setup_open, make_owner
from backend.server.wire.people import SetupState, UserView
from backend.util.errors import NotFound

router = APIRouter(prefix="/api", tags=["setup, auth"], route_class=JsonRoute)
SHORTEST_PASSWORD = 10


def _address(text: str) -> str:
    """In the one form under which it is stored."""
    text = text.strip().lower()
    name, _, host = text.rpartition("@")
    if not name or not host or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise ValueError("this is no e-mail address: write it as name@example.com")
    return text


Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_address)]


class Setup(BaseModel):
    """Who is to own this installation."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=200, description="Printed by `blockyard serve`")
    email: Email
    password: str = Field(min_length=SHORTEST_PASSWORD, max_length=1000)
    name: str = Field(default="", max_length=200)


@router.get("/setup")
async def read_setup(site: SiteDep) -> SetupState:
    """Whether the installation waits for its owner."""
    return SetupState(is_open=await is_setup_open(site.app.database))


@router.post("/setup", status_code=201)
async def set_up(site: SiteDep, body: Setup, request: Request, response: Response) -> UserView:
    """Make the owner's account and log them in; 404 once there is one."""
    database = site.app.database
    if not await is_setup_open(database):
        raise NotFound(CLOSED)
    site.logins.count("setup", address_of(request))
    await check_token(database, body.token)
    password_hash = await site.passwords.hash(body.password)
    name = body.name.strip() or body.email.partition("@")[0]
    user_id = await make_owner(database, body.token, email=body.email, name=name, password_hash=password_hash)
    await open_session(site, request, response, user_id)
    async with database.begin() as connection:
        return UserView.model_validate(await load_user(connection, user_id))
