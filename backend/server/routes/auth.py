"""Logging in and out, and what people may see and change about themselves."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from backend.data import audit_store
from backend.data.session_store import (
    delete_session,
    delete_shown_session,
    list_sessions,
    shown_id,
)
from backend.data.user_store import (
    change_person,
    find_login,
    find_user_id,
    load_user,
    set_password,
    still_logs_in,
)
from backend.server.auth import COOKIE
from backend.server.deps import CallerDep, Cursor, IdCursor, JsonRoute, Limit, SiteDep, next_cursor
from backend.server.logins import address_of, give_cookie, open_session
from backend.server.site import Site
from backend.server.wire.audit import AuditEntryView
from backend.server.wire.common import Page
from backend.server.wire.people import Login, Me, MeChange, PasswordChange, SessionView, UserView
from backend.util.errors import BadInput, Problem, Unauthorized

router = APIRouter(prefix="/api/auth", tags=["setup, auth"], route_class=JsonRoute)
_WRONG = "The e-mail address or the password is wrong."


@router.post("/login", response_model=UserView)
async def log_in(site: SiteDep, body: Login, request: Request, response: Response) -> dict[str, Any]:
    """Open a session; its cookie replaces the one before. At most five attempts a minute."""
    email = body.email.strip().lower()
    site.logins.count(email, address_of(request))
    async with site.app.database.begin() as connection:
        found = await find_login(connection, email)
    stored = found["password_hash"] if found else None
    if not await site.passwords.is_right(stored, body.password) or found is None:
        await _note_failure(site, email, address_of(request))
        raise Unauthorized(_WRONG)
    async with site.app.database.begin() as connection:
        if not await still_logs_in(connection, found["id"], found["password_hash"]):
            raise Unauthorized(_WRONG)
        token = await open_session(connection, request, found["id"])
        user = await load_user(connection, found["id"])
    give_cookie(site, request, response, token)
    return user


async def _note_failure(site: Site, email: str, address: str) -> None:
    """An address that nobody has is not kept: people write passwords into the wrong field."""
    async with site.app.database.begin() as connection:
        user_id = await find_user_id(connection, email)
        await audit_store.record(
            connection,
            None,
            "auth.login_failed",
            target_kind="user" if user_id else "",
            target_id=user_id or "",
            address=address,
        )


@router.post("/logout", status_code=204)
async def log_out(site: SiteDep, caller: CallerDep, request: Request) -> Response:
    """End this session, here and in the browser."""
    async with site.app.database.begin() as connection:
        await delete_session(connection, caller.token_hash)
        await audit_store.record(
            connection,
            caller.user_id,
            "auth.logout",
            target_kind="session",
            target_id=shown_id(caller.token_hash),
            address=address_of(request),
        )
    site.callers.forget(caller.token_hash)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


@router.get("/me", response_model=Me)
async def me(site: SiteDep, caller: CallerDep) -> dict[str, Any]:
    """Who one is, and what one may do."""
    async with site.app.database.begin() as connection:
        user = await load_user(connection, caller.user_id)
    return {**user, "scopes": sorted(caller.scopes)}


@router.patch("/me", response_model=Me)
async def change_me(site: SiteDep, caller: CallerDep, request: Request, body: MeChange) -> dict[str, Any]:
    """Be called something else."""
    async with site.app.database.begin() as connection:
        before, after = await change_person(connection, caller.user_id, name=body.name)
        await audit_store.record(
            connection,
            caller.user_id,
            "user.change",
            target_kind="user",
            target_id=caller.user_id,
            address=address_of(request),
            detail={"name": [before["name"], after["name"]]},
        )
    return {**after, "scopes": sorted(caller.scopes)}


@router.post("/password", response_model=UserView)
async def change_password(
    site: SiteDep, caller: CallerDep, request: Request, response: Response, body: PasswordChange
) -> dict[str, Any]:
    """Choose another password. Your other sessions end, this one gets a new cookie. Limited as logins are."""
    async with site.app.database.begin() as connection:
        user = await load_user(connection, caller.user_id)
        found = await find_login(connection, user["email"])
    site.logins.count(user["email"], address_of(request))
    stored = found["password_hash"] if found else None
    if not await site.passwords.is_right(stored, body.current):
        problem = Problem("This is not your password.", "Write the one that you have now.", path="current")
        raise BadInput(str(problem), problems=(problem,))
    password_hash = await site.passwords.hash(body.new)
    async with site.app.database.begin() as connection:
        ended = await set_password(connection, caller.user_id, password_hash, was=stored)
        detail = {"sessions_ended": ended - 1}
        token = await open_session(
            connection, request, caller.user_id, action="auth.password_change", detail=detail
        )
    site.callers.forget_user(caller.user_id)
    give_cookie(site, request, response, token)
    return user


@router.get("/sessions", response_model=Page[SessionView])
async def read_sessions(
    site: SiteDep, caller: CallerDep, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The browsers in which you are logged in, newest first."""
    async with site.app.database.begin() as connection:
        items = await list_sessions(connection, caller.user_id, limit=limit, before=cursor)
    current = shown_id(caller.token_hash)
    shown = [{**item, "is_current": item["id"] == current} for item in items]
    return {"items": shown, "next_cursor": next_cursor(items, limit)}


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(site: SiteDep, caller: CallerDep, request: Request, session_id: str) -> Response:
    """Log another browser out; in other processes it ends some seconds later."""
    async with site.app.database.begin() as connection:
        token_hash = await delete_shown_session(connection, caller.user_id, session_id)
        await audit_store.record(
            connection,
            caller.user_id,
            "session.end",
            target_kind="session",
            target_id=session_id,
            address=address_of(request),
        )
    site.callers.forget(token_hash)
    return Response(status_code=204)


@router.get("/activity", response_model=Page[AuditEntryView])
async def read_activity(
    site: SiteDep, caller: CallerDep, cursor: IdCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """What you did, as the audit log has it, newest first."""
    async with site.app.database.begin() as connection:
        items = await audit_store.list_entries(connection, user_id=caller.user_id, limit=limit, cursor=cursor)
    return {"items": items, "next_cursor": next_cursor(items, limit)}
