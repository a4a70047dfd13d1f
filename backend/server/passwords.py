"""Passwords: argon2id, in threads, at most two at once; and how often one may guess."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from collections import OrderedDict, deque

from backend.util.errors import TooMany

AT_ONCE = 2
"""Each takes 64 MiB: a crowd at the door must not take the machine down."""
WINDOW_S = 60.0
_REMEMBERED = 10_000
_IPV6_NETWORK = 64
"""So many bits of an address its owner cannot choose: the rest is theirs to vary."""


def new_password() -> str:
    """One for somebody who is to choose their own: 96 random bits as 16 letters."""
    return secrets.token_urlsafe(12)


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

    async def is_right(self, stored: str | None, password: str) -> bool:
        """Compare; without a `stored` one it takes as long, so that nobody learns who has an account."""
        if stored is None and self._dummy is None:
            self._dummy = await self.hash("nobody has this password")
        async with self._turn:
            is_right = await asyncio.to_thread(_verify, stored or str(self._dummy), password)
        return is_right and stored is not None


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

    def wait_s(self, name: str, moment: float) -> float:
        """How long until there may be another one; 0 at once."""
        times = self._times.get(name)
        while times and times[0] <= moment - WINDOW_S:
            times.popleft()
        return times[0] + WINDOW_S - moment if times and len(times) >= self._most else 0.0

    def count(self, name: str, moment: float) -> None:
        """One more attempt."""
        self._times.setdefault(name, deque()).append(moment)
        self._times.move_to_end(name)
        if len(self._times) > _REMEMBERED:
            self._times.popitem(last=False)


class LoginLimit:
    """Five attempts a minute for an account from an address; more for each of them alone."""

    def __init__(self) -> None:
        self._pairs, self._addresses, self._accounts = Attempts(5), Attempts(20), Attempts(30)

    def count(self, account: str, address: str) -> None:
        """One more attempt.

        Raises:
            TooMany: it comes too soon, and was not counted; says when to come again.
        """
        moment, network = time.monotonic(), _network(address)
        places = (
            (self._pairs, f"{account}\n{network}"),
            (self._addresses, network),
            (self._accounts, account),
        )
        after_s = max(attempts.wait_s(name, moment) for attempts, name in places)
        if after_s > 0:
            raise TooMany(f"Too many attempts. Try again in {after_s:.0f} s.", retry_after_s=after_s)
        for attempts, name in places:
            attempts.count(name, moment)


def _network(address: str) -> str:
    """The address, or what one subscriber has of IPv6: a new address is free there."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address) or ip.ipv4_mapped is not None:
        return address
    return str(ipaddress.ip_network((int(ip), _IPV6_NETWORK), strict=False))
