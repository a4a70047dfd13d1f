"""The money of a run in memory: what its calls at work may spend, and what it is told when that is too much."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.data.budget_store import BudgetPeriod, Standing
from backend.data.cost import BlockCost, BlockCostType, Usage, dollars, estimate_usd_micros, settle_usd_micros
from backend.data.run import RunLimits, RunOptions
from backend.executor.values import Held, Stored, raw_json
from backend.util.clock import now

if TYPE_CHECKING:
    from backend.executor.run_loop import RunLoop
    from backend.executor.run_node import NodeRun


class Hold:
    """Money that one attempt of a firing may spend, and what it has used so far."""

    __slots__ = (
        "began",
        "cost",
        "input_bytes",
        "is_paid",
        "items",
        "left",
        "output_bytes",
        "run",
        "stored_id",
    )

    def __init__(self, run: NodeRun, cost: BlockCost, input_bytes: int) -> None:
        self.run = run
        self.cost = cost
        self.is_paid = cost.is_known_before and run.memory.paid_attempt == run.attempt
        """Whether the attempt was charged when it began to wait."""
        timeout_s = run.node.node.policy.timeout_s
        estimate = estimate_usd_micros(cost, input_bytes=input_bytes, timeout_s=timeout_s)
        self.left = 0 if self.is_paid else estimate
        """Of what is reserved, in micro-USD."""
        self.stored_id: str | None = None
        """Of the reservation in the database, if it took one."""
        self.began: float | None = None
        """When the block was called, by the monotonic clock; None before."""
        self.input_bytes = input_bytes
        self.items = 0
        self.output_bytes = 0

    def start(self) -> None:
        """The block is called now."""
        self.began = time.monotonic()

    def count(self, pin: str, held: Held) -> None:
        """The block has yielded a value."""
        if self.cost.pin not in (None, pin):
            return
        self.items += 1
        if self.cost.cost_type is BlockCostType.BYTE:
            self.output_bytes += held.size_bytes if isinstance(held, Stored) else len(raw_json(held))

    def owed(self) -> int:
        """What the call has cost so far, in micro-USD, beyond what was charged as it was reported."""
        if self.began is None or self.is_paid:
            return 0
        seconds = time.monotonic() - self.began
        return settle_usd_micros(self.cost, Usage(seconds, self.input_bytes, self.output_bytes, self.items))


class Purse:
    """The money of a run and of all below it, as far as this process has to do with it."""

    __slots__ = ("budget", "holds", "is_stored")

    def __init__(self, options: RunOptions, of_graph: RunLimits) -> None:
        limits = (options.budget, options.limits.max_cost_usd_micros, of_graph.max_cost_usd_micros)
        self.budget = next((limit for limit in limits if limit is not None), None)
        """What the run may cost in micro-USD; None: whatever it takes."""
        self.holds: set[Hold] = set()
        self.is_stored = False
        """Whether the database has, or had, reservations of it."""

    def reserved(self) -> int:
        """What calls at work may still spend, in micro-USD."""
        return sum(hold.left for hold in self.holds)


def run_is_full(root: RunLoop, needed: int) -> str:
    """What a run is told whose own budget is reached; `needed` 0: it was spent already."""
    purse = root.purse
    standing = _said(root.row.cost_usd_micros, purse.reserved(), needed)
    return (
        f"The budget of this run, {dollars(purse.budget or 0)}, is reached: {standing}. Start it again with a "
        "larger `budget`, or raise max_cost_usd_micros in the graph's settings."
    )


def budget_is_full(full: Standing, root: RunLoop, needed: int) -> str:
    """What a run is told that a budget in the database has no room for."""
    name = root.program.graph.name
    whose = f"the graph {name!r}" if full.graph_id else "all graphs of this user"
    period = {BudgetPeriod.DAY: " per day", BudgetPeriod.MONTH: " per month"}.get(full.period, " in all")
    standing = _said(full.spent_usd_micros, full.reserved_usd_micros, needed)
    ends_at = full.period.ends_at(now())
    wait = f", or wait until {ends_at:%Y-%m-%d %H:%M} UTC" if ends_at is not None else ""
    return (
        f"The budget for {whose}, {dollars(full.limit_usd_micros)}{period}, is reached: {standing}. "
        f"Raise it under Budgets{wait}."
    )


def _said(spent: int, reserved: int, needed: int) -> str:
    parts = [f"{dollars(spent)} is spent"]
    if reserved:
        parts.append(f"{dollars(reserved)} is reserved by calls at work")
    if needed:
        parts.append(f"this call may need {dollars(needed)}")
    return ", ".join(parts)
