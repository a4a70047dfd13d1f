"""Opens and ends login sessions: a random cookie, its hash in the database."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request, Response

from backend.data.session_store import create_session, delete_session
from backend.server.auth import COOKIE, hash_of, new_token, session_token
from backend.server.site import Site
from backend.util.clock import now

LIFETIME = timedelta(days=30)


async def open_session(site: Site, request: Request, response: Response, user_id: str) -> None:
    """A new session under a new cookie; the one that the browser had before ends."""
    token = new_token()
    await end_session(site, request)
    async with site.app.database.begin() as connection:
        await create_session(connection, user_id, hash_of(token), now() + LIFETIME)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


async def end_session(site: Site, request: Request) -> None:
    """End the session that the browser's cookie names, if there is one."""
    token = session_token(dict(request.scope["headers"]))
    if token is None:
        return
    async with site.app.database.begin() as connection:
        await delete_session(connection, hash_of(token))
    site.callers.forget(hash_of(token))


def address_of(request: Request) -> str:
    """Where the request comes from, for counting."""
    return request.client.host if request.client else "unknown"
