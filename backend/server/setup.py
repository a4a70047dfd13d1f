"""The first start: a one-time token with which the owner makes their account."""

from __future__ import annotations

import hmac
import ipaddress

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import audit_store
from backend.data.db import Database
from backend.data.setting_store import delete_setting, lock_setting, put_setting
from backend.data.user_store import create_user, has_owner
from backend.server.auth import hash_of, new_token
from backend.util.clock import new_id
from backend.util.errors import NotFound, SetupProblem, Unauthorized

_TOKEN = "setup_token"  # noqa: S105  # the name of a setting, no secret
SHORTEST_CHOSEN = 16
CLOSED = "This installation has its owner; setup is closed. Log in."


async def open_setup(database: Database, chosen: str = "") -> str | None:
    """The setup token, fresh unless the operator has `chosen` one; None when there is an owner already.

    Only its hash is stored.
    """
    token = chosen or new_token()
    async with database.begin() as connection:
        if await has_owner(connection):
            return None
        await put_setting(connection, _TOKEN, hash_of(token))
    return token


async def is_setup_open(database: Database) -> bool:
    """Whether the installation has no owner yet."""
    async with database.begin() as connection:
        return not await has_owner(connection)


async def check_token(database: Database, token: str) -> None:
    """Look whether the token is right, before anything expensive is done.

    Raises:
        NotFound: there is an owner.
        Unauthorized: wrong token.
    """
    async with database.begin() as connection:
        if await has_owner(connection):
            raise NotFound(CLOSED)
        _compare(await lock_setting(connection, _TOKEN), token)


async def make_owner(
    connection: AsyncConnection, token: str, *, email: str, name: str, password_hash: str, address: str
) -> str:
    """Make the owner and use the token up; the owner's id.

    Raises:
        NotFound, Unauthorized: as `check_token`: somebody may have been faster.
    """
    user_id = new_id()
    stored = await lock_setting(connection, _TOKEN)
    if await has_owner(connection):
        raise NotFound(CLOSED)
    _compare(stored, token)
    await create_user(
        connection, user_id=user_id, email=email, name=name, role="owner", password_hash=password_hash
    )
    await delete_setting(connection, _TOKEN)
    await audit_store.record(
        connection, user_id, "auth.setup", target_kind="user", target_id=user_id, address=address
    )
    return user_id


async def close_setup(connection: AsyncConnection) -> None:
    """Use the token up without having it: whoever is at the command line owns the installation anyway."""
    await lock_setting(connection, _TOKEN)
    await delete_setting(connection, _TOKEN)


def _compare(stored: object, token: str) -> None:
    if not isinstance(stored, str) or not hmac.compare_digest(stored, hash_of(token)):
        raise Unauthorized(
            "The setup token is wrong. The right one stands in the output of `blockyard serve`; each start "
            "without an owner prints a new one."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_open_house(host: str, chosen: str) -> None:
    """Without an owner nobody but this machine may knock, unless the operator has `chosen` the token.

    Raises:
        SetupProblem: `host` can be reached from elsewhere, or the token is easily guessed.
    """
    if chosen and len(chosen) < SHORTEST_CHOSEN:
        raise SetupProblem(
            f"BLOCKYARD_SETUP_TOKEN has fewer than {SHORTEST_CHOSEN} characters. Choose a longer one, or "
            "leave it empty for a fresh one."
        )
    if not chosen and not is_loopback(host):
        raise SetupProblem(
            f"This installation has no owner yet, so it does not listen on {host!r}, where others reach it. "
            "Start it once with BLOCKYARD_HOST=127.0.0.1, open the page and make the owner's account. Or "
            "choose the token yourself, in BLOCKYARD_SETUP_TOKEN."
        )
