"""Passwords: argon2id, in threads, at most two at once; and how often one may guess."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque

from backend.util.errors import TooMany, Unauthorized

AT_ONCE = 2
"""Each takes 64 MiB: a crowd at the door must not take the machine down."""
WINDOW_S = 60.0
_REMEMBERED = 10_000
_WRONG = "The e-mail address or the password is wrong."


class Passwords:
    """Hashes and checks; the parameters are those of argon2-cffi, which follow RFC 9106."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._dummy: str | None = None

    async def hash(self, password: str) -> str:
        """What is stored."""
        from argon2 import PasswordHasher

        async with self._turn:
            return await asyncio.to_thread(PasswordHasher().hash, password)

    async def check(self, stored: str | None, password: str) -> None:
        """Compare; without a `stored` one it takes as long, so that nobody learns who has an account.

        Raises:
            Unauthorized: wrong.
        """
        if stored is None and self._dummy is None:
            self._dummy = await self.hash("nobody has this password")
        async with self._turn:
            is_right = await asyncio.to_thread(_verify, stored or str(self._dummy), password)
        if stored is None or not is_right:
            raise Unauthorized(_WRONG)


def _verify(stored: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


class Attempts:
    """At most `most` attempts in a minute for each name; older ones count no more."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, name: str) -> None:
        """One more attempt.

        Raises:
            TooMany: it comes too soon, and was not counted; says when to come again.
        """
        moment = time.monotonic()
        times = self._times.setdefault(name, deque())
        self._times.move_to_end(name)
        while times and times[0] <= moment - WINDOW_S:
            times.popleft()
        if len(times) >= self._most:
            after_s = times[0] + WINDOW_S - moment
            raise TooMany(f"Too many attempts. Try again in {after_s:.0f} s.", retry_after_s=after_s)
        times.append(moment)
        if len(self._times) > _REMEMBERED:
            self._times.popitem(last=False)


class LoginLimit:
    """Five attempts a minute for an account from an address; more for each of them alone."""

    def __init__(self) -> None:
        self._pairs, self._addresses, self._accounts = Attempts(5), Attempts(20), Attempts(30)

    def count(self, account: str, address: str) -> None:
        """One more attempt.

        Raises:
            TooMany: see `Attempts`.
        """
        self._pairs.count(f"{account}\n{address}")
        self._addresses.count(address)
        self._accounts.count(account)
