"""What a firing costs: charged by every kind of price, once for each call that was made, and nowhere else."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.inputs.anything import AgentInputBlock
from backend.data.db import Database
from backend.data.graph import Graph, NodePolicy
from backend.data.run import EventKind, RunOptions
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.errors import SetupProblem
from backend.util.settings import Settings
from tests.support import blocks as b
from tests.support.engine import EngineRun, catalogue_with, execute, look
from tests.support.graphs import CONTINUE, graph, node, retries
from tests.support.money import PayBlock, PurePayBlock, check_books, paying, run_price, spent
from tests.support.rewind import records_of, rewind
from tests.support.workers import fetch, until


def charged(run: EngineRun) -> list[int]:
    return [event.data["usd_micros"] for event in run.of(EventKind.CHARGED)]


PRICES: list[tuple[dict[str, Any], dict[str, Any], list[int]]] = [
    ({"cost_type": "run", "amount": 70}, {"times": 3}, [70]),
    ({"cost_type": "items", "amount": 5}, {"times": 3}, [15]),
    ({"cost_type": "items", "amount": 5, "pin": "other"}, {"times": 3}, []),
    ({"cost_type": "byte", "amount": 2}, {"times": 3, "value": "12345678"}, [60]),
    ({"cost_type": "byte", "amount": 1, "per": 10**9, "counts": "input"}, {}, [1]),
    ({"cost_type": "tokens", "amount": 10, "output_amount": 30}, {"tokens": [1_000, 500]}, [25]),
    ({"cost_type": "cost_usd", "amount": 12, "per": 10}, {"usd_micros": 100}, [120]),
    ({"cost_type": "run", "amount": 70}, {"usd_micros": 100}, [100, 70]),
    ({"cost_type": "run", "amount": 70, "cost_filter": {"model": "x"}}, {"model": "y"}, []),
]


@pytest.mark.parametrize(("price", "constants", "expected"), PRICES)
async def test_each_type_of_price_charges_what_it_counts(
    database: Database,
    settings: Settings,
    price: dict[str, Any],
    constants: dict[str, Any],
    expected: list[int],
) -> None:
    async with paying(database, settings, {PayBlock.id: [price]}) as worker:
        run = await execute(worker, graph([node("p", PayBlock, **constants)]))
    assert (run.status, charged(run)) == ("completed", expected)
    assert await check_books(database) == run.view.cost_usd_micros == sum(expected)


async def test_seconds_are_those_of_the_call(database: Database, settings: Settings) -> None:
    price = {"cost_type": "second", "amount": 1_000_000}
    async with paying(database, settings, {PayBlock.id: [price]}) as worker:
        run = await execute(worker, graph([node("p", PayBlock, pause_s=0.3)]))
    assert 300_000 <= run.view.cost_usd_micros < 2_000_000


async def test_charge_says_who_paid_for_what(database: Database, settings: Settings) -> None:
    prices = {PayBlock.id: [{"amount": 7, "provider": "acme"}]}
    async with paying(database, settings, prices) as worker:
        run = await execute(worker, graph([node("p", PayBlock, model="gpt-4o", usd_micros=3)]))
    rows = await fetch(database, "SELECT * FROM charge ORDER BY seq")
    place = (run.view.id, run.view.id, LOCAL_USER_ID, run.view.graph_id, "p", PayBlock.id, "acme", "gpt-4o")
    names = ("run_id", "root_run_id", "user_id", "graph_id", "node_id", "block_id", "provider", "model")
    assert [tuple(row[name] for name in names) for row in rows] == [place, place]
    assert [(row["what"], row["usd_micros"]) for row in rows] == [("a call", 3), ("run", 7)]
    assert [row["seq"] for row in rows] == [event.seq for event in run.of(EventKind.CHARGED)]


async def test_pure_block_with_a_price_is_charged_for_each_firing(
    database: Database, settings: Settings
) -> None:
    async with paying(database, settings, run_price(4)) as worker:
        run = await execute(
            worker,
            graph(
                [node("g", b.ItemsBlock, items=[1, 2, 3]), node("p", PurePayBlock), node("q", b.PureBlock)],
                ["g.item -> p.value", "p.out -> q.value"],
            ),
        )
    assert (run.outs("q"), charged(run)) == ([1, 2, 3], [4, 4, 4])


async def test_pinned_outputs_cost_nothing(database: Database, settings: Settings) -> None:
    nodes = [
        node("p", PayBlock, pinned={"out": [1]}),
        node("q", PurePayBlock, pinned={"out": [2]}),
        node("r", PayBlock),
    ]
    async with paying(database, settings, run_price(4)) as worker:
        run = await execute(worker, graph(nodes), options=RunOptions(pins={"r": {"out": [3]}}))
    assert [run.outs(name) for name in "pqr"] == [[1], [2], [3]]
    assert charged(run) == []


@pytest.mark.parametrize(
    ("code", "is_charged"),
    [
        ("block_failed", True),
        ("provider_unavailable", True),
        ("credentials_refused", False),
        ("rate_limited", False),
    ],
)
async def test_failed_call_is_charged_unless_the_provider_refused_it(
    database: Database, settings: Settings, code: str, is_charged: bool
) -> None:
    async with paying(database, settings, run_price(9)) as worker:
        run = await execute(worker, graph([node("p", PayBlock, fails=code, policy=CONTINUE)]))
    assert charged(run) == ([9] if is_charged else [])
    assert await check_books(database) == run.view.cost_usd_micros


async def test_invalid_input_costs_nothing(database: Database, settings: Settings) -> None:
    nodes = [node("x", b.PureBlock, value="many"), node("p", PayBlock, policy=CONTINUE)]
    async with paying(database, settings, run_price(9)) as worker:
        run = await execute(worker, graph(nodes, ["x.out -> p.times"]))
    assert [code for _, code, _ in run.errors] == ["invalid_input"]
    assert charged(run) == []


async def test_each_retry_is_a_call_of_its_own(database: Database, settings: Settings) -> None:
    async with paying(database, settings, run_price(9)) as worker:
        run = await execute(
            worker, graph([node("p", PayBlock, fails="provider_unavailable", good=3, policy=retries(5))])
        )
    assert (run.status, charged(run)) == ("completed", [9, 9, 9])


async def test_call_that_took_too_long_is_charged(database: Database, settings: Settings) -> None:
    policy = NodePolicy(timeout_s=0.1, on_error="continue")
    async with paying(database, settings, run_price(9)) as worker:
        run = await execute(worker, graph([node("p", PayBlock, pause_s=5, policy=policy)]))
    assert ([code for _, code, _ in run.errors], charged(run)) == (["timeout"], [9])


async def test_calls_at_work_are_charged_when_the_run_is_cancelled(
    database: Database, settings: Settings
) -> None:
    PayBlock.called = 0
    nodes = [
        node("g", b.ItemsBlock, items=[1, 2, 3]),
        node("p", PayBlock, pause_s=20, policy=NodePolicy(parallel=2)),
    ]
    async with paying(database, settings, run_price(9)) as worker:
        saved = await worker.save_graph(LOCAL_USER_ID, graph(nodes, ["g.item -> p.value"]))
        run_id = (await worker.submit(LOCAL_USER_ID, saved.id, {})).run_id
        await until(lambda: _is_called(2), within_s=5)
        await worker.cancel(LOCAL_USER_ID, run_id)
        run = await look(worker, saved, run_id)
    assert (run.status, charged(run)) == ("cancelled", [9, 9])
    assert run.events[-1].data["status"] == "cancelled"
    assert await check_books(database) == 18


async def _is_called(times: int) -> bool:
    return PayBlock.called == times


async def child_of(worker: Worker, *, pause_s: float = 0.0) -> Graph:
    """A stored graph that costs something: `x` -> `y`."""
    nodes = [
        node("in", AgentInputBlock, name="x"),
        node("p", PayBlock, pause_s=pause_s),
        node("out", AgentOutputBlock, name="y"),
    ]
    return await worker.save_graph(
        LOCAL_USER_ID, graph(nodes, ["in.result -> p.value", "p.out -> out.value"], name="child")
    )


async def test_calls_at_work_below_are_charged_when_the_top_is_cancelled(
    database: Database, settings: Settings
) -> None:
    PayBlock.called = 0
    async with paying(database, settings, run_price(9)) as worker:
        child = await child_of(worker, pause_s=20)
        saved = await worker.save_graph(
            LOCAL_USER_ID, graph([node("c", b.ParentBlock, graph_id=child.id, x=1)])
        )
        run_id = (await worker.submit(LOCAL_USER_ID, saved.id, {})).run_id
        await until(lambda: _is_called(1), within_s=5)
        await worker.cancel(LOCAL_USER_ID, run_id)
        run = await look(worker, saved, run_id)
    assert (run.status, run.view.cost_usd_micros) == ("cancelled", 9)
    assert await check_books(database) == 9


async def test_charges_of_a_child_stand_under_the_graph_at_the_top(
    database: Database, settings: Settings
) -> None:
    async with paying(database, settings, run_price(9)) as worker:
        child = await child_of(worker)
        run = await execute(worker, graph([node("c", b.ParentBlock, graph_id=child.id, x=1)]))
    (row,) = await fetch(database, "SELECT run_id, root_run_id, graph_id, node_id FROM charge")
    assert row["run_id"] != run.view.id
    assert (row["root_run_id"], row["graph_id"], row["node_id"]) == (run.view.id, run.view.graph_id, "p")
    assert await check_books(database) == 9


async def test_waiting_call_is_charged_once_when_it_begins_to_wait(
    database: Database, settings: Settings
) -> None:
    async with paying(database, settings, run_price(9)) as worker:
        run = await execute(worker, graph([node("p", PayBlock, wait_s=0.2)]))
    assert (run.status, charged(run)) == ("completed", [9])
    kinds = [event.kind for event in run.events if event.kind in ("charged", "waiting")]
    assert kinds == ["charged", "waiting"]


async def test_run_that_is_gone_on_with_after_any_of_its_events_pays_nothing_twice(
    database: Database, settings: Settings
) -> None:
    nodes = [
        node("g", b.ItemsBlock, items=[1, 2]),
        node("p", PayBlock, times=2, usd_micros=3, policy=NodePolicy(parallel=1)),
        node("w", PayBlock, wait_s=0.001, policy=retries(2), fails="provider_unavailable", good=2),
    ]
    async with paying(database, settings, run_price(10)) as worker:
        run = await execute(worker, graph(nodes, ["g.item -> p.value"]))
        assert run.view.cost_usd_micros == 2 * 13 + 2 * 10
        async with database.raw() as raw:
            records = await records_of(raw, run.view.id)
        for cut in range(2, len(records)):
            async with database.raw() as raw:
                await rewind(raw, run.view.id, records[:cut])
            again = await look(worker, run.graph, run.view.id, timeout_s=10)
            assert again.status == "completed", (cut, again.errors)
            assert await check_books(database) == again.view.cost_usd_micros
            assert again.view.cost_usd_micros - 46 in (0, 3, 6), cut  # a report of work that is repeated


async def test_crash_between_call_and_charge_leaves_one_charge(
    database: Database, settings: Settings
) -> None:
    async with paying(database, settings, run_price(10)) as worker:
        run = await execute(worker, graph([node("p", PayBlock, times=2)]))
        async with database.raw() as raw:
            records = await records_of(raw, run.view.id)
            first = next(k for k, record in enumerate(records) if record[0] == "y")
            await rewind(raw, run.view.id, records[: first + 1])
        again = await look(worker, run.graph, run.view.id, timeout_s=10)
    assert (again.status, charged(again)) == ("completed", [10])


@pytest.mark.parametrize("usd_micros", [-1, 10**12 + 1])
async def test_report_that_is_no_amount_fails_the_block(
    database: Database, settings: Settings, usd_micros: int
) -> None:
    async with paying(database, settings, {}) as worker:
        run = await execute(worker, graph([node("p", PayBlock, usd_micros=usd_micros, policy=CONTINUE)]))
    assert [code for _, code, _ in run.errors] == ["block_failed"]
    assert await spent(database) == 0


async def test_price_for_a_block_that_does_not_exist_is_refused_at_the_start(
    database: Database, settings: Settings
) -> None:
    wrong = settings.model_copy(update={"block_prices": run_price(1)})
    with pytest.raises(SetupProblem, match="blockyard blocks list"):
        Worker(database, wrong, catalogue_with(()).find)


async def test_run_without_prices_makes_no_statement_about_money(
    settings: Settings, database: Database
) -> None:
    counting = CountingDatabase(database.dsn, database.engine)
    statements = counting.statements
    statements.clear()
    nodes = [node("g", b.ItemsBlock, items=list(range(20))), node("e", b.EffectBlock), node("p", PayBlock)]
    links = ["g.item -> e.value", "e.out -> p.value"]
    async with paying(
        counting, settings, {PayBlock.id: [{"amount": 5, "cost_filter": {"model": "x"}}]}
    ) as worker:
        assert (await execute(worker, graph(nodes, links))).status == "completed"
        assert [one for one in statements if _is_of_money(one)] == []
        dear = graph([*nodes[:2], node("p", PayBlock, model="x")], links)
        run = await execute(worker, dear)
    assert run.view.cost_usd_micros == 100
    asked = [one for one in statements if _is_of_money(one) and "INSERT INTO charge" not in one]
    assert asked == ["SELECT DISTINCT graph_id FROM budget WHERE user_id = $1"]


class CountingDatabase(Database):
    """Notes every statement of the connections that it gives out."""

    statements: ClassVar[list[str]] = []

    async def connect(self) -> Any:
        connection = await super().connect()
        connection.add_query_logger(lambda record: self.statements.append(record.query))
        return connection


def _is_of_money(statement: str) -> bool:
    return any(name in statement for name in ("budget", "reservation", "charge"))
