"""Queries on reviews: what a run asks of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.block import Decision
from backend.data.run import RunStatus
from backend.data.tables import review, run
from backend.util.errors import Conflict, NotFound


class ReviewStatus(StrEnum):
    """`withdrawn`: the run ended before somebody answered."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Review:
    """A question of a run. `data` and `decision` are JSON, cut when they are longer than was asked for."""

    id: str
    run_id: str
    node_id: str
    firing: int
    name: str
    data: str
    data_bytes: int
    is_editable: bool
    status: str
    decision: str | None
    decision_bytes: int | None
    message: str
    created_at: datetime
    decided_at: datetime | None


async def list_reviews(
    connection: AsyncConnection,
    user_id: str,
    *,
    statuses: Sequence[ReviewStatus] = (),
    run_id: str | None = None,
    newest_first: bool = False,
    after: tuple[datetime, str] | None = None,
    limit: int,
    longest_bytes: int,
) -> list[Review]:
    """The user's reviews by the time of asking; `after` is that and the id of the last one of the page before."""
    place = sa.tuple_(review.c.created_at, review.c.id)
    query = _reviews(longest_bytes).where(review.c.user_id == user_id)
    if statuses:
        query = query.where(review.c.status.in_([status.value for status in statuses]))
    if run_id is not None:
        query = query.where(review.c.run_id == run_id)
    if after is not None:
        query = query.where(place < after if newest_first else place > after)
    order = [part.desc() if newest_first else part for part in (review.c.created_at, review.c.id)]
    rows = (await connection.execute(query.order_by(*order).limit(limit))).mappings()
    return [Review(**row) for row in rows]


async def load_review(connection: AsyncConnection, user_id: str, review_id: str) -> Review:
    """One of them, whole.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    query = _reviews(None).where(review.c.user_id == user_id, review.c.id == review_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no review {review_id!r}.")
    return Review(**row)


def _reviews(longest_bytes: int | None) -> sa.Select[Any]:
    shown = (
        "id",
        "run_id",
        "node_id",
        "firing",
        "name",
        "is_editable",
        "status",
        "message",
        "created_at",
        "decided_at",
    )
    columns: list[sa.ColumnElement[Any]] = [review.c[name] for name in shown]
    for name in ("data", "decision"):
        text = sa.cast(review.c[name], sa.Text)
        size = sa.func.octet_length(text)
        cut = (
            text
            if longest_bytes is None
            else sa.case((size > longest_bytes, sa.func.left(text, 1_024)), else_=text)
        )
        columns += [cut.label(name), size.label(f"{name}_bytes")]
    return sa.select(*columns)


async def list_open_reviews(
    connection: AsyncConnection, user_id: str, *, limit: int = 100
) -> list[dict[str, Any]]:
    """What waits for this person, oldest first."""
    query = (
        sa.select(
            review.c.id,
            review.c.run_id,
            review.c.node_id,
            review.c.name,
            review.c.data,
            review.c.is_editable,
            review.c.created_at,
        )
        .where(review.c.user_id == user_id, review.c.status == "open")
        .order_by(review.c.created_at)
        .limit(limit)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def find_answer(connection: AsyncConnection, user_id: str, review_id: str) -> Decision | None:
    """What was decided; None while nobody has, and when nobody was asked."""
    query = sa.select(review.c.status, review.c.decision, review.c.message).where(
        review.c.user_id == user_id, review.c.id == review_id, review.c.status.in_(["approved", "rejected"])
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Decision(row[0] == "approved", row[1], row[2])


async def decide(connection: AsyncConnection, user_id: str, review_id: str, decision: Decision) -> str:
    """Store the answer and wake the run; the id of the root run.

    Raises:
        NotFound: there is none, or it is another user's.
        Conflict: it was decided before, or the run has ended.
    """
    root = await _lock_root(connection, user_id, review_id)  # before the review, as whoever ends the run does
    row = (
        await connection.execute(
            sa.select(review.c.status, review.c.data, review.c.is_editable)
            .where(review.c.user_id == user_id, review.c.id == review_id)
            .with_for_update()
        )
    ).one_or_none()
    if root is None or row is None:
        raise NotFound(f"There is no review {review_id!r}.")
    status, asked, is_editable = row
    if status != "open":
        raise Conflict(f"The review is {status} already; nothing was changed.")
    data = decision.data if is_editable and decision.data is not None else asked
    await connection.execute(
        sa.update(review)
        .where(review.c.user_id == user_id, review.c.id == review_id)
        .values(
            status="approved" if decision.is_approved else "rejected",
            decision=data,
            message=decision.message,
            decided_at=sa.func.clock_timestamp(),
            decided_by=user_id,
        )
    )
    root_id, root_status = root
    if root_status == RunStatus.WAITING:
        await connection.execute(
            sa.update(run)
            .where(run.c.user_id == user_id, run.c.id == root_id)
            .values(status=RunStatus.QUEUED.value, wake_at=None)
        )
        await connection.execute(sa.select(sa.func.enqueue_run(root_id, user_id)))
    return root_id


async def _lock_root(connection: AsyncConnection, user_id: str, review_id: str) -> tuple[str, str] | None:
    """The run at the top of the one that asks, and its status; nobody changes it until the end of the transaction."""
    asking = run.alias("asking")
    root_id = (
        sa.select(asking.c.root_run_id)
        .join(review, review.c.run_id == asking.c.id)
        .where(review.c.user_id == user_id, review.c.id == review_id)
        .scalar_subquery()
    )
    query = sa.select(run.c.id, run.c.status).where(run.c.user_id == user_id, run.c.id == root_id)
    row = (await connection.execute(query.with_for_update())).one_or_none()
    return None if row is None else (row[0], row[1])
