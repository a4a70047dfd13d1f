"""Finds out who is calling: by session cookie or `Authorization: Bearer by_…`, remembered for seconds."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from backend.data.api_key_store import find_api_key
from backend.data.db import Database
from backend.data.session_store import find_session
from backend.server.access import Caller, scopes_of
from backend.util.errors import Unauthorized

COOKIE = "blockyard_session"
KEY_PREFIX = "by_"
KNOWN_FOR_S = 4.0
"""How long another process may still accept a key or session that was ended here."""
_KNOWN = 10_000
_LONGEST_TOKEN = 200


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Under which a token is stored: it is random and long, so a plain hash keeps it secret."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


class Callers:
    """Who is behind a token. An answer holds for `KNOWN_FOR_S`, unless `forget` is called here before."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, tuple[Caller, float]] = OrderedDict()
        self._asked: dict[str, asyncio.Task[Caller]] = {}
        self._forgotten = 0

    async def find(self, headers: dict[bytes, bytes]) -> Caller:
        """The caller of a request with these headers, names in lower case.

        Raises:
            Unauthorized: nobody, or a token that is unknown, expired or revoked.
            Unavailable: the database is away.
        """
        token, is_session = _token_in(headers)
        token_hash = hash_of(token)
        known = self._known.get(token_hash)
        if known is not None and known[1] > time.monotonic() and known[0].is_session is is_session:
            return known[0]
        return await self._ask_once(token_hash, is_session=is_session)

    def forget(self, token_hash: str) -> None:
        """The key or session was ended."""
        self._forgotten += 1
        self._known.pop(token_hash, None)
        self._asked.pop(token_hash, None)

    def forget_user(self, user_id: str) -> None:
        """All their sessions and keys: they were shut out, may do something else now, or have another password."""
        self._forgotten += 1
        self._asked.clear()
        for token_hash in [one for one, (caller, _) in self._known.items() if caller.user_id == user_id]:
            del self._known[token_hash]

    async def _ask_once(self, token_hash: str, *, is_session: bool) -> Caller:
        """Requests that come while the answer is looked up share it."""
        task = self._asked.get(token_hash)
        if task is None:
            task = asyncio.ensure_future(self._ask(token_hash, is_session=is_session))
            self._asked[token_hash] = task
            task.add_done_callback(lambda done: self._asked_is_done(token_hash, done))
        return await asyncio.shield(task)

    def _asked_is_done(self, token_hash: str, task: asyncio.Task[Caller]) -> None:
        if self._asked.get(token_hash) is task:
            del self._asked[token_hash]
        if not task.cancelled():
            task.exception()

    async def _ask(self, token_hash: str, *, is_session: bool) -> Caller:
        forgotten, until = self._forgotten, time.monotonic() + KNOWN_FOR_S
        find = find_session if is_session else find_api_key
        async with self._database.begin() as connection:
            row = await find(connection, token_hash)
        if row is None:
            raise Unauthorized(_UNKNOWN_SESSION if is_session else _UNKNOWN_KEY)
        scopes = scopes_of(row["role"], None if is_session else row["scopes"])
        caller = Caller(row["user_id"], row["role"], scopes, is_session, token_hash)
        if forgotten == self._forgotten:
            self._known[token_hash] = (caller, min(until, _monotonic(row["expires_at"])))
            if len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        return caller


_NOBODY = "Log in, or send an API key as `Authorization: Bearer by_…`."
_UNKNOWN_KEY = "This API key is unknown, has expired or was deleted. Make a new one."
_UNKNOWN_SESSION = "Your login has ended. Log in again."


def _token_in(headers: dict[bytes, bytes]) -> tuple[str, bool]:
    """The token, and whether it is a session's. A header comes before a cookie."""
    authorization = headers.get(b"authorization")
    if authorization is not None:
        kind, _, token = authorization.decode("latin-1").partition(" ")
        if kind.lower() != "bearer" or not token.startswith(KEY_PREFIX) or len(token) > _LONGEST_TOKEN:
            raise Unauthorized(_NOBODY)
        return token, False
    cookie = session_token(headers)
    if cookie is None:
        raise Unauthorized(_NOBODY)
    return cookie, True


def session_token(headers: dict[bytes, bytes]) -> str | None:
    """What the browser's cookie says, None without one."""
    raw = headers.get(b"cookie")
    if raw is None:
        return None
    try:
        morsel = SimpleCookie(raw.decode("latin-1")).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and 0 < len(morsel.value) <= _LONGEST_TOKEN else None


def _monotonic(moment: datetime | None) -> float:
    """The same moment by the monotonic clock; None never comes."""
    if moment is None:
        return float("inf")
    return time.monotonic() + moment.timestamp() - time.time()
