"""The client: what it asks, what it makes of answers, and that it goes on when connections break."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.app import App
from backend.client import AsyncClient, Client
from backend.client_calls import Call, Requests, request
from backend.data.graph import Graph
from backend.data.run import RunOptions, RunStatus
from backend.server.contract import operations
from backend.server.http import create_api
from backend.server.serve import bound, listening, url_of
from backend.server.wire.runs import RunAccepted, RunResult
from backend.util.errors import (
    BadInput,
    BlockyardError,
    Conflict,
    GraphInvalid,
    NotFound,
    Problem,
    Unavailable,
)
from backend.util.refusal import error_of
from tests.server.conftest import (
    Person,
    echo_graph,
    graph_json,
    make_person,
    node,
    review_graph,
    waiting_graph,
)
from tests.support.http_server import Answer, Seen, local_http_server

ECHO, WAITS, ASKS = (Graph.model_validate(one()) for one in (echo_graph, waiting_graph, review_graph))


@pytest.fixture
async def url(app: App) -> AsyncIterator[str]:
    """Where a real server listens."""
    with bound("127.0.0.1", 0) as listener:
        async with listening(app, listener):
            yield url_of(listener, "127.0.0.1")


@pytest.fixture
async def ada(app: App) -> Person:
    return await make_person(app, "ada")


@pytest.fixture
async def client(url: str, ada: Person) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(url, ada.key) as made:
        yield made


async def test_graph_is_stored_run_and_looked_at(client: AsyncClient) -> None:
    saved = await client.create_graph(ECHO)
    assert (await client.read_graph(saved.id)).name == "echo"
    result = await client.start_run(saved.id, {"name": "Ada"}, wait=True)
    assert isinstance(result, RunResult)
    assert result.outputs == {"echo": ["Ada"]}
    assert (await client.read_run(result.run_id)).status is RunStatus.COMPLETED
    events = await client.read_events(result.run_id, limit=2)
    assert [event.seq for event in events.items] == [1, 2]
    assert [row.run_id async for row in client.each(client.list_runs)] == [result.run_id]


async def test_run_is_followed_to_its_end_and_each_event_comes_once(client: AsyncClient) -> None:
    saved = await client.create_graph(ECHO)
    started = await client.start_run(saved.id, {"name": "Ada"})
    assert type(started) is RunAccepted
    seen = [event async for event in client.follow(started.run_id)]
    numbers = [event.seq for event in seen if event.seq is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert seen[-1].data["status"] == "completed"
    assert [event.seq async for event in client.follow(started.run_id, after=numbers[-3])] == numbers[-2:]
    assert [event async for event in client.follow(started.run_id, after=numbers[-1])] == []


async def test_the_same_without_an_event_loop(url: str, ada: Person) -> None:
    assert await asyncio.to_thread(_outputs_without_a_loop, url, ada.key) == {"echo": ["Ada"]}


def _outputs_without_a_loop(url: str, key: str) -> object:
    with Client(url, key) as client:
        saved = client.create_graph(ECHO)
        result = client.start_run(saved.id, {"name": "Ada"}, wait=True)
        assert isinstance(result, RunResult)
        assert [event.kind for event in client.follow(result.run_id)][-1] == "state"
        assert [row.id for row in client.each(client.list_graphs)] == [saved.id]
        with pytest.raises(NotFound, match="nothing"):
            client.read_run("nothing")
        return result.outputs


async def test_review_is_answered_and_a_run_cancelled(client: AsyncClient) -> None:
    asks = await client.create_graph(ASKS)
    started = await client.start_run(asks.id, wait=20)
    [review] = (await client.list_reviews()).items
    await client.answer_review(review.id, approved=True, data={"text": "better"})
    *_, last = [event async for event in client.follow(started.run_id)]
    assert last.data["status"] == "completed"
    with pytest.raises(Conflict):
        await client.answer_review(review.id, approved=False)
    waits = await client.create_graph(WAITS)
    going = await client.start_run(waits.id, options=RunOptions(safe_mode=False))
    await client.cancel_run(going.run_id)
    *_, last = [event async for event in client.follow(going.run_id)]
    assert last.data["status"] == "cancelled"


async def test_refusals_are_the_errors_of_the_server_with_their_problems(client: AsyncClient) -> None:
    saved = await client.create_graph(ECHO)
    with pytest.raises(BadInput) as refused:
        await client.start_run(saved.id, {"nmae": "Ada"})
    assert any(problem.path == "inputs.nmae" and problem.cure for problem in refused.value.problems)
    broken = await client.create_graph(
        Graph.model_validate(graph_json("broken", [node("a", "no block")], []))
    )
    with pytest.raises(GraphInvalid) as invalid:
        await client.start_run(broken.id, {"name": "Ada"})
    assert invalid.value.problems
    with pytest.raises(NotFound):
        await client.read_graph("a/../b ?#")


def _all_kinds(base: type[BlockyardError]) -> list[type[BlockyardError]]:
    return [base, *(kind for child in base.__subclasses__() for kind in _all_kinds(child))]


@pytest.mark.parametrize("kind", [one for one in _all_kinds(BlockyardError) if "code" in vars(one)])
def test_every_error_of_the_tree_comes_back_as_itself(kind: type[BlockyardError]) -> None:
    problems = (Problem("This is wrong.", "Mend it.", path="inputs.x"),)
    error = error_of(kind.code, kind.status, "Told.", problems, 3.0)
    assert type(error) is kind
    assert str(error)
    assert getattr(error, "retry_after_s", 3.0) == 3.0


def test_unknown_code_is_the_error_of_its_status() -> None:
    assert type(error_of("brand_new", 409, "Told.")) is Conflict
    assert type(error_of("brand_new", 500, "Told.")) is BlockyardError


ME = {"id": "u", "email": "a@b.c", "name": "Ada", "role": "editor", "scopes": []}


async def test_reading_is_tried_again_when_the_connection_breaks_and_while_the_server_is_away() -> None:
    answers = [Answer(hang_up=True), Answer(503), Answer.of_json(ME)]
    with local_http_server({"/api/auth/me": answers}) as server:
        async with AsyncClient(server.base_url, "by_x") as client:
            assert (await client.me()).name == "Ada"
        assert len(server.seen) == 3
        assert server.seen[0].headers["authorization"] == "Bearer by_x"


async def test_what_creates_is_tried_again_under_one_key() -> None:
    accepted = Answer.of_json({"run_id": "r", "status": "queued"}, status=202)
    with local_http_server({"/api/graphs/g/runs": [Answer(hang_up=True), accepted]}) as server:
        async with AsyncClient(server.base_url) as client:
            assert (await client.start_run("g")).run_id == "r"
            assert (await client.start_run("g", key="order-7")).run_id == "r"
        keys = [seen.headers["idempotency-key"] for seen in server.seen]
    assert keys[0] == keys[1] != keys[2] == "order-7"


async def test_what_may_have_happened_is_not_sent_twice() -> None:
    with local_http_server({"/api/runs/r/cancel": Answer(hang_up=True)}) as server:
        async with AsyncClient(server.base_url) as client:
            with pytest.raises(Unavailable, match="cannot be reached"):
                await client.cancel_run("r")
        assert len(server.seen) == 1


def _event(seq: int | None, kind: str = "log", **data: Any) -> bytes:
    import orjson

    event = {"run_id": "r", "seq": seq, "at": "2030-01-01T00:00:00Z", "kind": kind, "data": data}
    return (b"" if seq is None else b"id: %d\n" % seq) + b"data: " + orjson.dumps(event) + b"\n\n"


async def test_broken_stream_goes_on_behind_the_last_event() -> None:
    cut = _event(1) + b": still here\n\n" + _event(None, text="a\u2028b\u0085c") + _event(2) + _event(3)[:20]
    rest = _event(2) + _event(3) + _event(4, "state", status="completed") + b"event: end\ndata: {}\n\n"

    def stream(seen: Seen) -> Answer:
        body = {"0": cut, "2": rest}[seen.headers["last-event-id"]]
        return Answer(chunks=lambda: [body[at : at + 7] for at in range(0, len(body), 7)])

    with local_http_server({"/api/runs/r/stream": stream}) as server:
        async with AsyncClient(server.base_url) as client:
            events = [event async for event in client.follow("r")]
    assert [event.seq for event in events] == [1, None, 2, 3, 4]
    assert events[1].data == {"text": "a\u2028b\u0085c"}


async def test_stream_that_stays_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.client._FIRST_PAUSE_S", 0.001)
    with local_http_server({"/api/runs/r/stream": Answer(503)}) as server:
        async with AsyncClient(server.base_url) as client:
            with pytest.raises(Unavailable):
                [event async for event in client.follow("r")]
        assert 3 < len(server.seen) < 10


async def test_server_that_is_not_there_and_one_that_is_another_are_told_with_a_cure() -> None:
    async with AsyncClient("http://127.0.0.1:1") as client:
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1 cannot be reached.*Look whether it runs"):
            await asyncio.wait_for(client.cancel_run("r"), 5)
    with local_http_server({"/api/auth/me": Answer(404, b"<html>")}) as server:
        async with AsyncClient(server.base_url) as client:
            with pytest.raises(NotFound, match="not by Blockyard"):
                await client.me()
    with local_http_server({"/api/auth/me": Answer.of_json({"hello": 1})}) as server:
        async with AsyncClient(server.base_url) as client:
            with pytest.raises(Unavailable, match="not understood"):
                await client.me()
    with pytest.raises(BadInput, match="no address"):
        Client("127.0.0.1:8020")


async def test_list_is_read_to_its_end_or_as_far_as_is_wanted(client: AsyncClient) -> None:
    ids = [(await client.create_graph(ECHO)).id for _ in range(5)]
    rows = [row.id async for row in client.each(client.list_graphs, limit=2)]
    assert sorted(rows) == sorted(ids)
    assert [row.id async for row in client.each(client.list_graphs, most=3)] == rows[:3]


# What stands for the arguments of a request, by their names.
ARGUMENTS: dict[str, Any] = {
    "graph": ECHO,
    "raw": b"{}",
    "data": b"x",
    "approved": True,
    "email": "a@b.c",
    "password": "secret",
}


NO_ROUTE = {"read_href"}
"""Asks what an answer has named."""
TOLD = {(method, route): operation for method, route, operation in operations(create_api().openapi())}


def _calls() -> list[tuple[str, Call[Any]]]:
    found = []
    for name, made in vars(Requests).items():
        if isinstance(made, request) and name not in NO_ROUTE:
            make = made._make
            needed = [
                one.name
                for one in inspect.signature(make).parameters.values()
                if one.default is inspect.Parameter.empty and one.name != "self"
            ]
            found.append((name, make(None, **{one: ARGUMENTS.get(one, f"<{one}>") for one in needed})))
    return found


@pytest.mark.parametrize(
    ("name", "call"), _calls(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_request_is_one_of_the_contract_and_so_is_its_answer(name: str, call: Call[Any]) -> None:
    path = re.sub(r"%3C(\w+)%3E", r"{\1}", call.path)
    operation = TOLD[call.method, path]
    parameters = {one["name"] for one in operation.get("parameters", ())}
    assert (call.key is not None) is ("Idempotency-Key" in parameters)
    assert set(call.query) <= parameters
    answers = {
        content["schema"].get("$ref", "").rpartition("/")[2]
        for status, response in operation["responses"].items()
        if status.startswith("2")
        for content in response.get("content", {}).values()
    }
    if call.answer is bytes:
        return
    wanted = getattr(call.answer, "__args__", (call.answer,))
    assert {re.sub(r"\W", "_", one.__name__) for one in wanted if one is not None} == answers
