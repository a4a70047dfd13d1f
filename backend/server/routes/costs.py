"""Costs: what was spent, summed up in several ways, and node by node for a run."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from backend.data import charge_store
from backend.data.charge_store import CostGroup, Selection, Sum
from backend.data.run_result import cost
from backend.server.access import Caller, Scope
from backend.server.deps import CallerDep, Cursor, JsonRoute, Limit, SiteDep
from backend.server.site import Site
from backend.server.wire.money import Costs, NodeCosts
from backend.server.wire.people import Moment
from backend.util.clock import now
from backend.util.errors import BadInput, Forbidden, Problem

router = APIRouter(prefix="/api", tags=["money"], route_class=JsonRoute)

_USUAL_SPAN = timedelta(days=30)
_LARGEST_SUM = 9_223_372_036_854_775_807

UserFilter = Annotated[
    str | None, Query(min_length=1, max_length=64, description="One user's; others' are for owners")
]
AllUsers = Annotated[bool, Query(description="Everybody's, for owners")]


@router.get("/costs", response_model=Costs)
async def read_costs(
    site: SiteDep,
    caller: CallerDep,
    group_by: CostGroup = CostGroup.DAY,
    since: Annotated[Moment | None, Query(alias="from", description="30 days before `to` without it")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Now without it")] = None,
    graph_id: Annotated[str | None, Query(max_length=64, description="Runs of this graph only")] = None,
    user_id: UserFilter = None,
    all_users: AllUsers = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What was spent: by day (the newest first), or by graph, provider, model, block or user (the dearest first).

    Runs below others count for the graph at the top. Days are those of UTC. `group_by=user` shows everybody.
    """
    whose = whose_money(caller, user_id, all_users=all_users or group_by is CostGroup.USER)
    until = until or now()
    selection = Selection(since or until - _USUAL_SPAN, until, graph_id)
    after = None if cursor is None else _sum_at(cursor)
    async with site.app.database.begin() as connection:
        sums, total = await charge_store.sum_charges(
            connection, whose, selection, group_by, limit=limit, after=after
        )
        labels = await charge_store.labels_of(connection, whose, group_by, [one.key for one in sums])
    items = [
        {
            "key": one.key,
            "label": labels.get(one.key) or _label(site, group_by, one.key),
            "charges": one.count,
            "cost": cost(one.usd_micros),
        }
        for one in sums
    ]
    last = f"{sums[-1].usd_micros}:{sums[-1].key}" if len(sums) == limit else None
    span = {"from": selection.since, "to": selection.until}
    return {"items": items, "next_cursor": last, "total": cost(total.usd_micros), **span}


@router.get("/runs/{run_id}/costs", response_model=NodeCosts)
async def read_run_costs(
    site: SiteDep, caller: CallerDep, run_id: str, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """What each node of a run has cost, with the runs that it started; nodes without costs are left out."""
    async with site.app.database.begin() as connection:
        sums, total = await charge_store.sum_by_node(
            connection, caller.user_id, run_id, limit=limit, after=cursor
        )
    items = [{"node_id": one.key, "charges": one.count, "cost": cost(one.usd_micros)} for one in sums]
    last = sums[-1].key if len(sums) == limit else None
    return {"items": items, "next_cursor": last, "total": cost(total.usd_micros)}


def whose_money(caller: Caller, user_id: str | None, *, all_users: bool) -> str | None:
    """The user whose money is asked for; None: everybody's.

    Raises:
        Forbidden: it is not only the caller's own, and they are no owner.
    """
    asked = user_id if user_id is not None else None if all_users else caller.user_id
    if asked != caller.user_id and Scope.ADMIN not in caller.scopes:
        raise Forbidden(f"Only owners see what others spend: this needs the scope {Scope.ADMIN.value!r}.")
    return asked


def _label(site: Site, group: CostGroup, key: str) -> str:
    block = site.app.catalogue.find(key) if group is CostGroup.BLOCK else None
    return block.title if block is not None else key


def _sum_at(cursor: str) -> Sum:
    """The last sum of the page before."""
    amount, _, key = cursor.partition(":")
    if not (amount.isascii() and amount.isdecimal() and len(amount) < 20) or int(amount) > _LARGEST_SUM:
        problem = Problem("This cursor is not ours.", "Send `next_cursor` as it came.", path="cursor")
        raise BadInput(str(problem), problems=(problem,))
    return Sum(key, int(amount), 0)
