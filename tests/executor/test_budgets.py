"""Budgets: reserved before the call, heeded by every process, and a run that one of them stops says so."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import budget_store, charge_store
from backend.data.budget_store import BudgetPeriod, Reservation
from backend.data.charge_store import CostGroup, Selection, Sum
from backend.data.connection import Connection
from backend.data.db import Database
from backend.data.graph import Graph, Node, NodePolicy
from backend.data.run import EventKind, RunLimits, RunOptions
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.worker import Worker
from backend.util.clock import new_id, now
from backend.util.settings import Settings
from tests.executor.test_billing import charged, child_of
from tests.support import blocks as b
from tests.support import durable
from tests.support.engine import EngineRun, catalogue_with, execute
from tests.support.graphs import CONTINUE, graph, node, retries
from tests.support.money import (
    CHARGED_EVENTS,
    PayBlock,
    PurePayBlock,
    check_books,
    paying,
    run_price,
    set_budget,
    spent,
)
from tests.support.worker_process import start_worker
from tests.support.workers import ended, fetch, until, value


def ten_calls(**constants: Any) -> Graph:
    """One after the other."""
    nodes = [
        node("g", b.ItemsBlock, items=list(range(10))),
        node("p", PayBlock, policy=NodePolicy(parallel=1), **constants),
    ]
    return graph(nodes, ["g.item -> p.value"], name="ten calls")


def is_stopped(run: EngineRun) -> bool:
    return run.status == "failed" and [code for _, code, _ in run.errors] == ["budget_reached"]


# -- of a run ------------------------------------------------------------------------------------------------


async def test_run_stops_before_the_call_that_its_budget_has_no_room_for(
    database: Database, settings: Settings
) -> None:
    PayBlock.called = 0
    async with paying(database, settings, run_price(100)) as worker:
        run = await execute(worker, ten_calls(), options=RunOptions(budget=350))
    assert is_stopped(run)
    assert (PayBlock.called, charged(run)) == (3, [100] * 3)
    ((node_id, _, message),) = run.errors
    assert node_id == "p"
    assert message.startswith(
        "The budget of this run, $0.00035, is reached: $0.0003 is spent, this call may need $0.0001."
    )
    assert run.of(EventKind.FAILED)[-1].data["code"] == "budget_reached"


async def test_budget_that_fits_exactly_is_enough(database: Database, settings: Settings) -> None:
    async with paying(database, settings, run_price(100)) as worker:
        run = await execute(worker, ten_calls(), options=RunOptions(budget=1_000))
        assert (run.status, run.view.cost_usd_micros) == ("completed", 1_000)
        free = await execute(worker, graph([node("e", b.EffectBlock)]), options=RunOptions(budget=0))
    assert free.status == "completed"


async def test_graph_has_a_budget_for_each_run_and_a_run_may_have_its_own(
    database: Database, settings: Settings
) -> None:
    limited = ten_calls().model_copy(update={"limits": RunLimits(max_cost_usd_micros=200)})
    async with paying(database, settings, run_price(100)) as worker:
        assert charged(await execute(worker, limited)) == [100] * 2
        wider = await execute(worker, limited, options=RunOptions(budget=1_000))
    assert wider.status == "completed"


async def test_calls_side_by_side_do_not_spend_the_same_money(database: Database, settings: Settings) -> None:
    PayBlock.called = 0
    nodes = [node("g", b.ItemsBlock, items=list(range(10))), node("p", PayBlock, pause_s=0.2)]
    async with paying(database, settings, run_price(100)) as worker:
        run = await execute(worker, graph(nodes, ["g.item -> p.value"]), options=RunOptions(budget=450))
    assert is_stopped(run)
    assert PayBlock.called <= 4
    assert "$0.0004 is reserved by calls at work" in run.errors[0][2]
    assert await check_books(database) <= 450


async def test_pure_block_with_a_price_keeps_to_the_budget(database: Database, settings: Settings) -> None:
    nodes = [node("g", b.ItemsBlock, items=list(range(10))), node("p", PurePayBlock)]
    async with paying(database, settings, run_price(100)) as worker:
        run = await execute(worker, graph(nodes, ["g.item -> p.value"]), options=RunOptions(budget=450))
    assert is_stopped(run)
    assert run.view.cost_usd_micros <= 450


@pytest.mark.parametrize("how", ["retry", "continue", "error pin"])
async def test_nothing_handles_a_budget_that_is_reached(
    database: Database, settings: Settings, how: str
) -> None:
    policy = {"retry": retries(5), "continue": CONTINUE}.get(how, NodePolicy())
    pin = "error" if how == "error pin" else "out"
    b.effects.clear()
    async with paying(database, settings, run_price(100)) as worker:
        run = await execute(
            worker,
            graph([node("p", PayBlock, policy=policy), node("e", b.EffectBlock)], [f"p.{pin} -> e.value"]),
            options=RunOptions(budget=99),
        )
    assert is_stopped(run)
    assert run.of(EventKind.RETRIED) == []
    assert b.effects == {}


async def test_report_beyond_the_budget_stops_the_run_at_once(database: Database, settings: Settings) -> None:
    PayBlock.called = 0
    async with paying(database, settings, {}) as worker:
        run = await execute(
            worker, ten_calls(usd_micros=100, pause_s=20), options=RunOptions(budget=99), timeout_s=5
        )
    assert is_stopped(run)
    assert (PayBlock.called, charged(run)) == (1, [100])
    assert "$0.0001 is spent" in run.errors[0][2]


async def test_block_that_reports_costs_is_reserved_for_from_its_second_call_on(
    database: Database, settings: Settings
) -> None:
    PayBlock.called = 0
    async with paying(database, settings, {}) as worker:
        run = await execute(worker, ten_calls(usd_micros=100), options=RunOptions(budget=299))
    assert is_stopped(run)
    assert (PayBlock.called, run.view.cost_usd_micros) == (2, 200)


async def test_runs_below_spend_the_money_of_the_run_at_the_top(
    database: Database, settings: Settings
) -> None:
    async with paying(database, settings, run_price(100)) as worker:
        child = await child_of(worker)
        nodes = [
            node("g", b.ItemsBlock, items=list(range(5))),
            node("c", b.ParentBlock, graph_id=child.id, policy=NodePolicy(parallel=1, on_error="continue")),
        ]
        run = await execute(worker, graph(nodes, ["g.item -> c.x"]), options=RunOptions(budget=250))
    assert is_stopped(run)
    assert run.errors[0][0] == "c"
    assert run.view.cost_usd_micros == await check_books(database) == 200
    below = "SELECT status::text FROM run WHERE parent_run_id = $1 ORDER BY parent_firing"
    assert [row[0] for row in await fetch(database, below, run.view.id)] == [
        "completed",
        "completed",
        "failed",
    ]


# -- of users and graphs -------------------------------------------------------------------------------------


async def test_user_who_has_spent_the_days_money_is_told_which_budget_and_until_when(
    database: Database, settings: Settings
) -> None:
    await set_budget(database, 250)
    async with paying(database, settings, run_price(100)) as worker:
        run = await execute(worker, ten_calls())
        again = await execute(worker, ten_calls())
    assert is_stopped(run)
    assert (charged(run), charged(again)) == ([100] * 2, [])
    tomorrow = (now() + timedelta(days=1)).strftime("%Y-%m-%d")
    assert run.errors[0][2] == (
        "The budget for all graphs of this user, $0.00025 per day, is reached: $0.0002 is spent, this call may "
        f"need $0.0001. Raise it under Budgets, or wait until {tomorrow} 00:00 UTC."
    )
    assert await value(database, "SELECT count(*) FROM reservation") == 0


async def test_budget_of_a_graph_leaves_other_graphs_alone(database: Database, settings: Settings) -> None:
    async with paying(database, settings, run_price(100)) as worker:
        limited = await worker.save_graph(LOCAL_USER_ID, ten_calls())
        await set_budget(database, 250, graph_id=limited.id, period="total")
        other = ten_calls().model_copy(update={"name": "other"})
        assert (await execute(worker, other)).status == "completed"
        run = await execute(worker, limited)
    assert (is_stopped(run), charged(run)) == (True, [100] * 2)
    assert "The budget for the graph 'ten calls', $0.00025 in all, is reached" in run.errors[0][2]


async def test_budget_set_while_runs_are_at_work_is_heeded_within_two_seconds(
    database: Database, settings: Settings
) -> None:
    async with paying(database, settings, run_price(100)) as worker:
        assert (await execute(worker, ten_calls())).status == "completed"
        await set_budget(database, 1_000)
        worker.tell_budget_changed(LOCAL_USER_ID)
        assert is_stopped(await execute(worker, ten_calls()))
        await fetch(database, "UPDATE budget SET limit_usd_micros = 2000")
        assert (await execute(worker, ten_calls())).status == "completed"


async def test_what_was_spent_before_the_period_does_not_count(
    database: Database, settings: Settings
) -> None:
    await set_budget(database, 1_000)
    async with paying(database, settings, run_price(100)) as worker:
        assert (await execute(worker, ten_calls())).status == "completed"
        assert is_stopped(await execute(worker, ten_calls()))
        await fetch(database, "UPDATE charge SET at = at - interval '1 day'")
        assert (await execute(worker, ten_calls())).status == "completed"


async def test_parallel_runs_over_two_workers_never_spend_more_than_there_is(
    database: Database, settings: Settings
) -> None:
    await set_budget(database, 2_050)
    nodes = [node("g", b.ItemsBlock, items=list(range(5))), node("p", PayBlock, pause_s=0.005, wait_s=0)]
    async with (
        paying(database, settings, run_price(100)) as one,
        paying(database, settings, run_price(100)) as other,
    ):
        saved = await one.save_graph(LOCAL_USER_ID, graph(nodes, ["g.item -> p.value"]))
        taken = await asyncio.gather(
            *(w.submit(LOCAL_USER_ID, saved.id, {}) for _ in range(15) for w in (one, other))
        )
        views = [await ended(one, run.run_id, within_s=20) for run in taken]
    assert {view.status.value for view in views} <= {"completed", "failed"}
    total = await check_books(database)
    assert (
        2_050 - 1_000 <= total <= 2_050
    )  # what is reserved at the end of a stopped run is charged or given back
    assert await value(database, "SELECT count(*) FROM reservation") == 0


async def test_reports_within_the_reservation_never_spend_more_than_there_is(
    database: Database, settings: Settings
) -> None:
    await set_budget(database, 1_000)
    price = {PayBlock.id: [{"cost_type": "cost_usd", "amount": 1, "estimate": 100}]}
    nodes = [node("g", b.ItemsBlock, items=list(range(6))), node("p", PayBlock, usd_micros=90, pause_s=0.01)]
    async with paying(database, settings, price) as one, paying(database, settings, price) as other:
        saved = await one.save_graph(LOCAL_USER_ID, graph(nodes, ["g.item -> p.value"]))
        taken = await asyncio.gather(
            *(w.submit(LOCAL_USER_ID, saved.id, {}) for _ in range(5) for w in (one, other))
        )
        for run in taken:
            await ended(one, run.run_id, within_s=20)
    assert 0 < await check_books(database) <= 1_000


async def test_reservation_counts_until_its_run_has_ended(database: Database, settings: Settings) -> None:
    await set_budget(database, 100)
    async with paying(database, settings, run_price(60)) as worker:
        slow = await worker.save_graph(LOCAL_USER_ID, graph([node("p", PayBlock, pause_s=20)]))
        PayBlock.called = 0
        run_id = (await worker.submit(LOCAL_USER_ID, slow.id, {})).run_id
        await until(lambda: _is_called(1), within_s=5)
        refused = await execute(worker, graph([node("p", PayBlock)], name="quick"))
        assert "$0.00006 is reserved by calls at work" in refused.errors[0][2]
        await worker.cancel(LOCAL_USER_ID, run_id)
        await ended(worker, run_id)
        await fetch(database, "DELETE FROM charge")
        assert (await execute(worker, graph([node("p", PayBlock)], name="quick"))).status == "completed"


async def _is_called(times: int) -> bool:
    return PayBlock.called >= times


async def test_reservation_of_a_run_that_is_over_blocks_nobody_and_is_cleared_away(
    database: Database, settings: Settings
) -> None:
    await set_budget(database, 100)
    async with paying(database, settings, run_price(60)) as worker:
        run = await execute(worker, graph([node("e", b.EffectBlock)]))
        left = Reservation(new_id(), run.view.id, run.view.graph_id, 99)
        await fetch(
            database,
            "INSERT INTO reservation (id, root_run_id, user_id, graph_id, usd_micros) VALUES ($1, $2, $3, $4, $5)",
            left.id,
            left.root_run_id,
            LOCAL_USER_ID,
            left.graph_id,
            left.usd_micros,
        )
        assert (await execute(worker, graph([node("p", PayBlock)], name="quick"))).status == "completed"
    assert await value(database, "SELECT count(*) FROM reservation") == 0


async def test_waiting_call_reserves_nothing(database: Database, settings: Settings) -> None:
    await set_budget(database, 1_000)
    async with paying(database, settings, run_price(60)) as worker:
        asking = graph([node("p", PayBlock, wait_s=30)])
        saved = await worker.save_graph(LOCAL_USER_ID, asking)
        run_id = (await worker.submit(LOCAL_USER_ID, saved.id, {})).run_id
        await until(lambda: value(database, "SELECT 1 FROM run WHERE status = 'waiting'"), within_s=5)
        assert await value(database, "SELECT count(*) FROM reservation") == 0
        assert await spent(database) == 60
        await worker.cancel(LOCAL_USER_ID, run_id)


@pytest.mark.timeout(60)
async def test_process_killed_at_its_calls_leaves_books_that_agree_and_no_money_locked_away(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    price = {durable.SleepBlock.id: [{"cost_type": "run", "amount": 100}]}
    monkeypatch.setenv("BLOCK_PRICES", str(price).replace("'", '"'))
    await set_budget(database, 2_000)
    known = settings.model_copy(update={"block_prices": price})
    process = await (await start_worker(settings.database_url, tmp_path)).ready()
    async with Worker(database, known, catalogue_with(durable.BLOCKS).find).at_work() as heir:
        quick = await heir.save_graph(LOCAL_USER_ID, durable.sleeps(0.01))
        slow = await heir.save_graph(
            LOCAL_USER_ID, durable.nested(await heir.save_graph(LOCAL_USER_ID, durable.sleeps(1.2)), "slow")
        )
        run_ids = [await process.submit((slow if k % 2 else quick).id, k) for k in range(10)]
        await until(lambda: value(database, "SELECT count(*) > 1 FROM reservation"), within_s=10)
        await process.kill()
        for run_id in run_ids:
            assert (await ended(heir, run_id, within_s=20)).status.value == "completed"
        assert await check_books(database) == 1_000
        assert await value(database, "SELECT count(*) FROM reservation") == 0
        for k in range(10):
            run = await heir.submit(LOCAL_USER_ID, quick.id, {"x": k})
            assert (await ended(heir, run.run_id)).status.value == "completed"
    assert await check_books(database) == 2_000


# -- the books -----------------------------------------------------------------------------------------------


def random_graph(choose: random.Random, child: Graph) -> Graph:
    """Calls that cost, in a row or side by side, some of which fail, are retried, run other graphs, or are inline."""
    nodes: list[Node] = [node("g", b.ItemsBlock, items=list(range(choose.randint(1, 4))))]
    links: list[str] = []
    source = "g.item"
    for k in range(choose.randint(1, 4)):
        policy = retries(2, on_error=choose.choice(["stop", "continue", "continue"]))
        kind = choose.choice(["pay", "pay", "fail", "pure", "child"])
        if kind == "child":
            nodes.append(node(f"n{k}", b.ParentBlock, graph_id=child.id, policy=policy))
        elif kind == "pure":
            nodes.append(node(f"n{k}", PurePayBlock))
        else:
            fails = {"fail": "provider_unavailable"}.get(kind, "")
            more: dict[str, Any] = {
                "usd_micros": choose.choice([0, 7]),
                "model": choose.choice(["", "a", "b"]),
            }
            nodes.append(
                node(f"n{k}", PayBlock, fails=fails, good=choose.randint(1, 4), policy=policy, **more)
            )
        links.append(f"{source} -> n{k}.{'x' if kind == 'child' else 'value'}")
        source = f"n{k}.out"
    return graph(nodes, links, name=f"random {choose.random()}")


async def test_costs_by_every_grouping_are_the_sum_of_the_journals_charges(
    database: Database, settings: Settings
) -> None:
    choose = random.Random(7)
    prices = {
        PayBlock.id: [{"amount": 11, "provider": "acme"}, {"amount": 13, "cost_filter": {"model": "a"}}],
        PurePayBlock.id: [{"cost_type": "items", "amount": 5, "model": "m"}],
    }
    await set_budget(database, 10**9)
    async with paying(database, settings, prices) as worker:
        child = await child_of(worker)
        for _ in range(25):
            options = RunOptions(budget=choose.choice([None, None, 60]))
            await execute(worker, random_graph(choose, child), options=options)
    total = await check_books(database)
    assert total > 1_000
    statuses = {row[0] for row in await fetch(database, "SELECT DISTINCT status::text FROM run")}
    assert {"completed", "failed"} <= statuses
    blocks = await fetch(
        database,
        f"""
        SELECT n ->> 'block_id', sum(e.usd_micros)::bigint FROM ({CHARGED_EVENTS}) e JOIN run r ON r.id = e.run_id
          JOIN graph_version v ON v.graph_id = r.graph_id AND v.version = r.graph_version
          CROSS JOIN LATERAL (SELECT v.definition -> 'nodes' -> e.node AS n) x GROUP BY 1""",
    )
    graphs = await fetch(
        database,
        f"""
        SELECT t.graph_id, sum(e.usd_micros)::bigint FROM ({CHARGED_EVENTS}) e JOIN run r ON r.id = e.run_id
          JOIN run t ON t.id = r.root_run_id GROUP BY 1""",
    )
    async with database.begin() as connection:
        for group in CostGroup:
            assert sum((await sums_of(connection, group)).values()) == total, group
        assert await sums_of(connection, CostGroup.BLOCK) == {row[0]: row[1] for row in blocks}
        assert await sums_of(connection, CostGroup.GRAPH) == {row[0]: row[1] for row in graphs}
        for row in await fetch(database, "SELECT id, cost_usd_micros FROM run"):
            by_node, _ = await charge_store.sum_by_node(connection, LOCAL_USER_ID, row["id"], limit=100)
            assert sum(one.usd_micros for one in by_node) == row["cost_usd_micros"]
    assert await value(database, "SELECT count(*) FROM reservation") == 0


async def sums_of(connection: AsyncConnection, group: CostGroup) -> dict[str, int]:
    """All pages of a grouping, three rows at a time; by key."""
    selection = Selection(now() - timedelta(days=1), now() + timedelta(days=1))
    found: dict[str, int] = {}
    after: Sum | None = None
    while True:
        page, whole = await charge_store.sum_charges(
            connection, LOCAL_USER_ID, selection, group, limit=3, after=after
        )
        assert not found.keys() & {one.key for one in page}
        if not page:
            assert whole.usd_micros == sum(found.values())
            return found
        found |= {one.key: one.usd_micros for one in page}
        after = page[-1]


def test_periods_are_those_of_utc() -> None:
    at = now().replace(year=2025, month=12, day=31, hour=23)
    assert BudgetPeriod.DAY.ends_at(at) == BudgetPeriod.MONTH.ends_at(at)
    assert f"{BudgetPeriod.MONTH.ends_at(at):%Y-%m-%d %H:%M %Z}" == "2026-01-01 00:00 UTC"
    assert f"{BudgetPeriod.MONTH.began_at(at):%Y-%m-%d %H:%M %Z}" == "2025-12-01 00:00 UTC"
    assert BudgetPeriod.TOTAL.ends_at(at) is None


async def test_repeated_reservation_takes_the_money_once(database: Database, settings: Settings) -> None:
    await set_budget(database, 100)
    async with paying(database, settings, {}) as worker:
        saved = await worker.save_graph(LOCAL_USER_ID, graph([node("s", b.AskBlock)]))
        run_id = (await worker.submit(LOCAL_USER_ID, saved.id, {})).run_id
        one = Reservation("one", run_id, saved.id, 60)
        async with database.raw() as raw:
            assert await budget_store.reserve(raw, LOCAL_USER_ID, one, now()) is None
            assert await budget_store.reserve(raw, LOCAL_USER_ID, one, now()) is None
            other = Reservation("other", run_id, saved.id, 60)
            full = await budget_store.reserve(raw, LOCAL_USER_ID, other, now())
        assert full is not None
        assert (full.reserved_usd_micros, full.spent_usd_micros) == (60, 0)
        await worker.cancel(LOCAL_USER_ID, run_id)


async def test_reservations_that_come_at_once_over_many_connections_take_no_more_than_there_is(
    database: Database, settings: Settings
) -> None:
    await set_budget(database, 1_000)
    async with paying(database, settings, {}) as worker:
        saved = await worker.save_graph(LOCAL_USER_ID, graph([node("s", b.AskBlock)]))
        run_id = (await worker.submit(LOCAL_USER_ID, saved.id, {})).run_id

        async def take(connection: Connection, place: int) -> int:
            wanted = [Reservation(f"{place}/{k}", run_id, saved.id, 10) for k in range(25)]
            return sum(
                [await budget_store.reserve(connection, LOCAL_USER_ID, one, now()) is None for one in wanted]
            )

        connections = [await database.connect() for _ in range(8)]
        taken = await asyncio.gather(*(take(one, k) for k, one in enumerate(connections)))
        for connection in connections:
            await connection.close()
        assert sum(taken) == 100
        assert await value(database, "SELECT sum(usd_micros)::bigint FROM reservation") == 1_000
        await worker.cancel(LOCAL_USER_ID, run_id)


async def test_what_is_reported_counts_against_what_was_reserved(
    database: Database, settings: Settings
) -> None:
    await set_budget(database, 1_000)
    price = {PayBlock.id: [{"cost_type": "cost_usd", "amount": 1, "estimate": 100}]}
    async with paying(database, settings, price) as worker:
        saved = await worker.save_graph(
            LOCAL_USER_ID, graph([node("p", PayBlock, usd_micros=60, pause_s=20)])
        )
        run_id = (await worker.submit(LOCAL_USER_ID, saved.id, {})).run_id
        await until(lambda: spent(database), within_s=5)
        async with database.raw() as raw:
            (standing,) = await budget_store.list_budgets(raw, LOCAL_USER_ID, now(), limit=10)
        assert (standing.spent_usd_micros, standing.reserved_usd_micros) == (60, 40)
        await worker.cancel(LOCAL_USER_ID, run_id)
