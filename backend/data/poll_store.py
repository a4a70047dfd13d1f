"""Queries on polls: trigger nodes that ask a service for news, and the records that they have seen."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.connection import Connection
from backend.data.model import JsonObject
from backend.data.newest import newest_first
from backend.data.tables import graph, poll
from backend.util.clock import new_id
from backend.util.errors import NotFound

SEEN_DAYS = 90
"""So long a record is known that the service does not list any more."""
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class LeasedPoll:
    """A poll that this process asks for, until `leased_until`, by which its answer is known to be its own."""

    id: str
    user_id: str
    graph_id: str
    node_id: str
    graph_version: int
    interval_s: float
    cursor: JsonObject | None
    failures: int
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class WantedPoll:
    """A node that is to be polled."""

    node_id: str
    block_id: str
    interval_s: float


# -- for people: owner first ---------------------------------------------------------------------------------


async def put_polls(
    connection: AsyncConnection, user_id: str, graph_id: str, version: int, wanted: Sequence[WantedPoll]
) -> None:
    """Let these nodes of the graph be polled, and no others; each at once.

    A node that was polled before keeps its cursor, unless its block is another one. What somebody asks for just
    now is thrown away.
    """
    keep = [one.node_id for one in wanted]
    await connection.execute(
        sa.delete(poll).where(
            poll.c.user_id == user_id, poll.c.graph_id == graph_id, poll.c.node_id.not_in(keep)
        )
    )
    for one in wanted:
        await connection.execute(
            sa.delete(poll).where(
                poll.c.user_id == user_id,
                poll.c.graph_id == graph_id,
                poll.c.node_id == one.node_id,
                poll.c.block_id != one.block_id,
            )
        )
        await connection.execute(_put(user_id, graph_id, version, one))


def _put(user_id: str, graph_id: str, version: int, one: WantedPoll) -> sa.Insert:
    said = {"graph_version": version, "interval_s": one.interval_s, "is_live": True}
    statement = insert(poll).values(
        id=new_id(), user_id=user_id, graph_id=graph_id, node_id=one.node_id, block_id=one.block_id, **said
    )
    fresh = {"next_at": sa.func.now(), "leased_until": None, "failures": 0, "updated_at": sa.func.now()}
    return statement.on_conflict_do_update(
        index_elements=["graph_id", "node_id"], set_={**said, **fresh}, where=poll.c.user_id == user_id
    )


async def stop_polls(connection: AsyncConnection, user_id: str, graph_id: str) -> int:
    """Ask for a graph no more, and forget what was seen; how many nodes were polled."""
    statement = sa.delete(poll).where(poll.c.user_id == user_id, poll.c.graph_id == graph_id)
    return len((await connection.execute(statement.returning(poll.c.id))).all())


async def list_polls(
    connection: AsyncConnection,
    user_id: str,
    *,
    limit: int,
    before: str | None = None,
    graph_id: str | None = None,
) -> list[JsonObject]:
    """Newest first; `before` is the last id of the page before."""
    return await newest_first(
        connection, _polls(user_id), poll, limit=limit, before=before, graph_id=graph_id
    )


async def read_poll(connection: AsyncConnection, user_id: str, poll_id: str) -> JsonObject:
    """A poll, with its graph's name.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    row = (await connection.execute(_polls(user_id).where(poll.c.id == poll_id))).mappings().one_or_none()
    if row is None:
        raise no_poll(poll_id)
    return dict(row)


def _polls(user_id: str) -> sa.Select[*tuple[Any, ...]]:
    hidden = ("user_id", "cursor", "leased_until", "is_live")
    return (
        sa.select(
            *(column for column in poll.c if column.name not in hidden), graph.c.name.label("graph_name")
        )
        .join(graph, sa.and_(graph.c.id == poll.c.graph_id, graph.c.user_id == poll.c.user_id))
        .where(poll.c.user_id == user_id, graph.c.deleted_at.is_(None))
    )


def no_poll(poll_id: str) -> NotFound:
    """The same for one that is absent and one that is another user's."""
    return NotFound(f"There is no poll {poll_id!r}.")


# -- for the process that asks: it acts for every user -------------------------------------------------------

_FREE = "(p.leased_until IS NULL OR p.leased_until < now())"
_OF_THE_LIVING = "p.is_live AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id AND u.is_active)"
_LEASE = """UPDATE poll p SET leased_until = now() + make_interval(secs => $1)
  WHERE p.id IN ({}) RETURNING p.id, p.user_id, p.graph_id, p.node_id, p.graph_version, p.interval_s,
    p.cursor::text AS cursor, p.failures, p.leased_until"""
_LEASE_DUE = _LEASE.format(
    f"SELECT p.id FROM poll p WHERE p.next_at <= now() AND {_FREE} AND {_OF_THE_LIVING} "
    "ORDER BY p.next_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED"
)
_LEASE_ONE = _LEASE.format(
    f"SELECT p.id FROM poll p WHERE p.id = $3 AND p.user_id = $2 AND {_FREE} AND p.is_live "
    "FOR UPDATE OF p SKIP LOCKED"
)


