"""W7 at a tenth of its size: lists, opening a run and new runs stay quick however much is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.app import App
from backend.blocks import Catalogue
from backend.data.user_store import LOCAL_USER_ID
from backend.server.auth import KEY_PREFIX, new_token
from backend.util.clock import new_id
from bench import graphs, history, w7
from bench.engine import all_blocks
from tests.server.conftest import client_of
from tests.support.keys import store_key

SLACK = 2
"""The quietest of a few requests is looked at, and the machine may do other things."""
SIZE = history.Size(runs=10_000, graphs=100, events=100_000)


@pytest.fixture
def blocks() -> Catalogue:
    return all_blocks()


@pytest.fixture
async def client(app: App, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The built-in user, with the graphs of the measurement."""
    key = KEY_PREFIX + new_token()
    for graph in (graphs.ten_nodes(), graphs.fan_out(w7.ITEMS)):
        await app.worker.save_graph(LOCAL_USER_ID, graph)
    async with app.database.begin() as connection:
        await store_key(connection, key)
    async with client_of(url, key) as made:
        yield made


async def test_every_list_is_quick_among_ten_thousand_runs(app: App, client: httpx.AsyncClient) -> None:
    parent = await history.fill(app.database, LOCAL_USER_ID, SIZE)
    lists = await w7.list_times(client, parent, rounds=3)
    slow = {name: times.best_ms for name, times in lists.items() if times.best_ms > w7.LIST_MS * SLACK}
    assert len(lists) > 15
    assert slow == {}


async def test_a_run_of_ten_thousand_firings_opens_within_a_second(client: httpx.AsyncClient) -> None:
    opened = await w7.opening_times(client, times=2)
    assert opened.best_ms <= w7.OPEN_MS


async def test_a_long_journal_is_read_anywhere_and_slows_no_new_run(
    app: App, client: httpx.AsyncClient
) -> None:
    before = await w7.small_runs(client, count=10)
    graph = graphs.fan_out(w7.ITEMS).model_copy(update={"version": 1})
    run_id = new_id()
    await history.fill_journal(app.database, LOCAL_USER_ID, graph, run_id, SIZE.events)
    pages = await w7.page_times(client, run_id, SIZE.events, rounds=5)
    firings = await w7.firing_times(client, run_id, rounds=5)
    after = await w7.small_runs(client, count=10)
    assert pages.best_ms <= w7.LIST_MS * SLACK
    assert firings.best_ms <= w7.LIST_MS * SLACK
    assert after.best_ms <= before.best_ms * SLACK
