"""How many live connections each user may have: WebSockets, and streams of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from backend.util.errors import TooMany

MOST = 500


class Sockets:
    """How many connections each user has."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}

    @property
    def count(self) -> int:
        """Of all users."""
        return sum(self._open.values())

    @asynccontextmanager
    async def place(self, user_id: str) -> AsyncGenerator[None]:
        """A place for one more.

        Raises:
            TooMany: the user has as many as they may.
        """
        if self._open.get(user_id, 0) >= MOST:
            raise TooMany(f"You have {MOST} live connections already. Close some.", retry_after_s=5)
        self._open[user_id] = self._open.get(user_id, 0) + 1
        try:
            yield
        finally:
            self._open[user_id] -= 1
            if not self._open[user_id]:
                del self._open[user_id]
