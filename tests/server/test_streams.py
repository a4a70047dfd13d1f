"""Server-sent events: the stream of the socket for scripts, with resume by the id of the last event."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from backend.app import App
from backend.data.api_key_store import delete_api_key, list_api_keys
from backend.server import live as live_module
from backend.server import sockets
from backend.server.deps import MAX_INT
from tests.server.conftest import client_of, echo_graph, make_person, stored, waiting_graph
from tests.server.test_live import recorded, started, steps_graph


class Stream:
    """What came of a stream: ids and events, in order."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.has_ended = False

    @property
    def numbers(self) -> list[int]:
        return [event["seq"] for event in self.events if event["seq"]]

    def take(self, line: str) -> None:
        if line.startswith("id: "):
            self.ids.append(line[4:])
        elif line == "event: end":
            self.has_ended = True
        elif line.startswith('data: {"run_id"'):
            self.events.append(orjson.loads(line[6:]))


async def read(
    client: httpx.AsyncClient, path: str, *, most: int | None = None, **request: Any
) -> tuple[int, Stream]:
    """The stream to its end, or until it has given `most` events."""
    stream = Stream()
    async with client.stream("GET", path, **request) as answer:
        if answer.status_code == 200:
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for line in answer.aiter_lines():
                stream.take(line)
                if most is not None and len(stream.events) >= most:
                    break
        return answer.status_code, stream


async def test_stream_has_each_event_and_ends_with_the_run(ada: httpx.AsyncClient) -> None:
    run_id = await started(ada, await stored(ada, steps_graph(15)))
    status, stream = await read(ada, f"/api/runs/{run_id}/stream")
    assert status == 200
    assert stream.has_ended
    assert stream.numbers == await recorded(ada, run_id)
    assert stream.ids == [str(number) for number in stream.numbers]


async def test_stream_goes_on_behind_the_last_event_that_was_had(ada: httpx.AsyncClient) -> None:
    run_id = await started(ada, await stored(ada, steps_graph(30, 0.02)))
    _, first = await read(ada, f"/api/runs/{run_id}/stream", most=7)
    _, rest = await read(ada, f"/api/runs/{run_id}/stream", headers={"last-event-id": str(first.numbers[6])})
    assert first.numbers[:7] + rest.numbers == await recorded(ada, run_id)


async def test_nothing_is_left_of_a_run_that_has_ended(ada: httpx.AsyncClient) -> None:
    run_id = await started(ada, await stored(ada, echo_graph()), inputs={"name": "x"}, wait=True)
    last = (await recorded(ada, run_id))[-1]
    status, _ = await read(ada, f"/api/runs/{run_id}/stream", params={"after": last})
    assert status == 204
    status, stream = await read(ada, f"/api/runs/{run_id}/stream", params={"after": last - 1})
    assert (status, stream.numbers) == (200, [last])


async def test_place_behind_every_event_gives_nothing(ada: httpx.AsyncClient) -> None:
    run_id = await started(ada, await stored(ada, echo_graph()), inputs={"name": "x"}, wait=True)
    status, _ = await read(ada, f"/api/runs/{run_id}/stream", params={"after": MAX_INT})
    assert status == 204
    answer = await ada.get(f"/api/runs/{run_id}/events", params={"after": MAX_INT})
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_stream_of_a_graph_has_all_its_runs_and_can_be_resumed(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, steps_graph(8, 0.02))
    path = f"/api/graphs/{graph_id}/stream"
    reading = asyncio.create_task(read(ada, path, most=12))
    await asyncio.sleep(0.3)
    runs = [await started(ada, graph_id) for _ in range(2)]
    _, first = await reading
    for run_id in runs:
        while (await ada.get(f"/api/runs/{run_id}")).json()["status"] != "completed":
            await asyncio.sleep(0.02)
    expected = {(run_id, number) for run_id in runs for number in await recorded(ada, run_id)}
    had = _upto(first)
    _, rest = await read(ada, path, most=len(expected) - len(had), headers={"last-event-id": first.ids[-1]})
    got = [(event["run_id"], event["seq"]) for event in rest.events]
    assert sorted([*had, *got]) == sorted(expected)


def _upto(stream: Stream) -> list[tuple[str, int]]:
    """What the id of the last event covers."""
    places = dict(pair.split(":") for pair in stream.ids[-1].split(","))
    events = [(event["run_id"], event["seq"]) for event in stream.events]
    return [(run_id, seq) for run_id, seq in events if seq <= int(places.get(run_id, 0))]


async def test_stream_of_a_stranger_is_absent(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, waiting_graph())
    run_id = await started(ada, graph_id)
    assert (await read(bob, f"/api/runs/{run_id}/stream"))[0] == 404
    assert (await read(bob, f"/api/graphs/{graph_id}/stream"))[0] == 404
    await ada.post(f"/api/runs/{run_id}/cancel")


@pytest.mark.parametrize("last", ["x", "-1", "9" * 30, "1.5"])
async def test_place_that_is_none_is_refused(ada: httpx.AsyncClient, last: str) -> None:
    run_id = await started(ada, await stored(ada, echo_graph()), inputs={"name": "x"}, wait=True)
    status, _ = await read(ada, f"/api/runs/{run_id}/stream", headers={"last-event-id": last})
    assert status == 400


async def test_streams_end_when_the_process_does(ada: httpx.AsyncClient, app: App) -> None:
    run_id = await started(ada, await stored(ada, waiting_graph()))
    reading = asyncio.create_task(read(ada, f"/api/runs/{run_id}/stream"))
    await asyncio.sleep(0.3)
    await app.worker.hand_over()
    status, stream = await asyncio.wait_for(reading, 5)
    assert status == 200
    assert stream.numbers
    assert not stream.has_ended


async def test_stream_ends_when_its_key_is_deleted(
    app: App, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "CHECK_AGAIN_S", 0.1)
    monkeypatch.setattr("backend.server.auth.KNOWN_FOR_S", 0.1)
    person = await make_person(app, "leaving")
    async with client_of(url, person.key) as client:
        graph_id = await stored(client, waiting_graph())
        reading = asyncio.create_task(read(client, f"/api/graphs/{graph_id}/stream"))
        await asyncio.sleep(0.3)
        async with app.database.begin() as connection:
            (key,) = await list_api_keys(connection, person.id, limit=5)
            await delete_api_key(connection, person.id, key["id"])
        assert (await asyncio.wait_for(reading, 5))[0] == 200


async def test_streams_are_counted_with_the_live_connections_of_a_user(
    ada: httpx.AsyncClient, bob: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph_id = await stored(ada, waiting_graph())
    path = f"/api/graphs/{graph_id}/stream"
    monkeypatch.setattr(sockets, "MOST", 1)
    first = asyncio.create_task(read(ada, path))
    await asyncio.sleep(0.3)
    assert (await read(ada, path))[0] == 429
    other = await started(bob, await stored(bob, steps_graph(2)))
    assert (await read(bob, f"/api/runs/{other}/stream"))[0] == 200
    first.cancel()
    await asyncio.wait({first})
    run_id = await started(ada, await stored(ada, steps_graph(2)))
    async with asyncio.timeout(5):
        while (await read(ada, f"/api/runs/{run_id}/stream"))[0] != 200:
            await asyncio.sleep(0.05)
