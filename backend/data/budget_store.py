"""Queries on budgets and reservations: what may still be spent, and taking of it before it is.

A reservation counts as long as the run at its top goes on, whoever forgot to delete it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.connection import Connection
from backend.data.run import FINAL
from backend.data.tables import budget, graph
from backend.util.clock import new_id
from backend.util.errors import Forbidden, NotFound


class BudgetPeriod(StrEnum):
    """Days and months are those of UTC."""

    DAY = "day"
    MONTH = "month"
    TOTAL = "total"

    def began_at(self, at: datetime) -> datetime | None:
        """When the period that holds `at` began; None: it has no beginning."""
        midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return {BudgetPeriod.DAY: midnight, BudgetPeriod.MONTH: midnight.replace(day=1)}.get(self)

    def ends_at(self, at: datetime) -> datetime | None:
        """When it ends and spending begins at nothing; None: never."""
        began_at = self.began_at(at)
        if began_at is None:
            return None
        if self is BudgetPeriod.DAY:
            return datetime.fromordinal(began_at.toordinal() + 1).replace(tzinfo=UTC)
        year, month = divmod(began_at.year * 12 + began_at.month, 12)
        return began_at.replace(year=year, month=month + 1)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money that one attempt of a firing may spend; the same id whenever it is repeated."""

    id: str
    root_run_id: str
    graph_id: str
    """Of the run at the top."""
    usd_micros: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget and how much of it is gone; amounts in micro-USD. `graph_id` empty: all of the user's graphs."""

    id: str
    user_id: str
    graph_id: str
    period: BudgetPeriod
    limit_usd_micros: int
    set_by: str
    created_at: datetime
    updated_at: datetime
    spent_usd_micros: int
    reserved_usd_micros: int


async def budgeted_graphs(connection: Connection, user_id: str) -> frozenset[str]:
    """The graphs for which the user has a budget; an empty id stands for all of them."""
    rows = await connection.fetch("SELECT DISTINCT graph_id FROM budget WHERE user_id = $1", user_id)
    return frozenset(row["graph_id"] for row in rows)


async def reserve(connection: Connection, user_id: str, wanted: Reservation, at: datetime) -> Standing | None:
    """Take the money if every budget has room for it; else the first budget that has not.

    The budgets are locked first, in a statement of its own, so that the next one sees what others took.
    """
    async with connection.transaction(isolation="read_committed"):
        await connection.fetch(_LOCK, user_id, wanted.graph_id)
        rows = await connection.fetch(
            f"{_STANDING} WHERE b.user_id = $4 AND b.graph_id IN ('', $5) ORDER BY b.graph_id DESC, b.id",
            *_moments(at),
            wanted.id,
            user_id,
            wanted.graph_id,
        )
        for row in rows:
            standing = _standing(row)
            gone = standing.spent_usd_micros + standing.reserved_usd_micros
            if gone + wanted.usd_micros > standing.limit_usd_micros:
                return standing
        await connection.execute(
            _TAKE, user_id, wanted.id, wanted.root_run_id, wanted.graph_id, wanted.usd_micros
        )
        return None


_FINAL_LIST = ", ".join(f"'{status}'" for status in FINAL)
_LOCK = "SELECT id FROM budget WHERE user_id = $1 AND graph_id IN ('', $2) ORDER BY id FOR UPDATE"

_STANDING = f"""
SELECT b.id, b.user_id, b.graph_id, b.period::text AS period, b.limit_usd_micros, b.set_by, b.created_at,
    b.updated_at,
    CASE WHEN b.graph_id = '' THEN
      (SELECT coalesce(sum(c.usd_micros), 0)::bigint FROM charge c
        WHERE c.user_id = b.user_id AND c.at >= p.began_at)
    ELSE
      (SELECT coalesce(sum(c.usd_micros), 0)::bigint FROM charge c
        WHERE c.graph_id = b.graph_id AND c.user_id = b.user_id AND c.at >= p.began_at)
    END AS spent_usd_micros,
    (SELECT coalesce(sum(v.usd_micros), 0)::bigint FROM reservation v JOIN run r ON r.id = v.root_run_id
      WHERE v.user_id = b.user_id AND b.graph_id IN ('', v.graph_id) AND v.id <> $3
        AND r.status NOT IN ({_FINAL_LIST})) AS reserved_usd_micros
  FROM budget b CROSS JOIN LATERAL (SELECT CASE b.period WHEN 'day' THEN $1::timestamptz
    WHEN 'month' THEN $2::timestamptz ELSE '-infinity'::timestamptz END AS began_at) p"""

