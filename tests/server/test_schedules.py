"""Schedules and polls over HTTP: what is shown, refused, changed and started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from backend.app import App
from backend.data import schedule_store
from backend.executor.triggers.schedules import Schedules
from tests.server.conftest import client_of, echo_graph, graph_json, make_person, node, stored
from tests.server.people_and_things import FEED_TRIGGER
from tests.support.feeds import Feed
from tests.support.http_server import Answer, LocalServer, local_http_server, reachable
from tests.support.schedules import make_due
from tests.support.workers import ended, value


@pytest.fixture
async def graph_id(ada: httpx.AsyncClient) -> str:
    """Ada's published echo graph."""
    made = await stored(ada, echo_graph())
    assert (await ada.post(f"/api/graphs/{made}/publish")).status_code == 200
    return made


@pytest.fixture
async def server() -> AsyncIterator[LocalServer]:
    with local_http_server({"/feed": Feed([("a", "First")])}) as local, reachable(local):
        yield local


def body_of(graph_id: str, **more: Any) -> dict[str, Any]:
    return {
        "graph_id": graph_id,
        "cron": "30 9 * * MON-FRI",
        "timezone": "Europe/Berlin",
        "inputs": {"name": "x"},
        **more,
    }


async def made(client: httpx.AsyncClient, graph_id: str, **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/schedules", json=body_of(graph_id, **more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_schedule_shows_its_next_five_times_in_utc_and_words(
    ada: httpx.AsyncClient, graph_id: str
) -> None:
    view = await made(ada, graph_id, name="Mornings")
    assert view["description"] == "At 09:30 on Monday through Friday"
    times = [datetime.fromisoformat(one) for one in view["next_times"]]
    assert len(times) == 5
    assert all(one.weekday() < 5 and one.minute == 30 and one.utcoffset() == timedelta() for one in times)
    assert times[0] > datetime.now(UTC)
    assert (view["missed"], view["last_outcome"], view["problem"], view["is_waiting"]) == (0, None, "", False)
    assert (await ada.get(f"/api/schedules/{view['id']}")).json() == view
    assert (await ada.get("/api/schedules")).json()["items"] == [view]
    assert (await ada.get("/api/schedules?graph_id=other")).json()["items"] == []


async def test_preview_says_when_without_storing(ada: httpx.AsyncClient) -> None:
    answer = await ada.post("/api/schedules/preview", json={"cron": "@daily", "timezone": "asia/kolkata"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["cron"], said["timezone"], len(said["next_times"])) == ("0 0 * * *", "Asia/Kolkata", 5)
    assert all(one.endswith("T18:30:00Z") for one in said["next_times"])
    assert (await ada.get("/api/schedules")).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"cron": "61 * * * *"}, ["cron"]),
        ({"timezone": "Mars"}, ["timezone"]),
        ({"cron": "@reboot", "timezone": "Mars"}, ["timezone", "cron"]),
        ({"inputs": {"nome": 1}}, ["inputs.nome", "inputs.name"]),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_stored(
    ada: httpx.AsyncClient, graph_id: str, change: dict[str, Any], paths: list[str]
) -> None:
    answer = await ada.post("/api/schedules", json={**body_of(graph_id), **change})
    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["errors"]] == paths
    assert (await ada.get("/api/schedules")).json()["items"] == []


async def test_a_change_is_checked_as_a_new_one_is(ada: httpx.AsyncClient, graph_id: str) -> None:
    path = f"/api/schedules/{(await made(ada, graph_id))['id']}"
    for change in ({"cron": "x"}, {"timezone": "Mars"}, {"inputs": {"nome": 1}}, {"graph_id": graph_id}):
        assert (await ada.patch(path, json=change)).status_code == 400
    view = (await ada.patch(path, json={"timezone": "UTC", "name": "Other"})).json()
    assert (view["timezone"], view["cron"], view["name"]) == ("UTC", "30 9 * * MON-FRI", "Other")
    assert "T09:30:00Z" in view["next_times"][0]


async def test_a_schedule_that_is_off_has_no_times_and_on_again_catches_nothing_up(
    app: App, ada: httpx.AsyncClient, graph_id: str
) -> None:
    path = f"/api/schedules/{(await made(ada, graph_id, cron='* * * * *'))['id']}"
    view = (await ada.patch(path, json={"is_active": False})).json()
    assert view["next_times"] == []
    assert await Schedules(app.worker).start_due() == 0
    view = (await ada.patch(path, json={"is_active": True})).json()
    assert len(view["next_times"]) == 5
    assert view["missed"] == 0


async def test_another_name_does_not_move_the_next_time(
    app: App, ada: httpx.AsyncClient, graph_id: str
) -> None:
    schedule_id = (await made(ada, graph_id))["id"]
    due_at = await make_due(app.database, schedule_id)
    await ada.patch(f"/api/schedules/{schedule_id}", json={"name": "Other", "overlap": "allow"})
    assert await value(app.database, "SELECT next_at FROM schedule") == due_at
    await ada.patch(f"/api/schedules/{schedule_id}", json={"cron": "0 9 * * *"})
    assert await value(app.database, "SELECT next_at FROM schedule") > datetime.now(UTC)


async def test_a_repeated_request_with_the_same_key_makes_one_schedule(
    ada: httpx.AsyncClient, graph_id: str
) -> None:
    headers = {"Idempotency-Key": "once"}
    ids = [
        (await ada.post("/api/schedules", json=body_of(graph_id), headers=headers)).json()["id"]
        for _ in range(2)
    ]
    assert ids[0] == ids[1]
    assert len((await ada.get("/api/schedules")).json()["items"]) == 1


