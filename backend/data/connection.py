"""The type of a raw database connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:  # asyncpg's class cannot be subscripted at run time
    Connection = asyncpg.Connection

DATABASE_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a raw connection raises when the database has gone, among others.

InternalClientError: asyncpg 0.31 says "cannot switch to state" when the server goes at the wrong moment.
"""