_TAKE = f"""
WITH ended AS (
  DELETE FROM reservation v WHERE v.user_id = $1 AND v.id <> $2 AND NOT EXISTS (
    SELECT 1 FROM run r WHERE r.id = v.root_run_id AND r.status NOT IN ({_FINAL_LIST})))
INSERT INTO reservation (id, user_id, root_run_id, graph_id, usd_micros) VALUES ($2, $1, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET usd_micros = excluded.usd_micros"""

GIVE_BACK = "DELETE FROM reservation WHERE id = $1"
"""A journal's extra statement when a reservation is settled."""

GIVE_BACK_ALL = "DELETE FROM reservation WHERE root_run_id = $1"
"""A journal's extra statement when a root run ends."""

LESSEN = "UPDATE reservation SET usd_micros = $2 WHERE id = $1"
"""A journal's extra statement when part of a reservation has been spent."""


def _moments(at: datetime) -> tuple[datetime | None, datetime | None]:
    return BudgetPeriod.DAY.began_at(at), BudgetPeriod.MONTH.began_at(at)


def _standing(row: Any) -> Standing:
    fields: dict[str, Any] = dict(row)
    fields["period"] = BudgetPeriod(row["period"])
    return Standing(**fields)


# -- for people --------------------------------------------------------------------------------------------


async def list_budgets(
    connection: Connection, user_id: str | None, at: datetime, *, limit: int, after: str | None = None
) -> list[Standing]:
    """The user's budgets, or for an owner everybody's when `user_id` is None; oldest first."""
    rows = await connection.fetch(
        f"{_STANDING} WHERE ($4::text IS NULL OR b.user_id = $4) AND b.id > $5 ORDER BY b.id LIMIT $6",
        *_moments(at),
        "",
        user_id,
        after or "",
        limit,
    )
    return [_standing(row) for row in rows]


async def load_budget(connection: Connection, user_id: str | None, budget_id: str, at: datetime) -> Standing:
    """One budget; `user_id` as in `list_budgets`.

    Raises:
        NotFound: there is none, or it is another user's.
    """
    rows = await connection.fetch(
        f"{_STANDING} WHERE ($4::text IS NULL OR b.user_id = $4) AND b.id = $5",
        *_moments(at),
        "",
        user_id,
        budget_id,
    )
    if not rows:
        raise NotFound(f"There is no budget {budget_id!r}.")
    return _standing(rows[0])


async def put_budget(
    connection: AsyncConnection,
    user_id: str,
    *,
    graph_id: str,
    period: BudgetPeriod,
    limit_usd_micros: int,
    set_by: str,
    is_owner: bool,
) -> str:
    """Set what the user may spend, in place of what was set before; the budget's id.

    Raises:
        NotFound: there is no such graph of this user.
        Forbidden: an owner has set it, and `set_by` is none.
    """
    await _check_graph(connection, user_id, graph_id)
    new = insert(budget).values(
        id=new_id(),
        user_id=user_id,
        graph_id=graph_id,
        period=period.value,
        limit_usd_micros=limit_usd_micros,
        set_by=set_by,
    )
    statement = new.on_conflict_do_update(
        index_elements=["user_id", "graph_id", "period"],
        set_={
            "limit_usd_micros": new.excluded.limit_usd_micros,
            "set_by": new.excluded.set_by,
            "updated_at": sa.func.now(),
        },
        where=sa.or_(sa.literal(is_owner), budget.c.set_by == set_by),
    )
    budget_id: str | None = await connection.scalar(statement.returning(budget.c.id))
    if budget_id is None:
        raise Forbidden(_OWNERS)
    return budget_id


_OWNERS = "An owner of this installation has set this budget. Ask one of them to change it."


async def _check_graph(connection: AsyncConnection, user_id: str, graph_id: str) -> None:
    if not graph_id:
        return
    query = sa.select(graph.c.id).where(
        graph.c.user_id == user_id, graph.c.id == graph_id, graph.c.deleted_at.is_(None)
    )
    if await connection.scalar(query) is None:
        raise NotFound(f"There is no graph {graph_id!r}.")


async def delete_budget(
    connection: AsyncConnection, user_id: str | None, budget_id: str, *, by: str, is_owner: bool
) -> dict[str, Any]:
    """Delete a budget; what it was: user_id, graph_id, period, limit_usd_micros. `user_id` as in `list_budgets`.

    Raises:
        NotFound: there is none, or it is another user's.
        Forbidden: an owner has set it, and `by` is none.
    """
    query = sa.select(budget).where(budget.c.id == budget_id).with_for_update()
    if user_id is not None:
        query = query.where(budget.c.user_id == user_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no budget {budget_id!r}.")
    if not is_owner and row["set_by"] != by:
        raise Forbidden(_OWNERS)
    await connection.execute(
        sa.delete(budget).where(budget.c.user_id == row["user_id"], budget.c.id == budget_id)
    )
    return {name: row[name] for name in ("user_id", "graph_id", "period", "limit_usd_micros")}
