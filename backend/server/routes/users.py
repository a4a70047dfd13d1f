"""Users, for owners: who has an account, with which role. Nobody is deleted, so that history stays readable."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store, user_store
from backend.data.model import JsonObject
from backend.server.access import Caller
from backend.server.deps import CallerDep, IdCursor, JsonRoute, KeyDep, Limit, SiteDep, next_cursor
from backend.server.logins import address_of
from backend.server.passwords import new_password
from backend.server.repeated import id_for
from backend.server.wire.common import Page
from backend.server.wire.people import (
    NewPerson,
    PasswordMade,
    PersonChange,
    PersonMade,
    PersonView,
    name_for,
)
from backend.util.errors import Conflict

router = APIRouter(prefix="/api/users", tags=["setup, auth"], route_class=JsonRoute)


@router.get("", response_model=Page[PersonView])
async def list_users(
    site: SiteDep, caller: CallerDep, cursor: IdCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Everybody who has an account, newest first."""
    async with site.app.database.begin() as connection:
        items = await user_store.list_people(connection, limit=limit, before=cursor)
    return {"items": items, "next_cursor": next_cursor(items, limit)}


@router.post("", status_code=201, response_model=PersonMade)
async def create_user(
    site: SiteDep, caller: CallerDep, key: KeyDep, request: Request, body: NewPerson
) -> dict[str, Any]:
    """Make an account. Without a password in the body one is made; it is in this answer and nowhere else."""
    user_id = id_for(caller.user_id, "POST /api/users", key)
    password = body.password or new_password()
    password_hash = await site.passwords.hash(password)
    async with site.app.database.begin() as connection:
        try:
            await user_store.create_user(
                connection,
                user_id=user_id,
                email=body.email,
                name=name_for(body),
                role=body.role,
                password_hash=password_hash,
            )
        except Conflict:
            made_before = await user_store.find_person(connection, user_id)
            if made_before is None:
                raise
            return {**made_before, "password": None}
        detail: JsonObject = {"email": body.email, "role": body.role}
        await _record(connection, caller, request, "user.create", user_id, detail)
        made = await user_store.load_person(connection, user_id)
    return {**made, "password": None if body.password else password}


@router.get("/{user_id}", response_model=PersonView)
async def read_user(site: SiteDep, caller: CallerDep, user_id: str) -> dict[str, Any]:
    """One of them."""
    async with site.app.database.begin() as connection:
        return await user_store.load_person(connection, user_id)


@router.patch("/{user_id}", response_model=PersonView)
async def change_user(
    site: SiteDep, caller: CallerDep, request: Request, user_id: str, body: PersonChange
) -> dict[str, Any]:
    """Change name or role, shut somebody out or let them in again; 409 when no owner would be left.

    Who is shut out has no session any more, and their API keys do nothing until they are let in again. In
    other processes that takes some seconds.
    """
    given = body.model_dump(exclude_none=True)
    async with site.app.database.begin() as connection:
        before, after = await user_store.change_person(connection, user_id, **given)
        changed = {field: [before[field], after[field]] for field in given if before[field] != after[field]}
        if changed:
            await _record(connection, caller, request, "user.change", user_id, changed)
    site.callers.forget_user(user_id)
    return after


@router.post("/{user_id}/reset-password", response_model=PasswordMade)
async def reset_password(site: SiteDep, caller: CallerDep, request: Request, user_id: str) -> dict[str, Any]:
    """Give somebody a new password, which is in this answer and nowhere else. All their sessions end."""
    async with site.app.database.begin() as connection:
        await user_store.load_person(connection, user_id)
    password = new_password()
    password_hash = await site.passwords.hash(password)
    async with site.app.database.begin() as connection:
        ended = await user_store.set_password(connection, user_id, password_hash)
        await _record(connection, caller, request, "user.reset_password", user_id, {"sessions_ended": ended})
    site.callers.forget_user(user_id)
    return {"password": password, "sessions_ended": ended}


async def _record(
    connection: AsyncConnection,
    caller: Caller,
    request: Request,
    action: str,
    user_id: str,
    detail: JsonObject,
) -> None:
    await audit_store.record(
        connection,
        caller.user_id,
        action,
        target_kind="user",
        target_id=user_id,
        address=address_of(request),
        detail=detail,
    )
