"""Blocks that cost something, workers that know their prices, and what tests ask of the books."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from backend.data.block import AsyncBlockOutput, Block, BlockOutput, Context
from backend.data.db import Database
from backend.data.model import BlockSchema, SchemaField
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.clock import now
from backend.util.errors import BlockError, CredentialsError, ProviderUnavailable, RateLimited
from backend.util.settings import Settings
from tests.support.blocks import BLOCKS
from tests.support.collector import thaw
from tests.support.engine import catalogue_with
from tests.support.workers import fetch, value

ERRORS: dict[str, type[BlockError]] = {
    error.code: error for error in (BlockError, CredentialsError, ProviderUnavailable, RateLimited)
}


class PayBlock(Block):
    """Does what it is told and costs what it is told, as its price or by its own report."""

    id = "test-pay"
    called = 0
    """How often it was, since a test set it to 0."""

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)
        times: int = SchemaField(default=1)
        usd_micros: int = SchemaField(default=0)
        tokens: list[int] = SchemaField(default=[])
        pause_s: float = SchemaField(default=0.0)
        wait_s: float = SchemaField(default=0.0)
        fails: str = SchemaField(default="")
        good: int = SchemaField(default=99)
        model: str = SchemaField(default="")

    class Output(BlockSchema):
        out: Any = SchemaField()

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        PayBlock.called += 1
        if input_data.usd_micros:
            context.add_cost(input_data.usd_micros, "a call")
        if input_data.tokens:
            context.add_tokens(*input_data.tokens)
        await asyncio.sleep(input_data.pause_s)
        if input_data.wait_s:
            await context.wait_until(now() + timedelta(seconds=input_data.wait_s))
        if input_data.fails and context.attempt < input_data.good:
            raise _error(input_data.fails)
        for _ in range(input_data.times):
            yield "out", input_data.value


def _error(code: str) -> BlockError:
    return RateLimited("slow down", retry_after_s=0.0) if code == RateLimited.code else ERRORS[code](code)


class PurePayBlock(Block):
    """A pure block on which somebody has put a price."""

    id = "test-pure-pay"
    pure = True

    class Input(BlockSchema):
        value: Any = SchemaField(default=None)

    class Output(BlockSchema):
        out: Any = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "out", input_data.value


def run_price(amount: int, **more: Any) -> dict[str, Any]:
    """A price by the call, for both blocks."""
    listed = [{"cost_type": "run", "amount": amount, **more}]
    return {PayBlock.id: listed, PurePayBlock.id: listed}


@asynccontextmanager
async def paying(
    database: Database, settings: Settings, prices: dict[str, Any], **changes: Any
) -> AsyncIterator[Worker]:
    """A worker that knows these prices by block id."""
    known = settings.model_copy(update={"block_prices": prices, **changes})
    worker = Worker(database, known, catalogue_with((*BLOCKS, PayBlock, PurePayBlock)).find)
    async with worker.at_work():
        yield worker
    thaw()


async def set_budget(
    database: Database,
    limit: int,
    *,
    period: str = "day",
    graph_id: str = "",
    user_id: str = LOCAL_USER_ID,
) -> None:
    """Put it straight into the database, as another process would."""
    await fetch(
        database,
        "INSERT INTO budget (id, user_id, graph_id, period, limit_usd_micros, set_by) "
        "VALUES (gen_random_uuid()::text, $1, $2, $3::text::budget_period, $4, $1)",
        user_id,
        graph_id,
        period,
        limit,
    )


async def spent(database: Database) -> int:
    """The sum of all charges, in micro-USD."""
    return int(await value(database, "SELECT coalesce(sum(usd_micros), 0)::bigint FROM charge"))


CHARGED_EVENTS = """
SELECT s.run_id, (r ->> 2)::int AS node, (r -> 4 ->> 'usd_micros')::bigint AS usd_micros
  FROM run_event s, json_array_elements(s.events) r WHERE r ->> 0 = 'k' AND r ->> 1 = 'charged'"""
"""What the journals say, one row for each `charged` event."""


async def check_books(database: Database) -> int:
    """Charges equal the journals' events run by run, and each run's sum is its own and all below it; the total."""
    journal = await fetch(
        database,
        f"SELECT run_id, sum(usd_micros)::bigint FROM ({CHARGED_EVENTS}) e GROUP BY run_id ORDER BY 1",
    )
    charges = await fetch(
        database, "SELECT run_id, sum(usd_micros)::bigint FROM charge GROUP BY run_id ORDER BY 1"
    )
    assert [tuple(row) for row in charges] == [tuple(row) for row in journal]
    wrong = await fetch(
        database,
        """WITH RECURSIVE tree AS (
             SELECT id AS top, id FROM run UNION ALL
             SELECT t.top, r.id FROM run r JOIN tree t ON r.parent_run_id = t.id)
           SELECT r.id, r.cost_usd_micros, b.below FROM run r JOIN (
             SELECT t.top, coalesce(sum(c.usd_micros), 0)::bigint AS below
               FROM tree t LEFT JOIN charge c ON c.run_id = t.id GROUP BY t.top) b ON b.top = r.id
           WHERE r.cost_usd_micros <> b.below""",
    )
    assert [tuple(row) for row in wrong] == []
    return sum(row[1] for row in charges)
