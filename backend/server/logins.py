"""Opens and ends login sessions: a random cookie, its hash in the database, an entry in the audit log."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store
from backend.data.model import JsonObject
from backend.data.session_store import create_session, delete_session, shown_id
from backend.server.auth import COOKIE, hash_of, new_token, session_token
from backend.server.site import Site
from backend.util.clock import now

LIFETIME = timedelta(days=30)
_LONGEST_ADDRESS = 64


async def open_session(
    connection: AsyncConnection,
    request: Request,
    user_id: str,
    *,
    action: str = "auth.login",
    detail: JsonObject | None = None,
) -> str:
    """A new session under a new cookie, which is returned for `give_cookie`; the one of before ends.

    The audit log is told of `action`, with the session as its target.
    """
    token, before = new_token(), session_token(dict(request.scope["headers"]))
    if before is not None:
        await delete_session(connection, hash_of(before))
    await create_session(connection, user_id, hash_of(token), now() + LIFETIME)
    await audit_store.record(
        connection,
        user_id,
        action,
        target_kind="session",
        target_id=shown_id(hash_of(token)),
        address=address_of(request),
        detail=detail,
    )
    return token


def give_cookie(site: Site, request: Request, response: Response, token: str) -> None:
    """Once the session is stored: nobody is known by the old cookie any more, and the browser has the new one."""
    before = session_token(dict(request.scope["headers"]))
    if before is not None:
        site.callers.forget(hash_of(before))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def address_of(request: Request) -> str:
    """Where the request comes from, for counting and for the audit log."""
    return request.client.host[:_LONGEST_ADDRESS] if request.client else "unknown"