async def test_schedules_come_page_by_page(ada: httpx.AsyncClient, graph_id: str) -> None:
    ids = [(await made(ada, graph_id, name=str(k)))["id"] for k in range(5)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (
            await ada.get("/api/schedules", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        ).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ids[::-1]


async def test_nobody_has_more_schedules_than_they_may(
    ada: httpx.AsyncClient, graph_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule_store, "MOST_SCHEDULES", 2)
    for _ in range(2):
        await made(ada, graph_id)
    answer = await ada.post("/api/schedules", json=body_of(graph_id))
    assert answer.status_code == 409
    assert "Delete some" in answer.json()["detail"]


async def test_run_now_starts_the_published_version_beside_the_times(
    app: App, ada: httpx.AsyncClient, graph_id: str
) -> None:
    view = await made(ada, graph_id)
    path = f"/api/schedules/{view['id']}"
    answers = [await ada.post(f"{path}/run-now", headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].json()["run_id"] == answers[1].json()["run_id"]
    run_id = answers[0].json()["run_id"]
    user_id = await value(app.database, "SELECT user_id FROM run WHERE id = $1", run_id)
    run = await ended(app.worker, run_id, user_id=user_id)
    assert run.summary is not None
    assert run.summary.outputs == {"echo": ["x"]}
    after = (await ada.get(path)).json()
    assert (after["last_run_id"], after["next_times"], after["missed"]) == (run_id, view["next_times"], 0)


async def test_an_unpublished_graph_is_said_from_the_beginning_and_no_longer_once_it_is_published(
    app: App, ada: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    view = await made(ada, graph_id)
    assert "Publish it" in view["problem"]
    path = f"/api/schedules/{view['id']}"
    assert (await ada.post(f"{path}/run-now")).status_code == 409
    await make_due(app.database, view["id"])
    assert await Schedules(app.worker).start_due() == 1
    failed = (await ada.get(path)).json()
    assert (failed["last_outcome"], failed["missed"]) == ("failed", 1)
    await ada.post(f"/api/graphs/{graph_id}/publish")
    assert (await ada.get(path)).json()["problem"] == ""


async def test_deleting_a_graph_deletes_its_schedules_and_polls(
    app: App, ada: httpx.AsyncClient, graph_id: str, server: LocalServer
) -> None:
    await made(ada, graph_id)
    feed_id, _ = await _feed(ada, server)
    for one in (graph_id, feed_id):
        assert (await ada.delete(f"/api/graphs/{one}")).status_code == 204
    assert (
        await value(app.database, "SELECT (SELECT count(*) FROM schedule) + (SELECT count(*) FROM poll)") == 0
    )


async def test_a_viewer_looks_and_changes_nothing(app: App, url: str) -> None:
    vera = await make_person(app, "vera", role="viewer")
    async with client_of(url, vera.key) as client:
        assert (await client.get("/api/schedules")).status_code == 200
        assert (await client.get("/api/polls")).status_code == 200
        answer = await client.post("/api/schedules", json=body_of("x"))
        assert answer.status_code == 403
        assert "triggers:write" in answer.json()["detail"]


# -- polls ---------------------------------------------------------------------------------------------------


async def _feed(client: httpx.AsyncClient, server: LocalServer) -> tuple[str, str]:
    """A published graph with a feed, and its poll."""
    feed = node("feed", FEED_TRIGGER, url=server.base_url + "/feed", emit_existing=True)
    graph_id = await stored(client, graph_json("feed", [feed], []))
    answer = await client.post(f"/api/graphs/{graph_id}/publish")
    assert answer.status_code == 200, answer.text
    [poll] = (await client.get("/api/polls", params={"graph_id": graph_id})).json()["items"]
    return graph_id, poll["id"]


async def test_a_poll_is_asked_at_once_and_tells_what_it_found(
    ada: httpx.AsyncClient, server: LocalServer
) -> None:
    graph_id, poll_id = await _feed(ada, server)
    said = (await ada.post(f"/api/polls/{poll_id}/check")).json()
    assert (said["found"], len(said["run_ids"]), said["is_first"], said["problem"]) == (1, 1, True, "")
    view = (await ada.get(f"/api/polls/{poll_id}")).json()
    assert (view["graph_id"], view["node_id"], view["failures"]) == (graph_id, "feed", 0)
    assert view["emitted_at"] is not None
    assert "cursor" not in view


async def test_what_went_wrong_is_told_and_shown(ada: httpx.AsyncClient, server: LocalServer) -> None:
    _, poll_id = await _feed(ada, server)
    server.routes["/feed"] = Answer(503)
    said = (await ada.post(f"/api/polls/{poll_id}/check")).json()
    assert "trouble" in said["problem"]
    view = (await ada.get(f"/api/polls/{poll_id}")).json()
    assert (view["problem"], view["failures"]) == (said["problem"], 1)


async def test_an_unpublished_graph_is_not_polled(ada: httpx.AsyncClient, server: LocalServer) -> None:
    graph_id, poll_id = await _feed(ada, server)
    await ada.post(f"/api/graphs/{graph_id}/unpublish")
    assert (await ada.get(f"/api/polls/{poll_id}")).status_code == 404
    assert (await ada.get("/api/polls")).json()["items"] == []
