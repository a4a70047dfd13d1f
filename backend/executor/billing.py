"""Money around a firing: reserved before its block is called, settled after, charged as it is reported.

A run's own budget is looked after in memory, at the run at the top. Budgets of users and graphs are in the
database, where a reservation is made under a lock of the budget; who has none costs no statement. A charge is
written in the commit of its `charged` event, which also gives the reservation back.

A firing that waits reserves nothing. One that was interrupted keeps its reservation for its repetition, which
has the same id. Retries are calls of their own. Pinned outputs and results taken over from another run cost
nothing: their block is not called.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

import orjson

from backend.data import budget_store
from backend.data.away import surely
from backend.data.block_cost_config import BLOCK_COSTS
from backend.data.budget_store import GIVE_BACK, GIVE_BACK_ALL, LESSEN, Reservation, Standing
from backend.data.charge_store import INSERT_CHARGE
from backend.data.connection import Connection
from backend.data.cost import (
    MAX_USD_MICROS,
    UNPAID,
    BlockCostType,
    Prices,
    parse_prices,
    pick_cost,
    price_of,
    token_usd_micros,
)
from backend.data.run import EventKind, RunError
from backend.executor.claims import Control
from backend.executor.context import firing_id
from backend.executor.program import FindBlock, Program
from backend.executor.purse import Hold, budget_is_full, run_is_full
from backend.util.clock import now
from backend.util.errors import BlockError, BudgetReached, SetupProblem
from backend.util.settings import Settings

if TYPE_CHECKING:
    from backend.executor.run_loop import RunLoop
    from backend.executor.run_node import Failure, NodeRun

KNOWN_FOR_S = 2.0
"""How long it may take until a budget that was set in another process is heeded, if its message is lost."""
_KNOWN = 10_000
_REPORTED = frozenset({BlockCostType.COST_USD, BlockCostType.TOKENS})
_LONGEST_TEXT = 200


def prices_of(settings: Settings, find_block: FindBlock) -> Prices:
    """What blocks cost here: as they come, unless the operator says otherwise.

    Raises:
        SetupProblem: the operator's prices cannot be read, or are for blocks that do not exist.
    """
    own = parse_prices(settings.block_prices)
    for block_id in own:
        if find_block(block_id) is None:
            raise SetupProblem(
                f"BLOCK_PRICES names the block {block_id!r}, which is not in the catalogue. "
                "`blockyard blocks list` shows the ids."
            )
    return Prices({block.id: costs for block, costs in BLOCK_COSTS.items()} | own)


def keep_beside(program: Program, prices: Prices) -> None:
    """Take nodes whose block costs something off the fast path, which knows no money."""
    for node in program.by_plan:
        if node.is_inline and node.pinned is None and prices.of(node.block.id):
            node.is_inline = False


class Billing:
    """Reserves and charges for all runs of a process."""

    def __init__(self, prices: Prices, connect: Callable[[], Awaitable[Connection]]) -> None:
        self.prices = prices
        self._bank = Control(connect)
        self._known: dict[str, tuple[frozenset[str], float]] = {}
        """By user: the graphs with a budget, and until when that is believed."""
        self._forgotten = 0
        self._looking: dict[str, asyncio.Future[frozenset[str]]] = {}
        self._asking: set[asyncio.Future[Standing | None]] = set()

    # -- before the call -------------------------------------------------------------------------------

    async def reserve(self, run: NodeRun, data: Any) -> Hold | None:
        """What the call may spend, None when its block costs nothing; `data` is the block's checked input.

        Raises:
            BudgetReached: a budget has no room for it.
        """
        costs = self.prices.of(run.node.block.id)
        if not costs:
            return None
        inputs: dict[str, Any] = data.model_dump(mode="json")
        cost = pick_cost(costs, inputs)
        if cost is None:
            return None
        is_counted = cost.is_known_before and cost.cost_type is BlockCostType.BYTE
        hold = Hold(run, cost, len(orjson.dumps(inputs)) if is_counted else 0)
        root = run.loop.root
        _check_run(root, hold)
        root.purse.holds.add(hold)
        try:
            await self._store(hold)
        except BaseException:
            root.purse.holds.discard(hold)
            raise
        return hold

    async def _store(self, hold: Hold) -> None:
        """Reserve in the database, if a budget there has to do with it."""
        loop = hold.run.loop
        user_id, graph_id = loop.row.user_id, loop.root.row.graph_id
        graphs = await self._budgeted_graphs(user_id)
        if "" not in graphs and graph_id not in graphs:
            return
        await loop.log.flushed()  # a reservation counts for a run that is in the database
        wanted = Reservation(_reservation_id(hold.run), loop.row.root_run_id, graph_id, hold.left)
        asking = asyncio.ensure_future(
            surely(
                "reservation",
                lambda: self._bank.do(lambda c: budget_store.reserve(c, user_id, wanted, now())),
            )
        )
        self._asking.add(asking)
        asking.add_done_callback(self._asked)
        loop.root.purse.is_stored = True
        try:
            full = await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(lambda _: _give_back(loop, wanted.id))
            raise
        if full is not None:
            raise BudgetReached(budget_is_full(full, loop.root, wanted.usd_micros))
        hold.stored_id = wanted.id

    def _asked(self, asking: asyncio.Future[Standing | None]) -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            asking.exception()

    async def _budgeted_graphs(self, user_id: str) -> frozenset[str]:
        known = self._known.get(user_id)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        looking = self._looking.get(user_id)  # calls that begin meanwhile share the look
        if looking is None:
            looking = self._looking[user_id] = asyncio.ensure_future(self._look(user_id))
            looking.add_done_callback(lambda done: self._looked(user_id, done))
        return await asyncio.shield(looking)

    async def _look(self, user_id: str) -> frozenset[str]:
        forgotten, until = self._forgotten, time.monotonic() + KNOWN_FOR_S
        graphs: frozenset[str] = await surely(
            "budgets", lambda: self._bank.do(lambda c: budget_store.budgeted_graphs(c, user_id))
        )
        if forgotten == self._forgotten:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[user_id] = (graphs, until)
        return graphs

    def _looked(self, user_id: str, looking: asyncio.Future[frozenset[str]]) -> None:
        if self._looking.get(user_id) is looking:
            del self._looking[user_id]
        if not looking.cancelled():
            looking.exception()

    def forget(self, user_id: str) -> None:
        """A budget of the user was set or deleted."""
        self._forgotten += 1
        self._known.pop(user_id, None)
        self._looking.pop(user_id, None)

    # -- during the call -------------------------------------------------------------------------------

    def take_report(self, run: NodeRun, usd_micros: int, what: str) -> None:
        """A block says what it has spent.

        Raises:
            BlockError: no amount that can be charged.
        """
        usd_micros = math.ceil(usd_micros)  # whatever a block computes, a charge is whole
        if not 0 <= usd_micros <= MAX_USD_MICROS:
            raise BlockError(
                f"A cost of {usd_micros} micro-USD cannot be charged: report 0 to {MAX_USD_MICROS}."
            )
        hold = run.hold
        run.reported_usd_micros += usd_micros
        if hold is not None and hold.cost.cost_type is BlockCostType.COST_USD:
            usd_micros = price_of(hold.cost, usd_micros)
        self._charge(run, hold, usd_micros, what)

    def take_tokens(self, run: NodeRun, input_tokens: int, output_tokens: int) -> None:
        """A block says what its model has read and written.

        Raises:
            BlockError: a number below 0.
        """
        if min(input_tokens, output_tokens) < 0:
            raise BlockError(f"{input_tokens} and {output_tokens} cannot be numbers of tokens.")
        hold = run.hold
        if hold is not None and hold.cost.cost_type is BlockCostType.TOKENS:
            usd_micros = token_usd_micros(hold.cost, input_tokens, output_tokens)
            self._charge(run, hold, usd_micros, f"{input_tokens:,} + {output_tokens:,} tokens")

    def _charge(
        self, run: NodeRun, hold: Hold | None, usd_micros: int, what: str, *, is_call: bool = False
    ) -> None:
        """Charge, and end the run if that was more than it may cost."""
        _write(run, hold, usd_micros, what, is_call=is_call)
        if hold is not None and hold.cost.cost_type in _REPORTED:
            hold.left = max(hold.left - usd_micros, 0)
            if hold.stored_id is not None:
                run.loop.log.also(LESSEN, hold.stored_id, hold.left)
        root = run.loop.root
        if root.purse.budget is not None and root.row.cost_usd_micros > root.purse.budget:
            stop(run, run_is_full(root, 0))

    # -- after the call --------------------------------------------------------------------------------

    def settle(self, run: NodeRun, code: str | None, *, is_waiting: bool = False) -> None:
        """The attempt is over: charge what it owes, give back the rest. `code` is that of its failure.

        One that begins to wait is charged for its call; for what else it gives, when it has come to its end.
        """
        if run.reported_usd_micros:
            self.prices.learn(run.node.block.id, run.reported_usd_micros)
            run.reported_usd_micros = 0
        hold, run.hold = run.hold, None
        purse = run.loop.root.purse
        if hold is None or hold not in purse.holds:
            return  # the run has ended, and settled all
        purse.holds.discard(hold)
        if hold.stored_id is not None:
            run.loop.log.also(GIVE_BACK, hold.stored_id)
            hold.stored_id = None
        if code not in UNPAID and (hold.cost.is_known_before or not is_waiting):
            self._charge(run, hold, hold.owed(), hold.cost.cost_type.value, is_call=True)
            run.memory.paid_attempt = run.attempt

    def close(self, loop: RunLoop) -> None:
        """The run ends now: settle what is at work in it and below it, before its last event is written."""
        purse = loop.purse
        for hold in [hold for hold in purse.holds if _is_within(hold.run.loop, loop)]:
            purse.holds.discard(hold)
            _write(hold.run, hold, hold.owed(), hold.cost.cost_type.value, is_call=True)
            if hold.stored_id is not None and loop.parent is not None:
                hold.run.loop.log.also(GIVE_BACK, hold.stored_id)
        if purse.is_stored and loop.parent is None:
            loop.log.also(GIVE_BACK_ALL, loop.row.id)

    def forgo(self, run: NodeRun) -> None:
        """An interrupted firing is not repeated: it needs no money any more."""
        if self.prices.of(run.node.block.id):
            run.loop.log.also(GIVE_BACK, _reservation_id(run))

    def refuse(self, run: NodeRun, failure: Failure) -> None:
        """A budget has no room for the firing: the run ends, whatever the node does about failures."""
        data = {"code": failure.code, "message": failure.message, "attempt": run.attempt}
        run.loop.log.note(EventKind.FAILED, run.node.index, run.firing.n, data)
        stop(run, failure.message)

    async def shut(self) -> None:
        """The process ends."""
        for asking in list(self._asking):
            asking.cancel()
        for looking in list(self._looking.values()):
            looking.cancel()
        await self._bank.close()


def stop(run: NodeRun, message: str) -> None:
    """End the run and all above it for want of money; each names the node of its own where it happened."""
    loop: RunLoop | None = run.loop
    node, firing = run.node, run.firing.n
    item = [index for _, _, index in run.firing.item.path]
    while loop is not None:
        loop.stop(
            RunError(
                node_id=node.id,
                node_name=node.label,
                firing=firing,
                item=item,
                code=BudgetReached.code,
                message=message,
            )
        )
        if loop.parent is not None:
            node = next(one for one in loop.parent.program.by_plan if one.id == loop.row.parent_node_id)
            firing, item = loop.row.parent_firing or 0, []
        loop = loop.parent


def _write(run: NodeRun, hold: Hold | None, usd_micros: int, what: str, *, is_call: bool = False) -> None:
    """The event, the charge beside it, and the sums of the run and of all above it.

    `is_call`: what the attempt itself costs, beside what its block reports.
    """
    loop, root = run.loop, run.loop.root
    if usd_micros == 0 or loop.is_over or root.is_over:
        return
    above: RunLoop | None = loop
    while above is not None:
        above.row.cost_usd_micros += usd_micros
        above.log.change_row()
        above = above.parent
    what, provider, model = map(_storable, (what, *_labels(run, hold)))
    data: dict[str, Any] = {"usd_micros": usd_micros, "what": what}
    if is_call:
        data["attempt"] = run.attempt
    seq = loop.log.note(EventKind.CHARGED, run.node.index, run.firing.n, data)
    row = (loop.row.id, seq, root.row.id, root.row.user_id, root.row.graph_id)
    loop.log.also(
        INSERT_CHARGE, *row, run.node.id, run.node.block.id, provider, model, what, usd_micros, now()
    )


def _labels(run: NodeRun, hold: Hold | None) -> tuple[str, str]:
    """Provider and model: as the price says, else those of the block's credentials and of its input `model`."""
    provider, model = (hold.cost.provider, hold.cost.model) if hold is not None else ("", "")
    data = run.given
    for pin in run.node.block.Input.credentials_pins():
        provider = provider or _name(getattr(getattr(data, pin, None), "provider", ""))
    return provider, model or _name(getattr(data, "model", ""))


def _name(value: Any) -> str:
    value = value.value if isinstance(value, Enum) else value
    return value if isinstance(value, str) else ""


def _storable(text: str) -> str:
    """What PostgreSQL takes as text, cut."""
    return text[:_LONGEST_TEXT].replace("\0", "").encode("utf-8", "replace").decode()


def _reservation_id(run: NodeRun) -> str:
    return firing_id(run.loop.row.id, run.node.id, run.firing.n, f"reservation/{run.attempt}")


def _is_within(loop: RunLoop | None, top: RunLoop) -> bool:
    while loop is not None and loop is not top:
        loop = loop.parent
    return loop is top


def _give_back(loop: RunLoop, reservation_id: str) -> None:
    if not loop.is_over:
        loop.log.also(GIVE_BACK, reservation_id)


def _check_run(root: RunLoop, hold: Hold) -> None:
    purse = root.purse
    if purse.budget is None:
        return
    if root.row.cost_usd_micros + purse.reserved() + hold.left > purse.budget:
        raise BudgetReached(run_is_full(root, hold.left))
