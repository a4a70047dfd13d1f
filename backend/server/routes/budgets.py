"""Budgets: what a user may spend, on all of their graphs or on one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from backend.data import audit_store, budget_store, user_store
from backend.data.budget_store import Standing
from backend.data.run_result import cost
from backend.server.access import Caller, Scope
from backend.server.deps import CallerDep, Cursor, JsonRoute, Limit, SiteDep
from backend.server.logins import address_of
from backend.server.routes.costs import AllUsers, UserFilter, whose_money
from backend.server.wire.common import Page
from backend.server.wire.money import BudgetBody, BudgetView
from backend.util.clock import now
from backend.util.errors import NotFound

router = APIRouter(prefix="/api/budgets", tags=["money"], route_class=JsonRoute)


@router.get("", response_model=Page[BudgetView])
async def list_budgets(
    site: SiteDep,
    caller: CallerDep,
    user_id: UserFilter = None,
    all_users: AllUsers = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Your budgets, oldest first, with what is spent and reserved now."""
    whose, at = whose_money(caller, user_id, all_users=all_users), now()
    async with site.app.database.raw() as connection:
        found = await budget_store.list_budgets(connection, whose, at, limit=limit, after=cursor)
    last = found[-1].id if len(found) == limit else None
    return {"items": [_view(one, caller) for one in found], "next_cursor": last}


@router.put("", response_model=BudgetView)
async def put_budget(site: SiteDep, caller: CallerDep, request: Request, body: BudgetBody) -> dict[str, Any]:
    """Set a budget, in place of the one for the same user, graph and period.

    Calls that are at work go on; the next one is refused when it does not fit. What an owner has set for you,
    only owners can change.
    """
    whose, is_owner = body.user_id or caller.user_id, Scope.ADMIN in caller.scopes
    async with site.app.database.begin() as connection:
        if whose != caller.user_id:
            if not is_owner:
                raise NotFound(f"There is no user {whose!r}.")
            await user_store.load_person(connection, whose)
        budget_id = await budget_store.put_budget(
            connection,
            whose,
            graph_id=body.graph_id or "",
            period=body.period,
            limit_usd_micros=body.limit_usd_micros,
            set_by=caller.user_id,
            is_owner=is_owner,
        )
        await audit_store.record(
            connection,
            caller.user_id,
            "budget.set",
            target_kind="budget",
            target_id=budget_id,
            address=address_of(request),
            detail={**body.model_dump(mode="json"), "user_id": whose},
        )
    site.app.worker.tell_budget_changed(whose)
    return await read_budget(site, caller, budget_id)


@router.get("/{budget_id}", response_model=BudgetView)
async def read_budget(site: SiteDep, caller: CallerDep, budget_id: str) -> dict[str, Any]:
    """A budget, with what is spent and reserved now."""
    async with site.app.database.raw() as connection:
        return _view(await budget_store.load_budget(connection, _seen_by(caller), budget_id, now()), caller)


@router.delete("/{budget_id}", status_code=204)
async def delete_budget(site: SiteDep, caller: CallerDep, request: Request, budget_id: str) -> Response:
    """Delete a budget: nothing limits that spending any more."""
    async with site.app.database.begin() as connection:
        was = await budget_store.delete_budget(
            connection,
            _seen_by(caller),
            budget_id,
            by=caller.user_id,
            is_owner=Scope.ADMIN in caller.scopes,
        )
        await audit_store.record(
            connection,
            caller.user_id,
            "budget.delete",
            target_kind="budget",
            target_id=budget_id,
            address=address_of(request),
            detail=was,
        )
    site.app.worker.tell_budget_changed(was["user_id"])
    return Response(status_code=204)


def _seen_by(caller: Caller) -> str | None:
    """Whose budgets the caller may name; None: everybody's."""
    return None if Scope.ADMIN in caller.scopes else caller.user_id


def _view(one: Standing, caller: Caller) -> dict[str, Any]:
    return {
        "id": one.id,
        "user_id": one.user_id,
        "graph_id": one.graph_id or None,
        "period": one.period,
        "limit": cost(one.limit_usd_micros),
        "spent": cost(one.spent_usd_micros),
        "reserved": cost(one.reserved_usd_micros),
        "resets_at": one.period.ends_at(now()),
        "set_by": one.set_by,
        "is_yours": one.set_by == caller.user_id or Scope.ADMIN in caller.scopes,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }
