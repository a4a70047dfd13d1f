"""The live WebSocket: every event once and in order, whoever drops, is slow, comes late or is a stranger."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.app import App
from backend.data.api_key_store import delete_api_key, list_api_keys
from backend.data.run_store import load_run
from backend.executor import events, graph_watch
from backend.server import live as live_module
from backend.server.access import Scope
from tests.server.conftest import (
    OUTPUT,
    VALUE,
    WAIT,
    client_of,
    echo_graph,
    graph_json,
    link,
    make_person,
    node,
    stored,
    waiting_graph,
)
from tests.support.sockets import live

ITEMS = "f9e7f3f6-6c2a-4a1f-8e4b-7b0a4e5f7a01"


def steps_graph(count: int, seconds: float = 0.01) -> dict[str, Any]:
    """A chain of waits: each is a commit of its own, so that events come one by one."""
    nodes = [node(f"wait{k}", WAIT, seconds=seconds, input_message=k) for k in range(count)]
    links = [link(f"wait{k}.output_message", f"wait{k + 1}.input_message") for k in range(count - 1)]
    return graph_json("steps", nodes, links)


async def started(client: httpx.AsyncClient, graph_id: str, **body: Any) -> str:
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json=body)
    assert answer.status_code in (200, 202), answer.text
    return str(answer.json()["run_id"])


async def recorded(client: httpx.AsyncClient, run_id: str) -> list[int]:
    numbers: list[int] = []
    page: dict[str, Any] = {"is_end": False, "next_after": 0}
    while not page["is_end"]:
        answer = await client.get(f"/api/runs/{run_id}/events", params={"after": page["next_after"]})
        page = answer.json()
        numbers += [event["seq"] for event in page["items"]]
    return numbers


async def test_watcher_gets_each_event_once_and_in_order(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, steps_graph(20))
    run_id = await started(ada, graph_id)
    async with live(ada) as socket:
        assert (await socket.ask(op="subscribe", run=run_id))["op"] == "subscribed"
        got = await socket.to_end(run_id)
    assert socket.numbers(run_id) == await recorded(ada, run_id)
    assert got[-1]["kind"] == "state"
    assert got[-1]["data"]["status"] == "completed"


async def test_whoever_comes_after_the_end_gets_everything_and_the_end(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, echo_graph())
    run_id = await started(ada, graph_id, inputs={"name": "Ada"}, wait=True)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", run=run_id)
        await socket.to_end(run_id)
        assert socket.numbers(run_id) == await recorded(ada, run_id)
        last = socket.events[-1]["seq"]
        await socket.ask(op="subscribe", run=run_id, after=last)
        assert (await socket.next())["op"] == "end"


async def test_watcher_that_drops_and_returns_has_each_event_once(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, steps_graph(40, 0.02))
    run_id = await started(ada, graph_id)
    numbers: list[int] = []
    is_over = False
    while not is_over:
        async with live(ada) as socket:
            await socket.ask(op="subscribe", run=run_id, after=numbers[-1] if numbers else 0)
            for _ in range(3):
                if (await socket.next())["op"] == "end":
                    is_over = True
                    break
            numbers += socket.numbers(run_id)
    assert numbers == await recorded(ada, run_id)


async def test_large_journal_is_read_by_pages_while_it_grows(
    ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PAGE", 7)
    monkeypatch.setattr(events, "_KEPT_EVENTS", 5)
    graph_id = await stored(ada, steps_graph(60, 0.005))
    run_id = await started(ada, graph_id)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", run=run_id)
        await socket.to_end(run_id)
    assert socket.numbers(run_id) == await recorded(ada, run_id)


async def test_watcher_of_a_graph_sees_runs_that_go_on_and_those_that_begin(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, steps_graph(10, 0.02))
    first = await started(ada, graph_id)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", graph=graph_id)
        second = await started(ada, graph_id)
        third = await started(ada, graph_id)
        await socket.to_ends([first, second, third])
    for run_id in (first, second, third):
        assert socket.numbers(run_id) == await recorded(ada, run_id)


async def test_watcher_of_a_graph_goes_on_after_a_break_and_misses_no_run(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, steps_graph(10, 0.05))
    first = await started(ada, graph_id)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", graph=graph_id)
        while len(socket.numbers(first)) < 5:
            await socket.next()
    had = socket.numbers(first)
    away = await started(ada, graph_id, wait=True)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", graph=graph_id, after={first: had[-1]})
        ended = {(await socket.next_of("end"))["run"] for _ in range(2)}
    assert ended == {first, away}
    assert had + socket.numbers(first) == await recorded(ada, first)
    assert socket.numbers(away) == await recorded(ada, away)


async def test_run_that_ended_during_the_break_comes_once(
    ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_watch, "_LATE", timedelta())
    graph_id = await stored(ada, steps_graph(2))
    older = await started(ada, graph_id, wait=True)
    newer = await started(ada, graph_id, wait=True)
    numbers = await recorded(ada, older)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", graph=graph_id, after={older: 1, newer: numbers[-1]})
        await socket.to_end(older)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(4):
                await socket.to_end(graph_id)
    assert socket.numbers(older) == numbers[1:]


async def test_large_values_come_as_previews_that_say_where_all_of_it_is(ada: httpx.AsyncClient) -> None:
    graph = graph_json(
        "large",
        [node("v", VALUE, input="x" * 50_000), node("out", OUTPUT, name="o")],
        [link("v.output", "out.value")],
    )
    run_id = await started(ada, await stored(ada, graph), wait=True)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", run=run_id)
        await socket.to_end(run_id)
    yielded = next(event for event in socket.events if event["kind"] == "yielded")
    preview = yielded["data"]["value"]
    assert preview["$preview"].startswith("xxx")
    assert len(orjson.dumps(yielded)) < 5_000
    assert (await ada.get(preview["href"])).json() == "x" * 50_000


async def test_strangers_run_and_graph_are_as_absent_as_those_that_do_not_exist(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, waiting_graph())
    run_id = await started(ada, graph_id)
    async with live(bob) as socket:
        for kind, name in [("run", run_id), ("graph", graph_id)]:
            foreign = await socket.ask(op="subscribe", **{kind: name})
            absent = await socket.ask(op="subscribe", **{kind: "00000000-0000-7000-8000-000000000000"})
            assert foreign["code"] == absent["code"] == "not_found"
            assert foreign["detail"].replace(name, "") == absent["detail"].replace(
                "00000000-0000-7000-8000-000000000000", ""
            )
        own = await stored(bob, steps_graph(2))
        await socket.ask(op="subscribe", graph=own, after={run_id: 1})
        mine = await started(bob, own)
        await socket.to_end(mine)
    assert {event["run_id"] for event in socket.events} == {mine}
    await ada.post(f"/api/runs/{run_id}/cancel")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        '{"op": "fly"}',
        '{"op": "subscribe"}',
        '{"op": "subscribe", "run": "a", "graph": "b"}',
        '{"op": "subscribe", "run": "a", "after": -1}',
        '{"op": "subscribe", "run": "a", "after": {"x": 1}}',
        '{"op": "subscribe", "graph": "a", "after": {"x": 99999999999999999999}}',
        '{"op": "subscribe", "run": "\\u0000"}',
        '{"op": "subscribe", "run": "\\ud800"}',
        '{"op": "subscribe", "run": 5, "ref": {}}',
    ],
)
async def test_bad_messages_are_answered_and_the_connection_stays(
    ada: httpx.AsyncClient, message: str
) -> None:
    async with live(ada) as socket:
        await socket.connection.send(message)
        answer = await socket.next()
        assert answer["op"] == "error", answer
        assert answer["detail"]
        assert (await socket.ask(op="ping", ref="a"))["ref"] == "a"
        assert (await socket.ask(op="ping", ref=7))["ref"] == 7


async def test_connection_without_credentials_is_refused_before_it_opens(
    nobody: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with live(nobody):
            pass
    await asyncio.sleep(0.1)
    assert "handshake" not in caplog.text
    assert refused.value.response.status_code == 401
    assert orjson.loads(refused.value.response.body or b"")["code"] == "unauthorized"


async def test_page_of_another_origin_cannot_connect(ada: httpx.AsyncClient) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with live(ada, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_key_that_may_not_read_runs_cannot_connect(app: App, url: str) -> None:
    person = await make_person(app, "narrow", scopes=[Scope.GRAPHS_READ])
    async with client_of(url, person.key) as client:
        with pytest.raises(InvalidStatus) as refused:
            async with live(client):
                pass
    assert refused.value.response.status_code == 403


async def test_connection_ends_when_its_key_is_deleted(
    app: App, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "CHECK_AGAIN_S", 0.1)
    monkeypatch.setattr("backend.server.auth.KNOWN_FOR_S", 0.1)
    person = await make_person(app, "leaving")
    async with client_of(url, person.key) as client, live(client) as socket:
        await socket.ask(op="ping")
        async with app.database.begin() as connection:
            (key,) = await list_api_keys(connection, person.id, limit=5)
            await delete_api_key(connection, person.id, key["id"])
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.next(), 5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_one_connection_watches_a_bounded_number_of_things(
    ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "MOST_SUBSCRIPTIONS", 1)
    graph_id = await stored(ada, waiting_graph())
    run_id = await started(ada, graph_id)
    async with live(ada) as socket:
        await socket.ask(op="subscribe", graph=graph_id)
        assert (await socket.ask(op="subscribe", graph=graph_id))["code"] == "conflict"
        assert (await socket.ask(op="subscribe", run=run_id))["code"] == "too_many"
        assert (await socket.ask(op="unsubscribe", graph=graph_id))["op"] == "unsubscribed"
        assert (await socket.ask(op="subscribe", run=run_id))["op"] == "subscribed"
    await ada.post(f"/api/runs/{run_id}/cancel")


async def test_reader_that_does_not_read_holds_up_neither_the_run_nor_others(
    ada: httpx.AsyncClient, app: App
) -> None:
    graph = graph_json(
        "wide",
        [node(f"v{k}", VALUE, input="x" * 8_000) for k in range(600)],
        [],
    )
    graph_id = await stored(ada, graph)
    async with live(ada) as lazy, live(ada) as eager:
        await lazy.ask(op="subscribe", graph=graph_id)
        await eager.ask(op="subscribe", graph=graph_id)
        runs = [await started(ada, graph_id, wait=True) for _ in range(4)]
        await eager.to_ends(runs)
        for run_id in runs:
            assert eager.numbers(run_id) == await recorded(ada, run_id)
        await lazy.to_ends(runs)
        for run_id in runs:
            assert lazy.numbers(run_id) == await recorded(ada, run_id)


async def test_run_of_another_process_is_watched_as_well(ada: httpx.AsyncClient, app: App, url: str) -> None:
    """The run is given to a second worker; this one only serves its watchers."""
    from backend.executor.worker import Worker

    graph_id = await stored(ada, steps_graph(15, 0.05))
    async with app.database.begin() as connection:
        me = (await ada.get("/api/auth/me")).json()["id"]
        del connection
    other = Worker(app.database, app.settings, app.catalogue.find)
    async with other.at_work(takes_queued=False):
        accepted = await other.submit(me, graph_id, {})
        async with live(ada) as socket:
            await socket.ask(op="subscribe", run=accepted.run_id)
            await asyncio.wait_for(socket.to_end(accepted.run_id), 10)
    assert socket.numbers(accepted.run_id) == await recorded(ada, accepted.run_id)
    async with app.database.begin() as connection:
        assert (await load_run(connection, me, accepted.run_id)).status.is_final


async def test_sockets_close_when_the_process_ends(ada: httpx.AsyncClient, app: App) -> None:
    async with live(ada) as socket:
        await socket.ask(op="ping")
        await app.worker.hand_over()
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.next(), 5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
