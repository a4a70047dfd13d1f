"""When the database is away: which errors say so, and work that is done once it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from backend.util.errors import Unavailable

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

_LONGEST_PAUSE_S = 1.0
_AWAY = (
    OSError,
    Unavailable,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.InvalidTransactionStateError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.PostgresSystemError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
"""The server is gone, full, read-only, starting, or asks for another try."""


def is_away(error: BaseException) -> bool:
    """Whether the same work may succeed later: the fault is not in what was asked for."""
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or (cause is not None and is_away(cause))
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(
            error, ValueError
        )  # asyncpg's own DataError: an argument that cannot be encoded
    return isinstance(error, _AWAY)


async def surely(what: str, work: Callable[[], Awaitable[Result]]) -> Result:
    """The work's result, however often the database goes away meanwhile; `what` names it in the log."""
    pause_s = 0.05
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("database.away", during=what, error=error)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