async def lease_due(connection: Connection, lease_s: float, limit: int) -> list[LeasedPoll]:
    """Take polls that are due, so that no other process asks meanwhile."""
    return [_leased(row) for row in await connection.fetch(_LEASE_DUE, lease_s, limit)]


async def lease_one(connection: Connection, user_id: str, poll_id: str, lease_s: float) -> LeasedPoll | None:
    """Take this one, due or not; None while somebody has it, or when there is none."""
    row = await connection.fetchrow(_LEASE_ONE, lease_s, user_id, poll_id)
    return None if row is None else _leased(row)


def _leased(row: Any) -> LeasedPoll:
    values = dict(row)
    values["cursor"] = None if values["cursor"] is None else orjson.loads(values["cursor"])
    return LeasedPoll(**values)


async def lock_leased(connection: Connection, leased: LeasedPoll) -> bool:
    """Whether the poll is still the same and ours; if so it stays so until the transaction ends."""
    found = await connection.fetchval(
        "SELECT id FROM poll WHERE id = $1 AND leased_until = $2 AND graph_version = $3 AND is_live FOR UPDATE",
        leased.id,
        leased.leased_until,
        leased.graph_version,
    )
    return found is not None


def stored_id(record_id: str) -> str:
    """How a record's id is stored: itself, or its hash where it is long or no text that PostgreSQL keeps."""
    is_plain = len(record_id) <= _LONGEST_ID and record_id.isprintable()
    return record_id if is_plain else f"sha256:{_digest(record_id)}"


def record_key(poll_id: str, record_id: str) -> str:
    """The idempotency key of the run that a record starts."""
    return f"poll:{poll_id}:{_digest(record_id)[:32]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


async def seen_before(
    connection: Connection, leased: LeasedPoll, record_ids: Collection[str]
) -> frozenset[str]:
    """Which of these records have been seen, or have started a run that is still kept."""
    by_stored = {stored_id(one): one for one in record_ids}
    by_key = {record_key(leased.id, one): one for one in record_ids}
    seen = await connection.fetch(
        "SELECT record_id FROM poll_seen WHERE poll_id = $1 AND record_id = ANY($2)",
        leased.id,
        list(by_stored),
    )
    started = await connection.fetch(
        "SELECT idempotency_key FROM run WHERE user_id = $1 AND idempotency_key = ANY($2)",
        leased.user_id,
        list(by_key),
    )
    return frozenset({by_stored[row[0]] for row in seen} | {by_key[row[0]] for row in started})


async def mark_seen(
    connection: Connection, poll_id: str, record_ids: Collection[str], listed: Collection[str]
) -> None:
    """Remember these records; forget those of long ago that the service does not list any more.

    `listed` are all of its answer. After an answer without records nothing is forgotten: it may only say that
    nothing has changed.
    """
    await connection.execute(
        "INSERT INTO poll_seen (poll_id, record_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
        poll_id,
        [stored_id(one) for one in record_ids],
    )
    if listed:
        await connection.execute(
            "DELETE FROM poll_seen WHERE poll_id = $1 AND seen_at < now() - make_interval(days => $2) "
            "AND record_id <> ALL($3)",
            poll_id,
            SEEN_DAYS,
            [stored_id(one) for one in listed],
        )


async def settle_answer(
    connection: Connection, poll_id: str, *, cursor: Any, next_in_s: float, is_emitted: bool
) -> None:
    """The service has answered; after `lock_leased`."""
    await connection.execute(
        "UPDATE poll SET cursor = $2::text::json, next_at = now() + make_interval(secs => $3), leased_until = NULL, "
        "failures = 0, problem = '', polled_at = now(), "
        "emitted_at = CASE WHEN $4 THEN now() ELSE emitted_at END WHERE id = $1",
        poll_id,
        None if cursor is None else orjson.dumps(cursor).decode(),
        next_in_s,
        is_emitted,
    )


async def settle_failure(connection: Connection, poll_id: str, *, problem: str, next_in_s: float) -> None:
    """It has not; after `lock_leased`."""
    await connection.execute(
        "UPDATE poll SET next_at = now() + make_interval(secs => $3), leased_until = NULL, "
        "failures = least(failures, 1000000) + 1, problem = $2, polled_at = now() WHERE id = $1",
        poll_id,
        problem.replace("\0", "\ufffd"),
        next_in_s,
    )


async def give_back(connection: Connection, leased: LeasedPoll) -> None:
    """Ask no longer; the poll is due as it was."""
    await connection.execute(
        "UPDATE poll SET leased_until = NULL WHERE id = $1 AND leased_until = $2",
        leased.id,
        leased.leased_until,
    )


async def seconds_until_next(connection: Connection) -> float | None:
    """How long until the next poll that nobody asks for now, below 0 when it was due; None: there is none."""
    found = await connection.fetchval(
        "SELECT extract(epoch FROM min(greatest(p.next_at, p.leased_until)) - clock_timestamp()) "
        f"FROM poll p WHERE {_OF_THE_LIVING}"
    )
    return None if found is None else float(found)
