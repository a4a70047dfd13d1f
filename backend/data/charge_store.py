"""Queries on charges: what was spent, by whom and on what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data.tables import charge, graph, run, users
from backend.util.errors import NotFound

INSERT_CHARGE = (
    "INSERT INTO charge (run_id, seq, root_run_id, user_id, graph_id, node_id, block_id, provider, model, what, "
    "usd_micros, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
)
"""A journal's extra statement beside the `charged` event with the same number."""


class CostGroup(StrEnum):
    """By what costs are summed up."""

    DAY = "day"
    GRAPH = "graph"
    PROVIDER = "provider"
    MODEL = "model"
    BLOCK = "block"
    USER = "user"


_KEYS: dict[CostGroup, sa.ColumnElement[Any]] = {
    CostGroup.DAY: sa.cast(sa.func.timezone("UTC", charge.c.at), sa.Date),
    CostGroup.GRAPH: charge.c.graph_id,
    CostGroup.PROVIDER: charge.c.provider,
    CostGroup.MODEL: charge.c.model,
    CostGroup.BLOCK: charge.c.block_id,
    CostGroup.USER: charge.c.user_id,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which charges: from `since` on and before `until`, on one graph or (None) on all."""

    since: datetime
    until: datetime
    graph_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What a group came to, in micro-USD; `count` is the number of charges."""

    key: str
    usd_micros: int
    count: int


async def sum_charges(
    connection: AsyncConnection,
    user_id: str | None,
    selection: Selection,
    group: CostGroup,
    *,
    limit: int,
    after: Sum | None = None,
) -> tuple[list[Sum], Sum]:
    """A page of sums, and what all pages come to under an empty key.

    Days come newest first, other groups dearest first; `after` is the last sum of the page before. `user_id`
    None: everybody's, for an owner.
    """
    is_of_days = group is CostGroup.DAY
    columns = (_KEYS[group].label("key"), _TOTAL.label("usd_micros"), sa.func.count().label("charges"))
    grouped = sa.select(*columns).where(*_within(user_id, selection)).group_by(sa.text("1")).cte("grouped")
    key = sa.func.to_char(grouped.c.key, "YYYY-MM-DD") if is_of_days else grouped.c.key
    named = sa.select(key.label("key"), grouped.c.usd_micros, grouped.c.charges).cte("named")
    page = _page_of(named, is_of_days=is_of_days, after=after).limit(limit).subquery("page")
    whole = sa.select(
        _sum_of(named.c.usd_micros).label("total"), _sum_of(named.c.charges).label("all_charges")
    ).subquery("whole")
    query = sa.select(whole, page).select_from(whole.outerjoin(page, sa.true()))
    rows = (await connection.execute(query)).all()
    sums = [Sum(row.key, row.usd_micros, row.charges) for row in rows if row.key is not None]
    return sums, Sum("", rows[0].total, rows[0].all_charges)


def _page_of(named: sa.CTE, *, is_of_days: bool, after: Sum | None) -> sa.Select[Any]:
    query = sa.select(named)
    if is_of_days:
        query = query.order_by(named.c.key.desc())
        return query if after is None else query.where(named.c.key < after.key)
    query = query.order_by(named.c.usd_micros.desc(), named.c.key)
    if after is None:
        return query
    is_cheaper = named.c.usd_micros < after.usd_micros
    is_equal = sa.and_(named.c.usd_micros == after.usd_micros, named.c.key > after.key)
    return query.where(sa.or_(is_cheaper, is_equal))


def _sum_of(amounts: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(amounts), 0), sa.BigInteger)


_TOTAL = _sum_of(charge.c.usd_micros)


def _within(user_id: str | None, selection: Selection) -> list[sa.ColumnElement[bool]]:
    conditions = [charge.c.at >= selection.since, charge.c.at < selection.until]
    if user_id is not None:
        conditions.append(charge.c.user_id == user_id)
    if selection.graph_id is not None:
        conditions.append(charge.c.graph_id == selection.graph_id)
    return conditions


async def labels_of(
    connection: AsyncConnection, user_id: str | None, group: CostGroup, keys: list[str]
) -> dict[str, str]:
    """What people call these graphs or users, as far as they are still there."""
    if group is CostGroup.GRAPH:
        query = sa.select(graph.c.id, graph.c.name).where(graph.c.id.in_(keys))
        if user_id is not None:
            query = query.where(graph.c.user_id == user_id)
    elif group is CostGroup.USER:
        query = sa.select(users.c.id, users.c.email).where(users.c.id.in_(keys))
    else:
        return {}
    return {row[0]: row[1] for row in await connection.execute(query)}


async def sum_by_node(
    connection: AsyncConnection, user_id: str, run_id: str, *, limit: int, after: str | None = None
) -> tuple[list[Sum], Sum]:
    """What each node of a run has cost, with the runs that it started, and what all come to under an empty key.

    They come by node id; `after` is the last one of the page before.

    Raises:
        NotFound: there is no such run, or it is another user's.
    """
    is_mine = sa.select(run.c.id).where(run.c.user_id == user_id, run.c.id == run_id)
    if await connection.scalar(is_mine) is None:
        raise NotFound(f"There is no run {run_id!r}.")
    charged = _charged_in(user_id, run_id)
    query = sa.select(charged.c.node_id, _sum_of(charged.c.usd_micros), sa.func.count())
    if after is not None:
        query = query.where(charged.c.node_id > after)
    query = query.group_by(charged.c.node_id).order_by(charged.c.node_id).limit(limit)
    sums = [Sum(*row) for row in await connection.execute(query)]
    whole = sa.select(_sum_of(charged.c.usd_micros), sa.func.count()).select_from(charged)
    return sums, Sum("", *(await connection.execute(whole)).one())


def _charged_in(user_id: str, run_id: str) -> sa.Subquery:
    """The charges of a run and of all below it, each under the node of this run that led to it."""
    top = sa.select(run.c.id, sa.cast(sa.null(), sa.Text).label("node_id")).where(
        run.c.user_id == user_id, run.c.id == run_id
    )
    tree = top.cte("tree", recursive=True)
    child = sa.select(run.c.id, sa.func.coalesce(tree.c.node_id, run.c.parent_node_id)).where(
        run.c.parent_run_id == tree.c.id
    )
    tree = tree.union_all(child)
    node_id = sa.func.coalesce(tree.c.node_id, charge.c.node_id).label("node_id")
    return sa.select(node_id, charge.c.usd_micros).join(tree, charge.c.run_id == tree.c.id).subquery()
